"""Noun phrases that may name a group of patients."""

from __future__ import annotations

from dataclasses import dataclass

from topline.audit.lexicon import TIME_UNITS, endpoint_at, parts_in, parts_of
from topline.audit.small_words import CLOSED, HEADS, STOP, WITH
from topline.audit.tokens import Token

__all__ = [
    "DOSE_UNITS",
    "Entry",
    "alias_after",
    "closing_bracket",
    "is_name",
    "name_key",
    "never_named",
    "phrase_after",
    "phrase_before",
    "phrase_parts",
    "phrase_text",
    "skip_small",
    "trim_dose",
]


DOSE_UNITS = frozenset(
    {
        "mg", "g", "mcg", "ug", "gy", "cgy", "μm", "µm", "um", "nm", "iu", "mg/d", "mg/day", "mg/kg", "mg/m", "mg/m2", "mg/m²",
        "mci", "gbq", "mbq",
        "μg", "µg", "units", "fraction", "fractions",
    }
)  # fmt: skip


# fmt: off
_NEVER_NAMED = (CLOSED | {
        "failed", "improved", "increased", "prolonged", "raised", "reduced", "resulted",
    }) - frozenset(
    {
        "a", "about", "after", "alone", "also", "among", "and", "around", "as", "at", "based", "before", "between", "by", "ci", "complete",
        "e", "each", "every", "followed", "following", "for", "from", "g", "given", "i", "in", "into", "less", "more", "n", "neither",
        "never", "no", "non", "none", "not", "of", "off", "on", "only", "or", "our", "over", "p", "per", "plus", "receive", "received",
        "receiving", "she", "the", "then", "to", "treat", "treated", "treating", "undergo", "undergoing", "undergone", "underwent", "until",
        "up", "upon", "us", "use", "using", "v", "versus", "very", "vs", "when", "with", "within", "without",
    }
)
# fmt: on


@dataclass(slots=True)
class Entry:
    """One sign of an arm: its name, size, the word sequences by which it may return; `sure` is how sure its size is (`sureness`)."""

    name: str
    n: int | None
    keys: list[tuple[str, ...]]
    span: tuple[int, int]
    strength: int = 1
    sentence: int = 0
    sure: int = 1


def never_named(token: Token) -> bool:
    """Whether a word stands in no name: verbs, adverbs, pronouns; "ET" and "AM" in capitals may."""
    return token.lower in _NEVER_NAMED and not token.text.isupper()


def phrase_parts(tokens: list[Token]) -> tuple[str, ...]:
    """Normalised words of a phrase."""
    return tuple(p for t in tokens if t.kind == "w" for p in parts_in(t.text))


def name_key(tokens: list[Token]) -> tuple[str, ...]:
    """The word sequence by which a name is recognised again; heads such as "group" left off."""
    parts = [p for t in tokens if t.kind in {"w", "n", "id"} for p in (parts_in(t.text) if t.kind == "w" else (t.text,))]
    heads = {"group", "arm", "cohort"}
    if len(parts) == 2 and (parts[0] in heads or (parts[1] in heads and len(parts[0]) == 1)):
        return tuple(parts)
    while len(parts) > 1 and parts[-1] in heads:
        parts.pop()
    return tuple(parts)


def phrase_text(tokens: list[Token], source: str) -> str:
    """The phrase as the text has it; of a regimen with doses the drugs."""
    if any(t.kind == "w" and t.end - t.start > len(t.text) and "(" in source[t.start : t.end] for t in tokens):
        return " ".join(t.text for t in tokens)
    return " ".join(source[tokens[0].start : tokens[-1].end].split()) if tokens else ""


def phrase_before(tokens: list[Token], i: int, *, joined: bool = False) -> int:
    """Start of the noun phrase that ends before position `i`; with `joined`, "A and B" may be one phrase."""
    j = i
    steps = 0
    while j > 0 and steps < 9:
        token = tokens[j - 1]
        low = token.lower
        if token.kind == "n":
            if not (
                (j - 1 > 0 and tokens[j - 2].lower in HEADS)
                or (j < len(tokens) and tokens[j].lower in DOSE_UNITS)
                or (steps and _numbered(tokens, j - 1))
            ):
                break
        elif token.kind == "s":
            if low not in {"-", "+", "/", "'", "±"}:
                break
        elif low in {"with", "without"}:
            if steps == 0 or j < 2 or tokens[j - 2].kind != "w" or (tokens[j - 2].lower in STOP and tokens[j - 2].lower not in WITH):
                break
        elif low == "and":
            if (
                j < 2
                or steps == 0
                or tokens[j - 2].kind != "w"
                or tokens[j - 2].lower in STOP
                or i - j > 3
                or not (
                    any(t.lower in {"plus", "with"} for t in tokens[max(0, j - 6) : j - 1])
                    or (joined and any(t.text in ");:" or t.lower in {"received", "receive", "to"} for t in tokens[max(0, j - 6) : j - 1]))
                )
            ):
                break
        elif (len(token.text) == 1 and token.text.isupper() and j > 1 and tokens[j - 2].lower in HEADS) or (
            low in {"study", "treatment", "median"} and j < len(tokens) and tokens[j].lower in HEADS
        ):
            pass
        elif low in STOP or never_named(token) or token.kind in {"url", "id"}:
            break
        j -= 1
        steps += 1
    while j < i and (
        tokens[j].kind == "s"
        or (tokens[j].lower in STOP and not (tokens[j].lower == "study" and i - j <= 2) and not tokens[j].text.isupper())
    ):
        j += 1
    return j


def _numbered(tokens: list[Token], k: int) -> bool:
    """ "exon 19 deletion", "codon 12 mutation": a number between two words of a name."""
    before, after = tokens[k - 1 : k], tokens[k + 1 : k + 2]
    return bool(
        before
        and after
        and tokens[k].value.isdigit()
        and len(tokens[k].value) < 4
        and before[0].kind == "w"
        and before[0].lower not in STOP
        and after[0].kind == "w"
        and after[0].lower not in STOP
        and after[0].lower not in TIME_UNITS
    )


def closing_bracket(tokens: list[Token], i: int) -> int:
    """Position of the bracket that closes the one at `i` (or -1)."""
    depth = 0
    for j in range(i, min(len(tokens), i + 40)):
        if tokens[j].text in "([":
            depth += 1
        elif tokens[j].text in ")]":
            depth -= 1
            if depth == 0:
                return j
    return -1


# fmt: off
_NO_ARM_WORD = frozenset(
    {
        "april", "august", "complication", "complications", "consent", "death", "deaths", "december", "discontinuation", "each",
        "entire", "event", "events", "failure", "february", "follow-up", "grade",
        "intent-to-treat", "intention-to-treat", "it", "january", "july", "june", "lesions",
        "metastases", "not", "november", "october", "overall", "per-protocol", "population", "populations", "progression", "questionnaire",
        "randomisation", "randomization", "reason", "reasons", "recurrence", "relapse", "september", "sites", "subgroup",
        "subgroups", "them", "they", "those", "toxicity", "whole", "withdrawal",
    }
)
_NOT_FIRST = frozenset(
    {
        "any", "both", "ci", "each", "either", "every", "former", "hazard", "hr", "in", "iqr", "latter", "mean", "median", "men", "of",
        "or", "other", "p", "patients", "range", "remaining", "rest", "same", "such", "their", "women",
    }
) | frozenset(TIME_UNITS)
_NOT_LAST = frozenset(
    {
        "and", "by", "enrollment", "enrolment", "for", "from", "in", "into", "line", "of", "on", "or", "part", "phase", "stage", "step",
        "study", "than", "the", "to", "treatment-line", "trial", "with",
    }
) | frozenset(TIME_UNITS)
_HEAD_ONLY = HEADS | {"and", "or", "the"}
_NO_NAME = frozenset({
        "drug", "drugs", "patients", "study", "therapy", "treatment",
    })
_SIGNS = frozenset("=<>≤≥%")
# fmt: on


def trim_dose(tokens: list[Token]) -> list[Token]:
    """ "everolimus 10 mg/d" is "everolimus"; "10 mg everolimus" stays, for the dose may be what tells the arms apart."""
    for i, token in enumerate(tokens[:-1]):
        if i and token.kind == "n" and tokens[i + 1].lower in DOSE_UNITS:
            return tokens[:i]
    return tokens


def alias_after(tokens: list[Token], k: int) -> tuple[list[Token], int]:
    """The short name in brackets that follows a phrase ("busulfan plus fludarabine (BuFlu)"), and the position after it."""
    if k < len(tokens) and tokens[k].text in "([":
        close = closing_bracket(tokens, k)
        inside = tokens[k + 1 : close] if close > 0 else []
        if inside and all(t.kind == "w" or t.text in "+-/" for t in inside) and len(inside) <= 4:
            return (inside if is_name(inside) else []), close + 1
        if close > 0:
            return [], close + 1
    return [], k


def is_name(tokens: list[Token]) -> bool:
    """Whether a phrase may name an arm: words, no endpoint, no event, no comparison."""
    if len(tokens) == 2 and tokens[0].lower in HEADS and tokens[1].kind == "n" and len(tokens[1].text) == 1:
        return True  # "group 1"
    words = [t for t in tokens if t.kind == "w"]
    if not words or len(words) > 9:
        return False
    lows = [t.lower for t in words]
    if lows[0] in _NOT_FIRST or lows[-1] in _NOT_LAST or not _NO_ARM_WORD.isdisjoint(lows):
        return False
    if _HEAD_ONLY.issuperset(lows) or _NO_NAME.issuperset(lows):
        return False
    if len(words) < len(tokens) and not _is_amount_free(tokens):
        return False
    if not _NEVER_NAMED.isdisjoint(lows) and any(never_named(w) for w in words):
        return False
    parts = [p for low in lows for p in parts_of(low)]
    if not parts:
        return False
    found = endpoint_at(parts, 0)
    return not (found is not None and found[1] >= len(parts) - 1)


def _is_amount_free(tokens: list[Token]) -> bool:
    """Whether the numbers and signs of a phrase may stand in a name: "group 1", "10 mg A", "exon 19 deletion"."""
    for i, token in enumerate(tokens):
        if token.kind == "s" and token.text in _SIGNS:
            return False
        if token.kind == "n" and not (
            (i and tokens[i - 1].lower in HEADS)
            or token.text in {"1", "2", "3", "4"}
            or (i + 1 < len(tokens) and tokens[i + 1].lower in DOSE_UNITS)
            or (i and _numbered(tokens, i))
        ):
            return False
    return not all(t.kind == "n" or t.lower in DOSE_UNITS for t in tokens)


def skip_small(tokens: list[Token], j: int) -> int:
    """Position of the first word that is no article."""
    while (
        j < len(tokens)
        and tokens[j].lower in {"the", "a", "an", "of", "efficacy", "safety", "and", "treatment"}
        and not (tokens[j].lower == "and" and tokens[j - 1].kind == "n")
    ):
        j += 1
    return j


def phrase_after(tokens: list[Token], j: int) -> int:
    """End of the noun phrase that begins at `j`."""
    k = j
    while k < len(tokens) and k - j < 6:
        low = tokens[k].lower
        if tokens[k].kind != "w" and low not in {"+", "-", "/", "'"}:
            break
        if tokens[k].text == "v" or (low in STOP and not (low == "with" and k and tokens[k - 1].lower in WITH)) or never_named(tokens[k]):
            break
        if low in {"group", "groups", "arm", "arms"}:
            return k + 1
        k += 1
    return k
