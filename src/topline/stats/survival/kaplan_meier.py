"""Kaplan–Meier: the probability of being event-free over time, and of being still followed (reverse Kaplan–Meier)."""

from __future__ import annotations

from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.survival.counting import count_rows
from topline.stats.survival.cumulate import total_by
from topline.stats.survival.curve_intervals import CONF_TYPES, curve_interval
from topline.stats.survival.risk_sets import RiskSets
from topline.stats.survival.survival_curve import KaplanMeier

VARIANCES = ("greenwood", "jackknife")


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

    Raises
    ------
    InputError
        As for `kaplan_meier`.
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
