"""Where a text uses a name as it would use an arm's: "with A", "the A group", "than A"."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from topline.audit.lexicon import parts_in, parts_of
from topline.audit.small_words import EMPTY
from topline.audit.tokens import Token

__all__ = ["Evidence", "Key", "components", "headed"]

Key = tuple[str, ...]

# fmt: off
_BEFORE = frozenset(
    {
        "adding", "addition", "after", "allocated", "among", "and", "arm", "assigned", "between", "by", "cohort", "for",
        "given", "group", "had", "in", "of", "on", "or", "over", "receive", "received", "receiving", "taking", "than", "to",
        "treated", "under", "undergoing", "underwent", "using", "v", "versus", "vs", "with",
    }
)
_AFTER = frozenset(
    {
        "alone", "arm", "cohort", "combination", "group", "had", "improved", "increased", "monotherapy", "only", "patient",
        "prolonged", "recipient", "reduced", "regimen", "resulted", "showed", "significantly", "therapy", "treated",
        "treatment", "user", "v", "versus", "vs", "was",
    }
)
_WEAK = frozenset({
        "after", "among", "and", "between", "by", "in", "of", "on", "or", "to", "under",
    })
_TELLING = _BEFORE - _WEAK
_HEADS = frozenset({
        "arm", "cohort", "group",
    })
_HEADED = frozenset(
    {
        "arm", "cohort", "condition", "group", "participant", "patient", "recipient", "regimen", "schedule", "strategy", "subject",
        "therapy", "treatment", "women",
    }
)
_PARTING = frozenset({".", ";", "enrolled", "had", "included", "of", "received", "that", "underwent", "was", "were", "who", "with"})
_DESCRIBING = frozenset(
    {
        "choice", "control", "experimental", "intervention", "investigator", "label", "matched", "matching", "modified", "naive",
        "new", "open", "oral", "received", "receiving", "recipient", "study", "treated", "undergoing",
    }
)
_ARTICLES = frozenset({
        "a", "all", "an", "either", "the",
    })
_NO = frozenset({
        "no", "non", "not", "without",
    })
# fmt: on


@lru_cache(maxsize=20_000)
def components(key: Key) -> frozenset[str]:
    """The words of a name that tell treatments apart; a word that is denied counts as another."""
    if key[:1] == ("open",) and key[1:2] != ("label",):
        return components(key[1:]) | {"open"}  # "open surgery"
    denied = next((k for k, p in enumerate(key) if p in _NO), len(key))
    return frozenset(p for p in key[:denied] if p not in EMPTY and p not in _DESCRIBING) | frozenset(
        f"-{p}" for p in key[denied:] if p not in EMPTY and p not in _NO
    )


def headed(parts: list[str], at: int) -> bool:
    """Whether a word such as "group" follows, if with other arms and brackets before it: "in the A (12%) and B (15%) groups"."""
    left, depth = 5, 0
    for p in parts[at : at + 30]:
        depth += (p in {"(", "["}) - (p in {")", "]"})
        if depth or p in {")", "]"}:
            continue
        if p in _HEADED:
            return True
        if p in _PARTING or (p == "in" and left == 5):
            return False
        left -= 1
        if not left:
            return False
    return False


def _in_order(letters: str, word: str) -> bool:
    rest = iter(word)
    return all(c in rest for c in letters)


class Evidence:
    """The words of a text with their places.

    Attributes
    ----------
    rows : list of list of str
        Normalised words of each sentence.
    results : list of bool
        Whether a sentence holds results (two numbers or more).
    numbers : set of str
        Every number of the text.
    abbreviations : dict
        Words that a short form in brackets stands for.
    """

    def __init__(self, sentences: list[list[Token]], source: str) -> None:
        self.source = source
        self.owners: list[list[Token]] = []
        self.rows: list[list[str]] = []
        self.results: list[bool] = []
        self.numbers: set[str] = set()
        self.places = places = defaultdict[str, list[tuple[int, int]]](list)
        self.abbreviations: dict[str, Key] = {}
        for number, tokens in enumerate(sentences):
            row: list[str] = []
            owners: list[Token] = []
            for token in tokens:
                if token.kind == "w":
                    pieces = parts_in(token.text)
                    row += pieces
                    owners += [token] * len(pieces)
                elif token.text not in "+&":
                    row.append(token.lower)
                    owners.append(token)
            numbers = [t.value for t in tokens if t.kind == "n"]
            for i in [i for i, t in enumerate(tokens) if t.text == "("]:
                if i:
                    self._abbreviate(tokens, i)
            self.rows.append(row)
            self.owners.append(owners)
            self.results.append(len(numbers) > 1)
            self.numbers.update(numbers)
            for at, part in enumerate(row):
                places[part].append((number, at))

    def spell_out(self, key: Key) -> Key:
        """The name with its abbreviations written out, where the text does so: "GRN" as "granisetron"."""
        if not any(p in self.abbreviations for p in key):
            return key
        return tuple(q for p in key for q in self.abbreviations.get(p, (p,)))

    def shorten(self, key: Key) -> list[Key]:
        """The name with the short forms that the text gives for parts of it."""
        out: list[Key] = []
        for short, long in self.abbreviations.items():
            size = len(long)
            out.extend((*key[:k], short, *key[k + size :]) for k in range(len(key) - size + 1) if key[k : k + size] == long)
        return out

    def _abbreviate(self, tokens: list[Token], i: int) -> None:
        """Learn "granisetron (GRN)": letters that occur in this order in the words before the bracket, from the first letter on."""
        if (
            i + 2 >= len(tokens)
            or tokens[i + 2].text != ")"
            or tokens[i + 1].kind != "w"
            or sum(c.isupper() for c in tokens[i + 1].text) < 2
        ):
            return
        short = parts_in(tokens[i + 1].text)
        if len(short) != 1 or not 2 <= len(short[0]) <= 8 or short[0] in self.abbreviations:
            return
        letters = short[0]
        for start in range(i - 1, max(-1, i - 7), -1):
            words = tokens[start:i]
            if tokens[start].kind != "w":
                return
            if tokens[start].lower[0] != letters[0]:
                continue
            initials = [part[0] for t in words if t.kind == "w" for part in t.lower.split("-") if part]
            if "".join(initials) == letters or (len(words) == 1 and _in_order(letters, words[0].lower)):
                self.abbreviations[letters] = tuple(p for t in words for p in parts_in(t.text))
                return

    def found(self, key: Key) -> list[tuple[int, int]]:
        """Places (sentence, word) where a name stands."""
        size = len(key)
        if size == 1:
            return self.places.get(key[0], [])
        wanted = list(key)
        return [(s, at) for s, at in self.places.get(key[0], ()) if self.rows[s][at : at + size] == wanted]

    def as_arm(self, s: int, at: int, size: int) -> bool:
        """Whether the words around a place are those that stand around arms."""
        row = self.rows[s]
        if row[at].isdigit() or (size == 2 and (row[at] in _HEADS or row[at + 1] in _HEADS)):
            return True
        after = row[at + size] if at + size < len(row) else ""
        if after in _AFTER:
            return True
        k = at - 1
        while k >= 0 and (row[k] in _ARTICLES or (row[k] == "." and row[k - 1] in {"vs", "v"})):
            k -= 1
        return k < 0 or row[k] in _BEFORE or (row[k] in "([:;" and row[k] != "") or (row[k] == "," and headed(row, at + size))

    def used(self, word: str, key: Key) -> bool:
        """Whether a word of a name is used as an arm's anywhere by itself; "of", "in" and "to" before it say nothing."""
        lead = key.index(word)
        for s, at in self.places.get(word, ()):
            row = self.rows[s]
            if tuple(row[max(0, at - lead) : at - lead + len(key)]) == key:
                continue
            after = row[at + 1] if at + 1 < len(row) else ""
            k = at - 1
            while k >= 0 and row[k] in _ARTICLES:
                k -= 1
            if after in _AFTER or (k >= 0 and row[k] in _TELLING) or (after == "(" and headed(row, at + 1)):
                return True
        return False

    def usual(self, keys: list[Key], name: str) -> str:
        """The name by which the results call an arm most, as the text has it; "" where `name` already says it."""
        said = {p for w in name.lower().split() for p in parts_of(w.strip(".,;:()[]"))}
        best, top = "", 1
        for key in sorted(keys, key=lambda k: not set(k) <= said):
            places = [(s, at) for s, at in self.found(key) if self.results[s] and self.as_arm(s, at, len(key))]
            if len(places) > top:
                s, at = places[0]
                first, last = self.owners[s][at], self.owners[s][at + len(key) - 1]
                top = len(places)
                best = "" if set(key) <= said else " ".join(self.source[first.start : last.end].split())
        return best

    def coverage(self, keys: list[list[Key]]) -> list[int]:
        """How often sentences with results use each of several names, the longest name at a place counting."""
        best: dict[tuple[int, int], tuple[int, int]] = {}
        for owner, names in enumerate(keys):
            for key in names:
                for s, at in self.found(key):
                    if self.results[s] and len(key) > best.get((s, at), (0, 0))[0] and self.as_arm(s, at, len(key)):
                        best[s, at] = (len(key), owner)
        taken = {(s, at + k) for (s, at), (size, _) in best.items() for k in range(1, size)}
        out = [0] * len(keys)
        for place, (_, owner) in best.items():
            if place not in taken:
                out[owner] += 1
        return out
