"""What a value is a value of, by the grammar of its clause: the phrase before its bracket, the subject, the object of "had"."""

from __future__ import annotations

import re

from topline.audit.clause_words import (
    ADJUNCT,
    ALONE,
    BARE,
    BE,
    DETERMINERS,
    GENERIC,
    HAVE,
    LINKERS,
    NEVER,
    PREDICATES,
    SEXES,
    STOPS,
    VERBS,
)
from topline.audit.complements import complement, done_to, extent_of, told
from topline.audit.governors import DEFINING, governor, role, share_who
from topline.audit.item import Item
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.noun_phrases import Name, nounish, opening, phrase_start
from topline.audit.phrases import ADJECTIVE, content_word, family_of, plain_name, words_of
from topline.audit.small_words import VS
from topline.audit.tokens import Token

__all__ = ["name_before", "names_before", "text_of"]


_TREATMENTS = frozenset({"chemotherapy", "radiotherapy", "therapy", "treatment"})
_GIVEN = _TREATMENTS | {"surgery"}
_EVENTFUL = frozenset({"progressed", "recurred", "relapsed"})
_DISEASED = frozenset({"cancer", "cancers", "disease", "lesion", "lesions", "tumor", "tumors", "tumour", "tumours"})
_KINDS = frozenset({"acute", "early", "late", "negative", "positive", "primary", "secondary"})
_STAGES = frozenset({"ii", "iii", "iv", "iia", "iib", "iiia", "iiib", "iiic", "iva", "ivb"})
_UNITS = frozenset(
    {
        "mg", "g", "ml", "kg", "mmol", "ng", "pg", "u", "iu", "min", "minutes", "hours", "h", "mmol/l", "ng/ml", "beats/min", "cm", "mm",
        "cm3", "mm3",
    }
)  # fmt: skip
_SYMBOL = re.compile(r"(?:[tfzrdβρκχ][0-9²,]*|i[2²]|rho|tau|kappa|[mµμnpdk]?[gl]-[12]|[mµμn]?mol-[12])$")


def name_before(tokens: list[Token], items: list[Item], first: int, begin: int) -> tuple[Name | None, Name | None]:
    """The name of the value at item `first` among the items from `begin` to it, and a second choice."""
    k = first - 1
    bracketed = k >= begin and items[k].low in {"(", "["}
    k -= bracketed
    adjacent = True
    verb = had = False
    said: str | None = None
    state = False
    rate = items[first].kind == "C" and (items[first].data.unit == "%" or items[first].data.x is not None)
    edge = first
    second: Name | None = None
    given: Name | None = None
    while k >= begin:
        x = items[k]
        if x.low in {")", "]"}:
            k = opening(items, k, begin) - 1
            continue
        if x.low in {"(", "["}:
            bracketed = adjacent = True  # "neuropathy (grade 2-3, 19% v 38%)": the value stands within
            verb, had, edge, said = False, False, k, None
            k -= 1
            continue
        if x.low in STOPS and second is not None:
            break
        if x.low == "which" and k > begin + 1 and items[k - 1].low == "," and nounish(items[k - 2]) and not bracketed:
            a = phrase_start(items, k - 2, begin)
            name = _named(tokens, items, a, k - 1)
            if name is not None:
                name.verb = verb
                return name, second  # "except neurotoxicity, which occurred in 20 patients (32%)"
            k = a - 1
            continue
        if x.low in SEXES and k == first - 1:
            return Name(None, SEXES[x.low], begin=k, close=True), second  # "male 73.7%"
        if (
            x.low in SEXES
            and (verb or bracketed)
            and (items[k - 1 if k > begin else k].low in {",", "and", "were", "was", "(", ";"} or items[k - 1].low.endswith("ly"))
        ):
            return Name(None, SEXES[x.low], begin=k, verb=verb), second
        if x.low in {"older", "younger"} and items[k + 1].low == "than" and items[k + 2].kind == "X":
            words = [w for y in items[k : k + 3] for w in words_of(tokens, y)]
            return Name(None, " ".join(words), begin=k, verb=True), second  # "half were older than 70 years (52%)"
        if x.low in ALONE and share_who(items, k):
            return Name(None, ALONE[x.low], begin=k), second  # "the percentages of patients who discontinued A and B were …"
        if x.low in _EVENTFUL and (items[k - 1].low in _DISEASED or (k == first - 2 and items[k + 1].low == "in")):
            return Name(None, ALONE[x.low], begin=k, close=True), second  # "disease progressed in 16 patients (27%)"
        done = complement(items, k, begin) if rate and said is None and k > begin and x.kind == "W" else None
        if (
            not nounish(x)
            or done is not None
            or x.low in PREDICATES
            or (_participle(items, k, begin) and not (k == first - 2 and items[k + 1].low in {"in", "for"}))
        ):
            verb = verb or x.low in VERBS or (x.low.endswith("ed") and k > begin and items[k - 1].kind == "E")
            said = said or done
            state = state or (done is not None and all(y.low != "," for y in items[k + 1 : first]))
            had = had or (x.low in HAVE and x.low != "with" and items[k - 1].low not in BE)
            adjacent = False
            k -= 1
            continue
        a = phrase_start(items, k, begin)
        labels = a > begin and items[a - 1].low in {"(", "["} and x.kind != "E" and _labels(items, first)
        name = _named(tokens, items, a, k + 1) if not (labels or (bracketed and k == first - 2 and _of_groups(items, first))) else None
        if name is None and bracketed and k == first - 2 and x.low in _GIVEN and _in_a_list(items, a, begin):
            return Name(None, " ".join(w for y in items[a : k + 1] for w in words_of(tokens, y)), close=True, begin=a), second
        bare = name is None and said is not None and items[governor(items, a, begin)].low not in ADJUNCT | DEFINING
        if bare and said is not None and (code := done_to(plain_name(_words(tokens, items[a : k + 1])), said)) is not None:
            return Name(None, code, begin=a, verb=True), second  # "doses were reduced in 27%"
        if name is None or (a - 2 >= begin and items[a - 1].low == "or" and items[a - 2].kind == "A"):
            if given is None and name is None and verb and x.low in _TREATMENTS and k > a:
                given = Name(None, " ".join(w for y in items[a : k + 1] for w in words_of(tokens, y)), begin=a, verb=True)
            adjacent = False  # "in those with necrosis or haemorrhage", where the former is an arm
            k = a - 1
            continue
        between = _without_aside(_unbracketed(items[k + 1 : edge]))
        p = governor(items, a, begin)
        name.close = adjacent or (not bracketed and _linked_directly(items, name, a, between))
        name.verb, name.had = verb, had
        name.weak = not (bracketed or verb or name.close) and any(y.low in {",", "and", "or", ";"} for y in between)
        part = role(tokens, items, name, a, p, bracketed)
        if part == "named":
            full = extent_of(items[name.at].data, said) if said is not None and name.at is not None else None
            if full is not None:
                return Name(None, full, begin=name.begin, verb=True), second
            if said is not None and name.at is None:
                name.words = told(name.words, said)  # "margins were negative in 88%"
            return name, second
        if part == "second" and (second is None or (second.at is None and name.at is not None)):
            second = name
        adjacent = False
        k = p - 1
    if second is None and given is None and said is not None and state and not said.endswith("ed"):
        return Name(None, said, verb=True), None  # "… and was falsely positive in 53%"
    return None, second or given  # "salvage therapy was given to 45%"


def _words(tokens: list[Token], items: list[Item]) -> list[str]:
    return [w for x in items if x.low not in DETERMINERS for w in words_of(tokens, x)]


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


def _labels(items: list[Item], first: int) -> bool:
    """ "(TC, 63% v PE, 69%)": what stands before each value of a bracket is a group."""
    if first + 3 >= len(items) or items[first - 1].low not in {",", ":", "="} or items[first + 1].low not in VS:
        return False
    k = first + 2 + (items[first + 2].low == ".")
    return k + 2 < len(items) and items[k + 1].low == items[first - 1].low and items[k + 2].kind == "C"


def _in_a_list(items: list[Item], a: int, begin: int) -> bool:
    """Whether a phrase before its bracket goes on a list of such, or begins one: "included surgery (64%), radiotherapy (30%) and …"."""
    if items[a - 1 if a else 0].low in {"included", "including", "includes", "comprised"}:
        return True
    k = a - 1
    while k > begin and items[k].low in {",", "and", "or"}:
        k -= 1
    return k < a - 1 and items[k].low in {")", "]"}


def _unbracketed(items: list[Item]) -> list[Item]:
    depth = 0
    out: list[Item] = []
    for x in items:
        depth += x.low in {"(", "["}
        if depth <= 0:
            out.append(x)
        depth -= x.low in {")", "]"}
    return out


def _without_aside(items: list[Item]) -> list[Item]:
    """Without words between commas that only describe: "and xerostomia, mostly mild, in 61%"."""
    if len(items) < 4 or items[0].low != "," or not items[1].low.endswith("ly"):
        return items
    end = next((n for n in range(1, len(items)) if items[n].low == ","), 0)
    return items[end + 1 :] if end and all(x.kind in "GW" for x in items[1:end]) else items


def _linked_directly(items: list[Item], name: Name, a: int, between: list[Item]) -> bool:
    """ "an ORR of 40%", "ORR: 40%", "; N1, 16 patients (26%)": nothing but a link lies between the phrase and its value."""
    if not between:
        return True
    if len(between) == 1 and between[0].low == ",":
        return name.at is not None or (a > 0 and items[a - 1].low in {",", ";", ":", "and", "("})
    return between[0].low in {"of", "=", ":", "being"} and all(y.low in LINKERS for y in between)


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
    if (_SYMBOL.match(head) and head not in {"r0", "r1", "r2"}) or head in _UNITS:
        return None
    words = plain_name(words).split()
    if words[:2] in (["odds", "of"], ["hazard", "of"]) and len(words) > 2:
        words = words[2:]
    if "of" in words[1:-1]:
        head = words[words.index("of") - 1].lower()  # "interruptions of chemotherapy"
    if len(words) == 1 and head.endswith(("able", "ible")):
        return None
    if b < len(items) and items[b].low in PATIENT_NOUNS:
        return None  # "treated Asian patients"
    if head == "risk" and words[0] in {"absolute", "actuarial", "crude", "cumulative", "estimated", "overall"}:
        return None
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


def _with_head(name: str, following: str) -> str:
    """ "positive and negative predictive values": an adjective has the noun of the phrase behind it."""
    adjective = name.split()[-1].lower()
    head = following.split()[1:]
    alike = head and (ADJECTIVE.search(adjective) or adjective in _KINDS) and family_of(name) != "term"
    return " ".join([adjective, *head]) if alike else name


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
            p = opening(items, p, begin) - 1
        if p < begin or not nounish(items[p]):
            return names
        b = phrase_start(items, p, begin)
        other = _named(tokens, items, b, p + 1)
        if other is None:
            return names
        names.insert(0, _with_head(text_of(other, items), names[0]))
        a = other.begin
