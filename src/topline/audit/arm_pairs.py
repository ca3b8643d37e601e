"""The signs by which a text names its arms without sizes: a group, both sides of a comparison, words beside values."""

from __future__ import annotations

from topline.audit.arm_lists import as_entries, read_list
from topline.audit.arm_phrases import (
    DOSE_UNITS,
    Entry,
    closing_bracket,
    is_name,
    name_key,
    phrase_after,
    phrase_before,
    phrase_parts,
    phrase_text,
    skip_small,
)
from topline.audit.lexicon import PATIENT_NOUNS, endpoint_at
from topline.audit.small_words import HEADS, NO_ARM
from topline.audit.tokens import Token

__all__ = ["beside_values", "by_definition", "by_head"]


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


def by_definition(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "the control group was treated with A", "group A received B", "arm 1: A"."""
    out: list[Entry] = []
    for i, token in enumerate(tokens):
        if token.lower not in {"group", "arm", "cohort"}:
            continue
        if (
            i + 1 < len(tokens)
            and (len(tokens[i + 1].text) <= 2 or tokens[i + 1].lower == "iii")
            and tokens[i + 1].text.isalnum()
            and (tokens[i + 1].kind == "n" or tokens[i + 1].text.isupper())
        ):
            start, k = i, i + 2
        else:
            start, k = phrase_before(tokens, i), i + 1
            if start == i and i and len(tokens[i - 1].text) == 1 and tokens[i - 1].text.isupper():
                start = i - 1
        label = tokens[start:k]
        if not 2 <= len(label) <= 6:
            continue
        lettered = len(label) == 2 and len(label[1].text) <= 2
        if not lettered and not is_name(label[:-1] if label[-1].lower == token.lower else label[1:]):
            continue
        n = None
        if k < len(tokens) and tokens[k].text == "(":
            close = closing_bracket(tokens, k)
            if close < 0:
                continue
            inside = tokens[k + 1 : close]
            size = [t for t in inside if t.kind == "n" and t.value.isdigit()]
            n = int(size[0].value[:7]) if len(size) == 1 and inside[0].lower == "n" else None
            k = close + 1
        verb = False
        while k < len(tokens) and tokens[k].lower in _GIVEN:
            verb = verb or tokens[k].lower in _GIVES
            k += 1
        if not verb:
            continue
        parts, _ = read_list(tokens, k, 40)
        named = as_entries(parts[:1], source, number, 2)
        if named:
            entry = named[0]
            key = name_key(label)
            out.append(
                Entry(
                    phrase_text(label, source), n, [key, *(q for q in entry.keys if q != key)], (label[0].start, label[-1].end), 3, number
                )
            )
    return out


_GIVES = frozenset({"received", "receiving", "underwent", "treated", "given", ":", "=", "consisted", "comprised", "administered"})
_GIVEN = _GIVES | frozenset(
    {"was", "were", "with", "of", "patients", "additionally", "and", "who", "also", "only", "the", "by", "a", "combination"}
)


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
