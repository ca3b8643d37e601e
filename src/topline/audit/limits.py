"""Numbers that limit or plan something and are no results: margins, boundaries, thresholds, schedules."""

from __future__ import annotations

from topline.audit.clause_words import LIMITS
from topline.audit.grammar import Cell
from topline.audit.item import Item

__all__ = ["refuse_levels", "refuse_limits"]


_OR_MORE = (["or", "longer"], ["or", "more"], ["or", "less"], ["or", "shorter"])
_TOLD = frozenset({"pre-defined", "pre-specified", "predefined", "prespecified"})  # "the prespecified response rate of 40%"
_BEYOND = frozenset({"above", "below", "beyond", "exceeding", "over", "under"})  # "age under 60"
_CALENDAR = frozenset({"day", "days", "week", "weeks", "month", "months"})


def refuse_limits(items: list[Item]) -> None:
    """What is a limit and no result is no value: "a margin of 5%", "boundary, 0.02", "6 months or longer", "days 1 to 21 of 28 days"."""
    for k, item in [(k, item) for k, item in enumerate(items) if item.kind == "C"]:
        if not 0 < k < len(items) - 1:
            continue
        p = k - 1
        while p > 0 and items[p].low in {"of", "was", "=", "at", "("} and k - p < 3:
            p -= 1
        after = [x.low for x in items[k + 1 : k + 3]]
        cell: Cell = item.data
        scheduled = cell.x is not None and cell.value is None and (after[0] in _CALENDAR or items[k - 1].low in _CALENDAR)
        told = items[k - 1].low in {"of", "at"} and any(x.low in _TOLD for x in items[max(0, k - 6) : k])
        told = told or (items[k - 2].kind == "H" and items[k - 3].low in {"lower", "upper"})  # "upper confidence limit, 15%"
        below = items[k - 1].low in _BEYOND and cell.unit is None and cell.x is None and cell.interval is None and cell.noun is None
        bound = told or below or (items[k - 1].low in {"above", "below", "exceeding"} and after[:1] in (["in"], ["for"]))
        if bound or items[p].low in LIMITS or after in _OR_MORE or after[:1] in (["margin"], ["power"]) or scheduled:
            item.kind = "X"


_LEVELS = frozenset({"alpha", "boundaries", "boundary", "level", "levels", "significance", "threshold", "thresholds"})
_SET = frozenset({"as", "at", "defined", "is", "set", "was", "were"})
_LISTED = frozenset(
    {
        ",", ":", "=", "and", "efficacy", "for", "futility", "non-inferiority", "noninferiority", "of", "one-sided", "or", "superiority",
        "two-sided",
    }
)  # fmt: skip
_MET = frozenset(
    {"achieved", "below", "crossed", "exceeded", "found", "met", "no", "not", "observed", "reach", "reached", "seen", "surpassed"}
)
_JUDGED = frozenset({"accepted", "considered", "deemed", "defined", "denoted", "indicated", "indicates", "regarded", "set", "taken"})


def refuse_levels(items: list[Item]) -> None:
    """Levels of significance are no p-values: "thresholds were P = 0.02 for OS and P = 0.03 for PFS", "P < 0.05 was considered …"."""
    for k, item in [(k, item) for k, item in enumerate(items) if item.kind == "P"]:
        j = k + 1 + (k + 1 < len(items) and items[k + 1].low in {"was", "were", "is", "being"})
        item.data.threshold = (j < len(items) and items[j].low in _JUDGED) or _of_a_level(items, k)


def _of_a_level(items: list[Item], k: int) -> bool:
    """Whether a noun of a level leads to the p-value at item `k`, over the others of its list; a bracket holds a result."""
    told, listed = False, True
    bracketed = k > 0 and items[k - 1].low == "("
    if bracketed and [x.low for x in items[k + 1 : k + 3]] not in ([")", "was"], [")", "were"], [")", "is"]):
        return False  # but "the boundary for superiority (P = 0.008) was not crossed"
    for j in range(k - 1 - bracketed, max(-1, k - 20), -1):
        x = items[j]
        if x.kind in {"C", "R"} or x.low in _MET or x.low in {"(", ";"}:
            return False
        if x.kind == "E" and "significance" in str(x.data):
            return told or listed  # "the significance level"
        if x.low in _LEVELS and (x.low[:5] != "level" or items[j - 1].low in _LEVELS or items[j + 2].low in _LEVELS):
            return told or (listed and x.low not in {"level", "levels", "significance"})
        told = told or x.low in _SET
        listed = listed and (x.kind in {"A", "E", "P"} or x.low in _LISTED)
    return False
