"""Words that tell which of two values is the larger one, and thereby whose it is."""

from __future__ import annotations

from topline.audit.arm_mentions import governed
from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.phrases import family_of
from topline.audit.small_words import BREAKS

__all__ = ["by_direction", "turn_round"]

_LARGER = frozenset({"greater", "higher", "increased", "increases", "longer", "more", "prolonged", "prolongs"})
_SMALLER = frozenset({"decreased", "decreases", "fewer", "less", "lower", "reduced", "reduces", "shorter", "shortened"})
_BETTER = frozenset({"benefit", "benefited", "better", "improved", "improvement", "improvements", "improves", "superior", "superiority"})
_WORSE = frozenset({"inferior", "poorer", "worse"})
_GOOD = frozenset({"tte", "response"})
_BAD = frozenset({"event", "term"})
_HARM = frozenset({"complication", "death", "failure", "metastasis", "mortality", "progression", "recurrence", "relapse", "toxicity"})
_DENIED = frozenset({"comparable", "equal", "neither", "no", "nor", "not", "similar", "equivalent", "nonsignificant"})


def by_direction(items: list[Item], s: Series, total: int) -> list[int | None]:
    """The arms of two values whose order no word tells but whose size does; empty where the sentence leaves it open.

    "(1.0 vs 8.9%) was more common in A than in B" names both arms after the values, "patients given A were more likely to have X (10%
    versus 50%)" only the one that has the larger value.
    """
    values = [cell.value for cell in s.cells]
    if None in values or "NR" in values:
        return []
    one, two = (float(v.lstrip("<>")) for v in values if v is not None)
    if one == two:
        return []
    begin, end = _clause(items, s)
    named = [(k, int(items[k].data)) for k in range(begin, end) if items[k].kind == "A"]
    arms = list(dict.fromkeys(arm for _, arm in named))
    before = [arm for k, arm in named if k < s.first]
    if set(before) == {1} == set(arms) and total == 2 and (more := _says(items[begin : s.first], s)) is not None:
        return [0, 1] if more == (one < two) else []  # "PFS was superior in the B arm (28 v 35 months)"
    if not arms or len(arms) > 2 or (len(arms) == 1 and total != 2):
        return []
    if before and not any(x.low == "likely" for x in items[begin : s.first]):
        return []  # the order of naming is the order of the values, and the words can be held against them
    larger = _larger(items, begin, end, s)
    if larger is None:
        return []
    subject = next((arm for k, arm in named if not governed(items, begin, k)), None)
    if subject is None:
        return []
    other = next((arm for arm in arms if arm != subject), 1 - subject)
    return [subject, other] if (one > two) == larger else [other, subject]


def _clause(items: list[Item], s: Series) -> tuple[int, int]:
    begin, end = s.first, s.last + 1
    while begin > 0 and not _breaks(items, begin - 1):
        begin -= 1
    while end < len(items) and not _breaks(items, end) and end - s.last < 50:
        end += 1
    return begin, end


def _breaks(items: list[Item], k: int) -> bool:
    return items[k].low in BREAKS or (items[k].low == "." and k > 0 and items[k - 1].low not in {"vs", "v"})


def _larger(items: list[Item], begin: int, end: int, s: Series) -> bool | None:
    """Whether the clause says that its subject has the larger value: by the nearest word before the values, else by those after."""
    for k in range(s.first - 1, begin - 1, -1):
        if items[k].kind == "W" and items[k].low in _LARGER | _SMALLER:
            return None if any(x.low in _DENIED for x in items[begin:k]) else items[k].low in _LARGER
    said = {x.low in _LARGER for x in items[s.last + 1 : end] if x.kind == "W" and x.low in _LARGER | _SMALLER}
    return said.pop() if len(said) == 1 and not any(x.low in _DENIED for x in items[s.last + 1 : end]) else None


def turn_round(items: list[Item], series: list[Series]) -> None:
    """Turn the arms of three pairs or more that all speak against what the sentence says of the arm named first.

    "A improved on B for all endpoints: DFS (13% v 23%), local failure (22% v 12%), …" gives B's values first: one pair alone would be
    an error to report, three that agree are the authors' order.
    """
    pairs = [s for s in series if len(s.cells) == 2 and s.arms[0] is not None and s.arms[1] is not None and s.arms[0] != s.arms[1]]
    if len(pairs) < 3 or any(s.arms != pairs[0].arms for s in pairs):
        return
    named = [(k, int(items[k].data)) for k in range(pairs[0].first) if items[k].kind == "A"]
    subject = next((arm for k, arm in named if not governed(items, 0, k)), None)
    if subject is None or any(x.kind == "A" for s in pairs for x in items[s.first : s.last + 2]):
        return
    votes = [_agrees(items, s, subject) for s in pairs]
    if len([v for v in votes if v is False]) >= 3 and True not in votes:
        for s in pairs:
            s.arms = s.arms[::-1]


def _agrees(items: list[Item], s: Series, subject: int) -> bool | None:
    """Whether a pair says of the subject what the words before it say."""
    if any(cell.value in {None, "NR"} for cell in s.cells):
        return None
    one, two = (float(str(cell.value).lstrip("<>")) for cell in s.cells)
    if one == two:
        return None
    larger = _says(items[: s.first], s)
    return None if larger is None else ((one > two) == (s.arms[0] == subject)) == larger


def _says(before: list[Item], s: Series) -> bool | None:
    """Whether the words before a pair say that what they speak of has the larger value."""
    words = [str(x.data) if x.kind == "E" else x.low for x in before]
    word = next((w for w in reversed(words) if w in _LARGER | _SMALLER | _BETTER | _WORSE), "")
    if not word or not _DENIED.isdisjoint(words):
        return None
    if word in _LARGER | _SMALLER:
        return word in _LARGER
    good = _is_good(s.endpoints[0])
    return None if good is None else good == (word in _BETTER)


def _is_good(endpoint: str | None) -> bool | None:
    """Whether more of an endpoint is better for a patient; None where that is not known."""
    family = family_of(endpoint)
    if endpoint is not None and (
        family in _BAD or endpoint in {"DEATH", "DISC", "PD", "RECUR", "TRDEATH", "TRM"} or set(endpoint.lower().split()) & _HARM
    ):
        return False
    return True if family in _GOOD or endpoint in {"CR", "PR"} else None
