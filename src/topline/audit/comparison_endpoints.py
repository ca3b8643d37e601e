"""What a ratio or a p-value is of: what its name says, its place in a list, the outcome of its factor, its own subject."""

from __future__ import annotations

from topline.audit.build_context import SentenceContext
from topline.audit.clauses import name_before, names_before, text_of
from topline.audit.comparison_phrases import OF_TESTS, PEOPLE, about_code, about_words, behind, complement, fronted, infinitive, inverted
from topline.audit.endpoint_lists import codes_of, groups_of_endpoints
from topline.audit.grammar import Ratio
from topline.audit.items import Item
from topline.audit.noun_phrases import Name, nounish, phrase_start
from topline.audit.outcomes import Said, factor_outcome, lists_factors, predicted
from topline.audit.phrases import family_of
from topline.audit.series import Series

__all__ = ["p_endpoint", "ratio_endpoint"]

_JOINED = frozenset({",", "and", ";"})
_EVENTS = frozenset({"tte", "event", "other", "category"})


def _statistic(items: list[Item], k: int, begin: int) -> int:
    """Where the bracket's statistics begin: "fatigue (t = 2.1, P = 0.03)" names what the bracket stands behind."""
    opened = next((j for j in range(k - 1, max(begin, k - 12) - 1, -1) if items[j].low in {"(", "[", ")", "]"}), -1)
    if opened < 0 or items[opened].low in {")", "]"}:
        return k
    if all(x.kind == "W" and x.low[:1].isalpha() for x in items[opened + 1 : k]) or any(
        x.low in {"=", "±"} or x.kind == "X" for x in items[opened + 1 : k]
    ):
        return opened + 1  # "(standardised incidence ratio, 2.9; …"
    return k


def _unfinished(items: list[Item], begin: int, found: Name | None) -> bool:
    """ "or stage III (14 months) melanoma (P …)": the phrase goes on behind the bracket and names nothing new."""
    between = items[begin : found.begin] if found is not None else []
    return bool(between) and all(x.low in {")", "]"} for x in between)


def _own_name(context: SentenceContext, k: int, current: Series | None) -> Name | None:
    """What stands between the values before and a ratio or p-value as its own subject."""
    begin = current.last + 1 if current is not None else 0
    begin = max(begin, next((j + 1 for j in range(k - 1, begin - 1, -1) if context.items[j].kind in {"P", "R"}), begin))
    first = _statistic(context.items, k, begin)
    found, second = name_before(context.tokens, context.items, first, begin)
    if found is None and second is not None and second.at is not None and current is None and context.items[k].kind == "P":
        found = second
    inside = current is not None and (context.items[first - 1].low not in {"(", "["} or _unfinished(context.items, begin, found))
    if found is None or (found.at is None and (inside or found.words.split()[-1] in OF_TESTS)):
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


def _close(items: list[Item], k: int, name: Name | None) -> bool:
    """Whether the phrase right before the bracket of item `k` is its name."""
    opened = next((j for j in range(k - 1, max(0, k - 9), -1) if items[j].low in {"(", "[", ")", "]"}), 0)
    return name is not None and items[opened].low in {"(", "["} and name.begin >= phrase_start(items, opened - 1, max(0, opened - 13))


def _parallel(context: SentenceContext, k: int, current: Series | None, name: Name | None) -> str | None:
    """ "lower for lobectomy (OR …), gastrectomy (OR …)", "…, as did X (OR …)": one more of what did not name the ratio before."""
    last, items = context.compared, context.items
    if last is None or len(last[1]) != 1 or (current is not None and current.last > last[0]):
        return None
    turned, phrase = inverted(context, k)
    if turned:
        return last[1][0] if context.compared_close else phrase
    if name is None or context.compared_close or (name.at is not None and family_of(text_of(name, items)) != "phrase"):
        return None
    if items[k].kind == "P" and family_of(last[1][0]) == "phrase":
        return None
    between = items[last[0] + 1 : name.begin]
    return last[1][0] if between and all(x.low in {")", "]", ",", "and", "or", "the", "a"} for x in between) else None


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
    own = about_code(ratio.about) or about_words(context, ratio.about) or behind(context, k) or fronted(context, k)
    run = _run(items, k)
    own = own or _nth_endpoint(items, k, []) or infinitive(context, k) or (behind(context, run[-1]) if len(run) > 1 else None)
    name = _own_name(context, k, current) if own is None else None
    if name is not None and name.at is None and name.words.split()[-1] in PEOPLE:
        name = None
    own = own or _parallel(context, k, current, name)
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
    context.compared, context.compared_close = (k, [code]), name is not None and code == text_of(name, items) and _close(items, k, name)
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
        own = factor_outcome(context.tokens, items, k, text, name.begin, bare=current is None and name.at is None)
        listed = names_before(context.tokens, items, name, 0) if own == text and current is None else []
        nth = _nth_endpoint(items, k, [*listed])
        own = nth or own  # "OS and RFS did not differ (P = 0.86 and 0.73)"
        own = _parallel(context, k, current, name) or own
        context.compared = (k, [*listed] if nth is not None else [own])
        context.compared_close = own == text and _close(items, k, name)
        return own, False
    own = _parallel(context, k, current, None) or _continued(context, k, current)
    if own is None and current is None:
        said = predicted(context.tokens, items, k)
        own = _nth_endpoint(items, k, []) or (said.name if said is not None else None) or complement(context, k)
    if own is not None:
        context.compared = (k, [own]) if context.compared is None or len(context.compared[1]) == 1 else (k, context.compared[1])
    if own is not None or current is None:
        return own, False
    return _nth_endpoint(items, k, codes) or (current.endpoints[-1] if current.endpoints else None), True
