"""B7 and C1: a median lies inside its interval, and progression does not come after death."""

from __future__ import annotations

from collections.abc import Iterator

from topline.audit.claims import Claim
from topline.audit.digits import one_digit_changes
from topline.audit.exact import only_a_limit
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_order"]

_DAYS = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}


def check_order(sheet: Sheet) -> Iterator[Verdict]:
    """C1 for every value with bounds, B7 for PFS and OS of the same arm."""
    for claim in sheet.claims:
        if (
            claim.type in {"median", "follow_up", "landmark_rate", "proportion"}
            and claim.lower is not None
            and claim.upper is not None
            and claim.value not in {None, "NR"}
        ):
            if only_a_limit(claim.value, claim.lower, claim.upper):
                shown = f"{claim.endpoint or claim.type} {claim.value} ({claim.lower} to {claim.upper})"
                yield Verdict("C1", Rung.UNCHECKABLE, (claim.id,), f"{shown}: one of the three is printed as a limit only.")
            else:
                yield from _inside(claim)
    yield from _pfs_os(sheet)


def _number(text: str | None) -> float:
    return float("inf") if text in {None, "NR"} else float(text or 0)


_NAMES = {"ci": "confidence interval", "iqr": "interquartile range", "range": "range"}
_OTHER_UNITS = (("years", "months", 12.0), ("months", "weeks", 4.348), ("months", "days", 30.4375), ("weeks", "days", 7.0))


def _inside(claim: Claim) -> Iterator[Verdict]:
    low = float("-inf") if claim.lower == "NR" else _number(claim.lower)
    high, value = _number(claim.upper), _number(claim.value)
    name = _NAMES.get(claim.interval or "", "interval")
    shown = f"{claim.endpoint or claim.type} {claim.value} ({claim.lower} to {claim.upper})"
    inputs = {"value": claim.value, "lower": claim.lower, "upper": claim.upper}
    if low <= value <= high:
        caught = total = 0
        for text, place in ((claim.value or "", 0), (claim.lower or "", 1), (claim.upper or "", 2)):
            for change in one_digit_changes(text) if text != "NR" else ():
                trio = [value, low, high]
                trio[place] = float(change)
                total += 1
                caught += not trio[1] <= trio[0] <= trio[2]
        power = caught / total if total else None
        yield Verdict("C1", Rung.CONSISTENT, (claim.id,), f"{shown}: inside its {name}.", power=power, inputs=inputs)
        return
    rung, text, method = _outside(claim, low, value, high)
    yield Verdict("C1", rung, (claim.id,), f"{shown}: {text.format(name=name)}", method=method, inputs=inputs)


def _outside(claim: Claim, low: float, value: float, high: float) -> tuple[Rung, str, str | None]:
    """What a value outside its interval may be: another scale or unit, limits in reverse, a bracket of something else."""
    if high <= 1 < value <= 100 and low <= value / 100 <= high:
        return Rung.EXPLAINED, "the value is a percentage and its {name} a share.", "other scale"
    for longer, shorter, factor in _OTHER_UNITS:
        if longer[:-1] in claim.sentence and shorter[:-1] in claim.sentence and claim.unit in {longer, shorter}:
            converted = value * factor if claim.unit == longer else value / factor
            if low <= converted <= high:
                return Rung.EXPLAINED, f"inside its {{name}} if that is in {shorter if claim.unit == longer else longer}.", "other unit"
    if low > high:
        return Rung.MINOR, "the limits of its {name} are printed in reverse order.", None
    decimals = {len(t.partition(".")[2]) for t in (claim.value, claim.lower, claim.upper) if t not in {None, "NR"}}
    near = low - (high - low) <= value <= high + (high - low)
    if claim.interval is None and not (near and len(decimals) == 1 and 0 not in decimals):
        return Rung.UNCHECKABLE, "the bracket is not said to be its interval, and may be something else.", None
    return Rung.IMPOSSIBLE, "the value lies outside its own {name}.", None


def _pfs_os(sheet: Sheet) -> Iterator[Verdict]:
    medians: dict[tuple[str | None, str], list[Claim]] = {}
    rates: dict[tuple[str | None, str, str], list[Claim]] = {}
    for claim in sheet.claims:
        if claim.endpoint not in {"PFS", "OS"}:
            continue
        if claim.type == "median":
            medians.setdefault((claim.arm, claim.endpoint), []).append(claim)
        elif claim.type == "landmark_rate" and claim.time and claim.value:
            rates.setdefault((claim.arm, claim.time, claim.endpoint), []).append(claim)
    for (arm, endpoint), first in medians.items():
        second = medians.get((arm, "OS"), [])
        if endpoint == "PFS" and len(first) == 1 and len(second) == 1:
            yield from _compare(first[0], second[0], "median PFS", "median OS", timed=True)
    for (arm, time, endpoint), first in rates.items():
        second = rates.get((arm, time, "OS"), [])
        if endpoint == "PFS" and len(first) == 1 and len(second) == 1:
            yield from _compare(first[0], second[0], f"PFS at {time}", f"OS at {time}", timed=False)


def _compare(pfs: Claim, os: Claim, a: str, b: str, *, timed: bool) -> Iterator[Verdict]:
    if pfs.value == "NR" or (timed and (pfs.unit is None or (os.unit is None and os.value != "NR"))):
        return
    x = _number(pfs.value) * (_DAYS[pfs.unit or "months"] if timed else 1)
    y = _number(os.value) * (_DAYS[os.unit or "months"] if timed else 1)
    inputs = {"PFS": pfs.value, "OS": os.value}
    if x <= y:
        yield Verdict("B7", Rung.CONSISTENT, (pfs.id, os.id), f"{a} {pfs.value} is not above {b} {os.value}.", inputs=inputs)
    elif None not in (pfs.lower, os.upper) and _number(pfs.lower) <= _number(os.value) and _number(pfs.value) <= _number(os.upper):
        text = f"{a} {pfs.value} is above {b} {os.value}, each within the other's interval: censoring before progression can do this."
        yield Verdict("B7", Rung.UNCHECKABLE, (pfs.id, os.id), text, inputs=inputs)
    else:
        yield Verdict(
            "B7",
            Rung.IMPOSSIBLE,
            (pfs.id, os.id),
            f"{a} {pfs.value} is above {b} {os.value}, though in the same patients progression-free survival ends no later than survival.",
            inputs=inputs,
        )
