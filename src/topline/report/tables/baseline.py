"""The baseline table: one block a variable, one column a group."""

from __future__ import annotations

from collections.abc import Sequence

from topline.analyze.results import Result
from topline.report.context import Context, Group, pick, select
from topline.report.tables.columns import group_columns, sizes_of
from topline.report.tables.footnotes import method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.report.tables.summary import Summary
from topline.study.analyses import BaselineAnalysis

MISSING = "Missing"


def baseline_table(context: Context, analysis: BaselineAnalysis) -> Table | None:
    """Return the characteristics of the patients at baseline; None when there are no rows."""
    rows = context.rows(analysis.id)
    if not rows:
        return None
    groups = context.groups(rows)
    differences = select(rows, statistic="smd")
    sizes = sizes_of(rows, groups)
    lines: list[Row] = []
    names = {item.label or item.variable: item.variable for item in analysis.variables if item.levels is None}
    for label in dict.fromkeys(row.variable for row in rows if row.variable is not None):
        own = tuple(row for row in rows if row.variable == label)
        lines.extend(_block(context, (label, names.get(label)), own, groups, bool(differences)))
    columns = (Column("Characteristic", "text"), *group_columns(context, groups, sizes))
    if differences:
        columns = (*columns, Column("Standardised\ndifference"))
    notes = [f"{context.population_label(rows, analysis.population)}. Numbers are patients (% of those with a known value) unless stated."]
    if any(row.level == MISSING for row in rows):
        notes.append("Missing: no value recorded; such patients are outside the denominator of the percentages.")
    if differences:
        notes.append(f"Standardised difference: of {_pair_of(differences[0])}, in units of the pooled standard deviation; no test is made.")
    notes += [*method_notes(row for row in differences if len(row.method) > 1), *warning_notes(rows)]
    return Table(analysis.id, analysis.title or "Baseline characteristics", columns, tuple(lines), tuple(notes), "baseline", analysis.id)


def _pair_of(row: Result) -> str:
    return f"{row.group} and {row.reference_group}" if row.group and row.reference_group else "the groups"


def _block(
    context: Context, name: tuple[str, str | None], rows: Sequence[Result], groups: Sequence[Group], with_difference: bool
) -> list[Row]:
    label, variable = name
    unit = next((row.unit for row in rows if row.unit and row.statistic in ("mean", "median")), None)
    tail = ("",) if with_difference else ()
    smd = pick(rows, statistic="smd", level=None)
    head_tail = (context.show.estimate(smd) if smd is not None else "",) if with_difference else ()
    lines = [Row((f"{label}, {unit}" if unit else label, *("" for _ in groups), *head_tail), heading=True)]
    if any(row.statistic in ("mean", "median") for row in rows):
        by_group = [Summary.of(select(rows, group=group), context.show) for group in groups]
        for part in ("n", "mean_sd", "median_quartiles", "range"):
            cells = [getattr(summary, part) for summary in by_group]
            if any(cells):
                lines.append(Row((Summary.labels[part], *cells, *tail), indent=1))
    for level in dict.fromkeys(row.level for row in rows if row.statistic == "count" and row.level is not None):
        own = select(rows, level=level, reference_group=None)
        cells = [
            context.show.count_percent(pick(own, group=group, statistic="count"), pick(own, group=group, statistic="percent"))
            for group in groups
        ]
        level_smd = pick(rows, statistic="smd", level=level)
        level_tail = (context.show.estimate(level_smd) if level_smd is not None else "",) if with_difference else ()
        lines.append(Row((level if level == MISSING else context.level_label(variable, level), *cells, *level_tail), indent=1))
    return lines
