"""Sizes of arms as brackets print them, and how sure it is that a number is the size of an arm."""

from __future__ import annotations

from topline.audit.dates import MONTHS
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.tokens import Token

__all__ = ["after_count", "bracket_size", "is_lone_count", "is_year", "sureness"]

# fmt: off
_COUNTED = PATIENT_NOUNS | frozenset(
    {
        "allocated", "analysed", "analyzed", "assessable", "assessed", "assigned", "evaluable", "randomised", "randomized", "treated",
    }
)
_RANDOMISED = frozenset(
    {
        "allocated", "assigned", "randomisation", "randomised", "randomization", "randomized", "randomly",
    }
)
_INTENDED = frozenset({
        "intent-to-treat", "intention-to-treat", "itt",
    })
_PART_OF = frozenset(
    {
        "as-treated", "assessable", "evaluable", "matched", "matching", "per-protocol", "propensity", "psm", "responders", "response",
        "safety", "subgroup", "subset",
    }
)
_SEXES = frozenset({"female", "females", "male", "males", "men", "women"})
# fmt: on


def sureness(tokens: list[Token], at: int, end: int) -> int:
    """How sure it is that the number at `at` is the size of an arm: 3 randomised, 2 by intention to treat, 1 enrolled, 0 a part.

    `end` is the position after the arm's name; what is said there ("were evaluable") counts as well.
    """
    for token in tokens[end : end + 4]:
        if token.kind == "s" or token.lower == "and":
            break
        if token.lower in {"assessable", "evaluable", "their"}:
            return 0  # "were evaluable", "received their assigned treatment"
    if at > 1 and tokens[at - 1].lower == "of" and (tokens[at - 2].kind == "n" or tokens[at - 2].text in ")]"):
        return 0  # "48 [17%] of 276 patients allocated A"
    depth = 0
    for k in range(at - 1, max(-1, at - 80), -1):
        low = tokens[k].lower
        depth = max(0, depth + (low in {")", "]"}) - (low in {"(", "["}))
        if depth:
            continue
        if low in _PART_OF and not (low == "matched" and tokens[k + 1].lower in {"to", "with"}):
            return 0
        if low in _INTENDED:
            return 2
        if low in _RANDOMISED:
            return 3
        if low == ";":
            break
    return 3 if any(t.lower in _RANDOMISED for t in tokens[at:end]) else 1


def bracket_size(tokens: list[Token], a: int, b: int) -> tuple[int | None, list[list[Token]]]:
    """Read "n = 65" or "65 patients" in a bracket, and the other names that it holds."""
    n: int | None = None
    names: list[list[Token]] = []
    current: list[Token] = []
    lows = {t.lower for t in tokens[a:b]}
    j = a
    while j < b:
        token = tokens[j]
        if (
            token.lower == "n"
            and j + 2 < b + 1
            and tokens[j + 1].text in "=:"
            and tokens[j + 2].kind == "n"
            and tokens[j + 2].value.isdigit()
        ):
            n = int(tokens[j + 2].value) if len(tokens[j + 2].value) < 8 else None
            j += 3
            continue
        counted = after_count(tokens, j, b)
        if counted and (n is not None or "age" in lows) and lows & _SEXES:
            j = counted  # "(n = 20; 11 females)"
            continue
        if counted:
            n = int(token.value) if len(token.value) < 8 else None
            j = counted
            continue
        if token.text in {",", ";", ":"}:
            if current:
                names.append(current)
            current = []
        else:
            current.append(token)
        j += 1
    if current:
        names.append(current)
    return n, names


def after_count(tokens: list[Token], j: int, b: int) -> int:
    """Position after "65 patients", "65 [50%] patients" between `j` and `b`; 0 where no count of patients stands there."""
    if tokens[j].kind != "n" or not tokens[j].value.isdigit():
        return 0
    k = j + 1
    if k + 1 < b and tokens[k].text in "[(" and any(t.text == "%" for t in tokens[k : k + 4]):
        k = next((m + 1 for m in range(k, min(b, k + 5)) if tokens[m].text in "])"), b)
    return k + 1 if k < b and tokens[k].lower in _COUNTED else 0


def is_lone_count(inside: list[Token]) -> bool:
    """Whether a bracket holds nothing but a count above nine and its percentage: "312", "312 [50%]", "1,622; 19%"."""
    if not inside or not inside[0].value.isdigit() or int(inside[0].value[:7]) < 10:
        return False
    rest = [t for t in inside[1:] if t.text not in "[](),;"]
    return not rest or (len(rest) == 2 and rest[0].kind == "n" and rest[1].text == "%")


def is_year(tokens: list[Token], i: int) -> bool:
    """Whether the number at `i` is a year: "since 1996", "March 1987", "between 1999 and 2001"."""
    token = tokens[i]
    if i < 1 or len(token.text) != 4 or not token.text.isdigit() or not 1900 < int(token.text) < 2100:
        return False
    before = tokens[i - 1].lower
    after = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    if before in {"and", "to", "-"}:
        return is_year(tokens, i - 2)
    return before in MONTHS or (before in _IN_TIME and after not in PATIENT_NOUNS)


_IN_TIME = frozenset({"before", "between", "during", "from", "in", "of", "since", "until"})
