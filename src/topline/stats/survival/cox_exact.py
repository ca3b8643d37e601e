"""Exact (discrete) handling of ties: each set of tied events is one choice among all sets of that size at risk.

The denominator is an elementary symmetric polynomial of the relative risks. It is built up row by row, together with its
first and second derivatives (Gail, Lubin and Rubinstein 1981). Risk sets without delayed entry are nested, so that one sweep
from the last time down serves all of them: O(n·d·p²) with d the largest number of ties.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from topline.stats.checks import FloatArray
from topline.stats.errors import InputError
from topline.stats.survival.cox_design import CoxDesign


@dataclass(frozen=True, eq=False)
class ExactEvaluation:
    """The conditional likelihood at one coefficient vector (on the scaled covariates)."""

    loglik: float
    score: FloatArray
    information: FloatArray


def evaluate_exact(design: CoxDesign, beta: FloatArray) -> ExactEvaluation:
    """Evaluate log-likelihood, score and information at `beta`."""
    p = design.p
    eta = design.x @ beta if design.offset is None else design.x @ beta + design.offset
    loglik = float(eta[design.dead].sum())
    score = design.x[design.dead].sum(axis=0)
    information = np.zeros((p, p))
    for s in range(len(design.stratum_end)):
        slots = np.arange(int(design.slots.first[s]), int(design.slots.first[s + 1]))
        events = design.deaths[slots]
        if not events.any():
            continue
        begin, end = int(design.row_start[slots[0]]), int(design.stratum_end[s])
        # Scaled so that the polynomials of the whole stratum neither overflow nor vanish.
        log_unit = float(eta[begin:end].max()) + np.log(np.exp(eta[begin:end] - eta[begin:end].max()).sum())
        risk = np.exp(eta - log_unit)
        most = int(events.max())
        sweep = _Polynomials(most, p)
        for slot in slots[::-1]:
            low, high = int(design.row_start[slot]), int(design.row_start[slot] + design.rows[slot])
            d = int(design.deaths[slot])
            if design.enter is None:
                sweep.add(design.x[low:high], risk[low:high])
            elif d:
                sweep = _Polynomials(d, p)
                rows = low + np.flatnonzero(design.enter[low:end] < slot)
                sweep.add(design.x[rows], risk[rows])
            if not d:
                continue
            value, first, second = sweep.value[d], sweep.first[d], sweep.second[d]
            if not (value > 0.0 and np.isfinite(value)):
                raise InputError(f"{d} tied events are too many for exact ties; use ties='efron'")
            mean = first / value
            loglik -= float(np.log(value)) + d * log_unit
            score -= mean
            information += second / value - np.outer(mean, mean)
    return ExactEvaluation(loglik, score, information)


class _Polynomials:
    """Elementary symmetric polynomials of order 0 … d of the rows added so far, with their derivatives."""

    def __init__(self, order: int, p: int) -> None:
        self.value = np.zeros(order + 1)
        self.value[0] = 1.0
        self.first = np.zeros((order + 1, p))
        self.second = np.zeros((order + 1, p, p))

    def add(self, rows: FloatArray, risk: FloatArray) -> None:
        """Let rows join the risk set."""
        for x, r in zip(rows, risk, strict=True):
            cross = self.first[:-1, :, None] * x
            self.second[1:] += r * (self.second[:-1] + cross + cross.transpose(0, 2, 1) + self.value[:-1, None, None] * np.outer(x, x))
            self.first[1:] += r * (self.first[:-1] + self.value[:-1, None] * x)
            self.value[1:] += r * self.value[:-1]
