"""The fast p-values equal those of the statistics floor and of SciPy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, fisher_exact

from topline import stats
from topline.audit.checks.intervals import METHODS, bounds
from topline.audit.two_by_two import table_p_values


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 150), st.integers(1, 150), st.data())
def test_equal_to_the_statistics_floor(n1: int, n2: int, data: st.DataObject) -> None:
    a, c = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    if a + c in (0, n1 + n2):
        return
    table = [[a, n1 - a], [c, n2 - c]]
    p = table_p_values(a, n1, c, n2)
    assert p["Pearson"] == pytest.approx(stats.chi_squared(table).p_value, rel=1e-9, abs=1e-300)
    assert p["N−1"] == pytest.approx(stats.n_minus_1_chi_squared(table).p_value, rel=1e-9, abs=1e-300)
    assert p["Yates"] == pytest.approx(stats.chi_squared(table, correction=True).p_value, rel=1e-9, abs=1e-300)
    assert p["Fisher"] == pytest.approx(stats.fisher_exact(table).p_value, rel=1e-7, abs=1e-14)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 400), st.integers(2, 400), st.data())
def test_equal_to_scipy(n1: int, n2: int, data: st.DataObject) -> None:
    a, c = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    if a + c in (0, n1 + n2):
        return
    table = [[a, n1 - a], [c, n2 - c]]
    p = table_p_values(a, n1, c, n2)
    assert p["likelihood ratio"] == pytest.approx(
        chi2_contingency(table, correction=False, lambda_="log-likelihood")[1], rel=1e-7, abs=1e-300
    )
    assert p["Fisher"] == pytest.approx(fisher_exact(table)[1], rel=1e-6, abs=1e-14)
    assert p["Fisher, one-sided"] == pytest.approx(
        min(fisher_exact(table, alternative=s)[1] for s in ("less", "greater")), rel=1e-6, abs=1e-14
    )


def test_mid_p_by_hand() -> None:
    # 3/3 against 0/3: P(observed) = 1/20, Fisher 2/20, mid-p 1.5/20.
    p = table_p_values(3, 3, 0, 3)
    assert p["Fisher"] == pytest.approx(0.1)
    assert p["mid-p"] == pytest.approx(0.075)


@pytest.mark.parametrize("method", [m for m in METHODS if m not in {"t", "plus four"}])
def test_bounds_are_the_statistics_floors(method: str) -> None:
    estimate = stats.proportion_ci(11, 20, method=method)
    assert bounds(11, 20, method, 0.95) == pytest.approx((100 * estimate.lower, 100 * estimate.upper))


def test_plus_four_interval_by_hand() -> None:
    # 16 of 34 with two patients more on either side: 18 of 38, 0.47368 ± 1.95996 × √(0.47368 × 0.52632 / 38).
    half = 1.959964 * (18 / 38 * 20 / 38 / 38) ** 0.5
    assert bounds(16, 34, "plus four", 0.95) == pytest.approx((100 * (18 / 38 - half), 100 * (18 / 38 + half)), abs=1e-4)


def test_t_interval_of_zero_one_data_by_hand() -> None:
    # 11 of 20: mean 0.55, s² = 0.55 × 0.45 × 20/19, t(19; 0.975) = 2.0930.
    half = 2.093024 * (0.55 * 0.45 * 20 / 19 / 20) ** 0.5
    assert bounds(11, 20, "t", 0.95) == pytest.approx((100 * (0.55 - half), 100 * (0.55 + half)), abs=1e-4)
