"""Rounding in exact arithmetic: never a false "impossible"."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topline.audit.exact import counts_for_percent, printed, rounded
from topline.audit.sheet import grim_power


@given(st.integers(1, 2000), st.data(), st.integers(0, 3))
def test_every_true_percentage_has_its_count(n: int, data: st.DataObject, decimals: int) -> None:
    k = data.draw(st.integers(0, n))
    assert k in counts_for_percent(printed(rounded(Fraction(100 * k, n), decimals)), n)


@given(st.integers(1, 500), st.data(), st.integers(0, 2))
def test_counts_are_exactly_those_that_round_so(n: int, data: st.DataObject, decimals: int) -> None:
    text = rounded(Fraction(data.draw(st.integers(0, 100 * 10**decimals)), 10**decimals), decimals)
    by_hand = [k for k in range(n + 1) if abs(Fraction(100 * k, n) - Fraction(text)) <= Fraction(1, 2 * 10**decimals)]
    assert list(counts_for_percent(printed(text), n)) == by_hand


def test_halves_round_both_ways() -> None:
    # 1/16 = 6.25%: printed as 6.3 (up) or 6.2 (to even); both stand for it.
    assert list(counts_for_percent(printed("6.3"), 16)) == [1]
    assert list(counts_for_percent(printed("6.2"), 16)) == [1]


def test_truncation_is_told_from_rounding() -> None:
    # 2/3 = 66.67%: truncated 66.6, rounded 66.7.
    assert not counts_for_percent(printed("66.6"), 3)
    assert list(counts_for_percent(printed("66.6"), 3, truncated=True)) == [2]


@pytest.mark.parametrize(("n", "power"), [(20, 0.98), (65, 0.93), (747, 0.25)])
def test_power_of_grim_as_specified(n: int, power: float) -> None:
    assert grim_power(n, 1) == pytest.approx(power, abs=0.005)


@pytest.mark.parametrize(
    ("value", "decimals", "text"), [("1/8", 2, "0.13"), ("-1/8", 2, "-0.13"), ("2/3", 0, "1"), ("0", 1, "0.0"), ("1999/20", 1, "100.0")]
)
def test_halves_go_away_from_zero(value: str, decimals: int, text: str) -> None:
    assert rounded(Fraction(value), decimals) == text
