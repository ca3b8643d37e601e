"""Arms are learnt from the text: who was treated with what, how many they were, and by which names they return."""

from __future__ import annotations

from dataclasses import dataclass, field

from topline.audit.arm_counts import by_columns
from topline.audit.arm_pairs import beside_values, by_comparison, by_head, by_versus
from topline.audit.arm_phrases import Entry, closing_bracket
from topline.audit.arm_signs import by_size, by_treatment
from topline.audit.claims import Arm
from topline.audit.lexicon import endpoint_at, parts_of
from topline.audit.small_words import ASSIGN, EMPTY, GENERIC, HEADS
from topline.audit.tokens import Token

__all__ = ["ArmBook", "learn_arms"]

_NAMED_BY = frozenset(["group", "arm", "cohort", "therapy", "treatment", "patient", "regimen", "schedule", "strategy"])


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
                p in {"group", "arm", "cohort", "therapy", "treatment", "patient", "regimen", "schedule", "strategy"}
                for p in parts[at + size : at + size + 5]
            ):
                continue
            return arm, size
        return None


def learn_arms(sentences: list[list[Token]], source: str) -> ArmBook:
    """Learn the arms from tokenised sentences.

    Three signs are read: a name with its size ("A group (n = 65)"), a number with its treatment ("65 received A (combination
    group), and 89 …"), and, where these give fewer than two, names that are followed by *group* or *arm* or stand on both sides
    of *versus*.
    """
    entries: list[Entry] = []
    for number, tokens in enumerate(sentences):
        lows = {t.lower for t in tokens}
        if not (lows & ASSIGN or "n" in lows):
            if "patients" in lows and len(entries) < 12:
                short = [e for e in by_size(tokens, source, number) if sum(c.isupper() for c in e.name) > 1 and len(e.name) < 12]
                entries.extend(short if len(short) == 2 else [])  # "(63 TE and 62 TEL patients)"
            continue
        columns = by_columns(tokens, source, number)
        sized = by_size(tokens, source, number)
        if sized and not lows & _OF_ARMS:
            sized = [e for e in sized if _returns(e, sentences, number)]
        entries.extend(sized)
        entries.extend(columns or by_treatment(tokens, source, number))
    merged = _merge(entries)
    if sum(e.n is not None for e in merged) < 2:
        named: list[Entry] = []
        for number, tokens in enumerate(sentences):
            if any(t.lower in HEADS for t in tokens):
                named.extend(by_head(tokens, source, number))
        merged = _merge(entries + named)
    if len(merged) < 2:
        pairs: list[Entry] = []
        randomised = [k for k, tokens in enumerate(sentences) if {t.lower for t in tokens} & _RANDOMISED]
        for number in dict.fromkeys((*randomised, *range(len(sentences)))):
            tokens = sentences[number]
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
                pairs.extend(by_versus(tokens, source, number))
                if pairs:
                    break
        merged = _merge(entries + pairs) if pairs else merged
    if len(merged) < 2:
        for number, tokens in enumerate(sentences):
            pairs = by_comparison(tokens, source, number)
            if pairs:
                merged = _merge(entries + pairs)
                break
    if len(merged) < 2:
        beside = beside_values(sentences, source)
        if len(beside) == 2:
            merged = beside
    each = _each(sentences)
    if each is not None and len(merged) == 2 and all(e.n is None for e in merged):
        for entry in merged:
            entry.n = each
    _short_names(merged, sentences)
    _lettered(merged)
    return _book(merged[:6])


_RANDOMISED = frozenset({"randomized", "randomised", "randomly", "assigned", "allocated"})
_OF_ARMS = (ASSIGN | {"allocation", "randomisation", "randomization", "control", "placebo"}) - {"included", "enrolled", "classified"}


def _returns(entry: Entry, sentences: list[list[Token]], number: int) -> bool:
    """Whether a name with a size, in a sentence that does not speak of arms, is used again: sites and stages mostly are not."""
    if entry.name.lower().endswith(tuple(HEADS)):
        return True
    for other, tokens in enumerate(sentences):
        if other == number:
            continue
        parts = [p for t in tokens for p in (parts_of(t.lower) if t.kind == "w" else (t.lower,))]
        for key in entry.keys:
            if any(parts[i] == key[0] and tuple(parts[i : i + len(key)]) == key for i in range(len(parts))):
                return True
    return False


def _lettered(entries: list[Entry]) -> None:
    """ "group A (n = 140) and B (n = 148)": the second is group B."""
    heads = [key[0] for e in entries for key in e.keys if len(key) == 2 and key[0] in {"group", "arm", "cohort"}]
    for entry in entries:
        for key in list(entry.keys):
            if heads and len(key) == 1 and len(key[0]) == 1 and (heads[0], key[0]) not in entry.keys:
                entry.keys.append((heads[0], key[0]))


def _short_names(entries: list[Entry], sentences: list[list[Token]]) -> None:
    """Learn "temozolomide (TMZ)" where temozolomide is an arm."""
    for tokens in sentences:
        for i, token in enumerate(tokens):
            if token.text != "(" or not i or closing_bracket(tokens, i) != i + 2 or tokens[i + 1].kind != "w":
                continue
            short = tokens[i + 1].text
            if sum(c.isupper() for c in short) < 2 or endpoint_at([*parts_of(short.lower()), ""], 0) is not None:
                continue
            before = [p for t in tokens[max(0, i - 7) : i] if t.kind == "w" for p in parts_of(t.lower)]
            for entry in entries:
                for key in list(entry.keys):
                    last = tuple(before[-len(key) :])
                    if key and len(last) == len(key) and (last == key or _inside(last, key)):
                        alias = parts_of(short.lower())
                        if alias not in entry.keys and not any(alias in e.keys for e in entries):
                            entry.keys.append(alias)


def _each(sentences: list[list[Token]]) -> int | None:
    """Read "60 cases in each group"."""
    for tokens in sentences:
        for i, token in enumerate(tokens[:-1]):
            if token.lower in {"each", "either", "both"} and tokens[i + 1].lower in {"group", "arm", "groups", "arms"}:
                near = [int(t.value) for t in tokens[max(0, i - 5) : i + 6] if t.kind == "n" and t.value.isdigit() and len(t.value) < 6]
                if len(near) == 1 and near[0] > 2:
                    return near[0]
    return None


def _merge(entries: list[Entry]) -> list[Entry]:
    out: list[Entry] = []
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
            out.append(Entry(entry.name, entry.n, list(entry.keys), entry.span, entry.strength, entry.sentence))
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
    x, y = {p for p in a if p not in EMPTY}, {p for p in b if p not in EMPTY}
    alone = {"alone", "monotherapy"}
    if not x or not y or (len(a) == 2 and a[0] in {"group", "arm", "cohort"}):
        return False
    if len([p for p in a if p not in EMPTY]) != len([p for p in b if p not in EMPTY]):
        return False  # "RT-GC" and "RT-GC+GC"
    return x == y and (bool(set(a) & alone) == bool(set(b) & alone)) and not ({"no", "non", "without"} & (set(a) ^ set(b)))


def _book(entries: list[Entry]) -> ArmBook:
    book = ArmBook()
    words = [{p for key in entry.keys for p in key} for entry in entries]
    for number, entry in enumerate(entries):
        others = set().union(*(w for k, w in enumerate(words) if k != number)) if len(words) > 1 else set()
        keys = {key: len(key) == 1 and (key[0] in GENERIC or len(key[0]) == 1) for key in entry.keys if key}
        for key in list(keys):
            trimmed = tuple(p for p in key if p not in {"therapy", "regimen", "treatment", "patient"})
            if trimmed and trimmed != key and len(trimmed) > 0 and trimmed not in keys:
                keys[trimmed] = len(trimmed) == 1 and trimmed[0] in GENERIC
            if len(key) == 2 and key[0] in {"group", "arm", "cohort"}:
                for head in ("group", "arm", "cohort"):
                    keys.setdefault((head, key[1]), False)
                if len(key[1]) == 1:
                    keys.setdefault((key[1],), True)
            if len(key) == 2 and key[1] in {"group", "arm", "cohort"} and len(key[0]) == 1:
                for head in ("group", "arm", "cohort"):
                    keys.setdefault((key[0], head), False)
            stem = tuple(p for p in key if p not in {"alone", "monotherapy", "only"})
            if stem and stem != key and not any(stem in e.keys for e in entries):
                keys.setdefault(stem, True)  # "TACE alone" returns as "the TACE group"
            if "plus" in key and len(key) > 2:
                keys.setdefault(tuple(p for p in key if p != "plus"), False)
            if len(key) > 1:
                for p in key:
                    if p not in others and p in GENERIC:
                        keys.setdefault((p,), True)
                    if (
                        p not in others
                        and p not in EMPTY
                        and p not in GENERIC
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
