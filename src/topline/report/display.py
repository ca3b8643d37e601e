"""How a raw number becomes the text that is printed: exact rounding, p-values, intervals, and the words for what has no value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Literal

from topline.analyze.results import Result
from topline.study.display import Display

Kind = Literal["percent", "proportion", "months", "ratio", "mean", "integer", "chi_squared"]
"""What sort of number a result is; it decides the decimals."""

NOT_REACHED = "NR"
NOT_ESTIMABLE = "NE"
ABSENT = "–"
"""Printed where no row of the results says anything."""

_WORDS = {NOT_REACHED: "not reached", NOT_ESTIMABLE: "not estimable"}
_MINUS = "\N{MINUS SIGN}"
_EXACT = Context(prec=400)
_KINDS: dict[str, Kind] = {
    "n": "integer",
    "events": "integer",
    "censored": "integer",
    "count": "integer",
    "hazard_ratio": "ratio",
    "odds_ratio": "ratio",
    "smd": "ratio",
    "kappa": "ratio",
    "landmark_rate": "proportion",
    "rate": "proportion",
    "rate_difference": "proportion",
    "rdi": "proportion",
    "percent": "percent",
    "logrank": "chi_squared",
    "proportional_hazards": "chi_squared",
    "interaction": "chi_squared",
}
_CURVE_READINGS = frozenset({"median", "quantile", "follow_up_median"})


def kind_of(row: Result) -> Kind:
    """Return what sort of number a row holds, from its statistic and its unit."""
    if row.statistic in _KINDS:
        return _KINDS[row.statistic]
    if row.unit == "months":
        return "months"
    return "percent" if row.unit == "%" else "mean"


def round_exactly(value: float, decimals: int, rounding: str = "half_away_from_zero", *, times: int = 1) -> Decimal:
    """Round the decimal number that a float prints as, so that 2.675 is 2.68 and never 2.67.

    Parameters
    ----------
    value : float
        A finite number.
    decimals : int
        Decimals to keep.
    rounding : {"half_away_from_zero", "half_even"}
        What becomes of a tie.
    times : int
        Exact factor applied before rounding; 100 makes a percentage of a proportion.
    """
    exact = _EXACT.multiply(Decimal(repr(float(value))), Decimal(times))
    mode = ROUND_HALF_EVEN if rounding == "half_even" else ROUND_HALF_UP
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=mode, context=_EXACT)
    return abs(rounded) if rounded.is_zero() else rounded


@dataclass(frozen=True)
class Show:
    """The protocol's conventions of display, as functions from numbers to text."""

    display: Display = field(default_factory=Display)

    def number(self, value: float | None, decimals: int, *, times: int = 1) -> str:
        """Return a number with exactly so many decimals and a typographic minus; `NE` for None and NaN."""
        if value is None or math.isnan(value):
            return NOT_ESTIMABLE
        if math.isinf(value):
            return "∞" if value > 0 else f"{_MINUS}∞"
        return f"{round_exactly(value, decimals, self.display.rounding, times=times):f}".replace("-", _MINUS)

    def value(self, value: float | None, kind: Kind) -> str:
        """Return a number with the decimals of its kind, without a unit or percent sign."""
        d = self.display
        if kind == "ratio":
            return self.ratio(value)
        if kind == "mean":
            return self.measure(value)
        decimals = {"percent": d.percent_decimals, "proportion": d.percent_decimals, "months": d.months_decimals, "integer": 0}.get(kind, 2)
        return self.number(value, decimals, times=100 if kind == "proportion" else 1)

    def percent(self, value: float | None) -> str:
        """Return a percentage (0 to 100) with its sign: ``55.0%``."""
        return self._signed(self.value(value, "percent"))

    def proportion(self, value: float | None) -> str:
        """Return a proportion (0 to 1) as a percentage: 0.55 is ``55.0%``."""
        return self._signed(self.value(value, "proportion"))

    @staticmethod
    def _signed(text: str) -> str:
        return text if text == NOT_ESTIMABLE else f"{text}%"

    def months(self, value: float | None) -> str:
        """Return a time in months, without the unit."""
        return self.number(value, self.display.months_decimals)

    def ratio(self, value: float | None) -> str:
        """Return a ratio; one too small for its decimals is ``<0.01``, one over 999 is ``>999``."""
        decimals = self.display.ratio_decimals
        if value is not None and math.isfinite(value):
            if value > 0 and round_exactly(value, decimals, self.display.rounding).is_zero():
                return f"<{Decimal(1).scaleb(-decimals):f}"
            if value > 999:
                return ">999"
        return self.number(value, decimals)

    def measure(self, value: float | None) -> str:
        """Return a measured quantity; a number that its decimals would turn to zero keeps two significant digits."""
        decimals = self.display.mean_decimals
        if value is not None and math.isfinite(value) and value != 0 and round_exactly(value, decimals, self.display.rounding).is_zero():
            decimals = 1 - math.floor(math.log10(abs(value)))
        return self.number(value, decimals)

    def p(self, value: float | None) -> str:
        """Return a p-value: ``0.042``, ``<0.001``; one that would print as 1.000 is ``>0.999``."""
        if value is None or math.isnan(value):
            return NOT_ESTIMABLE
        decimals = self.display.p_decimals
        step = Decimal(1).scaleb(-decimals)
        if Decimal(repr(float(value))) < step:
            return f"<{step:f}"
        rounded = round_exactly(value, decimals, self.display.rounding)
        return f">{1 - step:f}" if rounded >= 1 else f"{rounded:f}"

    def p_equals(self, value: float | None) -> str:
        """Return a p-value for a sentence: ``p = 0.042``, ``p < 0.001``."""
        text = self.p(value)
        return f"p {text[0]} {text[1:]}" if text[0] in "<>" else f"p = {text}"

    def level(self, row: Result | None = None) -> str:
        """Return the confidence level of a row, or the protocol's: ``95%``."""
        level = row.conf_level if row is not None and row.conf_level is not None else self.display.conf_level
        return f"{_EXACT.multiply(Decimal(repr(level)), Decimal(100)).normalize():f}%"

    def limits(self, lower: float | None, upper: float | None, kind: Kind, missing: str = NOT_ESTIMABLE) -> str:
        """Return two limits, ``0.32–0.69``, with 'to' where a minus sign would meet the dash."""
        shown = [missing if limit is None or math.isnan(limit) else self.value(limit, kind) for limit in (lower, upper)]
        return (" to " if any(text.startswith(_MINUS) for text in shown) else "–").join(shown)

    def estimate(self, row: Result | None) -> str:
        """Return a row's value as a table prints it, `NR` or `NE` where its status says so."""
        if row is None:
            return ABSENT
        if row.status == "not_reached":
            return NOT_REACHED
        if row.status == "not_estimable" or row.value is None:
            return NOT_ESTIMABLE
        kind = kind_of(row)
        text = self.value(row.value, kind)
        return self._signed(text) if kind in ("percent", "proportion") else text

    def interval(self, row: Result | None) -> str:
        """Return a row's confidence limits; empty where it has none."""
        if row is None or row.status == "not_estimable" or not has_interval(row):
            return ""
        missing = NOT_REACHED if row.statistic in _CURVE_READINGS else NOT_ESTIMABLE
        return self.limits(row.lower, row.upper, kind_of(row), missing)

    def with_interval(self, row: Result | None) -> str:
        """Return ``0.46 (0.32–0.69)``, or the value alone where there is no interval."""
        text, limits = self.estimate(row), self.interval(row)
        return f"{text} ({limits})" if limits else text

    def quoted(self, row: Result) -> str:
        """Return ``20.8 months (95% CI 16.6–NR)``, with its unit and the level of its interval, for one line of text."""
        text, limits = self._spoken(row), self.interval(row)
        return f"{text} ({self.level(row)} CI {limits})" if limits else text

    def sentence(self, row: Result, also: str = "") -> str:
        """Return the same for running text, without abbreviations: ``20.8 months (95% CI 16.6–not reached; 45 events)``.

        Parameters
        ----------
        row : Result
            The number.
        also : str
            What else belongs into the brackets.
        """
        limits = self.interval(row).replace(NOT_REACHED, _WORDS[NOT_REACHED]).replace(NOT_ESTIMABLE, _WORDS[NOT_ESTIMABLE])
        inside = "; ".join(part for part in (f"{self.level(row)} CI {limits}" if limits else "", also) if part)
        return f"{self._spoken(row)} ({inside})" if inside else self._spoken(row)

    def _spoken(self, row: Result) -> str:
        text = self.estimate(row)
        return _WORDS.get(text) or (f"{text} months" if kind_of(row) == "months" else text)

    def count_percent(self, count: Result | None, percent: Result | None) -> str:
        """Return ``11 (55.0%)``; the count alone where no percentage is given."""
        if count is None:
            return ABSENT if percent is None else self.estimate(percent)
        if percent is None:
            return self.estimate(count)
        return f"{self.estimate(count)} ({self.estimate(percent)})"


def has_interval(row: Result) -> bool:
    """Say whether a row was given a limit."""
    return row.lower is not None or row.upper is not None
