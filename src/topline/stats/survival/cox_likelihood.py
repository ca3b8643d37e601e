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
from topline.stats.survival.kernels import CANCELLED, kernels
from topline.stats.survival.panels import run_panels, steady_apply, steady_dot, steady_product

# Above this mean number of rows a slot, one matrix-vector product a slot beats a segmented sum.
_LONG_SEGMENT = 48


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
    eta = _linear_predictor(design, beta)
    shift = _largest(design, eta)
    risk, s0, s1, d0, d1 = _slot_sums(design, eta, shift)
    s0, s1 = _at_risk_sums(design, risk, s0, s1)
    s0 = np.where(design.real, s0, 1.0)
    with np.errstate(all="ignore"):
        inverse = 1.0 / s0
        means = s1 * inverse[:, None]
        dead_means = d1 * inverse[:, None] if design.tied.size else d1
        ties = _tie_sums(design, s0, d0 * inverse)
        jump = ties.c0 * inverse
        row_hazard = exposure(design, jump, ties.c1 * inverse)
        loglik = design.dead_predictor(beta) - float(steady_dot(design.slot_weight, design.per_slot(shift))) - ties.log_sum
        score = design.score_constant - steady_dot(ties.c0, means)
        if design.tied.size:
            score += steady_dot(ties.c1[design.tied], dead_means[design.tied])
        information = gram(design, risk, row_hazard) - between(design, ties, means, dead_means)
    return Evaluation(loglik, score, information, eta, risk, shift, s0, means, dead_means, ties, jump, row_hazard)


def between(design: CoxDesign, ties: TieSums, means: FloatArray, dead_means: FloatArray) -> FloatArray:
    """Return the outer products of the risk sets' means that the information subtracts."""
    out = steady_product(means, means, ties.q0)
    if design.tied.size:
        at = design.tied
        cross = steady_product(means[at], dead_means[at], ties.q1[at])
        out += steady_product(dead_means[at], dead_means[at], ties.q2[at]) - cross - cross.T
    return np.asarray(out)


def gram(design: CoxDesign, risk: FloatArray, row_hazard: FloatArray) -> FloatArray:
    """Return XᵀWX, with W the hazard of each row times its risk (pass B)."""
    fast = kernels(design.x.size)
    if fast is not None:
        return np.asarray(fast.gram(design.x, risk, row_hazard))
    return steady_product(design.x, design.x, risk * row_hazard)


def exposure(design: CoxDesign, jump: FloatArray, thinned: FloatArray) -> FloatArray:
    """Return, for each sorted row, the sum of `jump` over its slots, less `thinned` for tied deaths."""
    total = cumulate(jump, design.slots.first)
    fast = kernels(design.x.size)
    if fast is not None:
        return np.asarray(fast.exposure(design, total, jump, thinned))
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
    return np.asarray(late[(after - before < CANCELLED * after) & (design.stop[late] > design.enter[late])])


def _tie_sums(design: CoxDesign, s0: FloatArray, share: FloatArray) -> TieSums:
    """Return the tie method's scalars of each slot; `share` is D0/S0."""
    weight = design.slot_weight
    log_sum = float(steady_dot(weight, np.log(s0)))
    zero = np.zeros_like(s0)
    if not design.tied.size:
        return TieSums(weight, zero, weight, zero, zero, log_sum)
    at = design.tied
    mean = design.mean_weight[at]
    sums, logs = _fraction_sums(design, share[at])
    log_sum += float(steady_dot(mean, logs))
    c0, c1, q0, q1, q2 = weight.copy(), zero, weight.copy(), zero.copy(), zero.copy()
    for out, total in zip((c0, c1, q0, q1, q2), sums, strict=True):
        out[at] = mean * total
    return TieSums(c0, c1, q0, q1, q2, log_sum)


def _fraction_sums(design: CoxDesign, share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return, by tied slot, the sums of 1/left, f/left, 1/left², f/left² and f²/left², and of log(left), with left = 1 − f·share."""
    fast = kernels(design.x.size)
    if fast is not None:
        both: tuple[FloatArray, FloatArray] = fast.tie_sums(share, design.deaths[design.tied])
        return both
    fraction, slot, start = design.tie_fractions
    left = 1.0 - fraction * share[slot]
    logs = np.add.reduceat(np.log(left), start)
    np.reciprocal(left, out=left)
    thinned = fraction * left
    sums = np.empty((5, len(share)))
    for k, part in enumerate((left, thinned, left * left, thinned * left, thinned * thinned)):
        sums[k] = np.add.reduceat(part, start)
    return sums, logs


def _linear_predictor(design: CoxDesign, beta: FloatArray) -> FloatArray:
    fast = kernels(design.x.size)
    if fast is not None:
        return np.asarray(fast.linear_predictor(design.x, beta, design.offset))
    eta = steady_apply(design.x, beta)
    if design.offset is not None:
        eta += design.offset
    return eta


def _largest(design: CoxDesign, eta: FloatArray) -> FloatArray:
    """Return each stratum's largest η."""
    if len(design.stratum_end) == 1:
        return np.array([eta.max()])
    return np.asarray(np.maximum.reduceat(eta, np.concatenate([[0], design.stratum_end[:-1]])))


def _slot_sums(design: CoxDesign, eta: FloatArray, shift: FloatArray) -> tuple[FloatArray, ...]:
    """Return r = w·exp(η − largest) by row, and by slot the sums of r and r·x over its rows and over its tied deaths (pass A)."""
    fast = kernels(design.x.size)
    if fast is not None:
        sums: tuple[FloatArray, ...] = fast.slot_sums(design, eta, design.per_slot(shift))
        return sums
    risk = np.exp(eta - (shift[0] if len(shift) == 1 else design.per_row(shift)))
    if design.weight is not None:
        risk *= design.weight
    full, starts, length = design.filled
    s0, s1 = np.zeros(design.slots.size), np.zeros((design.slots.size, design.p))
    s0[full] = np.add.reduceat(risk, starts)
    if design.n <= BLOCK:
        s1[full] = np.add.reduceat(design.x * risk[:, None], starts, axis=0)
    else:
        _segment_sums(design.x, risk, starts, length, full, s1)
    d0, d1 = _death_sums(design, risk)
    return risk, s0, s1, d0, d1


def _at_risk_sums(design: CoxDesign, risk: FloatArray, s0: FloatArray, s1: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return S0 and S1 of every slot's risk set from the slots' own sums."""
    first = design.slots.first
    s0, s1 = cumulate(s0, first, backwards=True), cumulate(s1, first, backwards=True)
    if design.enter is None or not design.late.size:
        return s0, s1
    e0, e1 = _entry_sums(design, risk)
    # A row that enters at slot a is at risk from slot a + 1 on: take it off slot a and all earlier ones.
    out0, out1 = s0 - cumulate(e0, first, backwards=True), s1 - cumulate(e1, first, backwards=True)
    for slot in np.flatnonzero(design.real & (out0 < CANCELLED * s0)):
        stratum = int(np.searchsorted(first, slot, side="right")) - 1
        begin, end = int(design.row_start[slot]), int(design.stratum_end[stratum])
        rows = begin + np.flatnonzero(design.enter[begin:end] < slot)
        out0[slot] = risk[rows].sum()
        out1[slot] = risk[rows] @ design.x[rows]
    return out0, out1


def _entry_sums(design: CoxDesign, risk: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sums of r and r·x over the rows that enter after each slot."""
    assert design.enter is not None, "only rows with entry times are late"
    fast, late, size, p = kernels(design.x.size), design.late, design.slots.size, design.p
    if fast is not None:
        sums: tuple[FloatArray, FloatArray] = fast.entry_sums(design, risk)
        return sums
    at = design.enter[late]
    e0, e1 = total_by(at, risk[late], size), np.zeros(size * p)
    columns = np.arange(p)
    for low in range(0, late.size, 4 * BLOCK):
        rows = late[low : low + 4 * BLOCK]
        index = (at[low : low + 4 * BLOCK, None] * p + columns).ravel()
        e1 += total_by(index, (np.take(design.x, rows, axis=0) * risk[rows, None]).ravel(), size * p)
    return e0, e1.reshape(size, p)


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
