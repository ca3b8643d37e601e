"""Arms are learnt from the text: who was treated with what, how many they were, and by which names they return."""

from __future__ import annotations

from dataclasses import replace

from topline.audit.arm_book import ArmBook, write_book
from topline.audit.arm_choice import choose, resolve
from topline.audit.arm_classes import COMPRISING, by_class, by_comprising, by_period
from topline.audit.arm_counts import by_columns
from topline.audit.arm_evidence import Evidence
from topline.audit.arm_frames import by_addition, by_assignment, by_comparing, by_contrast, by_taking
from topline.audit.arm_given import GIVING, by_giving
from topline.audit.arm_known import fill_sizes, size_of_each
from topline.audit.arm_numbers import by_number
from topline.audit.arm_pairs import beside_values, by_definition, by_head
from topline.audit.arm_phrases import Entry, closing_bracket
from topline.audit.arm_signs import by_size
from topline.audit.lexicon import endpoint_at, parts_in, parts_of
from topline.audit.small_words import HEADS
from topline.audit.tokens import Token

__all__ = ["ArmBook", "learn_arms"]

_MOST = 6
_ASSIGNING = frozenset(
    ["allocated", "assigned", "divided", "randomised", "randomized", "randomly", "randomization", "randomisation", "grouped", "allocation"]
    + ["assignment", "either", "received", "receiving", "underwent"]
)
_COMPARING = frozenset({"compare", "compared", "compares", "comparing", "comparison"})
_SEVERAL = frozenset({"groups", "arms"})
_TAKING = frozenset({"allocated", "assigned", "given", "had", "received", "receiving", "taking", "undergoing", "underwent", "with"})
_CONTRASTS = frozenset({"than", "compared", "versus", "vs", "v", "and", "whereas", "while"})


def learn_arms(sentences: list[list[Token]], words: list[set[str]], source: str) -> ArmBook:
    """Learn the arms from tokenised sentences, each with the set of its words.

    Every way in which a text introduces arms together (assignment, sizes, counts, title, comparison, addition, group names) offers
    a set of names. The set that the results use most is taken, the others lend it their names and sizes.
    """
    evidence = Evidence(sentences, source)
    sets: list[list[Entry]] = []
    definitions: list[Entry] = []
    heads: list[Entry] = []
    cohorts: list[Entry] = []
    for number, (tokens, lows) in enumerate(zip(sentences, words, strict=True)):
        if lows & _ASSIGNING:
            sets.extend(by_assignment(tokens, source, number))
        if number == 0 or lows & {"versus", "vs", "v"}:
            sets.extend(by_contrast(tokens, source, number, title=number == 0))
        if lows & _COMPARING:
            sets.extend(by_comparing(tokens, source, number))
        if lows & {"without", "addition", "adding", "±"}:
            sets.extend(by_addition(tokens, source, number))
        if "respectively" in lows or lows & _SEVERAL:
            sets.append(by_columns(tokens, source, number))
        sets.append(_parts(by_number(tokens, lows, source, number)))
        if lows & COMPRISING:
            cohorts.extend(by_comprising(tokens, source, number))
        if "as" in lows or "in" in lows or "had" in lows:
            sets.append(by_class(tokens, source, number))
        sets.append(by_period(tokens, source, number))
        if lows & GIVING:
            sets.append(_parts(by_giving(tokens, source, number)))
        if "(" in lows or "[" in lows:
            sets.append(_parts(by_size(tokens, lows, source, number)))
        if lows & HEADS:
            definitions.extend(by_definition(tokens, source, number))
            named = by_head(tokens, source, number)
            heads.extend(named)
            sets.append(_distinct(named))
        if lows & _TAKING:
            taken = by_taking(tokens, source, number)
            heads.extend(taken)
            if lows & _CONTRASTS:
                sets.append(_distinct(taken))
    sets.append(_distinct(definitions))
    sets.append(_distinct(cohorts))
    sets.append([e for e in _distinct(heads) if e.strength == 1][:_MOST])
    sets.append(beside_values(sentences, source))
    sets = _once(sets)
    for entry in (e for s in (*sets, heads) for e in s):
        _widen(entry, evidence)
    arms = choose(sets, evidence, _spoken_of(sentences, words))
    if len(arms) < 2:
        return ArmBook()
    for entry in heads:
        _recognise(entry, arms)
    for entry in arms:
        entry.keys.extend(dict.fromkeys(q for key in entry.keys for q in evidence.shorten(key) if not any(q in a.keys for a in arms)))
    if any(e.n is None for e in arms) and sum(e.n is not None for e in arms) < 2:
        for entry in arms:
            entry.n = entry.n if entry.sure else None  # the size of a part says nothing where the others' are unknown
    if all(e.n is None for e in arms):
        found = (
            size_of_each(tokens) for tokens, lows in zip(sentences, words, strict=True) if lows & {"each", "either", "both", "per", "of"}
        )
        each = next((token for token in found if token is not None), None)
        if each is not None:
            for entry in arms:
                entry.n, entry.span = int(each.value), (each.start, each.end)
    _short_names(arms, sentences)
    _lettered(arms)
    book = write_book(arms[:_MOST], evidence)
    fill_sizes(book, evidence)
    return book


def _once(sets: list[list[Entry]]) -> list[list[Entry]]:
    """The sets without those that offer the same names and sizes again; the strongest of them stays in the first one's place."""
    out: dict[tuple[object, ...], list[Entry]] = {}
    for entries in sets:
        if not entries:
            continue
        said = tuple((*e.keys, e.n, e.sure) for e in entries)
        if said not in out or min(e.strength for e in entries) > min(e.strength for e in out[said]):
            out[said] = entries
    return list(out.values())


def _widen(entry: Entry, evidence: Evidence) -> None:
    """Further forms of a name: without "therapy" or "regimen" at its end, with its abbreviations written out."""
    for key in list(entry.keys):
        end = len(key)
        while end > 1 and key[end - 1] in _AT_END:
            end -= 1
        for form in (key[:end], evidence.spell_out(key[:end])):
            if form not in entry.keys:
                entry.keys.append(form)


_AT_END = frozenset({"therapy", "treatment", "regimen", "combination", "patient", "schedule", "recipient", "strategy", "setting"})
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "2": 2, "3": 3, "4": 4, "5": 5}


def _spoken_of(sentences: list[list[Token]], words: list[set[str]]) -> int:
    """How many arms a text speaks of: "three groups", "1:1:1"."""
    most = 0
    for tokens, lows in zip(sentences, words, strict=True):
        if ":" not in lows and not lows & {"groups", "arms", "regimens", "cohorts", "schedules"}:
            continue
        for i, token in enumerate(tokens):
            if token.lower in _NUMBERS and any(
                t.lower in {"groups", "arms", "regimens", "cohorts", "schedules"} for t in tokens[i + 1 : i + 4]
            ):
                most = max(most, _NUMBERS[token.lower])
            if token.text == ":" and i and tokens[i - 1].kind == "n" and tokens[i - 2 : i - 1] and tokens[i - 2].text != ":":
                k = i
                while k + 1 < len(tokens) and tokens[k].text == ":" and tokens[k + 1].kind == "n":
                    k += 2
                most = max(most, (k - i) // 2 + 1 if k > i else 0)
    return most


def _distinct(entries: list[Entry]) -> list[Entry]:
    """Entries of the same name are one, unless their sizes differ and are equally sure."""
    out: list[Entry] = []
    for entry in entries:
        same = next((e for e in out if (e.keys[0] in entry.keys or entry.keys[0] in e.keys) and not _unlike(e, entry)), None)
        if same is None:
            out.append(replace(entry, keys=list(entry.keys)))
            continue
        same.keys.extend(k for k in entry.keys if k not in same.keys)
        if entry.n is not None and (same.n is None or entry.sure > same.sure):
            same.n, same.span, same.sure = entry.n, entry.span, entry.sure
    return out


def _parts(entries: list[Entry]) -> list[Entry]:
    """Distinct entries without the one whose size is what the others add up to; a name that two of them have is none."""
    out = _distinct(entries)
    for entry in out:
        own = [key for key in entry.keys if sum(key in e.keys for e in out) == 1]
        entry.keys = own or entry.keys
    total = sum(e.n or 0 for e in out)
    return [e for e in out if 2 * (e.n or 0) != total] if len(out) > 2 else out


def _unlike(a: Entry, b: Entry) -> bool:
    return a.n is not None and b.n is not None and a.n != b.n and a.sure == b.sure


def _recognise(entry: Entry, arms: list[Entry]) -> None:
    """A group whose name has the components of an arm is that arm."""
    number = resolve(entry.keys, arms)
    if number is not None:
        arms[number].keys.extend(k for k in entry.keys if not any(k in a.keys for a in arms))


def _lettered(entries: list[Entry]) -> None:
    """ "group A (n = 140) and B (n = 148)": the second is group B."""
    heads = [key[0] for e in entries for key in e.keys if len(key) == 2 and key[0] in {"group", "arm", "cohort"}]
    head = heads[0] if heads else "arm"
    for entry in entries:
        for key in list(entry.keys):
            if len(key) == 1 and len(key[0]) == 1 and (head, key[0]) not in entry.keys:
                entry.keys.append((head, key[0]))
        if len(entry.name) == 1:
            entry.name = f"{head} {entry.name}"


def _short_names(entries: list[Entry], sentences: list[list[Token]]) -> None:
    """Learn "temozolomide (TMZ)" where temozolomide is an arm or the only part of it that no other arm has."""
    for tokens in sentences:
        for i in [i for i, token in enumerate(tokens) if token.text == "("]:
            if not i or tokens[i + 1 : i + 2] == [] or tokens[i + 1].kind != "w" or closing_bracket(tokens, i) != i + 2:
                continue
            short = tokens[i + 1].text
            if sum(c.isupper() for c in short) < 2 or endpoint_at([*parts_of(short.lower()), ""], 0) is not None:
                continue
            alias = parts_in(short)
            if any(alias in e.keys for e in entries):
                continue
            before = [p for t in tokens[max(0, i - 7) : i] if t.kind == "w" for p in parts_in(t.text)]
            owners = {
                n
                for n, entry in enumerate(entries)
                for key in entry.keys
                if key and len(key) <= len(before) and tuple(before[-len(key) :]) == key
            }
            if len(owners) == 1:
                entries[owners.pop()].keys.append(alias)
