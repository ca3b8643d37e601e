"""Two evaluators side by side: how often they agree on response and on progression."""

from __future__ import annotations

from collections.abc import Sequence

from topline.analyze.results import Result
from topline.report.context import Context, Group, pick, select
from topline.report.tables.columns import group_columns
from topline.report.tables.footnotes import abbreviation_notes, method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.study.analyses import ConcordanceAnalysis

BEST, PROGRESSION = "best response", "progression"
_OF_BEST = ("agreement on best response", "agreement on response (CR or PR)")


def concordance_table(context: Context, analysis: ConcordanceAnalysis) -> Table | None:
    """Return the agreement of two evaluators; None when there are no rows."""
    rows = context.rows(analysis.id)
    if not rows:
        return None
    groups = context.groups(rows)
    first, second = analysis.evaluators
    shares = [row for row in rows if row.statistic == "rate"]
    named = dict.fromkeys(row.variable or "" for row in shares)
    blocks = {
        f"Best response, {first} / {second}, patients": (BEST, [name for name in named if name in _OF_BEST]),
        f"Progression, {first} against {second}, patients": (PROGRESSION, [name for name in named if name not in _OF_BEST]),
    }
    lines: list[Row] = []
    for heading, (variable, rates) in blocks.items():
        lines.append(Row((heading, *("" for _ in groups)), heading=True))
        counts = select(rows, statistic="count", variable=variable)
        for level in dict.fromkeys(row.level or "" for row in counts):
            label = level.replace("the first", first).replace("the second", second) if variable == PROGRESSION else level
            cells = (context.show.estimate(pick(counts, level=level, group=group)) for group in groups)
            lines.append(Row((label, *cells), indent=1))
        for name in rates:
            level_of = f", n / N; % ({context.show.level(shares[0])} CI)"
            lines.append(
                Row((name[:1].upper() + name[1:] + level_of, *(_share(context, shares, name, group) for group in groups)), indent=1)
            )
            kappas = select(rows, statistic="kappa", variable=name)
            if kappas:
                beyond = f"beyond chance, Cohen's kappa ({context.show.level(kappas[0])} CI)"
                lines.append(Row((beyond, *(context.show.with_interval(pick(kappas, group=group)) for group in groups)), indent=2))
    lines += _days(context, rows, groups, f"Days from the progression by {second} to that by {first}, where both saw one")
    sizes: dict[Group, int | None] = {
        group: next((row.n for row in shares if row.variable in _OF_BEST and row.group == group), None) for group in groups
    }
    notes = (
        f"{context.population_label(rows, analysis.population)}; patients with a record of both evaluators.",
        f"Early discrepancy rate: of the progressions by {first}, those that {second} saw later or not at all. Late discrepancy rate: of "
        f"the disagreements, those in which {first} was later or saw none. Their difference between groups tells of bias, not their size.",
        *method_notes(shares),
        *abbreviation_notes(cell for line in lines for cell in line.cells),
        *warning_notes(rows),
    )
    columns = (Column("", "text"), *group_columns(context, groups, sizes))
    title = analysis.title or f"Agreement of {first} and {second}"
    return Table(analysis.id, title, columns, tuple(lines), notes, "response", analysis.id)


def _days(context: Context, rows: Sequence[Result], groups: Sequence[Group], heading: str) -> list[Row]:
    """How far apart the two dates of progression are: median with quartiles, and range."""
    own = select(rows, variable="days between the progressions")
    if not own:
        return []
    cells = []
    for group in groups:
        told = {name: pick(own, statistic=name, group=group) for name in ("median", "q1", "q3", "min", "max")}
        median, q1, q3, low, high = (f"{item.value:g}" if item is not None and item.value is not None else "" for item in told.values())
        cells.append(f"{median} ({q1} to {q3}); {low} to {high}".replace("-", "\N{MINUS SIGN}") if median else "")
    return [Row((f"{heading}, median (quartiles); range", *cells), indent=1)]


def _share(context: Context, rows: Sequence[Result], name: str, group: Group) -> str:
    row = pick(rows, variable=name, group=group)
    if row is None:
        return ""
    of = f"{row.events} / {row.n}; " if row.events is not None and row.n else ""
    return of + context.show.with_interval(row)
