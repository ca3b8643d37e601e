"""Endpoints that go on: when a value without a name of its own is of what the values before it are of."""

from __future__ import annotations

from topline.audit.grouping import Series
from topline.audit.items import Item

__all__ = ["carry", "same_clause", "within_bracket"]


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
