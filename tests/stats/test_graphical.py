"""Graphical procedures agree with the closed test, with Holm and the fixed sequence, and with printed examples."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from topline.stats import InputError, fixed_sequence, graphical_procedure, holm

# Two doses, two endpoints: figure 1 of Bretz et al. (2011), Biometrical Journal 53:894-913.
TWO_BY_TWO = ([0.5, 0.5, 0, 0], [[0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 0], [1, 0, 0, 0]])


def share_in(subset: tuple[int, ...], weights: Any, transitions: Any) -> np.ndarray:
    """Weights of an intersection hypothesis: where a walk from the start ends that stops when it enters the subset.

    The weights that the outside holds walk along the edges until they enter the subset or leave the graph; this is the
    absorbing chain behind the algorithm, solved at once, and shares no step with removing one hypothesis after another. A
    step in 10¹⁰ ends the walk, so that what circles outside for ever is lost.
    """
    w, g = np.asarray(weights, float), np.asarray(transitions, float)
    inside = np.isin(np.arange(len(w)), subset)
    visits = np.linalg.solve((np.eye((~inside).sum()) - (1 - 1e-10) * g[~inside][:, ~inside]).T, w[~inside])
    out = np.zeros(len(w))
    out[inside] = w[inside] + visits @ g[~inside][:, inside]
    return out


def closed_test(p: Any, weights: Any, transitions: Any) -> np.ndarray:
    """Adjusted p-values of the closed test with weighted Bonferroni tests, over all intersections."""
    m = len(p)
    out = np.zeros(m)
    for size in range(1, m + 1):
        for subset in itertools.combinations(range(m), size):
            w = share_in(subset, weights, transitions)
            local = min([p[i] / w[i] for i in subset if w[i] > 1e-14], default=1.0)
            out[list(subset)] = np.maximum(out[list(subset)], min(local, 1.0))
    return out


@pytest.mark.parametrize("seed", range(25))
def test_it_is_the_shortcut_of_the_closed_test(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m = int(rng.integers(2, 7))
    w = rng.dirichlet(np.ones(m)) * rng.choice([1.0, 0.7])
    w[rng.random(m) < 0.3] = 0.0
    g = rng.random((m, m)) * (rng.random((m, m)) < 0.6)
    np.fill_diagonal(g, 0.0)
    g /= np.maximum(g.sum(axis=1, keepdims=True), 1e-9) / rng.choice([1.0, 0.6])
    p = rng.random(m) ** 3 / 4
    ours = graphical_procedure(p, w, g, alpha=0.05)
    np.testing.assert_allclose(ours.adjusted_p_value, closed_test(p, w, g), rtol=1e-8)
    assert (ours.rejected == (ours.adjusted_p_value <= 0.05)).all()
    assert sorted(step.hypothesis for step in ours.steps) == np.flatnonzero(ours.rejected).tolist()


@pytest.mark.parametrize("seed", range(60))
def test_closed_cycles_and_ties_agree_with_the_closed_test(seed: int) -> None:
    """Sparse graphs where alpha can circle among few hypotheses, with equal p-values and p-values of 0."""
    rng = np.random.default_rng(seed)
    m = int(rng.integers(2, 6))
    g, w = np.zeros((m, m)), np.zeros(m)
    for i in range(m):
        to = rng.choice(np.delete(np.arange(m), i), size=int(rng.integers(0, m)), replace=False)
        g[i, to] = 1 / max(len(to), 1)
    start = rng.choice(m, size=int(rng.integers(1, m + 1)), replace=False)
    w[start] = 1 / len(start)
    p = rng.choice([0.0, 0.001, 0.01, 0.02, 0.03, 0.2], m)
    np.testing.assert_allclose(graphical_procedure(p, w, g).adjusted_p_value, closed_test(p, w, g), rtol=1e-8)


def test_the_printed_weights_of_all_intersections() -> None:
    """Table of R graphicalMCP's documentation for figure 1 of Bretz et al. (2011): what the oracle above starts from."""
    printed = {(0, 2, 3): [0.5, 0, 0, 0.5], (0, 2): [1, 0, 0, 0], (1, 2): [0, 0.5, 0.5, 0], (1, 3): [0, 1, 0, 0]}
    printed |= {(2, 3): [0, 0, 0.5, 0.5], (2,): [0, 0, 1, 0], (0, 1): [0.5, 0.5, 0, 0]}
    for subset, w in printed.items():
        np.testing.assert_allclose(share_in(subset, *TWO_BY_TWO), w, atol=1e-12)


@pytest.mark.parametrize(
    ("p", "alpha", "adjusted", "rejected"),
    [
        ([0.018, 0.010, 0.105, 0.006], 0.025, [0.020, 0.020, 0.105, 0.020], [True, True, False, True]),
        ([0.01, 0.02, 0.03, 0.05], 0.05, [0.02, 0.04, 0.06, 0.06], [True, True, False, False]),
    ],
)
def test_printed_examples(p: list[float], alpha: float, adjusted: list[float], rejected: list[bool]) -> None:
    """As printed in the documentation of R graphicalMCP (graph_test_shortcut; the package's front page)."""
    ours = graphical_procedure(p, *TWO_BY_TWO, alpha)
    np.testing.assert_allclose(ours.adjusted_p_value, adjusted, rtol=1e-12)
    assert ours.rejected.tolist() == rejected


def test_printed_order_of_rejections_and_graph_that_is_left() -> None:
    """Figure 4 of Bretz et al. (2011) with half of each share kept between the doses, as R graphicalMCP prints it."""
    g = [[0, 0.5, 0.5, 0], [0.5, 0, 0, 0.5], [0, 1, 0, 0], [1, 0, 0, 0]]
    ours = graphical_procedure([0.018, 0.01, 0.105, 0.006], [0.5, 0.5, 0, 0], g, 0.025)
    assert [step.hypothesis for step in ours.steps] == [1, 0, 3]
    assert ours.steps[-1].weights.tolist() == [0, 0, 1, 0]
    # By hand: H2 leaves 3/4 and 1/4 to H1 and H4, with edges 2/3 (H1 to H3) and 1/3 (H1 to H4); H1 then leaves 1/2 to each.
    np.testing.assert_allclose([step.local_level for step in ours.steps], [0.025 / 2, 0.025 * 3 / 4, 0.025 / 2])


def test_holm_and_the_fixed_sequence_are_graphs() -> None:
    p = np.array([0.011, 0.4, 0.013, 0.02, 0.003])
    m = len(p)
    np.testing.assert_allclose(graphical_procedure(p, np.full(m, 1 / m), (1 - np.eye(m)) / (m - 1)).adjusted_p_value, holm(p), rtol=1e-12)
    chain = graphical_procedure(p, np.eye(m)[0], np.eye(m, k=1))
    np.testing.assert_allclose(chain.adjusted_p_value, fixed_sequence(p), rtol=1e-12)
    assert [step.hypothesis for step in chain.steps] == [0]
    bonferroni = graphical_procedure(p, np.full(m, 1 / m), np.zeros((m, m)))
    np.testing.assert_allclose(bonferroni.adjusted_p_value, np.minimum(p * m, 1.0), rtol=1e-12)


def test_gatekeepers_are_graphs() -> None:
    """Serial: nothing of the second family before all of the first. Parallel: half of alpha after one rejection."""
    first = [0.5, 0.5, 0, 0]
    # Within a family as Holm; a vanishing edge passes the whole on when the family has fallen.
    little = 1e-9
    serial = [[0, 1 - little, little / 2, little / 2], [1 - little, 0, little / 2, little / 2], [0, 0, 0, 1], [0, 0, 1, 0]]
    parallel = [[0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5], [0, 0, 0, 1], [0, 0, 1, 0]]
    p = [0.01, 0.2, 0.002, 0.02]
    np.testing.assert_allclose(graphical_procedure(p, first, serial).adjusted_p_value, [0.02, 0.2, 0.2, 0.2], rtol=1e-7)
    # By hand: 0.01/0.5; then a quarter of alpha for each secondary, 0.02 after it for 0.002, and 0.02/0.5 for the other.
    np.testing.assert_allclose(graphical_procedure(p, first, parallel).adjusted_p_value, [0.02, 0.4, 0.02, 0.04], rtol=1e-12)


def test_thirds_that_meet_alpha_count_as_equal() -> None:
    assert graphical_procedure([0.05 / 3, 1, 1], [1 / 3] * 3, np.zeros((3, 3))).rejected.tolist() == [True, False, False]


def test_bad_graphs_are_named() -> None:
    good = ([0.01, 0.02], [0.5, 0.5], [[0, 1], [1, 0]])
    for place, bad, words in [
        (0, [0.01, 1.2], "at most 1"),
        (1, [0.7, 0.7], "add up to 1.4"),
        (1, [0.7], "one for each p-value"),
        (2, [[0.1, 0.9], [1, 0]], "to itself"),
        (2, [[0, 1.2], [1, 0]], "fraction"),
        (2, [[0, 1]], "shape"),
        (2, [["a", 1], [1, 0]], "numbers"),
    ]:
        with pytest.raises(InputError, match=words):
            graphical_procedure(*[bad if i == place else part for i, part in enumerate(good)])
    with pytest.raises(InputError, match="row 0"):
        graphical_procedure([0.1] * 3, [1, 0, 0], [[0, 0.7, 0.7], [0, 0, 0], [0, 0, 0]])
    with pytest.raises(InputError, match="alpha"):
        graphical_procedure(*good, 1.0)
    assert "never used" in graphical_procedure([0.01, 0.02], [0.5, 0.3], [[0, 1], [1, 0]]).warnings[0]
    lost = graphical_procedure([0.0, 0.0], [1.0, 0.0], [[0, 0], [0, 0]])
    assert lost.adjusted_p_value.tolist() == [0.0, 1.0]
