"""The change of a laboratory value from baseline, as a table: best and last change."""

from __future__ import annotations

from topline.report.context import Context, select
from topline.report.tables.columns import group_columns, sizes_of
from topline.report.tables.footnotes import method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.report.tables.summary import Summary
from topline.study.analyses import LabChangeAnalysis
from topline.study.endpoints import BiochemicalResponse


def lab_change_table(context: Context, analysis: LabChangeAnalysis) -> Table | None:
    """Return the change of one laboratory value; None when there are no rows."""
    rows = context.rows(analysis.id)
    if not rows:
        return None
    groups = context.groups(rows)
    lines: list[Row] = []
    for variable in dict.fromkeys(row.variable for row in rows if row.statistic in ("median", "mean", "n")):
        own = select(rows, variable=variable)
        unit = next((row.unit for row in own if row.unit and row.statistic in ("median", "mean")), None)
        summaries = [Summary.of(select(own, group=group), context.show) for group in groups]
        heading = _capital(variable or "change") + (f", {unit}" if unit else "")
        lines.append(Row((heading, *("" for _ in groups)), heading=True))
        for name in ("n", "mean_sd", "median_quartiles", "range"):
            cells = [getattr(summary, name) for summary in summaries]
            if any(cells):
                lines.append(Row((Summary.labels[name], *cells), indent=1))
    notes = [f"{context.population_label(rows, analysis.population)}. Change from baseline in percent of the baseline value."]
    notes += [*_rule(context, analysis), *method_notes(row for row in rows if row.statistic in ("median", "p_value")), *warning_notes(rows)]
    columns = (Column("", "text"), *group_columns(context, groups, sizes_of((), groups)))
    title = analysis.title or f"{context.endpoint_label(analysis.endpoint)}: change from baseline"
    return Table(analysis.id, title, columns, tuple(lines), tuple(notes), "response", analysis.id)


def _rule(context: Context, analysis: LabChangeAnalysis) -> list[str]:
    endpoint = next((item for item in context.protocol.endpoints if item.id == analysis.endpoint), None)
    if not isinstance(endpoint, BiochemicalResponse):
        return []
    text = f"A response is a {endpoint.direction} of {endpoint.percent:g}% or more from baseline, judged on the {endpoint.value} value."
    return [text + (f" Values not used: {endpoint.exclude}." if endpoint.exclude is not None else "")]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
