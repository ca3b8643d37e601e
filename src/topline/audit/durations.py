"""Times that are no results: how long something was given or went on, how long ago it was, and when it was measured."""

from __future__ import annotations

from topline.audit.grammar import Grammar
from topline.audit.lexicon import TIME_UNITS
from topline.audit.measures import MIDDLE

__all__ = ["no_result"]

# fmt: off
_BEFORE = frozenset(
    {
        "about", "additional", "after", "another", "before", "by", "each", "every", "first", "for", "initial", "last", "least", "minimum",
        "next", "over", "past", "per", "previous", "than", "to", "until", "within",
    }
)
_STATED = frozenset({"was", "were", "of", "is", "median", "mean", "and", "vs", "versus", "v", "with", "reached", "than"})
_GREW = frozenset(
    {
        "declined",
        "decreased",
        "dropped",
        "extended",
        "fell",
        "improved",
        "increased",
        "lengthened",
        "prolonged",
        "reduced",
        "rose",
        "shortened",
    }
)
_SET_AGAINST = frozenset({"compared", "opposed", "relative"})
_COURSES = frozenset({"adjuvant", "chemotherapy", "maintenance", "radiotherapy", "therapy", "treatment"})
_FOLLOWED = frozenset({"follow-up", "followup"})
# fmt: on


def no_result(g: Grammar, i: int, j: int, *, stated: bool) -> bool:
    """Whether the time at tokens `i` to `j` is no result; `stated`: an interval stands with it."""
    low = g.low
    before, after = low[i - 1] if i else "", low[i + 1]
    if before in _BEFORE and not stated:
        risen = before == "to" and (low[i - 2] in _GREW | _SET_AGAINST or "from" in low[max(0, i - 14) : i - 1])
        if (not risen or after == "-") and not _of_follow_up(low[j : j + 5]):
            return True
    if _given(low, i, j) or low[j] in {"arm", "arms", "group", "groups"}:
        return True
    if g.tokens[i].spelled and low[j] in _FOLLOWED:
        return True  # "the daily one week follow-up"
    named = i > 0 and g.kinds[i - 1] == "w" and before not in _STATED and not stated
    if named and low[j] in {"after", "following", "post", "before"}:
        return True  # "the levels 90 days after treatment"
    return after in {"year", "years"} and low[i + 2] in {"old", "or", "ago"}


def _of_follow_up(words: list[str]) -> bool:
    """ "after 44.0 months of median survival follow-up"."""
    return words[:2] == ["of", "median"] and not _FOLLOWED.isdisjoint(words)


def _given(low: list[str], i: int, j: int) -> bool:
    """ "regimens of 1 month and 1 year of treatment"."""
    if not MIDDLE.isdisjoint(low[max(0, i - 5) : i]):
        return False
    if low[j] in {"and", "or", "versus", "vs"} and low[j + 2] in TIME_UNITS:
        j += 3
    return low[j] == "of" and low[j + 1] in _COURSES
