"""The max-combo test: the largest of several weighted log-rank statistics, for hazards that may not be proportional."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, at_least, code_vector
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.logrank import event_table, event_weights
from topline.stats.survival.normal_box import symmetric_box_complement
from topline.stats.survival.risk_sets import RiskSets

# Lin et al. (2020): proportional, late, early and middle differences.
DEFAULT_WEIGHTS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))


@dataclass(frozen=True, eq=False, repr=False)
class MaxComboTest(Result):
    """A max-combo test of two groups.

    Attributes
    ----------
    statistic, p_value : float
        Largest absolute standardised statistic, and its two-sided p-value from the joint normal distribution.
    z : (m,) array
        Each weighted statistic; positive where the second group has more events than expected.
    correlation : (m, m) array
        Their estimated correlation.
    weights : tuple of (rho, gamma)
        The Fleming–Harrington weights, in the order of `z`.
    """

    statistic: float
    p_value: float
    z: FloatArray
    correlation: FloatArray
    weights: tuple[tuple[float, float], ...]
    groups: tuple[Any, ...]
    method: str
    warnings: tuple[str, ...] = ()


def max_combo_test(
    time: Any,
    event: Any,
    group: Any,
    *,
    strata: Any = None,
    weights: tuple[tuple[float, float], ...] = DEFAULT_WEIGHTS,
) -> MaxComboTest:
    """Test two groups with the best of several Fleming–Harrington weights.

    Parameters
    ----------
    time, event, group : (n,) arrays
        Follow-up time, whether the event happened then, and a label with two values.
    strata : (n,) array of labels, optional
        Compare within strata only.
    weights : tuple of (rho, gamma)
        Up to four pairs.

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, other than two groups or one to four pairs of
        weights of at least 0.

    Notes
    -----
    Karrison (2016); Lin et al. (2020). The p-value is a deterministic integral of the multivariate normal density, exact to
    about 1e-8 unless statistics are nearly collinear.
    """
    if not 1 <= len(weights) <= 4:
        raise InputError(f"weights has {len(weights)} pairs; between one and four were expected")
    pairs = tuple((at_least("rho", r, 0.0), at_least("gamma", g, 0.0)) for r, g in weights)
    plan = RiskSets(time, event, strata=strata)
    codes, labels = code_vector("group", group, plan.n)
    if len(labels) != 2:
        raise InputError(f"group has {len(labels)} labels ({labels[:5]}); max-combo compares exactly two")
    table = event_table(plan, codes, 2)
    total, died = table.at_risk.sum(axis=1), table.events.sum(axis=1)
    factors = np.stack([event_weights(table, "fleming-harrington", r, g) for r, g in pairs])
    share = table.at_risk[:, 1] / np.maximum(total, 1.0)
    score = factors @ (table.events[:, 1] - died * share)
    spread = died * np.where(total > 1.0, (total - died) / np.maximum(total - 1.0, 1.0), 0.0) * share * (1.0 - share)
    covariance = (factors * spread) @ factors.T
    error = np.sqrt(np.diag(covariance))
    name = "max-combo of Fleming-Harrington log-rank tests"
    if not error.size or not (error > 0.0).all():
        why = "not estimable: a weighted statistic has no variance"
        empty = np.full(len(pairs), np.nan)
        return MaxComboTest(math.nan, math.nan, empty, np.full((len(pairs),) * 2, np.nan), pairs, labels, name, (why,))
    z = score / error
    correlation = covariance / np.outer(error, error)
    statistic = float(np.abs(z).max())
    return MaxComboTest(statistic, symmetric_box_complement(statistic, correlation), z, correlation, pairs, labels, name)
