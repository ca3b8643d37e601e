"""Reading quantiles off a step curve: the rule at a plateau is named, and float error doesn't decide it."""

from __future__ import annotations

import math

import numpy as np

from topline.stats.checks import FloatArray

# R's tolerance: a curve within this of the quantile lies on it (0.7500000000000001 is 0.75).
TOLERANCE = float(np.sqrt(np.finfo(float).eps))

RULES = ("midpoint", "first-at-or-below", "first-below")


def crossing_time(time: FloatArray, curve: FloatArray, q: float, rule: str, start: float) -> float:
    """Return the time at which a falling curve has lost the fraction `q`.

    Parameters
    ----------
    time, curve : (m,) arrays
        Times, and the curve's value from each time on (NaN where it is not estimable).
    q : float
        The quantile: 0.5 asks where the curve reaches 0.5; 0.25 where it reaches 0.75.
    rule : {"midpoint", "first-at-or-below", "first-below"}
        What to do where the curve is flat at 1 − q. "midpoint" is the middle of the flat part (up to the last observation
        if it never falls again), as R's `quantile.survfit`; the others take its first time and the time of the next drop.
    start : float
        Time at which the curve leaves 1, the answer for q = 0.

    Returns
    -------
    float
        NaN where the curve never gets there.
    """
    known = ~np.isnan(curve)
    lost = 1.0 - curve[known]
    when = time[known]
    if lost.size == 0:
        return math.nan
    if q <= 0.0:
        return start
    reached = np.flatnonzero(lost + TOLERANCE >= q)
    if reached.size == 0:
        return math.nan
    at = float(when[reached[0]])
    if rule == "first-at-or-below":
        return at
    passed = np.flatnonzero(lost - TOLERANCE >= q)
    if passed.size:
        after = float(when[passed[0]])
        return after if rule == "first-below" else 0.5 * (at + after)
    if rule == "first-below":
        return math.nan
    # Flat to the end: R takes the last time there is, but only if the curve is still known there.
    return 0.5 * (at + float(time[-1])) if known[-1] else math.nan
