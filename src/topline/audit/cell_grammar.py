"""A value with all that its brackets say about it: counts, denominators, percentages, intervals."""

from __future__ import annotations

import re

from topline.audit.lexicon import NOT_RESULTS, PATIENT_NOUNS, TIME_UNITS
from topline.audit.measures import THINGS, measured_unit
from topline.audit.small_words import VS
from topline.audit.value_grammar import CLOSE, OPEN, Cell, Interval, ValueGrammar

__all__ = ["CellGrammar"]


_OTHERS = frozenset(
    {"with", "difference", "were", "had", "who", "men", "women", "male", "female"}
)  # "168 patients (86% with resistant disease)"
_PER = re.compile(r"(?:[mµμnpdk]?[gl]|[mµμn]?mol|h|s|min|iu|kg|day)-[12]$")


def _holds(interval: Interval, value: str) -> bool:
    if "NR" in (interval.lower, interval.upper):
        return False
    return float(interval.lower) <= float(value.lstrip("<>")) <= float(interval.upper)


def _reversed(interval: Interval, value: str | None) -> bool:
    """Whether the first bound is the larger one, and the value does not lie between them either."""
    if "NR" in (interval.lower, interval.upper) or float(interval.lower) <= float(interval.upper):
        return False
    return value in {None, "NR"} or not float(interval.upper) <= float(str(value).lstrip("<>")) <= float(interval.lower)


class CellGrammar(ValueGrammar):
    """Parsers of whole values over one sentence."""

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
            cell.unit, j = self.unit(j + (self.low[j] in {"-", "+"} and self.low[j + 1] in TIME_UNITS))  # "8.3+ months"
            counted = self.low[j] in THINGS and self.low[j + 1] in OPEN and self.percent(j + 2) is not None
            if cell.unit is None and not counted and (end := measured_unit(self.low, j)) > j:
                cell.unit, j = self.tokens[end - 1].text, end  # "the median duration of surgery was 292 min (range 100-400)"
            if self.low[j] == "±" or (self.low[j] == "+" and self.low[j + 1] in {"/", "-"} and self.kinds[j + 3] == "n"):
                k = j + 1 if self.low[j] == "±" else j + 3
                if self.kinds[k] == "n":
                    cell.sd = self.tokens[k].value
                    unit, j = self.unit(k + 1)
                    cell.unit = cell.unit or unit
                    while self.low[j] in NOT_RESULTS or "/" in self.low[j][1:] or _PER.match(self.low[j]):
                        j += 1
            elif (
                cell.unit == "years"
                and (months := self.integer(k := j + (self.low[j] in {"and", ","}))) is not None
                and self.unit(k + 1)[0] == "months"
            ):
                if months < 12 and cell.value.isdigit():
                    cell.value, cell.unit, j = str(12 * int(cell.value) + months), "months", k + 2  # "2 years and 5 months"
            elif cell.unit == "%" and self.low[j] in {"of", "among"}:
                k = j + 1
                while k < j + 4 and self.low[k] in {"the", "all", "these"}:
                    k += 1
                n = self.integer(k)
                if n is not None and self.low[k + 1] in PATIENT_NOUNS | {"evaluable"}:
                    cell.n, j = n, k + 2
                elif self.low[k] in PATIENT_NOUNS and self.low[k + 1] in OPEN and self.low[k + 2] == "n":
                    j = k + 1  # "39% of patients (n = 141)"
            elif cell.unit is None and self.integer(i) is not None and (counted or self.low[j] in PATIENT_NOUNS):
                cell.noun = self.low[j]
                j += 1
        return cell, self._absorb(cell, j)

    def _absorb(self, cell: Cell, j: int) -> int:
        """Read the brackets and appositions that belong to the value; stop at the first thing that does not."""
        depth = 0
        for _ in range(8):
            k = j
            opener = self.low[k]
            if opener in OPEN or (opener in {",", ";", ":"} and k + 1 < self.size):
                k += 1
                if opener not in OPEN and self.low[k] in OPEN:
                    opener = self.low[k]
                    k += 1
            elif opener in CLOSE and depth:
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
            if opener in OPEN:
                depth += 1
        return self._tail(cell, j)

    def _tail(self, cell: Cell, j: int) -> int:
        """ "26 (22%) of 118 patients"; "10 (50%) patients"; "15.2 (12.1-18.3) months"."""
        if cell.unit is None and cell.value is not None and cell.x is None:
            if self.low[j] in TIME_UNITS:
                cell.unit = TIME_UNITS[self.low[j]]
                return j + 1
            if self.low[j] == "%" and self.low[j - 1] in CLOSE:
                cell.unit = "%"  # "74 (SE 3)%"
                return j + 1
        if cell.unit is None and cell.interval is not None and cell.x is None and (end := measured_unit(self.low, j)) > j:
            cell.unit, j = self.tokens[end - 1].text, end  # "305 (30-1420) mL"
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
        if self.low[k] == "±" and cell.sd is None and cell.value is not None:
            j = k + 1
            while j < k + 8 and self.low[j] in {"standard", "deviation", "sd", ",", "="} | OPEN | CLOSE:
                j += 1
            if self.kinds[j] == "n":
                cell.sd = self.tokens[j].value  # "9 [± 10.3]", "70% (± SD, 28%)"
                return self.unit(j + 1)[1]
        error = 1 if self.low[k] in {"se", "sem", "s.e"} else 2 * (self.low[k] == "standard" and self.low[k + 1] == "error")
        if error and cell.value is not None:
            j = k + error
            while j < k + 5 and self.low[j] in {"=", ":", ",", "±", "of"}:
                j += 1
            if self.kinds[j] == "n":
                return self.unit(j + 1)[1]  # "56.5% (SE = 5.6%)"
        named = 0
        if self.low[k] == "standard" and self.low[k + 1] == "deviation":
            named = 1 + 3 * (self.low[k + 2] in OPEN and self.low[k + 4] in CLOSE)  # "(standard deviation [SD], 0.3)"
        if (self.low[k] in {"sd", "s.d"} or named) and cell.sd is None and cell.value is not None:
            k += named
            j = k + 1 + (self.low[k + 1] in {"=", ":", "of", ","})
            if self.kinds[j] == "n":
                cell.sd = self.tokens[j].value  # "69.3 years (SD 9.0)"
                self.with_sd = True
                return self.unit(j + 1)[1]
        if cell.unit == "%" and cell.x is None:
            fraction = self.fraction(k)
            if fraction is not None:
                cell.x, cell.n = fraction[0], fraction[1]
                j = fraction[2]
                return j + 1 if self.low[j] in PATIENT_NOUNS else j
            x, n = self.integer(k), self.integer(k + 2)
            if opener in OPEN and x is not None and n and x > n and self.low[k + 1] == "/" and self.low[k + 3] in CLOSE | {";", ","}:
                cell.x, cell.n = x, n  # "12.5% (9/8)": more than all, for the checks to say
                return k + 3
            if self.low[k] == "n" and self.low[k + 1] in {"=", ":"} and self.integer(k + 2) is not None:
                if self.low[k + 3] == "/" and self.integer(k + 4) is not None:
                    cell.x, cell.n = self.integer(k + 2), self.integer(k + 4)
                    return k + 5
                cell.n_equals = self.integer(k + 2)
                return k + 3
            if opener in OPEN and self.integer(k) is not None and self.low[k + 1] in PATIENT_NOUNS:
                cell.x = self.integer(k)
                return k + 2
        percent = self.percent(k)
        if percent is not None and cell.unit is None and self.ci_head(k) is None and self.low[percent[1]] not in _OTHERS:
            if opener not in OPEN and cell.x is None and not (cell.noun is not None and self.low[percent[1]] in CLOSE):
                return None  # but "(1,323 women, 91%)"
            if cell.x is None:
                count = cell.value
                if count is None or not count.isdigit() or len(count) > 7 or (count == "0" and percent[0].strip("0.") != ""):
                    return None
                cell.x = int(count)
            cell.value, cell.unit = percent[0], "%"
            return percent[1]
        if (
            opener in OPEN
            and cell.unit is None
            and cell.value is not None
            and self.kinds[k] == "n"
            and (self.with_sd or ("." in cell.value and "." in self.tokens[k].value))
            and self.low[k + 1] in CLOSE
        ):
            cell.sd = self.tokens[k].value  # "mean [SD] age, 57.9 [9.1] years"
            return k + 1
        if opener == "," and cell.interval is None and cell.unit in {"days", "months", "years", "weeks"} and cell.value is not None:
            bare = self.interval(k)
            if (
                bare is not None
                and bare[0].unit is None
                and self.low[k + 1] in {"-", "to"}
                and (
                    ("." in bare[0].lower and "." in bare[0].upper)
                    or (self.low[bare[1]] in CLOSE | {";"} and _holds(bare[0], cell.value))  # "(268 days, 210-313; …"
                )
            ):
                cell.interval = bare[0]
                return bare[1]
        exact = cell.value is not None and "." in cell.value and cell.x is None
        if opener in {",", ";"} and cell.interval is None and (cell.unit == "%" or exact) and cell.value is not None:
            bare = self.interval(k)  # "eight (17%, 8-30)", "(19.1; 7.3-32.3)": an interval whose name stands with an earlier value
            dashed = self.low[k + 1] in {"-", "to"} or self.low[k + 2] in {"-", "to"}
            if bare is not None and dashed and bare[0].unit in {None, "%"} and self.low[bare[1]] in CLOSE and _holds(bare[0], cell.value):
                cell.interval = bare[0]
                return bare[1]
        if opener in OPEN and cell.interval is None:
            bare = self.interval(k)
            if bare is not None and ("and" in self.low[k : bare[1]] or _reversed(bare[0], cell.value)):
                return None  # "every 3 weeks (14.7 months and 14.0 months)", "a 46% (6.9-3.7) reduction"
            of_middle = {"median", "mean"} & set(self.low[max(0, k - 14) : k])  # "median age was 24 (14-66)"
            known = (
                cell.unit is not None
                or (cell.value is not None and ("." in cell.value or (of_middle and bare is not None and _holds(bare[0], cell.value))))
                or (bare is not None and self._around(cell, *bare))
            )
            if bare is not None and self.low[bare[1]] in NOT_RESULTS and "." in (cell.value or ""):
                bare = bare[0], bare[1] + 1  # "64.1 mm (13.2-255.8 mm)"
            if bare is not None and known and self.low[bare[1]] in CLOSE | {";", ","} and bare[0].lower != "NR":
                if cell.unit == "%" and bare[0].unit not in {None, "%"}:
                    return None
                cell.interval = bare[0]
                return bare[1]
        return None

    def _around(self, cell: Cell, interval: Interval, j: int) -> bool:
        """ "12 (0-40) months": whether the bounds stand around the integer before them, and a unit of time stands in or behind."""
        further = self.low[j + 1] in VS | {"and", ","} and self.kinds[j + 2] == "n" and self.low[j + 3] in OPEN
        unit = self.low[j + 1] in TIME_UNITS or measured_unit(self.low, j + 1) > j + 1
        if interval.unit is None and not (self.low[j] in CLOSE and (unit or further)):
            return False
        low, value, high = interval.lower, cell.value or "", interval.upper
        return cell.x is None and low.isdigit() and value.isdigit() and high.isdigit() and int(low) <= int(value) <= int(high)
