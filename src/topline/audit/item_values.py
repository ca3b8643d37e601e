"""Numbers as items: results, and what only looks like one."""

from __future__ import annotations

import re

from topline.audit.durations import no_result
from topline.audit.grammar import Cell, Grammar
from topline.audit.item import Item
from topline.audit.lexicon import NOT_RESULTS, PATIENT_NOUNS, TIME_UNITS
from topline.audit.measures import MIDDLE, THINGS, measured, measured_unit
from topline.audit.tokens import Token
from topline.audit.value_grammar import OPEN

__all__ = ["only_a_cause", "value_item"]

_COMPARE = frozenset("<>≤≥")
_PER_BODY = re.compile(r"(?:[mnpµμ]|mc)?(?:g|l|mol|ci|bq|gy|iu|u)/(?:kg|m2|m²|m|d|day|dose|h|hour|min|minute|week|wk)(?:/.*)?")
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
        "exon",
        "codon",
        "chromosome",
    ]
)
_STAYED = frozenset({"estimated", "plateau", "remained", "remains", "stable", "stood", "was", "were"})
_SCORED = frozenset({"status", "score", "scores", "ecog", "ps", "who", "kps"})
_SUBSTANCES = frozenset(
    {
        "ethanol", "alcohol", "glucose", "dextrose", "saline", "cream", "gel", "ointment", "solution", "mouthwash", "formalin", "lidocaine",
        "albumin", "sodium", "iodine", "power", "confidence", "maturity",
    }
)  # fmt: skip


_STATUS = frozenset({"expression", "index", "karnofsky", "kps", "score", "status"})
_SPANNED = frozenset({"cycles", "day", "days", "months", "weeks", "years"})
_CHANGES = frozenset(
    {
        "reduction", "reductions", "improvement", "increase", "decrease", "decline", "drop", "lower", "higher", "less", "more", "greater",
        "fewer", "longer", "shorter", "relative", "proportional", "increased", "decreased",
    }
)  # fmt: skip


def only_a_cause(tokens: list[Token], i: int) -> bool:
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


_DIFFERENCES = frozenset({"difference", "differences", "δ", "∆", "rd", "ard"})  # "RD - 0.3"


def _difference_before(tokens: list[Token], i: int) -> bool:
    """ "a difference of 4%", but not "no difference in survival: 33% versus 27%"."""
    for at, token in enumerate(reversed(tokens[max(0, i - (16 if i and tokens[i - 1].lower in {"was", "of"} else 4)) : i])):
        if token.lower in {"difference", "delta"}:
            return "no" not in [t.lower for t in tokens[max(0, i - at - 5) : i - at - 1]]
        if (
            token.text in {":", "("}
            or (at > 3 and (token.kind == "n" or token.text in {",", ";"}))
            or token.lower in {"versus", "vs", "v", "no", "while", "whereas"}
        ):
            return False
    return False


_EFFECTS = frozenset({"benefit", "decline", "decrease", "gain", "improvement", "increase", "reduction"})


def _is_effect(tokens: list[Token], i: int, cell: Cell) -> bool:
    """ "an absolute increase of 20% (95% CI 5-34)", "15% (95% CI -3 to 30)": how much more or less, no share of patients."""
    if cell.unit != "%" or cell.x is not None or cell.interval is None:
        return False
    if cell.interval.lower.startswith("-"):
        return True
    before = tokens[max(0, i - 8) : i]
    return before[-1:] != [] and before[-1].lower == "of" and any(t.lower in _EFFECTS for t in before)


def _by_patients(tokens: list[Token], i: int) -> bool:
    """ "achieved by 76%" and "needed by 18% of patients" count patients, "reduced by 76%" is a change."""
    following = [t.lower for t in tokens[i + 2 : i + 5]]
    if following[:1] == ["of"] and (set(following[1:2]) | set(following[2:3] if following[1:2] == ["the"] else ())) & PATIENT_NOUNS:
        return True
    return i > 1 and tokens[i - 2].lower in {"achieved", "attained", "completed", "experienced", "had", "reached", "received", "reported"}


def _spaced(tokens: list[Token], i: int) -> bool:
    """Whether spaces stand before the number at `i` and after the sign that follows it."""
    return tokens[i].start > tokens[i - 1].end and i + 2 < len(tokens) and tokens[i + 2].start > tokens[i + 1].end


def _negative(tokens: list[Token], i: int) -> bool:
    """Whether the dash before the number at `i` is its sign: it stands at the number and at nothing else."""
    if i == 0 or tokens[i - 1].text != "-" or tokens[i - 1].end != tokens[i].start:
        return False
    return i == 1 or (tokens[i - 2].kind != "n" and (tokens[i - 2].end < tokens[i - 1].start or tokens[i - 2].text in {"(", "[", "="}))


_KINDS = frozenset({"genotype", "genotypes", "hpv", "type", "types"})
_MULTIPLES = frozenset({"times", "time", "fold"})


def _substance(words: list[str]) -> bool:
    """ "0.05% clobetasol cream", but not "97% for sodium"."""
    return words[0] in _SUBSTANCES or (words[-1] in _SUBSTANCES and len(words[0]) > 4)


def _signed(tokens: list[Token], i: int, cell: Cell, j: int) -> Item:
    if cell.value is not None and _negative(tokens, i):
        cell.value = f"-{cell.value}"
    return Item("C", i, j, cell)


def value_item(g: Grammar, tokens: list[Token], i: int) -> Item | None:
    """The number at `i` as a result, or as what is none."""
    before = tokens[i - 1].lower if i else ""
    after = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    unit = measured_unit(g.low, i + 1)
    if (unit > i + 1 or (before in {"was", "were"} and after in NOT_RESULTS and after not in _MULTIPLES)) and measured(g.low, i):
        found = g.cell(i)
        more = g.low[unit] in _CHANGES  # "an average of 1.2 points lower"
        return _signed(tokens, i, *found) if found and not more else Item("X", i, i + 2)
    counted = after in THINGS and g.low[i + 2] in OPEN and g.percent(i + 3) is not None
    if (
        (after in NOT_RESULTS and not counted)
        or _PER_BODY.fullmatch(after)
        or (after == "-" and i + 2 < len(tokens) and tokens[i + 2].lower in NOT_RESULTS)
    ):
        return Item("X", i, i + 2)
    if after == "-" and i + 3 < len(tokens) and tokens[i + 2].kind == "n":
        last = tokens[i + 3].lower
        if last in NOT_RESULTS or (last in TIME_UNITS and tokens[i].end == tokens[i + 1].start and before not in {"(", "[", ",", ";", ":"}):
            return Item("X", i, i + 4)  # "between 3-5 years of follow-up"
    if i and len(tokens[i - 1].text) == 1 and tokens[i - 1].text.isupper() and tokens[i - 1].end == tokens[i].start:
        return Item("X", i, i + 1)  # "stage N2"
    if tokens[i].lower == "one" and after == "of" and tokens[i + 2 : i + 3] and tokens[i + 2].spelled:
        return Item("X", i, i + 3)  # "one of two arms"
    if after == "-" and before in {"in", "of", "between", "from"} and i + 3 < len(tokens) and tokens[i + 3].text == "%":
        pair = (tokens[i].value, tokens[i + 2].value)
        if tokens[i + 2].kind == "n" and all(v.isdigit() for v in pair) and int(pair[0]) < int(pair[1]):
            return Item("X", i, i + 4)  # "in 27-55% of carcinomas"
    if tokens[i].spelled and (before == "least" or (before == "but" and i > 1 and tokens[i - 2].lower == "all")):
        return Item("X", i, i + 1)  # "at least one risk factor", "all but two of 47 patients"
    if after in _MULTIPLES or (after == "-" and i + 2 < len(tokens) and tokens[i + 2].lower in {"fold", "times"}):
        return Item("X", i, i + 2)  # "three times faster"
    if after in {"%", "percent"} and _substance(g.low[i + 2 : i + 4]):
        return Item("X", i, i + 2)
    if (
        after == "%"
        and any(t.lower in _CHANGES for t in tokens[i + 2 : i + 4])
        and (before in {"a", "an", "of"} or tokens[i + 2].lower in _CHANGES)
    ):
        return Item("X", i, i + 2)  # "a 29% reduction", "33% lower"
    if (
        after == "-"
        and i + 3 < len(tokens)
        and tokens[i + 2].kind == "n"
        and tokens[i + 3].text == "%"
        and before not in {"(", "[", ",", ";", ":"}
    ):
        return Item("X", i, i + 4)  # "a 25-50% reduction"
    if before == "^":
        return Item("X", i, i + 1)  # "10<sup>9</sup>"
    if after in {"st", "nd", "rd", "th"} and tokens[i + 1].start == tokens[i].end:
        return Item("X", i, i + 2)  # "the 6th course"
    if after == "-" and i + 3 < len(tokens) and tokens[i + 3].text == "%":
        around = [*tokens[max(0, i - 9) : i], *tokens[i + 4 : i + 12]]
        if any(t.text in _COMPARE for t in around):
            return Item("X", i, i + 4)  # "expression of ≥50%, 1-49% and <1%"
    if after == "%" and before == "than" and i > 1 and tokens[i - 2].lower in {"more", "less", "greater", "fewer", "higher", "lower"}:
        found = g.cell(i)
        if found is None or (found[0].interval is None and found[0].x is None):
            return Item("X", i, i + 2)  # but "higher than 21.4% (95% CI 10.5-43.6) in B"
    if after == "%" and before in {"a", "an"} and tokens[i + 2 : i + 3] and tokens[i + 2].text == "(":
        end = next((j for j in range(i + 3, min(len(tokens), i + 14)) if tokens[j].text == ")"), 0)
        if end and tokens[end + 1 : end + 2] and tokens[end + 1].lower in _CHANGES:
            return Item("X", i, end + 1)  # "a 46% (3.7-6.9) reduction"
    if after == "%" and [t.lower for t in tokens[i + 2 : i + 4]] == ["(", "from"]:
        end = next((j for j in range(i + 4, min(len(tokens), i + 14)) if tokens[j].text == ")"), i + 1)
        return Item("X", i, end + 1)  # "an increase of 7.3% (from 28.1% to 35.4%)"
    if after == "%" and any(t.lower == "maturity" for t in tokens[i + 2 : i + 4]):
        return Item("X", i, i + 2)  # "at 64% data maturity"
    if after == "%" and [t.lower.replace("-", "") for t in tokens[i + 2 : i + 4]] == ["noninferiority", "margin"]:
        return Item("X", i, i + 2)  # "with a 12% noninferiority margin"
    if any(t.lower == "margin" for t in tokens[max(0, i - 4) : i]) and any("inferior" in t.lower for t in tokens[max(0, i - 8) : i]):
        return Item("X", i, i + 1)  # "a noninferiority margin of 10%"
    if before in {"group", "groups", "arm", "arms", "cohort"} and len(tokens[i].text) == 1 and after not in PATIENT_NOUNS | {"(", "%"}:
        return Item("X", i, i + 1)  # "94.5% group 1 vs 88.4% group 2"
    if after == ":" and 0 < i <= 3 and tokens[i - 1].kind == "w" and tokens[i].value.isdigit() and _spaced(tokens, i):
        return Item("X", i, i + 1)  # "Site 1: 4 (44%)", the label of a row
    if after in {"threshold", "cutoff", "cut-off", "level"} and "." in tokens[i].value:
        return Item("X", i, i + 1)
    if before in _STATUS and after == "%" and [t.lower for t in tokens[i + 2 : i + 3]] in (["to"], ["-"]):
        return Item("X", i, min(len(tokens), i + 5))  # "Karnofsky performance status 70% to 80%"
    code = _code_range(tokens, i, before)
    if code is not None:
        return code
    signed = before == "-" and i > 1 and tokens[i - 2].lower in _DIFFERENCES
    if before in _DIFFERENCES or signed or (after in {"percentage", "%", "points", "months"} and _difference_before(tokens, i)):
        found = g.cell(i)
        return Item("X", i, found[1] if found else i + 1)
    if (
        before == "="
        and after != "%"
        and i >= 2
        and (len(tokens[i - 2].text) == 1 or tokens[i - 2].lower in {"χ2", "x2", "chi2", "df"})
        and tokens[i - 2].lower != "n"
    ):
        return Item("X", i, i + 1)
    if before == "-" and i >= 3 and tokens[i - 2].text == "=" and len(tokens[i - 3].text) == 1:
        return Item("X", i, i + 1)  # "b = -29.4"
    scored = before == "score" and "." in tokens[i].value and not MIDDLE.isdisjoint(g.low[max(0, i - 6) : i])  # "mean score 4.8"
    if before in _KINDS and after == "/" and g.integer(i + 2) is not None:
        return Item("X", i, i + 3)  # "HPV 16/18"
    if before in _BEFORE_CODE and not tokens[i].spelled and after not in {"%"} and not scored:
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
    negative = _negative(tokens, i)
    middle = negative and not MIDDLE.isdisjoint(g.low[max(0, i - 30) : i])
    if _is_effect(tokens, i, cell) and not middle:
        return Item("X", i, j)
    if negative and cell.unit == "%" and not middle:
        return Item("X", i, j)  # a change of -28% is no share of patients, but it may be a mean
    if cell.value == "NR" and {"number", "events"} <= {t.lower for t in tokens[max(0, i - 16) : i]}:
        return Item("X", i, j)  # "the required number of events has not been reached"
    if before == "-" and cell.x is not None and i > 2 and tokens[i - 2].end == tokens[i - 1].start and tokens[i - 3].lower in _SPANNED:
        return Item("X", i, i + 1)  # "on days 1-3 (8.0% versus 47.5%)"
    if cell.unit in {"months", "weeks", "days", "years"} and no_result(g, i, j, stated=cell.interval is not None):
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
    if (
        cell.unit == "%"
        and before == "at"
        and cell.x is None
        and cell.interval is None
        and tokens[i - 2 : i - 1]
        and tokens[i - 2].lower not in _STAYED
    ):
        return Item("X", i, j)  # "the dose of S-1 at 100%"
    if cell.unit == "%" and (
        before in _COMPARE | {"least", "most"}
        or (before == "by" and cell.x is None and cell.n_equals is None and not _by_patients(tokens, i))
    ):
        return Item("X", i, j)
    if before in {"among", "of"} and cell.noun is not None and cell.unit is None and cell.x is None and i > 2:
        return Item("N", i, j, g.integer(i))
    return _signed(tokens, i, cell, j)
