"""Phrases that tell what a ratio or p-value is of: "the hazard ratio for death", "0.76 for cancers", "more likely to die"."""

from __future__ import annotations

from topline.audit.build_context import SentenceContext
from topline.audit.clause_words import GENERIC
from topline.audit.items import Item
from topline.audit.lexicon import FAMILY, PATIENT_NOUNS, RATIO_HEADS, endpoint_at, parts_of
from topline.audit.phrases import words_of
from topline.audit.small_words import CLOSED, VS

__all__ = ["OF_TESTS", "PEOPLE", "about_code", "about_words", "behind", "complement", "fronted", "infinitive", "inverted"]

OF_TESTS = frozenset({"test", "tests", "points", "difference", "differences", "model", "analysis", "regression", "value"})
PEOPLE = frozenset(  # whom a ratio is told for
    {
        "carriers", "drinkers", "heterozygotes", "homozygotes", "non-carriers", "non-smokers", "noncarriers", "nonsmokers", "nonusers",
        "quartile", "quartiles", "quintile", "quintiles", "recipients", "siblings", "smokers", "survivors", "tertile", "tertiles", "users",
    }
)  # fmt: skip
_LED = frozenset({"for", "of"})
_ENDS = frozenset(  # what follows the phrase of which a ratio is
    {
        "according", "after", "among", "at", "based", "between", "by", "comparing", "during", "favored", "favoured", "favoring",
        "favouring", "for", "from", "in", "is", "relative", "remained", "that", "to", "using", "was", "were", "when", "with", "within",
    }
    | VS
)  # fmt: skip
_ANY_DEATH = frozenset(
    {
        "a", "all", "all-cause", "any", "any-cause", "cancer", "cause", "causes", "death", "deaths", "disease", "first", "from",
        "mortality", "of", "or", "overall", "progression", "recurrence", "relapse", "risk", "the", "tumor", "tumour",
    }
)  # fmt: skip
_LIKELY = frozenset({"likely", "odds", "unlikely", "chance", "probability"})
_HELD = frozenset({"achieve", "complete", "develop", "experience", "have", "receive", "report", "require", "show", "undergo"})
_AUXILIARY = frozenset({"did", "do", "does", "had", "was", "were"})


def _unled(about: str) -> list[str]:
    """ "were as follows for local recurrence" and "(AOR) of cancer" without their beginnings."""
    words = about.split()
    if "follows" in words[:4]:
        return words[words.index("follows") + 1 :]
    return words[1:] if words and words[0] in RATIO_HEADS else words


def _end(words: list[str]) -> int:
    """Where the phrase of which a ratio is ends: before a verb or a preposition but "of" and "death from"."""
    for n, word in enumerate(words):
        if n and word in _ENDS and not (word == "from" and words[n - 1] in {"death", "deaths", "freedom", "mortality"}):
            return n
    return len(words)


def about_code(about: str) -> str | None:
    """The outcome that the words between the name of a ratio and its value tell."""
    words = _unled(about)
    if words and words[0] in _LED:
        words = words[: _end(words)]
    said = set(words)
    if {"progression", "death"} <= said and said & {"recurrence", "relapse"}:
        return "EFS"
    if said & {"death", "deaths", "mortality"} and "or" not in said and not said <= _ANY_DEATH | _LED and words[0] in _LED:
        return None  # death of a cause
    parts = [part for word in words for part in parts_of(word)]
    known = (endpoint_at(parts, at) for at in range(len(parts)))
    code = next((found[0] for found in known if found is not None and FAMILY[found[0]] in {"tte", "response"}), None)
    if code is not None:
        return code
    if "recurrence" in said or "relapse" in said:
        return "RFS" if "death" in said else "RECUR" if words[0] not in _LED or said <= _ANY_DEATH | _LED else None
    if "progression" in said:
        return "PFS"
    if said & {"death", "mortality", "os", "survival"} and "free" not in said and "progression-free" not in said:
        return "OS"
    return None


def about_words(context: SentenceContext, about: str) -> str | None:
    """ "hazard ratio of risk of bone events = …": the words themselves, where they name no arm."""
    words = _unled(about)
    if not words or words[0] not in _LED:
        return None
    words = words[: _end(words)]
    if words[1:2] == ["death"] and words[2:3] == ["from"]:
        return " ".join(words[1:])
    words = [w for w in words if w not in CLOSED and w not in {"risk", "ratio"} and w[0].isalpha()]
    if words and words[-1] in GENERIC | PEOPLE:
        return None  # "the hazard ratio for the treatment of fever"
    arms = {part for arm in context.book.arms for word in arm.name.lower().split() for part in parts_of(word)}
    if not words or any(part in arms for word in words for part in parts_of(word)) or set(words) & PATIENT_NOUNS:
        return None
    return " ".join(words) if len(words) < 6 else None


def behind(context: SentenceContext, k: int) -> str | None:
    """ "the hazard ratios were 1.33 (…) for cardiac events and 1.48 (…) for cancers"."""
    items = context.items[k + 1 : k + 10]
    if not items or items[0].low != "for":
        return None
    end = next((n for n, x in enumerate(items) if x.low in {",", ";", ".", "and", "(", ")"} or x.kind in {"C", "P", "R"}), len(items))
    phrase = items[1:end]
    while phrase and phrase[-1].kind == "T":
        phrase = phrase[:-1]  # "for death at 2 years"
    if not phrase or len(phrase) > 6 or any(x.kind not in {"E", "W"} or x.low in VS | PATIENT_NOUNS | OF_TESTS for x in phrase):
        return None
    if phrase[-1].kind == "E":
        return str(phrase[-1].data)
    words = [w for x in phrase if x.low not in {"the", "any"} for w in words_of(context.tokens, x)]
    if len(words) == 1 and len(words[0]) < 2:
        return None  # "for B"
    if not words or any(w in CLOSED and w not in {"from", "of", "to", "or"} for w in words):
        return None
    return " ".join(words)


def complement(context: SentenceContext, k: int) -> str | None:
    """ "no difference (P = .43) in overall survival": what stands behind the bracket completes the noun before it."""
    items = context.items
    j = k + 1
    if j + 2 >= len(items) or items[j].low not in {")", "]"} or items[j + 1].low not in {"in", "for"}:
        return None
    j += 2
    while j < len(items) and (items[j].low in {"the", "both", "median", "mean", "rate", "of"} or items[j].kind == "T"):
        j += 1
    if j < len(items) and items[j].kind == "E":
        return str(items[j].data)
    a = j
    while j < len(items) and j < a + 5 and items[j].kind == "W" and items[j].low not in CLOSED and items[j].low[:1].isalpha():
        j += 1
    words = [w for x in items[a:j] for w in words_of(context.tokens, x)]
    if not words or words[-1].lower() in GENERIC | PATIENT_NOUNS or set(words) & PATIENT_NOUNS:
        return None
    return " ".join(words)


def _anaphor(items: list[Item], n: int) -> bool:
    """Whether item `n` stands for the subject before: "and that of death", but not "compared with that of"."""
    after = items[n - 1].low if n else ""
    return items[n].low in {"that", "those"} and items[n + 1].low in _LED and after in {"and", "but", "while", "whereas", ",", ";"}


def fronted(context: SentenceContext, k: int) -> str | None:
    """ "…; for distant metastasis, 0.88 (…)", "and that for cancer death was 0.76": the phrase that stands before its ratio."""
    items = context.items
    j = k - 1
    begin = next((n + 1 for n in range(k - 1, max(-1, k - 16), -1) if items[n].kind in {"P", "R"} or items[n].low == ";"), max(0, k - 16))
    a = next((n + 1 for n in range(begin, k - 1) if _anaphor(items, n)), -1)
    if a > 0:  # "and that of death by 22% (HR …)"
        j = next((n for n in range(a + 1, k) if items[n].low in {"by", "was", "were", "(", "is"}), k)
    elif j > 0 and items[j].low in {",", ":"}:
        a = next((n for n in range(j - 1, begin - 1, -1) if items[n].low in _LED), -1)
        if a < 1 or items[a - 1].low not in {";", ":", "and", ",", "follows"}:
            return None
    else:
        return None
    phrase = items[a + 1 : j]
    if not phrase or any(x.low in PATIENT_NOUNS for x in phrase) or any(x.kind == "A" for x in phrase):
        return None
    words = [w for x in phrase if x.low not in {"the", "any", "a"} or x.kind == "E" for w in words_of(context.tokens, x)]
    known = [str(x.data) for x in phrase if x.kind == "E"]
    if len(known) == 1 and (len(phrase) == 1 or known[0] not in {"DEATH", "OS"} or {x.low for x in phrase} <= _ANY_DEATH | {"event"}):
        return known[0]
    return " ".join(words) or None


def infinitive(context: SentenceContext, k: int) -> str | None:
    """ "were less likely to undergo surgery (OR …) and more likely to die (HR …)": what the infinitive before item `k` says."""
    items = context.items
    a = next((j for j in range(k - 1, max(0, k - 12), -1) if items[j].low == "to" or items[j].kind in {"C", "P", "R"}), 0)
    if a < 1 or items[a].low != "to" or not (items[a - 1].low in _LIKELY or (items[a - 1].low in {",", "and", "or"} and _likely(items, a))):
        return None
    phrase = [x for x in items[a + 1 : k] if x.low not in {"(", "[", "a", "an", "the", "their", "any"}]
    if not phrase or any(x.kind not in {"E", "G", "T", "W"} or x.low in {",", ";", ")", "]", "than"} for x in phrase):
        return None
    known = [str(x.data) for x in phrase if x.kind == "E"]
    verb = {"die": "DEATH", "progress": "PD", "recur": "RECUR", "relapse": "RECUR", "respond": "ORR", "survive": "OS"}.get(phrase[0].low)
    if verb is not None and len(phrase) == 1:
        return verb
    if known and (phrase[0].kind == "E" or phrase[0].low in _HELD):
        return known[-1]
    words = [w for x in phrase[phrase[0].low in _HELD :] for w in words_of(context.tokens, x)]
    return " ".join(words) if 0 < len(words) < 7 else None


def _likely(items: list[Item], a: int) -> bool:
    return any(x.low in _LIKELY for x in items[max(0, a - 40) : a])


def inverted(context: SentenceContext, k: int) -> tuple[bool, str | None]:
    """ ", as did bFGF (P …)": whether the phrase before item `k` is an inverted subject, and that phrase."""
    items = context.items
    a = next((n for n in range(k - 1, max(0, k - 10), -1) if items[n].low in _AUXILIARY), 0)
    if a < 2 or items[a - 1].low not in {"as", "so", "neither", "nor"} or any(x.kind in {"C", "P", "R"} for x in items[a:k]):
        return False, None
    phrase = [x for x in items[a + 1 : k] if x.low not in {"(", "[", "the"}]
    known = [str(x.data) for x in phrase if x.kind == "E"]
    if known:
        return True, known[0]
    words = [w for x in phrase for w in words_of(context.tokens, x)]
    return True, " ".join(words) if 0 < len(words) < 7 and not any(x.kind == "A" for x in phrase) else None
