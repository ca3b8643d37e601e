"""The signs by which a text names its arms: a size, a number treated, a group, both sides of a comparison."""

from __future__ import annotations

from topline.audit.arm_phrases import (
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
from topline.audit.lexicon import PATIENT_NOUNS, TIME_UNITS, endpoint_at
from topline.audit.small_words import ASSIGN, HEADS, NO_ARM, STOP, TREATMENT_VERBS, WITH
from topline.audit.tokens import Token

__all__ = ["beside_values", "by_comparison", "by_head", "by_size", "by_treatment", "by_versus"]


def _size_in(tokens: list[Token], a: int, b: int) -> tuple[int | None, list[list[Token]]]:
    """Read "n = 65" or "65 patients" in a bracket, and the other names that it holds."""
    n: int | None = None
    names: list[list[Token]] = []
    current: list[Token] = []
    j = a
    while j < b:
        token = tokens[j]
        if (
            token.lower == "n"
            and j + 2 < b + 1
            and tokens[j + 1].text in "=:"
            and tokens[j + 2].kind == "n"
            and tokens[j + 2].value.isdigit()
        ):
            n = int(tokens[j + 2].value) if len(tokens[j + 2].value) < 8 else None
            j += 3
            continue
        if token.kind == "n" and token.value.isdigit() and j + 1 < b and tokens[j + 1].lower in PATIENT_NOUNS:
            n = int(token.value) if len(token.value) < 8 else None
            j += 2
            continue
        if token.text in {",", ";", ":"}:
            if current:
                names.append(current)
            current = []
        else:
            current.append(token)
        j += 1
    if current:
        names.append(current)
    return n, names


def by_size(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "A group (n = 65)"."""
    out: list[Entry] = []
    lows = {t.lower for t in tokens}
    if lows & {"grade", "neutropenia", "hypertension", "hr", "hazard"} and not lows & {
        "group",
        "groups",
        "arm",
        "arms",
        "randomly",
        "received",
    }:
        return out
    for i, token in enumerate(tokens):
        if token.text not in "([":
            continue
        close = closing_bracket(tokens, i)
        if close < 0 or close - i > 25:
            continue
        several = _listed(tokens, i + 1, close, source, number)
        if several:
            out.extend(several)
            continue
        n, names = _size_in(tokens, i + 1, close)
        if n is None or n < 2:
            continue
        start = phrase_before(tokens, i)
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
        options = [p for p in (phrase, *extra, *names) if is_name(p)]
        if not options or (not is_name(phrase) and not names):
            continue
        if any(t.lower in {"patients"} for t in tokens[i + 1 : close]) and not lows & ASSIGN:
            continue
        best = next((p for p in options if p[-1].lower in HEADS or p[0].lower in HEADS), options[0])
        name = phrase_text(best, source) + (" group" if best is extra[0] else "") if extra else phrase_text(best, source)
        out.append(Entry(name, n, [name_key(p) for p in options], (options[0][0].start, tokens[close].end), 3, number))
    return out


def _listed(tokens: list[Token], a: int, b: int, source: str, number: int) -> list[Entry]:
    """ "(A, n = 81 or B, n = 63)": names and sizes inside one bracket."""
    out: list[Entry] = []
    start = a
    for j in range(a, b - 2):
        if (
            tokens[j].lower == "n"
            and tokens[j + 1].text in "=:"
            and tokens[j + 2].kind == "n"
            and tokens[j + 2].value.isdigit()
            and len(tokens[j + 2].value) < 8
        ):
            phrase = tokens[start:j]
            while phrase and (phrase[-1].text in ",;:([" or phrase[-1].lower in {"and", "or"}):
                phrase = phrase[:-1]
            while phrase and (phrase[0].text in ",;:)]" or phrase[0].lower in {"and", "or", "vs", "versus", "the"}):
                phrase = phrase[1:]
            if is_name(phrase):
                out.append(
                    Entry(
                        phrase_text(phrase, source),
                        int(tokens[j + 2].value),
                        [name_key(phrase)],
                        (phrase[0].start, tokens[j + 2].end),
                        3,
                        number,
                    )
                )
            start = j + 3
    if len(out) >= 2:
        return out
    return _numbers_first(tokens[a:b], source, number)


_NOT_AN_ARM = frozenset({"vs", "versus", "male", "female", *TIME_UNITS})


def _numbers_first(inside: list[Token], source: str, number: int) -> list[Entry]:
    """Read "(473 A and 236 B)"."""
    out: list[Entry] = []
    starts = [k for k, t in enumerate(inside) if t.kind == "n"]
    if len(starts) != 2 or starts[0] != 0 or any(t.text in "%=±<>" for t in inside):
        return out
    for k, stop in ((0, starts[1]), (starts[1], len(inside))):
        phrase = [t for t in inside[k + 1 : stop] if t.text not in {",", ";"}]
        while phrase and phrase[-1].lower in {"and", "or"}:
            phrase.pop()
        while phrase and phrase[0].lower in PATIENT_NOUNS | {"in", "the", "to", "received", "with", "on", "for", "given"}:
            phrase.pop(0)
        words = {t.lower for t in phrase}
        if (
            not is_name(phrase)
            or not inside[k].value.isdigit()
            or len(phrase) > 6
            or words & {"vs", "versus", "male", "female", *TIME_UNITS}
        ):
            return []
        span = (inside[k].start, phrase[-1].end)
        out.append(Entry(phrase_text(phrase, source), int(inside[k].value[:7]), [name_key(phrase)], span, 3, number))
    return out if len(out) == 2 else []


def by_treatment(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "65 received A (combination group), and 89 …"."""
    found: list[Entry] = []
    lows = {t.lower for t in tokens}
    for i, token in enumerate(tokens):
        if token.kind != "n" or not token.value.isdigit() or len(token.value) > 6 or int(token.value) < 2:
            continue
        if i and (tokens[i - 1].text in "≥>≤<" or tokens[i - 1].lower in {"grade", "grades", "stage", "-", "phase"}):
            continue
        j = i + 1
        if j < len(tokens) and tokens[j].text == "(":
            close = closing_bracket(tokens, j)
            if close < 0 or close - j > 5:
                continue
            j = close + 1
        of_all = False
        while j < len(tokens) and (
            tokens[j].lower in PATIENT_NOUNS
            or tokens[j].lower in {"of", "them", "the", "were", "was", "who", "had", "remained", "placed", "been", "belonged"}
        ):
            of_all = of_all or tokens[j].lower == "of"
            j += 1
        if j >= len(tokens):
            continue
        low = tokens[j].lower
        negative = False
        if low == "did" and j + 2 < len(tokens) and tokens[j + 1].lower == "not":
            negative, j = True, j + 2
            low = tokens[j].lower
        verb = low in TREATMENT_VERBS
        if verb:
            j += 1
            while j < len(tokens) and tokens[j].lower in {
                "to",
                "with",
                "the",
                "in",
                "receive",
                "into",
                "randomly",
                "treatment",
                "by",
                "either",
            }:
                j += 1
        elif low == "with" and found and j == i + 1:
            verb = True
            j += 1
        elif low in {"in", "to", "into"} and (
            j == i + 1 or of_all or tokens[j - 1].lower in PATIENT_NOUNS | {"were", "was", "remained", "placed", "belonged"}
        ):
            j += 1
            while j < len(tokens) and tokens[j].lower in {"the", "receive"}:
                j += 1
        else:
            continue
        k = j
        while k < len(tokens) and k - j < 14:
            t = tokens[k]
            if (
                t.text in "(),;.:"
                or t.kind == "n"
                or t.lower in {"vs", "versus", "while", "whereas", "respectively", "as", "at", "between", "from", "without", "after", "for"}
            ):
                break
            if t.lower in {"and", "or", "in"} and k + 1 < len(tokens) and (tokens[k + 1].kind == "n" or t.lower == "in"):
                break
            if k > j and tokens[k - 1].lower in HEADS and not (k == j + 1 and len(t.text) == 1):
                break
            k += 1
        while k > j and tokens[k - 1].lower in {"and", "or", "with", "in", "the"}:
            k -= 1
        phrase = tokens[j:k]
        options = [phrase] if is_name(phrase) else []
        end = k
        if k < len(tokens) and tokens[k].text == "(":
            close = closing_bracket(tokens, k)
            if close > 0:
                n, names = _size_in(tokens, k + 1, close)
                if n is None:
                    options.extend(p for p in names if is_name(p))
                    end = close
        if not options:
            continue
        headed = [p for p in options if p[-1].lower in HEADS or p[0].lower in HEADS]
        if not verb and not headed and not (low == "to" and lows & {"randomized", "randomised", "randomly", "assigned", "allocated"}):
            continue
        best = headed[0] if headed else options[0]
        keys = [name_key(p) for p in options if not (negative and p is phrase)]
        if not keys:
            keys = [("no", *name_key(phrase))]
        found.append(
            Entry(
                phrase_text(best, source),
                int(token.value),
                keys,
                (token.start, tokens[min(end, len(tokens) - 1)].end),
                2 + bool(headed),
                number,
            )
        )
    if len(found) < 2 and not (found and found[0].strength == 3):
        return []
    return found


def by_head(tokens: list[Token], source: str, number: int) -> list[Entry]:
    """Read "the A group", "the A and B arms"."""
    out: list[Entry] = []
    for i, token in enumerate(tokens):
        if token.lower not in HEADS:
            continue
        plural = token.lower.endswith("s")
        if not plural and i + 1 < len(tokens) and len(tokens[i + 1].text) == 1 and tokens[i + 1].text.isupper():
            phrase = tokens[i : i + 2]
            out.append(Entry(phrase_text(phrase, source), None, [name_key(phrase)], (phrase[0].start, phrase[-1].end), 1, number))
            continue
        start = phrase_before(tokens, i)
        phrase = tokens[start:i]
        if not phrase or not is_name(phrase) or len(phrase) > 7:
            continue
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
        start = phrase_before(tokens, i)
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
        left, right = tokens[start:i], tokens[j:k]
        if token.lower == "or" and not any(
            t.lower in {"receive", "assigned", "randomized", "randomised", "randomly"} for t in tokens[max(0, start - 8) : start]
        ):
            continue
        if is_name(left) and is_name(right) and all(t.kind != "n" for t in (*left, *right)):
            return [Entry(phrase_text(p, source), None, [name_key(p)], (p[0].start, p[-1].end), 2, number) for p in (left, right)]
    return []


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
        k = phrase_after(tokens, j)
        if k < len(tokens) and tokens[k].lower in {"with", "to", "and", "versus", "vs"} and k > j:
            m = skip_small(tokens, k + 1)
            left, right = tokens[j:k], tokens[m : phrase_after(tokens, m)]
            if is_name(left) and is_name(right):
                return [Entry(phrase_text(p, source), None, [name_key(p)], (p[0].start, p[-1].end), 2, number) for p in (left, right)]
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
