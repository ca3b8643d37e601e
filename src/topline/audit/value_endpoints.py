"""Which endpoint each value of a series belongs to, before it or after it."""

from __future__ import annotations

from itertools import pairwise

from topline.audit.carried_endpoints import carry, done_as_well, goes_on, of_both, same_clause, within_bracket
from topline.audit.clause_words import DETERMINERS, PREDICATES
from topline.audit.clauses import name_before, names_before, text_of
from topline.audit.complements import further_state
from topline.audit.endpoint_after import countlike, endpoint_after, grade_of
from topline.audit.endpoint_lists import groups_of_endpoints, laid_out, said, share_among
from topline.audit.grouping import Series
from topline.audit.items import Item
from topline.audit.noun_phrases import Name, nounish
from topline.audit.outcomes import lists_factors, predicted
from topline.audit.phrases import family_of
from topline.audit.predicates import label_after, name_after, names_after, own_names
from topline.audit.small_words import LIST_GLUE, VS
from topline.audit.tokens import Token
from topline.audit.verb_names import changed_after, participle_before

__all__ = ["assign_endpoints"]

_MOVED = frozenset({"declined", "decreased", "dropped", "fell", "improved", "increased", "reduced", "rose"})
_ANAPHORS = frozenset({"values", "value", "figures", "rates", "numbers", "percentages", "proportions", "times", "medians"})


_SHARES = frozenset({"half", "majority", "minority", "quarter", "third", "two-thirds"})
_OPENING = frozenset({":", ",", ";", "and", "that", "which", "whereas", "while", "but"})


def assign_endpoints(
    tokens: list[Token], items: list[Item], s: Series, begin: int, stop: int, previous: Series | None, inherited: str | None
) -> None:
    """Set the endpoint of each value; `inherited` is what the sentence before spoke of."""
    if not _by_clauses(tokens, items, s, begin, stop, previous, inherited):
        _assign(tokens, items, s, begin, stop, previous, inherited)
    inner = _of_bracket(items, s, begin)
    if inner is not None and not s.paired and inner not in s.endpoints:
        s.endpoints, s.stated = [inner] * len(s.cells), True
    if len(s.at) > 1 and not s.after and not said(items, s, VS):
        gap = [x.low for x in items[s.at[-2] + 1 : s.last]]
        if gap in ([")", "and"], [")", ",", "and"], ["]", "and"], ["]", ",", "and"]) and items[s.last - 1].low not in {"(", "["}:
            own = name_after(tokens, items, s.last, stop)  # "X was seen (68%), and 50% of the patients had Y"
            if own is not None:
                s.endpoints[-1] = text_of(own, items)


def _by_clauses(
    tokens: list[Token], items: list[Item], s: Series, begin: int, stop: int, previous: Series | None, inherited: str | None
) -> bool:
    """ "chemotherapy was given to 54%, and 21% underwent surgery": each clause names its own value."""
    if len(s.at) != 2 or s.cells[0].unit != "%" or said(items, s, VS):
        return False
    j = s.last - 1
    while j > s.first and items[j].low in {"only", "just", "about", "approximately", "nearly", "another", "further", "in"}:
        j -= 1
    joint = items[j].low
    if joint not in {"while", "whereas", "but", ";", "both"} and not (joint in {"and", "with"} and items[j - 1].low == ","):
        return False
    before, second = name_before(tokens, items, s.first, begin)
    own = name_after(tokens, items, s.last, stop) if before is not None or second is not None else None
    if joint == "both" and items[s.last - 1].low == "in":
        own = Name(None, "both", verb=True)
    if own is None or not own.verb or any(x.low.startswith("respective") for x in items[s.last : own.begin]):
        return False
    one = Series(s.cells[:1], s.at[:1])
    _assign(tokens, items, one, begin, s.last, previous, inherited)
    if one.endpoints[0] is None:
        return False
    s.endpoints, s.stated, s.paired, s.grade = [*one.endpoints, text_of(own, items)], True, True, one.grade
    return True


def _of_bracket(items: list[Item], s: Series, begin: int) -> str | None:
    """The endpoint that opens the bracket of the values: "time to progression (TTP; median, 4.5 v 9.2 months)"."""
    for k in range(s.first - 1, begin, -1):
        if items[k].kind in {"C", "R", "P", "S"} or items[k].low in {")", "]"}:
            return None
        if items[k].kind == "E" and items[k - 1].low in {"(", "["}:
            return str(items[k].data)
    return None


def _assign(
    tokens: list[Token], items: list[Item], s: Series, begin: int, stop: int, previous: Series | None, inherited: str | None
) -> None:
    k = len(s.cells)
    rate = s.cells[0].unit == "%"
    groups = groups_of_endpoints(items, begin, s.first)
    after = endpoint_after(tokens, items, s, stop)
    s.grade = grade_of(items, begin, s.first, stop)
    if after is not None and items[s.last + 1].low == "for" and after <= s.last + 3:
        s.endpoints = [str(items[after].data)] * k  # "23.5% vs 11.8% for ORR"
        s.after = True
        return
    follows = items[s.last + 1].low if s.last + 1 < len(items) else ""
    led = previous is not None and previous.after and follows in {"for", "from", "on"}
    if previous is not None and led and any(x.low == follows for x in items[previous.last + 1 : previous.last + 4]):
        whom = label_after(tokens, items, s.last + 1, stop)
        if whom is not None:
            s.endpoints, s.after = [text_of(whom, items)] * k, True  # "18 (15%) for recurrence and 13 (11%) for carcinoma in situ"
            return
    if any(x.low in {"these", "corresponding", "respective", "those"} and y.low in _ANAPHORS for x, y in pairwise(items[begin : s.first])):
        s.endpoints = [previous.endpoints[-1] if previous is not None and previous.endpoints else inherited] * k  # "these values were"
        s.stated = True
        return
    if previous is not None and previous.endpoints and items[s.first - 1].low == "to" and items[s.first - 2].low in _MOVED:
        carry(s, previous)  # "… in 2018, which decreased to 42% by 2021"
        return
    if previous is not None and previous.endpoints and _only_the_other(items, s) and previous.cells[-1].unit == s.cells[0].unit:
        carry(s, previous)  # "a 36% response if they had fever (versus 8%)"
        return
    if [x.low for x in items[max(0, s.first - 4) : s.first]] == ["after", "a", "median", "of"] and s.cells[0].unit in {"months", "years"}:
        s.endpoints = ["FU"] * k  # "after a median of 8 years"
        return
    going = previous is not None and bool(previous.endpoints) and rate
    if going and previous is not None and goes_on(items, previous, s):
        carry(s, previous)
        return
    if going and previous is not None and (name := done_as_well(items, previous, s)) is not None:
        s.endpoints, s.after = [name] * k, True
        return
    if going and of_both(items, s):
        s.endpoints = ["both"] * k  # "local recurrence in 11%, metastases in 20% and both in 3%"
        return
    further = further_state(items, s.first, previous.endpoints[-1]) if going and previous is not None else None
    if further is not None:
        s.endpoints = [further] * k
        return
    if items[s.first - 1].low == "of" and items[s.first - 2].low == "period":
        s.endpoints = [None] * k  # "over a period of 3 years"
        return
    before, second = name_before(tokens, items, s.first, begin)
    if rate and before is not None and before.at is not None and items[before.at].data in {"FU", "AGE"}:
        before = None  # a rate is of no follow-up and no age
    if rate and second is not None and second.at is not None and items[second.at].data in {"FU", "AGE"}:
        second = None
    if groups and any(x.low in {"was", "were", ":", "="} for x in items[max(groups[-1][-1], s.first - 3) : s.first]):
        after = None
    led = after == s.last + 1 and items[s.first - 1].low in {"a", "an", "had", "with"}  # "was associated with 6.6% deaths"
    whose = any(x.low == "who" for x in items[s.last + 1 : after or 0]) and before is not None and before.verb
    if after is not None and not whose and (led or before is None or countlike(s.cells[-1]) or not _copula(items, before.begin, s.first)):
        denied = items[after - 1].low in {"no", "without"} and s.cells[0].value != "0"
        s.endpoints = [f"no {items[after].data}" if denied else str(items[after].data)] * k
        s.after = s.stated = True
        near = next((x for x in items[s.last + 1 : after] if x.kind == "G"), None)
        s.grade = str(near.data) if near is not None else s.grade
        return
    if rate:
        labels = [label_after(tokens, items, at, stop) for at in s.at]
        names = [text_of(name, items) for name in labels if name is not None]
        if len(set(names)) == k > 1 or (k == 1 and names[:1] in (["male"], ["female"])):
            s.endpoints, s.after, s.stated, s.paired = [*names], True, True, k > 1  # "299 (58%) men and 215 (42%) women"
            return
        own = (
            own_names(tokens, items, s.at, [cell.noun for cell in s.cells], stop)
            if k > 1 and before is None and not said(items, s, VS)
            else None
        )
        if own is not None:
            s.endpoints, s.after, s.stated, s.paired = [*own], True, True, True
            return
    opens = s.first == 0 or items[s.first - 1].low in _OPENING or (items[s.first - 1].low == "(" and items[s.first - 2].low in _SHARES)
    if k == 1 and (rate or countlike(s.cells[0])) and (before is None or before.at is None) and (opens or _listed(items, s, before)):
        label = label_after(tokens, items, s.last, stop)
        if label is not None:
            s.endpoints, s.after, s.stated = [text_of(label, items)], True, True  # "57% men; 84% smokers"
            return
    compared = any(x.low in {"than", "compared", "versus", "vs", "against"} for x in items[begin : s.first])
    known = previous is not None and previous.endpoints and previous.endpoints[-1] is not None
    if before is None and previous is not None and known and (compared or within_bracket(items, previous, s)):
        carry(s, previous)
        return
    if (
        before is None
        or (opens and (not before.close or items[s.first - 1].low == ","))
        or not (before.close or before.verb or _bracketed(items, s))
    ):
        shared = _in_list(items, before, s.first) or not (rate or countlike(s.cells[0]))
        predicate = name_after(tokens, items, s.last, stop) if not shared else None
        if predicate is not None:
            names = names_after(tokens, items, predicate, s.last, stop) if k > 1 and predicate.begin else []
            s.paired = len(names) == k > 1 and not said(items, s, VS)
            s.endpoints = list(names) if s.paired else [text_of(_denied(items, predicate, s.last + 1), items)] * k
            s.after = s.stated = True
            if s.endpoints[-1] == "events" and s.grade is not None:  # "had grade 3 or 4 events"
                s.endpoints = [previous.endpoints[-1] if going and previous and family_of(previous.endpoints[-1]) == "event" else "AE"] * k
            return
    chosen = before or (second if second is not None and second.at is not None else None)
    bare = all(x.kind != "W" or x.low in LIST_GLUE or x.low == "in" for x in items[begin : s.first])
    carried = previous is not None and bool(previous.endpoints)
    if (
        carried
        and previous is not None
        and ((before is not None and before.weak) or (chosen is None and (bare or second is not None or not countlike(s.cells[0]))))
    ):
        s.stated = bare
        carry(s, previous)
        return
    chosen = chosen or second or (participle_before(items, begin, s.first) or changed_after(items, s.last) if rate else None)
    if chosen is None:
        if previous is not None and carried and previous.cells[-1].unit == s.cells[0].unit and same_clause(items, previous, s):
            carry(s, previous)  # "in 5 (5%) of 99 patients who received A and in 26 (26%) of 101 who received B"
        else:
            s.endpoints = [None] * k
        return
    s.stated = s.stated or chosen.close or chosen.verb
    factor = _of_factors(tokens, items, s.first) if rate and family_of(text_of(chosen, items)) not in {"tte", "response"} else None
    if factor is not None:
        s.endpoints = [factor] * k
        return
    led_to = predicted(tokens, items, s.first) if rate and chosen is before and not chosen.close else None
    if led_to is not None and chosen.begin < led_to.at < s.first and _associated(items, led_to.at):
        s.endpoints = [led_to.name] * k  # "breast size was associated with induration, with an incidence of 13% and 6%"
        return
    if s.cells[0].unit in {"months", "weeks"} and (chosen.at is None or _no_time(str(items[chosen.at].data))):
        timed = [n for group in groups for n in group if family_of(str(items[n].data)) == "tte"]
        if not timed and previous is not None and previous.endpoints and family_of(previous.endpoints[-1]) == "tte":
            carry(s, previous)
            return
        if timed and chosen.at is None:
            chosen = Name(timed[-1], "")  # a time is one of survival where the clause speaks of survival
    if before is chosen and rate and s.cells[0].value != "0" and before is not None and (before.close or before.verb):
        chosen = _denied(items, chosen, begin)
    names = names_before(tokens, items, chosen, begin) if k > 1 and chosen.begin else []
    if len(names) > 1 and chosen.at is None:
        s.listed = names
    if (
        len(names) == k
        and not said(items, s, VS)
        and (chosen.at is None or not any(chosen.at in group and len(group) > 1 for group in groups))
    ):
        s.endpoints, s.paired = [*names], True
        return
    if (chosen.words == "response" or (chosen.at is not None and items[chosen.at].data in {"ORR", "CR", "PR"})) and s.cells[0].unit in {
        "months",
        "weeks",
        "years",
    }:
        lasting = _said_before(items, begin, s, {"lasted", "lasting", "duration", "ongoing"})
        s.endpoints = ["DOR" if lasting else "TTR" if _said_before(items, begin, s, {"after", "within"}) else text_of(chosen, items)] * k
        return
    m = len(names)
    times = sum(len(x.data) for x in items[begin : s.first] if x.kind == "T")
    if m > 1 and k == m * times and times > 1:
        s.endpoints, s.paired = [names[c // times] for c in range(k)], True  # "the 3- and 5-year DFS and OS were 34%, 17%, 68% and 45%"
        return
    if chosen.at is None and 1 < m < k and k % m == 0:
        s.endpoints, s.paired = laid_out(items, s, names), True
        return
    if chosen.at is None:
        s.endpoints = [chosen.words] * k
        return
    share_among(items, s, groups, chosen.at)


_TIMES = frozenset({"age", "delay", "duration", "exposure", "interval", "latency", "length", "period", "recovery", "stay", "time"})


def _no_time(name: str) -> bool:
    """Whether a phrase names nothing that lasts: "in patients with positive scores (17.2 v 13.6 months)"."""
    return family_of(name) == "phrase" and _TIMES.isdisjoint(name.split())


def _listed(items: list[Item], s: Series, before: Name | None) -> bool:
    """ "Primary tumours were 58% ovary, 35% endometrium": the next value follows a word or two behind."""
    if before is None:
        return not _bracketed(items, s)
    near = items[s.last + 1 : s.last + 6]
    at = next((n for n, x in enumerate(near) if x.low in {",", "and", ";"}), len(near))
    return before.verb and any(x.kind == "C" and x.data.unit == s.cells[0].unit for x in near[at + 1 : at + 3])


_GAPS = frozenset({"benefit", "change", "difference", "differences", "improvement", "tte"})  # "no survival difference: 33.6% versus 27.3%"


def _only_the_other(items: list[Item], s: Series) -> bool:
    """ "(versus 8%)": a bracket with nothing but what a value before it is set against."""
    return s.first > 1 and items[s.first - 1].low in VS and items[s.first - 2].low in {"(", "["}


def _in_list(items: list[Item], before: Name | None, first: int) -> bool:
    """ "conversion was necessary in 8.5% and reoperation in 4.1% of procedures": a name in a list, and nothing but "in" to its value."""
    if before is None or items[first - 1].low not in {"in", "for"} or not before.begin:
        return False
    phrase = items[before.begin : first - 1]
    p = before.begin - 1
    while p > 0 and (items[p].low in DETERMINERS or items[p].low in PREDICATES):
        p -= 1
    return items[p].low in {"and", ","} and all(nounish(x) or x.low in {"of", "the"} for x in phrase)


def _associated(items: list[Item], k: int) -> bool:
    """ "was significantly associated"; "fever associated with A" is fever."""
    before = items[k - 2 if items[k - 1].low.endswith("ly") else k - 1].low
    return items[k].low in {"associated", "correlated"} and before in {"are", "been", "is", "was", "were"}


def _denied(items: list[Item], name: Name, begin: int) -> Name:
    """ "no ascites (67%)": what was absent is named with its negation."""
    a = name.begin - 1
    if a < begin or items[a].low not in {"no", "without"} or any(x.low in _GAPS for x in items[a : a + 6]):
        return name
    return Name(None, f"{items[a].low} {text_of(name, items)}", close=name.close, begin=name.begin)


def _said_before(items: list[Item], begin: int, s: Series, words: set[str]) -> bool:
    return any(x.low in words for x in items[begin : s.first])


def _copula(items: list[Item], a: int, b: int) -> bool:
    return any(
        x.low in {"was", "were", "is", "are", "included", "include", "including", "of", "reached", ":", "=", "being", "such"}
        for x in items[a + 1 : b]
    )


def _of_factors(tokens: list[Token], items: list[Item], first: int) -> str | None:
    """The outcome of a rate in the bracket of a factor: "EFS was influenced by stage (71% v 44%)", "factors affecting OS were …"."""
    if not _within_bracket(items, first):
        return None
    said = predicted(tokens, items, first)
    if said is None or said.at > first or family_of(said.name) not in {"tte", "response"}:
        return None
    return said.name if said.subject or lists_factors(items, said.at, first) else None


def _within_bracket(items: list[Item], first: int) -> bool:
    """Whether a value stands in a bracket, at its beginning or further in."""
    k = first - 1
    while k > max(0, first - 10) and items[k].low not in {"(", "[", ")", "]"}:
        k -= 1
    return items[k].low in {"(", "["}


def _bracketed(items: list[Item], s: Series) -> bool:
    return s.first > 0 and items[s.first - 1].low in {"(", "["}
