"""A count and its percentage that stand apart are one value: "18 patients achieved a response (40.0%)"."""

from __future__ import annotations

from topline.audit.grammar import Cell
from topline.audit.grouping import bare_count
from topline.audit.items import Item
from topline.audit.small_words import LINKS

__all__ = ["label_counts", "merge_counts"]


def _counts_its_share(before: Cell, cell: Cell) -> bool:
    """Whether the percentage of a cell is that of the count before it among the cell's patients."""
    if cell.unit != "%" or cell.x is None or cell.n is not None or before.unit is not None or before.x is not None:
        return False
    value = before.value or ""
    if not value.isdigit() or len(value) > 6 or not cell.x or cell.value is None or cell.value[0] in "<>":
        return False
    return abs(100 * int(value) / cell.x - float(cell.value)) <= 10.0 ** -len(cell.value.partition(".")[2])


_READ = frozenset({"C", "P", "R", "X"})
_OTHERS = frozenset({"women", "men", "male", "males", "female", "females", "were", "of", "with", "had"})


def merge_counts(items: list[Item]) -> None:
    """ "18 patients achieved objective response (40.0%; 95% CI …)": count and percentage are one value."""
    last: int | None = None
    for k, item in [(k, item) for k, item in enumerate(items) if item.kind in _READ]:
        if item.kind == "X" and isinstance(item.data, Cell) and last is not None and items[k - 1].low in {"(", "["}:
            between = items[last + 1 : k - 1]
            if bare_count(items[last]) is not None and all(x.kind == "A" or (x.low in LINKS and x.low != "with") for x in between):
                item.kind = "C"  # "one patient in the control group (<1%)"
        if item.kind == "C":
            cell: Cell = item.data
            if last is not None and last == k - 2 and items[k - 1].low == "," and _counted_beside(items, last, k):
                cell.x = int(items[last].data.value)  # "(grade III: 14, 41.2%)"
                items[last].kind = "X"
            elif (
                last is not None
                and _bracketed_share(items, last, k)
                and items[last].data.value is not None
                and items[last].data.value.isdigit()
                and items[last].data.unit is None
                and items[last].data.x is None
                and items[last].data.interval is None
                and len(items[last].data.value) < 7
                and not (k + 1 < len(items) and items[k + 1].low in _OTHERS)
                and not (items[last].data.value == "0" and cell.value not in {"0", "0.0"})
            ):
                cell.x = int(items[last].data.value)
                if items[last].data.n:
                    cell.n = items[last].data.n
                cell.noun = items[last].data.noun or "patients"
                items[last].kind = "X"
            elif (
                last is not None
                and items[last].data.x is not None
                and items[last].data.n is not None
                and items[last].data.value is None
                and _bracketed_share(items, last, k)
            ):
                cell.x, cell.n, cell.noun = items[last].data.x, items[last].data.n, "patients"
                items[last].kind = "X"
            elif (
                last is not None
                and items[last].data.unit == "%"
                and items[last].data.x is None
                and items[last].data.interval is None
                and cell.x is not None
                and cell.n is not None
                and cell.value is None
                and items[k - 1].low in {"(", "["}
                and k - last <= 8
                and all(x.kind in {"A", "W"} and x.low not in {",", ";", "vs", "versus", "and"} for x in items[last + 1 : k])
            ):
                items[last].data.x, items[last].data.n = cell.x, cell.n  # "73% of the patients given A (151/207)"
                item.kind = "X"
                continue
            elif last is not None and items[k - 1].low in {"among", "of"} and _counts_its_share(items[last].data, cell):
                cell.x, cell.n = int(items[last].data.value), cell.x  # "181 deaths among 334 patients (54.2%)"
                items[last].kind = "X"
            last = k
        elif item.kind in {"P", "R"}:
            last = None


def _bracketed_share(items: list[Item], a: int, b: int) -> bool:
    """Whether the value at `b` is a percentage alone in a bracket behind the value at `a`, with nothing between that parts them."""
    cell: Cell = items[b].data
    if cell.unit != "%" or cell.x is not None or items[b - 1].low not in {"(", "["} or b - a > 12:
        return False
    return not any(x.low in {",", ";", "vs", "versus"} or x.kind in {"P", "R", "S"} for x in items[a + 1 : b])


def label_counts(items: list[Item]) -> None:
    """ "85% were men (n = 166)": the number in the bracket of the label is the count of the share."""
    for k, item in [(k, item) for k, item in enumerate(items) if item.kind == "N"]:
        if not item.data or k < 3 or items[k - 1].low != "(" or k + 1 == len(items) or items[k + 1].low not in {")", ";", ","}:
            continue
        a = k - 2
        while a > k - 9 and a >= 0 and items[a].kind in {"W", "E"} and items[a].low not in {",", ";", "and", "(", ")"}:
            a -= 1
        if (
            a < 0
            or items[a].kind != "C"
            or items[a].data.unit != "%"
            or (items[a].data.x, items[a].data.n, items[a].data.n_equals) != (None,) * 3
        ):
            continue
        items[a].data.n_equals, item.kind = int(item.data), "X"


def _counted_beside(items: list[Item], a: int, b: int) -> bool:
    """Whether a count and its percentage stand alone in a bracket or behind a colon: "(fever: 14, 41.2%; …"."""
    cell: Cell = items[b].data
    behind = items[b + 1].low if b + 1 < len(items) else ""
    alone = a > 0 and items[a - 1].low in {":", "(", "["} and behind in {")", "]", ";"}
    return (
        alone
        and bare_count(items[a]) is not None
        and items[a].kind == "C"
        and cell.unit == "%"
        and cell.x is None
        and cell.interval is None
    )
