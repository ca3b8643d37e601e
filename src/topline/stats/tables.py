"""Tests on tables of counts: chi-squared in its variants, Fisher's exact test, Cochran–Mantel–Haenszel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, count_table, level
from topline.stats.distributions import chi2_sf, z_for
from topline.stats.errors import InputError
from topline.stats.exact_odds import conditional_odds_ratio, log_hypergeometric
from topline.stats.exact_tables import fisher_rxc
from topline.stats.result import Estimate, Result, TestResult

# Tables as probable as the observed one count as at least as extreme, up to this relative rounding (R's `relErr`).
RELATIVE_TIE = 1e-7


@dataclass(frozen=True, eq=False, repr=False)
class FisherExact(Result):
    """Fisher's exact test.

    Attributes
    ----------
    p_value : float
        Two-sided: probability of all tables with the same margins that are at most as probable as the observed one.
    odds_ratio : Estimate or None
        Conditional odds ratio with its exact interval (2 × 2 tables only).
    method : str
        Name and convention.
    """

    p_value: float
    odds_ratio: Estimate | None
    method: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class CochranMantelHaenszel(Result):
    """Cochran–Mantel–Haenszel test of K tables 2 × 2, with the common odds ratio, risk ratio and risk difference.

    Attributes
    ----------
    statistic, df, p_value
        The test of conditional independence.
    odds_ratio, risk_ratio, risk_difference : Estimate
        Mantel–Haenszel estimates with the variances of Robins, Breslow and Greenland (1986), Greenland and Robins (1985)
        and Sato (1989).
    """

    statistic: float
    df: int
    p_value: float
    odds_ratio: Estimate
    risk_ratio: Estimate
    risk_difference: Estimate
    method: str
    warnings: tuple[str, ...] = ()


def chi_squared(table: Any, *, correction: bool = False) -> TestResult:
    """Pearson's chi-squared test of independence.

    Parameters
    ----------
    table : (r, c) array of counts
        Empty rows and columns are left out, and `warnings` says so.
    correction : bool
        Yates' continuity correction, for 2 × 2 tables (at most |O − E|, as in R's `chisq.test`).

    Raises
    ------
    InputError
        For anything but a table of whole numbers of at least 0, or a correction of a table larger than 2 × 2.

    Notes
    -----
    Pearson (1900); Yates (1934). Agrees with R `chisq.test`.
    """
    counts, notes = _without_empty(table_counts(table))
    name = "Pearson chi-squared" + (", Yates corrected" if correction else "")
    if correction and counts.shape != (2, 2):
        raise InputError(f"correction is for 2 × 2 tables; this one has {counts.shape[0]} × {counts.shape[1]}")
    if min(counts.shape) < 2:
        why = "not estimable: fewer than two rows or columns hold any count"
        return TestResult(math.nan, 0, math.nan, name, (*notes, why))
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    gap = np.abs(counts - expected)
    if correction:
        gap = np.maximum(gap - min(0.5, float(gap.min())), 0.0)
    statistic = float((gap**2 / expected).sum())
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    if (expected < 5.0).any():
        notes = (*notes, f"an expected count is {expected.min():.3g}, below 5: the chi-squared approximation may be poor")
    return TestResult(statistic, df, chi2_sf(statistic, df), name, notes)


def n_minus_1_chi_squared(table: Any) -> TestResult:
    """Pearson's chi-squared with N − 1 in place of N (E. Pearson 1947; Campbell 2007), for small 2 × 2 tables.

    Parameters
    ----------
    table : (r, c) array of counts
        As for `chi_squared`.

    Raises
    ------
    InputError
        For anything but a table of whole numbers of at least 0.
    """
    plain = chi_squared(table)
    name = "N − 1 chi-squared"
    if math.isnan(plain.statistic):
        return TestResult(math.nan, 0, math.nan, name, plain.warnings)
    total = float(table_counts(table).sum())
    statistic = plain.statistic * (total - 1.0) / total
    return TestResult(statistic, plain.df, chi2_sf(statistic, int(plain.df or 0)), name, plain.warnings)


def fisher_exact(table: Any, *, conf_level: float = 0.95) -> FisherExact:
    """Fisher's exact test.

    Parameters
    ----------
    table : (r, c) array of counts
        2 × 2 gives the conditional odds ratio as well.
    conf_level : float
        Level of the odds ratio's interval.

    Raises
    ------
    InputError
        For anything but a table of whole numbers of at least 0, or one larger than 2 × 2 with too many possible tables to count.

    Notes
    -----
    Fisher (1935); Freeman and Halton (1951) beyond 2 × 2. Agrees with R `fisher.test`.
    """
    counts = table_counts(table)
    conf_level = level(conf_level)
    name = "Fisher's exact test, two-sided by probability"
    if counts.shape != (2, 2):
        reduced, notes = _without_empty(counts)
        if min(reduced.shape) < 2:
            return FisherExact(1.0, None, name, (*notes, "fewer than two rows or columns hold any count"))
        return FisherExact(fisher_rxc(reduced, RELATIVE_TIE), None, name, notes)
    a, b, c, d = (int(v) for v in counts.ravel())
    low, logs = log_hypergeometric(a, b, c, d)
    probability = np.exp(logs)
    own = probability[a - low]
    p_value = min(1.0, float(probability[probability <= own * (1.0 + RELATIVE_TIE)].sum()))
    return FisherExact(p_value, conditional_odds_ratio(a, b, c, d, conf_level), name)


def cochran_mantel_haenszel(tables: Any, *, correction: bool = False, conf_level: float = 0.95) -> CochranMantelHaenszel:
    """Cochran–Mantel–Haenszel test over strata.

    Parameters
    ----------
    tables : (K, 2, 2) array of counts
        One table a stratum: rows are groups, columns are success and failure.
    correction : bool
        Continuity correction of ½ (R's `mantelhaen.test` corrects by default; this does not).
    conf_level : float
        Level of the intervals.

    Raises
    ------
    InputError
        For anything but K tables 2 × 2 of whole numbers of at least 0.

    Notes
    -----
    Cochran (1954); Mantel and Haenszel (1959). Agrees with R `mantelhaen.test` and, for risk ratio and difference, `metafor::rma.mh`.
    """
    counts = stratum_counts(tables)
    conf_level = level(conf_level)
    total = counts.sum(axis=(1, 2))
    notes: tuple[str, ...] = ()
    if (total < 2).any():
        notes = (f"{int((total < 2).sum())} strata with fewer than two patients say nothing and were left out",)
    counts, total = counts[total >= 2], total[total >= 2]
    a, b, c, d = counts[:, 0, 0], counts[:, 0, 1], counts[:, 1, 0], counts[:, 1, 1]
    row, other, column = a + b, c + d, a + c
    expected = row * column / total
    variance = row * other * column * (b + d) / (total**2 * (total - 1.0))
    gap = abs(float((a - expected).sum()))
    if correction:
        gap = gap - min(0.5, gap)
    name = "Cochran-Mantel-Haenszel" + (", continuity corrected" if correction else "")
    spread = float(variance.sum())
    statistic = gap**2 / spread if spread > 0.0 else math.nan
    if not spread > 0.0:
        notes = (*notes, "not estimable: no stratum has both groups and both outcomes")
    z = z_for(conf_level)
    return CochranMantelHaenszel(
        statistic=statistic,
        df=1,
        p_value=chi2_sf(statistic, 1),
        odds_ratio=_common_odds_ratio(a, b, c, d, total, z, conf_level),
        risk_ratio=_common_risk_ratio(a, c, row, other, total, z, conf_level),
        risk_difference=_common_difference(a, b, c, d, total, z, conf_level),
        method=name,
        warnings=notes,
    )


def _common_odds_ratio(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray, n: FloatArray, z: float, conf_level: float) -> Estimate:
    r, s = a * d / n, b * c / n
    over, under = float(r.sum()), float(s.sum())
    name = "Mantel-Haenszel, Robins-Breslow-Greenland variance"
    if not (over > 0.0 and under > 0.0):
        why = "not estimable: a sum of cross products is 0"
        value = math.inf if over > 0.0 else (0.0 if under > 0.0 else math.nan)
        return Estimate(value, math.nan, math.nan, None, conf_level, name, (why,))
    p, q = (a + d) / n, (b + c) / n
    variance = (p * r).sum() / (2.0 * over**2) + (p * s + q * r).sum() / (2.0 * over * under) + (q * s).sum() / (2.0 * under**2)
    return _log_estimate(over / under, float(variance), z, conf_level, name)


def _common_risk_ratio(
    a: FloatArray, c: FloatArray, row: FloatArray, other: FloatArray, n: FloatArray, z: float, conf_level: float
) -> Estimate:
    over, under = float((a * other / n).sum()), float((c * row / n).sum())
    name = "Mantel-Haenszel, Greenland-Robins variance"
    if not (over > 0.0 and under > 0.0):
        why = "not estimable: a group has no success in any stratum"
        value = math.inf if over > 0.0 else (0.0 if under > 0.0 else math.nan)
        return Estimate(value, math.nan, math.nan, None, conf_level, name, (why,))
    variance = float(((row * other * (a + c) - a * c * n) / n**2).sum()) / (over * under)
    return _log_estimate(over / under, variance, z, conf_level, name)


def _common_difference(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray, n: FloatArray, z: float, conf_level: float) -> Estimate:
    row, other = a + b, c + d
    name = "Mantel-Haenszel, Sato variance"
    weight = row * other / n
    whole = float(weight.sum())
    if not whole > 0.0:
        why = "not estimable: no stratum has both groups"
        return Estimate(math.nan, math.nan, math.nan, math.nan, conf_level, name, (why,))
    value = float(((a * other - c * row) / n).sum()) / whole
    p = (row**2 * c - other**2 * a + row * other * (other - row) / 2.0) / n**2
    q = (a * d + b * c) / (2.0 * n)
    variance = (value * float(p.sum()) + float(q.sum())) / whole**2
    error = math.sqrt(max(variance, 0.0))
    return Estimate(value, value - z * error, value + z * error, error, conf_level, name, _no_width(error))


def _log_estimate(value: float, variance: float, z: float, conf_level: float, name: str) -> Estimate:
    half = z * math.sqrt(max(variance, 0.0))
    return Estimate(value, value * math.exp(-half), value * math.exp(half), None, conf_level, name, _no_width(half))


def _no_width(half: float) -> tuple[str, ...]:
    if half > 0.0:
        return ()
    return ("the variance is 0, for every group has one outcome only: the interval has no width and means nothing",)


def table_counts(table: Any) -> FloatArray:
    """Return a table of counts as floats, if it is one."""
    counts = count_table("table", table)
    if counts.ndim != 2 or min(counts.shape) < 1:
        raise InputError(f"table has shape {counts.shape}; rows × columns of counts were expected")
    return counts


def stratum_counts(tables: Any) -> FloatArray:
    """Return one 2 × 2 table of counts a stratum as floats, if they are such."""
    counts = count_table("tables", tables)
    if counts.ndim != 3 or counts.shape[1:] != (2, 2):
        raise InputError(f"tables has shape {counts.shape}; K × 2 × 2 was expected (one table a stratum)")
    return counts


def _without_empty(counts: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
    rows, columns = counts.sum(axis=1) > 0.0, counts.sum(axis=0) > 0.0
    if rows.all() and columns.all():
        return counts, ()
    return counts[np.ix_(rows, columns)], ("empty rows or columns were left out",)
