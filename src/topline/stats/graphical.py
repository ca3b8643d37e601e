"""Gatekeeping as a graph: each rejected hypothesis hands its share of alpha to others (Bretz, Maurer, Brannath and Posch 2009)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from topline.stats.checks import BoolArray, FloatArray, at_least, float_vector
from topline.stats.errors import InputError
from topline.stats.result import Result

# Sums of thirds and the like may miss 1, and p / weight may miss alpha, by this much and still count as equal.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False, repr=False)
class GraphStep(Result):
    """One rejection, and the graph that it leaves.

    Attributes
    ----------
    hypothesis : int
        The hypothesis rejected: its place among the p-values, from 0.
    p_value, local_level : float
        Its p-value, and its share of alpha at this step.
    weights : (m,) array
        Shares of alpha after the step; 0 for what is rejected.
    transitions : (m, m) array
        Edges after the step; 0 from and to what is rejected.
    """

    hypothesis: int
    p_value: float
    local_level: float
    weights: FloatArray
    transitions: FloatArray


@dataclass(frozen=True, eq=False, repr=False)
class GraphicalProcedure(Result):
    """A sequentially rejective graphical procedure: which hypotheses fall, in which order, and the adjusted p-values.

    Attributes
    ----------
    p_value : (m,) array
        Unadjusted, in the order given.
    adjusted_p_value : (m,) array
        Smallest alpha at which the procedure rejects each hypothesis; 1 where there is none.
    rejected : (m,) bool array
        Whether `adjusted_p_value` is at most `alpha`.
    steps : tuple of GraphStep
        The rejections at `alpha`, in their order; the last one holds the graph that is left.
    alpha : float
        Familywise error rate.
    warnings : tuple of str
        A part of alpha that no hypothesis can use.
    """

    p_value: FloatArray
    adjusted_p_value: FloatArray
    rejected: BoolArray
    steps: tuple[GraphStep, ...]
    alpha: float
    method: str = "weighted Bonferroni tests on a graph, sequentially rejective"
    warnings: tuple[str, ...] = ()


def graphical_procedure(p_values: Any, weights: Any, transitions: Any, alpha: float = 0.05) -> GraphicalProcedure:
    """Test several hypotheses on a graph that says where the alpha of a rejected one goes.

    Hypothesis i is tested at `weights[i]` · alpha. When it is rejected, hypothesis j receives the fraction
    `transitions[i, j]` of that share, the edges are joined up around the gap, and the rest is tested again. This is the
    shortcut of a closed test with weighted Bonferroni tests: it controls the familywise error rate strongly, under any
    dependence. Bonferroni has no edges; Holm has equal weights and equal edges between all; a fixed sequence has weight 1
    on the first hypothesis and one edge of 1 from each to the next; with serial gatekeeping the alpha of a family goes on
    once all of it is rejected, with parallel gatekeeping part of it after each rejection.

    Parameters
    ----------
    p_values : (m,) array
        Unadjusted p-values.
    weights : (m,) array
        Share of alpha that each hypothesis starts with; at least 0, at most 1 in all.
    transitions : (m, m) array
        Row i: the fractions of the share of hypothesis i that go to each other one; at least 0, at most 1 in all, 0 on
        the diagonal.
    alpha : float
        Familywise error rate, between 0 and 1.

    Returns
    -------
    GraphicalProcedure

    Raises
    ------
    InputError
        For p-values outside 0 to 1, negative weights, weights or rows of `transitions` that add up to more than 1, edges
        from a hypothesis to itself, shapes that differ, NaN.

    References
    ----------
    Bretz, Maurer, Brannath and Posch (2009), Statistics in Medicine 28:586–604, algorithms 1 and 2. Agrees with R
    `graphicalMCP::graph_test_shortcut`.
    """
    p = float_vector("p_values", p_values, minimum=0.0)
    m = len(p)
    if (p > 1.0).any():
        i = int(np.argmax(p > 1.0))
        raise InputError(f"p_values[{i}] is {p[i]:g}; at most 1 was expected")
    share = float_vector("weights", weights, minimum=0.0).copy()
    if len(share) != m:
        raise InputError(f"weights has {len(share)} values; {m} were expected, one for each p-value")
    if share.sum() > 1.0 + ROUNDING:
        raise InputError(f"weights add up to {share.sum():g}; at most 1 was expected (they are shares of alpha)")
    edges = _edges(transitions, m)
    alpha = at_least("alpha", alpha, 0.0)
    if not 0.0 < alpha < 1.0:
        raise InputError(f"alpha is {alpha:g}; a number between 0 and 1 was expected")
    notes = () if m == 0 or share.sum() >= 1.0 - ROUNDING else (f"weights add up to {share.sum():g}: the rest of alpha is never used",)

    adjusted = np.ones(m)
    steps: list[GraphStep] = []
    left = np.ones(m, bool)
    largest = 0.0
    while (left & (share > 0.0)).any():
        needed = np.full(m, math.inf)
        np.divide(p, share, out=needed, where=left & (share > 0.0))
        i = int(np.argmin(needed))
        largest = max(largest, float(needed[i]))
        adjusted[i] = min(largest, 1.0)
        local = float(share[i]) * alpha
        left[i] = False
        share, edges = _without(i, share, edges)
        if largest <= alpha * (1.0 + ROUNDING):
            steps.append(GraphStep(i, float(p[i]), local, share, edges))
    return GraphicalProcedure(p, adjusted, adjusted <= alpha * (1.0 + ROUNDING), tuple(steps), alpha, warnings=notes)


def _without(i: int, share: FloatArray, edges: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the graph after hypothesis i is rejected: its share is handed on, and paths through it become edges."""
    share = share + share[i] * edges[i]
    share[i] = 0.0
    through = edges + np.outer(edges[:, i], edges[i])
    loop = 1.0 - edges[:, i] * edges[i]
    # A pair that hands everything back and forth through i keeps no edge.
    joined = np.divide(through, loop[:, None], out=np.zeros_like(edges), where=loop[:, None] > ROUNDING)
    joined[i] = joined[:, i] = 0.0
    np.fill_diagonal(joined, 0.0)
    return share, joined


def _edges(transitions: Any, m: int) -> FloatArray:
    """Return the transitions as an (m, m) array of fractions."""
    try:
        edges = np.array(transitions, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError("transitions must hold numbers, rows of the same length") from error
    if edges.size == 0 and m == 0:
        return np.zeros((0, 0))
    if edges.shape != (m, m):
        raise InputError(f"transitions has shape {edges.shape}; ({m}, {m}) was expected, a row and a column for each p-value")
    bad = ~((edges >= 0.0) & (edges <= 1.0))
    if bad.any():
        i, j = (int(v) for v in np.argwhere(bad)[0])
        raise InputError(f"transitions[{i}, {j}] is {edges[i, j]:g}; a fraction from 0 to 1 was expected")
    if np.diag(edges).any():
        i = int(np.argmax(np.diag(edges) > 0.0))
        raise InputError(f"transitions[{i}, {i}] is {edges[i, i]:g}; a hypothesis hands nothing to itself: 0 was expected")
    total = edges.sum(axis=1)
    if (total > 1.0 + ROUNDING).any():
        i = int(np.argmax(total))
        raise InputError(f"row {i} of transitions adds up to {total[i]:g}; at most 1 was expected")
    return edges
