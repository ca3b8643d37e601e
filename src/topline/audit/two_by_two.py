"""All the p-values that a 2 × 2 table may have given, fast enough to search thousands of tables."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

__all__ = ["ONE_SIDED", "TWO_SIDED", "table_p_values"]

TWO_SIDED: Final = ("Pearson", "N−1", "Yates", "Fisher", "mid-p", "likelihood ratio", "logistic Wald", "unpooled z")
ONE_SIDED: Final = ("Pearson, one-sided", "Fisher, one-sided")
_TIE = 1e-7


def _chi2_1(x: float) -> float:
    return math.erfc(math.sqrt(max(x, 0.0) / 2.0))


@lru_cache(maxsize=16384)
def table_p_values(a: int, n1: int, c: int, n2: int) -> dict[str, float]:
    """p-values of ``a/n1`` against ``c/n2`` by every method of the catalogue.

    Parameters
    ----------
    a, n1, c, n2 : int
        Counts and sizes of the two groups.

    Returns
    -------
    dict
        Method to p-value; methods that the table does not allow (a zero cell for the logistic Wald test) are absent.

    Notes
    -----
    Pearson, Yates (at most \\|O − E\\|, as R) and N − 1 (Campbell 2007, Stat Med 26:3661) chi-squared, the likelihood-ratio
    chi-squared, Fisher's two-sided test by the probability rule, mid-p (Fisher's p less half the probability of the observed
    table, Lancaster 1961), Wald tests of the log odds ratio and of the unpooled difference. `topline.stats` has the same tests
    with their estimates; here only p-values are made, without arrays.
    """
    b, d = n1 - a, n2 - c
    n = n1 + n2
    m1, m0 = a + c, b + d
    out: dict[str, float] = {}
    if m1 == 0 or m0 == 0:
        return dict.fromkeys(("Pearson", "N−1", "Yates", "Fisher"), 1.0)
    gap = abs(a * d - b * c)
    scale = n1 * n2 * m1 * m0
    chi2 = n * gap * gap / scale
    out["Pearson"] = _chi2_1(chi2)
    out["N−1"] = _chi2_1(chi2 * (n - 1) / n)
    corrected = gap - min(n / 2.0, gap)
    out["Yates"] = _chi2_1(n * corrected * corrected / scale)
    fisher, mid, lower, upper = _fisher(a, n1, n2, m1)
    out["Fisher"] = fisher
    out["mid-p"] = mid
    g2 = 0.0
    for observed, row, column in ((a, n1, m1), (b, n1, m0), (c, n2, m1), (d, n2, m0)):
        if observed:
            g2 += observed * math.log(observed * n / (row * column))
    out["likelihood ratio"] = _chi2_1(2.0 * g2)
    if a and b and c and d:
        z = math.log(a * d / (b * c)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        out["logistic Wald"] = math.erfc(abs(z) / math.sqrt(2.0))
    p1, p2 = a / n1, c / n2
    variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    if variance > 0:
        out["unpooled z"] = math.erfc(abs(p1 - p2) / math.sqrt(2.0 * variance))
    out["Pearson, one-sided"] = out["Pearson"] / 2.0
    out["Fisher, one-sided"] = min(lower, upper)
    return out


def _fisher(a: int, n1: int, n2: int, m1: int) -> tuple[float, float, float, float]:
    low, high = max(0, m1 - n2), min(n1, m1)
    lg = math.lgamma
    base = lg(n1 + 1) + lg(n2 + 1) + lg(m1 + 1) + lg(n1 + n2 - m1 + 1) - lg(n1 + n2 + 1)

    def probability(k: int) -> float:
        return math.exp(base - lg(k + 1) - lg(n1 - k + 1) - lg(m1 - k + 1) - lg(n2 - m1 + k + 1))

    observed = probability(a)
    limit = observed * (1 + _TIE)
    mode = min(high, max(low, (m1 + 1) * (n1 + 1) // (n1 + n2 + 2)))
    left = right = 0.0  # tails that include the observed table
    two = 0.0
    # Outward from the mode the probabilities fall, so each side may stop where nothing more is added.
    for k in range(mode, high + 1):
        p = probability(k)
        two += p if p <= limit else 0.0
        left += p if k <= a else 0.0
        right += p if k >= a else 0.0
        if p < 1e-18 and k > a:
            break
    for k in range(mode - 1, low - 1, -1):
        p = probability(k)
        two += p if p <= limit else 0.0
        left += p if k <= a else 0.0
        right += p if k >= a else 0.0
        if p < 1e-18 and k < a:
            break
    return min(two, 1.0), min(max(two - observed / 2.0, 0.0), 1.0), min(left, 1.0), min(right, 1.0)
