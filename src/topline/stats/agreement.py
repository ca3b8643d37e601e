"""Agreement of two raters beyond chance: Cohen's kappa."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from topline.stats.checks import level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Estimate
from topline.stats.tables import table_counts


def cohen_kappa(table: Any, *, conf_level: float = 0.95) -> Estimate:
    """Cohen's kappa of two raters, unweighted, with its large-sample interval.

    Parameters
    ----------
    table : array-like of int, shape (k, k)
        Patients by the first rater's class (rows) and the second's (columns), the classes in the same order.
    conf_level : float
        Level of the two-sided interval, cut at −1 and 1.

    Returns
    -------
    Estimate
        NaN with a reason where the table is empty, or where both raters put everybody into one and the same class.

    Raises
    ------
    InputError
        Where the table isn't square, or holds a negative or fractional number.

    Notes
    -----
    Cohen (1960); standard error for kappa other than 0: Fleiss, Cohen and Everitt (1969), eq. 13. It is 0 where the raters agree on
    everybody.
    """
    counts = table_counts(table)
    conf_level = level(conf_level)
    if counts.shape[0] != counts.shape[1]:
        raise InputError(f"table has shape {counts.shape}: one row and one column a class was expected, in the same order")
    n, method = float(counts.sum()), "Cohen's kappa, Fleiss–Cohen–Everitt interval"
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, None, conf_level, method, ("not estimable: no patient",))
    p = counts / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float(np.trace(p)), float(rows @ columns)
    if 1.0 - expected < 1e-12:
        why = "not estimable: both put everybody into the same class"
        return Estimate(math.nan, math.nan, math.nan, None, conf_level, method, (why,))
    kappa = (observed - expected) / (1.0 - expected)
    # an off-diagonal cell (i, j) weighs the first rater's use of class j and the second's of class i
    crossed = (columns[:, None] + rows[None, :]) ** 2
    on = float(np.sum(np.diag(p) * (1.0 - (rows + columns) * (1.0 - kappa)) ** 2))
    off = (1.0 - kappa) ** 2 * float(np.sum(p * crossed) - np.sum(np.diag(p * crossed)))
    variance = (on + off - (kappa - expected * (1.0 - kappa)) ** 2) / (n * (1.0 - expected) ** 2)
    error = math.sqrt(max(variance, 0.0))
    reach = z_for(conf_level) * error
    notes = () if reach > 0.0 else ("the variance is 0 in this table: the interval has no width",)
    return Estimate(kappa, max(kappa - reach, -1.0), min(kappa + reach, 1.0), error, conf_level, method, notes)
