"""A printed p-value as the set of p-values it may stand for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from topline.audit.digits import one_digit_changes
from topline.audit.exact import Printed, printed

__all__ = ["PrintedP", "p_changes", "printed_p"]


@dataclass(frozen=True)
class PrintedP:
    """``"0.042"``, ``"<0.001"``, ``">0.05"``, ``"NS"``: sign and bounds of what it stands for (closed)."""

    text: str
    sign: str
    low: float
    high: float

    def holds(self, p: float) -> bool:
        """Whether a computed p would print like this."""
        return self.low - 1e-12 <= p <= self.high + 1e-12

    def significant(self, alpha: float = 0.05) -> bool | None:
        """Below alpha; None where the print does not say."""
        if self.high <= alpha and self.low < alpha:
            return True
        if self.low >= alpha or (self.low < alpha < self.high and self.sign == "" and float(self.text) > alpha):
            return False
        if self.sign == "" and self.text and float(self.text) < alpha:
            return True
        return None


@lru_cache(maxsize=4096)
def printed_p(text: str) -> PrintedP:
    """Read a printed p-value; a plain value stands for its rounding interval, ``0.000`` for anything that rounds to it."""
    if text == "NS":
        return PrintedP(text, "NS", 0.05, 1.0)
    sign = text[0] if text[0] in "<>≤≥" else ""
    value: Printed = printed(text[len(sign) :])
    if sign in {"<", "≤"}:
        return PrintedP(value.text, sign, 0.0, float(value))
    if sign in {">", "≥"}:
        return PrintedP(value.text, sign, float(value), 1.0)
    return PrintedP(value.text, "", max(0.0, float(value.low)), min(1.0, float(value.high)))


def p_changes(text: str) -> list[PrintedP]:
    """The p-values that differ from a printed one in one digit and are at most 1."""
    return [printed_p(t) for t in one_digit_changes(text) if float(t) <= 1]
