"""What stands after a value as its predicate: "12% of the patients in A had fatigue", "31% died", "24 were female"."""

from __future__ import annotations

from topline.audit.clause_words import ALONE, BARE, BE, DETERMINERS, GENERIC, LEFT, NEVER, OUTER, PREDICATES, SEEN, SEXES
from topline.audit.item import Item
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.main_verbs import ALLOCATED, BARE_PARTICIPLES, COUNTED, DID, GROUPS, main_verb
from topline.audit.noun_phrases import Name, nounish
from topline.audit.phrase_words import NEUTRAL
from topline.audit.phrases import content_word, plain_name, words_of
from topline.audit.tokens import Token

__all__ = ["label_after", "name_after", "names_after", "own_names"]

_WERE = SEXES | {"men": "male", "women": "female"}
_CLOSERS = frozenset({",", ";", ".", ")", "]", "and"})
_LATER = frozenset({"again", "early", "first", "late", "later", "locally", "soon", "twice"})
_ABLE = frozenset({"able", "unable"})
_JUDGED = frozenset(
    {
        "considered",
        "deemed",
        "found",
        "judged",
        "classified",
        "categorized",
        "categorised",
        "rated",
        "scored",
        "known",
        "assigned",
        "shown",
        "felt",
    }
)
_PASSED = (
    {"had", "received", "undergone", "experienced", "developed", "to", "of", "at", "from", "not", "never", "due", "an", "or"}
    | {"with", "without", "for", "on", "still", "now"}
    | {"require", "need", "have", "develop", "receive", "undergo", "experience", "achieve", "complete", "show"}
    | BE
    | DETERMINERS
)


_COMPARATIVE = frozenset(
    {
        "better", "comparable", "different", "equal", "equivalent", "fewer", "greater", "high", "higher", "identical", "inferior", "larger",
        "less", "likely", "longer", "low", "lower", "older", "shorter", "significant", "similar", "smaller", "superior", "worse", "younger",
    }
)  # fmt: skip
_HELD = frozenset({"had", "has", "have", "underwent", "received", "developed", "experienced", "harbored", "harboured", "carried"})


def own_names(tokens: list[Token], items: list[Item], at: list[int], nouns: list[str | None], stop: int) -> list[str] | None:
    """The names of values each of which has its own noun or predicate: "503 (73%) men; 44% had bone metastases"."""
    names: list[str] = []
    for c, k in enumerate(at):
        noun = nouns[c]
        if noun in _WERE and tokens[items[k].j - 1].lower != noun:  # but "20% of 40 men"
            names.append(_WERE[noun])
            continue
        name = name_after(tokens, items, k, at[c + 1] if c + 1 < len(at) else stop)
        if name is None:
            return None
        names.append(str(items[name.at].data) if name.at is not None else name.words)
    return names


def name_after(tokens: list[Token], items: list[Item], last: int, stop: int) -> Name | None:
    """The name that the predicate after item `last` gives to its value."""
    end = min(stop, last + 22)
    label = label_after(tokens, items, last, stop)
    if label is not None:
        return label
    at = main_verb(tokens, items, last, end)
    if at is None and last > 0 and items[last - 1].low == "in" and (last == 1 or items[last - 2].low in _CLOSERS | {":", "that"}):
        return _happened(tokens, items, last, end)
    if at is None:
        return _share_of(tokens, items, last, end)
    verb = items[at].low
    if verb not in DID and any(x.low in ALLOCATED for x in items[at + 1 : at + 4]):
        return None
    if items[at].kind == "E":
        return Name(at, "", begin=at, verb=True)
    k = at + 1
    if k < end and items[k].low in ALONE and verb in {"had", "have", "has"}:
        return Name(None, ALONE[items[k].low], verb=True)
    if verb in ALONE and not (k < end and ((nounish(items[k]) and items[k].low not in _LATER) or items[k].low in DETERMINERS)):
        return Name(None, ALONE[verb], verb=True)
    if verb in LEFT or (k + 1 < end and items[k].low == "to" and items[k + 1].low in {"stop", "discontinue"}):
        return Name(None, "DISC" if verb != "withdrew" else "withdrawal", verb=True)
    if k < end and verb in BE and items[k].low == "lost":
        return Name(None, "lost to follow-up", verb=True)
    if verb == "crossed":
        return Name(None, "CROSSOVER", verb=True)
    if verb == "never" and k < end:
        return Name(None, f"never {items[k].low}", verb=True)
    if k < end and items[k].low in _WERE and verb in BE:
        return Name(None, _WERE[items[k].low], begin=k, verb=True)
    if k + 2 < end and items[k].low in _ABLE and items[k + 1].low == "to":
        return _able(tokens, items, k, end)
    if k < end and verb in BE and items[k].low == "evaluable":
        return Name(None, "evaluable", begin=k, verb=True)
    if k < end and verb in BE and items[k].kind == "X" and tokens[items[k].i].text in {"<", ">", "≤", "≥"}:
        return Name(None, " ".join(tokens[n].lower for n in range(items[k].i, items[k].j)), begin=k, verb=True)  # "were ≥65 years"
    denied = k < end and items[k].low in {"not", "never"} and verb not in BE
    done = items[k] if k < end and verb in BE and items[k].low.endswith("ed") and items[k].low not in BARE_PARTICIPLES else None
    while k < end and (
        items[k].low in _PASSED
        or items[k].kind in {"G", "T", "X"}
        or (items[k].low.endswith("ly") and not content_word(items[k]))
        or _participle(items, k, end)
        or (verb in {"had", "have", "has"} and items[k].low.endswith("ed") and items[k + 1 if k + 1 < end else k].low in DETERMINERS)
    ):
        if items[k].low == "by":
            k = next((j for j in range(k + 1, min(end - 1, k + 12)) if items[j].low == "to" and items[j + 1].low in {"have", "be"}), k)
        k += 1  # "were classified as …", "had been treated with …", "were considered by the board to have …"
    a, k = k, _phrase_end(items, k, end)
    if k == a < end and items[a].kind == "A" and verb in _HELD and items[at - 1].low not in {"who", "that"}:
        k = _phrase_end(items, a + 1, end)
        return Name(
            None, " ".join(w for x in items[a:k] for w in words_of(tokens, x)), begin=a, verb=True
        )  # a group of the text: "had A disease"
    if k == a and verb == "completed" and items[k - 1].kind == "X":
        return Name(None, " ".join([verb, *words_of(tokens, items[k - 1])]), begin=k - 1, verb=True)  # "completed six cycles"
    if k == a and verb in BE and items[k - 1].kind == "G" and not any(x.kind == "E" for x in items[max(0, last - 8) : last]):
        return Name(None, " ".join(words_of(tokens, items[k - 1])), begin=k - 1, verb=True)  # "60% of tumours were grade 3"
    if k == a or (done is not None and items[a].low in GROUPS):
        return Name(None, done.low, verb=True) if done is not None else None  # "were screened", "were hospitalised for 3 days"
    if k == a + 1 and items[a].low in _COMPARATIVE | NEVER:
        return _than(tokens, items, a, end)
    if k < end and (items[a].low, items[k].low) in {("free", "from"), ("positive", "for"), ("negative", "for")}:
        k = _phrase_end(items, k + 1, end)
    if k < end and items[k].kind == "A" and k == a + 1 and items[a].low.endswith(("operative", "adjuvant")):
        k += 1  # "preoperative radiotherapy"
    if denied:
        done_before = [x.low for x in items[at + 1 : a] if x.low in {"not", "never"} or x.low.endswith("ed")]
        return Name(None, " ".join([*(["no"] if verb in DID else done_before), _text(tokens, items, a, k)]), begin=a, verb=True)
    if items[k - 1].kind == "E":
        return Name(k - 1, "", begin=a, verb=True)
    return None if verb == "with" else Name(None, _text(tokens, items, a, k), begin=a, verb=True)


def _seen(items: list[Item], k: int) -> bool:
    """ "one (0.5%) occult tumour was detected", "seven (1%) deaths (three in A …)"."""
    if items[k].low == "(":
        return items[k - 1].kind == "E"
    return items[k].low in BE and k + 1 < len(items) and items[k + 1].low in SEEN | {"detected", "diagnosed", "found", "identified"}


def _happened(tokens: list[Token], items: list[Item], last: int, end: int) -> Name | None:
    """ "in 12% of cases, the dose had to be reduced"."""
    comma = next((k for k in range(last + 1, min(end, last + 6)) if items[k].low == ","), None)
    if comma is None or items[comma - 1].low not in PATIENT_NOUNS | {"cases"}:
        return _share_of(tokens, items, last, end)
    a = comma + 1
    while a < end and items[a].low in DETERMINERS:
        a += 1
    k = _phrase_end(items, a, end)
    if k == a:
        return None
    if items[k - 1].kind == "E":
        return Name(k - 1, "", begin=a, verb=True)
    done = next(
        (items[j].low for j in range(k, min(end, k + 6)) if items[j].low.endswith("ed") and items[j].low not in BARE_PARTICIPLES), ""
    )
    return Name(None, f"{_text(tokens, items, a, k)} {done}".strip(), begin=a, verb=True)


def _than(tokens: list[Token], items: list[Item], a: int, end: int) -> Name | None:
    """ "56% were older than 60 years"; other comparisons name nothing."""
    if a + 2 < end and items[a + 1].low == "than" and items[a + 2].kind in {"X", "C"}:
        words = [w for x in items[a : a + 3] for w in words_of(tokens, x)]
        return Name(None, " ".join(words), begin=a, verb=True)
    return None


def _able(tokens: list[Token], items: list[Item], k: int, end: int) -> Name:
    """ "were able to complete all planned cycles"."""
    a = k + 3
    while a < end and items[a].low in DETERMINERS:
        a += 1
    words = [items[k].low, "to", items[k + 2].low, *_text(tokens, items, a, _phrase_end(items, a, end)).split()]
    return Name(None, " ".join(words), begin=k, verb=True)


def label_after(tokens: list[Token], items: list[Item], last: int, stop: int) -> Name | None:
    """The label that stands right behind a value and is closed at once: "57% men; 84% smokers", "58% ovary, 35% endometrium"."""
    k = last + 1
    if k >= len(items):
        return None
    if items[k].low in _WERE and not _of_those(tokens, items[last]):
        return Name(None, _WERE[items[k].low], begin=k, verb=True)
    k += items[k].low in {"a", "an"} and k + 1 < len(items)  # "41% had a KRAS mutation and 9% a BRAF mutation"
    end = k
    while end < min(stop, k + 5) and (items[end].kind == "E" or (content_word(items[end]) and items[end].low not in PREDICATES)):
        end += 1
    if end == k or items[k].low.endswith("ed") or not (end == len(items) or items[end].low in _CLOSERS or _seen(items, end)):
        return None
    if items[end - 1].kind == "E":
        return Name(end - 1, "", begin=k, verb=True)
    if items[end - 1].low.endswith("ing") or items[end - 1].low in GENERIC or (end == k + 1 and items[k].low in BARE | {"event", "events"}):
        return None
    return Name(None, _text(tokens, items, k, end), begin=k, verb=True)


def _of_those(tokens: list[Token], item: Item) -> bool:
    """ "20% of 40 men": whom the denominator counts, and no label."""
    return item.data.x is not None and item.data.n is not None and tokens[item.j - 1].value == str(item.data.n)


def _participle(items: list[Item], k: int, end: int) -> bool:
    """Whether a participle at item `k` leads on to what it is said of: "treated with", "classified as", "considered at"."""
    if k + 1 >= end or items[k].kind != "W":
        return False
    if items[k].low in _JUDGED:
        return True
    led = k > 0 and items[k - 1].low.endswith("ed") and items[k].low in {"as", "with", "by", "into", "in", "on"}
    return led or (items[k].low.endswith("ed") and items[k + 1].low in {"as", "with", "by", "into", "in", "on"})


def names_after(tokens: list[Token], items: list[Item], name: Name, last: int, end: int) -> list[str]:
    """All names of the list that begins with `name`: "31%, 38% and 12% reached TRG0, TRG1 and TRG2"."""
    names: list[str] = []
    k = name.begin
    while k < end and k > last:
        a, k = k, _phrase_end(items, k, end)
        if k == a:
            return names
        names.append(str(items[k - 1].data) if items[k - 1].kind == "E" else _text(tokens, items, a, k))
        start = k
        while k < end and items[k].low in {",", "and"}:
            k += 1
        if k == start:
            return names
    return names


def _phrase_end(items: list[Item], a: int, end: int) -> int:
    """Where the noun phrase from item `a` ends: with an endpoint, or before the next small word."""
    k = a
    while k < end and k < a + 7 and (content_word(items[k]) or items[k].kind == "E" or (k > a and _joins(items, k))):
        k += 1
        if items[k - 1].kind == "E":
            return k
        while k < end and items[k].kind == "G":
            k += 1
        if k + 2 < end and items[k].low == "(" and items[k + 1].kind == "G" and items[k + 2].low == ")" and items[k - 1].low in NEUTRAL:
            k += 3  # "severe (grade 3) oesophagitis"
    while k > a and items[k - 1].low in {"of", "to", "or", "in"}:
        k -= 1
    return k


def _joins(items: list[Item], k: int) -> bool:
    return items[k].low in {"of", "to", "or"} or (items[k].low == "in" and items[k - 1].low in OUTER | {"elevation", "elevations"})


def _text(tokens: list[Token], items: list[Item], a: int, b: int) -> str:
    return plain_name([w for item in items[a:b] if item.kind != "G" and item.low not in {"(", ")"} for w in words_of(tokens, item)])


def _share_of(tokens: list[Token], items: list[Item], last: int, end: int) -> Name | None:
    """ "90% of the planned dose was delivered": a share of what is no patient."""
    k = last + 1
    if k >= end or items[k].low != "of":
        return None
    k += 1
    while k < end and items[k].low in DETERMINERS:
        k += 1
    a = k
    while k < end and k < a + 5 and (content_word(items[k]) or items[k].kind == "E"):
        k += 1
    if k == a or (k < end and items[k].low in PATIENT_NOUNS) or (k == a + 1 and items[a].low in COUNTED):
        return None
    lasted = {items[k - 1].low, items[min(k, end - 1)].low} & {"lasted", "lasting", "ongoing"}
    if lasted and items[a].kind == "E" and items[a].data in {"ORR", "responses", "CR", "PR"}:
        return Name(None, "DOR", begin=a, verb=True)
    if k + 1 < end and items[k].low in BE and items[k + 1].low.endswith("ed"):
        return Name(None, " ".join([w for x in items[a:k] for w in words_of(tokens, x)] + [items[k + 1].low]), begin=a, verb=True)
    return Name(None, _text(tokens, items, a, k), begin=a, verb=True)
