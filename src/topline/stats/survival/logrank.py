"""The log-rank test and its weighted relatives: do the groups differ in time to event, within strata?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, at_least, choice, code_vector
from topline.stats.distributions import chi2_sf
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.counting import count_rows
from topline.stats.survival.risk_sets import RiskSets

WEIGHTS = ("logrank", "gehan", "tarone-ware", "peto-peto", "modified-peto", "fleming-harrington")


@dataclass(frozen=True, eq=False, repr=False)
class LogRankTest(Result):
    """A (weighted, stratified) log-rank test.

    Attributes
    ----------
    statistic, df, p_value
        Chi-squared statistic on `df` (groups with any expected event, less one) and its upper tail.
    groups : tuple
        Labels of the groups, in the order of the arrays.
    n : (G,) array
        Rows in each group.
    observed, expected : (G,) arrays
        Weighted observed and expected events, summed over strata.
    variance : (G, G) array
        Hypergeometric variance of observed − expected.
    z : float or None
        For two groups the signed standardised difference, positive where the second group has more events than
        expected; None otherwise.
    method : str
        Weighting and variance.
    warnings : tuple of str
        Reasons for every NaN.
    """

    statistic: float
    df: int
    p_value: float
    groups: tuple[Any, ...]
    n: FloatArray
    observed: FloatArray
    expected: FloatArray
    variance: FloatArray
    z: float | None
    method: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class EventTable:
    """At-risk and event counts by group at every event time of every stratum: all that a log-rank test needs.

    Attributes
    ----------
    at_risk, events : (K, G) arrays
        Rows at risk just before, and events at, each event time.
    stratum : (K,) array
        Stratum of each event time.
    """

    at_risk: FloatArray
    events: FloatArray
    stratum: Any


def logrank_test(
    time: Any,
    event: Any,
    group: Any,
    *,
    strata: Any = None,
    entry: Any = None,
    weight: str | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> LogRankTest:
    """Log-rank test of equal hazards between groups, with the hypergeometric variance.

    Parameters
    ----------
    time, event : (n,) arrays
        Follow-up time, and whether the event happened then.
    group : (n,) array of labels
        At least two distinct ones.
    strata : (n,) array of labels, optional
        Compare within strata only.
    entry : (n,) array, optional
        Delayed entry.
    weight : {None, "logrank", "gehan", "tarone-ware", "peto-peto", "modified-peto", "fleming-harrington"}
        Weight of each event time. Gehan: number at risk; Tarone–Ware: its root; Peto–Peto: the survival estimate with
        n + 1 in the denominator, modified (Andersen): times n / (n + 1). None is "fleming-harrington" where `rho` or
        `gamma` is set, else "logrank".
    rho, gamma : float
        Fleming–Harrington weights S(t−)^rho (1 − S(t−))^gamma, S being the Kaplan–Meier curve of all groups of a stratum.

    Returns
    -------
    LogRankTest

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, one group only, `rho` or `gamma` with another
        weight than Fleming–Harrington's.

    Notes
    -----
    Agrees with R survival 3.5-3 `survdiff(rho=)` to 1e-8 (which has no gamma and no entry).
    """
    plan = RiskSets(time, event, entry=entry, strata=strata)
    return run_logrank(plan, group, weight=weight, rho=rho, gamma=gamma)


def run_logrank(plan: RiskSets, group: Any, *, weight: str | None = None, rho: float = 0.0, gamma: float = 0.0) -> LogRankTest:
    """Test on a plan; see `logrank_test`."""
    if plan.weights is not None:
        raise InputError("a log-rank test takes no case weights; use cox_regression with weights and its score test")
    codes, labels = code_vector("group", group, plan.n)
    if len(labels) < 2:
        raise InputError(f"group has one label only ({labels[0]!r}); a comparison needs at least two")
    numbers = np.bincount(codes, minlength=len(labels)).astype(float)
    return compare_groups(event_table(plan, codes, len(labels)), labels, numbers, plan.n_strata, weight, rho, gamma)


def compare_groups(
    table: EventTable,
    labels: tuple[Any, ...],
    numbers: FloatArray,
    strata: int,
    weight: str | None,
    rho: float,
    gamma: float,
) -> LogRankTest:
    """Test from at-risk and event counts; `numbers` are the rows of each group."""
    rho, gamma = at_least("rho", rho, 0.0), at_least("gamma", gamma, 0.0)
    if weight is None:
        weight = "fleming-harrington" if rho or gamma else "logrank"
    choice("weight", weight, WEIGHTS)
    if weight != "fleming-harrington" and (rho or gamma):
        raise InputError(f"rho and gamma belong to weight='fleming-harrington'; weight is {weight!r}")
    factor = event_weights(table, weight, rho, gamma)
    return _result(table, factor, labels, numbers, _describe(weight, rho, gamma, strata))


def event_table(plan: RiskSets, codes: Any, groups: int) -> EventTable:
    """Count rows at risk and events by group at every event time, in O(n + K·G)."""
    width = len(plan.distinct)
    if plan.entry_rank is None and plan.n_strata * width * groups <= 4 * plan.n + 65536:
        place = plan.rank if plan.stratum is None else plan.stratum * width + plan.rank
        counts = count_rows(place, plan.event, codes, plan.n_strata * width, groups)
        counts = counts.reshape(plan.n_strata, width, groups, 2)
        at_risk = np.cumsum(counts.sum(axis=3)[:, ::-1], axis=1)[:, ::-1]
        happened = counts[..., 1].any(axis=2)
        owner = np.nonzero(happened)[0]
        return EventTable(at_risk[happened].astype(float), counts[..., 1][happened].astype(float), owner)
    slots = plan.slots
    size = slots.size
    leave = np.bincount(slots.stop * groups + codes, minlength=size * groups).reshape(size, groups)
    if slots.enter is not None:
        leave = leave - np.bincount(slots.enter * groups + codes, minlength=size * groups).reshape(size, groups)
    # Counts are whole numbers, so cumulating over all strata and subtracting the later ones is exact.
    after = np.cumsum(leave[::-1], axis=0)[::-1]
    later = np.concatenate([after, np.zeros((1, groups), dtype=after.dtype)])[slots.first[1:]]
    owner = np.repeat(np.arange(plan.n_strata), np.diff(slots.first))
    dead = np.flatnonzero(plan.event)
    events = np.bincount(slots.stop[dead] * groups + codes[dead], minlength=size * groups).reshape(size, groups)
    real = slots.rank >= 0
    return EventTable((after - later[owner])[real].astype(float), events[real].astype(float), owner[real])


def event_weights(table: EventTable, weight: str, rho: float, gamma: float) -> FloatArray:
    """Return the weight of each event time, from what was known just before it."""
    total, died = table.at_risk.sum(axis=1), table.events.sum(axis=1)
    if weight == "logrank" or total.size == 0:
        return np.ones_like(total)
    if weight == "gehan":
        return np.asarray(total)
    if weight == "tarone-ware":
        return np.asarray(np.sqrt(total))
    if weight == "fleming-harrington":
        before = _product_before(1.0 - died / total, table.stratum)
        with np.errstate(divide="ignore", invalid="ignore"):
            early = before**rho
            late = np.maximum(1.0 - before, 0.0) ** gamma
        return np.asarray(early * late)
    # Peto and Peto's own estimator: it includes the event time itself and never reaches 0.
    step = 1.0 - died / (total + 1.0)
    smooth = _product_before(step, table.stratum) * step
    return np.asarray(smooth if weight == "peto-peto" else smooth * total / (total + 1.0))


def _product_before(step: FloatArray, stratum: Any) -> FloatArray:
    """Return the product of all earlier steps of the same stratum."""
    out = np.ones_like(step)
    starts = np.flatnonzero(np.diff(stratum, prepend=-1))
    for low, high in zip(starts, [*starts[1:], len(step)], strict=True):
        out[low + 1 : high] = np.cumprod(step[low : high - 1])
    return out


def _result(table: EventTable, factor: FloatArray, labels: tuple[Any, ...], numbers: FloatArray, method: str) -> LogRankTest:
    total, died = table.at_risk.sum(axis=1), table.events.sum(axis=1)
    share = table.at_risk / total[:, None]
    observed = factor @ table.events
    expected = (factor * died) @ share
    spread = factor**2 * died * np.where(total > 1.0, (total - died) / np.maximum(total - 1.0, 1.0), 0.0)
    variance = np.diag(spread @ share) - share.T @ (share * spread[:, None])
    # A group that is never at risk at an event time says nothing and costs no degree of freedom.
    informative = np.flatnonzero(table.at_risk.sum(axis=0) * (died.size > 0) > 0)
    notes: list[str] = []
    df = len(informative) - 1
    difference = (observed - expected)[informative]
    statistic, p_value = math.nan, math.nan
    z: float | None = None
    if df < 1:
        notes.append("not estimable: fewer than two groups are at risk at any event time")
        df = 0
    else:
        part = variance[np.ix_(informative, informative)][1:, 1:]
        scale = np.sqrt(np.diag(part))
        if (scale > 0.0).all() and np.linalg.matrix_rank(part / np.outer(scale, scale), hermitian=True) == df:
            statistic = float(difference[1:] @ np.linalg.solve(part, difference[1:]))
            p_value = chi2_sf(statistic, df)
            if df == 1:
                z = float(difference[1] / math.sqrt(part[0, 0]))
        else:
            notes.append("not estimable: the variance of observed − expected is singular")
    return LogRankTest(
        statistic=statistic,
        df=df,
        p_value=p_value,
        groups=labels,
        n=numbers,
        observed=observed,
        expected=expected,
        variance=variance,
        z=z,
        method=method,
        warnings=tuple(notes),
    )


def _describe(weight: str, rho: float, gamma: float, strata: int) -> str:
    name = f"fleming-harrington(rho={rho:g}, gamma={gamma:g})" if weight == "fleming-harrington" else weight
    return f"{'stratified ' if strata > 1 else ''}log-rank, {name} weights, hypergeometric variance"
