"""The one group of patients that a sentence is about, and the patients outside it."""

from __future__ import annotations

from topline.audit.arm_book import ArmBook
from topline.audit.group_contrasts import LEADS
from topline.audit.items import Item
from topline.audit.lexicon import HIGHER, LOWER, parts_of
from topline.audit.patient_groups import NO, OPPOSITE, Group, adjective
from topline.audit.phrases import content_word
from topline.audit.small_words import GOVERN, VS

__all__ = ["mark_those_without", "sole_group"]

_USUAL = frozenset({"advanced", "early", "localized", "metastatic", "primary", "recurrent", "refractory", "relapsed", "untreated"})


_EVERYONE = frozenset(
    {
        "analysis", "efficacy", "eligible", "entire", "evaluable", "intent-to-treat", "intention-to-treat", "itt", "main", "overall",
        "per-protocol", "present", "safety", "study", "total", "training", "trial", "validation", "whole",
    }
)  # fmt: skip


def mark_those_without(items: list[Item], book: ArmBook) -> None:
    """Make an arm of a bare "without": "71% with A versus 56% without", where the text has two arms."""
    named = [k for k, x in enumerate(items) if x.kind == "A"]
    if len(book.arms) != 2 or not named:
        return
    for k in range(1, len(items) - 1):
        before, after = items[k - 1], items[k + 1]
        if items[k].low != "without" or not (before.kind in {"C", "S"} or before.low in {")", "]", "those", "patients"}):
            continue
        if after.kind == "W" and (not after.low[0].isalpha() or after.low in _JOINTS):
            beside = min(named, key=lambda at: (abs(at - k), -at))
            items[k] = Item("A", items[k].i, items[k].j, 1 - int(items[beside].data))


_JOINTS = VS | {"and", "it", "or", "them"}


def sole_group(items: list[Item], groups: list[Group]) -> list[Group]:
    """The one group that a sentence is about ("In patients without X, …") with its opposite, where there is one."""
    groups = [g for g in groups if g.frame not in {"counted", "word"}]
    if len({g.key for g in groups}) != 1:
        return []
    group = groups[0]
    lows = [x.low for x in items[group.a : group.b]]
    if group.frame == "head" and group.b < len(items) and content_word(items[group.b]):
        return []  # "Bayesian group sequential design"
    opposite = _opposite(group, lows)
    if any(x.low in {"vs", "versus", "v"} for x in items):
        if opposite is None and _compared(items, group):
            opposite = _complement(group)
        if opposite is None:
            return []
        before = {x.low for x in items[max(0, group.a - 4) : group.a]}
        return [opposite, group] if before & GOVERN else [group, opposite]
    named = lows[-1] in {"subgroup", "subset", "cohort", "group", "arm"} and not set(lows) & _EVERYONE
    marked = set(group.key) & NO or named or any(adjective(low) and low not in _USUAL for low in lows)
    first = next((k for k, x in enumerate(items) if x.kind == "C"), len(items))
    behind = group.a > first and items[group.a - 1].low not in LEADS | {"the", "of"}  # "(19%), all low tumours"
    if group.a > 12 or behind or not (marked or opposite is not None):
        return []
    return [group] if opposite is None else [group, opposite]


def _opposite(group: Group, lows: list[str]) -> Group | None:
    """The group with the opposite word: low-risk for high-risk."""
    for low in lows:
        if low in OPPOSITE and low != "without":
            words = [OPPOSITE[low] if word.lower() == low else word for word in group.name.split()]
            return Group(-1, -1, tuple(p for word in words for p in parts_of(word.lower())), " ".join(words), group.frame)
    return None


def _complement(group: Group) -> Group:
    """The patients outside a group: without X for X, with X for without X."""
    if group.key[0] in {"without", "not"}:
        return Group(-1, -1, ("with", *group.key[1:]), f"with {' '.join(group.key[1:])}", group.frame)
    return Group(-1, -1, ("without", *group.key), f"without {group.name}", group.frame)


def _compared(items: list[Item], group: Group) -> bool:
    """Whether the sentence says that the group has more or less of something than the other patients."""
    fronted = items[0].low in {"in", "among", "for", "within"} and group.a < 8 and group.b < len(items) and items[group.b].low == ","
    other = any(x.low in {"compared", "than"} for x in items[group.b :])  # with something that is no group of patients
    return not fronted and not other and group.frame == "who" and any(x.low in HIGHER | LOWER for x in items)
