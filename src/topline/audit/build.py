"""Claims of one sentence, built from its series, ratios and p-values."""

from __future__ import annotations

from typing import Any

from topline.audit.build_comparisons import p_claim, ratio_claim
from topline.audit.build_context import (
    SentenceContext,
    arm_name,
    carried_size,
    direction_marks,
    graded_code,
    interval_bounds,
    item_span,
    sentence_marks,
    speaks_of_others,
)
from topline.audit.build_locations import location_claim, share_is_middle, words_between
from topline.audit.claims import Claim
from topline.audit.clause_words import SEXES
from topline.audit.grammar import Cell
from topline.audit.phrases import family_of
from topline.audit.series import Series
from topline.audit.small_words import VS

__all__ = ["SentenceContext", "build_claims"]


_SPEAKING = frozenset({"C", "E", "G", "P", "R"})


def build_claims(context: SentenceContext, series: list[Series]) -> list[Claim]:
    """All claims of a sentence in order of appearance."""
    claims: list[Claim] = []
    marks = sentence_marks(context)
    by_item: dict[int, Series] = {s.last: s for s in series}
    categories: dict[int | None, dict[str, int]] = {}
    category_spans: dict[int | None, list[tuple[int, int]]] = {}
    current: Series | None = None
    codes: list[str | None] = []
    tested = False
    endpoint: str | None = None
    grade: str | None = None
    for k, item in [(k, item) for k, item in enumerate(context.items) if item.kind in _SPEAKING]:
        if item.kind == "E":
            endpoint = str(item.data)
        elif item.kind == "G":
            grade = str(item.data)
        elif item.kind == "C" and k in by_item:
            context.group += not _second_arm(context, current, by_item[k])
            if tested:
                codes, tested = [], False
            current = by_item[k]
            codes.extend(current.endpoints)
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
                        category_spans.setdefault(arm, []).append(item_span(context, at))
                        continue
                claim = _value_claim(context, current, cell, at, code, arm, time, marks)
                if claim is not None:
                    claims.append(claim)
        elif item.kind == "R":
            claims.append(ratio_claim(context, item, k, current, endpoint, marks))
        elif item.kind == "P":
            found = p_claim(context, item, k, current, codes, endpoint, grade, marks)
            tested = True
            if found is not None:
                claims.append(found)
    for arm, counts in categories.items():
        places = category_spans[arm]
        span = (min(p[0] for p in places), max(p[1] for p in places))
        if set().union(*categories.values()) == {"PD"} or (len(counts) == 1 and len(categories) == 1):  # no set of responses
            code, value = next(iter(counts.items()))
            claims.append(
                Claim(
                    "count",
                    endpoint=code,
                    arm=arm_name(context, arm),
                    value=str(value),
                    x=value,
                    n=carried_size(context, arm),
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
                    arm=arm_name(context, arm),
                    n=carried_size(context, arm),
                    unit="patients",
                    span=span,
                    sentence=context.body,
                    counts=counts,
                    n_from="carried",
                )
            )
    return claims


def _second_arm(context: SentenceContext, before: Series | None, now: Series) -> bool:
    """Tell whether a value is the other arm's of the value before ("60.0% in A, compared with 45.4% in B; P …")."""
    if before is None or len(before.cells) != 1 or len(now.cells) != 1 or before.endpoints != now.endpoints:
        return False
    if before.endpoints[0] is None or None in (before.arms[0], now.arms[0]) or before.arms == now.arms or before.grade != now.grade:
        return False
    return not any(x.kind in {"P", "R"} for x in context.items[before.last + 1 : now.first])


_SEXED = SEXES | {"men": "male", "women": "female"}


def _value_claim(
    context: SentenceContext, s: Series, cell: Cell, at: int, code: str | None, arm: int | None, time: str | None, marks: tuple[str, ...]
) -> Claim | None:
    family = family_of(code)
    interval = cell.interval
    following = ["patients" if x.kind == "A" else x.low or str(x.data) for x in context.items[at + 1 : at + 5]]
    if (
        cell.unit == "%"
        and following[:1] == ["of"]
        and not set(following) & {"patients", "participants", "subjects", "cases", "those", "women", "men", "individuals"}
    ):
        marks = (*marks, "other units")
    base_marks = tuple(dict.fromkeys((*marks, *direction_marks(context, s.first))))
    name = arm_name(context, arm)
    n, n_from = cell.n, "printed" if cell.n is not None else None
    x = cell.x
    if cell.n_equals is not None and cell.unit == "%" and cell.value is not None:
        n, x, n_from = _read_n_equals(cell, carried_size(context, arm))
    grade = s.grade if family in {"event", "term", "phrase"} else None
    endpoint = graded_code(code, grade)
    shared: dict[str, Any] = {
        "endpoint": endpoint,
        "arm": name,
        "span": item_span(context, at),
        "sentence": context.body,
        "marks": base_marks,
        "group": context.group,
    }
    lower, upper, kind, level = interval_bounds(interval)
    if cell.unit is None and cell.x is None and cell.noun is None and lower is not None and kind != "range" and family == "tte":
        before = [x.low for x in context.items[max(0, at - 24) : at]]
        rated = next((k for k in range(at - 1, max(-1, at - 40), -1) if context.items[k].kind == "R"), None)
        medians = rated is not None and any(x.low in {"median", "medians"} for x in context.items[rated:at])
        if (rated is not None and not medians) or ("hazard" in before and "median" not in before):
            return Claim("ratio", value=cell.value, lower=lower, upper=upper, conf_level=level, interval="ci", measure="HR", **shared)
    of_men = cell.n is not None and context.tokens[context.items[at].j - 1].lower == cell.noun  # "20% of 40 men"
    if cell.noun in _SEXED and x is not None and not of_men and (endpoint is None or cell.noun in SEXES):
        shared["endpoint"] = _SEXED[cell.noun]
    if cell.sd is not None and cell.unit == "%" and family == "tte":
        return Claim("landmark_rate", value=cell.value, unit="%", time=time, **shared)  # an estimate ± its standard error
    if cell.sd is not None:
        return Claim("mean_sd", value=cell.value, lower=cell.sd, unit=cell.unit, interval="sd", **shared)
    if cell.value is None and x is not None and n is not None and family == "tte" and following[:1] in (["events"], ["deaths"]):
        return Claim("count", value=str(x), x=x, n=n, unit="events", n_from="printed", **shared)  # "324 of 385 planned events"
    share = x is None and n is None and cell.unit == "%"
    if share and family in {"phrase", "term"} and not s.after and share_is_middle(context, s):
        return location_claim(context, s, cell, code, family, shared)
    if _share_of_one(cell, family, time):
        return Claim("landmark_rate", value=cell.value, lower=lower, upper=upper, conf_level=level, interval=kind, time=time, **shared)
    if cell.unit == "%" or (x is not None and n is not None):
        counted = x is not None and n is not None  # "4/42 (1011%)" is for the checks to say
        if cell.value == "NR" or (cell.value is not None and not counted and not 0 <= float(cell.value.lstrip("<>")) <= 100):
            return None
        landmark = family == "tte" or (time is not None and x is None and _over_time(context, s, code))
        if n is None and not landmark:
            compared = arm is None and len(s.cells) > 1 and (len(context.book.arms) > 1 or _versus(context, s))
            n = None if compared else carried_size(context, arm)
            if n is not None and arm is None and x is None and speaks_of_others(context, at):
                n = None
            n_from = "carried" if n is not None else None
            if n is not None and x is not None and (x > n or (x == n and cell.value is not None and float(cell.value.lstrip("<>")) < 99)):
                n, n_from = None, None  # "A (n = 18, 24%)" was taken for a size
        return Claim(
            "landmark_rate" if landmark else "proportion",
            value=cell.value,
            x=x,
            n=n,
            lower=lower,
            upper=upper,
            conf_level=level,
            unit="%",
            interval=kind,
            n_from=n_from,
            time=time if landmark or family == "response" or code in {"RECUR", "DEATH"} else None,
            grade=None if landmark else grade,
            **shared,
        )
    found = location_claim(context, s, cell, code, family, shared)
    if found is not None:
        return found
    if (
        cell.value is not None
        and cell.value.isdigit()
        and (cell.noun is not None or s.after)
        and s.stated
        and family in {"event", "response", "category"}
        and int(cell.value) > 0
    ):
        return Claim(
            "count",
            value=cell.value,
            x=int(cell.value),
            n=carried_size(context, arm),
            unit="patients",
            n_from="carried",
            grade=grade,
            **shared,
        )
    return None


def _share_of_one(cell: Cell, family: str, time: str | None) -> bool:
    """ "PFS at 12 months was 0.62 (95% CI 0.51-0.72)": a rate printed as a share of one."""
    if cell.unit is not None or cell.x is not None or cell.sd is not None or cell.value is None or family != "tte" or time is None:
        return False
    return cell.value.startswith("0.") and (cell.interval is None or cell.interval.upper.startswith(("0.", "1.0")))


def _over_time(context: SentenceContext, s: Series, code: str | None) -> bool:
    """Whether a rate with a time is one of a curve: "the 15-year incidence of X", "3-month mortality"; response rates are not."""
    family = family_of(code)
    if family in {"response", "category"}:
        return False
    if family in {"phrase", "other", ""} or code == "DEATH":
        return True
    words = {"cumulative", "actuarial", "incidence", "incidences", "probability", "kaplan-meier", "estimated", "risk"}
    return bool(words & words_between(context, max(0, s.first - 14), s.first))


def _versus(context: SentenceContext, s: Series) -> bool:
    """Whether the values of a series are set against each other: then each has a denominator of its own."""
    return any(x.low in VS for x in context.items[s.first : s.last])


def _read_n_equals(cell: Cell, size: int | None) -> tuple[int | None, int | None, str | None]:
    """ "47.7% (n = 31)" is a count, "47.7% (n = 65)" a denominator: the printed size decides."""
    given = cell.n_equals
    percent = float((cell.value or "0").lstrip("<>"))
    if given is None:
        return None, None, None
    if size and abs(100 * given / size - percent) < 1.0:
        return size, given, "carried"
    if size and given == size:
        return given, None, "printed"
    if size is None or (given < size * 0.9 and abs(100 * given / size - percent) < 5):
        return size, given, "carried" if size else None
    return given, None, "printed"
