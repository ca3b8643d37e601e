"""Times known only to lie in an interval (between two visits): the survival function that makes them most likely (Turnbull 1976)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, IntArray, float_vector
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.risk_sets import distinct_times

# The estimate is accepted when no shift of mass can raise the log-likelihood by more than this, per unit of weight.
GAP = 1e-10
MOST_ITERATIONS = 5000
# Later rounds are of EM alone: differences of cumulated masses carry a rounding that hides masses of 1e-12, EM does not.
ROUNDS_WITH_STEPS = 500


@dataclass(frozen=True, eq=False, repr=False)
class TurnbullAt(Result):
    """A survival function of interval-censored times, read at given times; numbers for one time, arrays for several.

    Attributes
    ----------
    time
        When it was read.
    survival
        S(t); NaN strictly inside an interval that holds mass, for the data do not say where in it the events lie.
    lowest, highest
        What S(t) may be with all mass of that interval before t, or all after it; both are S(t) where it is determined.
        These are no confidence limits.
    warnings : tuple of str
        Where S(t) is not determined.
    """

    time: Any
    survival: Any
    lowest: Any
    highest: Any
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Turnbull(Result):
    """Nonparametric maximum-likelihood estimate from interval-censored times: masses on the intervals that can hold any.

    Attributes
    ----------
    n : int
        Rows with a positive weight.
    lower, upper : (m,) arrays
        The maximal intersections (lower, upper], ascending; a single time where both are equal; upper may be infinite.
    mass : (m,) array
        Probability of each; some are 0. How a mass is spread within its interval cannot be estimated.
    survival : (m,) array
        S at `upper`: the mass that lies beyond.
    loglik : float
        Log-likelihood at its maximum.
    gap : float
        Largest gain of log-likelihood, per unit of weight, that any other distribution can have at most: the condition of
        Karush, Kuhn and Tucker (Gentleman and Geyer 1994).
    converged, iterations
        Whether `gap` is at most 1e-10, and after how many rounds.
    warnings : tuple of str
        What to know before trusting the numbers.
    """

    n: int
    lower: FloatArray
    upper: FloatArray
    mass: FloatArray
    survival: FloatArray
    loglik: float
    gap: float
    converged: bool
    iterations: int
    warnings: tuple[str, ...] = ()

    def at(self, times: Any) -> TurnbullAt:
        """Read S(t) at given times (at least 0): NaN, with its range, where the data do not determine it."""
        single = np.ndim(times) == 0
        when = float_vector("times", times, minimum=0.0)
        beyond = np.concatenate([[1.0], self.survival])
        lowest = beyond[np.searchsorted(self.lower, when, side="left")]
        highest = beyond[np.searchsorted(self.upper, when, side="right")]
        # A point at t has fallen by t, although its lower end does not lie before t.
        lowest = np.minimum(lowest, highest)
        open_here = highest > lowest
        notes = []
        if open_here.any():
            asked = ", ".join(f"{t:g}" for t in when[open_here][:5])
            notes.append(f"not determined inside an interval that holds mass: asked at {asked}; see lowest and highest")
        parts: list[Any] = [when, np.where(open_here, np.nan, lowest), lowest, highest]
        if single:
            parts = [float(v[0]) for v in parts]
        return TurnbullAt(parts[0], parts[1], parts[2], parts[3], tuple(notes))


def turnbull(left: Any, right: Any, *, weights: Any = None) -> Turnbull:
    """Estimate the survival function of times that are known exactly, or only to lie in an interval.

    The time of row i lies in (left, right]: after the visit at `left` and by the visit at `right`. The same number twice
    is an exact time; `left` 0 is a left-censored one; `right` infinite is a right-censored one (an event on the day of
    the last visit would have been seen). With exact and right-censored times only, the result is Kaplan–Meier's.

    Parameters
    ----------
    left, right : (n,) arrays
        Ends of the interval of each row, any unit of time, at least 0; `right` at least `left`, infinity allowed.
    weights : (n,) array, optional
        Case weights, at least 0.

    Returns
    -------
    Turnbull
        Masses and S(t), without standard errors.

    Raises
    ------
    InputError
        For no rows, NaN, negative or infinite `left`, `right` before `left`, arrays of different lengths, weights that are
        negative or all 0.

    Notes
    -----
    Every round takes one step of the EM algorithm and one of the iterative convex minorant (Wellner and Zhan 1997), until
    the condition of Gentleman and Geyer (1994) proves the maximum. The masses are unique: for every maximal intersection
    there is a row that starts with it, so that the rows' probabilities determine the masses from the last to the first.
    Times that differ by less than 1.5e-8 are one time. Agrees with R `survival::survfit` for `type = "interval2"`, whose
    curve falls at the middle of each interval, once its stopping rule (5e-5) is made tight and its Aitken steps, which can
    end below the maximum, are switched off.

    References
    ----------
    Turnbull (1976), Journal of the Royal Statistical Society B 38:290–295.
    """
    start = float_vector("left", left, minimum=0.0)
    n = len(start)
    if n == 0:
        raise InputError("left is empty: at least one row was expected")
    stop = _right_ends(right, n)
    if (stop < start).any():
        i = int(np.argmax(stop < start))
        raise InputError(f"left[{i}] is {start[i]:g} and right[{i}] is {stop[i]:g}: right must not come before left")
    weight = np.ones(n) if weights is None else float_vector("weights", weights, n=n, minimum=0.0)
    used = weight > 0.0
    if not used.any():
        raise InputError("weights are all 0: at least one row must count")
    lower, upper, first, last = _maximal_intersections(start[used], stop[used])
    rows, which = np.unique(np.stack([first, last]), axis=1, return_inverse=True)
    total = np.bincount(which.reshape(-1), weights=weight[used]).astype(float)
    fit = _Likelihood(rows[0], rows[1], total, len(lower))
    mass, gap, iterations = fit.maximise()
    late = f"not converged after {iterations} rounds: the log-likelihood may still rise by {gap * total.sum():.3g}"
    return Turnbull(
        n=int(used.sum()),
        lower=lower,
        upper=upper,
        mass=mass,
        survival=np.append(np.cumsum(mass[::-1])[::-1][1:], 0.0),
        loglik=float(total @ np.log(fit.probability(mass))),
        gap=gap,
        converged=gap <= GAP,
        iterations=iterations,
        warnings=() if gap <= GAP else (late,),
    )


def _right_ends(right: Any, n: int) -> FloatArray:
    """Return the right ends, where infinity is allowed."""
    raw = np.asarray(right)
    if raw.dtype.kind != "f":
        return float_vector("right", raw, n=n)
    endless = np.isposinf(raw)
    ends = float_vector("right", np.where(endless, 0.0, raw), n=n)
    return np.where(endless.reshape(-1), math.inf, ends)


def _maximal_intersections(start: FloatArray, stop: FloatArray) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """Return the ends of the maximal intersections, and for each row the range [first, last) of those inside it.

    The line is cut into cells, 2k for the k-th distinct time itself and 2k + 1 for what follows it; a maximal intersection
    is a first cell of some row and a last cell of some row with no other first or last cell between.
    """
    finite = np.isfinite(stop)
    time, code = distinct_times(np.concatenate([start, stop[finite]]))
    from_code = code[: len(start)]
    to_code = np.full(len(stop), len(time))
    to_code[finite] = code[len(start) :]
    opens = 2 * from_code + (from_code < to_code)
    closes = np.where(finite, 2 * to_code, 2 * len(time) - 1)
    begin, end = np.unique(opens), np.unique(closes)
    latest = begin[np.searchsorted(begin, end, side="right") - 1]
    nearest = np.concatenate([[True], latest[1:] > latest[:-1]])
    begin, end = latest[nearest], end[nearest]
    lower = time[begin // 2]
    upper = np.where(end % 2 == 0, time[end // 2], math.inf)
    return lower, upper, np.searchsorted(begin, opens), np.searchsorted(end, closes, side="right")


class _Likelihood:
    """Sum of weight · log(F[last] − F[first]) over rows, with F the cumulated masses; every pass is O(rows + masses)."""

    def __init__(self, first: IntArray, last: IntArray, weight: FloatArray, size: int) -> None:
        self.first, self.last, self.weight, self.size = first, last, weight, size
        self.total = float(weight.sum())

    def probability(self, mass: FloatArray) -> FloatArray:
        """Return each row's probability; where it is small, from its own masses, for a difference would be rounding."""
        edges = np.concatenate([[0.0], np.cumsum(mass)])
        out = edges[self.last] - edges[self.first]
        small = np.flatnonzero(out < 1e-6)
        if small.size:
            ends = np.stack([self.first[small], self.last[small]], axis=1).ravel()
            out[small] = np.add.reduceat(np.append(mass, 0.0), ends)[::2]
        return np.asarray(out)

    def gain(self, mass: FloatArray) -> FloatArray:
        """Return the derivative in each mass over the total weight: 1 where mass lies, at most 1 elsewhere, at the maximum."""
        rate = self.weight / self.probability(mass)
        jumps = np.bincount(self.first, rate, self.size + 1) - np.bincount(self.last, rate, self.size + 1)
        return np.asarray(np.cumsum(jumps)[:-1] / self.total)

    def maximise(self) -> tuple[FloatArray, float, int]:
        """Return the masses, the gap that is left, and the number of rounds."""
        mass = np.full(self.size, 1.0 / self.size)
        for iteration in range(MOST_ITERATIONS):
            gain = self.gain(mass)
            mass = mass * gain / (mass @ gain)
            gain = self.gain(mass)
            if gain.max() <= 1.0 + GAP:
                kept = self._without_residue(mass, gain)
                gap = float(self.gain(kept).max()) - 1.0
                if gap <= GAP:
                    return kept, max(gap, 0.0), iteration + 1
            if iteration < ROUNDS_WITH_STEPS:
                mass = self._convex_minorant_step(mass)
        return mass, float(self.gain(mass).max()) - 1.0, MOST_ITERATIONS

    def _without_residue(self, mass: FloatArray, gain: FloatArray) -> FloatArray:
        """Take away the specks where a maximum holds no mass (the derivative stays below 1), unless a row lives on them alone."""
        speck = (gain < 1.0 - 1e-6) & (mass < 1e-9)
        starved = self.probability(np.where(speck, 0.0, mass)) <= 0.0
        jumps = np.bincount(self.first[starved], minlength=self.size + 1) - np.bincount(self.last[starved], minlength=self.size + 1)
        kept = np.where(speck & (np.cumsum(jumps)[:-1] == 0), 0.0, mass)
        return np.asarray(kept / kept.sum())

    def _convex_minorant_step(self, mass: FloatArray) -> FloatArray:
        """Return the masses after a Newton step with a diagonal Hessian, kept monotone, halved until the likelihood rises."""
        from scipy.optimize import isotonic_regression

        now = self.probability(mass)
        before = float(self.weight @ np.log(now))
        rate, bend = self.weight / now, self.weight / now**2
        slope = (np.bincount(self.last, rate, self.size + 1) - np.bincount(self.first, rate, self.size + 1))[1:-1]
        curvature = (np.bincount(self.last, bend, self.size + 1) + np.bincount(self.first, bend, self.size + 1))[1:-1]
        inner = np.cumsum(mass)[:-1]
        target = np.clip(isotonic_regression(inner + slope / curvature, weights=curvature).x, 0.0, 1.0)
        step = 1.0
        while step > 1e-6:
            edges = np.concatenate([[0.0], inner + step * (target - inner), [1.0]])
            trial = np.maximum(np.diff(edges), 0.0)
            then = self.probability(trial)
            if then.min() > 0.0 and float(self.weight @ np.log(then)) >= before + 0.1 * step * float(slope @ (target - inner)):
                return trial
            step *= 0.5
        return mass
