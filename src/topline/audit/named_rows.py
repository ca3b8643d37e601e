"""The groups of one row: "in the ≥50%, 1-49% and <1% cohorts, … respectively", "of patients given A, B and C, respectively"."""

from __future__ import annotations

from topline.audit.arm_phrases import phrase_text
from topline.audit.claims import Arm
from topline.audit.items import Item
from topline.audit.patient_groups import Group, make
from topline.audit.phrases import content_word
from topline.audit.small_words import STOP
from topline.audit.tokens import Token

__all__ = ["listed_groups", "named_row"]

# fmt: off
_VERBS = frozenset(
    {
        "achieved", "also", "appeared", "at", "demonstrated", "did", "died", "displayed", "enrolled", "exhibited",
        "experienced", "had", "has", "have", "received", "responded", "showed", "significantly", "suffer", "suffered",
        "survived", "tended", "treated", "was", "were",
    }
)
# fmt: on
_ROW_HEADS = frozenset({"groups", "arms", "cohorts", "subgroups", "subsets"})
_ROW_STARTS = frozenset({"in", "for", "of", "among", "between", "across", "to"})


def named_row(tokens: list[Token], source: str) -> tuple[list[Arm], int, int] | None:
    """The groups of "in the ≥50%, 1-49% and <1% cohorts, … respectively", with the place of the row."""
    if not any(t.lower.startswith("respective") for t in tokens):
        return None
    for i, token in enumerate(tokens):
        if token.lower not in _ROW_HEADS:
            continue
        start = i
        while start > 0 and i - start < 40 and tokens[start - 1].lower not in _ROW_STARTS and tokens[start - 1].text not in ";()[]":
            start -= 1
        if start == 0 or tokens[start - 1].lower not in _ROW_STARTS:
            continue
        names: list[list[Token]] = [[]]
        for t in tokens[start:i]:
            if t.lower in {",", "and", "or", "versus", "vs"}:
                if names[-1]:
                    names.append([])
            elif t.lower not in {"the", "a", "an", "patients", "with"} and not (t.text == "." and names[-1] == []):
                names[-1].append(t)
        names = [n for n in names if n]
        if not 2 <= len(names) <= 6 or any(len(n) > 7 or any(t.lower in STOP | _VERBS for t in n) for n in names):
            continue
        if sum(t.kind == "n" for n in names for t in n) > 2 * len(names):
            continue
        arms = [Arm(phrase_text(n, source), None, (), (n[0].start, n[-1].end)) for n in names]
        return arms, start, i + 1
    return None


_LEADS = frozenset({"among", "for", "given", "in", "of", "on", "receiving", "with", "between", "after"})
_ON_THE_WAY = _LEADS | frozenset({"allocated", "assigned", "patients", "received", "the", "those", "to", "treated", "who", "women", "men"})
_JOINTS = frozenset({",", "and", "or", "v", "versus", "vs", "."})
_TYING = frozenset({"+", "-", "/", "plus", "alone", "only"})


def listed_groups(tokens: list[Token], items: list[Item], source: str) -> list[Group]:
    """As many phrases as there are values, in a list that "respectively" ties to them, after the values or before them."""
    for at, x in enumerate(items):
        if not x.low.startswith("respective"):
            continue
        run = _run(items, at)
        if len(run) < 2:
            continue
        after = _split(tokens, items, source, run[-1] + 1, at)
        if len(after) == len(run):
            return after
        begin = run[0]
        while begin > 0 and items[begin - 1].low in {"was", "were", "at", "being", ":"}:
            begin -= 1
        start = begin
        while (
            start > 0
            and begin - start < 40
            and items[start - 1].kind in {"A", "W", "X"}
            and items[start - 1].low not in _LEADS | {";", "("}
        ):
            start -= 1
        before = _split(tokens, items, source, start - 1, begin) if 0 < start < begin < run[0] else []
        if len(before) == len(run):
            return before
    return []


def _run(items: list[Item], at: int) -> list[int]:
    """The last values before item `at` that commas and "and" join."""
    out: list[int] = []
    for k in range(at - 1, -1, -1):
        x = items[k]
        if x.kind == "C":
            out.insert(0, k)
        elif out and (
            x.kind in {"E", "A", "P", "R"} or (x.kind == "W" and x.low not in {",", "and", ")", "]", "(", "[", "months", "years"})
        ):
            break
    return out


def _split(tokens: list[Token], items: list[Item], source: str, a: int, b: int) -> list[Group]:
    """The phrases of items `a` up to `b`; empty where something else stands among them."""
    depth = 0
    while a < b and (items[a].low in _ON_THE_WAY or items[a].kind in {"S", "P"} or items[a].low in {"(", ")", "[", "]"} or depth):
        depth += (items[a].low in {"(", "["}) - (items[a].low in {")", "]"})
        a += 1
    if a == b or items[a - 1].low not in _ON_THE_WAY:
        return []
    while b > a and items[b - 1].low in _JOINTS | {"groups", "arms", "patients", "cohorts"}:
        b -= 1
    parts: list[list[int]] = [[]]
    for k in range(a, b):
        x = items[k]
        if x.low in _JOINTS:
            if parts[-1]:
                parts.append([])
        elif x.kind in {"A", "X"} or x.low in _TYING or (x.kind == "W" and (content_word(x) or len(x.low) == 1)):
            parts[-1].append(k)
        elif x.low not in {"the", "patients", "in", "for", "with"} or parts[-1]:
            return []
    parts = [p for p in parts if p]
    if any(len(p) > 6 or items[p[-1]].low in _NO_GROUP for p in parts):
        return []
    out = [make(tokens, items, source, p[0], p[-1] + 1, "listed") for p in parts]
    groups = [g for g in out if g is not None]
    head, _, label = groups[0].name.partition(" ") if groups else ("", "", "")
    if label and len(label) < 4 and head.lower() in _PLURAL and all(len(g.name) < 4 for g in groups[1:]):
        for group, name in zip(groups, (label, *(g.name for g in groups[1:])), strict=True):
            group.name = f"{head[:-1]} {name}"  # "arms A, B and C"
    return groups if len({g.key for g in groups}) == len(parts) else []


_PLURAL = frozenset({"arms", "cohorts", "grades", "groups", "periods", "regimens", "stages", "types"})
_NO_GROUP = frozenset({"figures", "numbers", "percentages", "proportions", "rates", "values"})
