"""A printed number beside a computed one: the same, the same after rounding, or different."""

from __future__ import annotations

import math
from fractions import Fraction

from topline.audit.exact import printed
from topline.audit.printed_p import printed_p

__all__ = ["compare_printed"]


def compare_printed(text: str, value: float | Fraction | None) -> str:
    """Compare what a paper prints with what was computed.

    Parameters
    ----------
    text : str
        As printed: ``"20.8"``, ``"<0.001"``, ``"NR"``.
    value : float, Fraction or None
        The computed number, unrounded; None (or NaN) where it was not reached or is not estimable.

    Returns
    -------
    str
        ``same`` (equal), ``same after rounding``, ``same after truncation`` or ``differs``.
    """
    absent = value is None or (isinstance(value, float) and math.isnan(value))
    if text.strip().upper() in {"NR", "NE", "NA", "NOT REACHED", "NOT ESTIMABLE"}:
        return "same" if absent else "differs"
    if value is None or absent:
        return "differs"
    text = text.strip().replace("·", ".")
    if text[:1] in "<>≤≥":
        return "same after rounding" if printed_p(text).holds(float(value)) else "differs"
    number = printed(text)
    if Fraction(value) == number.value:
        return "same"
    if number.holds(value):
        return "same after rounding"
    if value >= 0 and number.holds_truncated(Fraction(value)):
        return "same after truncation"
    return "differs"
