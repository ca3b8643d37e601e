"""The partial likelihood of the Cox model: value, score and information in two passes over the covariates.

Pass A sums r = w·exp(η) and r·x over each slot and cumulates from the last time down: S0 and S1 of every risk set.
Everything that depends on ties is then a handful of scalars for each event time (`TieSums`). Pass B turns these into one
weight Λ for each row; the information is a Gram matrix of the rows less Gram matrices of the risk-set sums, so that the
p² work is matrix products. Efron's method costs what Breslow's does. O(n·p² + K·p²) a call, nothing is sorted here.

Sources: Breslow (1974), Efron (1977), Therneau and Grambsch (2000, section 3.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topline.stats.checks import FloatArray, IntArray
from topline.stats.survival.cumulate import cumulate
from topline.stats.survival.risk_sets import RiskSets

# Rows handled at once, so that a block of covariates stays in the cache.
_BLOCK = 4096
# Above this mean number of rows a slot, one matrix-vector product a slot beats a segmented sum.
_LONG_SEGMENT = 48
# Below this share of what was cumulated, a difference of two cumulated sums has lost too many digits.
_CANCELLED = 1e-6


@dataclass(frozen=True, eq=False)
class TieSums:
    """What the tie method contributes at each slot, with h = w̄ / (S0 − f·D0) over Efron's fractions f = 0, 1/d, ….

    c0 = Σh, c1 = Σf·h, q_j = Σ f^j·h²/w̄; `log_sum` is w̄·Σ log(S0 − f·D0). Breslow has f = 0 throughout.
    """

    c0: FloatArray
    c1: FloatArray
    q0: FloatArray
    q1: FloatArray
    q2: FloatArray
    log_sum: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The partial likelihood at one coefficient vector, and the sums from which everything else follows.

    `risk` is w·exp(η − shift) by sorted row; `shift` is each stratum's largest η; S1 and D1 are (G, p).
    """

    loglik: float
    score: FloatArray
    information: FloatArray
    eta: FloatArray
    shift: FloatArray
    risk: FloatArray
    s0: FloatArray
    s1: FloatArray
    d0: FloatArray
    d1: FloatArray
    ties: TieSums
    row_hazard: FloatArray


class CoxDesign:
    """Covariates laid out for a plan: sorted by slot, centred and scaled, deaths first within a slot.

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
    """

    def __init__(self, plan: RiskSets, covariates: FloatArray, offset: FloatArray | None, efron: bool) -> None:
        slots = plan.slots
        self.efron = efron
        self.slots = slots
        self.n, self.p = covariates.shape
        dead = plan.counted_event
        self.order = _stable_order(slots.stop * 2 + 1 - dead, 2 * slots.size)
        stop = slots.stop[self.order]
        rows = np.bincount(stop, minlength=slots.size)
        self.row_end = np.cumsum(rows)
        self.row_start = self.row_end - rows
        self.rows = rows
        self.stop = stop
        self.count = slots.count
        self.d_int = slots.count.astype(np.intp)
        self.dead = _runs(self.row_start, self.d_int)
        self.dead_slot = stop[self.dead]
        self.centre = covariates.mean(axis=0)
        x = covariates[self.order]
        x -= self.centre
        self.scale = _scales(x, self.centre)
        x /= self.scale
        self.x = x
        self.weight = None if plan.weights is None else plan.weights[self.order]
        self.offset = None if offset is None else offset[self.order]
        self.stratum_rows = self.row_end[slots.first[1:] - 1]
        self.is_tied = bool((self.count > 1.0).any())
        dead_weight = np.ones(len(self.dead)) if self.weight is None else self.weight[self.dead]
        self.dead_weight = dead_weight
        self.slot_weight = np.bincount(self.dead_slot, weights=dead_weight, minlength=slots.size)
        self.dead_x = x[self.dead]
        self.score_constant = dead_weight @ self.dead_x
        self.real = slots.count > 0.0
        self.tied = np.flatnonzero(slots.count > 1.0) if efron else np.empty(0, dtype=np.intp)
        reps = self.d_int[self.tied]
        self.tie_slot = np.repeat(self.tied, reps)
        self.tie_start = np.cumsum(reps) - reps
        self.tie_fraction = (np.arange(len(self.tie_slot)) - np.repeat(self.tie_start, reps)) / np.repeat(np.maximum(reps, 1), reps)
        self.mean_weight = self.slot_weight / np.maximum(self.count, 1.0)
        self.enter = None if slots.enter is None else slots.enter[self.order]
        self.late: IntArray | None = None
        if self.enter is not None:
            # A row that enters in its stratum's slot 0 is never subtracted from a risk set that matters.
            self.late = np.flatnonzero(self.enter > slots.first[self.stratum_of_rows()])

    def stratum_of_rows(self) -> IntArray:
        """Stratum of each sorted row."""
        sizes = np.diff(np.concatenate([[0], self.stratum_rows]))
        return np.repeat(np.arange(len(sizes)), sizes)

    def evaluate(self, beta: FloatArray) -> Evaluation:
        """Evaluate log-likelihood, score and information at `beta` (on the scaled covariates)."""
        eta = self.x @ beta
        if self.offset is not None:
            eta += self.offset
        shift, risk = self._relative_risk(eta)
        s0, s1 = self._at_risk_sums(risk)
        d0, d1 = self._death_sums(risk)
        ties = self.tie_sums(s0, d0)
        hazard = cumulate(ties.c0, self.slots.first)
        row_hazard = np.repeat(hazard, self.rows)
        if self.enter is not None:
            row_hazard -= hazard[self.enter]
        if self.tied.size:
            row_hazard[self.dead] -= ties.c1[self.dead_slot]
        dead_eta = eta[self.dead]
        loglik = float(self.dead_weight @ (dead_eta - self._shift_of_slots(shift)[self.dead_slot])) - ties.log_sum
        row_weight = risk * row_hazard
        score = self.score_constant - (ties.c0 @ s1 - ties.c1 @ d1)
        information = self.gram(row_weight) - self.between(ties, s1, d1)
        return Evaluation(loglik, score, information, eta, shift, risk, s0, s1, d0, d1, ties, row_hazard)

    def between(self, ties: TieSums, s1: FloatArray, d1: FloatArray) -> FloatArray:
        """Return the outer products of the risk-set sums that the information subtracts."""
        out = (s1 * ties.q0[:, None]).T @ s1
        if self.tied.size:
            at = self.tied
            cross = (s1[at] * ties.q1[at, None]).T @ d1[at]
            out += (d1[at] * ties.q2[at, None]).T @ d1[at] - cross - cross.T
        return np.asarray(out)

    def tie_sums(self, s0: FloatArray, d0: FloatArray) -> TieSums:
        """Return the tie method's scalars of each slot."""
        real = self.real
        safe = np.where(real, s0, 1.0)
        zero = np.zeros_like(s0)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            inverse = 1.0 / safe
            c0 = np.where(real, self.slot_weight * inverse, 0.0)
            q0 = c0 * inverse
            logs = np.where(real, self.slot_weight * np.log(safe), 0.0)
            if not self.tied.size:
                return TieSums(c0, zero, q0, zero, zero, float(logs.sum()))
            c1, q1, q2 = zero, zero.copy(), zero.copy()
            at, start, f = self.tied, self.tie_start, self.tie_fraction
            left = s0[self.tie_slot] - f * d0[self.tie_slot]
            mean = self.mean_weight[at]
            inverse = 1.0 / left
            c0[at] = mean * np.add.reduceat(inverse, start)
            logs[at] = mean * np.add.reduceat(np.log(left), start)
            weighted = f * inverse
            c1[at] = mean * np.add.reduceat(weighted, start)
            q1[at] = mean * np.add.reduceat(weighted * inverse, start)
            q2[at] = mean * np.add.reduceat(weighted * weighted, start)
            inverse *= inverse
            q0[at] = mean * np.add.reduceat(inverse, start)
        return TieSums(c0, c1, q0, q1, q2, float(logs.sum()))

    def _relative_risk(self, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return each stratum's largest η, and w·exp(η − largest)."""
        if len(self.stratum_rows) == 1:
            shift = np.array([eta.max()])
            risk = np.exp(eta - shift[0])
        else:
            starts = np.concatenate([[0], self.stratum_rows[:-1]])
            shift = np.maximum.reduceat(eta, starts)
            risk = np.exp(eta - np.repeat(shift, np.diff(np.concatenate([[0], self.stratum_rows]))))
        if self.weight is not None:
            risk *= self.weight
        return shift, risk

    def _shift_of_slots(self, shift: FloatArray) -> FloatArray:
        return np.repeat(shift, np.diff(self.slots.first))

    def _at_risk_sums(self, risk: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return S0 and S1 of every slot (pass A)."""
        first = self.slots.first
        full = np.flatnonzero(self.rows)
        s0: FloatArray = np.zeros(self.slots.size)
        s0[full] = np.add.reduceat(risk, self.row_start[full])
        s1 = self._segment_sums(risk)
        s0, s1 = cumulate(s0, first, backwards=True), cumulate(s1, first, backwards=True)
        if self.late is None or self.enter is None or not self.late.size:
            return s0, s1
        late, at = self.late, self.enter[self.late]
        size, p = self.slots.size, self.p
        e0 = np.bincount(at, weights=risk[late], minlength=size)
        e1 = np.zeros(size * p)
        columns = np.arange(p)
        for low in range(0, late.size, 4 * _BLOCK):
            rows = late[low : low + 4 * _BLOCK]
            index = (at[low : low + 4 * _BLOCK, None] * p + columns).ravel()
            e1 += np.bincount(index, weights=(self.x[rows] * risk[rows, None]).ravel(), minlength=size * p)
        # A row that enters at slot a is at risk from slot a + 1 on: subtract it from slot a and all earlier ones.
        e0 = cumulate(e0, first, backwards=True)
        e1 = cumulate(e1.reshape(size, p), first, backwards=True)
        out0, out1 = s0 - e0, s1 - e1
        for slot in np.flatnonzero(self.real & (out0 < _CANCELLED * s0)):
            there = (self.stop >= slot) & (self.enter < slot)
            stratum = int(np.searchsorted(first, slot, side="right")) - 1
            low = 0 if stratum == 0 else int(self.stratum_rows[stratum - 1])
            rows = low + np.flatnonzero(there[low : int(self.stratum_rows[stratum])])
            out0[slot] = risk[rows].sum()
            out1[slot] = risk[rows] @ self.x[rows]
        return out0, out1

    def _segment_sums(self, risk: FloatArray) -> FloatArray:
        """Return the sum of r·x over the rows of each slot."""
        out = np.zeros((self.slots.size, self.p))
        full = np.flatnonzero(self.rows)
        if self.n >= _LONG_SEGMENT * len(full):
            for slot in full:
                part = slice(self.row_start[slot], self.row_end[slot])
                out[slot] = risk[part] @ self.x[part]
            return out
        for low in range(0, self.n, _BLOCK):
            high = min(low + _BLOCK, self.n)
            a, b = int(self.stop[low]), int(self.stop[high - 1])
            there = a + np.flatnonzero(self.rows[a : b + 1])
            starts = np.maximum(self.row_start[there] - low, 0)
            out[there] += np.add.reduceat(self.x[low:high] * risk[low:high, None], starts, axis=0)
        return out

    def _death_sums(self, risk: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return D0 and D1: the sums of r and r·x over the deaths of each slot."""
        size = self.slots.size
        dead_risk = risk[self.dead]
        d0: FloatArray = np.bincount(self.dead_slot, weights=dead_risk, minlength=size).astype(np.float64, copy=False)
        d1 = np.zeros((size, self.p))
        if not self.tied.size:
            return d0, d1
        at = self.tied
        starts = np.cumsum(self.d_int) - self.d_int
        if len(self.tie_slot) >= _LONG_SEGMENT * len(at):
            for slot in at:
                part = slice(starts[slot], starts[slot] + self.d_int[slot])
                d1[slot] = dead_risk[part] @ self.dead_x[part]
            return d0, d1
        real = np.flatnonzero(self.real)
        d1[real] = np.add.reduceat(self.dead_x * dead_risk[:, None], starts[real], axis=0)
        return d0, d1

    def gram(self, row_weight: FloatArray) -> FloatArray:
        """Return XᵀWX, a block at a time (pass B)."""
        if self.n <= 2 * _BLOCK:
            return np.asarray((self.x * row_weight[:, None]).T @ self.x)
        out = np.zeros((self.p, self.p))
        buffer = np.empty((_BLOCK, self.p))
        for low in range(0, self.n, _BLOCK):
            part = self.x[low : low + _BLOCK]
            scaled = np.multiply(part, row_weight[low : low + _BLOCK, None], out=buffer[: len(part)])
            out += scaled.T @ part
        return out


def _stable_order(key: IntArray, top: int) -> IntArray:
    """Return a stable sorting order; 16-bit keys are sorted by radix in O(n)."""
    if top <= 65536:
        key = key.astype(np.uint16)
    return np.asarray(np.argsort(key, kind="stable"))


def _runs(start: IntArray, length: IntArray) -> IntArray:
    """Return start[k], start[k] + 1, …, start[k] + length[k] − 1 for each k, laid end to end."""
    total = int(length.sum())
    ends = np.cumsum(length)
    return np.arange(total) + np.repeat(start - (ends - length), length)


def _scales(centred: FloatArray, centre: FloatArray) -> FloatArray:
    """Return the root mean square of each centred column; a constant column is set to exactly 0 and keeps scale 1."""
    spread = np.sqrt(np.einsum("ij,ij->j", centred, centred) / len(centred))
    constant = spread <= 1e-13 * np.abs(centre)
    if constant.any():
        centred[:, constant] = 0.0
    return np.where(constant, 1.0, spread)
