"""Which value belongs to which endpoint and which arm: the hard part of reading an abstract."""

from __future__ import annotations

from itertools import pairwise

from topline.audit.arm_mentions import tail_end
from topline.audit.arms import ArmBook
from topline.audit.directions import turn_round
from topline.audit.grouping import Series, group_values, of_a_number, share_denominator, share_value
from topline.audit.items import Item
from topline.audit.limits import refuse_levels, refuse_limits
from topline.audit.merged_counts import label_counts, merge_counts
from topline.audit.mirrored_values import part_mirrored
from topline.audit.nested_values import Nest, chained, find_nests, in_one_row, inherit_arms, part_row, without_nested
from topline.audit.small_words import VS
from topline.audit.sole_arms import of_all, sole_arm
from topline.audit.tokens import Token
from topline.audit.value_arms import Naming, assign_arms, assign_times, share_closing_arms
from topline.audit.value_endpoints import assign_endpoints

__all__ = ["Series", "find_series"]

_LISTING = frozenset({",", ";", "and", "(", ")", "[", "]", "%"})


def find_series(tokens: list[Token], items: list[Item], book: ArmBook, inherited: str | None = None) -> list[Series]:
    """All series of a sentence with endpoint, arm and time for each value.

    Parameters
    ----------
    tokens, items : list
        The sentence.
    book : ArmBook
        The arms of the text.
    inherited : str, optional
        Endpoint of the sentence before, for "these values were …".
    """
    if any(item.kind == "C" for item in items):
        merge_counts(items)
        label_counts(items)
        of_a_number(tokens, items)
        share_denominator(items)
        share_value(items)
        refuse_limits(items)
    refuse_levels(items)
    series = part_mirrored(items, group_values(items))
    if not series:
        return series
    naming = Naming(_closing_arms(items, series), of_all(items), sole_arm(items))
    nests = find_nests(items, series)
    view = without_nested(items, nests)
    rows = {row[-1]: row for row in chained(view, series, nests)}
    heads = {row[0] for row in rows.values()}
    edges = _edges(series, nests, len(items))
    begin = led = named = lead = 0
    previous: Series | None = None
    spoken: Series | None = None
    for number, s in enumerate(series):
        stop = series[number + 1].first if number + 1 < len(series) else len(items)
        outer = _same_depth(items, series[:number], s) if previous is not None else None
        assign_endpoints(tokens, items, s, named, stop, _of_its_unit(series[:number], s, outer or previous), inherited)
        if previous is not None and s.after and previous.endpoints[-1] is None and _shares_predicate(items, previous, s):
            previous.endpoints = [s.endpoints[0]] * len(previous.cells)
        assign_times(items, s, begin, stop, previous)
        if s.mirrors:
            s.endpoints, s.times, s.paired = [m.endpoints[0] for m in s.mirrors], [m.times[0] for m in s.mirrors], True
        if number in nests:
            named = named if _aside(items, s, stop) else s.last + 1
            previous, s.arms = s, [None] * len(s.cells)
            continue
        lead = min(begin, led) if number in heads else lead
        if number in rows:
            row = in_one_row([series[n] for n in rows[number]])
            assign_arms(view, row, lead, edges[number], spoken, book, naming)
            part_row(row, [series[n] for n in rows[number]])
        dose = len(s.cells) == 1 and s.cells[0].noun is None and s.last + 1 < stop and items[s.last + 1].kind == "A"
        if (dose or s.endpoints[-1] is None) and all(cell.unit is None and cell.x is None for cell in s.cells):
            begin = s.last + 1  # "the 70 patients given B": a number on the way to the value, whose arm is still to be used
            continue
        begin = led = max(s.last + 1, tail_end(view, s, edges[number]))
        named = named if _aside(items, s, stop) else begin
        previous = spoken = s
        for model in s.mirrors:
            model.arms = s.mirrors[-1].arms if model.arms == [None] else model.arms
    _later_intervals(items)
    _own_intervals(items, series)
    share_closing_arms(view, [s for number, s in enumerate(series) if number not in nests])
    inherit_arms(series, nests)
    _one_endpoint_each(items, series, len(book.arms))
    turn_round(items, series)
    return series


def _edges(series: list[Series], nests: Nest, end: int) -> list[int]:
    """Where the next series outside brackets begins, for each series."""
    out: list[int] = []
    for number in range(len(series) - 1, -1, -1):
        out.append(end)
        end = end if number in nests else series[number].first
    return out[::-1]


def _aside(items: list[Item], s: Series, stop: int) -> bool:
    """ "OS at the cutoff (337 deaths) was 17 months": the bracket stands within the subject of what follows."""
    close = next((k for k in range(s.last + 1, min(stop, s.last + 4)) if items[k].low in {")", "]"}), None)
    return (
        close is not None
        and close + 1 < stop
        and items[close + 1].low in {"was", "were", "is"}
        and items[s.first - 1].low in {"(", "[", ";", ","}
    )


def _of_its_unit(before: list[Series], s: Series, source: Series | None) -> Series | None:
    """ "an ORR of 80% and a PFS of 19 months, while it was 83% and 13 months": a value goes on with the last one of its unit."""
    unit = s.cells[0].unit
    if source is None or unit is None or source.cells[-1].unit in {unit, None}:
        return source
    return next((x for x in reversed(before[-4:]) if x.cells[-1].unit == unit and x.endpoints and x.endpoints[-1] is not None), source)


def _same_depth(items: list[Item], before: list[Series], s: Series) -> Series | None:
    """ "83% (25% complete) versus 59%": the series before that stands in no deeper bracket than this one."""
    ends = {x.last: x for x in before[-6:] if x.endpoints and x.endpoints[-1] is not None}
    depth = 0
    for k in range(s.first - 1, min(ends, default=s.first) - 1, -1):
        depth += (items[k].low in {")", "]"}) - (items[k].low in {"(", "["})
        if depth <= 0 and k in ends:
            return ends[k]
    return None


def _shares_predicate(items: list[Item], a: Series, b: Series) -> bool:
    """ "5 of the 99 patients given A and 20 of the 101 given B died": the predicate of the last is the predicate of both."""
    between = items[a.last + 1 : b.first]
    joined = bool(between) and between[-1].low in {"and", "vs", "versus", "with", "to", "v"}
    none = len(between) > 1 and between[-1].low == "of" and between[-2].low in {"no", "none"}  # "and none of 23 in B had"
    alike = joined and a.cells[-1].unit == b.cells[0].unit
    return (alike or none) and not any(x.low in {";", "."} for x in between)


def _one_after_another(items: list[Item], series: list[Series], codes: list[str]) -> None:
    """ "PFS and OS were 7.9 months (…; 599 events) and 17.2 months (…)": single values, one for each endpoint of the list."""
    s = series[0]
    same = [x for x in series if len(x.cells) == 1 and x.cells[0].unit == s.cells[0].unit is not None][: len(codes)]
    if len(same) != len(codes) or same[-1].first - s.first > 24:
        return
    gap = items[s.last + 1 : same[-1].first]
    opened = sum((x.low in {")", "]"}) - (x.low in {"(", "["}) for x in gap)
    depth = max(opened, 0)  # the value may have read the opening of its bracket
    for x in gap:
        depth += (x.low in {"(", "["}) - (x.low in {")", "]"})
        if depth <= 0 and (x.kind in {"E", "A"} or x.low in {".", ";", "vs", "versus"}):
            return
    for each, code in zip(same, codes, strict=True):
        each.endpoints = [code]


def _later_intervals(items: list[Item]) -> None:
    """ "8.4 months for patients treated with A (95% CI 7.1 to 9.3)": the interval stands behind the arm."""
    for k, x in enumerate(items):
        if x.kind != "C" or x.data.interval is not None or x.data.unit is None or x.data.value in {None, "NR"}:
            continue
        j = k + 1
        while j < len(items) and j - k < 14 and (items[j].kind == "A" or (items[j].kind == "W" and items[j].low not in _ENDING)):
            j += 1
        if k + 1 < j < len(items) - 1 and items[j].low in {"(", "["} and items[j + 1].kind == "S" and items[j + 1].data.kind == "ci":
            bounds = items[j + 1].data
            if "NR" in (bounds.lower, bounds.upper) or float(bounds.lower) <= float(x.data.value.lstrip("<>")) <= float(bounds.upper):
                x.data.interval = bounds


_ENDING = frozenset(
    {",", ";", "(", ")", "[", "]", "and", "compared", "than", "v", "versus", "vs", "was", "were", "had", "while", "whereas"}
)


def _own_intervals(items: list[Item], series: list[Series]) -> None:
    """ "4.0 and 2.5 months … (95% CI 2.5 to 5.3 and 1.9 to 3.8, respectively)": each value has its interval."""
    for number, s in enumerate(series):
        stop = series[number + 1].first if number + 1 < len(series) else len(items)
        found = []
        for item in items[s.last + 1 : stop]:
            if item.kind in {"E", "R", "P"}:
                break
            if item.kind == "S" and item.data.kind == "ci":
                found.append(item.data)
        if len(found) == len(s.cells) > 1 and all(cell.interval is None and cell.unit is not None for cell in s.cells):
            for cell, interval in zip(s.cells, found, strict=True):
                cell.interval = interval


def _closing_arms(items: list[Item], series: list[Series]) -> list[int]:
    """The arms that a sentence names at its end, "respectively" or as "A versus B": they order every series before that names none."""
    if len(series) < 2:
        return []
    tail = items[series[-1].last + 1 :]
    named = list(dict.fromkeys(int(x.data) for x in tail if x.kind == "A"))
    if any(x.low.startswith("respective") for x in tail):
        return named
    first = next((k for k, x in enumerate(tail) if x.kind == "A"), None)
    if first is None or len(named) != 2 or any(x.kind == "A" for x in items[: series[-1].last]):
        return []
    return named if any(x.low in VS for x in tail[first + 1 : first + 4]) else []  # "… were improved with A versus B"


def _one_endpoint_each(items: list[Item], series: list[Series], arms: int) -> None:
    """ "DFS and OS were 67% and 75% (P …), and 72% and 82% (P …)": as many series as endpoints, each with the values of all arms."""
    for number, s in enumerate(series):
        codes, size = s.listed, len(s.cells)
        m = len(codes)
        run = series[number : number + m]
        if size == 1 and m > 1:
            _one_after_another(items, series[number:], codes)
        if m < 2 or len(run) != m or size < 2 or any(len(x.cells) != size for x in run):
            continue
        gaps = [items[a.last + 1 : b.first] for a, b in pairwise(run)]
        after = items[run[-1].last + 1 : run[-1].last + 4]
        if any(x.kind in {"E", "A"} or (x.kind == "W" and x.low not in _LISTING) for gap in gaps for x in gap):
            continue
        if m == size and not (size == arms and all(any(x.kind in {"P", "R"} for x in gap) for gap in (*gaps, after))):
            continue
        order = _closing_arms(items, series)
        for code, x in zip(codes, run, strict=True):
            x.endpoints = [code] * size
            x.paired = False
            if size == arms:
                x.arms = [*order] if len(order) == arms else [*range(arms)]
