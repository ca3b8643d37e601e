"""Response as a table: best responses, rates with their intervals, and the comparison of groups."""

from __future__ import annotations

from collections.abc import Sequence

from topline.analyze.results import Result
from topline.report.cautions import disagreement_notes
from topline.report.context import Context, Group, pick, select
from topline.report.tables.columns import group_columns, sizes_of
from topline.report.tables.footnotes import line_name, method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.study.analyses import ResponseAnalysis

BEST = {"BOR": "Best overall response", "CBOR": "Confirmed best overall response"}
CATEGORIES = {
    "CR": "Complete response (CR)",
    "PR": "Partial response (PR)",
    "SD": "Stable disease (SD)",
    "NON-CR/NON-PD": "Non-CR/non-PD",
    "PD": "Progressive disease (PD)",
    "NE": "Not evaluable (NE)",
}


def response_table(context: Context, analysis: ResponseAnalysis) -> Table | None:
    """Return best responses and response rates; None when there are no rows."""
    rows = tuple(row for row in context.rows(analysis.id) if row.subgroup is None)
    if not rows:
        return None
    groups = context.groups(rows)
    lines: list[Row] = []
    for best, label in BEST.items():
        own = select(rows, endpoint=best, reference_group=None)
        levels = dict.fromkeys(row.level for row in own if row.level)
        if levels:
            lines.append(Row((f"{label}, n (%)", *("" for _ in groups)), heading=True))
        for level in sorted(levels, key=lambda item: list(CATEGORIES).index(item) if item in CATEGORIES else len(CATEGORIES)):
            same = select(own, level=level)
            lines.append(Row((CATEGORIES.get(level, level), *(_count(context, same, group) for group in groups)), indent=1))
    for endpoint in dict.fromkeys(row.endpoint for row in rows if row.endpoint not in BEST):
        lines.extend(_rate(context, select(rows, endpoint=endpoint), endpoint or "", groups))
    tested = [row for row in rows if row.statistic in ("rate", "rate_difference", "odds_ratio", "p_value")]
    notes = (
        f"{context.population_label(rows, analysis.population)}; every patient is in the denominator of every rate, "
        "those without an assessment as non-responders.",
        *method_notes(tested),
        *disagreement_notes(rows),
        *warning_notes(rows, lambda row: line_name(context.endpoint_label(row.endpoint), row)),
    )
    columns = (Column("", "text"), *group_columns(context, groups, sizes_of(rows, groups)))
    return Table(analysis.id, analysis.title or "Response", columns, tuple(lines), notes, "response", analysis.id)


def _count(context: Context, rows: Sequence[Result], group: Group) -> str:
    return context.show.count_percent(pick(rows, group=group, statistic="count"), pick(rows, group=group, statistic="percent"))


def _rate(context: Context, rows: Sequence[Result], endpoint: str, groups: Sequence[Group]) -> list[Row]:
    show = context.show
    label = context.endpoint_label(endpoint)
    heading = f"{label} ({endpoint})" if label != endpoint else label
    rates = select(rows, statistic="rate")
    lines = [Row((heading, *("" for _ in groups)), heading=True)]
    for level in dict.fromkeys(row.level for row in rows if row.level and row.statistic == "count"):
        same = select(rows, level=level)
        lines.append(Row((f"{level[:1]}{level[1:].lower()}, n (%)", *(_count(context, same, group) for group in groups)), indent=1))
    if any(row.events is not None for row in rates):
        lines.append(Row(("Patients, n / N", *(_n_of(pick(rates, group=group)) for group in groups)), indent=1))
    if rates:
        lines.append(
            Row((f"Rate ({show.level(rates[0])} CI)", *(show.with_interval(pick(rates, group=group)) for group in groups)), indent=1)
        )
    return [*lines, *comparison_rows(context, rows, groups)]


def _n_of(row: Result | None) -> str:
    return f"{row.events} / {row.n}" if row is not None and row.events is not None and row.n is not None else ""


def comparison_rows(context: Context, rows: Sequence[Result], groups: Sequence[Group]) -> list[Row]:
    """Return difference, odds ratio and p-value of the groups against their reference, one row a statistic."""
    show = context.show
    lines = []
    for statistic in ("rate_difference", "odds_ratio", "p_value"):
        for key in dict.fromkeys((row.reference_group, str(row.method.get("name", ""))) for row in select(rows, statistic=statistic)):
            reference, name = key
            same = [row for row in select(rows, statistic=statistic, reference_group=reference) if row.method.get("name", "") == name]
            at = {row.group if row.group in groups else next(iter(groups), None): row for row in same}
            level = f" ({show.level(same[0])} CI)" if any(show.interval(row) for row in same) else ""
            label = {
                "rate_difference": f"Difference from {reference}, percentage points{level}",
                "odds_ratio": f"Odds ratio against {reference}{level}",
                "p_value": f"p, {name}" if name else "p",
            }[statistic]
            lines.append(Row((label, *(_compared(context, at.get(group)) for group in groups)), indent=1))
    return lines


def _compared(context: Context, row: Result | None) -> str:
    if row is None:
        return ""
    if row.statistic == "p_value":
        return context.show.p(row.p_value if row.p_value is not None else row.value)
    text = context.show.with_interval(row)
    return text.replace("%", "", 1) if row.statistic == "rate_difference" else text
