"""The grammar of printed numbers: intervals, fractions, ratios, p-values, grades and times, by recursive descent."""

from __future__ import annotations

import re
from dataclasses import dataclass

from topline.audit.lexicon import PATIENT_NOUNS, RATIO_HEADS, TIME_UNITS
from topline.audit.tokens import Token

__all__ = ["Cell", "Grammar", "Interval", "PValue", "Ratio"]


@dataclass(slots=True)
class Interval:
    """Two bounds and what they are: ci, range, iqr, or bare when the text does not say."""

    lower: str
    upper: str
    kind: str = "bare"
    level: str | None = None
    unit: str | None = None


@dataclass(slots=True)
class PValue:
    """A p-value with its sign; `marks` say which test or side the text names."""

    value: str
    marks: tuple[str, ...] = ()
    threshold: bool = False


@dataclass(slots=True)
class Cell:
    """One printed value with what its brackets say about it."""

    value: str | None = None
    unit: str | None = None
    x: int | None = None
    n: int | None = None
    interval: Interval | None = None
    second: Interval | None = None
    sd: str | None = None
    spelled: bool = False
    noun: str | None = None
    n_equals: int | None = None


@dataclass(slots=True)
class Ratio:
    """HR, OR or RR with its interval and p-value."""

    measure: str
    value: str
    interval: Interval | None = None
    p: PValue | None = None
    marks: tuple[str, ...] = ()
    about: str = ""


_OPEN, _CLOSE = frozenset("(["), frozenset(")]")
_GLUE = frozenset(
    [",", ":", ";", "=", "(", "[", ")", "]", "ci", "cis", "of", "was", "were", "is", "from", "between", "for", "the", "and", "a", "to"]
) - {"to", "and", "a"}
_NR_WORDS = frozenset({"nr", "ne", "nc", "na", "unreached", "inf", "∞"})
_NR_TAIL = frozenset({"reached", "estimable", "evaluable", "reach", "available", "calculable", "attained", "achieved"})
_SPACED = re.compile(r"^[0-9]+(?:\.[0-9]+)?$")
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
_P_SIGNS = frozenset("=<>≤≥")
_LEVELS = frozenset({"80", "90", "95", "97.5", "98", "99", "95.0", "90.0", "99.9"})


class Grammar:
    """Parsers over one sentence; each takes a position and returns what it read and where it stopped, or None."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.size = len(tokens)
        self.low = [t.lower for t in tokens] + [""] * 12
        self.kinds = [t.kind for t in tokens] + [""] * 12

    # -- small pieces -------------------------------------------------------------------------------------------------

    def not_reached(self, i: int) -> int | None:
        """NR, NE, "not (yet) (been) reached"; returns the position after it."""
        low = self.low
        if low[i] in _NR_WORDS and (low[i] == "unreached" or self.tokens[i].text.isupper() or low[i] == "∞"):
            return i + 1
        if low[i] in {"not", "non"}:
            j = i + 1
            while j < i + 4 and low[j] in {"yet", "been", "-", "be"}:
                j += 1
            if low[j] in _NR_TAIL:
                return j + 1
        if low[i] in {"not-reached", "non-reached", "non-estimable", "not-estimable"}:
            return i + 1
        return None

    def unit(self, i: int) -> tuple[str | None, int]:
        """A percent sign or a unit of time."""
        low = self.low
        if low[i] == "%":
            return "%", i + 1
        if low[i] in {"percent", "percentage"} and low[i + 1] not in {"point", "points"}:
            return "%", i + 1
        if low[i] == "per" and low[i + 1] == "cent":
            return "%", i + 2
        if low[i] in TIME_UNITS:
            return TIME_UNITS[low[i]], i + 1
        if low[i] in {"m", "y"} and i > 0 and self.kinds[i - 1] == "n" and "." in self.tokens[i - 1].value:
            return ("months" if low[i] == "m" else "years"), i + 1
        return None, i

    def bound(self, i: int) -> tuple[str, str | None, int] | None:
        """One end of an interval."""
        sign = ""
        if self.low[i] == "-" and self.kinds[i + 1] == "n":
            sign, i = "-", i + 1
        if self.kinds[i] == "n" and not self.tokens[i].spelled:
            value = sign + self.tokens[i].value
            unit, j = self.unit(i + 1)
            if self.low[j] == "+":
                j += 1
            return value, unit, j
        if i < self.size:
            j = self.not_reached(i)
            if j is not None:
                return "NR", None, j
        return None

    def interval(self, i: int, *, lost_dash: bool = False) -> tuple[Interval, int] | None:
        """Two bounds with a dash, "to", a comma or "and" between them; with `lost_dash` only a space."""
        low = self.low
        if low[i] in {"from", "between"}:
            i += 1
        first = self.bound(i)
        if first is None:
            return None
        j = first[2]
        separator = low[j]
        if separator in {"-", "~", "to", ",", ";", "and", "/", "through", "–"}:
            j += 1
            if low[j] == "-" and separator == "-":
                j += 1
        elif separator == "." and low[j + 1] == "." and j + 2 < self.size:
            j += 2
        elif not (lost_dash and self.kinds[j] == "n"):
            return None
        second = self.bound(j)
        if second is None:
            return None
        if separator in {",", ";", "and"} and not lost_dash and (first[0] == "NR" or second[0] == "NR"):
            return None
        unit = second[1] or first[1]
        return Interval(first[0], second[0], unit=unit), second[2]

    # -- intervals with a name ------------------------------------------------------------------------------------------

    def ci_head(self, i: int) -> tuple[str | None, int] | None:
        """ "95% CI", "CI 95%", "confidence interval (CI)"; the level and the position after it."""
        low = self.low
        level = None
        j = i
        if self.kinds[i] == "n" and (low[i + 1] == "%" or low[i + 1] in {"ci", "-"}) and self.tokens[i].value in _LEVELS:
            level = self.tokens[i].value
            j = i + 2 if low[i + 1] in {"%", "-"} else i + 1
            if low[j] in {"%", "-"}:
                j += 1
            if low[j] in {"two-sided", "exact", "bootstrap", "bayesian"}:
                j += 1
        if low[j] in {"ci", "cis", "cri", "c.i"} or (low[j] == "c" and low[j + 1] == "." and low[j + 2] == "i"):
            j += 1 if low[j] != "c" else 3
            if low[j] == ".":
                j += 1
        elif low[j] in {"confidence", "credible", "confident"} and low[j + 1] in {"interval", "intervals", "limit", "limits"}:
            j += 2
            if low[j] in _OPEN and low[j + 1] in {"ci", "cis"}:
                j += 2
                if low[j] in _CLOSE:
                    j += 1
            elif low[j] == "," and low[j + 1] == "ci":
                j += 2
        elif low[j] in {"confidence-interval"}:
            j += 1
        else:
            return None
        if low[j] in _OPEN and self.kinds[j + 1] == "n" and low[j + 2] == "%" and low[j + 3] in _CLOSE:
            level, j = self.tokens[j + 1].value, j + 4
        if (
            level is None
            and self.kinds[j] == "n"
            and low[j + 1] == "%"
            and self.tokens[j].value in _LEVELS
            and low[j + 2] not in {"-", "to", ","}
        ):
            level, j = self.tokens[j].value, j + 2
        elif (
            level is None
            and self.kinds[j] == "n"
            and self.tokens[j].value in _LEVELS
            and low[j + 1] in {":", ","}
            and self.kinds[j + 2] == "n"
            and low[j + 3] in {"-", "to"}
        ):
            level, j = self.tokens[j].value, j + 1
        return level, j

    def ci(self, i: int) -> tuple[Interval, int] | None:
        """A named confidence interval with its bounds."""
        head = self.ci_head(i)
        if head is None:
            return None
        level, j = head
        opened = 0
        steps = 0
        while steps < 5 and self.low[j] in _GLUE:
            if self.low[j] in _OPEN:
                opened += 1
            elif self.low[j] in _CLOSE:
                if not opened:
                    break
                opened -= 1
            j += 1
            steps += 1
        if self.low[j] in TIME_UNITS:
            j += 1
        found = self.interval(j, lost_dash=True)
        if found is None:
            return None
        interval, j = found
        interval.kind, interval.level = "ci", level
        while opened and self.low[j] in _CLOSE:
            opened -= 1
            j += 1
        return interval, j

    def spread(self, i: int) -> tuple[Interval, int] | None:
        """A range or an interquartile range, named before its bounds."""
        low = self.low
        j = i
        if low[j] == "iqr" or low[j] == "interquartile" or low[j] == "inter-quartile":
            kind = "iqr"
            j += 1
            if low[j] in {"range", "ranges", "interval"}:
                j += 1
            if low[j] in _OPEN and low[j + 1] == "iqr":
                j += 3
            elif low[j] == "," and low[j + 1] == "iqr":
                j += 2
        elif low[j] in {"range", "ranges", "ranging", "ranged", "min-max", "range:"}:
            kind = "range"
            j += 1
        else:
            return None
        steps = 0
        while steps < 4 and (low[j] in _GLUE or low[j] in {"in", "months", "years", "age"}):
            j += 1
            steps += 1
        found = self.interval(j, lost_dash=True)
        if found is None:
            return None
        found[0].kind = kind
        return found

    # -- fractions, percentages and what follows a value ----------------------------------------------------------------

    def integer(self, i: int) -> int | None:
        """The integer at `i`, spelled or in digits."""
        if self.kinds[i] == "n":
            value = self.tokens[i].value
            if value.isdigit() and len(value) < 8:
                return int(value)
        return None

    def fraction(self, i: int) -> tuple[int, int, int] | None:
        """``x/n``, ``x of n``, ``x out of n``: count, denominator, position."""
        x = self.integer(i)
        if x is None:
            return None
        low = self.low
        j = i + 1
        if low[j] == "/":
            j += 1
        else:
            if low[j] in PATIENT_NOUNS:
                j += 1
            if low[j] == "out" and low[j + 1] == "of":
                j += 2
            elif low[j] in {"of", "among"}:
                j += 1
            else:
                return None
            steps = 0
            while steps < 4 and low[j] in {
                "the",
                "all",
                "these",
                "a",
                "total",
                "of",
                "evaluable",
                "whole",
                "entire",
                "first",
                "enrolled",
                "treated",
                "assessable",
            }:
                j += 1
                steps += 1
        n = self.integer(j)
        if n is None or n < x or n == 0 or (self.low[j + 1] in {"%", "mg", "-"} and self.low[j + 1] != "-"):
            return None
        if self.low[i + 1] == "/" and (
            self.low[j + 1] == "/" or (n <= 5 and x <= 5 and low[i - 1 if i else 0] in {"grade", "grades", "stage"})
        ):
            return None
        return x, n, j + 1

    def percent(self, i: int) -> tuple[str, int] | None:
        """A number with a percent sign."""
        if self.kinds[i] == "n":
            unit, j = self.unit(i + 1)
            if unit == "%":
                return self.tokens[i].value, j
        return None

    def cell(self, i: int) -> tuple[Cell, int] | None:
        """A value and all that its brackets say: interval, count, denominator, percentage."""
        cell = Cell()
        if i < self.size and self.kinds[i] != "n":
            after = self.not_reached(i)
            if after is None:
                return None
            cell.value = "NR"
            unit, j = self.unit(after)
            cell.unit = unit
            return cell, self._absorb(cell, j)
        cell.spelled = self.tokens[i].spelled
        found = self.fraction(i)
        if found is not None:
            cell.x, cell.n, j = found
            if self.low[j] in PATIENT_NOUNS:
                cell.noun = self.low[j]
                j += 1
        else:
            cell.value = self.tokens[i].value
            j = i + 1
            cell.unit, j = self.unit(j)
            if (cell.unit is None and self.low[j] == "±") or (
                self.low[j] == "+" and self.low[j + 1] in {"/", "-"} and self.kinds[j + 3] == "n"
            ):
                k = j + 1 if self.low[j] == "±" else j + 3
                if self.kinds[k] == "n":
                    cell.sd = self.tokens[k].value
                    cell.unit, j = self.unit(k + 1)
            elif cell.unit == "%" and self.low[j] in {"of", "among"}:
                k = j + 1
                while k < j + 4 and self.low[k] in {"the", "all", "these"}:
                    k += 1
                n = self.integer(k)
                if n is not None and self.low[k + 1] in PATIENT_NOUNS | {"evaluable"}:
                    cell.n, j = n, k + 2
            elif cell.unit is None and self.integer(i) is not None:
                if self.low[j] in PATIENT_NOUNS:
                    cell.noun = self.low[j]
                    j += 1
        return cell, self._absorb(cell, j)

    def _absorb(self, cell: Cell, j: int) -> int:
        """Read the brackets and appositions that belong to the value; stop at the first thing that does not."""
        depth = 0
        for _ in range(8):
            k = j
            opener = self.low[k]
            if opener in _OPEN or (opener in {",", ";", ":"} and k + 1 < self.size):
                k += 1
                if opener not in _OPEN and self.low[k] in _OPEN:
                    opener = self.low[k]
                    k += 1
            elif opener in _CLOSE and depth:
                depth -= 1
                j += 1
                j = self._tail(cell, j)
                continue
            elif self.ci_head(k) is None and opener not in {"range", "ranging", "iqr", "interquartile"}:
                break
            after = self._attribute(cell, k, opener)
            if after is None:
                break
            j = after
            if opener in _OPEN:
                depth += 1
        return self._tail(cell, j)

    def _tail(self, cell: Cell, j: int) -> int:
        """ "26 (22%) of 118 patients"; "10 (50%) patients"; "15.2 (12.1-18.3) months"."""
        if cell.unit is None and cell.value is not None and cell.x is None and self.low[j] in TIME_UNITS:
            cell.unit = TIME_UNITS[self.low[j]]
            return j + 1
        if cell.x is not None and cell.n is None and self.low[j] in {"of", "among"} and cell.unit == "%":
            k = j + 1
            while k < j + 4 and self.low[k] in {"the", "all", "these"}:
                k += 1
            n = self.integer(k)
            if n is not None and n >= cell.x and self.low[k + 1] != "%":
                cell.n = n
                j = k + 1
        if cell.noun is None and self.low[j] in PATIENT_NOUNS and (cell.x is not None or cell.unit is None):
            cell.noun = self.low[j]
            j += 1
        return j

    def _attribute(self, cell: Cell, k: int, opener: str) -> int | None:
        """One attribute of the value at `k`; None if it is something else."""
        for parse in (self.ci, self.spread):
            found = parse(k)
            if found is not None:
                if cell.interval is not None:
                    if cell.second is None and cell.interval.kind != found[0].kind:
                        cell.second = found[0]
                        return found[1]
                    return None
                cell.interval = found[0]
                if cell.unit is None and found[0].unit and cell.x is None and cell.value is not None:
                    cell.unit = found[0].unit
                return found[1]
        if cell.unit == "%" and cell.x is None:
            fraction = self.fraction(k)
            if fraction is not None:
                cell.x, cell.n = fraction[0], fraction[1]
                j = fraction[2]
                return j + 1 if self.low[j] in PATIENT_NOUNS else j
            if self.low[k] == "n" and self.low[k + 1] in {"=", ":"} and self.integer(k + 2) is not None:
                if self.low[k + 3] == "/" and self.integer(k + 4) is not None:
                    cell.x, cell.n = self.integer(k + 2), self.integer(k + 4)
                    return k + 5
                cell.n_equals = self.integer(k + 2)
                return k + 3
            if opener in _OPEN and self.integer(k) is not None and self.low[k + 1] in PATIENT_NOUNS:
                cell.x = self.integer(k)
                return k + 2
        percent = self.percent(k)
        if percent is not None and cell.unit is None and self.ci_head(k) is None:
            if opener not in _OPEN and cell.x is None:
                return None
            if cell.x is None:
                count = cell.value
                if count is None or not count.isdigit() or len(count) > 7:
                    return None
                cell.x = int(count)
            cell.value, cell.unit = percent[0], "%"
            return percent[1]
        if opener in _OPEN and cell.interval is None and (cell.unit is not None or (cell.value is not None and "." in cell.value)):
            bare = self.interval(k)
            if bare is not None and (self.low[bare[1]] in _CLOSE or self.low[bare[1]] in {";", ","}) and bare[0].lower != "NR":
                if cell.unit == "%" and bare[0].unit not in {None, "%"}:
                    return None
                cell.interval = bare[0]
                return bare[1]
        return None

    # -- p-values and ratios --------------------------------------------------------------------------------------------

    def p_value(self, i: int) -> tuple[PValue, int] | None:
        """ "P = 0.04", "p<.001", "P value of 0.03", "P for interaction = .2", "log-rank P=NS"."""
        low = self.low
        if low[i] not in {"p", "ps", "p-value", "p-values", "pvalue", "plog-rank", "plogrank", "ptrend", "pinteraction"}:
            return None
        marks: list[str] = []
        j = i + 1
        if low[j] in {"value", "values"}:
            j += 1
        steps = 0
        while steps < 8 and low[j] not in _P_SIGNS and self.kinds[j] != "n":
            word = low[j]
            if word in {"for", "(", ")", "[", "]", "of", "was", "were", "is", ":", ",", "-", "by", "test", "the", "s", "'"}:
                pass
            elif word in {
                "interaction",
                "trend",
                "log-rank",
                "logrank",
                "noninferiority",
                "non-inferiority",
                "stratified",
                "one-sided",
                "two-sided",
                "1-sided",
                "2-sided",
                "fisher",
                "exact",
                "chi-square",
                "adjusted",
                "nominal",
                "superiority",
            }:
                marks.append(word)
            elif word == "ns":
                return PValue("NS"), j + 1
            else:
                return None
            j += 1
            steps += 1
        sign = ""
        while low[j] in _P_SIGNS:
            sign += low[j]
            j += 1
        if low[j] in {"ns", "n.s"} or (low[j] == "n" and low[j + 1] == "." and low[j + 2] == "s"):
            return PValue("NS"), j + 1
        if self.kinds[j] != "n":
            return None
        value = self.tokens[j].value
        if float(value) > 1 or (not sign and "." not in value):
            return None
        j += 1
        if low[j] in {"x", "×", "*"} and self.integer(j + 1) == 10 and low[j + 2] in {"-", "^"}:
            k = j + 3 + (low[j + 3] in {"-", "^"})
            power = self.integer(k)
            if power is not None and power < 40:
                value = f"{float(value) * 10.0**-power:.{power + 1}f}"
                j = k + 1
        elif low[j] in {"e", "e-"}:
            return None
        prefix = "" if sign in {"", "=", "=="} else ("<" if "<" in sign else ">" if ">" in sign else "≤" if "≤" in sign else "≥")
        threshold = low[j] in {"was", "were", "is", "are", "indicated", "indicates", "denoted"} and any(
            w in {"considered", "regarded", "significant", "significance", "deemed", "defined", "set", "statistically", "indicate"}
            for w in low[j : j + 5]
        )
        return PValue(prefix + value, tuple(marks), threshold), j

    def ratio(self, i: int) -> tuple[Ratio, int] | None:
        """A hazard, odds or risk ratio with its interval and p-value, in any of the usual orders."""
        low = self.low
        j = i
        marks: list[str] = []
        token = self.tokens[i].text
        if low[i] in RATIO_HEADS and (
            token.isupper() or token in {"aHR", "sHR", "aOR", "HRs", "ORs"} or (low[i] == "hr" and self.kinds[i + 1] != "")
        ):
            if low[i] == "hr" and i > 0 and self.kinds[i - 1] == "n":
                return None
            measure = RATIO_HEADS[low[i]]
            if low[i] in {"ahr", "aor"}:
                marks.append("adjusted")
            j += 1
        elif low[i] in {"hazard", "hazards", "odds", "risk", "rate", "relative"} and low[i + 1] in {"ratio", "ratios", "risk"}:
            if low[i] == "relative" and low[i + 1] != "risk":
                return None
            measure = {"hazard": "HR", "hazards": "HR", "odds": "OR"}.get(low[i], "RR")
            j += 2
        else:
            return None
        if i and low[i - 1] in {"adjusted", "multivariable", "multivariate", "stratified", "unadjusted", "weighted"}:
            marks.append(low[i - 1])
        about: list[str] = []
        steps = 0
        pending: Interval | None = None
        while steps < 16 and j < self.size:
            word = low[j]
            early = self.ci(j)
            if early is not None:
                pending, j = early
                steps += 2
                continue
            head = self.ci_head(j)
            if head is not None:
                j = head[1]
                steps += 1
                continue
            if self.kinds[j] == "n" and not self.tokens[j].spelled:
                break
            if word in {";", "vs", "versus"} or self.p_value(j) is not None or self.kinds[j] == "id":
                return None
            if self.kinds[j] == "w":
                about.append(word)
            j += 1
            steps += 1
        if self.kinds[j] != "n" or self.low[j + 1] == "%" or self.low[j + 1] in TIME_UNITS:
            return None
        value = self.tokens[j].value
        if len(value) > 8 or (value.isdigit() and (int(value) > 99 or self.low[j + 1] in PATIENT_NOUNS)):
            return None
        j += 1
        ratio = Ratio(measure, value, pending, None, tuple(marks), " ".join(about))
        return ratio, self._ratio_tail(ratio, j)

    def _ratio_tail(self, ratio: Ratio, j: int) -> int:
        depth = 0
        for _ in range(7):
            k = j
            opener = self.low[k]
            while k < j + 3 and (
                self.low[k] in _OPEN
                or self.low[k] in {",", ";", ":", "and", "with", "a", "log-rank", "logrank", "two-sided", "one-sided", "stratified"}
            ):
                depth += self.low[k] in _OPEN
                k += 1
            if ratio.interval is None:
                found = self.ci(k)
                if found is None and opener in _OPEN | {",", ";"}:
                    bare = self.interval(k)
                    if bare is not None and bare[0].unit is None and opener in _OPEN and "NR" not in (bare[0].lower, bare[0].upper):
                        found = bare
                        found[0].kind = "ci"
                if found is not None:
                    ratio.interval, j = found
                    continue
            p = self.p_value(k)
            if p is not None and ratio.p is None:
                ratio.p, j = p
                words = [w for w in self.low[j - 8 if j > 8 else 0 : j] if w in {"one-sided", "log-rank", "logrank", "stratified"}]
                if words:
                    ratio.p.marks = tuple(dict.fromkeys((*ratio.p.marks, *words)))
                continue
            if opener in _CLOSE and depth:
                depth -= 1
                j += 1
                continue
            if (
                opener in _CLOSE
                and self.low[j + 1] in {",", ";", "("}
                and ratio.interval is not None
                and ratio.p is None
                and self.p_value(j + 2) is not None
            ):
                j += 1
                continue
            if opener in _CLOSE and ratio.interval is None and self.low[j + 1] in _OPEN and self.ci(j + 2) is not None:
                j += 1
                continue
            break
        return j

    # -- grades and times -------------------------------------------------------------------------------------------------

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
            if self.kinds[j] == "n" and self.tokens[j].value in {"1", "2", "3", "4", "5"}:
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
        if low[j] in {"-", "/", "to", "or", "and"} and "-" not in first:
            k = j + 1
            if low[k] in {"grade", "grades"}:
                k += 1
            second = self.tokens[k].value if self.kinds[k] == "n" else _ROMAN.get(low[k], "")
            if second in {"2", "3", "4", "5"} and second > first and not (self.low[k + 1] == "%"):
                return f"{first}-{second}", k + 1
        return first, j

    def times(self, i: int) -> tuple[list[str], int] | None:
        """Landmark times: "12-month", "1-, 2- and 3-year", "at 12 and 24 months", "one-year"."""
        low = self.low
        j = i
        led = False
        if low[j] in {"at", "within", "after", "by"} and self.kinds[j + 1] == "n":
            led, j = low[j] == "at", j + 1
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
                if len(values) > 6 or not (hyphens or led):
                    return None
                if hyphens and low[j - 1] != "-" and not led:
                    return None
                unit = TIME_UNITS[low[j]]
                return [f"{v} {unit}" for v in values], j + 1
            while low[j] in {",", "and", "or", "/", "-"}:
                j += 1
                steps += 1
            steps += 1
        return None
