"""Rows that no other table shows, so that no result is ever left out of the report."""

from __future__ import annotations

from topline.report.context import Context
from topline.report.tables.footnotes import method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table

POPULATIONS = "populations"
"""The sizes of the populations: shown in the flow of patients."""


def other_table(context: Context) -> Table | None:
    """Return the rows of analyses that the protocol doesn't list; None when there are none."""
    known = {item.id for item in context.protocol.analyses} | {POPULATIONS}
    rows = [row for row in context.results.rows if row.analysis not in known]
    if not rows:
        return None
    show = context.show
    lines = tuple(
        Row(
            (
                " · ".join(str(part) for part in (row.analysis, row.endpoint, row.variable, row.level, row.subgroup) if part),
                context.group_name(row.group),
                row.statistic.replace("_", " "),
                show.with_interval(row),
                show.p(row.p_value) if row.p_value is not None else "",
            )
        )
        for row in rows
    )
    columns = (Column("Result", "text"), Column("Group", "text"), Column("Statistic", "text"), Column("Value"), Column("p"))
    return Table("other", "Other results", columns, lines, (*method_notes(rows), *warning_notes(rows)), "efficacy")
