"""Kaplan–Meier: the probability of being event-free over time, with its median, landmarks and restricted mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, float_vector, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Estimate, Result
from topline.stats.survival.counting import count_rows
from topline.stats.survival.cumulate import total_by
from topline.stats.survival.curve_intervals import CONF_TYPES, curve_interval
from topline.stats.survival.quantiles import RULES, crossing_time
from topline.stats.survival.risk_sets import RiskSets

VARIANCES = ("greenwood", "jackknife")


@dataclass(frozen=True, eq=False, repr=False)
class SurvivalAt(Result):
    """A survival curve read at given times; numbers for one time, arrays for several.

    Attributes
    ----------
    time, survival, std_error, lower, upper : float or array
        S(t) with its standard error and interval. NaN where not estimable.
    n_risk : float or array
        Number (weight) at risk just before each time.
    warnings : tuple of str
        The reason for every NaN.
    """

    time: Any
    survival: Any
    std_error: Any
    lower: Any
    upper: Any
    n_risk: Any
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class KaplanMeier(Result):
    """A Kaplan–Meier curve: one row for each distinct time of an event or a censoring.

    Attributes
    ----------
    n, events : float
        Rows and events with a positive weight (their number, not their weight).
    time : (m,) array
        Distinct times, ascending.
    n_risk, n_event, n_censor : (m,) arrays
        At risk just before, events at, censorings at each time; sums of weights where there are weights.
    survival, std_error, lower, upper : (m,) arrays
        S(t) from each time on, its standard error (of S itself, not of log S) and its pointwise interval.
    conf_type, conf_level, variance
        Conventions: transform of the interval, its level, how the variance was made.
    warnings : tuple of str
        The reason for every NaN.
    """

    n: int
    events: int
    time: FloatArray
    n_risk: FloatArray
    n_event: FloatArray
    n_censor: FloatArray
    survival: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    conf_type: str
    conf_level: float
    variance: str
    warnings: tuple[str, ...]
    _hazard_variance: FloatArray
    _influence: Any = None
    _risk_edges: tuple[FloatArray, FloatArray] | None = None

    @property
    def median(self) -> Estimate:
        """Median time with its interval (Brookmeyer and Crowley 1982); see `quantile`."""
        return self.quantile(0.5)

    def quantile(self, q: float, *, rule: str = "midpoint") -> Estimate:
        """Time by which a fraction `q` has had the event, with the interval read off the curve's own limits.

        Parameters
        ----------
        q : float
            Between 0 and 1; 0.5 is the median.
        rule : {"midpoint", "first-at-or-below", "first-below"}
            What to do where the curve is flat at 1 − q; "midpoint" is R's rule.

        Returns
        -------
        Estimate
            A value or bound the curve never reaches is NaN, with the reason in `warnings`.
        """
        if not 0.0 <= q <= 1.0:
            raise InputError(f"q is {q}; a fraction between 0 and 1 was expected (0.5 is the median)")
        choice("rule", rule, RULES)
        start = min(0.0, float(self.time[0]))
        value, low, high = (crossing_time(self.time, curve, q, rule, start) for curve in (self.survival, self.lower, self.upper))
        notes = []
        if math.isnan(value):
            notes.append(f"not reached: S(t) stays above {1 - q:g} (lowest value {np.nanmin(self.survival):.4g})")
        if math.isnan(low):
            notes.append("lower limit not reached: the curve's lower limit stays above the quantile")
        if math.isnan(high):
            notes.append("upper limit not reached: the curve's upper limit stays above the quantile")
        return Estimate(value, low, high, None, self.conf_level, f"Kaplan-Meier quantile, {rule}, {self.conf_type}", tuple(notes))

    def at(self, times: Any) -> SurvivalAt:
        """Read the curve at given times.

        Beyond the last observation S(t) is not estimable (NaN, with the reason) unless the curve has reached 0.
        """
        single = np.ndim(times) == 0
        when = float_vector("times", times)
        row = np.searchsorted(self.time, when, side="right") - 1
        inside = np.maximum(row, 0)
        before = row < 0

        def read(values: FloatArray, at_start: float) -> FloatArray:
            return np.where(before, at_start, values[inside])

        survival = read(self.survival, 1.0)
        error, low, high = read(self.std_error, 0.0), read(self.lower, 1.0), read(self.upper, 1.0)
        beyond = (when > self.time[-1]) & (self.survival[-1] > 0.0)
        for values in (survival, error, low, high):
            values[beyond] = np.nan
        notes = []
        if beyond.any():
            notes.append(
                f"not estimable beyond the last observation ({self.time[-1]:g}): asked at {', '.join(f'{t:g}' for t in when[beyond][:5])}"
            )
        if np.isnan(low[~beyond]).any() or np.isnan(error[~beyond]).any():
            notes.extend(self.warnings)
        at_risk = self._at_risk(when)
        parts: list[Any] = [when, survival, error, low, high, at_risk]
        if single:
            parts = [float(v[0]) for v in parts]
        return SurvivalAt(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], tuple(notes))

    def _at_risk(self, when: FloatArray) -> FloatArray:
        leaving, entering = self._leave_weights(), self._risk_edges
        left = np.concatenate([[0.0], np.cumsum(leaving)])
        gone = left[np.searchsorted(self.time, when, side="left")]
        if entering is None:
            return np.asarray(left[-1] - gone, dtype=float)
        entered = np.concatenate([[0.0], np.cumsum(entering[1])])
        return np.asarray(entered[np.searchsorted(entering[0], when, side="left")] - gone, dtype=float)

    def _leave_weights(self) -> FloatArray:
        return self.n_event + self.n_censor

    def rmst(self, tau: float) -> Estimate:
        """Restricted mean survival time: the area under the curve from 0 to `tau`.

        The variance is Greenwood's for an area (Klein and Moeschberger 2003, section 4.5), as in R's `survfit` and
        `survRM2`. Not estimable (NaN, with the reason) where `tau` lies beyond the last observation and S(t) > 0 there.
        """
        if not (math.isfinite(tau) and tau > 0.0):
            raise InputError(f"tau is {tau}; a positive, finite time was expected")
        method = f"restricted mean to {tau:g}, Greenwood variance, plain interval"
        last = float(self.time[-1])
        if tau > last and self.survival[-1] > 0.0:
            why = f"not estimable: tau {tau:g} lies beyond the last observation ({last:g}) and S(t) > 0 there"
            return Estimate(math.nan, math.nan, math.nan, math.nan, self.conf_level, method, (why,))
        keep = self.time < tau
        edges = np.concatenate([[0.0], self.time[keep], [tau]])
        height = np.concatenate([[1.0], self.survival[keep]])
        area = np.diff(edges) * height
        rest = np.cumsum(area[::-1])[::-1][1:]  # area still to come after each time
        hazard_variance = self._hazard_variance[keep]
        variance = float(np.sum(np.where(rest > 0.0, rest * rest, 0.0) * np.where(rest > 0.0, hazard_variance, 0.0)))
        value = float(area.sum())
        error = math.sqrt(variance)
        half = z_for(self.conf_level) * error
        return Estimate(value, value - half, value + half, error, self.conf_level, method)


def kaplan_meier(
    time: Any,
    event: Any,
    *,
    entry: Any = None,
    weights: Any = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
    variance: str = "greenwood",
) -> KaplanMeier:
    """Kaplan–Meier estimate of the survival function.

    Parameters
    ----------
    time, event : (n,) arrays
        Follow-up time, and whether the event happened then.
    entry : (n,) array, optional
        Delayed entry: a row is at risk after `entry`, up to and including `time`.
    weights : (n,) array, optional
        Case weights.
    conf_type : {"log-log", "log", "plain", "logit", "arcsine"}
        Transform of the pointwise interval.
    conf_level : float
        Level of the intervals.
    variance : {"greenwood", "jackknife"}
        Greenwood's formula (weights taken as counts), or the infinitesimal jackknife (weights taken as sampling
        weights; what R uses when weights are not whole numbers).

    Returns
    -------
    KaplanMeier

    Raises
    ------
    InputError
        For input that no curve can be made from.

    Notes
    -----
    Agrees with R survival 3.5-3 `survfit` to 1e-8; quantiles follow R's midpoint rule. S(t) beyond the last observation is
    not estimable unless it is 0.
    """
    plan = RiskSets(time, event, entry=entry, weights=weights)
    return fit_kaplan_meier(plan, conf_type=conf_type, conf_level=conf_level, variance=variance)


def reverse_kaplan_meier(
    time: Any,
    event: Any,
    *,
    entry: Any = None,
    weights: Any = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> KaplanMeier:
    """Kaplan–Meier estimate of the follow-up: censoring is the event, and an event ends observation.

    Its median is the median follow-up (Schemper and Smith 1996). Parameters and result are those of `kaplan_meier`; `event`
    is still the event of interest. On a day with both, R's `survfit(Surv(time, 1 - event) ~ 1)` is followed: who had the
    event that day is still at risk of being censored.
    """
    raw = np.asarray(time)
    plan = RiskSets(raw, event, entry=entry, weights=weights)
    turned = RiskSets(raw, ~plan.event, entry=entry, weights=weights)
    return fit_kaplan_meier(turned, conf_type=conf_type, conf_level=conf_level)


def fit_kaplan_meier(plan: RiskSets, *, conf_type: str = "log-log", conf_level: float = 0.95, variance: str = "greenwood") -> KaplanMeier:
    """Estimate the curve from a plan; see `kaplan_meier`."""
    choice("variance", variance, VARIANCES)
    if plan.n_strata > 1:
        raise InputError(f"the plan has {plan.n_strata} strata; one curve needs a plan of one stratum")
    width = len(plan.distinct)
    used = None
    if plan.weights is None:
        counts = count_rows(plan.rank, plan.event, None, width, 1)[:, 0]
        events = counts[:, 1].astype(np.float64)
        leave = counts.sum(axis=1).astype(np.float64)
    else:
        used = np.flatnonzero(np.bincount(plan.rank[plan.weights > 0.0], minlength=width))
        leave = total_by(plan.rank, plan.weights, width)
        events = total_by(plan.rank, plan.weights * plan.event, width)
    enter = None if plan.entry_rank is None else total_by(plan.entry_rank, plan.weights, width)
    return curve_from_counts(
        plan.distinct,
        leave,
        events,
        enter=enter,
        used=used,
        numbers=(plan.n_used, plan.n_events) if plan.weights is not None else None,
        conf_type=conf_type,
        conf_level=conf_level,
        jackknife=plan if variance == "jackknife" else None,
    )


def curve_from_counts(
    distinct: FloatArray,
    leave: FloatArray,
    events: FloatArray,
    *,
    enter: FloatArray | None = None,
    used: Any = None,
    numbers: tuple[int, int] | None = None,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
    jackknife: RiskSets | None = None,
) -> KaplanMeier:
    """Estimate the curve from how many leave, have the event, and enter at each distinct time.

    `used` are the times that anybody leaves at, `numbers` the rows and events behind weighted counts; `jackknife` is the
    plan to take the infinitesimal-jackknife variance from.
    """
    choice("conf_type", conf_type, CONF_TYPES)
    conf_level = level(conf_level)
    if used is None:
        used = np.flatnonzero(leave)
    at_risk = np.cumsum(leave[::-1])[::-1]
    edges = None
    if enter is not None:
        # At risk at t: left at t or later, less those who enter at t or later.
        at_risk = at_risk - np.cumsum(enter[::-1])[::-1]
        edges = (distinct, enter)
    time, risk, died = distinct[used], at_risk[used], events[used]
    censored = leave[used] - died
    has_event = died > 0.0
    gone = has_event & (risk - died <= 1e-12 * risk)  # everybody at risk has the event
    share = np.divide(died, risk, out=np.zeros_like(died), where=has_event)
    survival: FloatArray = np.cumprod(np.where(gone, 0.0, 1.0 - share), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        term = np.where(has_event, died / (risk * (risk - died)), 0.0)
    term[gone] = np.inf
    log_error = np.sqrt(np.cumsum(term)) if jackknife is None else _jackknife_error(jackknife, used, risk, died)
    std_error = np.where(survival > 0.0, survival * np.where(survival > 0.0, log_error, 0.0), np.nan)
    lower, upper = curve_interval(survival, log_error, conf_type, z_for(conf_level))
    n, count = numbers or (int(leave.sum()), int(events.sum()))
    return KaplanMeier(
        n=n,
        events=count,
        time=time,
        n_risk=risk,
        n_event=died,
        n_censor=censored,
        survival=survival,
        std_error=std_error,
        lower=lower,
        upper=upper,
        conf_type=conf_type,
        conf_level=conf_level,
        variance="greenwood" if jackknife is None else "jackknife",
        warnings=_reasons(survival, lower, conf_type),
        _hazard_variance=term,
        _risk_edges=edges,
    )


def _reasons(survival: FloatArray, lower: FloatArray, conf_type: str) -> tuple[str, ...]:
    notes = []
    if (survival == 0.0).any():
        notes.append("where S(t) = 0 its standard error is not defined, nor are transformed limits")
    if np.isnan(lower[survival == 1.0]).any():
        notes.append(f"before the first event S(t) = 1 and a {conf_type} interval is not defined")
    return tuple(notes)


def _jackknife_error(plan: RiskSets, used: Any, risk: FloatArray, died: FloatArray) -> FloatArray:
    """Return the infinitesimal-jackknife standard error of log S(t): each row's weight perturbed in turn, in O(n).

    A row's influence on log S(t) is H(min(t, stop)) − H(entry), less 1/(r − d) at its own event, where H cumulates
    d / (r (r − d)); what is left at risk at t is summed from moments of H(entry).
    """
    alive = risk - died > 1e-12 * risk
    spread = np.where(alive, risk - died, np.inf)
    height = np.cumsum(died / (risk * spread))
    position = np.zeros(len(plan.distinct), dtype=np.intp)
    position[used] = np.arange(len(used))
    stop = position[plan.rank]
    weight = np.ones(plan.n) if plan.weights is None else plan.weights
    at_entry = np.zeros(plan.n)
    enter = np.zeros(plan.n, dtype=np.intp)
    if plan.entry_rank is not None:
        enter = np.searchsorted(used, plan.entry_rank, side="right")
        at_entry = np.concatenate([[0.0], height])[enter]
    final = height[stop] - at_entry - plan.event / spread[stop]
    size = len(used)
    finished = np.cumsum(np.bincount(stop, weights=(weight * final) ** 2, minlength=size))
    squares: FloatArray = np.zeros(size)
    for power, factor in ((0, height**2), (1, -2.0 * height), (2, np.ones(size))):
        moment = weight**2 * at_entry**power
        inside = np.cumsum(np.bincount(enter, weights=moment, minlength=size + 1))[:size]
        squares += factor * (inside - np.cumsum(np.bincount(stop, weights=moment, minlength=size)))
    return np.asarray(np.sqrt(np.maximum(finished + squares, 0.0)), dtype=np.float64)
