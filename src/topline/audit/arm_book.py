"""The arms of a text and every name by which a sentence may call them."""

from __future__ import annotations

from dataclasses import dataclass, field

from topline.audit.arm_choice import role
from topline.audit.arm_evidence import Evidence, Key, components, headed
from topline.audit.arm_phrases import Entry
from topline.audit.claims import Arm
from topline.audit.lexicon import endpoint_at
from topline.audit.small_words import EMPTY, GENERIC

__all__ = ["ArmBook", "write_book"]

# fmt: off
_GROUP = ("group", "arm", "cohort")
_ROLES = (
    (1, ("experimental", "treatment", "study", "intervention", "combination", "combined", "test", "investigational")),
    (-1, ("control", "placebo", "standard", "comparator", "comparison", "monotherapy")),
)
# fmt: on


@dataclass(slots=True)
class ArmBook:
    """The arms of one text and a way to find their mentions; `recent` is the order in which values last named them."""

    arms: list[Arm] = field(default_factory=list)
    index: dict[str, list[tuple[Key, int, bool]]] = field(default_factory=dict)
    recent: list[int] = field(default_factory=list)

    def mention(self, parts: list[str], at: int) -> tuple[int, int] | None:
        """The arm whose name starts at part `at`, longest name first: its number and how many parts."""
        for key, arm, needs_head in self.index.get(parts[at], ()):
            size = len(key)
            if tuple(parts[at : at + size]) != key:
                continue
            if needs_head and not headed(parts, at + size) and not _set_off(parts, at, size):
                continue
            if key == ("treatment",) and parts[at + 1][:1].isalpha() and parts[at + 1] not in _AFTER_ROLE:
                continue  # "time to treatment failure"
            return arm, size
        return None


def _set_off(parts: list[str], at: int, size: int) -> bool:
    """Whether signs alone make a general word an arm: "(control, 12%; …", "between T (47%) and …"."""
    before = parts[at - 1] if at else ""
    after = parts[at + size] if at + size < len(parts) else ""
    if len(parts[at]) == 1:
        return before in _LED and after in _AFTER_LETTER
    if parts[at] in _ROLE_NAMES and before in "([;," and after in ",:)":
        return True
    closed = not after[:1].isalpha() or after in _CLOSING
    if parts[at] in _ROLE_NAMES:
        before = parts[at - 2] if before == "the" and at > 1 else before  # "55% with the combination"
        return before in _GIVEN and (closed or after == "and")
    return parts[at] not in GENERIC and before in _GIVEN and closed  # "docetaxel alone" returns as "with docetaxel"


_AFTER_ROLE = frozenset({"and", "arm", "arms", "cohort", "group", "groups", "or", "than", "v", "versus", "vs"})
_AFTER_LETTER = frozenset({"(", "and", "v", "versus", "vs", ".", ",", ";", ")"})  # "for D and …", not "with a partner"
_LED = frozenset({"between", "and", "with", "vs", "versus", "than", "for", "in", ",", "or"})
_GIVEN = frozenset({"with", "than", "versus", "vs", "for", "receiving", "received", "given"})
_CLOSING = frozenset({"at", "had", "in", "respectively", "v", "versus", "vs", "was", "were"})
_ROLE_NAMES = frozenset({"combination", "control", "experimental", "intervention", "monotherapy", "observation", "placebo", "standard"})


def _further(key: Key, others: set[str], evidence: Evidence) -> dict[Key, bool]:
    """Shorter and turned forms of a name; True for those that need a head such as "group" after them."""
    out: dict[Key, bool] = {}
    trimmed = tuple(p for p in key if p not in {"therapy", "regimen", "treatment", "patient"})
    if trimmed and trimmed != key:
        out[trimmed] = len(trimmed) == 1 and (trimmed[0] in GENERIC or len(trimmed[0]) == 1)
    if len(key) == 2 and key[0] in _GROUP:
        out.update({(head, key[1]): False for head in _GROUP})
        if len(key[1]) == 1:
            out[(key[1],)] = True
    if len(key) == 2 and key[1] in _GROUP and len(key[0]) == 1:
        out.update({(key[0], head): False for head in _GROUP})
    stem = tuple(p for p in key if p not in {"alone", "monotherapy", "only"})
    if stem and stem != key:
        out[stem] = True  # "TACE alone" returns as "the TACE group"
    if "plus" in key and len(key) > 2:
        out[tuple(p for p in key if p != "plus")] = False
    if len(key) > 1:
        for p in key:
            if p in others or p in EMPTY:
                continue
            if p in GENERIC:
                out.setdefault((p,), True)
            elif len(p) > 2 and not p.isdigit() and endpoint_at([p], 0) is None and evidence.used(p, key):
                out.setdefault((p,), False)
    return out


def _the_combination(book: ArmBook, entries: list[Entry]) -> None:
    """ "the combination" is the arm that has all of the other one and more; "without A" the one that lacks it."""
    words = [set().union(*(components(key) for key in entry.keys if key)) for entry in entries]
    for number in (0, 1):
        if words[1 - number] and words[1 - number] < words[number]:
            for word in ("combination", "combined"):
                key = ("the", word)
                book.index.setdefault("the", []).append((key, number, False))
            more = words[number] - words[1 - number]
            if len(more) == 1:
                for word in ("without", "no"):
                    book.index.setdefault(word, []).append(((word, *more), 1 - number, False))


def write_book(entries: list[Entry], evidence: Evidence) -> ArmBook:
    """Number the arms and index their names."""
    book = ArmBook()
    words = [{p for key in entry.keys for p in key} for entry in entries]
    given = dict.fromkeys(key for entry in entries for key in entry.keys)
    for key in [k for k in given if sum(k in e.keys for e in entries) > 1]:
        for entry in entries:
            if key in entry.keys and len(entry.keys) > 1:
                entry.keys.remove(key)  # a name of two arms is none
    for number, entry in enumerate(entries):
        others = set().union(*(w for k, w in enumerate(words) if k != number)) if len(words) > 1 else set()
        names = {key: len(key) == 1 and (key[0] in GENERIC or len(key[0]) == 1) for key in entry.keys if key}
        for key in list(names):
            for further, led in _further(key, others, evidence).items():
                if further not in given:
                    names.setdefault(further, led)
        usual = evidence.usual(entry.keys, entry.name)
        name = f"{entry.name}, {usual}" if usual not in {"", entry.name} else entry.name
        book.arms.append(Arm(name, entry.n, tuple(" ".join(k) for k in names), entry.span))
        for key, led in names.items():
            book.index.setdefault(key[0], []).append((key, number, led))
    if len(entries) == 2:
        roles = [role(entry) for entry in entries]
        tested = 1 if roles[0] < roles[1] else 0
        for side, synonyms in _ROLES:
            number = tested if side > 0 else 1 - tested
            for word in synonyms:
                if not any(word in key for key in given):
                    book.index.setdefault(word, []).append(((word,), number, True))
        _the_combination(book, entries)
    for rows in book.index.values():
        rows.sort(key=lambda row: -len(row[0]))
    return book
