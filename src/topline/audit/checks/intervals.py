"""A5: which method, count and denominator reproduce the interval of a proportion?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from topline.audit.claims import Claim
from topline.audit.digits import nearest, one_digit_changes
from topline.audit.exact import counts_for_percent, printed
from topline.audit.sheet import Sheet, fits, grim_power
from topline.audit.verdict import Rung, Verdict
from topline.stats import proportion_ci

__all__ = ["METHODS", "bounds", "check_intervals"]

METHODS: Final = ("clopper-pearson", "wilson", "wald", "agresti-coull", "wilson-cc", "jeffreys", "wald-cc", "mid-p", "plus four", "t")

_LEVELS: Final = (0.90, 0.99, 0.80)
_MOST_COUNTS: Final = 60


@lru_cache(maxsize=32768)
def bounds(x: int, n: int, method: str, conf_level: float) -> tuple[float, float]:
    """Lower and upper limit in percent by one of :data:`METHODS`; ``t`` takes the patients as 0/1 data.

    ``plus four`` is Wald's after two patients with and two without the event were added (Agresti and Coull, Am Stat 1998;52:119-126).
    """
    if method == "plus four":
        low, high = bounds(x + 2, n + 4, "wald", conf_level)
        return low, high
    if method == "t":
        if n < 2:
            return 0.0, 100.0
        from scipy.special import stdtrit

        p = x / n
        half = float(stdtrit(n - 1, 0.5 + conf_level / 2)) * math.sqrt(p * (1 - p) / (n - 1))
        return 100 * (p - half), 100 * (p + half)
    estimate = proportion_ci(x, n, method=method, conf_level=conf_level)
    return 100 * float(estimate.lower), 100 * float(estimate.upper)


def _holds(text: str, value: float) -> bool:
    if text == "NR":
        return False
    return printed(text).holds(value) or printed(text).holds(min(max(value, 0.0), 100.0))


def _matches(lower: str, upper: str, x: int, n: int, level: float) -> list[str]:
    return [m for m in METHODS if _holds(lower, bounds(x, n, m, level)[0]) and _holds(upper, bounds(x, n, m, level)[1])]


def check_intervals(sheet: Sheet) -> Iterator[Verdict]:
    """A5 for every proportion with a confidence interval."""
    for claim in sheet.of_type("proportion"):
        if claim.lower is None or claim.upper is None or claim.interval not in {"ci", None} or "NR" in (claim.lower, claim.upper):
            continue
        yield _one(sheet, claim)


def _one(sheet: Sheet, claim: Claim) -> Verdict:
    lower, upper = claim.lower or "", claim.upper or ""
    level = float(claim.conf_level or 95) / 100
    shown = f"{claim.value or claim.x}{'%' if claim.value else ''} ({lower} to {upper})"
    inputs: dict[str, Any] = {
        "value": claim.value,
        "x": claim.x,
        "n": claim.n,
        "lower": lower,
        "upper": upper,
        "conf_level": claim.conf_level or "95",
        "n_from": claim.n_from,
    }
    trust = sheet.trust(claim)
    counted = claim.x is not None and claim.n is not None and fits(claim, claim.n)  # 1/96 is 1.0%, whatever the limits
    if claim.value is not None and float(claim.value) <= 1 and float(upper) <= 1 and not counted:
        return Verdict("A5", Rung.UNCHECKABLE, (claim.id,), f"{shown} is a share, not a percentage.", inputs=inputs)
    if claim.n is None or claim.n < 2 or (claim.x is not None and claim.x > claim.n):
        return Verdict(
            "A5", Rung.UNCHECKABLE, (claim.id,), f"The interval of {shown} needs the denominator, which is not printed.", inputs=inputs
        )
    n = claim.n
    own = [claim.x] if claim.x is not None else list(counts_for_percent(printed(claim.value or "0"), n))
    if not own and claim.n_from == "carried":
        sharper = [
            s
            for s in sheet.sizes
            if 2 <= s < n
            and counts_for_percent(printed(claim.value or "0"), s)
            and grim_power(s, printed(claim.value or "0").decimals) > 0.9
        ]
        if len(sharper) == 1:  # the evaluable patients, printed elsewhere
            n = sharper[0]
            own = list(counts_for_percent(printed(claim.value or "0"), n))
    own = own[:_MOST_COUNTS]
    for x in own:
        found = _matches(lower, upper, x, n, level)
        if found:
            return _match(claim, x, n, found, level, inputs)
    for size in sheet.sizes if trust != "printed" else ():
        if size == n or size < 2 or claim.value is None:
            continue
        for x in [claim.x] if claim.x is not None else list(counts_for_percent(printed(claim.value), size))[:20]:
            if x <= size and (found := _matches(lower, upper, x, size, level)):
                return Verdict(
                    "A5",
                    Rung.EXPLAINED,
                    (claim.id,),
                    f"The interval of {shown} is that of {x}/{size} ({', '.join(found)}), another printed denominator.",
                    method=", ".join(found),
                    recomputed=f"{x}/{size}",
                    inputs=inputs | {"other_n": size},
                )
    for other in _LEVELS:
        for x in own:
            if other != level and (found := _matches(lower, upper, x, n, other)):
                return Verdict(
                    "A5",
                    Rung.EXPLAINED,
                    (claim.id,),
                    f"The interval of {shown} reproduces as a {other:.0%} interval of {x}/{n} ({', '.join(found)}).",
                    method=", ".join(found),
                    inputs=inputs | {"level": other},
                )
    if n == claim.n and (
        (trust == "unknown" and not sheet.stands(claim)) or (claim.n_from == "carried" and claim.x is not None and not fits(claim, n))
    ):
        return Verdict(
            "A5",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"The interval of {shown} does not belong to {n} patients; its denominator is not printed with it.",
            inputs=inputs,
        )
    centre = own[0] if own else round(float(claim.value or 0) * n / 100)
    reach = range(max(0, centre - 12), min(n, centre + 12) + 1)
    for x in sorted(reach, key=lambda k: abs(k - centre)):
        found = _matches(lower, upper, x, n, level)
        if found:
            value = f"{100 * x / n:.{printed(claim.value).decimals}f}%" if claim.value else str(x)
            rung = Rung.MINOR if abs(x - float(claim.value or 100 * centre / n) * n / 100) <= 1 else Rung.MAJOR
            return Verdict(
                "A5",
                rung,
                (claim.id,),
                f"The interval of {shown} is that of {x}/{n} = {value} ({', '.join(found)}), not of the printed value; it "
                f"does not reproduce.",
                method=", ".join(found),
                recomputed=f"{x}/{n}",
                repair=value,
                inputs=inputs,
            )
    if "adjusted" in claim.marks or "estimated" in claim.marks or (not own and trust != "printed"):
        return Verdict(
            "A5", Rung.UNCHECKABLE, (claim.id,), f"The interval of {shown} may come from a model or another denominator.", inputs=inputs
        )
    if not own:
        return Verdict(
            "A5",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"The interval of {shown} cannot be tried: no count of {n} gives the percentage.",
            inputs=inputs,
        )
    return _mismatch(claim, own[0], n, level, shown, trust != "unknown", inputs)


def _match(claim: Claim, x: int, n: int, found: list[str], level: float, inputs: dict[str, Any]) -> Verdict:
    xs = [claim.x] if claim.x is not None else list(counts_for_percent(printed(claim.value or "0"), n))[:_MOST_COUNTS]
    limits = [bounds(k, n, m, other) for k in xs for other in (level, *_LEVELS) for m in METHODS]
    # A changed limit goes unseen where the other one fits and some method, count or level gives the change too.
    lows = [low for low, high in limits if _holds(claim.upper or "", high)]
    highs = [high for low, high in limits if _holds(claim.lower or "", low)]
    changes = [(t, lows) for t in one_digit_changes(claim.lower or "")] + [(t, highs) for t in one_digit_changes(claim.upper or "")]
    caught, total = sum(not any(_holds(t, v) for v in values) for t, values in changes), len(changes)
    low, high = bounds(x, n, found[0], level)
    return Verdict(
        "A5",
        Rung.METHOD,
        (claim.id,),
        f"The interval of {x}/{n} is {low:.1f}% to {high:.1f}% by {', '.join(found)}.",
        method=", ".join(found),
        recomputed=f"{low:.2f}-{high:.2f}",
        power=caught / total if total else None,
        inputs=inputs,
    )


def _mismatch(claim: Claim, x: int, n: int, level: float, shown: str, sure: bool, inputs: dict[str, Any]) -> Verdict:
    lower, upper = claim.lower or "", claim.upper or ""
    decimals = (printed(lower).decimals, printed(upper).decimals)
    options = {m: tuple(f"{min(max(b, 0.0), 100.0):.{d}f}" for b, d in zip(bounds(x, n, m, level), decimals, strict=True)) for m in METHODS}
    half = {m: (_holds(lower, bounds(x, n, m, level)[0]), _holds(upper, bounds(x, n, m, level)[1])) for m in METHODS}
    one = [m for m in METHODS if any(half[m])]
    pool = one or list(METHODS)
    best = min(pool, key=lambda m: abs(float(options[m][0]) - float(lower)) + abs(float(options[m][1]) - float(upper)))
    nearest_text = nearest(lower if not half[best][0] else upper, [options[m][0 if not half[best][0] else 1] for m in pool])
    gap = max(abs(float(options[best][0]) - float(lower)), abs(float(options[best][1]) - float(upper)))
    repair = f"{options[best][0]} to {options[best][1]} ({best})"
    wide = gap > 100 / n and gap > 10 ** -min(decimals)
    if not sure and (not one or set(claim.marks) & {"later", "estimated"}):
        return Verdict(
            "A5",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"The interval of {shown} does not belong to {x}/{n} by any method; its denominator may be another.",
            recomputed=repair,
            inputs=inputs,
        )
    return Verdict(
        "A5",
        Rung.MAJOR if wide else Rung.MINOR,
        (claim.id,),
        f"The interval of {shown} does not reproduce from {x}/{n} by any of {len(METHODS)} methods; the nearest is {repair}.",
        recomputed=repair,
        repair=repair,
        inputs=inputs | {"nearest": nearest_text},
    )
