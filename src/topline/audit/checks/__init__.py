"""The catalogue of checks: each takes the sheet of claims and yields verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from topline.audit.checks.arm_totals import check_arm_totals
from topline.audit.checks.chronology import check_dates
from topline.audit.checks.counts import check_counts
from topline.audit.checks.direction import check_direction
from topline.audit.checks.flattened import withhold
from topline.audit.checks.grades import check_grades
from topline.audit.checks.grim import check_grim
from topline.audit.checks.intervals import check_intervals
from topline.audit.checks.order import check_order
from topline.audit.checks.parts import check_parts
from topline.audit.checks.rate_centre import check_rate_centres
from topline.audit.checks.ratios import check_ratios
from topline.audit.checks.responses import check_responses
from topline.audit.checks.significance import check_significance
from topline.audit.checks.tables import check_tables
from topline.audit.sheet import Sheet
from topline.audit.verdict import Verdict

__all__ = ["CATALOGUE", "run_checks"]

CATALOGUE: tuple[Callable[[Sheet], Iterator[Verdict]], ...] = (
    check_grim,
    check_counts,
    check_arm_totals,
    check_responses,
    check_parts,
    check_intervals,
    check_tables,
    check_ratios,
    check_order,
    check_rate_centres,
    check_dates,
    check_grades,
    check_significance,
    check_direction,
)


def run_checks(sheet: Sheet) -> tuple[Verdict, ...]:
    """Every check on every claim that it fits."""
    return tuple(withhold((verdict for check in CATALOGUE for verdict in check(sheet)), sheet.claims))
