"""Values that no noun before them names: what was done to the patients does, or the object of the verb behind."""

from __future__ import annotations

from topline.audit.clause_words import BE
from topline.audit.item import Item
from topline.audit.main_verbs import BARE_PARTICIPLES
from topline.audit.noun_phrases import Name

__all__ = ["changed_after", "participle_before"]


def participle_before(items: list[Item], begin: int, first: int) -> Name | None:
    """ "more patients were hospitalised for 3 days (36% v 13%)": no noun names the value, but what was done does."""
    for k in range(first - 1, begin, -1):
        if items[k].low in {",", ";"}:
            return None
        if items[k].kind == "W" and items[k].low.endswith("ed") and items[k - 1].low in BE:
            return None if items[k].low in BARE_PARTICIPLES else Name(None, items[k].low, verb=True)
    return None


_CHANGES = frozenset(
    {
        "affected", "decreased", "decreases", "improved", "improves", "increased", "increases", "prolonged", "prolongs", "raised",
        "reduced", "reduces",
    }
)  # fmt: skip


def changed_after(items: list[Item], last: int) -> Name | None:
    """ "adding A (60% v 44%) or B (59% v 48%) increased the response rate": what the verb behind the values has as its object."""
    for k in range(last + 1, min(len(items), last + 30)):
        if items[k].low in {";", "."}:
            break
        if items[k].low in _CHANGES:
            at = next((j for j in range(k + 1, min(len(items), k + 5)) if items[j].kind == "E"), None)
            return Name(at, "", verb=True) if at is not None else None
    return None
