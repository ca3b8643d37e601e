"""Royston–Parmar models agree with R over another basis (tests/reference/spline.R), with survreg's shapes and with closed forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topline.stats import InputError, flexible_parametric_regression, parametric_regression
from topline.stats.survival.spline_terms import lowest_slope, spline_basis

R = json.loads((Path(__file__).resolve().parent.parent / "reference" / "spline.json").read_text(encoding="utf-8"))
D = {k: np.array([row[k] for row in R["data"]], float) for k in R["data"][0]}
X = np.column_stack([D["x1"], D["x2"]])


def close(ours: Any, theirs: Any, tolerance: float = 1e-6) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=1e-8)


@pytest.mark.parametrize("case", R["cases"], ids=lambda c: f"{c['scale']}-{c['df']}-{c['entry']}-{c['weighted']}")
def test_agrees_with_the_optimum_over_natural_splines(case: dict[str, Any]) -> None:
    entry, weights = (D["enter"] if case["entry"] else None), (D["w"] if case["weighted"] else None)
    ours = flexible_parametric_regression(D["t"], D["e"], X, df=case["df"], scale=case["scale"], entry=entry, weights=weights)
    assert ours.converged
    close(ours.loglik, case["loglik"], 1e-9)
    close(ours.coef, case["coef"])
    close(ours.std_error, case["se"])
    close(ours.survival([[0, 0], [0.5, 1]], [5, 20, 40]).survival, case["survival"])


@pytest.mark.parametrize(("scale", "distribution"), [("hazard", "weibull"), ("odds", "log-logistic"), ("normal", "log-normal")])
def test_without_inner_knots_it_is_the_parametric_model(scale: str, distribution: str) -> None:
    ours = flexible_parametric_regression(D["t"], D["e"], X, df=1, scale=scale)
    theirs = parametric_regression(D["t"], D["e"], X, distribution=distribution)
    close([ours.loglik_null, ours.loglik], [theirs.loglik_null, theirs.loglik], 1e-10)
    close(ours.coef, -theirs.coef[1:] / theirs.scale)
    close(ours.gamma, [-theirs.coef[0] / theirs.scale, 1 / theirs.scale])
    close(ours.survival([[1, 0]], [7, 30]).survival, theirs.survival([[1, 0]], [7, 30]))


def test_hazard_is_the_slope_of_minus_log_survival() -> None:
    ours = flexible_parametric_regression(D["t"], D["e"], X, df=4)
    at, h = np.array([3.0, 11.0, 35.0]), 1e-5
    after, before = (np.log(ours.survival([[0.3, 1]], at + s * h).survival[0]) for s in (1, -1))
    close(ours.hazard([[0.3, 1]], at)[0], (before - after) / (2 * h))


def test_interval_of_survival_is_the_delta_method() -> None:
    """Shifting the data's covariate so that the patient asked for is the baseline gives the interval from gamma alone."""
    ours = flexible_parametric_regression(D["t"], D["e"], X, df=2)
    moved = flexible_parametric_regression(D["t"], D["e"], X - [0.4, 1.0], df=2)
    one, two = ours.survival([[0.4, 1.0]], [10, 30]), moved.survival([[0.0, 0.0]], [10, 30])
    for name in ("survival", "std_error", "lower", "upper"):
        close(getattr(one, name), getattr(two, name), 1e-7)
    basis = spline_basis(np.log([10.0, 30.0]), np.log(moved.knots))[0]
    k = len(moved.gamma)
    error = np.sqrt(np.diag(basis @ moved.covariance[:k, :k] @ basis.T))
    close(one.lower[0], np.exp(-np.exp(basis @ moved.gamma + 1.959963984540054 * error)))


def test_scaling_time_moves_the_knots_only() -> None:
    days = flexible_parametric_regression(D["t"], D["e"], X, df=3)
    months = flexible_parametric_regression(D["t"] / 30.4375, D["e"], X, df=3)
    close(days.coef, months.coef, 1e-8)
    close(days.knots / 30.4375, months.knots, 1e-10)


def test_knots_can_be_given() -> None:
    by_df = flexible_parametric_regression(D["t"], D["e"], X, df=3)
    given = flexible_parametric_regression(D["t"], D["e"], X, knots=by_df.knots[1:-1])
    close(by_df.coef, given.coef, 1e-9)


def test_a_spline_that_falls_between_events_is_told() -> None:
    """Deaths at 1 to 1.3 and at 20 to 25, none between: the likelihood lets the spline fall where nobody dies."""
    early, late = [1.02, 1.05, 1.11, 1.14, 1.2, 1.26], [20.1, 20.9, 21.7, 22.8, 23.9, 24.8]
    covariate = np.tile([0.0, 1.0], 6)
    ours = flexible_parametric_regression(early + late, np.ones(12), covariate, df=3)
    assert (np.diff(ours.survival([[0.0]], np.geomspace(1.02, 24.8, 400)).survival[0]) > 0).any()
    assert any("survival rises" in text for text in ours.warnings)
    assert not flexible_parametric_regression(early + late, np.ones(12), covariate, df=1).warnings


def test_lowest_slope_is_that_of_a_fine_grid() -> None:
    rng = np.random.default_rng(7)
    for size in (2, 3, 5):
        knots = np.sort(rng.uniform(0, 3, size))
        gamma = rng.normal(size=size)
        grid = np.linspace(knots[0] - 1, knots[-1] + 1, 20001)
        slopes = spline_basis(grid, knots)[1] @ gamma
        value, where = lowest_slope(gamma, knots)
        assert value == pytest.approx(slopes.min(), abs=1e-5)
        assert (spline_basis(np.array([where]), knots)[1] @ gamma)[0] == value


def test_bad_input_is_named() -> None:
    with pytest.raises(InputError, match="above 0"):
        flexible_parametric_regression([0.0, 1, 2], [1, 1, 0], [1, 0, 1])
    with pytest.raises(InputError, match="strictly between"):
        flexible_parametric_regression(D["t"], D["e"], X, knots=[1e9])
    with pytest.raises(InputError, match="more distinct event times"):
        flexible_parametric_regression([1.0, 2, 2, 2, 3], [1, 1, 1, 1, 1], [0, 1, 0, 1, 0], df=4)
    with pytest.raises(InputError, match="all equal"):
        flexible_parametric_regression([2.0, 2, 2], [1, 0, 1], [0, 1, 0], df=1)
    none = flexible_parametric_regression([1.0, 2, 3], [0, 0, 0], [0, 1, 0])
    assert none.warnings == ("no events: nothing can be estimated",)
    flat = flexible_parametric_regression(D["t"], D["e"], np.column_stack([X, np.ones(len(X))]), df=2)
    assert "x3" in flat.warnings[0]
    close(flat.coef[:2], flexible_parametric_regression(D["t"], D["e"], X, df=2).coef, 1e-9)
