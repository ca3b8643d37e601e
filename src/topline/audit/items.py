"""One sentence as a stream of items: endpoints, arms, values, ratios, p-values, times, dates, and what is no result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from topline.audit.arms import ArmBook
from topline.audit.dates import date_at
from topline.audit.grammar import Grammar, PValue, Ratio
from topline.audit.lexicon import FAMILY, NOT_RESULTS, PATIENT_NOUNS, TIME_UNITS, endpoint_at, parts_of
from topline.audit.small_words import GOVERN, LINKS
from topline.audit.tokens import Token

__all__ = ["Item", "read_items"]

_COMPARE = frozenset("<>≤≥")
_BEFORE_DURATION = frozenset(
    [
        "every",
        "for",
        "within",
        "after",
        "over",
        "least",
        "past",
        "first",
        "each",
        "per",
        "until",
        "to",
        "last",
        "before",
        "than",
        "next",
        "additional",
        "another",
        "about",
        "previous",
        "initial",
        "minimum",
    ]
)
_BEFORE_CODE = frozenset(
    [
        "stage",
        "phase",
        "ecog",
        "grade",
        "grades",
        "version",
        "recist",
        "cycle",
        "day",
        "days",
        "ctcae",
        "level",
        "aged",
        "table",
        "figure",
        "fig",
        "ref",
        "tps",
        "cps",
        "volume",
        "vol",
        "type",
        "line",
        "auc",
        "week",
        "weeks",
        "month",
        "ps",
        "score",
        "scale",
    ]
)


_TIMED = frozenset({"OS", "PFS", "DFS", "EFS", "RFS", "TTP", "DMFS", "DSS"})
_HOW_LONG = frozenset({"better", "greater", "improved", "inferior", "longer", "poorer", "shorter", "superior", "worse"})
_SCORED = frozenset({"status", "score", "scores", "ecog", "ps", "who", "kps"})
_SUBSTANCES = frozenset(
    {
        "ethanol", "alcohol", "glucose", "dextrose", "saline", "cream", "gel", "ointment", "solution", "mouthwash", "formalin", "lidocaine",
        "albumin", "sodium", "iodine", "power", "confidence",
    }
)  # fmt: skip


@dataclass(slots=True)
class Item:
    """One item; `kind` is a letter.

    E endpoint, A arm, C value, R ratio, P p-value, T times, G grade, H interval heading, S interval, D date, N size,
    I registration, X no result, W word or sign.
    """

    kind: str
    i: int
    j: int
    data: Any = None
    low: str = ""


def read_items(tokens: list[Token], book: ArmBook) -> list[Item]:
    """Read a tokenised sentence from left to right, the longest construction first."""
    grammar = Grammar(tokens)
    parts: list[str] = []
    first: list[int] = []
    owner: list[int] = []
    for k, token in enumerate(tokens):
        first.append(len(parts))
        pieces = parts_of(token.lower) if token.kind == "w" else () if token.text in {"+", "&"} else (token.lower,)
        parts.extend(pieces)
        owner.extend([k] * len(pieces))
    parts.append("")
    owner.append(len(tokens))
    out: list[Item] = []
    i = 0
    size = len(tokens)
    while i < size:
        item = _one(grammar, tokens, parts, first, owner, book, i)
        if item is None:
            out.append(Item("W", i, i + 1, None, tokens[i].lower))
            i += 1
        else:
            out.append(item)
            i = max(item.j, i + 1)
            if item.kind in "SR":
                i = _further_interval(grammar, tokens, out, i)
            if item.kind == "P":
                i = _further_p(tokens, out, i)
            if item.kind == "A" and i < len(tokens) and tokens[i].lower in _HEADS:
                _absorb_before(out)
            if item.kind == "A":
                i = _further_letters(tokens, parts, first, book, out, i)
    return out


def _further_interval(g: Grammar, tokens: list[Token], out: list[Item], i: int) -> int:
    """ "(95% CI 2.5 to 5.3 and 1.9 to 3.8, respectively)"; "hazard ratios for PFS and OS were 1.77 (…) and 2.05 (…)"."""
    last = out[-1]
    if i + 3 >= len(tokens) or tokens[i].lower not in {"and", ","} or tokens[i + 1].kind != "n":
        return i
    if last.kind == "S":
        found = g.interval(i + 1)
        if found is None or last.data.kind != "ci" or tokens[i + 2].lower not in {"-", "to"} or found[0].unit == "%":
            return i
        found[0].kind, found[0].level = "ci", last.data.level
        out.extend((Item("W", i, i + 1, None, tokens[i].lower), Item("S", i + 1, found[1], found[0])))
        return found[1]
    cell = g.cell(i + 1)
    codes = [w for w in last.data.about.split() if w.upper() in _TIMED]
    if cell is None or cell[0].interval is None or cell[0].unit is not None or len(codes) != 2 or last.data.interval is None:
        return i
    last.data.about = codes[0]
    second = Ratio(last.data.measure, cell[0].value or "", cell[0].interval, None, last.data.marks, codes[1])
    second.interval = cell[0].interval
    out.extend((Item("W", i, i + 1, None, tokens[i].lower), Item("R", i + 1, cell[1], second)))
    return cell[1]


def _further_p(tokens: list[Token], out: list[Item], i: int) -> int:
    """ "P values of 0.017 and 0.019, respectively": the second value is a p-value too."""
    if i + 2 >= len(tokens) or tokens[i].lower != "and" or tokens[i + 1].kind != "n" or not tokens[i + 1].value.startswith("0."):
        return i
    if not any(t.lower.startswith("respective") for t in tokens[i + 2 : i + 5]):
        return i
    out.append(Item("W", i, i + 1, None, "and"))
    out.append(Item("P", i + 1, i + 2, PValue(tokens[i + 1].value)))
    return i + 2


_HEADS = frozenset({"group", "arm", "cohort", "groups", "arms"})
_LEADS = frozenset({"in", "for", "with", "on", "the", "of", "receiving", "to"})


def _absorb_before(out: list[Item]) -> None:
    """ "in the XY plus A group": the unknown words between the preposition and the arm belong to its name."""
    k = len(out) - 1
    start = k
    while start > 0 and out[start - 1].kind == "W" and k - start < 4 and (out[start - 1].low[:1].isalpha() or out[start - 1].low in "+-/"):
        if out[start - 1].low in _LEADS:
            break
        if out[start - 1].low in LINKS | GOVERN and out[start - 1].low not in {"with"}:
            return
        start -= 1
    if start == k or start == 0 or out[start - 1].low not in _LEADS:
        return
    arm = out[k]
    del out[start:]
    out.append(arm)


def _further_letters(tokens: list[Token], parts: list[str], first: list[int], book: ArmBook, out: list[Item], i: int) -> int:
    """ "arm A and B", "groups 1, 2 and 3": the letters that follow a first one are arms too."""
    last = out[-1]
    head = parts[first[last.i]]
    if head not in {"group", "arm", "cohort"} or last.j - last.i != 2 or len(tokens[last.i + 1].text) > 3:
        return i
    while True:
        k = i
        while k < len(tokens) and tokens[k].lower in {",", "and", "or", "vs", "versus", "/", "&"} and k < i + 2:
            k += 1
        if k == i or k >= len(tokens) or len(tokens[k].text) > 3:
            return i
        found = book.mention([head, tokens[k].lower, ""], 0)
        if found is None or found[1] != 2:
            return i
        out.extend(Item("W", m, m + 1, None, tokens[m].lower) for m in range(i, k))
        out.append(Item("A", k, k + 1, found[0]))
        i = k + 1


def _one(g: Grammar, tokens: list[Token], parts: list[str], first: list[int], owner: list[int], book: ArmBook, i: int) -> Item | None:
    token = tokens[i]
    low = token.lower
    if token.kind == "w":
        head = low[0]
        if head == "p":
            p = g.p_value(i)
            if p is not None:
                return Item("P", i, p[1], p[0])
        if head in "haosri":
            ratio = g.ratio(i)
            if ratio is not None and not (low == "rr" and ratio[0].interval is None):
                return Item("R", i, ratio[1], ratio[0])
        if head == "g" or low == "≥":
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
        if head in "ir":
            spread = g.spread(i)
            if spread is not None:
                return Item("S", i, spread[1], spread[0])
            if low in {"iqr", "interquartile", "range"}:
                return Item("H", i, i + 1, low)
        date = date_at(tokens, i)
        if date is not None:
            return Item("D", i, date[1], date[0])
        if low in {"at", "within"}:
            times = g.times(i)
            if times is not None:
                return Item("T", i, times[1], times[0])
        if low == "n" and i + 2 < len(tokens) and tokens[i + 1].text in "=:" and g.integer(i + 2) is not None:
            return Item("N", i, i + 3, g.integer(i + 2))
        endpoint = _phrase(endpoint_at(parts, first[i]), parts, first, owner, i, single=token)
        arm = book.mention(parts, first[i])
        if arm is not None and first[i] + arm[1] >= len(owner):
            arm = None
        if (
            endpoint is None
            and low in {"response", "responses", "remission", "remissions", "responded", "responders"}
            and (
                low in {"responded", "responders"}
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
        if endpoint is not None and endpoint[0] in {"AE", "TRAE", "TEAE"} and _only_a_cause(tokens, i):
            endpoint = None
        if endpoint is not None:
            return Item("E", i, owner[first[i] + endpoint[1] - 1] + 1, endpoint[0], FAMILY[endpoint[0]])
        if low.endswith(("-year", "-month", "-week", "-day", "-yr")) and low.partition("-")[0] in {
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "ten",
            "twelve",
        }:
            number = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "ten": "10", "twelve": "12"}[
                low.partition("-")[0]
            ]
            return Item("T", i, i + 1, [f"{number} {TIME_UNITS[low.partition('-')[2]]}"])
        if g.not_reached(i) is not None and low in {"nr", "ne", "not", "unreached"}:
            cell = g.cell(i)
            if cell is not None:
                return Item("C", i, cell[1], cell[0])
        return None
    if token.kind == "n":
        date = date_at(tokens, i)
        if date is not None:
            return Item("D", i, date[1], date[0])
        ci = g.ci(i)
        if ci is not None:
            return Item("S", i, ci[1], ci[0])
        ci_head = g.ci_head(i)
        if ci_head is not None:
            return Item("H", i, ci_head[1], ci_head[0])
        arm = book.mention(parts, first[i])
        if arm is not None and arm[1] > 1 and first[i] + arm[1] < len(owner):
            return Item("A", i, max(owner[first[i] + arm[1] - 1] + 1, i + 1), arm[0])  # "the 45 Gy group"
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
        return _value(g, tokens, i)
    if token.kind in {"id", "url"}:
        return Item("I", i, i + 1, token.text)
    if low in {"≥", ">"}:
        grade = g.grade(i)
        if grade is not None:
            return Item("G", i, grade[1], grade[0])
    if low in _COMPARE and i + 1 < len(tokens) and tokens[i + 1].kind == "n":
        j = g.unit(i + 2)[1]
        if (
            low in "<>"
            and j > i + 2
            and tokens[i - 1 : i]
            and tokens[i - 1].text in {"was", "were", "of", "("}
            and tokens[i + 2].text == "%"
        ):
            return Item("X", i, j)
        return Item("X", i, j)
    return None


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


def _only_a_cause(tokens: list[Token], i: int) -> bool:
    """ "discontinued due to adverse events": what is counted stands before the cause."""
    if [t.lower for t in tokens[max(0, i - 2) : i]] not in (["due", "to"], ["because", "of"], ["owing", "to"]):
        return False
    return any(t.lower.startswith(("discontinu", "reduc", "interrupt", "withdr", "death", "died")) for t in tokens[max(0, i - 8) : i])


def _code_range(tokens: list[Token], i: int, before: str) -> Item | None:
    """Scores ("a performance status of 0 to 1") and printed spans of rates ("60%-69%") are no single results."""
    if before in {"of", "was", "=", ":", "score", "scores", "status", "ps"} and any(t.lower in _SCORED for t in tokens[max(0, i - 3) : i]):
        j = i + 1
        while j + 1 < len(tokens) and tokens[j].lower in {"to", "-", "or", "and", "/", ","} and tokens[j + 1].kind == "n":
            j += 2
        if j > i + 1 and all(len(t.value) < 2 for t in tokens[i:j] if t.kind == "n"):
            return Item("X", i, j)
    if (
        before == "("
        and [t.text for t in tokens[i + 1 : i + 3]] == ["%", "-"]
        and i + 5 < len(tokens)
        and tokens[i + 3].kind == "n"
        and [t.text for t in tokens[i + 4 : i + 6]] == ["%", ")"]
    ):
        return Item("X", i, i + 5)
    return None


def _value(g: Grammar, tokens: list[Token], i: int) -> Item | None:
    before = tokens[i - 1].lower if i else ""
    after = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    if after in NOT_RESULTS or (after == "-" and i + 2 < len(tokens) and tokens[i + 2].lower in NOT_RESULTS):
        return Item("X", i, i + 2)
    if after == "-" and i + 3 < len(tokens) and tokens[i + 2].kind == "n":
        last = tokens[i + 3].lower
        if last in NOT_RESULTS or (last in TIME_UNITS and before in {"every", "for"}):
            return Item("X", i, i + 4)
    if i and len(tokens[i - 1].text) == 1 and tokens[i - 1].text.isupper() and tokens[i - 1].end == tokens[i].start:
        return Item("X", i, i + 1)  # "stage N2"
    if tokens[i].lower == "one" and after == "of" and tokens[i + 2 : i + 3] and tokens[i + 2].spelled:
        return Item("X", i, i + 3)  # "one of two arms"
    if after == "-" and before in {"in", "of", "between", "from"} and i + 3 < len(tokens) and tokens[i + 3].text == "%":
        pair = (tokens[i].value, tokens[i + 2].value)
        if tokens[i + 2].kind == "n" and all(v.isdigit() for v in pair) and int(pair[0]) < int(pair[1]):
            return Item("X", i, i + 4)  # "in 27-55% of carcinomas"
    if before == "least" and tokens[i].spelled:
        return Item("X", i, i + 1)  # "at least one risk factor"
    if after in {"%", "percent"} and i + 2 < len(tokens) and tokens[i + 2].lower in _SUBSTANCES:
        return Item("X", i, i + 2)
    if after == "%" and [t.lower for t in tokens[i + 2 : i + 4]] == ["(", "from"]:
        return Item("X", i, i + 2)  # "an increase of 7.3% (from 28.1% to 35.4%)"
    if any(t.lower in {"margin", "margins"} for t in tokens[max(0, i - 4) : i]):
        return Item("X", i, i + 1)
    code = _code_range(tokens, i, before)
    if code is not None:
        return code
    if before in {"difference", "differences", "δ"} or (
        any(t.lower in {"difference", "delta"} for t in tokens[max(0, i - 4) : i]) and after in {"percentage", "%", "points", "months"}
    ):
        found = g.cell(i)
        return Item("X", i, found[1] if found else i + 1)
    if before == "=" and i >= 2 and tokens[i - 2].lower in {"t", "f", "z", "u", "r", "χ2", "x2", "chi2", "²", "χ", "2", "df"}:
        return Item("X", i, i + 1)
    if before in _BEFORE_CODE and not tokens[i].spelled and after not in {"%"}:
        return Item("X", i, i + 1)
    if before == "[" and g.integer(i) is not None and after == "]" and i >= 2 and tokens[i - 2].kind == "w":
        return Item("X", i, i + 1)
    if after == ":" and i + 2 < len(tokens) and tokens[i + 2].kind == "n" and tokens[i + 1].end == tokens[i + 2].start:
        j = i + 3
        while j + 1 < len(tokens) and tokens[j].text == ":" and tokens[j + 1].kind == "n":
            j += 2
        return Item("X", i, j)
    found = g.cell(i)
    if found is None:
        return None
    cell, j = found
    if cell.unit in {"months", "weeks", "days", "years"} and before in _BEFORE_DURATION and cell.interval is None:
        risen = before == "to" and any(t.lower == "from" for t in tokens[max(0, i - 14) : i - 1])
        if not risen or after in {"-"}:
            return Item("X", i, j)
    if cell.unit in {"years"} and after in {"years", "year"} and i + 2 < len(tokens) and tokens[i + 2].lower in {"old", "or", "ago"}:
        return Item("X", i, j)
    if (
        tokens[i].spelled
        and cell.unit is None
        and cell.x is None
        and cell.noun is None
        and tokens[i].lower in {"one", "two", "three", "zero"}
    ):
        following = tokens[j].lower if j < len(tokens) else ""
        if following not in {"cr", "pr", "sd", "pd", "("} | PATIENT_NOUNS and not following.startswith(
            ("complete", "partial", "stable", "had", "achieved", "achiev")
        ):
            return Item("X", i, i + 1)
    if cell.unit == "%" and (before in _COMPARE | {"least", "most"} or (before == "by" and cell.x is None)):
        return Item("X", i, j)
    if before in {"among", "of"} and cell.noun is not None and cell.unit is None and cell.x is None and i > 2:
        return Item("N", i, j, g.integer(i))
    return Item("C", i, j, cell)
