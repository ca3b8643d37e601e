"""Words that the lexicon knows for endpoints and that are none where they stand: groups, analyses, receptors."""

from __future__ import annotations

from topline.audit.item import Item
from topline.audit.lexicon import PATIENT_NOUNS

__all__ = ["among_responders", "analysed", "of_the_living", "receptor"]

_AMONG = frozenset({"for", "in", "among", "of", "than", "between", "with", "the", "from", "to"})


def among_responders(items: list[Item], k: int) -> bool:
    """ "in responders", but not "the proportion of responders"."""
    counted = items[k - 1].low == "of" and items[k - 2].low in {"frequency", "number", "percentage", "proportion", "rate", "share"}
    return items[k - 1].low in _AMONG and not (k > 1 and counted)


def of_the_living(items: list[Item], k: int) -> bool:
    """ "the follow-up of patients alive": a group and no survival."""
    before = k - 1 - (items[k - 1].low in {"still", "who"})
    return before > 0 and items[before].low in PATIENT_NOUNS and items[before - 1].low in {"among", "for", "in", "of", "surviving"}


def analysed(items: list[Item], k: int) -> bool:
    """Whether an endpoint only says of which analysis: "at the (final) PFS (interim) analysis"."""
    behind = k + 1 + (k + 1 < len(items) and items[k + 1].low in {"interim", "final", "primary"})
    if behind >= len(items) or items[behind].low not in {"analysis", "analyses"}:
        return False
    front = k - 1
    while front > 0 and items[front].low in {"the", "primary", "final", "interim", "first", "second", "planned", "this"}:
        front -= 1
    return front >= 0 and front < k - 1 and items[front].low in {"at", "of", "by", "for"}


def receptor(items: list[Item], k: int) -> bool:
    """Whether PR at item `k` is the progesterone receptor."""
    follows = items[k + 1].low if k + 1 < len(items) else ""
    return follows in {"+", "positive", "negative", "status"} or any(
        x.low in {"er", "her2", "er+", "er-"} for x in items[max(0, k - 3) : k]
    )
