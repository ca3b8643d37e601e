"""Newton's method for the Cox model: which coefficients can be estimated, whether it converged, which one runs away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import BoolArray, FloatArray
from topline.stats.result import Result
from topline.stats.survival.cox_design import CoxDesign
from topline.stats.survival.cox_likelihood import evaluate

# Newton decrement (squared length of the last step in standard errors) at which a fit has converged. The last step is
# still taken, so that coefficients are exact to its square.
DECREMENT = 1e-18
# A fit whose likelihood no longer moves while a coefficient still takes steps of this size in the linear predictor.
_RUNAWAY_STEP = 0.1
_RUNAWAY_DECREMENT = 1e-6
# Share of a column's own information that must remain after the earlier columns are taken out of it.
_ALIAS = 1e-9
_MAX_HALVINGS = 30
# No scaled covariate spans more than this; only beyond it is it worth looking at the data for a runaway step.
_FARTHEST = 1e4


@dataclass(frozen=True, eq=False, repr=False)
class CoxDiagnostics(Result):
    """How the fit went.

    Attributes
    ----------
    converged : bool
        Whether the Newton decrement fell below its limit.
    iterations : int
        Newton steps taken.
    newton_decrement, relative_change : float
        Squared length of the last step in standard errors; relative change of the log-likelihood in the last step.
    step_halvings : int
        Steps that had to be shortened.
    aliased, diverging : tuple of str
        Columns without information of their own (constant, collinear) and columns whose coefficient runs to infinity
        (separation).
    events_per_coefficient : float or None
        Events divided by estimated coefficients; None where none was estimated.
    """

    converged: bool
    iterations: int
    newton_decrement: float
    relative_change: float
    step_halvings: int
    aliased: tuple[str, ...]
    diverging: tuple[str, ...]
    events_per_coefficient: float | None


# A likelihood: design and coefficients in, something with loglik, score and information out.
Likelihood = Callable[[CoxDesign, FloatArray], Any]


@dataclass(frozen=True, eq=False)
class NewtonFit:
    """The maximum of the partial likelihood on scaled covariates; `active` marks the columns that were estimated."""

    beta: FloatArray
    active: BoolArray
    diverging: BoolArray
    null: Any
    final: Any
    converged: bool
    iterations: int
    halvings: int
    decrement: float
    change: float


def independent_columns(information: FloatArray, total: float) -> BoolArray:
    """Return which columns carry information that the columns before them do not.

    Gaussian elimination in the given order, as R's `coxph` does: of two collinear columns the first stays.
    """
    p = len(information)
    work = information.copy()
    own = np.diag(information).copy()
    keep = np.zeros(p, dtype=bool)
    for j in range(p):
        if work[j, j] <= max(_ALIAS * own[j], 1e-11 * total):
            continue
        keep[j] = True
        rest = slice(j + 1, p)
        work[rest, rest] -= np.outer(work[rest, j], work[j, rest]) / work[j, j]
    return keep


def maximise(design: CoxDesign, likelihood: Likelihood = evaluate, *, max_iterations: int = 60) -> NewtonFit:
    """Maximise a partial likelihood from 0 by Newton's method with step halving."""
    p = design.p
    beta = np.zeros(p)
    null = likelihood(design, beta)
    active = independent_columns(null.information, float(design.slot_weight.sum()))
    index = np.flatnonzero(active)
    block = np.ix_(index, index)
    diverging = np.zeros(p, dtype=bool)
    current, converged, iterations, halvings = null, index.size == 0, 0, 0
    decrement, change = 0.0, 0.0
    # The decrement grows with the weights; measure it as if the events had a mean weight of 1.
    unit = max(float(design.slot_weight.sum()) / max(float(design.slots.count.sum()), 1.0), 1e-300)
    while not converged and iterations < max_iterations:
        step = np.zeros(p)
        part = current.score[index]
        try:
            step[index] = np.linalg.solve(current.information[block], part)
        except np.linalg.LinAlgError:
            break
        decrement = float(part @ step[index]) / unit
        if not np.isfinite(decrement):
            break
        if abs(decrement) <= DECREMENT:
            beta = beta + step
            converged = True
            break
        if abs(decrement) < _RUNAWAY_DECREMENT and np.abs(step).max() * _FARTHEST > _RUNAWAY_STEP:
            moving = np.abs(step) * (design.x.max(axis=0) - design.x.min(axis=0)) > _RUNAWAY_STEP
            if moving.any():
                diverging = moving
                break
        iterations += 1
        trial = likelihood(design, beta + step)
        tries = 0
        slack = 1e-12 * abs(current.loglik)
        while not trial.loglik >= current.loglik - slack and tries < _MAX_HALVINGS:
            step *= 0.5
            tries += 1
            trial = likelihood(design, beta + step)
        halvings += tries
        if tries == _MAX_HALVINGS:
            break
        change = abs(trial.loglik - current.loglik) / max(abs(trial.loglik), 1e-300)
        beta, current = beta + step, trial
        # Rounding may keep the decrement from its limit: stop when nothing moves any more.
        if decrement < 1e-12 and np.abs(step).max() <= 4e-16 * np.abs(beta).max():
            converged = True
    return NewtonFit(beta, active, diverging, null, current, converged, iterations, halvings, decrement, change)
