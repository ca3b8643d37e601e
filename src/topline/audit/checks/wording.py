"""E1 and F2: grades that exist, severe events not more often than all, and words that the numbers bear out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from topline.audit.claims import Claim
from topline.audit.printed_p import printed_p
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["HIGHEST_GRADE", "check_wording"]

# Highest grade that CTCAE version 5.0 defines for a term (U.S. DHHS, 27 November 2017).
HIGHEST_GRADE: Final = {
    "alopecia": 2,
    "dysgeusia": 2,
    "fatigue": 3,
    "nausea": 3,
    "hand foot syndrome": 3,
    "hand foot skin reaction": 3,
    "palmar plantar erythrodysesthesia": 3,
    "dry mouth": 3,
    "xerostomia": 3,
    "weight loss": 3,
    "pruritus": 3,
    "insomnia": 3,
    "arthralgia": 3,
    "myalgia": 3,
    "constipation": 5,
    "proteinuria": 4,
}


def check_wording(sheet: Sheet) -> Iterator[Verdict]:
    """E1 on adverse events, F2 on "significant", "higher" and "lower"."""
    yield from _grades(sheet)
    yield from _severe(sheet)
    yield from _significant(sheet)
    yield from _direction(sheet)


def _grades(sheet: Sheet) -> Iterator[Verdict]:
    for claim in sheet.of_type("proportion", "count"):
        if claim.grade is None or claim.endpoint is None or (claim.value is not None and float(claim.value) == 0):
            continue
        highest = HIGHEST_GRADE.get(claim.endpoint)
        lowest = int(claim.grade[0])
        if highest is None or highest == 5:
            continue
        ok = lowest <= highest
        inputs = {"term": claim.endpoint, "grade": claim.grade, "highest": highest}
        text = f"{claim.endpoint} of grade {claim.grade}: CTCAE grades it up to {highest}."
        yield Verdict(
            "E1",
            Rung.CONSISTENT if ok else Rung.MINOR,
            (claim.id,),
            text if ok else text[:-1] + "; the printed grade does not exist.",
            inputs=inputs,
        )


def _severe(sheet: Sheet) -> Iterator[Verdict]:
    every: dict[tuple[str | None, str], list[Claim]] = {}
    for claim in sheet.of_type("proportion"):
        if claim.endpoint and claim.grade is None and claim.value is not None:
            every.setdefault((claim.arm, claim.endpoint), []).append(claim)
    for claim in sheet.of_type("proportion"):
        if claim.grade is None or claim.grade[0] != "3" or claim.endpoint is None or claim.value is None:
            continue
        whole = every.get((claim.arm, claim.endpoint.removesuffix("3")), [])
        if len(whole) != 1:
            continue
        ok = float(claim.value) <= float(whole[0].value or 0)
        ids = (claim.id, whole[0].id)
        inputs = {"severe": claim.value, "any": whole[0].value}
        if ok:
            yield Verdict(
                "E1", Rung.CONSISTENT, ids, f"{claim.endpoint} {claim.value}% is not above {whole[0].value}% of any grade.", inputs=inputs
            )
        else:
            yield Verdict(
                "E1",
                Rung.IMPOSSIBLE,
                ids,
                f"{claim.endpoint} of grade {claim.grade} {claim.value}% is above {whole[0].value}% of any grade.",
                inputs=inputs,
            )


def _significant(sheet: Sheet) -> Iterator[Verdict]:
    """A sentence that says "significant" over p-values that are all at or above 0.05 (or the reverse)."""
    sentences: dict[str, list[Claim]] = {}
    for claim in sheet.claims:
        if claim.p is not None and claim.sentence:
            sentences.setdefault(claim.sentence, []).append(claim)
    for claims in sentences.values():
        said = "significant" if "significant" in claims[0].marks else "not significant" if "not significant" in claims[0].marks else None
        if said is None or any("factor" in c.marks for c in claims):
            continue
        flags = [printed_p(c.p or "").significant() for c in claims]
        if None in flags:
            continue
        ids = tuple(c.id for c in claims)
        shown = ", ".join(c.p or "" for c in claims)
        inputs = {"p": [c.p for c in claims], "said": said}
        if said == "significant" and not any(flags):
            yield Verdict("F2", Rung.MINOR, ids, f"“Significant” is not borne out at 5%: P {shown}.", inputs=inputs)
        elif said == "not significant" and all(flags):
            yield Verdict("F2", Rung.MINOR, ids, f"“Not significant” is not borne out at 5%: P {shown}.", inputs=inputs)
        else:
            yield Verdict("F2", Rung.CONSISTENT, ids, f"“{said.capitalize()}” agrees with P {shown}.", inputs=inputs)


def _direction(sheet: Sheet) -> Iterator[Verdict]:
    for members in sheet.by_group.values():
        pair = [c for c in members if c.type in {"proportion", "median"} and c.value not in {None, "NR"}]
        if len(pair) != 2 or pair[0].endpoint != pair[1].endpoint or pair[0].arm == pair[1].arm or pair[0].arm is None:
            continue
        word = next((m for m in pair[0].marks if m.endswith(("-higher", "-lower"))), None)
        if word is None:
            continue
        arm, _, direction = word.rpartition("-")
        a, b = (pair[0], pair[1]) if pair[0].arm == arm else (pair[1], pair[0])
        x, y = float(a.value or 0), float(b.value or 0)
        ok = x == y or (x > y) == (direction == "higher")
        inputs = {a.arm or "": a.value, b.arm or "": b.value, "said": direction}
        text = f"{a.endpoint}: {a.value} in {a.arm} and {b.value} in {b.arm}, said to be {direction}"
        yield Verdict(
            "F2",
            Rung.CONSISTENT if ok else Rung.MINOR,
            (a.id, b.id),
            text + ("." if ok else "; the words do not reproduce."),
            inputs=inputs,
        )
