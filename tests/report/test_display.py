from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topline.analyze.results import Result
from topline.report.display import Show, round_exactly
from topline.study.display import Display

SHOW = Show()


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (-0.04, 1, "0.0"),
        (1e22, 0, "1" + "0" * 22),
    ],
)
def test_ties_go_away_from_zero_on_the_number_as_it_prints(value: float, decimals: int, expected: str) -> None:
    assert SHOW.number(value, decimals) == expected


@pytest.mark.parametrize(("value", "expected"), [(2.5, "2"), (3.5, "4"), (0.5, "0")])
def test_half_even_is_the_alternative(value: float, expected: str) -> None:
    assert Show(Display(rounding="half_even")).number(value, 0) == expected


def test_a_proportion_becomes_a_percentage_without_binary_noise() -> None:
    assert SHOW.proportion(0.0205) == "2.1%"  # 100 × 0.0205 is 2.0500000000000003 in binary and would round right by luck;
    assert SHOW.proportion(0.2865) == "28.7%"  # 100 × 0.2865 is 28.649999999999999
    assert SHOW.proportion(1 / 16) == "6.3%"
    assert SHOW.percent(100 * 19 / 20) == "95.0%"


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(0, 6))
def test_rounding_is_never_off_by_more_than_half_a_unit(value: float, decimals: int) -> None:
    rounded = round_exactly(value, decimals)
    assert abs(float(rounded) - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + abs(value) * 1e-12
    assert rounded != 0 or not f"{rounded:f}".startswith("-")


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.0409, "0.041"),
        (0.0009999, "<0.001"),
        (0.001, "0.001"),
        (0.0004, "<0.001"),
        (0.0, "<0.001"),
        (1.0, ">0.999"),
        (0.9995, ">0.999"),
        (0.9994, "0.999"),
    ],
)
def test_p_values_as_journals_print_them(p: float, expected: str) -> None:
    assert SHOW.p(p) == expected


def test_p_values_in_sentences_and_with_other_decimals() -> None:
    assert SHOW.p_equals(0.00001) == "p < 0.001"
    assert SHOW.p_equals(0.0409) == "p = 0.041"
    assert Show(Display(p_decimals=4)).p(0.00005) == "<0.0001"
    assert SHOW.p(None) == SHOW.p(math.nan) == "NE"


def test_ratios_too_small_or_too_large_for_their_decimals() -> None:
    assert [SHOW.ratio(value) for value in (0.004, 0.005, 0.4649, 998.4, 1e7)] == ["<0.01", "0.01", "0.46", "998.40", ">999"]


def test_a_measure_is_never_rounded_away() -> None:
    assert [SHOW.measure(value) for value in (0.0, 0.04, 0.05, 12.25)] == ["0.0", "0.040", "0.1", "12.3"]


def test_limits_avoid_a_minus_beside_a_dash() -> None:
    assert SHOW.limits(0.32, 0.69, "ratio") == "0.32–0.69"
    assert SHOW.limits(-0.0012, 0.31, "proportion") == "−0.1 to 31.0"


def median(**more: object) -> Result:
    return Result("pfs", "median", **{"value": 20.8123, "unit": "months", "conf_level": 0.95, **more})  # type: ignore[arg-type]


def test_what_has_no_value_says_so() -> None:
    unreached = median(value=None, status="not_reached", lower=11.2)
    assert SHOW.with_interval(unreached) == "NR (11.2–NR)"
    assert SHOW.sentence(unreached) == "not reached (95% CI 11.2–not reached)"
    assert SHOW.with_interval(median(value=None, status="not_reached")) == "NR"
    assert SHOW.with_interval(median(value=None, status="not_estimable")) == "NE"
    assert SHOW.with_interval(Result("pfs", "hazard_ratio", 0.5, lower=0.1, upper=None)) == "0.50 (0.10–NE)"
    assert SHOW.estimate(None) == "–"


def test_sentences_carry_unit_level_and_what_else_belongs_there() -> None:
    assert SHOW.sentence(median(lower=16.0, upper=25.55), "45 events") == "20.8 months (95% CI 16.0–25.6; 45 events)"
    assert SHOW.sentence(Result("r", "rate", 0.55, lower=0.31528, upper=0.76942, conf_level=0.9)) == "55.0% (90% CI 31.5–76.9)"
    assert Show(Display(conf_level=0.975)).level() == "97.5%"


def test_decimals_follow_the_protocol() -> None:
    show = Show(Display(months_decimals=2, percent_decimals=0, ratio_decimals=3))
    assert show.with_interval(median(lower=16.0, upper=None)) == "20.81 (16.00–NR)"
    assert show.estimate(Result("r", "rate", 0.545)) == "55%"
    assert show.estimate(Result("r", "hazard_ratio", 0.69494)) == "0.695"
