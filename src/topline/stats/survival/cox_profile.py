"""Profile-likelihood intervals: where the likelihood itself has fallen by as much as the level allows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray
from topline.stats.roots import regula_falsi
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_newton import Likelihood, NewtonFit

# A limit is given up as infinite beyond this many units of the linear predictor over the covariate's width.
_FAR = 60.0
# Longest step in the linear predictor.
_LONGEST = 10.0


def profile_limits(design: CoxDesign, newton: NewtonFit, likelihood: Likelihood, drop: float) -> tuple[FloatArray, FloatArray]:
    """Return, for each coefficient, where twice the profile log-likelihood has fallen by `drop` (NaN if not estimated).

    Limits are on the scale of the original covariates; −inf or inf where the likelihood never falls that far (separation).
    """
    p = design.p
    low, high = np.full(p, np.nan), np.full(p, np.nan)
    index = np.flatnonzero(newton.active)
    inverse = np.linalg.pinv(newton.final.information[np.ix_(index, index)], hermitian=True)
    for k, j in enumerate(index):
        rest = index[index != j]
        width = float(np.ptp(design.x[:, j]))
        step = min(math.sqrt(drop * max(float(inverse[k, k]), 0.0)), 5.0 / width)
        for side, out in ((-1.0, low), (1.0, high)):
            out[j] = _one_limit(design, newton, likelihood, drop, int(j), rest, side, step, _FAR / width)
    return low / design.scale, high / design.scale


def _one_limit(
    design: CoxDesign,
    newton: NewtonFit,
    likelihood: Likelihood,
    drop: float,
    j: int,
    rest: Any,
    side: float,
    step: float,
    far: float,
) -> float:
    top, start = float(newton.final.loglik), newton.beta.copy()

    def excess(value: float) -> float:
        """How far twice the log-likelihood has fallen beyond `drop`."""
        nonlocal start
        start = start.copy()
        start[j] = value
        start, loglik = _restricted(design, likelihood, start, rest)
        return 2.0 * (top - loglik) - drop

    inside, reach = float(newton.beta[j]), step
    while True:
        edge = inside + side * reach
        if abs(edge) > far:
            return side * math.inf
        if excess(edge) > 0.0:
            return regula_falsi(excess, inside, edge)
        inside, reach = edge, 1.5 * reach


def _restricted(design: CoxDesign, likelihood: Likelihood, beta: FloatArray, rest: Any) -> tuple[FloatArray, float]:
    """Maximise over the other coefficients by Newton's method with step halving."""
    here = likelihood(design, beta)
    block = np.ix_(rest, rest)
    width = np.ptp(design.x, axis=0)
    for _ in range(60):
        if not len(rest):
            break
        if not np.isfinite(here.information).all():
            break
        step = np.zeros(len(beta))
        step[rest] = np.linalg.lstsq(here.information[block], here.score[rest], rcond=None)[0]
        decrement = float(here.score[rest] @ step[rest])
        moved = float((np.abs(step) * width).max())
        # Settled, or a separated column that walks on although nothing is left to gain.
        if abs(decrement) < 1e-20 or (abs(decrement) < 1e-6 and moved > 0.1):
            break
        if moved > _LONGEST:
            step *= _LONGEST / moved
        there, tries = likelihood(design, beta + step), 0
        while not there.loglik >= here.loglik - 1e-13 * abs(here.loglik) and tries < 40:
            step, tries = 0.5 * step, tries + 1
            there = likelihood(design, beta + step)
        done = abs(there.loglik - here.loglik) <= 1e-15 * abs(here.loglik)
        beta, here = beta + step, there
        if done:
            break
    return beta, float(here.loglik)
