"""Gray's test: do the cumulative incidences of a cause differ between groups?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, at_least, code_vector
from topline.stats.distributions import chi2_sf
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.competing import cause_number, cause_vector
from topline.stats.survival.risk_sets import RiskSets


@dataclass(frozen=True, eq=False, repr=False)
class GrayTest(Result):
    """Gray's K-sample test of equal subdistribution hazards.

    Attributes
    ----------
    statistic, df, p_value
        Chi-squared statistic on groups less one.
    groups : tuple
        Labels, in the order of the arrays.
    score : (G,) array
        Weighted observed less expected events of the cause.
    variance : (G, G) array
        Variance of the score.
    """

    statistic: float
    df: int
    p_value: float
    groups: tuple[Any, ...]
    score: FloatArray
    variance: FloatArray
    method: str
    warnings: tuple[str, ...] = ()


def gray_test(time: Any, event_code: Any, group: Any, *, cause: int = 1, strata: Any = None, rho: float = 0.0) -> GrayTest:
    """Gray's (1988) test of equal cumulative incidence of one cause.

    Parameters
    ----------
    time : (n,) array
        Follow-up time.
    event_code : (n,) array of int
        0 censored, otherwise the number of the cause.
    group : (n,) array of labels
        At least two distinct ones.
    cause : int
        The cause of interest; all others compete with it.
    strata : (n,) array of labels, optional
        Compare within strata only.
    rho : float
        Weights (1 − F(t−))^rho.

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, codes that are no whole numbers, a cause below
        1, one group only.

    Notes
    -----
    Agrees with R `cmprsk::cuminc` (2.2-11) to 1e-8.
    """
    cause, rho = cause_number(cause), at_least("rho", rho, 0.0)
    raw = np.atleast_1d(np.asarray(time))
    happened, codes = cause_vector(event_code, len(raw))
    plan = RiskSets(time, happened, strata=strata)
    who, labels = code_vector("group", group, plan.n)
    groups = len(labels)
    if groups < 2:
        raise InputError(f"group has one label only ({labels[0]!r}); a comparison needs at least two")
    own, other = codes == cause, happened & (codes != cause)
    score, variance = np.zeros(groups), np.zeros((groups, groups))
    for s in range(plan.n_strata):
        rows = slice(None) if plan.stratum is None else plan.stratum == s
        d1, d2, leave = (_by_time(plan.rank[rows], who[rows], part[rows], groups) for part in (own, other, own | ~own))
        part_score, part_variance = _stratum(d1, d2, leave, rho)
        score += part_score
        variance += part_variance
    method = f"{'stratified ' if plan.n_strata > 1 else ''}Gray test, rho={rho:g}"
    part = variance[1:, 1:]
    scale = np.sqrt(np.maximum(np.diag(part), 0.0))
    df = groups - 1
    if not (scale > 0.0).all() or np.linalg.matrix_rank(part / np.outer(scale, scale), hermitian=True) < df:
        why = "not estimable: the variance of the score is singular (a group without events or patients at risk)"
        return GrayTest(math.nan, df, math.nan, labels, score, variance, method, (why,))
    statistic = float(score[1:] @ np.linalg.solve(part, score[1:]))
    return GrayTest(statistic, df, chi2_sf(statistic, df), labels, score, variance, method)


def _by_time(rank: Any, who: Any, mask: Any, groups: int) -> FloatArray:
    """Count rows by time and group, at the times of this stratum."""
    times, place = np.unique(rank, return_inverse=True)
    cell = place.reshape(-1) * groups + who
    return np.bincount(cell[mask], minlength=len(times) * groups).reshape(-1, groups).astype(float)


def _stratum(d1: FloatArray, d2: FloatArray, leave: FloatArray, rho: float) -> tuple[FloatArray, FloatArray]:
    """Return score and variance of one stratum; arrays are times × groups.

    Follows Gray's section 2: under the hypothesis F0 is common, and group k's number "at risk" of the cause is
    R_k = n_k·(1 − F_k(t−)) / S_k(t−). The score is linear in the counting processes; its variance is the sum of squares of
    what each jump contributes, now and through F0's later values.
    """
    n = np.cumsum(leave[::-1], axis=0)[::-1]
    keep = (d1 + d2).sum(axis=1) > 0.0
    groups = d1.shape[1]
    if not keep.any():
        return np.zeros(groups), np.zeros((groups, groups))
    d1, d2, n = d1[keep], d2[keep], n[keep]
    at_risk = n > 0.0
    size = np.where(at_risk, n, 1.0)
    km: FloatArray = np.cumprod(np.where(at_risk, (n - d1 - d2) / size, 1.0), axis=0, dtype=np.float64)
    km_before = _lag(km, 1.0)
    jump = np.where(at_risk, km_before * d1 / size, 0.0)
    f_before = _lag(np.cumsum(jump, axis=0), 0.0)
    # n / S(t−): how many would be at risk, had nobody been lost to anything but the cause.
    live = at_risk & (km_before > 0.0)
    inflated = np.divide(n, km_before, out=np.zeros_like(n), where=live)
    total = inflated.sum(axis=1)
    weighted = inflated * (1.0 - f_before)
    events = d1.sum(axis=1)
    f0 = np.cumsum(events / total)
    f0_before = _lag(f0[:, None], 0.0)[:, 0]
    weight = (1.0 - f0_before) ** rho
    score = (weight[:, None] * (d1 - events[:, None] * weighted / weighted.sum(axis=1)[:, None])).sum(axis=0)
    # a: how group i's score moves with a jump of group k; c: its compensator so far.
    share = inflated / total[:, None]
    a = weight[:, None, None] * inflated[:, :, None] * (np.eye(groups)[None] - share[:, None, :])
    c = np.cumsum(a * (events / (total * (1.0 - f0_before)))[:, None, None], axis=0)
    final = c[-1]
    safe = np.where(km > 0.0, km, 1.0)
    reach = np.where(km > 0.0, (1.0 - f0)[:, None] / safe, 0.0)
    # Jumps of the cause, with a hypergeometric factor for ties.
    spare = np.where(live, total[:, None] * km_before - 1.0, 1.0)
    tie = np.where((events > 1.0)[:, None], 1.0 - (events[:, None] - 1.0) / np.where(spare > 0.0, spare, 1.0), 1.0)
    size1 = np.where(live, tie * km_before * (events / total)[:, None] / size, 0.0)
    effect1 = a + (1.0 - reach)[:, None, :] * (final[None] - c)
    # Jumps of the competing causes.
    tie = np.where(d2 > 1.0, 1.0 - (d2 - 1.0) / np.maximum(n - 1.0, 1.0), 1.0)
    size2 = np.where(live & (km > 0.0), tie * km_before**2 * d2 / size**2, 0.0)
    effect2 = -reach[:, None, :] * (final[None] - c)
    variance = np.einsum("tik,tjk,tk->ij", effect1, effect1, size1) + np.einsum("tik,tjk,tk->ij", effect2, effect2, size2)
    return score, variance


def _lag(values: FloatArray, start: float) -> FloatArray:
    """Return the values just before each time."""
    return np.concatenate([np.full((1, values.shape[1]), start), values[:-1]])
