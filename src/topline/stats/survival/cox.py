"""Cox regression: hazard ratios, with entry times, strata, weights, ties and robust variances in any combination."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, float_matrix, float_vector, level
from topline.stats.distributions import chi2_sf, normal_two_sided_array, z_for
from topline.stats.errors import InputError
from topline.stats.result import Estimate, Result, TestResult
from topline.stats.survival.cox_baseline import BaselineHazard, PredictedSurvival, baseline, predict
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_exact import evaluate_exact
from topline.stats.survival.cox_likelihood import evaluate
from topline.stats.survival.cox_newton import CoxDiagnostics, NewtonFit, maximise
from topline.stats.survival.cox_profile import profile_limits
from topline.stats.survival.cox_proportional import ProportionalHazardsTest, check_proportional
from topline.stats.survival.cox_residuals import RESIDUALS, residuals, score_residuals
from topline.stats.survival.risk_sets import RiskSets

TIES = ("efron", "breslow", "exact")


@dataclass(frozen=True, eq=False)
class CoxFit:
    """Working memory of a fit: the plan, the covariates laid out for it, and where Newton's method ended."""

    plan: RiskSets
    design: CoxDesign
    newton: NewtonFit
    model_covariance: FloatArray


@dataclass(frozen=True, eq=False, repr=False)
class CoxRegression(Result):
    """A fitted Cox model.

    Attributes
    ----------
    names : tuple of str
        Names of the covariates, in the order of the arrays.
    n, events : int
        Rows and events with a positive weight.
    coef, std_error, robust_std_error : (p,) arrays
        Log hazard ratios; model-based and robust standard errors (None where no robust variance was asked for).
    hazard_ratio, lower, upper : (p,) arrays
        exp(coef) with its interval.
    z, p_value : (p,) arrays
        Wald statistic and two-sided p-value. Interval, z and p use the variance that `variance` names.
    covariance : (p, p) array
        The covariance that `variance` names.
    loglik_null, loglik : float
        Partial log-likelihood at 0 and at the maximum.
    wald_test, score_test, likelihood_ratio_test : TestResult
        Tests of all coefficients together.
    converged, iterations, diagnostics
        How the fit went; see `CoxDiagnostics`.
    ties, variance, conf_level
        Conventions.
    warnings : tuple of str
        The reason for every NaN, and what makes a number doubtful (separation, no convergence).
    """

    names: tuple[str, ...]
    n: int
    events: int
    coef: FloatArray
    std_error: FloatArray
    robust_std_error: FloatArray | None
    hazard_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    z: FloatArray
    p_value: FloatArray
    covariance: FloatArray
    loglik_null: float
    loglik: float
    wald_test: TestResult
    score_test: TestResult
    likelihood_ratio_test: TestResult
    converged: bool
    iterations: int
    ties: str
    variance: str
    conf_level: float
    diagnostics: CoxDiagnostics
    warnings: tuple[str, ...]
    _fit: CoxFit

    @cached_property
    def concordance(self) -> Estimate:
        """Harrell's concordance of the linear predictor with survival; see `concordance_index`. Computed on first use."""
        from topline.stats.survival.concordance import concordance_of_plan

        design = self._fit.design
        linear = np.empty(self._fit.plan.n)
        linear[design.order] = design.x @ self._fit.newton.beta
        if design.offset is not None:
            linear[design.order] += design.offset
        return concordance_of_plan(self._fit.plan, linear, conf_level=self.conf_level)

    def profile_interval(self, conf_level: float | None = None) -> tuple[Estimate, ...]:
        """Hazard ratios with profile-likelihood intervals, one a covariate.

        They hold where Wald intervals fail: few events, or separation (then one limit is infinite or 0).
        """
        asked = self.conf_level if conf_level is None else level(conf_level)
        fit = self._fit
        likelihood = evaluate_exact if self.ties == "exact" else evaluate
        low, high = profile_limits(fit.design, fit.newton, likelihood, z_for(asked) ** 2)
        notes = self.warnings
        with np.errstate(over="ignore"):
            limits = np.exp(low), np.exp(high)
        return tuple(
            Estimate(
                float(value), float(a), float(b), None, asked, "hazard ratio, profile likelihood",
                notes if name in (*self.diagnostics.aliased, *self.diagnostics.diverging) else (),
            )
            for name, value, a, b in zip(self.names, self.hazard_ratio, *limits, strict=True)
        )  # fmt: skip

    def _needs_hazard(self) -> None:
        if self.ties == "exact":
            raise InputError("ties is 'exact': residuals, baseline hazard and tests of proportionality need another method")

    def proportional_hazards_test(self, transform: str = "km") -> ProportionalHazardsTest:
        """Score test of proportional hazards; see `ProportionalHazardsTest`.

        Parameters
        ----------
        transform : {"km", "rank", "identity", "log"}
            The function of time against which coefficients may drift.
        """
        self._needs_hazard()
        return check_proportional(self._fit.plan, self._fit.design, self._fit.newton, self.names, transform)

    def baseline_hazard(self) -> BaselineHazard:
        """Cumulative baseline hazard (all covariates and the offset 0), by stratum, with the fit's own tie method."""
        self._needs_hazard()
        return baseline(self._fit.plan, self._fit.design, self._fit.newton)

    def predict_survival(self, covariates: Any, times: Any, *, stratum: Any = None, conf_type: str = "log-log") -> PredictedSurvival:
        """Survival of patients with given covariates.

        Parameters
        ----------
        covariates : (m, p) array
            One row a patient to predict.
        times : (T,) array
            Times at which to read the curves.
        stratum : label, optional
            Which stratum's baseline; needed where the model has more than one.
        conf_type : str
            Scale of the pointwise interval, as for `kaplan_meier`.

        Returns
        -------
        PredictedSurvival
            (m, T) arrays. The variance counts the uncertainty of the coefficients (Tsiatis 1981; R `survfit.coxph`).
        """
        self._needs_hazard()
        rows, _ = float_matrix("covariates", covariates)
        return predict(
            self._fit.plan,
            self._fit.design,
            self._fit.newton,
            self.covariance,
            rows,
            float_vector("times", times),
            stratum,
            conf_type,
            self.conf_level,
        )

    def residuals(self, kind: str = "martingale") -> FloatArray:
        """Residuals, in the order of the rows.

        Parameters
        ----------
        kind : {"martingale", "deviance", "score", "dfbeta", "dfbetas", "schoenfeld", "scaled-schoenfeld"}
            Schoenfeld residuals have one row an event, in the order of strata, then times, then rows. "dfbeta" and
            "dfbetas" carry the case weight (they are the effect of leaving the row out); the others do not.
        """
        choice("kind", kind, RESIDUALS)
        self._needs_hazard()
        return residuals(kind, self._fit.plan, self._fit.design, self._fit.newton, self._fit.model_covariance)


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
        influence = score_residuals(design, newton, weighted=True)[:, index] @ inverse / design.scale[index]
        if plan.cluster is not None:
            influence = sum_by(influence, plan.cluster, plan.n_clusters)
        covariance = np.full((p, p), np.nan)
        covariance[np.ix_(index, index)] = influence.T @ influence
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


def sum_by(values: FloatArray, codes: Any, groups: int) -> FloatArray:
    """Sum the rows of each group."""
    columns = [np.bincount(codes, weights=column, minlength=groups) for column in values.T]
    return np.asarray(np.stack(columns, axis=1) if columns else np.zeros((groups, 0)), dtype=np.float64)


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
