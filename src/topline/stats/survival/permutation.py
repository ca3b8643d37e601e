"""The log-rank test without asymptotics: group labels are shuffled among patients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, code_vector, count, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.risk_sets import RiskSets

# Shuffled labels held at once.
_CELLS = 4_000_000


@dataclass(frozen=True, eq=False, repr=False)
class PermutationLogRank(Result):
    """A permutation log-rank test.

    Attributes
    ----------
    statistic : float
        Observed less expected events of the second group.
    p_value : float
        Two-sided: (1 + shuffles at least as far from 0) / (1 + shuffles).
    p_value_error : float
        Monte-Carlo standard error of the p-value.
    lower, upper : float
        Monte-Carlo interval of the p-value.
    n_permutations, seed : int
        What was drawn.
    """

    statistic: float
    p_value: float
    p_value_error: float
    lower: float
    upper: float
    n_permutations: int
    seed: int
    groups: tuple[Any, ...]
    method: str = "permutation log-rank"
    warnings: tuple[str, ...] = ()


def permutation_logrank_test(
    time: Any,
    event: Any,
    group: Any,
    *,
    strata: Any = None,
    n_permutations: int = 10_000,
    seed: int = 1,
    conf_level: float = 0.95,
) -> PermutationLogRank:
    """Permutation test of two groups with the log-rank statistic.

    Parameters
    ----------
    time, event, group : (n,) arrays
        Follow-up time, whether the event happened then, and a label with two values.
    strata : (n,) array of labels, optional
        Labels are shuffled within strata.
    n_permutations : int
        Shuffles to draw.
    seed : int
        Seed of the generator (PCG64): the same seed gives the same p-value.
    conf_level : float
        Level of the Monte-Carlo interval.

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, other than two groups, fewer than one shuffle,
        a negative seed.

    Notes
    -----
    Observed less expected events of a group are the sum of its patients' log-rank scores (event less cumulative hazard of
    all; Peto and Peto 1972), so a shuffle costs one sum. Exact where censoring does not depend on the group.
    """
    plan = RiskSets(time, event, strata=strata)
    codes, labels = code_vector("group", group, plan.n)
    conf_level = level(conf_level)
    if len(labels) != 2:
        raise InputError(f"group has {len(labels)} labels ({labels[:5]}); this test compares exactly two")
    n_permutations, seed = count("n_permutations", n_permutations), count("seed", seed)
    if n_permutations < 1:
        raise InputError(f"n_permutations is {n_permutations}; at least 1 was expected")
    score = logrank_scores(plan)
    observed = float(score @ codes)
    rng = np.random.default_rng(seed)
    order = np.argsort(plan.stratum, kind="stable") if plan.stratum is not None else np.arange(plan.n)
    sizes = np.bincount(plan.stratum) if plan.stratum is not None else np.array([plan.n])
    edges = np.concatenate([[0], np.cumsum(sizes)])
    label, ranked = codes[order].astype(np.float64), score[order]
    far, done = 0, 0
    # Sums in another order may differ in the last digits: what ties with the observed sum counts.
    border = abs(observed) - 1e-9 * max(float(np.abs(score).sum()), 1e-300)
    while done < n_permutations:
        batch = min(n_permutations - done, max(_CELLS // plan.n, 1))
        totals = np.zeros(batch)
        for low, high in pairwise(edges.tolist()):
            shuffled = rng.permuted(np.broadcast_to(label[low:high], (batch, high - low)), axis=1)
            totals += shuffled @ ranked[low:high]
        far += int((np.abs(totals) >= border).sum())
        done += batch
    p_value = (1 + far) / (1 + n_permutations)
    error = math.sqrt(p_value * (1.0 - p_value) / n_permutations)
    half = z_for(conf_level) * error
    return PermutationLogRank(
        statistic=observed,
        p_value=p_value,
        p_value_error=error,
        lower=max(p_value - half, 0.0),
        upper=min(p_value + half, 1.0),
        n_permutations=n_permutations,
        seed=seed,
        groups=labels,
    )


def logrank_scores(plan: RiskSets) -> FloatArray:
    """Return each row's event less the Nelson–Aalen hazard of its stratum up to its time."""
    slots = plan.slots
    leaving = np.bincount(slots.stop, minlength=slots.size).astype(float)
    out = plan.event.astype(float)
    for s in range(plan.n_strata):
        low, high = int(slots.first[s]), int(slots.first[s + 1])
        at_risk = np.cumsum(leaving[low:high][::-1])[::-1]
        jump = np.divide(slots.count[low:high], at_risk, out=np.zeros(high - low), where=slots.count[low:high] > 0)
        total = np.cumsum(jump)
        rows = slice(None) if plan.stratum is None else plan.stratum == s
        out[rows] -= total[slots.stop[rows] - low]
    return out
