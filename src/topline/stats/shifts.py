"""How far two samples are apart: the Hodges–Lehmann shift, and the ratio of geometric means."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from topline.stats.checks import float_vector, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.means import WelchT, welch_t
from topline.stats.result import Estimate

# Pairs of values that may be held at once.
_LIMIT = 50_000_000


def hodges_lehmann(x: Any, y: Any, *, conf_level: float = 0.95) -> Estimate:
    """Hodges–Lehmann shift: the median of all differences x − y, with the interval that inverts Wilcoxon's test.

    Parameters
    ----------
    x, y : (n,), (m,) arrays
        The samples.
    conf_level : float
        Level. The limits are order statistics of the differences at ranks from the normal approximation (Hollander and
        Wolfe 1999, section 4.3; Moses).

    Raises
    ------
    InputError
        If the pairs are too many to hold.
    """
    first, second = float_vector("x", x), float_vector("y", y)
    conf_level = level(conf_level)
    n, m = len(first), len(second)
    if n == 0 or m == 0:
        raise InputError(f"x has {n} values and y has {m}; both need at least one")
    if n * m > _LIMIT:
        raise InputError(f"{n} × {m} differences are too many to hold (at most {_LIMIT})")
    gaps = np.sort(np.subtract.outer(first, second).ravel())
    name = "Hodges-Lehmann, Moses interval (normal approximation)"
    value = float(np.median(gaps))
    rank = n * m / 2.0 - z_for(conf_level) * math.sqrt(n * m * (n + m + 1) / 12.0)
    k = math.floor(rank)
    if k < 1:
        why = "limits not estimable: the samples are too small for this confidence level"
        return Estimate(value, math.nan, math.nan, None, conf_level, name, (why,))
    return Estimate(value, float(gaps[k - 1]), float(gaps[n * m - k]), None, conf_level, name)


def geometric_mean_ratio(x: Any, y: Any, *, conf_level: float = 0.95) -> WelchT:
    """Ratio of two geometric means with Welch's interval and test on the log scale.

    Parameters
    ----------
    x, y : (n,), (m,) arrays of positive numbers
        The samples.
    conf_level : float
        Level of the interval.

    Returns
    -------
    WelchT
        `difference` holds the ratio.

    Raises
    ------
    InputError
        For values that are not above 0 and finite, or fewer than two in a sample.

    Notes
    -----
    Welch's test (1947) of the logarithms; R `t.test(log(x), log(y))`.
    """
    logs = []
    for name, values in (("x", float_vector("x", x)), ("y", float_vector("y", y))):
        if (values <= 0.0).any():
            i = int(np.argmax(values <= 0.0))
            raise InputError(f"{name}[{i}] is {values[i]:g}; a geometric mean needs numbers above 0")
        logs.append(np.log(values))
    test = welch_t(*logs, conf_level=conf_level)
    gap = test.difference
    with np.errstate(over="ignore"):  # beyond the largest number a limit is infinite
        value, lower, upper = (float(np.exp(v)) for v in (gap.value, gap.lower, gap.upper))
    ratio = Estimate(
        value,
        lower,
        upper,
        None,
        conf_level,
        "geometric mean ratio, Welch t on the log scale",
        gap.warnings,
    )
    return dataclasses.replace(test, difference=ratio, method="geometric mean ratio, Welch t")
