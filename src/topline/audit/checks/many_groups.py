"""A6 where three groups or more, or more than two categories, stand with a p-value; and what all of A6 shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

from topline.audit.claims import Claim
from topline.audit.exact import counts_for_percent, printed
from topline.audit.printed_p import PrintedP, p_changes, printed_p
from topline.audit.sheet import Sheet
from topline.audit.two_by_many import tables_alike, wide_p_values
from topline.audit.two_by_two import TWO_SIDED, table_p_values
from topline.audit.verdict import Rung, Verdict

__all__ = ["MOST_TABLES", "candidates", "categories", "many_proportions", "responses_beside", "shown_p", "uncheckable"]

MOST_TABLES = 900
_MOST_WORK = 200_000  # tables looked at by exact tests, over all counts that the percentages allow
_ORDER = ("CR", "PR", "SD", "PD", "NE")


def uncheckable(claim: Claim, why: str) -> Verdict:
    """A p-value that cannot be recomputed, and what is missing."""
    return Verdict("A6", Rung.UNCHECKABLE, (claim.id,), f"P {shown_p(claim.p)} cannot be recomputed: {why}.", inputs={"p": claim.p})


def shown_p(p: str | None) -> str:
    """``= 0.04`` or ``<0.001``."""
    text = p or ""
    return text if text[:1] in "<>≤≥" else f"= {text}"


def candidates(claim: Claim) -> tuple[list[int], bool]:
    """Counts that print as the percentage; if none does, the two nearest, and True."""
    n = claim.n or 0
    if claim.x is not None:
        return [min(claim.x, n)], False
    ks = list(counts_for_percent(printed(claim.value or "0"), n))
    if ks:
        return ks, False
    k = int(printed(claim.value or "0").value * n / 100)
    return [j for j in (k, k + 1) if 0 <= j <= n], True


def many_proportions(sheet: Sheet, claim: Claim, partners: list[Claim]) -> Verdict:
    """A p-value over three arms or more: every test of all arms on every count that fits, then every pair of arms."""
    ids = (claim.id, *(c.id for c in partners))
    p = printed_p(claim.p or "")
    sizes = [c.n or 0 for c in partners]
    options = [candidates(c)[0] for c in partners]
    inputs: dict[str, Any] = {"p": claim.p, "n": sizes, "counts": [o[:12] for o in options]}
    if math.prod(len(o) for o in options) > MOST_TABLES:
        return uncheckable(claim, "the percentages leave too many tables")
    tables = [[(k, n - k) for k, n in zip(counts, sizes, strict=True)] for counts in product(*options)]
    verdict = _judge(claim, ids, p, tables, f"{len(sizes)} groups", inputs)
    if not verdict.is_finding:
        return verdict
    pair = _pair(p, options, sizes)
    if pair is not None:
        i, j, text = pair
        return Verdict(
            "A6",
            Rung.EXPLAINED,
            ids,
            f"P {shown_p(claim.p)} reproduces for {partners[i].arm} against {partners[j].arm} ({text}).",
            method="two of the groups",
            inputs=inputs,
        )
    if set(claim.marks) & {"adjusted", "stratified", "trend"}:
        return uncheckable(claim, f"the analysis was adjusted or is of a trend (all groups give {verdict.recomputed})")
    if not all(sheet.trust(c) != "unknown" or sheet.stands(c) for c in partners):
        return uncheckable(
            claim, f"the denominators are not beside the proportions (the sizes of the arms would give {verdict.recomputed})"
        )
    return verdict


def _pair(p: PrintedP, options: Sequence[Sequence[int]], sizes: Sequence[int]) -> tuple[int, int, str] | None:
    for i, j in combinations(range(len(sizes)), 2):
        for a, c in product(options[i][:10], options[j][:10]):
            values = table_p_values(a, sizes[i], c, sizes[j])
            method = next((m for m in TWO_SIDED if m in values and p.holds(values[m])), None)
            if method:
                return i, j, f"{a}/{sizes[i]} and {c}/{sizes[j]}, {method}"
    return None


def responses_beside(sheet: Sheet, claim: Claim) -> list[Claim]:
    """Response counts of several arms in the sentence of a p-value, with the same categories."""
    found = [c for c in sheet.of_type("response_counts") if c.sentence and c.sentence == claim.sentence]
    same = {frozenset(c.counts) for c in found}
    return found if len(same) == 1 and len({c.arm for c in found}) == len(found) else []


def categories(claim: Claim, responses: list[Claim]) -> Verdict:
    """A p-value over all categories of response."""
    names = [k for k in _ORDER if k in responses[0].counts]
    table = [[c.counts[k] for k in names] for c in responses]
    inputs: dict[str, Any] = {"p": claim.p, "counts": table, "categories": names}
    verdict = _judge(claim, (claim.id, *(c.id for c in responses)), printed_p(claim.p or ""), [table], f"{', '.join(names)}", inputs)
    if verdict.is_finding:
        return uncheckable(claim, f"which categories it compares is not printed (all of them give {verdict.recomputed})")
    return verdict


def _judge(
    claim: Claim, ids: tuple[str, ...], p: PrintedP, tables: Sequence[Sequence[Sequence[int]]], over: str, inputs: dict[str, Any]
) -> Verdict:
    every: list[tuple[Sequence[Sequence[int]], dict[str, float]]] = []
    work = 0
    for table in tables:
        work += tables_alike(table)
        every.append((table, wide_p_values(table, exact=work <= _MOST_WORK)))
    values = sorted(v for _, found in every for v in found.values())
    if not values:
        return uncheckable(claim, "all or none of the patients have the event")
    span = f"{values[0]:.3g} to {values[-1]:.3g}"
    for table, found in every:
        methods = [m for m, v in found.items() if p.holds(v)]
        if methods:
            counts = " and ".join("/".join(map(str, (row[0], sum(row)) if len(row) == 2 else row)) for row in table)
            changes = p_changes(p.text) if p.sign == "" else []
            return Verdict(
                "A6",
                Rung.METHOD,
                ids,
                f"P {shown_p(claim.p)} reproduces over {over} ({counts}) by {', '.join(methods)}.",
                method=", ".join(methods),
                recomputed=f"{found[methods[0]]:.3g}",
                power=sum(not any(c.holds(v) for v in values) for c in changes) / len(changes) if changes else None,
                inputs=inputs,
            )
    flips = p.significant() is not None and all((v < 0.05) != p.significant() for v in values)
    nearest = min(values, key=lambda v: abs(v - (p.low + p.high) / 2))
    return Verdict(
        "A6",
        Rung.MAJOR if flips else Rung.MINOR,
        ids,
        f"P {shown_p(claim.p)} does not reproduce over {over} by any test, which give {span}"
        + (" (significance changes)." if flips else "."),
        recomputed=span,
        repair=f"{nearest:.3g}",
        inputs=inputs,
    )
