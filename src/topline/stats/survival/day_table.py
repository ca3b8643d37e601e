"""Counts by day, group and event: all that curves and log-rank tests need, however many patients there are.

Tables of parts add up to the table of the whole, so that a registry can be counted partition by partition, on many machines, or
at hospitals that share nothing but their counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from topline.stats.checks import IntArray
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.counting import count_rows
from topline.stats.survival.kaplan_meier import curve_from_counts
from topline.stats.survival.logrank import EventTable, LogRankTest, compare_groups
from topline.stats.survival.survival_curve import KaplanMeier

# Days beyond this (over 170 years) are taken for a mistake.
_LONGEST = 65_535


@dataclass(frozen=True, eq=False, repr=False)
class DayTable(Result):
    """How many patients left observation on each day, by group, with and without the event.

    Attributes
    ----------
    groups : tuple of int
        Labels of the groups.
    counts : (days, groups, 2) int array
        Patients whose follow-up ended on day 0, 1, … without and with the event.
    """

    groups: tuple[int, ...]
    counts: IntArray

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.counts.sum())

    def __add__(self, other: DayTable) -> DayTable:
        """Return the table of both parts together."""
        labels = tuple(sorted({*self.groups, *other.groups}))
        days = max(len(self.counts), len(other.counts))
        out = np.zeros((days, len(labels), 2), dtype=np.intp)
        for part in (self, other):
            where = [labels.index(g) for g in part.groups]
            out[: len(part.counts), where] += part.counts
        return DayTable(labels, out)

    def kaplan_meier(self, group: int | None = None, *, conf_type: str = "log-log", conf_level: float = 0.95) -> KaplanMeier:
        """Kaplan–Meier curve of one group, or of all; see `topline.stats.kaplan_meier`."""
        if group is None:
            counts = self.counts.sum(axis=1)
        elif group in self.groups:
            counts = self.counts[:, self.groups.index(group)]
        else:
            raise InputError(f"group is {group!r}; the table has {self.groups}")
        events = counts[:, 1].astype(np.float64)
        leave = counts.sum(axis=1).astype(np.float64)
        if not leave.any():
            raise InputError("the table holds no patient")
        return curve_from_counts(np.arange(len(counts), dtype=np.float64), leave, events, conf_type=conf_type, conf_level=conf_level)

    def logrank_test(self, *, weight: str | None = None, rho: float = 0.0, gamma: float = 0.0) -> LogRankTest:
        """Log-rank test between the groups; see `topline.stats.logrank_test`."""
        if len(self.groups) < 2:
            raise InputError(f"the table has one group only ({self.groups}); a comparison needs at least two")
        leave = self.counts.sum(axis=2)
        at_risk = np.cumsum(leave[::-1], axis=0)[::-1]
        happened = self.counts[:, :, 1].any(axis=1)
        table = EventTable(
            at_risk[happened].astype(np.float64),
            self.counts[happened, :, 1].astype(np.float64),
            np.zeros(int(happened.sum()), dtype=np.intp),
        )
        return compare_groups(table, self.groups, leave.sum(axis=0).astype(np.float64), 1, weight, rho, gamma)


def count_days(day: Any, event: Any, group: Any = None) -> DayTable:
    """Count patients by day, group and event.

    Parameters
    ----------
    day : (n,) array of whole numbers
        Day on which follow-up ended, from 0 to 65,535; any integer type (two bytes a patient are enough).
    event : (n,) array of bool or 0/1
        Whether the event happened then.
    group : (n,) array of whole numbers, optional
        Group of each patient, from 0 to 255.

    Returns
    -------
    DayTable
        Add tables of parts with `+`, or many with `merge_days`.

    Raises
    ------
    InputError
        For days, events or groups that are no whole numbers within their range, or of different lengths.
    """
    when, what = np.asarray(day), np.asarray(event)
    if when.ndim != 1 or when.dtype.kind not in "ui" or not len(when):
        raise InputError(f"day has type {when.dtype} and shape {when.shape}; a row of whole numbers was expected")
    who = None if group is None else np.asarray(group)
    for name, values in (("event", what), ("group", who)):
        if values is None:
            continue
        if values.shape != when.shape or values.dtype.kind not in "bui":
            raise InputError(f"{name} has type {values.dtype} and shape {values.shape}; whole numbers, one a day")
    for name, values, top in (("day", when, _LONGEST), ("event", what, 1), ("group", who, 255)):
        if values is None or values.dtype == np.bool_:
            continue
        low, high = 0 if values.dtype.kind == "u" else int(values.min()), int(values.max())
        if low < 0 or high > top:
            i = int(np.argmax((values < 0) | (values > top)))
            raise InputError(f"{name}[{i}] is {values[i]}; a number from 0 to {top} was expected")
    groups = 1 if who is None else int(who.max()) + 1
    counts = count_rows(when, what, who, int(when.max()) + 1, groups)
    kept = np.flatnonzero(counts.any(axis=(0, 2)))
    return DayTable(tuple(int(g) for g in kept), counts[:, kept])


def merge_days(parts: Iterable[DayTable]) -> DayTable:
    """Return the table of all parts together; the order doesn't matter.

    Parameters
    ----------
    parts : iterable of DayTable
        Tables of patients who are not counted twice.

    Raises
    ------
    InputError
        For no table at all.
    """
    tables = list(parts)
    if not tables:
        raise InputError("there is no table to merge")
    return reduce(lambda a, b: a + b, tables)
