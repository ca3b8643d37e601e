"""Tail probabilities and quantiles without SciPy: importing it costs more than a whole small analysis.

Integer degrees of freedom have closed forms, so nothing here is approximate beyond rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_SQRT2 = math.sqrt(2.0)


def normal_sf(z: float) -> float:
    """Return P(Z > z) for a standard normal Z."""
    return 0.5 * math.erfc(z / _SQRT2)


def normal_cdf(z: float) -> float:
    """Return P(Z <= z) for a standard normal Z."""
    return 0.5 * math.erfc(-z / _SQRT2)


def normal_two_sided(z: float) -> float:
    """Return P(|Z| > |z|) for a standard normal Z."""
    return math.erfc(abs(z) / _SQRT2) if z == z else math.nan


def normal_two_sided_array(z: Iterable[float]) -> NDArray[np.float64]:
    """Return P(|Z| > |z|) for each z."""
    return np.array([normal_two_sided(float(v)) for v in z], dtype=float)


def normal_quantile(p: float) -> float:
    """Return z with P(Z <= z) = p.

    Starts from the rational approximation 26.2.23 of Abramowitz and Stegun (error below 4.5e-4) and takes Halley steps
    on the complementary error function until they no longer move it.
    """
    if not 0.0 < p < 1.0:
        if p == 0.0:
            return -math.inf
        return math.inf if p == 1.0 else math.nan
    tail = min(p, 1.0 - p)
    t = math.sqrt(-2.0 * math.log(tail))
    z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    for _ in range(6):
        density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        if density == 0.0:
            break
        u = (normal_sf(z) - tail) / density
        step = u / (1.0 - 0.5 * z * u)
        z += step
        if abs(step) <= 1e-16 * abs(z):
            break
    return z if p > 0.5 else -z


def z_for(conf_level: float) -> float:
    """Return the two-sided normal critical value of a confidence level."""
    return -normal_quantile((1.0 - conf_level) / 2.0)


def chi2_sf(x: float, df: int) -> float:
    """Return P(X > x) for a chi-squared X with an integer number of degrees of freedom.

    Even df: exp(-x/2) times a partial exponential series; odd df: the normal tail plus the matching series
    (Abramowitz and Stegun 26.4.4 and 26.4.5).
    """
    if x != x or df < 1:
        return math.nan
    if x <= 0.0:
        return 1.0
    if math.isinf(x):
        return 0.0
    half = 0.5 * x
    if df % 2 == 0:
        total, term_log = 0.0, 0.0
        for k in range(df // 2):
            term_log = k * math.log(half) - math.lgamma(k + 1.0) - half
            total += math.exp(term_log)
        return min(total, 1.0)
    total = math.erfc(math.sqrt(half))
    for k in range(1, (df + 1) // 2):
        total += math.exp((k - 0.5) * math.log(half) - math.lgamma(k + 0.5) - half)
    return min(total, 1.0)
