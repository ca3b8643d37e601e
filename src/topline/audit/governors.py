"""What governs a noun phrase: a preposition, a verb or nothing, and so whether the phrase can name the value of its clause."""

from __future__ import annotations

from topline.audit.clause_words import ADJUNCT, BE, COMPARED, DETERMINERS, HAVE, OUTER, PREDICATES, SEEN
from topline.audit.item import Item
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.noun_phrases import Name, nounish, opening, phrase_start
from topline.audit.tokens import Token

__all__ = ["DEFINING", "governor", "role", "share_who"]


_SHARES = frozenset(
    {
        "chance", "frequency", "hazard", "incidence", "likelihood", "number", "occurrence", "odds", "percentage",
        "percentages", "probability", "proportion", "proportions", "rate", "rates", "risk",
    }
)  # fmt: skip


DEFINING = frozenset({"affecting", "causing", "involving", "leading", "necessitating", "needing", "receiving", "requiring", "using"})
_PLACED = frozenset({"based", "confined", "isolated", "limited", "restricted", "localised", "localized", "located", "sited", "situated"})
_COMPARING = frozenset({"in", "for", "among", "than", "between", "of", "to", "with", "versus", "vs", "v", "from"})


_ASSOCIATED = frozenset(
    {"associate", "associated", "association", "correlate", "correlated", "correlates", "correlation", "linked", "related"}
)
_SORTED = frozenset({"combined", "delayed", "extended", "limited", "matched", "resected", "staged", "targeted", "untreated"})
_BEFORE_SORTS = frozenset({"after", "among", "before", "during", "for", "in"})
_COMPARATIVE = frozenset({"better", "comparable", "greater", "higher", "longer", "lower", "shorter", "similar", "worse"})
_WITH = frozenset({"with", "without"})
_AUXILIARY = frozenset({"never", "not", "had", "have", "has", "were", "was", "are", "also", "ever", "did", "do"})


def governor(items: list[Item], a: int, begin: int) -> int:
    """The item that governs the phrase from item `a`: what stands before its articles, grades and adverbs."""
    first = p = _before_articles(items, a, begin)
    known = False
    for _ in range(4):  # "treated with A or B", "between low- and high-grade tumours": both are governed
        if p <= begin or items[p].low not in {"and", "or", ")", "]"}:
            break
        b = p - 1 if items[p].low in {"and", "or"} else p
        while b > begin and items[b].low in {"-", ")", "]"}:
            b = b - 1 if items[b].low == "-" else opening(items, b, begin) - 1
        if b < begin or not (nounish(items[b]) or items[b].kind == "A"):
            break
        known = known or items[b].kind == "E"
        p = _before_articles(items, phrase_start(items, b, begin) if items[b].kind != "A" else b, begin)
    if p == first or p < begin or items[p].low not in ADJUNCT:
        return first
    return first if known and not of_patients(items, p) else p


def of_patients(items: list[Item], p: int) -> bool:
    """Whether the preposition at item `p` tells which patients: "those with a severe complication", "without and with metastases"."""
    both = p > 1 and items[p - 1].low in {"and", "or"} and items[p - 2].low in _WITH
    return p > 0 and items[p].low in _WITH and (both or items[p - 1].low in PATIENT_NOUNS | {"those"})


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
        or (items[p].kind == "W" and items[p].low in _SORTED and p > begin and items[p - 1].low in _BEFORE_SORTS)  # "after matched …"
    ):
        p -= 1
    return p


def role(tokens: list[Token], items: list[Item], name: Name, a: int, p: int, bracketed: bool) -> str:
    """What a phrase is to the value: its name, a second choice, or nothing."""
    governor = items[p].low if p >= 0 else ""
    before = items[p - 1].low if p > 0 else ""
    if governor in {"than", "versus", "vs", "v", "plus", "as"} or (governor in {"with", "to"} and before in COMPARED):
        return "nothing"
    if governor in {"undergoing", "receiving"}:
        return "named" if p > 2 and items[p - 2].low == "of" and items[p - 3].low in _SHARES else "nothing"
    listed = name.close and not bracketed and items[a - 1].low in {"and", ","}  # "leukopenia in 21% of the cycles and fever 6%"
    if governor == "of" and p > 0 and items[p - 1].kind == "C" and not listed:
        return "nothing"  # "31% of patients with T4 tumours compared to 13% of T1 tumours (P = 0.007)"
    if governor in HAVE and _relative(items, p):
        return "second"  # "higher for patients who developed fever": the clause tells which patients
    if of_patients(items, p) and (name.had or not _objects(items, p)):
        return "second"
    events = name.at is not None and items[name.at].low == "event"
    definite = events and any(x.low == "the" for x in items[p + 1 : a])  # "stomatitis was the dose-limiting side effect in 22%"
    if governor in BE and (definite or _superlative(tokens, items, p, a)):
        return "second"  # "stable disease was the best response": the subject is what is counted
    followed = name.at is not None and items[name.at].data == "FU"
    if name.close and governor in {"from", "after", "since", "before", "until"} and not (bracketed or followed):
        return "second"  # "a survival from relapse of 35 months"
    if governor in {"with", "to"} and before in _ASSOCIATED and bracketed:
        return "named"  # "associated with advanced stage (P = 0.01)"
    if governor == "by" and before == "followed" and items[p - 2].low in {",", ")", "]"}:
        return "named"  # "…, followed by liver (27%)"
    if name.close and name.at is None and not bracketed and governor == "for" and before in {"and", "but"}:
        return "second"  # "DFS for stage II disease was 78%, and for stage III disease 54%"
    if name.close:
        told = name.at is None or before in _COMPARATIVE  # "mortality was lower for lobectomy (OR …)"
        adjunct = bracketed and told and governor in ADJUNCT and not _objects(items, p)
        return "second" if adjunct else "named"
    if governor in {"in", "at", "to"} and before in _PLACED:
        return "named"  # "located in the rectum in 41%"
    if governor in {"to", "in"} and before in {"led", "lead", "leading", "resulted", "resulting"}:
        return "named"
    if (governor == "of" and before in _SHARES) or (governor == "with" and before == ","):
        return "named"  # "the rate of fever", "…, with more fever in A than in B"
    if governor.endswith("ing") and (before in ADJUNCT or (governor in DEFINING and nounish(items[p - 1]))):
        return "second"  # "after achieving …", "pneumonitis requiring steroids"
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


def share_who(items: list[Item], k: int) -> bool:
    """Whether the verb at item `k` tells whose share it is: "the percentage of patients who discontinued"."""
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
