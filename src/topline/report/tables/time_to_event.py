"""One time-to-event endpoint as a table: events and censorings with their reasons, medians, rates, and the comparison of groups."""

from __future__ import annotations

from collections.abc import Sequence

from topline.analyze.results import Result
from topline.report.cautions import hazards_notes
from topline.report.context import Context, Group, pick, select
from topline.report.tables.columns import group_columns, sizes_of
from topline.report.tables.footnotes import abbreviation_notes, method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.study.analyses import TimeToEventAnalysis
from topline.study.endpoints import TimeToEvent


def time_to_event_table(context: Context, analysis: TimeToEventAnalysis) -> Table | None:
    """Return the table of one time-to-event analysis, without its subgroups; None when there are no rows."""
    rows = tuple(row for row in context.rows(analysis.id) if row.subgroup is None and row.statistic != "interaction")
    if not rows:
        return None
    groups = context.groups([row for row in rows if row.statistic in ("n", "events", "median", "landmark_rate")] or rows)
    alone = tuple(row for row in rows if row.reference_group is None)
    lines = [*_counts(context, analysis, alone, groups), *_curve(context, alone, groups), *_comparison(context, rows, groups)]
    title = analysis.title or f"{context.endpoint_label(analysis.endpoint)} ({analysis.endpoint})"
    columns = (Column("", "text"), *group_columns(context, groups, sizes_of(rows, groups)))
    return Table(analysis.id, title, columns, tuple(lines), _notes(context, analysis, rows, lines), "efficacy", analysis.id)


def _cells(context: Context, rows: Sequence[Result], groups: Sequence[Group]) -> tuple[str, ...]:
    return tuple(context.show.with_interval(pick(rows, group=group)) for group in groups)


def _counts(context: Context, analysis: TimeToEventAnalysis, rows: Sequence[Result], groups: Sequence[Group]) -> list[Row]:
    reasons = select(rows, statistic="count", variable="reason")
    events, censorings = _reason_labels(context, analysis, reasons)
    lines = []
    for statistic, label, levels in (("n", "Patients", []), ("events", "Events", events), ("censored", "Censored", censorings)):
        own = select(rows, statistic=statistic, variable=None)
        if own:
            lines.append(Row((label, *_cells(context, own, groups))))
        lines += [Row((level, *_cells(context, select(reasons, level=level), groups)), indent=1) for level in levels]
    return lines


def _reason_labels(context: Context, analysis: TimeToEventAnalysis, reasons: Sequence[Result]) -> tuple[list[str], list[str]]:
    endpoint = next((item for item in context.protocol.endpoints if item.id == analysis.endpoint), None)
    known = {rule.label for rule in endpoint.events} if isinstance(endpoint, TimeToEvent) else set()
    levels = list(dict.fromkeys(row.level for row in reasons if row.level is not None))
    events = [level for level in levels if level in known or (not known and level.lower().startswith("event"))]
    return events, [level for level in levels if level not in events]


def _curve(context: Context, rows: Sequence[Result], groups: Sequence[Group]) -> list[Row]:
    lines = []
    for statistic in ("median", "quantile", "landmark_rate", "rmst"):
        own = select(rows, statistic=statistic, variable=None)
        for key in sorted({(row.level or "", row.time or 0.0) for row in own}, key=lambda item: (_number(item[0]), item[1])):
            same = [row for row in own if (row.level or "", row.time or 0.0) == key]
            lines.append(Row((_curve_label(context, same[0], same), *_cells(context, same, groups))))
    return lines


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _curve_label(context: Context, row: Result, same: Sequence[Result]) -> str:
    interval = f" ({context.show.level(row)} CI)" if any(context.show.interval(item) for item in same) else ""
    if row.statistic == "median":
        return f"Median, months{interval}"
    if row.statistic == "quantile":
        return f"Time by which {_number(row.level or '') * 100:g}% had the event, months{interval}"
    if row.statistic == "landmark_rate":
        return f"{'Alive' if row.endpoint == 'OS' else 'Event-free'} at {row.time or 0:g} months{interval}"
    return f"Restricted mean to {row.time or 0:g} months, months{interval}"


def _comparison(context: Context, rows: Sequence[Result], groups: Sequence[Group]) -> list[Row]:
    compared = [row for row in rows if row.statistic in ("logrank", "hazard_ratio", "proportional_hazards") and row.variable is None]
    lines: list[Row] = []
    for reference in dict.fromkeys(row.reference_group for row in compared):
        own = [row for row in compared if row.reference_group == reference]
        heading = f"Comparison with {reference}" if reference is not None else "Comparison of the groups"
        lines.append(Row((heading, *("" for _ in groups)), heading=True))
        for key in dict.fromkeys((row.statistic, _model(row), _strata(row)) for row in own):
            same = [row for row in own if (row.statistic, _model(row), _strata(row)) == key]
            lines.extend(_comparison_rows(context, same, groups, reference))
    return lines


def _comparison_rows(context: Context, rows: Sequence[Result], groups: Sequence[Group], reference: Group) -> list[Row]:
    row = rows[0]
    ratio = row.statistic == "hazard_ratio"
    wheres = {item.group: item for item in rows}
    if set(wheres) == {None} and None not in groups:
        wheres = {groups[0]: rows[0]} if groups else {}

    def line(label: str, text: dict[Group, str], reference_text: str) -> Row:
        return Row((label, *(reference_text if group == reference else text.get(group, "") for group in groups)), indent=1)

    strata = f", stratified by {_strata(row)}" if _strata(row) else ""
    model = f", {_model(row)}" if ratio and _model(row) and not (strata and _model(row) == "stratified") else ""
    if ratio:
        label = f"Hazard ratio{model}{strata} ({context.show.level(row)} CI)"
        lines = [line(label, {group: context.show.with_interval(item) for group, item in wheres.items()}, "1 (reference)")]
        tested = {group: context.show.p(item.p_value) for group, item in wheres.items() if item.p_value is not None}
        return [*lines, line(f"p, hazard ratio{model}{strata}", tested, "")] if tested else lines
    name = "p, log-rank test" if row.statistic == "logrank" else f"p, proportional hazards{model or _of_model(row)}"
    return [line(f"{name}{strata}", {group: context.show.p(item.p_value) for group, item in wheres.items()}, "")]


def _model(row: Result) -> str:
    return str(row.method.get("model") or "")


def _of_model(row: Result) -> str:
    return f", {_model(row)} model" if _model(row) else ""


def _strata(row: Result) -> str:
    strata = row.method.get("strata") or ()
    return ", ".join(map(str, strata)) if isinstance(strata, list | tuple) else str(strata)


def _notes(context: Context, analysis: TimeToEventAnalysis, rows: Sequence[Result], lines: Sequence[Row]) -> tuple[str, ...]:
    sized = [row for row in rows if row.statistic not in ("n", "events", "censored", "count")]
    return (
        f"{context.population_label(rows, analysis.population)}; every patient is in the denominator. Times in months of "
        f"{context.protocol.display.days_per_month:g} days.",
        *method_notes(sized),
        *hazards_notes(rows, context.show),
        *abbreviation_notes(cell for line in lines for cell in line.cells),
        *warning_notes(rows),
    )
