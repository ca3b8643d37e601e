"""Covariates laid out for the Cox likelihood: sorted by slot, deaths first, centred and scaled, once for all evaluations."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, IntArray
from topline.stats.survival.cumulate import total_by
from topline.stats.survival.panels import run_panels, steady_dot
from topline.stats.survival.risk_sets import RiskSets

# Rows handled at once, so that a block of covariates stays in the cache.
BLOCK = 4096


class CoxDesign:
    """Covariates laid out for a plan.

    Parameters
    ----------
    plan : RiskSets
        The plan.
    covariates : (n, p) array
        Covariates, finite.
    offset : (n,) array or None
        Added to the linear predictor.
    efron : bool
        Efron's handling of ties; Breslow's otherwise.

    Attributes
    ----------
    order : (n,) int array
        Row of the input at each sorted place.
    x : (n, p) array
        Sorted covariates less `centre`, over `scale`. The one copy of the data that a fit makes.
    rows, row_start : (G,) int arrays
        Number of rows of each slot, and where they start; the first `deaths` of them are its events.
    slot_weight, mean_weight : (G,) arrays
        Sum and mean of the weights of each slot's events.
    tied : int array
        Slots where Efron's method differs from Breslow's (more than one event); empty for Breslow.
    """

    def __init__(self, plan: RiskSets, covariates: FloatArray, offset: FloatArray | None, efron: bool) -> None:
        slots = plan.slots
        self.slots = slots
        self.efron = efron
        self.n, self.p = covariates.shape
        self.order = _order(slots.stop, plan.counted_event, slots.size)
        self.rows = np.bincount(slots.stop, minlength=slots.size)
        self.row_start = np.cumsum(self.rows) - self.rows
        self.deaths = slots.count.astype(np.intp)
        self.real = self.deaths > 0
        self.weight = None if plan.weights is None else plan.weights[self.order]
        self.offset = None if offset is None else offset[self.order]
        self.x, self.centre, self.scale = _standardised(covariates, self.order)
        # End of each stratum's rows.
        self.stratum_end = np.append(self.row_start, self.n)[slots.first[1:]]
        self.tied: IntArray = np.flatnonzero(self.deaths > 1) if efron else np.empty(0, dtype=np.intp)
        self.enter: IntArray | None = None
        self.late: IntArray = np.empty(0, dtype=np.intp)
        if slots.enter is not None:
            self.enter = slots.enter[self.order]
            # A row that enters in its stratum's slot 0 is at risk from the first event on: nothing to subtract.
            sizes = np.diff(self.stratum_end, prepend=0)
            self.late = np.flatnonzero(self.enter > np.repeat(slots.first[:-1], sizes))

    @cached_property
    def filled(self) -> tuple[IntArray, IntArray, IntArray]:
        """Slots that hold any row, where their rows start, and how many there are."""
        full = np.flatnonzero(self.rows)
        return full, self.row_start[full], self.rows[full]

    @cached_property
    def tied_edges(self) -> IntArray:
        """Start and end of the deaths of each tied slot, one after the other."""
        begin = self.row_start[self.tied]
        edges = np.column_stack([begin, begin + self.deaths[self.tied]]).ravel()
        return edges[:-1] if edges.size and edges[-1] == self.n else edges

    @cached_property
    def stop(self) -> IntArray:
        """Slot of each sorted row."""
        return np.repeat(np.arange(self.slots.size), self.rows)

    @cached_property
    def dead(self) -> IntArray:
        """Sorted places of the events, slot by slot."""
        ends = np.cumsum(self.deaths)
        return np.asarray(np.arange(int(ends[-1])) + np.repeat(self.row_start - (ends - self.deaths), self.deaths))

    @cached_property
    def dead_slot(self) -> IntArray:
        """Slot of each event."""
        return np.repeat(np.arange(self.slots.size), self.deaths)

    @property
    def dead_x(self) -> FloatArray:
        """Covariates of the events."""
        return np.take(self.x, self.dead, axis=0)

    @cached_property
    def dead_weight(self) -> FloatArray:
        """Case weight of each event."""
        return np.ones(len(self.dead)) if self.weight is None else self.weight[self.dead]

    @cached_property
    def slot_weight(self) -> FloatArray:
        """Weight of the events of each slot."""
        if self.weight is None:
            return self.slots.count
        return total_by(self.dead_slot, self.dead_weight, self.slots.size)

    @cached_property
    def mean_weight(self) -> FloatArray:
        """Mean weight of the events of each slot (Efron's w̄)."""
        return np.asarray(self.slot_weight / np.maximum(self.slots.count, 1.0))

    @cached_property
    def score_constant(self) -> FloatArray:
        """Weighted sum of the events' covariates: the part of the score that does not depend on the coefficients."""
        mark = np.zeros(self.n)
        mark[self.dead] = self.dead_weight
        return np.asarray(steady_dot(mark, self.x))

    @cached_property
    def dead_offset(self) -> float:
        """Weighted sum of the events' offsets."""
        return 0.0 if self.offset is None else float(steady_dot(self.dead_weight, self.offset[self.dead]))

    def dead_predictor(self, beta: FloatArray) -> float:
        """Weighted sum of the events' linear predictors."""
        return float(self.score_constant @ beta) + self.dead_offset

    @cached_property
    def tie_fractions(self) -> tuple[FloatArray, IntArray, IntArray]:
        """Efron's fractions 0, 1/d, …, (d − 1)/d of every tied slot, the tied slot of each, and where each slot starts."""
        size = self.deaths[self.tied]
        start = np.cumsum(size) - size
        total = int(size.sum())
        within = np.arange(total) - np.repeat(start, size)
        return within / np.repeat(size, size), np.repeat(np.arange(len(size)), size), start

    def per_row(self, stratum_values: FloatArray) -> FloatArray:
        """Repeat one value a stratum over its sorted rows."""
        return np.repeat(stratum_values, np.diff(self.stratum_end, prepend=0))

    def per_slot(self, stratum_values: FloatArray) -> FloatArray:
        """Repeat one value a stratum over its slots."""
        return np.repeat(stratum_values, np.diff(self.slots.first))


def _order(stop: IntArray, dead: Any, size: int) -> IntArray:
    """Return the rows sorted by slot, deaths first: by radix, 16 bits at a time, in O(n)."""
    key = 2 * stop + np.logical_not(dead)
    order = np.argsort(key.astype(np.uint16), kind="stable")
    shift = 16
    while 2 * size > 1 << shift:
        order = order[np.argsort((key >> shift).astype(np.uint16)[order], kind="stable")]
        shift += 16
    return np.asarray(order)


def _standardised(covariates: FloatArray, order: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return covariates sorted, less a centre and over a scale, with both.

    Centre and scale only keep the arithmetic well away from rounding: for large data a sample of rows gives them. A
    constant column becomes exactly 0 and keeps scale 1.
    """
    n = len(covariates)
    sample = covariates[:: max(n // BLOCK, 1)]
    centre, scale = _moments(sample)
    if len(sample) < n and not (scale > 0.0).all():
        centre, scale = _moments(covariates)
    constant = scale == 0.0
    scale = np.where(constant, 1.0, scale)
    factor = np.where(constant, 0.0, 1.0 / scale)
    out = np.empty(covariates.shape)

    def panel(begin: int, end: int) -> None:
        for low in range(begin, end, BLOCK):
            high = min(low + BLOCK, end)
            part = out[low:high]
            np.take(covariates, order[low:high], axis=0, out=part, mode="clip")
            part -= centre
            part *= factor

    run_panels(panel, n, out.size)
    return out, centre, scale


def _moments(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of each column; exactly 0 for a constant one."""
    centre = values.mean(axis=0)
    square = np.zeros(values.shape[1])
    for low in range(0, len(values), BLOCK):
        gap = values[low : low + BLOCK] - centre
        square += np.einsum("ij,ij->j", gap, gap)
    spread = np.sqrt(square / len(values))
    return centre, np.where(spread <= 1e-13 * np.abs(centre), 0.0, spread)
