"""The signs by which a text names its arms without sizes: a group, both sides of a comparison, words beside values."""

from __future__ import annotations

from topline.audit.arm_phrases import (
    DOSE_UNITS,
    Entry,
    alias_after,
    is_name,
    name_key,
    phrase_after,
    phrase_before,
    phrase_parts,
    phrase_text,
    skip_small,
)
from topline.audit.lexicon import PATIENT_NOUNS, endpoint_at
from topline.audit.small_words import HEADS, NO_ARM, STOP, WITH
from topline.audit.tokens import Token

__all__ = ["beside_values", "by_comparison", "by_head", "by_versus"]


def by_head(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "the A group", "the A and B arms"."""
    out: list[Entry] = []
    for i, token in enumerate(tokens):
        if token.lower not in HEADS:
            continue
        plural = token.lower.endswith("s")
        if i + 1 < len(tokens) and tokens[i + 1].lower in {"study", "trial", "design"}:
            continue  # "a prospective double arm study"
        if not plural and i + 1 < len(tokens) and len(tokens[i + 1].text) == 1 and tokens[i + 1].text.isupper():
            phrase = tokens[i : i + 2]
            out.append(Entry(phrase_text(phrase, source), None, [name_key(phrase)], (phrase[0].start, phrase[-1].end), 1, number))
            continue
        start = phrase_before(tokens, i)
        if start == i and i and len(tokens[i - 1].text) == 1 and tokens[i - 1].text.isupper():
            start = i - 1  # "the A arm"
        phrase = tokens[start:i]
        dose = bool(phrase) and phrase[0].kind == "n" and phrase[-1].lower in DOSE_UNITS  # "the 45 Gy group"
        letter = len(phrase) == 1 and len(phrase[0].text) == 1 and phrase[0].text.isupper() and not plural  # "the P arm"
        if not phrase or not (dose or letter or is_name(phrase)) or len(phrase) > 7:
            continue
        if token.text[0].isupper() and len(phrase) > 1 and sum(t.text[0].isupper() for t in phrase) > 1:
            continue  # "the Northern Cooperative Oncology Group"
        if any(t.lower.endswith("-risk") for t in phrase):
            continue  # strata, not treatments
        if phrase[0].lower in NO_ARM and len(phrase) <= 2:
            continue
        if phrase[0].lower == "treatment" and (len(phrase) == 2 or plural):
            continue
        if plural:
            if start > 1 and tokens[start - 1].lower in {"and", "or", "vs", "versus"}:
                first = phrase_before(tokens, start - 1)
                other = tokens[first : start - 1]
                if other and is_name(other):
                    out.append(
                        Entry(phrase_text(other, source) + " group", None, [name_key(other)], (other[0].start, other[-1].end), 1, number)
                    )
                    out.append(
                        Entry(
                            phrase_text(phrase, source) + " group", None, [name_key(phrase)], (phrase[0].start, phrase[-1].end), 1, number
                        )
                    )
            continue
        whole = tokens[start : i + 1]
        out.append(Entry(phrase_text(whole, source), None, [name_key(whole)], (whole[0].start, whole[-1].end), 1, number))
    return out


def by_versus(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "assigned to A or B", "A versus B"."""
    for i, token in enumerate(tokens):
        if token.lower not in {"versus", "vs", "or"}:
            continue
        start, stop, alias = _before_alias(tokens, i)
        j = i + 1
        if j < len(tokens) and tokens[j].text == ".":
            j += 1
        while j < len(tokens) and tokens[j].lower in {"the", "a"}:
            j += 1
        k = j
        while (
            k < len(tokens)
            and k - j < 6
            and tokens[k].kind == "w"
            and (tokens[k].lower not in STOP or (tokens[k].lower == "with" and tokens[k - 1].lower in WITH))
        ):
            k += 1
        left, right = tokens[start:stop], tokens[j:k]
        short = alias_after(tokens, k)[0]
        if token.lower == "or" and not any(
            t.lower in {"receive", "assigned", "randomized", "randomised", "randomly"} for t in tokens[max(0, start - 8) : start]
        ):
            continue
        if is_name(left) and is_name(right):
            return _two(left, alias, right, short, source, number)
    return []


def _two(left: list[Token], a: list[Token], right: list[Token], b: list[Token], source: str, number: int) -> list[Entry]:
    """Two arms, each with its short name where it has one."""
    return [
        Entry(phrase_text(p, source), None, [name_key(p), *([name_key(q)] if q else [])], (p[0].start, p[-1].end), 2, number)
        for p, q in ((left, a), (right, b))
    ]


def _before_alias(tokens: list[Token], i: int) -> tuple[int, int, list[Token]]:
    """Start and end of the phrase before `i`, a short name in brackets left out: "busulfan plus fludarabine (BuFlu) versus"."""
    if i and tokens[i - 1].text in ")]":
        opened = max((k for k in range(max(0, i - 8), i - 1) if tokens[k].text in "(["), default=-1)
        if opened > 0:
            return phrase_before(tokens, opened), opened, alias_after(tokens, opened)[0]
    return phrase_before(tokens, i), i, []


def by_comparison(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """ "We compared A with B"; "A was compared with B"."""
    if any(t.lower in {"than", "compared", "versus", "vs"} for t in tokens):
        named = []
        for i, token in enumerate(tokens[:-1]):
            if token.lower in {"with", "receiving", "received", "given"} and (token.lower != "with" or tokens[i - 1].lower == "treated"):
                j = skip_small(tokens, i + 1)
                phrase = tokens[j : phrase_after(tokens, j)]
                if phrase and is_name(phrase):
                    named.append(Entry(phrase_text(phrase, source), None, [name_key(phrase)], (phrase[0].start, phrase[-1].end), 2, number))
        if len(named) == 2 and named[0].keys != named[1].keys:
            return named
    for i, token in enumerate(tokens):
        if token.lower not in {"compared", "comparing", "compare"}:
            continue
        j = skip_small(tokens, i + 1)
        stop = phrase_after(tokens, j)
        alias, k = alias_after(tokens, stop)
        if k < len(tokens) and tokens[k].lower in {"with", "to", "and", "versus", "vs"} and stop > j:
            m = skip_small(tokens, k + 1)
            end = phrase_after(tokens, m)
            left, right = tokens[j:stop], tokens[m:end]
            if is_name(left) and is_name(right):
                return _two(left, alias, right, alias_after(tokens, end)[0], source, number)
    return []


def beside_values(sentences: list[list[Token]], source: str) -> list[Entry]:
    """ "13.8 months with A versus 8.2 months with B": treatments named only beside their values."""
    seen: dict[tuple[str, ...], Entry] = {}
    order: list[tuple[str, ...]] = []
    for number, tokens in enumerate(sentences):
        local: list[tuple[tuple[str, ...], Entry]] = []
        for i, token in enumerate(tokens):
            if token.lower not in {"with", "for", "in", "on", "after", "over"} or i == 0:
                continue
            before = tokens[i - 1]
            if not (
                before.text in {"%", ")", "]"}
                or before.lower in {"months", "years", "weeks", "mo", "patients", "improved", "superior", "favored", "favoured"}
            ):
                continue
            j = skip_small(tokens, i + 1)
            phrase = tokens[j : phrase_after(tokens, j)]
            while phrase and phrase[-1].lower in {"group", "arm"}:
                phrase = phrase[:-1]
            if (
                not phrase
                or not is_name(phrase)
                or len(phrase) > 5
                or any(t.lower in PATIENT_NOUNS for t in phrase)
                or endpoint_at(list(phrase_parts(phrase)), 0)
            ):
                continue
            local.append(
                (
                    name_key(phrase),
                    Entry(phrase_text(phrase, source), None, [name_key(phrase)], (phrase[0].start, phrase[-1].end), 1, number),
                )
            )
        if len(dict.fromkeys(k for k, _ in local)) >= 2:
            for key, entry in local:
                if key in seen:
                    seen[key].strength += 1
                else:
                    seen[key] = entry
                    order.append(key)
    ranked = sorted(order, key=lambda k: -seen[k].strength)[:2]
    return [seen[k] for k in order if k in ranked]
