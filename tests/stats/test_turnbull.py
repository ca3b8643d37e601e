"""Turnbull's estimate agrees with R (tests/reference/turnbull.R), with Kaplan–Meier, with sums by hand, and is a maximum."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topline.stats import InputError, Turnbull, kaplan_meier, turnbull

R = json.loads((Path(__file__).resolve().parent.parent / "reference" / "turnbull.json").read_text(encoding="utf-8"))
INF = np.inf


def ends(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    right = np.array([INF if r is None or r == "NA" else r for r in case["right"]], float)
    return np.array(case["left"], float), right, np.array(case["weight"], float) if case["weighted"] else None


def visits(seed: int, n: int, exact: float) -> tuple[np.ndarray, np.ndarray]:
    """Synthetic times seen between visits, some exactly, some not before the end of follow-up."""
    rng = np.random.default_rng(seed)
    life, start, gap, end = 30 * rng.weibull(1.4, n), rng.uniform(0, 8, n), rng.uniform(4, 12, n), rng.uniform(10, 70, n)
    k = np.floor((life - start) / gap)
    left, right = np.where(k < 0, 0.0, start + k * gap), start + (k + 1) * gap
    known = rng.random(n) < exact
    left, right = np.where(known, life, left), np.where(known, life, right)
    return np.where(left > end, end, left), np.where(left > end, INF, right)


def inside(fit: Turnbull, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Which interval of the fit lies in which row's, from the definition of (left, right]."""
    after = (fit.lower >= left[:, None]) & ((fit.upper > fit.lower) | (fit.lower > left[:, None]))
    return np.where(
        (left == right)[:, None], (fit.lower == left[:, None]) & (fit.upper == left[:, None]), after & (fit.upper <= right[:, None])
    )


@pytest.mark.parametrize("case", R["cases"], ids=lambda c: c["name"])
def test_curve_agrees_with_survfit(case: dict[str, Any]) -> None:
    left, right, weights = ends(case)
    ours = turnbull(left, right, weights=weights)
    assert ours.converged
    np.testing.assert_allclose(ours.at(case["time"]).survival, case["survival"], atol=1e-8)


@pytest.mark.parametrize(("seed", "n", "exact"), [(1, 40, 0.0), (2, 300, 0.0), (3, 300, 0.4), (4, 2000, 0.1)])
def test_no_shift_of_mass_raises_the_likelihood(seed: int, n: int, exact: float) -> None:
    """Karush, Kuhn and Tucker's condition, from an incidence table written apart: the proof of a maximum."""
    left, right = visits(seed, n, exact)
    ours = turnbull(left, right)
    table = inside(ours, left, right)
    p = table @ ours.mass
    gain = table.T @ (1 / p) / n
    assert gain.max() <= 1 + 1e-8
    np.testing.assert_allclose(gain[ours.mass > 1e-6], 1.0, atol=1e-6)
    assert ours.loglik == pytest.approx(np.log(p).sum(), abs=1e-8)
    assert ours.mass.sum() == pytest.approx(1.0, abs=1e-12)


def test_exact_and_right_censored_times_give_kaplan_meier() -> None:
    rng = np.random.default_rng(5)
    life, end = np.ceil(20 * rng.weibull(1.2, 200)), np.ceil(rng.uniform(3, 40, 200))
    time, event, weights = np.minimum(life, end), life <= end, rng.integers(0, 4, 200)
    for w in (None, weights):
        curve = kaplan_meier(time, event, weights=w)
        ours = turnbull(time, np.where(event, time, INF), weights=w)
        known = curve.time <= ours.lower[-1]
        np.testing.assert_allclose(ours.at(curve.time[known]).survival, curve.survival[known], atol=1e-8)


def test_sums_by_hand() -> None:
    """Rows (0, 1], (0, 2], (1, 3] and (2, 3]: a²(1 − a)² is highest at a = 1/2, which leaves nothing for (1, 2]."""
    ours = turnbull([0, 0, 1, 2], [1, 2, 3, 3])
    assert ours.lower.tolist() == [0, 1, 2]
    assert ours.upper.tolist() == [1, 2, 3]
    np.testing.assert_allclose(ours.mass, [0.5, 0, 0.5], atol=1e-9)
    assert ours.loglik == pytest.approx(4 * np.log(0.5))
    # One of two left-censored at 2, two of three right-censored at 1: with x in (1, 2] the likelihood is that of masses a, b, c.
    one = turnbull([0, 1, 1], [2, INF, INF])
    assert (one.lower.tolist(), one.upper.tolist(), one.mass.tolist()) == ([1], [2], [1])
    # Event by 1 (2 rows), after 1 (3 rows), and somewhere by 4 (1 row): 2/5 by 1, 3/5 in (1, 4].
    three = turnbull([0, 0, 1, 1, 1, 0], [1, 1, INF, INF, 4, 4])
    np.testing.assert_allclose(three.at([0, 1, 4]).survival, [1, 0.6, 0], atol=1e-9)


def test_intervals_are_open_on_the_left_and_closed_on_the_right() -> None:
    """An event on the day of the last visit would have been seen at it; one on the day of the next is in the interval."""
    touching = turnbull([1, 2], [2, 3])
    assert (touching.lower.tolist(), touching.upper.tolist()) == ([1, 2], [2, 3])
    at_the_end = turnbull([1, 2], [2, 2])
    assert (at_the_end.lower.tolist(), at_the_end.upper.tolist()) == ([2], [2])
    at_the_start = turnbull([1, 1], [2, 1])
    assert (at_the_start.lower.tolist(), at_the_start.upper.tolist()) == ([1, 1], [1, 2])
    censored_that_day = turnbull([2, 2], [2, INF])
    assert (censored_that_day.lower.tolist(), censored_that_day.upper.tolist()) == ([2, 2], [2, INF])


def test_it_says_where_survival_is_not_determined() -> None:
    ours = turnbull([0, 2, 5, 5], [1, 4, INF, 5])
    read = ours.at([0, 0.5, 1, 1.5, 2, 3, 4, 4.9, 5, 6])
    np.testing.assert_allclose(read.lowest, [1, 0.75, 0.75, 0.75, 0.75, 0.5, 0.5, 0.5, 0.25, 0], atol=1e-9)
    np.testing.assert_allclose(read.highest, [1, 1, 0.75, 0.75, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25], atol=1e-9)
    assert np.flatnonzero(np.isnan(read.survival)).tolist() == [1, 5, 9]
    assert "asked at 0.5, 3, 6" in read.warnings[0]
    assert ours.at(4).survival == pytest.approx(0.5)


def test_copies_are_weights_and_order_does_not_matter() -> None:
    left, right = visits(6, 60, 0.2)
    w = np.random.default_rng(6).integers(0, 4, 60)
    ours, copies = turnbull(left, right, weights=w), turnbull(np.repeat(left, w)[::-1], np.repeat(right, w)[::-1])
    np.testing.assert_allclose(ours.mass, copies.mass, atol=1e-7)
    tiny = turnbull(left, right, weights=w * 1e-12)
    np.testing.assert_allclose(ours.mass, tiny.mass, atol=1e-7)


def test_rows_of_tiny_weight_keep_their_share() -> None:
    """Two rows by 1 and one of weight 1e-12 at 5: masses in the ratio of the weights, to within rounding of a sum of 1."""
    ours = turnbull([0, 0, 5], [1, 1, 5], weights=[1, 1, 1e-12])
    np.testing.assert_allclose(ours.mass, [1, 5e-13], atol=2.3e-16)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        left = rng.integers(0, 12, 20).astype(float)
        right = np.where(rng.random(20) < 0.3, INF, left + rng.integers(0, 5, 20))
        mixed = turnbull(left, right, weights=rng.choice([1, 1, 2, 1e-12], 20))
        assert mixed.converged, seed
        assert ((inside(mixed, left, right) @ mixed.mass) > 0).all()


def test_nearly_equal_times_are_one() -> None:
    ours = turnbull([0.3, 0.1 + 0.2, 0.5], [0.3, 0.7, INF])
    assert ours.lower.tolist() == [0.3, 0.5]
    assert turnbull([0.3, 0.1], [0.1 + 0.2, 0.3]).lower.tolist() == [0.3]


def test_bad_input_is_named() -> None:
    with pytest.raises(InputError, match=r"left\[1\] is 3 and right\[1\] is 2"):
        turnbull([0, 3], [1, 2])
    with pytest.raises(InputError, match="empty"):
        turnbull([], [])
    with pytest.raises(InputError, match="all 0"):
        turnbull([1, 2], [1, INF], weights=[0, 0])
    with pytest.raises(InputError, match="right"):
        turnbull([1, 2], [1, np.nan])
    with pytest.raises(InputError, match="right"):
        turnbull([1, 2], [INF])
    never = turnbull([1, 2], [INF, INF])
    assert (never.lower.tolist(), never.mass.tolist()) == ([2], [1])
    assert never.at([2]).survival.tolist() == [1]
