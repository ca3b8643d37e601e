"""The treatment before those who got it: "A was given to 127 patients and B to 131"."""

from __future__ import annotations

from topline.audit.arm_doses import amount_before, amount_keys
from topline.audit.arm_phrases import Entry, closing_bracket, is_name, name_key, phrase_before, phrase_text
from topline.audit.arm_sizes import bracket_size, sureness
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.small_words import HEADS
from topline.audit.tokens import Token

__all__ = ["GIVING", "by_giving"]

# fmt: off
GIVING = frozenset(
    {
        "administered", "applied", "delivered", "given", "implanted", "injected", "offered", "performed", "placed", "prescribed", "used",
    }
)
_TO = frozenset({"for", "in", "on", "to"})
_OTHERS = frozenset({"a", "of", "other", "others", "remaining", "the", "total"})
# fmt: on


def by_giving(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "A was used in 80 patients (group A) and B in the other 79"; two or more, none of them with a percentage."""
    out: list[Entry] = []
    verb = False
    for i, token in enumerate(tokens[:-1]):
        if token.lower in GIVING and i > 1:
            verb = True
            continue
        if not verb or token.lower not in _TO:
            continue
        at = i + 1
        while at < len(tokens) and tokens[at].lower in _OTHERS:
            at += 1
        if at >= len(tokens) or not tokens[at].value.isdigit() or len(tokens[at].value) > 6 or int(tokens[at].value) < 2:
            continue
        entry = _read(tokens, i, at, source, number)
        if entry is None:
            return []
        out.append(entry)
    return out if len(out) > 1 else []


def _read(tokens: list[Token], i: int, at: int, source: str, number: int) -> Entry | None:
    """The entry of the size at `at` with the preposition at `i`; None where the words before it are no name."""
    k = at + 1
    counted = k < len(tokens) and tokens[k].lower in PATIENT_NOUNS
    k += counted
    aliases: list[list[Token]] = []
    if k < len(tokens) and tokens[k].text == "(":
        close = closing_bracket(tokens, k)
        if close < 0 or any(t.text == "%" for t in tokens[k:close]):
            return None
        aliases = [p for p in bracket_size(tokens, k + 1, close)[1] if is_name(p)]
    elif not counted and k < len(tokens) and tokens[k].text not in ",;.":
        return None  # "in 61 centres"
    end = i
    while end and (tokens[end - 1].lower in GIVING | _PASSIVE or tokens[end - 1].lower.endswith("ly")):
        end -= 1
    if end and tokens[end - 1].text in ")]":
        end = max((m for m in range(max(0, end - 14), end) if tokens[m].text in "(["), default=end)
    phrase = tokens[phrase_before(tokens, end, joined=True) : end]
    headed = [p for p in aliases if HEADS & {t.lower for t in p}]
    names = [*headed, *([phrase] if is_name(phrase) else []), *(p for p in aliases if p not in headed)]
    keys = list(dict.fromkeys(name_key(p) for p in names))
    if not names:
        amount = amount_before(tokens, end)
        if not amount:
            return None
        names, keys = [amount], amount_keys(amount)  # "45 Gy was given to 141 patients"
    span = (min(names[0][0].start, tokens[at].start), tokens[at].end)
    return Entry(phrase_text(names[0], source), int(tokens[at].value), keys, span, 3, number, sureness(tokens, at, k))


_PASSIVE = frozenset({"also", "been", "had", "has", "only", "was", "were"})
