"""Cox regression for few events: Firth's correction (finite even under separation) and ridge shrinkage."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, at_least, choice, float_matrix, float_vector, level
from topline.stats.distributions import chi2_sf, normal_two_sided_array, z_for
from topline.stats.errors import InputError
from topline.stats.result import Result, TestResult
from topline.stats.roots import regula_falsi
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_newton import independent_columns
from topline.stats.survival.risk_sets import RiskSets

PENALTIES = ("firth", "ridge")


@dataclass(frozen=True, eq=False, repr=False)
class PenalisedCox(Result):
    """A penalised Cox model.

    Attributes
    ----------
    names, n, events
        What was fitted.
    coef, std_error : (p,) arrays
        Log hazard ratios at the maximum of the penalised likelihood, and their standard errors from its curvature.
    hazard_ratio, lower, upper : (p,) arrays
        exp(coef) with its interval: profile penalised likelihood for Firth, Wald for ridge. A profile limit that does not
        exist is infinite (or 0).
    p_value : (p,) array
        Penalised likelihood-ratio tests for Firth, Wald for ridge.
    loglik_null, loglik : float
        Penalised log-likelihood at 0 and at the maximum.
    likelihood_ratio_test : TestResult
        All coefficients together.
    covariance : (p, p) array
        Of coef, from the curvature of the penalised likelihood.
    penalty, interval, ties : str
        Name and strength of the penalty, kind of interval, handling of ties.
    """

    names: tuple[str, ...]
    n: int
    events: int
    coef: FloatArray
    std_error: FloatArray
    hazard_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    covariance: FloatArray
    loglik_null: float
    loglik: float
    likelihood_ratio_test: TestResult
    penalty: str
    interval: str
    converged: bool
    iterations: int
    ties: str
    conf_level: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Point:
    value: float
    score: FloatArray
    information: FloatArray


def penalised_cox_regression(
    time: Any,
    event: Any,
    covariates: Any,
    *,
    penalty: str = "firth",
    strength: float | None = None,
    entry: Any = None,
    strata: Any = None,
    weights: Any = None,
    offset: Any = None,
    ties: str = "efron",
    conf_level: float = 0.95,
) -> PenalisedCox:
    """Fit a Cox model with a penalty.

    Parameters
    ----------
    time, event, covariates, entry, strata, weights, offset, ties, conf_level
        As for `cox_regression`.
    penalty : {"firth", "ridge"}
        "firth" adds half the log determinant of the information (Heinze and Schemper 2001); "ridge" takes off
        strength · Σ coef² / 2, on the covariates as they are (R `ridge(scale = FALSE)`).
    strength : float
        Of the ridge; must be given for it, and only for it.

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, no covariate, a strength without ridge or
        below 0.

    Notes
    -----
    Firth's correction keeps second moments of every risk set: memory O(K·p²).
    """
    choice("penalty", penalty, PENALTIES)
    choice("ties", ties, ("efron", "breslow"))
    conf_level = level(conf_level)
    if (penalty == "ridge") != (strength is not None):
        raise InputError("strength belongs to penalty='ridge', which needs it")
    if strength is not None:
        strength = at_least("strength", strength, 0.0)
    plan = RiskSets(time, event, entry=entry, strata=strata, weights=weights)
    x, names = float_matrix("covariates", covariates, plan.n)
    if not names:
        raise InputError("covariates has no column: there is nothing to penalise")
    shift = None if offset is None else float_vector("offset", offset, n=plan.n)
    design = CoxDesign(plan, x, shift, ties == "efron")
    if plan.n_events == 0:
        return _nothing(names, plan, penalty, ties, conf_level, "no events: no coefficient can be estimated")
    fit = _Penalised(design, penalty, 0.0 if strength is None else strength)
    p = design.p
    if penalty == "firth" and not independent_columns(fit.moments(np.zeros(p))[2], float(design.slot_weight.sum())).all():
        why = "not estimable: columns are constant or collinear wherever an event happened; leave some out"
        return _nothing(names, plan, penalty, ties, conf_level, why)
    null = fit.at(np.zeros(p))
    beta, top, iterations, converged = fit.maximise(np.zeros(p), np.arange(p))
    covariance = np.linalg.inv(top.information) / np.outer(design.scale, design.scale)
    coef, error = beta / design.scale, np.sqrt(np.diag(covariance))
    z = z_for(conf_level)
    if penalty == "firth":
        limits = [fit.profile(j, beta, top, z * z) for j in range(p)]
        low = np.array([v[0] for v in limits]) / design.scale
        high = np.array([v[1] for v in limits]) / design.scale
        p_value = np.array([fit.ratio_p(j, top) for j in range(p)])
    else:
        low, high = coef - z * error, coef + z * error
        p_value = normal_two_sided_array(coef / error)
    ratio = max(2.0 * (top.value - null.value), 0.0)
    with np.errstate(over="ignore"):
        hr, lower, upper = np.exp(coef), np.exp(low), np.exp(high)
    return PenalisedCox(
        names=names,
        n=plan.n_used,
        events=plan.n_events,
        coef=coef,
        std_error=error,
        hazard_ratio=hr,
        lower=lower,
        upper=upper,
        p_value=p_value,
        covariance=covariance,
        loglik_null=null.value,
        loglik=top.value,
        likelihood_ratio_test=TestResult(ratio, p, chi2_sf(ratio, p), "penalised likelihood ratio"),
        penalty=penalty if penalty == "firth" else f"ridge, strength {strength:g}",
        interval="profile penalised likelihood" if penalty == "firth" else "Wald",
        converged=converged,
        iterations=iterations,
        ties=ties,
        conf_level=conf_level,
        warnings=() if converged else ("no convergence: do not use the coefficients",),
    )


class _Penalised:
    """The penalised likelihood on a design, with the moments of every (thinned) risk set that Firth's score needs."""

    def __init__(self, design: CoxDesign, penalty: str, strength: float) -> None:
        self.design = design
        self.firth = penalty == "firth"
        self.ridge = strength / design.scale**2
        # The decrement grows with the weights; it is measured as if the events had a mean weight of 1.
        self.unit = float(design.slot_weight.sum()) / max(float(design.slots.count.sum()), 1.0)
        # One row for each event time and Efron fraction: its slot, its fraction, its weight.
        slot = np.flatnonzero(design.real)
        if design.efron:
            size = design.deaths[slot]
            self.slot = np.repeat(slot, size)
            start = np.cumsum(size) - size
            self.fraction = (np.arange(len(self.slot)) - np.repeat(start, size)) / np.repeat(size, size)
            self.mass = design.mean_weight[self.slot]
        else:
            self.slot, self.fraction = slot, np.zeros(len(slot))
            self.mass = design.slot_weight[slot]

    def moments(self, beta: FloatArray) -> tuple[float, FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return log-likelihood, score, information, and the means and second moments of every thinned risk set."""
        d = self.design
        eta = d.x @ beta if d.offset is None else d.x @ beta + d.offset
        top = float(eta.max())
        risk = np.exp(eta - top) if d.weight is None else np.exp(eta - top) * d.weight
        s0 = self._sums(risk[:, None])[:, 0]
        means = self._sums(risk[:, None] * d.x) / s0[:, None]
        outer = (d.x[:, :, None] * d.x[:, None, :]).reshape(d.n, -1)
        second = (self._sums(risk[:, None] * outer) / s0[:, None]).reshape(-1, d.p, d.p)
        loglik = float(d.dead_weight @ (eta[d.dead] - top)) - float(self.mass @ np.log(s0))
        score = d.score_constant - self.mass @ means
        information = np.tensordot(self.mass, second, axes=1) - (means * self.mass[:, None]).T @ means
        self._risk, self._s0 = risk, s0
        return loglik, score, information, means, second

    def at(self, beta: FloatArray) -> _Point:
        """Return the penalised log-likelihood with its score, and the information that drives Newton's method."""
        d = self.design
        loglik, score, information, means, second = self.moments(beta)
        if not self.firth:
            return _Point(loglik - 0.5 * float(self.ridge @ beta**2), score - self.ridge * beta, information + np.diag(self.ridge))
        sign, log_det = np.linalg.slogdet(information)
        if sign <= 0:
            return _Point(-math.inf, score, information)
        inverse = np.linalg.inv(information)
        # Third central moments contracted with the inverse information: d log|I| / d beta.
        quadratic = np.einsum("ij,jk,ik->i", d.x, inverse, d.x)
        third = self._sums((self._risk * quadratic)[:, None] * d.x) / self._s0[:, None]
        lean = means @ inverse
        spread = np.einsum("kij,ij->k", second, inverse)
        bend = np.einsum("ki,ki->k", lean, means)
        slope = third - 2.0 * np.einsum("kij,kj->ki", second, lean) - means * spread[:, None]
        slope += 2.0 * means * bend[:, None]
        # The determinant belongs to the covariates as they were given, not as they were scaled.
        log_det += 2.0 * float(np.log(d.scale).sum())
        return _Point(loglik + 0.5 * log_det, score + 0.5 * (self.mass @ slope), information)

    def maximise(self, start: FloatArray, free: Any) -> tuple[FloatArray, _Point, int, bool]:
        """Maximise over the free coefficients; the rest stay where they are."""
        beta, here = start.copy(), self.at(start)
        block = np.ix_(free, free)
        for iteration in range(200):
            if not len(free):
                return beta, here, iteration, True
            step = np.zeros(len(beta))
            step[free] = np.linalg.solve(here.information[block], here.score[free])
            decrement = float(here.score[free] @ step[free]) / self.unit
            if abs(decrement) < 1e-20:
                return beta, here, iteration, True
            longest = float(np.abs(step).max())
            if longest > 5.0:
                step *= 5.0 / longest
            there = self.at(beta + step)
            tries = 0
            while not there.value >= here.value - 1e-13 * abs(here.value) and tries < 40:
                step, tries = 0.5 * step, tries + 1
                there = self.at(beta + step)
            stuck = abs(there.value - here.value) <= 1e-15 * abs(here.value) and abs(decrement) < 1e-18
            beta, here = beta + step, there
            if stuck:
                return beta, here, iteration, True
        return beta, here, 200, False

    def profile(self, j: int, beta: FloatArray, top: _Point, drop: float) -> tuple[float, float]:
        """Return where twice the profile penalised log-likelihood has fallen by `drop` on either side of the maximum."""
        free = np.array([k for k in range(len(beta)) if k != j], dtype=np.intp)
        width = math.sqrt(drop * float(np.linalg.inv(top.information)[j, j]))
        limits = []
        for side in (-1.0, 1.0):
            state = {"beta": beta}

            def excess(value: float, state: dict[str, FloatArray] = state) -> float:
                start = state["beta"].copy()
                start[j] = value
                found, point, _, _ = self.maximise(start, free)
                state["beta"] = found
                return 2.0 * (top.value - point.value) - drop

            reach, far = width, math.inf * side
            for _ in range(30):
                edge = float(beta[j] + side * reach)
                if abs(edge) > 100.0:
                    break
                if excess(edge) > 0.0:
                    far = regula_falsi(excess, float(beta[j]), edge)
                    break
                reach *= 1.6
            limits.append(far)
        return limits[0], limits[1]

    def ratio_p(self, j: int, top: _Point) -> float:
        """Return the p-value of the penalised likelihood-ratio test of one coefficient."""
        free = np.array([k for k in range(self.design.p) if k != j], dtype=np.intp)
        _, point, _, _ = self.maximise(np.zeros(self.design.p), free)
        return chi2_sf(max(2.0 * (top.value - point.value), 0.0), 1)

    def _sums(self, values: FloatArray) -> FloatArray:
        """Sum over every (thinned) risk set."""
        d = self.design
        out = np.empty((len(self.slot), values.shape[1]))
        total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values[::-1], axis=0)])[::-1]
        for k, (slot, fraction) in enumerate(zip(self.slot, self.fraction, strict=True)):
            stratum = int(np.searchsorted(d.slots.first, slot, side="right")) - 1
            begin, end = int(d.row_start[slot]), int(d.stratum_end[stratum])
            if d.enter is None and len(d.stratum_end) == 1:
                out[k] = total[begin]
            else:
                part = values[begin:end]
                out[k] = part.sum(axis=0) if d.enter is None else part[d.enter[begin:end] < slot].sum(axis=0)
            if fraction > 0.0:
                out[k] -= fraction * values[begin : begin + int(d.deaths[slot])].sum(axis=0)
        return out


def _nothing(names: tuple[str, ...], plan: RiskSets, penalty: str, ties: str, conf_level: float, why: str) -> PenalisedCox:
    p = len(names)
    empty = np.full(p, np.nan)
    test = TestResult(math.nan, 0, math.nan, "penalised likelihood ratio", (why,))
    return PenalisedCox(
        names, plan.n_used, plan.n_events, empty, empty, empty, empty, empty, empty, np.full((p, p), np.nan),
        math.nan, math.nan, test, penalty, "", False, 0, ties, conf_level, (why,),
    )  # fmt: skip
