"""Values that repeat the endpoints of the clause before them: "PFS was 9 and OS 21 months with A, compared with 5 and 14 months with B"."""

from __future__ import annotations

from itertools import pairwise

from topline.audit.grouping import Series, linked
from topline.audit.items import Item
from topline.audit.small_words import VS

__all__ = ["part_mirrored"]


def part_mirrored(items: list[Item], series: list[Series]) -> list[Series]:
    """Part the series at the word of comparison where as many values stand behind it as clauses with one value each before it."""
    out: list[Series] = []
    for s in series:
        if len(s.cells) < 3:
            out.append(s)
            continue
        joints = [k for k, (a, b) in enumerate(pairwise(s.at)) if any(x.low in VS for x in items[a + 1 : b])]
        out.append(s)
        if joints == [0]:
            first, rest = Series(s.cells[:1], s.at[:1]), Series(s.cells[1:], s.at[1:])
            models = _clauses(items, [*out[:-1], first], len(rest.cells))
            if models:
                rest.mirrors = models
                out[-1:] = [first, rest]
    return out


def _clauses(items: list[Item], before: list[Series], size: int) -> list[Series]:
    """The last `size` series, if each is one value of the same unit with an endpoint of its own."""
    models = before[-size:]
    if len(models) < size or any(len(m.cells) != 1 or m.cells[0].unit != models[-1].cells[0].unit for m in models):
        return []
    for one, two in pairwise(models):
        between = items[one.last + 1 : two.first]
        named = any(x.kind in {"E", "T"} for x in between)
        if not named or any(x.low in VS or x.kind == "A" for x in between) or linked(items, one.last, two.first):
            return []
    return models
