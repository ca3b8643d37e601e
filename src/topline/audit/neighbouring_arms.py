"""Arms that stand between the values of a series: "12% with A and 8% with B", "in A 12% and in B 8%"."""

from __future__ import annotations

from itertools import pairwise

from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.small_words import VS

__all__ = ["by_neighbour"]


def _by_blocks(gaps: list[list[int]], tail: list[int], k: int) -> list[int | None] | None:
    """ "71% and 80% for arms A and B, and 70% and 74% for arms C and D": each block of values is followed by as many arms."""
    result: list[int | None] = []
    waiting = 0
    several = False
    for arms in (*gaps, tail):
        waiting += 1
        named = list(dict.fromkeys(arms))
        if not named:
            continue
        if len(named) != waiting:
            return None
        several = several or waiting > 1
        result.extend(named)
        waiting = 0
    return result if several and len(result) == k else None


def by_neighbour(items: list[Item], s: Series, tail: list[int], before: list[tuple[int, bool]], total: int) -> list[int | None]:
    """Arms that stand between the values: a conjunction parts those of the value before it from those of the value behind it."""
    k = len(s.cells)
    sides = [_sides(items, a, b, bool(tail) or not before) for a, b in pairwise(s.at)]
    left = [*(one for one, _ in sides), tail]
    right = [[], *(two for _, two in sides)]
    if not any(left[:-1]):  # "in A 12% and in B 8%"
        lead = before[-1][0] if before else 1 - right[1][-1] if k == 2 == total and right[1] else None
        arms = [lead]
        for named in right[1:]:
            arms.append(named[-1] if named else arms[-1])
        return arms
    if any(right):
        return _completed([one[0] if one else two[-1] if two else None for one, two in zip(left, right, strict=True)], before, total)
    blocks = _by_blocks(left[:-1], tail, k)
    if blocks is not None:
        return blocks
    upcoming: int | None = None
    result: list[int | None] = [None] * k
    for c in range(k - 1, -1, -1):
        if left[c]:
            upcoming = left[c][0]
        elif c < k - 1 and any(x.low in _ALL for x in items[s.at[c] + 1 : s.at[c + 1]]):
            upcoming = None
        result[c] = upcoming
    known = [a for a in result if a is not None]
    if not tail and total == 2 and known:
        for c in range(1, k):
            if result[c] is None:  # "20 months for A v 12 for B, 18 v 13 and 17 v 12"
                result[c] = result[c - 2] if c > 1 and result[c - 2] != result[c - 1] else 1 - known[-1]
        if k == 2 and result[0] == result[1] is not None:
            result[1] = 1 - known[0]
    return result


def _completed(arms: list[int | None], before: list[tuple[int, bool]], total: int) -> list[int | None]:
    """The arms of two values, of which one lacks its own: the subject of the sentence or the other arm."""
    if arms[0] is None and before:
        arms[0] = before[-1][0]
    if len(arms) == 2 == total and None in arms and arms != [None, None]:
        one = next(a for a in arms if a is not None)
        return [1 - one if a is None else a for a in arms]
    return arms


def _sides(items: list[Item], a: int, b: int, trailing: bool) -> tuple[list[int], list[int]]:
    """The arms between two values that belong to the first and those that belong to the second.

    "in A and 8%" belongs to the first value, "and in B 8%" to the second, as does what stands before a last comma: "and, in B, 8%".
    """
    joints = [k for k in range(a + 1, b) if items[k].low in _JOINING]
    arms = [(k, int(items[k].data)) for k in range(a + 1, b) if items[k].kind == "A"]
    if not joints:
        named = [arm for _, arm in arms]
        own = bool(named) and items[b - 1].low in {"(", "["}  # "296 to the A group (36%": both
        return (named if trailing or own else [], named if own or not trailing else [])
    first, last = joints[0], joints[-1]
    if items[last].low == "," and all(k < last for k, _ in arms):
        last = first
    return [arm for k, arm in arms if k < last], [arm for k, arm in arms if k > last]


_ALL = frozenset({"all", "entire", "overall", "total", "whole"})
_JOINING = VS | {",", ";", "and", "comparison", "contrast", "but", "or", "whereas", "while", "whilst"}
