"""Groups of patients that a sentence itself names: "patients with X", "those who did not receive Y", "low- and high-grade tumours"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from topline.audit.arm_evidence import Key
from topline.audit.items import Item
from topline.audit.lexicon import PATIENT_NOUNS, parts_of
from topline.audit.phrases import content_word
from topline.audit.small_words import HEADS
from topline.audit.tokens import Token
from topline.audit.treatments import is_treatment

__all__ = ["HEADED", "NO", "OPPOSITE", "Group", "adjective", "all_groups", "make", "name_end", "names_treatment"]

# fmt: off
_PEOPLE = (PATIENT_NOUNS - {"evaluable", "responders"}) | HEADS | frozenset(
    {
        "carcinomas", "disease", "lesions", "subgroup", "subgroups", "survivors", "those", "tumors", "tumours",
    }
)
HEADED = frozenset(
    {
        "arm", "carriers", "cohort", "disease", "group", "lesions", "patients", "participants", "population", "recipients", "subgroup",
        "subset", "tumors", "tumours", "women", "men", "children", "arms", "groups", "cohorts", "subgroups", "carcinomas", "regimen",
        "survivors",
    }
)
_HAVING = frozenset(
    {
        "aged", "carrying", "expressing", "harboring", "harbouring", "having", "lacking", "with", "without",
    }
)
_TAKING = frozenset(
    {
        "given", "receiving", "taking", "undergoing",
    }
)
_GIVEN = frozenset(
    {
        "allocated", "assigned", "randomised", "randomized", "treated",
    }
)
_BY = frozenset({"after", "at", "before", "by", "during", "every", "in", "on", "to", "with"})
_AUXILIARY = frozenset(
    {
        "achieved", "also", "are", "been", "developed", "did", "do", "does", "ever", "experienced", "had", "has", "have", "never", "not",
        "obtained", "receive", "received", "refused", "showed", "undergo", "underwent", "was", "were",
    }
)
NO = frozenset({"no", "not", "never", "without", "lacking", "neither", "nor"})
OPPOSITE = {
    "high": "low", "low": "high", "positive": "negative", "negative": "positive", "with": "without", "without": "with",
    "mutant": "wild-type", "mutated": "wild-type", "male": "female", "female": "male", "men": "women", "women": "men",
    "responders": "nonresponders", "nonresponders": "responders", "non-responders": "responders",
    "high-risk": "low-risk", "low-risk": "high-risk", "high-grade": "low-grade", "low-grade": "high-grade",
}
_ADJECTIVES = frozenset(
    {
        "advanced", "amplified", "early", "early-stage", "elderly", "female", "high", "high-dose", "high-grade", "high-risk", "initial",
        "intermediate", "intermediate-risk", "late", "localized", "low", "low-dose", "low-grade", "low-risk", "male", "matched",
        "metastatic", "mutant", "mutated", "negative", "nonsquamous", "non-squamous", "older", "positive", "poor-risk", "primary",
        "recurrent", "refractory", "relapsed", "resected", "resistant", "sensitive", "squamous", "standard-risk", "unmatched",
        "unmutated", "unresected", "untreated", "wild-type", "young", "younger", "favorable-risk", "favourable-risk", "triple-negative",
    }
)
_COMPARES = frozenset({"and", "compared", "than", "versus", "vs"})
_ENDINGS = (
    "-positive", "-negative", "-mutant", "-mutated", "-high", "-low", "-naive", "-naïve", "-risk", "-type",
    "-amplified", "-pretreated", "-treated", "-grade", "-stage", "-deficient", "-proficient", "-intermediate",
    "-expressing", "-rearranged",
)  # fmt: skip
_ADJECTIVAL = frozenset(
    {
        "accelerated", "advanced", "amplified", "combined", "dedicated", "extended", "fractionated", "hypofractionated", "inoperable",
        "localized", "limited", "matched", "modified", "modulated", "mutated", "pegylated", "pretreated", "relapsed", "resected",
        "related", "threatened", "affected", "unmutated", "unresected", "untreated", "involved", "elevated", "increased", "decreased",
        "reduced", "delayed", "planned", "targeted", "unplanned", "impaired", "preserved", "unmatched",
    }
)
_JOINED = frozenset({"-", "/", "+", "of", "plus", "≥", "≤", ">", "<", "'", "&"})
# fmt: on


@dataclass(slots=True)
class Group:
    """One group: its items (from `a` up to `b`), its words and its name; `frame` tells by which construction it is named."""

    a: int
    b: int
    key: Key
    name: str
    frame: str


def _key(tokens: list[Token]) -> Key:
    out: list[str] = []
    for token in tokens:
        if token.kind == "w":
            if token.text not in {"the", "a", "an"}:
                out.extend(p for p in parts_of(token.lower) if p not in {"patient", "group", "arm", "cohort"})
        elif token.text not in "+&-" or (token is tokens[-1] and len(tokens) > 1 and tokens[-2].end == token.start):
            out.append(token.lower)  # "MRD+"
    return tuple(out)


def name_end(items: list[Item], k: int, *, endpoints: bool, most: int = 7) -> int:
    """End of the noun phrase that begins at item `k`; the names of endpoints may stand in it where a group has or lacks something."""
    j = k
    while j < len(items) and items[j].low in {"the", "a", "an", "any"} and not (j + 1 < len(items) and items[j + 1].low in _JOINED):
        j += 1
    begin = j
    while j < len(items) and j - begin < most:
        x = items[j]
        if (
            x.kind == "A"
            or (x.kind == "X" and x.j - x.i < 4)
            or (x.kind == "E" and (endpoints or names_treatment(x)))
            or (
                x.kind == "W"
                and (
                    (content_word(x) and not _verb(x.low, j - begin))
                    or (x.low in _JOINED and (j > begin or x.low in "≥≤<>"))
                    or x.low in {"alone", "only", "no", "plus", "complete", "very"}
                    or (x.low == "a" and j + 1 < len(items) and items[j + 1].low in {"+", "/", "plus"})
                    or x.low in {"low", "high"}
                    or (x.low == "less" and j == begin and j + 1 < len(items) and content_word(items[j + 1]))
                    or (x.low == "every" and j + 1 < len(items) and items[j + 1].kind == "X")
                )
            )
        ):
            j += 1
        else:
            break
    while j > begin and items[j - 1].low in _JOINED:
        j -= 1
    return j if j > begin else k


def names_treatment(x: Item) -> bool:
    """Whether what looks like an endpoint is a treatment: "breast-conserving surgery", "open resection"."""
    return x.kind == "E" and (x.data == "BCS" or (x.low == "phrase" and is_treatment(str(x.data).split()[-1])))


def _verb(low: str, at: int) -> bool:
    return low.endswith("ed") and "-" not in low and low not in _ADJECTIVAL and at > 0


def make(tokens: list[Token], items: list[Item], source: str, a: int, b: int, frame: str, lead: tuple[str, ...] = ()) -> Group | None:
    """The group whose words are items `a` up to `b`; None where nothing but signs stands there."""
    i, j = items[a].i, items[b - 1].j
    key = (*lead, *_key(tokens[i:j]))
    if not key or all(len(p) == 1 and not p.isalnum() for p in key):
        return None
    text = tokens[i].text + source[tokens[i].end : tokens[min(j, len(tokens)) - 1].end]  # "low-" in a list is the word "low-risk"
    text = " ".join(text.split())
    return Group(a, b, key, " ".join((*lead, text)), frame)


def _described(tokens: list[Token], items: list[Item], source: str, k: int) -> tuple[Group | None, int]:
    """ "patients with X", "those who did not have X", "women given X": the group whose people stand before item `k`."""
    j = k
    if j >= len(items):
        return None, k
    low = items[j].low
    if low in _HAVING:
        lacks = low in {"without", "lacking"}
        b = name_end(items, j + 1, endpoints=True)
        if b == j + 1:
            return (Group(j, j + 1, ("without",), "without", "who"), j + 1) if lacks else (None, k)
        return make(tokens, items, source, j if lacks else j + 1, b, "who"), b
    following = items[j + 1].low if j + 1 < len(items) else ""
    if low in _TAKING or (low in _GIVEN and following in _BY):
        start = j + 1 if low in _TAKING or following == "every" else j + 2
        b = name_end(items, start, endpoints=False)
        return (make(tokens, items, source, start, b, "who"), b) if b > start else (None, k)
    if low in {"younger", "older"} and following == "than":
        b = name_end(items, j + 2, endpoints=False)
        return (make(tokens, items, source, j, b, "who"), b) if b > j + 2 else (None, k)
    if low in {"who", "whose"}:
        start = j + 1
        lacks = False
        while (
            start < len(items) and start - j < 6 and items[start].kind == "W" and items[start].low in _AUXILIARY | _GIVEN | {"to", "with"}
        ):
            lacks = lacks or items[start].low in NO
            start += 1
        if start == j + 1:  # "patients who develop X": any verb
            if start + 1 >= len(items) or items[start].kind != "W" or not items[start].low.isalpha():
                return None, k
            start += 1 + (items[start + 1].low in {"in", "on", "to", "with"})
        b = name_end(items, start, endpoints=True)
        if b == start:
            return (Group(j, start, ("not",), "not", "who"), start) if lacks else (None, k)
        group = make(tokens, items, source, start, b, "who", ("not",) if lacks else ())
        if group is not None and lacks:
            begin = tokens[items[j + 1].i].start
            group.name = " ".join(source[begin : tokens[items[b - 1].j - 1].end].split())
        return group, b
    return None, k


def _headed(tokens: list[Token], items: list[Item], source: str, k: int) -> Group | None:
    """ "high-grade tumours", "the bTMB-H subgroup": the modifiers before a head at item `k`."""
    a = k
    while a > 0 and k - a < 5:
        x = items[a - 1]
        if (
            x.kind == "A"
            or (x.kind == "X" and 1 < x.j - x.i < 4)
            or x.low in {"very", "every"}
            or (x.kind == "W" and content_word(x) and not _verb(x.low, k - a + 1))
            or (x.low in {"-", "/", "+", "plus"} and a < k)
        ):
            a -= 1
        else:
            break
    while a < k and items[a].low in _JOINED:
        a += 1
    if items[k].low in {"groups", "arms"} and a and (items[a - 1].low == "both" or items[a - 1].kind == "X"):
        return None  # "the two matched treatment groups"
    group = make(tokens, items, source, a, k, "head") if a < k else None
    if group is not None:
        group.b = k + 1
    return group


def _object(items: list[Item], a: int, head: str) -> bool:
    """Whether patients have this disease ("36% had stage IB disease") and are not those who have it."""
    before = items[a - 1] if a else None
    return head in _DISEASE and before is not None and (before.kind in {"C", "R", "P"} or before.low in {"had", "has", "have", "effect"})


_DISEASE = frozenset({"carcinomas", "disease", "lesions", "tumors", "tumours"})


def adjective(low: str) -> bool:
    """Whether a word sets some patients against others: "high-risk", "recurrent", "EGFR-mutant"."""
    return low in _ADJECTIVES or low.endswith(_ENDINGS)


def _adjectives_of_one_head(tokens: list[Token], items: list[Item], source: str, k: int) -> tuple[list[Group], int]:
    """ "low- and high-grade tumours", "with and without metastases", "younger versus older patients" from item `k` on."""
    members, joint = _coordinated(items, k)
    first = items[k].low
    if joint not in {"and", "versus", "vs"} and not (first == "with" and joint == "or"):
        return [], k
    j = members[-1]
    second = items[j].low
    if first == "with":
        b = name_end(items, j + 1, endpoints=True) if second == "without" else j + 1
        other = make(tokens, items, source, j + 1, b, "who") if b > j + 1 else None
        if other is None:
            return [], k
        return [
            Group(k, k + 1, ("with", *other.key), f"with {other.name}", "who"),
            Group(j, b, ("without", *other.key), f"without {other.name}", "who"),
        ], b
    if len(members) > 2 or adjective(first) or second.startswith(OPPOSITE.get(first, "?")):
        b = j + 1
        while b < len(items) and b < j + 4 and content_word(items[b]):
            b += 1
        text = " ".join(t.text for t in tokens[items[j + 1].i : items[b - 1].j]) if b > j + 1 else ""
        ends = [*(m + 1 for m in members[:-1]), b]
        tails = [""] * (len(members) - 1) + [text.lower()]
        return [
            Group(m, end, (*_key(tokens[items[m].i : items[m].j]), *tail.split()), f"{tokens[items[m].i].text} {text}".strip(), "head")
            for m, end, tail in zip(members, ends, tails, strict=True)
        ], b
    return [], k


def _coordinated(items: list[Item], k: int) -> tuple[list[int], str]:
    """The adjectives of the list that begins at item `k`, or "with" and "without", and the word before the last of them."""
    members, joint = [k], ""
    j = k + 1
    while j + 1 < len(items) and items[j].low in _JOINTS:
        m = j + 1 + (items[j].low == "," and items[j + 1].low in _JOINTS)
        if m >= len(items) or not (adjective(items[m].low) or (items[k].low == "with" and items[m].low == "without")):
            break
        members.append(m)
        joint, j = items[m - 1].low, m + 1
    return members, joint


_JOINTS = frozenset({",", "and", "or", "versus", "vs"})


@lru_cache(maxsize=20_000)
def _may_be_of_group(low: str) -> bool:
    """Whether :func:`all_groups` may make something of a word; of most it makes nothing."""
    return low in _PEOPLE or low in _PERSONS or low in _LONE or low in _COMPARES or low == "with" or low in OPPOSITE or adjective(low)


def all_groups(tokens: list[Token], items: list[Item], source: str) -> list[Group]:
    """Every group that a sentence names, from left to right."""
    out: list[Group] = []
    k = 0
    while k < len(items):
        x = items[k]
        if x.kind == "W" and not _may_be_of_group(x.low):
            k += 1
            continue
        if x.kind == "W" and (x.low == "with" or adjective(x.low) or x.low in OPPOSITE):
            pair, end = _adjectives_of_one_head(tokens, items, source, k)
            if pair:
                out.extend(pair)
                k = end
                continue
        following = items[k + 1].low if k + 1 < len(items) else ""
        after_value = x.kind == "C" and (x.data.noun is not None or x.data.n is not None or following in _TAKING | {"who"})
        if (x.kind == "W" and x.low in _PEOPLE) or after_value:
            group, end = _described(tokens, items, source, k + 1)
            if group is not None:
                if after_value:
                    group.frame = "counted"
                out.append(group)
                k = end
                continue
            if x.low in HEADED:
                named = _headed(tokens, items, source, k)
                if named is not None and (not out or named.a >= out[-1].b) and not _object(items, named.a, x.low):
                    out.append(named)
        elif x.low in _COMPARES and k + 1 < len(items) and items[k + 1].low == "without":
            group, end = _described(tokens, items, source, k + 1)
            if group is not None:
                out.append(group)
                k = end
                continue
        if x.kind == "A" and tokens[x.j - 1].lower in HEADS:
            named = _headed(tokens, items, source, k + 1)
            if named is not None and (not out or named.a >= out[-1].b):
                named.b = k + 1
                out.append(named)
        if x.kind == "W":
            word, end = _one_word(tokens, items, source, k)
            if word is not None and (not out or word.a >= out[-1].b):
                out.append(word)
                k = end
                continue
        k += 1
    return out


def _one_word(tokens: list[Token], items: list[Item], source: str, k: int) -> tuple[Group | None, int]:
    """A word that alone is a group: "responders", "smokers", "EGFR-positive", "HER2 negative"; a head after it is read later."""
    low = items[k].low
    if not (low in _PERSONS or low in _LONE or low.endswith(_ENDINGS)):
        return None, k
    back = k
    while back > 0 and (items[back - 1].kind == "E" or content_word(items[back - 1])) and k - back < 3:
        back -= 1
    if back and (items[back - 1].kind in {"C", "X", "N"} or items[back - 1].low in {"are", "had", "was", "were", "being"}):
        return None, k  # "60% were men", "14 (38.9%) low-risk"
    if low in _PERSONS:
        return make(tokens, items, source, k, k + 1, "word"), k + 1
    after = items[k + 1].low if k + 1 < len(items) else ""
    if after in HEADED:
        return None, k
    if low.endswith(_ENDINGS) and low.partition("-")[0] not in {"first", "second"}:
        return make(tokens, items, source, k, k + 1, "word"), k + 1
    if low in _LONE and k and items[k - 1].kind in {"W", "A"} and content_word(items[k - 1]):
        return make(tokens, items, source, k - 1, k + 1, "word"), k + 1
    return None, k


_LONE = frozenset({"mutant", "mutated", "negative", "positive", "wild-type"})
_PERSONS = frozenset(
    {
        "carriers", "females", "males", "men", "never-smokers", "non-carriers", "non-responders", "non-smokers", "nonresponders",
        "noncarriers",
        "nonsmokers", "responders", "smokers", "women",
    }
)  # fmt: skip
