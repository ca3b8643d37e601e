"""A1: is a percentage a share of whole patients?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from topline.audit.claims import Claim
from topline.audit.digits import differing_digits
from topline.audit.exact import Printed, counts_for_percent, printed, rounded
from topline.audit.lexicon import FAMILY
from topline.audit.sheet import Sheet, grim_power
from topline.audit.verdict import Rung, Verdict

__all__ = ["as_count", "check_grim", "name_of", "other_sizes"]

_N_EQUALS = re.compile(r"[nN]\s*=\s*([0-9]+)")


def check_grim(sheet: Sheet) -> Iterator[Verdict]:
    """A1 for every percentage without a count of its own."""
    for claim in sheet.of_type("proportion"):
        if claim.value is not None and not (claim.x is not None and claim.n):
            yield _grim(sheet, claim)


def name_of(claim: Claim) -> str:
    """ "ORR in group A", for messages."""
    return f"{claim.endpoint or 'a proportion'}{f' in {claim.arm}' if claim.arm else ''}"


def other_sizes(sheet: Sheet, claim: Claim) -> list[int]:
    """Printed sizes that a carried denominator may have been instead, those of the other arms left out."""
    others = {a.n for a in sheet.arms if a.name != claim.arm} if claim.arm is not None else set()
    return [s for s in sheet.sizes if s != claim.n and s not in others]


def _repair(text: str, n: int) -> str:
    p = printed(text)
    k = int(p.value * n / 100)
    options = [(j, rounded(Fraction(100 * j, n), p.decimals)) for j in (k, k + 1) if 0 <= j <= n]
    ordered = sorted(options, key=lambda o: (differing_digits(text, o[1]), abs(float(o[1]) - float(text))))
    return " or ".join(f"{value}% ({j}/{n})" for j, value in ordered)


def as_count(sheet: Sheet, claim: Claim, percent: Printed) -> int | None:
    """The denominator, where "30.3% (n = 47)" may mean 47 patients with the event: 47 of 155."""
    if claim.n_from == "carried" or claim.n is None or percent.low <= 0:
        return None
    beside = sheet.text[claim.span[0] : claim.span[1] + 2]
    if not any(int(m) == claim.n for m in _N_EQUALS.findall(beside)):
        return None
    size = round(100 * claim.n / percent.value)
    return next((s for s in (size, size - 1, size + 1) if s > claim.n and percent.holds(Fraction(100 * claim.n, s))), None)


_UNTREATED = 20  # one patient in so many may have had no dose; with one in ten (A2) nearly every percentage without a count would fit


def _grim(sheet: Sheet, claim: Claim) -> Verdict:
    text, n = claim.value or "0", claim.n
    percent = printed(text)
    if n is None or n < 1:
        return Verdict(
            "A1",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"{name_of(claim)} is {text}%: its denominator is not printed.",
            inputs={"percent": text},
        )
    inputs = {"percent": text, "n": n, "n_from": claim.n_from}
    counts = counts_for_percent(percent, n)
    trust = sheet.trust(claim)
    power = grim_power(n, percent.decimals)
    if counts:
        which = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        return Verdict("A1", Rung.CONSISTENT, (claim.id,), f"{text}% of {n} is {which} patients.", None, which, None, power, inputs)
    repair = _repair(text, n)
    others = [s for s in other_sizes(sheet, claim) if counts_for_percent(percent, s) and grim_power(s, percent.decimals) >= 0.3]
    if others and trust != "printed":
        return Verdict(
            "A1",
            Rung.EXPLAINED,
            (claim.id,),
            f"No count of {n} gives {text}%, but another printed denominator does: {', '.join(map(str, others[:3]))}.",
            "other denominator",
            None,
            repair,
            power,
            inputs | {"other_n": others[:3]},
        )
    cut = counts_for_percent(percent, n, truncated=True)
    if cut and trust != "unknown":
        return Verdict(
            "A1",
            Rung.EXPLAINED,
            (claim.id,),
            f"{text}% of {n} is {cut[0]} patients if the percentage was truncated.",
            "truncated",
            f"{cut[0]}/{n}",
            repair,
            power,
            inputs,
        )
    near = [s for s in range(max(1, n - 10), n + 11) if counts_for_percent(percent, s)][:6]
    hint = f" Denominators near it that would fit: {', '.join(map(str, near))}." if near else ""
    size = as_count(sheet, claim, percent)
    other = None
    if trust != "printed":
        arms = [a.n for a in sheet.arms if a.n and a.n != n and counts_for_percent(percent, a.n)]
        other = next((m for m in arms if grim_power(m, percent.decimals) > 0.8), None)
    harm = FAMILY.get((claim.endpoint or "").rstrip("3"), "term") in {"event", "term"}
    treated = (
        harm
        and claim.n_from == "carried"
        and "listed" not in claim.marks
        and any(counts_for_percent(percent, s) for s in range(n - n // _UNTREATED, n))
    )
    if trust == "unknown" or size is not None or other is not None or treated:
        why = f"nothing says that it is of all {n}; its denominator is not beside it"
        if treated:
            why = "it may be of a slightly smaller safety population, which is not printed"
        elif size is not None:
            why = f"n = {n} may be the patients of {size}"
        elif other is not None:
            why = f"of {other}, the size of another group"
        return Verdict(
            "A1",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"{text}% is not a share of {n}, but {why}.{hint}",
            None,
            None,
            repair,
            power,
            inputs | {"fits_n": near},
        )
    return Verdict(
        "A1",
        Rung.IMPOSSIBLE,
        (claim.id,),
        f"{name_of(claim)}: {text}% does not reproduce, because no count of {n} patients gives it; the nearest are {repair}.{hint}",
        None,
        repair,
        repair,
        power,
        inputs | {"fits_n": near},
    )
