"""Wilcoxon's tests: two samples compared, or paired differences, by their ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, float_vector
from topline.stats.distributions import normal_two_sided
from topline.stats.errors import InputError
from topline.stats.result import Result

METHODS = ("asymptotic", "exact")
ZEROS = ("wilcoxon", "pratt")
# Sums of ranks the exact distribution may range over before it takes too long.
_EXACT_LIMIT = 400


@dataclass(frozen=True, eq=False, repr=False)
class RankTest(Result):
    """A rank test.

    Attributes
    ----------
    statistic : float
        Rank sum of the first sample less its smallest possible value (R's W); for pairs, the sum of positive ranks (V).
    z : float or None
        Standardised statistic (asymptotic only).
    p_value : float
        Two-sided.
    n : tuple of int
        Values used.
    method : str
        Exact or asymptotic, and the conventions.
    """

    statistic: float
    z: float | None
    p_value: float
    n: tuple[int, ...]
    method: str
    warnings: tuple[str, ...] = ()


def mid_ranks(values: FloatArray, noise: float = 0.0) -> FloatArray:
    """Return ranks from 1, tied values sharing their mean rank; neighbours at most `noise` apart are tied."""
    distinct, place = np.unique(values, return_inverse=True)
    label = np.cumsum(np.diff(distinct, prepend=-np.inf) > noise) - 1
    place = label[place.reshape(-1)]
    counts = np.bincount(place)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2.0)[place])


def wilcoxon_rank_sum(x: Any, y: Any, *, method: str = "asymptotic", correction: bool = True) -> RankTest:
    """Wilcoxon's rank-sum test (Mann–Whitney) of two samples.

    Parameters
    ----------
    x, y : (n,), (m,) arrays
        The samples.
    method : {"asymptotic", "exact"}
        Normal approximation with the variance corrected for ties, or the exact permutation distribution of the mid-ranks.
        Never chosen from the data.
    correction : bool
        Continuity correction of ½ in the approximation (as R's `wilcox.test`).

    Raises
    ------
    InputError
        For NaN or infinity, an empty sample, or more values than the exact distribution can be counted for.
    """
    choice("method", method, METHODS)
    first, second = float_vector("x", x), float_vector("y", y)
    n, m = len(first), len(second)
    if n == 0 or m == 0:
        raise InputError(f"x has {n} values and y has {m}; both need at least one")
    ranks = mid_ranks(np.concatenate([first, second]))
    statistic = float(ranks[:n].sum()) - n * (n + 1) / 2.0
    if method == "exact":
        if n + m > _EXACT_LIMIT:
            raise InputError(f"the exact test of {n} + {m} values takes too long; use method='asymptotic'")
        p_value = _exact_two_sided(_subset_counts(np.rint(2.0 * ranks).astype(int), n), round(2.0 * ranks[:n].sum()))
        return RankTest(statistic, None, p_value, (n, m), "Wilcoxon rank-sum, exact")
    size = n + m
    _, ties = np.unique(ranks, return_counts=True)
    variance = n * m / 12.0 * (size + 1.0 - float((ties**3 - ties).sum()) / (size * (size - 1.0))) if size > 1 else 0.0
    name = "Wilcoxon rank-sum, normal approximation" + (", continuity corrected" if correction else "")
    return _asymptotic(statistic, n * m / 2.0, variance, correction, (n, m), name)


def wilcoxon_signed_rank(
    x: Any, y: Any = None, *, method: str = "asymptotic", correction: bool = True, zeros: str = "wilcoxon"
) -> RankTest:
    """Wilcoxon's signed-rank test of paired values, or of one sample against 0.

    Parameters
    ----------
    x, y : (n,) arrays
        Pairs, or differences in `x` alone.
    method : {"asymptotic", "exact"}
        As for `wilcoxon_rank_sum`.
    correction : bool
        Continuity correction of ½ in the approximation.
    zeros : {"wilcoxon", "pratt"}
        Differences of 0 are left out before ranking (as R does), or ranked and then left out.

    Raises
    ------
    InputError
        For NaN or infinity, pairs of different lengths, or more values than the exact distribution can be counted
        for.

    Notes
    -----
    Differences between pairs that only the rounding of decimal fractions sets apart (0.3 − 0.1 and 0.5 − 0.3) are tied, and
    such a difference from 0 is 0; R's `wilcox.test` takes them as different.
    """
    choice("method", method, METHODS)
    choice("zeros", zeros, ZEROS)
    gap, noise = float_vector("x", x), 0.0
    if y is not None:
        second = float_vector("y", y, n=len(gap))
        # A difference of two rounded numbers is off by at most this much.
        noise = 4.0 * float(np.finfo(float).eps) * max(np.abs(gap).max(initial=0.0), np.abs(second).max(initial=0.0))
        gap = gap - second
        gap = np.where(np.abs(gap) <= noise, 0.0, gap)
    if zeros == "wilcoxon":
        gap = gap[gap != 0.0]
    moved = gap != 0.0
    n = int(moved.sum())
    name = f"Wilcoxon signed-rank, {'exact' if method == 'exact' else 'normal approximation'}, zeros: {zeros}"
    if n == 0:
        why = "not estimable: all differences are 0"
        return RankTest(0.0, None, math.nan, (0,), name, (why,))
    ranks = mid_ranks(np.abs(gap), noise)[moved]
    positive = gap[moved] > 0.0
    statistic = float(ranks[positive].sum())
    if method == "exact":
        if n > _EXACT_LIMIT:
            raise InputError(f"the exact test of {n} differences takes too long; use method='asymptotic'")
        p_value = _exact_two_sided(_sign_counts(np.rint(2.0 * ranks).astype(int)), round(2.0 * statistic))
        return RankTest(statistic, None, p_value, (n,), name)
    variance = float((ranks**2).sum()) / 4.0
    if correction:
        name += ", continuity corrected"
    return _asymptotic(statistic, float(ranks.sum()) / 2.0, variance, correction, (n,), name)


def _asymptotic(statistic: float, mean: float, variance: float, correction: bool, n: tuple[int, ...], name: str) -> RankTest:
    if variance <= 0.0:
        return RankTest(statistic, None, math.nan, n, name, ("not estimable: all values are equal",))
    gap = statistic - mean
    if correction:
        gap = math.copysign(max(abs(gap) - 0.5, 0.0), gap)
    z = gap / math.sqrt(variance)
    return RankTest(statistic, z, normal_two_sided(z), n, name)


def _subset_counts(doubled: Any, size: int) -> FloatArray:
    """Return, for each sum of doubled ranks, the share of all subsets of `size` that have it."""
    top = int(np.sort(doubled)[-size:].sum())
    ways = np.zeros((size + 1, top + 1))
    ways[0, 0] = 1.0
    total = len(doubled)
    for seen, value in enumerate(doubled, start=1):
        for k in range(min(size, seen), 0, -1):
            ways[k, value:] += ways[k - 1, : top + 1 - value]
        if seen % 64 == 0:
            ways *= 2.0**-60  # only shares matter; keep far from overflow
    return np.asarray(ways[size] / ways[size].sum()) if total else ways[size]


def _sign_counts(doubled: Any) -> FloatArray:
    """Return, for each sum of doubled ranks, the share of all sign patterns that give it."""
    share = np.zeros(int(doubled.sum()) + 1)
    share[0] = 1.0
    for value in doubled:
        moved = np.zeros_like(share)
        moved[value:] = share[: len(share) - value]
        share = 0.5 * (share + moved)
    return share


def _exact_two_sided(share: FloatArray, observed: int) -> float:
    """Return twice the smaller tail, at most 1."""
    return min(1.0, 2.0 * min(float(share[: observed + 1].sum()), float(share[observed:].sum())))
