"""A4: the share in the whole is the weighted mean of the shares in its parts, over all counts that the percentages allow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from topline.audit.claims import Claim
from topline.audit.digits import one_digit_changes
from topline.audit.exact import counts_for_percent, printed, rounded
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_parts"]

_WHOLE = re.compile(
    r"\b(?:overall(?! (?:response|survival|objective|remission|incidence))|all (?:[0-9]+ )?(?:patients|participants|subjects)|entire|"
    r"whole|in total|total (?:population|cohort)|pooled|combined|both (?:arms|groups|cohorts))\b",
    re.IGNORECASE,
)
_MOST_PARTS = 8


def check_parts(sheet: Sheet) -> Iterator[Verdict]:
    """A4 for every proportion of all patients that stands beside those of its arms or subgroups."""
    by_endpoint: dict[tuple[str, str | None, str | None], list[Claim]] = {}
    for claim in sheet.of_type("proportion"):
        if claim.endpoint is not None and (claim.value is not None or claim.x is not None):
            by_endpoint.setdefault((claim.endpoint, claim.time, claim.grade), []).append(claim)
    for claims in by_endpoint.values():
        wholes = [c for c in claims if c.arm is None]
        if len({(c.value, c.x, c.n) for c in wholes}) != 1 or len(claims) == len(wholes):
            continue
        whole = wholes[0]
        if sheet.text and whole.n_from != "printed" and not _WHOLE.search(whole.sentence):
            continue
        if set(whole.marks) & {"adjusted", "estimated"}:
            continue
        partitions = [p for p in _by_group(claims) if sum(c.n or 0 for c in p) == whole.n and all(c.n for c in p)]
        for parts in partitions or [_parts(claims)]:
            if 2 <= len(parts) <= _MOST_PARTS:
                yield _judge(sheet, whole, parts)


def _by_group(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Parts that were printed together: by sex, by stage."""
    for group in dict.fromkeys(c.group for c in claims if c.arm is not None):
        parts = _parts([c for c in claims if c.group == group])
        if len(parts) > 1:
            yield parts


def _parts(claims: Sequence[Claim]) -> list[Claim]:
    """One claim an arm; none where an arm has several values."""
    parts: dict[str, Claim] = {}
    for claim in claims:
        if claim.arm is None:
            continue
        held = parts.setdefault(claim.arm, claim)
        if (held.value, held.x) != (claim.value, claim.x):
            return []
    return list(parts.values())


def _counts(claim: Claim, n: int) -> range:
    if claim.x is not None:
        return range(claim.x, claim.x + 1)
    return counts_for_percent(printed(claim.value or "0"), n)


def _judge(sheet: Sheet, whole: Claim, parts: list[Claim]) -> Verdict:
    ids = (whole.id, *(c.id for c in parts))
    names = ", ".join(f"{c.value + '%' if c.value else c.x} in {c.arm}" for c in parts)
    shown = f"{whole.endpoint} {whole.value + '%' if whole.value else whole.x}"
    inputs: dict[str, Any] = {
        "whole": [whole.value, whole.x, whole.n],
        "parts": {c.arm or "": [c.value, c.x, c.n] for c in parts},
    }
    if any(c.n is None for c in parts) or whole.n is None:
        return _between(whole, parts, ids, f"{shown} and {names}", inputs)
    sizes = [c.n or 0 for c in parts]
    if sum(sizes) > whole.n:
        text = f"{shown} of {whole.n} and {names}: the parts overlap ({sum(sizes)} patients), so they do not give the whole."
        return Verdict("A4", Rung.UNCHECKABLE, ids, text, inputs=inputs)
    ranges = [_counts(c, n) for c, n in zip(parts, sizes, strict=True)]
    if not all(ranges) or not _counts(whole, whole.n):
        return Verdict("A4", Rung.UNCHECKABLE, ids, f"{shown} and {names}: a percentage is no share of its patients.", inputs=inputs)
    low, high = sum(r[0] for r in ranges), sum(r[-1] for r in ranges) + whole.n - sum(sizes)
    left = whole.n - sum(sizes)
    target = _counts(whole, whole.n)
    if target[-1] >= low and target[0] <= high:
        rest = f", with {left} patients in no part" if left else ""
        text = f"{shown} of {whole.n} is the sum of its parts ({names}{rest})."
        power = _power(whole, low, high)
        return Verdict("A4", Rung.CONSISTENT, ids, text, recomputed=_span(low, high, whole.n), power=power, inputs=inputs)
    if sheet.text and not all(sheet.trust(c) != "unknown" or sheet.stands(c) for c in (whole, *parts)):
        text = f"{shown} of {whole.n} is not the sum of its parts ({names}), but not all sizes are printed with the values."
        return Verdict("A4", Rung.UNCHECKABLE, ids, text, recomputed=_span(low, high, whole.n), inputs=inputs)
    gap = low - target[-1] if target[-1] < low else target[0] - high
    decimals = printed(whole.value or "0").decimals
    nearest = low if target[-1] < low else high
    return Verdict(
        "A4",
        Rung.MINOR if gap <= 1 else Rung.MAJOR,
        ids,
        f"{shown} of {whole.n} does not reproduce from its parts ({names}), which give {_span(low, high, whole.n)}.",
        recomputed=_span(low, high, whole.n),
        repair=f"{rounded(Fraction(100 * nearest, whole.n), decimals)}% ({nearest}/{whole.n})",
        inputs=inputs,
    )


def _span(low: int, high: int, n: int) -> str:
    return f"{low}/{n}" if low == high else f"{low} to {high} of {n}"


def _power(whole: Claim, low: int, high: int) -> float | None:
    """Share of one-digit changes of the whole's percentage that the parts would not allow."""
    if whole.value is None or whole.n is None:
        return 1.0
    changes = [counts_for_percent(printed(t), whole.n) for t in one_digit_changes(whole.value)]
    return sum(bool(r) and (r[-1] < low or r[0] > high) for r in changes) / len(changes) if changes else None


def _between(whole: Claim, parts: list[Claim], ids: tuple[str, ...], shown: str, inputs: dict[str, Any]) -> Verdict:
    """Parts of unknown size: the whole cannot lie outside all of them, if they are all its parts."""
    values = [printed(c.value) for c in parts if c.value is not None]
    if whole.value is None or len(values) != len(parts):
        return Verdict("A4", Rung.UNCHECKABLE, ids, f"{shown}: the sizes of the parts are not printed.", inputs=inputs)
    percent = printed(whole.value)
    inside = percent.high >= min(v.low for v in values) and percent.low <= max(v.high for v in values)
    if inside:
        text = f"{shown}: the whole lies between its parts; their sizes are not printed."
        return Verdict("A4", Rung.CONSISTENT, ids, text, inputs=inputs)
    text = f"{shown}: the whole lies outside its parts, whose sizes are not printed; there may be others."
    return Verdict("A4", Rung.UNCHECKABLE, ids, text, inputs=inputs)
