"""The verb whose subject a value is: "12% of the patients in A, all of them old, had fatigue"."""

from __future__ import annotations

from topline.audit.clause_words import ALONE, BE, DETERMINERS, HAVE, OF_PATIENTS, PREDICATES
from topline.audit.item import Item
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.phrases import content_word
from topline.audit.tokens import Token

__all__ = ["ALLOCATED", "BARE_PARTICIPLES", "COUNTED", "DID", "GROUPS", "main_verb"]

GROUPS = frozenset({"group", "groups", "arm", "arms", "cohort", "cohorts"})
COUNTED = frozenset({"cancers", "lesions", "tumors", "tumours", "samples", "specimens", "eyes", "families", "metastases", "nodes", "sites"})
DID = frozenset({"did", "do", "does"})
ALLOCATED = frozenset({"allocated", "assigned", "randomised", "randomized", "randomly"})
BARE_PARTICIPLES = frozenset(
    {
        "achieved", "allocated", "analysed", "analyzed", "assessed", "assigned", "capped", "classified", "compared", "considered",
        "enrolled",
        "evaluated", "included", "noted", "observed", "performed", "randomised", "randomized", "recorded", "recruited", "reported", "seen",
        "selected", "studied", "treated",
    }
)  # fmt: skip
_PAST = frozenset({"chose", "took", "kept", "met", "went", "lost"})
_OBJECT = frozenset({"a", "an", "no", "the", "their"})
_ASIDES = frozenset({"aged", "all", "both", "each", "including", "mainly", "most", "mostly", "none", "one", "predominantly", "who", "with"})
_WITHIN = OF_PATIENTS | COUNTED | {"a", "an", "(", ")", "]", "whom", "still", "now", "with", "without", "by", "from", "during", "after"}
_LEADING = frozenset({"given", "receiving", "with", "on", "in", "at", "to", "by", "from", "for", "plus", "than", "versus", "vs"})
_VERBS = HAVE | BE | ALONE.keys() | DID | {"being", "never"}


def main_verb(tokens: list[Token], items: list[Item], last: int, end: int) -> int | None:
    """The verb whose subject is the value; verbs of "who were …" only where there is no other."""
    relative, skipping, inner = False, False, False
    second: int | None = None
    k = last + 1
    while k < end:
        x = items[k]
        if x.low == "," and items[k + 1 if k + 1 < end else k].low in _ASIDES:
            k = next((j for j in range(k + 2, min(end - 1, k + 10)) if items[j].low == "," or items[j].kind == "C"), 0)
            if not k or items[k].kind == "C" or not (items[k + 1].low in _VERBS or items[k + 1].kind == "E"):
                break  # "Nine patients (22.5%), all with visceral crisis, responded"
            k += 1
            continue
        if x.low == "and" and items[k + 1 if k + 1 < end else k].low in BE:
            break  # "necrosis in 44% and was inconclusive in 19%"
        verb = x.low in _VERBS or (x.kind == "E" and tokens[x.i].lower.endswith("ed"))
        if x.low == "with":
            verb = False
            second = k if k == last + 1 or items[k - 1].low in {")", "]"} else second
        if x.low in {"who", "that", "which"}:
            relative = True
        elif verb and (relative or (skipping and items[k - 1].low in HAVE | BE)):
            second = k if second is None else second
            relative, skipping = False, True
        elif verb:
            return k
        elif skipping and second is None and x.kind == "W" and x.low.endswith("ed") and _finite(items, k):
            second = k  # "80 patients assigned to A retained their appetite"
        elif inner and x.low.endswith("ed") and x.low not in BARE_PARTICIPLES and items[k + 1 if k + 1 < end else k].low in _OBJECT:
            return k  # "of survivors retained a functional larynx"
        elif skipping:
            if x.kind in {"C", "P", "R"} or x.low in {";", "."}:
                break
        elif x.kind == "W" and (x.low.endswith("ed") or x.low in _PAST) and _after_patients(items, k):
            second, skipping = None if x.low in BARE_PARTICIPLES else k, True  # "patients included in the analysis had …"
        elif not (
            x.kind in {"A", "G", "N", "T", "S", "X"}
            or x.low in _WITHIN
            or x.low.endswith("ly")
            or (x.low == "," and "respectively" in {items[k - 1].low, items[min(k + 1, end - 1)].low})
            or _adjunct(items, k, inner)
        ):
            break
        inner = content_word(x)
        k += 1
    return second


def _finite(items: list[Item], k: int) -> bool:
    """Whether a word on "-ed" behind a group is the verb of its clause: an object follows."""
    if items[k - 1].kind != "A" or items[k].low in BARE_PARTICIPLES | ALLOCATED or k + 1 >= len(items):
        return False
    return items[k + 1].kind == "E" or items[k + 1].low in DETERMINERS or content_word(items[k + 1])


def _adjunct(items: list[Item], k: int, inner: bool) -> bool:
    """ "patients in the control group", "patients with a response": a noun that belongs to the subject."""
    if content_word(items[k]) and k + 1 < len(items) and items[k + 1].low in PATIENT_NOUNS:
        return True  # "eligible patients"
    if not (items[k].kind == "E" or content_word(items[k])) or items[k].low in PREDICATES:
        return False
    led = items[k - 1].low in _LEADING or (items[k - 1].low in {"a", "an"} and items[k - 2].low in _LEADING)
    return inner or led or (k + 1 < len(items) and items[k + 1].low in GROUPS)


def _after_patients(items: list[Item], k: int) -> bool:
    before = items[k - 2] if items[k - 1].low.endswith("ly") else items[k - 1]
    return before.kind in {"A", "C"} or before.low in PATIENT_NOUNS | GROUPS | {")", "]", "those"}
