"""Arms are learnt from the text: who was treated with what, how many they were, and by which names they return."""

from __future__ import annotations

from dataclasses import dataclass, field

from topline.audit.claims import Arm
from topline.audit.lexicon import PATIENT_NOUNS, endpoint_at, parts_of
from topline.audit.tokens import Token

__all__ = ["ArmBook", "learn_arms"]

_HEADS = frozenset(["group", "groups", "arm", "arms", "cohort", "cohorts"])
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "to",
        "for",
        "receive",
        "received",
        "receiving",
        "receives",
        "either",
        "vs",
        "versus",
        "between",
        "than",
        "by",
        "as",
        "was",
        "were",
        "is",
        "are",
        "be",
        "been",
        "who",
        "that",
        "which",
        "from",
        "while",
        "whereas",
        "assigned",
        "allocated",
        "randomized",
        "randomised",
        "treated",
        "into",
        "within",
        "on",
        "at",
        "after",
        "before",
        "during",
        "both",
        "had",
        "has",
        "have",
        "showed",
        "study",
        "this",
        "all",
        "these",
        "among",
        "ratio",
        "comparing",
        "compared",
        "underwent",
        "undergoing",
        "given",
        "administered",
        "or",
        "and",
        "consisting",
        "comprising",
        "including",
        "respectively",
        "per",
        "each",
        "did",
        "not",
        "achieved",
        "reported",
        "experienced",
        "occurred",
        "there",
        "patient",
        "patients",
        "pts",
        "cases",
        "case",
        "participants",
        "subjects",
        "women",
        "men",
        "individuals",
        "total",
        "enrolled",
        "included",
        "divided",
        "methods",
        "results",
        "background",
        "patients:",
        "if",
        "with",
        "whose",
        "using",
        "without",
        "up",
        "evaluate",
        "evaluated",
        "assess",
        "assessed",
        "efficacy",
        "safety",
        "effect",
        "randomly",
        "median",
    ]
)
_WITH = frozenset(["combined", "together", "along", "combination", "plus", "concurrent", "concurrently"])
_GENERIC = frozenset(
    [
        "combination",
        "control",
        "observation",
        "study",
        "experimental",
        "treatment",
        "standard",
        "test",
        "intervention",
        "comparison",
        "comparator",
        "monotherapy",
        "combined",
        "single",
        "early",
        "late",
        "high",
        "low",
        "concurrent",
        "sequential",
        "triple",
        "double",
        "dual",
        "doublet",
        "triplet",
        "induction",
        "conventional",
        "surgery",
        "maintenance",
        "first",
        "second",
        "third",
        "mono",
    ]
)
_EMPTY = frozenset(
    [
        "therapy",
        "treatment",
        "alone",
        "only",
        "based",
        "group",
        "arm",
        "cohort",
        "plus",
        "with",
        "and",
        "or",
        "of",
        "the",
        "combined",
        "combination",
        "regimen",
        "inhibitor",
        "dose",
        "line",
        "patient",
        "single",
        "agent",
        "first",
    ]
)
_VERBS = frozenset(["received", "receive", "receiving", "underwent", "got", "assigned", "allocated", "randomized", "randomised", "treated"])
_ASSIGN = frozenset(
    [
        "received",
        "receive",
        "receiving",
        "assigned",
        "allocated",
        "randomized",
        "randomised",
        "random",
        "randomly",
        "treated",
        "divided",
        "underwent",
        "group",
        "groups",
        "arm",
        "arms",
        "cohort",
        "cohorts",
        "comprised",
        "comprising",
        "versus",
        "vs",
        "regimen",
        "enrolled",
        "included",
        "compared",
        "classified",
        "stratified",
    ]
)
_OTHER = frozenset(
    [
        "death",
        "deaths",
        "progression",
        "toxicity",
        "events",
        "event",
        "discontinuation",
        "relapse",
        "recurrence",
        "metastases",
        "withdrawal",
        "reasons",
        "reason",
        "lesions",
        "sites",
        "grade",
    ]
)


@dataclass(slots=True)
class _Entry:
    name: str
    n: int | None
    keys: list[tuple[str, ...]]
    span: tuple[int, int]
    strength: int = 1
    sentence: int = 0


@dataclass(slots=True)
class ArmBook:
    """The arms of one text and a way to find their mentions."""

    arms: list[Arm] = field(default_factory=list)
    index: dict[str, list[tuple[tuple[str, ...], int, bool]]] = field(default_factory=dict)

    def mention(self, parts: list[str], at: int) -> tuple[int, int] | None:
        """The arm whose name starts at part `at`, longest name first: its number and how many parts."""
        for key, arm, needs_head in self.index.get(parts[at], ()):
            size = len(key)
            if tuple(parts[at : at + size]) != key:
                continue
            if needs_head and not any(
                p in {"group", "arm", "cohort", "therapy", "treatment", "patient"} for p in parts[at + size : at + size + 5]
            ):
                continue
            return arm, size
        return None


def _parts(tokens: list[Token]) -> tuple[str, ...]:
    return tuple(p for t in tokens if t.kind == "w" for p in parts_of(t.lower))


def _key(tokens: list[Token]) -> tuple[str, ...]:
    parts = [p for t in tokens if t.kind in {"w", "n", "id"} for p in (parts_of(t.lower) if t.kind == "w" else (t.text,))]
    heads = {"group", "arm", "cohort"}
    if len(parts) == 2 and parts[0] in heads:
        return tuple(parts)
    while len(parts) > 1 and parts[-1] in heads:
        parts.pop()
    return tuple(parts)


def _text(tokens: list[Token], source: str) -> str:
    return " ".join(source[tokens[0].start : tokens[-1].end].split()) if tokens else ""


def _phrase_before(tokens: list[Token], i: int) -> int:
    """Start of the noun phrase that ends before position `i`."""
    j = i
    steps = 0
    while j > 0 and steps < 9:
        token = tokens[j - 1]
        low = token.lower
        if token.kind == "n":
            if not (j - 1 > 0 and tokens[j - 2].lower in _HEADS):
                break
        elif token.kind == "s":
            if low not in {"-", "+", "/", "'", "±"}:
                break
        elif low in {"with", "without"}:
            if j < 2 or (tokens[j - 2].lower not in _WITH and low == "with"):
                break
        elif low == "and":
            if (
                j < 2
                or steps == 0
                or tokens[j - 2].kind != "w"
                or tokens[j - 2].lower in _STOP
                or i - j > 3
                or not any(t.lower in {"plus", "with"} for t in tokens[max(0, j - 6) : j - 1])
            ):
                break
        elif low in _STOP or token.kind in {"url", "id"}:
            break
        j -= 1
        steps += 1
    while j < i and (tokens[j].kind == "s" or tokens[j].lower in _STOP):
        j += 1
    return j


def _bracket(tokens: list[Token], i: int) -> int:
    """Position of the bracket that closes the one at `i` (or -1)."""
    depth = 0
    for j in range(i, min(len(tokens), i + 40)):
        if tokens[j].text in "([":
            depth += 1
        elif tokens[j].text in ")]":
            depth -= 1
            if depth == 0:
                return j
    return -1


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


def _is_name(tokens: list[Token]) -> bool:
    words = [t for t in tokens if t.kind == "w"]
    if not words or len(words) > 9 or any(t.text in "=<>≤≥%" for t in tokens):
        return False
    if any(t.kind == "n" and not ((i and tokens[i - 1].lower in _HEADS) or t.text in {"1", "2", "3", "4"}) for i, t in enumerate(tokens)):
        return False
    parts = list(_parts(tokens))
    if not parts or all(p in {"group", "arm", "cohort", "and", "or", "the"} for p in parts):
        return False
    if words[-1].lower in {"setting", "line", "treatment-line"} or (
        words[0].lower in {"second-line", "first-line", "third-line", "later-line"} and len(words) <= 2
    ):
        return False
    if any(t.lower in _OTHER for t in tokens) or words[0].lower in {"hr", "or", "ci", "p", "range", "median", "iqr", "mean", "hazard"}:
        return False
    found = endpoint_at(parts, 0)
    return not (found is not None and found[1] >= len(parts) - 1)


def learn_arms(sentences: list[list[Token]], source: str) -> ArmBook:
    """Learn the arms from tokenised sentences.

    Three signs are read: a name with its size ("A group (n = 65)"), a number with its treatment ("65 received A (combination
    group), and 89 …"), and, where these give fewer than two, names that are followed by *group* or *arm* or stand on both sides
    of *versus*.
    """
    entries: list[_Entry] = []
    for number, tokens in enumerate(sentences):
        lows = {t.lower for t in tokens}
        if not (lows & _ASSIGN or "n" in lows):
            continue
        entries.extend(_sized(tokens, source, number))
        entries.extend(_received(tokens, source, number))
    merged = _merge(entries)
    if sum(e.n is not None for e in merged) < 2:
        named: list[_Entry] = []
        for number, tokens in enumerate(sentences):
            if any(t.lower in _HEADS for t in tokens):
                named.extend(_named(tokens, source, number))
        merged = _merge(entries + named)
    if len(merged) < 2:
        pairs: list[_Entry] = []
        for number, tokens in enumerate(sentences):
            lows = {t.lower for t in tokens}
            if lows & {"versus", "vs", "or"} and lows & {
                "randomized",
                "randomised",
                "randomly",
                "compare",
                "compared",
                "comparing",
                "versus",
                "assigned",
            }:
                pairs.extend(_pair(tokens, source, number))
                if pairs:
                    break
        merged = _merge(entries + pairs) if pairs else merged
    if len(merged) < 2:
        for number, tokens in enumerate(sentences):
            pairs = _compared(tokens, source, number)
            if pairs:
                merged = _merge(entries + pairs)
                break
    if len(merged) < 2:
        beside = _beside_values(sentences, source)
        if len(beside) == 2:
            merged = beside
    return _book(merged[:6])


def _sized(tokens: list[Token], source: str, number: int) -> list[_Entry]:
    out: list[_Entry] = []
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
        close = _bracket(tokens, i)
        if close < 0 or close - i > 25:
            continue
        several = _listed(tokens, i + 1, close, source, number)
        if several:
            out.extend(several)
            continue
        n, names = _size_in(tokens, i + 1, close)
        if n is None or n < 2:
            continue
        start = _phrase_before(tokens, i)
        extra: list[list[Token]] = []
        if start == i and i > 1 and tokens[i - 1].lower in _HEADS | {")"}:
            start = i
        if i > 1 and tokens[i - 1].lower in _HEADS and tokens[i - 2].text == ")":
            opened = max((k for k in range(max(0, i - 12), i - 1) if tokens[k].text == "("), default=-1)
            if opened > 0:
                extra.append(tokens[opened + 1 : i - 2])
                start = _phrase_before(tokens, opened)
                phrase = tokens[start:opened]
            else:
                phrase = tokens[start:i]
        else:
            phrase = tokens[start:i]
        if phrase and phrase[-1].lower in {"patients"}:
            phrase = phrase[:-1]
        options = [p for p in (phrase, *extra, *names) if _is_name(p)]
        if not options or (not _is_name(phrase) and not names):
            continue
        if any(t.lower in {"patients"} for t in tokens[i + 1 : close]) and not lows & _ASSIGN:
            continue
        best = next((p for p in options if p[-1].lower in _HEADS or p[0].lower in _HEADS), options[0])
        name = _text(best, source) + (" group" if best is extra[0] else "") if extra else _text(best, source)
        out.append(_Entry(name, n, [_key(p) for p in options], (options[0][0].start, tokens[close].end), 3, number))
    return out


def _listed(tokens: list[Token], a: int, b: int, source: str, number: int) -> list[_Entry]:
    """ "(A, n = 81 or B, n = 63)": names and sizes inside one bracket."""
    out: list[_Entry] = []
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
            if _is_name(phrase):
                out.append(
                    _Entry(_text(phrase, source), int(tokens[j + 2].value), [_key(phrase)], (phrase[0].start, tokens[j + 2].end), 3, number)
                )
            start = j + 3
    return out if len(out) >= 2 else []


def _received(tokens: list[Token], source: str, number: int) -> list[_Entry]:
    found: list[_Entry] = []
    lows = {t.lower for t in tokens}
    for i, token in enumerate(tokens):
        if token.kind != "n" or not token.value.isdigit() or len(token.value) > 6 or int(token.value) < 2:
            continue
        if i and (tokens[i - 1].text in "≥>≤<" or tokens[i - 1].lower in {"grade", "grades", "stage", "-", "phase"}):
            continue
        j = i + 1
        if j < len(tokens) and tokens[j].text == "(":
            close = _bracket(tokens, j)
            if close < 0 or close - j > 5:
                continue
            j = close + 1
        of_all = False
        while j < len(tokens) and (
            tokens[j].lower in PATIENT_NOUNS
            or tokens[j].lower in {"of", "them", "the", "were", "was", "who", "had", "remained", "placed", "been"}
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
        verb = low in _VERBS
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
        elif low in {"in", "to", "into"} and (
            j == i + 1 or of_all or tokens[j - 1].lower in PATIENT_NOUNS | {"were", "was", "remained", "placed"}
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
            if k > j and tokens[k - 1].lower in _HEADS and not (k == j + 1 and len(t.text) == 1):
                break
            k += 1
        phrase = tokens[j:k]
        options = [phrase] if _is_name(phrase) else []
        end = k
        if k < len(tokens) and tokens[k].text == "(":
            close = _bracket(tokens, k)
            if close > 0:
                n, names = _size_in(tokens, k + 1, close)
                if n is None:
                    options.extend(p for p in names if _is_name(p))
                    end = close
        if not options:
            continue
        headed = [p for p in options if p[-1].lower in _HEADS or p[0].lower in _HEADS]
        if not verb and not headed and not (low == "to" and lows & {"randomized", "randomised", "randomly", "assigned", "allocated"}):
            continue
        best = headed[0] if headed else options[0]
        keys = [_key(p) for p in options if not (negative and p is phrase)]
        if not keys:
            keys = [("no", *_key(phrase))]
        found.append(
            _Entry(
                _text(best, source), int(token.value), keys, (token.start, tokens[min(end, len(tokens) - 1)].end), 2 + bool(headed), number
            )
        )
    if len(found) < 2 and not (found and found[0].strength == 3):
        return []
    return found


def _named(tokens: list[Token], source: str, number: int) -> list[_Entry]:
    out: list[_Entry] = []
    for i, token in enumerate(tokens):
        if token.lower not in _HEADS:
            continue
        plural = token.lower.endswith("s")
        if not plural and i + 1 < len(tokens) and len(tokens[i + 1].text) == 1 and tokens[i + 1].text.isupper():
            phrase = tokens[i : i + 2]
            out.append(_Entry(_text(phrase, source), None, [_key(phrase)], (phrase[0].start, phrase[-1].end), 1, number))
            continue
        start = _phrase_before(tokens, i)
        phrase = tokens[start:i]
        if not phrase or not _is_name(phrase) or len(phrase) > 7:
            continue
        if (
            phrase[0].lower
            in {
                "treatment",
                "two",
                "three",
                "four",
                "age",
                "other",
                "same",
                "risk",
                "patient",
                "different",
                "oncology",
                "cooperative",
                "single",
                "total",
            }
            and len(phrase) <= 2
        ):
            if not (phrase[0].lower == "treatment" and len(phrase) == 1 and not plural):
                continue
        if plural:
            if start > 1 and tokens[start - 1].lower in {"and", "or", "vs", "versus"}:
                first = _phrase_before(tokens, start - 1)
                other = tokens[first : start - 1]
                if other and _is_name(other):
                    out.append(_Entry(_text(other, source) + " group", None, [_key(other)], (other[0].start, other[-1].end), 1, number))
                    out.append(_Entry(_text(phrase, source) + " group", None, [_key(phrase)], (phrase[0].start, phrase[-1].end), 1, number))
            continue
        whole = tokens[start : i + 1]
        out.append(_Entry(_text(whole, source), None, [_key(whole)], (whole[0].start, whole[-1].end), 1, number))
    return out


def _pair(tokens: list[Token], source: str, number: int) -> list[_Entry]:
    for i, token in enumerate(tokens):
        if token.lower not in {"versus", "vs", "or"}:
            continue
        start = _phrase_before(tokens, i)
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
            and (tokens[k].lower not in _STOP or (tokens[k].lower == "with" and tokens[k - 1].lower in _WITH))
        ):
            k += 1
        left, right = tokens[start:i], tokens[j:k]
        if token.lower == "or" and not any(
            t.lower in {"receive", "assigned", "randomized", "randomised", "randomly"} for t in tokens[max(0, start - 8) : start]
        ):
            continue
        if _is_name(left) and _is_name(right) and all(t.kind != "n" for t in (*left, *right)):
            return [_Entry(_text(p, source), None, [_key(p)], (p[0].start, p[-1].end), 2, number) for p in (left, right)]
    return []


def _compared(tokens: list[Token], source: str, number: int) -> list[_Entry]:
    """ "We compared A with B"; "A was compared with B"."""
    for i, token in enumerate(tokens):
        if token.lower not in {"compared", "comparing", "compare"}:
            continue
        j = _skip(tokens, i + 1)
        k = _phrase_after(tokens, j)
        if k < len(tokens) and tokens[k].lower in {"with", "to", "and", "versus", "vs"} and k > j:
            m = _skip(tokens, k + 1)
            left, right = tokens[j:k], tokens[m : _phrase_after(tokens, m)]
            if _is_name(left) and _is_name(right):
                return [_Entry(_text(p, source), None, [_key(p)], (p[0].start, p[-1].end), 2, number) for p in (left, right)]
    return []


def _skip(tokens: list[Token], j: int) -> int:
    while (
        j < len(tokens)
        and tokens[j].lower in {"the", "a", "an", "of", "efficacy", "safety", "and", "treatment"}
        and not (tokens[j].lower == "and" and tokens[j - 1].kind == "n")
    ):
        j += 1
    return j


def _phrase_after(tokens: list[Token], j: int) -> int:
    k = j
    while k < len(tokens) and k - j < 6:
        low = tokens[k].lower
        if tokens[k].kind != "w" and low not in {"+", "-", "/", "'"}:
            break
        if low in _STOP and not (low == "with" and k and tokens[k - 1].lower in _WITH):
            break
        if low in {"group", "groups", "arm", "arms"}:
            return k + 1
        k += 1
    return k


def _beside_values(sentences: list[list[Token]], source: str) -> list[_Entry]:
    """ "13.8 months with A versus 8.2 months with B": treatments named only beside their values."""
    seen: dict[tuple[str, ...], _Entry] = {}
    order: list[tuple[str, ...]] = []
    for number, tokens in enumerate(sentences):
        local: list[tuple[tuple[str, ...], _Entry]] = []
        for i, token in enumerate(tokens):
            if token.lower not in {"with", "for", "in", "on", "after", "over"} or i == 0:
                continue
            before = tokens[i - 1]
            if not (
                before.text in {"%", ")", "]"}
                or before.lower in {"months", "years", "weeks", "mo", "patients", "improved", "superior", "favored", "favoured"}
            ):
                continue
            j = _skip(tokens, i + 1)
            phrase = tokens[j : _phrase_after(tokens, j)]
            while phrase and phrase[-1].lower in {"group", "arm"}:
                phrase = phrase[:-1]
            if (
                not phrase
                or not _is_name(phrase)
                or len(phrase) > 5
                or any(t.lower in PATIENT_NOUNS for t in phrase)
                or endpoint_at(list(_parts(phrase)), 0)
            ):
                continue
            local.append((_key(phrase), _Entry(_text(phrase, source), None, [_key(phrase)], (phrase[0].start, phrase[-1].end), 1, number)))
        if len(dict.fromkeys(k for k, _ in local)) >= 2:
            for key, entry in local:
                if key in seen:
                    seen[key].strength += 1
                else:
                    seen[key] = entry
                    order.append(key)
    ranked = sorted(order, key=lambda k: -seen[k].strength)[:2]
    return [seen[k] for k in order if k in ranked]


def _merge(entries: list[_Entry]) -> list[_Entry]:
    out: list[_Entry] = []
    for entry in entries:
        same = None
        for old in out:
            shared = set(old.keys) & set(entry.keys)
            if shared or any(_inside(a, b) for a in old.keys for b in entry.keys):
                if old.n is not None and entry.n is not None and old.n != entry.n and not shared:
                    continue
                same = old
                break
        if same is None:
            out.append(_Entry(entry.name, entry.n, list(entry.keys), entry.span, entry.strength, entry.sentence))
            continue
        for key in entry.keys:
            if key not in same.keys:
                same.keys.append(key)
        if same.n is None:
            same.n = entry.n
            same.span = entry.span
        if entry.strength > same.strength:
            same.strength = entry.strength
    sized = [e for e in out if e.n is not None]
    if len(sized) >= 2:
        first = sized[0].sentence
        together = [e for e in sized if e.sentence == first]
        return together + [e for e in sized if e.sentence != first]
    return out


def _inside(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """One name is the other with general words added."""
    x, y = {p for p in a if p not in _EMPTY}, {p for p in b if p not in _EMPTY}
    alone = {"alone", "monotherapy"}
    if not x or not y or (len(a) == 2 and a[0] in {"group", "arm", "cohort"}):
        return False
    return x == y and (bool(set(a) & alone) == bool(set(b) & alone)) and not ({"no", "non", "without"} & (set(a) ^ set(b)))


def _book(entries: list[_Entry]) -> ArmBook:
    book = ArmBook()
    words: list[set[str]] = []
    for entry in entries:
        words.append({p for key in entry.keys for p in key})
    for number, entry in enumerate(entries):
        others = set().union(*(w for k, w in enumerate(words) if k != number)) if len(words) > 1 else set()
        keys = {key: len(key) == 1 and (key[0] in _GENERIC or len(key[0]) == 1) for key in entry.keys if key}
        for key in list(keys):
            trimmed = tuple(p for p in key if p not in {"therapy", "regimen", "treatment", "patient"})
            if trimmed and trimmed != key and len(trimmed) > 0 and trimmed not in keys:
                keys[trimmed] = len(trimmed) == 1 and trimmed[0] in _GENERIC
            if len(key) == 2 and key[0] in {"group", "arm", "cohort"}:
                for head in ("group", "arm", "cohort"):
                    keys.setdefault((head, key[1]), False)
                if len(key[1]) == 1:
                    keys.setdefault((key[1],), True)
            if len(key) > 1:
                for p in key:
                    if (
                        p not in others
                        and p not in _EMPTY
                        and p not in _GENERIC
                        and len(p) > 2
                        and not p.isdigit()
                        and endpoint_at([p], 0) is None
                    ):
                        keys.setdefault((p,), False)
        book.arms.append(Arm(entry.name, entry.n, tuple(" ".join(k) for k in keys), entry.span))
        for key, needs_head in keys.items():
            book.index.setdefault(key[0], []).append((key, number, needs_head))
    if len(entries) == 2:
        taken = {key for entry in entries for key in entry.keys}
        for number, synonyms in enumerate(
            (
                ("experimental", "treatment", "study", "intervention", "combination", "test", "investigational"),
                ("control", "placebo", "standard", "comparator", "comparison", "monotherapy"),
            )
        ):
            for word in synonyms:
                if not any(word in key for key in taken):
                    book.index.setdefault(word, []).append(((word,), number, True))
    for rows in book.index.values():
        rows.sort(key=lambda row: -len(row[0]))
    return book
