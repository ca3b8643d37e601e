"""Groups in a list that goes with as many values: "in the low-, middle- and high-dose groups … 5%, 8% and 12%"."""

from __future__ import annotations

from topline.audit.arm_phrases import DOSE_UNITS
from topline.audit.items import Item
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.patient_groups import HEADED, Group, adjective, make, names_treatment
from topline.audit.phrases import content_word
from topline.audit.small_words import COMPARING
from topline.audit.tokens import Token
from topline.audit.treatments import is_treatment

__all__ = ["listed_groups"]

# fmt: off
_LEADS = frozenset({"across", "after", "among", "between", "by", "following", "for", "given", "in", "of", "on", "receiving", "to", "with"})
_ARTICLES = frozenset({"a", "an", "both", "either", "the", "all"})
_TREATED = frozenset({"aged", "allocated", "assigned", "having", "given", "received", "receiving", "treated", "undergoing", "underwent",
    "who", "had"})
_HEADS = HEADED | PATIENT_NOUNS | frozenset({
    "assignment", "assignments", "cancer", "cancers", "categories", "category", "courses", "dose", "doses", "levels", "periods",
    "quartiles",
    "regimens", "schedules", "strata", "strategies", "subsets", "subtypes", "tertiles", "treatments", "tumor", "tumour", "those",
    "respectively",
})
_BETWEEN = frozenset({",", "and", "or", "v", "versus", "vs"})
_SINGLE = frozenset({"arm", "cohort", "group", "regimen", "subgroup"})
_VALUE_JOINTS = _BETWEEN | {"(", ")", "[", "]", "%", ".", "months", "years", "weeks", "days", "compared", "with", "to"}
_TYING = frozenset({"+", "-", "/", "plus", "alone", "only", "no", "without", "very", "low", "high", "&", "≥", "≤", "<", ">", "'"})
_NO_GROUP = frozenset({"figures", "numbers", "percentages", "proportions", "rates", "values"})
_LABELLED = HEADED | frozenset({"cohorts", "dose", "grade", "grades", "level", "levels", "periods", "ps", "stage", "stages", "type",
    "types"})
# fmt: on


def listed_groups(tokens: list[Token], items: list[Item], source: str) -> list[Group]:
    """The groups of a list that a sentence puts before a row of as many values or behind it; empty where there is none."""
    runs = _runs(items)
    if not runs:
        return []
    _part_times(tokens, items)
    for k in range(len(items)):
        if items[k].low not in _LEADS or (k and items[k - 1].low in _BETWEEN and items[k].low in {"to", "with"}):
            continue
        begin = _on_the_way(items, k + 1)
        parts, end, headed = _list(items, begin)
        people = any(x.low in _PEOPLE for x in items[k:begin])
        if people and k > 0 and items[k - 1].low in _SHARES:
            continue  # "the proportion of patients having A and B"
        if len(parts) < 2 or not (people or headed or items[k].low not in _OF_ANYTHING or _of_patients(items, parts)):
            continue
        run = _tied(items, k, end, headed, runs, len(parts))
        if run is None:
            continue
        groups = _named(tokens, items, source, parts)
        if groups and headed:
            groups[-1].b = end + 1
        if len({g.key for g in groups}) == len(parts):
            return groups
    return []


def _of_patients(items: list[Item], parts: list[tuple[int, int]]) -> bool:
    """Whether the parts of a list are treatments or groups: "for surgery and irradiation", but not "of nausea and pain"."""
    return any(
        x.kind in {"A", "X"} or names_treatment(x) or is_treatment(x.low) or adjective(x.low) or items[a].low in _LABELLED
        for a, b in parts
        for x in items[a:b]
    )


_SHARES = frozenset({"fraction", "majority", "number", "numbers", "percentage", "percentages", "proportion", "proportions"})
_OF_ANYTHING = frozenset({"for", "of", "to"})
_PEOPLE = PATIENT_NOUNS | {"men", "those", "women"}


def _part_times(tokens: list[Token], items: list[Item]) -> None:
    """ "the 8- and 28-week groups": two groups and no landmark times."""
    for k in range(len(items) - 2, 0, -1):
        x = items[k]
        if x.kind != "T" or len(x.data) < 2 or items[k + 1].low not in _ARMS:
            continue
        places = [i for i in range(x.i, x.j) if tokens[i].kind == "n"]
        ends = [*(i - 1 if tokens[i - 1].kind == "w" else i for i in places[1:]), x.j]
        parts: list[Item] = []
        for i, j in zip(places, ends, strict=True):
            parts.extend([Item("W", j, j, None, "and")] if parts else [])
            parts.append(Item("X", i, j))
        items[k : k + 1] = parts


_ARMS = frozenset({"arm", "arms", "assignment", "assignments", "cohorts", "courses", "groups", "regimens", "schedules", "treatments"})


def _runs(items: list[Item]) -> list[list[int]]:
    """Rows of values that nothing but joints, brackets and tests parts."""
    out: list[list[int]] = []
    open_ = False
    for k, x in enumerate(items):
        if x.kind == "C":
            if open_:
                out[-1].append(k)
            else:
                out.append([k])
            open_ = True
        elif open_ and not (x.kind in {"S", "H", "P", "R"} or (x.kind == "W" and x.low in _VALUE_JOINTS)):
            open_ = False
    return [run for run in out if len(run) > 1]


def _on_the_way(items: list[Item], k: int) -> int:
    """The place behind the people and their verb: "in patients treated with …"."""
    while (
        k < len(items)
        and items[k].kind == "W"
        and items[k].low in _ARTICLES | _TREATED | PATIENT_NOUNS | {"with", "those", "to", "women", "men"}
    ):
        if k + 1 < len(items) and items[k].low in {"women", "men"} and items[k + 1].low in _BETWEEN:
            break
        k += 1
    return k


def _list(items: list[Item], a: int) -> tuple[list[tuple[int, int]], int, bool]:
    """The parts of the list that begins at item `a`, where it ends, and whether a head such as "groups" closes it."""
    parts: list[tuple[int, int]] = []
    begin = k = a
    last = ""
    while k < len(items) and k - a < 40:
        x = items[k]
        if x.low in _BETWEEN or (x.low == "." and items[k - 1].low in {"vs", "v"}):
            if begin < k:
                parts.append((begin, k))
                if x.low == "," and last not in {"", ","}:
                    begin = k
                    break  # "A, B and C, …"
            elif x.low not in {"and", "or", "."}:
                break
            last = x.low if x.low != "." else last
            begin = k + 1
        elif x.low in _ARTICLES | {"those", "with", "in", "for", "after"} and begin == k and parts:
            begin = k + 1
        elif not _part(items, k, begin, items[a].low in _LABELLED):
            break
        k += 1
    if begin < k and last not in {"", ","}:
        parts.append((begin, k))
    elif last == "," or begin < k:
        return [], a, False
    headed = k < len(items) and items[k].low in _HEADS
    ending = items[k] if k < len(items) and not headed and items[k - 1].low not in _BETWEEN else None
    if ending is not None and (ending.kind in {"C", "E"} or ending.low == "of"):
        return [], a, False  # "for A, and median survival …", "and cessation of …"
    if not 2 <= len(parts) <= 6 or any(b - a > 7 or items[b - 1].low in _NO_GROUP for a, b in parts):
        return [], a, False
    return parts, k, headed


def _part(items: list[Item], k: int, begin: int, labelled: bool) -> bool:
    """Whether an item may stand in the name of a group."""
    x = items[k]
    if x.kind in {"A", "X", "G"} or x.low in _TYING or names_treatment(x):
        return True
    following = items[k + 1] if k + 1 < len(items) else x
    if x.kind == "E":
        return following.kind == "X" and x.low == "phrase"  # "marker expression ≥50%, 1-49% and <1%"
    if x.kind == "C":
        value = x.data.value or ""
        if x.data.unit in DOSE_UNITS:
            return True  # "the 240-mg group"
        bare = x.data.unit is None and x.data.interval is None and x.data.x is None and value.isdigit() and len(value) < 4
        return bare and (following.low in {"-", "mg", "gy"} or (labelled and following.low not in _LEADS))
    if x.low in _LABELLED and k + 1 < len(items) and items[k + 1].low.isalnum() and len(items[k + 1].low) < 4:
        return True  # "cohorts A, B and C"
    return (
        x.kind == "W" and (content_word(x) or (len(x.low) == 1 and x.low.isalnum())) and x.low not in _HEADS - {"cancer", "dose", "disease"}
    )


def _tied(items: list[Item], lead: int, end: int, headed: bool, runs: list[list[int]], size: int) -> list[int] | None:
    """The row of values that a list goes with: the one before it, or the first one behind it."""
    stop = end + headed
    before = next((run for run in reversed(runs) if run[-1] < lead), None)
    after = next((run for run in runs if run[0] >= end), None)
    said = _respectively(items, end, after[0] if after else len(items))
    if not said and ((headed and items[end].low in _SINGLE) or any(x.low == "or" for x in items[lead:end])):
        said = after is not None and _respectively(items, after[-1] + 1, min(len(items), after[-1] + 12))
        if not said:
            return None  # "in the A and B arm", "in low or undetectable tumours": one group
    if (
        before is not None
        and len(before) == size
        and _next_to(items, before[-1] + 1, lead)
        and (said or sum(x.kind == "E" for x in items[: before[0]]) < 2)
    ):
        return before
    if after is None or len(after) % size or any(x.kind == "C" for x in items[end : after[0]]):
        return None
    if _respectively(items, after[-1] + 1, min(len(items), after[-1] + 12)):
        return after if len(after) == size else None
    fronted = not lead or items[lead - 1].low in {":", ";", ",", "while", "whereas", "and"}
    subject = (
        stop < len(items)
        and items[stop].low in {"was", "were", "had", ":"}
        and not any(x.low in COMPARING or x.kind == "A" for x in items[stop : after[0]])
    )
    return after if (fronted and (headed or (stop < len(items) and items[stop].low == ","))) or subject else None


def _respectively(items: list[Item], a: int, b: int) -> bool:
    return any(x.low.startswith("respective") for x in items[a:b])


def _next_to(items: list[Item], a: int, b: int) -> bool:
    """Whether nothing but brackets, people and their verb stands between a row of values and the list behind it."""
    depth = 0
    for x in items[a:b]:
        depth += (x.low in {"(", "["}) - (x.low in {")", "]"})
        free = x.kind in {"S", "H", "P", "R"} or x.low in _ARTICLES | _TREATED | PATIENT_NOUNS | _LEADS | {
            ",",
            ")",
            "]",
            "respectively",
            "those",
        }
        if depth <= 0 and not free:
            return False
    return True


def _named(tokens: list[Token], items: list[Item], source: str, parts: list[tuple[int, int]]) -> list[Group]:
    """The groups with what the list says only once: "stage I, II and III", "low- and high-risk"."""
    found = [make(tokens, items, source, a, b, "listed") for a, b in parts]
    groups = [g for g in found if g is not None]
    if len(groups) != len(parts):
        return []
    for group in groups:
        name, _, word = group.name.rpartition(" ")
        group.name = name if name and word.lower() in _HEADS else group.name  # "<1% cohorts" is one item
    last = groups[-1].name
    tie = last.partition("-")[2]
    for group in groups[:-1]:
        if group.name.endswith("-"):
            group.name = f"{group.name}{tie}" if tie else group.name.rstrip("-")
    head, _, label = groups[0].name.rpartition(" ")
    if head and len(label) < 5 and all(" " not in g.name and len(g.name) < 5 for g in groups[1:]):
        single = head[:-1] if head.lower() in _LABELLED and head.endswith("s") else head
        for group, name in zip(groups, (label, *(g.name for g in groups[1:])), strict=True):
            group.name = f"{single} {name}"
    return groups
