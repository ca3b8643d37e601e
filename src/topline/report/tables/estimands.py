"""The estimand of each endpoint as a table: the five attributes of ICH E9(R1), and what is sensitivity or supplementary."""

from __future__ import annotations

from topline.report.context import Context
from topline.report.tables.model import Column, Row, Table
from topline.report.words import lower_first
from topline.study.estimand import IntercurrentEvent

_EVENTS = {
    "death": "death",
    "new_therapy": "new anticancer therapy",
    "missed_visits": "missed visits",
    "treatment_stop": "end of treatment",
    "no_assessment": "no assessment",
    "assay_interference": "assay interference",
    "other": "other",
}


def estimand_table(context: Context) -> Table | None:
    """Return the estimands; None when no endpoint has one."""
    lines: list[Row] = []
    without = []
    for endpoint in context.protocol.endpoints:
        estimand = endpoint.estimand
        if estimand is None:
            without.append(endpoint.id)
            continue
        lines.append(Row((f"{endpoint.label} ({endpoint.estimand_id})", ""), heading=True))
        attributes = [
            ("Treatment", estimand.treatment),
            ("Population", context.population_label((), estimand.population)),
            ("Variable", estimand.variable),
            *(_event(item) for item in estimand.intercurrent_events),
            ("Summary", estimand.summary),
        ]
        if estimand.sensitivity:
            attributes.append(("Sensitivity", ", ".join(_named(context, item) for item in estimand.sensitivity)))
        if estimand.supplementary:
            attributes.append(("Supplementary", ", ".join(_named(context, item) for item in estimand.supplementary)))
        lines += [Row(cells, indent=1) for cells in attributes]
    if not lines:
        return None
    notes = ["Attributes as in ICH E9(R1). Sensitivity analyses keep the estimand; supplementary analyses ask another question."]
    bare = [item.id for item in context.protocol.endpoints if item.estimand is not None and not item.estimand.intercurrent_events]
    if bare:
        notes.append(f"No intercurrent event is stated for {', '.join(bare)}.")
    if without:
        notes.append(f"No estimand is stated for {', '.join(without)}.")
    columns = (Column("Attribute", "text"), Column("As stated", "text"))
    return Table("estimands", "Estimands", columns, tuple(lines), tuple(notes), "estimands")


def _event(item: IntercurrentEvent) -> tuple[str, str]:
    name = _EVENTS.get(item.event, item.event)
    strategy = item.strategy.replace("_", " ")
    return (f"Intercurrent event: {name}", f"{strategy}; {lower_first(item.label)}" if item.label else strategy)


def _named(context: Context, endpoint_id: str) -> str:
    label = context.endpoint_label(endpoint_id)
    return f"{label} ({endpoint_id})" if label != endpoint_id else label
