"""The flow of patients through each population, as a table: who left at which step, and how many stayed."""

from __future__ import annotations

from topline.report.context import Context
from topline.report.tables.model import Column, Row, Table


def attrition_table(context: Context) -> Table | None:
    """Return the flow chart as a table; None when the results have no flow."""
    steps = context.results.attrition
    if not steps:
        return None
    labels = {item.id: item.label for item in context.protocol.populations}
    rows: list[Row] = []
    population = None
    for step in steps:
        if step.population != population:
            population = step.population
            rows.append(Row((f"{labels.get(population, population)} ({population})", "", ""), heading=True))
        mark = " *" if step.post_baseline else ""
        removed = str(step.n_removed) if step.kind in ("include", "exclude") else ""
        label = f"{'Excluded: ' if step.kind in ('include', 'exclude') else ''}{step.label}{mark}"
        rows.append(Row((label, removed, str(step.n_left)), indent=1))
    notes = ["Each step counts the patients who leave there; a patient leaves once, at the first rule that applies."]
    if any(step.post_baseline for step in steps):
        notes.append("* The rule looks at what happened after the time origin: the population is defined after baseline.")
    columns = (Column("Step", "text"), Column("Left the flow"), Column("Remaining"))
    return Table("populations", "Flow of patients", columns, tuple(rows), tuple(notes), "populations")
