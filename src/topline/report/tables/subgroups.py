"""The effect within subgroups as a table, with the test of interaction of each subgroup variable."""

from __future__ import annotations

from topline.report.context import Context, pick, select
from topline.report.tables.footnotes import abbreviation_notes, method_notes, warning_notes
from topline.report.tables.model import Column, Row, Table
from topline.study.analyses import TimeToEventAnalysis


def subgroup_table(context: Context, analysis: TimeToEventAnalysis) -> Table | None:
    """Return the subgroups of one analysis; None when it has none."""
    rows = tuple(row for row in context.rows(analysis.id) if row.subgroup is not None or row.statistic == "interaction")
    inside = [row for row in rows if row.subgroup is not None]
    if not inside:
        return None
    show = context.show
    groups = context.groups(inside)
    groups = tuple(group for group in groups if group is not None) or groups
    ratios = select(inside, statistic="hazard_ratio")
    compared = tuple(dict.fromkeys(row.group for row in ratios))
    lines: list[Row] = []
    for variable in dict.fromkeys(row.variable for row in inside):
        own = select(inside, variable=variable)
        test = pick(rows, statistic="interaction", variable=variable)
        p = show.p(test.p_value) if test is not None else ""
        lines.append(Row((variable or "Subgroup", *("" for _ in groups), *("" for _ in compared), p), heading=True))
        for level in dict.fromkeys(row.subgroup for row in own):
            same = select(own, subgroup=level)
            counts = [
                " / ".join(show.estimate(pick(same, group=group, statistic=key, reference_group=None)) for key in ("events", "n"))
                for group in groups
            ]
            effects = [show.with_interval(pick(same, group=group, statistic="hazard_ratio")) for group in compared]
            lines.append(Row((level or "", *counts, *effects, ""), indent=1))
    level_text = show.level(ratios[0]) if ratios else show.level()
    columns = (
        Column("Subgroup", "text"),
        *(Column(f"{context.group_name(group)}\nevents / n") for group in groups),
        *(
            Column(f"Hazard ratio\n({level_text} CI)" if len(compared) == 1 else f"{context.group_name(group)}\nHR ({level_text} CI)")
            for group in compared
        ),
        Column("p for\ninteraction"),
    )
    reference = next((row.reference_group for row in ratios if row.reference_group), None)
    notes = (
        f"{context.population_label(inside, analysis.population)}."
        + (f" Hazard ratios below 1 favour the group compared with {reference}." if reference else ""),
        "Subgroup results are not adjusted for multiplicity.",
        *method_notes([*ratios, *select(rows, statistic="interaction")]),
        *abbreviation_notes(cell for line in lines for cell in line.cells),
        *warning_notes(rows),
    )
    title = f"{context.endpoint_label(analysis.endpoint)}: subgroups"
    return Table(f"{analysis.id}-subgroups", title, columns, tuple(lines), notes, "efficacy", analysis.id)
