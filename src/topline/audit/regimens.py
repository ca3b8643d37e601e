"""Regimens of several drugs as one word: "A, B, and C" becomes "A-B-C", and so does "B and C" where the text has such a list of them."""

from __future__ import annotations

from functools import lru_cache

from topline.audit.arm_doses import SCHEDULE, is_dose
from topline.audit.arm_phrases import DOSE_UNITS
from topline.audit.lexicon import parts_of
from topline.audit.tokens import Token
from topline.audit.treatments import is_drug

__all__ = ["as_words"]

# fmt: off
_HOW = frozenset(
    {
        "bolus", "high-dose", "infusional", "intravenous", "iv", "liposomal", "low-dose", "metronomic", "oral", "pegylated",
        "subcutaneous", "weekly",
    }
)
# fmt: on
_JOINS = frozenset({"and", "plus", "+", "&", "/"})
_APART = frozenset({"among", "between", "both", "either", "neither"})
_PLURAL = frozenset({"arms", "cohorts", "groups", "respectively"})
_LONGEST = 24  # tokens of a dose


def as_words(sentences: list[list[Token]]) -> tuple[list[list[Token]], list[tuple[int, int]]]:
    """The sentences with every regimen as one word, and where doses inside of regimens stood.

    Three drugs or more in a list are a regimen unless the sentence sets them against each other ("the A, B, and C groups", "between
    A, B, and C"); two are one where both are among the drugs of such a regimen of the text.
    """
    lists = [_lists(tokens) for tokens in sentences]
    known = [set(names) for found in lists for _, _, names in found if len(names) > 2]
    if not known:
        return sentences, []
    out: list[list[Token]] = []
    doses: list[tuple[int, int]] = []
    for tokens, found in zip(sentences, lists, strict=True):
        row: list[Token] = []
        at = 0
        for a, b, names in found:
            if not any(drugs.issuperset(names) for drugs in known):
                continue
            row += tokens[at:a]
            words = "-".join(names)
            row.append(Token("w", words, words, tokens[a].start, tokens[b - 1].end))
            doses += [(t.start, t.end) for t in tokens[a:b] if t.kind == "n"]
            at = b
        out.append([*row, *tokens[at:]] if at else tokens)
    return out, doses


@lru_cache(maxsize=20_000)
def _name(low: str) -> bool:
    """Whether a word names one drug: "paclitaxel", "nab-paclitaxel"; not "cisplatin-based"."""
    pieces = parts_of(low)
    return len(pieces) in (1, 2) and is_drug(pieces[-1]) and not (len(pieces) == 2 and is_drug(pieces[0]))


def _lists(tokens: list[Token]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Lists of different drugs with their places: "A (20 mg), B (1 mg), and C", "B plus C"."""
    out: list[tuple[int, int, tuple[str, ...]]] = []
    places = [k for k, t in enumerate(tokens) if t.kind == "w" and _name(t.lower)]
    if len(places) < 2:
        return out
    reach = 0
    for i in places:
        if i < reach:
            continue  # what a list without an end holds has none either
        names, end, reach = _list(tokens, i)
        if len(set(names)) == len(names) > 1 and not _set_apart(tokens, i, end):
            out.append((i, end, names))
    return out


def _list(tokens: list[Token], i: int) -> tuple[tuple[str, ...], int, int]:
    """The drugs of a list that begins at `i`, up to the one behind "and", the place behind it, and how far was read."""
    names = [tokens[i].lower]
    closed, end = 1, i + 1
    j = i + 1
    size = len(tokens)
    while True:
        k = _after_dose(tokens, j)
        comma = k < size and tokens[k].text == ","
        k += comma
        joined = k < size and tokens[k].lower in _JOINS
        ends = joined and tokens[k].lower == "and"
        k += joined
        while k < size and tokens[k].lower in _HOW:
            k += 1
        if not (comma or joined) or k >= size or tokens[k].kind != "w" or not _name(tokens[k].lower):
            break
        names.append(tokens[k].lower)
        j = k + 1
        if joined:
            closed, end = len(names), j
        if ends:
            break
    return tuple(names[:closed]), end, j


def _after_dose(tokens: list[Token], j: int) -> int:
    """The place behind a dose, in a bracket or not, or `j`."""
    size = min(len(tokens), j + _LONGEST)
    if j >= size or (tokens[j].text not in {"(", "["} and tokens[j].kind != "n"):
        return j
    if tokens[j].kind == "n":
        k = j + 1
        while k < size and (tokens[k].lower in SCHEDULE or (tokens[k].kind == "n" and tokens[k - 1].lower in SCHEDULE)):
            k += 1
        return k if k > j + 1 and tokens[j + 1].lower in DOSE_UNITS else j
    depth = 0
    for k in range(j, size):
        depth += (tokens[k].text in "([") - (tokens[k].text in ")]")
        if not depth:
            inner = tokens[j + 1 : k]
            return k + 1 if is_dose(inner) and not any(t.text in {"%", "="} for t in inner) else j
    return j


def _set_apart(tokens: list[Token], a: int, b: int) -> bool:
    """Whether a sentence sets the drugs of a list against each other: "between A and B", "the A, B, and C groups"."""
    return any(t.lower in _APART for t in tokens[max(0, a - 2) : a]) or any(t.lower in _PLURAL for t in tokens[b : b + 2])
