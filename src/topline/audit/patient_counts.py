"""A number that counts patients, in its sentence: the noun that it counts, what it is a part of, the verb that enrols it."""

from __future__ import annotations

from topline.audit.arm_phrases import closing_bracket
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.tokens import Token

__all__ = ["COUNTED", "ENROL", "PLANNED", "REVIEWED", "elliptic_verb", "is_part", "noun_after", "part_of", "verb_after", "whole_is_named"]

# fmt: off
ENROL = frozenset(
    {
        "accrued", "allocated", "analysed", "analyzed", "assessable", "assessed", "assigned", "completed", "comprised",
        "comprising", "eligible", "enrolled", "enrolling", "enrolment", "entered", "evaluable", "evaluated", "identified",
        "included", "involved", "involving", "managed", "participated", "randomised", "randomized", "received", "recruited", "recruiting",
        "registered", "reviewed", "screened", "started", "studied", "treated",
    }
)
REVIEWED = frozenset(
    {
        "analysed", "analyzed", "assessed", "collected", "compared", "evaluated", "examined", "investigated", "reported",
        "retrieved", "reviewed", "studied",
    }
)
COUNTED = frozenset(
    {
        "adults", "cases", "children", "individuals", "men", "outpatients", "participants", "patients", "pts", "subjects",
        "survivors", "volunteers", "women",
    }
)
PLANNED = frozenset({"planned", "target", "expected", "projected", "intended"})
_NOT_BETWEEN = frozenset(  # what parts a number from the patients after it: "three times faster for patients"
    {
        "and", "arms", "at", "by", "centers", "centres", "courses", "cycles", "days", "doses", "faster", "fold", "for", "from", "groups",
        "had", "hospitals", "hours", "in", "institutions", "months", "of", "or", "per", "points", "received", "sites", "studies", "than",
        "that", "times", "to", "trials", "was", "weeks", "were", "when", "while", "who", "with", "year", "years",
    }
)
_SET_APART = frozenset(
    {
        "allocated", "analysed", "analyzed", "assigned", "enrolled", "included", "randomised", "randomized", "recruited", "registered",
    }
)
_RANDOM = frozenset({"randomisation", "randomised", "randomization", "randomized", "randomly"})
_PRONOUNS = frozenset({"them", "these", "those", "which", "whom"})
_OF_MORE = PLANNED | {"approached", "assessed", "eligible", "invited", "screened"}
_OF_ALL = frozenset({"accrued", "enrolled", "included", "randomised", "randomized", "recruited", "registered"})
_TO_JOIN: tuple[list[str], ...] = (
    [], ["to", "participate"], ["to", "take"], ["to", "join"], ["to", "enter"], [",", "and"], ["and", "were"], ["."]
)
# fmt: on


def noun_after(sentence: list[Token], i: int, nouns: frozenset[str] = COUNTED) -> int:
    """Where the patients stand that the number at `i` counts ("226 adult patients"); -1 without them."""
    start = i + 1
    if [t.text for t in sentence[i + 1 : i + 2]] == ["("] and [t.text for t in sentence[i + 3 : i + 5]] == ["%", ")"]:
        start = i + 5 if not _RANDOM.isdisjoint(t.lower for t in sentence[i + 5 : i + 9]) else i + 1
    j, reach = start, i + 8  # "172 (65%) patients were randomly assigned"
    while j < min(len(sentence), reach):
        if sentence[j].lower in nouns:
            return j
        if j > i + 1 and sentence[j].text == "(" and closing_bracket(sentence, j) > 0:
            j, reach = closing_bracket(sentence, j), reach + 5  # "300 chronic lymphocytic leukemia (CLL) patients"
        elif sentence[j].kind != "w" or sentence[j].lower in _NOT_BETWEEN:
            break
        j += 1
    return -1


def elliptic_verb(sentence: list[Token], i: int) -> str:
    """The verb that enrols patients named before: "585 of whom were randomised", "120 met the criteria", "randomised 402 of them"."""
    k = i + 1
    if k < len(sentence) and sentence[k].text == "(":
        k = closing_bracket(sentence, k) + 1 or k
    words = [t.lower for t in sentence[k : k + 9]]
    pronoun = words[:1] == ["of"] and words[1:2] != [] and words[1] in _PRONOUNS
    if not pronoun and not any(t.lower in PATIENT_NOUNS | COUNTED for t in sentence[:i]):
        return ""
    words = words[2:] if pronoun else words
    before = sentence[i - 1].lower if i else ","
    if before in _SET_APART and (pronoun or words[:1] in ([], ["."], ["to"], [","], ["("])):
        return before  # "we screened 611 patients and randomly assigned 402 of them to A or B"
    if not pronoun and before not in {",", "and", "whom", "which", ";", "("} and words[:1] != ["who"]:
        return ""
    if words[1:2] == ["and"] and words[0] in {"accepted", "agreed", "consented"}:
        words = words[2:]  # "902 (59%) consented and were randomised"
    large = sentence[i].value.isdigit() and len(sentence[i].value) > 2
    if words[:1] == ["met"]:
        return "met" if large and not {"criteria", "inclusion", "eligibility"}.isdisjoint(words[1:6]) else ""
    if words[:1] == ["underwent"]:
        return "randomized" if not _RANDOM.isdisjoint(words[1:3]) or words[1:3] == ["random", "assignment"] else ""
    if words[:1] == ["entered"]:
        return "entered"
    if words[:3] == ["who", "had", "been"] or words[:2] == ["who", "were"]:
        words = ["were", *words[3 if words[1] == "had" else 2 :]]  # "of 155 who had been randomized"
    elif words[:1] not in (["were"], ["was"]):
        return ""
    stop = next((n for n, w in enumerate(words) if not w.isalpha() or w in {"in", "not", "to", "who"}), len(words))
    if not large and (len(sentence[i].value) < 2 or "to" in words[2:4] or _RANDOM.isdisjoint(words)):
        return ""  # "Seventy patients consented, and 64 were randomly assigned"
    return next((w for w in words[1 : min(stop, 6)] if w in _SET_APART), "")


def part_of(sentence: list[Token], i: int) -> tuple[int, bool]:
    """The number that the one at `i` is a part of, and whether the part is the study's: "186 of 750 planned patients were randomised".

    Returns
    -------
    int
        Position of the whole, -1 where the number is no part of another.
    bool
        Whether the part counts: "based on 122 of 143 patients"; False where the whole does: "61 of 66 enrolled patients".
    """
    k = i + 1
    if k < len(sentence) and sentence[k].text == "(":
        k = closing_bracket(sentence, k) + 1 or k
    out = [t.lower for t in sentence[k : k + 2]] == ["out", "of"]
    k += 1 + out
    if k < len(sentence) and sentence[k - 1].lower == "of" and sentence[k].lower in {"the", "all", "a", "total"}:
        k += 1
    planned = k < len(sentence) and sentence[k].lower in PLANNED
    k += planned
    if k >= len(sentence) or sentence[k].kind != "n" or "of" not in {t.lower for t in sentence[i + 1 : k]}:
        return -1, False
    noun = noun_after(sentence, k)
    if noun < 0:
        return -1, False
    between = {t.lower for t in sentence[k + 1 : noun]}
    behind = {t.lower for t in sentence[noun + 1 : noun + 2]}
    based = [t.lower for t in sentence[max(0, i - 2) : i]] == ["based", "on"]
    speaks = out and i < 4 and not {"available", "analysed", "analyzed", "evaluable", "included"}.isdisjoint(t.lower for t in sentence[k:])
    verb = [t.lower for t in sentence[noun + 1 : noun + 4]]
    set_apart = verb[:1] == ["were"] and not (_SET_APART - {"analysed", "analyzed", "included"}).isdisjoint(
        verb
    )  # "309 of 420 were randomised"
    return k, bool(planned or based or speaks or set_apart or (between | behind) & _OF_MORE)


def whole_is_named(sentence: list[Token], whole: int, noun: int) -> str:
    """The word that says that a whole is all of the study: "61 of 66 enrolled patients"."""
    return next((t.lower for t in sentence[whole + 1 : noun] if t.lower in _OF_ALL), "")


def is_part(sentence: list[Token], noun: int) -> bool:
    """ "72 patients in the A group", "430 patients were analysed in the A group", "25 patients (78%) had undergone surgery"."""
    return _of_an_arm(sentence, noun) or _is_share(sentence, noun)


def _of_an_arm(sentence: list[Token], noun: int) -> bool:
    k = noun + 1
    words = [t.lower for t in sentence[k : k + 15]]
    if words[:1] == ["per"] or words[:1] == ["each"]:
        return True
    if words[:1] == ["were"]:
        words = words[3 if words[1].endswith("ly") else 2 :]
    return words[:1] == ["in"] and not {"group", "arm", "cohort"}.isdisjoint(words[1:12])


def _is_share(sentence: list[Token], noun: int) -> bool:
    after = sentence[noun + 1 : noun + 5]
    if len(after) < 4 or after[0].text not in "([" or after[1].kind != "n" or after[2].text != "%":
        return False
    return float(after[1].value) < 100 and not (after[3].kind == "w" and after[3].lower not in {"of", "ci"})


def verb_after(sentence: list[Token], noun: int, whole: bool) -> str:
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
            if whole and (low in {"received", "started", "entered", "underwent", "participated"} or (low == "given" and last == "were")):
                return low
            if low in {"agreed", "consented"} and whole and [t.lower for t in sentence[k + 1 : k + 3]] in _TO_JOIN:
                return low
            if low in ENROL | REVIEWED and (last in {"were", "was", "been", "and", "who"} | PATIENT_NOUNS or last.endswith("ly")):
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
                or (token.kind == "n" and last not in {"of", "≥", ">"} and k + 1 < len(sentence) and sentence[k + 1].text == "%")
            ):
                break
    return ""
