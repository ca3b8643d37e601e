"""An endpoint of the lexicon that stands behind its value, and the grade that goes with a value."""

from __future__ import annotations

from topline.audit.grammar import Cell
from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.small_words import RESULT_VERBS
from topline.audit.tokens import Token

__all__ = ["countlike", "endpoint_after", "grade_of"]

_TREATED = frozenset({"undergoing", "receiving", "given", "taking"})


def countlike(cell: Cell) -> bool:
    """Whether a value may be a number of patients."""
    return cell.x is not None or cell.noun is not None or (cell.unit is None and cell.value is not None and cell.value.isdigit())


def endpoint_after(tokens: list[Token], items: list[Item], s: Series, stop: int) -> int | None:
    """An endpoint that the value runs into: "11 patients achieved PR", "a 47% ORR"."""
    steps = 0
    for k in range(s.last + 1, min(len(items), s.last + 13)):
        item = items[k]
        if item.kind == "E" and item.data == "FU" and s.cells[0].unit == "%":
            return None  # "8% were lost to follow-up"
        if item.kind == "E":
            restricting = any(x.low in {"with", "without"} for x in items[max(s.last + 1, k - 2) : k])
            if "responder" in tokens[item.i].lower or (k + 1 < len(items) and items[k + 1].low in {"lasted", "ongoing"}):
                return None
            if items[k - 1].low in _TREATED or (restricting and k + 1 < len(items) and items[k + 1].low in {"had", "was", "were", "did"}):
                return None  # "57% of 30 patients with a response had …"
            if k == s.last + 2 and items[k - 1].low == "of" and s.cells[-1].unit == "%" and s.cells[-1].x is None:
                return None
            follow = k + 1
            while follow < len(items) and (items[follow].low in {"rate", "rates", "(", ")", "s"} and steps < 12):
                follow += 1
                steps += 1
            if follow < len(items) and (
                (items[follow].low in {"of", "was", "were", ":", "="} and any(x.kind == "C" for x in items[follow + 1 : follow + 4]))
                or (items[follow].kind == "C" and items[follow - 1].low == "(")
            ):
                if not countlike(s.cells[-1]) or items[follow].low in {":", "="}:
                    return None
                if items[follow].kind == "C":
                    return None
            return k
        if item.kind in {"G"} or (item.kind == "A"):
            continue
        if item.kind != "W" or item.low in {"after", "before", "following", "since", "until"}:
            return None
        if item.low in {"patients", "of", "pts", "cases", "participants", "subjects", "chance", "probability", "likelihood"} or (
            item.low in {"in", "the", "group", "arm", "groups", "arms", "with", "treated", "who", "receiving", "those"}
        ):
            continue
        if item.low in {",", ";", "and", ")", "]", "(", "[", "vs", "versus", ":"}:
            return None
        if item.low not in RESULT_VERBS and k - s.last > 3 and not item.low.endswith(("ed", "ing")):
            return None
    return None


def grade_of(items: list[Item], begin: int, first: int, stop: int) -> str | None:
    """The grade said before a value, or right behind it."""
    named = next((x for x in reversed(items[begin:first]) if x.kind == "E"), None)
    floor = begin if named is not None and named.low == "event" else max(0, first - 150)
    for k in range(first - 1, floor - 1, -1):
        if items[k].kind == "G":
            return None if items[k - 1].low in {"largely", "mainly", "mostly", "predominantly", "primarily"} else str(items[k].data)
        if items[k].low in {"any-grade", "all-grade"} or (items[k].low == "grade" and k and items[k - 1].low in {"any", "all"}):
            return None
    for k in range(first + 1, min(stop, first + 10)):
        if items[k].low in {",", ";", "and", "vs", "versus", "with"} or items[k].kind in {"C", "E"}:
            break
        if items[k].kind == "G":
            return str(items[k].data)
    return None
