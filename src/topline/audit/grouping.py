"""Values that stand together: one series of linked values of one kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from topline.audit.grammar import Cell
from topline.audit.items import Item
from topline.audit.small_words import JOINTS, LINKS, VS
from topline.audit.tokens import Token

__all__ = ["Series", "alike", "bare_count", "group_values", "linked", "of_a_number", "share_denominator", "share_value"]


@dataclass(slots=True)
class Series:
    """Linked values of one kind with their endpoint, arms and times (all lists as long as `cells`)."""

    cells: list[Cell]
    at: list[int]
    endpoints: list[str | None] = field(default_factory=list)
    arms: list[int | None] = field(default_factory=list)
    times: list[str | None] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    mirrors: list[Series] = field(default_factory=list)
    grade: str | None = None
    after: bool = False
    stated: bool = False
    closing: bool = False
    paired: bool = False

    @property
    def first(self) -> int:
        """Item number of the first value."""
        return self.at[0]

    @property
    def last(self) -> int:
        """Item number of the last value."""
        return self.at[-1]


def linked(items: list[Item], a: int, b: int) -> bool:
    """Whether nothing but joints, links and arms stands between the values at items `a` and `b`."""
    if items[a + 1].low == ":":
        return False  # "58%: 71% in A and 39% in B", the whole and its parts
    joint = False
    closed = False  # "83.7% and 80.7% in A and B, respectively; 15.3% and …": what follows is another series
    shut = named = False
    start = a + 1
    if items[a].data.sd is not None and items[a].data.unit is None:
        while start < b and items[start].kind == "W" and items[start].low not in LINKS and start - a < 6:
            start += 1  # the words of an unknown unit: "2.86 ± 0.61 ng mL-1 in A and …"
    for item in items[start:b]:
        if item.kind == "W":
            closed = closed or item.low.startswith("respective")
            if item.low == ";" and (closed or (shut and not named)):
                return False
            shut = item.low in {")", "]"}
            if item.low in JOINTS:
                joint = True
            elif item.low not in LINKS:
                return False
        elif item.kind in {"A", "N", "T", "H"} or item.kind == "S":
            named = named or item.kind == "A"
            continue
        else:
            return False
    return joint


def _kind(cell: Cell) -> str:
    if cell.unit == "%" or (cell.x is not None):
        return "rate"
    if cell.unit in {"months", "years", "weeks", "days"}:
        return "time"
    if cell.value == "NR":
        return "nr"
    if cell.noun is not None:
        return "count"
    return "plain"


def alike(a: Cell, b: Cell) -> bool:
    """Whether two values may be of one kind: percentages, times, counts."""
    x, y = _kind(a), _kind(b)
    if x == y:
        return True
    if "nr" in (x, y):
        return {x, y} <= {"nr", "time", "plain"}
    if "plain" in (x, y) and {x, y} & {"rate", "time"}:
        plain, other = (a, b) if x == "plain" else (b, a)
        if plain.interval is not None and plain.interval.kind in {"range", "iqr"} and "rate" in (x, y):
            return other.interval is not None and other.interval.kind == plain.interval.kind  # "age was 58 (range, 24 to 81) and 61% …"
        if plain is b:
            return plain.value is not None and "." in plain.value
        return not plain.spelled
    return False


def _behind_a_pair(items: list[Item], series: Series, cell: Cell) -> bool:
    """ "the number fell (4.1 vs 6.0), and 30% …": numbers in a bracket of their own share no percent sign behind it."""
    plain = series.cells[-1].unit is None and series.cells[-1].x is None and cell.unit == "%"
    return plain and items[series.last + 1].low in {")", "]"} and items[series.first - 1].low in {"(", "["}


def _set_against(items: list[Item], a: int, b: int, cell: Cell) -> bool:
    """ "66 months with A vs. 73 in B": an integer right behind "vs" shares the unit before it."""
    if cell.unit is not None or cell.spelled or cell.noun is not None or cell.x is not None or cell.interval is not None:
        return False
    behind = [x.low for x in items[max(a + 1, b - 2) : b] if x.low != "."]
    return items[a].data.unit in {"months", "years", "weeks", "days"} and bool(behind) and behind[-1] in VS


_CUT_OFFS = frozenset({"cut-off", "cut-offs", "cutoff", "cutoffs", "cutpoint", "cutpoints", "threshold", "thresholds"})


def _leave_cut_offs(items: list[Item]) -> None:
    """ "positive at the 5%, 25% and 50% cut-offs": no results."""
    for at in [at for at, x in enumerate(items) if x.low in _CUT_OFFS]:
        k = at - 1
        while k >= 0 and (items[k].kind == "C" or items[k].low in {"/", ",", "and", "or", "&"}):
            if items[k].kind == "C":
                items[k].kind = "X"
            k -= 1


def group_values(items: list[Item]) -> list[Series]:
    """Values joined by "vs", "and" or commas, with units shared."""
    _leave_cut_offs(items)
    out: list[Series] = []
    current: Series | None = None
    for k, item in [(k, item) for k, item in enumerate(items) if item.kind == "C"]:
        cell: Cell = item.data
        if _is_label(items, k, cell):
            item.kind = "X"
            continue
        if (
            current is not None
            and (
                (alike(current.cells[-1], cell) and not _behind_a_pair(items, current, cell))
                or _set_against(items, current.at[-1], k, cell)
            )
            and linked(items, current.at[-1], k)
        ):
            current.cells.append(cell)
            current.at.append(k)
        else:
            current = Series([cell], [k])
            out.append(current)
    for series in out:
        _share_units(series)
    return out


def _is_label(items: list[Item], k: int, cell: Cell) -> bool:
    """ "Site 1: 6 (54.5%)": a bare number before a colon names what follows."""
    bare = cell.unit is None and cell.x is None and cell.interval is None and cell.value is not None and cell.value.isdigit()
    return bare and 0 < k < len(items) - 1 and items[k + 1].low == ":" and items[k - 1].kind in {"W", "E"} and items[k - 1].low not in LINKS


def _share_units(series: Series) -> None:
    unit = None
    for cell in reversed(series.cells):
        if cell.unit is not None:
            unit = cell.unit
        elif unit is not None and cell.noun is None and cell.value is not None and cell.x is None:
            cell.unit = unit
    for before, cell in zip(series.cells, series.cells[1:], strict=False):
        if (
            cell.unit is None
            and before.unit is not None
            and cell.value is not None
            and cell.value != "NR"
            and ("." in cell.value or before.unit != "%")
            and cell.noun is None
            and cell.x is None
        ):
            cell.unit = before.unit


def of_a_number(tokens: list[Token], items: list[Item]) -> None:
    """ "Of the 168 lesions, 94 (56%) …", "of these 59 patients, 52 were …": the number before is the denominator."""
    for k in [k for k, item in enumerate(items[:-4]) if item.low in {"of", "among"}]:
        if k and items[k - 1].low not in {";", ",", ":", "."}:
            continue
        m = k + 1 + (items[k + 1].low in {"the", "these", "those", "all"})
        n = bare_count(items[m])
        if items[m].kind == "X" and items[m].j == items[m].i + 2 and tokens[items[m].i].value.isdigit():
            n = int(tokens[items[m].i].value[:7])  # "168 lesions"
        comma = next((j for j in range(m + 1, min(len(items) - 2, m + 8)) if items[j].low == ","), 0)
        if n is None or not comma or any(x.kind not in "AEW" or x.low in {"(", "["} for x in items[m + 1 : comma]):
            continue
        at = comma + 1 + (items[comma + 1].low in {"only", "a"})
        cell, x = items[at].data, bare_count(items[at])
        if items[at].kind == "C" and cell.x is not None and cell.n is None and cell.unit == "%" and cell.x <= n:
            if cell.value is not None and cell.value[0] not in "<>" and abs(100 * cell.x / n - float(cell.value)) < 1:
                cell.n = n
        elif (
            x is not None and x <= n and not any(y.low in _COUNTED or y.low in {"(", "%"} or y.kind == "A" for y in items[at + 1 : at + 5])
        ):
            if any(y.kind == "C" and y.data.unit == "%" for y in items[at + 1 : at + 9]):
                continue
            cell.x, cell.n, cell.value = x, n, None


def share_denominator(items: list[Item]) -> None:
    """ "35 (12.4%) of 282 patients had A, 51 patients (18.0%) had B": a list of counts and percentages of one printed number."""
    n: int | None = None
    if not any(item.kind == "C" and item.data.n is not None for item in items):
        return
    for item in items:
        if item.kind == "A" or item.low in VS or item.low == ";":
            n = None
        elif item.kind == "C":
            cell: Cell = item.data
            if cell.unit != "%" or cell.x is None or cell.value is None or cell.value[0] in "<>":
                n = None
            elif cell.n is not None or n is None:
                n = cell.n
            elif cell.x <= n and abs(100 * cell.x / n - float(cell.value)) <= 10.0 ** -len(cell.value.partition(".")[2]):
                cell.n = n


def bare_count(item: Item) -> int | None:
    """A number of patients or things with nothing in brackets."""
    if item.kind == "N":
        return int(item.data) if item.data else None
    if item.kind != "C" or item.data.unit is not None or item.data.x is not None or item.data.interval is not None:
        return None
    value = item.data.value or ""
    return int(value) if value.isdigit() and len(value) < 7 else None


_COUNTED = frozenset(
    {
        "analysed", "analyzed", "assessable", "assigned", "available", "eligible", "enrolled", "entered", "evaluable", "included", "met",
        "randomised", "randomized", "randomly", "received", "recruited", "underwent",
    }
)  # fmt: skip


def share_value(items: list[Item]) -> None:
    """ "2.6 months for A (95% CI 1.9-2.9) and B (95% CI 1.9-3.0)": one value of two arms, each with its interval."""
    for k, item in [(k, item) for k, item in enumerate(items) if item.kind == "C"]:
        if item.data.unit is None or item.data.interval is not None or item.data.value is None:
            continue
        found = [j for j in range(k + 1, min(len(items), k + 14)) if items[j].kind == "S" and items[j].data.kind == "ci"]
        between = items[k + 1 : found[-1] if found else k + 1]
        if len(found) != 2 or any(x.kind not in "ASW" or x.low in {";", "respectively"} for x in between):
            continue
        arms = [j for j in range(k + 1, found[1]) if items[j].kind == "A"]
        if len(arms) != 2 or not arms[0] < found[0] < arms[1] or items[found[1] - 1].low not in {"(", "["}:
            continue
        cell: Cell = item.data
        cell.interval = items[found[0]].data
        last = items[found[1]]
        last.kind, last.data = "C", Cell(cell.value, cell.unit, interval=last.data)
