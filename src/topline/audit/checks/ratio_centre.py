"""B1: does a ratio meet the centre of its interval on the log scale?"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import Any

from topline.audit.claims import Claim
from topline.audit.digits import one_digit_changes
from topline.audit.exact import Printed, printed, rounded
from topline.audit.verdict import Rung, Verdict

__all__ = ["centre_meets", "check_centre", "level_of"]

_NORMAL = NormalDist()
_HAIR = 0.03  # standard errors beyond all roundings that a profile, robust or bootstrap interval may lie off its centre
_OTHER_MEASURES = 0.25  # exact intervals of odds ratios and risk ratios
_FEW_EVENTS = 0.5  # a standard error from which intervals are skew: profile likelihoods, and more so exact odds ratios
_SKEW, _EXACT_SKEW = 0.35, 1.0
_MET = (Rung.CONSISTENT, Rung.EXPLAINED)


def level_of(claim: Claim) -> float:
    """Confidence level as a share; 95% where none is printed."""
    level = float(claim.conf_level or 95) / 100
    return level if 0.5 < level < 1 else 0.95


@lru_cache(maxsize=64)
def _quantile(level: float) -> float:
    return _NORMAL.inv_cdf(0.5 + level / 2)


def centre_meets(value: str, lower: str, upper: str) -> bool:
    """Whether some numbers that print as these satisfy value² = lower × upper (exact, on the log scale the centre)."""
    r, low, high = printed(value), printed(lower), printed(upper)
    return r.low**2 <= high.high * low.high and r.high**2 >= (low.low if low.low > 0 else 0) * high.low


def _beyond(r: Printed, low: Printed, high: Printed) -> float:
    """How far the ratio lies from the nearest centre of all roundings, on the log scale; floats decide where they can, fractions else."""
    v, x, y = r.number, low.number, high.number
    above = math.log(max(v - r.half, 1e-12)) - math.log((y + high.half) * (x + low.half)) / 2
    below = math.log(max(y - high.half, 1e-12) * max(x - low.half, low.half / 1000)) / 2 - math.log(v + r.half)
    off = max(above, below)
    if abs(off) < 1e-9:
        return 0.0 if centre_meets(r.text, low.text, high.text) else 1e-9
    return max(off, 0.0)


def _rung(r: Printed, low: Printed, high: Printed, measure: str | None, level: float) -> tuple[Rung, float]:
    """The verdict on a ratio and its interval, and how many standard errors the centre is off beyond rounding."""
    x, y = low.number, high.number
    if not x <= r.number <= y:
        return Rung.IMPOSSIBLE, math.inf
    beyond = _beyond(r, low, high) if x > 0 else 0.0
    if beyond == 0.0:
        return Rung.CONSISTENT, 0.0
    se = (math.log(y) - math.log(x)) / (2 * _quantile(level))
    off = beyond / se if se else math.inf
    allowed, skew = (_HAIR, _SKEW) if measure == "HR" else (_OTHER_MEASURES, _EXACT_SKEW)
    if off <= (skew if se > _FEW_EVENTS else allowed):
        return Rung.EXPLAINED, off
    return Rung.MINOR if off < 0.5 else Rung.MAJOR, off


def check_centre(claim: Claim) -> Verdict:
    """B1 on one ratio with positive limits."""
    value, lower, upper = claim.value or "", claim.lower or "", claim.upper or ""
    level = level_of(claim)
    shown = f"{claim.measure} {value} ({lower} to {upper})"
    inputs: dict[str, Any] = {"value": value, "lower": lower, "upper": upper}
    if float(lower) > float(upper):
        text = f"{shown}: the limits are printed in reverse order."
        return Verdict("B1", Rung.MINOR, (claim.id,), text, repair=f"{upper} to {lower}", inputs=inputs)
    centre = math.sqrt(float(lower) * float(upper))
    recomputed = f"{centre:.{max(printed(value).decimals, 2)}f}"
    trio = (printed(value), printed(lower), printed(upper))
    rung, off = _rung(*trio, claim.measure, level)
    if rung == Rung.IMPOSSIBLE:
        turned = rounded(1 / printed(value).value, printed(value).decimals)
        other = float(turned) > 0 and _rung(printed(turned), *trio[1:], claim.measure, level)[0] in _MET
        text = f"{shown}: the ratio lies outside its own interval" + (f"; it is that of 1/{value} = {turned}." if other else ".")
        return Verdict("B1", rung, (claim.id,), text, recomputed=recomputed, repair=turned if other else recomputed, inputs=inputs)
    if rung == Rung.CONSISTENT:
        text = f"{shown}: the ratio meets the centre of its interval, {recomputed}."
        power = _power(trio, claim.measure, level)
        return Verdict("B1", rung, (claim.id,), text, recomputed=recomputed, power=power, inputs=inputs)
    new_upper = rounded(printed(value).value ** 2 / printed(lower).value, printed(upper).decimals)
    new_lower = rounded(printed(value).value ** 2 / printed(upper).value, printed(lower).decimals)
    repair = f"{centre:.{printed(value).decimals}f}, or an interval {lower} to {new_upper}, or {new_lower} to {upper}"
    method, text = None, f"{shown}: the interval's centre is {recomputed}, not {value} (by {off:.2f} standard errors beyond rounding)"
    if rung == Rung.EXPLAINED:
        method = "interval not symmetric on the log scale"
        text += "; an exact, profile or bootstrap interval may lie so."
    else:
        text += "; it does not reproduce."
    return Verdict("B1", rung, (claim.id,), text, method, recomputed, repair, None, inputs | {"off": round(off, 3)})


def _power(trio: tuple[Printed, Printed, Printed], measure: str | None, level: float) -> float:
    """Share of one-digit changes that would be a finding."""
    caught = total = 0
    for place, number in enumerate(trio):
        for other in one_digit_changes(number.text):
            changed = list(trio)
            changed[place] = printed(other)
            total += 1
            r, low, high = changed
            if r.number > 0 and low.number > 0 and high.number > 0:
                caught += low.number > high.number or _rung(r, low, high, measure, level)[0] not in _MET
    return caught / total if total else 0.0
