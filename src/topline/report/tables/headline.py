"""The headline results as a table."""

from __future__ import annotations

from topline.report.cautions import hazards_notes
from topline.report.context import Context
from topline.report.headline import headline
from topline.report.tables.model import Column, Row, Table
from topline.study.analyses import TimeToEventAnalysis


def headline_table(context: Context) -> Table | None:
    """Return the headline results; None when there are none."""
    items = headline(context.results, context.protocol)
    if not items:
        return None
    grouped = any(item.group for item in items)
    rows: list[Row] = []
    previous = None
    for item in items:
        label = item.label if item.label != previous else ""
        rows.append(Row((label, item.group, item.text) if grouped else (label, item.text)))
        previous = item.label
    group = (Column("Group", "text"),) if grouped else ()
    columns = (Column("Result", "text"), *group, Column("Value", "text"))
    notes = [
        f"{context.endpoint_label(analysis.endpoint)}: {text[:1].lower()}{text[1:]}"
        for analysis in context.protocol.headline_analyses
        if isinstance(analysis, TimeToEventAnalysis)
        for text in hazards_notes((row for row in context.rows(analysis.id) if row.subgroup is None), context.show)
    ]
    return Table("headline", "Headline results", columns, tuple(rows), tuple(notes), "headline")
