"""The likelihood-ratio test of nested Cox models: by hand where the partial likelihood is a product of fractions, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest

from topline.stats import InputError, cox_regression, nested_models_test

TIME, EVENT = np.array([1.0, 2, 3, 4, 5, 6]), np.array([1, 1, 1, 0, 1, 1])
FIRST, SECOND = np.array([1.0, 0, 1, 0, 1, 0]), np.array([0.0, 1, 1, 0, 0, 1])


def log_partial_likelihood(beta: np.ndarray, covariates: np.ndarray) -> float:
    """Cox's product over the events, without ties, written out."""
    score = covariates @ beta
    return sum(score[i] - math.log(sum(math.exp(score[j]) for j in range(6) if TIME[j] >= TIME[i])) for i in range(6) if EVENT[i])


def test_it_is_twice_the_gain_of_the_partial_likelihood() -> None:
    both = np.column_stack([FIRST, SECOND])
    smaller, larger = cox_regression(TIME, EVENT, FIRST.reshape(-1, 1)), cox_regression(TIME, EVENT, both)
    test = nested_models_test(smaller, larger)
    gain = log_partial_likelihood(larger.coef, both) - log_partial_likelihood(smaller.coef, FIRST.reshape(-1, 1))
    assert test.statistic == pytest.approx(2 * gain, rel=1e-10)
    assert test.p_value == pytest.approx(math.erfc(math.sqrt(gain)), rel=1e-10)  # chi-squared with one degree of freedom
    assert test.df == 1


def test_models_that_are_not_nested_or_of_other_patients_are_refused() -> None:
    smaller = cox_regression(TIME, EVENT, FIRST.reshape(-1, 1))
    with pytest.raises(InputError, match="more were expected"):
        nested_models_test(smaller, smaller)
    fewer = cox_regression(TIME[:5], EVENT[:5], np.column_stack([FIRST, SECOND])[:5])
    with pytest.raises(InputError, match="same patients"):
        nested_models_test(smaller, fewer)
