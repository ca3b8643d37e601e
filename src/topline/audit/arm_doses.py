"""Doses and schedules, which tell arms apart where their drug is the same: "25 Gy", "every 3 weeks"."""

from __future__ import annotations

from topline.audit.arm_phrases import DOSE_UNITS, name_key
from topline.audit.lexicon import TIME_UNITS
from topline.audit.small_words import HEADS
from topline.audit.tokens import Token

__all__ = ["SCHEDULE", "amount_before", "amount_keys", "dose_or_schedule", "is_dose", "is_schedule"]

# fmt: off
SCHEDULE = frozenset(
    {
        "applied", "auc", "bid", "body", "bolus", "consecutive", "continuous", "continuously", "course", "courses", "cycle",
        "cycles", "d", "daily", "day", "days", "delivered", "dose", "doses", "each", "every", "four", "fraction", "fractions",
        "h", "hours", "infusion", "intravenous", "intravenously", "iv", "maximum", "min", "minutes", "once", "oral", "orally",
        "per", "po", "q2w", "q3w", "q4w", "qd", "qw", "single-dose", "six", "starting", "subcutaneous", "subcutaneously",
        "three", "thrice", "tid", "times", "total", "twice", "two", "up", "w", "weekly", "weight",
    }
    | set(TIME_UNITS)
    | DOSE_UNITS
)
# fmt: on


def is_dose(words: list[Token]) -> bool:
    """Whether the words of a bracket are a dose or a schedule: "100 mg daily", "D1, D8", "q3w"."""
    for k, token in enumerate(words):
        if (token.kind == "n" and not (k and words[k - 1].lower in HEADS)) or token.lower in SCHEDULE:
            return True
        if token.lower[:1] in {"d", "q"} and token.lower[1:2].isdigit():
            return True
    return False


def dose_or_schedule(raw: list[Token]) -> list[Token]:
    """Dose or schedule, where that is what tells arms apart: "25 Gy", "every 3 weeks"."""
    for k, token in enumerate(raw[:-1]):
        if token.kind == "n" and raw[k + 1].lower in DOSE_UNITS:
            return raw[k : k + 2]
    if raw and raw[-1].kind == "n":
        return raw[-1:]  # "250 or 500 mg"
    k = 0
    while k < len(raw) and (raw[k].kind == "n" or raw[k].lower in SCHEDULE):
        k += 1
    return raw[: k or 4]


def is_schedule(words: list[Token]) -> bool:
    """Whether words are nothing but a schedule: "weekly", "every 3 weeks"."""
    return bool(_RHYTHM & {t.lower for t in words}) and all(t.kind == "n" or t.lower in SCHEDULE for t in words)


_RHYTHM = frozenset({"weekly", "daily", "every", "once", "twice", "thrice", "continuous", "q3w", "q2w", "q4w", "qw", "bid"})


def amount_before(tokens: list[Token], i: int) -> list[Token]:
    """The dose or time before a bracket: "20 Gy in 5 fractions (n = 137)", "12 months (n = 274)"."""
    k = i
    while k and i - k < 7 and (tokens[k - 1].kind == "n" or tokens[k - 1].lower in _MEASURED):
        k -= 1
    while k < i - 1 and not (tokens[k].kind == "n" and tokens[k + 1].lower in _UNITS):
        k += 1
    return tokens[k:i] if k < i - 1 else []


def amount_keys(amount: list[Token]) -> list[tuple[str, ...]]:
    """The word sequences by which a dose or time returns: "20 Gy", "20-Gy"."""
    key = name_key(amount[:2])
    return [key, (key[0], "-", *key[1:])]


_UNITS = DOSE_UNITS | frozenset(TIME_UNITS)
_MEASURED = _UNITS | {"cycles", "daily", "every", "fraction", "fractions", "in", "once", "per", "twice", "weekly"}
