"""Tests of tables with an order, a pairing or strata: McNemar, Cochran–Armitage, Breslow–Day."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from topline.stats.checks import choice, count_table, float_vector
from topline.stats.distributions import chi2_sf, normal_two_sided
from topline.stats.errors import InputError
from topline.stats.result import TestResult
from topline.stats.tables import stratum_counts, table_counts

MCNEMAR = ("exact", "mid-p", "asymptotic", "corrected")


def mcnemar_test(table: Any, *, method: str = "exact") -> TestResult:
    """McNemar's test of paired yes/no answers.

    Parameters
    ----------
    table : (2, 2) array of counts
        Rows: first answer; columns: second answer.
    method : {"exact", "mid-p", "asymptotic", "corrected"}
        Binomial test of the discordant pairs, its mid-p version (Fagerland et al. 2013), chi-squared without and with
        continuity correction (R's `mcnemar.test`).

    Raises
    ------
    InputError
        For anything but a 2 × 2 table of whole numbers of at least 0.
    """
    choice("method", method, MCNEMAR)
    counts = table_counts(table)
    if counts.shape != (2, 2):
        raise InputError(f"table has shape {counts.shape}; 2 × 2 was expected")
    b, c = int(counts[0, 1]), int(counts[1, 0])
    name = f"McNemar, {method}"
    if b + c == 0:
        return TestResult(math.nan, None, 1.0, name, ("no discordant pair: the statistic is not defined, p is 1",))
    if method in ("asymptotic", "corrected"):
        gap = abs(b - c) - (min(1.0, abs(b - c)) if method == "corrected" else 0.0)
        statistic = gap * gap / (b + c)
        return TestResult(statistic, 1, chi2_sf(statistic, 1), name)
    n, k = b + c, min(b, c)
    logs = [math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) - n * math.log(2.0) for i in range(k + 1)]
    probabilities = np.exp(logs)
    tail = float(probabilities.sum())
    p_value = 2.0 * tail - (float(probabilities[-1]) if method == "mid-p" else 0.0)
    return TestResult(float(k), None, min(1.0, p_value), name)


def cochran_armitage_test(successes: Any, n: Any, *, scores: Any = None) -> TestResult:
    """Cochran–Armitage test for a trend of proportions over ordered groups (R `prop.trend.test`).

    Parameters
    ----------
    successes, n : (k,) arrays
        Patients with the feature, and patients, in each group.
    scores : (k,) array, optional
        Score of each group; 1, 2, … by default.

    Raises
    ------
    InputError
        For numbers that are no counts, more successes than patients, or fewer than two groups.
    """
    x, total = count_table("successes", successes), count_table("n", n)
    if x.ndim != 1 or x.shape != total.shape or len(x) < 2:
        raise InputError(f"successes has shape {x.shape} and n has {total.shape}; one number a group, two or more groups, were expected")
    if (x > total).any():
        i = int(np.argmax(x > total))
        raise InputError(f"successes[{i}] is {x[i]:g} and n[{i}] is {total[i]:g}: more successes than patients")
    score = np.arange(1.0, len(x) + 1) if scores is None else float_vector("scores", scores, n=len(x))
    name = "Cochran-Armitage trend"
    size = total.sum()
    if size == 0.0:
        return TestResult(math.nan, 1, math.nan, name, ("not estimable: there are no patients",))
    p = x.sum() / size
    centre = (total @ score) / size
    spread = p * (1.0 - p) * float(total @ (score - centre) ** 2)
    if spread <= 0.0:
        return TestResult(math.nan, 1, math.nan, name, ("not estimable: one outcome or one score only",))
    z = float(x @ (score - centre)) / math.sqrt(spread)
    return TestResult(z * z, 1, normal_two_sided(z), name)


def breslow_day_test(tables: Any, *, tarone: bool = True) -> TestResult:
    """Breslow–Day test that the odds ratio is the same in all strata.

    Parameters
    ----------
    tables : (K, 2, 2) array of counts
        One table a stratum.
    tarone : bool
        Tarone's (1985) correction, which makes the statistic a proper score test.

    Raises
    ------
    InputError
        For anything but K tables 2 × 2 of whole numbers of at least 0.
    """
    counts = stratum_counts(tables)
    name = "Breslow-Day" + (", Tarone corrected" if tarone else "")
    a, b, c, d = counts[:, 0, 0], counts[:, 0, 1], counts[:, 1, 0], counts[:, 1, 1]
    n = counts.sum(axis=(1, 2))
    keep = ((a + b) * (c + d) * (a + c) * (b + d)) > 0.0
    a, b, c, d, n = a[keep], b[keep], c[keep], d[keep], n[keep]
    over, under = float((a * d / np.maximum(n, 1)).sum()), float((b * c / np.maximum(n, 1)).sum())
    if len(a) < 2 or over <= 0.0 or under <= 0.0:
        why = "not estimable: fewer than two informative strata, or no common odds ratio"
        return TestResult(math.nan, max(len(a) - 1, 0), math.nan, name, (why,))
    ratio = over / under
    row, column = a + b, a + c
    expected = np.array([_fitted(r, k, m, ratio) for r, k, m in zip(row, column, n, strict=True)])
    variance = 1.0 / (1.0 / expected + 1.0 / (row - expected) + 1.0 / (column - expected) + 1.0 / (n - row - column + expected))
    statistic = float(((a - expected) ** 2 / variance).sum())
    if tarone:
        statistic -= float((a - expected).sum()) ** 2 / float(variance.sum())
    df = len(a) - 1
    return TestResult(statistic, df, chi2_sf(statistic, df), name)


def _fitted(row: float, column: float, n: float, ratio: float) -> float:
    """Return the first cell that the margins and a common odds ratio imply: the root of a quadratic."""
    if abs(ratio - 1.0) < 1e-12:
        return row * column / n
    qa, qb, qc = ratio - 1.0, -(ratio * (row + column) + n - row - column), ratio * row * column
    root = math.sqrt(max(qb * qb - 4.0 * qa * qc, 0.0))
    return 2.0 * qc / (-qb + root)
