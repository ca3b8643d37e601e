"""Logistic regression, with Firth's correction for rare outcomes and separation."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, event_vector, float_matrix, float_vector, level
from topline.stats.distributions import chi2_sf, normal_two_sided_array, z_for
from topline.stats.errors import InputError
from topline.stats.result import Result, TestResult
from topline.stats.roots import regula_falsi
from topline.stats.survival.cox_newton import independent_columns

INTERVALS = ("wald", "profile")


@dataclass(frozen=True, eq=False, repr=False)
class LogisticRegression(Result):
    """A fitted logistic model.

    Attributes
    ----------
    names : tuple of str
        "(intercept)" and the covariates.
    n, events : int
        Rows with a positive weight, and those with the outcome.
    coef, std_error : (p + 1,) arrays
        Log odds ratios and their standard errors.
    odds_ratio, lower, upper : (p + 1,) arrays
        exp(coef) with its interval, of the kind that `interval` names.
    z, p_value : (p + 1,) arrays
        Wald statistic; two-sided p-value of the Wald test, or of the (penalised) likelihood-ratio test where `interval` is
        "profile".
    covariance : (p + 1, p + 1) array
        Of coef.
    firth : bool
        Whether the likelihood was penalised.
    loglik_null, loglik : float
        (Penalised) log-likelihood with all other coefficients 0, and of the model. Firth's penalty is that of the whole model in
        both (Heinze and Schemper 2002), so that the test doesn't depend on the unit of a covariate.
    likelihood_ratio_test : TestResult
        All covariates together.
    """

    names: tuple[str, ...]
    n: int
    events: int
    coef: FloatArray
    std_error: FloatArray
    odds_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    z: FloatArray
    p_value: FloatArray
    covariance: FloatArray
    loglik_null: float
    loglik: float
    likelihood_ratio_test: TestResult
    converged: bool
    iterations: int
    firth: bool
    interval: str
    conf_level: float
    warnings: tuple[str, ...] = ()

    def predict(self, covariates: Any) -> FloatArray:
        """Return the probability of the outcome for each row of covariates."""
        x, _ = float_matrix("covariates", covariates)
        eta = self.coef[0] + x @ np.where(np.isnan(self.coef[1:]), 0.0, self.coef[1:])
        return np.asarray(_expit(eta))


def logistic_regression(
    outcome: Any,
    covariates: Any,
    *,
    weights: Any = None,
    offset: Any = None,
    firth: bool = False,
    interval: str | None = None,
    conf_level: float = 0.95,
) -> LogisticRegression:
    """Fit a logistic model with an intercept.

    Parameters
    ----------
    outcome : (n,) array of bool or 0/1
        Whether the outcome happened.
    covariates : (n, p) array or data frame
        Covariates as numbers.
    weights, offset : (n,) arrays, optional
        Case weights, and a term with coefficient 1.
    firth : bool
        Firth's (1993) bias-reducing penalty: finite estimates even under separation (Heinze and Schemper 2002).
    interval : {"wald", "profile"}, optional
        "profile" by default with Firth's penalty, else "wald".
    conf_level : float
        Level of the intervals.

    Raises
    ------
    InputError
        For an outcome other than 0 and 1, NaN or infinity, arrays of different lengths, weights below 0 or all 0.

    Notes
    -----
    Agrees with R `glm` and `brglm2` (type "AS_mean") to 1e-8.
    """
    conf_level = level(conf_level)
    x, names = float_matrix("covariates", covariates)
    n = len(x)
    if n == 0:
        raise InputError("covariates is empty: at least one row was expected")
    y = event_vector(outcome, n, "outcome").astype(float)
    w = np.ones(n) if weights is None else float_vector("weights", weights, n=n, minimum=0.0)
    if not w.any():
        raise InputError("weights are all 0: at least one row must count")
    shift = np.zeros(n) if offset is None else float_vector("offset", offset, n=n)
    interval = interval or ("profile" if firth else "wald")
    choice("interval", interval, INTERVALS)
    centre = x.mean(axis=0)
    spread = x.std(axis=0)
    constant = spread <= 1e-13 * np.abs(centre)
    scale = np.where(constant, 1.0, spread)
    z_matrix = np.column_stack([np.ones(n), (x - centre) / scale * ~constant])
    model = _Likelihood(z_matrix, y, w, shift, firth, 0.0)
    start = np.zeros(x.shape[1] + 1)
    _, _, information = model.at(start)
    keep = np.flatnonzero(independent_columns(information, float(w.sum())))
    # Firth's determinant belongs to the covariates as they were given, not as they were scaled.
    model = dataclasses.replace(model, log_scale=2.0 * float(np.log(scale[keep[keep > 0] - 1]).sum()))
    null_beta, null_value, _, _ = model.maximise(start, keep[keep == 0], keep)
    beta, value, iterations, converged = model.maximise(null_beta, keep)
    p = len(start)
    notes = []
    gone = [("(intercept)", *names)[j] for j in range(p) if j not in set(keep.tolist())]
    if gone:
        notes.append(f"not estimable: {', '.join(gone)} (constant, or a combination of earlier columns)")
    if not converged:
        advice = "do not use the coefficients" if firth else "a coefficient runs to infinity; use firth=True"
        notes.append(f"separation or no convergence: {advice}")
    # Back from centred and scaled columns: an upper triangular change of the intercept.
    back = np.diag(np.concatenate([[1.0], 1.0 / scale]))
    back[0, 1:] = -centre / scale
    covariance = np.full((p, p), np.nan)
    block = np.ix_(keep, keep)
    _, _, information = model.at(beta)
    part = back[:, keep] @ np.linalg.pinv(information[block], hermitian=True) @ back[:, keep].T
    covariance[block] = part[block]
    coef = np.where(np.isin(np.arange(p), keep), back @ beta, np.nan)
    error = np.sqrt(np.diag(covariance))
    z = coef / error
    if interval == "profile":
        low, high, p_value = _profile(model, beta, value, keep, back, error, z_for(conf_level) ** 2)
    else:
        half = z_for(conf_level) * error
        low, high, p_value = coef - half, coef + half, normal_two_sided_array(z)
    ratio = max(2.0 * (value - null_value), 0.0)
    with np.errstate(over="ignore"):
        odds, lower, upper = np.exp(coef), np.exp(low), np.exp(high)
    df = len(keep) - 1
    name = "penalised likelihood ratio" if firth else "likelihood ratio"
    test = TestResult(ratio, df, chi2_sf(ratio, df), name)
    if df < 1:
        test = TestResult(math.nan, 0, math.nan, name, ("not estimable: no covariate could be estimated",))
    return LogisticRegression(
        names=("(intercept)", *names),
        n=int(np.count_nonzero(w)),
        events=int(np.count_nonzero((y > 0) & (w > 0))),
        coef=coef,
        std_error=error,
        odds_ratio=odds,
        lower=lower,
        upper=upper,
        z=z,
        p_value=p_value,
        covariance=covariance,
        loglik_null=null_value,
        loglik=value,
        likelihood_ratio_test=test,
        converged=converged,
        iterations=iterations,
        firth=firth,
        interval=interval,
        conf_level=conf_level,
        warnings=tuple(notes),
    )


@dataclass(frozen=True, eq=False)
class _Likelihood:
    x: FloatArray
    y: FloatArray
    weight: FloatArray
    offset: FloatArray
    firth: bool
    log_scale: float

    def at(self, beta: FloatArray, free: Any = None) -> tuple[float, FloatArray, FloatArray]:
        """Return value, score and information; Firth's determinant runs over the free columns."""
        eta = self.x @ beta + self.offset
        p = _expit(eta)
        value = float(self.weight @ (self.y * eta - np.logaddexp(0.0, eta)))
        score = self.x.T @ (self.weight * (self.y - p))
        v = self.weight * p * (1.0 - p)
        information = (self.x * v[:, None]).T @ self.x
        if self.firth:
            index = np.arange(len(beta)) if free is None else free
            part = self.x[:, index]
            block = information[np.ix_(index, index)]
            sign, log_det = np.linalg.slogdet(block)
            if sign <= 0:
                return -math.inf, score, information
            hat = v * np.einsum("ij,jk,ik->i", part, np.linalg.inv(block), part)
            value += 0.5 * (float(log_det) + self.log_scale)
            score = score + self.x.T @ (hat * (0.5 - p))
        return value, score, information

    def maximise(self, start: FloatArray, free: Any, within: Any = None) -> tuple[FloatArray, float, int, bool]:
        """Maximise over the free coefficients; `within` are the columns of Firth's determinant (the free ones)."""
        index = free if within is None else within
        beta, (value, score, information) = start.copy(), self.at(start, index)
        block = np.ix_(free, free)
        # The decrement grows with the weights; it is measured as if their mean were 1.
        unit = float(self.weight.sum()) / float(np.count_nonzero(self.weight))
        for iteration in range(100):
            if not len(free):
                return beta, value, iteration, True
            step = np.zeros(len(beta))
            step[free] = np.linalg.lstsq(information[block], score[free], rcond=None)[0]
            decrement = float(score[free] @ step[free]) / unit
            moved = float(np.abs(self.x @ step).max())
            if abs(decrement) < 1e-20:
                return beta, value, iteration, True
            if not self.firth and abs(decrement) < 1e-6 and moved > 0.1:
                return beta, value, iteration, False
            if moved > 10.0:
                step *= 10.0 / moved
            trial = self.at(beta + step, index)
            tries = 0
            while not trial[0] >= value - 1e-13 * abs(value) and tries < 40:
                step, tries = 0.5 * step, tries + 1
                trial = self.at(beta + step, index)
            stuck = abs(trial[0] - value) <= 1e-15 * abs(value) and abs(decrement) < 1e-18
            beta, (value, score, information) = beta + step, trial
            if stuck:
                return beta, value, iteration, True
        return beta, value, 100, False


def _profile(
    model: _Likelihood, beta: FloatArray, top: float, keep: Any, back: FloatArray, error: FloatArray, drop: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return profile limits and likelihood-ratio p-values on the scale of the given covariates."""
    p = len(beta)
    low, high, p_value = np.full(p, np.nan), np.full(p, np.nan), np.full(p, np.nan)
    for j in keep.tolist():
        # The intercept of the given covariates mixes all columns: profile it by moving their zero there.
        own = model
        centre = beta
        if j == 0:
            moved = model.x.copy()
            moved[:, 1:] += back[0, 1:] * -1.0
            own = _Likelihood(moved, model.y, model.weight, model.offset, model.firth, model.log_scale)
            centre = beta.copy()
            centre[0] = float((back @ beta)[0])
        unit = float(back[j, j])
        rest = keep[keep != j]
        excess = _excess(own, centre, j, rest, keep, top, drop)
        for side, out in ((-1.0, low), (1.0, high)):
            reach, out[j] = math.sqrt(drop) * float(error[j]) / unit, side * math.inf
            for _ in range(30):
                edge = float(centre[j] + side * reach)
                if abs(edge) > 200.0:
                    break
                if excess(edge) > 0.0:
                    out[j] = regula_falsi(excess, float(centre[j]), edge) * unit
                    break
                reach *= 1.5
        p_value[j] = chi2_sf(max(excess(0.0) + drop, 0.0), 1)
    return low, high, p_value


def _excess(model: _Likelihood, centre: FloatArray, j: int, rest: Any, keep: Any, top: float, drop: float) -> Callable[[float], float]:
    warm = centre

    def excess(value: float) -> float:
        nonlocal warm
        start = warm.copy()
        start[j] = value
        warm, found, _, _ = model.maximise(start, rest, keep)
        return 2.0 * (top - found) - drop

    return excess


def _expit(eta: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-np.logaddexp(0.0, -eta)))
