"""What a reader must be told beside a number: hazards that weren't proportional, a test and an interval that disagree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from topline.analyze.results import Result
from topline.report.context import select
from topline.report.display import Show

PROPORTIONAL_HAZARDS_BELOW = 0.05
"""Below this p of the test of proportional hazards, the reader is told."""


def hazards_notes(rows: Iterable[Result], show: Show) -> tuple[str, ...]:
    """Return one sentence for each model whose hazards were not proportional, with the threshold."""
    notes = []
    for row in select(rows, statistic="proportional_hazards"):
        if row.p_value is None or row.p_value >= PROPORTIONAL_HAZARDS_BELOW:
            continue
        model = row.method.get("model")
        notes.append(
            f"Hazards were not proportional ({show.p_equals(row.p_value)}{f', {model} model' if model else ''}; reported when below "
            f"{PROPORTIONAL_HAZARDS_BELOW:g}): the hazard ratio is an average over follow-up."
        )
    return tuple(notes)


def disagreement_notes(rows: Sequence[Result]) -> tuple[str, ...]:
    """Return one footnote for each comparison whose p-value and odds-ratio interval fall on different sides of significance."""
    notes = []
    for test in select(rows, statistic="p_value"):
        p = test.p_value if test.p_value is not None else test.value
        same = {"endpoint": test.endpoint, "group": test.group, "reference_group": test.reference_group, "variable": test.variable}
        for odds in select(rows, statistic="odds_ratio", **same):
            if p is None or odds.conf_level is None or odds.status != "ok" or (odds.lower is None and odds.upper is None):
                continue
            excludes = (odds.lower is not None and odds.lower > 1) or (odds.upper is not None and odds.upper < 1)
            if excludes != (p < 1 - odds.conf_level):
                name = str(test.method.get("name") or "the test").split(",")[0]
                where = f"{test.endpoint}: " if test.endpoint else ""
                notes.append(
                    f"{where}{name} and the interval of the odds ratio disagree about significance: the interval "
                    f"{'leaves out' if excludes else 'holds'} 1. Both are right; they are built differently, and the p-value is the test."
                )
    return tuple(dict.fromkeys(notes))
