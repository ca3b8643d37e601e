"""B1 to B5: does a ratio sit in the middle of its interval, and do interval, p-value, medians and patients agree with it?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

from topline.audit.claims import Claim
from topline.audit.digits import one_digit_changes
from topline.audit.exact import printed, round_half_up
from topline.audit.printed_p import PrintedP, printed_p
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["centre_meets", "check_ratios", "wald_p_range"]

_NORMAL = NormalDist()


def check_ratios(sheet: Sheet) -> Iterator[Verdict]:
    """B1, B2, B3 and B5 for each ratio, B4 where its medians are printed."""
    for claim in sheet.of_type("ratio"):
        if claim.value is None:
            continue
        if claim.lower is None or claim.upper is None or "NR" in (claim.lower, claim.upper):
            yield Verdict(
                "B1",
                Rung.UNCHECKABLE,
                (claim.id,),
                f"{claim.measure} {claim.value} is printed without its interval.",
                inputs={"value": claim.value},
            )
            continue
        if min(float(claim.lower), float(claim.upper), float(claim.value)) <= 0:
            yield Verdict(
                "B1",
                Rung.UNCHECKABLE,
                (claim.id,),
                f"{claim.measure} {claim.value} ({claim.lower} to {claim.upper}) has a limit of 0.",
                inputs={"value": claim.value},
            )
            continue
        yield _centre(claim)
        if float(claim.lower) < float(claim.upper):
            if claim.p is not None:
                yield from _p(sheet, claim)
            yield from _events(sheet, claim)
        yield from _medians(sheet, claim)


def _level(claim: Claim) -> float:
    level = float(claim.conf_level or 95) / 100
    return level if 0.5 < level < 1 else 0.95


def centre_meets(value: str, lower: str, upper: str) -> bool:
    """Whether some numbers that print as these satisfy value² = lower × upper (exact, on the log scale the centre)."""
    r, low, high = printed(value), printed(lower), printed(upper)
    return r.low**2 <= high.high * low.high and r.high**2 >= (low.low if low.low > 0 else 0) * high.low


def _centre(claim: Claim) -> Verdict:
    value, lower, upper = claim.value or "", claim.lower or "", claim.upper or ""
    shown = f"{claim.measure} {value} ({lower} to {upper})"
    inputs: dict[str, Any] = {"value": value, "lower": lower, "upper": upper}
    centre = math.sqrt(float(lower) * float(upper))
    recomputed = f"{centre:.{max(printed(value).decimals, 2)}f}"
    if not float(lower) <= float(value) <= float(upper):
        return Verdict(
            "B1",
            Rung.IMPOSSIBLE,
            (claim.id,),
            f"{shown}: the ratio lies outside its own interval.",
            recomputed=recomputed,
            repair=recomputed,
            inputs=inputs,
        )
    if centre_meets(value, lower, upper):
        changes = [(value, 0), (lower, 1), (upper, 2)]
        caught = total = 0
        for text, place in changes:
            for other in one_digit_changes(text):
                trio = [value, lower, upper]
                trio[place] = other
                total += 1
                caught += not (float(trio[1]) <= float(trio[0]) <= float(trio[2]) and centre_meets(*trio))
        return Verdict(
            "B1",
            Rung.CONSISTENT,
            (claim.id,),
            f"{shown}: the ratio meets the centre of its interval, {recomputed}.",
            recomputed=recomputed,
            power=caught / total if total else None,
            inputs=inputs,
        )
    se = (math.log(float(upper)) - math.log(float(lower))) / (2 * _NORMAL.inv_cdf(0.5 + _level(claim) / 2))
    off = abs(math.log(float(value) / centre)) / se if se else math.inf
    decimals = printed(value).decimals
    new_upper = round_half_up(printed(value).value ** 2 / printed(lower).value, printed(upper).decimals)
    new_lower = round_half_up(printed(value).value ** 2 / printed(upper).value, printed(lower).decimals)
    repair = f"{centre:.{decimals}f}, or an interval {lower} to {new_upper}, or {new_lower} to {upper}"
    wide = f" (by {off:.2f} standard errors)"
    if off <= (0.06 if claim.measure == "HR" else 0.25):
        return Verdict(
            "B1",
            Rung.EXPLAINED,
            (claim.id,),
            f"{shown}: the centre is {recomputed}{wide}; an exact, profile or bootstrap interval may lie so.",
            method="interval not symmetric on the log scale",
            recomputed=recomputed,
            repair=repair,
            inputs=inputs | {"off": round(off, 3)},
        )
    return Verdict(
        "B1",
        Rung.MINOR if off < 0.5 else Rung.MAJOR,
        (claim.id,),
        f"{shown}: the interval's centre is {recomputed}, not {value}{wide}; it does not reproduce.",
        recomputed=recomputed,
        repair=repair,
        inputs=inputs | {"off": round(off, 3)},
    )


def wald_p_range(value: str, lower: str, upper: str, level: float = 0.95) -> tuple[float, float, float]:
    """Smallest, central and largest two-sided Wald p over everything that prints as this ratio and interval."""
    r, low, high = printed(value), printed(lower), printed(upper)
    z = _NORMAL.inv_cdf(0.5 + level / 2)

    def log(x: object, floor: float) -> float:
        return math.log(max(float(x), floor))  # type: ignore[arg-type]

    tiny = 1e-6
    width = log(high.value, tiny) - log(low.value, tiny)
    widest = log(high.high, tiny) - log(low.low, float(low.half_unit) * 1e-3)
    narrowest = max(log(high.low, tiny) - log(low.high, tiny), 1e-6)
    effects = (abs(log(r.low, tiny)), abs(log(r.high, tiny)))
    least = 0.0 if float(r.low) <= 1 <= float(r.high) else min(effects)

    def p(effect: float, span: float) -> float:
        return math.erfc(effect / (span / (2 * z)) / math.sqrt(2))

    return p(max(effects), narrowest), p(abs(log(r.value, tiny)), max(width, 1e-6)), p(least, widest)


def _z(p: float) -> float:
    return -_NORMAL.inv_cdf(min(max(p, 1e-300), 1.0) / 2) if p < 1 else 0.0


def _p(sheet: Sheet, claim: Claim) -> Iterator[Verdict]:
    value, lower, upper = claim.value or "", claim.lower or "", claim.upper or ""
    p = printed_p(claim.p or "")
    level = _level(claim)
    small, middle, large = wald_p_range(value, lower, upper, level)
    shown = f"{claim.measure} {value} ({lower} to {upper}), P {claim.p if p.sign else '= ' + (claim.p or '')}"
    span = f"{small:.2g} to {large:.2g}"
    inputs: dict[str, Any] = {"value": value, "lower": lower, "upper": upper, "p": claim.p, "wald": [small, large]}
    fits = p.high >= small - 1e-12 and p.low <= large + 1e-12
    if set(claim.marks) & {"interaction", "trend", "noninferiority", "non-inferiority"}:
        yield Verdict("B2", Rung.UNCHECKABLE, (claim.id,), f"{shown}: the p-value is of another hypothesis.", inputs=inputs)
        return
    if fits:
        power = None
        if p.sign == "":
            changes = list(one_digit_changes(p.text))
            power = sum(not (printed_p(c).high >= small and printed_p(c).low <= large) for c in changes) / len(changes)
        yield Verdict(
            "B2",
            Rung.CONSISTENT,
            (claim.id,),
            f"{shown}: the interval implies P from {span}.",
            method="Wald",
            recomputed=f"{middle:.3g}",
            power=power,
            inputs=inputs,
        )
    elif p.sign == "" and p.high * 2 >= small and p.low * 2 <= large:
        yield Verdict(
            "B2",
            Rung.EXPLAINED,
            (claim.id,),
            f"{shown}: the interval implies P from {span}, twice the printed one, as a one-sided test gives.",
            method="one-sided",
            recomputed=f"{middle:.3g}",
            inputs=inputs,
        )
    elif p.sign == "" and large <= float(p.text) and p.text.strip("0.") == "1" and len(p.text) >= 5:
        yield Verdict(
            "B2",
            Rung.EXPLAINED,
            (claim.id,),
            f"{shown}: the interval implies P from {span}, below the smallest value of this precision, as which it may have been printed.",
            method="smallest printed value",
            recomputed=f"{middle:.3g}",
            inputs=inputs,
        )
    else:
        yield _p_apart(sheet, claim, p, small, middle, large, shown, span, inputs)
    yield from _significance(claim, p, level, shown, fits)


def _p_apart(
    sheet: Sheet, claim: Claim, p: PrintedP, small: float, middle: float, large: float, shown: str, span: str, inputs: dict[str, Any]
) -> Verdict:
    """A p-value outside the Wald range: a log-rank test's, or one that does not reproduce."""
    n = sheet.total or sum(a.n or 0 for a in sheet.arms) or 0
    effect = abs(math.log(float(claim.value or 1)))
    repair = f"P = {middle:.{max(3, len(p.text.partition('.')[2]))}f}"
    if p.high < small:
        ratio = _z(p.high) / _z(small) if _z(small) else math.inf
        allowed = (1.05 if n >= 154 else 1.12) + max(0.0, effect - 0.5) * 0.25
        if claim.measure != "HR":
            allowed += 0.15
        if ratio <= allowed:
            return Verdict(
                "B2",
                Rung.EXPLAINED,
                (claim.id,),
                f"{shown}: the interval implies P from {span}; a log-rank or score test's z may be {ratio:.2f} times the Wald z.",
                method="log-rank",
                recomputed=f"{middle:.3g}",
                inputs=inputs | {"z_ratio": round(ratio, 3)},
            )
    else:
        ratio = _z(p.low) / _z(large) if _z(large) else 0.0
        if "adjusted" in claim.marks and ratio > 0.9:
            return Verdict(
                "B2",
                Rung.UNCHECKABLE,
                (claim.id,),
                f"{shown}: the interval implies P from {span}; ratio and p-value may come from different models.",
                recomputed=f"{middle:.3g}",
                inputs=inputs | {"z_ratio": round(ratio, 3)},
            )
    flips = p.significant() is not None and (large < 0.05) != p.significant() and (small < 0.05) == (large < 0.05)
    return Verdict(
        "B2",
        Rung.MAJOR if flips else Rung.MINOR,
        (claim.id,),
        f"{shown}: the interval implies P from {span} over all roundings; the printed P does not reproduce"
        + (" and significance changes." if flips else "."),
        method=None,
        recomputed=f"{middle:.3g}",
        repair=repair,
        inputs=inputs | {"z_ratio": round(ratio, 3)},
    )


def _significance(claim: Claim, p: PrintedP, level: float, shown: str, fits: bool) -> Iterator[Verdict]:
    """B3: the interval leaves out 1 exactly when p is below alpha."""
    alpha = 1 - level
    said = p.significant(alpha)
    low, high = printed(claim.lower or "0"), printed(claim.upper or "0")
    if low.holds(1) or high.holds(1) or said is None or (p.sign == "" and p.low <= alpha <= p.high):
        return
    excludes = float(low.value) > 1 or float(high.value) < 1
    if excludes == said:
        yield Verdict(
            "B3", Rung.CONSISTENT, (claim.id,), f"{shown}: interval and P agree on significance.", inputs={"alpha": round(alpha, 4)}
        )
    elif p.sign == "" and said and p.low * 2 > alpha:
        yield Verdict(
            "B3",
            Rung.EXPLAINED,
            (claim.id,),
            f"{shown}: significant one-sided only.",
            method="one-sided",
            inputs={"alpha": round(alpha, 4)},
        )
    elif fits or (
        abs(_z(p.low if p.sign != "<" else p.high) / (_NORMAL.inv_cdf(1 - alpha / 2)) - 1) < 0.06
        and min(abs(float(low.value) - 1), abs(float(high.value) - 1)) < 0.03
    ):
        yield Verdict(
            "B3",
            Rung.EXPLAINED,
            (claim.id,),
            f"{shown}: on the border, where a log-rank test and a Wald interval may part.",
            method="log-rank",
            inputs={"alpha": round(alpha, 4)},
        )
    else:
        yield Verdict(
            "B3",
            Rung.MAJOR,
            (claim.id,),
            f"{shown}: the interval {'leaves out' if excludes else 'includes'} 1 and P says the opposite; they do not reproduce together.",
            inputs={"alpha": round(alpha, 4)},
        )


def _events(sheet: Sheet, claim: Claim) -> Iterator[Verdict]:
    """B5: Var(log HR) ≥ 4 / events, so the interval says how many events there were at least."""
    n = sheet.total or 0
    arms = sum(a.n or 0 for a in sheet.arms)
    n = max(n, arms)
    if claim.measure != "HR" or not n or "factor" in claim.marks or claim.contrast is None or " vs " not in claim.contrast:
        return
    z = _NORMAL.inv_cdf(0.5 + _level(claim) / 2)
    widest = math.log(float(printed(claim.upper or "1").high)) - math.log(max(float(printed(claim.lower or "1").low), 1e-9))
    events = 4 / (widest / (2 * z)) ** 2
    inputs: dict[str, Any] = {"n": n, "events_at_least": round(events, 1)}
    if events <= n:
        yield Verdict(
            "B5",
            Rung.CONSISTENT,
            (claim.id,),
            f"The interval needs at least {math.ceil(events)} events; there were {n} patients.",
            recomputed=str(math.ceil(events)),
            inputs=inputs,
        )
    else:
        yield Verdict(
            "B5",
            Rung.MAJOR,
            (claim.id,),
            f"An interval as narrow as {claim.lower} to {claim.upper} needs at least {math.ceil(events)} events, more "
            f"than the {n} patients; it does not reproduce.",
            recomputed=str(math.ceil(events)),
            inputs=inputs,
        )


def _medians(sheet: Sheet, claim: Claim) -> Iterator[Verdict]:
    """B4: the better median goes with the lower hazard."""
    if claim.measure != "HR" or "factor" in claim.marks:
        return
    pair = [
        c
        for c in sheet.by_group.get(claim.group, [])
        if c.type == "median" and c.endpoint == claim.endpoint and c.value not in {None, "NR"}
    ]
    if (
        len(pair) != 2
        or pair[0].arm is None
        or pair[0].arm == pair[1].arm
        or not claim.contrast
        or not claim.contrast.startswith(pair[0].arm)
    ):
        return
    a, b, hr = float(pair[0].value or 0), float(pair[1].value or 0), float(claim.value or 1)
    if a <= 0 or b <= 0:
        return
    ids = (claim.id, pair[0].id, pair[1].id)
    inputs: dict[str, Any] = {"medians": [pair[0].value, pair[1].value], "value": claim.value, "median_ratio": round(b / a, 3)}
    strong = float(claim.upper or 9) < 1 or float(claim.lower or 0) > 1
    if (a >= b) == (hr <= 1) or hr == 1 or not strong or abs(a - b) / max(a, b) < 0.05:
        yield Verdict(
            "B4",
            Rung.CONSISTENT,
            ids,
            f"{claim.measure} {claim.value} and the medians {pair[0].value} and {pair[1].value} point the same way "
            f"(their ratio is {b / a:.2f}).",
            inputs=inputs,
        )
    else:
        yield Verdict(
            "B4",
            Rung.EXPLAINED,
            ids,
            f"{claim.measure} {claim.value} and the medians {pair[0].value} and {pair[1].value} point opposite ways, "
            f"unless the ratio is of the second arm over the first.",
            method="other direction",
            inputs=inputs,
        )
