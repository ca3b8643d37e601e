"""The bootstrap: how an estimate would vary if other patients had come, by drawing patients anew from those who did."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, choice, count, float_vector, level
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.cox import fit_cox
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.risk_sets import RiskSets

# Most distinct covariate values for which replicates are solved together, and cells handled at once.
_PATTERNS = 12
_CELLS = 400_000


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap(Result):
    """Replicates of an estimate.

    Attributes
    ----------
    value : float
        The estimate from the data as they are.
    lower, upper : float
        Percentile interval.
    std_error : float
        Standard deviation of the finite replicates (of the log hazard ratio, for hazard ratios).
    replicates : (B,) array
        All replicates, in the order drawn.
    not_finite : int
        Replicates that are infinite or not estimable (a group without events).
    n_replicates, seed : int
        What was drawn.
    """

    value: float
    lower: float
    upper: float
    std_error: float
    replicates: FloatArray
    not_finite: int
    n_replicates: int
    seed: int
    conf_level: float
    method: str
    warnings: tuple[str, ...] = ()


def bootstrap(statistic: Callable[[Any], float], n: int, *, n_replicates: int = 2000, seed: int = 1, conf_level: float = 0.95) -> Bootstrap:
    """Bootstrap any number that can be computed from chosen rows.

    Parameters
    ----------
    statistic : function
        Takes an array of row numbers (with repeats) and returns a number.
    n : int
        Number of rows: whole patients are drawn, so that all their columns stay together.
    n_replicates, seed : int
        Replicates to draw; seed of the generator (PCG64).
    conf_level : float
        Level of the percentile interval.

    Raises
    ------
    InputError
        For fewer than one row or replicate, a negative seed, or a level outside 0 to 1.
    """
    conf_level = level(conf_level)
    n, n_replicates, seed = _at_least_one("n", n), _at_least_one("n_replicates", n_replicates), count("seed", seed)
    rng = np.random.default_rng(seed)
    value = float(statistic(np.arange(n)))
    replicates = np.array([float(statistic(rng.integers(0, n, n))) for _ in range(n_replicates)])
    return _summarise(value, replicates, replicates, seed, conf_level, "bootstrap, percentile interval")


def bootstrap_hazard_ratio(
    time: Any,
    event: Any,
    covariate: Any,
    *,
    strata: Any = None,
    ties: str = "efron",
    n_replicates: int = 10_000,
    seed: int = 1,
    conf_level: float = 0.95,
) -> Bootstrap:
    """Bootstrap the hazard ratio of one covariate: whole patients are drawn, and every replicate is a full Cox fit.

    Parameters
    ----------
    time, event, covariate : (n,) arrays
        Follow-up time, whether the event happened then, and a number (0/1 for a treatment).
    strata : (n,) array of labels, optional
        Strata of the model; patients are drawn from all of them together.
    ties : {"efron", "breslow"}
        Handling of tied events, those that redrawn patients make among them.
    n_replicates, seed : int
        Replicates to draw; seed of the generator (PCG64).
    conf_level : float
        Level of the percentile interval.

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, fewer than one replicate, a negative seed.

    Notes
    -----
    With few distinct covariate values the numbers at risk by value are counted once for each replicate, and all replicates
    then take their Newton steps together. A replicate without events in a group has an infinite (or 0) hazard ratio, which
    the percentile interval counts as such.
    """
    choice("ties", ties, ("efron", "breslow"))
    conf_level = level(conf_level)
    n_replicates, seed = _at_least_one("n_replicates", n_replicates), count("seed", seed)
    plan = RiskSets(time, event, strata=strata)
    x = float_vector("covariate", covariate, n=plan.n)
    whole = fit_cox(plan, x, ties=ties)
    name = f"bootstrap of a Cox model ({ties}), percentile interval"
    value = float(whole.hazard_ratio[0])
    rng = np.random.default_rng(seed)
    if whole.diagnostics.aliased:
        empty = np.full(n_replicates, np.nan)
        return _summarise(value, empty, empty, seed, conf_level, name, whole.warnings)
    levels, pattern = np.unique(x, return_inverse=True)
    start = float(np.clip(whole.coef[0], -5.0, 5.0))
    logs = np.empty(n_replicates)
    if len(levels) <= _PATTERNS:
        table = _Table(plan, levels, pattern.reshape(-1), ties == "efron")
        step = max(_CELLS // plan.n, 1)
        for low in range(0, n_replicates, step):
            size = min(step, n_replicates - low)
            logs[low : low + size] = table.solve(rng.multinomial(plan.n, np.full(plan.n, 1 / plan.n), size), start)
    else:
        for b in range(n_replicates):
            rows = rng.integers(0, plan.n, plan.n)
            part = None if plan.stratum is None else plan.stratum[rows]
            fit = fit_cox(RiskSets(plan.time[rows], plan.event[rows], strata=part), x[rows], ties=ties)
            runs = bool(fit.diagnostics.diverging)
            logs[b] = math.copysign(math.inf, fit.coef[0]) if runs else fit.coef[0]
    with np.errstate(over="ignore"):
        ratios = np.exp(logs)
    return _summarise(value, ratios, logs, seed, conf_level, name, whole.warnings)


class _Table:
    """Counts at risk and of events, by slot and covariate value, for a batch of redrawn studies."""

    def __init__(self, plan: RiskSets, levels: FloatArray, pattern: Any, efron: bool) -> None:
        design = CoxDesign(plan, np.zeros((plan.n, 0)), None, efron)
        self.order = design.order
        self.levels, self.scale = levels - levels.mean(), float(np.ptp(levels)) or 1.0
        self.pattern = pattern[design.order]
        self.slots = np.flatnonzero(design.real)
        self.begin = design.row_start[self.slots]
        self.deaths = design.deaths[self.slots]
        owner = np.searchsorted(design.slots.first, self.slots, side="right") - 1
        self.end = design.stratum_end[owner]
        self.efron = efron

    def solve(self, draws: Any, start: float) -> FloatArray:
        """Return the log hazard ratio of each redrawn study (rows of counts by patient)."""
        counts = draws[:, self.order].astype(np.float64)
        risk, dead = [], []
        edges = np.column_stack([self.begin, self.begin + self.deaths]).ravel()
        padded = np.zeros((len(counts), counts.shape[1] + 1))
        for k in range(len(self.levels)):
            own = counts * (self.pattern == k)
            np.cumsum(own[:, ::-1], axis=1, out=padded[:, 1:])
            # padded[:, m] sums the last m rows.
            n = counts.shape[1]
            risk.append(padded[:, n - self.begin] - padded[:, n - self.end])
            spare = np.concatenate([own, np.zeros((len(own), 1))], axis=1)
            dead.append(np.add.reduceat(spare, edges, axis=1)[:, ::2])
        events: FloatArray = np.sum(dead, axis=0)
        observed = sum(d.sum(axis=1) * v for d, v in zip(dead, self.levels, strict=True))
        most = int(np.max(events)) if self.efron else 1
        beta = np.full(len(counts), start)
        active = np.arange(len(counts))
        for _ in range(40):
            score, information = self._derivatives([r[active] for r in risk], [d[active] for d in dead], events[active], beta[active], most)
            score = observed[active] - score
            with np.errstate(divide="ignore", invalid="ignore"):
                step = np.where(information > 0.0, score / information, np.nan)
            step = np.clip(step, -2.0 / self.scale, 2.0 / self.scale)
            beta[active] += step
            # A coefficient that walks off this far has no finite maximum.
            gone = np.abs(beta[active]) * self.scale > 15.0
            beta[active[gone]] = np.sign(beta[active[gone]]) * np.inf
            active = active[~gone & (np.abs(step) > 1e-9 / self.scale)]
            if not active.size:
                break
        else:
            beta[active] = np.nan
        return beta

    def _derivatives(
        self, risk: list[FloatArray], dead: list[FloatArray], events: FloatArray, beta: FloatArray, most: int
    ) -> tuple[FloatArray, FloatArray]:
        """Return the expected sum of covariates and the information of each study."""
        weights = [np.exp(beta * v)[:, None] for v in self.levels]
        s = [sum(r * w * v**j for r, w, v in zip(risk, weights, self.levels, strict=True)) for j in range(3)]
        if most > 1:
            d = [sum(r * w * v**j for r, w, v in zip(dead, weights, self.levels, strict=True)) for j in range(3)]
        expected, information = np.zeros(len(beta)), np.zeros(len(beta))
        for k in range(most):
            now = events > k if self.efron else events > 0
            if k == 0:
                parts, mass = s, (np.minimum(events, 1.0) if self.efron else events)
                rows = now
                s0, s1, s2 = (np.where(rows, part, 1.0 if j == 0 else 0.0) for j, part in enumerate(parts))
                mean = s1 / s0
                expected += (mass * mean).sum(axis=1)
                information += (mass * (s2 / s0 - mean * mean)).sum(axis=1)
                continue
            # Later fractions concern few event times: gather them.
            study, slot = np.nonzero(now)
            fraction = k / events[study, slot]
            s0, s1, s2 = (s[j][study, slot] - fraction * d[j][study, slot] for j in range(3))
            mean = s1 / s0
            expected += np.bincount(study, weights=mean, minlength=len(beta))
            information += np.bincount(study, weights=s2 / s0 - mean * mean, minlength=len(beta))
        return expected, information


def _at_least_one(name: str, value: Any) -> int:
    number = count(name, value)
    if number < 1:
        raise InputError(f"{name} is {value}; at least 1 was expected")
    return number


def _summarise(
    value: float,
    replicates: FloatArray,
    spread_of: FloatArray,
    seed: int,
    conf_level: float,
    name: str,
    notes: tuple[str, ...] = (),
) -> Bootstrap:
    known = replicates[~np.isnan(replicates)]
    finite = spread_of[np.isfinite(spread_of)]
    odd = len(replicates) - len(finite)
    alpha = 1.0 - conf_level
    low, high = math.nan, math.nan
    if known.size:
        # Order statistics, not interpolation: a replicate may be infinite.
        low = float(np.quantile(known, alpha / 2.0, method="inverted_cdf"))
        high = float(np.quantile(known, 1.0 - alpha / 2.0, method="inverted_cdf"))
    if odd:
        notes = (*notes, f"{odd} of {len(replicates)} replicates are infinite or not estimable")
    error = float(finite.std(ddof=1)) if finite.size > 1 else math.nan
    if math.isnan(error):
        notes = (*notes, "no standard error: fewer than two finite replicates")
    return Bootstrap(value, low, high, error, replicates, odd, len(replicates), seed, conf_level, name, notes)
