"""Adverse events as tables: the overview, and patients by term with any and with severe grade."""

from __future__ import annotations

from collections.abc import Sequence

from topline.analyze.results import Result
from topline.report.context import Context, Group, pick, select
from topline.report.labels import OVERVIEW, overview_label
from topline.report.tables.columns import group_columns, sizes_of
from topline.report.tables.footnotes import line_name, method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.report.tables.response import comparison_rows
from topline.study.analyses import AdverseEventAnalysis

MISSING = "AEMISS"


def adverse_event_tables(context: Context, analysis: AdverseEventAnalysis) -> tuple[Table, ...]:
    """Return the overview and the tables by term; none when there are no rows."""
    rows = context.rows(analysis.id)
    if not rows:
        return ()
    overview = _overview(context, analysis, rows)
    by_term = (_by_term(context, analysis, rows, any_grade, label) for any_grade, label in (("TEAE", "emergent"), ("TRAE", "related")))
    return (overview, *(table for table in by_term if table is not None))


def _overview(context: Context, analysis: AdverseEventAnalysis, rows: Sequence[Result]) -> Table:
    own = [row for row in rows if row.variable is None]
    groups = context.groups(own or rows)
    codes = dict.fromkeys(row.endpoint for row in own if row.endpoint and row.endpoint != MISSING)
    order = [code for code in OVERVIEW if code in codes] + [code for code in codes if code not in OVERVIEW]
    lines = []
    for code in order:
        same = select(own, endpoint=code)
        cells = (_count(context, same, group) for group in groups)
        lines.append(Row((overview_label(code, analysis.severe_grade), *cells)))
        lines += comparison_rows(context, same, groups)
    columns = (Column("Patients with, n (%)", "text"), *group_columns(context, groups, sizes_of(own, groups)))
    tested = [row for row in own if row.statistic in ("rate", "rate_difference", "odds_ratio", "p_value")]
    cautions = warning_notes(rows, lambda row: line_name(overview_label(row.endpoint or "", analysis.severe_grade), row))
    notes = (*definitions(context, analysis, rows), *method_notes(tested), *cautions)
    title = analysis.title or "Adverse events: overview"
    return Table(analysis.id, title, columns, tuple(lines), notes, "safety", analysis.id)


def definitions(context: Context, analysis: AdverseEventAnalysis, rows: Sequence[Result]) -> tuple[str, ...]:
    """Return what the adverse-event tables count, and how missing attribution was taken."""
    rule = context.protocol.adverse_events
    missing = select(rows, endpoint=MISSING, group=None) or select(rows, endpoint=MISSING)
    number = sum(int(row.value) for row in missing if row.value is not None)
    counted = "as related" if rule.missing_attribution == "related" else "as not related"
    notes = [
        f"{context.population_label(rows, analysis.population)}. Patients, not events, are counted: each patient once a line, at the "
        f"worst grade (CTCAE {rule.ctcae}).",
        f"Treatment-emergent: onset from the first dose to {rule.window_days} days after the last dose, or worsening in that time.",
        f"Treatment-related: related to any study drug; a missing attribution counts {counted}"
        + (f" ({number} event{'' if number == 1 else 's'} without attribution)." if missing else "."),
    ]
    return tuple(notes)


def _count(context: Context, rows: Sequence[Result], group: Group) -> str:
    return context.show.count_percent(
        pick(rows, group=group, statistic="count", reference_group=None), pick(rows, group=group, statistic="percent", reference_group=None)
    )


def _by_term(context: Context, analysis: AdverseEventAnalysis, rows: Sequence[Result], any_grade: str, word: str) -> Table | None:
    severe = f"{any_grade}3"
    own = [row for row in rows if row.variable is not None and row.endpoint in (any_grade, severe) and row.level is not None]
    if not own:
        return None
    groups = context.groups(own)
    cells: dict[tuple[str, str | None, Group, str], Result] = {}
    for row in own:
        if row.reference_group is None:
            cells[(row.level or "", row.endpoint, row.group, row.statistic)] = row

    def text(term: str, endpoint: str, group: Group) -> str:
        count = cells.get((term, endpoint, group, "count"))
        return context.show.count_percent(count, cells.get((term, endpoint, group, "percent")))

    def most(term: str) -> tuple[float, float, str]:
        both = [sum((row.value or 0) for g in groups if (row := cells.get((term, e, g, "count")))) for e in (any_grade, severe)]
        return (-both[0], -both[1], term)

    terms = sorted({row.level or "" for row in own if row.statistic == "count" and row.value}, key=most)
    grades = [(any_grade, "any grade"), (severe, f"grade ≥ {analysis.severe_grade}")]
    shown = [(code, label) for code, label in grades if any(row.endpoint == code for row in own)]
    lines = tuple(Row((term, *(text(term, code, group) for group in groups for code, _ in shown))) for term in terms)
    sizes = sizes_of(own, groups)
    columns = [Column("Term, n (%)", "text")]
    for group, column in zip(groups, group_columns(context, groups, sizes), strict=True):
        name = column.label if len(groups) > 1 or group is not None else f"(n = {sizes[group]})" if sizes[group] is not None else ""
        columns += [Column(f"{name}\n{label}".strip()) for _, label in shown]
    title = f"Treatment-{word} adverse events by term"
    notes = (*definitions(context, analysis, rows)[:1], "Ordered by the number of patients with the term.", *warning_notes(own))
    return Table(f"{analysis.id}-{any_grade.lower()}", title, tuple(columns), lines, notes, "safety", analysis.id)
