"""Arms that a sentence names before its values, after them and around them."""

from __future__ import annotations

from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.small_words import BREAKS, COMPARING, GOVERN, LINKS, VS

__all__ = [
    "continues",
    "governed",
    "inside_bracket",
    "mentions",
    "named_later",
    "owner_of",
    "subjects_first",
    "tail_arms",
    "tail_end",
]


def governed(items: list[Item], begin: int, at: int) -> bool:
    """Whether a word of comparison governs an arm: "than in A", "compared with that of A", but not "compared with baseline in A"."""
    for k in range(at - 1, max(begin, at - 9) - 1, -1):
        x = items[k]
        if x.kind not in {"W", "E"} or x.low in _PARTED:
            return False
        if x.low in GOVERN:
            return x.low != "from" or items[k - 1].low.startswith("differ")
    return False


_PARTED = frozenset({",", ";", "and", ")", "baseline", "before", "entry", "pretreatment"})


def mentions(items: list[Item], a: int, b: int) -> list[tuple[int, bool]]:
    """Arms named among items a..b outside the closed brackets of other values, each with whether a word of comparison governs it."""
    found: list[int] = []
    opened: list[int] = []
    value = a - 1  # the value before stands before item `a`
    for k in range(a, b):
        x = items[k]
        if x.kind == "A":
            found.append(k)
        elif x.kind == "C":
            value = k
        elif x.low in {"(", "["}:
            opened.append(k)
        elif x.low in {")", "]"}:
            start = opened.pop() if opened else a - 1
            sized = len({items[f].data for f in found if f > start}) > 1 and any(y.kind == "N" for y in items[start + 1 : k])
            if value >= start or sized:
                found = [f for f in found if f < start]
    return [(int(items[k].data), governed(items, a, k)) for k in found]


def subjects_first(mentions: list[tuple[int, bool]]) -> list[int]:
    """Distinct arms, those that are compared with coming last."""
    subjects = [arm for arm, governed in mentions if not governed]
    objects = [arm for arm, governed in mentions if governed]
    return list(dict.fromkeys((*subjects, *objects)))


def owner_of(items: list[Item], at: int) -> int | None:
    """Find the arm whose own bracket holds the value: "118 in the placebo group (46 women [32.2%] …"."""
    depth = 0
    for k in range(at - 1, max(-1, at - 40), -1):
        if items[k].low in {")", "]"}:
            depth += 1
        elif items[k].low in {"(", "["}:
            depth -= 1
            if depth < 0:
                back = [x for x in items[max(0, k - 3) : k] if x.low not in {"group", "arm", "cohort", "patients"}]
                if back and back[-1].kind == "A":
                    return int(back[-1].data)
    return None


def _opened(items: list[Item], at: int) -> int:
    """1 where a value has taken an opening bracket with it: the first bracket sign after it closes."""
    sign = next((x.low for x in items[at + 1 : at + 14] if x.low in {"(", "[", ")", "]"}), "")
    return 1 if sign in {")", "]"} and not _in_bracket(items, at) else 0


def _in_bracket(items: list[Item], at: int) -> bool:
    depth = 0
    for x in items[max(0, at - 60) : at]:
        depth += (x.low in {"(", "["}) - (x.low in {")", "]"})
        depth = max(depth, 0)
    return depth > 0


def named_later(items: list[Item], s: Series) -> int | None:
    """The arm that the rest of the clause names: "31 patients experienced some episode of toxicity in arm A and 32 …"."""
    depth = _opened(items, s.last)
    for k in range(s.last + 1, min(len(items), s.last + 20)):
        x = items[k]
        if x.low in {"(", "["}:
            depth += 1
        elif x.low in {")", "]"}:
            depth -= 1
        if depth > 0 and x.kind != "C":
            continue
        if x.kind == "A":
            return None if any(y.low in GOVERN for y in items[s.last + 1 : k]) else int(x.data)
        if x.kind in {"C", "P", "R", "D"} or x.low in {";", ",", "."} or x.low in BREAKS | {"and", "than", "all", "overall", "both"}:
            return None
    return None


def inside_bracket(items: list[Item], a: int, b: int) -> bool:
    """Whether item `a` stands in a bracket that also holds `b` or closes before it (its break is local)."""
    depth = 0
    for x in items[:a]:
        if x.low in {"(", "["}:
            depth += 1
        elif x.low in {")", "]"}:
            depth = max(0, depth - 1)
    return depth > 0 and items[a].low == ";"


def continues(items: list[Item], a: int, b: int) -> bool:
    """Whether the words between two values go on with the same subject."""
    return any(x.kind == "W" and x.low in {"and", "with", ",", "including"} for x in items[a:b])


def tail_arms(items: list[Item], s: Series, stop: int) -> list[int]:
    """Arms that follow a series of values and belong to it: "12% and 8% in A and B"."""
    out: list[int] = []
    paired = _bracketed_pair(items, s.last)
    if paired:
        return paired
    depth = _opened(items, s.last)
    said = False
    for k, x in enumerate(items[s.last + 1 : stop], start=s.last + 1):
        said = said or x.low == "respectively"
        if x.low == "and" and not out and k > s.last + 1 and items[k - 1].kind == "E" and items[min(k + 1, stop - 1)].low in _OPENING:
            break  # "30% had a CR and of those given B, 12%"
        if x.low in {"(", "["}:
            depth += 1
        elif x.low in {")", "]"}:
            depth -= 1
        if depth > 0 and (x.kind in {"P", "R", "S", "H", "W"} or (x.kind == "A" and out)):
            continue
        if x.kind == "A":
            if not out and _begins_clause(items, k):
                break
            out.append(int(x.data))
        elif x.kind == "E" and s.after and not out:
            continue
        elif x.kind in {"E", "C", "D"} or x.low == ";":
            break
        elif x.kind in {"P", "R", "S", "N", "T", "G", "X", "H"}:
            if x.kind in {"P", "R"}:
                break
            continue
        elif x.low == "," and (out or said):
            if said and (out or items[min(k + 1, stop - 1)].low not in _LEADING):
                break
            continue
        elif x.low not in LINKS and x.low not in _BEFORE_ARM and not (x.low.endswith("ed") and x.low not in COMPARING):
            break
    return out


def _begins_clause(items: list[Item], at: int) -> bool:
    """Whether an arm is the subject of the next clause: "40%, and B had …"."""
    before = next((x.low for x in reversed(items[max(0, at - 3) : at]) if x.low not in {"the", "in", "patients"}), "")
    after = next((x.low for x in items[at + 1 : at + 4] if x.low not in {"arm", "group", "patients"}), "")
    return before in {"and", "but", "while", "whereas"} and after in {"achieved", "experienced", "had", "showed"}


_LEADING = frozenset({"among", "for", "in", "of", "with", "within"})  # "1%, 2% and 9%, respectively, of patients in A"
_BEFORE_ARM = frozenset(
    {
        "achieved",
        "at",
        "baseline",
        "cycle",
        "day",
        "week",
        "dose",
        "doses",
        "given",
        "least",
        "plus",
        "received",
        "receiving",
        "respectively",
        "treated",
        "who",
    }
)
_OPENING = frozenset({"among", "for", "in", "of"})


def _bracketed_pair(items: list[Item], at: int) -> list[int]:
    """ "5.4 vs 6.3 months (A vs B)": a bracket that holds nothing but the arms."""
    if at + 1 >= len(items) or items[at + 1].low != "(":
        return []
    out: list[int] = []
    for x in items[at + 2 : at + 12]:
        if x.low == ")":
            return out if len(out) > 1 else []
        if x.kind == "A":
            out.append(int(x.data))
        elif x.low not in VS | {".", "and", ",", "group", "arm", "groups", "arms", "the", "respectively"}:
            return []
    return []


def tail_end(items: list[Item], s: Series, stop: int) -> int:
    """Where the arms that close a series end, so that the next series does not take them for its subject."""
    end = s.last + 1
    if s.last + 1 < len(items) and items[s.last + 1].low in {",", ";"}:
        return end
    for k in range(s.last + 1, min(stop, s.last + 14)):
        x = items[k]
        if x.kind in {"A", "T"}:
            if (x.kind == "A" and _begins_clause(items, k)) or (x.kind == "T" and any(y.low == "and" for y in items[end:k])):
                break  # "… and a 4-year OS of 39%"
            end = k + 1
        elif x.kind != "W" or x.low in {",", ";", "whereas", "while", "than"} or x.low not in LINKS:
            break
    return end
