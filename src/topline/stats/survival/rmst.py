"""Restricted mean survival compared between two groups: a difference in time, whatever the hazards do."""

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


@dataclass(frozen=True, eq=False, repr=False)
class RmstDifference(Result):
    """Restricted mean survival of two groups, compared.

    Attributes
    ----------
    groups : tuple
        Labels: the first is the reference.
    tau : float
        The horizon.
    estimates : tuple of Estimate
        Restricted mean of each group.
    difference, ratio : Estimate
        Second group less (over) the first, with intervals on the plain (log) scale.
    p_value, ratio_p_value : float
        Two-sided Wald tests of no difference, and of a ratio of 1.
    """

    groups: tuple[Any, ...]
    tau: float
    estimates: tuple[Estimate, Estimate]
    difference: Estimate
    ratio: Estimate
    p_value: float
    ratio_p_value: float
    warnings: tuple[str, ...] = ()


def rmst_difference(time: Any, event: Any, group: Any, *, tau: float, conf_level: float = 0.95) -> RmstDifference:
    """Compare the restricted mean survival of two groups up to `tau`.

    Parameters
    ----------
    time, event, group : (n,) arrays
        Follow-up time, whether the event happened then, and a label with two values; the first in sorting order is the
        reference.
    tau : float
        Horizon, as the protocol states it.
    conf_level : float
        Level of the intervals.

    Raises
    ------
    InputError
        If `tau` lies beyond a group's last observation and that group's curve has not reached 0: the mean would rest on a
        curve that nobody observed.

    Notes
    -----
    Royston and Parmar (2013); Uno et al. (2014). Variances as in R `survRM2::rmst2`.
    """
    conf_level, tau = level(conf_level), at_least("tau", tau, 0.0)
    plan = RiskSets(time, event)
    codes, labels = code_vector("group", group, plan.n)
    if len(labels) != 2:
        raise InputError(f"group has {len(labels)} labels ({labels[:5]}); a difference needs exactly two")
    estimates = []
    for g, label in enumerate(labels):
        mine = codes == g
        part = RiskSets(plan.time[mine], plan.event[mine])
        curve = fit_kaplan_meier(part, conf_level=conf_level)
        if tau > curve.time[-1] and curve.survival[-1] > 0.0:
            raise InputError(
                f"tau is {tau:g}, but group {label!r} was last observed at {curve.time[-1]:g} with S(t) > 0; "
                "choose a tau within both groups' follow-up"
            )
        estimates.append(curve.rmst(tau))
    first, second = estimates
    e1, e2 = float(first.std_error or 0.0), float(second.std_error or 0.0)
    z = z_for(conf_level)
    value, error = second.value - first.value, math.hypot(e1, e2)
    name = f"restricted mean to {tau:g}"
    notes: list[str] = []
    if error == 0.0:
        notes.append("each curve is certain up to tau (nobody, or everybody at once, has the event): no variance, no test")
    difference = Estimate(value, value - z * error, value + z * error, error, conf_level, f"{name}, difference", tuple(notes))
    ratio_value, log_error = math.nan, math.nan
    if first.value > 0.0 and second.value > 0.0:
        ratio_value = second.value / first.value
        log_error = math.hypot(e1 / first.value, e2 / second.value)
    else:
        notes.append("ratio not estimable: a restricted mean is 0")
    ratio = Estimate(
        ratio_value,
        ratio_value * math.exp(-z * log_error),
        ratio_value * math.exp(z * log_error),
        None,
        conf_level,
        f"{name}, ratio (log scale)",
        tuple(notes),
    )
    return RmstDifference(
        groups=labels,
        tau=tau,
        estimates=(first, second),
        difference=difference,
        ratio=ratio,
        p_value=normal_two_sided(value / error) if error > 0.0 else math.nan,
        ratio_p_value=normal_two_sided(math.log(ratio_value) / log_error) if log_error > 0.0 else math.nan,
        warnings=tuple(notes),
    )
