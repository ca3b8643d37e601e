"""Which value belongs to which endpoint and which arm: the hard part of reading an abstract."""

from __future__ import annotations

from dataclasses import dataclass, field

from topline.audit.arms import ArmBook
from topline.audit.grammar import Cell
from topline.audit.items import Item
from topline.audit.lexicon import FAMILY

__all__ = ["Series", "find_series"]

_LINKS = frozenset(
    [
        "all",
        "overall",
        "total",
        "whole",
        "entire",
        "vs",
        "versus",
        "v",
        ".",
        "and",
        "or",
        ",",
        ";",
        "/",
        "compared",
        "with",
        "to",
        "than",
        "against",
        "in",
        "for",
        "among",
        "of",
        "on",
        "with",
        "the",
        "a",
        "patients",
        "pts",
        "receiving",
        "treated",
        "those",
        "who",
        "received",
        "group",
        "groups",
        "arm",
        "arms",
        "cohort",
        "cohorts",
        "respectively",
        "only",
        "alone",
        "over",
        "relative",
        "as",
        "(",
        ")",
        "[",
        "]",
        ":",
        "-",
        "by",
        "months",
        "month",
        "years",
        "while",
        "whereas",
        "under",
        "treatment",
        "therapy",
        "median",
        "approximately",
        "about",
        "patient",
        "subjects",
        "cases",
        "%",
        "from",
        "at",
        "were",
        "was",
        "versus.",
        "only",
        "respectively,",
        "had",
        "an",
        "assigned",
        "to",
        "both",
        "respective",
        "-",
        "followed",
        "just",
    ]
)
_JOINTS = frozenset(
    ["vs", "versus", "v", "and", "or", ",", ";", "/", "compared", "than", "against", "over", "while", "whereas", "-", "relative", "to", ":"]
)
_VS = frozenset(["vs", "versus", "v", "compared", "than", "against", "over", "relative"])
_GOVERN = frozenset(["compared", "comparison", "versus", "vs", "than", "over", "relative", "against", "contrast", "v", "from"])
_BREAKS = frozenset({";", "whereas", "while", "but", "whilst"})
_VERBS = frozenset(
    [
        "achieved",
        "had",
        "experienced",
        "showed",
        "with",
        "developed",
        "reported",
        "of",
        "obtained",
        "attained",
        "reached",
        "were",
        "suffered",
        "exhibited",
        "demonstrated",
        "achieving",
        "having",
        "presented",
        "a",
        "an",
        "the",
        "confirmed",
        "any",
        "remained",
        "displayed",
        "for",
        "as",
        "did",
        "due",
        "to",
        "because",
        "received",
        "at",
        "had",
        "discontinued",
        "underwent",
        "required",
        "died",
        "from",
        "progressed",
    ]
)
_LIST_GLUE = frozenset(
    [
        ",",
        "and",
        "or",
        "/",
        "&",
        "(",
        ")",
        "rate",
        "rates",
        "median",
        "of",
        "the",
        "-",
        "[",
        "]",
        "as",
        "well",
        "for",
        "events",
        "respectively",
        "both",
        "incidence",
        "confirmed",
        "plus",
    ]
)


@dataclass(slots=True)
class Series:
    """Linked values of one kind with their endpoint, arms and times (all lists as long as `cells`)."""

    cells: list[Cell]
    at: list[int]
    endpoints: list[str | None] = field(default_factory=list)
    arms: list[int | None] = field(default_factory=list)
    times: list[str | None] = field(default_factory=list)
    grade: str | None = None
    label: str | None = None
    after: bool = False
    paired: bool = False

    @property
    def first(self) -> int:
        """Item number of the first value."""
        return self.at[0]

    @property
    def last(self) -> int:
        """Item number of the last value."""
        return self.at[-1]


def _linked(items: list[Item], a: int, b: int) -> bool:
    joint = False
    for item in items[a + 1 : b]:
        if item.kind == "W":
            if item.low in _JOINTS:
                joint = True
            elif item.low not in _LINKS:
                return False
        elif item.kind in {"A", "N", "T", "H"} or item.kind == "S":
            continue
        else:
            return False
    return joint


def _kind(cell: Cell) -> str:
    if cell.unit == "%" or (cell.x is not None):
        return "rate"
    if cell.unit in {"months", "years", "weeks", "days"}:
        return "time"
    if cell.value == "NR":
        return "nr"
    if cell.noun is not None:
        return "count"
    return "plain"


def _alike(a: Cell, b: Cell) -> bool:
    x, y = _kind(a), _kind(b)
    if x == y:
        return True
    if "nr" in (x, y):
        return {x, y} <= {"nr", "time", "plain"}
    if "plain" in (x, y) and {x, y} & {"rate", "time"}:
        plain = a if x == "plain" else b
        other = b if x == "plain" else a
        if plain is b:
            return (plain.value is not None and "." in plain.value) or other.unit == "%"
        return not plain.spelled
    return False


def _group(items: list[Item]) -> list[Series]:
    out: list[Series] = []
    current: Series | None = None
    for k, item in enumerate(items):
        if item.kind != "C":
            continue
        cell: Cell = item.data
        if current is not None and _alike(current.cells[-1], cell) and _linked(items, current.at[-1], k):
            current.cells.append(cell)
            current.at.append(k)
        else:
            current = Series([cell], [k])
            out.append(current)
    for series in out:
        _share_units(series)
    return out


def _share_units(series: Series) -> None:
    unit = None
    for cell in reversed(series.cells):
        if cell.unit is not None:
            unit = cell.unit
        elif unit is not None and cell.noun is None and cell.value is not None and cell.x is None:
            cell.unit = unit
    for before, cell in zip(series.cells, series.cells[1:], strict=False):
        if (
            cell.unit is None
            and before.unit is not None
            and cell.value is not None
            and cell.value != "NR"
            and "." in cell.value
            and cell.noun is None
        ):
            cell.unit = before.unit


def _merge_counts(items: list[Item]) -> None:
    """ "18 patients achieved objective response (40.0%; 95% CI …)": count and percentage are one value."""
    last: int | None = None
    for k, item in enumerate(items):
        if item.kind == "C":
            cell: Cell = item.data
            if (
                last is not None
                and cell.unit == "%"
                and cell.x is None
                and k > 0
                and items[k - 1].low in {"(", "["}
                and items[last].data.value is not None
                and items[last].data.value.isdigit()
                and items[last].data.unit is None
                and items[last].data.x is None
                and items[last].data.interval is None
                and k - last <= 12
                and not any(x.low in {",", ";", "vs", "versus"} or x.kind in {"P", "R", "S"} for x in items[last + 1 : k])
                and len(items[last].data.value) < 7
            ):
                cell.x = int(items[last].data.value)
                if items[last].data.n:
                    cell.n = items[last].data.n
                cell.noun = items[last].data.noun or "patients"
                items[last].kind = "X"
            elif (
                last is not None
                and cell.unit == "%"
                and cell.x is None
                and k > 0
                and items[k - 1].low in {"(", "["}
                and items[last].data.x is not None
                and items[last].data.n is not None
                and items[last].data.value is None
                and k - last <= 12
                and not any(x.low in {",", ";", "vs", "versus"} or x.kind in {"P", "R", "S"} for x in items[last + 1 : k])
            ):
                cell.x, cell.n, cell.noun = items[last].data.x, items[last].data.n, "patients"
                items[last].kind = "X"
            last = k
        elif item.kind in {"P", "R"}:
            last = None


def _groups_of_endpoints(items: list[Item], a: int, b: int) -> list[list[int]]:
    """Lists of neighbouring endpoints ("ORR and DCR") among items a..b."""
    out: list[list[int]] = []
    last = -1
    for k in range(a, b):
        if items[k].kind != "E":
            continue
        glue = items[last + 1 : k] if out else []
        if out and all(x.kind in {"G", "T", "H"} or x.low in _LIST_GLUE for x in glue):
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


def find_series(items: list[Item], book: ArmBook, inherited: str | None = None) -> list[Series]:
    """All series of a sentence with endpoint, arm and time for each value.

    Parameters
    ----------
    items : list of Item
        The sentence.
    book : ArmBook
        The arms of the text.
    inherited : str, optional
        Endpoint of the sentence before, for "the corresponding values were …".
    """
    _merge_counts(items)
    series = _group(items)
    begin = 0
    previous: Series | None = None
    for number, s in enumerate(series):
        stop = series[number + 1].first if number + 1 < len(series) else len(items)
        _assign_endpoints(items, s, begin, stop, previous)
        _assign_times(items, s, begin, stop, previous)
        _assign_arms(items, s, begin, stop, previous, book)
        begin = max(s.last + 1, _tail_end(items, s, stop))
        previous = s
    return series


def _assign_endpoints(items: list[Item], s: Series, begin: int, stop: int, previous: Series | None) -> None:
    k = len(s.cells)
    groups = _groups_of_endpoints(items, begin, s.first)
    after = _endpoint_after(items, s, stop)
    between = [x for x in items[s.first : s.last] if x.kind == "W"]
    versus = any(x.low in _VS for x in between)
    label = _label(items, s, begin)
    s.grade = _grade(items, begin, s.first, stop)
    if after is not None and (not groups or _countlike(s.cells[-1]) or not _copula(items, groups[-1][-1], s.first)):
        s.endpoints = [str(items[after].data)] * k
        s.after = True
        return
    if groups:
        codes = _codes(items, groups[-1])
        if (
            len(groups) > 1
            and len(codes) == 1
            and codes[0] in {"DEATH", "AGE", "PD"}
            and k == 1
            and FAMILY[codes[0]] == "category"
            and False
        ):
            codes = _codes(items, groups[-2])
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
            and items[groups[-1][0] - 1].low in {"common", "frequent", "prevalent", "commonest"}
        ):
            codes = _codes(items, groups[-2])
        m = len(codes)
        if m > 1 and k == m and not (versus and k == 2 and _adjacent_last(items, groups[-1], s)):
            s.endpoints = list(codes)
            s.paired = True
        elif m > 1 and k > m and k % m == 0:
            s.paired = True
            if _chunks(items, s) == m or versus:
                s.endpoints = (
                    [codes[c // (k // m)] for c in range(k)]
                    if versus and not _arm_chunks(items, s, m)
                    else [codes[c % m] for c in range(k)]
                )
            else:
                s.endpoints = [codes[c % m] for c in range(k)]
        else:
            s.endpoints = [codes[-1] if m == 1 or k == 1 or versus else codes[-1]] * k
        return
    if _bracketed(items, s) and label is not None and s.cells[0].unit == "%":
        s.label = label
        s.endpoints = [None] * k
        return
    if previous is not None and previous.endpoints and not _countlike(s.cells[0]):
        if previous.label is not None:
            s.label = previous.label
        s.endpoints = [previous.endpoints[-1]] * k
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


def _chunks(items: list[Item], s: Series) -> int:
    return 1 + sum(
        any(x.low in {"and", ";", ","} for x in items[a + 1 : b]) and not any(x.low in _VS for x in items[a + 1 : b])
        for a, b in zip(s.at, s.at[1:], strict=False)
    )


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
    for k in range(s.last + 1, min(len(items), s.last + 9)):
        item = items[k]
        if item.kind == "E":
            if items[k - 1].low == "of" and s.cells[-1].unit == "%" and s.cells[-1].x is None and k - s.last <= 3:
                return None
            follow = k + 1
            while follow < len(items) and (items[follow].low in {"rate", "rates", "(", ")", "s"} and steps < 12):
                follow += 1
                steps += 1
            if follow < len(items) and (
                items[follow].low in {"of", "was", "were", ":", "="} or (items[follow].kind == "C" and items[follow - 1].low == "(")
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
        if item.low in {"patients", "of", "pts", "cases", "participants", "subjects"}:
            continue
        if item.low in {",", ";", "and", ")", "]", "(", "[", "vs", "versus", ":"}:
            return None
        if item.low not in _VERBS and k - s.last > 3 and not item.low.endswith(("ed", "ing")):
            return None
    return None


def _grade(items: list[Item], begin: int, first: int, stop: int) -> str | None:
    for k in range(first - 1, -1, -1):
        if items[k].kind == "G":
            return str(items[k].data)
        if items[k].low in {"any-grade", "all-grade"} or (items[k].low == "grade" and k and items[k - 1].low in {"any", "all"}):
            return None
    for k in range(first, min(stop, first + 10)):
        if items[k].kind == "G":
            return str(items[k].data)
    return None


_NOT_LABEL = frozenset(
    [
        "groups",
        "arms",
        "cohort",
        "cohorts",
        "therapy",
        "regimen",
        "treatment",
        "alone",
        "reached",
        "response",
        "responses",
        "versus",
        "versus.",
        "had",
        "the",
        "a",
        "an",
        "of",
        "in",
        "to",
        "for",
        "with",
        "was",
        "were",
        "is",
        "are",
        "had",
        "has",
        "have",
        "that",
        "which",
        "by",
        "at",
        "on",
        "as",
        "from",
        "than",
        "vs",
        "versus",
        "patients",
        "patient",
        "group",
        "arm",
        "higher",
        "lower",
        "longer",
        "shorter",
        "similar",
        "comparable",
        "respectively",
        "approximately",
        "about",
        "only",
        "nearly",
        "overall",
        "rate",
        "rates",
        "incidence",
        "proportion",
        "percentage",
        "frequency",
        "were:",
        "included",
        "including",
        "include",
        "and",
        "or",
        "cases",
        "pts",
        "both",
        "most",
        "common",
        "commonly",
        "frequent",
        "frequently",
        "occurred",
        "observed",
        "reported",
        "experienced",
        "achieved",
        "showed",
        "months",
        "year",
        "years",
        "respectively.",
        "also",
        "significantly",
        "better",
        "worse",
        "improved",
        "reduced",
        "events",
        "event",
        "followed",
    ]
)


def _label(items: list[Item], s: Series, begin: int) -> str | None:
    """The words right before a bracket, where no known endpoint stands."""
    k = s.first - 1
    if k < 0:
        return None
    if items[k].low in {"(", "["}:
        k -= 1
    elif s.cells[0].unit != "%" and s.cells[0].x is None:
        return None
    else:
        while (
            k >= begin
            and items[k].kind == "W"
            and items[k].low in {"was", "were", "rate", "rates", "of", "is", "the", "reached", "an", "a", "proportion", "incidence"}
            and s.first - k <= 3
        ):
            k -= 1
    words: list[str] = []
    while k >= begin and len(words) < 4:
        item = items[k]
        if item.kind != "W" or item.low in _NOT_LABEL or not (item.low[:1].isalpha()):
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
        if item.low in _NOT_LABEL or item.low in {"who", "all", "these", "s"}:
            continue
        words.append(item.low)
        if len(words) == 4:
            break
    return " ".join(words) or None


def _assign_times(items: list[Item], s: Series, begin: int, stop: int, previous: Series | None) -> None:
    k = len(s.cells)
    before = [t for x in items[begin : s.first] if x.kind == "T" for t in x.data]
    gaps = [[t for x in items[a + 1 : b] if x.kind == "T" for t in x.data] for a, b in zip(s.at, s.at[1:], strict=False)]
    tail: list[str] = []
    for x in items[s.last + 1 : stop]:
        if x.kind == "T":
            tail = list(x.data)
            break
        if x.kind in {"E", "P", "R"} or (x.kind == "W" and x.low not in _LINKS):
            break
    if k > 1 and all(gaps) and tail:
        s.times = [gap[0] for gap in gaps] + [tail[0]]
    elif k > 1 and all(gaps) and before:
        s.times = [before[-1]] + [gap[0] for gap in gaps]
    else:
        pool = before or tail
        if not pool and previous is not None and previous.times and not before:
            pool = [t for t in dict.fromkeys(previous.times) if t]
        if len(pool) == k:
            s.times = list(pool)
            s.paired = s.paired or k > 1
        elif pool and k % len(pool) == 0 and len(pool) > 1:
            versus = any(x.low in _VS for x in items[s.first + 1 : s.at[1]]) if k > 1 else False
            s.times = [pool[c // (k // len(pool))] for c in range(k)] if versus else [pool[c % len(pool)] for c in range(k)]
            s.paired = True
        else:
            s.times = [pool[-1] if pool else None] * k


def _mentions(items: list[Item], a: int, b: int) -> list[tuple[int, bool]]:
    """Arms named among items a..b, each with whether a word of comparison governs it."""
    out: list[tuple[int, bool]] = []
    for k in range(a, b):
        if items[k].kind != "A":
            continue
        governed = any(x.kind == "W" and x.low in _GOVERN for x in items[max(a, k - 4) : k] if x.kind != "A")
        for x in items[max(a, k - 4) : k]:
            if x.kind == "A":
                governed = any(y.low in _GOVERN for y in items[items.index(x) + 1 : k])
        out.append((int(items[k].data), governed))
    return out


def _ordered(mentions: list[tuple[int, bool]]) -> list[int]:
    subjects = [arm for arm, governed in mentions if not governed]
    objects = [arm for arm, governed in mentions if governed]
    return list(dict.fromkeys((*subjects, *objects)))


def _assign_arms(items: list[Item], s: Series, begin: int, stop: int, previous: Series | None, book: ArmBook) -> None:
    k = len(s.cells)
    total = len(book.arms)
    if total < 2:
        s.arms = [None] * k
        return
    gaps = [[int(x.data) for x in items[a + 1 : b] if x.kind == "A"] for a, b in zip(s.at, s.at[1:], strict=False)]
    tail = _tail_arms(items, s, stop)
    start = begin
    for k2 in range(s.first - 1, begin - 1, -1):
        if items[k2].kind == "W" and items[k2].low in _BREAKS and not _inside_bracket(items, k2, s.first):
            start = k2 + 1
            break
    before = _mentions(items, start, s.first)
    distinct_endpoints = len(set(s.endpoints)) if s.paired else 1
    distinct_times = len(set(s.times)) if s.paired else 1
    per_arm = max(distinct_endpoints, distinct_times, 1)
    if any(gaps):
        s.arms = _by_neighbour(items, s, gaps, tail, before, total)
        return
    want = k // per_arm if k % per_arm == 0 else k
    if want <= 1:
        arm = tail[0] if len(set(tail)) == 1 else None
        if arm is None and not tail and before:
            arms = _ordered(before)
            arm = (
                arms[0]
                if len(arms) == 1 or before[0][1] or (not before[-1][1] and len(arms) > 1 and False)
                else (arms[0] if len([b for b in before if not b[1]]) == 1 else None)
            )
            if len(arms) > 1 and len({a for a, g in before if not g}) > 1:
                arm = before[-1][0]
        if (
            arm is None
            and not before
            and not tail
            and start == begin
            and previous is not None
            and begin
            and _continues(items, begin, s.first)
        ):
            if len(set(previous.arms)) == 1:
                arm = previous.arms[0]
        s.arms = [arm] * k
        return
    order: list[int]
    if len(dict.fromkeys(tail)) >= want:
        order = list(dict.fromkeys(tail))[:want]
    elif before and len(_ordered(before)) >= want:
        order = _ordered(before)[:want]
    elif len(set(tail)) == 1 and want == 2 and total == 2:
        order = [1 - tail[0], tail[0]]
    elif before and want == 2 and total == 2:
        arm, governed = before[0]
        order = [1 - arm, arm] if governed else [arm, 1 - arm]
    elif before and want == 2 and total > 2:
        arms = _ordered(before)
        order = [arms[0]]
    elif previous is not None and len(dict.fromkeys(a for a in previous.arms if a is not None)) == want:
        order = [a for a in dict.fromkeys(previous.arms) if a is not None]
    elif want == total:
        order = list(range(total))
    else:
        order = []
    if len(order) != want:
        s.arms = [None] * k
        return
    if per_arm == 1:
        s.arms = [order[c] for c in range(k)]
    else:
        keys = s.endpoints if distinct_endpoints > 1 else s.times
        seen: dict[object, int] = {}
        arms: list[int | None] = []
        for key in keys:
            arms.append(order[seen.get(key, 0) % want])
            seen[key] = seen.get(key, 0) + 1
        s.arms = arms


def _inside_bracket(items: list[Item], a: int, b: int) -> bool:
    """Whether item `a` stands in a bracket that also holds `b` or closes before it (its break is local)."""
    depth = 0
    for x in items[:a]:
        if x.low in {"(", "["}:
            depth += 1
        elif x.low in {")", "]"}:
            depth = max(0, depth - 1)
    return depth > 0 and items[a].low == ";"


def _continues(items: list[Item], a: int, b: int) -> bool:
    return any(x.kind == "W" and x.low in {"and", "with", ",", "including"} for x in items[a:b])


def _tail_arms(items: list[Item], s: Series, stop: int) -> list[int]:
    out: list[int] = []
    for x in items[s.last + 1 : stop]:
        if x.kind == "A":
            out.append(int(x.data))
        elif x.kind in {"E", "C", "D"} or x.low == ";":
            break
        elif x.kind in {"P", "R", "S", "N", "T", "G", "X", "H"}:
            if x.kind in {"P", "R"}:
                break
            continue
        elif x.low == "," and out:
            continue
        elif x.low not in _LINKS and x.low not in {"who", "respectively", "treated", "receiving", "given", "achieved", "plus"}:
            break
    return out


def _tail_end(items: list[Item], s: Series, stop: int) -> int:
    """Where the arms that close a series end, so that the next series does not take them for its subject."""
    end = s.last + 1
    if s.last + 1 < len(items) and items[s.last + 1].low in {",", ";"}:
        return end
    for k in range(s.last + 1, min(stop, s.last + 14)):
        x = items[k]
        if x.kind == "A":
            end = k + 1
        elif x.kind != "W" or x.low in {",", ";", "whereas", "while", "than"} or x.low not in _LINKS:
            break
    return end


def _by_neighbour(
    items: list[Item], s: Series, gaps: list[list[int]], tail: list[int], before: list[tuple[int, bool]], total: int
) -> list[int | None]:
    """Arms that stand between the values: after each value or before it."""
    k = len(s.cells)
    first_gap = items[s.at[0] + 1 : s.at[1]]
    lead = next((g for g, gap in enumerate(gaps) if gap), 0)
    gap_items = items[s.at[lead] + 1 : s.at[lead + 1]]
    opening = next((x for x in gap_items if x.kind in {"A"} or (x.kind == "W" and x.low not in {")", "]"})), None)
    trailing = opening is not None and (
        opening.kind == "A" or opening.low in {"in", "with", "for", "among", "on", "of", "under", "(", "patients", "receiving", "from"}
    )
    if opening is not None and opening.kind == "A" and before and not tail:
        trailing = False
    if opening is not None and opening.low in {"with", "in"} and not tail and before and not first_gap:
        trailing = False
    if not tail and before and not trailing:
        arms: list[int | None] = [before[-1][0]]
        for gap in gaps:
            arms.append(gap[-1] if gap else arms[-1])
        return arms
    result: list[int | None] = [None] * k
    whole = [
        any(x.low in {"all", "overall", "total", "whole", "entire"} for x in items[a + 1 : b]) and not gap
        for (a, b), gap in zip(zip(s.at, s.at[1:], strict=False), gaps, strict=True)
    ]
    follow: list[int | None] = [gap[0] if gap else None for gap in gaps] + [tail[0] if tail else None]
    upcoming: int | None = None
    for c in range(k - 1, -1, -1):
        if follow[c] is not None:
            upcoming = follow[c]
        elif c < len(whole) and whole[c]:
            upcoming = None
        result[c] = upcoming
    if follow[-1] is None and k >= 2:
        known = [a for a in result if a is not None]
        if total == 2 and known:
            result = [a if a is not None else 1 - known[-1] for a in result]
        if k == 2 and total == 2 and result[0] == result[1] and result[0] is not None:
            result[1] = 1 - result[0]
        if trailing is False and not before and gaps[0] and k == 2 and total == 2:
            result = [1 - gaps[0][-1], gaps[0][-1]]
    return result
