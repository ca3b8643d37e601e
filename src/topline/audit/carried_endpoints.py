"""Endpoints that go on: when a value without a name of its own is of what the values before it are of."""

from __future__ import annotations

from topline.audit.clause_words import ALONE, BE, HAVE, VERBS
from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.phrases import family_of

__all__ = ["carry", "done_as_well", "goes_on", "of_both", "same_clause", "within_bracket"]


_NEW_CLAUSE = frozenset({";", ".", ":", "allocated", "assigned", "enrolled", "randomised", "randomized", "randomly"})


def within_bracket(items: list[Item], previous: Series, s: Series) -> bool:
    """ "neutropenia (A, 136 [46%]; control, 118 [41%])": values of one bracket, set apart by a semicolon."""
    depth = sum((x.low in {"(", "["}) - (x.low in {")", "]"}) for x in items[: previous.first])
    low = depth
    between = items[previous.last + 1 : s.first]
    for x in between:
        depth += (x.low in {"(", "["}) - (x.low in {")", "]"})
        low = min(low, depth)
    if previous.cells[-1].unit != s.cells[0].unit:
        return False
    return low > 0 and any(x.low == ";" for x in between) and not any(x.kind in {"P", "R", "E"} for x in between)


def same_clause(items: list[Item], previous: Series, s: Series) -> bool:
    """Whether no new clause begins between two series: what stands in brackets between them is passed over."""
    between = _outside(items[previous.last + 1 : s.first])
    if all(x.kind in {"P", "R", "T"} or x.low in {")", "]", "(", "[", "and", ",", ";"} for x in between):
        return True  # "(58% v 50%; P = 0.01) and at 12 months (34% v 22%)"
    return not any(x.low in _NEW_CLAUSE or x.kind in {"P", "R", "E"} for x in between)


def _outside(items: list[Item]) -> list[Item]:
    """The items outside all brackets, also outside one that was opened before them."""
    depth = 0
    out: list[Item] = []
    for x in items:
        if x.low in {"(", "["}:
            depth += 1
        elif x.low in {")", "]"}:
            if depth:
                depth -= 1
            else:
                out.clear()
        elif not depth:
            out.append(x)
    return out


def goes_on(items: list[Item], previous: Series, s: Series) -> bool:
    """Whether a value has the endpoint of the one before because only its patients or the manner are new."""
    before, behind = items[s.first - 1].low, items[s.last + 1 : s.last + 3]
    if behind and behind[0].low in _EXTENT and (len(behind) < 2 or behind[1].low in _ENDS):
        return True  # "17% had regressed completely and 44% partially"
    if before == "in" and items[s.first - 2].low.endswith("ly") and items[s.first - 3].low in {"and", ","}:
        return True  # "documented microbiologically in 21% and clinically in 17%"
    if before == "," and items[s.first - 2].low in _STAGES and items[s.first - 3].low in {";", "and", ","}:
        return family_of(previous.endpoints[-1]) == "tte"  # "survival rates were: I, 91%; II, 74%"
    return _parallel(items, previous, s)


_EXTENT = frozenset({"completely", "incompletely", "partially", "totally"})
_ENDS = frozenset({",", ";", ".", ")", "and"})
_STAGES = frozenset({"i", "ii", "iii", "iv"})


def _parallel(items: list[Item], previous: Series, s: Series) -> bool:
    """Whether two values are joined with "and" and stand before the same preposition: "in 22% of gastric and 7% of colon tumours"."""
    if previous.cells[-1].unit != s.cells[0].unit or previous.after or s.last + 1 >= len(items):
        return False
    link = items[previous.last + 1].low
    if link not in {"of", "in", "for", "among", "with"} or items[s.last + 1].low != link or items[s.first - 1].low not in {"and", ","}:
        return False
    if any(x.low in VERBS or x.low in {";", ")", "]"} for x in items[previous.last + 2 : s.first]):
        return False
    behind = items[s.last + 2 : s.last + 14]
    clause = next((n for n, x in enumerate(behind) if x.low in {",", ";", ".", "(", "and"}), len(behind))
    return not any(x.kind == "E" or (x.low in HAVE | BE | ALONE.keys() and x.low != "with") for x in behind[:clause])


def done_as_well(items: list[Item], previous: Series, s: Series) -> str | None:
    """ "12% of scans were downgraded and 5% upgraded": what else was done to the same subject."""
    behind, words = items[s.last + 1 : s.last + 3], str(previous.endpoints[-1]).split()
    if not previous.after or not behind or behind[0].kind != "W" or not behind[0].low.endswith("ed") or not words[-1].endswith("ed"):
        return None
    return " ".join([*words[:-1], behind[0].low]) if len(behind) < 2 or behind[1].low in _ENDS else None


def of_both(items: list[Item], s: Series) -> bool:
    """ "and both in five (3%)", "and 6 (3%) both": neither of the endpoints before alone."""
    if items[s.first - 1].low == "both" or (items[s.first - 1].low == "in" and items[s.first - 2].low == "both"):
        return True
    behind = items[s.last + 1 : s.last + 3]
    return bool(behind) and behind[0].low == "both" and (len(behind) < 2 or behind[1].low in _ENDS)


def carry(s: Series, previous: Series) -> None:
    """The endpoint of the values before."""
    if s.cells[0].unit in {"months", "weeks", "days"} and previous.endpoints[-1] == "AGE":
        s.endpoints = [None] * len(s.cells)
        return
    if s.cells[0].unit == "%" and previous.endpoints[-1] in {"AGE", "FU"}:
        s.endpoints = [None] * len(s.cells)
        return
    same = len(previous.endpoints) == len(s.cells) and previous.paired
    s.endpoints = list(previous.endpoints) if same else [previous.endpoints[-1]] * len(s.cells)
    s.paired = same
    s.grade = s.grade or previous.grade
