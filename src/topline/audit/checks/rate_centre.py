"""C2: does a rate lie between its limits where some method puts it?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from topline.audit.claims import Claim
from topline.audit.digits import one_digit_changes
from topline.audit.exact import only_a_limit, printed
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_rate_centres", "off_centre"]

_HAIR = 0.1  # standard errors beyond all roundings that a bootstrap interval or one of another estimate may lie off
_Z = 1.96


def check_rate_centres(sheet: Sheet) -> Iterator[Verdict]:
    """C2 for every rate over time with an interval, and for the proportions of which A5 cannot try the patients.

    Intervals of a Kaplan–Meier or Aalen–Johansen rate are symmetric on some scale: the rate's own, its logarithm, log(−log), logit,
    arcsine of the root, or one of these of its complement. Among these scales the logarithm puts the rate lowest
    (√(lower × upper)) and the logarithm of the complement highest, so that a rate outside these two bounds belongs to no such interval
    (Kalbfleisch and Prentice 2002, section 1.4; Borgan and Liestøl, Scand J Stat 1990;17:35-41).
    """
    for claim in sheet.of_type("landmark_rate", "proportion"):
        value, lower, upper = claim.value, claim.lower, claim.upper
        if value is None or lower is None or upper is None or "NR" in (value, lower, upper) or claim.interval not in {"ci", None}:
            continue
        if claim.type == "proportion" and claim.n is not None and sheet.trust(claim) != "unknown":
            continue  # A5 tries their patients
        if only_a_limit(value, lower, upper):
            continue  # C1 says so
        v, low, high = float(value), float(lower), float(upper)
        if not 0 <= low <= v <= high <= 100 or low == high or (high <= 1 and "." in upper):
            continue  # C1's, or a share of 1
        yield _judge(claim, value, lower, upper)


def off_centre(value: str, lower: str, upper: str) -> float:
    """How many standard errors a percentage lies beyond the bounds of all scales, over all roundings; 0.0 inside."""
    v, low, high = printed(value), printed(lower), printed(upper)
    least = math.sqrt(max(low.number - low.half, 0.0) * max(high.number - high.half, 0.0))
    most = 100 - math.sqrt(max(100 - low.number - low.half, 0.0) * max(100 - high.number - high.half, 0.0))
    beyond = max(least - v.number - v.half, v.number - v.half - most)
    return beyond * 2 * _Z / (high.number - low.number) if beyond > 1e-9 else 0.0


def _wrong(value: str, lower: str, upper: str) -> bool:
    return not float(lower) <= float(value) <= float(upper) or off_centre(value, lower, upper) > _HAIR


def _judge(claim: Claim, value: str, lower: str, upper: str) -> Verdict:
    low, high = float(lower), float(upper)
    decimals = max(printed(value).decimals, 1)
    least, most = math.sqrt(low * high), 100 - math.sqrt((100 - low) * (100 - high))
    span = f"{least:.{decimals}f} to {most:.{decimals}f}"
    shown = f"{claim.endpoint or 'a rate'} {value}% ({lower} to {upper})"
    inputs = {"value": value, "lower": lower, "upper": upper}
    off = off_centre(value, lower, upper)
    if off == 0.0:
        changes = [t for place, text in enumerate((value, lower, upper)) for t in _changed(value, lower, upper, place, text)]
        power = sum(_wrong(*t) for t in changes) / len(changes)
        text = f"{shown} lies where an interval of some scale has it, {span}."
        return Verdict("C2", Rung.CONSISTENT, (claim.id,), text, recomputed=span, power=power, inputs=inputs)
    if off <= _HAIR:
        text = f"{shown} lies barely outside {span}, where every scale has it; a bootstrap interval may lie so."
        return Verdict("C2", Rung.EXPLAINED, (claim.id,), text, "bootstrap", span, None, None, inputs)
    text = f"{shown}: on every scale the rate of such an interval lies at {span}; it does not reproduce."
    return Verdict(
        "C2", Rung.MINOR if off < 0.5 else Rung.MAJOR, (claim.id,), text, None, span, None, None, inputs | {"off": round(off, 3)}
    )


def _changed(value: str, lower: str, upper: str, place: int, text: str) -> Iterator[tuple[str, str, str]]:
    for other in one_digit_changes(text):
        if float(other) <= 100:
            yield (other, lower, upper) if place == 0 else (value, other, upper) if place == 1 else (value, lower, other)
