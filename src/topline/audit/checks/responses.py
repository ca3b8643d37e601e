"""A4: do the responses add up to the patients, and the rates to the responses?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from topline.audit.claims import Claim
from topline.audit.exact import Printed, counts_for_percent, printed
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_responses"]


def check_responses(sheet: Sheet) -> Iterator[Verdict]:
    """CR + PR + SD + PD + NE, ORR = CR + PR, DCR = ORR + SD ≥ ORR, from counts or from percentages."""
    arms = dict.fromkeys(c.arm for c in sheet.of_type("proportion", "response_counts"))
    for arm in arms:
        rates = _by_endpoint(sheet, arm)
        counts = next((c for c in sheet.of_type("response_counts") if c.arm == arm), None)
        if counts is not None:
            beside = {c.endpoint: c for c in sheet.by_arm.get(arm, ()) if c.sentence == counts.sentence and c.endpoint in {"ORR", "DCR"}}
            yield from _from_counts(sheet, counts, rates | {k: v for k, v in beside.items() if k is not None})
        else:
            yield from _from_rates(rates)
        orr, dcr = rates.get("ORR"), rates.get("DCR")
        if orr is not None and dcr is not None and orr.value is not None and dcr.value is not None:
            ok = float(dcr.value) >= float(orr.value)
            yield Verdict(
                "A4",
                Rung.CONSISTENT if ok else Rung.IMPOSSIBLE,
                (orr.id, dcr.id),
                f"DCR {dcr.value}% is at least ORR {orr.value}%."
                if ok
                else f"DCR {dcr.value}% is below ORR {orr.value}%, though it counts the same patients and more.",
                inputs={"ORR": orr.value, "DCR": dcr.value},
            )


def _by_endpoint(sheet: Sheet, arm: str | None) -> dict[str, Claim]:
    """The only claim of each endpoint in an arm; endpoints claimed twice (other assessor, other subset) are left out."""
    out: dict[str, Claim] = {}
    twice: set[str] = set()
    for claim in sheet.by_arm.get(arm, ()):
        if claim.endpoint in {"ORR", "DCR", "CR", "PR", "SD", "PD", "NE"} and claim.time is None:
            if claim.endpoint in out and out[claim.endpoint].value != claim.value:
                twice.add(claim.endpoint)
            out.setdefault(claim.endpoint, claim)
    return {k: v for k, v in out.items() if k not in twice}


def _known(sheet: Sheet, claim: Claim) -> bool:
    """Whether the patients of response counts are known: printed with them, or another value of the arm fits them sharply."""
    if claim.n_from != "carried":
        return True
    others = [c for c in sheet.by_arm.get(claim.arm, ()) if c.n == claim.n and c.endpoint in {"ORR", "DCR", "CR", "PR", "SD", "PD", "NE"}]
    return any(sheet.stands(c) for c in others)


def _from_counts(sheet: Sheet, claim: Claim, rates: dict[str, Claim]) -> Iterator[Verdict]:
    counts = claim.counts
    total = sum(counts.values())
    text = ", ".join(f"{k} {v}" for k, v in counts.items())
    if claim.n is not None and len(counts) >= 2:
        inputs = {"counts": dict(counts), "n": claim.n}
        if total == claim.n:
            yield Verdict(
                "A4", Rung.CONSISTENT, (claim.id,), f"{text} add up to {claim.n} patients.", recomputed=str(total), power=1.0, inputs=inputs
            )
        elif total > claim.n and not _known(sheet, claim):
            yield Verdict(
                "A4",
                Rung.UNCHECKABLE,
                (claim.id,),
                f"{text} add up to {total}, more than {claim.n}; nothing says that they are of these {claim.n} patients.",
                recomputed=str(total),
                inputs=inputs,
            )
        elif total > claim.n:
            yield Verdict(
                "A4",
                Rung.IMPOSSIBLE,
                (claim.id,),
                f"{text} add up to {total}, more than the {claim.n} patients.",
                recomputed=str(total),
                inputs=inputs,
            )
        elif "PD" in counts and "SD" in counts:
            yield Verdict(
                "A4",
                Rung.EXPLAINED,
                (claim.id,),
                f"{text} add up to {total} of {claim.n}; {claim.n - total} would be not evaluable.",
                method="not evaluable",
                recomputed=str(total),
                inputs=inputs,
            )
    responders = counts.get("CR", 0) + counts.get("PR", 0)
    if "PR" in counts:
        yield from _rate(sheet, claim, rates.get("ORR"), responders, "CR + PR" if "CR" in counts else "PR", total)
        if "SD" in counts:
            yield from _rate(
                sheet, claim, rates.get("DCR"), responders + counts["SD"], "CR + PR + SD" if "CR" in counts else "PR + SD", total
            )


def _rate(sheet: Sheet, claim: Claim, rate: Claim | None, k: int, name: str, total: int) -> Iterator[Verdict]:
    if rate is None or rate.value is None:
        return
    n = rate.n or claim.n
    if n is None or k > n:
        return
    percent = printed(rate.value)
    right = float(Fraction(100 * k, n))
    shown = f"{right:.{percent.decimals}f}"
    inputs = {"k": k, "n": n, "percent": rate.value}
    ids = (claim.id, rate.id)
    if rate.x == k:
        text = f"{rate.endpoint} counts {rate.x} patients, as {name} does."
        yield Verdict("A4", Rung.CONSISTENT, ids, text, recomputed=shown, power=1.0, inputs=inputs)
        return
    if percent.holds(Fraction(100 * k, n)) or percent.holds_truncated(Fraction(100 * k, n)):
        yield Verdict(
            "A4", Rung.CONSISTENT, ids, f"{rate.endpoint} {rate.value}% is {name} = {k} of {n}.", recomputed=shown, power=1.0, inputs=inputs
        )
        return
    if total != n and total >= k and percent.holds(Fraction(100 * k, total)):
        yield Verdict(
            "A4",
            Rung.EXPLAINED,
            ids,
            f"{rate.endpoint} {rate.value}% is {name} = {k} of the {total} evaluable patients.",
            method="other denominator",
            recomputed=shown,
            inputs=inputs | {"other_n": total},
        )
        return
    fitting = [s for s in sheet.sizes if s >= k and percent.holds(Fraction(100 * k, s))]
    if fitting and rate.n_from == "carried":
        yield Verdict(
            "A4",
            Rung.EXPLAINED,
            ids,
            f"{rate.endpoint} {rate.value}% is {name} = {k} of {fitting[0]}, another printed denominator.",
            method="other denominator",
            recomputed=shown,
            inputs=inputs | {"other_n": fitting[:3]},
        )
        return
    if sheet.trust(rate) == "unknown" and not sheet.stands(rate) and not _known(sheet, claim):
        yield Verdict(
            "A4",
            Rung.UNCHECKABLE,
            ids,
            f"{name} = {k} of {n} is {shown}%, not {rate.endpoint} {rate.value}%; nothing says that they are of the same {n} patients.",
            recomputed=shown,
            inputs=inputs,
        )
        return
    gap = abs(percent.value - Fraction(100 * k, n)) * n / 100
    other = [m for m in (n - 1, n - 2, n + 1) if m >= k and percent.holds(Fraction(100 * k, m))]
    ks = list(counts_for_percent(percent, n - 1)) if n > 1 else []
    hint = f" {ks[0]}/{n - 1} would." if ks else ""
    yield Verdict(
        "A4",
        Rung.MINOR if gap <= 1 else Rung.MAJOR,
        ids,
        f"{name} = {k} of {n} is {shown}%, not the printed {rate.endpoint} {rate.value}%; it does not reproduce.{hint}",
        recomputed=shown,
        repair=f"{shown}%",
        inputs=inputs | {"fits_n": other},
    )


def _from_rates(rates: dict[str, Claim]) -> Iterator[Verdict]:
    """Sums of printed percentages: equal within the rounding of their terms."""
    for whole, terms in (("ORR", ("CR", "PR")), ("DCR", ("ORR", "SD")), ("DCR", ("CR", "PR", "SD"))):
        total = rates.get(whole)
        found = [rates[t] for t in terms if t in rates]
        if total is None or len(found) != len(terms) or (whole == "DCR" and len(terms) == 3 and "ORR" in rates):
            continue
        if len({c.n for c in (total, *found)}) > 1:
            continue
        ids = (total.id, *(c.id for c in found))
        name = " + ".join(terms)
        if total.x is not None and all(c.x is not None for c in found):
            s = sum(c.x or 0 for c in found)
            ok = s == total.x
            text = f"{name} = {s} patients" + (" as printed." if ok else f", not the printed {total.x}; it does not reproduce.")
            yield Verdict(
                "A4",
                Rung.CONSISTENT if ok else (Rung.MINOR if abs(s - total.x) <= 1 else Rung.MAJOR),
                ids,
                text,
                recomputed=str(s),
                power=1.0,
                inputs={whole: total.x, **{t: c.x for t, c in zip(terms, found, strict=True)}},
            )
            continue
        parts: list[Printed] = [printed(c.value) for c in found if c.value is not None]
        if total.value is None or len(parts) != len(found):
            continue
        low, high = sum(p.low for p in parts), sum(p.high for p in parts)
        target = printed(total.value)
        ok = target.high >= low and target.low <= high
        shown = f"{float(sum(p.value for p in parts)):.{max(p.decimals for p in parts)}f}"
        yield Verdict(
            "A4",
            Rung.CONSISTENT if ok else Rung.MINOR,
            ids,
            f"{name} = {shown}% agrees with {whole} {total.value}%."
            if ok
            else f"{name} = {shown}%, not the printed {whole} {total.value}%; it does not reproduce.",
            recomputed=shown,
            repair=None if ok else f"{shown}%",
            inputs={whole: total.value, **{t: c.value for t, c in zip(terms, found, strict=True)}},
        )
