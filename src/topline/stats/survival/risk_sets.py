"""The risk-set plan: times are ranked once, and every estimator of the same endpoint then reads the same plan.

Inside, a time is its rank among the distinct times, so that days and continuous times are treated alike and nearly equal
floats are one time. Each stratum owns a run of *slots*: slot 0 stands for "before the first event", slot k for its k-th
distinct event time. A row is at risk in the slots (enter, stop] of its stratum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from topline.stats.checks import BoolArray, FloatArray, IntArray, code_vector, event_vector, float_vector
from topline.stats.errors import InputError

if TYPE_CHECKING:
    from topline.stats.survival.cox_result import CoxRegression
    from topline.stats.survival.logrank import LogRankTest
    from topline.stats.survival.survival_curve import KaplanMeier

# Two times are one when they differ by less than this, absolutely or relative to their mean size (R's `timefix`).
TIME_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True, eq=False)
class Slots:
    """The event times of all strata, laid end to end, and where each row stands among them.

    Attributes
    ----------
    first : (S + 1,) int array
        First slot (slot 0) of each stratum; the last entry is the total number of slots.
    rank : (G,) int array
        Time rank of each slot; −1 for the slots 0.
    stop, enter : (n,) int array
        Last slot in which a row is at risk, and the slot after which it enters (None without delayed entry).
    count : (G,) float array
        Number of events with a positive weight in each slot.
    """

    first: IntArray
    rank: IntArray
    stop: IntArray
    enter: IntArray | None
    count: FloatArray

    @property
    def size(self) -> int:
        """Total number of slots."""
        return int(self.first[-1])


class RiskSets:
    """Sort once, estimate many times.

    Parameters
    ----------
    time : (n,) array
        Follow-up time of each row (days, or any unit), at least 0.
    event : (n,) array of bool or 0/1
        True where the event was observed at `time`, False where follow-up ended without it.
    entry : (n,) array, optional
        Time after which the row is under observation (delayed entry); must be before `time`.
    strata, cluster : (n,) array of labels, optional
        Stratum of each row; cluster of each row for robust variances.
    weights : (n,) array, optional
        Case weights, at least 0. A row of weight 0 counts as absent.

    Raises
    ------
    InputError
        For NaN, infinity, negative times or weights, lengths that differ, entry not before time.

    Notes
    -----
    An event comes before a censoring of the same day. Times that differ by less than 1.5e-8 (absolutely, or relative to
    their mean) are one time, as in R's survival package; whole numbers are left alone.
    """

    def __init__(
        self,
        time: Any,
        event: Any,
        *,
        entry: Any = None,
        strata: Any = None,
        weights: Any = None,
        cluster: Any = None,
    ) -> None:
        raw = np.asarray(time)
        whole = raw.dtype.kind in "ui" and raw.ndim == 1
        if whole:
            if raw.size and int(raw.min()) < 0:
                i = int(np.argmax(raw < 0))
                raise InputError(f"time[{i}] is {raw[i]}: a value of at least 0 was expected")
            self.n = int(raw.shape[0])
        else:
            raw = float_vector("time", raw, minimum=0.0)
            self.n = int(raw.shape[0])
        if self.n == 0:
            raise InputError("time is empty: at least one row was expected")
        n = self.n
        self.event: BoolArray = event_vector(event, n)
        self.weights: FloatArray | None = None if weights is None else float_vector("weights", weights, n=n, minimum=0.0)
        if self.weights is not None and not self.weights.any():
            raise InputError("weights are all 0: at least one row must count")
        self.entry: FloatArray | None = None if entry is None else float_vector("entry", entry, n=n)
        self.stratum: IntArray | None = None
        self.stratum_labels: tuple[Any, ...] = ("all",)
        if strata is not None:
            self.stratum, self.stratum_labels = code_vector("strata", strata, n)
        self.cluster: IntArray | None = None
        self.n_clusters = 0
        if cluster is not None:
            self.cluster, labels = code_vector("cluster", cluster, n)
            self.n_clusters = len(labels)
        if self.entry is not None and bool((self.entry >= raw).any()):
            i = int(np.argmax(self.entry >= raw))
            raise InputError(f"entry[{i}] is {self.entry[i]:g} and time[{i}] is {raw[i]:g}: entry must come before time")
        self.distinct, self.rank, self.entry_rank = _rank_times(raw, self.entry)

    def __repr__(self) -> str:
        """Show the size of the plan."""
        return f"RiskSets(n={self.n}, events={self.n_events}, distinct_times={len(self.distinct)}, strata={len(self.stratum_labels)})"

    @cached_property
    def time(self) -> FloatArray:
        """Follow-up times after near-equal floats were made equal."""
        return self.distinct[self.rank]

    @cached_property
    def counted_event(self) -> BoolArray:
        """Events of rows with a positive weight."""
        return self.event if self.weights is None else self.event & (self.weights > 0.0)

    @cached_property
    def n_events(self) -> int:
        """Number of events among rows with a positive weight."""
        return int(np.count_nonzero(self.counted_event))

    @cached_property
    def n_used(self) -> int:
        """Number of rows with a positive weight."""
        return self.n if self.weights is None else int(np.count_nonzero(self.weights))

    @property
    def n_strata(self) -> int:
        """Number of strata."""
        return len(self.stratum_labels)

    @cached_property
    def slots(self) -> Slots:
        """The event times of every stratum and each row's window among them."""
        return _lay_slots(self)

    def kaplan_meier(self, **options: Any) -> KaplanMeier:
        """Kaplan–Meier curve of all rows; see `kaplan_meier`."""
        from topline.stats.survival.kaplan_meier import fit_kaplan_meier

        return fit_kaplan_meier(self, **options)

    def logrank_test(self, group: Any, **options: Any) -> LogRankTest:
        """Log-rank test between groups, within the plan's strata; see `logrank_test`."""
        from topline.stats.survival.logrank import run_logrank

        return run_logrank(self, group, **options)

    def cox_regression(self, covariates: Any, **options: Any) -> CoxRegression:
        """Cox regression with the plan's strata, weights and clusters; see `cox_regression`."""
        from topline.stats.survival.cox import fit_cox

        return fit_cox(self, covariates, **options)


def _rank_times(time: Any, entry: FloatArray | None) -> tuple[FloatArray, IntArray, IntArray | None]:
    """Return the distinct times, each row's rank among them, and the rank of its entry."""
    n = time.shape[0]
    whole = time.dtype.kind in "ui"
    if not whole:
        top = float(time.max())
        whole = top < 2**53 and bool((time == np.floor(time)).all())
    if whole and (entry is None or bool((entry == np.floor(entry)).all())):
        low = int(time.min()) if entry is None else min(int(time.min()), int(entry.min()))
        high = int(time.max())
        if high - low <= 4 * n + 4096:
            rank = time.astype(np.intp, copy=False)
            if low:
                rank = rank - low
            entry_rank = None if entry is None else entry.astype(np.intp) - low
            return np.arange(low, high + 1, dtype=np.float64), rank, entry_rank
    pooled = np.asarray(time, dtype=np.float64)
    if entry is not None:
        pooled = np.concatenate([pooled, entry])
    values, codes = np.unique(pooled, return_inverse=True)
    codes = codes.reshape(-1)
    if not whole:
        values, codes = merge_near_times(values, codes)
        if entry is not None and bool((codes[n:] >= codes[:n]).any()):
            i = int(np.argmax(codes[n:] >= codes[:n]))
            raise InputError(f"entry[{i}] and time[{i}] differ by less than rounding: entry must come before time")
    rank = codes[:n].astype(np.intp, copy=False)
    return values, rank, None if entry is None else codes[n:].astype(np.intp, copy=False)


def distinct_times(pooled: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the distinct ones of finite times, ascending, and the place of each time among them; whole numbers are left alone."""
    values, codes = np.unique(pooled, return_inverse=True)
    codes = codes.reshape(-1)
    return (values, codes) if bool((values == np.floor(values)).all()) else merge_near_times(values, codes)


def merge_near_times(values: FloatArray, codes: IntArray) -> tuple[FloatArray, IntArray]:
    """Return ascending times, those that differ by rounding only made one, and the codes that point to them."""
    if len(values) < 2:
        return values, codes
    gap = np.diff(values)
    apart = (gap > TIME_TOLERANCE) & (gap > TIME_TOLERANCE * np.abs(values).mean())
    if apart.all():
        return values, codes
    return values[np.concatenate([[True], apart])], np.concatenate([[0], np.cumsum(apart)])[codes]


def _lay_slots(plan: RiskSets) -> Slots:
    """Find the event times of every stratum and each row's window among them, in O(n) wherever a table fits."""
    width = len(plan.distinct)
    strata = plan.n_strata
    dead = np.flatnonzero(plan.counted_event)
    stop: Any
    enter: Any
    key = plan.rank if plan.stratum is None else plan.stratum * width + plan.rank
    dead_key = key[dead]
    if strata * width <= 4 * plan.n + 65536:
        table = np.bincount(dead_key, minlength=strata * width)
        found = np.flatnonzero(table)
        hits = table[found].astype(np.float64)
        before = np.cumsum(table > 0)  # event times of this and all earlier strata, up to and including each key
        stop = before[key]
        enter = None if plan.entry_rank is None else before[_keys(plan, plan.entry_rank, width)]
    else:
        found, counts = np.unique(dead_key, return_counts=True)
        hits = counts.astype(np.float64)
        stop = np.searchsorted(found, key, side="right")
        enter = None
        if plan.entry_rank is not None:
            enter = np.searchsorted(found, _keys(plan, plan.entry_rank, width), side="right")
    # Before this line a window counts event times over all earlier strata as well; slot 0 of each stratum adds one more.
    owner = found // width
    per_stratum = np.bincount(owner, minlength=strata)
    first = np.concatenate([[0], np.cumsum(per_stratum + 1)]).astype(np.intp)
    shift = plan.stratum if plan.stratum is not None else None
    if shift is not None:
        stop = stop + shift
        enter = None if enter is None else enter + shift
    size = int(first[-1])
    slot_of_found = np.arange(len(found)) + owner + 1
    rank = np.full(size, -1, dtype=np.intp)
    rank[slot_of_found] = found % width
    count = np.zeros(size)
    count[slot_of_found] = hits
    return Slots(
        first=first,
        rank=rank,
        stop=stop.astype(np.intp, copy=False),
        enter=None if enter is None else enter.astype(np.intp, copy=False),
        count=count,
    )


def _keys(plan: RiskSets, rank: IntArray, width: int) -> IntArray:
    return rank if plan.stratum is None else plan.stratum * width + rank
