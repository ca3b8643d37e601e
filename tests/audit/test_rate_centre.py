"""C2 against intervals that are symmetric on a scale by their own formula, and against changed digits."""

from __future__ import annotations

import math

import pytest

from topline.audit import audit_text
from topline.audit.checks.rate_centre import off_centre
from topline.audit.verdict import Rung


def interval(rate: float, se: float, scale: str) -> tuple[float, float]:
    """Limits in percent of a share with a standard error, by the delta method on a scale."""
    z, p = 1.959964, rate
    if scale == "plain":
        low, high = p - z * se, p + z * se
    elif scale == "log":
        low, high = p * math.exp(-z * se / p), p * math.exp(z * se / p)
    elif scale == "log-log":
        k = z * se / (p * math.log(p))
        low, high = p ** math.exp(-k), p ** math.exp(k)
    elif scale == "logit":
        k, odds = z * se / (p * (1 - p)), p / (1 - p)
        low, high = (odds * math.exp(s * k) / (1 + odds * math.exp(s * k)) for s in (-1, 1))
    elif scale == "arcsine":
        k, root = z * se / (2 * math.sqrt(p * (1 - p))), math.asin(math.sqrt(p))
        low, high = math.sin(root - k) ** 2, math.sin(root + k) ** 2
    else:
        q = 1 - p
        low, high = 1 - q * math.exp(z * se / q), 1 - q * math.exp(-z * se / q)
    return tuple(sorted((100 * low, 100 * high)))  # type: ignore[return-value]


@pytest.mark.parametrize("scale", ["plain", "log", "log-log", "logit", "arcsine", "log of the complement"])
@pytest.mark.parametrize("rate", [0.083, 0.25, 0.5, 0.681, 0.917])
def test_every_scale_has_the_rate_within_the_bounds(scale: str, rate: float) -> None:
    for se in (0.01, 0.03, 0.045 if 0.1 < rate < 0.9 else 0.02):
        low, high = interval(rate, se, scale)
        if low > 0 and high < 100:
            for decimals in (0, 1, 2):
                value, lower, upper = (f"{x:.{decimals}f}" for x in (100 * rate, low, high))
                assert off_centre(value, lower, upper) == 0.0


def test_the_bounds_by_hand() -> None:
    # 58 to 72: √(57.5 × 71.5) = 64.12 is 3.62 above 60.5, and one standard error is 14 / 3.92 = 3.57.
    assert off_centre("60", "58", "72") == pytest.approx((math.sqrt(57.5 * 71.5) - 60.5) / (14 / 3.92), rel=1e-3)
    # 41 to 46: 100 − √(58.5 × 53.5) = 44.06, and 44.5 rounds to 45.
    assert off_centre("45", "41", "46") == pytest.approx((44.5 - (100 - math.sqrt(58.5 * 53.5))) / (5 / 3.92), rel=1e-3)


@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ("The 3-year OS rate was 54% (95% CI, 41 to 67) in all patients.", Rung.CONSISTENT),
        ("The 3-year OS rate was 54% (95% CI, 51 to 67) in all patients.", Rung.MAJOR),
        ("The 3-year OS rate was 57.2% (95% CI, 41.3 to 67.1) in all patients.", Rung.MINOR),
        ("The cumulative incidence of relapse at 2 years was 18.4% (95% CI 12.1-27.4).", Rung.CONSISTENT),
        ("The response rate was 34.1% (95% CI, 24.2 to 45.2).", Rung.CONSISTENT),
        ("The response rate was 54.1% (95% CI, 24.2 to 55.2).", Rung.MAJOR),
    ],
)
def test_c2_on_text(text: str, rung: Rung) -> None:
    (found,) = [v for v in audit_text(text).verdicts if v.check == "C2"]
    assert found.verdict == rung
    assert rung != Rung.CONSISTENT or (found.power or 0) > 0.4


def test_a_share_whose_patients_are_known_is_left_to_a5() -> None:
    report = audit_text("A response was seen in 13 of 40 patients (33%; 95% CI, 19 to 49).")
    assert [v.check for v in report.verdicts if v.check in {"A5", "C2"}] == ["A5"]
