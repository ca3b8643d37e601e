"""A1 to A3: does a percentage come from whole patients, does it come from its count, do the arms add up?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from topline.audit.claims import Claim
from topline.audit.digits import differing_digits, one_digit_changes
from topline.audit.exact import counts_for_percent, printed, round_half_up
from topline.audit.lexicon import FAMILY
from topline.audit.sheet import Sheet, grim_power
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_counts"]

_EXCLUDED = re.compile(
    r"\b(?:exclu\w+|withdr\w+|lost to follow|ineligible|not evaluable|dropped out|not treated|screen\w* fail\w*)\b", re.IGNORECASE
)
_ANALYSED = re.compile(r"\b[0-9]+ (?:patients )?(?:were )?(?:analy[sz]ed|evaluable|assessable)\b", re.IGNORECASE)


def check_counts(sheet: Sheet) -> Iterator[Verdict]:
    """A1 (GRIM), A2 (count and percentage) and A3 (arms add up)."""
    for claim in sheet.of_type("proportion"):
        if claim.x is not None and claim.n is not None and claim.value is not None:
            yield _count_and_percent(sheet, claim)
        elif claim.value is not None:
            yield _grim(sheet, claim)
    yield from _arms(sheet)


def _what(claim: Claim) -> str:
    name = claim.endpoint or "a proportion"
    return f"{name}{f' in {claim.arm}' if claim.arm else ''}"


def _nearest_percents(text: str, n: int) -> list[tuple[int, str]]:
    """The counts just below and above a percentage, as they would be printed."""
    p = printed(text)
    k = int(p.value * n / 100)
    return [(j, round_half_up(Fraction(100 * j, n), p.decimals)) for j in (k, k + 1) if 0 <= j <= n]


def _repair(text: str, n: int) -> str:
    options = _nearest_percents(text, n)
    best = min(options, key=lambda o: (differing_digits(text, o[1]), abs(float(o[1]) - float(text))))
    ordered = [best, *(o for o in options if o != best)]
    return " or ".join(f"{value}% ({k}/{n})" for k, value in ordered)


def _grim(sheet: Sheet, claim: Claim) -> Verdict:
    assert claim.value is not None
    percent = printed(claim.value)
    if claim.n is None or claim.n < 1:
        return Verdict(
            "A1",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"{_what(claim)} is {claim.value}%: its denominator is not printed.",
            inputs={"percent": claim.value},
        )
    n = claim.n
    power = grim_power(n, percent.decimals)
    inputs = {"percent": claim.value, "n": n, "n_from": claim.n_from}
    counts = counts_for_percent(percent, n)
    if counts:
        which = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        return Verdict(
            "A1", Rung.CONSISTENT, (claim.id,), f"{claim.value}% of {n} is {which} patients.", recomputed=which, power=power, inputs=inputs
        )
    repair = _repair(claim.value, n)
    cut = counts_for_percent(percent, n, truncated=True)
    trust = sheet.trust(claim)
    others = [
        s
        for s in sheet.sizes
        if s != n and counts_for_percent(percent, s) and grim_power(s, percent.decimals) >= 0.3 and not _is_other_arm(sheet, claim, s)
    ]
    if others and trust != "printed":
        return Verdict(
            "A1",
            Rung.EXPLAINED,
            (claim.id,),
            f"No count of {n} gives {claim.value}%, but another printed denominator does: {', '.join(map(str, others[:3]))}.",
            method="other denominator",
            repair=repair,
            power=power,
            inputs=inputs | {"other_n": others[:3]},
        )
    if cut and trust in {"printed", "supported"}:
        return Verdict(
            "A1",
            Rung.EXPLAINED,
            (claim.id,),
            f"{claim.value}% of {n} is {cut[0]} patients if the percentage was truncated.",
            method="truncated",
            recomputed=f"{cut[0]}/{n}",
            repair=repair,
            power=power,
            inputs=inputs,
        )
    near = [s for s in range(max(1, n - 10), n + 11) if counts_for_percent(percent, s)]
    hint = f" Denominators near it that would fit: {', '.join(map(str, near[:6]))}." if near else ""
    if trust == "doubtful" or (claim.n_from == "carried" and n >= 150 and any(abs(s - n) <= n // 40 for s in near)):
        return Verdict(
            "A1",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"{claim.value}% is not a share of {n}; the sentence may speak of other patients, whose number is not printed with it.{hint}",
            repair=repair,
            power=power,
            inputs=inputs | {"fits_n": near[:6]},
        )
    fewer = any(counts_for_percent(percent, s) for s in range(max(1, n - max(2, n // 8)), n))
    if claim.n_from == "carried" and not sheet.backed(claim) and (fewer or "later" in claim.marks):
        return Verdict(
            "A1",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"{claim.value}% is not a share of {n}; nothing says that all {n} were evaluable for it.{hint}",
            repair=repair,
            power=power,
            inputs=inputs | {"fits_n": near[:6]},
        )
    rung = Rung.IMPOSSIBLE if trust in {"printed", "supported"} else Rung.MINOR
    return Verdict(
        "A1",
        rung,
        (claim.id,),
        f"{_what(claim)}: {claim.value}% does not reproduce, because no count of {n} patients gives it; the nearest are {repair}.{hint}",
        recomputed=repair,
        repair=repair,
        power=power,
        inputs=inputs | {"fits_n": near[:6]},
    )


def _is_other_arm(sheet: Sheet, claim: Claim, size: int) -> bool:
    return any(a.n == size and a.name != claim.arm for a in sheet.arms)


def _count_and_percent(sheet: Sheet, claim: Claim) -> Verdict:
    assert claim.x is not None
    assert claim.n is not None
    assert claim.value is not None
    percent = printed(claim.value)
    x, n = claim.x, claim.n
    share = Fraction(100 * x, n)
    inputs = {"x": x, "n": n, "percent": claim.value, "n_from": claim.n_from}
    right = round_half_up(share, percent.decimals)
    if x <= n and percent.holds(share):
        caught = [not printed(v).holds(share) for v in one_digit_changes(claim.value)]
        return Verdict(
            "A2",
            Rung.CONSISTENT,
            (claim.id,),
            f"{x}/{n} is {claim.value}%.",
            recomputed=right,
            power=sum(caught) / len(caught),
            inputs=inputs,
        )
    if x > n:
        return Verdict(
            "A2", Rung.IMPOSSIBLE, (claim.id,), f"{_what(claim)}: {x} of {n} patients is more than all.", recomputed=right, inputs=inputs
        )
    if percent.holds_truncated(share):
        return Verdict(
            "A2",
            Rung.EXPLAINED,
            (claim.id,),
            f"{x}/{n} is {right}%; the printed {claim.value}% is truncated.",
            method="truncated",
            recomputed=right,
            repair=f"{right}%",
            inputs=inputs,
        )
    carried = claim.n_from == "carried"
    if carried:
        others = [
            s
            for s in sheet.sizes
            if s >= x and s != n and percent.holds(Fraction(100 * x, s)) and not (_is_other_arm(sheet, claim, s) and claim.arm is not None)
        ]
        if others:
            return Verdict(
                "A2",
                Rung.EXPLAINED,
                (claim.id,),
                f"{x} patients are {right}% of {n}, and {claim.value}% of another printed denominator: {others[0]}.",
                method="other denominator",
                recomputed=right,
                inputs=inputs | {"other_n": others[:3]},
            )
        low = Fraction(100 * x) / percent.high if percent.high > 0 else Fraction(0)
        high = Fraction(100 * x) / percent.low if percent.low > 0 else Fraction(10**7)
        implied = (
            [s for s in range(int(low), min(int(high), int(low) + 3) + 1) if s >= x and percent.holds(Fraction(100 * x, s))] if x else []
        )
        trust = sheet.trust(claim)
        if FAMILY.get((claim.endpoint or "").rstrip("3")) in {"event", "term"} and low < n and high >= Fraction(19, 20) * n:
            return Verdict(
                "A2",
                Rung.EXPLAINED,
                (claim.id,),
                f"{x} patients are {right}% of {n}, and {claim.value}% of a slightly smaller safety population, which is not printed.",
                method="other denominator",
                recomputed=right,
                inputs=inputs,
            )
        if trust == "doubtful" or (
            trust == "alone"
            and implied
            and implied[0] < n
            and not (FAMILY.get(claim.endpoint or "") == "term" and high < Fraction(9, 10) * n)
        ):
            return Verdict(
                "A2",
                Rung.UNCHECKABLE,
                (claim.id,),
                f"{x} patients and {claim.value}% do not belong to {n}; the denominator is not printed with them"
                + (f" (it would be {implied[0]})." if implied else "."),
                recomputed=right,
                inputs=inputs | {"implied_n": implied},
            )
    patients = (abs(percent.value - share) - percent.half_unit) * n / 100
    rung = Rung.MINOR if patients <= 1 else Rung.MAJOR
    ks = counts_for_percent(percent, n)
    repair = f"{right}%" + (f", or {ks[0]} patients" if ks else "")
    return Verdict(
        "A2",
        rung,
        (claim.id,),
        f"{_what(claim)}: {x}/{n} is {right}%, not {claim.value}%; it does not reproduce.",
        recomputed=right,
        repair=repair,
        inputs=inputs,
    )


def _arms(sheet: Sheet) -> Iterator[Verdict]:
    """A3: the arms' sizes sum to the whole, where both are printed close together."""
    sized = [a for a in sheet.arms if a.n]
    totals = [c for c in sheet.of_type("count") if c.endpoint == "N" and c.arm is None and c.n is not None]
    if len(sized) < 2 or not totals:
        return
    start = sized[0].span[0]
    together = [a for a in sized if abs(a.span[0] - start) < 700]
    if len(together) < 2:
        return
    arm_claims = [c.id for c in sheet.claims if c.type == "count" and c.arm in {a.name for a in together}]
    total = sum(a.n or 0 for a in together)
    inputs = {"arms": {a.name: a.n for a in together}, "totals": [c.n for c in totals]}
    match = next((c for c in totals if c.n == total), None)
    if match is not None:
        yield Verdict(
            "A3", Rung.CONSISTENT, (match.id, *arm_claims), f"The arms add up to {total}.", recomputed=str(total), power=1.0, inputs=inputs
        )
        return
    if (sheet.text and abs(totals[0].span[0] - start) > 900) or len(together) > 4:
        return
    whole = min(totals, key=lambda c: abs((c.n or 0) - total))
    beside = sheet.text[max(0, start - 200) : together[-1].span[1] + 200]
    excluded = bool(_EXCLUDED.search(sheet.text) or _ANALYSED.search(beside))
    if total < (whole.n or 0) and (excluded or len(totals) > 1):
        yield Verdict(
            "A3",
            Rung.EXPLAINED,
            (whole.id, *arm_claims),
            f"The arms add up to {total} of {whole.n}; the text speaks of patients left out.",
            recomputed=str(total),
            inputs=inputs,
        )
        return
    if re.search(rf"(?<![0-9.,]){total}(?![0-9,]|\.[0-9])", sheet.text):
        yield Verdict(
            "A3",
            Rung.EXPLAINED,
            (whole.id, *arm_claims),
            f"The arms add up to {total}, which the text prints too, not to {whole.n}.",
            method="other total",
            recomputed=str(total),
            inputs=inputs,
        )
        return
    gap = abs(total - (whole.n or 0))
    if gap > 0.34 * (whole.n or 1):
        yield Verdict(
            "A3",
            Rung.UNCHECKABLE,
            (whole.id, *arm_claims),
            f"The groups ({total}) are not a partition of the {whole.n} patients.",
            recomputed=str(total),
            inputs=inputs,
        )
        return
    yield Verdict(
        "A3",
        Rung.MINOR if gap <= 1 else Rung.MAJOR,
        (whole.id, *arm_claims),
        f"The arms add up to {total}, not to the printed {whole.n}; it does not reproduce.",
        recomputed=str(total),
        repair=str(total),
        inputs=inputs,
    )
