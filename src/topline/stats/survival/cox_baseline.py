"""From hazard ratios back to probabilities: the baseline hazard and the survival it predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_newton import NewtonFit
from topline.stats.survival.cumulate import cumulate
from topline.stats.survival.curve_intervals import CONF_TYPES, curve_interval
from topline.stats.survival.risk_sets import RiskSets


@dataclass(frozen=True, eq=False, repr=False)
class BaselineHazard(Result):
    """Cumulative hazard of a patient whose covariates and offset are all 0: one row a stratum and event time.

    Attributes
    ----------
    time, hazard, cumulative_hazard : (K,) arrays
        Event times, the hazard's jump there, and its sum so far.
    stratum : tuple
        Stratum of each row.
    """

    time: FloatArray
    hazard: FloatArray
    cumulative_hazard: FloatArray
    stratum: tuple[Any, ...]


@dataclass(frozen=True, eq=False, repr=False)
class PredictedSurvival(Result):
    """Survival curves of m patients at T times.

    Attributes
    ----------
    time : (T,) array
    survival, std_error, lower, upper : (m, T) arrays
        NaN beyond the last observation of the stratum, as `warnings` says.
    """

    time: FloatArray
    survival: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    conf_type: str
    conf_level: float
    warnings: tuple[str, ...] = ()


def baseline(plan: RiskSets, design: CoxDesign, newton: NewtonFit) -> BaselineHazard:
    """Return the baseline hazard of a fit."""
    jumps = newton.final.jump * _to_zero(design, newton)
    total = cumulate(jumps, design.slots.first)
    real = design.real
    owner = np.repeat(np.arange(plan.n_strata), np.diff(design.slots.first))[real]
    return BaselineHazard(
        time=plan.distinct[design.slots.rank[real]],
        hazard=jumps[real],
        cumulative_hazard=total[real],
        stratum=tuple(plan.stratum_labels[s] for s in owner),
    )


def predict(
    plan: RiskSets,
    design: CoxDesign,
    newton: NewtonFit,
    covariance: FloatArray,
    rows: FloatArray,
    times: FloatArray,
    stratum: Any,
    conf_type: str,
    conf_level: float,
) -> PredictedSurvival:
    """Predict survival; see `CoxRegression.predict_survival`."""
    choice("conf_type", conf_type, CONF_TYPES)
    conf_level = level(conf_level)
    if rows.shape[1] != design.p:
        raise InputError(f"covariates has {rows.shape[1]} columns; the model has {design.p}")
    which = _which_stratum(plan, stratum)
    part = slice(int(design.slots.first[which]), int(design.slots.first[which + 1]))
    final, ties = newton.final, newton.final.ties
    shift = final.shift[which]
    # Everything relative to the centred, scaled covariates of the fit, and to the stratum's shift.
    x = (rows - design.centre) / design.scale
    relative = np.exp(x @ newton.beta - shift)[:, None]
    hazard = np.cumsum(final.jump[part])
    spread = np.cumsum(ties.q0[part] / final.s0[part] ** 2)
    drift = ties.q0[part, None] * final.means[part] - ties.q1[part, None] * final.dead_means[part]
    path = np.cumsum(drift / final.s0[part, None], axis=0)
    slot_times = plan.distinct[np.maximum(design.slots.rank[part], 0)]
    slot_times[0] = -np.inf
    at = np.searchsorted(slot_times, times, side="right") - 1
    cumulative = relative * hazard[at]
    keep = newton.active
    scaled = covariance * np.outer(design.scale, design.scale)
    middle = scaled[np.ix_(keep, keep)]
    arm = x[:, None, keep] * hazard[at][None, :, None] - path[at][None, :, keep]
    variance = relative**2 * (spread[at] + np.einsum("mti,ij,mtj->mt", arm, middle, arm))
    log_error = np.sqrt(np.maximum(variance, 0.0))
    survival = np.exp(-cumulative)
    lower, upper = curve_interval(survival, log_error, conf_type, z_for(conf_level))
    flat = survival == 1.0
    lower[flat], upper[flat] = np.nan, np.nan
    error = survival * log_error
    notes = []
    if flat.any():
        notes.append("before the first event S(t) = 1 and its interval is not defined")
    rank = plan.rank if plan.stratum is None else plan.rank[plan.stratum == which]
    last = float(plan.distinct[rank.max()])
    beyond = times > last
    if beyond.any():
        notes.append(f"not estimable beyond the last observation of the stratum ({last:g})")
        for values in (survival, error, lower, upper):
            values[:, beyond] = np.nan
    if not newton.active.all():
        notes.append("columns that were not estimated count as 0 effect")
    return PredictedSurvival(times, survival, error, lower, upper, conf_type, conf_level, tuple(notes))


def _to_zero(design: CoxDesign, newton: NewtonFit) -> FloatArray:
    """Return the factor that carries each slot's hazard to covariates of 0."""
    at_zero = float(design.centre @ (newton.beta / design.scale))
    return design.per_slot(np.exp(-newton.final.shift - at_zero))


def _which_stratum(plan: RiskSets, stratum: Any) -> int:
    if stratum is None:
        if plan.n_strata > 1:
            raise InputError(f"stratum is needed: the model has {plan.n_strata} ({plan.stratum_labels[:5]} …)")
        return 0
    if stratum not in plan.stratum_labels:
        raise InputError(f"stratum is {stratum!r}; the model has {plan.stratum_labels[:10]}")
    return plan.stratum_labels.index(stratum)
