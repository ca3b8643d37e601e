"""Likelihood-ratio test of two nested Cox models: does the larger one explain more than chance would?"""

from __future__ import annotations

import math

from topline.stats.distributions import chi2_sf
from topline.stats.errors import InputError
from topline.stats.result import TestResult
from topline.stats.survival.cox_result import CoxRegression

NAME = "likelihood-ratio test of nested Cox models"


def nested_models_test(smaller: CoxRegression, larger: CoxRegression) -> TestResult:
    """Compare two Cox models of the same patients, the covariates of `smaller` being among those of `larger`.

    Parameters
    ----------
    smaller, larger : CoxRegression
        Fits with the same times, events, strata and ties.

    Returns
    -------
    TestResult
        Twice the difference of the log partial likelihoods, on as many degrees of freedom as `larger` has covariates more; as R's
        ``anova(coxph(…), coxph(…))``. NaN with the reason where a model did not converge or a coefficient diverged.

    Raises
    ------
    InputError
        When the fits are not of the same patients and ties, or `larger` has no further covariate.
    """
    df = len(larger.names) - len(smaller.names)
    if df < 1:
        raise InputError(f"larger has {len(larger.names)} covariates and smaller {len(smaller.names)}; more were expected in larger")
    if (smaller.n, smaller.events, smaller.ties) != (larger.n, larger.events, larger.ties):
        raise InputError("smaller and larger are not fits of the same patients with the same ties")
    if not (smaller.converged and larger.converged) or larger.warnings:
        reasons = tuple(dict.fromkeys((*larger.warnings, *smaller.warnings))) or ("a model did not converge",)
        return TestResult(math.nan, float(df), math.nan, NAME, reasons)
    statistic = max(0.0, 2.0 * (larger.loglik - smaller.loglik))
    return TestResult(statistic, float(df), chi2_sf(statistic, df), NAME)
