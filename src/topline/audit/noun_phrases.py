"""Noun phrases of a clause: where they begin, what may head them, and the name that one gives to a value."""

from __future__ import annotations

from dataclasses import dataclass

from topline.audit.clause_words import DETERMINERS
from topline.audit.item import Item
from topline.audit.phrases import content_word

__all__ = ["Name", "nounish", "opening", "phrase_start"]


_SORTS = frozenset(  # participles that tell a kind of disease and are no verbs
    {"advanced", "confirmed", "diagnosed", "localised", "localized", "resected", "suspected", "unresected", "unselected", "untreated"}
)


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


def nounish(item: Item) -> bool:
    """Whether an item may be the head of a noun phrase."""
    return item.kind == "E" or (content_word(item) and not (item.low.endswith("ed") and "-" not in item.low))


def opening(items: list[Item], k: int, begin: int) -> int:
    """The item that opens the bracket closed by item `k`."""
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


def phrase_start(items: list[Item], k: int, begin: int) -> int:
    """Where the noun phrase that ends with item `k` begins, "of" and abbreviations in brackets included."""
    a = k
    while a - 1 >= begin and k - a < 12:
        x = items[a - 1]
        if nounish(x) or (content_word(x) and x.low.endswith("ed") and a - 2 >= begin and items[a - 2].low in DETERMINERS):
            a -= 1
        elif x.low in _SORTS and content_word(x):
            a -= 1  # "for suspected ovarian cancer"
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
