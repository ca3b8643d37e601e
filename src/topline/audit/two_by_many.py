"""All the p-values that a table larger than 2 × 2 may have given, within a bound of work."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

__all__ = ["MANY_TESTS", "tables_alike", "wide_p_values"]

MANY_TESTS: Final = ("Pearson", "likelihood ratio", "Fisher–Freeman–Halton", "Cochran–Armitage trend", "linear by linear")
_MOST_ALIKE = 60_000


def tables_alike(table: Sequence[Sequence[int]]) -> int:
    """At most how many tables share the margins of this one: the work of an exact test."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    many = 1
    for row in sorted(rows)[:-1]:
        for column in sorted(columns)[:-1]:
            many *= min(row, column) + 1
    return many


def wide_p_values(table: Sequence[Sequence[int]], *, exact: bool = True) -> dict[str, float]:
    """p-values of an r × c table of counts; with two rows or two columns also of a trend over the other, scores 1, 2, ….

    Parameters
    ----------
    table : r sequences of c counts
        Groups by outcomes.
    exact : bool
        Whether Fisher's test is wanted; it is left out where more than 60,000 tables would have to be looked at.

    Returns
    -------
    dict
        Names of :data:`MANY_TESTS` to two-sided p-values; empty where fewer than two rows or columns hold any count.

    Notes
    -----
    By the tests of :mod:`topline.stats`: Pearson, Fisher (Freeman and Halton 1951, Biometrika 38:141) and Cochran–Armitage; the
    likelihood-ratio chi-squared, and Mantel's linear-by-linear statistic, which is Cochran–Armitage's with N − 1 for N.
    """
    from topline.stats.distributions import chi2_sf
    from topline.stats.paired_tables import cochran_armitage_test
    from topline.stats.tables import chi_squared, fisher_exact

    rows = [list(row) for row in table if sum(row)]
    keep = [k for k, column in enumerate(zip(*rows, strict=True)) if sum(column)]
    rows = [[row[k] for k in keep] for row in rows]
    if len(rows) < 2 or len(keep) < 2:
        return {}
    total = sum(map(sum, rows))
    columns = [sum(column) for column in zip(*rows, strict=True)]
    df = (len(rows) - 1) * (len(columns) - 1)
    out = {"Pearson": chi_squared(rows).p_value}
    g2 = 2.0 * sum(v * math.log(v * total / (sum(row) * m)) for row in rows for v, m in zip(row, columns, strict=True) if v)
    out["likelihood ratio"] = chi2_sf(max(g2, 0.0), df)
    if exact and tables_alike(rows) <= _MOST_ALIKE:
        out["Fisher–Freeman–Halton"] = fisher_exact(rows).p_value
    groups = rows if len(columns) == 2 else [list(column) for column in zip(*rows, strict=True)] if len(rows) == 2 else []
    if len(groups) > 2:
        trend = cochran_armitage_test([g[0] for g in groups], [sum(g) for g in groups])
        if math.isfinite(trend.p_value):
            out["Cochran–Armitage trend"] = trend.p_value
            out["linear by linear"] = chi2_sf(trend.statistic * (total - 1) / total, 1)
    return out
