"""A survival curve as a result: its rows, and how medians, landmarks and restricted means are read off it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, float_vector
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Estimate, Result
from topline.stats.survival.quantiles import RULES, crossing_time


@dataclass(frozen=True, eq=False, repr=False)
class SurvivalAt(Result):
    """A survival curve read at given times; numbers for one time, arrays for several.

    Attributes
    ----------
    time, survival, std_error, lower, upper : float or array
        S(t) with its standard error and interval. NaN where not estimable.
    n_risk : float or array
        Number (weight) at risk just before each time.
    warnings : tuple of str
        The reason for every NaN.
    """

    time: Any
    survival: Any
    std_error: Any
    lower: Any
    upper: Any
    n_risk: Any
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class KaplanMeier(Result):
    """A Kaplan–Meier curve: one row for each distinct time of an event or a censoring.

    Attributes
    ----------
    n, events : float
        Rows and events with a positive weight (their number, not their weight).
    time : (m,) array
        Distinct times, ascending.
    n_risk, n_event, n_censor : (m,) arrays
        At risk just before, events at, censorings at each time; sums of weights where there are weights.
    survival, std_error, lower, upper : (m,) arrays
        S(t) from each time on, its standard error (of S itself, not of log S) and its pointwise interval.
    conf_type, conf_level, variance
        Conventions: transform of the interval, its level, how the variance was made.
    warnings : tuple of str
        The reason for every NaN.
    """

    n: int
    events: int
    time: FloatArray
    n_risk: FloatArray
    n_event: FloatArray
    n_censor: FloatArray
    survival: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    conf_type: str
    conf_level: float
    variance: str
    warnings: tuple[str, ...]
    _hazard_variance: FloatArray
    _influence: Any = None
    _risk_edges: tuple[FloatArray, FloatArray] | None = None

    @property
    def median(self) -> Estimate:
        """Median time with its interval (Brookmeyer and Crowley 1982); see `quantile`."""
        return self.quantile(0.5)

    def quantile(self, q: float, *, rule: str = "midpoint") -> Estimate:
        """Time by which a fraction `q` has had the event, with the interval read off the curve's own limits.

        Parameters
        ----------
        q : float
            Between 0 and 1; 0.5 is the median.
        rule : {"midpoint", "first-at-or-below", "first-below"}
            What to do where the curve is flat at 1 − q; "midpoint" is R's rule.

        Returns
        -------
        Estimate
            A value or bound the curve never reaches is NaN, with the reason in `warnings`.
        """
        if not 0.0 <= q <= 1.0:
            raise InputError(f"q is {q}; a fraction between 0 and 1 was expected (0.5 is the median)")
        choice("rule", rule, RULES)
        start = min(0.0, float(self.time[0]))
        value, low, high = (crossing_time(self.time, curve, q, rule, start) for curve in (self.survival, self.lower, self.upper))
        notes = []
        if math.isnan(value):
            notes.append(f"not reached: S(t) stays above {1 - q:g} (lowest value {np.nanmin(self.survival):.4g})")
        if math.isnan(low):
            notes.append("lower limit not reached: the curve's lower limit stays above the quantile")
        if math.isnan(high):
            notes.append("upper limit not reached: the curve's upper limit stays above the quantile")
        return Estimate(value, low, high, None, self.conf_level, f"Kaplan-Meier quantile, {rule}, {self.conf_type}", tuple(notes))

    def at(self, times: Any) -> SurvivalAt:
        """Read the curve at given times.

        Beyond the last observation S(t) is not estimable (NaN, with the reason) unless the curve has reached 0.
        """
        single = np.ndim(times) == 0
        when = float_vector("times", times)
        row = np.searchsorted(self.time, when, side="right") - 1
        inside = np.maximum(row, 0)
        before = row < 0

        def read(values: FloatArray, at_start: float) -> FloatArray:
            return np.where(before, at_start, values[inside])

        survival = read(self.survival, 1.0)
        error, low, high = read(self.std_error, 0.0), read(self.lower, 1.0), read(self.upper, 1.0)
        beyond = (when > self.time[-1]) & (self.survival[-1] > 0.0)
        for values in (survival, error, low, high):
            values[beyond] = np.nan
        notes = []
        if beyond.any():
            notes.append(
                f"not estimable beyond the last observation ({self.time[-1]:g}): asked at {', '.join(f'{t:g}' for t in when[beyond][:5])}"
            )
        if np.isnan(low[~beyond]).any() or np.isnan(error[~beyond]).any():
            notes.extend(self.warnings)
        at_risk = self._at_risk(when)
        parts: list[Any] = [when, survival, error, low, high, at_risk]
        if single:
            parts = [float(v[0]) for v in parts]
        return SurvivalAt(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], tuple(notes))

    def _at_risk(self, when: FloatArray) -> FloatArray:
        leaving, entering = self._leave_weights(), self._risk_edges
        left = np.concatenate([[0.0], np.cumsum(leaving)])
        gone = left[np.searchsorted(self.time, when, side="left")]
        if entering is None:
            return np.asarray(left[-1] - gone, dtype=float)
        entered = np.concatenate([[0.0], np.cumsum(entering[1])])
        return np.asarray(entered[np.searchsorted(entering[0], when, side="left")] - gone, dtype=float)

    def _leave_weights(self) -> FloatArray:
        return self.n_event + self.n_censor

    def rmst(self, tau: float) -> Estimate:
        """Restricted mean survival time: the area under the curve from 0 to `tau`.

        The variance is Greenwood's for an area (Klein and Moeschberger 2003, section 4.5), as in R's `survfit` and
        `survRM2`. Not estimable (NaN, with the reason) where `tau` lies beyond the last observation and S(t) > 0 there.
        """
        if not (math.isfinite(tau) and tau > 0.0):
            raise InputError(f"tau is {tau}; a positive, finite time was expected")
        method = f"restricted mean to {tau:g}, Greenwood variance, plain interval"
        last = float(self.time[-1])
        if tau > last and self.survival[-1] > 0.0:
            why = f"not estimable: tau {tau:g} lies beyond the last observation ({last:g}) and S(t) > 0 there"
            return Estimate(math.nan, math.nan, math.nan, math.nan, self.conf_level, method, (why,))
        keep = self.time < tau
        edges = np.concatenate([[0.0], self.time[keep], [tau]])
        height = np.concatenate([[1.0], self.survival[keep]])
        area = np.diff(edges) * height
        rest = np.cumsum(area[::-1])[::-1][1:]  # area still to come after each time
        hazard_variance = self._hazard_variance[keep]
        variance = float(np.sum(np.where(rest > 0.0, rest * rest, 0.0) * np.where(rest > 0.0, hazard_variance, 0.0)))
        value = float(area.sum())
        error = math.sqrt(variance)
        half = z_for(self.conf_level) * error
        notes = () if error > 0.0 else ("the curve is certain up to tau (nobody, or everybody at once, has the event): its variance is 0",)
        return Estimate(value, value - half, value + half, error, self.conf_level, method, notes)
