"""Competing risks: the cumulative incidence of one cause where others may come first (Aalen–Johansen)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, count, float_vector, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.curve_intervals import CONF_TYPES, curve_interval
from topline.stats.survival.risk_sets import RiskSets

VARIANCES = ("aalen", "delta")


@dataclass(frozen=True, eq=False, repr=False)
class IncidenceAt(Result):
    """A cumulative incidence read at given times; numbers for one time, arrays for several.

    Attributes
    ----------
    time
        When it was read.
    estimate, std_error, lower, upper
        Cumulative incidence then, its standard error and pointwise interval.
    """

    time: Any
    estimate: Any
    std_error: Any
    lower: Any
    upper: Any
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class CumulativeIncidence(Result):
    """Cumulative incidence of one cause: one row for each distinct time of an event or a censoring.

    Attributes
    ----------
    cause : int
        The cause of interest; all other positive codes compete with it.
    n, events, competing_events : int
        Rows, events of the cause, events of other causes.
    time, n_risk, n_event, n_competing, n_censor : (m,) arrays
        Distinct times, rows at risk just before them, and what happened there.
    estimate, std_error, lower, upper : (m,) arrays
        Cumulative incidence from each time on, its standard error and pointwise interval.
    conf_type, conf_level, variance
        Conventions.
    warnings : tuple of str
        The reason for every NaN.
    """

    cause: int
    n: int
    events: int
    competing_events: int
    time: FloatArray
    n_risk: FloatArray
    n_event: FloatArray
    n_competing: FloatArray
    n_censor: FloatArray
    estimate: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    conf_type: str
    conf_level: float
    variance: str
    warnings: tuple[str, ...]
    _event_free: FloatArray

    def at(self, times: Any) -> IncidenceAt:
        """Read the curve at given times; beyond the last observation NaN, unless nobody was left without an event."""
        single = np.ndim(times) == 0
        when = float_vector("times", times)
        row = np.searchsorted(self.time, when, side="right") - 1
        before, inside = row < 0, np.maximum(row, 0)
        values = [np.where(before, 0.0, part[inside]) for part in (self.estimate, self.std_error, self.lower, self.upper)]
        beyond = (when > self.time[-1]) & (self._event_free[-1] > 0.0)
        notes = []
        if beyond.any():
            notes.append(f"not estimable beyond the last observation ({self.time[-1]:g})")
            for part in values:
                part[beyond] = np.nan
        if np.isnan(values[2][~beyond]).any():
            notes.extend(self.warnings)
        parts: list[Any] = [when, *values]
        if single:
            parts = [float(v[0]) for v in parts]
        return IncidenceAt(parts[0], parts[1], parts[2], parts[3], parts[4], tuple(notes))


def cause_vector(event_code: Any, n: int) -> tuple[Any, FloatArray]:
    """Return whether any event happened, and the whole-number codes."""
    codes = float_vector("event_code", event_code, n=n, minimum=0.0)
    if (codes != np.floor(codes)).any():
        i = int(np.argmax(codes != np.floor(codes)))
        raise InputError(f"event_code[{i}] is {codes[i]:g}; 0 (censored) or the whole number of a cause was expected")
    return codes > 0.0, codes


def cause_number(cause: Any) -> int:
    """Return the number of a cause, which is at least 1."""
    number = count("cause", cause)
    if number < 1:
        raise InputError("cause is 0, which stands for censored; the number of a cause, at least 1, was expected")
    return number


def cumulative_incidence(
    time: Any,
    event_code: Any,
    *,
    cause: int = 1,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
    variance: str = "aalen",
) -> CumulativeIncidence:
    """Cumulative incidence of a cause in the presence of competing ones.

    Parameters
    ----------
    time : (n,) array
        Follow-up time.
    event_code : (n,) array of int
        0 censored, otherwise the number of the cause.
    cause : int
        The cause of interest.
    conf_type : {"log-log", "log", "plain", "logit", "arcsine"}
        Scale of the pointwise interval; "log-log" is that of log(−log F) (Kalbfleisch and Prentice 2002; SAS, prodlim).
    conf_level : float
        Level of the intervals.
    variance : {"aalen", "delta"}
        Aalen's (1978) with the factor (n − d) / (n − 1) for ties, as R `cmprsk::cuminc`; or the delta method of Marubini
        and Valsecchi (1995), as R `prodlim`.

    Returns
    -------
    CumulativeIncidence

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, codes that are no whole numbers, a cause below
        1.
    """
    choice("conf_type", conf_type, CONF_TYPES)
    choice("variance", variance, VARIANCES)
    conf_level, cause = level(conf_level), cause_number(cause)
    raw = np.asarray(time)
    happened, codes = cause_vector(event_code, len(np.atleast_1d(raw)))
    plan = RiskSets(time, happened)
    width = len(plan.distinct)
    leave = np.bincount(plan.rank, minlength=width)
    own = np.bincount(plan.rank[codes == cause], minlength=width)
    every = np.bincount(plan.rank[happened], minlength=width)
    used = np.flatnonzero(leave)
    n = np.cumsum(leave[::-1])[::-1][used].astype(float)
    d1, d = own[used].astype(float), every[used].astype(float)
    after = np.cumprod(1.0 - d / n)
    before = np.concatenate([[1.0], after[:-1]])
    estimate = np.cumsum(before * d1 / n)
    if variance == "aalen":
        spread = _aalen_variance(n, d1, d - d1, before, after, estimate)
    else:
        spread = _delta_variance(n, d1, d, before, estimate)
    std_error = np.sqrt(np.maximum(spread, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(estimate > 0.0, std_error / estimate, 0.0)
    lower, upper = curve_interval(estimate, relative, conf_type, z_for(conf_level))
    notes = [] if d1.any() else [f"nobody has cause {cause}: its incidence is 0 throughout, without a standard error to speak of"]
    if np.isnan(lower).any():
        notes.append(f"before the first event of the cause (and at 1) a {conf_type} interval is not defined")
    return CumulativeIncidence(
        cause=cause,
        n=plan.n,
        events=int(d1.sum()),
        competing_events=int((d - d1).sum()),
        time=plan.distinct[used],
        n_risk=n,
        n_event=d1,
        n_competing=d - d1,
        n_censor=leave[used] - d,
        estimate=estimate,
        std_error=std_error,
        lower=lower,
        upper=upper,
        conf_type=conf_type,
        conf_level=conf_level,
        variance=variance,
        warnings=tuple(notes),
        _event_free=after,
    )


def _aalen_variance(n: FloatArray, d1: FloatArray, d2: FloatArray, before: FloatArray, after: FloatArray, f: FloatArray) -> FloatArray:
    """Sum, over events up to t, (weight of the event in F(t))² times the variance of the hazard's jump.

    An event of the cause at u counts S(u−)·(1 − (F(t) − F(u)) / S(u)), another one S(u−)·(F(t) − F(u)) / S(u); both are
    linear in F(t), so that running sums of three moments are enough.
    """
    tie = np.maximum(n - 1.0, 1.0)
    j1, j2 = (before**2 * d * np.where(d > 1.0, (n - d) / tie, 1.0) / n**2 for d in (d1, d2))
    inverse = np.divide(1.0, after, out=np.zeros_like(after), where=after > 0.0)
    # Weight a + b·F(t), with a = 1 + F(u)/S(u), b = −1/S(u) for the cause, and a = −F(u)/S(u), b = 1/S(u) for the others.
    j2 = np.where(after > 0.0, j2, 0.0)
    a1, a2 = 1.0 + f * inverse, -f * inverse
    m0 = np.cumsum(j1 * a1**2 + j2 * a2**2)
    m1 = np.cumsum(-j1 * a1 * inverse + j2 * a2 * inverse)
    m2 = np.cumsum((j1 + j2) * inverse**2)
    return np.asarray(m0 + 2.0 * f * m1 + f**2 * m2)


def _delta_variance(n: FloatArray, d1: FloatArray, d: FloatArray, before: FloatArray, f: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.where(n > d, d / (n * (n - d)), 0.0)
    cross = before * d1 / n**2
    own = np.cumsum(before**2 * d1 * (n - d1) / n**3)
    m0, m1, m2 = np.cumsum(greenwood * f**2), np.cumsum(greenwood * f), np.cumsum(greenwood)
    return np.asarray(f**2 * m2 - 2.0 * f * m1 + m0 + own - 2.0 * (f * np.cumsum(cross) - np.cumsum(cross * f)))
