"""Sizes in brackets after the arm: "A (n = 65)"."""

from __future__ import annotations

from topline.audit.arm_brackets import listed_sizes
from topline.audit.arm_doses import amount_before, amount_keys
from topline.audit.arm_phrases import (
    Entry,
    closing_bracket,
    is_name,
    name_key,
    phrase_before,
    phrase_text,
    trim_dose,
)
from topline.audit.arm_sizes import bracket_size, sureness
from topline.audit.small_words import ASSIGN, HEADS
from topline.audit.tokens import Token

__all__ = ["by_size"]


def by_size(tokens: list[Token], lows: set[str], source: str, number: int) -> list[Entry]:
    """Read "A group (n = 65)" in a sentence with the words `lows`."""
    out: list[Entry] = []
    if lows & {"grade", "neutropenia", "hypertension"} and not lows & (HEADS | {"randomly", "received"}):
        return out
    for i in [i for i, token in enumerate(tokens) if token.text in "(["]:
        close = closing_bracket(tokens, i)
        if close < 0 or close - i > 25:
            continue
        several = listed_sizes(tokens, i + 1, close, source, number)
        if several and not _of_events(tokens, i, close):
            out.extend(several)
            continue
        n, names = bracket_size(tokens, i + 1, close)
        if n is None or n < 2 or _of_events(tokens, i, close):
            continue
        if tokens[i - 1].lower == "not" and out and tokens[i - 2].lower == "or":
            last = out[-1]  # "A (n = 208) or not (n = 192)"
            span = (tokens[i - 1].start, tokens[close].end)
            out.append(Entry(f"no {last.name}", n, [("no", *key) for key in last.keys], span, 3, number, last.sure))
            continue
        start = phrase_before(tokens, i, joined=i + 2 < len(tokens) and tokens[i + 1].lower == "n")
        extra: list[list[Token]] = []
        if start == i and i > 1 and tokens[i - 1].lower in HEADS | {")"}:
            start = i
        if i > 1 and tokens[i - 1].lower in HEADS and tokens[i - 2].text == ")":
            opened = max((k for k in range(max(0, i - 12), i - 1) if tokens[k].text == "("), default=-1)
            if opened > 0:
                extra.append(tokens[opened + 1 : i - 2])
                start = phrase_before(tokens, opened)
                phrase = tokens[start:opened]
            else:
                phrase = tokens[start:i]
        else:
            phrase = tokens[start:i]
        if phrase and phrase[-1].lower in {"patients"}:
            phrase = phrase[:-1]
        amount = amount_before(tokens, i) if n > 9 and not is_name(phrase) else []
        if amount:
            span = (amount[0].start, tokens[close].end)
            out.append(Entry(phrase_text(amount, source), n, amount_keys(amount), span, 3, number, sureness(tokens, i, close)))
            continue
        phrase, names = trim_dose(phrase), [trim_dose(p) for p in names]
        options = [p for p in (phrase, *extra, *names) if is_name(p)]
        if not options or (not is_name(phrase) and not names):
            continue
        if any(t.lower in {"patients"} for t in tokens[i + 1 : close]) and not lows & ASSIGN:
            continue
        best = next((p for p in options if p[-1].lower in HEADS or p[0].lower in HEADS), options[0])
        name = phrase_text(best, source) + (" group" if best is extra[0] else "") if extra else phrase_text(best, source)
        span = (options[0][0].start, tokens[close].end)
        out.append(Entry(name, n, [name_key(p) for p in options], span, 3, number, sureness(tokens, i, close)))
    return out


_EVENTS = frozenset({"deaths", "died", "discontinued", "events", "excluded", "relapsed", "toxicity", "withdrew"})


def _of_events(tokens: list[Token], i: int, close: int) -> bool:
    """Whether a bracket counts events: "died (arm A, n = 3)", "(14.3%; n = 63)"."""
    if any(t.lower in _EVENTS for t in tokens[max(0, i - 8) : i]):
        return True
    return tokens[i + 1].kind == "n" and tokens[i + 2].text == "%" and close > i + 3
