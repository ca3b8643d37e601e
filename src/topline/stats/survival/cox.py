"""Cox regression: hazard ratios, with entry times, strata, weights, ties and robust variances in any combination."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, float_matrix, float_vector, level
from topline.stats.distributions import chi2_sf, normal_two_sided_array, z_for
from topline.stats.errors import InputError
from topline.stats.result import TestResult
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_exact import evaluate_exact
from topline.stats.survival.cox_likelihood import evaluate
from topline.stats.survival.cox_newton import CoxDiagnostics, NewtonFit, maximise
from topline.stats.survival.cox_residuals import cluster_scores, sorted_score_residuals
from topline.stats.survival.cox_result import CoxFit, CoxRegression
from topline.stats.survival.panels import steady_product
from topline.stats.survival.risk_sets import RiskSets

TIES = ("efron", "breslow", "exact")


def cox_regression(
    time: Any,
    event: Any,
    covariates: Any,
    *,
    entry: Any = None,
    strata: Any = None,
    weights: Any = None,
    offset: Any = None,
    cluster: Any = None,
    ties: str = "efron",
    conf_level: float = 0.95,
    robust: bool | None = None,
) -> CoxRegression:
    """Fit a Cox proportional-hazards model.

    Parameters
    ----------
    time, event : (n,) arrays
        Follow-up time, and whether the event happened then.
    covariates : (n, p) array or data frame
        Covariates as numbers; names come from `.columns`.
    entry, strata, weights, cluster : (n,) arrays, optional
        Delayed entry, strata with their own baseline, case weights, clusters for the robust variance.
    offset : (n,) array, optional
        Added to the linear predictor with coefficient 1.
    ties : {"efron", "breslow", "exact"}
        Handling of tied events. "exact" is the discrete (conditional logistic) likelihood: no weights, no robust variance,
        and no residuals or baseline hazard.
    conf_level : float
        Level of the intervals.
    robust : bool, optional
        Whether interval, z and p use the robust (sandwich) variance. By default they do where `cluster` is given or
        weights are not whole numbers, as in R.

    Returns
    -------
    CoxRegression

    Raises
    ------
    InputError
        For input that no model can be fitted to.

    Notes
    -----
    Agrees with R survival 3.5-3 `coxph(eps = 1e-14)` to 1e-8. The robust variance has no small-sample factor. Constant or
    collinear columns get NaN and a warning that names them; a column that separates the data is named in
    `diagnostics.diverging` and `converged` is False.
    """
    plan = RiskSets(time, event, entry=entry, strata=strata, weights=weights, cluster=cluster)
    return fit_cox(plan, covariates, offset=offset, ties=ties, conf_level=conf_level, robust=robust)


def fit_cox(
    plan: RiskSets,
    covariates: Any,
    *,
    offset: Any = None,
    ties: str = "efron",
    conf_level: float = 0.95,
    robust: bool | None = None,
) -> CoxRegression:
    """Fit on a plan; see `cox_regression`."""
    choice("ties", ties, TIES)
    conf_level = level(conf_level)
    x, names = float_matrix("covariates", covariates, plan.n)
    shift = None if offset is None else float_vector("offset", offset, n=plan.n)
    design = CoxDesign(plan, x, shift, ties == "efron")
    if ties == "exact":
        if plan.weights is not None or plan.cluster is not None or robust:
            raise InputError("ties is 'exact'; it takes neither weights nor a robust variance")
        robust = False
    newton = maximise(design, evaluate_exact if ties == "exact" else evaluate)
    if robust is None:
        fractional = plan.weights is not None and bool((plan.weights != np.floor(plan.weights)).any())
        robust = plan.cluster is not None or fractional
    return _summarise(plan, design, newton, names, ties, conf_level, robust)


def _summarise(
    plan: RiskSets,
    design: CoxDesign,
    newton: NewtonFit,
    names: tuple[str, ...],
    ties: str,
    conf_level: float,
    robust: bool,
) -> CoxRegression:
    p, index = design.p, np.flatnonzero(newton.active)
    inverse = _inverse(newton.final.information, index)
    model = np.full((p, p), np.nan)
    model[np.ix_(index, index)] = inverse / np.outer(design.scale[index], design.scale[index])
    coef = np.where(newton.active, newton.beta / design.scale, np.nan)
    std_error = np.sqrt(np.diag(model))
    covariance, robust_error = model, None
    if robust:
        if plan.cluster is None:
            influence = sorted_score_residuals(design, newton, weighted=True)
        else:
            influence = cluster_scores(design, newton, plan.cluster, plan.n_clusters)
        influence = influence[:, index] @ (inverse / design.scale[index])
        covariance = np.full((p, p), np.nan)
        covariance[np.ix_(index, index)] = steady_product(influence, influence)
        robust_error = np.sqrt(np.diag(covariance))
    error = std_error if robust_error is None else robust_error
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = coef / error
        half = z_for(conf_level) * error
        ratio, lower, upper = np.exp(coef), np.exp(coef - half), np.exp(coef + half)
    used = int(index.size)
    diagnostics = CoxDiagnostics(
        converged=newton.converged,
        iterations=newton.iterations,
        newton_decrement=newton.decrement,
        relative_change=newton.change,
        step_halvings=newton.halvings,
        aliased=_named(names, ~newton.active),
        diverging=_named(names, newton.diverging),
        events_per_coefficient=plan.n_events / used if used else None,
    )
    null, final = newton.null, newton.final
    score = null.score[index]
    return CoxRegression(
        names=names,
        n=plan.n_used,
        events=plan.n_events,
        coef=coef,
        std_error=std_error,
        robust_std_error=robust_error,
        hazard_ratio=ratio,
        lower=lower,
        upper=upper,
        z=z,
        p_value=normal_two_sided_array(z),
        covariance=covariance,
        loglik_null=null.loglik,
        loglik=final.loglik,
        wald_test=_test("Wald", coef[index] @ _solve(covariance[np.ix_(index, index)], coef[index]), used),
        score_test=_test("score (log-rank)", score @ _solve(null.information[np.ix_(index, index)], score), used),
        likelihood_ratio_test=_test("likelihood ratio", 2.0 * (final.loglik - null.loglik), used),
        converged=newton.converged,
        iterations=newton.iterations,
        ties=ties,
        variance="robust" if robust else "model",
        conf_level=conf_level,
        diagnostics=diagnostics,
        warnings=_warn(plan, diagnostics),
        _fit=CoxFit(plan, design, newton, model),
    )


def _inverse(information: FloatArray, index: Any) -> FloatArray:
    part = information[np.ix_(index, index)]
    try:
        inverse = np.linalg.inv(part)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(part, hermitian=True)
    return np.asarray(0.5 * (inverse + inverse.T))


def _solve(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    if not vector.size:
        return vector
    try:
        return np.asarray(np.linalg.solve(matrix, vector), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.full(vector.shape, np.nan)


def _test(name: str, statistic: Any, df: int) -> TestResult:
    if df == 0:
        return TestResult(math.nan, 0, math.nan, name, ("not estimable: no coefficient could be estimated",))
    value = max(float(statistic), 0.0) if not math.isnan(float(statistic)) else math.nan
    notes = () if not math.isnan(value) else ("not estimable: the variance is singular",)
    return TestResult(value, df, chi2_sf(value, df), name, notes)


def _named(names: tuple[str, ...], mask: Any) -> tuple[str, ...]:
    return tuple(name for name, hit in zip(names, mask, strict=True) if hit)


def _warn(plan: RiskSets, diagnostics: CoxDiagnostics) -> tuple[str, ...]:
    notes = []
    if plan.n_events == 0:
        notes.append("no events: no coefficient can be estimated")
    elif diagnostics.aliased:
        notes.append(
            f"not estimable: {', '.join(diagnostics.aliased)} (constant, or a combination of earlier columns, wherever an event happened)"
        )
    if diagnostics.diverging:
        notes.append(
            f"separation: the coefficient of {', '.join(diagnostics.diverging)} runs to infinity; "
            "its value, Wald interval and p-value mean nothing (the likelihood-ratio test does)"
        )
    elif not diagnostics.converged:
        notes.append(f"no convergence after {diagnostics.iterations} steps: do not use the coefficients")
    return tuple(notes)
