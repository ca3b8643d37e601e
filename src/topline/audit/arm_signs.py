"""The signs by which a text names its arms with their sizes: "A (n = 65)", "65 received A"."""

from __future__ import annotations

from topline.audit.arm_phrases import (
    DOSE_UNITS,
    Entry,
    closing_bracket,
    is_name,
    name_key,
    phrase_after,
    phrase_before,
    phrase_text,
    trim_dose,
)
from topline.audit.lexicon import PATIENT_NOUNS, TIME_UNITS
from topline.audit.small_words import ASSIGN, HEADS, TREATMENT_VERBS
from topline.audit.tokens import Token

__all__ = ["by_size", "by_treatment"]


# fmt: off
_COUNTED = PATIENT_NOUNS | frozenset(
    {
        "allocated", "analysed", "analyzed", "assessable", "assessed", "assigned", "evaluable", "randomised", "randomized", "treated",
    }
)
# fmt: on


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
        if token.kind == "n" and token.value.isdigit() and j + 1 < b and tokens[j + 1].lower in _COUNTED:
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
        phrase, names = trim_dose(phrase), [trim_dose(p) for p in names]
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


_LEADING = frozenset(
    [
        "in",
        "the",
        "to",
        "received",
        "with",
        "on",
        "for",
        "given",
        "who",
        "were",
        "was",
        ":",
        "receiving",
        "assigned",
        "randomised",
        "randomized",
        "allocated",
    ]
)


def _numbers_first(inside: list[Token], source: str, number: int) -> list[Entry]:
    """Read "(473 A and 236 B)"."""
    out: list[Entry] = []
    starts = [k for k, t in enumerate(inside) if t.kind == "n"]
    if len(starts) != 2 or starts[0] != 0 or any(t.text in "%=±<>" for t in inside):
        return out
    for k, stop in ((0, starts[1]), (starts[1], len(inside))):
        phrase = [t for t in inside[k + 1 : stop] if t.text not in {",", ";"}]
        while phrase and phrase[-1].lower in {"and", "or", "patients"}:
            phrase.pop()
        while phrase and phrase[0].lower in PATIENT_NOUNS | _LEADING:
            phrase.pop(0)
        words = {t.lower for t in phrase}
        if (
            not is_name(phrase)
            or words & DOSE_UNITS
            or not inside[k].value.isdigit()
            or len(phrase) > 6
            or words & {"vs", "versus", "male", "female", *TIME_UNITS}
        ):
            return []
        span = (inside[k].start, phrase[-1].end)
        out.append(Entry(phrase_text(phrase, source), int(inside[k].value[:7]), [name_key(phrase)], span, 3, number))
    return out if len(out) == 2 else []


# fmt: off
_ENROLLING = frozenset(
    [
        "allocated", "analysed", "analyzed", "assigned", "classified", "consisted", "divided", "enrolled", "evaluated", "included",
        "placed", "pooled",
        "randomised", "randomized", "randomly", "recruited",
    ]
)
# fmt: on


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
        share = False
        if j < len(tokens) and tokens[j].text == "(":
            close = closing_bracket(tokens, j)
            if close < 0 or close - j > 5:
                continue
            share = any(t.text == "%" for t in tokens[j:close])
            j = close + 1
        of_all = False
        while j < len(tokens) and (
            tokens[j].lower in PATIENT_NOUNS - {"deaths", "events"}
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
        if (
            not verb
            and tokens[j - 1].lower == "had"
            and phrase_after(tokens, j) - j < 4
            and tokens[j].kind == "w"
            and low not in {"a", "an", "no", "been", "not"}
        ):
            verb, j = True, j - 1  # "41 patients had biopsy"
        if (
            not verb
            and token.spelled
            and int(token.value) < 10
            and lows & {"not", "died", "withdrew", "discontinued", "excluded", "refused"}
        ):
            continue  # "two patients in the A arm withdrew"
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
        elif found and j == i + 1 and tokens[j].text.isupper() and len(low) > 1 and tokens[i - 1].lower == "and":
            verb = True  # "56 patients received ABC and 58 ABD"
        elif low == "with" and found and j == i + 1:
            verb = True
            j += 1
        elif low == "in" and share and not lows & {"randomized", "randomised", "assigned", "allocated", "divided"}:
            continue  # "21 (30.9%) cases in the A group": a result, not a size
        elif low == "in" and int(token.value) < 10 and not lows & _ENROLLING:
            continue  # "three in the A group": events, not sizes
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
                or t.lower
                in {
                    "vs",
                    "versus",
                    "while",
                    "whereas",
                    "respectively",
                    "as",
                    "at",
                    "was",
                    "were",
                    "had",
                    "between",
                    "from",
                    "without",
                    "after",
                    "for",
                }
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
        if tokens[j - 1].lower == "had" and phrase and phrase[-1].lower.rstrip("s").endswith(("oma", "cancer", "disease", "metastase")):
            continue  # what patients suffer from is no arm
        if not options:
            continue
        headed = [
            p for p in options if p[-1].lower in HEADS | {"setting"} or p[0].lower in HEADS or p[-1].lower.endswith(("-arm", "-group"))
        ]
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
