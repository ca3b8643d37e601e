"""The signs by which a text names its arms without sizes: a group, both sides of a comparison, words beside values."""

from __future__ import annotations

from topline.audit.arm_entries import as_entries
from topline.audit.arm_lists import read_list
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
    """Read "the A group", "the A, B and C arms", "groups 1 and 2"."""
    out: list[Entry] = []
    for i, token in enumerate(tokens):
        if token.lower not in HEADS or (i + 1 < len(tokens) and tokens[i + 1].lower in {"study", "trial", "design"}):
            continue
        plural = token.lower.endswith("s")
        letters = _letters(tokens, i + 1, plural=plural)
        if letters:
            single = {"groups": "group", "arms": "arm", "cohorts": "cohort"}.get(token.lower, token.lower)
            out.extend(
                Entry(f"{token.text.rstrip('s')} {t.text}", None, [(single, *name_key([t]))], (token.start, t.end), 1, number)
                for t in letters
            )
            continue
        if plural:
            names = _names_before(tokens, i)
            if len(names) > 1:
                out.extend(_headed(p, p, source, number) for p in names)
            continue
        start = phrase_before(tokens, i)
        if start == i and i and len(tokens[i - 1].text) == 1 and tokens[i - 1].text.isupper():
            start = i - 1  # "the A arm"
        phrase = tokens[start:i]
        if phrase and _names_group(phrase) and not (phrase[0].lower == "treatment" and len(phrase) == 2):
            out.append(_headed(tokens[start : i + 1], phrase, source, number))
    return out


def _letters(tokens: list[Token], k: int, *, plural: bool) -> list[Token]:
    """The letters or numbers of "arm A", "groups 1, 2 and 3"."""
    out: list[Token] = []
    while k < len(tokens):
        token = tokens[k]
        following = tokens[k + 1] if k + 1 < len(tokens) else None
        if not (
            (len(token.text) == 1 and token.text.isupper())
            or token.text in {"II", "III", "IV"}
            or (
                token.kind == "n"
                and token.text.isdigit()
                and len(token.text) == 1
                and not (following and following.text in "%-/" + _DECIMAL)
            )
        ):
            break
        out.append(token)
        if not plural:
            break
        k += 1
        while k < len(tokens) and tokens[k].lower in {",", "and", "or", "vs", "versus", "&"}:
            k += 1
    return out if len(out) > plural else []


_DECIMAL = "·."


def _names_before(tokens: list[Token], i: int) -> list[list[Token]]:
    """The names of "the A, the B and the C groups"."""
    out: list[list[Token]] = []
    while len(out) < 5:
        start = phrase_before(tokens, i)
        if start == i and i and len(tokens[i - 1].text) == 1 and tokens[i - 1].text.isupper():
            start = i - 1
        phrase = tokens[start:i]
        if not phrase or not _names_group(phrase):
            break
        out.insert(0, phrase)
        k = start
        while k and tokens[k - 1].lower == "the":
            k -= 1
        joined = False
        while k and tokens[k - 1].lower in {"and", "or", "vs", "versus", ",", "."}:
            joined = True
            k -= 1
        if not joined:
            break
        while k and tokens[k - 1].lower in HEADS:
            k -= 1
        i = k
    return out


def _names_group(phrase: list[Token]) -> bool:
    dose = phrase[0].kind == "n" and phrase[-1].lower in DOSE_UNITS  # "the 45 Gy group"
    letter = len(phrase) == 1 and len(phrase[0].text) == 1 and phrase[0].text.isupper()  # "the P arm"
    if not (dose or letter or is_name(phrase)) or len(phrase) > 7:
        return False
    if phrase[-1].lower == "oncology" or any(t.lower == "cooperative" for t in phrase):
        return False
    return not (any(t.lower.endswith("-risk") for t in phrase) or (phrase[0].lower in NO_ARM and len(phrase) <= 2))


def _headed(named: list[Token], phrase: list[Token], source: str, number: int) -> Entry:
    text = phrase_text(named, source)
    if named is phrase:
        text += " group"
    return Entry(text, None, [name_key(named)], (phrase[0].start, phrase[-1].end), 1, number)


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


_BESIDE = frozenset({"after", "for", "in", "on", "over", "with"})
_BEHIND = frozenset({"%", ")", "]", "favored", "favoured", "improved", "mo", "months", "patients", "superior", "weeks", "years"})


def beside_values(sentences: list[list[Token]], source: str) -> list[Entry]:
    """ "13.8 months with A versus 8.2 months with B": treatments named only beside their values."""
    seen: dict[tuple[str, ...], Entry] = {}
    order: list[tuple[str, ...]] = []
    for number, tokens in enumerate(sentences):
        local: list[tuple[tuple[str, ...], Entry]] = []
        for i in [i for i, token in enumerate(tokens) if i and token.lower in _BESIDE and tokens[i - 1].lower in _BEHIND]:
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
