"""What must hold for any table, proportions or samples: swapping, mirroring, levels, tests that belong to intervals."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topline.stats import (
    barnard_test,
    benjamini_hochberg,
    boschloo_test,
    breslow_day_test,
    chi_squared,
    cochran_armitage_test,
    cochran_mantel_haenszel,
    fisher_exact,
    geometric_mean_ratio,
    hochberg,
    hodges_lehmann,
    holm,
    mcnemar_test,
    n_minus_1_chi_squared,
    odds_ratio,
    proportion_ci,
    risk_difference,
    risk_ratio,
    standardised_difference,
    welch_t,
    wilcoxon_rank_sum,
    wilcoxon_signed_rank,
)
from topline.stats.distributions import z_for
from topline.stats.proportions import METHODS as ONE
from topline.stats.two_proportions import DIFFERENCE_METHODS, ODDS_METHODS, RATIO_METHODS

CONTRASTS = [(risk_difference, m) for m in DIFFERENCE_METHODS] + [(risk_ratio, m) for m in RATIO_METHODS]
CONTRASTS += [(odds_ratio, m) for m in ODDS_METHODS]
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])
few = settings(max_examples=40)


def close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=1e-8, atol=1e-10)


@st.composite
def counts(draw: st.DrawFn, smallest: int = 0) -> tuple[int, int, int, int]:
    """Give x1 of n1 and x2 of n2, with at least `smallest` on either side."""
    out = []
    for _ in range(2):
        n = draw(st.integers(max(2 * smallest, 1), 40))
        out += [draw(st.integers(smallest, n - smallest)), n]
    return out[0], out[1], out[2], out[3]


def square(c: tuple[int, int, int, int]) -> np.ndarray:
    return np.array([[c[0], c[1] - c[0]], [c[2], c[3] - c[2]]])


numbers = st.lists(st.integers(-40, 40).map(lambda v: v / 4), min_size=2, max_size=12).map(np.array)


@pytest.mark.parametrize("method", ONE)
@given(counts(), LEVELS, LEVELS)
def test_interval_of_a_proportion_mirrors_and_widens(method: str, c: tuple[int, int, int, int], one: float, other: float) -> None:
    x, n = c[:2]
    ours, mirror = (proportion_ci(k, n, method=method, conf_level=one) for k in (x, n - x))
    close([ours.lower, ours.upper], [1 - mirror.upper, 1 - mirror.lower])
    assert 0.0 <= ours.lower <= ours.value + 1e-12
    assert ours.value - 1e-12 <= ours.upper <= 1.0
    low, high = (proportion_ci(x, n, method=method, conf_level=level) for level in sorted((one, other)))
    assert high.lower <= low.lower + 1e-12
    assert low.upper <= high.upper + 1e-12


@given(counts(), st.integers(1, 19).map(lambda v: v / 20), LEVELS)
def test_intervals_of_a_proportion_are_their_tests_turned_round(c: tuple[int, int, int, int], p: float, level: float) -> None:
    x, n = c[:2]
    mass = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    alpha = (1 - level) / 2
    upper, lower = sum(mass[x:]), sum(mass[: x + 1])
    for method, part in (("clopper-pearson", 0.0), ("mid-p", 0.5)):
        tails = (upper - part * mass[x], lower - part * mass[x])
        if min(abs(t - alpha) for t in tails) < 1e-9:
            continue
        ours = proportion_ci(x, n, method=method, conf_level=level)
        assert (ours.lower < p < ours.upper) == (min(tails) > alpha), method
    z = (x / n - p) / math.sqrt(p * (1 - p) / n)
    ours = proportion_ci(x, n, method="wilson", conf_level=level)
    if abs(abs(z) - z_for(level)) > 1e-9:
        assert (ours.lower < p < ours.upper) == (abs(z) < z_for(level))


@pytest.mark.parametrize(("function", "method"), CONTRASTS, ids=lambda v: getattr(v, "__name__", v))
@few
@given(counts(1), LEVELS, LEVELS)
def test_contrast_turns_round_with_the_groups(function: Any, method: str, c: tuple[int, int, int, int], one: float, other: float) -> None:
    ours, back = function(*c, method=method, conf_level=one), function(*c[2:], *c[:2], method=method, conf_level=one)
    assert ours.lower <= ours.value <= ours.upper
    turned = (lambda v: -v) if function is risk_difference else (lambda v: 1 / v)
    close([ours.value, ours.lower, ours.upper], [turned(back.value), turned(back.upper), turned(back.lower)])
    low, high = (function(*c, method=method, conf_level=level) for level in sorted((one, other)))
    assert high.lower <= low.lower * (1 + 1e-12) + 1e-12
    assert low.upper <= high.upper * (1 + 1e-12) + 1e-12


@given(counts(1), LEVELS)
def test_score_intervals_are_the_chi_squared_tests_turned_round(c: tuple[int, int, int, int], level: float) -> None:
    """Mee, Koopman and the score interval belong to Pearson's test, Miettinen and Nurminen's to that with N − 1."""
    pairs = (("mee", "koopman", "score"), chi_squared), (("miettinen-nurminen",) * 3, n_minus_1_chi_squared)
    for methods, test in pairs:
        p = test(square(c)).p_value
        if abs(p - (1 - level)) < 1e-7:
            continue
        for function, method, nothing in zip((risk_difference, risk_ratio, odds_ratio), methods, (0.0, 1.0, 1.0), strict=True):
            ours = function(*c, method=method, conf_level=level)
            assert (ours.lower <= nothing <= ours.upper) == (p >= 1 - level), (function.__name__, method)


@given(counts(1), LEVELS)
def test_exact_odds_ratio_is_the_one_sided_exact_test_turned_round(c: tuple[int, int, int, int], level: float) -> None:
    x1, n1, x2, n2 = c
    ways = {k: math.comb(n1, k) * math.comb(n2, x1 + x2 - k) for k in range(max(0, x1 + x2 - n2), min(n1, x1 + x2) + 1)}
    total = sum(ways.values())
    tails = [sum(w for k, w in ways.items() if k >= x1) / total, sum(w for k, w in ways.items() if k <= x1) / total]
    alpha = (1 - level) / 2
    if min(abs(t - alpha) for t in tails) < 1e-9:
        return
    ours = odds_ratio(*c, conf_level=level)
    assert (ours.lower < 1.0 < ours.upper) == (min(tails) > alpha)


@few
@given(st.lists(counts(), min_size=2, max_size=4))
def test_tables_have_no_first_row(strata: list[tuple[int, int, int, int]]) -> None:
    table = square(strata[0])
    for test in (fisher_exact, chi_squared, n_minus_1_chi_squared):
        p = [test(t).p_value for t in (table, table[::-1], table[:, ::-1], table.T)]
        close(p, [p[0]] * 4)
    for method in ("exact", "mid-p", "asymptotic", "corrected"):
        close(mcnemar_test(table, method=method).p_value, mcnemar_test(table.T, method=method).p_value)
    tables = np.array([square(c) for c in strata])
    ours, turned, mixed = (cochran_mantel_haenszel(t) for t in (tables, tables[:, ::-1], tables[::-1]))
    close([ours.statistic] * 2, [turned.statistic, mixed.statistic])
    close(ours.risk_difference.value, -turned.risk_difference.value)
    if 0 < ours.odds_ratio.value < math.inf:
        close([ours.odds_ratio.value, ours.odds_ratio.lower], [1 / turned.odds_ratio.value, 1 / turned.odds_ratio.upper])
    close(breslow_day_test(tables).statistic, breslow_day_test(tables[::-1, ::-1]).statistic)
    x, n = np.array([c[0] for c in strata]), np.array([c[1] for c in strata])
    close(cochran_armitage_test(x, n).statistic, cochran_armitage_test(x[::-1], n[::-1]).statistic)
    close(cochran_armitage_test(x, n).statistic, cochran_armitage_test(n - x, n, scores=5.0 - 3.0 * np.arange(len(x))).statistic)


@settings(max_examples=15)
@given(counts())
def test_unconditional_tests_gain_on_fishers(c: tuple[int, int, int, int]) -> None:
    table = square(c).T
    for test in (barnard_test, boschloo_test):
        close(test(table).p_value, test(table[:, ::-1]).p_value)
        close(test(table).p_value, test(table[::-1]).p_value)
    x1, n1, x2, n2 = c
    ways = {k: math.comb(n1, k) * math.comb(n2, x1 + x2 - k) for k in range(max(0, x1 + x2 - n2), min(n1, x1 + x2) + 1)}
    tails = [sum(w for k, w in ways.items() if k >= x1), sum(w for k, w in ways.items() if k <= x1)]
    assert boschloo_test(table).p_value <= min(1.0, 2 * min(tails) / sum(ways.values())) + 1e-9


@given(numbers, numbers)
def test_ranks_know_order_alone(x: np.ndarray, y: np.ndarray) -> None:
    for method in ("asymptotic", "exact"):
        ours, back, bent = (wilcoxon_rank_sum(*v, method=method) for v in ((x, y), (y, x), (np.exp(x / 9), np.exp(y / 9))))
        close([ours.statistic, ours.p_value], [len(x) * len(y) - back.statistic, back.p_value])
        close([ours.statistic, ours.p_value], [bent.statistic, bent.p_value])
        signed, turned = (wilcoxon_signed_rank(v, method=method) for v in (x, -x))
        close(signed.p_value, turned.p_value)
    size = int((x != 0).sum())
    close(wilcoxon_signed_rank(x).statistic + wilcoxon_signed_rank(-x).statistic, size * (size + 1) / 2)


@few
@given(st.lists(st.integers(0, 5), min_size=4, max_size=8))
def test_exact_rank_test_is_the_count_of_all_divisions(values: list[int]) -> None:
    n = len(values) // 2
    ours = wilcoxon_rank_sum(values[:n], values[n:], method="exact")
    ranks = [sum(w < v for w in values) + (sum(w == v for w in values) + 1) / 2 for v in values]
    sums = [sum(ranks[i] for i in chosen) for chosen in itertools.combinations(range(len(values)), n)]
    seen = sum(ranks[:n])
    tails = sum(s <= seen for s in sums), sum(s >= seen for s in sums)
    close(ours.p_value, min(1.0, 2 * min(tails) / len(sums)))


@given(numbers, numbers, LEVELS)
def test_shifts_follow_their_samples(x: np.ndarray, y: np.ndarray, level: float) -> None:
    ours, back, moved = (hodges_lehmann(*v, conf_level=level) for v in ((x, y), (y, x), (3 * x + 7, 3 * y)))
    close([ours.value, ours.lower, ours.upper], [-back.value, -back.upper, -back.lower])
    close([moved.value, moved.lower, moved.upper], [3 * ours.value + 7, 3 * ours.lower + 7, 3 * ours.upper + 7])
    welch, turned = welch_t(x, y, conf_level=level), welch_t(y, x, conf_level=level)
    close([welch.statistic, welch.p_value], [-turned.statistic, turned.p_value])
    if abs(welch.p_value - (1 - level)) > 1e-9:
        assert (welch.difference.lower <= 0 <= welch.difference.upper) == (welch.p_value >= 1 - level)
    one, other = geometric_mean_ratio(np.exp(x), np.exp(y)).difference, geometric_mean_ratio(np.exp(y), np.exp(x)).difference
    close([one.value, one.lower], [1 / other.value, 1 / other.upper])
    apart, same = standardised_difference(x, y), standardised_difference(-2 * y + 1, -2 * x + 1)
    close([apart.value, apart.lower, apart.upper], [same.value, same.lower, same.upper])


@given(st.lists(st.integers(0, 1000).map(lambda v: v / 1000), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_adjusted_p_values_keep_their_order(p: list[float], random: Any) -> None:
    order = random.sample(range(len(p)), len(p))
    steps = [method(p) for method in (holm, hochberg, benjamini_hochberg)]
    for method, ours in zip((holm, hochberg, benjamini_hochberg), steps, strict=True):
        np.testing.assert_array_equal(method(np.array(p)[order]), ours[order])
        assert (ours >= np.array(p) - 1e-15).all()
        assert (np.diff(ours[np.argsort(p, kind="stable")]) >= 0).all()
    assert (steps[0] >= steps[1] - 1e-15).all()
    assert (steps[1] >= steps[2] - 1e-15).all()
