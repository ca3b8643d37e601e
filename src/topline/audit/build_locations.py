"""Medians, means and follow-up times as claims: which of them, the words before the value say."""

from __future__ import annotations

from typing import Any

from topline.audit.build_context import SentenceContext, interval_bounds
from topline.audit.claims import Claim
from topline.audit.clause_words import LIMITS
from topline.audit.grammar import Cell
from topline.audit.lexicon import FAMILY
from topline.audit.measures import MIDDLE
from topline.audit.series import Series
from topline.audit.small_words import VS

__all__ = ["location_claim", "share_is_middle", "words_between"]


def location_claim(context: SentenceContext, s: Series, cell: Cell, code: str | None, family: str, shared: dict[str, Any]) -> Claim | None:
    """A median, a mean or a follow-up time: which of them, the words before the value say."""
    timed = cell.unit in {"months", "years", "weeks", "days"}
    if code is None or cell.value is None or cell.noun is not None or (cell.value == "NR" and family != "tte"):
        return None
    lower, upper, kind, level = interval_bounds(cell.interval)
    shared = shared | {"value": cell.value, "lower": lower, "upper": upper, "conf_level": level, "unit": cell.unit, "interval": kind}
    printed = cell.unit is not None or cell.value == "NR" or lower is not None
    said = _said_before(context, s)
    if code == "FU":
        near = words_between(context, max(0, s.first - 24), min(len(context.items), s.last + 5))
        how_long = near & _HOW_LONG or lower is not None or cell.value == "NR"
        return Claim("follow_up", **shared) if printed and (how_long or _said_plainly(context, s)) else None
    if "means" in said and " by means of " in context.body:
        said = said - {"means"}
    middle = _middle(said)
    if middle is not None and (printed or "." in cell.value or _said_plainly(context, s)):
        context.middle = middle, s
    elif middle is None and _goes_on(context, s):
        middle = context.middle[0] if context.middle is not None else None
        context.middle = (middle, s) if middle is not None else None
    elif middle is None and family == "tte" and (printed or (timed and "." in cell.value)):
        middle = "median"
    else:
        return None
    return Claim("median" if middle == "median" else "mean_sd", **shared)


def share_is_middle(context: SentenceContext, s: Series) -> bool:
    """ "the median decline was 45%", "mean changes of -0.4% and 0.2%": whether a percentage is a mean or median."""
    for k in range(s.first - 1, max(-1, s.first - 25), -1):
        x = context.items[k]
        if x.low in MIDDLE:
            return True
        if x.kind in {"C", "P", "R", "X", "N", "D"} or x.low in _APART:
            break
    return _goes_on(context, s)


_APART = frozenset({";", ",", "and", "versus", "vs", "while", "whereas"})


def _middle(said: set[str]) -> str | None:
    """Whether words speak of a median or of a mean."""
    if said & {"median", "medians", "mpfs", "mos"} or any(w[:1] == "m" and w[1:].upper() in FAMILY for w in said):
        return "median"
    return "mean" if said & {"mean", "means", "average", "averaged"} else None


_ENTRY = frozenset({"(", "[", "was", "were", "of", "and", ":", "="}) | VS


def _goes_on(context: SentenceContext, s: Series) -> bool:
    """Whether values go on in a list of means or medians: "the mean levels of A (6.3 vs 9.6), B (28.3 vs 33.0) and C (9.3 vs 11.6)"."""
    if context.middle is None:
        return False
    last, cell, items = context.middle[1], s.cells[0], context.items
    if last is s:
        return True
    gap = items[last.last + 1 : s.first]
    entry = items[s.first - (2 if s.first > 1 and items[s.first - 1].low in {"+", "-"} else 1)].low
    after = items[s.last + 1].low if s.last + 1 < len(items) else ""
    if not 0 < len(gap) < 17 or entry not in _ENTRY or after in {"to", "-"} or any(x.kind == "C" or x.low in _NO_MEAN for x in gap):
        return False
    if cell.unit != last.cells[-1].unit and cell.unit in {None, "%", "months", "weeks", "days", "years"}:
        return False
    if any(x.kind == "W" and x.low == "-" for x in items[s.first : s.last]) or cell.noun is not None or cell.spelled:
        return False
    versus = any(x.low in VS for x in items[s.first : s.last])
    joined = entry in VS or (entry == "and" and all(x.kind != "E" for x in gap))
    exact = cell.value is not None and "." in cell.value
    return versus or joined or ((exact or cell.interval is not None) and entry != "and")


_NO_MEAN = LIMITS | {"difference", "differences", "received", "assigned", "allocated", "enrolled", "total"}


_HOW_LONG = frozenset(
    {"median", "medians", "mean", "means", "average", "minimum", "maximum", "longest", "shortest", "followed", "total", "ranged", "range"}
)


def _said_plainly(context: SentenceContext, s: Series) -> bool:
    return s.stated and not s.cells[0].spelled and context.items[s.first - 1].low in {"was", "were", "of", "=", ":"}


def _said_before(context: SentenceContext, s: Series) -> set[str]:
    """The words between the values before and this series, and those within it."""
    start = s.first
    items = context.items
    while start > 0 and s.first - start < 30:
        before = items[start - 1]
        bracketed = before.kind == "C" and start > 1 and items[start].low in {")", "]"} and items[start - 2].low in {"(", "["}
        if before.kind in {"C", "P", "R"} and not bracketed:
            break
        start -= 1
    return words_between(context, start, s.last + 1)


def words_between(context: SentenceContext, a: int, b: int) -> set[str]:
    """The words of the items from `a` to `b`."""
    return {context.tokens[n].lower for x in context.items[a:b] for n in range(x.i, min(x.j, len(context.tokens)))}
