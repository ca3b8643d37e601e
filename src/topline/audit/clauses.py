"""What a value is a value of, by the grammar of its clause: the phrase before its bracket, the subject, the object of "had"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from topline.audit.clause_words import (
    ADJUNCT,
    ALONE,
    BARE,
    BE,
    COMPARED,
    DETERMINERS,
    GENERIC,
    HAVE,
    LINKERS,
    NEVER,
    OUTER,
    PREDICATES,
    SEEN,
    SEXES,
    STOPS,
    VERBS,
)
from topline.audit.item import Item
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.phrases import content_word, family_of, plain_name, words_of
from topline.audit.tokens import Token

__all__ = ["Name", "name_before", "names_before", "nounish", "text_of"]


@dataclass(slots=True)
class Name:
    """What was found: the number of an endpoint item, or plain words; `close` when nothing but "of" lies between.

    `verb` when a verb does, `had` when it is one of having or reaching; `weak` when a comma or "and" does, and no verb.
    """

    at: int | None
    words: str
    close: bool = False
    begin: int = 0
    verb: bool = False
    weak: bool = False
    had: bool = False


_SHARES = frozenset(
    {
        "frequency", "incidence", "number", "occurrence", "percentage", "percentages", "probability", "proportion", "proportions", "rate",
        "rates", "risk",
    }
)  # fmt: skip
_EVENTFUL = frozenset({"progressed", "recurred", "relapsed"})
_STAGES = frozenset({"ii", "iii", "iv", "iia", "iib", "iiia", "iiib", "iiic", "iva", "ivb"})
_UNITS = frozenset(
    {
        "mg",
        "g",
        "ml",
        "kg",
        "mmol",
        "ng",
        "pg",
        "u",
        "iu",
        "min",
        "minutes",
        "hours",
        "h",
        "mmol/l",
        "ng/ml",
        "beats/min",
        "cm",
        "mm",
        "cm3",
        "mm3",
    }
)
_COMPARING = frozenset({"in", "for", "among", "than", "between", "of", "to", "with", "versus", "vs", "v", "from"})
_AUXILIARY = frozenset({"never", "not", "had", "have", "has", "were", "was", "are", "also", "ever", "did", "do"})
_SYMBOL = re.compile(r"(?:[tfzrdβρκχ][0-9²,]*|[mµμnpdk]?[gl]-[12]|[mµμn]?mol-[12])$")


def nounish(item: Item) -> bool:
    """Whether an item may be the head of a noun phrase."""
    return item.kind == "E" or (content_word(item) and not (item.low.endswith("ed") and "-" not in item.low))


def _opening(items: list[Item], k: int, begin: int) -> int:
    depth = 0
    while k >= begin:
        if items[k].low in {")", "]"}:
            depth += 1
        elif items[k].low in {"(", "["}:
            depth -= 1
            if depth == 0:
                return k
        k -= 1
    return begin


def _phrase(items: list[Item], k: int, begin: int) -> int:
    """Where the noun phrase that ends with item `k` begins, "of" and abbreviations in brackets included."""
    a = k
    while a - 1 >= begin and k - a < 12:
        x = items[a - 1]
        if nounish(x) or (content_word(x) and x.low.endswith("ed") and a - 2 >= begin and items[a - 2].low in DETERMINERS):
            a -= 1
        elif x.low == ")" and a - 4 >= begin and items[a - 3].low == "(" and nounish(items[a - 4]):
            a -= 4
        elif x.low in {"of", "the", "all", "any", "a", "an", "both", "each"}:
            b = a - 1
            while b >= begin and items[b].low in {"the", "a", "an", "any", "all", "both", "each"}:
                b -= 1
            if b <= begin or items[b].low != "of":
                break
            if items[b - 1].low == ")" and b - 4 >= begin and items[b - 3].low == "(":
                b -= 3  # "cancer-specific survival (CSS) of …"
            if not nounish(items[b - 1]):
                break
            a = b - 1
        else:
            break
    return a


def name_before(tokens: list[Token], items: list[Item], first: int, begin: int) -> tuple[Name | None, Name | None]:
    """The name of the value at item `first` among the items from `begin` to it, and a second choice."""
    k = first - 1
    bracketed = k >= begin and items[k].low in {"(", "["}
    k -= bracketed
    adjacent = True
    verb = had = False
    edge = first
    second: Name | None = None
    while k >= begin:
        x = items[k]
        if x.low in {")", "]"}:
            k = _opening(items, k, begin) - 1
            continue
        if x.low in {"(", "["}:
            bracketed = adjacent = True  # "neuropathy (grade 2-3, 19% v 38%)": the value stands within
            verb, had, edge = False, False, k
            k -= 1
            continue
        if x.low in STOPS and second is not None:
            break
        if x.low in SEXES and k == first - 1:
            return Name(None, SEXES[x.low], begin=k, close=True), second  # "male 73.7%"
        if x.low in SEXES and (verb or bracketed) and items[k - 1 if k > begin else k].low in {",", "and", "were", "was", "(", ";"}:
            return Name(None, SEXES[x.low], begin=k, verb=verb), second
        if x.low in {"older", "younger"} and items[k + 1].low == "than" and items[k + 2].kind == "X":
            words = [w for y in items[k : k + 3] for w in words_of(tokens, y)]
            return Name(None, " ".join(words), begin=k, verb=True), second  # "half were older than 70 years (52%)"
        if x.low in ALONE and _share_who(items, k):
            return Name(None, ALONE[x.low], begin=k), second  # "the percentages of patients who discontinued A and B were …"
        if x.low in _EVENTFUL and k == first - 2 and items[k + 1].low == "in":
            return Name(None, ALONE[x.low], begin=k, close=True), second  # "disease progressed in 16 patients (27%)"
        if (
            not nounish(x)
            or x.low in PREDICATES
            or (_participle(items, k, begin) and not (k == first - 2 and items[k + 1].low in {"in", "for"}))
        ):
            verb = verb or x.low in VERBS
            had = had or (x.low in HAVE and x.low != "with" and items[k - 1].low not in BE)
            adjacent = False
            k -= 1
            continue
        a = _phrase(items, k, begin)
        name = _named(tokens, items, a, k + 1) if not (bracketed and k == first - 2 and _of_groups(items, first)) else None
        if name is None or (a - 2 >= begin and items[a - 1].low == "or" and items[a - 2].kind == "A"):
            adjacent = False  # "in those with necrosis or haemorrhage", where the former is an arm
            k = a - 1
            continue
        between = _unbracketed(items[k + 1 : edge])
        p = _governor(items, a, begin)
        name.close = adjacent or (not bracketed and _linked_directly(items, name, a, between))
        name.verb, name.had = verb, had
        name.weak = not (bracketed or verb or name.close) and any(y.low in {",", "and", "or", ";"} for y in between)
        role = _role(tokens, items, name, a, p, bracketed)
        if role == "named":
            return name, second
        if role == "second" and (second is None or (second.at is None and name.at is not None)):
            second = name
        adjacent = False
        k = p - 1
    return None, second


def _participle(items: list[Item], k: int, begin: int) -> bool:
    """ "…, reflecting": no noun."""
    return items[k].kind == "W" and items[k].low.endswith("ing") and k > begin and items[k - 1].low == ","


def _of_groups(items: list[Item], first: int) -> bool:
    """ "in the A (12%) and B (15%) groups": what stands before the bracket is a group."""
    depth = 0
    for k in range(first, min(first + 30, len(items))):
        depth += (items[k].low in {"(", "["}) - (items[k].low in {")", "]"})
        if depth < 0 and items[k].low not in {")", "]"}:
            if items[k].low in {"groups", "arms", "cohorts"}:
                return True
            if items[k].low not in {"and", "or", ",", "versus", "vs"} and not content_word(items[k]):
                return False
        depth = max(depth, -1)
    return False


def _unbracketed(items: list[Item]) -> list[Item]:
    depth = 0
    out: list[Item] = []
    for x in items:
        depth += x.low in {"(", "["}
        if depth <= 0:
            out.append(x)
        depth -= x.low in {")", "]"}
    return out


def _governor(items: list[Item], a: int, begin: int) -> int:
    """The item that governs the phrase from item `a`: what stands before its articles, grades and adverbs."""
    first = p = _before_articles(items, a, begin)
    known = False
    for _ in range(4):  # "treated with A or B", "between low- and high-grade tumours": both are governed
        if p <= begin or items[p].low not in {"and", "or", ")", "]"}:
            break
        b = p - 1 if items[p].low in {"and", "or"} else p
        while b > begin and items[b].low in {"-", ")", "]"}:
            b = b - 1 if items[b].low == "-" else _opening(items, b, begin) - 1
        if b < begin or not (nounish(items[b]) or items[b].kind == "A"):
            break
        known = known or items[b].kind == "E"
        p = _before_articles(items, _phrase(items, b, begin) if items[b].kind != "A" else b, begin)
    if p == first or p < begin or items[p].low not in ADJUNCT:
        return first
    return first if known and not _of_patients(items, p) else p


def _of_patients(items: list[Item], p: int) -> bool:
    """Whether the preposition at item `p` tells which patients: "those with a severe complication"."""
    return p > 0 and items[p].low in {"with", "without"} and items[p - 1].low in PATIENT_NOUNS | {"those"}


def _before_articles(items: list[Item], a: int, begin: int) -> int:
    p = a - 1
    while p >= begin and (
        items[p].low in DETERMINERS
        or items[p].kind in {"T", "G", "X"}
        or items[p].low.endswith("ly")
        or items[p].low in PREDICATES
        or (items[p].kind == "C" and items[p].data.unit is None and items[p].data.x is None)
        or items[p].low == "+"
        or (items[p].low == "or" and items[p + 1].low in {"more", "fewer", "less", "greater", "higher"})
        or (items[p].low in SEEN and p > begin and items[p - 1].low.endswith("ly"))
    ):
        p -= 1
    return p


def _linked_directly(items: list[Item], name: Name, a: int, between: list[Item]) -> bool:
    """ "an ORR of 40%", "ORR: 40%", "; N1, 16 patients (26%)": nothing but a link lies between the phrase and its value."""
    if not between:
        return True
    if len(between) == 1 and between[0].low == ",":
        return name.at is not None or (a > 0 and items[a - 1].low in {",", ";", ":", "and", "("})
    return between[0].low in {"of", "=", ":", "being"} and all(y.low in LINKERS for y in between)


def _role(tokens: list[Token], items: list[Item], name: Name, a: int, p: int, bracketed: bool) -> str:
    """What a phrase is to the value: its name, a second choice, or nothing."""
    governor = items[p].low if p >= 0 else ""
    before = items[p - 1].low if p > 0 else ""
    if governor in {"than", "versus", "vs", "v", "plus"} or (governor in {"with", "to"} and before in COMPARED):
        return "nothing"
    if governor == "of" and p > 0 and items[p - 1].kind == "C":
        return "nothing"  # "31% of patients with T4 tumours compared to 13% of T1 tumours (P = 0.007)"
    if governor in HAVE and _relative(items, p):
        return "second"  # "higher for patients who developed fever": the clause tells which patients
    if _of_patients(items, p) and (name.had or not _objects(items, p)):
        return "second"
    if governor in BE and _superlative(tokens, items, p, a):
        return "second"  # "stable disease was the best response": the subject is what is counted
    followed = name.at is not None and items[name.at].data == "FU"
    if name.close and governor in {"from", "after", "since", "before", "until"} and not (bracketed or followed):
        return "second"  # "a survival from relapse of 35 months"
    if name.close:
        adjunct = bracketed and name.at is None and governor in ADJUNCT and not _objects(items, p)
        return "second" if adjunct else "named"
    if governor in {"to", "in"} and before in {"led", "lead", "leading", "resulted", "resulting"}:
        return "named"
    if (governor == "of" and before in _SHARES) or (governor == "with" and before == ","):
        return "named"  # "the rate of fever", "…, with more fever in A than in B"
    if governor.endswith("ing") and before in ADJUNCT:
        return "second"  # "after achieving …"
    if governor in ADJUNCT:
        if governor == "in" and before in OUTER | {"difference", "differences"}:
            if name.at is None and before in OUTER:
                name.words = f"{before} in {name.words}"
            return "named"
        return "second"
    return "named"


def _relative(items: list[Item], p: int) -> bool:
    """Whether the verb at item `p` is one of a clause with "who" or "that"."""
    k = p - 1
    while k > 0 and p - k < 4 and (items[k].low in _AUXILIARY or items[k].low.endswith("ly")):
        k -= 1
    return k >= 0 and items[k].low in {"who", "that", "they"}


def _share_who(items: list[Item], k: int) -> bool:
    return k > 3 and items[k - 1].low == "who" and items[k - 2].low in PATIENT_NOUNS and items[k - 4].low in _SHARES


def _objects(items: list[Item], p: int) -> bool:
    """Whether the preposition at item `p` leads to what is counted: "patients with nausea", "improvement in sleep", "led to fever"."""
    before = items[p - 1].low if p > 0 else ""
    if items[p].low in {"with", "without"}:
        shared = p > 2 and items[p - 2].low == "of" and items[p - 3].low in _SHARES
        compared = p > 1 and items[p - 2].low in _COMPARING and not shared
        return not compared and (before in PATIENT_NOUNS or before in {"those", "women", "men", "children"})
    if items[p].low in {"in", "of"}:
        return before in OUTER or before in {"difference", "differences", "terms"} or items[p].low == "of"
    return items[p].low == "to" and before in {"led", "leading", "respect", "regard", "due", "attributed", "related"}


def _superlative(tokens: list[Token], items: list[Item], a: int, b: int) -> bool:
    return any(
        tokens[x.i].lower in {"most", "commonest", "best", "main", "predominant", "principal", "only", "primary"} for x in items[a : b + 2]
    )


def _before_of(items: list[Item], known: list[int]) -> int:
    """ "the resection rate of metastases" is one of resection, "symptoms of depression" are of depression."""
    if len(known) < 2 or items[known[-1] - 1].low != "of":
        return known[-1]
    return known[-2] if items[known[-1] - 2].low in {"rate", "rates"} else known[-1]


def _named(tokens: list[Token], items: list[Item], a: int, b: int) -> Name | None:
    """The phrase of items a..b as an endpoint item, as words, or as nothing that could name a value."""
    known = [n for n in range(a, b) if items[n].kind == "E"]
    if known:
        timed = [n for n in known if family_of(str(items[n].data)) == "tte"]
        at = timed[0] if timed else _before_of(items, known)  # "survival post relapse"
        return Name(at, "", begin=at)
    words: list[str] = []
    n = a
    while n < b:
        if items[n].low == "(":
            n += 3
            continue
        if items[n].low not in DETERMINERS:
            words.extend(words_of(tokens, items[n]))
        n += 1
    head = items[b - 1].low
    if _SYMBOL.match(head) or head in _UNITS:
        return None
    words = plain_name(words).split()
    if "of" in words[1:-1]:
        head = words[words.index("of") - 1].lower()  # "interruptions of chemotherapy"
    if len(words) == 1 and head.endswith(("able", "ible")):
        return None
    if b < len(items) and items[b].low in PATIENT_NOUNS:
        return None  # "treated Asian patients"
    if head.endswith("-fold") or "hazard" in words:
        return None
    if (
        not words
        or head in GENERIC
        or head in NEVER
        or (len(words) == 1 and head in BARE)
        or items[b - 1].low in PATIENT_NOUNS
        or len(words[-1]) < 2
    ):
        return None
    if len(words) == 1 and head in _STAGES and any(items[n].low == "stage" for n in range(max(0, a - 30), a)):
        words = ["stage", *words]  # "stage was I in 19%, II in 63% and III in 18%"
    if "of" in words[1:3] and words[words.index("of") - 1] in GENERIC | BARE:
        words = words[words.index("of") + 1 :]
    return Name(None, " ".join(words), begin=a)


def text_of(name: Name, items: list[Item]) -> str:
    """The endpoint that a name stands for."""
    return name.words if name.at is None else str(items[name.at].data)


def names_before(tokens: list[Token], items: list[Item], name: Name, begin: int) -> list[str]:
    """All names of the list that ends with `name`: "TRG0, TRG1 and TRG2 were …"."""
    names = [text_of(name, items)]
    a = name.begin
    while True:
        p = a - 1
        while p > begin and (items[p].kind in {"T", "G"} or items[p].low in DETERMINERS):
            p -= 1
        joint = p
        while p > begin and items[p].low in {",", "and", "or", "&"}:
            p -= 1
        if p == joint or p < begin or (len(names) == 1 and all(x.low == "," for x in items[p + 1 : joint + 1])):
            return names  # "for patients with A, PFS was …"
        if items[p].low == ")":
            p = _opening(items, p, begin) - 1
        if p < begin or not nounish(items[p]):
            return names
        b = _phrase(items, p, begin)
        other = _named(tokens, items, b, p + 1)
        if other is None:
            return names
        names.insert(0, text_of(other, items))
        a = other.begin
