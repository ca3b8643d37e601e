"""Parametric survival regression: Weibull, exponential, log-normal and log-logistic times, with delayed entry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, float_matrix, float_vector, level
from topline.stats.distributions import chi2_sf, normal_quantile, normal_two_sided_array, z_for
from topline.stats.errors import InputError
from topline.stats.result import Result, TestResult
from topline.stats.survival.cox_newton import independent_columns
from topline.stats.survival.error_distributions import density_part, survival_part
from topline.stats.survival.likelihood_maximum import maximise
from topline.stats.survival.risk_sets import RiskSets

DISTRIBUTIONS = ("weibull", "exponential", "log-normal", "log-logistic")


@dataclass(frozen=True, eq=False, repr=False)
class ParametricSurvival(Result):
    """An accelerated failure-time model: log T = coef · (1, x) + scale · ε.

    Attributes
    ----------
    distribution : str
        Of the times.
    names : tuple of str
        "(intercept)" and the covariates.
    coef, std_error : (p + 1,) arrays
        On the scale of log time.
    time_ratio, lower, upper : (p + 1,) arrays
        exp(coef) with its Wald interval: the factor by which time is stretched.
    z, p_value : (p + 1,) arrays
        Wald statistic and two-sided p-value.
    scale, log_scale_std_error : float
        Scale of the error (1 / shape of a Weibull); the standard error is 0 where the scale is fixed (exponential).
    covariance : array
        Of coef, and of log scale in the last row where it was estimated.
    hazard_ratio : (p + 1,) array or None
        exp(−coef / scale) for Weibull and exponential, where hazards are proportional.
    loglik_null, loglik : float
        Log-likelihood (of the times themselves) with the intercept alone, and of the model.
    likelihood_ratio_test : TestResult
        All covariates together.
    """

    distribution: str
    names: tuple[str, ...]
    n: int
    events: int
    coef: FloatArray
    std_error: FloatArray
    time_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    z: FloatArray
    p_value: FloatArray
    scale: float
    log_scale_std_error: float
    covariance: FloatArray
    hazard_ratio: FloatArray | None
    loglik_null: float
    loglik: float
    likelihood_ratio_test: TestResult
    converged: bool
    iterations: int
    conf_level: float
    warnings: tuple[str, ...] = ()

    def quantile(self, covariates: Any, q: float = 0.5) -> FloatArray:
        """Time by which a fraction `q` of patients with these covariates has had the event."""
        if not 0.0 < q < 1.0:
            raise InputError(f"q is {q}; a fraction between 0 and 1 was expected (0.5 is the median)")
        if self.distribution == "log-normal":
            z = normal_quantile(q)
        elif self.distribution == "log-logistic":
            z = math.log(q / (1.0 - q))
        else:
            z = math.log(-math.log1p(-q))
        return np.asarray(np.exp(self._location(covariates) + self.scale * z))

    def survival(self, covariates: Any, times: Any) -> FloatArray:
        """Survival of each row of covariates at each time: an (m, T) array."""
        when = float_vector("times", times, minimum=0.0)
        with np.errstate(divide="ignore"):
            z = (np.log(when)[None, :] - self._location(covariates)[:, None]) / self.scale
        return np.asarray(np.exp(survival_part(self.distribution, z)[0]))

    def _location(self, covariates: Any) -> FloatArray:
        x, _ = float_matrix("covariates", covariates)
        if x.shape[1] != len(self.coef) - 1:
            raise InputError(f"covariates has {x.shape[1]} columns; the model has {len(self.coef) - 1}")
        return np.asarray(self.coef[0] + x @ np.where(np.isnan(self.coef[1:]), 0.0, self.coef[1:]))


def parametric_regression(
    time: Any,
    event: Any,
    covariates: Any,
    *,
    distribution: str = "weibull",
    entry: Any = None,
    weights: Any = None,
    conf_level: float = 0.95,
) -> ParametricSurvival:
    """Fit an accelerated failure-time model.

    Parameters
    ----------
    time, event : (n,) arrays
        Follow-up time (above 0), and whether the event happened then.
    covariates : (n, p) array or data frame
        Covariates as numbers; an intercept is added.
    distribution : {"weibull", "exponential", "log-normal", "log-logistic"}
        Of the times.
    entry : (n,) array, optional
        Delayed entry (left truncation) at times of at least 0.
    weights : (n,) array, optional
        Case weights.
    conf_level : float
        Level of the intervals.

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, times of 0, entry below 0 or not before time.

    Notes
    -----
    Agrees with R survival `survreg` to 1e-6; delayed entry (which `survreg` lacks) is checked against the likelihood
    maximised by R's `optim`.
    """
    choice("distribution", distribution, DISTRIBUTIONS)
    conf_level = level(conf_level)
    plan = RiskSets(time, event, entry=entry, weights=weights)
    x, names = float_matrix("covariates", covariates, plan.n)
    check_log_times(plan)
    centre, spread = x.mean(axis=0), x.std(axis=0)
    constant = spread <= 1e-13 * np.abs(centre)
    scale = np.where(constant, 1.0, spread)
    columns = np.column_stack([np.ones(plan.n), (x - centre) / scale * ~constant])
    all_names = ("(intercept)", *names)
    weight = np.ones(plan.n) if plan.weights is None else plan.weights
    keep = np.flatnonzero(independent_columns((columns * weight[:, None]).T @ columns, float(weight.sum())))
    model = _Likelihood(columns, plan, distribution, weight)
    p = columns.shape[1]
    if plan.n_events == 0:
        return _nothing(distribution, all_names, plan, conf_level)
    free_scale = distribution != "exponential"
    last = [p] if free_scale else []
    start = np.zeros(p + 1)
    logs = np.log(plan.time)
    start[0] = float(np.average(logs, weights=weight)) + 0.5
    start[p] = math.log(max(float(logs.std()), 0.1)) if free_scale else 0.0
    null, null_value, _, _ = maximise(model.at, start, np.array([0, *last]))
    theta, value, iterations, converged = maximise(model.at, null, np.array([*keep.tolist(), *last]))
    estimated = np.array([*keep.tolist(), *last])
    back = np.eye(p + 1)
    back[0, 1:p] = -centre / scale
    back[np.arange(1, p), np.arange(1, p)] = 1.0 / scale
    _, _, information = model.at(theta)
    inverse = np.linalg.pinv(information[np.ix_(estimated, estimated)], hermitian=True)
    covariance = np.full((p + 1, p + 1), np.nan)
    covariance[np.ix_(estimated, estimated)] = (back[:, estimated] @ inverse @ back[:, estimated].T)[np.ix_(estimated, estimated)]
    coef = np.where(np.isin(np.arange(p), keep), (back @ theta)[:p], np.nan)
    error = np.sqrt(np.diag(covariance))[:p]
    z, half = coef / error, z_for(conf_level) * error
    sigma = math.exp(theta[p])
    df = len(keep) - 1
    ratio = max(2.0 * (value - null_value), 0.0)
    test = TestResult(ratio, df, chi2_sf(ratio, df), "likelihood ratio")
    if df < 1:
        test = TestResult(math.nan, 0, math.nan, "likelihood ratio", ("not estimable: no covariate was estimated",))
    gone = [all_names[j] for j in range(p) if j not in set(keep.tolist())]
    notes = [f"not estimable: {', '.join(gone)} (constant, or a combination of earlier columns)"] if gone else []
    if not converged:
        notes.append("no convergence: do not use the coefficients")
    with np.errstate(over="ignore"):
        return ParametricSurvival(
            distribution=distribution,
            names=all_names,
            n=plan.n_used,
            events=plan.n_events,
            coef=coef,
            std_error=error,
            time_ratio=np.exp(coef),
            lower=np.exp(coef - half),
            upper=np.exp(coef + half),
            z=z,
            p_value=normal_two_sided_array(z),
            scale=sigma,
            log_scale_std_error=math.sqrt(covariance[p, p]) if free_scale else 0.0,
            covariance=covariance if free_scale else covariance[:p, :p],
            hazard_ratio=np.exp(-coef / sigma) if distribution in ("weibull", "exponential") else None,
            loglik_null=null_value,
            loglik=value,
            likelihood_ratio_test=test,
            converged=converged,
            iterations=iterations,
            conf_level=conf_level,
            warnings=tuple(notes),
        )


def check_log_times(plan: RiskSets) -> None:
    """Refuse times whose logarithm a parametric model can't take."""
    if (plan.time <= 0.0).any():
        i = int(np.argmax(plan.time <= 0.0))
        raise InputError(f"time[{i}] is {plan.time[i]:g}; a parametric model needs times above 0")
    if plan.entry is not None and (plan.entry < 0.0).any():
        i = int(np.argmax(plan.entry < 0.0))
        raise InputError(f"entry[{i}] is {plan.entry[i]:g}; a parametric model needs entry times of at least 0")


class _Likelihood:
    """Log-likelihood of (coefficients, log scale) with its first two derivatives."""

    def __init__(self, x: FloatArray, plan: RiskSets, distribution: str, weight: FloatArray) -> None:
        self.x, self.event, self.weight, self.distribution = x, plan.event, weight, distribution
        self.log_time = np.log(plan.time)
        self.jacobian = float(weight[plan.event] @ self.log_time[plan.event])
        self.late = np.empty(0, dtype=np.intp)
        self.log_entry = np.empty(0)
        if plan.entry is not None:
            self.late = np.flatnonzero(plan.entry > 0.0)
            self.log_entry = np.log(plan.entry[self.late])

    def at(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return value, score and information."""
        p = self.x.shape[1]
        sigma = math.exp(theta[p])
        value, score, information = 0.0, np.zeros(p + 1), np.zeros((p + 1, p + 1))
        dead, alive = self.event, ~self.event
        location = self.x @ theta[:p]
        with np.errstate(over="ignore", invalid="ignore"):
            for rows, logs, part, sign in (
                (dead, self.log_time[dead], density_part, 1.0),
                (alive, self.log_time[alive], survival_part, 1.0),
                (self.late, self.log_entry, survival_part, -1.0),
            ):
                x, w = self.x[rows], sign * self.weight[rows]
                z = (logs - location[rows]) / sigma
                f0, f1, f2 = part(self.distribution, z)
                value += float(w @ f0)
                score[:p] -= x.T @ (w * f1) / sigma
                score[p] -= float(w @ (z * f1))
                information[:p, :p] -= (x * (w * f2)[:, None]).T @ x / sigma**2
                cross = x.T @ (w * (f1 + z * f2)) / sigma
                information[:p, p] -= cross
                information[p, :p] -= cross
                information[p, p] -= float(w @ (z * f1 + z * z * f2))
        died = float(self.weight[dead].sum())
        return float(value - died * theta[p] - self.jacobian), np.asarray(score - died * np.eye(p + 1)[p]), information


def _nothing(distribution: str, names: tuple[str, ...], plan: RiskSets, conf_level: float) -> ParametricSurvival:
    why = "no events: nothing can be estimated"
    p = len(names)
    empty = np.full(p, np.nan)
    test = TestResult(math.nan, 0, math.nan, "likelihood ratio", (why,))
    return ParametricSurvival(
        distribution, names, plan.n_used, 0, empty, empty, empty, empty, empty, empty, empty, math.nan, math.nan,
        np.full((p, p), np.nan), None, math.nan, math.nan, test, False, 0, conf_level, (why,),
    )  # fmt: skip
