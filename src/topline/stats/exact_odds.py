"""The odds ratio of a 2 × 2 table given its margins: Fisher's noncentral hypergeometric distribution."""

from __future__ import annotations

import math

import numpy as np

from topline.stats.checks import FloatArray
from topline.stats.result import Estimate
from topline.stats.roots import bisect


def log_hypergeometric(a: int, b: int, c: int, d: int) -> tuple[int, FloatArray]:
    """Return the smallest possible first cell, and the log-probability of each possible one when the odds ratio is 1."""
    row, other, column = a + b, c + d, a + c
    low, high = max(0, column - other), min(row, column)
    k = range(low, high + 1)
    logs = np.array([_log_choose(row, i) + _log_choose(other, column - i) - _log_choose(row + other, column) for i in k])
    return low, logs


def conditional_odds_ratio(a: int, b: int, c: int, d: int, conf_level: float, *, mid_p: bool = False) -> Estimate:
    """Return the conditional maximum-likelihood odds ratio of [[a, b], [c, d]] with its exact interval.

    Bounds invert two one-sided tests of level (1 − conf_level) / 2 (Cornfield 1956; R `fisher.test`); `mid_p` counts the
    observed table half.
    """
    low, logs = log_hypergeometric(a, b, c, d)
    size = len(logs)
    at = a - low
    name = "conditional maximum likelihood, exact mid-p interval" if mid_p else "conditional maximum likelihood, exact"
    if size == 1:
        why = "not estimable: a margin of the table is 0, every odds ratio fits equally well"
        return Estimate(math.nan, 0.0, math.inf, None, conf_level, name, (why,))
    k = np.arange(size, dtype=float)

    def weights(log_odds: float) -> FloatArray:
        tilted = logs + k * log_odds
        out = np.exp(tilted - tilted.max())
        return np.asarray(out / out.sum())

    own = 0.5 if mid_p else 1.0
    alpha = (1.0 - conf_level) / 2.0

    def upper_tail(log_odds: float) -> float:
        w = weights(log_odds)
        return float(w[at + 1 :].sum() + own * w[at]) - alpha

    def lower_tail(log_odds: float) -> float:
        w = weights(log_odds)
        return float(w[:at].sum() + own * w[at]) - alpha

    far = 700.0
    first, last = at == 0, at == size - 1
    if first or last:
        value = 0.0 if first else math.inf
    else:
        value = math.exp(bisect(lambda v: float(weights(v) @ k) - at, -far, far))
    lower = 0.0 if first else math.exp(bisect(upper_tail, -far, far))
    upper = math.inf if last else math.exp(bisect(lower_tail, -far, far))
    notes = () if not (first or last) else ("the observed table is the most extreme one its margins allow",)
    return Estimate(value, lower, upper, None, conf_level, name, notes)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
