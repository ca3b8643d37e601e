"""Groups into which a text parts its patients without treating them apart: cohorts, classes, periods."""

from __future__ import annotations

from topline.audit.arm_kinds import are_parallel
from topline.audit.arm_phrases import Entry, closing_bracket, is_name, name_key, phrase_before, phrase_text
from topline.audit.arm_sizes import bracket_size
from topline.audit.dates import year_of
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.small_words import HEADS, STOP
from topline.audit.tokens import Token

__all__ = ["COMPRISING", "by_class", "by_comprising", "by_period"]

# fmt: off
COMPRISING = frozenset({"comprised", "consisted", "contained", "included"})
_SETS = HEADS | {"set", "sets", "subgroup", "subset"}
_EVERYBODY = frozenset(
    {"all", "both", "complete", "each", "entire", "final", "our", "overall", "present", "study", "this", "total", "whole"}
)
_CLASSED = frozenset(
    {
        "categorised", "categorized", "classed", "classified", "defined", "designated", "graded", "identified", "labelled", "regarded",
        "scored", "staged", "stratified",
    }
)
_WERE = frozenset({"been", "on", "operated", "treated", "was", "were"})
_BEFORE_PERIOD = frozenset(
    {
        "admitted", "between", "cases", "diagnosed", "during", "enrolled", "from", "in", "operated", "patients", "period", "the",
        "transplanted", "treated", "were",
    }
)
# fmt: on


def _size(token: Token) -> int | None:
    return int(token.value) if token.kind == "n" and token.value.isdigit() and 1 < len(token.value) < 7 else None


def by_comprising(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "the training cohort comprised 412 patients and the validation cohort 178"."""
    out: list[Entry] = []
    for i, token in enumerate(tokens):
        n = _size(token)
        if n is None or i < 2:
            continue
        k = i
        while k and (tokens[k - 1].lower in COMPRISING | {"a", "of", "total"}):
            k -= 1
        start = phrase_before(tokens, k, joined=False)
        label = tokens[start:k]
        if len(label) < 2 or not (label[-1].lower in _SETS or (label[0].lower in HEADS and len(label[1].text) == 1)):
            continue
        if not any(t.lower in COMPRISING for t in tokens[k:i]) and not out:
            continue
        if {t.lower for t in label} & _EVERYBODY:
            continue
        out.append(Entry(phrase_text(label, source), n, [name_key(label)], (label[0].start, token.end), 3, number))
    return out


def by_class(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "89 were stratified as standard risk and 52 as high risk"; two or more.

    Also without such a verb: "of 190, 125 had localised and 65 had metastatic disease", if the names are built alike and the sizes add up.
    """
    out: list[Entry] = []
    classed = False
    for i, token in enumerate(tokens):
        n = _size(token)
        if n is None or year_of(token):
            continue
        k = i + 1
        if k < len(tokens) and tokens[k].text in "([":
            k = closing_bracket(tokens, k) + 1 or len(tokens)
        while k < len(tokens) and tokens[k].lower in PATIENT_NOUNS | _CLASSED | _WERE:
            classed = classed or tokens[k].lower in _CLASSED
            k += 1
        if k >= len(tokens) or not (tokens[k].lower in {"in", "had"} or (classed and tokens[k].lower == "as")):
            continue
        start = k + 1 + (tokens[k + 1 : k + 2] != [] and tokens[k + 1].lower == "the")
        end = start
        while end < len(tokens) and tokens[end].kind == "w" and tokens[end].lower not in STOP and end - start < 4:
            end += 1
        label = tokens[start:end]
        if label and is_name(label):
            out.append(Entry(phrase_text(label, source), n, [name_key(label)], (token.start, label[-1].end), 3, number))
    if len(out) < 2 or classed:
        return out if classed and len(out) > 1 else []
    whole = str(sum(entry.n or 0 for entry in out))
    return out if any(t.value == whole for t in tokens) and are_parallel(out) else []


def by_period(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "688 diagnosed in 2005-2008, 801 in 2009-2012 and 929 in 2013-2016", with sizes or without; two or more, one after another."""
    out: list[Entry] = []
    last = ""
    for i in range(len(tokens) - 2):
        if not year_of(tokens[i]):
            continue
        first, joint, second = tokens[i : i + 3]
        if not (joint.text in {"-", "to"} and year_of(second) and last <= first.value < second.value):
            continue
        last = second.value
        k = i
        while k and i - k < 6 and tokens[k - 1].lower in _BEFORE_PERIOD:
            k -= 1
        n = _size(tokens[k - 1]) if k and not year_of(tokens[k - 1]) else None
        start = tokens[k - 1].start if n else first.start
        if n is None and i + 3 < len(tokens) and tokens[i + 3].text == "(":
            close = closing_bracket(tokens, i + 3)
            n = bracket_size(tokens, i + 4, close)[0] if close > 0 else None
        text = source[first.start : second.end]
        out.append(Entry(text, n, [(first.value, joint.lower, second.value)], (start, second.end), 3, number))
    return out if len(out) > 1 else []
