"""Which arm and which landmark time each value of a series belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from topline.audit.arm_mentions import (
    continues,
    inside_bracket,
    mentions,
    named_later,
    owner_of,
    subjects_first,
    tail_arms,
    tail_end,
)
from topline.audit.arms import ArmBook
from topline.audit.directions import by_direction
from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.lexicon import HIGHER, LOWER
from topline.audit.neighbouring_arms import by_neighbour
from topline.audit.small_words import BREAKS, COMPARING, HEADS, LINKS, NO_LIST, VS
from topline.audit.sole_arms import SoleArm

__all__ = ["Naming", "assign_arms", "assign_times", "share_closing_arms"]


def assign_times(items: list[Item], s: Series, begin: int, stop: int, previous: Series | None) -> None:
    """Set the landmark time of each value."""
    k = len(s.cells)
    before = [t for x in items[begin : s.first] if x.kind == "T" for t in x.data]
    gaps = [[t for x in items[a + 1 : b] if x.kind == "T" for t in x.data] for a, b in zip(s.at, s.at[1:], strict=False)]
    tail: list[str] = []
    lived = s.cells[0].unit == "%" and any(x.kind == "E" and x.low == "tte" for x in items[s.last + 1 : s.last + 4])
    named = s.after or lived  # "64% were alive at 2 years": the endpoint stands between
    for x in items[s.last + 1 : stop]:
        if x.kind == "T":
            tail = list(x.data)
            break
        if named and (x.kind == "E" or x.low in {"of", "patients", "remained", "were"}):
            named = x.kind != "E"
            continue
        if x.kind in {"E", "P", "R"} or (x.kind == "W" and x.low not in LINKS):
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
            versus = any(x.low in VS for x in items[s.first + 1 : s.at[1]]) if k > 1 else False
            s.times = [pool[c // (k // len(pool))] for c in range(k)] if versus else [pool[c % len(pool)] for c in range(k)]
            s.paired = True
        else:
            s.times = [pool[-1] if pool else None] * k


@dataclass(slots=True)
class Naming:
    """The arms of a sentence: in the order in which its end ("A and B, respectively") and its values so far name them; all or one."""

    closing: list[int]
    everyone: bool
    sole: SoleArm | None
    told: list[int] = field(default_factory=list)


def assign_arms(items: list[Item], s: Series, begin: int, stop: int, previous: Series | None, book: ArmBook, naming: Naming) -> None:
    """Set the arm of each value: from the words between the values, after them, before them, or from the order of naming."""
    s.arms = _arms_of(items, s, begin, stop, previous, book, naming) if book.arms and not _of_everyone(items, s) else [None] * len(s.cells)
    order = list(dict.fromkeys(s.arms))
    given = [a for a in order if a is not None]
    naming.told = given if len(given) > 1 else list(dict.fromkeys((*naming.told, *given)))
    if len(order) == 2 and None not in order and any(x.kind == "A" for x in items[begin:stop]):
        book.recent = [a for a in order if a is not None]


def _of_everyone(items: list[Item], s: Series) -> bool:
    """Whether a follow-up is of all patients: no arm stands by it before the next comma."""
    after = [x.low for x in items[s.last + 1 : s.last + 3]]
    if s.endpoints[0] != "FU" or (len(s.cells) > 1 and not (after and after[0] in {"for", "in"} and after[1:] not in (["the"], ["both"]))):
        return False
    for x in items[s.last + 1 :]:
        if x.kind == "A":
            return False
        if x.low in {",", ";"}:
            break
    return not any(x.kind == "A" for x in items[max(0, s.first - 10) : s.first])


def _arms_of(
    items: list[Item], s: Series, begin: int, stop: int, previous: Series | None, book: ArmBook, naming: Naming
) -> list[int | None]:
    k = len(s.cells)
    total = len(book.arms)
    if naming.everyone:
        return [None] * k
    if naming.sole is not None and naming.sole.owns(s):
        return [naming.sole.arm] * k
    gaps = [[int(x.data) for x in items[a + 1 : b] if x.kind == "A"] for a, b in zip(s.at, s.at[1:], strict=False)]
    tail = tail_arms(items, s, stop)
    start = begin
    for k2 in range(s.first - 1, begin - 1, -1):
        if items[k2].kind == "W" and items[k2].low in BREAKS and not inside_bracket(items, k2, s.first):
            start = k2 + 1
            break
    before = mentions(items, start, s.first)
    distinct_endpoints = len(set(s.endpoints)) if s.paired else 1
    distinct_times = len(set(s.times)) if s.paired else 1
    if k > 1 and len(set(s.times)) == k and all(items[a + 1].kind == "T" for a in s.at if a + 1 < len(items)):
        distinct_times = k  # "89.2% at 5 years and 80.6% at 8 years": one arm's
    per_arm = max(distinct_endpoints, distinct_times, 1)
    owner = None if any(x.low in VS for x in items[s.first : s.last]) else owner_of(items, s.first)
    several = k > 1 and len({arm for arm, _ in before}) == k  # "with A than with B (5.6 and 4.2 months, respectively)"
    if owner is not None and not any(gaps) and not several:
        return [owner] * k
    if any(gaps):
        return by_neighbour(items, s, tail, before, total)
    want = k // per_arm if k % per_arm == 0 else k
    if want <= 1:
        s.closing = bool(tail)
        if k == 1 and not tail and not before and naming.told:
            side = _beside_none(items, s)
            if side >= 0:
                return [naming.told[side]] if side < len(naming.told) else [1 - naming.told[0] if total == 2 else None]
        return [_single(items, s, begin, start, tail, before, previous)] * k
    joined = {x.low for a, b in zip(s.at, s.at[1:], strict=False) for x in items[a + 1 : b]}
    led = {x.low for x in items[begin : s.first]} | {x.low for x in items[s.last + 1 : s.last + 6]}
    if want == 2 and not tail and len({arm for arm, _ in before}) == 1 and not (joined | led) & COMPARING:
        return [before[0][0]] * k  # "4.0 months with A, and 5.0 months in the resistant": one arm, two values
    if not tail and len({arm for arm, _ in before}) == 1 and _over_time(items, start, s):
        return [before[0][0]] * k  # "fell from baseline to day 1 in the A group (2.5 vs 4.5)"
    if want == 2 == k and len(set(tail)) < 2:
        said = by_direction(items, s, total)
        if said:
            return said
    blocks = _blocks(items, s)
    if blocks == total and per_arm == 1 and k > total:
        want = blocks  # "31.1 and 17.8 vs 21.1 and 12.6 months"
    if want == 2 == total and len(set(tail)) == 1 and _leads(items, s):
        tail = [tail[0], 1 - tail[0]]
    order = naming.closing
    if len(order) != want or tail or before:
        order = _order(want, total, tail, before, previous, naming.told if len(naming.told) == want == 2 else book.recent)
    if not tail and not before and "were" in joined and not joined & VS:
        return [None] * k  # "28% were women, 72% were men": results one after another
    if len(order) != want:
        return [None] * k
    if per_arm == 1:
        return [order[c * want // k] for c in range(k)]
    keys = s.endpoints if distinct_endpoints > 1 else s.times
    seen: dict[object, int] = {}
    arms: list[int | None] = []
    for key in keys:
        arms.append(order[seen.get(key, 0) % want])
        seen[key] = seen.get(key, 0) + 1
    return arms


def _beside_none(items: list[Item], s: Series) -> int:
    """The place of a value that is set against none: 0 in "7% v none", 1 in "none v 7%", -1 elsewhere."""
    after = [x for x in items[s.last + 1 : s.last + 4] if x.low not in {".", ")", "]"}][:2]
    if len(after) == 2 and after[0].low in VS and (after[1].low in _NONE or (after[1].kind == "C" and after[1].data.value == "0")):
        return 0
    before = [x.low for x in items[max(0, s.first - 3) : s.first] if x.low != "."][-2:]
    return 1 if len(before) == 2 and before[1] in VS and before[0] in _NONE else -1


_NONE = frozenset({"nil", "no", "none"})
_WHEN = frozenset(
    {"baseline", "before", "after", "beginning", "pretreatment", "pre-treatment", "postoperative", "preoperative", "follow-up", "end"}
)


def _over_time(items: list[Item], start: int, s: Series) -> bool:
    """Whether two values are one arm's at two times: "from baseline to week 4", "before and after"."""
    words = [x.low for x in items[start : s.first]]
    if words[-1:] == ["from"] and all(x.low == "to" for x in items[s.first + 1 : s.at[1]]):
        return True  # "increased from 5.7 to 8.6 months"
    if set(words) & HIGHER | set(words) & LOWER:
        return False
    between = {x.low for x in items[s.first : s.last + 4]}
    return ("from" in words and "to" in words and bool(_WHEN & set(words))) or {"before", "after"} <= (set(words) | between)


def _leads(items: list[Item], s: Series) -> bool:
    """Whether the only arm behind the values is the first of two: "for A-treated and other patients, respectively"."""
    at = next((n for n in range(s.last + 1, len(items)) if items[n].kind == "A"), None)
    if at is None or items[at - 1].low not in {"for", "in", "with", "the", "among"}:
        return False
    after = at + 1 + (at + 1 < len(items) and items[at + 1].low in HEADS)
    near = [x.low for x in items[after : after + 12]]
    return bool(near) and near[0] in {"and", "or"} and "respectively" in near and not any(x.kind == "C" for x in items[after : after + 12])


def _blocks(items: list[Item], s: Series) -> int:
    """How many runs of equally many values "vs" parts a series into; 0 where they are unequal."""
    sizes = [1]
    for a, b in zip(s.at, s.at[1:], strict=False):
        if any(x.low in VS for x in items[a + 1 : b]):
            sizes.append(0)
        sizes[-1] += 1
    return len(sizes) if len(set(sizes)) == 1 and sizes[0] > 1 else 0


def share_closing_arms(items: list[Item], series: list[Series]) -> None:
    """Give a whole list the arm that closes it: "hypertension (42%), diarrhoea (39%) and rash (12%) for A"."""
    for number in range(len(series) - 1, 0, -1):
        s = series[number]
        if not s.closing or len(s.cells) != 1 or s.arms[0] is None:
            continue
        for k in range(number - 1, -1, -1):
            other, follower = series[k], series[k + 1]
            between = items[other.last + 1 : follower.first]
            listed = any(x.low in {",", "and"} for x in between) and all(
                x.kind in {"E", "W", "G"} and x.low not in NO_LIST for x in between
            )
            alike = other.cells[0].unit == s.cells[0].unit or other.arms[0] is None or _left_over(items, series, k)
            if other.closing or len(other.cells) != 1 or not listed or not alike:
                break
            other.arms = list(s.arms)


def _left_over(items: list[Item], series: list[Series], k: int) -> bool:
    """Whether a value has only the arm that closed the one before it: "9 months and 36% for A, 10 months and 41% for B"."""
    before, s = series[k - 1], series[k]
    between = [x.low for x in items[tail_end(items, before, s.first) : s.first]]
    return k > 0 and before.closing and s.arms == before.arms and bool(between) and set(between) <= {",", ";", "and"}


def _single(
    items: list[Item], s: Series, begin: int, start: int, tail: list[int], before: list[tuple[int, bool]], previous: Series | None
) -> int | None:
    """Find the arm of values that all belong to one arm: named after them, before them, or by the series before."""
    if tail:
        return tail[0] if len(set(tail)) == 1 else None
    later = named_later(items, s)
    if before and later is not None and previous is not None and {arm for arm, _ in before} <= set(previous.arms) - {later}:
        return later  # "61 procedures in the A group and 57 procedures in the B group"
    if before:
        subjects = [arm for arm, governed in before if not governed]
        if len(set(subjects)) > 1:
            return before[-1][0]
        arms = subjects_first(before)
        return arms[0] if len(arms) == 1 or before[0][1] or len(subjects) == 1 else None
    if later is not None:
        return later
    if start == begin and begin and previous is not None and continues(items, begin, s.first) and len(set(previous.arms)) == 1:
        return previous.arms[0]
    return None


def _order(want: int, total: int, tail: list[int], before: list[tuple[int, bool]], previous: Series | None, recent: list[int]) -> list[int]:
    """Find the order of the arms for values without an arm between them; empty where the text leaves it open."""
    after = list(dict.fromkeys(tail))
    named = subjects_first(before)
    if len(after) >= want:
        return after[:want]
    if len(named) >= want:
        return named[:want]
    if len(named) + len(after) == want and not set(named) & set(after):
        return named + after  # "A and B had 28% and 15%, compared with 5% in C"
    if want == 2 and total == 2:
        if len(after) == 1:
            return [1 - after[0], after[0]]
        if before:
            arm, governed = before[0]
            return [1 - arm, arm] if governed else [arm, 1 - arm]
    if before and want == 2:
        arm, governed = before[0]
        if len(recent) == 2 and arm in recent:
            other = recent[1 - recent.index(arm)]
            return [other, arm] if governed else [arm, other]
        return []
    if previous is not None:
        last = [a for a in dict.fromkeys(previous.arms) if a is not None]
        if len(last) == want:
            return last
        if want == 2 == total and len(last) == 1 and not previous.closing and len(recent) != 2:
            return [last[0], 1 - last[0]]  # the subject of the sentence comes first
    if len(recent) == want:
        return recent
    return list(range(total)) if want == total else []
