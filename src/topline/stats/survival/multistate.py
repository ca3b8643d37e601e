"""Patients who move between states: the probability of each state over time, and the time spent in it (Aalen and Johansen 1978)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import BoolArray, FloatArray, IntArray, choice, float_vector, level
from topline.stats.distributions import z_for
from topline.stats.errors import InputError
from topline.stats.result import Result
from topline.stats.survival.curve_intervals import CONF_TYPES, curve_interval
from topline.stats.survival.state_history import NOTHING, StateHistory, Step


@dataclass(frozen=True, eq=False, repr=False)
class StateProbabilities(Result):
    """State occupation probabilities at given times; a row for each time asked.

    Attributes
    ----------
    states : tuple
        The states, in the order of the columns.
    time : (T,) array
        When.
    probability, std_error, lower, upper : (T, S) arrays
        Of each state then, its standard error and pointwise interval; NaN where not estimable.
    warnings : tuple of str
        The reason for every NaN.
    """

    states: tuple[Any, ...]
    time: FloatArray
    probability: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class TransitionProbabilities(Result):
    """Probabilities of being in each state at `end`, given the state at `start`.

    Attributes
    ----------
    states : tuple
        The states, in the order of rows and columns.
    start, end : float
        The two times.
    probability, std_error : (S, S) arrays
        Row: state at `start`; column: state at `end`.
    warnings : tuple of str
        The reason for every NaN.
    """

    states: tuple[Any, ...]
    start: float
    end: float
    probability: FloatArray
    std_error: FloatArray
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class LengthOfStay(Result):
    """Expected time spent in each state from 0 to `tau`.

    Attributes
    ----------
    states : tuple
        The states.
    tau : float
        Horizon.
    value, std_error, lower, upper : (S,) arrays
        Area under each state's probability, in the unit of time; they add up to `tau`. The interval is plain.
    warnings : tuple of str
        The reason for every NaN.
    """

    states: tuple[Any, ...]
    tau: float
    value: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    conf_level: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Multistate(Result):
    """State occupation probabilities: a first row for time 0, then one for each distinct time of a transition.

    Attributes
    ----------
    states : tuple
        The states, sorted; the order of all columns.
    n : int
        Patients.
    transitions : (S, S) array of int
        Observed moves from each state (row) to each other.
    time : (m,) array
        0, and the times of transition.
    n_risk : (m, S) array
        Patients under observation in each state just before; in the first row, those whom the start is taken from.
    probability, std_error, lower, upper : (m, S) arrays
        Probability of each state from that time on, its standard error and pointwise interval.
    conf_type, conf_level, variance
        Conventions.
    warnings : tuple of str
        The reason for every NaN, and a state out of which moves can no longer be seen.
    """

    states: tuple[Any, ...]
    n: int
    transitions: IntArray
    time: FloatArray
    n_risk: FloatArray
    probability: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    conf_type: str
    conf_level: float
    warnings: tuple[str, ...]
    _history: StateHistory
    variance: str = "infinitesimal jackknife by patient"

    def at(self, times: Any) -> StateProbabilities:
        """Read the probabilities at given times (at least 0); beyond the last observation NaN, unless nobody could still move."""
        when = float_vector("times", times, minimum=0.0)
        row = np.searchsorted(self.time, when, side="right") - 1
        parts = [part[row] for part in (self.probability, self.std_error, self.lower, self.upper)]
        beyond = self._unknown(when)
        for part in parts:
            part[beyond] = np.nan
        notes = [self._beyond()] if beyond.any() else []
        if np.isnan(parts[2][~beyond]).any():
            notes.extend(self.warnings)
        return StateProbabilities(self.states, when, parts[0], parts[1], parts[2], parts[3], tuple(notes))

    def transition_probabilities(self, start: float, end: float) -> TransitionProbabilities:
        """Probabilities of each state at `end` given each state at `start`: the product over the transitions in (start, end]."""
        if not (math.isfinite(start) and math.isfinite(end) and 0.0 <= start <= end):
            raise InputError(f"start is {start} and end is {end}; 0 <= start <= end was expected, both finite")
        size, rows = len(self.states), self._history
        value, error = np.eye(size), np.zeros((size, size))
        notes = []
        for h in range(size):
            blind = np.zeros(size, bool)
            for step in rows.walk(start, end, np.eye(size)[h], np.zeros((rows.n, size))):
                value[h], error[h] = step.probability, np.sqrt((step.influence**2).sum(axis=0))
                blind |= step.unseen
            if blind.any():
                value[h] = error[h] = np.nan
                hidden = ", ".join(str(self.states[j]) for j in np.flatnonzero(blind))
                notes.append(f"not estimable from {self.states[h]}: at some transition nobody was under observation in {hidden}")
        late = end > rows.last and start < end
        if late:
            open_rows = np.nansum(value[:, rows.watched], axis=1) > NOTHING
            value[open_rows] = error[open_rows] = np.nan
            notes += [self._beyond()] if open_rows.any() else []
        return TransitionProbabilities(self.states, float(start), float(end), value, error, tuple(notes))

    def length_of_stay(self, tau: float) -> LengthOfStay:
        """Expected time in each state from 0 to `tau`; not estimable beyond the last observation while somebody could still move."""
        if not (math.isfinite(tau) and tau > 0.0):
            raise InputError(f"tau is {tau}; a positive, finite time was expected")
        if self._unknown(np.array([tau]))[0]:
            empty = np.full(len(self.states), np.nan)
            return LengthOfStay(self.states, tau, empty, empty, empty, empty, self.conf_level, (self._beyond(),))
        rows = self._history
        _, probability, influence = rows.initial()
        value, share, before = np.zeros(len(self.states)), np.zeros_like(influence), 0.0
        notes: dict[int, str] = {}
        for step in rows.walk(0.0, tau, probability, influence):
            value, share = value + probability * (step.time - before), share + influence * (step.time - before)
            probability, influence, before = step.probability, step.influence, step.time
            _note_unseen(notes, step, self.states)
        value, share = value + probability * (tau - before), share + influence * (tau - before)
        error = np.sqrt((share**2).sum(axis=0))
        half = z_for(self.conf_level) * error
        return LengthOfStay(self.states, float(tau), value, error, value - half, value + half, self.conf_level, tuple(notes.values()))

    def _unknown(self, when: FloatArray) -> BoolArray:
        still = bool((self.probability[-1][self._history.watched] > NOTHING).any())
        return np.asarray((when > self._history.last) & still)

    def _beyond(self) -> str:
        return f"not estimable beyond the last observation ({self._history.last:g}): somebody could still move"


def multistate(
    patient: Any,
    entry: Any,
    time: Any,
    from_state: Any,
    to_state: Any,
    *,
    conf_type: str = "log-log",
    conf_level: float = 0.95,
) -> Multistate:
    """Aalen–Johansen estimate of the probability of each state over time, for any states and moves between them.

    A row says that a patient was under observation in `from_state` after `entry`, up to and including `time`, and moved
    to `to_state` then; where both states are the same, nothing happened (censored, or the row is only cut). A patient may
    have any number of rows, may come under observation late, and may be out of sight between two rows. States that
    nobody is observed in are taken as final (death).

    Parameters
    ----------
    patient : (n,) array of labels
        Patient of each row.
    entry, time : (n,) arrays
        Time after which, and up to which, the row is under observation; any unit, at least 0, entry before time.
    from_state, to_state : (n,) arrays of labels
        State during the row, and the state entered at `time`; equal where no move was seen.
    conf_type : {"log-log", "log", "plain", "logit", "arcsine"}
        Scale of the pointwise intervals.
    conf_level : float
        Level of the intervals.

    Returns
    -------
    Multistate
        Also gives transition probabilities between two times, and the expected length of stay in each state.

    Raises
    ------
    InputError
        For no rows, NaN, infinity, negative times, entry not before time, rows of a patient that overlap, a row that goes
        on from another state than the row before it ended in, arrays of different lengths.

    Notes
    -----
    The probabilities at the start are the fractions of those under observation at the first transition. Moves of several
    patients at one time happen together; nothing is jittered. Times that differ by less than 1.5e-8 are one time. The
    variance is the infinitesimal jackknife by patient, which needs no Markov assumption for the state probabilities
    (Datta and Satten 2001); transition probabilities need one. Agrees with R survival 3.5-3 `survfit` for multi-state
    data, including `p0` and `start.time`.

    References
    ----------
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5:141–150.
    """
    choice("conf_type", conf_type, CONF_TYPES)
    conf_level = level(conf_level)
    rows = StateHistory(patient, entry, time, from_state, to_state)
    size = len(rows.states)
    count, probability, influence = rows.initial()
    table = [(0.0, count, probability, np.sqrt((influence**2).sum(axis=0)))]
    unseen: dict[int, str] = {}
    for step in rows.walk(0.0, math.inf, probability, influence):
        table.append((step.time, step.n_risk, step.probability, np.sqrt((step.influence**2).sum(axis=0))))
        _note_unseen(unseen, step, rows.states)
    at, n_risk, curve, error = (np.array(column) for column in zip(*table, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(curve > 0.0, error / curve, 0.0)
    notes = list(unseen.values())
    if not len(rows.moment):
        notes.append("no transition was seen: the probabilities stay what they are at the start")
    lower, upper = curve_interval(curve, relative, conf_type, z_for(conf_level))
    if np.isnan(lower).any():
        notes.append(f"where a probability is 0 (or 1) a {conf_type} interval is not defined")
    moves = np.zeros((size, size), dtype=np.intp)
    np.add.at(moves, (rows.source[rows.moved], rows.target[rows.moved]), 1)
    return Multistate(
        states=rows.states,
        n=rows.n,
        transitions=moves,
        time=at,
        n_risk=n_risk,
        probability=curve,
        std_error=error,
        lower=lower,
        upper=upper,
        conf_type=conf_type,
        conf_level=conf_level,
        warnings=tuple(notes),
        _history=rows,
    )


def _note_unseen(notes: dict[int, str], step: Step, states: tuple[Any, ...]) -> None:
    """Add a note for each state in which nobody is under observation for the first time although somebody may be in it."""
    for j in np.flatnonzero(step.unseen):
        notes.setdefault(
            int(j), f"nobody is under observation in {states[j]} at {step.time:g}, though some may be in it: moves out of it go unseen"
        )
