"""Numbers that limit or plan something and are no results: margins, boundaries, thresholds, schedules."""

from __future__ import annotations

from topline.audit.clause_words import LIMITS
from topline.audit.grammar import Cell
from topline.audit.item import Item

__all__ = ["refuse_limits"]


_OR_MORE = (["or", "longer"], ["or", "more"], ["or", "less"], ["or", "shorter"])
_TOLD = frozenset({"pre-defined", "pre-specified", "predefined", "prespecified"})  # "the prespecified response rate of 40%"
_CALENDAR = frozenset({"day", "days", "week", "weeks", "month", "months"})


def refuse_limits(items: list[Item]) -> None:
    """What is a limit and no result is no value: "a margin of 5%", "boundary, 0.02", "6 months or longer", "days 1 to 21 of 28 days"."""
    for k, item in enumerate(items):
        if item.kind != "C" or not 0 < k < len(items) - 1:
            continue
        p = k - 1
        while p > 0 and items[p].low in {"of", "was", "=", "at", "("} and k - p < 3:
            p -= 1
        after = [x.low for x in items[k + 1 : k + 3]]
        cell: Cell = item.data
        scheduled = cell.x is not None and cell.value is None and (after[0] in _CALENDAR or items[k - 1].low in _CALENDAR)
        told = items[k - 1].low in {"of", "at"} and any(x.low in _TOLD for x in items[max(0, k - 6) : k])
        told = told or (items[k - 2].kind == "H" and items[k - 3].low in {"lower", "upper"})  # "upper confidence limit, 15%"
        bound = told or (items[k - 1].low in {"above", "below", "exceeding"} and after[:1] in (["in"], ["for"]))
        if bound or items[p].low in LIMITS or after in _OR_MORE or after[:1] in (["margin"], ["power"]) or scheduled:
            item.kind = "X"
