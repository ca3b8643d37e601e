"""A6: which test, on which counts, reproduces the p-value of two proportions?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from topline.audit.checks.grim import as_count
from topline.audit.checks.many_groups import MOST_TABLES, candidates, categories, many_proportions, responses_beside, shown_p, uncheckable
from topline.audit.claims import Claim
from topline.audit.digits import differing_digits
from topline.audit.exact import counts_for_percent, printed
from topline.audit.printed_p import PrintedP, p_changes, printed_p
from topline.audit.sheet import Sheet, may_be_of_time, over_time
from topline.audit.two_by_two import ONE_SIDED, TWO_SIDED, table_p_values
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_tables"]


def check_tables(sheet: Sheet) -> Iterator[Verdict]:
    """A6 for every p-value that stands with its proportions; all other p-values are listed as uncheckable."""
    for claim in sheet.of_type("p_value"):
        partners = [
            c
            for c in sheet.by_group.get(claim.group, [])
            if c.type == "proportion" and (c.value is not None or c.x is not None) and claim.endpoint in {c.endpoint, None}
        ]
        if len(partners) > 2 and len({c.arm for c in partners}) == len(partners):
            partners = [c for c in partners if c.arm is not None]  # not the whole beside its parts
        rivals = sum(c.type == "p_value" and c.endpoint == claim.endpoint for c in sheet.by_group.get(claim.group, []))
        if set(claim.marks) & {"interaction", "noninferiority", "non-inferiority"}:
            yield uncheckable(claim, "it is of an interaction or a margin, which counts alone do not give")
        elif len(partners) == 1:
            yield uncheckable(claim, "the value that the proportion is compared with is not printed with it")
        elif partners and not all(c.n for c in partners):
            yield uncheckable(claim, "the denominators of its proportions are not printed")
        elif len(partners) == 2 and sum(c.arm is None for c in partners) == 1:
            yield uncheckable(claim, "one of the two proportions beside it is of no known group")
        elif len(partners) == 2 and partners[0].arm is not None and partners[0].arm == partners[1].arm:
            yield uncheckable(claim, "both proportions beside it are of one arm, and of the same patients twice they are not independent")
        elif len(partners) == 2 and _taken(sheet, claim, partners):
            yield uncheckable(claim, "another p-value stands between it and the two proportions")
        elif len(partners) == 2:
            yield _two(sheet, claim, partners[0], partners[1])
        elif partners and rivals == 1 and len({c.arm for c in partners}) == len(partners):
            yield many_proportions(sheet, claim, partners)
        elif partners:
            yield uncheckable(claim, "which of the proportions beside it it compares is not plain")
        elif len(responses := responses_beside(sheet, claim)) > 1:
            yield categories(claim, responses)
        else:
            yield uncheckable(claim, "the numbers that it compares are not printed with it (for survival: the patients' times)")


def _taken(sheet: Sheet, claim: Claim, partners: list[Claim]) -> bool:
    """ "(28% v 21%; RR 1.40; P = .002) but did not differ between C and D (P = .36)": the second is of other groups."""
    last = max(c.span[1] for c in partners)
    return any(c is not claim and c.p is not None and last <= c.span[0] < claim.span[0] for c in sheet.by_group.get(claim.group, ()))


def _two(sheet: Sheet, claim: Claim, first: Claim, second: Claim) -> Verdict:
    ids = (claim.id, first.id, second.id)
    p = printed_p(claim.p or "")
    n1, n2 = first.n or 0, second.n or 0
    (k1, repaired1), (k2, repaired2) = candidates(first), candidates(second)
    inputs: dict[str, Any] = {"p": claim.p, "n": [n1, n2], "counts": [k1[:12], k2[:12]]}
    if len(k1) * len(k2) > MOST_TABLES:
        return uncheckable(claim, "the percentages leave too many tables")
    tables = {(a, c): table_p_values(a, n1, c, n2) for a, c in product(k1, k2)}
    repaired = repaired1 or repaired2
    two, one = _search(tables, p, TWO_SIDED), _search(tables, p, ONE_SIDED)
    if two:
        return _found(claim, ids, tables, two, repaired, p, (n1, n2), inputs)
    if one:
        (a, c), methods = next(iter(one.items()))
        return Verdict(
            "A6",
            Rung.EXPLAINED,
            ids,
            f"P {shown_p(claim.p)} reproduces one-sided, from {a}/{n1} and {c}/{n2} ({', '.join(methods)}).",
            method=", ".join(methods),
            recomputed=_text(tables[a, c], methods[0], p),
            inputs=inputs,
        )
    values = sorted({round(v, 6) for t in tables.values() for m, v in t.items() if m in TWO_SIDED})
    span = f"{values[0]:.3g} to {values[-1]:.3g}"
    if set(claim.marks) & {"adjusted", "stratified"} or over_time(first) or may_be_of_time(first):
        return uncheckable(claim, f"the analysis was adjusted, stratified or over time (unadjusted tests give {span})")
    if not all(sheet.trust(c) != "unknown" or sheet.stands(c) for c in (first, second)):
        other = _other_sizes(first, second, p)
        return uncheckable(
            claim,
            f"the denominators are not printed with the proportions (the arms' sizes would give {span}"
            + (f"; {other} would give it)" if other else ")"),
        )
    if any(c.x is None and c.value is not None and as_count(sheet, c, printed(c.value)) for c in (first, second)):
        return uncheckable(claim, "what stands beside the percentages may be the patients with the event and not their denominators")
    if "carried" in {first.n_from, second.n_from} and values[0] <= p.high and p.low <= values[-1]:
        return uncheckable(
            claim, f"it lies among the tests of the sizes of the arms ({span}), and few patients not evaluable would give it"
        )
    repair, method, table = _repair(tables, p)
    shown = next(iter(tables))
    near = _within_one(p, k1, n1, k2, n2)
    flips = p.significant() is not None and all((v < 0.05) != p.significant() for v in values)
    rung = Rung.MAJOR if flips or (near is None and not _close(p, values)) else Rung.MINOR
    hint = f" One patient more or fewer ({near[0]}/{n1} and {near[1]}/{n2}) would give it by {near[2]}." if near else ""
    return Verdict(
        "A6",
        rung,
        ids,
        f"P {shown_p(claim.p)} does not reproduce from {_fraction(k1, n1)} and {_fraction(k2, n2)} by any of "
        f"{len(TWO_SIDED) + len(ONE_SIDED)} tests, which give {span}"
        + (" (significance changes)" if flips else "")
        + f".{hint} The nearest is {repair} ({method}).",
        recomputed=span,
        repair=f"{repair} ({method}, {table[0]}/{n1} and {table[1]}/{n2})",
        inputs=inputs | {"tests": {m: round(v, 4) for m, v in tables[shown].items()}},
    )


def _fraction(ks: list[int], n: int) -> str:
    return f"{ks[0]}/{n}" if len(ks) == 1 else f"{ks[0]}–{ks[-1]}/{n}"


def _close(p: PrintedP, values: list[float]) -> bool:
    """Between the tests' values, or within a twentieth of one of them."""
    return (values[0] <= p.high and p.low <= values[-1]) or any(p.low * 0.95 <= v <= p.high * 1.05 for v in values)


def _other_sizes(first: Claim, second: Claim, p: PrintedP) -> str | None:
    """Slightly smaller groups, in which percentages of one decimal or more would give the p-value."""
    options = []
    for claim in (first, second):
        n = claim.n or 0
        if claim.value is None or printed(claim.value).decimals < 1:
            return None
        sizes = range(max(1, n - max(2, n // 20)), n + 1)
        options.append([(k, m) for m in sizes for k in counts_for_percent(printed(claim.value), m)[:3] if claim.x in {None, k}][-20:])
    for (a, n1), (c, n2) in product(*options):
        values = table_p_values(a, n1, c, n2)
        found = next((m for m in ("Pearson", "Fisher", "Yates") if p.holds(values[m])), None)
        if found:
            return f"{a}/{n1} and {c}/{n2} by {found}"
    return None


def _search(tables: dict[tuple[int, int], dict[str, float]], p: PrintedP, methods: tuple[str, ...]) -> dict[tuple[int, int], list[str]]:
    out: dict[tuple[int, int], list[str]] = {}
    for table, values in tables.items():
        fit = [m for m in methods if m in values and p.holds(values[m])]
        if fit:
            out[table] = fit
    return out


def _text(values: dict[str, float], method: str, p: PrintedP) -> str:
    digits = max(3, len(p.text.partition(".")[2])) if p.sign != "NS" else 3
    return f"{values[method]:.{digits}f}"


def _found(
    claim: Claim,
    ids: tuple[str, ...],
    tables: dict[tuple[int, int], dict[str, float]],
    found: dict[tuple[int, int], list[str]],
    repaired: bool,
    p: PrintedP,
    sizes: tuple[int, int],
    inputs: dict[str, Any],
) -> Verdict:
    n1, n2 = sizes
    (a, c), methods = max(found.items(), key=lambda item: len(item[1]))
    recomputed = _text(tables[a, c], methods[0], p)
    names = ", ".join(methods)
    if repaired:
        return Verdict(
            "A6",
            Rung.EXPLAINED,
            ids,
            f"P {shown_p(claim.p)} reproduces from {a}/{n1} ({100 * a / n1:.1f}%) and {c}/{n2} ({100 * c / n2:.1f}%) by "
            f"{names}, though a printed percentage is not theirs.",
            method=names,
            recomputed=recomputed,
            repair=f"{a}/{n1} = {100 * a / n1:.1f}%, {c}/{n2} = {100 * c / n2:.1f}%",
            inputs=inputs,
        )
    if p.sign == "" and p.text:
        changes = p_changes(p.text)
        power = sum(not any(q.holds(v) for values in tables.values() for v in values.values()) for q in changes) / max(len(changes), 1)
    else:
        power = None
    every = len(methods) == sum(m in tables[a, c] for m in TWO_SIDED)
    return Verdict(
        "A6",
        Rung.CONSISTENT if every else Rung.METHOD,
        ids,
        f"P {shown_p(claim.p)} reproduces from {a}/{n1} and {c}/{n2} by {'every two-sided test' if every else names}.",
        method=names,
        recomputed=recomputed,
        power=power,
        inputs=inputs,
    )


def _repair(tables: dict[tuple[int, int], dict[str, float]], p: PrintedP) -> tuple[str, str, tuple[int, int]]:
    """The recomputed p with the fewest differing digits from the printed one."""
    text = p.text if p.sign != "NS" else "0.05"
    text = text.lstrip("<>≤≥")
    decimals = max(2, len(text.partition(".")[2]))
    options = [(f"{v:.{decimals}f}", m, t) for t, values in tables.items() for m, v in values.items() if m in TWO_SIDED]
    return min(options, key=lambda o: (differing_digits(text, o[0]), abs(float(o[0]) - float(text))))


def _within_one(p: PrintedP, k1: list[int], n1: int, k2: list[int], n2: int) -> tuple[int, int, str] | None:
    """A table one patient away that gives the p-value."""
    for da, dc in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        for a, c in product(k1[:5], k2[:5]):
            if 0 <= a + da <= n1 and 0 <= c + dc <= n2:
                for m, v in table_p_values(a + da, n1, c + dc, n2).items():
                    if m in TWO_SIDED and p.holds(v):
                        return a + da, c + dc, m
    return None
