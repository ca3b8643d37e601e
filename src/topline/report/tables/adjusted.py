"""The adjusted Cox model as a table: the hazard ratio of the treatment and of each covariate."""

from __future__ import annotations

from topline.report.cautions import hazards_notes
from topline.report.context import Context, select
from topline.report.tables.footnotes import method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.study.analyses import TimeToEventAnalysis


def adjusted_table(context: Context, analysis: TimeToEventAnalysis) -> Table | None:
    """Return the adjusted model; None when no covariate was in any."""
    rows = [row for row in context.rows(analysis.id) if row.statistic == "hazard_ratio" and row.subgroup is None]
    covariates = [row for row in rows if row.variable is not None]
    if not covariates:
        return None
    show = context.show
    treatment = [row for row in select(rows, variable=None) if row.method.get("model") == "adjusted"]
    lines = [
        Row((f"{context.group_name(row.group)} vs {row.reference_group}", show.with_interval(row), show.p(row.p_value)))
        for row in treatment
    ]
    terms = analysis.comparison.covariates if analysis.comparison is not None else ()
    names = {item.label or item.variable: item.variable for item in terms}
    for row in covariates:
        level = f": {_levels(context, names.get(row.variable or ''), row.level)}" if row.level else ""
        against = f" vs {row.reference_group}" if row.reference_group and row.level else ""
        lines.append(Row((f"{row.variable}{level}{against}", show.with_interval(row), show.p(row.p_value))))
    columns = (Column("Term", "text"), Column(f"Hazard ratio\n({show.level(covariates[0])} CI)"), Column("p"))
    label = context.endpoint_label(analysis.endpoint)
    notes = (
        f"{context.population_label(rows, analysis.population)}. All terms are in one model.",
        *method_notes([*treatment, *covariates]),
        *hazards_notes((row for row in context.rows(analysis.id) if row.method.get("model") == "adjusted"), show),
        *warning_notes([*treatment, *covariates]),
    )
    return Table(f"{analysis.id}-adjusted", f"{label}: adjusted model", columns, tuple(lines), notes, "efficacy", analysis.id)


def _levels(context: Context, variable: str | None, text: str) -> str:
    """The levels of a row, ``F vs M``, by their labels."""
    return " vs ".join(context.level_label(variable, level) for level in text.split(" vs "))
