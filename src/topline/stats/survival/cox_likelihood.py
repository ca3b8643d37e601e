"""The partial likelihood of the Cox model: value, score and information in two passes over the covariates.

Pass A sums r = w·exp(η) and r·x over each slot and cumulates from the last time down: S0 of every risk set, and the mean
S1/S0 of its covariates. Everything that depends on ties is then a handful of scalars for each event time (`TieSums`).
Pass B turns these into one weight Λ for each row; the information is a Gram matrix of the rows less Gram matrices of the
risk sets' means, so that the p² work is matrix products. Efron's method costs what Breslow's does. O(n·p² + K·p²) a call;
nothing is sorted here.

Sources: Breslow (1974), Efron (1977), Therneau and Grambsch (2000, section 3.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topline.stats.checks import FloatArray, IntArray
from topline.stats.survival.cox_design import BLOCK, CoxDesign
from topline.stats.survival.cumulate import cumulate, total_by
from topline.stats.survival.panels import run_panels, steady_apply, steady_dot, steady_product

# Above this mean number of rows a slot, one matrix-vector product a slot beats a segmented sum.
_LONG_SEGMENT = 48
# Below this share of what was cumulated, a difference of two cumulated sums has lost too many digits.
_CANCELLED = 1e-6


@dataclass(frozen=True, eq=False)
class TieSums:
    """What the tie method contributes at each slot, with h = w̄ / (1 − f·φ), φ = D0/S0, over Efron's f = 0, 1/d, ….

    c0 = Σh, c1 = Σf·h, q_j = Σ f^j·h²/w̄. Breslow has f = 0 throughout. Divide c by S0 and q by S0² for the hazard's jump
    and its square. `log_sum` is Σ log of the denominators.
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

    Attributes
    ----------
    loglik, score, information
        On the scaled covariates.
    eta, risk : (n,) arrays
        Linear predictor and w·exp(η − shift), by sorted row.
    shift : (S,) array
        Each stratum's largest η.
    s0 : (G,) array
        Sum of `risk` over each slot's risk set (1 at the slots 0).
    means, dead_means : (G, p) arrays
        S1/S0, and D1/S0 of the deaths (0 where there are no ties).
    jump : (G,) array
        The hazard's jump at each slot, relative to the shift.
    row_hazard : (n,) array
        Hazard that each row was exposed to, relative to the shift; Efron's thinning taken off for tied deaths.
    """

    loglik: float
    score: FloatArray
    information: FloatArray
    eta: FloatArray
    risk: FloatArray
    shift: FloatArray
    s0: FloatArray
    means: FloatArray
    dead_means: FloatArray
    ties: TieSums
    jump: FloatArray
    row_hazard: FloatArray


def evaluate(design: CoxDesign, beta: FloatArray) -> Evaluation:
    """Evaluate log-likelihood, score and information at `beta` (on the scaled covariates)."""
    eta = steady_apply(design.x, beta)
    if design.offset is not None:
        eta += design.offset
    shift, risk = _relative_risk(design, eta)
    s0, s1 = _at_risk_sums(design, risk)
    s0 = np.where(design.real, s0, 1.0)
    d0, d1 = _death_sums(design, risk)
    with np.errstate(all="ignore"):
        inverse = 1.0 / s0
        means = s1 * inverse[:, None]
        dead_means = d1 * inverse[:, None] if design.tied.size else d1
        ties = _tie_sums(design, s0, d0 * inverse)
        jump = ties.c0 * inverse
        row_hazard = exposure(design, jump, ties.c1 * inverse)
        relative = eta[design.dead] - design.per_slot(shift)[design.dead_slot]
        loglik = float(steady_dot(design.dead_weight, relative)) - ties.log_sum
        score = design.score_constant - steady_dot(ties.c0, means)
        if design.tied.size:
            score += steady_dot(ties.c1[design.tied], dead_means[design.tied])
        information = gram(design, risk * row_hazard) - between(design, ties, means, dead_means)
    return Evaluation(loglik, score, information, eta, risk, shift, s0, means, dead_means, ties, jump, row_hazard)


def between(design: CoxDesign, ties: TieSums, means: FloatArray, dead_means: FloatArray) -> FloatArray:
    """Return the outer products of the risk sets' means that the information subtracts."""
    out = steady_product(means, means, ties.q0)
    if design.tied.size:
        at = design.tied
        cross = steady_product(means[at], dead_means[at], ties.q1[at])
        out += steady_product(dead_means[at], dead_means[at], ties.q2[at]) - cross - cross.T
    return np.asarray(out)


def gram(design: CoxDesign, row_weight: FloatArray) -> FloatArray:
    """Return XᵀWX (pass B)."""
    return steady_product(design.x, design.x, row_weight)


def exposure(design: CoxDesign, jump: FloatArray, thinned: FloatArray) -> FloatArray:
    """Return, for each sorted row, the sum of `jump` over its slots, less `thinned` for tied deaths."""
    total = cumulate(jump, design.slots.first)
    out = np.repeat(total, design.rows)
    if design.enter is not None and design.late.size:
        out[design.late] -= total[design.enter[design.late]]
        for row in _cancelled_rows(design, total):
            out[row] = jump[design.enter[row] + 1 : design.stop[row] + 1].sum()
    if design.tied.size:
        out[design.dead] -= np.repeat(thinned, design.deaths)
    return out


def mean_exposure(design: CoxDesign, path: FloatArray, jump: FloatArray) -> FloatArray:
    """Return, for each sorted row, the sum of the vectors `path` over its slots; `jump` says where digits were lost."""
    total = cumulate(path, design.slots.first)
    out = np.repeat(total, design.rows, axis=0)
    if design.enter is not None and design.late.size:
        out[design.late] -= total[design.enter[design.late]]
        for row in _cancelled_rows(design, cumulate(jump, design.slots.first)):
            out[row] = path[design.enter[row] + 1 : design.stop[row] + 1].sum(axis=0)
    return out


def _cancelled_rows(design: CoxDesign, total: FloatArray) -> IntArray:
    """Return late rows whose own hazard is tiny beside what had cumulated before they entered."""
    if design.enter is None:
        return np.empty(0, dtype=np.intp)
    late = design.late
    after, before = total[design.stop[late]], total[design.enter[late]]
    return np.asarray(late[(after - before < _CANCELLED * after) & (design.stop[late] > design.enter[late])])


def _tie_sums(design: CoxDesign, s0: FloatArray, share: FloatArray) -> TieSums:
    """Return the tie method's scalars of each slot; `share` is D0/S0."""
    weight = design.slot_weight
    log_sum = float(steady_dot(weight, np.log(s0)))
    zero = np.zeros_like(s0)
    if not design.tied.size:
        return TieSums(weight, zero, weight, zero, zero, log_sum)
    at = design.tied
    fraction, slot, start = design.tie_fractions
    mean = design.mean_weight[at]
    left = 1.0 - fraction * share[at][slot]
    log_sum += float(steady_dot(mean, np.add.reduceat(np.log(left), start)))
    np.reciprocal(left, out=left)
    thinned = fraction * left
    c0, c1, q0, q1, q2 = weight.copy(), zero, weight.copy(), zero.copy(), zero.copy()
    c0[at] = mean * np.add.reduceat(left, start)
    c1[at] = mean * np.add.reduceat(thinned, start)
    q1[at] = mean * np.add.reduceat(thinned * left, start)
    np.square(left, out=left)
    q0[at] = mean * np.add.reduceat(left, start)
    np.square(thinned, out=thinned)
    q2[at] = mean * np.add.reduceat(thinned, start)
    return TieSums(c0, c1, q0, q1, q2, log_sum)


def _relative_risk(design: CoxDesign, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each stratum's largest η, and w·exp(η − largest)."""
    if len(design.stratum_end) == 1:
        shift = np.array([eta.max()])
        risk = np.exp(eta - shift[0])
    else:
        shift = np.maximum.reduceat(eta, np.concatenate([[0], design.stratum_end[:-1]]))
        risk = np.exp(eta - design.per_row(shift))
    if design.weight is not None:
        risk *= design.weight
    return shift, risk


def _at_risk_sums(design: CoxDesign, risk: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return S0 and S1 of every slot's risk set (pass A)."""
    slots, p = design.slots, design.p
    first, size = slots.first, slots.size
    full, starts, length = design.filled
    s0, s1 = np.zeros(size), np.zeros((size, p))
    s0[full] = np.add.reduceat(risk, starts)
    if design.n <= BLOCK:
        s1[full] = np.add.reduceat(design.x * risk[:, None], starts, axis=0)
    else:
        _segment_sums(design.x, risk, starts, length, full, s1)
    s0, s1 = cumulate(s0, first, backwards=True), cumulate(s1, first, backwards=True)
    if design.enter is None or not design.late.size:
        return s0, s1
    late, at = design.late, design.enter[design.late]
    e0, e1 = total_by(at, risk[late], size), np.zeros(size * p)
    columns = np.arange(p)
    for low in range(0, late.size, 4 * BLOCK):
        rows = late[low : low + 4 * BLOCK]
        index = (at[low : low + 4 * BLOCK, None] * p + columns).ravel()
        e1 += total_by(index, (np.take(design.x, rows, axis=0) * risk[rows, None]).ravel(), size * p)
    # A row that enters at slot a is at risk from slot a + 1 on: take it off slot a and all earlier ones.
    e0 = cumulate(e0, first, backwards=True)
    e1 = cumulate(e1.reshape(size, p), first, backwards=True)
    out0, out1 = s0 - e0, s1 - e1
    for slot in np.flatnonzero(design.real & (out0 < _CANCELLED * s0)):
        stratum = int(np.searchsorted(first, slot, side="right")) - 1
        begin, end = int(design.row_start[slot]), int(design.stratum_end[stratum])
        rows = begin + np.flatnonzero(design.enter[begin:end] < slot)
        out0[slot] = risk[rows].sum()
        out1[slot] = risk[rows] @ design.x[rows]
    return out0, out1


def _death_sums(design: CoxDesign, risk: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return D0 and D1: the sums of r and r·x over the deaths of each tied slot."""
    size = design.slots.size
    d0, d1 = np.zeros(size), np.zeros((size, design.p))
    if design.tied.size:
        at, edges = design.tied, design.tied_edges
        d0[at] = np.add.reduceat(risk, edges)[::2]
        if design.n <= BLOCK:
            d1[at] = np.add.reduceat(design.x * risk[:, None], edges, axis=0)[::2]
        else:
            _segment_sums(design.x, risk, design.row_start[at], design.deaths[at], at, d1)
    return d0, d1


def _segment_sums(x: FloatArray, risk: FloatArray, begin: IntArray, length: IntArray, slot: IntArray, out: FloatArray) -> None:
    """Write the sum of r·x over each run of rows into its slot of `out`."""
    if not slot.size:
        return
    total = int(length.sum())
    if total >= _LONG_SEGMENT * slot.size:
        runs = list(zip(slot.tolist(), begin.tolist(), (begin + length).tolist(), strict=True))

        def panel(first: int, last: int) -> None:
            for s, low, high in runs[first:last]:
                np.dot(risk[low:high], x[low:high], out=out[s])

        run_panels(panel, len(runs), total * x.shape[1])
        return
    ends = np.cumsum(length)
    low = 0
    while low < slot.size:
        # As many whole runs as fill a block.
        taken = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, taken + BLOCK, side="right")))
        starts = ends[low:high] - length[low:high] - taken
        a, b = int(begin[low]), int(begin[high - 1] + length[high - 1])
        if b - a == int(ends[high - 1]) - taken:
            values = x[a:b] * risk[a:b, None]
        else:
            rows = np.arange(int(ends[high - 1]) - taken) + np.repeat(begin[low:high] - starts, length[low:high])
            values = np.take(x, rows, axis=0) * risk[rows, None]
        out[slot[low:high]] = np.add.reduceat(values, starts, axis=0)
        low = high
