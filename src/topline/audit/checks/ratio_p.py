"""B2 and B3: do a ratio, its interval and its p-value go together?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from statistics import NormalDist
from typing import Any

from topline.audit.checks.ratio_centre import level_of
from topline.audit.claims import Claim
from topline.audit.exact import printed
from topline.audit.printed_p import PrintedP, p_changes, printed_p
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_p", "wald_p_range"]

_NORMAL = NormalDist()


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


def check_p(sheet: Sheet, claim: Claim) -> Iterator[Verdict]:
    """B2 and B3 on one ratio with its interval and p-value."""
    p = printed_p(claim.p or "")
    level = level_of(claim)
    shown = f"{claim.measure} {claim.value} ({claim.lower} to {claim.upper}), P {claim.p if p.sign else '= ' + (claim.p or '')}"
    if set(claim.marks) & {"interaction", "trend", "noninferiority", "non-inferiority", "heterogeneity", "equivalence"}:
        yield Verdict("B2", Rung.UNCHECKABLE, (claim.id,), f"{shown}: the p-value is of another hypothesis.", inputs={"p": claim.p})
        return
    verdict = _wald(sheet, claim, p, level, shown)
    if verdict.is_finding and claim.conf_level is None:
        for other in (0.9, 0.99):
            again = _wald(sheet, claim, p, other, shown)
            if again.verdict == Rung.CONSISTENT:
                text = f"{shown}: P and interval agree if it is a {other:.0%} interval."
                verdict = replace(again, verdict=Rung.EXPLAINED, message=text, method=f"Wald, {other:.0%}", power=None)
                level = other
                break
    yield verdict
    yield from _significance(claim, p, level, shown, verdict)


def _wald(sheet: Sheet, claim: Claim, p: PrintedP, level: float, shown: str) -> Verdict:
    value, lower, upper = claim.value or "", claim.lower or "", claim.upper or ""
    small, middle, large = wald_p_range(value, lower, upper, level)
    n = max(sheet.total or 0, sum(a.n or 0 for a in sheet.arms))
    rung, method, why = _judge(claim, n, p, small, large)
    power = None
    if rung == Rung.CONSISTENT and p.sign == "":
        findings = {Rung.MINOR, Rung.MAJOR}
        changes = [_judge(claim, n, c, small, large)[0] in findings for c in p_changes(p.text)]
        power = sum(changes) / max(len(changes), 1)
    inputs: dict[str, Any] = {"value": value, "lower": lower, "upper": upper, "p": claim.p, "wald": [small, large]}
    return Verdict(
        "B2",
        rung,
        (claim.id,),
        f"{shown}: the interval implies P from {small:.2g} to {large:.2g}{why}.",
        method,
        f"{middle:.3g}",
        f"P = {middle:.{max(3, len(p.text.partition('.')[2]))}f}" if rung in {Rung.MINOR, Rung.MAJOR} else None,
        power,
        inputs,
    )


def _judge(claim: Claim, n: int, p: PrintedP, small: float, large: float) -> tuple[Rung, str | None, str]:
    """Verdict, method and the words for it: Wald, one-sided, smallest value printed, another test of the same data, or none."""
    if p.high >= small - 1e-12 and p.low <= large + 1e-12:
        return Rung.CONSISTENT, "Wald", ""
    allowed = (1.05 if n >= 154 else 1.12) + max(0.0, abs(math.log(float(claim.value or 1))) - 0.5) * 0.25
    if p.sign == "" and p.high * 2 >= small and p.low * 2 <= large:
        return Rung.EXPLAINED, "one-sided", ", twice the printed one, as a one-sided test gives"
    one_sided = p.sign == "" and claim.measure == "HR" and p.high < 0.5 and ("one-sided" in claim.marks or claim.conf_level in {"80", "90"})
    if one_sided and 2 * p.low <= large and _z(2 * p.high) - _z(small) <= max(0.1, (allowed - 1) * _z(small)):
        return Rung.EXPLAINED, "one-sided log-rank", ", about twice the printed one, as a one-sided log-rank test may give"
    if p.sign == "" and p.low > 0.5 and abs(_z(2 - 2 * p.low) - _z((small + large) / 2)) <= 0.1 + abs(_z(large) - _z(small)):
        return Rung.EXPLAINED, "one-sided", "; a one-sided test against the direction seen gives more than 0.5"
    if p.sign == "" and large <= float(p.text or 1) and p.text.strip("0.") == "1" and len(p.text) >= 5:
        return Rung.EXPLAINED, "smallest printed value", ", below the smallest value of this precision, as which it may have been printed"
    below = p.high < small
    apart, wald = (_z(p.high), _z(small)) if below else (_z(p.low), _z(large))
    ratio = apart / wald if wald else math.inf
    if wald < 1 and abs(apart - wald) <= 0.1:
        return Rung.EXPLAINED, "log-rank", "; another test of so weak an effect may differ so much"
    if claim.measure != "HR" and 0.85 <= ratio <= 1.18:
        return Rung.EXPLAINED, "test of the counts", f"; a test of the counts may have a z {ratio:.2f} times the Wald z"
    if below and ratio <= allowed:
        return Rung.EXPLAINED, "log-rank", f"; a log-rank or score test's z may be {ratio:.2f} times the Wald z"
    if not below and "adjusted" in claim.marks and ratio > 0.9:
        return Rung.UNCHECKABLE, None, "; ratio and p-value may come from different models"
    flips = p.significant() is not None and (large < 0.05) != p.significant() and (small < 0.05) == (large < 0.05)
    end = " over all roundings; the printed P does not reproduce" + (" and significance changes" if flips else "")
    return Rung.MAJOR if flips else Rung.MINOR, None, end


def _significance(claim: Claim, p: PrintedP, level: float, shown: str, wald: Verdict) -> Iterator[Verdict]:
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
    elif p.sign == "" and said and p.low * 2 > alpha and not wald.is_finding:
        yield Verdict(
            "B3",
            Rung.EXPLAINED,
            (claim.id,),
            f"{shown}: significant one-sided only.",
            method="one-sided",
            inputs={"alpha": round(alpha, 4)},
        )
    elif wald.verdict == Rung.CONSISTENT or (
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
