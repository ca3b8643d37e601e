"""A2: is a percentage the share that its count says?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor

from topline.audit.checks.grim import name_of, other_sizes
from topline.audit.claims import Claim
from topline.audit.digits import differing_digits, one_digit_changes
from topline.audit.exact import Printed, counts_for_percent, printed, rounded
from topline.audit.lexicon import FAMILY
from topline.audit.sheet import Sheet, may_be_of_time, over_time
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_counts"]

_SHUT_PERCENT = re.compile(r"%[\])]")
_NUMBER = r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,6})"
_PERCENT = r"[\[(][0-9.]{1,6} ?%[\])]"
_PRINTED_SHARE = re.compile(
    rf"(?<![0-9.,/-]){_NUMBER}(?:(?: ?/ ?| (?:out )?of (?:the )?){_NUMBER} {_PERCENT}"
    rf"| {_PERCENT} of (?:the )?{_NUMBER} (?:patients|women|men)\b)"
)
_SAFETY = Fraction(9, 10)  # a safety population is seldom smaller than this share of the patients


def check_counts(sheet: Sheet) -> Iterator[Verdict]:
    """A2 for every percentage with a count and a denominator."""
    shares = [(c, c.x, c.n, printed(c.value)) for c in sheet.of_type("proportion") if c.x is not None and c.n and c.value is not None]
    shared = _shared_denominators(sheet, shares)
    shares = [(c, x, shared.get(c.id, n), p) for c, x, n, p in shares]
    rounds_up = any(p.holds(Fraction(100 * x, n)) and not p.holds_truncated(Fraction(100 * x, n)) for _, x, n, p in shares)
    yield from _more_than_all(sheet)
    for claim, x, n, percent in shares:
        yield _count_and_percent(sheet, claim, x, n, percent, rounds_up, claim.id in shared)


def _more_than_all(sheet: Sheet) -> Iterator[Verdict]:
    """Counts above their printed denominator, which no reading of the text takes for a share: "828/472 (48%)", "812 (78%) of 399"."""
    text, seen = sheet.source, 0
    for sign in _SHUT_PERCENT.finditer(text):
        match = _PRINTED_SHARE.search(text, max(seen, sign.start() - 30), sign.end() + 30)
        if match is None:
            continue
        seen = match.end()
        a, b = (int(g.replace(",", "")) for g in match.groups() if g)
        if a <= b or any(c.x == a and c.n == b for c in sheet.claims):
            continue
        ids = tuple(c.id for c in sheet.claims if c.span[0] < match.end() and match.start() < c.span[1])
        yield Verdict("A2", Rung.IMPOSSIBLE, ids, f"{a} of {b} patients is more than all.", inputs={"x": a, "n": b})


def _shared_denominators(sheet: Sheet, shares: list[tuple[Claim, int, int, Printed]]) -> dict[str, int]:
    """The denominator of the percentages of a text that fit no carried one, where all of them fit the same other printed number.

    "45 (36%) had been tested. Exon 11 was seen in 25 (55.5%), 3 had exon 9 (6.7%), 2 exon 13 (4.4%), 12 were wild type (26.6%)": of 45. At
    least three must be its rounded shares, the others cut off.
    """
    misfits = [(c, x, p) for c, x, n, p in shares if c.n_from == "carried" and not p.holds(Fraction(100 * x, n))]
    if len(misfits) < 4:
        return {}
    printed_counts = dict.fromkeys((*sheet.sizes, *(c.x for c in sheet.claims if c.x)))
    for size in (s for s in printed_counts if s is not None):
        fitting = [(c, p.holds(Fraction(100 * x, size))) for c, x, p in misfits if x < size and _near(p, Fraction(100 * x, size))]
        if len(fitting) == len(misfits) and sum(rounded_well for _, rounded_well in fitting) >= 3:
            return {c.id: size for c, _ in fitting}
    return {}


def _near(percent: Printed, share: Fraction) -> bool:
    return percent.holds(share) or percent.holds_truncated(share)


def _misprint(percent: Printed, share: Fraction) -> str | None:
    """How a right share may have come to be printed so: cut off, or rounded twice."""
    if abs(percent.value - share) >= 2 * percent.half_unit:
        return None
    if percent.holds_truncated(share):
        return "truncated"
    for more in (1, 2):
        if percent.value == Fraction(rounded(Fraction(rounded(share, percent.decimals + more)), percent.decimals)):
            return "rounded twice"
    return None


def _count_and_percent(sheet: Sheet, claim: Claim, x: int, n: int, percent: Printed, rounds_up: bool, found: bool) -> Verdict:
    text = percent.text
    share = Fraction(100 * x, n)
    inputs = {"x": x, "n": n, "percent": text, "n_from": claim.n_from}
    right = rounded(share, percent.decimals)
    if x > n:
        return Verdict(
            "A2", Rung.IMPOSSIBLE, (claim.id,), f"{name_of(claim)}: {x} of {n} patients is more than all.", recomputed=right, inputs=inputs
        )
    if percent.holds(share):
        changes = [printed(v) for v in one_digit_changes(text)]
        near, far = float(share), 4 * percent.half
        power = sum(abs(c.number - near) > far or not (c.holds(share) or c.holds_truncated(share)) for c in changes) / len(changes)
        inputs |= {"power_x": _seen(percent, one_digit_changes(str(x)), n=n), "power_n": _seen(percent, one_digit_changes(str(n)), x=x)}
        return Verdict("A2", Rung.CONSISTENT, (claim.id,), f"{x}/{n} is {text}%.", None, right, None, power, inputs)
    how = _misprint(percent, share)
    if how is not None:
        sure = claim.n_from != "carried" or found or "listed" in claim.marks or (claim.arm is None and sheet.trust(claim) == "backed")
        odd = sure and (how == "rounded twice" or rounds_up)
        return Verdict(
            "A2",
            Rung.MINOR if odd else Rung.EXPLAINED,
            (claim.id,),
            f"{x}/{n} is {right}%; the printed {text}% is {how}"
            + (", and others of the text are rounded." if odd and how == "truncated" else "."),
            method=how,
            recomputed=right,
            repair=f"{right}%",
            inputs=inputs,
        )
    if "listed" in claim.marks:
        return _wrong(claim, x, n, percent, inputs, f", though the other events of its sentence are of {n}")
    if claim.n_from == "carried" and not found:
        other = _carried(sheet, claim, x, n, percent, right)
        if other is not None:
            return other
    if over_time(claim) or (percent.low > share and may_be_of_time(claim)):
        return Verdict(
            "A2",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"{x}/{n} is {right}%, but {text}% may be an estimate over time, which the count does not give.",
            recomputed=right,
            inputs=inputs,
        )
    return _wrong(claim, x, n, percent, inputs)


def _wrong(claim: Claim, x: int, n: int, percent: Printed, inputs: dict[str, object], why: str = "") -> Verdict:
    """A percentage that is not the share of its count; `why` says why `n` is its denominator where it is not printed with it."""
    share = Fraction(100 * x, n)
    right = rounded(share, percent.decimals)
    patients = (abs(percent.value - share) - percent.half_unit) * n / 100
    ks = counts_for_percent(percent, n)
    return Verdict(
        "A2",
        Rung.MINOR if patients <= 1 else Rung.MAJOR,
        (claim.id,),
        f"{name_of(claim)}: {x}/{n} is {right}%, not {percent.text}%{why}; it does not reproduce.",
        recomputed=right,
        repair=f"{right}%" + (f", or {ks[0]} patients" if ks else ""),
        inputs=inputs,
    )


def _seen(percent: Printed, changes: Iterable[str], *, x: int | None = None, n: int | None = None) -> float:
    """Share of changed counts (with `n`) or denominators (with `x`) that the percentage does not allow: few for 1.2% of 1/82."""
    pairs = [(int(c) if x is None else x, int(c) if n is None else n) for c in changes]
    return sum(b < max(a, 1) or not percent.holds_share(a, b) for a, b in pairs) / max(len(pairs), 1)


def _of_its_mates(sheet: Sheet, claim: Claim, family: str | None) -> int | None:
    """The printed number of which the other events that its sentence counts in the same arm are shares: that of this one too."""
    if family not in {"event", "term"} or claim.arm is None:
        return None
    mates = [
        (c.x, printed(c.value))
        for c in sheet.by_arm.get(claim.arm, ())
        if c is not claim
        and c.sentence == claim.sentence
        and c.x
        and c.value
        and FAMILY.get((c.endpoint or "").rstrip("3")) in {"event", "term"}
    ]
    sizes = dict.fromkeys((claim.n, *sheet.sizes))
    size = next((s for s in sizes if mates and s and _all_of(mates, s)), None)
    if size is None or claim.x is None or claim.value is None:
        return None
    smaller = range(ceil(_SAFETY * size), size)  # which a safety population may be
    return None if any(_all_of([*mates, (claim.x, printed(claim.value))], s) for s in smaller) else size


def _all_of(shares: list[tuple[int, Printed]], n: int) -> bool:
    return all(x <= n and p.holds(Fraction(100 * x, n)) for x, p in shares)


def _carried(sheet: Sheet, claim: Claim, x: int, n: int, percent: Printed, right: str) -> Verdict | None:
    """What a denominator from an earlier phrase may have been instead; None where it must have been this one."""
    text = percent.text
    inputs = {"x": x, "n": n, "percent": text, "n_from": claim.n_from}
    counted = [c.x for c in sheet.by_group.get(claim.group, ()) if c.x is not None and c is not claim]
    fitting = [s for s in (*other_sizes(sheet, claim), *counted) if s >= x and s != n and percent.holds(Fraction(100 * x, s))]
    if fitting:
        return Verdict(
            "A2",
            Rung.EXPLAINED,
            (claim.id,),
            f"{x} patients are {right}% of {n}, and {text}% of another printed number: {fitting[0]}.",
            "other denominator",
            right,
            None,
            None,
            inputs | {"other_n": fitting[:3]},
        )
    top = percent.value + 2 * percent.half_unit  # also of a percentage that was cut off
    low = ceil(Fraction(100 * x) / top) if top > 0 else 0
    high = floor(Fraction(100 * x) / percent.low) if percent.low > 0 else 10**7
    implied = list(range(max(low, x), min(high, low + 3) + 1)) if x else []
    family = FAMILY.get((claim.endpoint or "").rstrip("3"))
    if family in {"event", "term"} and low < n and high >= _SAFETY * n:
        return Verdict(
            "A2",
            Rung.EXPLAINED,
            (claim.id,),
            f"{x} patients are {right}% of {n}, and {text}% of a slightly smaller safety population, which is not printed.",
            "other denominator",
            right,
            None,
            None,
            inputs,
        )
    all_arms = sum(a.n or 0 for a in sheet.arms)
    whole = bool(implied) and claim.arm is not None and any(abs(s - all_arms) * 10 <= all_arms for s in implied)
    denominator = _of_its_mates(sheet, claim, family)
    if denominator is not None and x <= denominator:
        why = f", though the other events of its sentence are of {denominator}"
        return _wrong(claim, x, denominator, percent, inputs | {"other_n": denominator}, why)
    told = differing_digits(text, right) == 1 and (len(text) > 1 or (implied and implied[-1] * 10 >= 8 * n))
    subset = bool(implied) and (sheet.trust(claim) == "unknown" or not told)
    if subset or x == n or whole:
        return Verdict(
            "A2",
            Rung.UNCHECKABLE,
            (claim.id,),
            f"{x} patients and {text}% do not belong to {n}; the denominator is not printed with them"
            + (f" (it would be {implied[0]})." if implied else "."),
            None,
            right,
            None,
            None,
            inputs | {"implied_n": implied},
        )
    if sheet.trust(claim) == "unknown":
        size = max(x, round(100 * x / percent.value)) if percent.value > 0 else n
        near = rounded(Fraction(100 * x, size), percent.decimals)
        return Verdict(
            "A2",
            Rung.MINOR,
            (claim.id,),
            f"{name_of(claim)}: {x} patients are {text}% of no number; it does not reproduce (nearest: {x}/{size} = {near}%).",
            None,
            near,
            f"{near}% ({x}/{size})",
            None,
            inputs,
        )
    return None
