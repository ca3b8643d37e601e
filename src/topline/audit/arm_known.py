"""Sizes beside names that are known: "170 to A and 168 to B", "163 A patients compared with 164 B patients", "45 patients in each arm"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from topline.audit.arm_book import ArmBook
from topline.audit.arm_events import EVENTFUL
from topline.audit.arm_evidence import Evidence
from topline.audit.arm_phrases import DOSE_UNITS
from topline.audit.dates import MONTHS
from topline.audit.lexicon import PATIENT_NOUNS, TIME_UNITS
from topline.audit.small_words import CLOSED, HEADS
from topline.audit.tokens import Token

__all__ = ["fill_sizes", "size_of_each"]

# fmt: off
_ALLOTTED = frozenset(
    {
        "allocated", "assigned", "comprised", "consisted", "divided", "enrolled", "entered", "given", "included", "randomised",
        "randomized", "randomly", "randomisation", "randomization", "recruited", "registered", "treated",
    }
)
_TO_NAME = PATIENT_NOUNS | frozenset(
    {
        "(", ")", ",", "a", "allocated", "also", "an", "and", "another", "arm", "as", "assigned", "been", "cohort", "constituted",
        "control", "for", "formed", "from", "given", "group", "had", "have", "in", "into", "of", "on", "other", "others", "randomised",
        "randomized", "randomly", "receive", "received", "receiving", "remaining", "served", "taking", "the", "then", "to", "treated",
        "treatment", "undergoing", "underwent", "was", "were", "who", "whom", "with",
    }
)
_TO_SIZE = frozenset(
    {"(", ",", ":", "=", "[", "arm", "cohort", "group", "intravenously", "n", "orally", "patients", "therapy", "was", "were"}
)
_HAD = frozenset({"comprised", "consisted", "contained", "had", "included", "of"})
_PLANS = frozenset({"assuming", "calculated", "needed", "planned", "power", "required"})
_MARKS = frozenset({"(", ",", ":", "=", "["})
_HAPPENED = (EVENTFUL - {"had", "completed", "reported"}) | frozenset(
    {
        "adverse", "alive", "assessable", "deaths", "events", "evaluable", "excluded", "grade", "occurred", "progression",
        "recurrence", "recurrences", "relapse", "relapses", "response", "responses", "serious", "toxicities", "toxicity", "withdrawn",
    }
)
# fmt: on


@dataclass(slots=True)
class _Mark:
    """A number (`arm` is None) or an arm's name in a row of words, from `a` to `b`."""

    a: int
    b: int
    arm: int | None
    token: Token


def fill_sizes(book: ArmBook, evidence: Evidence) -> None:
    """Give the arms of a book the sizes that stand beside their names, where a sentence gives all of them.

    The sizes make up a printed number of patients, or the sentence speaks of allotment; of what happened to patients it does not speak.
    """
    known = [arm.n for arm in book.arms]
    if len(book.arms) < 2 or None not in known:
        return
    wholes = _numbers_of_patients(evidence)
    for row, owners in zip(evidence.rows, evidence.owners, strict=True):
        if sum(t.kind == "n" for t in owners) < len(book.arms):
            continue
        words = [t.lower for t in owners]
        sizes = _row_of_sizes(_marks(row, owners, words, book), words, len(book.arms))
        if not sizes:
            continue
        first, last = min(m.a for m in sizes.values()), max(m.b for m in sizes.values())
        total = sum(int(m.token.value) for m in sizes.values())
        start = max((k + 1 for k in range(max(0, first - 12), first) if words[k] in ":;"), default=max(0, first - 12))
        if not _HAPPENED.isdisjoint(words[start : last + 6]):
            continue
        if total in wholes or _tells_sizes(words, sizes) or not _ALLOTTED.isdisjoint(words[max(0, first - 14) : last]):
            for k, mark in sizes.items():
                span = (mark.token.start, mark.token.end)
                book.arms[k] = replace(book.arms[k], n=int(mark.token.value), span=span)
            return


def _tells_sizes(words: list[str], sizes: dict[int, _Mark]) -> bool:
    """Whether a sentence says nothing but how many patients the arms have: "the A arm had 82 patients and the B arm 81 patients"."""
    if all(words[m.a - 2 : m.a] == ["n", "="] for m in sizes.values()):
        return True
    return "%" not in words and all(
        words[m.b : m.b + 1] != [] and words[m.b] in PATIENT_NOUNS and words[m.b + 1 : m.b + 2] in ([","], ["."], ["and"], [])
        for m in sizes.values()
    )


def _numbers_of_patients(evidence: Evidence) -> set[int]:
    """Every number of the text that counts patients."""
    out: set[int] = set()
    for owners in evidence.owners:
        for k, token in enumerate(owners):
            whole = token.kind == "n" and token.value.isdigit() and len(token.value) < 7
            if whole and any(t.lower in PATIENT_NOUNS for t in owners[k + 1 : k + 6]):
                out.add(int(token.value))
    return out


def _marks(row: list[str], owners: list[Token], words: list[str], book: ArmBook) -> list[_Mark]:
    """Names and whole numbers of a row; a number with a unit, a share and a denominator are none."""
    out: list[_Mark] = []
    k = 0
    while k < len(row):
        token = owners[k]
        found = book.mention(row, k) if token.kind in {"w", "n"} else None
        if token.kind == "n" and found is None:
            if _may_be_a_size(words, owners, k):
                out.append(_Mark(k, k + 1, None, token))
            k += 1
            continue
        if found is not None:
            out.append(_Mark(k, k + found[1], found[0], token))
            k += found[1]
        else:
            k += 1
    return out


def _may_be_a_size(words: list[str], owners: list[Token], k: int) -> bool:
    """Whether the number at `k` may count the patients of an arm: no amount, no share, no end of a range, no denominator, no year."""
    token = owners[k]
    if not token.value.isdigit() or not 2 < int(token.value[:7]) < 1_000_000:
        return False
    after = words[k + 1] if k + 1 < len(words) else ""
    before = words[max(0, k - 8) : k]
    if after.partition("/")[0] in DOSE_UNITS or after in TIME_UNITS or after in {"%", "-", "of", "/"}:
        return False
    ranged = before[-1:] == ["to"] and len(before) > 1 and (owners[k - 2].kind == "n" or before[-2] == "%")
    if ranged or (before and before[-1] in {"-", "/", "≥", ">", "<"}):
        return False
    if before[-1:] == ["of"] and len(before) > 1 and (owners[k - 2].kind == "n" or before[-2] in {")", "]"}):
        return False  # "2 of 65", "2 (3%) of 65"
    if before and (before[-1] in MONTHS or (before[-1] == "(" and before[-2:-1] != [] and before[-2].endswith("m"))):
        return False  # "June 2010", "mg/m(2)"
    opened = max((m for m, w in enumerate(before) if w in {"(", "["}), default=-1)
    return opened < 0 or "%" not in before[opened:]  # "(14%; n = 63)"


def _row_of_sizes(marks: list[_Mark], words: list[str], arms: int) -> dict[int, _Mark]:
    """The first run of pairs of number and name (or of name and number) that gives each arm one size."""
    for first in (True, False):  # the number first, the name first
        out: dict[int, _Mark] = {}
        last = 0
        for one, two in pairwise(marks):
            number, name = (one, two) if first else (two, one)
            if number.arm is not None or name.arm is None:
                continue
            if not (_joins(words[one.b : two.a]) if first else _holds(words, one.b, two.a)):
                continue
            if out and (one.a - last > 25 or name.arm in out):
                out = {}
            out[name.arm] = number
            last = two.b
            if len(out) == arms:
                return out
    return {}


def _joins(between: list[str]) -> bool:
    """Whether words lead from a number to the name of those whom it counts: "patients were assigned to the"."""
    return len(between) < 10 and all(w in _TO_NAME for w in between)


def _holds(words: list[str], a: int, b: int) -> bool:
    """Whether words lead from a name to its size: "(n =", "group (", ", ", "had", with a dose in brackets between."""
    gap = words[a:b] if b - a < 13 else ["."]
    if b + 1 < len(words) and words[b + 1] in PATIENT_NOUNS:
        while gap and gap[-1] in _HAD:
            gap.pop()  # "the A arm had 82 patients and the B arm 81 patients"
    elif not gap or gap[-1] not in _MARKS:
        return False
    depth = 0
    for w in gap:
        if w in {")", "]"} and depth:
            depth -= 1
        elif depth and w in {"(", "["}:
            return False
        elif w in {"(", "["}:
            depth += 1
        elif not depth and w not in _TO_SIZE and (w in CLOSED or not w[0].isalpha()):
            return False
    return not (depth and gap[-1] == ",")


# fmt: off
_TO_EACH = PATIENT_NOUNS | frozenset(
    {
        "(", "allocated", "analysed", "analyzed", "assigned", "enrolled", "entered", "for", "in", "included", "into", "of", "per",
        "randomised", "randomized", "randomly", "received", "recruited", "to", "treated", "were", "with",
    }
)
_HAVING = frozenset({"(", ",", ":", "=", "[", "comprised", "comprising", "consisted", "contained", "had", "included", "n", "of", "with"})
_EACH_OF = HEADS | {"regimen", "schedule", "treatment"}
# fmt: on


def size_of_each(tokens: list[Token]) -> Token | None:
    """The number in "60 cases in each group", "30 per arm", "each group had 45 patients", "in each arm (n = 60)", "groups of 20 each"."""
    if any(t.lower in _PLANS for t in tokens):
        return None
    for i, token in enumerate(tokens):
        if token.lower == "of" and i and tokens[i - 1].lower in {"arms", "cohorts", "groups"} and i + 2 < len(tokens):
            if _is_size(tokens, i + 1) and (tokens[i + 2].text in ":.,;(" or tokens[i + 2].lower in PATIENT_NOUNS | {"each"}):
                return tokens[i + 1]  # "three groups of 30: A, B and C"
            continue
        if token.lower not in {"each", "either", "both", "per"}:
            continue
        head = next((k for k in range(i + 1, min(len(tokens), i + 4)) if tokens[k].lower in _EACH_OF), -1)
        if head < 0:
            if token.lower != "each" or not i:
                continue
            counted = i - 1 - (tokens[i - 1].lower in PATIENT_NOUNS)
            sized = any(t.lower in _EACH_OF for t in tokens[max(0, i - 8) : i]) and tokens[i + 1 : i + 2] and tokens[i + 1].text in ",;.)"
            allotted = tokens[i + 1 : i + 2] and tokens[i + 1].lower in {"to", "were", "received"}
            if counted < 0 or tokens[counted].kind != "n" or not (sized or allotted):
                continue
            head = i  # "three groups of 20 each", "103 each to A, B or C"
        label = tokens[head + 1].text if head + 1 < len(tokens) else ""
        if token.lower == "either" and label.isalnum() and (label.isdigit() or len(label) == 1):
            continue  # "assigned to either arm 1 or arm 2"
        k = head + 1
        while k < len(tokens) and tokens[k].lower in _HAVING:
            k += 1
        if k > head + 1 and k < len(tokens) and _is_size(tokens, k):
            return tokens[k]
        k = i - 1
        while k > 0 and tokens[k].lower in _TO_EACH:
            k -= 1
        if (k < i - 1 or token.lower in {"each", "per"}) and k >= 0 and _is_size(tokens, k):
            return tokens[k]
    return None


def _is_size(tokens: list[Token], k: int) -> bool:
    if tokens[k].kind != "n" or not tokens[k].value.isdigit() or not 9 < int(tokens[k].value[:7]) < 100_000:
        return False
    after = tokens[k + 1].lower if k + 1 < len(tokens) else ""
    return not (after in {"%", "/", "-"} or after.partition("/")[0] in DOSE_UNITS or after in TIME_UNITS)
