"""A fitted Cox model as a result: coefficients and tests, and what can be asked of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, float_matrix, float_vector, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Estimate, Result, TestResult
from topline.stats.survival.cox_baseline import BaselineHazard, PredictedSurvival, baseline, predict
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_exact import evaluate_exact
from topline.stats.survival.cox_likelihood import evaluate
from topline.stats.survival.cox_newton import CoxDiagnostics, NewtonFit
from topline.stats.survival.cox_profile import profile_limits
from topline.stats.survival.cox_proportional import ProportionalHazardsTest, check_proportional
from topline.stats.survival.cox_residuals import RESIDUALS, residuals
from topline.stats.survival.risk_sets import RiskSets


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
