"""What a clause says of its subject: "margins were negative", "doses had to be reduced"; the two together name the value."""

from __future__ import annotations

import re

from topline.audit.clause_words import BE, PREDICATES
from topline.audit.item import Item
from topline.audit.main_verbs import BARE_PARTICIPLES

__all__ = ["complement", "done_to", "extent_of", "further_state", "told"]

# fmt: off
_STATES = frozenset({"abnormal", "clear", "free", "involved", "normal"})
_SUPERLATIVE = frozenset({"commonest", "main", "mainly", "most", "mostly", "predominant", "principal"})
_STATE = re.compile(r"(?:ive|al|ic|ous|able|ible|ate|[^m]ent|ant|less|-free)$")
_SHOWN = frozenset(  # participles that add nothing to what their subject says
    {
        "administered", "associated", "confirmed", "correlated", "decreased", "detected", "determined", "diagnosed", "discovered",
        "documented", "downregulated", "elevated", "encountered", "estimated", "evidenced", "experienced", "expressed", "identified",
        "improved", "increased", "linked", "obtained", "present", "prolonged", "reached", "received", "reduced", "registered", "related",
        "shortened", "upregulated", "used",
    }
)
_STOPPED = frozenset({"abandoned", "ceased", "discontinued", "halted", "stopped", "terminated"})
_GIVEN = frozenset({"chemotherapy", "drug", "drugs", "radiotherapy", "surgery", "therapy", "treatment", "treatments"})
_DOSES = {"reduced": "DOSERED", "decreased": "DOSERED", "delayed": "dose delay", "interrupted": "dose interruption",
          "modified": "dose modification", "adjusted": "dose adjustment"}
_THINGS = frozenset({"admission", "course", "courses", "cycle", "cycles"})
# fmt: on


def complement(items: list[Item], k: int, begin: int) -> str | None:
    """The participle or adjective of state at item `k` that a form of "be" ties to its subject."""
    low = items[k].low
    if items[k - 1].low not in BE and not items[k - 1].low.endswith("ly"):
        return None
    if not (low in _STATES or low == "complete" or low.endswith("ed") or _STATE.search(low)) or low in BARE_PARTICIPLES | PREDICATES:
        return None
    j = k - 1
    while j > begin and items[j].low.endswith("ly"):
        j -= 1
    if j < begin or items[j].low not in BE:
        return None
    return None if any(x.low in _SUPERLATIVE for x in items[max(begin, j - 12) : j]) else low  # "the main toxicity was hematologic (12%)"


def extent_of(code: object, said: str) -> str | None:
    """ "response was complete in 34% and partial in 29%"."""
    return {"complete": "CR", "partial": "PR"}.get(said) if code in {"ORR", "CR", "PR"} else None


def told(name: str, said: str) -> str:
    """A subject with what is said of it."""
    return name if said in _SHOWN else f"{name} {said}"


def further_state(items: list[Item], first: int, name: str | None) -> str | None:
    """The name of a value behind another state of the same subject: "relief was complete in 35% and partial in 42%"."""
    if first < 3 or items[first - 1].low not in {"in", "for"} or items[first - 3].low not in {"and", ",", "or", "but"}:
        return None
    low = items[first - 2].low
    state = _STATE.search(low) is not None or low in _STATES or low == "complete"
    if items[first - 2].kind != "W" or low in PREDICATES or not (state or (low.startswith("un") and low.endswith("ed"))):
        return None
    words = (name or "").split()
    if (full := extent_of(name, low)) is not None:
        return full
    if state and len(words) > 1 and (_STATE.search(words[-1]) or words[-1] in _STATES):
        return " ".join([*words[:-1], low])
    return None if state else low


def done_to(phrase: str, said: str) -> str | None:
    """The name of what was done to doses or treatment, which alone name nothing: "doses were reduced", "chemotherapy was stopped"."""
    head = phrase.split()[-1]
    if head in {"dose", "doses", "dosage", "dosages"}:
        return _DOSES.get(said, told("dose", said))
    if head in _GIVEN:
        return "DISC" if said in _STOPPED and head != "surgery" else told(phrase, said)
    return told(head, said) if head in _THINGS else None
