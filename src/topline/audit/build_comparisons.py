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
from topline.audit.comparison_endpoints import p_endpoint, ratio_endpoint
from topline.audit.grammar import PValue, Ratio
from topline.audit.items import Item
from topline.audit.phrases import family_of
from topline.audit.series import Series

__all__ = ["p_claim", "ratio_claim"]


_MODEL = frozenset(
    {
        "associated", "factor", "factors", "independent", "multivariable", "multivariate", "predictor", "predictors", "prognostic",
        "univariate",
    }
)  # fmt: skip


def _of_a_factor(words: set[str], current: Series | None) -> bool:
    """Whether the ratios of a sentence are of factors in a model, and not of two arms."""
    return not words.isdisjoint(_MODEL) and (current is None or len(set(current.arms) - {None}) < 2)


def _p_text(p: PValue | None) -> str | None:
    return None if p is None else p.value


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
    factor = _of_a_factor(words, current)
    code = ratio_endpoint(context, ratio, k, current, endpoint, factor=factor)
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
    own, shared = p_endpoint(context, k, current, codes)
    group = context.group if shared else 0
    if shared and current is not None:
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
