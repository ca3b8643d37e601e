"""The headline results as a table."""

from __future__ import annotations

from topline.report.context import Context
from topline.report.headline import headline
from topline.report.tables.model import Column, Row, Table


def headline_table(context: Context) -> Table | None:
    """Return the headline results; None when there are none."""
    items = headline(context.results, context.protocol)
    if not items:
        return None
    rows: list[Row] = []
    previous = None
    for item in items:
        rows.append(Row((item.label if item.label != previous else "", item.group, item.text)))
        previous = item.label
    columns = (Column("Result", "text"), Column("Group", "text"), Column("Value", "text"))
    return Table("headline", "Headline results", columns, tuple(rows), (), "headline")
