"""Data as they should not be: a right answer, a typed error, or a warning in the result; never a NaN without a reason."""

from __future__ import annotations

import math

import numpy as np
import pytest

from topline.stats import (
    InputError,
    RiskSets,
    breslow_day_test,
    chi_squared,
    cochran_armitage_test,
    cochran_mantel_haenszel,
    cox_regression,
    cumulative_incidence,
    fisher_exact,
    gray_test,
    kaplan_meier,
    logrank_test,
    proportion_ci,
    rmst_difference,
    standardised_difference,
    welch_t,
    wilcoxon_signed_rank,
)

pytestmark = pytest.mark.usefixtures("path")

rng = np.random.default_rng(4)
N = 24
X = rng.normal(size=(N, 2))
G = np.arange(N) % 2
T = np.arange(1, N + 1)
E = rng.random(N) < 0.7


def test_all_censored_curve_never_falls() -> None:
    km = kaplan_meier(T, np.zeros(N))
    assert (km.survival == 1).all()
    assert math.isnan(km.median.value)
    assert "not reached" in km.median.warnings[0]
    assert km.at(N).survival == 1.0
    assert km.rmst(10).value == 10.0
    assert np.isnan(cox_regression(T, np.zeros(N), X).coef).all()
    assert "no events" in cox_regression(T, np.zeros(N), X).warnings[0]


def test_beyond_the_last_observation() -> None:
    open_end = kaplan_meier([1, 2, 3], [1, 1, 0])
    assert math.isnan(open_end.at(4).survival)
    assert "beyond the last observation" in open_end.at(4).warnings[0]
    assert math.isnan(open_end.rmst(4).value)
    closed = kaplan_meier([1, 2, 3], [1, 1, 1])
    assert closed.at(4).survival == 0.0
    assert closed.rmst(4).value == pytest.approx(2.0)


def test_at_risk_counts_who_is_there_just_before() -> None:
    km = kaplan_meier([2, 2, 5, 9], [1, 0, 1, 0])
    assert list(km.at([0, 2, 2.5, 5, 9, 10]).n_risk) == [4, 4, 2, 2, 1, 0]
    late = kaplan_meier([5, 6, 9], [1, 1, 0], entry=[0, 4, 5])
    assert list(late.at([1, 4, 4.5, 5, 6, 9]).n_risk) == [1, 1, 2, 2, 2, 1]


def test_separation_is_named() -> None:
    cox = cox_regression(T, np.ones(N), np.column_stack([X[:, 0], (T <= 8).astype(float)]))
    assert cox.diagnostics.diverging == ("x2",)
    assert not cox.converged
    assert "separation" in cox.warnings[0]
    # The likelihood-ratio test stays meaningful: it has converged to its limit.
    limit = cox_regression(T[8:], np.ones(N - 8), X[8:, 0]).loglik + cox_regression(T[:8], np.ones(8), X[:8, 0]).loglik
    assert cox.loglik <= limit + 1e-6


def test_group_without_events_is_separation() -> None:
    cox = cox_regression(T, E & (G == 0), G.astype(float))
    assert cox.diagnostics.diverging == ("x1",)
    assert cox.likelihood_ratio_test.p_value < 0.01


def test_collinear_column_is_named_and_the_rest_is_the_model_without_it() -> None:
    both = cox_regression(T, E, np.column_stack([X[:, 0], 3 - 2 * X[:, 0], X[:, 1]]))
    alone = cox_regression(T, E, X)
    assert both.diagnostics.aliased == ("x2",)
    assert np.isnan(both.coef[1])
    np.testing.assert_allclose(both.coef[[0, 2]], alone.coef, rtol=1e-10)
    np.testing.assert_allclose(both.std_error[[0, 2]], alone.std_error, rtol=1e-10)
    assert both.wald_test.df == 2


def test_scale_of_a_covariate_does_not_matter() -> None:
    plain = cox_regression(T, E, X)
    for scale, shift in ((1e9, 1e12), (1e-9, 0.0), (-3.0, 1e4)):
        other = cox_regression(T, E, X * scale + shift)
        np.testing.assert_allclose(other.coef * scale, plain.coef, rtol=1e-6 if shift > 1e5 else 1e-9)


def test_near_equal_times_are_ties() -> None:
    base = np.array([0.1 + 0.2, 0.3, 1.0, 1.0, 2.0, 3.0])
    x = np.array([0.0, 1.0, 0.5, 0.2, 1.5, 0.7])
    assert base[0] != base[1]
    km = kaplan_meier(base, np.ones(6))
    assert len(km.time) == 4
    exact = cox_regression([0.3, 0.3, 1, 1, 2, 3], np.ones(6), x)
    np.testing.assert_allclose(cox_regression(base, np.ones(6), x).coef, exact.coef, rtol=1e-12)


def test_tiny_weights_are_only_a_scale() -> None:
    plain = cox_regression(T, E, X, weights=np.full(N, 2.0), robust=True)
    tiny = cox_regression(T, E, X, weights=np.full(N, 2e-12), robust=True)
    np.testing.assert_allclose(tiny.coef, plain.coef, rtol=1e-9)
    np.testing.assert_allclose(tiny.robust_std_error, plain.robust_std_error, rtol=1e-9)
    np.testing.assert_allclose(kaplan_meier(T, E, weights=np.full(N, 1e-12)).survival, kaplan_meier(T, E).survival)


def test_weight_of_zero_is_absence() -> None:
    w = np.where(np.arange(N) % 3 == 0, 0.0, 1.5)
    keep = w > 0
    for ties in ("efron", "breslow"):
        a = cox_regression(T // 3, E, X, weights=w, ties=ties)
        b = cox_regression((T // 3)[keep], E[keep], X[keep], weights=w[keep], ties=ties)
        np.testing.assert_allclose(a.coef, b.coef, rtol=1e-10)
        np.testing.assert_allclose(a.robust_std_error, b.robust_std_error, rtol=1e-10)
        assert (a.n, a.events) == (b.n, b.events)
    a, b = kaplan_meier(T // 3, E, weights=w), kaplan_meier((T // 3)[keep], E[keep], weights=w[keep])
    np.testing.assert_allclose(a.survival, b.survival)
    np.testing.assert_array_equal(a.time, b.time)


def test_risk_set_far_smaller_than_what_was_cumulated_keeps_its_digits() -> None:
    """One early patient at risk beside later ones with enormous risk: S0 must not be a difference of huge sums."""
    entry = np.r_[0, 0, 0, 0, np.full(20, 10.0)]
    time = np.r_[1, 2, 3, 4, np.arange(11, 31)]
    x = np.r_[0.0, 0.4, -0.2, 0.1, np.full(20, 28.0) + np.linspace(0, 1, 20)]
    event = np.ones(24)
    late = np.arange(24) >= 4
    whole = cox_regression(time, event, x, entry=entry)
    # Early and late rows are never at risk together, so they may as well be strata.
    apart = cox_regression(time, event, x, strata=late)
    np.testing.assert_allclose(whole.coef, apart.coef, rtol=1e-9)
    np.testing.assert_allclose(whole.std_error, apart.std_error, rtol=1e-9)


def test_many_strata_do_not_leak_rounding() -> None:
    """Matched pairs: each pair a stratum; a conditional logistic model with a known likelihood."""
    pairs = 300
    x = rng.normal(size=(pairs, 2))
    time, event = np.tile([1, 2], pairs), np.tile([1, 0], pairs)
    cox = cox_regression(time, event, x.reshape(-1), strata=np.repeat(np.arange(pairs), 2))
    gap = x[:, 0] - x[:, 1]
    beta = 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-gap * beta))
        beta += (gap * (1 - p)).sum() / (gap**2 * p * (1 - p)).sum()
    assert cox.coef[0] == pytest.approx(beta, rel=1e-10)
    assert cox.loglik == pytest.approx(-np.log1p(np.exp(-gap * beta)).sum(), rel=1e-10)


BAD = {
    "NaN in time": (lambda: kaplan_meier([1, math.nan, 3], [1, 0, 1]), r"time\[1\] is nan"),
    "infinite time": (lambda: kaplan_meier([1, 2, math.inf], [1, 0, 1]), r"time\[2\] is inf"),
    "negative time": (lambda: kaplan_meier([1, -2, 3], [1, 0, 1]), r"time\[1\] is -2"),
    "negative float time": (lambda: kaplan_meier([1.5, -2, 3], [1, 0, 1]), r"time\[1\] is -2"),
    "event of 2": (lambda: kaplan_meier([1, 2, 3], [1, 2, 1]), r"event\[1\] is 2"),
    "missing event": (lambda: kaplan_meier([1, 2, 3], [1, math.nan, 1]), r"event\[1\] is nan"),
    "text in event": (lambda: kaplan_meier([1, 2], ["yes", "no"]), "event must hold numbers"),
    "lengths differ": (lambda: kaplan_meier([1, 2, 3], [1, 0]), "event"),
    "no rows": (lambda: kaplan_meier([], []), "empty"),
    "NaN in covariate": (lambda: cox_regression([1, 2], [1, 1], [[1.0], [math.nan]]), r"covariates\[1, 'x1'\] is nan"),
    "negative weight": (lambda: kaplan_meier([1, 2], [1, 1], weights=[1, -1]), r"weights\[1\] is -1"),
    "all weights 0": (lambda: kaplan_meier([1, 2], [1, 1], weights=[0, 0]), "weights are all 0"),
    "entry after time": (lambda: kaplan_meier([1, 2], [1, 1], entry=[0, 2]), r"entry\[1\] is 2 and time\[1\] is 2"),
    "missing group": (lambda: logrank_test([1, 2], [1, 1], ["a", None]), r"group\[1\] is missing"),
    "one group": (lambda: logrank_test([1, 2], [1, 1], ["a", "a"]), "one label only"),
    "unknown ties": (lambda: cox_regression([1, 2], [1, 1], [0, 1], ties="exactly"), "ties is 'exactly'"),
    "unknown interval": (lambda: kaplan_meier([1], [1], conf_type="loglog"), "conf_type is 'loglog'"),
    "level of 95": (lambda: kaplan_meier([1], [1], conf_level=95), "conf_level is 95"),
    "quantile of 50": (lambda: kaplan_meier([1], [1]).quantile(50), "q is 50"),
    "tau beyond follow-up": (
        lambda: rmst_difference([1, 5, 2, 9], [1, 0, 1, 0], ["a", "a", "b", "b"], tau=7),
        "group 'a' was last observed at 5",
    ),
    "more successes than patients": (lambda: proportion_ci(6, 5), "successes is 6 and n is 5"),
    "half a patient": (lambda: proportion_ci(2.5, 5), "successes is 2.5"),
    "negative cell": (lambda: fisher_exact([[1, -1], [2, 3]]), r"table\[0, 1\] is -1"),
    "flat table": (lambda: chi_squared([1, 2, 3]), "shape"),
    "tables of the wrong shape": (lambda: cochran_mantel_haenszel([[1, 2], [3, 4]]), "K × 2 × 2"),
    "one value": (lambda: welch_t([1.0], [1.0, 2.0]), "at least two"),
    "cause of 0": (lambda: cumulative_incidence([1, 2], [0, 1], cause=0), "0, which stands for censored"),
    "cause of one and a half": (lambda: gray_test([1, 2], [0, 1], ["a", "b"], cause=1.5), "cause is 1.5"),
    "rho of another weight": (lambda: logrank_test([1, 2], [1, 1], ["a", "b"], weight="gehan", rho=1), "weight is 'gehan'"),
    "ragged table": (lambda: fisher_exact([[1, 2], [3]]), "rows of the same length"),
    "NaN in one stratum": (lambda: breslow_day_test([[[math.nan, 1], [2, 3]], [[1, 2], [3, 4]]]), r"tables\[0, 0, 0\] is nan"),
    "half a success": (lambda: cochran_armitage_test([1.5, 2], [3, 4]), r"successes\[0\] is 1.5"),
    "fraction as a cause": (lambda: cumulative_incidence([1, 2], [0.5, 1]), r"event_code\[0\] is 0.5"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_by_name_value_and_place(name: str) -> None:
    call, message = BAD[name]
    with pytest.raises(InputError, match=message):
        call()


def test_empty_proportion_is_not_estimable() -> None:
    assert "n is 0" in proportion_ci(0, 0).warnings[0]


def test_constant_groups_have_a_standardised_difference_only_where_equal() -> None:
    assert standardised_difference([1, 1], [1, 1]).value == 0.0
    for kind, x, y in (("continuous", [1, 1], [2, 2]), ("binary", [1, 1], [0, 0]), ("categorical", ["a", "a"], ["b", "b"])):
        apart = standardised_difference(x, y, kind=kind)
        assert math.isnan(apart.value)
        assert "constant" in apart.warnings[0]


def test_differences_that_only_rounding_sets_apart_are_tied() -> None:
    """0.3 − 0.1, 0.5 − 0.3 and 0.9 − 0.7 are 0.2; in floats they are three numbers, and 0.1 + 0.2 − 0.3 isn't 0."""
    decimal = wilcoxon_signed_rank([0.3, 0.3, 0.9, 1.1, 0.1 + 0.2], [0.1, 0.5, 0.7, 1.2, 0.3])
    whole = wilcoxon_signed_rank([3, 3, 9, 11, 3], [1, 5, 7, 12, 3])
    assert (decimal.statistic, decimal.p_value, decimal.n) == (whole.statistic, whole.p_value, whole.n)
    assert (whole.statistic, whole.n) == (6.0, (4,))


def test_restricted_means_of_0_have_no_ratio() -> None:
    ours = rmst_difference([0, 0, 0, 0], [1, 1, 1, 1], ["a", "a", "b", "b"], tau=5)
    assert ours.difference.value == 0.0
    assert math.isnan(ours.ratio.value)
    assert "a restricted mean is 0" in ours.ratio.warnings[-1]


def test_plan_says_what_it_is() -> None:
    plan = RiskSets([1, 2, 2], [1, 0, 1], strata=["a", "a", "b"])
    assert (plan.n, plan.n_events, plan.n_strata) == (3, 2, 2)
    with pytest.raises(InputError, match="2 strata"):
        plan.kaplan_meier()
