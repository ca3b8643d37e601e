"""The interval of one proportion, by eight methods that a paper may have used."""

from __future__ import annotations

import math
from typing import Any

from topline.stats.checks import choice, count, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Estimate
from topline.stats.roots import bisect

METHODS = ("clopper-pearson", "wilson", "wilson-cc", "wald", "wald-cc", "agresti-coull", "jeffreys", "mid-p")


def proportion_ci(successes: Any, n: Any, *, method: str = "clopper-pearson", conf_level: float = 0.95) -> Estimate:
    """Confidence interval of a proportion.

    Parameters
    ----------
    successes, n : int
        Patients with the feature, and patients in all.
    method : {"clopper-pearson", "wilson", "wilson-cc", "wald", "wald-cc", "agresti-coull", "jeffreys", "mid-p"}
        "-cc" has a continuity correction.
    conf_level : float
        Level of the two-sided interval.

    Returns
    -------
    Estimate
        NaN with a reason where n is 0.

    Raises
    ------
    InputError
        Where successes exceed n, or either is not a whole number of at least 0.

    Notes
    -----
    Clopper and Pearson (1934); Wilson (1927) and its correction, Newcombe (1998, methods 3 and 4); Agresti and Coull
    (1998); Jeffreys with the end points of Brown, Cai and DasGupta (2001); mid-p, Lancaster (1961).
    """
    x, n = count("successes", successes), count("n", n)
    choice("method", method, METHODS)
    conf_level = level(conf_level)
    if x > n:
        raise InputError(f"successes is {x} and n is {n}: there cannot be more successes than patients")
    if n == 0:
        why = "not estimable: n is 0"
        return Estimate(math.nan, math.nan, math.nan, None, conf_level, method, (why,))
    low, high = _interval(x, n, method, conf_level)
    notes = () if low < high else ("the Wald interval has no width where nobody or everybody has the feature; use another method",)
    return Estimate(x / n, low, high, None, conf_level, method, notes)


def _interval(x: int, n: int, method: str, conf_level: float) -> tuple[float, float]:
    alpha = 1.0 - conf_level
    if method == "clopper-pearson":
        return _beta_interval(x, n - x + 1, x + 1, n - x, alpha)
    if method == "jeffreys":
        low, high = _beta_interval(x + 0.5, n - x + 0.5, x + 0.5, n - x + 0.5, alpha)
        return (0.0 if x == 0 else low), (1.0 if x == n else high)
    if method == "mid-p":
        return _mid_p(x, n, alpha)
    p, z = x / n, z_for(conf_level)
    if method == "wilson":
        return wilson(x, n, z)
    if method == "wilson-cc":
        return wilson_corrected(x, n, z)
    if method == "agresti-coull":
        size = n + z * z
        p = (x + z * z / 2.0) / size
        half = z * math.sqrt(p * (1.0 - p) / size)
    else:
        half = z * math.sqrt(p * (1.0 - p) / n) + (0.5 / n if method == "wald-cc" else 0.0)
    return max(p - half, 0.0), min(p + half, 1.0)


def wilson(x: int, n: int, z: float) -> tuple[float, float]:
    """Return the score interval."""
    p, square = x / n, z * z
    middle = p + square / (2.0 * n)
    half = z * math.sqrt(p * (1.0 - p) / n + square / (4.0 * n * n))
    low, high = (middle - half) / (1.0 + square / n), (middle + half) / (1.0 + square / n)
    return (0.0 if x == 0 else low), (1.0 if x == n else high)


def wilson_corrected(x: int, n: int, z: float) -> tuple[float, float]:
    """Return the score interval with continuity correction."""
    p, square = x / n, z * z
    q = 1.0 - p
    size = 2.0 * (n + square)
    low = (2.0 * n * p + square - 1.0 - z * math.sqrt(max(square - 2.0 - 1.0 / n + 4.0 * p * (n * q + 1.0), 0.0))) / size
    high = (2.0 * n * p + square + 1.0 + z * math.sqrt(max(square + 2.0 - 1.0 / n + 4.0 * p * (n * q - 1.0), 0.0))) / size
    return (0.0 if x == 0 else max(low, 0.0)), (1.0 if x == n else min(high, 1.0))


def _beta_interval(a1: float, b1: float, a2: float, b2: float, alpha: float) -> tuple[float, float]:
    from scipy.special import betainccinv, betaincinv

    low = 0.0 if a1 == 0 else float(betaincinv(a1, b1, alpha / 2.0))
    high = 1.0 if b2 == 0 else float(betainccinv(a2, b2, alpha / 2.0))
    return low, high


def _mid_p(x: int, n: int, alpha: float) -> tuple[float, float]:
    from scipy.special import betainc, betaincc

    def upper_tail(p: float) -> float:
        """P(X > x) + P(X = x) / 2, rising in p."""
        more = 0.0 if x == n else float(betainc(x + 1, n - x, p))
        at_least = 1.0 if x == 0 else float(betainc(x, n - x + 1, p))
        return 0.5 * (more + at_least)

    def lower_tail(p: float) -> float:
        """P(X < x) + P(X = x) / 2, falling in p."""
        fewer = 0.0 if x == 0 else float(betaincc(x, n - x + 1, p))
        at_most = 1.0 if x == n else float(betaincc(x + 1, n - x, p))
        return 0.5 * (fewer + at_most)

    low = 0.0 if x == 0 else bisect(lambda p: upper_tail(p) - alpha / 2.0, 0.0, 1.0)
    high = 1.0 if x == n else bisect(lambda p: lower_tail(p) - alpha / 2.0, 0.0, 1.0)
    return low, high
