"""How many patients a text speaks of: the study's total, and what a sentence says of itself."""

from __future__ import annotations

from topline.audit.claims import Claim
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.tokens import Token

__all__ = ["local_size", "totals"]

# fmt: off
_ENROL = frozenset(
    {
        "accrued", "allocated", "analysed", "analyzed", "assessable", "assessed", "assigned", "completed", "comprised", "comprising",
        "eligible", "enrolled", "enrolling", "enrolment", "entered", "evaluable", "evaluated", "identified", "included", "involved",
        "involving", "randomised", "randomized", "received", "recruited", "recruiting", "registered", "reviewed", "screened", "started",
        "studied", "treated",
    }
)
# fmt: on
_WHOLE = [
    *(
        [word, "of"]
        for word in ("total", "cohort", "population", "review", "analysis", "data", "records", "series", "consisting", "sample")
    ),
    *([word, "from"] for word in ("data", "records", "results", "pooled", "outcomes", "obtained", "collected", "derived")),
]


def totals(tokens: list[list[Token]], spans: list[tuple[int, int]], source: str, sizes: list[int]) -> tuple[int | None, list[Claim]]:
    """How many patients in all: the first "N patients were enrolled" of the text, and every such count as a claim."""
    total: int | None = None
    claims: list[Claim] = []
    for (a, b), sentence in zip(spans, tokens, strict=True):
        found = _enrolled(sentence, not sizes, total is None)
        for value, i, j, verb in found:
            if value in sizes:
                continue  # the size of an arm
            claims.append(
                Claim(
                    "count",
                    endpoint="N",
                    value=str(value),
                    n=value,
                    unit="patients",
                    span=(sentence[i].start, sentence[j - 1].end),
                    sentence=source[a:b],
                    measure=verb,
                )
            )
            if total is None and verb not in {"screened", "identified"}:
                total = value
        if len(claims) >= 12:
            break
    if total is None and not any(c.n for c in claims):
        for (a, b), sentence in zip(spans, tokens, strict=True):
            if any(t.text == "%" or t.lower in {"p", "hr"} for t in sentence):
                break  # from here on results are told
            found_at = _first_count(sentence, max(sizes, default=9))
            if found_at is not None:
                i, j = found_at
                total = int(sentence[i].value)
                span = (sentence[i].start, sentence[j - 1].end)
                claims.append(Claim("count", endpoint="N", value=str(total), n=total, unit="patients", span=span, sentence=source[a:b]))
                break
    return total, claims


def _first_count(sentence: list[Token], above: int) -> tuple[int, int] | None:
    """The first count of patients where no sentence says that they were enrolled: "a study on 36 patients", "patients … (N = 128)"."""
    if {t.lower for t in sentence} & _NOT_COUNTED:
        return None
    for i, token in enumerate(sentence):
        if token.kind != "n" or not token.value.isdigit() or not 1 < len(token.value) < 7 or int(token.value) <= above:
            continue
        before = [t.text for t in sentence[max(0, i - 2) : i]]
        if before == ["N", "="] and any(t.lower in PATIENT_NOUNS for t in sentence[:i]):
            return i, i + 1
        if before[-1:] and before[-1].lower() in _NO_TOTAL:
            continue
        for j in range(i + 1, min(len(sentence), i + 7)):
            if sentence[j].lower in {"patients", "participants", "subjects", "cases", "individuals", "women", "men", "pts"}:
                return i, j + 1
            if sentence[j].kind != "w" or sentence[j].lower in {"of", "and", "or", "in", "with", "were", "was", "to"}:
                break
    return None


_NO_TOTAL = frozenset({"of", "per", "every", "each", "least", "other", "remaining", "which", "≥", "<", ">", "=", "/", "(", "-", "than"})
_NOT_COUNTED = frozenset(
    {"excluded", "required", "planned", "needed", "power", "assuming", "hypothesized", "worldwide", "annually", "previous", "previously"}
)  # fmt: skip


def _without_noun(sentence: list[Token], i: int) -> bool:
    """ "… were screened, and 585 were randomly assigned": the patients were named before."""
    words = [t.lower for t in sentence[i + 1 : i + 4]]
    before = sentence[i - 1].lower if i else ""
    verb = words[:1] == ["were"] and any(w in {"randomized", "randomised", "assigned", "enrolled", "included"} for w in words[1:])
    named = any(t.lower in PATIENT_NOUNS for t in sentence[:i])
    return verb and named and before in {",", "and", "whom", "which", ";"} and _is_count(sentence[i])


def _is_count(token: Token) -> bool:
    return token.value.isdigit() and 2 < len(token.value) < 7


def _enrolled(sentence: list[Token], single: bool, first: bool) -> list[tuple[int, int, int, str]]:
    out: list[tuple[int, int, int, str]] = []
    size = len(sentence)
    for i, token in enumerate(sentence):
        if token.kind != "n" or not token.value.isdigit() or (not 1 < len(token.value) < 7 and not token.value.isdigit()):
            continue
        if len(token.value) > 7 or int(token.value) < 3:
            continue
        j = i + 1
        noun = -1
        while j < size and j < i + 8:
            low = sentence[j].lower
            if low in {"patients", "participants", "subjects", "cases", "individuals", "women", "men", "pts"}:
                noun = j
                break
            if sentence[j].kind != "w" or low in {"of", "and", "or", "received", "with", "were", "was"}:
                break
            j += 1
        if noun < 0:
            if _without_noun(sentence, i):
                out.append((int(token.value), i, i + 1, sentence[i + 2].lower))
            continue
        if (
            any(t.lower in {"group", "arm", "cohort"} for t in sentence[noun + 1 : noun + 8])
            and sentence[min(noun + 1, size - 1)].lower == "in"
        ):
            continue
        before = [t.lower for t in sentence[max(0, i - 5) : i]]
        if i <= 2 and first and before[-1:] in (["of"], ["among"]):
            out.append((int(token.value), i, noun + 1, "total"))
            continue
        if any(t.lower == "excluded" for t in sentence[:i]):
            continue
        speaks = {t.lower for t in sentence[:i]} & {"trial", "study"}
        if first and speaks and before[-1:] == ["in"] and [t.lower for t in sentence[noun + 1 : noun + 2]] in (["with"], ["who"]):
            return [*out, (int(token.value), i, noun + 1, "total")]
        if before and before[-1] in {"of", "/", "in", "among", "for"} and before[-2:] not in _WHOLE:
            continue
        if set(before[-4:]) & {"planned", "target", "expected", "projected", "intended"}:
            continue
        if before and (before[-1] in {"≥", ">", "<", "≤", "least", "other", "remaining", "additional"}):
            continue
        reach = 10 if any(t.text in ")]" for t in sentence[max(0, i - 2) : i]) else 4
        verb = next((t.lower for t in reversed(sentence[max(0, i - reach) : i]) if t.lower in _ENROL), "")
        k = noun + 1
        depth = 0
        while not verb and k < min(size, noun + 40):
            low = sentence[k].lower
            if sentence[k].text in "([":
                depth += 1
            elif sentence[k].text in ")]":
                depth -= 1
            elif depth <= 0:
                if (low in {"received", "started", "entered", "underwent"} and single and not out) or (
                    low in _ENROL
                    and sentence[k - 1].lower
                    in {
                        "were",
                        "was",
                        "been",
                        "and",
                        "finally",
                        "ultimately",
                        "retrospectively",
                        "prospectively",
                        "randomly",
                        "subsequently",
                        "who",
                        "consecutively",
                    }
                    | PATIENT_NOUNS
                ):
                    verb = low
                elif (
                    (low == "had" and sentence[k + 1 : k + 2] and sentence[k + 1].lower != "been")
                    or low in {"achieved", "experienced", "developed", "died", "discontinued", "progressed", "completed", "showed"}
                    or sentence[k].text == ";"
                ) or (sentence[k].kind == "n" and k + 1 < size and sentence[k + 1].text == "%"):
                    break
            k += 1
        if not verb and before[-2:] in _WHOLE:
            verb = "total"
        if (
            verb
            and not (verb == "received" and "total" not in before and not single)
            and not (verb in {"treated", "assigned", "completed"} and out)
        ):
            out.append((int(token.value), i, noun + 1, verb))
    return out[:3]


def local_size(sentence: list[Token]) -> int | None:
    """ "Among 42 evaluable patients, …": the denominator that a sentence states for itself."""
    for i, token in enumerate(sentence[:12]):
        if token.lower in {"among", "of", "in"} and i + 2 < len(sentence):
            j = i + 1
            while j < len(sentence) and sentence[j].lower in {"the", "all", "these"}:
                j += 1
            if j < len(sentence) and sentence[j].kind == "n" and sentence[j].value.isdigit() and len(sentence[j].value) < 7:
                for word in sentence[j + 1 : j + 5]:
                    if word.lower in {"patients", "participants", "evaluable", "assessable", "subjects", "cases"}:
                        return int(sentence[j].value) if i < 3 else None
                    if word.kind != "w":
                        break
    return None
