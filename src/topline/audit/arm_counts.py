"""Sizes and arms in two columns: "25 and 29 patients were randomised to A and B, respectively"."""

from __future__ import annotations

from topline.audit.arm_phrases import Entry, closing_bracket, is_name, name_key, phrase_text, trim_dose
from topline.audit.lexicon import PATIENT_NOUNS
from topline.audit.small_words import TREATMENT_VERBS
from topline.audit.tokens import Token

__all__ = ["by_columns"]

# fmt: off
_ON_THE_WAY = frozenset(
    {
        "were", "was", "who", "had", "been", "to", "randomly", "in", "into", "the", "with", "receive", "either", "on", "and",
    }
)
_ENROLLED = frozenset({"enrolled", "included", "recruited"})
# fmt: on


def _counts(tokens: list[Token], i: int) -> tuple[list[int], int]:
    """Counts joined by commas and "and" from position `i`, brackets between them skipped; the position after them."""
    out: list[int] = []
    shares: list[float] = []
    j = i
    while j < len(tokens) and tokens[j].kind == "n" and tokens[j].value.isdigit() and len(tokens[j].value) < 6 and len(out) < 6:
        out.append(int(tokens[j].value))
        j += 1
        if j < len(tokens) and tokens[j].text == "(":
            close = closing_bracket(tokens, j)
            if close < 0 or close - j > 6:
                break
            if tokens[close - 1].text == "%" and tokens[close - 2].kind == "n":
                shares.append(float(tokens[close - 2].value))
            j = close + 1
        if j < len(tokens) and tokens[j].lower in PATIENT_NOUNS:
            j += 1
        k = j
        while k < len(tokens) and tokens[k].lower in {",", "and"}:
            k += 1
        if k == j or k >= len(tokens) or tokens[k].kind != "n":
            break
        j = k
    if shares and not 98.5 <= sum(shares) <= 101.5:
        return [], j  # "in seven (13.0%) and 15 (27.3%) patients of the A and B arms"
    return out, j


def by_columns(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "N1 and N2 patients were assigned to A and B, respectively"."""
    lows = [t.lower for t in tokens]
    for i, token in enumerate(tokens):
        if token.kind != "n" or (i and tokens[i - 1].text in "≥>≤<-"):
            continue
        sizes, j = _counts(tokens, i)
        if len(sizes) < 2 or min(sizes) < 2 or any(1950 < n < 2060 for n in sizes[:-1]):
            continue
        start = j
        verb = tokens[j - 1].lower in PATIENT_NOUNS
        while j < len(tokens) and (lows[j] in _ON_THE_WAY or lows[j] in TREATMENT_VERBS | PATIENT_NOUNS | _ENROLLED):
            verb = verb or lows[j] in TREATMENT_VERBS or lows[j] in _ENROLLED
            j += 1
        if j == start or not verb:
            continue
        names = _names(tokens, j)
        if len(names) == len(sizes) and all(is_name(p) for p in names):
            return [
                Entry(phrase_text(p, source), n, [name_key(p)], (p[0].start, p[-1].end), 3, number)
                for p, n in zip(names, sizes, strict=True)
            ]
    return []


def _names(tokens: list[Token], j: int) -> list[list[Token]]:
    """The names of a list that ends in "respectively", in a plural head or with the sentence."""
    out: list[list[Token]] = []
    current: list[Token] = []
    for k in range(j, min(len(tokens), j + 30)):
        low = tokens[k].lower
        if tokens[k].text == "(":
            continue
        if low in {",", "and", ")"} or low == "the":
            if current:
                out.append(current)
            current = []
        elif low == "respectively" or tokens[k].kind == "n" or tokens[k].text in ".;:":
            if tokens[k].kind == "n" and current:
                current.append(tokens[k])
                continue
            break
        elif low in {"groups", "arms"}:
            if current or out:
                break
            head = tokens[k]
            letters = [t for t in tokens[k + 1 : k + 8] if len(t.text) == 1 and t.text.isalnum()]
            return [[head, letter] for letter in letters]
        elif low in {"for", "from", "were", "was", "between", "after", "at", "in"}:
            break
        else:
            current.append(tokens[k])
    if current:
        out.append(current)
    return [trim_dose(p) for p in out if p[0].lower not in PATIENT_NOUNS]
