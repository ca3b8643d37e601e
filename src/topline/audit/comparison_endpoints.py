"""What a ratio or a p-value is of: what its name says, its place in a list, the outcome of its factor, its own subject."""

from __future__ import annotations

from topline.audit.build_context import SentenceContext
from topline.audit.clause_words import GENERIC
from topline.audit.clauses import name_before, names_before, text_of
from topline.audit.endpoint_lists import codes_of, groups_of_endpoints
from topline.audit.grammar import Ratio
from topline.audit.items import Item
from topline.audit.lexicon import FAMILY, PATIENT_NOUNS, RATIO_HEADS, endpoint_at, parts_of
from topline.audit.noun_phrases import Name, nounish, phrase_start
from topline.audit.outcomes import Said, factor_outcome, lists_factors, predicted
from topline.audit.phrases import family_of, words_of
from topline.audit.series import Series
from topline.audit.small_words import CLOSED, VS

__all__ = ["p_endpoint", "ratio_endpoint"]

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
_OF_TESTS = frozenset({"test", "tests", "points", "difference", "differences", "model", "analysis", "regression", "value"})
_JOINED = frozenset({",", "and", ";"})
_EVENTS = frozenset({"tte", "event", "other", "category"})


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


def _about(about: str) -> str | None:
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


def _phrase_about(context: SentenceContext, about: str) -> str | None:
    """ "hazard ratio of risk of bone events = …": the words themselves, where they name no arm."""
    words = _unled(about)
    if not words or words[0] not in _LED:
        return None
    words = words[: _end(words)]
    if words[1:2] == ["death"] and words[2:3] == ["from"]:
        return " ".join(words[1:])
    words = [w for w in words if w not in CLOSED and w not in {"risk", "ratio"} and w[0].isalpha()]
    if words and words[-1] in GENERIC:
        return None  # "the hazard ratio for the treatment of fever"
    arms = {part for arm in context.book.arms for word in arm.name.lower().split() for part in parts_of(word)}
    if not words or any(part in arms for word in words for part in parts_of(word)) or set(words) & PATIENT_NOUNS:
        return None
    return " ".join(words) if len(words) < 6 else None


def _behind(context: SentenceContext, k: int) -> str | None:
    """ "the hazard ratios were 1.33 (…) for cardiac events and 1.48 (…) for cancers"."""
    items = context.items[k + 1 : k + 10]
    if not items or items[0].low != "for":
        return None
    end = next((n for n, x in enumerate(items) if x.low in {",", ";", ".", "and", "(", ")"} or x.kind in {"C", "P", "R"}), len(items))
    phrase = items[1:end]
    if not phrase or len(phrase) > 6 or any(x.kind not in {"E", "W"} or x.low in VS | PATIENT_NOUNS | _OF_TESTS for x in phrase):
        return None
    if phrase[-1].kind == "E":
        return str(phrase[-1].data)
    words = [w for x in phrase if x.low not in {"the", "any"} for w in words_of(context.tokens, x)]
    if not words or any(w in CLOSED and w not in {"from", "of", "to", "or"} for w in words):
        return None
    return " ".join(words)


def _complement(context: SentenceContext, k: int) -> str | None:
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


def _fronted(context: SentenceContext, k: int) -> str | None:
    """ "…; for distant metastasis, 0.88 (…)", "and that for cancer death was 0.76": the phrase that stands before its ratio."""
    items = context.items
    j = k - 1
    anaphor = j > 0 and items[j].low in {"was", "were", "is"}
    if not anaphor and not (j > 0 and items[j].low in {",", ":"}):
        return None
    a = j - 1
    while a > 0 and a > j - 8 and items[a].low not in {"for", "of", ";", ":", ".", ","} and items[a].kind not in {"C", "P", "R"}:
        a -= 1
    if items[a].low not in _LED or (items[a - 1].low not in ({"that", "those"} if anaphor else {";", ":", "and", ",", "follows"})):
        return None
    phrase = items[a + 1 : j]
    if not phrase or any(x.low in PATIENT_NOUNS for x in phrase) or any(x.kind == "A" for x in phrase):
        return None
    words = [w for x in phrase if x.low not in {"the", "any", "a"} or x.kind == "E" for w in words_of(context.tokens, x)]
    known = [str(x.data) for x in phrase if x.kind == "E"]
    if len(known) == 1 and (len(phrase) == 1 or known[0] not in {"DEATH", "OS"} or {x.low for x in phrase} <= _ANY_DEATH | {"event"}):
        return known[0]
    return " ".join(words) or None


def _statistic(items: list[Item], k: int, begin: int) -> int:
    """Where the bracket's statistics begin: "fatigue (t = 2.1, P = 0.03)" names what the bracket stands behind."""
    opened = next((j for j in range(k - 1, max(begin, k - 12) - 1, -1) if items[j].low in {"(", "[", ")", "]"}), -1)
    if opened >= 0 and items[opened].low in {"(", "["} and any(x.low in {"=", "±"} or x.kind == "X" for x in items[opened + 1 : k]):
        return opened + 1
    return k


def _unfinished(items: list[Item], begin: int, found: Name | None) -> bool:
    """ "or stage III (14 months) melanoma (P …)": the phrase goes on behind the bracket and names nothing new."""
    between = items[begin : found.begin] if found is not None else []
    return bool(between) and all(x.low in {")", "]"} for x in between)


def _own_name(context: SentenceContext, k: int, current: Series | None) -> Name | None:
    """What stands between the values before and a ratio or p-value as its own subject."""
    begin = current.last + 1 if current is not None else 0
    begin = max(begin, next((j + 1 for j in range(k - 1, begin - 1, -1) if context.items[j].kind in {"P", "R"}), begin))
    found, second = name_before(context.tokens, context.items, _statistic(context.items, k, begin), begin)
    if found is None and second is not None and second.at is not None and current is None and context.items[k].kind == "P":
        found = second
    inside = current is not None and (context.items[k - 1].low not in {"(", "["} or _unfinished(context.items, begin, found))
    if found is None or (found.at is None and (inside or found.words.split()[-1] in _OF_TESTS)):
        return None
    return found


def _run(items: list[Item], k: int) -> list[int]:
    """The ratios or p-values in a row with that at item `k`: "(HR 0.61 and HR 0.74)", "(P = 0.03 and P = 0.06)"."""
    kind = items[k].kind
    run = [k]
    for step, ahead in ((-1, 0), (1, -1)):
        j = k + step
        while 0 <= j < len(items) and abs(j - k) < 24 and (items[j].kind == kind or (items[j].kind == "W" and items[j].low in _JOINED)):
            if items[j].kind == kind:
                run.insert(len(run) if ahead else 0, j)
            j += step
    return run


def _nth_endpoint(items: list[Item], k: int, codes: list[str | None]) -> str | None:
    """ "(P = 0.03 and P = 0.06)" behind two endpoints: each p-value or ratio of the run of item `k` has its own."""
    run = _run(items, k)
    if len(run) < 2:
        return None
    distinct = list(dict.fromkeys(codes))
    if len(run) == len(distinct):
        return distinct[run.index(k)]
    told = any(x.low.startswith("respective") for x in items[run[-1] + 1 : run[-1] + 4])
    lists = [codes_of(items, group) for group in groups_of_endpoints(items, 0, len(items) if told else run[0])]
    if not told:
        lists = lists[-1:]  # only the list right before
    fitting = [found for found in lists if len(found) == len(run)]  # "DFS and OS were worse (P = 0.01 and P = 0.03, respectively)"
    return fitting[0][run.index(k)] if fitting else None


def _continued(context: SentenceContext, k: int, current: Series | None) -> str | None:
    """ "CEA was higher at week 4 (P = 0.02) and at week 8 (P = 0.03)": what the last ratio or p-value was of, with no value since."""
    if context.compared is None or (current is not None and current.last > context.compared[0]):
        return None
    items, run = context.items, _run(context.items, k)
    if items[k].kind == "P" and len(run) > 1 and k > run[0] and any(x.low.startswith("respective") for x in items[run[-1] : run[-1] + 3]):
        return None
    if k > 2 and items[k - 1].low in {"(", "["} and nounish(items[k - 2]) and not items[k - 2].low[1:].isdigit():
        a = phrase_start(items, k - 2, context.compared[0] + 1)
        if items[a - 1].low in {",", "and", "or", "nor", "to", "with"}:
            return None  # "younger age (P …) and no endocrine therapy (P …)"
    names = context.compared[1]
    return names[0] if len(names) == 1 else _nth_endpoint(items, k, names)


def _of_said(context: SentenceContext, ratio: Ratio, k: int, said: Said, name: Name | None, current: Series | None) -> str | None:
    """The outcome of a factor's ratio: the one said, or a further one of a list of outcomes that stands right before the ratio."""
    items = context.items
    if said.subject or said.at > k:
        return said.name
    link = items[said.at + 1].low
    if name is None and items[k - 1].low in {"(", "["}:
        name = name_before(context.tokens, items, k, said.at + 1)[1]  # "for undergoing surgery (…) and for malignancy (…)"
        if name is not None and items[name.begin - 1].low != link:
            name = None
    if name is None and context.compared is not None and context.compared[0] > said.at:
        return _continued(context, k, current) or said.name
    if name is None or name.begin <= said.at or lists_factors(items, said.at, name.begin):
        return said.name
    p = name.begin - 1
    while p > said.at and (items[p].low in {"the", "a", "an", "any", "risk", "of"} and items[p].low != link):
        p -= 1
    listed = name.at is not None and family_of(text_of(name, items)) != "phrase"
    again = items[p].low == link and (p < said.at + 2 or items[p - 1].low in {",", "and", "or", "not", "but"})
    if again or listed or (ratio.measure != "HR" and items[p].low in {",", "and"} and items[p + 1].low != "as"):
        return text_of(name, items)
    return said.name


def ratio_endpoint(
    context: SentenceContext, ratio: Ratio, k: int, current: Series | None, endpoint: str | None, *, factor: bool
) -> str | None:
    """The outcome of the ratio at item `k`; `endpoint` is the last one named before it, `factor` says that a factor has the ratio."""
    items = context.items
    own = _about(ratio.about) or _phrase_about(context, ratio.about) or _behind(context, k) or _fronted(context, k)
    own = own or _nth_endpoint(items, k, [])
    name = _own_name(context, k, current) if own is None else None
    if own is None:
        said = predicted(context.tokens, items, k)
        if said is not None and not (current is not None and said.at < current.first and current.endpoints[-1] is not None):
            own = _of_said(context, ratio, k, said, name, current)
    code = own or (text_of(name, items) if name is not None else None) or _continued(context, k, current)
    if code is None and current is not None and current.endpoints:
        code = current.endpoints[-1]
    if ratio.measure == "HR" and own is None and family_of(code) not in _EVENTS:
        timed = [str(x.data) for x in items[:k] if x.kind == "E" and family_of(str(x.data)) == "tte"]
        counted = endpoint if endpoint is not None and endpoint.endswith((" events", " event")) else None
        code = timed[-1] if timed else counted or (code if current is not None else None) or context.last_endpoint or code
    if code is None and (ratio.measure != "HR" or family_of(endpoint) in _EVENTS):
        code = endpoint
    if factor and ratio.measure == "HR":
        near = [*reversed(items[:k]), *(items[k:] if k > 3 else [])]
        code = next((str(x.data) for x in near if x.kind == "E" and family_of(str(x.data)) == "tte"), code)
    if code is None and k < 4:
        code = context.last_endpoint  # "Multivariable: HR 1.29": the sentence before goes on
    if code is None:
        code = next((str(x.data) for x in items[k:] if x.kind == "E"), None)
    if code in {"FU", "AGE", "DOT"}:
        code = None
    code = code or context.rated  # "the hazard ratio for death was 0.62 for A, for B 0.48 (…)"
    context.rated = code
    context.compared = (k, [code])
    if ratio.measure == "HR":
        code = {"DEATH": "OS", "PD": "PFS", None: context.last_endpoint}.get(code, code)
    return code


def p_endpoint(context: SentenceContext, k: int, current: Series | None, codes: list[str | None]) -> tuple[str | None, bool]:
    """What the p-value at item `k` tests, and whether it is what the values of `current` are of; `codes`: of the values before it."""
    items = context.items
    name = _own_name(context, k, current)
    own = None
    if name is not None:
        text = text_of(name, items)
        own = factor_outcome(context.tokens, items, k, text, name.begin, bare=current is None)
        listed = names_before(context.tokens, items, name, 0) if own == text and current is None else []
        nth = _nth_endpoint(items, k, [*listed])
        own = nth or own  # "OS and RFS did not differ (P = 0.86 and 0.73)"
        context.compared = (k, [*listed] if nth is not None else [own])
        return own, False
    own = _continued(context, k, current)
    if own is None and current is None:
        said = predicted(context.tokens, items, k)
        own = _nth_endpoint(items, k, []) or (said.name if said is not None else None) or _complement(context, k)
    if own is not None:
        context.compared = (k, [own]) if context.compared is None or len(context.compared[1]) == 1 else (k, context.compared[1])
    if own is not None or current is None:
        return own, False
    return _nth_endpoint(items, k, codes) or (current.endpoints[-1] if current.endpoints else None), True
