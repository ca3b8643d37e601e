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
        "involving", "managed", "randomised", "randomized", "received", "recruited", "recruiting", "registered", "reviewed", "screened",
        "started", "studied", "treated",
    }
)
_REVIEWED = frozenset(
    {
        "analysed", "analyzed", "assessed", "collected", "compared", "evaluated", "examined", "investigated", "reported", "retrieved",
        "reviewed", "studied",
    }
)
_COUNTED = frozenset(
    {
        "adults", "cases", "children", "individuals", "men", "outpatients", "participants", "patients", "pts", "subjects",
        "survivors", "volunteers", "women",
    }
)
_SAMPLES = frozenset({"biopsies", "samples", "specimens", "tissues", "tumors", "tumours"})
_NOT_BETWEEN = frozenset(  # what parts a number from the patients after it: "three times faster for patients"
    {
        "and", "arms", "at", "by", "centers", "centres", "courses", "cycles", "days", "doses", "faster", "fold", "for", "from", "groups",
        "had", "hospitals", "hours", "in", "institutions", "months", "of", "or", "per", "points", "received", "sites", "studies", "than",
        "that", "times", "to", "trials", "was", "weeks", "were", "when", "while", "who", "with", "year", "years",
    }
)
_WHOLE = frozenset(
    {
        "accrual of", "analysis of", "cohort of", "comprised of", "consisted of", "consisting of", "data from", "data of", "database of",
        "on data", "pooled from", "population of", "records of", "results from", "review of", "sample of", "series of", "total of",
        "outcomes from", "over-accrual of", "obtained from", "collected from", "derived from", "based on",
    }
)
_STUDY_OF = frozenset(
    {
        "study among", "study in", "study of", "study on", "study with", "survey of", "trial among", "trial in", "trial of", "trial on",
        "trial with",
    }
)
_PLANNED = frozenset({"planned", "target", "expected", "projected", "intended"})
_OF_MORE = _PLANNED | {"screened", "assessed", "eligible"}
# fmt: on


def totals(tokens: list[list[Token]], spans: list[tuple[int, int]], source: str, sizes: list[int]) -> tuple[int | None, list[Claim]]:
    """How many patients in all: the first "N patients were enrolled" of the text, and every such count as a claim."""
    total: int | None = None
    claims: list[Claim] = []
    for (a, b), sentence in zip(spans, tokens, strict=True):
        found = _enrolled(sentence, max(sizes, default=0), total is None)
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
            if (total is None and verb not in {"screened", "identified"}) or (verb == "met" and total is not None and value < total):
                total = value  # "104 patients were reported; 27 patients met our criteria"
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
    words = {t.lower for t in sentence}
    for i, token in enumerate(sentence):
        if token.kind != "n" or not token.value.isdigit() or not 1 < len(token.value) < 7 or int(token.value) <= above:
            continue
        before = [t.text for t in sentence[max(0, i - 2) : i]]
        if before == ["N", "="] and any(t.lower in _COUNTED | _GATHERED for t in sentence[:i]) and not words & _NOT_YET:
            return i, i + 1
        if words & _NOT_COUNTED:
            continue
        if before == ["n", "="] and {t.lower for t in sentence[max(0, i - 6) : i]} & {"whole", "entire", "total", "overall"}:
            return i, i + 1  # "for the entire population (n = 80)"
        if before[-1:] in (["was"], ["of"], ["were"]) and _names_the_sample([t.lower for t in sentence[max(0, i - 6) : i - 1]]):
            return i, i + 1
        if before[-1:] and before[-1].lower() in _NO_TOTAL:
            continue
        noun = _noun_after(sentence, i)
        if noun > 0:
            return i, noun + 1
    return None


_GATHERED = frozenset({"cohort", "subcohort", "population", "sample", "series"})
_NO_TOTAL = frozenset({"of", "per", "every", "each", "least", "other", "remaining", "which", "≥", "<", ">", "=", "/", "(", "-", "than"})
_NOT_YET = frozenset({"required", "planned", "needed", "power", "assuming", "hypothesized"})
_NOT_COUNTED = _NOT_YET | {"excluded", "worldwide", "annually", "previous", "previously"}


def _names_the_sample(words: list[str]) -> bool:
    """ "The total sample was 63", "the number of patients was 63"."""
    return words[-1:] == ["sample"] or words[-2:] == ["sample", "size"] or words[-3:-1] == ["number", "of"]


def _noun_after(sentence: list[Token], i: int, nouns: frozenset[str] = _COUNTED) -> int:
    """Where the patients stand that the number at `i` counts ("226 adult patients"); -1 without them."""
    start = i + 1
    if [t.text for t in sentence[i + 1 : i + 2]] == ["("] and [t.text for t in sentence[i + 3 : i + 5]] == ["%", ")"]:
        start = i + 5 if any(t.lower in {"randomly", "randomised", "randomized"} for t in sentence[i + 5 : i + 9]) else i + 1
    for j in range(start, min(len(sentence), i + 8)):  # "172 (65%) patients were randomly assigned"
        if sentence[j].lower in nouns:
            return j
        if sentence[j].kind != "w" or sentence[j].lower in _NOT_BETWEEN:
            break
    return -1


def _without_noun(sentence: list[Token], i: int) -> bool:
    """ "… were screened, and 585 were randomly assigned", "of 1460 patients …, 507 met the criteria": named before."""
    words = [t.lower for t in sentence[i + 1 : i + 9]]
    if words[:2] == ["of", "whom"]:
        words = words[2:]  # "185 were enrolled, 174 of whom were randomly assigned"
    before = sentence[i - 1].lower if i else ""
    stop = next((k for k, w in enumerate(words) if not w.isalpha() or w in {"in", "not", "to", "who"}), len(words))
    verb = words[:1] == ["were"] and any(w in _SET_APART for w in words[1 : min(stop, 6)])
    if not _is_count(sentence[i]) and (
        len(sentence[i].value) < 2 or "to" in words[2:4] or not {"randomly", "randomized", "randomised"} & set(words)
    ):
        return False  # "Seventy patients consented, and 64 were randomly assigned"
    verb = verb or (words[:1] == ["met"] and any(w in {"criteria", "inclusion", "eligibility"} for w in words[1:]))
    named = any(t.lower in PATIENT_NOUNS | _COUNTED for t in sentence[:i])
    return verb and named and before in {",", "and", "whom", "which", ";"}


_SET_APART = frozenset({"analysed", "analyzed", "assigned", "enrolled", "included", "randomised", "randomized", "recruited", "registered"})


def _is_count(token: Token) -> bool:
    return token.value.isdigit() and 2 < len(token.value) < 7


def _part_of(sentence: list[Token], i: int) -> int:
    """ "186 of 750 planned patients were randomised", "based on 122 of 143 patients": where the patients stand; -1 elsewhere."""
    if i + 3 >= len(sentence):
        return -1
    if sentence[i + 1].lower == "out" and [t.lower for t in sentence[i + 2 : i + 3]] == ["of"] and sentence[i + 3].kind == "n":
        speaks = {t.lower for t in sentence[i + 4 :]} & {"available", "analysed", "analyzed", "evaluable", "included"}
        return _noun_after(sentence, i + 3) if speaks and i < 4 else -1  # "58 out of 88 patients had samples available"
    based = [t.lower for t in sentence[max(0, i - 2) : i]] == ["based", "on"]
    if sentence[i + 1].lower != "of" or sentence[i + 2].kind != "n":
        return -1
    return _noun_after(sentence, i + 2) if based or sentence[i + 3].lower in _OF_MORE else -1


def _enrolled(sentence: list[Token], above: int, first: bool) -> list[tuple[int, int, int, str]]:
    """Counts of patients who were enrolled, with where they stand and the verb; `above` is the size of the largest arm."""
    out: list[tuple[int, int, int, str]] = []
    for i, token in enumerate(sentence):
        if token.kind != "n" or not token.value.isdigit() or len(token.value) > 7 or int(token.value) < 3:
            continue
        value = int(token.value)
        before = [t.lower for t in sentence[max(0, i - 5) : i]]
        if before[-2:] == ["n", "="] and first and not out and value > above and _in_its_bracket(sentence, i):
            out.append((value, i, i + 1, "included"))
            continue
        if first and before[-1:] == ["the"] and before[-2:-1] in (["of"], ["among"]) and (i == 2 or before[-3:-2] in ([":"], ["."])):
            before = before[:-1]  # "Of the 410 patients, 204 …"
        if before[-1:] == ["of"] and out and out[-1][1] == i - 2:
            continue  # "186 of 750"
        noun = _noun_after(sentence, i)
        if noun < 0 and first and not out and before[-1:] in (["in"], ["on"], ["of"]) and _REVIEWED & {t.lower for t in sentence[:i]}:
            noun = _noun_after(sentence, i, _SAMPLES)
            if noun > 0:
                return [(value, i, noun + 1, "total")]  # "expression was evaluated by PCR in 158 tumour samples"
        if noun < 0:
            noun = _part_of(sentence, i)
            if noun >= 0 and sentence[i + 1].lower == "out":
                out.append((value, i, noun + 1, "included"))
                continue
            if noun < 0 and value > above and _without_noun(sentence, i):
                if not _SET_APART & {t.lower for t in sentence[:i]}:
                    out = [x for x in out if x[3] not in {"screened", "total"}]  # "of 1460 patients …, 507 met the criteria"
                out.append((value, i, i + 1, sentence[i + 2].lower))
            if noun < 0:
                continue
        if _of_an_arm(sentence, noun) or _is_share(sentence, noun):
            continue
        if first and before[-1:] in (["of"], ["among"]) and (i <= 2 or before[-2] in {":", "."}):
            out.append((value, i, noun + 1, "total"))
            continue
        if any(t.lower == "excluded" for t in sentence[:i]):
            continue
        follows = [t.lower for t in sentence[noun + 1 : noun + 3]]
        if first and before[-1:] == ["in"] and before[-2:-1] and before[-2] in _REVIEWED:
            out.append((value, i, noun + 1, "total"))  # "expression was assessed in 182 cases"
            continue
        speaks = {t.lower for t in sentence[:i]} & {"trial", "study"}
        if first and before[-1:] == ["in"] and ((speaks and follows[:1] in (["with"], ["who"])) or (i <= 2 and set(follows) & _ENROL)):
            return [*out, (value, i, noun + 1, "total")]
        verb = "total" if before[-1:] == ["total"] else _verb_after(sentence, noun, value > above and not out and before[-1:] != ["the"])
        of_parts = first and before[-1:] == ["of"] and len(before) > 3 and before[-3].isdigit() and " ".join(before[-5:-3]) in _WHOLE
        studied = first and not out and " ".join(before[-2:]) in _STUDY_OF and value > above
        whole = (
            of_parts
            or studied
            or " ".join(before[-2:]) in _WHOLE
            or before[-3:] == ["a", "number", "of"]
            or (first and before[-1:] in (["of"], ["in"], ["from"]) and before[-2:-1] != ["("] and verb in _REVIEWED and value > above)
            or (first and before[-2:] in (["subgroup", "of"], ["subset", "of"]))
        )
        if before and before[-1] in {"of", "/", "in", "among", "for"} and not whole:
            continue
        if set(before[-4:]) & _PLANNED or (
            before and before[-1] in {"≥", ">", "<", "≤", "least", "other", "per", "remaining", "additional"}
        ):
            continue
        near = sentence[max(0, i - 2) : i]
        reach = 12 if any(t.text in ")]" or t.lower == "ratio" for t in near) else 4  # "randomly assigned, in a 1:1 ratio, 559 patients"
        verb = next((t.lower for t in reversed(sentence[max(0, i - reach) : i]) if t.lower in _ENROL), verb)
        if not verb and whole:
            verb = "total"
        after = [t.lower for t in sentence[noun + 1 : noun + 8]]
        if after[:2] == ["who", "met"] and {"criteria", "eligibility"} & set(after):
            verb = "met"
        if (
            verb
            and not (verb == "received" and "total" not in before and value <= above)
            and not (verb in {"treated", "assigned", "completed"} and out)
        ):
            out.append((value, i, noun + 1, verb))
    return out[:3]


def _in_its_bracket(sentence: list[Token], i: int) -> bool:
    """ "Patients (n = 1,013) with … were randomly assigned": a number in a bracket of its own, of patients who were enrolled."""
    if i + 1 >= len(sentence) or sentence[i + 1].text not in ")]" or i < 4 or sentence[i - 3].text not in "([":
        return False
    named = any(t.lower in _COUNTED for t in sentence[max(0, i - 12) : i])
    return named and _verb_after(sentence, i + 1, False) in {"randomized", "randomised", "assigned", "enrolled", "included", "recruited"}


def _of_an_arm(sentence: list[Token], noun: int) -> bool:
    """ "72 patients in the A group", "430 patients were analysed in the A group"."""
    k = noun + 1
    if [t.lower for t in sentence[k : k + 1]] == ["were"]:
        k += 1 + any(t.lower.endswith("ly") for t in sentence[k + 1 : k + 2]) + 1
    return [t.lower for t in sentence[k : k + 1]] == ["in"] and any(t.lower in {"group", "arm", "cohort"} for t in sentence[k + 1 : k + 8])


def _is_share(sentence: list[Token], noun: int) -> bool:
    """ "25 patients (78%) had undergone surgery", not "864 patients (66% male …)"."""
    after = sentence[noun + 1 : noun + 5]
    if len(after) < 4 or after[0].text not in "([" or after[1].kind != "n" or after[2].text != "%":
        return False
    return float(after[1].value) < 100 and not (after[3].kind == "w" and after[3].lower not in {"of", "ci"})


def _verb_after(sentence: list[Token], noun: int, whole: bool) -> str:
    """The verb that enrols the patients before it, outside brackets; `whole` lets them start, receive or undergo something."""
    depth = 0
    relative = False
    begin = noun + 1
    if [t.lower for t in sentence[begin : begin + 3]] == [",", "of", "whom"]:  # "80 patients, of whom 56 had X, were randomly assigned"
        begin = next((k for k in range(begin + 3, len(sentence) - 1) if sentence[k].text == "," and sentence[k + 1].lower == "were"), begin)
    for k in range(begin, min(len(sentence), begin + 40)):
        token, low = sentence[k], sentence[k].lower
        if token.text in "([":
            depth += 1
        elif token.text in ")]":
            depth -= 1
        elif depth <= 0:
            last = sentence[k - 1].lower
            if low in {"received", "started", "entered", "underwent", "participated"} and whole:
                return low
            if low in _ENROL | _REVIEWED and (last in {"were", "was", "been", "and", "who"} | PATIENT_NOUNS or last.endswith("ly")):
                return low
            if low == "met" and any(t.lower in {"criteria", "eligibility"} for t in sentence[k + 1 : k + 5]):
                return "met"
            relative = relative or low in {"that", "who", "whose"}  # "patients who had progressed … were randomly assigned"
            if relative and token.text != ";":
                continue
            if (
                (low == "had" and sentence[k + 1 : k + 2] and sentence[k + 1].lower != "been")
                or low in {"achieved", "experienced", "developed", "died", "discontinued", "progressed", "completed", "showed"}
                or token.text == ";"
                or (token.kind == "n" and k + 1 < len(sentence) and sentence[k + 1].text == "%")
            ):
                break
    return ""


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
