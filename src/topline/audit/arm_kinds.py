"""What kind of name it is: of a treatment, of a group, or a noun phrase that may be anything."""

from __future__ import annotations

from topline.audit.arm_evidence import Key, components
from topline.audit.arm_phrases import DOSE_UNITS, Entry
from topline.audit.lexicon import endpoint_at, parts_of
from topline.audit.small_words import HEADS
from topline.audit.treatments import is_code, is_role, is_treatment

__all__ = ["are_parallel", "are_sound"]

_RHYTHM = frozenset({"bid", "biweekly", "continuous", "daily", "intermittent", "once", "thrice", "twice", "week", "weekly"})
_OPPOSITES = (
    frozenset({"high", "low", "intermediate", "medium", "moderate", "standard"}),
    frozenset({"early", "late", "delayed", "immediate", "deferred", "advanced"}),
    frozenset({"positive", "negative", "unknown", "equivocal"}),
    frozenset({"mutant", "mutated", "mutation", "wild", "wt"}),
    frozenset({"young", "younger", "old", "older", "elderly"}),
    frozenset({"men", "women", "male", "female"}),
    frozenset({"disseminated", "extensive", "limited", "localised", "localized", "metastatic"}),
    frozenset({"short", "long", "shorter", "longer", "prolonged"}),
    frozenset({"symptomatic", "asymptomatic"}),
    frozenset({"responder", "nonresponder"}),
    frozenset({"smoker", "nonsmoker", "never", "ever"}),
    frozenset({"good", "poor", "favorable", "favourable", "unfavorable", "unfavourable"}),
    frozenset({"open", "laparoscopic", "robotic", "minimally", "endoscopic"}),
    frozenset({"first", "second", "third", "frontline"}),
    frozenset({"primary", "secondary"}),
    frozenset({"single", "double", "triple", "dual"}),
    frozenset({"inpatient", "outpatient"}),
)


def are_sound(entries: list[Entry]) -> bool:
    """Whether the names are of treatments or groups; in a list of three, what the others are tells what one is."""
    unsound = sum(not _is_sound(e) for e in entries)
    return unsound == 0 or (unsound == 1 and len(entries) > 2)


def _is_sound(entry: Entry) -> bool:
    """Whether a name speaks of a treatment, a dose or schedule, or is called a group by the text."""
    words = entry.name.split()
    if words[0].lower() in HEADS or words[-1].lower() in HEADS or any(is_code(w.strip(",;:()")) for w in words):
        return True
    for key in entry.keys:
        if any(is_treatment(p) or p in _RHYTHM or p in DOSE_UNITS for p in key) or all(is_role(p) for p in key):
            return True
    return any(_is_short(w) for w in words)


def _is_short(word: str) -> bool:
    """An abbreviation in capitals that no endpoint has: "CE", "mEOC+P"."""
    word = word.strip(",;:()")
    return sum(c.isupper() for c in word) >= 2 and len(word) < 10 and endpoint_at([*parts_of(word.lower()), ""], 0) is None


def are_parallel(entries: list[Entry]) -> bool:
    """Whether names are built alike: "stage I" and "stage II", "high-risk" and "low-risk"."""
    names: list[Key] = [e.keys[0] for e in entries]
    if any(all(set(name) & group for name in names) for group in _OPPOSITES):
        return True
    sets = [components(name) for name in names]
    if len(sets) == 2 and (_denies(sets[0], sets[1]) or _denies(sets[1], sets[0])):
        return True
    shared = frozenset.intersection(*sets)
    return bool(shared) and all(s - shared for s in sets) and len({len(n) for n in names}) == 1


def _denies(plain: frozenset[str], other: frozenset[str]) -> bool:
    """Whether a name denies another: "workbook" and "no workbook", "resected" and "unresectable"."""
    stems = [p[:6] for p in plain if len(p) > 5]
    return any(f"-{p}" in other for p in plain) or any(q.startswith((f"un{stem}", f"non{stem}")) for q in other for stem in stems)
