"""Ratios and p-values of a sentence as claims, with what they compare."""

from __future__ import annotations

from topline.audit.build_context import (
    SentenceContext,
    direction_marks,
    graded_code,
    interval_bounds,
    item_span,
)
from topline.audit.claims import Claim
from topline.audit.clause_words import GENERIC
from topline.audit.clauses import name_before, names_before, text_of
from topline.audit.endpoint_lists import codes_of, groups_of_endpoints
from topline.audit.grammar import PValue, Ratio
from topline.audit.items import Item
from topline.audit.lexicon import FAMILY, PATIENT_NOUNS, endpoint_at, parts_of
from topline.audit.noun_phrases import Name
from topline.audit.outcomes import factor_outcome, predicted
from topline.audit.phrases import family_of, words_of
from topline.audit.series import Series
from topline.audit.small_words import CLOSED, VS

__all__ = ["p_claim", "ratio_claim"]


_MODEL = frozenset(
    [
        "multivariate",
        "multivariable",
        "univariate",
        "univariable",
        "cox",
        "logistic",
        "adjusted",
        "adjusting",
        "independent",
        "prognostic",
        "predictor",
        "predictors",
        "associated",
        "risk",
        "factors",
        "factor",
    ]
)


def _p_text(p: PValue | None) -> str | None:
    return None if p is None else p.value


def _about(about: str) -> str | None:
    words = set(about.split())
    if {"progression", "death"} <= words and words & {"recurrence", "relapse"}:
        return "EFS"
    parts = [part for word in about.split() for part in parts_of(word)]
    known = (endpoint_at(parts, at) for at in range(len(parts)))
    code = next((found[0] for found in known if found is not None and FAMILY[found[0]] in {"tte", "response"}), None)
    if code is not None:
        return code
    if "recurrence" in words or "relapse" in words:
        return "RFS" if "death" in words else "RECUR"
    if "progression" in words:
        return "PFS"
    if words & {"death", "mortality", "os", "survival"} and "free" not in words and "progression-free" not in words:
        return "OS"
    return None


def _phrase_about(context: SentenceContext, about: str) -> str | None:
    """ "hazard ratio of risk of bone events = …": the words themselves, where they name no arm."""
    words = about.split()
    if not words or words[0] not in {"of", "for"}:
        return None
    words = [w for w in words if w not in CLOSED and w not in {"risk", "ratio"} and w[0].isalpha()]
    if words and words[-1] in GENERIC:
        return None  # "the hazard ratio for the treatment of fever"
    arms = {part for arm in context.book.arms for word in arm.name.lower().split() for part in parts_of(word)}
    if not words or any(part in arms for word in words for part in parts_of(word)) or set(words) & PATIENT_NOUNS:
        return None
    return " ".join(words)


def _contrast(context: SentenceContext, k: int, current: Series | None, factor: bool) -> str | None:
    arms = context.book.arms
    if factor:
        return _factor(context, k)
    if current is not None:
        named = [a for a in dict.fromkeys(current.arms) if a is not None]
        if len(named) == 2:
            return f"{arms[named[0]].name} vs {arms[named[1]].name}"
    mentioned = [int(x.data) for x in context.items if x.kind == "A"]
    distinct = list(dict.fromkeys(mentioned))
    if len(arms) == 2:
        first = distinct[0] if distinct else 0
        governed = False
        at = next((i for i, x in enumerate(context.items) if x.kind == "A"), None)
        if at is not None:
            governed = any(x.low in {"compared", "versus", "vs", "than", "over"} for x in context.items[max(0, at - 3) : at])
        if governed:
            first = 1 - first
        return f"{arms[first].name} vs {arms[1 - first].name}"
    if len(distinct) == 2:
        return f"{arms[distinct[0]].name} vs {arms[distinct[1]].name}"
    return None


def _factor(context: SentenceContext, k: int) -> str | None:
    words: list[str] = []
    j = k - 1
    while j >= 0 and context.items[j].low in {"(", "[", ","}:
        j -= 1
    while j >= 0 and len(words) < 6:
        item = context.items[j]
        if item.kind in {"C", "P", "R", "S"} or item.low in {
            ",",
            ";",
            "(",
            ")",
            "that",
            "were",
            "was",
            "and",
            "including",
            "with",
            "of",
            "as",
            ":",
        }:
            break
        words.insert(0, " ".join(t.text for t in context.tokens[item.i : item.j]))
        j -= 1
    return " ".join(words) or None


def ratio_claim(
    context: SentenceContext, item: Item, k: int, current: Series | None, endpoint: str | None, marks: tuple[str, ...]
) -> Claim:
    """A hazard, odds or risk ratio as a claim."""
    ratio: Ratio = item.data
    words = {t.lower for t in context.tokens}
    factor = (
        bool(words & _MODEL)
        and (current is None or len(set(current.arms) - {None}) < 2)
        and bool(
            words
            & {
                "associated",
                "independent",
                "prognostic",
                "predictor",
                "predictors",
                "factors",
                "factor",
                "multivariate",
                "multivariable",
                "univariate",
            }
        )
    )
    own = _about(ratio.about) or _phrase_about(context, ratio.about) or _behind(context, k)
    said = predicted(context.tokens, context.items, k) if own is None else None
    if said is not None and current is not None and said[0] < current.first and current.endpoints[-1] is not None:
        said = None  # the values between have a name of their own
    if said is not None:
        said_since = [str(x.data) for x in context.items[said[0] : k] if x.kind == "E" and family_of(str(x.data)) != "phrase"]
        own = said_since[-1] if said_since else said[1]
    code = own or _named(context, k, current)
    if ratio.measure == "HR" and own is None and family_of(code) not in {"tte", "event", "other", "category"}:
        timed = [str(x.data) for x in context.items[:k] if x.kind == "E" and family_of(str(x.data)) == "tte"]
        counted = endpoint if endpoint is not None and endpoint.endswith((" events", " event")) else None
        code = timed[-1] if timed else counted or (code if current is not None else None) or context.last_endpoint or code
    if code is None and (ratio.measure != "HR" or family_of(endpoint) in {"tte", "event", "other", "category"}):
        code = endpoint
    if factor and ratio.measure == "HR":
        near = [*reversed(context.items[:k]), *(context.items[k:] if k > 3 else [])]
        code = next((str(x.data) for x in near if x.kind == "E" and family_of(str(x.data)) == "tte"), code)
    if code is None and k < 4:
        code = context.last_endpoint  # "Multivariable: HR 1.29": the sentence before goes on
    if code is None:
        code = next((str(x.data) for x in context.items[k:] if x.kind == "E"), None)
    if code in {"FU", "AGE", "DOT"}:
        code = None
    code = code or context.rated  # "the hazard ratio for death was 0.62 for A, for B 0.48 (…)"
    context.rated = code
    if ratio.measure == "HR":
        code = {"DEATH": "OS", "PD": "PFS", None: context.last_endpoint}.get(code, code)
    lower, upper, _, level = interval_bounds(ratio.interval)
    context.level = level = level or (context.level if lower is not None else None)  # "0.23 (97.5% CI 0.12-0.45) … 0.56 (0.33-0.94)"
    extra = [*ratio.marks, *((ratio.p.marks) if ratio.p else ())]
    if factor:
        extra.append("factor")
    return Claim(
        "ratio",
        endpoint=code,
        value=ratio.value,
        lower=lower,
        upper=upper,
        conf_level=level,
        p=_p_text(ratio.p),
        contrast=_contrast(context, k, current, factor),
        measure=ratio.measure,
        span=item_span(context, k),
        sentence=context.body,
        interval="ci" if lower is not None else None,
        marks=tuple(dict.fromkeys((*marks, *extra, *direction_marks(context, current.first if current is not None else k)))),
        group=context.group,
    )


def _behind(context: SentenceContext, k: int) -> str | None:
    """ "the hazard ratios were 1.33 (…) for cardiac events and 1.48 (…) for cancers"."""
    items = context.items[k + 1 : k + 8]
    if not items or items[0].low != "for":
        return None
    end = next((n for n, x in enumerate(items) if x.low in {",", ";", ".", "and", "(", ")"}), len(items))
    phrase = items[1:end]
    if not phrase or len(phrase) > 4 or any(x.kind not in {"E", "W"} or x.low in VS | PATIENT_NOUNS | _OF_TESTS for x in phrase):
        return None
    if phrase[-1].kind == "E":
        return str(phrase[-1].data)
    words = [w for x in phrase if x.low not in CLOSED for w in words_of(context.tokens, x)]
    return " ".join(words) if words and len(words) == len(phrase) - (phrase[0].low in {"the", "any"}) else None


_OF_TESTS = frozenset({"test", "tests", "points", "difference", "differences", "model", "analysis", "regression", "value"})


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


def _named(context: SentenceContext, k: int, current: Series | None) -> str | None:
    own = _own_name(context, k, current)
    if own is not None:
        return text_of(own, context.items)
    return current.endpoints[-1] if current is not None and current.endpoints else None


def _nth_endpoint(items: list[Item], k: int, codes: list[str | None]) -> str | None:
    """ "(P = 0.03 and P = 0.06)" behind two endpoints: each p-value of the run in which item `k` stands has its own."""
    first = k
    while first > 1 and (items[first - 1].kind == "P" or (items[first - 1].low in {",", "and"} and items[first - 2].kind == "P")):
        first -= 1
    run = [first]
    for j in range(first + 1, min(len(items), first + 16)):
        if items[j].kind == "P":
            run.append(j)
        elif items[j].kind != "W" or items[j].low not in {",", "and", ";"}:
            break
    if k not in run or len(run) < 2:
        return None
    distinct = list(dict.fromkeys(codes))
    if len(run) == len(distinct):
        return distinct[run.index(k)]
    if not any(x.low.startswith("respective") for x in items[run[-1] + 1 : run[-1] + 4]):
        return None
    lists = [codes_of(items, group) for group in groups_of_endpoints(items, 0, len(items))]
    fitting = [found for found in lists if len(found) == len(run)]  # "DFS and OS were worse (P = 0.01 and P = 0.03, respectively)"
    return fitting[0][run.index(k)] if fitting else None


def p_claim(
    context: SentenceContext,
    item: Item,
    k: int,
    current: Series | None,
    codes: list[str | None],
    endpoint: str | None,
    grade: str | None,
    marks: tuple[str, ...],
) -> Claim | None:
    """A p-value as a claim; `codes` are the endpoints of the values since the p-value before."""
    p: PValue = item.data
    if p.threshold:
        return None
    name = _own_name(context, k, current)
    own = None
    if name is not None:
        text = text_of(name, context.items)
        own = factor_outcome(context.tokens, context.items, k, text, name.begin, bare=current is None)
        listed = names_before(context.tokens, context.items, name, 0) if own == text and current is None else []
        own = _nth_endpoint(context.items, k, [*listed]) or own  # "OS and RFS did not differ (P = 0.86 and 0.73)"
    elif current is None:
        said = predicted(context.tokens, context.items, k)
        own = _nth_endpoint(context.items, k, []) or (said[1] if said is not None and said[0] > k else None)
    group = 0
    if own is None and current is not None:
        own = _nth_endpoint(context.items, k, codes) or (current.endpoints[-1] if current.endpoints else None)
        group = context.group
        grade = current.grade
    code = own or endpoint or context.spoken
    final = graded_code(code, grade if family_of(code) == "event" else None)
    return Claim(
        "p_value",
        endpoint=final,
        p=p.value,
        value=p.value,
        contrast=_contrast(context, k, current if group else None, False),
        span=item_span(context, k),
        sentence=context.body,
        marks=tuple(
            dict.fromkeys(
                (*marks, *p.marks, *(direction_marks(context, current.first) if current is not None else direction_marks(context, k)))
            )
        ),
        group=group,
    )
