"""Bracketed root finding for the score and exact intervals: plain bisection, to the last bit."""

from __future__ import annotations

from collections.abc import Callable


def bisect(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where `function` changes sign between `low` and `high`, to the resolution of a float.

    The sign at `low` decides: the root is the border between that sign and the rest. Bisection is slow (some sixty calls)
    but can't be misled by flat or steep stretches.
    """
    rising = function(low) < 0.0
    for _ in range(1100):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if (function(middle) < 0.0) == rising:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
