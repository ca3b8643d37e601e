"""Values in the bracket of another value: "83% (25% complete) with A versus 59% (14% complete) with B"."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass

from topline.audit.grouping import Series, alike, linked
from topline.audit.item import Item
from topline.audit.small_words import LINKS, VS

__all__ = ["Nest", "chained", "find_nests", "in_one_row", "inherit_arms", "part_row", "without_nested"]


@dataclass(frozen=True, slots=True)
class Nested:
    """Where a nested series has its arm from (series and value there), and the items from `begin` up to `end` that only it reads."""

    holder: int
    cell: int
    begin: int
    end: int


Nest = dict[int, Nested]  # by the number of the nested series


def find_nests(items: list[Item], series: list[Series]) -> Nest:
    """Which series stand behind a value of another series in a bracket that names no arm, or are the size of that value's group."""
    owner = {at: (number, c) for number, s in enumerate(series) for c, at in enumerate(s.at)}
    out: Nest = {}
    for number, s in enumerate(series):
        opening = _opening(items, s.first)
        k = opening - 1
        while k > 0 and items[k].low in _BEHIND:
            k -= 1
        held = owner.get(k) if opening > 0 else None
        if held is None or held[0] >= number:
            held = owner.get(_counted_behind(items, s))
            if held is not None and held[0] < number:
                out[number] = Nested(*held, s.first, s.last + 1)
            continue
        end = _closing(items, s.last)
        pairs = len(s.cells) > 1 and any(x.low in VS for x in items[s.first : s.last])
        if any(x.kind == "A" for x in items[opening:end]) or (pairs and len(s.cells) != len(series[held[0]].cells)):
            continue
        out[number] = Nested(*held, opening + 1, end)
    free = [s.first for number, s in enumerate(series) if number not in out]
    return {n: nested for n, nested in out.items() if bisect(free, nested.begin - 1) == bisect(free, nested.end)}


_BEHIND = frozenset({"%", "of", "patients", "the", "women"})


def _counted_behind(items: list[Item], s: Series) -> int:
    """The value whose patients a number counts: "11.7 months among the 204 patients in the A group"; -1 where it counts none."""
    cell = s.cells[0]
    if len(s.cells) > 1 or cell.unit is not None or cell.x is not None or not (cell.value or "").isdigit():
        return -1
    j = s.last + 1
    while j < len(items) - 1 and j - s.last < 6 and items[j].kind == "W" and items[j].low in LINKS - _APART:
        j += 1
    k = s.first - 1
    while k > 0 and items[k].low in {"the", "all"}:
        k -= 1
    if j >= len(items) or items[j].kind != "A" or k < 1 or items[k].low not in {"in", "among", "of", "for"}:
        return -1
    if items[k - 1].low in {")", "]"}:
        k = max(_opening(items, k - 1), 0) + 2
    return k - 1


_APART = frozenset({",", ";", "and", "or", "versus", "vs", "was", "were"})


def _opening(items: list[Item], at: int) -> int:
    """The sign that opens the bracket in which an item stands; -1 outside brackets."""
    depth = 0
    for k in range(at - 1, max(-1, at - 40), -1):
        depth += (items[k].low in {")", "]"}) - (items[k].low in {"(", "["})
        if depth < 0:
            return k
    return -1


def _closing(items: list[Item], at: int) -> int:
    depth = 0
    for k in range(at + 1, min(len(items), at + 40)):
        depth += (items[k].low in {"(", "["}) - (items[k].low in {")", "]"})
        if depth < 0:
            return k
    return at + 1


def without_nested(items: list[Item], nests: Nest) -> list[Item]:
    """The items with an empty word for each one of nested values, so that places stay the same."""
    out = list(items)
    for nested in nests.values():
        for k in range(nested.begin, nested.end):
            out[k] = Item("W", items[k].i, items[k].j, None, "the")
    return out


def chained(view: list[Item], series: list[Series], nests: Nest) -> list[list[int]]:
    """The series outside the brackets, those together that are one row of values but for the brackets between them."""
    out: list[list[int]] = []
    for number, s in enumerate(series):
        if number in nests:
            continue
        before = out[-1][-1] if out else -1
        parted = out and number - before > 1 and view[series[before].last].kind == view[s.first].kind == "C"
        if parted and alike(series[before].cells[-1], s.cells[0]) and linked(view, series[before].last, s.first):
            out[-1].append(number)
        else:
            out.append([number])
    return out


def in_one_row(rows: list[Series]) -> Series:
    """Several series as one row of values, to find their arms together."""
    if len(rows) == 1:
        return rows[0]
    row = Series([c for s in rows for c in s.cells], [k for s in rows for k in s.at])
    row.endpoints = [e for s in rows for e in s.endpoints]
    row.times = [t for s in rows for t in s.times]
    return row


def part_row(row: Series, rows: list[Series]) -> None:
    """Give the series of a row the arms that were found for it."""
    at = 0
    for s in rows:
        s.arms, s.closing = row.arms[at : at + len(s.cells)], row.closing
        at += len(s.cells)


def inherit_arms(series: list[Series], nests: Nest) -> None:
    """Give a nested value the arm of the value before its bracket, a nested pair those of the pair."""
    for number, nested in nests.items():
        s, arms = series[number], series[nested.holder].arms
        s.arms = list(arms) if len(s.cells) == len(arms) else [arms[nested.cell]] * len(s.cells)
