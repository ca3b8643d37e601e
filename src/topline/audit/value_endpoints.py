"""Which endpoint each value of a series belongs to, before it or after it."""

from __future__ import annotations

from topline.audit.grammar import Cell
from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.lexicon import FAMILY
from topline.audit.small_words import BEFORE_VALUE, LIST_GLUE, NOT_LABEL, RESULT_VERBS, VS

__all__ = ["assign_endpoints"]


def _groups_of_endpoints(items: list[Item], a: int, b: int) -> list[list[int]]:
    """Lists of neighbouring endpoints ("ORR and DCR") among items a..b."""
    out: list[list[int]] = []
    last = -1
    for k in range(a, b):
        if items[k].kind != "E":
            continue
        glue = items[last + 1 : k] if out else []
        apart = out and (FAMILY[str(items[k].data)] == "other") != (FAMILY[str(items[last].data)] == "other")
        if out and not apart and all(x.kind in {"G", "T", "H"} or x.low in LIST_GLUE for x in glue):
            out[-1].append(k)
        else:
            out.append([k])
        last = k
    return out


def _codes(items: list[Item], group: list[int]) -> list[str]:
    codes: list[str] = []
    for k in group:
        code = str(items[k].data)
        if not codes or codes[-1] != code:
            codes.append(code)
    return codes


def assign_endpoints(items: list[Item], s: Series, begin: int, stop: int, previous: Series | None) -> None:
    """Set the endpoint of each value."""
    k = len(s.cells)
    groups = _groups_of_endpoints(items, begin, s.first)
    after = _endpoint_after(items, s, stop)
    between = [x for x in items[s.first : s.last] if x.kind == "W"]
    versus = any(x.low in VS for x in between)
    label = _label(items, s, begin)
    s.grade = _grade(items, begin, s.first, stop)
    if after is not None and items[s.last + 1].low == "for" and after <= s.last + 3:
        s.endpoints = [str(items[after].data)] * k  # "23.5% vs 11.8% for ORR"
        s.after = True
        return
    if groups and s.cells[0].unit == "%" and all(items[g].data in {"FU", "AGE"} for g in groups[-1]):
        groups = groups[:-1]  # a rate is of no follow-up and no age
        if not groups:
            s.label = label
            s.endpoints = [None] * k
            return
    if groups and any(x.low in {"was", "were", ":", "="} for x in items[max(groups[-1][-1], s.first - 3) : s.first]):
        after = None
    if after is not None and (not groups or _countlike(s.cells[-1]) or not _copula(items, groups[-1][-1], s.first)):
        s.endpoints = [str(items[after].data)] * k
        s.after = True
        near = next((x for x in items[s.last + 1 : after] if x.kind == "G"), None)
        s.grade = str(near.data) if near is not None else s.grade
        return
    if groups:
        codes = _codes(items, groups[-1])
        if label is not None and FAMILY.get(codes[-1]) == "event" and _bracketed(items, s) and _copula(items, groups[-1][-1], s.first):
            s.label = label
            s.endpoints = [None] * k
            return
        if label is not None and _bracketed(items, s) and s.first - groups[-1][-1] > 6 and FAMILY.get(codes[-1]) in {"event", "term"}:
            s.label = label
            s.endpoints = [None] * k
            return
        if (
            len(groups) > 1
            and codes[-1] in {"AE", "TRAE", "TEAE", "HEMTOX"}
            and any(x.low in {"common", "frequent", "prevalent", "commonest"} for x in items[max(0, groups[-1][0] - 2) : groups[-1][0]])
        ):
            codes = _codes(items, groups[-2])
        m = len(codes)
        if m > 1 and k == m and not (versus and k == 2 and _adjacent_last(items, groups[-1], s)):
            s.endpoints = list(codes)
            s.paired = True
        elif m > 1 and k > m and k % m == 0:
            s.paired = True
            by_endpoint = versus and not _arm_chunks(items, s, m)
            s.endpoints = [codes[c // (k // m) if by_endpoint else c % m] for c in range(k)]
        else:
            s.endpoints = [codes[-1]] * k
        return
    if _bracketed(items, s) and label is not None and s.cells[0].unit == "%":
        s.label = label
        s.endpoints = [None] * k
        return
    listed = begin < s.first and items[begin].low in {",", "and"} and s.cells[0].unit == "%"
    if previous is not None and label is not None and listed and items[s.first - 1].low not in BEFORE_VALUE and s.first - begin < 6:
        s.label = label  # "neutropenia 5% vs 13%, stroke 0 vs 2%"
        s.endpoints = [None] * k
        s.grade = s.grade or previous.grade
        return
    compared = previous is not None and any(x.low in {"than", "compared", "versus", "vs", "against"} for x in items[begin : s.first])
    if previous is not None and previous.endpoints and (compared or not _countlike(s.cells[0])):
        if previous.label is not None:
            s.label = previous.label
        same = len(previous.endpoints) == k and previous.paired
        s.endpoints = list(previous.endpoints) if same else [previous.endpoints[-1]] * k
        s.paired = same
        if s.grade is None:
            s.grade = previous.grade
        return
    s.label = label or _label_after(items, s)
    s.endpoints = [None] * k


def _adjacent_last(items: list[Item], group: list[int], s: Series) -> bool:
    """ "… and DCR (47% vs 31%)": the bracket hangs on the last endpoint only."""
    return items[s.first - 1].low in {"(", "["} if s.first else False


def _arm_chunks(items: list[Item], s: Series, m: int) -> bool:
    """Whether an arm stands after each m-th value."""
    marks = [sum(x.kind == "A" for x in items[a + 1 : b]) for a, b in zip(s.at, s.at[1:], strict=False)]
    return any(marks) and all(bool(mark) == ((c + 1) % m == 0) for c, mark in enumerate(marks))


def _countlike(cell: Cell) -> bool:
    return cell.x is not None or cell.noun is not None or (cell.unit is None and cell.value is not None and cell.value.isdigit())


def _copula(items: list[Item], a: int, b: int) -> bool:
    return any(
        x.low in {"was", "were", "is", "are", "included", "include", "including", "of", "reached", ":", "=", "being", "such"}
        for x in items[a + 1 : b]
    )


def _bracketed(items: list[Item], s: Series) -> bool:
    return s.first > 0 and items[s.first - 1].low in {"(", "["}


def _endpoint_after(items: list[Item], s: Series, stop: int) -> int | None:
    """An endpoint that the value runs into: "11 patients achieved PR", "a 47% ORR"."""
    steps = 0
    for k in range(s.last + 1, min(len(items), s.last + 13)):
        item = items[k]
        if item.kind == "E":
            if items[k - 1].low == "of" and s.cells[-1].unit == "%" and s.cells[-1].x is None and k - s.last <= 3:
                return None
            follow = k + 1
            while follow < len(items) and (items[follow].low in {"rate", "rates", "(", ")", "s"} and steps < 12):
                follow += 1
                steps += 1
            if follow < len(items) and (
                (items[follow].low in {"of", "was", "were", ":", "="} and any(x.kind == "C" for x in items[follow + 1 : follow + 4]))
                or (items[follow].kind == "C" and items[follow - 1].low == "(")
            ):
                if not _countlike(s.cells[-1]) or items[follow].low in {":", "="}:
                    return None
                if items[follow].kind == "C":
                    return None
            return k
        if item.kind in {"G"} or (item.kind == "A"):
            continue
        if item.kind != "W":
            return None
        if item.low in {"patients", "of", "pts", "cases", "participants", "subjects"} or (
            item.low in {"in", "the", "group", "arm", "groups", "arms", "with", "treated", "who", "receiving", "those"}
        ):
            continue
        if item.low in {",", ";", "and", ")", "]", "(", "[", "vs", "versus", ":"}:
            return None
        if item.low not in RESULT_VERBS and k - s.last > 3 and not item.low.endswith(("ed", "ing")):
            return None
    return None


def _grade(items: list[Item], begin: int, first: int, stop: int) -> str | None:
    named = next((x for x in reversed(items[begin:first]) if x.kind == "E"), None)
    floor = begin if named is not None and named.low == "event" else max(0, first - 150)
    for k in range(first - 1, floor - 1, -1):
        if items[k].kind == "G":
            return str(items[k].data)
        if items[k].low in {"any-grade", "all-grade"} or (items[k].low == "grade" and k and items[k - 1].low in {"any", "all"}):
            return None
    for k in range(first + 1, min(stop, first + 10)):
        if items[k].low in {",", ";", "and", "vs", "versus", "with"} or items[k].kind in {"C", "E"}:
            break
        if items[k].kind == "G":
            return str(items[k].data)
    return None


def _label(items: list[Item], s: Series, begin: int) -> str | None:
    """The words right before a bracket, where no known endpoint stands."""
    k = s.first - 1
    if k < 0:
        return None
    if items[k].low in {"(", "[", "="}:
        k -= 1
        if k > 1 and items[k].kind == "X" and items[k].j == items[k - 1].j + 1 and len(items[k - 1].low) == 1:
            k -= 2  # "nodal stage N2 (40.7%)"
        if items[k].low == ")" and k > 2 and items[k - 2].low == "(" and items[k - 1].kind == "W":
            k -= 3  # "breast-conserving surgery (BCS)"
        if items[k].low in {"rate", "rates", "incidence"}:
            k -= 1
            if k > 2 and items[k].low == ")" and items[k - 2].low == "(" and items[k - 1].kind == "W":
                k -= 3
    elif s.cells[0].unit != "%" and s.cells[0].x is None:
        return None
    else:
        while k >= begin and items[k].kind == "W" and items[k].low in BEFORE_VALUE and s.first - k <= 5:
            k -= 1
    words: list[str] = []
    while k >= begin and len(words) < 4:
        item = items[k]
        if item.kind != "W" or item.low in NOT_LABEL or not item.low[:1].isalpha() or "/" in item.low:
            break
        words.insert(0, item.low)
        k -= 1
    return " ".join(words) or None


def _label_after(items: list[Item], s: Series) -> str | None:
    words: list[str] = []
    for item in items[s.last + 1 : s.last + 9]:
        if item.kind != "W" or item.low in {",", ";", ".", ")", "(", "and", "or", ":"}:
            if words or item.kind != "W":
                break
            if item.low == ")":
                continue
            break
        if item.low in NOT_LABEL or item.low in {"who", "all", "these", "s"}:
            continue
        words.append(item.low)
        if len(words) == 4:
            break
    return " ".join(words) or None
