"""Does a hazard ratio drift over time? The score test of proportional hazards (Grambsch and Therneau 1994)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from topline.stats.checks import FloatArray, choice
from topline.stats.distributions import chi2_sf
from topline.stats.result import Result
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_likelihood import TieSums, between, exposure, gram
from topline.stats.survival.cox_newton import NewtonFit
from topline.stats.survival.kaplan_meier import fit_kaplan_meier
from topline.stats.survival.risk_sets import RiskSets

TRANSFORMS = ("km", "rank", "identity", "log")


@dataclass(frozen=True, eq=False, repr=False)
class ProportionalHazardsTest(Result):
    """The score test that a coefficient times g(t) is 0, for each covariate and for all together.

    Attributes
    ----------
    names : tuple of str
        Covariates.
    statistic, p_value : (p,) arrays
        Chi-squared statistic on 1 degree of freedom, and its upper tail.
    global_statistic, global_df, global_p_value
        The test of all covariates together.
    transform : str
        g(t): "km" is 1 − S(t−) over all rows with a positive weight.
    warnings : tuple of str
        Reasons for every NaN.
    """

    names: tuple[str, ...]
    statistic: FloatArray
    p_value: FloatArray
    global_statistic: float
    global_df: int
    global_p_value: float
    transform: str
    warnings: tuple[str, ...] = ()


def check_proportional(
    plan: RiskSets, design: CoxDesign, newton: NewtonFit, names: tuple[str, ...], transform: str
) -> ProportionalHazardsTest:
    """Test on a fit, as R survival ≥ 3.0 `cox.zph(terms = FALSE)` does (the score test, not the older approximation)."""
    choice("transform", transform, TRANSFORMS)
    p, index = design.p, np.flatnonzero(newton.active)
    statistic, p_value = np.full(p, np.nan), np.full(p, np.nan)
    notes: list[str] = []
    if plan.n_events == 0 or not index.size:
        notes.append("not estimable: no coefficient was estimated")
        return ProportionalHazardsTest(names, statistic, p_value, math.nan, 0, math.nan, transform, tuple(notes))
    drift = _time_function(plan, design, transform)
    if drift is None:
        notes.append("not estimable: log(time) needs event times above 0")
        return ProportionalHazardsTest(names, statistic, p_value, math.nan, int(index.size), math.nan, transform, tuple(notes))
    drift = drift - float(drift @ design.slots.count) / float(design.slots.count.sum())
    gap = design.dead_x * design.dead_weight[:, None]
    score = drift[design.dead_slot] @ gap - _expected(design, newton, drift)
    plain = newton.final.information[np.ix_(index, index)]
    once = _information(design, newton, drift)[np.ix_(index, index)]
    twice = _information(design, newton, drift**2)[np.ix_(index, index)]
    # The coefficients were estimated: take their share out of the information on the drift (Schur complement).
    rest = twice - once @ np.linalg.solve(plain, once)
    part = score[index]
    single = np.diag(twice) - np.einsum("ij,ij->j", once, np.linalg.solve(plain, once))
    for k, j in enumerate(index):
        if single[k] > 1e-10 * twice[k, k] > 0.0:
            statistic[j] = part[k] ** 2 / single[k]
            p_value[j] = chi2_sf(float(statistic[j]), 1)
    if np.isnan(statistic).any():
        notes.append("not estimable where a covariate was not estimated or all its events share one time")
    whole = math.nan
    scale = np.sqrt(np.maximum(np.diag(rest), 1e-300))
    if np.linalg.matrix_rank(rest / np.outer(scale, scale), hermitian=True) == index.size and not np.isnan(statistic[index]).any():
        whole = float(part @ np.linalg.solve(rest, part))
    else:
        notes.append("not estimable: the variance of the global test is singular")
    return ProportionalHazardsTest(
        names=names,
        statistic=statistic,
        p_value=p_value,
        global_statistic=whole,
        global_df=int(index.size),
        global_p_value=chi2_sf(whole, int(index.size)),
        transform=transform,
        warnings=tuple(notes),
    )


def _time_function(plan: RiskSets, design: CoxDesign, transform: str) -> FloatArray | None:
    """Return g at the time of each slot (0 at the slots 0); None where it does not exist."""
    rank = np.maximum(design.slots.rank, 0)
    real = design.real
    times = plan.distinct[rank]
    counted = slice(None) if plan.weights is None else plan.weights > 0.0
    if transform == "identity":
        out = times
    elif transform == "log":
        if (times[real] <= 0.0).any():
            return None
        out = np.log(np.where(real, times, 1.0))
    elif transform == "rank":
        # Mean ranks of each row's time among all rows, as R's rank(); a row of weight 0 counts as absent.
        rows = np.bincount(plan.rank[counted], minlength=len(plan.distinct))
        last = np.cumsum(rows)
        out = (last - (rows - 1) / 2.0)[rank]
    else:
        whole = RiskSets(plan.time[counted], plan.event[counted], entry=None if plan.entry is None else plan.entry[counted])
        curve = fit_kaplan_meier(whole)
        before = np.searchsorted(curve.time, times, side="left")
        out = 1.0 - np.concatenate([[1.0], curve.survival])[before]
    return np.where(real, out, 0.0)


def _thinned(ties: TieSums, factor: FloatArray) -> TieSums:
    return TieSums(ties.c0 * factor, ties.c1 * factor, ties.q0 * factor, ties.q1 * factor, ties.q2 * factor, ties.log_sum)


def _expected(design: CoxDesign, newton: NewtonFit, factor: FloatArray) -> FloatArray:
    ties = _thinned(newton.final.ties, factor)
    return np.asarray(ties.c0 @ newton.final.means - ties.c1 @ newton.final.dead_means)


def _information(design: CoxDesign, newton: NewtonFit, factor: FloatArray) -> FloatArray:
    """Return the information with each event time's share multiplied by `factor`."""
    final = newton.final
    ties = _thinned(final.ties, factor)
    rows = exposure(design, ties.c0 / final.s0, ties.c1 / final.s0)
    return gram(design, final.risk, rows) - between(design, ties, final.means, final.dead_means)
