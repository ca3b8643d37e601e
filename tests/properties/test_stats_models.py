"""What must hold for any data of the models beyond Cox's: units, copies, order of rows, cut intervals, swapped groups."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topline.stats import (
    cox_regression,
    fine_gray,
    flexible_parametric_regression,
    landmark_difference,
    logistic_regression,
    max_combo_test,
    parametric_regression,
    penalised_cox_regression,
    permutation_logrank_test,
    rmst_difference,
)

few = settings(max_examples=30)


class Study:
    """Times with ties, events, two groups and two covariates of `n` patients, from a seed: large enough to be well posed."""

    def __init__(self, seed: int, n: int) -> None:
        rng = np.random.default_rng(seed)
        self.x = np.column_stack([np.round(rng.normal(size=n), 2), np.arange(n) % 2])
        self.time = np.ceil(rng.exponential(9.0 * np.exp(0.4 * self.x[:, 0]))) + 1.0
        self.event = rng.random(n) < 0.75
        self.group = rng.permutation(np.arange(n) % 2)
        self.code = np.where(self.event, 1 + rng.integers(0, 2, n), 0)
        self.copies = rng.integers(1, 4, n)
        self.order = rng.permutation(n)
        self.outcome = rng.random(n) < 1 / (1 + np.exp(-self.x[:, 0]))


studies = st.builds(Study, st.integers(0, 10**6), st.integers(30, 60))


def close(ours: Any, theirs: Any, tolerance: float = 1e-7) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=tolerance)


def same(ours: Any, theirs: Any, slopes: Any = slice(None)) -> None:
    """Compare two fits, coefficients by the places of `slopes`."""
    if not (ours.converged and theirs.converged) or np.abs(ours.coef[slopes]).max() > 6:
        return
    close(ours.coef[slopes], theirs.coef[slopes], 1e-6)
    close(ours.std_error[slopes], theirs.std_error[slopes], 1e-6)


Model = Callable[..., Any]
# Models of a time: whole rows in, a fit out.
SURVIVAL: dict[str, Model] = {
    "exact ties": lambda time, event, x, **more: cox_regression(time, event, x, ties="exact", **more),
    "Firth": lambda time, event, x, **more: penalised_cox_regression(time, event, x, ties="breslow", **more),
    "ridge": lambda time, event, x, **more: penalised_cox_regression(time, event, x, penalty="ridge", strength=1.0, ties="breslow", **more),
    "weibull": parametric_regression,
    "exponential": lambda time, event, x, **more: parametric_regression(time, event, x, distribution="exponential", **more),
    "log-normal": lambda time, event, x, **more: parametric_regression(time, event, x, distribution="log-normal", **more),
    "log-logistic": lambda time, event, x, **more: parametric_regression(time, event, x, distribution="log-logistic", **more),
    "spline": lambda time, event, x, **more: flexible_parametric_regression(time, event, x, df=2, **more),
}
PARAMETRIC = {"weibull", "exponential", "log-normal", "log-logistic"}


def slopes(name: str) -> Any:
    return slice(1, None) if name in PARAMETRIC else slice(None)


@pytest.mark.parametrize("name", SURVIVAL)
@few
@given(studies, st.sampled_from([0.25, 30.4375, 365.25]))
def test_unit_of_time_and_order_of_rows_move_no_effect(name: str, s: Study, unit: float) -> None:
    fit, o = SURVIVAL[name], s.order
    plain = fit(s.time, s.event, s.x)
    same(plain, fit(s.time * unit, s.event, s.x), slopes(name))
    same(plain, fit(s.time[o], s.event[o], s.x[o]), slopes(name))
    if name in PARAMETRIC and plain.converged:
        longer = fit(s.time * unit, s.event, s.x)
        close(longer.coef[0], plain.coef[0] + np.log(unit), 1e-6)
        close(longer.loglik, plain.loglik - s.event.sum() * np.log(unit))


@pytest.mark.parametrize("name", sorted(set(SURVIVAL) - {"exact ties"}))
@few
@given(studies)
def test_whole_weights_are_copies(name: str, s: Study) -> None:
    rep = np.repeat(np.arange(len(s.time)), s.copies)
    # Knots are quantiles of the rows, which copies move: they are given.
    fit = SURVIVAL[name]
    if name == "spline":
        fit = partial(flexible_parametric_regression, knots=[np.median(np.unique(s.time[s.event]))])
    weighted = fit(s.time, s.event, s.x, weights=s.copies)
    copied = fit(s.time[rep], s.event[rep], s.x[rep])
    same(weighted, copied, slopes(name))
    close(weighted.loglik, copied.loglik)


@pytest.mark.parametrize("name", SURVIVAL)
@few
@given(studies)
def test_a_patient_cut_in_two_is_the_same_patient(name: str, s: Study) -> None:
    cut = 4.5
    late = np.flatnonzero(s.time > cut)
    time, event = np.r_[np.minimum(s.time, cut), s.time[late]], np.r_[s.event & (s.time <= cut), s.event[late]]
    entry, who = np.r_[np.zeros(len(s.time)), np.full(len(late), cut)], np.r_[np.arange(len(s.time)), late]
    whole, parts = SURVIVAL[name](s.time, s.event, s.x), SURVIVAL[name](time, event, s.x[who], entry=entry)
    same(whole, parts, slopes(name))
    if whole.converged and parts.converged:
        close(whole.loglik, parts.loglik)


@pytest.mark.parametrize("name", SURVIVAL)
@few
@given(studies, st.sampled_from([0.01, 1000.0]))
def test_unit_of_a_covariate_moves_its_coefficient_alone(name: str, s: Study, unit: float) -> None:
    if name == "ridge":
        return  # the penalty has the unit of the coefficients
    plain, other = SURVIVAL[name](s.time, s.event, s.x), SURVIVAL[name](s.time, s.event, s.x * [unit, 1.0] + [5.0, 0.0])
    if plain.converged and other.converged and np.abs(plain.coef).max() < 6:
        close(other.coef[slopes(name)] * [unit, 1.0], plain.coef[slopes(name)], 1e-6)
        close(other.likelihood_ratio_test.statistic, plain.likelihood_ratio_test.statistic, 1e-6)


@few
@given(studies)
def test_fine_and_gray_follow_their_data(s: Study) -> None:
    plain, o = fine_gray(s.time, s.code, s.x), s.order
    same(plain, fine_gray(s.time * 30.4375, s.code, s.x))
    same(plain, fine_gray(s.time[o], s.code[o], s.x[o]))
    turned = fine_gray(s.time, s.code, s.x * [1.0, -1.0] + [0.0, 1.0])
    if plain.converged and np.abs(plain.coef).max() < 6:
        close(turned.coef, plain.coef * [1.0, -1.0], 1e-6)
        close(fine_gray(s.time, 3 - s.code - 3 * (s.code == 0), s.x, cause=2).coef, plain.coef)


@few
@given(studies, st.booleans(), st.sampled_from([1e-12, 1.0, 1e9]))
def test_logistic_models_follow_their_data(s: Study, firth: bool, size: float) -> None:
    def fit(y: Any, x: Any, **more: Any) -> Any:
        return logistic_regression(y, x, firth=firth, **more)

    plain, o = fit(s.outcome, s.x), s.order
    same(plain, fit(s.outcome[o], s.x[o]))
    turned, unit = fit(~s.outcome, s.x), fit(s.outcome, s.x * [100.0, 1.0] + [-3.0, 0.0])
    rep = np.repeat(o, s.copies)
    if not plain.converged or np.abs(plain.coef).max() > 6:
        return
    close(turned.coef, -plain.coef, 1e-6)
    close([turned.lower, turned.upper], [1 / plain.upper, 1 / plain.lower], 1e-5)
    close(unit.coef[1:] * [100.0, 1.0], plain.coef[1:], 1e-6)
    close(unit.likelihood_ratio_test.statistic, plain.likelihood_ratio_test.statistic, 1e-6)
    same(fit(s.outcome[rep], s.x[rep]), fit(s.outcome[o], s.x[o], weights=s.copies))
    if not firth:  # a penalty does not grow with the weights
        close(fit(s.outcome, s.x, weights=np.full(len(o), size)).coef, plain.coef, 1e-6)


@few
@given(studies, st.sampled_from([0.25, 365.25]))
def test_comparisons_turn_round_with_the_groups(s: Study, unit: float) -> None:
    tau = min(s.time[s.group == g].max() for g in (0, 1)) * 0.8
    ours, back, longer = (
        rmst_difference(s.time * k, s.event, g, tau=tau * k) for g, k in ((s.group, 1.0), (1 - s.group, 1.0), (s.group, unit))
    )
    close([ours.difference.value, ours.difference.lower, ours.p_value], [-back.difference.value, -back.difference.upper, back.p_value])
    close([ours.ratio.value, ours.ratio.lower], [1 / back.ratio.value, 1 / back.ratio.upper])
    close([longer.difference.value, longer.ratio.upper], [unit * ours.difference.value, ours.ratio.upper])
    here, there = landmark_difference(s.time, s.event, s.group, at=tau), landmark_difference(s.time, s.event, 1 - s.group, at=tau)
    close([here.difference.value, here.difference.lower, here.p_value], [-there.difference.value, -there.difference.upper, there.p_value])
    combo, turned = max_combo_test(s.time, s.event, s.group), max_combo_test(s.time * unit, s.event, 1 - s.group)
    close(combo.z, -turned.z)
    close(combo.p_value, turned.p_value, 1e-5)
    shuffled = [permutation_logrank_test(s.time * k, s.event, s.group, n_permutations=200) for k in (1.0, unit)]
    assert shuffled[0].p_value == shuffled[1].p_value
    close(permutation_logrank_test(s.time, s.event, 1 - s.group, n_permutations=10).statistic, -shuffled[0].statistic)
