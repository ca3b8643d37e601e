"""Ratios whose name stands only once: "the hazard ratio was 0.62 (0.47-0.81) in A, 0.71 (0.57-0.88) in B and 0.80 (…) in C"."""

from __future__ import annotations

from topline.audit.grammar import Cell, Ratio
from topline.audit.item import Item
from topline.audit.lexicon import TIME_UNITS
from topline.audit.small_words import LINKS, VS
from topline.audit.tokens import Token
from topline.audit.value_grammar import CLOSE, OPEN, Interval

__all__ = ["name_ratios"]

_MIDDLES = frozenset({"average", "mean", "means", "median", "medians"})


def name_ratios(tokens: list[Token], items: list[Item], measure: str | None) -> None:
    """Bare decimals with an interval become ratios, where a ratio stands before them.

    In a sentence that names one, every decimal that has an interval and no unit; in a later one only what stands in a bracket and
    lies in the middle of its interval on the log scale. `measure` is that of the last ratio of the text before.
    """
    last: Ratio | None = None
    middle = False
    k = -1
    while (k := k + 1) < len(items):
        x = items[k]
        if x.kind == "R":
            last, middle = x.data if tokens[x.i].kind == "w" or last else None, False
        elif x.low in _MIDDLES:
            middle = True
        elif x.kind == "C" and not middle and (last is not None or measure is not None):
            cell: Cell = x.data
            if not _bare(cell) or (last is None and not _stands_alone(items, k)) or _shares_a_unit(items, k) or cell.interval is None:
                continue
            cell.interval.kind = "ci"
            ratio = Ratio(last.measure if last else str(measure), str(cell.value), cell.interval, None, last.marks if last else ())
            x.kind, x.data = "R", ratio
            _take_p(tokens, items, k)


def _take_p(tokens: list[Token], items: list[Item], k: int) -> None:
    """The p-value right behind a ratio is the ratio's own."""
    x = items[k]
    at = k + 1 + (items[k + 1 : k + 2] != [] and items[k + 1].low in {",", ";", "("})
    if at >= len(items) or items[at].kind != "P":
        return
    opened = sum((t.text in OPEN) - (t.text in CLOSE) for t in tokens[x.i : items[at].j])
    x.data.p = items[at].data
    end = at + (opened > 0 and at + 1 < len(items) and items[at + 1].low in CLOSE)
    x.j = items[end].j
    del items[k + 1 : end + 1]


def _bare(cell: Cell) -> bool:
    """Whether a value has an interval with decimals and nothing else."""
    if cell.unit is not None or cell.x is not None or cell.sd is not None or cell.noun is not None or cell.second is not None:
        return False
    interval = cell.interval
    if interval is None or interval.kind not in {"ci", "bare"} or interval.unit is not None or cell.value in {None, "NR"}:
        return False
    return all("." in bound and bound[0] != "-" for bound in (str(cell.value), interval.lower, interval.upper))


def _stands_alone(items: list[Item], k: int) -> bool:
    """Whether item `k` fills its bracket and lies in the middle of its interval, as ratios do."""
    if k == 0 or items[k - 1].low not in OPEN or items[k + 1 : k + 2] == [] or items[k + 1].low not in CLOSE | {",", ";"}:
        return False
    cell: Cell = items[k].data
    assert cell.interval is not None
    return _centred(str(cell.value), cell.interval)


def _centred(value: str, interval: Interval) -> bool:
    """Whether the value is the geometric mean of its bounds, within what rounding allows."""
    half = 0.5 * 10.0 ** -len(value.partition(".")[2])
    middle, low, high = float(value), float(interval.lower), float(interval.upper)
    return (middle + half) ** 2 >= (low - half) * (high - half) and (middle - half) ** 2 <= (low + half) * (high + half)


def _shares_a_unit(items: list[Item], k: int) -> bool:
    """ "5.2 (4.1-6.3) vs 4.0 (3.2-4.9) months": whether the unit of item `k` stands with a later value."""
    if float(items[k].data.value) > 5 and any(x.low in VS for x in items[max(0, k - 1) : k + 2]):
        return True  # months: ratios so large are not set against each other
    for x in items[k + 1 : k + 9]:
        if x.kind == "C":
            if not _bare(x.data):
                return x.data.unit in TIME_UNITS.values() or x.data.unit == "%"
        elif x.kind not in {"A", "W"} or (x.kind == "W" and x.low not in LINKS):
            return False
    return False
