"""Flexible parametric survival regression: a natural cubic spline of log time instead of a fixed shape (Royston and Parmar 2002)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, count, float_matrix, float_vector, level
from topline.stats.distributions import chi2_sf, normal_two_sided_array, z_for
from topline.stats.errors import InputError
from topline.stats.result import Result, TestResult
from topline.stats.survival.cox_baseline import PredictedSurvival
from topline.stats.survival.cox_newton import independent_columns
from topline.stats.survival.error_distributions import density_part, survival_part
from topline.stats.survival.likelihood_maximum import maximise
from topline.stats.survival.parametric import check_log_times
from topline.stats.survival.risk_sets import RiskSets
from topline.stats.survival.spline_terms import lowest_slope, spline_basis

# Scale on which the spline and the covariates add up, and the distribution that it is without inner knots.
SCALES = {"hazard": "weibull", "odds": "log-logistic", "normal": "log-normal"}


@dataclass(frozen=True, eq=False, repr=False)
class FlexibleParametric(Result):
    """A Royston–Parmar model: link(S(t)) = spline(log t) + coef · x.

    Attributes
    ----------
    scale : {"hazard", "odds", "normal"}
        The link: log cumulative hazard, log cumulative odds of the event, or minus the normal quantile of survival.
    names : tuple of str
        The covariates.
    coef, std_error : (p,) arrays
        Log hazard ratios ("hazard"), log odds ratios ("odds") or probits ("normal").
    ratio, lower, upper : (p,) arrays
        exp(coef) with its Wald interval.
    z, p_value : (p,) arrays
        Wald statistic and two-sided p-value.
    knots : (m + 2,) array
        Boundary and inner knots, as times.
    gamma : (m + 2,) array
        Coefficients of 1, log t and the spline's further terms, as Royston and Parmar define them (covariates 0).
    covariance : (m + 2 + p, m + 2 + p) array
        Of gamma and coef.
    loglik_null, loglik : float
        Log-likelihood of the times without the covariates, and of the model.
    likelihood_ratio_test : TestResult
        All covariates together.
    aic, bic : float
        Of the model; BIC counts events (Volinsky and Raftery 2000).
    warnings : tuple of str
        What was not estimated, and where the spline falls: the likelihood asks only that it rises at the events.
    """

    scale: str
    names: tuple[str, ...]
    n: int
    events: int
    coef: FloatArray
    std_error: FloatArray
    ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    z: FloatArray
    p_value: FloatArray
    knots: FloatArray
    gamma: FloatArray
    covariance: FloatArray
    loglik_null: float
    loglik: float
    aic: float
    bic: float
    likelihood_ratio_test: TestResult
    converged: bool
    iterations: int
    conf_level: float
    warnings: tuple[str, ...] = ()

    def survival(self, covariates: Any, times: Any) -> PredictedSurvival:
        """Survival of each row of covariates at each time (above 0), with delta-method intervals on the model's own scale."""
        eta, rows, _ = self._predictor(covariates, times)
        theta_variance = np.where(np.isnan(self.covariance), 0.0, self.covariance)
        error = np.sqrt(np.einsum("mti,ij,mtj->mt", rows, theta_variance, rows))
        half = z_for(self.conf_level) * error
        inner = SCALES[self.scale]
        value, slope, _ = survival_part(inner, eta)
        when = float_vector("times", times)
        return PredictedSurvival(
            time=when,
            survival=np.exp(value),
            std_error=np.exp(value) * np.abs(slope) * error,
            lower=np.exp(survival_part(inner, eta + half)[0]),
            upper=np.exp(survival_part(inner, eta - half)[0]),
            conf_type=f"Wald on the {self.scale} scale",
            conf_level=self.conf_level,
        )

    def hazard(self, covariates: Any, times: Any) -> FloatArray:
        """Hazard of each row of covariates at each time (above 0): an (m, T) array, per unit of time."""
        eta, _, slope = self._predictor(covariates, times)
        inner = SCALES[self.scale]
        when = float_vector("times", times)
        return np.asarray(np.exp(density_part(inner, eta)[0] - survival_part(inner, eta)[0]) * slope / when)

    def _predictor(self, covariates: Any, times: Any) -> tuple[FloatArray, FloatArray, FloatArray]:
        when = float_vector("times", times)
        if (when <= 0.0).any():
            raise InputError(f"times holds {when.min():g}; times above 0 were expected")
        x, _ = float_matrix("covariates", covariates)
        if x.shape[1] != len(self.coef):
            raise InputError(f"covariates has {x.shape[1]} columns; the model has {len(self.coef)}")
        basis, slope = spline_basis(np.log(when), np.log(self.knots))
        coef = np.where(np.isnan(self.coef), 0.0, self.coef)
        eta = (basis @ self.gamma)[None, :] + (x @ coef)[:, None]
        shape = (len(x), len(when))
        rows = np.concatenate(
            [np.broadcast_to(basis, (*shape, basis.shape[1])), np.broadcast_to(x[:, None, :], (*shape, x.shape[1]))], axis=2
        )
        return eta, rows, slope @ self.gamma


def flexible_parametric_regression(
    time: Any,
    event: Any,
    covariates: Any,
    *,
    df: int = 3,
    knots: Any = None,
    scale: str = "hazard",
    entry: Any = None,
    weights: Any = None,
    conf_level: float = 0.95,
) -> FlexibleParametric:
    """Fit a Royston–Parmar model.

    Parameters
    ----------
    time, event : (n,) arrays
        Follow-up time (above 0), and whether the event happened then.
    covariates : (n, p) array or data frame
        Covariates as numbers; an intercept is part of the spline.
    df : int
        Parameters of the spline beside its intercept: df − 1 inner knots, at equally spaced quantiles of the log event times; the boundary
        knots are the first and last event time. 1 is a Weibull, log-logistic or log-normal model.
    knots : array, optional
        Inner knots as times, instead of `df`.
    scale : {"hazard", "odds", "normal"}
        Proportional hazards, proportional odds, or probit.
    entry : (n,) array, optional
        Delayed entry at times of at least 0.
    weights : (n,) array, optional
        Case weights.
    conf_level : float
        Level of the intervals.

    Returns
    -------
    FlexibleParametric

    Raises
    ------
    InputError
        For times of 0, knots outside the event times, or fewer distinct event times than the spline needs.

    Notes
    -----
    Without inner knots it equals R survival `survreg`; with them it agrees to 1e-6 with the likelihood written over R's `splines::ns` and
    maximised by `optim`.
    """
    choice("scale", scale, tuple(SCALES))
    conf_level = level(conf_level)
    plan = RiskSets(time, event, entry=entry, weights=weights)
    x, names = float_matrix("covariates", covariates, plan.n)
    check_log_times(plan)
    if plan.n_events == 0:
        return _nothing(scale, names, plan, conf_level)
    if plan.time.min() == plan.time.max():
        raise InputError(f"the times are all equal ({plan.time[0]:g}): the shape of the hazard can't be estimated")
    log_knots = _place_knots(np.log(plan.time[plan.counted_event]), df, knots)
    weight = np.ones(plan.n) if plan.weights is None else plan.weights
    distinct = len(np.unique(plan.time[weight > 0.0]))
    if distinct < len(log_knots):
        raise InputError(f"{distinct} distinct times can't hold a spline of {len(log_knots)} parameters; take a smaller df or fewer knots")
    centre, spread = x.mean(axis=0), x.std(axis=0)
    constant = spread <= 1e-13 * np.abs(centre)
    unit = np.where(constant, 1.0, spread)
    columns = np.column_stack([np.ones(plan.n), (x - centre) / unit * ~constant])
    keep = np.flatnonzero(independent_columns((columns * weight[:, None]).T @ columns, float(weight.sum())))[1:] - 1
    model = _Likelihood(plan, columns[:, 1:], log_knots, SCALES[scale], weight)
    k, p = len(log_knots), len(names)
    free = np.arange(k)
    null, null_value, _, _ = maximise(model.at, model.start(p), free)
    estimated = np.concatenate([free, k + keep])
    theta, value, iterations, converged = maximise(model.at, null, estimated)
    # From the standardised columns back to 1, log t, the spline's terms and the covariates as they were given.
    back = np.zeros((k + p, k + p))
    back[:k, :k] = model.whiten
    back[k:, k:] = np.diag(1.0 / unit)
    back[0, k:] = -centre / unit
    inverse = np.linalg.pinv(model.at(theta)[2][np.ix_(estimated, estimated)], hermitian=True)
    covariance = np.full((k + p, k + p), np.nan)
    covariance[np.ix_(estimated, estimated)] = (back[:, estimated] @ inverse @ back[:, estimated].T)[np.ix_(estimated, estimated)]
    natural = back @ theta
    coef = np.where(np.isin(np.arange(p), keep), natural[k:], np.nan)
    error = np.sqrt(np.diag(covariance))[k:]
    with np.errstate(invalid="ignore", divide="ignore"):
        z, half = coef / error, z_for(conf_level) * error
    ratio, size = max(2.0 * (value - null_value), 0.0), len(keep)
    test = TestResult(ratio, size, chi2_sf(ratio, size), "likelihood ratio")
    if size < 1:
        test = TestResult(math.nan, 0, math.nan, "likelihood ratio", ("not estimable: no covariate was estimated",))
    gone = [names[j] for j in range(p) if j not in set(keep.tolist())]
    notes = [f"not estimable: {', '.join(gone)} (constant, or a combination of earlier columns)"] if gone else []
    if not converged:
        notes.append("no convergence: do not use the coefficients")
    slope, where = lowest_slope(natural[:k], log_knots)
    if slope < 0.0:
        near = f"near time {math.exp(where):.3g}, between events, the fitted survival rises and the hazard is negative"
        notes.append(f"{near}: take a smaller df or other knots")
    with np.errstate(over="ignore"):
        return FlexibleParametric(
            scale=scale,
            names=names,
            n=plan.n_used,
            events=plan.n_events,
            coef=coef,
            std_error=error,
            ratio=np.exp(coef),
            lower=np.exp(coef - half),
            upper=np.exp(coef + half),
            z=z,
            p_value=normal_two_sided_array(z),
            knots=np.exp(log_knots),
            gamma=natural[:k],
            covariance=covariance,
            loglik_null=null_value,
            loglik=value,
            aic=2.0 * (k + size) - 2.0 * value,
            bic=math.log(plan.n_events) * (k + size) - 2.0 * value,
            likelihood_ratio_test=test,
            converged=converged,
            iterations=iterations,
            conf_level=conf_level,
            warnings=tuple(notes),
        )


def _place_knots(logs: FloatArray, df: int, knots: Any) -> FloatArray:
    """Return boundary and inner knots on the log scale."""
    low, high = float(logs.min()), float(logs.max())
    if knots is None:
        size = count("df", df)
        if size < 1:
            raise InputError(f"df is {df}; at least 1 was expected (a straight line in log time)")
        inner = np.quantile(logs, np.arange(1, size) / size)
    else:
        times = np.sort(float_vector("knots", knots))
        if (times <= math.exp(low)).any() or (times >= math.exp(high)).any():
            raise InputError(f"knots must lie strictly between the first and last event time ({math.exp(low):g} and {math.exp(high):g})")
        inner = np.log(times)
    placed = np.concatenate([[low], inner, [high]])
    if len(placed) > 2 and not (np.diff(placed) > 1e-9).all():
        raise InputError(f"{len(inner)} inner knots need more distinct event times than there are; take a smaller df or fewer knots")
    return placed


class _Likelihood:
    """Log-likelihood of (spline, covariates) with its first two derivatives; the spline's terms are made orthonormal."""

    def __init__(self, plan: RiskSets, x: FloatArray, knots: FloatArray, distribution: str, weight: FloatArray) -> None:
        self.distribution, self.weight, self.dead = distribution, weight, plan.counted_event
        log_time = np.log(plan.time)
        self.jacobian = float(weight[self.dead] @ log_time[self.dead])
        basis, slope = spline_basis(log_time, knots)
        self.whiten = np.linalg.inv(np.linalg.qr(basis * np.sqrt(weight / weight.sum())[:, None], mode="r"))
        self.rows = np.concatenate([basis @ self.whiten, x], axis=1)
        self.slope = np.concatenate([slope @ self.whiten, np.zeros_like(x)], axis=1)[self.dead]
        self.exposure = float(weight @ plan.time)
        self.late = np.empty(0, dtype=np.intp)
        self.late_rows = self.rows[:0]
        if plan.entry is not None:
            self.late = np.flatnonzero(plan.entry > 0.0)
            at_entry = spline_basis(np.log(plan.entry[self.late]), knots)[0] @ self.whiten
            self.late_rows = np.concatenate([at_entry, x[self.late]], axis=1)

    def start(self, covariates: int) -> FloatArray:
        """Return a constant hazard (unit shape on the other scales): increasing everywhere, as the spline must be."""
        k = len(self.whiten)
        straight = np.zeros(k)
        straight[0], straight[1] = math.log(float(self.weight[self.dead].sum()) / self.exposure), 1.0
        return np.concatenate([np.linalg.solve(self.whiten, straight), np.zeros(covariates)])

    def at(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return value, score and information; −infinity where the spline falls at an event."""
        size = len(theta)
        rising = self.slope @ theta
        if not (rising > 0.0).all():
            return -math.inf, np.zeros(size), np.eye(size)
        died = self.weight[self.dead]
        ratio = self.slope / rising[:, None]
        value = float(died @ np.log(rising)) - self.jacobian
        score = ratio.T @ died
        information = (ratio * died[:, None]).T @ ratio
        with np.errstate(over="ignore", invalid="ignore"):
            for rows, w, part in (
                (self.rows[self.dead], died, density_part),
                (self.rows[~self.dead], self.weight[~self.dead], survival_part),
                (self.late_rows, -self.weight[self.late], survival_part),
            ):
                f0, f1, f2 = part(self.distribution, rows @ theta)
                value += float(w @ f0)
                score += rows.T @ (w * f1)
                information -= (rows * (w * f2)[:, None]).T @ rows
        if not math.isfinite(value):
            return -math.inf, np.zeros(size), np.eye(size)
        return value, score, information


def _nothing(scale: str, names: tuple[str, ...], plan: RiskSets, conf_level: float) -> FlexibleParametric:
    why = "no events: nothing can be estimated"
    p = len(names)
    empty = np.full(p, np.nan)
    test = TestResult(math.nan, 0, math.nan, "likelihood ratio", (why,))
    return FlexibleParametric(
        scale, names, plan.n_used, 0, empty, empty, empty, empty, empty, empty, empty, np.full(0, np.nan), np.full(0, np.nan),
        np.full((p, p), np.nan), math.nan, math.nan, math.nan, math.nan, test, False, 0, conf_level, (why,),
    )  # fmt: skip
