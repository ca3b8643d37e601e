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
from topline.audit.grammar import PValue, Ratio
from topline.audit.items import Item
from topline.audit.lexicon import FAMILY
from topline.audit.series import Series

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
    if "recurrence" in words or "relapse" in words:
        return "RFS" if "death" in words else "RECUR"
    if "progression" in words:
        return "PFS"
    if words & {"death", "mortality", "os", "survival"} and "free" not in words and "progression-free" not in words:
        return "OS"
    for word in words:
        if word.upper() in FAMILY and FAMILY[word.upper()] in {"tte", "response"}:
            return word.upper()
    if "progression-free" in words:
        return "PFS"
    if "disease-free" in words:
        return "DFS"
    return None


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
    code = _about(ratio.about)
    if code is None:
        code = endpoint
        if current is not None and current.endpoints:
            later = [x for x in context.items[current.last + 1 : k] if x.kind == "E"]
            code = str(later[-1].data) if later else current.endpoints[-1] or endpoint
    if factor and ratio.measure == "HR":
        near = [*reversed(context.items[:k]), *context.items[k:]]
        code = next((str(x.data) for x in near if x.kind == "E" and FAMILY.get(str(x.data)) == "tte"), code)
    if code is None:
        code = next((str(x.data) for x in context.items[k:] if x.kind == "E"), None)
    if code in {"FU", "AGE", "DOT"}:
        code = None
    if ratio.measure == "HR":
        code = {"DEATH": "OS", "PD": "PFS", None: context.last_endpoint}.get(code, code)
    lower, upper, _, level = interval_bounds(ratio.interval)
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


def _nth_endpoint(context: SentenceContext, current: Series, k: int) -> str | None:
    """ "(P = 0.03 and P = 0.06)" after values of two endpoints: each p-value has its own."""
    distinct = list(dict.fromkeys(current.endpoints))
    if len(distinct) < 2:
        return current.endpoints[-1]
    after = [j for j in range(current.last + 1, len(context.items)) if context.items[j].kind in {"P", "C", "E", "R"}]
    run = []
    for j in after:
        if context.items[j].kind != "P":
            break
        run.append(j)
    return distinct[run.index(k)] if len(run) == len(distinct) and k in run else current.endpoints[-1]


def p_claim(
    context: SentenceContext, item: Item, k: int, current: Series | None, endpoint: str | None, grade: str | None, marks: tuple[str, ...]
) -> Claim | None:
    """A p-value that stands with values, as a claim."""
    p: PValue = item.data
    if p.threshold:
        return None
    code: str | None = endpoint
    label = None
    group = 0
    if current is not None:
        later = [x for x in context.items[current.last + 1 : k] if x.kind == "E"]
        if later:
            code = str(later[-1].data)
        else:
            code = _nth_endpoint(context, current, k) if current.endpoints else endpoint
            label = current.label
            group = context.group
            grade = current.grade
            if code is None and label is None:
                code = endpoint
    final = graded_code(code, grade if FAMILY.get(code or "") == "event" else None) or label
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
