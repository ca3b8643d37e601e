"""The grammar of p-values and of ratios with their intervals and p-values, in any of the usual orders."""

from __future__ import annotations

from dataclasses import dataclass

from topline.audit.cell_grammar import CellGrammar
from topline.audit.lexicon import PATIENT_NOUNS, RATIO_HEADS, TIME_UNITS
from topline.audit.small_words import VS
from topline.audit.value_grammar import CLOSE, OPEN, Interval

__all__ = ["P_WORDS", "RATIO_STARTS", "PValue", "Ratio", "RatioGrammar"]


@dataclass(slots=True)
class PValue:
    """A p-value with its sign; `marks` say which test or side the text names."""

    value: str
    marks: tuple[str, ...] = ()
    threshold: bool = False


@dataclass(slots=True)
class Ratio:
    """HR, OR or RR with its interval and p-value."""

    measure: str
    value: str
    interval: Interval | None = None
    p: PValue | None = None
    marks: tuple[str, ...] = ()
    about: str = ""


_HYPOTHESES = frozenset({"equivalence", "heterogeneity", "interaction", "non-inferiority", "noninferiority", "superiority", "trend"})
_COUNTING = frozenset(
    {
        "codon", "days", "exon", "exons", "grade", "months", "quartile", "quartiles", "quintile", "quintiles", "stage", "tertile",
        "tertiles", "weeks", "years",
    }
)  # fmt: skip
_BEFORE_P = frozenset(
    {",", ";", ":", "and", "with", "a", "log-rank", "logrank", "two-sided", "one-sided", "two-tailed", "stratified", "nominal",
     "cox", "wald", "unadjusted", "adjusted"}
)  # fmt: skip
_P_SIGNS = frozenset("=<>≤≥")


_SPELLED = frozenset(
    {"hazard", "hazards", "incidence", "mortality", "odds", "prevalence", "rate", "relative", "risk", "sub-hazard", "subhazard"}
)
P_WORDS = frozenset(
    {
        "p", "p-value", "p-values", "pinteraction", "plog-rank", "plogrank", "pni", "pnoninferiority", "ps", "ptrend", "pvalue",
    }
)  # fmt: skip
_RELATIVE = frozenset({"hazard", "hazards", "odds", "rate", "rates", "risk", "risks"})
RATIO_STARTS = frozenset(RATIO_HEADS) | _SPELLED


class RatioGrammar(CellGrammar):
    """Parsers of p-values and ratios over one sentence."""

    def p_value(self, i: int) -> tuple[PValue, int] | None:
        """ "P = 0.04", "p<.001", "P value of 0.03", "P for interaction = .2", "log-rank P=NS"."""
        low = self.low
        if low[i] not in P_WORDS or (low[i] == "ps" and self.tokens[i].text != "Ps"):
            return None  # PS: performance status
        marks: list[str] = []
        if low[i] in {"pni", "pnoninferiority"}:
            marks.append("noninferiority")
        elif i and low[i - 1] in _HYPOTHESES - {"superiority"}:
            marks.append(low[i - 1])  # "noninferiority P = .02"
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
        j += 1
        if low[j] in {"x", "×", "*"} and self.integer(j + 1) == 10 and low[j + 2] in {"-", "^"}:
            k = j + 3 + (low[j + 3] in {"-", "^"})
            power = self.integer(k)
            if power is not None and power < 40:
                value = f"{float(value) * 10.0**-power:.{power + 1}f}"
                j = k + 1
        elif low[j] in {"e", "e-"}:
            return None
        if float(value) > 1 or (not sign and "." not in value):
            return None
        prefix = "" if sign in {"", "=", "=="} else ("<" if "<" in sign else ">" if ">" in sign else "≤" if "≤" in sign else "≥")
        if low[j] in {"for", "("} and low[j + 1] in _HYPOTHESES:
            marks.append(low[j + 1])  # "P = 0.005 for noninferiority"
        return PValue(prefix + value, tuple(marks)), j

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
            if i > 1 and low[i - 1] in OPEN and (low[i - 2] in {"receptor", "receptors", "response"} or low[i + 2] == "-"):
                return None  # "hormone receptor (HR)-positive", "objective response (OR)"
            measure = RATIO_HEADS[low[i]]
            if low[i] in {"ahr", "aor"}:
                marks.append("adjusted")
            j += 1
        elif low[i] in _SPELLED and low[i + 1] in (_RELATIVE if low[i] == "relative" else {"ratio", "ratios"}):
            told = low[i + 1] if low[i] == "relative" else low[i].removeprefix("sub").lstrip("-")
            measure = {"hazard": "HR", "hazards": "HR", "odds": "OR"}.get(told, "RR")
            j += 2
        else:
            return None
        if i and low[i - 1] in {"adjusted", "multivariable", "multivariate", "stratified", "unadjusted", "weighted"}:
            marks.append(low[i - 1])
        about: list[str] = []
        steps = 0
        pending: Interval | None = None
        limited = False
        while steps < 40 and j < self.size:
            word = low[j]
            passed = self._quantity(j)
            if passed > j:
                j, limited = passed, True
                continue
            if steps >= 16 and self.kinds[j] == "n" and (low[j - 1] not in {"was", "were"} or low[j + 1] not in OPEN):
                return None  # a long way only over the list of what the ratios are of
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
            if word in OPEN and any(w in {"vs", "versus"} for w in low[j + 1 : j + 5]):
                close = next((k for k in range(j + 1, min(self.size, j + 9)) if low[k] in CLOSE), -1)
                if close > 0 and not any(kind == "n" for kind in self.kinds[j:close]):
                    j = close + 1  # "hazard ratio (B vs A) of PFS"
                    steps += 1
                    continue
            if self.kinds[j] == "n" and not self.tokens[j].spelled:
                break
            if word in _SPELLED and low[j + 1] in {"ratio", "ratios"}:
                return None  # "the relative risk of death (hazard ratio, 0.72; …)"
            if word in {"exceed", "margin", "set", "targeted", "than"}:
                return None  # a limit, no result
            if word in {"vs", "versus"} and about[:1] and about[0] in {"for", "with", "comparing", "between"} and steps < 12:
                about.append(word)
                j += 1 + (low[j + 1] == ".")  # "hazard ratio for death with A vs. B, 0.52"
                steps += 1
                continue
            if (
                word == ";"
                or (word in VS - {"relative"} and not self._ends_in_ci(j))
                or self.p_value(j) is not None
                or self.kinds[j] == "id"
            ):
                return None
            if self.kinds[j] == "w":
                about.append(word)
            j += 1
            steps += 1
        if self.kinds[j] != "n" or self.low[j + 1] in {"%", "-"} or self.low[j + 1] in TIME_UNITS:
            return None
        value = self.tokens[j].value
        if ({"vs", "versus"} & set(about) or limited) and "." not in value:
            return None
        if len(value) > 8 or (value.isdigit() and (int(value) > 99 or self.low[j + 1] in PATIENT_NOUNS | {"to"})):
            return None
        j += 1
        ratio = Ratio(measure, value, pending, None, tuple(marks), " ".join(about))
        return ratio, self.ratio_end(ratio, j)

    def _quantity(self, j: int) -> int:
        """Where the number at `j` ends that tells patients or times and is no ratio: "women aged 30-34 years", "≥50%", "in 2015"."""
        low = self.low
        if self.kinds[j] != "n":
            return j
        if low[j - 1] in _COUNTING:
            k = j + 1
            while low[k] in {"-", ",", "and", "to"} and self.kinds[k + 1] == "n" and self.integer(k + 1) is not None:
                k += 2
            return k  # "during years 10 and 11", "of exon 21", "months 0-6", "quartiles 2, 3 and 4"
        value = self.tokens[j].value
        if float(value) == 1 and low[j + 1] in OPEN and low[j + 2].startswith("ref") and low[j + 3] in CLOSE:
            return j + 5  # "1.00 (reference), 0.91 (…)"
        if value.isdigit() and 1900 < int(value[:5]) < 2100 and low[j - 1] in {"and", "in", "of", "since", "to", "until"}:
            return j + 1
        k = j + 1
        if low[k] in {"-", "to", "and"} and self.kinds[k + 1] == "n":
            k += 2
            if low[k] in TIME_UNITS:
                return k + 1  # "for 0-5 months"
        if low[j - 1] in {"aged", "age", "over", "under", "above", "below"} and value.isdigit() and int(value[:4]) > 9:
            return k + (low[k] in TIME_UNITS)
        compared = low[j - 1] in {"<", ">", "≤", "≥"} or (low[j - 1] == "=" and low[j - 2] in {"<", ">"})
        if low[k] == "-" and low[k + 1] in TIME_UNITS:
            return k + 2  # "at the 3-year landmark"
        limit = compared or low[j - 1] in {"at", "after", "during", "within", "first", "per", "than"} or low[k + 1 : k + 2] == ["or"]
        return k + 1 if limit and (low[k] in TIME_UNITS or low[k] == "%") else j

    def _ends_in_ci(self, j: int) -> bool:
        """ "hazard ratio for recurrence vs. tamoxifen, 0.65; 95% CI …": whether the next number has an interval."""
        k = next((k for k in range(j, min(self.size, j + 10)) if self.kinds[k] == "n"), -1)
        return k > 0 and self.low[k + 1] in {";", ","} | OPEN and self.ci(k + 2) is not None

    def unnamed_ratio(self, i: int) -> tuple[Ratio, int] | None:
        """ "(1.30, 1.05-1.61, p = 0.017)", "(17 v 14 months, 0.64, 0.48 to 0.85, P = 0.002)": a number, its interval and its p-value."""
        low = self.low
        behind = (
            i > 1 and low[i - 1] in {",", ";"} and (low[i - 2] in {"%", *TIME_UNITS} or (self.kinds[i - 2] == "n" and low[i - 3] == "-"))
        )
        if not i or not (low[i - 1] in OPEN or behind) or "." not in self.tokens[i].value or low[i + 1] not in {",", ";"} | OPEN:
            return None
        found = self.ci(i + 2) or self.interval(i + 2)
        if found is None or "." not in found[0].lower or "." not in found[0].upper or found[0].unit is not None:
            return None
        measures = [RATIO_HEADS[w] for w in low[:i] if w in RATIO_HEADS]
        j = found[1] + (low[i + 1] in OPEN)
        p = self.p_value(j + 1) if low[j] in {",", ";"} else None
        if p is None and not behind and self._reduction(i) and low[j] in CLOSE | {";", ","}:
            found[0].kind = "ci"
            return Ratio(measures[-1] if measures else "RR", self.tokens[i].value, found[0]), j
        if p is None and not (
            not behind and measures and low[i + 1] in OPEN and low[j - 1] in CLOSE and low[j] in CLOSE and "%" not in low[j : j + 1]
        ):
            return None
        if p is not None and low[p[1]] not in CLOSE:
            return None
        found[0].kind = "ci"
        return Ratio(measures[-1] if measures else "HR", self.tokens[i].value, found[0], p[0] if p else None), p[1] if p else j

    def _reduction(self, i: int) -> bool:
        """ "reduced by 31% (0.69, …": whether the ratio at `i` says what the percentage before its bracket says."""
        if i < 3 or self.low[i - 2] != "%" or self.kinds[i - 3] != "n":
            return False
        return abs(100 * abs(1 - float(self.tokens[i].value)) - float(self.tokens[i - 3].value)) < 1

    def ratio_end(self, ratio: Ratio, j: int) -> int:
        """Where a ratio ends: its interval and p-value, also behind "for disease-free survival (DFS)"."""
        k = j + 1
        if self.low[j] == "per":
            while k < j + 6 and self.kinds[k] in {"w", "n"} and self.ci_head(k) is None:
                k += 1
            return self._ratio_tail(ratio, k if self.low[k] in {",", ";"} | OPEN | CLOSE else j)  # "1.41 per site"
        if self.low[j] == "for":
            while k < j + 9 and self.kinds[k] == "w":
                k += 1
            if self.low[k] in OPEN and self.kinds[k + 1] == "w" and self.low[k + 2] in CLOSE:
                k += 3
            if k > j + 1 and self.low[k] in OPEN and (self.ci(k + 1) is not None or self.p_value(k + 1) is not None):
                if not VS & set(self.low[j + 1 : k]):
                    ratio.about = " ".join(self.low[j + 1 : k])
                return self._ratio_tail(ratio, k)
        return self._ratio_tail(ratio, j)

    def _ratio_tail(self, ratio: Ratio, j: int) -> int:
        depth = 0
        for _ in range(7):
            k = j
            opener = self.low[k]
            while k < j + 5 and (self.low[k] in OPEN or self.low[k] in _BEFORE_P):
                depth += self.low[k] in OPEN
                k += 1
            if ratio.interval is None:
                found = self.ci(k)
                if found is None and opener in OPEN | {",", ";"}:
                    bare = self.interval(k)
                    if bare is not None and bare[0].unit is None and opener in OPEN and "NR" not in (bare[0].lower, bare[0].upper):
                        found = bare
                        found[0].kind = "ci"
                if found is None and opener in {",", ";"}:
                    bare = self.interval(k)
                    if (
                        bare is not None
                        and bare[0].unit is None
                        and self.low[k + 1] in {"-", "to"}
                        and "." in bare[0].lower
                        and "." in bare[0].upper
                    ):
                        found = bare  # "HR 0.56, 0.34-0.92"
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
            if opener in CLOSE and depth:
                depth -= 1
                j += 1
                continue
            if (
                opener in CLOSE
                and self.low[j + 1] in {",", ";", "("}
                and ratio.interval is not None
                and ratio.p is None
                and self.p_value(j + 2) is not None
            ):
                j += 1
                continue
            if opener in CLOSE and ratio.interval is None and self.low[j + 1] in OPEN and self.ci(j + 2) is not None:
                j += 1
                continue
            break
        return j
