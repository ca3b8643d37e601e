"""Newton's method for a smooth log-likelihood that need not be concave, with step halving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray

# Value, score and information at a parameter vector.
Likelihood = Callable[[FloatArray], tuple[float, FloatArray, FloatArray]]


def maximise(likelihood: Likelihood, start: FloatArray, free: Any) -> tuple[FloatArray, float, int, bool]:
    """Maximise over the parameters `free`; the rest stay where they start.

    Returns
    -------
    parameters, value, iterations, converged
        The information is made positive where it is not.
    """
    theta, (value, score, information) = start.copy(), likelihood(start)
    block = np.ix_(free, free)
    for iteration in range(200):
        part = information[block]
        lowest = float(np.linalg.eigvalsh(part)[0])
        if lowest <= 1e-8 * float(np.trace(part)):
            part = part + (abs(lowest) + 1e-3 * float(np.abs(np.diag(part)).max())) * np.eye(len(part))
        step = np.zeros(len(theta))
        step[free] = np.linalg.solve(part, score[free])
        decrement = float(score[free] @ step[free])
        if abs(decrement) < 1e-18 and lowest > 0.0:
            return theta + step, value, iteration, True
        longest = float(np.abs(step).max())
        if longest > 3.0:
            step *= 3.0 / longest
        trial, tries = likelihood(theta + step), 0
        while not trial[0] >= value - 1e-13 * abs(value) and tries < 60:
            step, tries = 0.5 * step, tries + 1
            trial = likelihood(theta + step)
        stuck = abs(trial[0] - value) <= 1e-15 * abs(value)
        theta, (value, score, information) = theta + step, trial
        if stuck and abs(decrement) < 1e-12:
            return theta, value, iteration, True
        if tries == 60:
            break
    return theta, value, 200, False
