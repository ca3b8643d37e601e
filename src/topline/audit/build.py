"""Claims of one sentence, built from its series, ratios and p-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from topline.audit.arms import ArmBook
from topline.audit.claims import Claim
from topline.audit.grammar import Cell, Interval, PValue, Ratio
from topline.audit.items import Item
from topline.audit.lexicon import FAMILY, HIGHER, LOWER
from topline.audit.series import Series
from topline.audit.tokens import Token

__all__ = ["SentenceContext", "build_claims"]

_GRADED = {"TRAE", "TEAE", "AE", "IRAE", "HEMTOX", "SAE"}
_SUBSET = frozenset(
    [
        "subgroup",
        "subset",
        "subgroups",
        "positive",
        "negative",
        "aged",
        "harboring",
        "harbouring",
        "expressing",
        "mutation",
        "mutations",
        "mutant",
        "evaluable",
        "assessable",
        "population",
    ]
)
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


@dataclass(slots=True)
class SentenceContext:
    """What a sentence's claims need to know about it."""

    tokens: list[Token]
    items: list[Item]
    body: str
    book: ArmBook
    total: int | None
    local: int | None
    group: int


def build_claims(context: SentenceContext, series: list[Series]) -> list[Claim]:
    """All claims of a sentence in order of appearance."""
    claims: list[Claim] = []
    marks = _marks(context)
    by_item: dict[int, Series] = {s.last: s for s in series}
    categories: dict[int | None, dict[str, int]] = {}
    category_spans: dict[int | None, list[tuple[int, int]]] = {}
    current: Series | None = None
    endpoint: str | None = None
    grade: str | None = None
    for k, item in enumerate(context.items):
        if item.kind == "E":
            endpoint = str(item.data)
            if current is not None and any(x.kind == "E" for x in context.items[current.last + 1 : k + 1]):
                pass
        elif item.kind == "G":
            grade = str(item.data)
        elif item.kind == "C" and k in by_item:
            current = by_item[k]
            context.group += 1
            for cell, at, code, arm, time in zip(current.cells, current.at, current.endpoints, current.arms, current.times, strict=True):
                if (
                    code in {"CR", "PR", "SD", "PD", "NE"}
                    and cell.unit is None
                    and cell.x is None
                    and cell.value is not None
                    and cell.value.isdigit()
                ):
                    counts = categories.setdefault(arm, {})
                    if code not in counts:
                        counts[code] = int(cell.value)
                        category_spans.setdefault(arm, []).append(_span(context, at))
                        continue
                claim = _value_claim(context, current, cell, at, code, arm, time, marks)
                if claim is not None:
                    claims.append(claim)
        elif item.kind == "R":
            claims.append(_ratio_claim(context, item, k, current, endpoint, marks))
        elif item.kind == "P":
            found = _p_claim(context, item, k, current, endpoint, grade, marks)
            if found is not None:
                claims.append(found)
    for arm, counts in categories.items():
        places = category_spans[arm]
        span = (min(p[0] for p in places), max(p[1] for p in places))
        if len(counts) == 1:
            code, value = next(iter(counts.items()))
            claims.append(
                Claim(
                    "count",
                    endpoint=code,
                    arm=_arm_name(context, arm),
                    value=str(value),
                    x=value,
                    n=_carried(context, arm),
                    unit="patients",
                    span=span,
                    sentence=context.body,
                    n_from="carried",
                )
            )
        else:
            claims.append(
                Claim(
                    "response_counts",
                    endpoint="BOR",
                    arm=_arm_name(context, arm),
                    n=_carried(context, arm),
                    unit="patients",
                    span=span,
                    sentence=context.body,
                    counts=counts,
                    n_from="carried",
                )
            )
    return claims


def _span(context: SentenceContext, at: int) -> tuple[int, int]:
    item = context.items[at]
    j = min(item.j, len(context.tokens))
    return context.tokens[item.i].start, context.tokens[j - 1].end


def _arm_name(context: SentenceContext, arm: int | None) -> str | None:
    return context.book.arms[arm].name if arm is not None else None


def _carried(context: SentenceContext, arm: int | None) -> int | None:
    if arm is not None:
        return context.book.arms[arm].n
    return context.local or context.total


def _marks(context: SentenceContext) -> tuple[str, ...]:
    words = {t.lower for t in context.tokens if t.kind == "w"}
    out: list[str] = []
    if words & {"significant", "significantly", "significance"}:
        lows = [t.lower for t in context.tokens]
        negative = any(
            w in {"significant", "significantly", "significance"}
            and (set(lows[max(0, i - 4) : i]) & {"not", "no", "without", "neither", "nor", "non", "nonsignificant"})
            for i, w in enumerate(lows)
        )
        out.append("not significant" if negative else "significant")
    if words & {"one-sided", "1-sided"} or "one sided" in context.body.lower():
        out.append("one-sided")
    if words & {"log-rank", "logrank"}:
        out.append("log-rank")
    if words & {
        "stratified",
        "cochran",
        "cochran-mantel-haenszel",
        "adjusted",
        "adjusting",
        "multivariate",
        "multivariable",
        "weighted",
        "iptw",
        "matched",
        "matching",
    }:
        out.append("adjusted")
    if (
        words & _SUBSET
        or (words & {"patients", "those"} and " patients with " in context.body)
        or (" who " in context.body and "patients who received" not in context.body)
    ):
        out.append("subset")
    if words & {"estimated", "kaplan-meier", "actuarial", "cumulative"}:
        out.append("estimated")
    if words & {"per", "cycles", "lesions", "doses", "courses", "samples", "specimens", "tumors", "tumours", "targets"}:
        out.append("other units")
    return tuple(out)


def _direction(context: SentenceContext, at: int) -> tuple[str, ...]:
    """Words of comparison that stand just before a value: higher, lower."""
    words: list[str] = []
    for item in reversed(context.items[max(0, at - 16) : at]):
        if item.kind in {"C", "P", "R"}:
            break
        if item.kind == "W":
            words.append(item.low)
    out: list[str] = []
    if set(words) & HIGHER:
        out.append("higher")
    if set(words) & LOWER:
        out.append("lower")
    if set(words) & {"not", "no", "similar", "comparable", "nor", "neither", "without"}:
        out.append("negated")
    return tuple(out) if len(out) == 1 else ()


def _code(code: str | None, grade: str | None) -> str | None:
    if code in _GRADED and grade is not None:
        if grade[0] == "3":
            return f"{code}3"
        return f"{code} grade {grade}"
    return code


def _value_claim(
    context: SentenceContext, s: Series, cell: Cell, at: int, code: str | None, arm: int | None, time: str | None, marks: tuple[str, ...]
) -> Claim | None:
    family = FAMILY.get(code or "", "")
    interval = cell.interval
    following = [x.low or str(x.data) for x in context.items[at + 1 : at + 4]]
    if (
        cell.unit == "%"
        and following[:1] == ["of"]
        and not set(following) & {"patients", "participants", "subjects", "cases", "those", "women", "men", "individuals"}
    ):
        marks = (*marks, "other units")
    base_marks = tuple(dict.fromkeys((*marks, *_direction(context, s.first))))
    name = _arm_name(context, arm)
    n, n_from = cell.n, "printed" if cell.n is not None else None
    x = cell.x
    if cell.n_equals is not None and cell.unit == "%" and cell.value is not None:
        n, x, n_from = _read_n_equals(cell, _carried(context, arm))
    grade = s.grade if family in {"event", "term"} or (code is None and s.label is not None and s.grade is not None) else None
    endpoint = _code(code, grade) or s.label
    shared: dict[str, Any] = {
        "endpoint": endpoint,
        "arm": name,
        "span": _span(context, at),
        "sentence": context.body,
        "marks": base_marks,
        "group": context.group,
    }
    lower, upper, kind, level = _bounds(interval)
    if cell.sd is not None:
        return Claim("mean_sd", value=cell.value, lower=cell.sd, unit=cell.unit, interval="sd", **shared)
    if cell.unit == "%" or (x is not None and n is not None):
        if cell.value is not None and float(cell.value) > 100:
            return None
        if endpoint is None and cell.unit == "%" and x is None and n is None and interval is None:
            endpoint = None
        landmark = family == "tte" or (code in {"LC"})
        if n is None and not landmark:
            n = _carried(context, arm)
            n_from = "carried" if n is not None else None
            if n is not None and x is not None and x > n:
                n, n_from = None, None
        if landmark:
            return Claim(
                "landmark_rate",
                value=cell.value,
                x=x,
                n=n,
                lower=lower,
                upper=upper,
                conf_level=level,
                unit="%",
                interval=kind,
                time=time,
                n_from=n_from,
                **shared,
            )
        if code == "AGE" or code == "FU":
            shared["endpoint"] = s.label
        return Claim(
            "proportion",
            value=cell.value,
            x=x,
            n=n,
            lower=lower,
            upper=upper,
            conf_level=level,
            unit="%",
            interval=kind,
            n_from=n_from,
            time=time if family == "response" or code in {"RECUR", "DEATH"} else None,
            grade=grade,
            **shared,
        )
    timed = cell.unit in {"months", "years", "weeks", "days"}
    if cell.value == "NR" and family != "tte":
        return None
    if (
        timed
        or cell.value == "NR"
        or (interval is not None and cell.noun is None)
        or (family == "tte" and cell.value is not None and "." in cell.value and cell.noun is None)
    ):
        if code == "FU":
            return Claim("follow_up", value=cell.value, lower=lower, upper=upper, conf_level=level, unit=cell.unit, interval=kind, **shared)
        lows = {t.lower for t in context.tokens}
        median = "median" in lows or "mpfs" in lows or "mos" in lows or any(w.startswith("m") and w[1:].upper() in FAMILY for w in lows)
        if family == "tte" or code == "AGE" or (median and (interval is not None)):
            if code == "AGE" and not median:
                return None
            if family != "tte" and code != "AGE":
                shared["endpoint"] = s.label or endpoint
            return Claim(
                "median", value=cell.value, lower=lower, upper=upper, conf_level=level, unit=cell.unit, interval=kind, n=None, **shared
            )
        return None
    if (
        cell.value is not None
        and cell.value.isdigit()
        and (cell.noun is not None or s.after)
        and family in {"event", "response", "category"}
        and int(cell.value) > 0
    ):
        return Claim(
            "count", value=cell.value, x=int(cell.value), n=_carried(context, arm), unit="patients", n_from="carried", grade=grade, **shared
        )
    return None


def _read_n_equals(cell: Cell, size: int | None) -> tuple[int | None, int | None, str | None]:
    """ "47.7% (n = 31)" is a count, "47.7% (n = 65)" a denominator: the printed size decides."""
    given = cell.n_equals
    percent = float(cell.value or 0)
    if given is None:
        return None, None, None
    if size and abs(100 * given / size - percent) < 1.0:
        return size, given, "carried"
    if size and given == size:
        return given, None, "printed"
    if size is None or (given < size * 0.9 and abs(100 * given / size - percent) < 5):
        return size, given, "carried" if size else None
    return given, None, "printed"


def _bounds(interval: Interval | None) -> tuple[str | None, str | None, str | None, str | None]:
    if interval is None:
        return None, None, None, None
    kind = "ci" if interval.kind == "ci" else None if interval.kind == "bare" else interval.kind
    return interval.lower, interval.upper, kind, interval.level


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


def _ratio_claim(
    context: SentenceContext, item: Item, k: int, current: Series | None, endpoint: str | None, marks: tuple[str, ...]
) -> Claim:
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
    lower, upper, _, level = _bounds(ratio.interval)
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
        span=_span(context, k),
        sentence=context.body,
        interval="ci" if lower is not None else None,
        marks=tuple(dict.fromkeys((*marks, *extra, *_direction(context, current.first if current is not None else k)))),
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


def _p_claim(
    context: SentenceContext, item: Item, k: int, current: Series | None, endpoint: str | None, grade: str | None, marks: tuple[str, ...]
) -> Claim | None:
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
    final = _code(code, grade if FAMILY.get(code or "") == "event" else None) or label
    return Claim(
        "p_value",
        endpoint=final,
        p=p.value,
        value=p.value,
        contrast=_contrast(context, k, current if group else None, False),
        span=_span(context, k),
        sentence=context.body,
        marks=tuple(
            dict.fromkeys((*marks, *p.marks, *(_direction(context, current.first) if current is not None else _direction(context, k))))
        ),
        group=group,
    )
