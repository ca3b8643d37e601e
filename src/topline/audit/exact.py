"""Printed numbers as exact intervals, because rounding in floats is where such audits break."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import floor

__all__ = ["Printed", "counts_for_percent", "exact", "only_a_limit", "printed", "rounded"]


@dataclass(frozen=True)
class Printed:
    """A number exactly as it was printed.

    Parameters
    ----------
    text : str
        Decimal digits with an optional point and sign, e.g. ``"47.0"``.

    Notes
    -----
    A value printed with *d* decimals stands for the closed interval ``v ± ½·10⁻ᵈ``. Both ends belong to it, because
    papers round halves up, to even and away from zero. All arithmetic is in integers and ``Fraction``.
    """

    text: str

    @cached_property
    def decimals(self) -> int:
        """Digits after the point."""
        return len(self.text.partition(".")[2])

    @cached_property
    def scale(self) -> int:
        """Ten to the number of decimals."""
        return int(10**self.decimals)

    @cached_property
    def digits(self) -> int:
        """The printed number times :attr:`scale`."""
        return int(self.text.replace(".", ""))

    @cached_property
    def value(self) -> Fraction:
        """The printed number itself."""
        return Fraction(self.digits, self.scale)

    @cached_property
    def half_unit(self) -> Fraction:
        """Half of one unit in the last printed place."""
        return Fraction(1, 2 * 10**self.decimals)

    @cached_property
    def half(self) -> float:
        """:attr:`half_unit` as a float."""
        return float(self.half_unit)

    @cached_property
    def low(self) -> Fraction:
        """Smallest number that rounds to the printed one."""
        return self.value - self.half_unit

    @cached_property
    def high(self) -> Fraction:
        """Largest number that rounds to the printed one."""
        return self.value + self.half_unit

    def holds(self, number: Fraction | float | int) -> bool:
        """Whether `number` would print as this; floats get 1e-9 of relative slack, fractions none."""
        if isinstance(number, float):
            slack = 1e-9 * max(1.0, abs(number))
            return float(self.low) - slack <= number <= float(self.high) + slack
        n, d = 2 * self.scale * number.numerator, number.denominator
        return (2 * self.digits - 1) * d <= n <= (2 * self.digits + 1) * d

    def holds_share(self, x: int, n: int) -> bool:
        """Whether 100·x/n would print as this (`n` at least 1)."""
        twice = 200 * self.scale * x
        return (2 * self.digits - 1) * n <= twice <= (2 * self.digits + 1) * n

    def holds_truncated(self, number: Fraction | int) -> bool:
        """Whether `number`, cut off instead of rounded, would print as this (non-negative numbers)."""
        n, d = self.scale * number.numerator, number.denominator
        return self.digits * d <= n < (self.digits + 1) * d

    @cached_property
    def number(self) -> float:
        """The printed number as a float."""
        return float(self.text)

    def __float__(self) -> float:
        """The printed number as a float."""
        return self.number


@lru_cache(maxsize=8192)
def printed(text: str) -> Printed:
    """A cached :class:`Printed`; its numbers are asked for again and again."""
    return Printed(text)


def counts_for_percent(percent: Printed, n: int, *, truncated: bool = False) -> range:
    """All counts *k* for which ``100·k/n`` prints as `percent` (GRIM).

    Parameters
    ----------
    percent : Printed
        The printed percentage.
    n : int
        The denominator, at least 1.
    truncated : bool
        Cut digits off instead of rounding them.

    Returns
    -------
    range
        Possibly empty.

    References
    ----------
    Brown NJL, Heathers JAJ (2017). The GRIM test. Soc Psychol Personal Sci 8:363-369.
    """
    whole = 100 * percent.scale
    if truncated:
        low = -(-percent.digits * n // whole)
        high = -(-(percent.digits + 1) * n // whole) - 1
    else:
        low = -((1 - 2 * percent.digits) * n // (2 * whole))
        high = (2 * percent.digits + 1) * n // (2 * whole)
    return range(max(low, 0), min(high, n) + 1)


def rounded(number: Fraction, decimals: int, rounding: str = "half_away_from_zero") -> str:
    """`number` as text with `decimals` decimals by exact arithmetic.

    Parameters
    ----------
    number : Fraction
    decimals : int
    rounding : {"half_away_from_zero", "half_even"}
        Where halves go.
    """
    scaled = abs(number) * 10**decimals
    whole = floor(scaled + Fraction(1, 2))
    if rounding == "half_even" and whole % 2 and scaled + Fraction(1, 2) == whole:
        whole -= 1
    sign = "-" if number < 0 and whole else ""
    digits = str(whole).rjust(decimals + 1, "0")
    return sign + (digits if decimals == 0 else f"{digits[:-decimals]}.{digits[-decimals:]}")


def exact(value: float) -> Fraction:
    """A float as the number it was meant to be: products such as 0.315 × 100 carry noise beyond their twelfth digit."""
    return Fraction(f"{value:.12g}")


def only_a_limit(*texts: str | None) -> bool:
    """Whether one of the printed values is a limit and no number: "<0.1"."""
    return any(text is not None and text[:1] in {"<", ">", "≤", "≥"} for text in texts)
