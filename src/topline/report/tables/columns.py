"""The columns of a table that has one for each group, with its denominator in the heading."""

from __future__ import annotations

from collections.abc import Sequence

from topline.analyze.results import Result
from topline.report.context import Context, Group
from topline.report.tables.model import Column


def group_columns(context: Context, groups: Sequence[Group], sizes: dict[Group, int | None]) -> tuple[Column, ...]:
    """Return one column a group, headed by its name and its number of patients."""
    return tuple(
        Column(context.group_name(group) + (f"\n(n = {sizes[group]})" if sizes.get(group) is not None else "")) for group in groups
    )


def sizes_of(rows: Sequence[Result], groups: Sequence[Group]) -> dict[Group, int | None]:
    """Return the denominator of each group: its `n` row, else the largest `n` that its rows carry."""
    sizes: dict[Group, int | None] = {}
    for group in groups:
        own = [row for row in rows if row.group == group and row.reference_group is None and row.subgroup is None]
        stated = next((row.value for row in own if row.statistic == "n" and row.variable is None and row.value is not None), None)
        carried = max((row.n for row in own if row.n is not None), default=None)
        sizes[group] = int(stated) if stated is not None else carried
    return sizes
