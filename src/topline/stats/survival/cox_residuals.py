"""Residuals of a Cox model: who did better or worse than expected, and who moves the coefficients.

Every kind comes from the sums of the final likelihood evaluation, in O(n·p) (Therneau, Grambsch and Fleming 1990).
"""

from __future__ import annotations

import numpy as np

from topline.stats.checks import FloatArray, IntArray
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_likelihood import mean_exposure
from topline.stats.survival.cox_newton import NewtonFit
from topline.stats.survival.cumulate import total_by
from topline.stats.survival.kernels import kernels
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
    final = newton.final
    weight = design.weight if weighted else None
    risk = final.risk if weighted else relative_risk(design, newton)
    path, own, means = _paths(design, newton)
    fast = kernels(design.x.size)
    if fast is not None:
        return np.asarray(fast.scores(design, final, risk, weight, path, own, means))
    out: FloatArray = mean_exposure(design, path, final.jump)
    out[design.dead] -= own[design.dead_slot]
    out -= design.x * final.row_hazard[:, None]
    out *= risk[:, None]
    events = design.dead_x - means[design.dead_slot]
    out[design.dead] += events if weight is None else events * weight[design.dead, None]
    return out


def cluster_scores(design: CoxDesign, newton: NewtonFit, cluster: IntArray, clusters: int) -> FloatArray:
    """Return each cluster's share of the weighted score, on the scaled covariates."""
    codes = cluster[design.order]
    fast = kernels(design.x.size)
    if fast is not None:
        final = newton.final
        return np.asarray(fast.scores(design, final, final.risk, design.weight, *_paths(design, newton), codes, clusters))
    rows = sorted_score_residuals(design, newton, weighted=True)
    return np.array([total_by(codes, column, clusters) for column in rows.T]).reshape(design.p, clusters).T


def _paths(design: CoxDesign, newton: NewtonFit) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return by slot what a row at risk there loses, what a tied death there loses besides, and the mean over the risk set."""
    final, ties = newton.final, newton.final.ties
    path = ties.q0[:, None] * final.means
    own = np.zeros_like(path)
    if design.tied.size:
        path -= ties.q1[:, None] * final.dead_means
        own = (ties.q1[:, None] * final.means - ties.q2[:, None] * final.dead_means) / final.s0[:, None]
    path /= final.s0[:, None]
    return path, own, _event_means(design, newton)


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
