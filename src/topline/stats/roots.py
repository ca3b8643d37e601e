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


def regula_falsi(function: Callable[[float], float], inside: float, outside: float) -> float:
    """Return the root between `inside` (function below 0) and `outside` (above 0), with few calls of the function.

    The Illinois variant of the method of false position; bisection takes over if it doesn't finish.
    """
    low, high = inside, outside
    f_low, f_high = function(low), function(high)
    kept = 0
    for _ in range(100):
        guess = high - f_high * (high - low) / (f_high - f_low)
        if not min(low, high) < guess < max(low, high):
            guess = 0.5 * (low + high)
        value = function(guess)
        if abs(value) < 1e-13 or abs(high - low) < 1e-14 * max(1.0, abs(high)):
            return guess
        if value > 0.0:
            high, f_high = guess, value
            if kept == 1:
                f_low *= 0.5
            kept = 1
        else:
            low, f_low = guess, value
            if kept == -1:
                f_high *= 0.5
            kept = -1
    return bisect(function, inside, outside)
