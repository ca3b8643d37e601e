"""Scheduled visits that were missed: those whose windows had elapsed without an assessment (clinical rules, section 3.2)."""

from __future__ import annotations

import polars as pl

from topline.study.schedule import Assessments


def missed_between(last: pl.Series, until: pl.Series, assessments: Assessments) -> pl.Series:
    """Count the scheduled visits after one day whose windows had elapsed by another.

    Parameters
    ----------
    last, until : Series of Int32
        Days after the time origin: the last assessment, and the day by which windows must have elapsed. A null `last` is the origin.

    Returns
    -------
    Series of Int32
        0 where `until` is null.
    """
    longest = until.max()
    planned = pl.Series(assessments.days_until(int(longest)) if isinstance(longest, int) and longest > 0 else [], dtype=pl.Int32)
    window = assessments.window_days
    elapsed = planned.search_sorted(until.fill_null(0) - window, side="left")
    attended = planned.search_sorted(last.fill_null(0) + window, side="right")
    return (elapsed.cast(pl.Int32) - attended.cast(pl.Int32)).clip(lower_bound=0)


def missed_days(last: int, until: int, assessments: Assessments) -> list[int]:
    """Return the planned days that `missed_between` counts, of one patient; all in days after the time origin."""
    window = assessments.window_days
    return [day for day in assessments.days_until(max(until, 0)) if last + window < day < until - window]


def longest_gap(last: pl.Series, assessments: Assessments, visits: int) -> pl.Series:
    """Return the days that may pass after an assessment: `visits` intervals of the stage in force on that day, and the window.

    Parameters
    ----------
    last : Series of Int32
        Days after the time origin; null is the origin.
    """
    ends = pl.Series([stage.until_week * 7 for stage in assessments.stages if stage.until_week is not None], dtype=pl.Float64)
    intervals = pl.Series([stage.every_weeks * 7 for stage in assessments.stages], dtype=pl.Float64)
    stage = ends.search_sorted(last.fill_null(0).clip(lower_bound=0).cast(pl.Float64), side="right")
    return (intervals.gather(stage.cast(pl.UInt32)) * visits + assessments.window_days).round(0).cast(pl.Int32)


def scheduled_day(day: pl.Series, assessments: Assessments) -> pl.Series:
    """Return the planned day of the visit to which a day belongs: the first scheduled visit whose window hadn't elapsed before it.

    Parameters
    ----------
    day : Series of Int32
        Days after the time origin; null stays null.
    """
    longest = day.max()
    if not isinstance(longest, int):
        return day
    planned = assessments.days_until(longest)
    reach = longest
    while not planned or planned[-1] + assessments.window_days < longest:
        reach += max(round(assessments.stages[-1].every_weeks * 7), 1)
        planned = assessments.days_until(reach)
    visits = pl.Series(planned, dtype=pl.Int32)
    place = visits.search_sorted(day.fill_null(0) - assessments.window_days, side="left")
    return pl.select(pl.when(day.is_not_null()).then(visits.gather(place))).to_series().cast(pl.Int32)
