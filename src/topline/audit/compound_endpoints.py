"""Endpoints put together of several: sums of responses, adverse events with their cause, alive and free of an event."""

from __future__ import annotations

from topline.audit.item import Item

__all__ = ["attributed", "cause_before", "fatal", "summed", "tte_follows"]


_SUMS = {frozenset({"CR", "PR"}): "ORR", frozenset({"CR", "PR", "SD"}): "DCR"}
_CAUSES = {
    "treatment-related": "TRAE", "drug-related": "TRAE", "therapy-related": "TRAE", "treatment-emergent": "TEAE", "immune-related": "IRAE",
    "immune-mediated": "IRAE", "serious": "SAE",
}  # fmt: skip
_JUDGED = frozenset(
    {
        "that", "which", "was", "were", "is", "are", "be", "being", "to", "considered", "deemed", "judged", "thought", "assessed", "as",
        "possibly", "probably", "definitely", "potentially", "likely", "at", "least", "or", "of", "any", "grade", "cause",
    }
)  # fmt: skip
_TREATMENT = frozenset({"treatment", "treatments", "therapy", "drug", "drugs", "medication", "chemotherapy", "radiotherapy", "radiation"})


def summed(items: list[Item], k: int) -> tuple[str, int] | None:
    """ "complete response + partial response" is the response rate."""
    codes: list[str] = []
    j = k
    while j < len(items) and items[j].kind == "E" and items[j].low == "category":
        codes.append(str(items[j].data))
        j += 1
        if j + 1 >= len(items) or items[j].low not in {"+", "plus"} or items[j + 1].kind != "E":
            break
        j += 1
    code = _SUMS.get(frozenset(codes))
    return (code, j) if code is not None else None


def tte_follows(items: list[Item], k: int) -> bool:
    """Whether "and" and a time to an event stand at item `k`: "alive and progression-free"."""
    return k + 1 < len(items) and items[k].low in {"and", "or"} and items[k + 1].kind == "E" and items[k + 1].low == "tte"


def attributed(items: list[Item], k: int) -> bool:
    """ "adverse events deemed to be related to study treatment"."""
    end = min(len(items), k + 8)
    while k < end and (items[k].low in _JUDGED or items[k].kind == "G"):
        k += 1
    if k + 1 >= end or items[k].low not in {"related", "attributed", "attributable"} or items[k + 1].low != "to":
        return False
    return any(x.kind == "A" or x.low in _TREATMENT for x in items[k + 2 : k + 5])


def fatal(items: list[Item], k: int) -> int:
    """ "adverse events that led to death", "leading to death": the item behind it; 0 where nothing of the kind stands at item `k`."""
    k += k < len(items) and items[k].low in {"that", "which"}
    if k + 2 < len(items) and items[k].low in {"led", "leading", "resulted", "resulting"} and items[k + 1].low in {"to", "in"}:
        return k + 3 if items[k + 2].data == "DEATH" else 0
    return 0


def cause_before(out: list[Item]) -> str | None:
    """ "treatment-related grade 3 or 4 adverse events": the cause stands before the grade."""
    k = len(out) - 1
    while k >= 0 and (out[k].kind == "G" or out[k].low in {"potential", "severe", "any", "any-grade", "high-grade"}):
        k -= 1
    return _CAUSES.get(out[k].low) if 0 <= k < len(out) - 1 else None
