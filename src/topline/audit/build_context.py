"""What the claims of a sentence need to know about it: marks, spans, names."""

from __future__ import annotations

from dataclasses import dataclass

from topline.audit.arms import ArmBook
from topline.audit.grammar import Interval
from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.lexicon import HIGHER, LOWER
from topline.audit.tokens import Token

__all__ = [
    "SentenceContext",
    "arm_name",
    "carried_size",
    "direction_marks",
    "graded_code",
    "interval_bounds",
    "item_span",
    "sentence_marks",
    "speaks_of_others",
]


_GRADED = {"TRAE", "TEAE", "AE", "IRAE", "HEMTOX", "SAE"}


_SUBSET = frozenset(
    [
        "subgroup",
        "subset",
        "subgroups",
        "positive",
        "negative",
        "aged",
        "harboring",
        "harbouring",
        "expressing",
        "mutation",
        "mutations",
        "mutant",
        "evaluable",
        "assessable",
        "population",
    ]
)


@dataclass(slots=True)
class SentenceContext:
    """What a sentence's claims need to know about it."""

    tokens: list[Token]
    items: list[Item]
    body: str
    book: ArmBook
    total: int | None
    local: int | None
    group: int
    last_endpoint: str | None = None
    spoken: str | None = None
    rated: str | None = None  # what the ratio before is of
    compared: tuple[int, list[str | None]] | None = None  # the last ratio or p-value, and what it or its list is of
    level: str | None = None  # of the interval of the ratio before
    compared_close: bool = False  # its name stands right before its bracket
    middle: tuple[str, Series] | None = None  # "mean" or "median", and the last values that were one


def item_span(context: SentenceContext, at: int) -> tuple[int, int]:
    """Characters of an item."""
    item = context.items[at]
    j = min(item.j, len(context.tokens))
    return context.tokens[item.i].start, context.tokens[j - 1].end


def arm_name(context: SentenceContext, arm: int | None) -> str | None:
    """Name of an arm by its number."""
    return context.book.arms[arm].name if arm is not None else None


def carried_size(context: SentenceContext, arm: int | None) -> int | None:
    """The denominator that an arm, the sentence or the study lends to a value without its own."""
    if arm is not None:
        return context.book.arms[arm].n
    return context.local or context.total


def speaks_of_others(context: SentenceContext, at: int) -> bool:
    """Whether a sentence counts other patients before a value: "Thirty-one patients went on to second-line therapy; DCR was 62.1%"."""
    if context.total is None or context.local is not None:
        return False
    for item in context.items[: min(at, 4)]:
        if item.kind in {"C", "X", "N"} and item.i + 1 < len(context.tokens):
            token = context.tokens[item.i]
            if token.kind == "n" and token.value.isdigit() and 2 < int(token.value[:7]) < context.total:
                return context.tokens[item.i + 1].lower in {"patients", "pts", "subjects", "participants", "cases"}
    return False


def sentence_marks(context: SentenceContext) -> tuple[str, ...]:
    """What the words of the sentence say about its numbers."""
    words = {t.lower for t in context.tokens if t.kind == "w"}
    out: list[str] = []
    if words & {"significant", "significantly", "significance"}:
        lows = [t.lower for t in context.tokens]
        negative = any(
            w in {"significant", "significantly", "significance"}
            and (set(lows[max(0, i - 4) : i]) & {"not", "no", "without", "neither", "nor", "non", "nonsignificant"})
            for i, w in enumerate(lows)
        )
        out.append("not significant" if negative else "significant")
    if words & {"one-sided", "1-sided"} or "one sided" in context.body.lower():
        out.append("one-sided")
    if words & {"log-rank", "logrank"}:
        out.append("log-rank")
    if words & {
        "stratified",
        "cochran",
        "cochran-mantel-haenszel",
        "adjusted",
        "adjusting",
        "multivariate",
        "multivariable",
        "weighted",
        "iptw",
        "matched",
        "matching",
    }:
        out.append("adjusted")
    if (
        words & _SUBSET
        or (words & {"patients", "those"} and " patients with " in context.body)
        or (" who " in context.body and "patients who received" not in context.body)
    ):
        out.append("subset")
    if words & {"follow-up", "month", "months", "weeks"} and any(x.kind == "T" for x in context.items):
        out.append("later")
    if words & {"estimated", "kaplan-meier", "actuarial", "cumulative"}:
        out.append("estimated")
    if words & {"per", "cycles", "lesions", "doses", "courses", "samples", "specimens", "tumors", "tumours", "targets"}:
        out.append("other units")
    return tuple(out)


def direction_marks(context: SentenceContext, at: int) -> tuple[str, ...]:
    """Words of comparison that stand just before a value: higher, lower."""
    words: list[str] = []
    for item in reversed(context.items[max(0, at - 16) : at]):
        if item.kind in {"C", "P", "R"}:
            break
        if item.kind == "W":
            words.append(item.low)
    out: list[str] = []
    if set(words) & HIGHER:
        out.append("higher")
    if set(words) & LOWER:
        out.append("lower")
    if set(words) & {"not", "no", "similar", "comparable", "nor", "neither", "without"}:
        out.append("negated")
    return tuple(out) if len(out) == 1 else ()


def graded_code(code: str | None, grade: str | None) -> str | None:
    """TRAE of grade 3 or higher is TRAE3."""
    if code in _GRADED and grade is not None:
        if grade[0] == "3":
            return f"{code}3"
        return f"{code} grade {grade}"
    return code


def interval_bounds(interval: Interval | None) -> tuple[str | None, str | None, str | None, str | None]:
    """Lower, upper, kind and level of an interval."""
    if interval is None:
        return None, None, None, None
    kind = "ci" if interval.kind == "ci" else None if interval.kind == "bare" else interval.kind
    return interval.lower, interval.upper, kind, interval.level
