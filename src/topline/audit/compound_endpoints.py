"""Endpoints put together of several: sums of responses, adverse events with their cause, alive and free of an event."""

from __future__ import annotations

from topline.audit.item import Item
from topline.audit.lexicon import endpoint_at, parts_of
from topline.audit.tokens import Token
from topline.audit.treatments import is_treatment

__all__ = [
    "EXTENTS",
    "attributed",
    "cause_before",
    "consequence",
    "extent",
    "fatal",
    "summed",
    "survival_shared",
    "survival_without",
    "treated",
    "tte_follows",
]


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


def consequence(items: list[Item], k: int) -> tuple[str, int] | None:
    """ "adverse events that led to discontinuation of treatment": what they led to, and the item behind it."""
    k += k < len(items) and items[k].low in {"that", "which"}
    if k + 2 >= len(items) or items[k].low not in {"led", "leading", "resulted", "resulting"} or items[k + 1].low not in {"to", "in"}:
        return None
    for j in range(k + 2, min(len(items), k + 6)):
        if items[j].kind == "E":
            return (str(items[j].data), j + 1) if items[j].data in {"DISC", "DOSERED"} else None
        if items[j].low not in {"a", "the", "permanent", "study", "drug", "treatment", "therapy", "any"} and items[j].kind != "A":
            return None
    return None


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
    return _CAUSES.get(out[k].low) if k >= 0 else None


def treated(items: list[Item]) -> bool:
    """Whether an arm or a treatment stands among items: what a response is to."""
    return any(x.kind == "A" or x.low in _TREATMENT or (x.kind == "W" and is_treatment(x.low)) for x in items)


_RESPONSES = ("response", "responses", "remission", "remissions")
EXTENTS = {"complete": ("CR", _RESPONSES), "partial": ("PR", _RESPONSES), "stable": ("SD", ("disease",))}
_JOINTS = frozenset({",", "and", "or", "/", "&"})


def extent(tokens: list[Token], items: list[Item], k: int) -> str | None:
    """The category of a modifier whose noun stands behind another: "two complete and 23 partial responses"."""
    code, nouns = EXTENTS[items[k].low]
    if not _noun_follows(tokens, items, k, nouns):
        return None
    either = items[k + 1].low in {"or", "and/or"} and {code, items[k + 2].data} == {"CR", "PR"}
    return "ORR" if either else code


def survival_shared(tokens: list[Token], items: list[Item], k: int) -> str | None:
    """The endpoint of a modifier that shares its noun with the next: "cancer-specific and overall survival"."""
    if items[k].kind != "W" or k + 1 >= len(items) or items[k + 1].low not in _JOINTS:
        return None
    if not _noun_follows(tokens, items, k, ("survival", "survivals", "os")):
        return None
    known = endpoint_at([*parts_of(items[k].low), "survival", ""], 0)
    return known[0] if known is not None else f"{items[k].low} survival"


def survival_without(tokens: list[Token], items: list[Item], j: int) -> tuple[str, int] | None:
    """ "survival free from progression", "survival without relapse": the endpoint, and the item behind it."""
    free = items[j].low == "free" and items[j + 1].low in {"from", "of"}
    if not free and items[j].low != "without":
        return None
    k = j + 1 + free
    if k >= len(items) or not (items[k].kind == "E" or items[k].low.isalpha()):
        return None
    words = [tokens[n].lower for n in range(items[k].i, items[k].j)]
    known = endpoint_at([p for w in words for p in parts_of(w)] + ["free", "survival", ""], 0)
    return (known[0] if known is not None else f"{' '.join(words)}-free survival"), k + 1


def _noun_follows(tokens: list[Token], items: list[Item], k: int, nouns: tuple[str, ...]) -> bool:
    """Whether a list of modifiers, each with its values in brackets, goes on from item `k` to one of the nouns."""
    depth = 0
    joined = int(any(x.low in _JOINTS for x in items[max(0, k - 2) : k]))
    for x in items[k + 1 : k + 16]:
        depth += (x.low in {"(", "["}) - (x.low in {")", "]"})
        if depth or x.low in {")", "]"}:
            continue
        joined += x.low in _JOINTS
        if tokens[x.j - 1].lower in nouns:
            return joined > 0
        if not (
            x.low in _JOINTS | {"a", "an", "minor", "mixed"}
            or x.kind in {"C", "X", "T", "E"}
            or x.low in EXTENTS
            or x.low.endswith(("-free", "-specific"))
        ):
            return False
    return False
