"""Cox models agree with R over every combination of ties × weights × strata × entry × tie method × cluster × offset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topline.stats import cox_regression

pytestmark = pytest.mark.usefixtures("path")

GRID = json.loads((Path(__file__).resolve().parent.parent / "reference" / "cox_grid.json").read_text(encoding="utf-8"))
KEYS = ("ties", "weights", "strata", "entry", "method", "cluster", "offset")
CASES = {"-".join(str(case[k]) for k in KEYS): case for case in GRID["cases"]}


def close(ours: Any, theirs: Any, what: str, tolerance: float = 1e-8) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=1e-10, err_msg=what)


def close_residuals(ours: Any, theirs: Any, what: str) -> None:
    """Compare on the scale of the whole column: a single residual may be 0 up to rounding."""
    theirs = np.asarray(theirs, float)
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8 * np.abs(theirs).mean(), err_msg=what)


def fit(case: dict[str, Any]) -> Any:
    d = {k: np.asarray(v, float) for k, v in GRID["data"][case["ties"]].items()}
    thinned = np.where(np.arange(1, len(d["w"]) + 1) % 4 == 0, 0.0, d["w"])
    weights = {"none": None, "whole": d["k"], "fraction": d["w"], "zeros": thinned}[case["weights"]]
    return cox_regression(
        d["stop"],
        d["event"],
        np.column_stack([d["x1"], d["x2"], d["x3"]]),
        entry=d["enter"] if case["entry"] else None,
        strata=d["g"].astype(int) if case["strata"] else None,
        weights=weights,
        offset=d["off"] if case["offset"] else None,
        cluster=d["id"].astype(int) if case["cluster"] else None,
        ties=case["method"],
        robust=case["cluster"],
    )


def test_the_grid_is_whole() -> None:
    assert len(CASES) == 4 * 4 * 2**5


@pytest.mark.parametrize("name", CASES)
def test_fit_agrees_with_r(name: str) -> None:
    case = CASES[name]
    ours = fit(case)
    assert ours.converged
    close(ours.coef, case["coef"], "coefficients")
    close(ours.std_error, case["naive"], "model standard errors")
    close([ours.loglik_null, ours.loglik], case["loglik"], "log-likelihood")
    close(ours.score_test.statistic, case["score"], "score test")
    close(ours.wald_test.statistic, case["wald"], "Wald test")
    if case["cluster"]:
        close(ours.robust_std_error, case["robust"], "robust standard errors")
    test = ours.proportional_hazards_test()
    close([*test.statistic, test.global_statistic], case["zph"], "proportional hazards")


@pytest.mark.parametrize("name", [k for k, c in CASES.items() if not c["offset"]])
def test_concordance_agrees_with_r(name: str) -> None:
    case = CASES[name]
    ours = fit(case).concordance
    close(ours.value, case["concordance"], "concordance")
    close(ours.std_error, case["concordance_se"], "its standard error")


@pytest.mark.parametrize("name", [k for k, c in CASES.items() if "martingale" in c])
def test_residuals_agree_with_r(name: str) -> None:
    case = CASES[name]
    ours = fit(case)
    rows = np.arange(1, ours.residuals().size + 1) % 4 != 0 if case["weights"] == "zeros" else slice(None)
    close_residuals(ours.residuals("martingale")[rows], case["martingale"], "martingale")
    close_residuals(ours.residuals("deviance")[rows], case["deviance"], "deviance")
    close_residuals(ours.residuals("score")[rows], case["score_residual"], "score")
    close_residuals(ours.residuals("dfbeta")[rows], case["dfbeta"], "dfbeta")


@pytest.mark.parametrize("name", [k for k, c in CASES.items() if "base" in c])
def test_baseline_hazard_agrees_with_r(name: str) -> None:
    case = CASES[name]
    ours = fit(case).baseline_hazard()
    theirs = case["base"]
    strata = theirs["strata"] or ["all"] * len(theirs["time"])
    # R lists censoring times as well: read ours there.
    labels = np.array([str(s) for s in ours.stratum])
    for s in sorted(set(strata)):
        mine = labels == s.removeprefix("g=")
        rows = [i for i, v in enumerate(strata) if v == s]
        time = np.array([theirs["time"][i] for i in rows])
        level = np.concatenate([[0.0], ours.cumulative_hazard[mine]])
        read = level[np.searchsorted(ours.time[mine], time + 1e-9, side="right")]
        close(read, [theirs["hazard"][i] for i in rows], f"stratum {s}")


@pytest.mark.parametrize("name", [k for k, c in CASES.items() if "predict" in c])
def test_predicted_survival_agrees_with_r(name: str) -> None:
    case = CASES[name]
    ours = fit(case).predict_survival([[0, 1, 0.2], [0.7, 0, -1]], [4, 9, 15])
    close(ours.survival, case["predict"]["surv"], "survival")
    close(ours.std_error, case["predict"]["se"], "standard error")
    close(ours.lower, case["predict"]["lower"], "lower")
    close(ours.upper, case["predict"]["upper"], "upper")


@pytest.mark.parametrize("name", [k for k, c in CASES.items() if "schoenfeld" in c])
def test_schoenfeld_residuals_agree_with_r(name: str) -> None:
    case = CASES[name]
    ours = fit(case)
    close_residuals(ours.residuals("schoenfeld"), case["schoenfeld"], "Schoenfeld")
    close_residuals(ours.residuals("scaled-schoenfeld"), case["scaled"], "scaled Schoenfeld")
