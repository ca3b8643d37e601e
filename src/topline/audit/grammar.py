"""The grammar of what stands beside values: grades of events and landmark times, over that of values, p-values and ratios."""

from __future__ import annotations

import re

from topline.audit.lexicon import TIME_UNITS
from topline.audit.ratio_grammar import PValue, Ratio, RatioGrammar
from topline.audit.value_grammar import Cell, Interval

__all__ = ["Cell", "Grammar", "Interval", "PValue", "Ratio"]


_GRADE_WORD = re.compile(r"^(?:grades?-?|g)([1-5])(?:[-/]([1-5]))?$")
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "iii/iv": "3-4",
    "iii-iv": "3-4",
    "iii-v": "3-5",
    "i-ii": "1-2",
    "i/ii": "1-2",
    "ii-iii": "2-3",
}
_ABOVE = frozenset({"higher", "worse", "above", "greater", "more", "over", "severe"})
# fmt: off
_OF_A_TIME = frozenset(
    {
        "survival", "overall", "progression-free", "disease-free", "event-free", "relapse-free", "recurrence-free",
        "metastasis-free", "os", "pfs", "dfs", "efs", "rfs", "actuarial", "cumulative", "local", "locoregional", "rate",
        "rates", "mortality",
    }
)
# fmt: on


_ONE_UNIT = frozenset({"day", "month", "week", "year"})


class Grammar(RatioGrammar):
    """All parsers over one sentence; each takes a position and returns what it read and where it stopped, or None."""

    def grade(self, i: int) -> tuple[str, int] | None:
        """ "grade 3 or higher", "≥ grade 3", "grade III-IV", "G3-4", "grades 3 and 4"."""
        low = self.low
        glued = _GRADE_WORD.match(low[i]) if self.kinds[i] == "w" and low[i][0] == "g" else None
        above = False
        j = i
        if low[j] in {"≥", ">"} and low[j + 1] in {"grade", "grades"}:
            above, j = True, j + 1
        if low[j] in {"grade", "grades"}:
            j += 1
            while low[j] in {"of", "≥", ">", "-"}:
                above = above or low[j] in {"≥", ">"}
                j += 1
            if self.kinds[j] == "n" and self.tokens[j].value in {"0", "1", "2", "3", "4", "5"}:
                first, j = self.tokens[j].value, j + 1
            elif low[j] in _ROMAN:
                first, j = _ROMAN[low[j]], j + 1
            else:
                return None
        elif glued is not None:
            first = glued.group(1) + (f"-{glued.group(2)}" if glued.group(2) else "")
            above = above or (i > 0 and low[i - 1] in {"≥", ">"})
            j = i + 1
        else:
            return None
        if above:
            return f"{first}+", j
        if low[j] in {"or", "and"} and low[j + 1] in _ABOVE:
            return f"{first}+", j + 2
        if low[j] == "+":
            return f"{first}+", j + 1
        if low[j] == "," and self.kinds[j + 1] == "n" and "-" not in first:
            k, last = j, first
            while low[k] in {",", "or", "and"} and k < j + 8:
                k += 1
                if self.kinds[k] == "n" and self.tokens[k].value in {"3", "4", "5"} and self.tokens[k].value > last:
                    last, k = self.tokens[k].value, k + 1
            if last != first and low[k] not in {"%", "patients", "(", "of"}:
                return f"{first}-{last}", k
        if low[j] in {"-", "/", "to", "or", "and"} and "-" not in first:
            k = j + 1
            if low[k] in {"grade", "grades"}:
                k += 1
            second = self.tokens[k].value if self.kinds[k] == "n" else _ROMAN.get(low[k], "")
            if second in {"1", "2", "3", "4", "5"} and second > first and self.low[k + 1] != "%":
                return f"{first}-{second}", k + 1
        return first, j

    def times(self, i: int) -> tuple[list[str], int] | None:
        """Landmark times: "12-month", "1-, 2- and 3-year", "at 12 and 24 months", "one-year", "at month 20"."""
        low = self.low
        j = i
        if low[j] in {"at", "by"} and low[j + 1] in _ONE_UNIT and self.kinds[j + 2] == "n":
            unit, k = low[j + 1], j + 3
            named = [self.tokens[j + 2].value]
            while low[k] in {",", "and"} and low[k + 1] == unit and self.kinds[k + 2] == "n" and len(named) < 6:
                named.append(self.tokens[k + 2].value)
                k += 3
            return [f"{v} {TIME_UNITS[unit]}" for v in named], k
        led = False
        both = low[j + 1] == "both"
        if low[j] in {"at", "within", "after", "by"} and self.kinds[j + 1 + both] == "n":
            led, j = low[j] == "at", j + 1 + both
            if not led:
                return None
        values: list[str] = []
        hyphens = False
        steps = 0
        while steps < 24 and self.kinds[j] == "n":
            values.append(self.tokens[j].value)
            j += 1
            if low[j] == "-":
                hyphens = True
                j += 1
            if low[j] in TIME_UNITS:
                if len(values) > 6 or not (
                    hyphens or led or (low[j + 1] in _OF_A_TIME and low[j] in {"year", "years", "month", "months", "week", "day", "y"})
                ):
                    return None
                if hyphens and low[j - 1] != "-" and not led:
                    return None
                if led and any("." in v and not v.endswith(".5") for v in values):
                    return None  # "different at 19.8 months and 12.9 months"
                if (low[j].endswith("s") and low[i - 1 if i else 0] == "of") or low[j + 1 : j + 3] == ["median", "follow-up"]:
                    return None  # "a median follow-up of 5-years", "the 16-month median follow-up"
                unit = TIME_UNITS[low[j]]
                return [f"{v} {unit}" for v in values], j + 1
            while low[j] in {",", "and", "or", "/", "-"}:
                j += 1
                steps += 1
            steps += 1
        return None
