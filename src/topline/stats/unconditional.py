"""Unconditional exact tests of a 2 × 2 table: the worst case over the common proportion that nobody knows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from topline.stats.checks import BoolArray, FloatArray
from topline.stats.errors import InputError
from topline.stats.result import TestResult
from topline.stats.tables import table_counts

# Proportions searched, and how many of the best are refined. (SciPy's tests draw 32 points and may miss the worst case.)
_GRID = 2000
_REFINED = 6
_LARGEST = 400


def barnard_test(table: Any) -> TestResult:
    """Barnard's unconditional exact test with the pooled score statistic (Suissa and Shuster 1985), two-sided.

    Parameters
    ----------
    table : (2, 2) array of counts
        Columns are the groups whose sizes are fixed; rows are the outcomes.

    Raises
    ------
    InputError
        For anything but a 2 × 2 table of whole numbers, or a group too large for the search (more than 400).
    """
    name = "Barnard, pooled score"
    counts, trivial = _checked(table, name)
    if trivial is not None:
        return trivial
    n1, n2 = (int(v) for v in counts.sum(axis=0))
    a, b = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)[None, :]
    p = (a + b) / (n1 + n2)
    spread = p * (1.0 - p) * (1.0 / n1 + 1.0 / n2)
    gap = a / n1 - b / n2
    score = np.divide(gap, np.sqrt(spread), out=np.zeros_like(gap), where=spread > 0.0)
    seen = float(score[int(counts[0, 0]), int(counts[0, 1])])
    return TestResult(seen, None, worst_case(np.abs(score) >= abs(seen) - 1e-9, n1, n2), name)


def boschloo_test(table: Any) -> TestResult:
    """Boschloo's unconditional exact test (1970): Fisher's p-value as the statistic; never less powerful than Fisher's test.

    Parameters
    ----------
    table : (2, 2) array of counts
        Columns are the groups whose sizes are fixed; rows are the outcomes. The two-sided p-value doubles the smaller
        one-sided one; the statistic is the smaller one-sided p-value of Fisher's test.

    Raises
    ------
    InputError
        As for `barnard_test`.
    """
    name = "Boschloo"
    counts, trivial = _checked(table, name)
    if trivial is not None:
        return trivial
    n1, n2 = (int(v) for v in counts.sum(axis=0))
    x, y = int(counts[0, 0]), int(counts[0, 1])
    p_values, smallest = [], 1.0
    for upper in (False, True):
        fisher = _one_sided(n1, n2, upper)
        seen = float(fisher[x, y])
        p_values.append(worst_case(fisher <= seen * (1.0 + 1e-9), n1, n2))
        smallest = min(smallest, seen)
    return TestResult(smallest, None, min(1.0, 2.0 * min(p_values)), name)


def worst_case(extreme: BoolArray, n1: int, n2: int) -> float:
    """Return the largest probability of a set of tables over the common proportion.

    A fine grid finds the peaks; golden sections refine the best of them.
    """
    marks = extreme.astype(float)
    logs1, logs2 = _log_choose(n1), _log_choose(n2)

    def chance(q: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("qi,qi->q", _binomial(logs1, q) @ marks, _binomial(logs2, q)))

    grid = np.arange(1, _GRID) / _GRID
    height = chance(grid)
    best = float(height.max())
    # The set may hold tables at the edge of the range, where everybody or nobody has the outcome.
    best = max(best, float(marks[0, 0]), float(marks[-1, -1]))
    ratio = (math.sqrt(5.0) - 1.0) / 2.0
    for k in np.argsort(height)[-_REFINED:]:
        low, high = max(grid[k] - 1.0 / _GRID, 0.0), min(grid[k] + 1.0 / _GRID, 1.0)
        for _ in range(60):
            left, right = high - ratio * (high - low), low + ratio * (high - low)
            f_left, f_right = chance(np.array([left, right]))
            best = max(best, float(f_left), float(f_right))
            if f_left > f_right:
                high = right
            else:
                low = left
    return min(1.0, best)


def _checked(table: Any, name: str) -> tuple[FloatArray, TestResult | None]:
    counts = table_counts(table)
    if counts.shape != (2, 2):
        raise InputError(f"table has shape {counts.shape}; 2 × 2 was expected")
    if (counts.sum(axis=0) > _LARGEST).any():
        raise InputError(f"a group has more than {_LARGEST} patients; use chi_squared or fisher_exact")
    if (counts.sum(axis=0) == 0.0).any():
        return counts, TestResult(math.nan, None, math.nan, name, ("not estimable: a group has no patients",))
    if (counts.sum(axis=1) == 0.0).any():
        why = "one outcome only: the statistic is not defined, p is 1"
        return counts, TestResult(math.nan, None, 1.0, name, (why,))
    return counts, None


def _log_choose(n: int) -> FloatArray:
    return np.array([math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(n + 1)])


def _binomial(logs: FloatArray, q: FloatArray) -> FloatArray:
    k = np.arange(len(logs))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.exp(logs + k * np.log(q)[:, None] + (len(logs) - 1 - k) * np.log1p(-q)[:, None]))


def _one_sided(n1: int, n2: int, upper: bool) -> FloatArray:
    """Return Fisher's one-sided p-value of every table, towards few (or many) outcomes in the first group."""
    out = np.empty((n1 + 1, n2 + 1))
    logs1, logs2 = _log_choose(n1), _log_choose(n2)
    for total in range(n1 + n2 + 1):
        a = np.arange(max(0, total - n2), min(n1, total) + 1)
        logs = logs1[a] + logs2[total - a]
        share = np.exp(logs - logs.max())
        share /= share.sum()
        out[a, total - a] = np.cumsum(share[::-1])[::-1] if upper else np.cumsum(share)
    return np.minimum(out, 1.0)
