"""Which of the sets of names that a text offers are its arms, and which names mean the same arm."""

from __future__ import annotations

from dataclasses import replace

from topline.audit.arm_evidence import Evidence, Key, components
from topline.audit.arm_kinds import are_parallel, are_sound
from topline.audit.arm_phrases import Entry
from topline.audit.small_words import HEADS
from topline.audit.treatments import is_treatment

__all__ = ["choose", "role", "unify"]

# fmt: off
_CONTROL = frozenset({
        "alone", "comparator", "control", "conventional", "monotherapy", "no", "non", "observation", "only", "placebo",
        "reference", "sham", "standard", "surveillance", "untreated", "usual", "without",
    })
_TESTED = frozenset({
        "combination", "combined", "experimental", "intervention", "investigational", "study", "test", "treated", "trial",
    })
# fmt: on


def role(entry: Entry) -> int:
    """Tell by its words whether an arm is the control (-1), the tested one (1) or either (0)."""
    words = {p for key in entry.keys for p in key}
    if words & {"control", "placebo"}:
        return -1
    if words & _TESTED:
        return 1
    return -1 if words & _CONTROL else 0


def _generic(entry: Entry) -> bool:
    key = entry.keys[0]  # by the name that the text gave first
    lettered = len(key) == 2 and (key[0] in {"group", "arm", "cohort"} or key[1] in {"group", "arm", "cohort"})
    return lettered or set(key) - HEADS <= _CONTROL | _TESTED | {"group", "arm", "treatment", "therapy", "cohort"}


def resolve(keys: list[Key], arms: list[Entry]) -> int | None:
    """The arm that a name means: by the name itself, by the same components, by components that no other arm has."""
    for key in keys:
        same = [k for k, arm in enumerate(arms) if key in arm.keys]
        if len(same) == 1:
            return same[0]
    for key in keys:
        if len(key) == 2 and key[0] in {"group", "arm", "cohort"}:
            continue
        words = components(key)
        if not words:
            continue
        sets = [[components(k) for k in arm.keys] for arm in arms]
        same = [k for k, own in enumerate(sets) if words in own]
        if len(same) == 1:
            return same[0]
        if same:
            alone = {"alone", "monotherapy", "only"}
            near = [k for k in same if bool(set(key) & alone) == any(set(q) & alone for q in arms[k].keys)]
            if len(near) == 1:
                return near[0]
            continue
        rest = words - _USUAL
        same = [k for k, own in enumerate(sets) if rest in own] if rest != words else []
        if len(same) == 1:
            return same[0]  # "standard therapy plus A" where the arms are "B and C" and "A"
        every = [frozenset().union(*own) if own else frozenset() for own in sets]
        shared = frozenset.intersection(*every) if every else frozenset()
        hits = [k for k, own in enumerate(every) if (words - shared) & own]
        inside = [k for k, own in enumerate(sets) if any(words <= s for s in own)]
        if len(inside) == 1 and words - shared:
            return inside[0]
        if len(hits) == 1 and words <= every[hits[0]]:
            return hits[0]
        if not _JOINING & set(key):  # "topical A" where the arm is A
            ends = [k for k, arm in enumerate(arms) if any(len(q) < len(key) and key[-len(q) :] == q for q in arm.keys)]
            if len(ends) == 1 and not any(is_treatment(p) for p in words - every[ends[0]]):
                return ends[0]
    return None


_USUAL = frozenset({"control", "conventional", "standard", "usual"})
_JOINING = frozenset({"and", "followed", "no", "non", "not", "or", "plus", "then", "with", "without"})


def choose(sets: list[list[Entry]], evidence: Evidence, most: int) -> list[Entry]:
    """The set whose names the results use most, unified with the others; empty where none is used.

    `most` is the number of arms that the text speaks of ("three groups", "1:1:1"), 0 where it does not say.
    """
    best: list[Entry] = []
    top = 0.0
    ranked: list[tuple[float, int, list[Entry]]] = []
    for order, entries in enumerate(sets):
        keys = [e.keys for e in entries]
        if len(entries) > 1:
            counts = evidence.coverage(keys)
            if len(entries) == 2 and min(counts) == 0 < max(counts):
                named = evidence.coverage([[("control", "group"), ("control", "arm"), ("placebo", "group")]])[0]
                counts = [c or named for c in counts]  # the one is called by its name, the other "the control group"
            strength = min(e.strength for e in entries)
            sized = all(e.n is not None and e.sure > 0 for e in entries)
            value = strength + 1.5 * min(3, min(counts)) + 0.5 * min(4.0, sum(counts) / len(counts)) + 2.0 * sized
            value += 0.001 * min(min(e.n or 0, 500) for e in entries)  # of several sizes the largest: the others are parts
            if len(entries) > 4:
                value -= 2
            if not are_sound(entries) and not are_parallel(entries):
                value -= 1 if strength == 4 else 2.5
            adds_up = (
                sized
                and min(e.n or 0 for e in entries) > 9
                and str(sum(e.n or 0 for e in entries)) in evidence.numbers
                and (are_sound(entries) or are_parallel(entries))
            )
            if min(counts) == 0 and strength < 4:
                value -= 1.5 if adds_up or (strength == 3 and max(counts) > 1) else 3
            ranked.append((value, -order, entries))
            if value > top:
                best, top = entries, value
    if top < 2.5:
        return []
    best = next((entries for _, _, entries in ranked if _refines(entries, best, evidence)), best)
    best = next((entries for _, _, entries in sorted(ranked, key=lambda row: -row[0]) if _extends(entries, best, evidence, most)), best)
    arms = [replace(e, keys=list(e.keys)) for e in best]
    for _, _, entries in sorted(ranked, key=lambda row: (-row[0], -row[1])):
        if entries is not best:
            unify(arms, entries)
            if len(arms) < 6:
                _grow(arms, entries, evidence, most)
    for entries in sets:
        if len(entries) == 1:
            unify(arms, entries)
    return arms


def unify(arms: list[Entry], other: list[Entry]) -> None:
    """Give the arms the names and sizes of another set, where that names the same arms."""
    targets = [resolve(e.keys, arms) for e in other]
    sizes = [a.n for a in arms]
    if (
        len(other) > 1
        and None not in sizes
        and sorted(sizes, key=str) == sorted((e.n for e in other), key=str)
        and len(set(sizes)) == len(sizes)
    ):
        targets = [sizes.index(e.n) for e in other]  # two sentences that give the same sizes speak of the same arms
    if len(other) == len(arms) and None in targets:
        targets = _longer(other, arms) or targets
    known = [t for t in targets if t is not None]
    if len(set(known)) != len(known):
        return
    lone = [k for k, t in enumerate(targets) if t is None]
    free = [k for k in range(len(arms)) if k not in known]
    if len(other) == len(arms) and len(lone) == 1 == len(free):
        words = components(other[lone[0]].keys[0])
        longer = any(c and c <= words for c in map(components, arms[free[0]].keys))  # "annual screening" where the arm is "screening"
        general = _generic(other[lone[0]]) or _generic(arms[free[0]])
        if longer or (general and role(other[lone[0]]) * role(arms[free[0]]) >= 0):
            targets[lone[0]] = free[0]
    elif len(other) == len(arms) == len(lone) == 2:
        a, b = role(other[0]) - role(other[1]), role(arms[0]) - role(arms[1])
        generic = all(_generic(e) for e in other) or all(_generic(e) for e in arms)
        labels = all(e.strength == 1 and len(e.keys[0]) == 1 for e in other)  # "the intensification and the observation arms"
        if (a * b and (generic or labels)) or (generic and min(e.strength for e in other) > 2):
            targets = [1, 0] if a * b < 0 else [0, 1]
    for entry, t in zip(other, targets, strict=True):
        if t is None:
            continue
        arm = arms[t]
        for key in entry.keys:
            if key not in arm.keys and not any(key in a.keys for a in arms):
                arm.keys.append(key)
    _take_sizes(arms, other, targets)


def _take_sizes(arms: list[Entry], other: list[Entry], targets: list[int | None]) -> None:
    """Give the arms the sizes of a set: all of them where they are surer, else those that the arms lack."""
    sized = {t: entry for t, entry in zip(targets, other, strict=True) if t is not None and entry.n is not None}
    surer = len(sized) == len(arms) and min(e.sure for e in sized.values()) > min(a.sure if a.n is not None else -1 for a in arms)
    if not surer and len(sized) == len(arms) and all(a.sure < 2 and (a.n or 0) < 10 for a in arms):
        surer = all((e.n or 0) > 9 for e in sized.values())  # what was told before were events: "five A and three B"
    for t, entry in sized.items():
        if surer or arms[t].n is None:
            arms[t].n, arms[t].span, arms[t].sure = entry.n, entry.span, entry.sure


def _refines(other: list[Entry], arms: list[Entry], evidence: Evidence) -> bool:
    """Whether an assignment parts the arms further: "A 250 mg, A 500 mg or B" where the title has "A versus B"."""
    if (
        len(other) <= len(arms)
        or len(other) > 6
        or not (all(e.strength == 4 for e in other) or all(e.n is not None and e.sure == 3 for e in other))
    ):
        return False
    words = [frozenset().union(*map(components, e.keys)) for e in other]
    if not all(any(c and c <= w for c in map(components, arm.keys) for w in words) for arm in arms):
        return False
    if not all(any(c and c <= w for arm in arms for c in map(components, arm.keys)) for w in words):
        return False
    return min(evidence.coverage([e.keys for e in other])) > 0


def _extends(other: list[Entry], arms: list[Entry], evidence: Evidence, most: int) -> bool:
    """Whether one sentence names the arms and a third one that the results use as well."""
    if not len(arms) < len(other) <= 4 or not are_sound(other) or len({e.sentence for e in other}) > 1:
        return False
    headed = all(e.strength == 1 and not _generic(e) for e in other)
    if most < len(other) and not headed and any(e.n is None for e in other):
        return False
    targets = [resolve(arm.keys, other) for arm in arms]
    if None in targets or len(set(targets)) < len(arms) or len({components(e.keys[0]) for e in other}) < len(other):
        return False
    keys = [[*e.keys, *(key for arm, t in zip(arms, targets, strict=True) if t == k for key in arm.keys)] for k, e in enumerate(other)]
    return min(evidence.coverage(keys)) > 0


def _longer(other: list[Entry], arms: list[Entry]) -> list[int | None]:
    """Pair names with the arms that they hold, where each holds another: "once-daily chemoradiotherapy" and "once-daily"."""
    pairs: list[int | None] = []
    for entry in other:
        words = components(entry.keys[0])
        held = [k for k, arm in enumerate(arms) if any(c and c <= words for c in map(components, arm.keys))]
        if len(held) != 1 or held[0] in pairs:
            return []
        pairs.append(held[0])
    return pairs


def _grow(arms: list[Entry], other: list[Entry], evidence: Evidence, most: int) -> None:
    """Add the arms of another set that are none of the known ones, where the results use them and number or size speaks for them."""
    new = [e for e in other if resolve(e.keys, arms) is None and not _generic(e)]
    if not new or any(e.strength < 3 for e in new) or len(arms) + len(new) > 6:
        return
    sizes = {a.n for a in arms}
    assigned = all(e.strength == 4 and e.n is not None and e.n not in sizes for e in new)
    if len(arms) + len(new) > most and not assigned:
        return
    counts = evidence.coverage([*(a.keys for a in arms), *(e.keys for e in new)])[len(arms) :]
    if min(counts) > 0:
        arms.extend(replace(e, keys=list(e.keys)) for e in new)
