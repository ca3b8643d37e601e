"""Two means compared: Welch's t-test, and the standardised difference that says how alike two groups are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, code_vector, float_vector, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Estimate, Result

KINDS = ("continuous", "binary", "categorical")


@dataclass(frozen=True, eq=False, repr=False)
class WelchT(Result):
    """Welch's t-test.

    Attributes
    ----------
    statistic, df, p_value
        t, Satterthwaite's degrees of freedom, two-sided p-value.
    difference : Estimate
        Mean of x less mean of y, with its interval.
    """

    statistic: float
    df: float
    p_value: float
    difference: Estimate
    method: str = "Welch t-test"
    warnings: tuple[str, ...] = ()


def welch_t(x: Any, y: Any, *, conf_level: float = 0.95) -> WelchT:
    """Welch's t-test of two means with unequal variances (Welch 1947; R `t.test`).

    Parameters
    ----------
    x, y : (n,), (m,) arrays
        The samples, at least two values each.
    conf_level : float
        Level of the interval of the difference.

    Raises
    ------
    InputError
        For NaN or infinity, or fewer than two values in a sample.
    """
    first, second = float_vector("x", x), float_vector("y", y)
    conf_level = level(conf_level)
    if len(first) < 2 or len(second) < 2:
        raise InputError(f"x has {len(first)} values and y has {len(second)}; both need at least two")
    from scipy.special import stdtr, stdtrit

    v1, v2 = float(first.var(ddof=1)) / len(first), float(second.var(ddof=1)) / len(second)
    value = float(first.mean() - second.mean())
    error = math.sqrt(v1 + v2)
    if error <= 1e-14 * max(abs(float(first.mean())), abs(float(second.mean())), 1e-300):
        why = "not estimable: both samples are constant"
        empty = Estimate(value, math.nan, math.nan, error, conf_level, "Welch t", (why,))
        return WelchT(math.nan, math.nan, math.nan, empty, warnings=(why,))
    if not math.isfinite(error * error):
        why = "not estimable: the values are too large for their squares to be computed; use another unit"
        empty = Estimate(value, math.nan, math.nan, error, conf_level, "Welch t", (why,))
        return WelchT(math.nan, math.nan, math.nan, empty, warnings=(why,))
    df = (v1 + v2) ** 2 / (v1**2 / (len(first) - 1) + v2**2 / (len(second) - 1))
    t = value / error
    half = -float(stdtrit(df, (1.0 - conf_level) / 2.0)) * error
    return WelchT(
        statistic=t,
        df=df,
        p_value=2.0 * float(stdtr(df, -abs(t))),
        difference=Estimate(value, value - half, value + half, error, conf_level, "Welch t"),
    )


def standardised_difference(
    x: Any,
    y: Any,
    *,
    kind: str = "continuous",
    x_weights: Any = None,
    y_weights: Any = None,
    conf_level: float = 0.95,
) -> Estimate:
    """Standardised difference of two groups: how far apart they are, in standard deviations.

    Parameters
    ----------
    x, y : (n,), (m,) arrays
        The variable in the first and in the second group: numbers, 0/1, or labels.
    kind : {"continuous", "binary", "categorical"}
        (mean x − mean y) over the root of the mean variance; the same with p(1 − p) for a 0/1 variable; for categories
        the Mahalanobis length of the difference of their shares (Yang and Dalton 2012), which has no sign.
    x_weights, y_weights : arrays, optional
        Balancing weights. The denominator stays that of the unweighted sample (Austin and Stuart 2015), so that weighting
        cannot look better by widening the spread.
    conf_level : float
        Level of the interval (Hedges and Olkin 1985).

    Returns
    -------
    Estimate
        0 where both groups are constant and equal; NaN with a reason where they are constant and differ.

    Raises
    ------
    InputError
        For NaN or infinity, an empty sample, a binary variable other than 0 and 1, weights below 0 or all 0.
    """
    choice("kind", kind, KINDS)
    conf_level = level(conf_level)
    x, y = np.atleast_1d(np.asarray(x)), np.atleast_1d(np.asarray(y))
    if len(x) == 0 or len(y) == 0:
        raise InputError(f"x has {len(x)} values and y has {len(y)}; both need at least one")
    if kind == "categorical":
        codes, labels = code_vector("x and y", np.concatenate([x, y]))
        # One category follows from the others: the first is left out.
        table = (codes[:, None] == np.arange(1, len(labels))[None, :]).astype(float)
        first, second = table[: len(x)], table[len(x) :]
    else:
        first, second = (float_vector(name, v).reshape(-1, 1) for name, v in (("x", x), ("y", y)))
        if kind == "binary":
            for name, v in (("x", first), ("y", second)):
                if ((v != 0.0) & (v != 1.0)).any():
                    raise InputError(f"{name} holds values other than 0 and 1; use kind='continuous' or 'categorical'")
    wx, wy = _weights("x_weights", x_weights, len(first)), _weights("y_weights", y_weights, len(second))
    one_category = first.shape[1] == 0  # numpy can't average no columns
    gap = np.zeros(0) if one_category else np.average(first, axis=0, weights=wx) - np.average(second, axis=0, weights=wy)
    name = f"standardised difference, {kind}"
    if not gap.size or not np.abs(gap).max() > 0.0:
        value = 0.0
    else:
        ddof = 1 if kind == "continuous" else 0
        if kind == "continuous" and min(len(first), len(second)) < 2:
            why = "not estimable: a group of one has no variance"
            return Estimate(math.nan, math.nan, math.nan, math.nan, conf_level, name, (why,))
        spread = 0.5 * (_covariance(first, ddof) + _covariance(second, ddof))
        scale = np.sqrt(np.diag(spread))
        solid = scale > 1e-14 * np.maximum(np.abs(first).max(axis=0), 1e-300)
        if not solid.all() and np.abs(gap[~solid]).max() > 0.0:
            why = "not estimable: both groups are constant, at different values"
            return Estimate(math.nan, math.nan, math.nan, math.nan, conf_level, name, (why,))
        gap, spread = gap[solid] / scale[solid], spread[np.ix_(solid, solid)] / np.outer(scale[solid], scale[solid])
        if kind == "categorical":
            size, axes = np.linalg.eigh(spread)
            along = axes.T @ gap
            varies = size > 1e-10
            if np.abs(along[~varies]).max(initial=0.0) > 1e-8:
                why = "not estimable: some categories together hold all of one group and none of the other"
                return Estimate(math.nan, math.nan, math.nan, math.nan, conf_level, name, (why,))
            value = math.sqrt(float((along[varies] ** 2 / size[varies]).sum()))
        else:
            value = float(gap[0])
    n, m = len(first), len(second)
    error = math.sqrt((n + m) / (n * m) + value**2 / (2.0 * (n + m)))
    half = z_for(conf_level) * error
    return Estimate(value, value - half, value + half, error, conf_level, name)


def _weights(name: str, values: Any, n: int) -> FloatArray | None:
    if values is None:
        return None
    out = float_vector(name, values, n=n, minimum=0.0)
    if not out.any():
        raise InputError(f"{name} are all 0: at least one row must count")
    return out


def _covariance(values: FloatArray, ddof: int) -> FloatArray:
    centred = values - values.mean(axis=0)
    return np.asarray(centred.T @ centred / (len(values) - ddof))
