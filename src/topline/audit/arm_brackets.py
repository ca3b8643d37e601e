"""Several arms with their sizes inside one bracket: "(A, n = 81 or B, n = 63)", "(207 in A and 210 in B)", "(control, 288; A, 297)"."""

from __future__ import annotations

from topline.audit.arm_phrases import DOSE_UNITS, Entry, is_name, name_key, phrase_text
from topline.audit.arm_sizes import is_year, sureness
from topline.audit.lexicon import PATIENT_NOUNS, TIME_UNITS
from topline.audit.small_words import HEADS, TREATMENT_VERBS
from topline.audit.tokens import Token

__all__ = ["listed_sizes"]

# fmt: off
_LEADING = PATIENT_NOUNS | TREATMENT_VERBS | frozenset(
    {
        "&", "(", ")", ",", ":", ";", "[", "]", "and", "for", "in", "on", "or", "the", "to", "versus", "vs", "was", "were", "who", "with",
    }
)
_TRAILING = frozenset({
        "(", ",", ":", ";", "[", "and", "or", "patients", "versus", "vs", "with",
    })
_NEVER = DOSE_UNITS | frozenset({"female", "male", "men", "women"}) | frozenset(TIME_UNITS)
_BEFORE = frozenset({"(", ",", ";", "[", "and", "or", "versus", "vs"})
_DIVIDED = frozenset({"allocated", "assigned", "divided", "enrolled", "included", "randomised", "randomized", "randomly", "recruited"})
# fmt: on


def listed_sizes(tokens: list[Token], a: int, b: int, source: str, number: int) -> list[Entry]:
    """Arms and sizes of the bracket with the tokens from `a` to `b`; empty where it does not list two or more."""
    marked = [
        j + 2
        for j in range(a, b - 2)
        if tokens[j].lower == "n" and tokens[j + 1].text in "=:" and tokens[j + 2].kind == "n" and tokens[j + 2].value.isdigit()
    ]
    if marked:
        return (_before(tokens, a, b, marked, source, number) or _after(tokens, b, marked, source, number)) if len(marked) > 1 else []
    if any(t.text in "%=±<>≥≤" or t.lower in _NEVER for t in tokens[a:b]):
        return []
    counts = [k for k in range(a, b) if tokens[k].kind == "n"]
    if not 2 <= len(counts) <= 4 or any(is_year(tokens, k) for k in counts):
        return []
    if not all(tokens[k].value.isdigit() and int(tokens[k].value[:7]) > 1 for k in counts):
        return []
    if counts[0] == a and all(tokens[k - 1].lower in _BEFORE for k in counts):
        return _after(tokens, b, counts, source, number)
    divided = any(t.lower in _DIVIDED for t in tokens[max(0, a - 14) : a])
    if divided and counts[-1] == b - 1 and all(tokens[k + 1].lower in _BEFORE for k in counts[:-1]):
        return _before(tokens, a, b, counts, source, number)
    return []


def _before(tokens: list[Token], a: int, b: int, sizes: list[int], source: str, number: int) -> list[Entry]:
    """Names that stand before their sizes."""
    out: list[Entry] = []
    start = a
    for k in sizes:
        stop = k - 2 if tokens[k - 1].text in "=:" else k
        _add(out, tokens, (start, stop), k, source, number)
        start = k + 1
    return out if len(out) > 1 else []


def _after(tokens: list[Token], b: int, sizes: list[int], source: str, number: int) -> list[Entry]:
    """Names that stand after their sizes."""
    out: list[Entry] = []
    for k, following in zip(sizes, [*sizes[1:], b], strict=True):
        stop = following - 2 if following < b and tokens[following - 1].text in "=:" else following
        _add(out, tokens, (k + 1, stop), k, source, number)
    return out if len(out) == len(sizes) else []


def _add(out: list[Entry], tokens: list[Token], place: tuple[int, int], k: int, source: str, number: int) -> None:
    a, b = place
    a = max((m + 1 for m in range(a, b - 1) if tokens[m].text == ":"), default=a)  # "353 eligible: arm A, n = 177"
    while a < b and tokens[a].lower in _LEADING:
        a += 1
    while b > a and tokens[b - 1].lower in _TRAILING:
        b -= 1
    phrase = tokens[a:b]
    if not is_name(phrase) or len(phrase) > 8 or len(tokens[k].value) > 7:
        return
    if any(t.text in "()[];" for t in phrase) and phrase[-1].lower not in HEADS:
        return
    span = (min(phrase[0].start, tokens[k].start), max(phrase[-1].end, tokens[k].end))
    out.append(Entry(phrase_text(phrase, source), int(tokens[k].value), [name_key(phrase)], span, 3, number, sureness(tokens, k, b)))
