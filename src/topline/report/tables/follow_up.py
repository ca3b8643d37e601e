"""Follow-up as a table: the reverse Kaplan–Meier median, the observed median, and the range."""

from __future__ import annotations

from topline.report.context import Context, pick, select
from topline.report.tables.columns import group_columns, sizes_of
from topline.report.tables.footnotes import abbreviation_notes, method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.study.analyses import FollowUpAnalysis


def follow_up_table(context: Context, analysis: FollowUpAnalysis) -> Table | None:
    """Return the follow-up of each group; None when there are no rows."""
    rows = context.rows(analysis.id)
    if not rows:
        return None
    groups = context.groups(rows)
    medians = select(rows, statistic="follow_up_median")
    lines = []
    for name in dict.fromkeys(str(row.method.get("name", "median")) for row in medians):
        own = [row for row in medians if str(row.method.get("name", "median")) == name]
        shown = any(context.show.interval(row) for row in own)
        label = f"Median, {name}, months{f' ({context.show.level(own[0])} CI)' if shown else ''}"
        lines.append(Row((label, *(context.show.with_interval(pick(own, group=group)) for group in groups))))
    for variable in dict.fromkeys(row.variable for row in rows if row.statistic in ("min", "max")):
        ends = select(rows, variable=variable)
        cells = []
        for group in groups:
            low, high = (context.show.estimate(pick(ends, group=group, statistic=key)) for key in ("min", "max"))
            cells.append(f"{low}–{high}")
        lines.append(Row((f"Range of {variable or 'follow-up'}, months", *cells)))
    columns = (Column("Follow-up", "text"), *group_columns(context, groups, sizes_of(rows, groups)))
    notes = (
        f"{context.population_label(rows, analysis.population)}. Follow-up in months from the time origin; "
        f"the endpoint behind it is {context.endpoint_label(analysis.endpoint)} ({analysis.endpoint}).",
        *method_notes(row for row in medians if len(row.method) > 1),
        *abbreviation_notes(cell for line in lines for cell in line.cells),
        *warning_notes(rows),
    )
    return Table(analysis.id, analysis.title or "Follow-up", columns, tuple(lines), notes, "follow_up", analysis.id)
