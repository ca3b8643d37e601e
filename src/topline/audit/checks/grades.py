"""E1: does the grade exist, and are severe events no more frequent than all?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from topline.audit.claims import Claim
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["HIGHEST_GRADE", "check_grades"]

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

_CTCAE = re.compile(r"\bCTCAE|Common Terminology Criteria", re.IGNORECASE)  # older scales graded alopecia up to 4
_CAUSE = re.compile(r"\b(?:reasons?|discontinu\w+|withdr\w+|interrupt\w+|stopp\w+|incomplete|causes?)\b", re.IGNORECASE)
_GRADE = re.compile(r"\)? [A-Za-z -]+\([^()0-9]*\bgrades? ?(?:[3-5]|III|IV)", re.IGNORECASE)
_ALL_EVENTS: Final = frozenset({"AE3", "TRAE3", "TEAE3", "IRAE3", "SAE3", "HEMTOX3"})


def check_grades(sheet: Sheet) -> Iterator[Verdict]:
    """E1 on adverse events."""
    yield from _grades(sheet)
    yield from _severe(sheet)


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
            Rung.CONSISTENT if ok else Rung.MINOR if _CTCAE.search(sheet.text) or not sheet.text else Rung.UNCHECKABLE,
            (claim.id,),
            text if ok else text[:-1] + "; the printed grade does not exist there.",
            inputs=inputs,
        )


def _causes(sheet: Sheet, claim: Claim) -> bool:
    """Whether the events are reasons to stop, which fewer patients have than events: "reasons for stopping were toxicity (12%)"."""
    before = sheet.source[max(0, claim.span[0] - 240) : claim.span[0]]
    return _CAUSE.search(before[before.rfind(". ") + 1 :]) is not None


def _severe(sheet: Sheet) -> Iterator[Verdict]:
    every: dict[tuple[str | None, str], list[Claim]] = {}
    for claim in sheet.of_type("proportion"):
        graded = _GRADE.match(sheet.source, claim.span[1], claim.span[1] + 90)  # "48 (5%) adverse events (RTOG grade 3-4)"
        if claim.endpoint and claim.grade is None and claim.value is not None and not graded and not _causes(sheet, claim):
            every.setdefault((claim.arm, claim.endpoint), []).append(claim)
    for claim in sheet.of_type("proportion"):
        if claim.grade is None or claim.grade[0] != "3" or claim.endpoint is None or claim.value is None:
            continue
        whole = every.get((claim.arm, claim.endpoint.removesuffix("3")), [])
        if len(whole) != 1 or (claim.endpoint not in _ALL_EVENTS and claim.sentence != whole[0].sentence):
            continue  # a single term of another sentence may be of another period or assessor
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
