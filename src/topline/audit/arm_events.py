"""Counts of those to whom something happened, told from the sizes of arms."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from topline.audit.arm_phrases import Entry
from topline.audit.tokens import Token

__all__ = ["EVENTFUL", "Count", "without_events"]

# fmt: off
EVENTFUL = frozenset(
    {
        "achieved", "attained", "completed", "demonstrated", "developed", "died", "discontinued", "dropped", "exhibited", "experienced",
        "failed", "had", "progressed", "reached", "recurred", "refused", "relapsed", "remained", "reported", "required", "responded",
        "showed", "stopped", "suffered", "survived", "withdrew",
    }
)
_HAPPENED = frozenset(
    {
        "alive", "censored", "dead", "detected", "excluded", "free", "ineligible", "lost", "negative", "not", "positive", "still",
        "withdrawn",
    }
)
_OCCURRED = frozenset({
        "developed", "found", "noted", "observed", "occurred", "recorded", "reported", "seen",
})
# fmt: on


@dataclass(slots=True)
class Count:
    """A number of patients with the words up to the arm: position after them, percentage beside it, form of the verb.

    `weak` says that it stands before what patients have and not before what they get: "211 patients with A".
    """

    at: int
    j: int
    share: float | None = None
    finite: bool = False
    verb: bool = False
    negative: bool = False
    weak: bool = False


def without_events(tokens: list[Token], read: list[tuple[Count, Entry, int]]) -> list[tuple[Count, Entry, int]]:
    """Leave out counts of those to whom something happened: "adverse events were reported in 52 (12%) patients receiving A"."""
    kept: list[tuple[Count, Entry, int]] = []
    run: list[tuple[Count, Entry, int]] = []
    for k, row in enumerate(read):
        run.append(row)
        following = read[k + 1][0].at if k + 1 < len(read) else len(tokens)
        ends = EVENTFUL if row[0].finite else EVENTFUL | {";"}
        if k + 1 < len(read) and not any(t.lower in ends for t in tokens[row[2] : following]):
            continue
        kept.extend(run if _is_division(tokens, run) else [r for r in run if r[0].finite and r[0].share is None])
        run = []
    return kept


def _is_division(tokens: list[Token], run: list[tuple[Count, Entry, int]]) -> bool:
    """Whether joined counts divide the patients: nothing happened to them, and percentages make a hundred."""
    shares = [row[0].share for row in run if row[0].share is not None]
    if shares and not (len(shares) > 1 and 98.5 <= sum(shares) <= 101.5):
        return False
    first = run[0][0].at
    before = tokens[max(0, first - 6) : first]
    if any(t.lower in EVENTFUL - {"had", "completed", "reported"} or t.lower in {"deaths", "events"} for t in before):
        return False
    occurred = any(t.lower in _OCCURRED and u.lower in {":", "in", "for", "by", "among"} for t, u in pairwise(before))
    return not occurred and not any(_eventful(tokens, end) for _, _, end in run)


def _eventful(tokens: list[Token], k: int) -> bool:
    while k < len(tokens) and tokens[k].lower in {",", ")", "also", "who", "respectively"}:
        k += 1
    if k >= len(tokens):
        return False
    low = tokens[k].lower
    return low in EVENTFUL or (low in {"was", "were"} and tokens[k + 1 : k + 2] != [] and tokens[k + 1].lower in _HAPPENED)
