"""What must hold for any survival data: scaling, swapping, splitting, permuting, perturbing."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topline.stats import (
    cox_regression,
    cumulative_incidence,
    gray_test,
    kaplan_meier,
    logrank_test,
    reverse_kaplan_meier,
)

Data = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@st.composite
def survival_data(draw: st.DrawFn, smallest: int = 6, largest: int = 40) -> Data:
    """Days with many ties, events, two groups, one covariate; at least two events and both groups."""
    n = draw(st.integers(smallest, largest))
    time = np.array(draw(st.lists(st.integers(1, 15), min_size=n, max_size=n)))
    event = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    group = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    x = np.array(draw(st.lists(st.integers(-8, 8), min_size=n, max_size=n))) / 4.0
    event[0] = event[1] = True
    group[0], group[1] = 0, 1
    return time, event, group, x


def well_posed(cox: Any) -> bool:
    return bool(cox.converged and not cox.diagnostics.aliased and np.abs(cox.coef).max() < 6)


@given(survival_data(), st.sampled_from([0.5, 3.0, 30.4375]))
def test_scaling_time_scales_only_times(data: Data, factor: float) -> None:
    time, event, group, x = data
    a, b = kaplan_meier(time, event), kaplan_meier(time * factor, event)
    np.testing.assert_array_equal(a.survival, b.survival)
    np.testing.assert_allclose(b.median.value, a.median.value * factor)
    np.testing.assert_allclose(b.rmst(factor).value, a.rmst(1.0).value * factor)
    np.testing.assert_allclose(logrank_test(time * factor, event, group).statistic, logrank_test(time, event, group).statistic, rtol=1e-10)
    np.testing.assert_allclose(cox_regression(time * factor, event, x).coef, cox_regression(time, event, x).coef, rtol=1e-9, atol=1e-12)


@given(survival_data(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(data: Data, random: Any) -> None:
    time, event, group, x = data
    order = np.array(random.sample(range(len(time)), len(time)))
    a, b = kaplan_meier(time, event), kaplan_meier(time[order], event[order])
    np.testing.assert_array_equal(a.survival, b.survival)
    np.testing.assert_array_equal(a.lower, b.lower)
    np.testing.assert_array_equal(logrank_test(time, event, group).variance, logrank_test(time[order], event[order], group[order]).variance)
    one, two = cox_regression(time, event, x), cox_regression(time[order], event[order], x[order])
    if well_posed(one):
        np.testing.assert_allclose(one.coef, two.coef, rtol=1e-11, atol=1e-12)
        for kind in ("martingale", "score"):
            np.testing.assert_allclose(one.residuals(kind)[order], two.residuals(kind), rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(one.concordance.value, two.concordance.value, rtol=1e-12)


@given(survival_data())
def test_swapping_groups_turns_the_sign_only(data: Data) -> None:
    time, event, group, _ = data
    a, b = logrank_test(time, event, group), logrank_test(time, event, 1 - group)
    np.testing.assert_allclose(a.statistic, b.statistic, rtol=1e-9, atol=1e-12)
    if a.z is not None and b.z is not None:
        np.testing.assert_allclose(a.z, -b.z, rtol=1e-9, atol=1e-9)
    one, two = cox_regression(time, event, group), cox_regression(time, event, 1 - group)
    if well_posed(one):
        np.testing.assert_allclose(one.coef, -two.coef, rtol=1e-9, atol=1e-10)


@given(survival_data())
def test_splitting_an_interval_changes_nothing(data: Data) -> None:
    """A patient cut in two at day 5.5 (delayed entry for the second part) is still the same patient."""
    time, event, group, x = data
    cut = 5.5
    long = time > cut
    t = np.r_[np.minimum(time, cut), time[long]]
    e = np.r_[event & ~long, event[long]]
    entry = np.r_[np.full(len(time), -1.0), np.full(long.sum(), cut)]
    who = np.r_[np.arange(len(time)), np.flatnonzero(long)]
    whole, parts = cox_regression(time, event, x), cox_regression(t, e, x[who], entry=entry)
    if well_posed(whole):
        np.testing.assert_allclose(parts.coef, whole.coef, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(parts.std_error, whole.std_error, rtol=1e-9)
        np.testing.assert_allclose(np.bincount(who, parts.residuals("martingale")), whole.residuals("martingale"), atol=1e-9)
        robust = cox_regression(time, event, x, robust=True).robust_std_error
        np.testing.assert_allclose(cox_regression(t, e, x[who], entry=entry, cluster=who).robust_std_error, robust, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(logrank_test(t, e, group[who], entry=entry).statistic, logrank_test(time, event, group).statistic, rtol=1e-9)
    at = np.arange(1, time.max() + 1)
    np.testing.assert_allclose(kaplan_meier(t, e, entry=entry).at(at).survival, kaplan_meier(time, event).at(at).survival, rtol=1e-12)


@given(survival_data(largest=20), st.integers(2, 3))
def test_whole_weights_are_copies(data: Data, most: int) -> None:
    time, event, _, x = data
    copies = 1 + np.arange(len(time)) % most
    rep = np.repeat(np.arange(len(time)), copies)
    a, b = kaplan_meier(time, event, weights=copies), kaplan_meier(time[rep], event[rep])
    np.testing.assert_allclose(a.survival, b.survival, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(a.std_error, b.std_error, rtol=1e-9)
    one = cox_regression(time, event, x, weights=copies, ties="breslow")
    two = cox_regression(time[rep], event[rep], x[rep], ties="breslow")
    if well_posed(one):
        np.testing.assert_allclose(one.coef, two.coef, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(one.std_error, two.std_error, rtol=1e-9)


@given(survival_data())
def test_strata_of_one_kind_change_nothing_and_apart_add_up(data: Data) -> None:
    time, event, group, x = data
    plain, one = cox_regression(time, event, x), cox_regression(time, event, x, strata=np.zeros(len(time), int))
    np.testing.assert_array_equal(plain.coef, one.coef)
    both = cox_regression(time, event, x, strata=group)
    halves = [cox_regression(time[group == g], event[group == g], x[group == g]) for g in (0, 1)]
    np.testing.assert_allclose(both.loglik_null, sum(h.loglik_null for h in halves), rtol=1e-10, atol=1e-12)


@given(survival_data())
def test_residuals_add_up(data: Data) -> None:
    time, event, _, x = data
    cox = cox_regression(time, event, x)
    np.testing.assert_allclose(cox.residuals("martingale").sum(), 0.0, atol=1e-8)
    assert (cox.residuals("martingale") <= event + 1e-9).all()
    if well_posed(cox):
        np.testing.assert_allclose(cox.residuals("score").sum(axis=0), 0.0, atol=1e-7)
        np.testing.assert_allclose(cox.residuals("schoenfeld").sum(axis=0), 0.0, atol=1e-7)


@given(survival_data(largest=25))
def test_score_residuals_are_what_perturbing_a_weight_does(data: Data) -> None:
    """The jackknife's first-order term: d coef / d weight = dfbeta."""
    time, event, _, x = data
    base = cox_regression(time, event, x, robust=True, ties="breslow")
    if not well_posed(base) or base.std_error[0] > 2:
        return
    step = 1e-4
    for row in (0, len(time) // 2):
        moved = []
        for sign in (1, -1):
            w = np.ones(len(time))
            w[row] += sign * step
            moved.append(cox_regression(time, event, x, weights=w, ties="breslow").coef[0])
        slope = (moved[0] - moved[1]) / (2 * step)
        np.testing.assert_allclose(base.residuals("dfbeta")[row, 0], slope, rtol=1e-4, atol=1e-6)


@given(survival_data(largest=12))
def test_partial_likelihood_is_the_product_written_out(data: Data) -> None:
    """Efron's likelihood from its definition, term by term."""
    time, event, _, x = data
    cox = cox_regression(time, event, x)
    beta = cox.coef[0] if np.isfinite(cox.coef[0]) else 0.0
    if abs(beta) > 6:
        return
    r = np.exp(x * beta)
    total = 0.0
    for t in np.unique(time[event]):
        dead, risk = event & (time == t), time >= t
        d = dead.sum()
        total += (x[dead] * beta).sum()
        total -= sum(np.log(r[risk].sum() - k / d * r[dead].sum()) for k in range(d))
    np.testing.assert_allclose(cox.loglik, total, rtol=1e-9, atol=1e-9)


@given(survival_data(largest=14))
def test_concordance_is_the_count_of_pairs(data: Data) -> None:
    time, event, _, x = data
    cox = cox_regression(time, event, x)
    if not well_posed(cox) or cox.coef[0] == 0:
        return
    risk = x * np.sign(cox.coef[0])
    good = bad = tied = 0
    for i, j in itertools.permutations(range(len(time)), 2):
        lasts = time[j] > time[i] or (time[j] == time[i] and not event[j])
        if event[i] and lasts:
            good += risk[i] > risk[j]
            bad += risk[i] < risk[j]
            tied += risk[i] == risk[j]
    if good + bad + tied:
        assert cox.concordance.value == pytest.approx((good + tied / 2) / (good + bad + tied), rel=1e-12)


@given(survival_data())
def test_curve_is_a_survival_curve(data: Data) -> None:
    time, event, _, _ = data
    km = kaplan_meier(time, event)
    s = km.survival
    assert ((s >= 0) & (s <= 1)).all()
    assert (np.diff(s) <= 0).all()
    known = ~np.isnan(km.lower)
    assert (km.lower[known] <= s[known] + 1e-12).all()
    assert (s[known] <= km.upper[known] + 1e-12).all()
    assert km.n_event.sum() == event.sum()
    assert km.n_risk[0] == len(time)
    # By hand: the product over event times.
    by_hand = np.cumprod([1 - (event & (time == t)).sum() / (time >= t).sum() for t in km.time])
    np.testing.assert_allclose(s, by_hand, rtol=1e-12, atol=1e-15)


@given(survival_data())
def test_incidences_and_survival_share_one(data: Data) -> None:
    time, event, group, _ = data
    code = np.where(event, 1 + group, 0)
    parts = [cumulative_incidence(time, code, cause=c).estimate for c in (1, 2)]
    np.testing.assert_allclose(parts[0] + parts[1] + kaplan_meier(time, event).survival, 1.0, rtol=1e-12)
    alone = cumulative_incidence(time, event.astype(int), conf_type="plain")
    km = kaplan_meier(time, event, conf_type="plain")
    np.testing.assert_allclose(alone.estimate, 1 - km.survival, rtol=1e-12, atol=1e-14)


@given(survival_data())
def test_gray_score_is_balanced(data: Data) -> None:
    time, event, group, x = data
    code = np.where(event, 1 + (x > 0), 0)
    test = gray_test(time, code, group)
    np.testing.assert_allclose(test.score.sum(), 0.0, atol=1e-9)
    np.testing.assert_allclose(test.variance.sum(axis=0), 0.0, atol=1e-9)


@given(survival_data())
def test_reverse_curve_swaps_the_roles(data: Data) -> None:
    time, event, _, _ = data
    reverse = reverse_kaplan_meier(time, event)
    np.testing.assert_array_equal(reverse.survival, kaplan_meier(time, ~event).survival)
