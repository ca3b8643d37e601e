"""The grammar of values: numbers, units, intervals, fractions and what their brackets say, by recursive descent."""

from __future__ import annotations

from dataclasses import dataclass

from topline.audit.lexicon import PATIENT_NOUNS, TIME_UNITS
from topline.audit.measures import THINGS, measured_unit
from topline.audit.tokens import Token

__all__ = ["CI_STARTS", "CLOSE", "OPEN", "SPREAD_STARTS", "Cell", "Interval", "ValueGrammar"]


@dataclass(slots=True)
class Interval:
    """Two bounds and what they are: ci, range, iqr, or bare when the text does not say."""

    lower: str
    upper: str
    kind: str = "bare"
    level: str | None = None
    unit: str | None = None


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


OPEN, CLOSE = frozenset("(["), frozenset(")]")
_GLUE = frozenset(
    [",", ":", ";", "=", "(", "[", ")", "]", "ci", "cis", "of", "was", "were", "is", "from", "between", "for", "the", "and", "a", "to"]
) - {"to", "and", "a"}
_NR_WORDS = frozenset({"nr", "ne", "nc", "na", "unreached", "inf", "infinity", "∞"})
_COMPOUND = frozenset({"arm", "arms", "courses", "cycles", "doses", "fractions", "groups", "items", "regimens", "schedules", "sessions"})
_HAPPENED = frozenset({"event", "events", "death", "deaths", "recurrences", "relapses"})
_REACHED = frozenset({"statistical", "significance", "its", "the", "a", "clinical"})  # "did not reach statistical significance"
_NR_TAIL = frozenset({"reached", "estimable", "evaluable", "reach", "available", "calculable", "attained", "achieved"})
_METHODS = frozenset(
    {
        "adjusted", "bayesian", "binomial", "bootstrap", "clopper-pearson", "exact", "one-sided", "profile", "repeated",
        "two-sided", "wald", "wilson",
    }
)  # fmt: skip
_SIDED = frozenset({"one-sided", "two-sided"})
_CI = frozenset({"c.i", "ci", "cis", "cl", "cri"})
_SURE = frozenset({"confidence", "confident", "confidential", "credible", "probability"})
CI_STARTS = _SIDED | _CI | _SURE | {"c", "confidence-interval", "highest"}
_QUARTILES = frozenset({"inter-quartile", "interquartile", "iqr"})
SPREAD_STARTS = _QUARTILES | {"min-max", "minimum-maximum", "range", "range:", "ranged", "ranges", "ranging"}
_LEVELS = frozenset({"80", "90", "95", "97.5", "98", "99", "95.0", "90.0", "99.9"})


class ValueGrammar:
    """Parsers over one sentence; each takes a position and returns what it read and where it stopped, or None."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.size = len(tokens)
        self.with_sd = False  # a value with its SD was read: "38 [SD 26] vs 57 [41]"
        self.low = [t.lower for t in tokens] + [""] * 12
        self.kinds = [t.kind for t in tokens] + [""] * 12

    # -- small pieces -------------------------------------------------------------------------------------------------

    def not_reached(self, i: int) -> int | None:
        """NR, NE, "not (yet) (been) reached"; returns the position after it."""
        low = self.low
        if low[i] in _NR_WORDS and (low[i] in {"infinity", "unreached"} or self.tokens[i].text.isupper() or low[i] == "∞"):
            return i + 1
        if low[i] in {"not", "non"}:
            j = i + 1
            while j < i + 4 and low[j] in {"yet", "been", "-", "be"}:
                j += 1
            if low[j] in _NR_TAIL:
                return None if low[j + 1] in _REACHED else j + 1
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

    def bound(self, i: int, *, spelled: bool = False) -> tuple[str, str | None, int] | None:
        """One end of an interval; in a range it may be spelled."""
        sign = ""
        if self.low[i] == "-" and self.kinds[i + 1] == "n":
            sign, i = "-", i + 1
        elif self.low[i] == "+" and self.kinds[i + 1] == "n":
            i += 1
        if self.kinds[i] == "n" and (spelled or not self.tokens[i].spelled):
            value = sign + self.tokens[i].value
            unit, j = self.unit(i + 1)
            if self.low[j] == "+":
                j += 1
            return value, unit, j
        if i < self.size:
            after = self.not_reached(i)
            if after is not None:
                if self.low[after] in OPEN and self.low[after + 1] in _NR_WORDS and self.low[after + 2] in CLOSE:
                    after += 3  # "not reached [NR]"
                return "NR", None, after
        return None

    def interval(self, i: int, *, lost_dash: bool = False, spelled: bool = False) -> tuple[Interval, int] | None:
        """Two bounds with a dash, "to", a comma or "and" between them; with `lost_dash` only a space."""
        low = self.low
        if low[i] in {"from", "between"}:
            i += 1
        first = self.bound(i, spelled=spelled)
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
        second = self.bound(j, spelled=spelled)
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
        if low[i] not in CI_STARTS and self.kinds[i] != "n":
            return None
        level = None
        if low[i] in _SIDED or (low[i] in {"1", "2"} and low[i + 1] == "-" and low[i + 2] == "sided"):
            i += 1 if low[i][0] in "to" else 3
        j = i
        if self.kinds[i] == "n" and (
            (low[i + 1] in {"%", "percent"} and 50 < float(self.tokens[i].value) < 100)
            or (low[i + 1] in {"ci", "-"} and self.tokens[i].value in _LEVELS)
        ):
            level = self.tokens[i].value
            j = i + 2 if low[i + 1] in {"%", "-", "percent"} else i + 1
            if low[j] in {"%", "-"}:
                j += 1
            if low[j] in _METHODS:
                j += 1
        if low[j] in _CI or (low[j] == "c" and low[j + 1] == "." and low[j + 2] == "i"):
            j += 1 if low[j] != "c" else 3
            if low[j] == ".":
                j += 1
        elif level is not None and low[j] in {"pi", "bci"}:
            j += 1
        elif low[j] in _SURE and low[j + 1] in {
            "interval",
            "intervals",
            "limit",
            "limits",
        }:
            j += 2
            named = self._named_again(j)
            if named:
                j = named
                if low[j] in CLOSE:
                    j += 1
            elif low[j] == "," and low[j + 1] == "ci":
                j += 2
        elif low[j] == "highest" and low[j + 1] == "posterior" and low[j + 2] == "density":
            j += 3 + (low[j + 3] == "interval")
        elif low[j] == "confidence-interval":
            j += 1
        else:
            return None
        if low[j] in OPEN and self.kinds[j + 1] == "n" and low[j + 2] == "%" and low[j + 3] in CLOSE:
            level, j = self.tokens[j + 1].value, j + 4
        if (
            level is None
            and self.kinds[j] == "n"
            and low[j + 1] == "%"
            and self.tokens[j].value in _LEVELS
            and (low[j + 2] not in {"-", "to", ","} or (low[j + 2] == "," and (self.kinds[j + 3] != "n" or low[j + 4] in {"-", "to"})))
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

    def _named_again(self, j: int) -> int:
        """ "confidence interval [95% CI]": where the abbreviation ends; 0 without one."""
        if self.low[j] not in OPEN:
            return 0
        j += 1
        if self.kinds[j] == "n" and self.low[j + 1] == "%":
            j += 2
        return j + 1 if self.low[j] in {"bci", "ci", "cis", "cl", "cls", "cri", "pi"} else 0

    def ci(self, i: int) -> tuple[Interval, int] | None:
        """A named confidence interval with its bounds."""
        head = self.ci_head(i)
        if head is None:
            return None
        level, j = head
        opened = 0
        steps = 0
        while steps < 5 and self.low[j] in _GLUE:
            if self.low[j] in OPEN:
                opened += 1
            elif self.low[j] in CLOSE:
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
        while opened and self.low[j] in CLOSE:
            opened -= 1
            j += 1
        return interval, j

    def spread(self, i: int) -> tuple[Interval, int] | None:
        """A range or an interquartile range, named before its bounds."""
        low = self.low
        j = i
        if low[j] in _QUARTILES:
            kind = "iqr"
            j += 1
            if low[j] in {"range", "ranges", "interval"}:
                j += 1
            if low[j] in OPEN and low[j + 1] == "iqr":
                j += 3
            elif low[j] == "," and low[j + 1] == "iqr":
                j += 2
        elif low[j] in SPREAD_STARTS:
            kind = "range"
            j += 1
        else:
            return None
        steps = 0
        while steps < 4 and (low[j] in _GLUE or low[j] in {"in", "months", "years", "age"}):
            j += 1
            steps += 1
        found = self.interval(j, lost_dash=True, spelled=True)
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
            if low[j] in PATIENT_NOUNS or (low[j] in _HAPPENED and low[j + 1] in {"in", "among", "of"}):
                j += 1
            if low[j] == "in" and low[j + 2] in PATIENT_NOUNS and low[i - 1 if i else 0] not in {"was", "were", "of", "status"}:
                j += 1  # "57 in 453 patients"
            elif low[j] == "out" and low[j + 1] == "of":
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
        if low[j + 1] in {"expected", "planned", "projected"}:
            return None
        if (low[j + 1] in TIME_UNITS or (low[j + 1] == "-" and low[j + 2] in TIME_UNITS)) or _COMPOUND & set(low[j + 1 : j + 3]):
            return None  # "days 1 to 21 of a 28-day cycle", "7 of 8 weeks", "one of two treatment arms"
        if low[j + 1] not in THINGS and measured_unit(low, j + 1) > j + 1:
            return None  # "75/600 mg/m2"
        if "/" in (low[i - 1 if i else 0], low[j + 1]) or (self.tokens[i].text.startswith("0") and x):
            return None  # a dose "500/100/500", the studies "017/057"
        if n is None or n < x or n == 0 or (self.low[j + 1] in {"%", "mg", "-", "grade", "grades"} and self.low[j + 1] != "-"):
            return None
        if (
            low[i + 1] == "/"
            and n <= 5
            and (low[i - 1 if i else 0] in {"grade", "grades", "stage"} or low[j + 1] in {"inhibitor", "inhibitors"})
        ):
            return None
        return x, n, j + 1

    def percent(self, i: int) -> tuple[str, int] | None:
        """A number with a percent sign; in a bracket also "<1%"."""
        sign = self.low[i] if i and self.low[i] in {"<", ">"} and self.low[i - 1] in OPEN else ""
        i += len(sign)
        if self.kinds[i] == "n":
            unit, j = self.unit(i + 1)
            if unit == "%":
                return sign + self.tokens[i].value, j
        return None
