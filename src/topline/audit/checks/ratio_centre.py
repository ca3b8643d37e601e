"""B1: does a ratio meet the centre of its interval on the log scale?"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import Any

from topline.audit.claims import Claim
from topline.audit.digits import one_digit_changes
from topline.audit.exact import printed, rounded
from topline.audit.verdict import Rung, Verdict

__all__ = ["centre_meets", "check_centre", "level_of"]

_NORMAL = NormalDist()
_HAIR = 0.03  # standard errors beyond all roundings that a profile, robust or bootstrap interval may lie off its centre
_OTHER_MEASURES = 0.25  # exact intervals of odds ratios and risk ratios
_FEW_EVENTS = 0.5  # a standard error from which intervals are skew: profile likelihoods, and more so exact odds ratios
_SKEW, _EXACT_SKEW = 0.35, 1.0


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


def _beyond(value: str, lower: str, upper: str) -> float:
    """How far the ratio lies from the nearest centre of all roundings, on the log scale; floats decide where they can, fractions else."""
    r, low, high = printed(value), printed(lower), printed(upper)
    v, x, y = r.number, low.number, high.number
    above = math.log(max(v - r.half, 1e-12)) - math.log((y + high.half) * (x + low.half)) / 2
    below = math.log(max(y - high.half, 1e-12) * max(x - low.half, low.half / 1000)) / 2 - math.log(v + r.half)
    off = max(above, below)
    if abs(off) < 1e-9:
        return 0.0 if centre_meets(value, lower, upper) else 1e-9
    return max(off, 0.0)


def _rung(value: str, lower: str, upper: str, measure: str | None, level: float) -> tuple[Rung, float]:
    """The verdict on a ratio and its interval, and how many standard errors the centre is off beyond rounding."""
    low, high = float(lower), float(upper)
    if not low <= float(value) <= high:
        return Rung.IMPOSSIBLE, math.inf
    beyond = _beyond(value, lower, upper) if low > 0 else 0.0
    if beyond == 0.0:
        return Rung.CONSISTENT, 0.0
    se = (math.log(high) - math.log(low)) / (2 * _quantile(level))
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
    rung, off = _rung(value, lower, upper, claim.measure, level)
    if rung == Rung.IMPOSSIBLE:
        turned = rounded(1 / printed(value).value, printed(value).decimals)
        other = float(turned) > 0 and _rung(turned, lower, upper, claim.measure, level)[0] in {Rung.CONSISTENT, Rung.EXPLAINED}
        text = f"{shown}: the ratio lies outside its own interval" + (f"; it is that of 1/{value} = {turned}." if other else ".")
        return Verdict("B1", rung, (claim.id,), text, recomputed=recomputed, repair=turned if other else recomputed, inputs=inputs)
    if rung == Rung.CONSISTENT:
        text = f"{shown}: the ratio meets the centre of its interval, {recomputed}."
        power = _power(value, lower, upper, claim.measure, level)
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


def _power(value: str, lower: str, upper: str, measure: str | None, level: float) -> float:
    """Share of one-digit changes that would be a finding."""
    caught = total = 0
    for place, text in enumerate((value, lower, upper)):
        for other in one_digit_changes(text):
            trio = [value, lower, upper]
            trio[place] = other
            total += 1
            if min(map(float, trio)) > 0:
                wrong = float(trio[1]) > float(trio[2])
                caught += wrong or _rung(trio[0], trio[1], trio[2], measure, level)[0] not in {Rung.CONSISTENT, Rung.EXPLAINED}
    return caught / total if total else 0.0
