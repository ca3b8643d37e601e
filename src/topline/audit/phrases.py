"""Endpoints as noun phrases: a head noun of what is measured or of what befalls, with its modifiers, known to the lexicon or not."""

from __future__ import annotations

import re
from functools import lru_cache

from topline.audit.compound_endpoints import (
    EXTENTS,
    attributed,
    cause_before,
    consequence,
    extent,
    fatal,
    summed,
    survival_shared,
    survival_without,
    treated,
    tte_follows,
)
from topline.audit.item import Item
from topline.audit.lexicon import FAMILY, PATIENT_NOUNS, TIME_UNITS
from topline.audit.no_endpoints import among_responders, analysed, of_the_living, receptor
from topline.audit.phrase_words import ABSORBED, ACRONYM, ADJECTIVE, DISEASES, MEASURES, NEUTRAL, OUTER, SURVIVALS, TERM, TIED
from topline.audit.small_words import CLOSED
from topline.audit.tokens import Token

__all__ = ["ADJECTIVE", "content_word", "family_of", "name_phrases", "plain_name", "words_of"]


_NAMED_BY_NUMBER = re.compile(r"[0-9]+-?[a-z]")  # "17p", "5-fu"
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿαβγδεζηθικλμνξοπρστυφχψω")
_SHARED = ("-free", "-specific")


def family_of(name: str | None) -> str:
    """The lexicon's family of an endpoint; of a phrase that it doesn't know, what its head says (tte, term), or ``phrase``."""
    if name is None:
        return ""
    known = FAMILY.get(name)
    if known is not None:
        return known
    head = name.split()[-1].lower()
    if head == "survival" or name.startswith(("freedom from ", "time to ")) or ACRONYM.match(name.split()[-1]) or name.split()[-1] == "OS":
        return "tte"
    if name.startswith("duration of "):
        return "tte"
    return "other" if head in {"recurrence", "relapse"} else "term" if _is_term(head) else "phrase"


@lru_cache(maxsize=20_000)
def _is_term(low: str) -> bool:
    """Whether a word ends as names of disorders do."""
    return TERM.search(low) is not None


def content_word(item: Item) -> bool:
    """Whether an item may stand inside a noun phrase: a word that is neither a small word nor a verb of reporting."""
    low = item.low
    if (
        item.kind != "W"
        or (low[:1] not in _LETTERS and not _NAMED_BY_NUMBER.match(low))
        or low in CLOSED
        or low in PATIENT_NOUNS
        or low in TIME_UNITS
    ):
        return False
    return not low.endswith("ly") or low in {"daily", "weekly", "monthly", "early", "elderly", "family"}


def _modifier(item: Item) -> bool:
    low = item.low
    if not content_word(item):
        return False
    if low.endswith("ing") and "-" not in low:
        return False
    return not (low.endswith("ed") and "-" not in low and low not in NEUTRAL)


def plain_name(words: list[str]) -> str:
    """The words of a phrase without what merely describes it at its beginning."""
    while (
        len(words) > 1
        and words[-1] != "risk"
        and words[:2] != ["second", "primary"]
        and (words[0] in NEUTRAL or (words[0].endswith(("-induced", "-related")) and words[1] not in NEUTRAL | {"event", "events"}))
    ):
        words = words[1:]
    return " ".join(words)


@lru_cache(maxsize=20_000)
def _is_head(low: str) -> bool:
    """Whether a word is a head noun of what is measured or of what befalls."""
    return low in MEASURES or (len(low) > 6 and _is_term(low) and low not in DISEASES)


def _tying(low: str, text: str) -> bool:
    """A modifier that makes another endpoint of one that the lexicon knows."""
    if low in NEUTRAL or low.endswith(("-induced", "-related")):
        return False
    return low in TIED or ADJECTIVE.search(low) is not None or low.startswith("non") or (len(text) > 2 and text.isupper())


def name_phrases(tokens: list[Token], items: list[Item]) -> list[Item]:
    """Items with every endpoint phrase as one item; a known endpoint with a modifier that changes it becomes a phrase of its own."""
    out: list[Item] = []
    k = 0
    while k < len(items):
        item = items[k]
        if item.kind == "E":
            k = _read_known(tokens, items, out, k)
        elif item.kind == "R" or (item.kind == "W" and _may_be_read(item.low)):
            k = _read_word(tokens, items, out, k)
        else:
            out.append(item)
            k += 1
    return out


def _read_known(tokens: list[Token], items: list[Item], out: list[Item], k: int) -> int:
    """An endpoint of the lexicon: what only looks like one, a sum of two, or one with its modifiers; where reading goes on."""
    item = items[k]
    if item.data == "OS" and tokens[item.i].lower == "alive" and tte_follows(items, k + 1):
        return k + 2  # "alive and progression-free"
    if item.data == "OS" and tokens[item.i].lower == "alive" and k > 1 and of_the_living(items, k):
        out.append(Item("W", item.i, item.j, None, "alive"))  # "the follow-up of patients alive was …": a group
    elif item.data == "ORR" and tokens[item.i].lower == "responders" and k > 0 and among_responders(items, k):
        out.append(Item("W", item.i, item.j, None, "responders"))  # a group
    elif item.data == "PR" and tokens[item.i].text == "PR" and receptor(items, k):
        out.append(Item("W", item.i, item.j, None, "pr"))  # "ER or PR+"
    elif analysed(items, k):
        out.append(Item("W", item.i, item.j, None, "analysis"))  # "24 months at the overall survival interim analysis"
    elif (sum_ := summed(items, k)) is not None:
        out.append(Item("E", item.i, items[sum_[1] - 1].j, sum_[0], "response"))
        return sum_[1]
    else:
        return _known(tokens, items, out, k)
    return k + 1


@lru_cache(maxsize=20_000)
def _may_be_read(low: str) -> bool:
    """Whether :func:`_read_word` may make something of a word; of most it makes nothing."""
    return low in {"or", "overall"} or low in EXTENTS or low in OUTER or _is_head(low) or low.endswith(("fs", *_SHARED))


def _read_word(tokens: list[Token], items: list[Item], out: list[Item], k: int) -> int:
    """A word as an endpoint, where it is one or the head of one; where reading goes on."""
    item = items[k]
    if tokens[item.i].text == "OR" and k + 1 < len(items) and items[k + 1].low in {"rate", "rates"}:
        out.append(Item("E", item.i, items[k + 1].j, "ORR", "response"))
        return k + 2
    if item.low in EXTENTS and (code := extent(tokens, items, k)) is not None:
        step = 3 if code == "ORR" else 1  # "complete or partial response"
        out.append(Item("E", item.i, items[k + step - 1].j, code, family_of(code)))
        return k + step
    if (item.low == "overall" or item.low.endswith(_SHARED)) and (code := survival_shared(tokens, items, k)) is not None:
        out.append(Item("E", item.i, item.j, code, family_of(code)))
        return k + 1
    if item.low in OUTER and k + 1 < len(items) and (items[k + 1].low in {"(", "["} or _nominal(items, k)):
        return _unknown(tokens, items, out, k)  # "platelet decrease (9%)"
    if item.kind == "W" and (_is_head(item.low) or (item.low.endswith("fs") and ACRONYM.match(tokens[item.i].text))):
        return _unknown(tokens, items, out, k)
    out.append(item)
    return k + 1


def _nominal(items: list[Item], k: int) -> bool:
    """ "significant LVEF decreases, 3.6% v 0.6%"."""
    return k > 0 and k + 2 < len(items) and items[k + 1].low in {",", ":"} and items[k + 2].kind == "C" and content_word(items[k - 1])


def _known(tokens: list[Token], items: list[Item], out: list[Item], k: int) -> int:
    """An endpoint of the lexicon, with the modifiers before it and a head noun after it."""
    item = items[k]
    words = words_of(tokens, item)
    end = k + 1
    follows = items[end] if end < len(items) else None
    if (
        follows is not None
        and follows.kind == "W"
        and follows.low in {"score", "scores", "level", "levels", "symptoms", "count", "counts", "control", "relief"}
    ):
        words.append(follows.low)
        start = _back(tokens, out)
        first = out[start].i if start < len(out) else item.i
        out[start:], before = [], _texts(tokens, out[start:])
        name = plain_name([*before, *words])
        out.append(Item("E", first, follows.j, name, family_of(name)))
        return end + 1
    if item.data in {"TRAE", "TRSAE"} and (behind := fatal(items, k + 1)):
        out.append(Item("E", item.i, items[behind - 1].j, "TRDEATH", "event"))
        return behind
    if FAMILY.get(str(item.data)) == "event" and (led := consequence(items, k + 1)) is not None:
        out.append(Item("E", item.i, items[led[1] - 1].j, led[0], "event"))
        return led[1]
    if item.data in {"AE", "TEAE", "SAE"} and attributed(items, k + 1):
        out.append(Item("E", item.i, item.j, "TRSAE" if item.data == "SAE" else "TRAE", "event"))
        return end
    if item.data == "AE":
        cause = cause_before(out)
        if cause is not None:
            out.append(Item("E", item.i, item.j, cause, "event"))
            return end
    if item.low == "tte" and out and out[-1].kind == "E" and out[-1].j == item.i and out[-1].low == "phrase":
        name = " ".join([*words_of(tokens, out.pop()), *words])  # "GVHD relapse-free survival"
        out.append(Item("E", item.i - 1, item.j, name, "tte"))
        return end
    start = _back(tokens, out)
    listed = (FAMILY.get(str(item.data)) == "term" or item.data == "AE") and (
        start == 0 or out[start - 1].low in _LISTERS or out[start - 1].kind in {"G", "C", "S"}
    )
    known = NEUTRAL | {"late", "acute", "chronic"} if FAMILY.get(str(item.data)) == "term" else NEUTRAL
    tying = [n for n in range(start, len(out)) if out[n].low not in known and (listed or _tying(out[n].low, tokens[out[n].i].text))]
    if tying and item.data not in {"FU", "AGE", "DSS", "CR", "PR", "SD", "PD", "NE", "DOT", "R0"} and not str(item.data).startswith("TR"):
        begin = tying[0]
        before = _texts(tokens, out[begin:])
        first = out[begin].i
        del out[begin:]
        name = plain_name([*before, *words])
        family = FAMILY[str(item.data)]
        out.append(Item("E", first, item.j, name, family if family == "tte" else family_of(name)))
        return end
    out.append(item)
    return end


_COURSES = frozenset({"control", "duration", "progression", "recovery", "recurrence", "relief", "resolution", "severity", "worsening"})
_LISTERS = frozenset({",", "and", "or", "(", "of", "was", "were", "is", "are", "including", ":", ";", "as"})


def _unknown(tokens: list[Token], items: list[Item], out: list[Item], k: int) -> int:
    """A head noun that the lexicon doesn't know, with its modifiers and the "of" or "to" that completes it."""
    if out and out[-1].kind == "E" and out[-1].j == items[k].i and items[k].low in ABSORBED:
        out[-1] = Item("E", out[-1].i, items[k].j, out[-1].data, out[-1].low)  # "PFS duration", "OS benefit"
        return k + 1
    start = _back(tokens, out)
    if (
        start == len(out)
        and out
        and out[-1].kind == "E"
        and out[-1].low in {"term", "phrase"}
        and out[-1].j == items[k].i
        and items[k].low in _COURSES
    ):
        start -= 1  # "pain progression"
    words = _texts(tokens, out[start:])
    first = out[start].i if start < len(out) else items[k].i
    bare = plain_name([*words, items[k].low])
    if bare in OUTER:
        out.append(items[k])
        return k + 1
    j = k + 1
    tail: list[str] = []
    if bare.endswith("survival") and j + 1 < len(items) and (found := survival_without(tokens, items, j)) is not None:
        out[start:] = [Item("E", first, items[found[1] - 1].j, found[0], "tte")]
        return found[1]
    opener = {"freedom": {"from"}, "time": {"of", "to", "from"}, "interval": {"from", "between"}}.get(items[k].low, {"of", "to"})
    inward = items[k].low in _CHANGING and j + 1 < len(items) and items[j].low == "in"
    if j < len(items) and (items[j].low in opener or inward):
        tail, after = _completion(tokens, items, j)
        if inward and any(_outcome(x) for x in items[j:after]):
            tail = []  # "improvement in overall survival": the survival is what the values are of
        if tail and items[after - 1].kind == "E" and items[after - 1].data == "FU":
            del out[start:]
            out.append(Item("E", first, items[after - 1].j, "FU", "other"))
            return after
        j = after if tail else j
    if (
        not tail
        and bare == items[k].low
        and items[k].low in {"time", "level", "levels", "control", "expression", "benefit", "events", "effects", "count", "weight"}
    ):
        out.append(items[k])
        return k + 1
    del out[start:]
    name = " ".join([bare, *tail])
    if bare in {"duration", "length"} and items[j - 1].kind == "E" and items[j - 1].low == "tte":
        name = str(items[j - 1].data)  # "duration of progression-free survival"
    elif name.startswith("time from ") and "cutoff" in name.replace("cut-off", "cutoff"):
        name = "FU"
    elif tail and tail[0] == "to" and bare in {"response", "responses"} and treated(items[k + 2 : j]):
        name = "ORR"  # "response to chemotherapy"
    elif name in {"duration of survival", "length of survival"}:
        name = "OS"
    if bare.endswith(" survival") and not tail and not any(w in SURVIVALS or w.endswith(("-free", "-specific")) for w in bare.split()[:-1]):
        name = "OS"  # "melanoma survival", "five-year survival"
    out.append(Item("E", first, items[j - 1].j, name, family_of(name)))
    return j


def _completion(tokens: list[Token], items: list[Item], at: int) -> tuple[list[str], int]:
    """ "of hospital stay", "to local failure", "from surgery to relapse": the words after the preposition, up to the next small word."""
    words = [items[at].low]
    j = at + 1
    while j < len(items) and (items[j].low in _ARTICLES or items[j].kind == "G"):
        j += 1  # "duration of grade 3 mucositis"
    begin = j
    ranging = items[at].low in {"from", "between"}
    if items[at - 1].low == "ability" and items[at].low == "to" and j < len(items):
        words.append(items[j].low)
        j += 1
    while j < len(items) and j < begin + 7:
        x = items[j]
        joint = j > begin and (x.low == "or" or (ranging and x.low in {"to", "and"}) or (items[at].low == "to" and x.low == "of"))
        if not (joint or x.kind == "E" or (content_word(x) and not (j > begin and x.low.endswith("ed") and "-" not in x.low))):
            if not (ranging and x.low in _ARTICLES):
                break
        else:
            words.extend(words_of(tokens, x))
        j += 1
    while len(words) > 1 and words[-1] in {"of", "to", "and", "or"}:
        words.pop()
        j -= 1
    return (words, j) if j > begin else ([], at)


_CHANGING = frozenset({"deterioration", "improvement", "improvements", "worsening"})


def _outcome(item: Item) -> bool:
    """Whether an item is a time to an event or a response."""
    return item.low == "survival" or (item.kind == "E" and family_of(str(item.data)) in {"tte", "response"})


_ARTICLES = frozenset({"the", "a", "an", "any"})


def _back(tokens: list[Token], out: list[Item]) -> int:
    start = len(out)
    while start > 0 and len(out) - start < 4 and _modifier(out[start - 1]):
        start -= 1
        if out[start].low in _CHANGED and start > 0 and _modifier(out[start - 1]):
            break  # "cancer increased survival": a verb
    return start


_CHANGED = frozenset({"decreased", "improved", "increased", "prolonged", "reduced"})


def words_of(tokens: list[Token], item: Item) -> list[str]:
    """The words of an item, lower-case but for abbreviations."""
    return [t.text if t.text.isupper() and len(t.text) > 1 else t.lower for t in tokens[item.i : item.j] if t.kind != "s"]


def _texts(tokens: list[Token], items: list[Item]) -> list[str]:
    return [w for item in items for w in words_of(tokens, item)]
