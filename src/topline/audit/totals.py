"""How many patients a text speaks of: the study's total, and what a sentence says of itself."""

from __future__ import annotations

from topline.audit.arm_phrases import closing_bracket
from topline.audit.arm_sizes import is_year
from topline.audit.claims import Claim
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.patient_counts import (
    COUNTED,
    ENROL,
    PLANNED,
    REVIEWED,
    elliptic_verb,
    is_part,
    noun_after,
    part_of,
    verb_after,
    whole_is_named,
)
from topline.audit.tokens import Token

__all__ = ["local_size", "totals"]

# fmt: off
_SAMPLES = frozenset({"biopsies", "samples", "specimens", "tissues", "tumors", "tumours"})
_WHOLE = frozenset(
    {
        "accrual of", "analysis of", "cohort of", "comprised of", "consisted of", "consisting of", "data from", "data of", "database of",
        "on data", "pooled from", "population of", "records of", "results from", "review of", "sample of", "series of", "set of",
        "total of",
        "outcomes from", "over-accrual of", "obtained from", "collected from", "derived from", "based on",
    }
)
_STUDY_OF = frozenset(
    {
        "study among", "study in", "study of", "study on", "study with", "survey of", "trial among", "trial in", "trial of", "trial on",
        "trial with",
    }
)
_EXCLUDING = frozenset({"excluded", "excluding", "exclusion"})
_ENROLMENT = frozenset({"accrual", "enrollment", "enrolment", "inclusion", "randomisation", "randomization", "recruitment"})
# fmt: on


def totals(tokens: list[list[Token]], spans: list[tuple[int, int]], source: str, sizes: list[int]) -> tuple[int | None, list[Claim]]:
    """How many patients in all: the first "N patients were enrolled" of the text, and every such count as a claim."""
    total: int | None = None
    claims: list[Claim] = []
    for (a, b), sentence in zip(spans, tokens, strict=True):
        found = _enrolled(sentence, sizes, total is None)
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
        if before == ["N", "="] and any(t.lower in COUNTED | _GATHERED for t in sentence[:i]) and not words & _NOT_YET:
            return i, i + 1
        if words & _NOT_COUNTED:
            continue
        if before == ["n", "="] and {t.lower for t in sentence[max(0, i - 6) : i]} & {"whole", "entire", "total", "overall"}:
            return i, i + 1  # "for the entire population (n = 80)"
        if before[-1:] in (["was"], ["of"], ["were"]) and _names_the_sample([t.lower for t in sentence[max(0, i - 6) : i - 1]]):
            return i, i + 1
        if before[-1:] and before[-1].lower() in _NO_TOTAL:
            continue
        noun = noun_after(sentence, i)
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


def _enrolled(sentence: list[Token], sizes: list[int], first: bool) -> list[tuple[int, int, int, str]]:
    """Counts of patients who were enrolled, with where they stand and the verb; `sizes` are those of the arms."""
    above, whole_of_arms = max(sizes, default=0), sum(sizes)
    out: list[tuple[int, int, int, str]] = []
    wholes: set[int] = set()
    closes = 0
    for i, token in [(i, token) for i, token in enumerate(sentence) if token.kind == "n" or token.text == "("]:
        if token.text == "(" and i and sentence[i - 1].lower in PATIENT_NOUNS and [t.lower for t in sentence[i + 1 : i + 2]] != ["n"]:
            closes = closing_bracket(sentence, i)
        if token.kind != "n" or not token.value.isdigit() or len(token.value) > 7 or int(token.value) < 3 or i in wholes or i < closes:
            continue  # within "190 patients (157 men and 33 women)"
        if is_year(sentence, i):
            continue  # "operated between 2014 and 2018 were included"
        value = int(token.value)
        before = [t.lower for t in sentence[max(0, i - 5) : i]]
        if before[-1:] and before[-1] in {"grade", "phase", "stage"}:
            continue
        if before[-2:] == ["n", "="] and first and not out and value > above and _in_its_bracket(sentence, i, value == whole_of_arms):
            out.append((value, i, i + 1, "included"))
            continue
        if first and before[-1:] == ["the"] and before[-2:-1] in (["of"], ["among"]) and (i == 2 or before[-3:-2] in ([":"], ["."])):
            before = before[:-1]  # "Of the 410 patients, 204 …"
        whole_at, counts = part_of(sentence, i)
        if whole_at > 0:
            wholes.add(whole_at)
            noun = noun_after(sentence, whole_at)
            named = whole_is_named(sentence, whole_at, noun)
            if counts:
                verb = _verb_before(sentence, i) or verb_after(sentence, noun, True) or "included"
                out.append((value, i, noun + 1, verb))
            elif named:
                out.append((int(sentence[whole_at].value), whole_at, noun + 1, named))
            continue
        noun = noun_after(sentence, i)
        if noun < 0 and first and not out and before[-1:] in (["in"], ["on"], ["of"]) and REVIEWED & {t.lower for t in sentence[:i]}:
            noun = noun_after(sentence, i, _SAMPLES)
            if noun > 0:
                return [(value, i, noun + 1, "total")]  # "expression was evaluated by PCR in 158 tumour samples"
        if noun < 0:
            verb = elliptic_verb(sentence, i) if value > above else ""
            if verb:
                if all(x[3] in {"screened", "assessed", "total"} for x in out):
                    out = []  # "of 1460 patients …, 507 met the criteria"
                out.append((value, i, i + 1, verb))
            elif first and not out and [t.lower for t in sentence[i + 1 : i + 3]] in (["-", "patient"], ["-", "case"]):
                out.append((value, i, i + 3, "total"))  # "a 34-patient study"
            continue
        if is_part(sentence, noun):
            continue
        if first and before[-1:] in (["of"], ["among"]) and (i <= 2 or before[-2] in {":", "."}):
            out.append((value, i, noun + 1, "total"))
            continue
        if _EXCLUDING & set(before[-4:]) or (_EXCLUDING & {t.lower for t in sentence[:i]} and not verb_after(sentence, noun, False)):
            continue
        follows = [t.lower for t in sentence[noun + 1 : noun + 3]]
        if first and before[-1:] in (["in"], ["for"], ["from"]) and before[-2:-1] and before[-2] in REVIEWED | {"available"}:
            out.append((value, i, noun + 1, "total"))  # "expression was assessed in 182 cases"
            continue
        speaks = {t.lower for t in sentence[:i]} & {"trial", "study"}
        if first and before[-1:] == ["in"] and ((speaks and follows[:1] in (["with"], ["who"])) or (i <= 2 and set(follows) & ENROL)):
            return [*out, (value, i, noun + 1, "total")]
        verb = "total" if before[-1:] == ["total"] else verb_after(sentence, noun, value > above and not out and before[-1:] != ["the"])
        of_parts = first and before[-1:] == ["of"] and len(before) > 3 and before[-3].isdigit() and " ".join(before[-5:-3]) in _WHOLE
        studied = first and not out and " ".join(before[-2:]) in _STUDY_OF and value > above
        whole = (
            of_parts
            or studied
            or " ".join(before[-2:]) in _WHOLE
            or (before[-1:] == ["of"] and before[-2:-1] != [] and before[-2] in _ENROLMENT)
            or before[-3:] == ["a", "number", "of"]
            or (first and before[-1:] in (["of"], ["in"], ["from"]) and before[-2:-1] != ["("] and verb in REVIEWED and value > above)
            or (first and before[-2:] in (["subgroup", "of"], ["subset", "of"]))
        )
        if before and before[-1] in {"of", "/", "in", "among", "for"} and not whole:
            continue
        if set(before[-4:]) & PLANNED or (
            before and before[-1] in {"≥", ">", "<", "≤", "least", "other", "per", "remaining", "additional"}
        ):
            continue
        verb = _verb_before(sentence, i) or verb
        if not verb and whole:
            verb = "total"
        after = [t.lower for t in sentence[noun + 1 : noun + 8]]
        if after[:2] == ["who", "met"] and {"criteria", "eligibility"} & set(after):
            verb = "met"
        if (
            verb
            and not (verb == "received" and "total" not in before and value <= above)
            and not (verb in {"treated", "completed"} and out)
            and not (verb == "assigned" and out and before[-1:] != ["leaving"])
        ):
            out.append((value, i, noun + 1, verb))
    return out[:3]


def _verb_before(sentence: list[Token], i: int) -> str:
    """The verb that enrols those whom the number at `i` counts and stands before it: "we enrolled 83 patients"."""
    near = sentence[max(0, i - 2) : i]
    reach = 12 if any(t.text in ")]" or t.lower == "ratio" for t in near) else 4  # "randomly assigned, in a 1:1 ratio, 559 patients"
    return next((t.lower for t in reversed(sentence[max(0, i - reach) : i]) if t.lower in ENROL), "")


def _in_its_bracket(sentence: list[Token], i: int, adds_up: bool) -> bool:
    """ "Patients (n = 1,013) with … were randomly assigned": a number in a bracket of its own, of patients who were enrolled."""
    if i + 1 >= len(sentence) or sentence[i + 1].text not in ")]" or i < 4 or sentence[i - 3].text not in "([":
        return False
    named = max((k for k in range(max(0, i - 12), i) if sentence[k].lower in COUNTED), default=-1)
    if named < 0 or (sum(t.lower == "n" for t in sentence) > 1 and named < i - 4 and not adds_up):
        return False
    return bool(verb_after(sentence, i + 1, False)) or any(t.lower in ENROL | {"including"} for t in sentence[max(0, named - 4) : named])


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
