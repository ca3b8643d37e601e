"""One sentence as a stream of items: endpoints, arms, values, ratios, p-values, times, dates, and what is no result."""

from __future__ import annotations

from functools import lru_cache

from topline.audit.arms import ArmBook
from topline.audit.dates import MONTH_STARTS, date_at
from topline.audit.grammar import Cell, Grammar
from topline.audit.item import Item
from topline.audit.item_lists import absorb_before, claim_p, further_interval, further_letters, further_p, further_ratios, next_grade
from topline.audit.item_values import only_a_cause, value_item
from topline.audit.lexicon import ENDPOINTS, FAMILY, TIME_UNITS, endpoint_at, parts_in, parts_of
from topline.audit.phrases import name_phrases
from topline.audit.ratio_grammar import P_WORDS, RATIO_STARTS
from topline.audit.tokens import Token, small_number
from topline.audit.value_grammar import CI_STARTS, SPREAD_STARTS

__all__ = ["Item", "read_items"]

_COMPARE = frozenset("<>≤≥")


_HEADS = frozenset({"group", "arm", "cohort", "groups", "arms"})
_SMALL = "abcdefghijklmnopqrstuvwxyz"
_ABBREVIATED = frozenset({"OS", "PFS", "DFS", "EFS", "RFS", "ORR", "DCR", "DOR"})
_HOW_LONG = frozenset({"better", "greater", "improved", "inferior", "longer", "poorer", "shorter", "superior", "worse"})


_RESPONSES = frozenset({"remission", "remissions", "responded", "responders", "response", "responses"})
_UNREACHED = frozenset({"ne", "not", "nr", "unreached"})
_WITHIN = frozenset({"at", "by", "within"})
_STARTS = P_WORDS | RATIO_STARTS | CI_STARTS | SPREAD_STARTS | _RESPONSES | _UNREACHED | _WITHIN | {"n", "survival"}


@lru_cache(maxsize=20_000)
def _may_start(text: str) -> bool:
    """Whether :func:`_word` may make a word the beginning of an item other than an arm; of most it makes nothing."""
    low = text.lower()
    return low in _STARTS or low[0] == "g" or low[:3] in MONTH_STARTS or "-" in low or text[-1] in "RS" or parts_in(text)[0] in ENDPOINTS


def read_items(tokens: list[Token], book: ArmBook) -> list[Item]:
    """Read a tokenised sentence from left to right, the longest construction first."""
    grammar = Grammar(tokens)
    parts: list[str] = []
    first: list[int] = []
    owner: list[int] = []
    for k, token in enumerate(tokens):
        first.append(len(parts))
        if token.kind == "w":
            pieces = parts_in(token.text)
            parts += pieces
            owner += [k] * len(pieces)
        elif token.text not in {"+", "&"}:
            parts.append(token.lower)
            owner.append(k)
    parts.append("")
    owner.append(len(tokens))
    out: list[Item] = []
    i = 0
    size = len(tokens)
    while i < size:
        token = tokens[i]
        if token.kind == "w" and not _may_start(token.text) and parts[first[i]] not in book.index:
            out.append(Item("W", i, i + 1, None, token.lower))
            i += 1
            continue
        item = _one(grammar, tokens, parts, first, owner, book, i)
        if item is not None and item.kind == "A" and out and out[-1].kind == "A" and tokens[i].lower in _HEADS and item.j == i + 2:
            item = None  # "in the control group 1 patient …": the head of the arm before, and a number
        if item is None:
            out.append(Item("W", i, i + 1, None, tokens[i].lower))
            i += 1
        else:
            out.append(item)
            i = max(item.j, i + 1)
            if item.kind == "R":
                claim_p(out)
                i = further_ratios(grammar, tokens, out, i)
            if item.kind == "S":
                i = further_interval(grammar, tokens, out, i)
            if item.kind == "C":
                next_grade(out)
            if item.kind == "P":
                i = further_p(tokens, out, i)
            if item.kind == "A" and i < len(tokens) and tokens[i].lower in _HEADS:
                absorb_before(out)
            if item.kind == "A":
                i = further_letters(tokens, parts, first, book, out, i)
    return name_phrases(tokens, out)


def _one(g: Grammar, tokens: list[Token], parts: list[str], first: list[int], owner: list[int], book: ArmBook, i: int) -> Item | None:
    token = tokens[i]
    low = token.lower
    if token.kind == "w":
        head = low[0]
        if low in P_WORDS:
            p = g.p_value(i)
            if p is not None:
                return Item("P", i, p[1], p[0])
        if low in RATIO_STARTS:
            ratio = g.ratio(i)
            if ratio is not None and not (low == "rr" and ratio[0].interval is None and ratio[0].p is None):
                return Item("R", i, ratio[1], ratio[0])
        if head == "g":
            grade = g.grade(i)
            if grade is not None:
                return Item("G", i, grade[1], grade[0])
        if head == "c":
            ci = g.ci(i)
            if ci is not None:
                return Item("S", i, ci[1], ci[0])
            ci_head = g.ci_head(i)
            if ci_head is not None:
                return Item("H", i, ci_head[1], ci_head[0])
        if low in SPREAD_STARTS:
            spread = g.spread(i)
            if spread is not None:
                return Item("S", i, spread[1], spread[0])
            if low in {"iqr", "interquartile", "range"}:
                return Item("H", i, i + 1, low)
        if low[:3] in MONTH_STARTS:
            date = date_at(tokens, i)
            if date is not None:
                return Item("D", i, date[1], date[0])
        if low in _WITHIN:
            times = g.times(i)
            if times is not None:
                return Item("T", i, times[1], times[0])
        if low == "n" and i + 2 < len(tokens) and tokens[i + 1].text in "=:" and g.integer(i + 2) is not None:
            share = g.percent(i + 4) if i + 4 < len(tokens) and tokens[i + 3].text in ",;" else None
            if share is not None and g.low[share[1]] in {")", "]", "(", "[", ",", ";"}:
                return Item("C", i, share[1], Cell(share[0], "%", x=g.integer(i + 2)))  # "radiotherapy (n = 24; 31%)"
            return Item("N", i, i + 3, g.integer(i + 2))
        number, _, unit = low.rpartition("-")
        if unit in TIME_UNITS and small_number(number) is not None:
            return Item("T", i, i + 1, [f"{small_number(number)} {TIME_UNITS[unit]}"])  # "nine-year"
        lead = parts[first[i]]
        endpoint = _phrase(endpoint_at(parts, first[i]), parts, first, owner, i, single=token) if lead in ENDPOINTS else None
        arm = book.mention(parts, first[i]) if lead in book.index else None
        if arm is not None and first[i] + arm[1] >= len(owner):
            arm = None
        if (
            endpoint is None
            and low in _RESPONSES
            and (
                low in {"responded", "responders"}
                or (low in {"responses", "remissions"} and i > 0 and (tokens[i - 1].kind == "n" or tokens[i - 1].text in {")", "]"}))
                or (
                    ((i and tokens[i - 1].lower in {"a", "an", "any", "confirmed", "tumor", "tumour", "clinical", "the", "of"}) or i == 0)
                    and not (i + 1 < len(tokens) and tokens[i + 1].lower in {"to", "evaluation", "duration", "assessment", "was"})
                )
            )
        ):
            return Item("E", i, i + 1, "ORR", "response")
        if (
            endpoint is None
            and low == "survival"
            and i
            and (tokens[i - 1].lower in TIME_UNITS or tokens[i - 1].lower.endswith(("-month", "-year")) or tokens[i - 1].lower in _HOW_LONG)
        ):
            return Item("E", i, i + 1, "OS", "tte")
        if endpoint is None and token.text[-1] in "RS" and token.text.lstrip(_SMALL) in _ABBREVIATED and 1 < len(low) < 7:
            code = token.text.lstrip(_SMALL)
            return Item("E", i, i + 1, code, FAMILY[code])  # "pmOS", "rwPFS", "cORR"
        if arm is not None and (endpoint is None or arm[1] > endpoint[1]):
            return Item("A", i, max(owner[first[i] + arm[1] - 1] + 1, i + 1), arm[0])
        if (
            endpoint is not None
            and endpoint[0] == "ORR"
            and i
            and tokens[i - 1].lower == "best"
            and tokens[owner[first[i] + endpoint[1] - 1]].lower not in {"rate", "rates", "orr"}
        ):
            endpoint = None  # "stable disease was the best overall response"
        if endpoint is not None and low == "sd" and _spread_of_means(tokens):
            endpoint = None
        if endpoint is not None and endpoint[0] in {"AE", "TRAE", "TEAE"} and only_a_cause(tokens, i):
            return Item("W", i, owner[first[i] + endpoint[1] - 1] + 1, None, "cause")
        end = owner[first[i] + endpoint[1] - 1] + 1 if endpoint is not None else i
        if endpoint is not None and end < len(tokens) and tokens[end].lower in {"follow-up", "followup"} and FAMILY[endpoint[0]] == "tte":
            return Item("E", i, end + 1, "FU", FAMILY["FU"])  # "median survival follow-up"
        if endpoint is not None:
            return Item("E", i, owner[first[i] + endpoint[1] - 1] + 1, endpoint[0], FAMILY[endpoint[0]])
        if low in _UNREACHED and g.not_reached(i) is not None:
            cell = g.cell(i)
            if cell is not None:
                return Item("C", i, cell[1], cell[0])
        return None
    if token.kind == "n":
        arm = book.mention(parts, first[i])
        if arm is not None and arm[1] > 1 and first[i] + arm[1] < len(owner):
            return Item("A", i, max(owner[first[i] + arm[1] - 1] + 1, i + 1), arm[0])  # "the 45 Gy group"
        date = date_at(tokens, i)
        if date is not None:
            return Item("D", i, date[1], date[0])
        ci = g.ci(i)
        if ci is not None:
            return Item("S", i, ci[1], ci[0])
        ci_head = g.ci_head(i)
        if ci_head is not None:
            return Item("H", i, ci_head[1], ci_head[0])
        times = g.times(i)
        if times is not None:
            return Item("T", i, times[1], times[0])
        if (
            token.spelled
            and i + 1 < len(tokens)
            and tokens[i + 1].text == "-"
            and tokens[i + 2 : i + 3]
            and tokens[i + 2].lower in TIME_UNITS
        ):
            return Item("T", i, i + 3, [f"{token.value} {TIME_UNITS[tokens[i + 2].lower]}"])
        bare = g.unnamed_ratio(i)
        return Item("R", i, bare[1], bare[0]) if bare is not None else value_item(g, tokens, i)
    if token.kind in {"id", "url"}:
        return Item("I", i, i + 1, token.text)
    if low in {"≥", ">"}:
        grade = g.grade(i)
        if grade is not None:
            return Item("G", i, grade[1], grade[0])
    if low in _COMPARE and i + 1 < len(tokens) and tokens[i + 1].kind == "n":
        of_what, end = g.unit(i + 2)
        share_of_count = Cell(low + tokens[i + 1].value, "%") if low in "<>" and of_what == "%" else None
        return Item("X", i, end, share_of_count)  # a limit, or the share of a count before it
    return None


def _spread_of_means(tokens: list[Token]) -> bool:
    """Whether SD is a standard deviation in a sentence, and no stable disease."""
    words = {t.lower for t in tokens}
    return bool(words & {"mean", "±", "average", "deviation"}) and not words & {"stable", "progressive", "pr", "pd", "cr"}


def _phrase(
    found: tuple[str, int] | None, parts: list[str], first: list[int], owner: list[int], i: int, *, single: Token
) -> tuple[str, int] | None:
    """Refuse what only looks like an endpoint: lower-case abbreviations, half of a hyphenated word."""
    if found is None:
        return None
    size = found[1]
    if size == 1 and len(single.lower) <= 3 and single.text.islower() and single.lower not in {"orr", "dcr", "pfs", "age"}:
        return None
    end = first[i] + size
    if owner[end - 1] == owner[min(end, len(owner) - 1)] and "/" not in single.text and owner[end - 1] != i:
        return None
    if owner[end - 1] == i and end - first[i] < len(parts_of(single.lower)) and "/" not in single.text:
        rest = parts_of(single.lower)[size:]
        if rest != ("rate",):
            return None
    return found
