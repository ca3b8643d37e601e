"""Residuals of a Cox model: who did better or worse than expected, and who moves the coefficients.

Every kind comes from the sums of the final likelihood evaluation, in O(n·p) (Therneau, Grambsch and Fleming 1990).
"""

from __future__ import annotations

import numpy as np

from topline.stats.checks import FloatArray
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_likelihood import mean_exposure
from topline.stats.survival.cox_newton import NewtonFit
from topline.stats.survival.risk_sets import RiskSets

RESIDUALS = ("martingale", "deviance", "score", "dfbeta", "dfbetas", "schoenfeld", "scaled-schoenfeld")


def residuals(kind: str, plan: RiskSets, design: CoxDesign, newton: NewtonFit, covariance: FloatArray) -> FloatArray:
    """Return residuals in the original order of rows; see `CoxRegression.residuals`."""
    if kind == "martingale":
        return martingale_residuals(plan, design, newton)
    if kind == "deviance":
        m = martingale_residuals(plan, design, newton)
        d = plan.event.astype(float)
        inside = np.maximum(d - m, np.finfo(float).tiny)
        return np.sign(m) * np.sqrt(np.maximum(-2.0 * (m + np.where(plan.event, np.log(inside), 0.0)), 0.0))
    if kind in ("schoenfeld", "scaled-schoenfeld"):
        raw = schoenfeld_residuals(plan, design, newton)
        if kind == "schoenfeld":
            return raw
        filled = np.where(np.isnan(covariance), 0.0, covariance)
        return raw @ filled * len(raw) + newton.beta / design.scale
    if kind == "score":
        return score_residuals(design, newton, weighted=False) * design.scale
    influence = score_residuals(design, newton, weighted=True) * design.scale
    out = influence @ np.where(np.isnan(covariance), 0.0, covariance)
    aliased = ~newton.active
    out[:, aliased] = np.nan
    return out if kind == "dfbeta" else out / np.sqrt(np.diag(covariance))


def martingale_residuals(plan: RiskSets, design: CoxDesign, newton: NewtonFit) -> FloatArray:
    """Return observed less expected events of each row."""
    expected = np.empty(plan.n)
    expected[design.order] = relative_risk(design, newton) * newton.final.row_hazard
    return plan.event - expected


def relative_risk(design: CoxDesign, newton: NewtonFit) -> FloatArray:
    """Return exp(η − largest η of the stratum) by sorted row, without the case weight."""
    if design.weight is None:
        return np.asarray(newton.final.risk)
    return np.asarray(np.exp(newton.final.eta - design.per_row(newton.final.shift)))


def score_residuals(design: CoxDesign, newton: NewtonFit, *, weighted: bool) -> FloatArray:
    """Return each row's share of the score, on the scaled covariates, in the original order of rows."""
    values = sorted_score_residuals(design, newton, weighted=weighted)
    out = np.empty_like(values)
    out[design.order] = values
    return out


def sorted_score_residuals(design: CoxDesign, newton: NewtonFit, *, weighted: bool) -> FloatArray:
    """Return each sorted row's share of the score, on the scaled covariates."""
    final, ties = newton.final, newton.final.ties
    path = ties.q0[:, None] * final.means
    if design.tied.size:
        path -= ties.q1[:, None] * final.dead_means
    path /= final.s0[:, None]
    sorted_out: FloatArray = mean_exposure(design, path, final.jump)
    if design.tied.size:
        own = (ties.q1[:, None] * final.means - ties.q2[:, None] * final.dead_means) / final.s0[:, None]
        sorted_out[design.dead] -= own[design.dead_slot]
    sorted_out -= design.x * final.row_hazard[:, None]
    sorted_out *= relative_risk(design, newton)[:, None]
    sorted_out[design.dead] += design.dead_x - _event_means(design, newton)[design.dead_slot]
    if weighted and design.weight is not None:
        sorted_out *= design.weight[:, None]
    return sorted_out


def schoenfeld_residuals(plan: RiskSets, design: CoxDesign, newton: NewtonFit) -> FloatArray:
    """Return each event's covariates less their mean over its risk set, on the original scale."""
    rest = (design.dead_x - _event_means(design, newton)[design.dead_slot]) * design.scale
    return np.asarray(rest)


def _event_means(design: CoxDesign, newton: NewtonFit) -> FloatArray:
    """Return the covariates' mean over each event time's risk set (over Efron's thinned sets, their average)."""
    final, ties = newton.final, newton.final.ties
    total = np.where(design.slot_weight > 0.0, design.slot_weight, 1.0)
    means = final.means * (ties.c0 / total)[:, None]
    if design.tied.size:
        means = means - final.dead_means * (ties.c1 / total)[:, None]
    return np.asarray(means)
