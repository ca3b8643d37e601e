"""Exposure as a table: cycles, changes of dose, discontinuation and relative dose intensity of each drug."""

from __future__ import annotations

from collections.abc import Sequence

from topline.analyze.results import Result
from topline.report.context import Context, Group, pick, select
from topline.report.tables.columns import group_columns, sizes_of
from topline.report.tables.footnotes import method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.report.tables.summary import Summary
from topline.study.analyses import ExposureAnalysis

_LABELS = {
    "EXPOSED": "Patients who took the drug, n",
    "CYCLES": "Cycles started",
    "COURSES": "Combined cycles",
    "DURATION": "Duration of treatment",
    "CUMDOSE": "Cumulative dose",
    "RDI": "Relative dose intensity",
    "REDUCED": "Patients with a dose reduction, n (%)",
    "REDUCAE": "Patients with a reduction for an adverse event, n (%)",
    "REDUCTIONS": "Dose reductions, steps",
    "INTERRUPTED": "Patients with an interruption, n (%)",
    "DELAYED": "Patients with a delayed cycle, n (%)",
    "REESCALATED": "Patients re-escalated, n (%)",
    "DISCONTINUED": "Patients who stopped the drug, n (%)",
}
_SUMMARISED = frozenset({"n", "mean", "sd", "median", "q1", "q3", "min", "max"})
_FORMS = {
    "mean_sd": ("mean", "mean (SD)"),
    "median_range": ("median", "median (range)"),
}


def exposure_table(context: Context, analysis: ExposureAnalysis) -> Table | None:
    """Return the exposure to each drug; None when there are no rows."""
    rows = context.rows(analysis.id)
    if not rows:
        return None
    groups = context.groups(rows)
    lines: list[Row] = []
    for drug in dict.fromkeys(row.variable for row in rows if row.endpoint is not None):
        own = select(rows, variable=drug)
        heading = drug or ("Reason for the end of treatment, n (%)" if any(row.level for row in own) else "Treatment")
        lines.append(Row((heading, *("" for _ in groups)), heading=True))
        codes = dict.fromkeys(row.endpoint or "" for row in own)
        for code in sorted(codes, key=lambda item: list(_LABELS).index(item) if item in _LABELS else len(_LABELS)):
            lines.extend(_block(context, select(own, endpoint=code), _LABELS.get(code, code), groups))
    notes = (
        f"{context.population_label(rows, analysis.population)}. A reduction is a step to a lower dose level of the protocol than the "
        "highest reached, counted once a step; an interruption is a planned day without drug; planned days off are neither. "
        "Percentages are of the patients who took the drug.",
        *method_notes(row for row in rows if row.statistic not in ("n", "count", "percent")),
        *warning_notes(rows),
    )
    columns = (Column("", "text"), *group_columns(context, groups, sizes_of(rows, groups)))
    return Table(analysis.id, analysis.title or "Exposure", columns, tuple(lines), notes, "exposure", analysis.id)


def _block(context: Context, rows: Sequence[Result], label: str, groups: Sequence[Group]) -> list[Row]:
    show = context.show
    lines = []
    if all(row.statistic == "n" for row in rows):
        return [Row((label, *(show.estimate(pick(rows, group=group, statistic="n")) for group in groups)), indent=1)]
    if any(row.statistic == "rdi" for row in rows):
        return _intensity(context, rows, label, groups)
    if any(row.statistic in ("mean", "median") for row in rows):
        summaries = [Summary.of([row for row in rows if row.group == group and row.statistic in _SUMMARISED], show) for group in groups]
        unit = next((row.unit for row in rows if row.unit and row.statistic in ("mean", "median")), "")
        name = f"{label}, {unit}" if unit and unit not in label.lower() else label
        for form, words in _FORMS.items():
            cells = [getattr(summary, form) for summary in summaries]
            bracketed = any("(" in cell for cell in cells)
            if any(cells):
                lines.append(Row((f"{name}, {words[bracketed]}", *cells), indent=1))
        return lines
    for level in dict.fromkeys(row.level for row in rows if row.statistic in ("count", "percent")):
        same = select(rows, level=level)
        cells = [
            show.count_percent(pick(same, group=group, statistic="count"), pick(same, group=group, statistic="percent")) for group in groups
        ]
        lines.append(Row((label if level is None else level, *cells), indent=1 if level is None or rows[0].variable is None else 2))
    return lines


def _intensity(context: Context, rows: Sequence[Result], label: str, groups: Sequence[Group]) -> list[Row]:
    show = context.show

    def cell(group: Group, level: str) -> str:
        row = pick(rows, group=group, statistic="rdi", level=level)
        return show.estimate(row) if row is not None else ""

    lines = []
    if any(cell(group, "mean") for group in groups):
        lines.append(Row((f"{label}, mean", *(cell(group, "mean") for group in groups)), indent=1))
    medians = []
    for group in groups:
        low, high = cell(group, "min"), cell(group, "max")
        medians.append(f"{cell(group, 'median')} ({low}–{high})" if low and high else cell(group, "median"))
    if any(medians):
        lines.append(Row((f"{label}, median (range)", *medians), indent=1))
    return lines
