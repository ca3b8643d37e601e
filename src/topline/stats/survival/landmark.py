"""Survival compared at one time: the difference of two Kaplan–Meier estimates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from topline.stats.checks import at_least, code_vector, level
from topline.stats.distributions import normal_two_sided, z_for
from topline.stats.errors import InputError
from topline.stats.result import Estimate, Result
from topline.stats.survival.kaplan_meier import fit_kaplan_meier
from topline.stats.survival.risk_sets import RiskSets
from topline.stats.survival.survival_curve import SurvivalAt


@dataclass(frozen=True, eq=False, repr=False)
class LandmarkDifference(Result):
    """Survival of two groups at one time.

    Attributes
    ----------
    groups : tuple
        Labels; the first is the reference.
    at : float
        The time.
    survival : tuple of SurvivalAt
        Each group's S(t).
    difference : Estimate
        Second group less the first, with Greenwood's variance and a plain interval.
    statistic, p_value : float
        Test of equal survival on the scale of log(−log S), which keeps its level in small samples (Klein et al. 2007).
    plain_p_value : float
        The test on the plain scale, which the interval of the difference belongs to.
    """

    groups: tuple[Any, ...]
    at: float
    survival: tuple[SurvivalAt, SurvivalAt]
    difference: Estimate
    statistic: float
    p_value: float
    plain_p_value: float
    warnings: tuple[str, ...] = ()


def landmark_difference(time: Any, event: Any, group: Any, *, at: float, conf_level: float = 0.95) -> LandmarkDifference:
    """Compare the survival of two groups at a fixed time.

    Parameters
    ----------
    time, event, group : (n,) arrays
        Follow-up time, whether the event happened then, and a label with two values (the first in sorting order is the
        reference).
    at : float
        The time, as the protocol states it.
    conf_level : float
        Level of the interval.

    Raises
    ------
    InputError
        For NaN, infinity, negative times, arrays of different lengths, other than two groups, a negative time to
        compare at.

    Notes
    -----
    Klein, Logan, Harhoff and Andersen (2007).
    """
    conf_level, at = level(conf_level), at_least("at", at, 0.0)
    plan = RiskSets(time, event)
    codes, labels = code_vector("group", group, plan.n)
    if len(labels) != 2:
        raise InputError(f"group has {len(labels)} labels ({labels[:5]}); a difference needs exactly two")
    read = []
    for g in (0, 1):
        mine = codes == g
        read.append(fit_kaplan_meier(RiskSets(plan.time[mine], plan.event[mine]), conf_level=conf_level).at(at))
    first, second = read
    notes = [f"group {label!r}: {why}" for label, r in zip(labels, read, strict=True) for why in r.warnings]
    value = float(second.survival - first.survival)
    error = math.hypot(float(first.std_error), float(second.std_error))
    half = z_for(conf_level) * error
    plain, statistic, p_value = math.nan, math.nan, math.nan
    if error > 0.0:
        plain = normal_two_sided(value / error)
    inside = all(0.0 < float(r.survival) < 1.0 for r in read)
    if inside:
        logs = [math.log(-math.log(float(r.survival))) for r in read]
        errors = [float(r.std_error) / (float(r.survival) * -math.log(float(r.survival))) for r in read]
        z = (logs[0] - logs[1]) / math.hypot(*errors)
        statistic, p_value = z * z, normal_two_sided(z)
    else:
        notes.append("the log(−log) test needs both estimates strictly between 0 and 1")
    if math.isnan(plain) and not math.isnan(value):
        notes.append("the difference has no variance: no test on the plain scale")
    why = tuple(notes)
    difference = Estimate(value, value - half, value + half, error, conf_level, f"S({at:g}) difference, plain", why)
    return LandmarkDifference(labels, at, (first, second), difference, statistic, p_value, plain, why)
