"""Who is in which state when, and the product-integral of the transitions with each patient's influence on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import BoolArray, FloatArray, IntArray, code_vector, float_vector
from topline.stats.errors import InputError
from topline.stats.survival.risk_sets import distinct_times

# A probability below this is none: what is left of 1 after rounding when everybody has moved.
NOTHING = 1e-12


@dataclass(frozen=True)
class Step:
    """What happens at one time of transition, and what is known after it.

    Attributes
    ----------
    time : float
        When.
    n_risk : (S,) array
        Patients under observation in each state just before.
    unseen : (S,) bool array
        States that somebody may be in, but nobody is under observation in then: moves out of them cannot be seen.
    probability : (S,) array
        Probability of each state after it.
    influence : (n, S) array
        Derivative of `probability` in the weight of each patient.
    """

    time: float
    n_risk: FloatArray
    unseen: BoolArray
    probability: FloatArray
    influence: FloatArray


class StateHistory:
    """Rows of patients in states, laid out by the distinct times of transition u₀ < u₁ < …

    A row is at risk at the transitions numbered `begin` up to, but not including, `end`. A state is watched if somebody was
    ever under observation in it; the others are the end.
    """

    def __init__(self, patient: Any, entry: Any, time: Any, from_state: Any, to_state: Any) -> None:
        stop = float_vector("time", time)
        n = len(stop)
        if n == 0:
            raise InputError("time is empty: at least one row was expected")
        start = float_vector("entry", entry, n=n, minimum=0.0)
        if (start >= stop).any():
            i = int(np.argmax(start >= stop))
            raise InputError(f"entry[{i}] is {start[i]:g} and time[{i}] is {stop[i]:g}: entry must come before time")
        self.patient, self.patients = code_vector("patient", patient, n)
        self.source, self.target, self.states = _states(from_state, to_state, n)
        distinct, code = distinct_times(np.concatenate([start, stop]))
        entry_code, exit_code = code[:n], code[n:]
        _refuse_contradictions(self, entry_code, exit_code)
        self.last = float(distinct[exit_code.max()])
        self.watched: BoolArray = np.isin(np.arange(len(self.states)), self.source)
        self.moved = self.source != self.target
        moments = np.unique(exit_code[self.moved])
        self.moment = distinct[moments]
        self.begin = np.searchsorted(moments, entry_code, side="right")
        self.end = np.searchsorted(moments, exit_code, side="right")

    @property
    def n(self) -> int:
        """Number of patients."""
        return len(self.patients)

    def state_at(self, k: int) -> IntArray:
        """Return the state of each patient at the k-th transition time, just before; −1 for who is not under observation."""
        now = np.full(self.n, -1)
        here = (self.begin <= k) & (k < self.end)
        now[self.patient[here]] = self.source[here]
        return now

    def initial(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return how many are in each state at the first transition, as fractions, and each patient's influence on these."""
        size = len(self.states)
        now = self.state_at(0)
        if not len(self.moment):
            first = np.lexsort((self.begin, self.patient))
            _, at = np.unique(self.patient[first], return_index=True)
            now = self.source[first][at]
        member = (now[:, None] == np.arange(size)).astype(float)
        count = member.sum(axis=0)
        fraction = count / count.sum()
        return count, fraction, (member - (now >= 0)[:, None] * fraction) / count.sum()

    def walk(self, after: float, until: float, probability: FloatArray, influence: FloatArray) -> Iterator[Step]:
        """Carry probabilities, and their derivatives in each patient's weight, over the transitions in (after, until]."""
        size = len(self.states)
        low, high = (int(np.searchsorted(self.moment, t, side="right")) for t in (after, until))
        for k in range(low, high):
            now = self.state_at(k)
            seen = now >= 0
            n_risk = np.bincount(now[seen], minlength=size).astype(float)
            events = self.moved & (self.end == k + 1)
            source, target, who = self.source[events], self.target[events], self.patient[events]
            moves = np.zeros((size, size))
            np.add.at(moves, (source, target), 1.0)
            moves[np.diag_indices(size)] = -moves.sum(axis=1)
            hazard = np.divide(moves, n_risk[:, None], out=np.zeros_like(moves), where=n_risk[:, None] > 0.0)
            # An at-risk patient's weight lowers every hazard out of the state; that of one who leaves raises it as well.
            per_head = np.divide(probability, n_risk, out=np.zeros(size), where=n_risk > 0.0)
            influence = influence + influence @ hazard
            influence[seen] -= (per_head[:, None] * hazard)[now[seen]]
            influence[who, target] += per_head[source]
            influence[who, source] -= per_head[source]
            unseen = self.watched & (probability > NOTHING) & (n_risk == 0.0)
            probability = np.clip(probability + probability @ hazard, 0.0, 1.0)
            yield Step(float(self.moment[k]), n_risk, unseen, probability, influence)


def _states(from_state: Any, to_state: Any, n: int) -> tuple[IntArray, IntArray, tuple[Any, ...]]:
    """Return both as codes of the same sorted labels."""
    source, from_labels = code_vector("from_state", from_state, n)
    target, to_labels = code_vector("to_state", to_state, n)
    try:
        states = tuple(sorted(set(from_labels) | set(to_labels)))
    except TypeError as error:
        raise InputError("from_state and to_state have labels of different types; make them all text or all numbers") from error
    place = {label: i for i, label in enumerate(states)}
    return (
        np.array([place[label] for label in from_labels], dtype=np.intp)[source],
        np.array([place[label] for label in to_labels], dtype=np.intp)[target],
        states,
    )


def _refuse_contradictions(rows: StateHistory, entry: IntArray, stop: IntArray) -> None:
    """A patient is in one state at a time, and goes on from where the row before ended."""
    if (entry >= stop).any():
        i = int(np.argmax(entry >= stop))
        raise InputError(f"entry[{i}] and time[{i}] differ by less than rounding: entry must come before time")
    order = np.lexsort((entry, rows.patient))
    one, two = order[:-1], order[1:]
    same = rows.patient[one] == rows.patient[two]
    overlap = same & (entry[two] < stop[one])
    leap = same & (entry[two] == stop[one]) & (rows.source[two] != rows.target[one])
    for fault, what in (
        (overlap, "overlap in time"),
        (leap, "touch, but the later one starts in another state than the earlier one ends in"),
    ):
        if fault.any():
            i = int(np.argmax(fault))
            raise InputError(f"patient {rows.patients[rows.patient[one[i]]]!r}: rows {one[i]} and {two[i]} {what}")
