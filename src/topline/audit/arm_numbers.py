"""Sizes that stand before the arm: "65 patients were assigned to A and 64 to B", "42 elderly patients receiving A"."""

from __future__ import annotations

from itertools import pairwise

from topline.audit.arm_events import EVENTFUL, Count, without_events
from topline.audit.arm_kinds import are_parallel
from topline.audit.arm_phrases import DOSE_UNITS, Entry, closing_bracket, is_name, name_key, phrase_after, phrase_text
from topline.audit.arm_sizes import bracket_size, is_year, sureness
from topline.audit.lexicon import PATIENT_NOUNS, TIME_UNITS, parts_of
from topline.audit.small_words import HEADS, STOP, TREATMENT_VERBS
from topline.audit.tokens import Token
from topline.audit.treatments import is_treatment

__all__ = ["by_number"]

# fmt: off
_BETWEEN = frozenset(
    {
        "also", "been", "being", "belonged", "enrolled", "entered", "further", "had", "have", "included", "initially", "of",
        "other", "others", "placed", "pooled", "randomly", "recruited", "remained", "remaining", "rest", "subsequently", "that",
        "the", "them", "then", "these", "those", "was", "were", "which", "who", "whom",
    }
)
_AUXILIARY = frozenset({
        "been", "belonged", "enrolled", "entered", "had", "included", "placed", "pooled", "recruited", "remained", "was", "were",
})
_VERBS = TREATMENT_VERBS | {"took", "undergoing", "taking", "treated"}
_FINITE = frozenset({
        "got", "received", "took", "underwent",
})
_TO_NAME = frozenset(
    {
        "a", "an", "by", "either", "have", "in", "into", "on", "randomly", "receive", "the", "to", "treatment", "undergo", "with",
    }
)
_AMOUNT = frozenset(
    {
        "-", "course", "courses", "cycle", "cycles", "daily", "dose", "doses", "fraction", "fractions", "of", "or", "session",
        "sessions", "single", "to", "total", "up", "weekly",
    }
) | frozenset(TIME_UNITS) | DOSE_UNITS
_CLOSING = frozenset(
    {
        "after", "as", "at", "between", "during", "for", "from", "had", "respectively", "using", "versus", "vs", "was", "were",
        "whereas", "while", "who", "without",
    }
)
_ENROLLING = frozenset(
    {
        "allocated", "analysed", "analyzed", "assigned", "classified", "consisted", "divided", "enrolled", "evaluated", "included",
        "placed", "pooled", "randomised", "randomized", "randomly", "recruited",
    }
)
_ASSIGNING = frozenset({
        "allocated", "assigned", "divided", "randomised", "randomized", "randomly",
    })
_REST = frozenset({"other", "others", "remaining", "rest"})
_LEAVING = frozenset({
        "died", "discontinued", "excluded", "not", "refused", "withdrew",
})
# fmt: on


def by_number(tokens: list[Token], lows: set[str], source: str, number: int) -> list[Entry]:
    """Read "65 received A (combination group), and 89 …" in a sentence with the words `lows`."""
    read: list[tuple[Count, Entry, int]] = []
    past = 0
    for i, token in [(i, token) for i, token in enumerate(tokens) if token.kind == "n"]:
        if i < past or not token.value.isdigit() or len(token.value) > 6 or int(token.value) < 2:
            continue
        if (len(token.text) == 4 and is_year(tokens, i)) or (i and tokens[i - 1].lower == "all"):
            continue
        if i and (tokens[i - 1].text in "≥>≤<-" or tokens[i - 1].lower in {"grade", "grades", "stage", "phase"}):
            continue
        if read and [t.lower for t in tokens[i + 1 : i + 3]] == ["did", "not"] and [t.kind for t in tokens[i + 3 : i + 4]] in ([], ["s"]):
            last = read[-1][1]  # "2,056 received A and 1,634 did not"
            denied = Entry(
                f"no {last.name}", int(token.value), [("no", *key) for key in last.keys], (token.start, tokens[i + 2].end), 2, number
            )
            read.append((Count(i, i + 3, finite=True, verb=True, negative=True), denied, i + 3))
            continue
        count = _count(tokens, i, bool(read), lows)
        if count is None:
            continue
        found = _named(tokens, count, source, number, lows, follows=bool(read))
        if found is not None:
            end = found[1]
            if count.share is None and end < len(tokens) and tokens[end].text == "(":
                count.share = _share(tokens, end, closing_bracket(tokens, end))  # "2 in the A group (2%)"
            read.append((count, *found))
            past = count.j if not count.weak else past  # "285 cases (145 given A; 140 not given A) with all data"
    read = _without_conditions(tokens, read)
    read = without_events(tokens, read)
    entries = [entry for _, entry, _ in read]
    names = [entry.keys[0] for entry in entries]
    for (_, entry, k), name in zip(read, names, strict=True):
        if names.count(name) > 1:
            _by_schedule(entry, tokens, k, source)
    if len(entries) < 2 and not (entries and entries[0].strength == 3):
        return []
    return entries


def _without_conditions(tokens: list[Token], read: list[tuple[Count, Entry, int]]) -> list[tuple[Count, Entry, int]]:
    """Groups told by what they have are kept where they are parallel: "211 patients with A-positive and 640 with A-negative disease"."""
    if not any(count.weak for count, _, _ in read):
        return read
    for (before, _, _), (count, _, _) in pairwise(read):
        count.weak = count.weak or (before.weak and tokens[count.j - 1].lower == "with")
    groups = [entry for count, entry, _ in read if count.weak]
    if len(groups) < 2 or len(groups) < len(read) or not are_parallel(groups) or not all(entry.sure for entry in groups):
        return [row for row in read if not row[0].weak]
    for entry in groups:
        entry.strength = 0  # arms of treatment come first
    return read


def _by_schedule(entry: Entry, tokens: list[Token], k: int, source: str) -> None:
    """Tell an arm from another of its name by what follows: "203 received A every 12 weeks"."""
    start = k - (tokens[k - 1].lower == "every")
    end = k
    while end < min(len(tokens), k + 4) and (tokens[end].kind == "n" or tokens[end].lower in _AMOUNT):
        end += 1
    tail = tokens[start:end]
    if len(tail) > 1 and any(t.kind == "n" for t in tail):
        key, name = name_key(tail), phrase_text(tail, source)
        plain = tuple(p for p in entry.keys[0] if p != "every")
        entry.keys = [(*plain, *key), key]
        entry.name = f"{entry.name.removesuffix(' every')} {name}"


def _count(tokens: list[Token], i: int, follows: bool, lows: set[str]) -> Count | None:
    """Read from a number of patients up to the name of their arm."""
    count = Count(i, i + 1)
    j = i + 1
    noun = of_all = of_more = auxiliary = bracketed = relative = False
    while j < len(tokens):
        low = tokens[j].lower
        if tokens[j].text in "([":
            close = closing_bracket(tokens, j)
            if close < 0 or close - j > 12 or any(t.lower == "n" for t in tokens[j:close]):
                return None
            count.share = _share(tokens, j, close) if count.share is None else count.share
            bracketed, j = True, close + 1
        elif low in PATIENT_NOUNS:
            noun, j = True, j + 1
        elif low == "of" and (whole := _whole(tokens, j)):
            if not lows & _ASSIGNING and not lows & _REST:
                return None
            of_more, j = True, whole + 1  # "allocated 191 (67%) of 286 patients to A", "16 of the 32 received A, the others B"
        elif low in _BETWEEN:
            of_all = of_all or low == "of"
            auxiliary = auxiliary or low in _AUXILIARY
            relative = relative or low in {"who", "whom", "that"}
            j += 1
        elif not noun and tokens[j].kind == "w" and low not in STOP and _noun_follows(tokens, j):
            j += 1  # "42 elderly patients"
        else:
            break
    if j >= len(tokens):
        return None
    if noun and not auxiliary and (tokens[j].lower in {"with", "from", "aged"} or [t.lower for t in tokens[j : j + 2]] == [",", "who"]):
        j = _past_modifier(tokens, j)  # "40 patients with stage III disease received A"
    low = tokens[j].lower
    if low == "did" and tokens[j + 1 : j + 2] and tokens[j + 1].lower == "not":
        count.negative, j = True, j + 1
    if low == "not" or count.negative:
        count.negative, j = True, j + 1
    if j >= len(tokens):
        return None
    low, last = tokens[j].lower, tokens[j - 1].lower
    count.verb = low in _VERBS
    count.finite = not relative and (low in _FINITE or (count.verb and auxiliary))
    if (
        not count.verb
        and last == "had"
        and tokens[j].kind == "w"
        and phrase_after(tokens, j) - j < 4
        and low not in {"a", "an", "no", "been"}
    ):
        count.verb = count.finite = True  # "41 patients had biopsy"
        j -= 1
    token = tokens[i]
    if low in {"served", "acted"} and tokens[j + 1 : j + 2] and tokens[j + 1].lower == "as":
        count.verb = count.finite = True  # "the other 16 served as control"
        j += 1
    if not count.verb and token.spelled and int(token.value) < 10 and lows & _LEAVING:
        return None  # "two patients in the A arm withdrew"
    if of_more and low != "to" and not lows & _REST:
        return None
    if count.verb:
        j += 1
    elif low == "for" and j == i + 1 and lows & _ASSIGNING and (follows or tokens[i - 1].lower in {"to", ":", ","}):
        j += 1  # "randomised to 100 for A and 50 for B"
    elif follows and tokens[i - 1].lower in {"and", ",", ";"} and _is_gapped(tokens, i + 1):
        count.verb = True  # "56 patients received ABC and 58 ABD", "31 patients underwent open resection, 44 laparoscopic resection"
    elif low == "without" and noun and follows:
        count.verb = count.negative = True  # "64 patients with a boost and 71 patients without boost"
        j += 1
    elif low == "with" and ((follows and j == i + 1) or noun):
        count.verb = True
        count.weak = noun and not _treatment_near(tokens, j + 1)
        j += 1
    elif low == "in" and int(token.value) < 10 and not lows & _ENROLLING:
        return None  # "three in the A group": events, not sizes
    elif low in {"in", "to", "into"} and (
        j == i + 1 or of_all or noun or auxiliary or (bracketed and (low != "in" or count.share is not None))
    ):
        j += 1
    else:
        return None
    count.j = j
    return count


def _whole(tokens: list[Token], j: int) -> int:
    """Place of the number in "of 286", "of the 32"; 0 where none follows the "of" at `j`."""
    k = j + 1 + (tokens[j + 1 : j + 2] != [] and tokens[j + 1].lower in {"all", "the"})
    return k if k < len(tokens) and tokens[k].kind == "n" else 0


def _is_gapped(tokens: list[Token], j: int) -> bool:
    """Whether a treatment follows a number whose verb is that of the number before."""
    j += tokens[j].lower == "the"
    if j >= len(tokens) or tokens[j].kind != "w":
        return False
    if (tokens[j].text.isupper() and len(tokens[j].text) > 1) or tokens[j].lower in HEADS | {"combination"}:
        return True
    return any(is_treatment(p) for t in tokens[j : phrase_after(tokens, j)] for p in parts_of(t.lower))


def _noun_follows(tokens: list[Token], j: int) -> bool:
    close = closing_bracket(tokens, j + 1) if j + 1 < len(tokens) and tokens[j + 1].text == "(" else j
    for token in tokens[close + 1 : close + 3]:
        if token.lower in PATIENT_NOUNS:
            return True
        if token.kind != "w" or token.lower in STOP:
            return False
    return False


def _treatment_near(tokens: list[Token], j: int) -> bool:
    return any(is_treatment(t.lower.rpartition("-")[2]) for t in tokens[j : phrase_after(tokens, j)])


def _past_modifier(tokens: list[Token], j: int) -> int:
    """Position of the verb of patients "with stage III disease", "from the registry, who …"; `j` where there is none."""
    for m in range(j, min(len(tokens), j + 16)):
        low = tokens[m].lower
        if low in _FINITE | {"receiving", "undergoing"} or (low in _VERBS and tokens[m - 1].lower in _AUXILIARY):
            return m
        counted = tokens[m].kind == "n" and tokens[m].value.isdigit() and tokens[m + 1 : m + 2]
        if low in {"and", "or", ";", ":", "had", "than"} or (counted and tokens[m + 1].lower in PATIENT_NOUNS | _BETWEEN | _VERBS):
            break
    return j


def _share(tokens: list[Token], a: int, b: int) -> float | None:
    for k in range(a, b - 1):
        if tokens[k].kind == "n" and tokens[k + 1].text == "%":
            return float(tokens[k].value)
    return None


def _named(tokens: list[Token], count: Count, source: str, number: int, lows: set[str], *, follows: bool) -> tuple[Entry, int] | None:
    """The entry of a count and the position after its name."""
    i, j = count.at, count.j
    while j < len(tokens) and (tokens[j].lower in _TO_NAME or (tokens[j].lower == "for" and tokens[j - 1].lower in _ASSIGNING)):
        if tokens[j].lower == "either":
            return None  # the size of all arms
        j += 1
    q = j
    while q < len(tokens) and (tokens[q].kind == "n" or tokens[q].lower in _AMOUNT):
        q += 1
    if q > j and tokens[q - 1].lower == "of" and q < len(tokens):
        j = q  # "3 cycles of A"
    k = _end_of_name(tokens, j)
    phrase = tokens[j:k]
    while phrase and phrase[-1].lower in {"and", "or", "with", "in", "the", "of"}:
        phrase = phrase[:-1]
    options = [phrase] if is_name(phrase) else []
    if k < len(tokens) and tokens[k].text == "(":
        close = closing_bracket(tokens, k)
        if close > 0:
            n, names = bracket_size(tokens, k + 1, close)
            if not phrase and any(t.kind == "n" and len(t.text) > 1 for t in tokens[k:close]):
                return None  # "329 patients were randomised (A, 219; B, 110)"
            if n is None:
                options.extend(p for p in names if is_name(p))
                k = close + 1
                if phrase and k < len(tokens) and _head_near(tokens, k):
                    k = _head_near(tokens, k)  # "the transfusion (RBC) control group"
                    options = [tokens[j:k], *options]
    if tokens[count.j - 1].lower == "had" and phrase and phrase[-1].lower.rstrip("s").endswith(("oma", "cancer", "disease", "metastase")):
        return None  # what patients suffer from is no arm
    if not options:
        return None
    headed = [p for p in options if p[-1].lower in HEADS | {"setting"} or p[0].lower in HEADS or p[-1].lower.endswith(("-arm", "-group"))]
    assigned = tokens[count.j - 1].lower in {"to", "for"} and bool(lows & _ASSIGNING)
    if not count.verb and not headed and not assigned and not (follows and tokens[count.j - 1].lower == "in" and count.j == i + 2):
        return None  # "423 patients in the A cohort and 188 in B"
    best = headed[0] if headed else options[0]
    keys = [name_key(p) for p in options if not (count.negative and p is phrase)]
    if not keys:
        keys = [(no, *name_key(phrase)) for no in ("no", "without", "non")]
    text = phrase_text(best, source)
    if count.negative and best is phrase:
        text = f"no {text}"
    span = (tokens[i].start, tokens[min(k, len(tokens) - 1)].end)
    return Entry(text, int(tokens[i].value), keys, span, 2 + bool(headed), number, sureness(tokens, i, k)), k


def _end_of_name(tokens: list[Token], j: int) -> int:
    k = j
    while k < len(tokens) and k - j < 14:
        token = tokens[k]
        low = token.lower
        glued = token.kind == "n" and k + 2 < len(tokens) and tokens[k + 1].text == "-" and tokens[k + 1].start == token.end
        if token.text in "(),;.:" or low in _CLOSING or (token.kind == "n" and not (glued and tokens[k + 2].kind == "w")):
            break
        if low in {"and", "or", "in"} and k + 1 < len(tokens) and (tokens[k + 1].kind == "n" or low == "in"):
            break
        if low == "of" and k + 1 < len(tokens) and tokens[k + 1].lower in {"a", "an", "the", "whom", "which"}:
            break
        if low in EVENTFUL or (k > j and tokens[k - 1].lower in HEADS and not (k == j + 1 and len(token.text) == 1)):
            break
        k += 1
    return k


def _head_near(tokens: list[Token], k: int) -> int:
    """Position after a head that ends the words after a bracket; 0 where none does."""
    for m in range(k, min(len(tokens), k + 3)):
        if tokens[m].lower in HEADS:
            return m + 1
        if tokens[m].kind != "w" or tokens[m].lower in STOP:
            break
    return 0
