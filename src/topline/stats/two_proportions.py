"""Two proportions compared: risk difference, risk ratio, odds ratio, each with the intervals that trials use."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from topline.stats.checks import choice, count, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.exact_odds import conditional_odds_ratio
from topline.stats.proportions import wilson, wilson_corrected
from topline.stats.result import Estimate
from topline.stats.roots import bisect

DIFFERENCE_METHODS = ("newcombe", "newcombe-cc", "miettinen-nurminen", "mee", "wald", "agresti-caffo")
RATIO_METHODS = ("miettinen-nurminen", "koopman", "log")
ODDS_METHODS = ("exact", "mid-p", "miettinen-nurminen", "score", "woolf")


def risk_difference(x1: Any, n1: Any, x2: Any, n2: Any, *, method: str = "newcombe", conf_level: float = 0.95) -> Estimate:
    """Difference of two proportions, x1/n1 − x2/n2, with its interval.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Successes and patients of the first and the second group.
    method : {"newcombe", "newcombe-cc", "miettinen-nurminen", "mee", "wald", "agresti-caffo"}
        Newcombe's hybrid score interval (1998, methods 10 and 11), score intervals with and without N / (N − 1)
        (Miettinen and Nurminen 1985; Mee 1984), Wald, Agresti and Caffo (2000).
    conf_level : float
        Level of the interval.

    Raises
    ------
    InputError
        Where successes exceed patients, or a count is not a whole number of at least 0.
    """
    x1, n1, x2, n2 = _counts(x1, n1, x2, n2)
    choice("method", method, DIFFERENCE_METHODS)
    conf_level = level(conf_level)
    if n1 == 0 or n2 == 0:
        return _empty(conf_level, method)
    z = z_for(conf_level)
    p1, p2 = x1 / n1, x2 / n2
    value = p1 - p2
    if method.startswith("newcombe"):
        one = wilson if method == "newcombe" else wilson_corrected
        (l1, u1), (l2, u2) = one(x1, n1, z), one(x2, n2, z)
        low = value - math.hypot(p1 - l1, u2 - p2)
        high = value + math.hypot(u1 - p1, p2 - l2)
    elif method in ("miettinen-nurminen", "mee"):
        factor = _factor(n1 + n2, method)
        low, high = _score_limits(lambda d: _difference_score(x1, n1, x2, n2, d, factor), value, -1.0, 1.0, z)
    else:
        if method == "agresti-caffo":
            a1, a2 = (x1 + 1) / (n1 + 2), (x2 + 1) / (n2 + 2)
            middle, half = a1 - a2, z * math.sqrt(a1 * (1 - a1) / (n1 + 2) + a2 * (1 - a2) / (n2 + 2))
        else:
            middle, half = value, z * math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
        low, high = max(middle - half, -1.0), min(middle + half, 1.0)
    return Estimate(value, low, high, None, conf_level, method, () if low < high else (_NO_WIDTH,))


def risk_ratio(x1: Any, n1: Any, x2: Any, n2: Any, *, method: str = "miettinen-nurminen", conf_level: float = 0.95) -> Estimate:
    """Ratio of two proportions, (x1/n1) / (x2/n2), with its interval.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Successes and patients of the first and the second group.
    method : {"miettinen-nurminen", "koopman", "log"}
        Score intervals with and without N / (N − 1) (Miettinen and Nurminen 1985; Koopman 1984), and the interval on the
        log scale (Katz 1978).
    conf_level : float
        Level of the interval.

    Raises
    ------
    InputError
        Where successes exceed patients, or a count is not a whole number of at least 0.
    """
    x1, n1, x2, n2 = _counts(x1, n1, x2, n2)
    choice("method", method, RATIO_METHODS)
    conf_level = level(conf_level)
    if n1 == 0 or n2 == 0:
        return _empty(conf_level, method)
    z = z_for(conf_level)
    notes = []
    value = (x1 / n1) / (x2 / n2) if x2 else math.nan
    if not x2:
        notes.append("not estimable: the second group has no success" + ("" if x1 else ", nor has the first"))
    if method == "log":
        if not (x1 and x2):
            notes.append("log interval not defined where a group has no success; use a score interval")
            return Estimate(value, math.nan, math.nan, None, conf_level, method, tuple(notes))
        half = z * math.sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2)
        width = () if half > 0.0 else (_NO_WIDTH,)
        return Estimate(value, value * math.exp(-half), value * math.exp(half), None, conf_level, method, width)
    if not x1 and not x2:
        return Estimate(value, 0.0, math.inf, None, conf_level, method, tuple(notes))
    factor = _factor(n1 + n2, method)
    score = _on_log(lambda r: _ratio_score(x1, n1, x2, n2, r, factor))
    middle = math.log(value) if x1 and x2 else (-_FAR if x2 else _FAR)
    low, high = _score_limits(score, middle, -_FAR, _FAR, z)
    return Estimate(
        value,
        0.0 if not x1 else math.exp(low),
        math.inf if not x2 else math.exp(high),
        None,
        conf_level,
        method,
        tuple(notes),
    )


def odds_ratio(x1: Any, n1: Any, x2: Any, n2: Any, *, method: str = "exact", conf_level: float = 0.95) -> Estimate:
    """Ratio of two odds with its interval.

    Parameters
    ----------
    x1, n1, x2, n2 : int
        Successes and patients of the first and the second group.
    method : {"exact", "mid-p", "miettinen-nurminen", "score", "woolf"}
        "exact" and "mid-p" give the conditional maximum-likelihood estimate with the interval that inverts two one-sided
        exact (mid-p) tests, as R's `fisher.test`; the others the sample odds ratio, with the score interval (with
        N / (N − 1), Miettinen and Nurminen 1985; or without) or the interval on the log scale (Woolf 1955).
    conf_level : float
        Level of the interval.

    Raises
    ------
    InputError
        Where successes exceed patients, or a count is not a whole number of at least 0.
    """
    x1, n1, x2, n2 = _counts(x1, n1, x2, n2)
    choice("method", method, ODDS_METHODS)
    conf_level = level(conf_level)
    if n1 == 0 or n2 == 0:
        return _empty(conf_level, method)
    if method in ("exact", "mid-p"):
        return conditional_odds_ratio(x1, n1 - x1, x2, n2 - x2, conf_level, mid_p=method == "mid-p")
    z = z_for(conf_level)
    over, under = x1 * (n2 - x2), x2 * (n1 - x1)
    notes = []
    if under:
        value = over / under
    else:
        value = math.inf if over else math.nan
        notes.append("the sample odds ratio is infinite" if over else "not estimable: a margin of the table is 0")
    if not over and not under:
        return Estimate(value, 0.0, math.inf, None, conf_level, method, tuple(notes))
    if method == "woolf":
        if not (over and under):
            notes.append("log interval not defined where a cell is 0; use an exact or a score interval")
            return Estimate(value, math.nan, math.nan, None, conf_level, method, tuple(notes))
        half = z * math.sqrt(1 / x1 + 1 / (n1 - x1) + 1 / x2 + 1 / (n2 - x2))
        return Estimate(value, value * math.exp(-half), value * math.exp(half), None, conf_level, method)
    middle = math.log(value) if over and under else (_FAR if over else -_FAR)
    factor = _factor(n1 + n2, method)
    score = _on_log(lambda r: _odds_score(x1, n1, x2, n2, r, factor))
    low, high = _score_limits(score, middle, -_FAR, _FAR, z)
    return Estimate(
        value,
        0.0 if not over else math.exp(low),
        math.inf if not under else math.exp(high),
        None,
        conf_level,
        method,
        tuple(notes),
    )


_NO_WIDTH = "every group has one outcome only: this interval has no width and means nothing; use a score interval"

# Ratios between exp(−60) and exp(60) are searched; beyond lies nothing that a count could tell apart.
_FAR = 60.0


def _on_log(score: Callable[[float], float]) -> Callable[[float], float]:
    return lambda log_ratio: score(math.exp(log_ratio))


def _counts(x1: Any, n1: Any, x2: Any, n2: Any) -> tuple[int, int, int, int]:
    out = count("x1", x1), count("n1", n1), count("x2", x2), count("n2", n2)
    for i, (x, n) in enumerate(((out[0], out[1]), (out[2], out[3])), start=1):
        if x > n:
            raise InputError(f"x{i} is {x} and n{i} is {n}: there cannot be more successes than patients")
    return out


def _empty(conf_level: float, method: str) -> Estimate:
    why = "not estimable: a group has no patients"
    return Estimate(math.nan, math.nan, math.nan, None, conf_level, method, (why,))


def _score_limits(score: Callable[[float], float], middle: float, low: float, high: float, z: float) -> tuple[float, float]:
    """Return where a score, falling in the parameter, leaves the band of ±z on either side of the estimate."""
    lower = low if middle <= low else bisect(lambda v: z - score(v), low, middle)
    upper = high if middle >= high else bisect(lambda v: -z - score(v), middle, high)
    return lower, upper


def _factor(size: int, method: str) -> float:
    """Return Miettinen and Nurminen's N / (N − 1), or 1."""
    return size / (size - 1.0) if method == "miettinen-nurminen" else 1.0


def _standardise(gap: float, variance: float) -> float:
    if variance <= 0.0:
        return 0.0 if gap == 0.0 else math.copysign(math.inf, gap)
    return gap / math.sqrt(variance)


def _difference_score(x1: int, n1: int, x2: int, n2: int, d: float, factor: float) -> float:
    """Return (p̂1 − p̂2 − d) over its standard error at the restricted estimates (a cubic; Farrington and Manning 1990)."""
    size = n1 + n2
    l3 = float(size)
    l2 = (n1 + 2.0 * n2) * d - size - x1 - x2
    l1 = (n2 * d - size - 2.0 * x2) * d + x1 + x2
    l0 = x2 * d * (1.0 - d)
    q = (l2 / (3.0 * l3)) ** 3 - l1 * l2 / (6.0 * l3 * l3) + l0 / (2.0 * l3)
    p = math.copysign(math.sqrt(max((l2 / (3.0 * l3)) ** 2 - l1 / (3.0 * l3), 0.0)), q)
    angle = 0.0 if p == 0.0 else max(-1.0, min(1.0, q / p**3))
    second = 2.0 * p * math.cos((math.pi + math.acos(angle)) / 3.0) - l2 / (3.0 * l3)
    second = min(max(second, 0.0, -d), 1.0, 1.0 - d)
    first = min(max(second + d, 0.0), 1.0)
    variance = (first * (1.0 - first) / n1 + second * (1.0 - second) / n2) * factor
    return _standardise(x1 / n1 - x2 / n2 - d, variance)


def _ratio_score(x1: int, n1: int, x2: int, n2: int, ratio: float, factor: float) -> float:
    """Return (p̂1 − ratio·p̂2) over its standard error at the restricted estimates (a quadratic)."""
    a = (n1 + n2) * ratio
    b = -(n1 * ratio + x1 + n2 + x2 * ratio)
    c = float(x1 + x2)
    second = 2.0 * c / (-b + math.sqrt(max(b * b - 4.0 * a * c, 0.0)))
    second = min(max(second, 0.0), 1.0, 1.0 / ratio)
    first = min(second * ratio, 1.0)
    variance = (first * (1.0 - first) / n1 + ratio * ratio * second * (1.0 - second) / n2) * factor
    return _standardise(x1 / n1 - ratio * x2 / n2, variance)


def _odds_score(x1: int, n1: int, x2: int, n2: int, ratio: float, factor: float) -> float:
    """Return the score of the odds ratio at the restricted estimates (a quadratic)."""
    a = n2 * (ratio - 1.0)
    b = n1 * ratio + n2 - (x1 + x2) * (ratio - 1.0)
    c = -float(x1 + x2)
    root = math.sqrt(max(b * b - 4.0 * a * c, 0.0))
    second = -2.0 * c / (b + root)
    second = min(max(second, 0.0), 1.0)
    first = min(max((x1 + x2 - n2 * second) / n1, 0.0), 1.0)
    v1, v2 = first * (1.0 - first), second * (1.0 - second)
    if v1 <= 0.0 or v2 <= 0.0:
        return _standardise(x1 / n1 - first - (x2 / n2 - second), 0.0)
    gap = (x1 / n1 - first) / v1 - (x2 / n2 - second) / v2
    return _standardise(gap, (1.0 / (n1 * v1) + 1.0 / (n2 * v2)) * factor)
