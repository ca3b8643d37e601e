"""The only arm that a sentence names, and sentences about all patients."""

from __future__ import annotations

from dataclasses import dataclass

from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.small_words import COMPARING, LINKS, VS

__all__ = ["SoleArm", "of_all", "sole_arm"]


_ALL = frozenset({"all", "entire", "whole"})


def of_all(items: list[Item]) -> bool:
    """Whether a sentence speaks of all patients and of no arm: "in the entire population"."""
    words = [x.low for x in items]
    if _ALL.isdisjoint(words) or any(x.kind == "A" for x in items):
        return False
    return any(
        low in {"entire", "whole"} or (low == "all" and words[k + 1] in {"patients", "participants", "subjects"})
        for k, low in enumerate(words[:-1])
    )


@dataclass(frozen=True, slots=True)
class SoleArm:
    """The only arm that a sentence names, at item `at`: of the values behind it, of all if it is `fronted`; of a list before it."""

    arm: int
    at: int
    alone: bool
    fronted: bool
    closes: bool

    def owns(self, s: Series) -> bool:
        """Whether the values of a series are this arm's."""
        return (self.closes and self.at > s.last) or (self.alone and self.at <= s.first and (self.fronted or s.first <= 13))


def sole_arm(items: list[Item]) -> SoleArm | None:
    """The arm of a sentence that names no other; `alone` if it compares with nothing."""
    named = {int(x.data) for x in items if x.kind == "A"}
    if len(named) != 1:
        return None
    at = next(k for k, x in enumerate(items) if x.kind == "A")
    alone = not any(x.kind == "W" and x.low in _AGAINST for x in items)
    return SoleArm(named.pop(), at, alone, _fronted(items, at), _closes(items, at))


def _fronted(items: list[Item], at: int) -> bool:
    """Whether a sentence begins with its arm ("In the A group, …") or the arm ends its subject ("Events in the A group were …")."""
    behind = next(
        (k for k in range(at + 1, len(items)) if items[k].kind != "A" and (items[k].low not in LINKS or items[k].low in _LISTING)), at
    )
    if items[behind].low in _LISTING:
        return True
    start = max((k + 1 for k in range(min(at, 6)) if items[k].low == ":"), default=0)
    comma = next((k for k in range(at, min(at + 6, len(items))) if items[k].low == ","), -1)
    return comma > 0 and at - start < 6 and items[start].low in _LEADING and all(x.kind in "AW" for x in items[start:comma])


def _closes(items: list[Item], at: int) -> bool:
    """Whether the arm stands behind a list as its place: "rash (30%), nausea (9%) and fatigue (3%) were more frequent in the A arm"."""
    last = max((k for k, x in enumerate(items) if x.kind == "C"), default=len(items))
    between = [x.low for x in items[last:at]]
    lead = next((low for low in reversed(between) if low not in {"the", "those", "patients", "women"}), "")
    return (
        last < at
        and lead in {"in", "with", "on", "for", "among", "under"}
        and bool({"were", "was", "occurred"} & set(between))
        and not any(x.kind == "W" and x.low in _EVERYBODY for x in items)
    )


_LEADING = frozenset({"among", "for", "in", "of", "with", "within"})
_LISTING = frozenset({":", "are", "include", "included", "was", "were"})
_AGAINST = COMPARING - {"respectively", "respectively.", "over", "more"} | {
    "all", "arms", "control", "groups", "not", "other", "others", "overall", "total",
}  # fmt: skip
_EVERYBODY = VS | {"all", "arms", "both", "control", "groups", "not", "other", "others", "overall", "similar", "than", "total"}
