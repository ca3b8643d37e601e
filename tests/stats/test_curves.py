"""Kaplan–Meier, log-rank, cumulative incidence and Gray's test agree with R (tests/reference/curves.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topline.stats import (
    cox_regression,
    cumulative_incidence,
    gray_test,
    kaplan_meier,
    logrank_test,
    reverse_kaplan_meier,
    rmst_difference,
)

pytestmark = pytest.mark.usefixtures("path")

R = json.loads((Path(__file__).resolve().parent.parent / "reference" / "curves.json").read_text(encoding="utf-8"))
D = {k: np.asarray(v) for k, v in R["data"].items()}


def close(ours: Any, theirs: Any, what: str = "", tolerance: float = 1e-8) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=1e-11, err_msg=what)


def curve(case: dict[str, Any]) -> Any:
    kind = case["kind"]
    if kind == "reverse":
        return reverse_kaplan_meier(D["stop"], D["event"], conf_type=case["conf"])
    return kaplan_meier(
        D["days"] if kind == "days" else D["stop"],
        D["event"],
        entry=D["enter"] if "entry" in kind else None,
        weights=D["w"] if "weights" in kind else None,
        conf_type=case["conf"],
        variance=case.get("variance", "greenwood"),
    )


@pytest.mark.parametrize("name", R["km"])
def test_curve_agrees_with_survfit(name: str) -> None:
    case = R["km"][name]
    ours = curve(case)
    for key in ("time", "n_risk", "n_event", "n_censor", "survival"):
        close(getattr(ours, key), case[key], key)
    close(ours.std_error, np.array(case["se"], float), "standard error")
    # R draws limits where S(t) = 0 or 1 on some scales only; where both speak they agree.
    for key in ("lower", "upper"):
        theirs = np.array(case[key], float)
        inside = (ours.survival > 0) & (ours.survival < 1)
        close(getattr(ours, key)[inside], theirs[inside], key)
    close(ours.at(case["at"]).survival, case["at_survival"], "landmarks")
    close(ours.at(case["at"]).std_error, case["at_se"], "their standard errors")


@pytest.mark.parametrize("name", R["km"])
def test_quantiles_agree_with_survfit(name: str) -> None:
    case = R["km"][name]
    ours = [curve(case).quantile(q) for q in (0.1, 0.25, 0.5, 0.6, 0.75)]
    close([e.value for e in ours], case["q"], "value")
    close([e.lower for e in ours], case["q_lower"], "lower")
    close([e.upper for e in ours], case["q_upper"], "upper")


@pytest.mark.parametrize("name", [k for k, c in R["km"].items() if "weights" not in c["kind"]])
def test_restricted_mean_agrees_with_survfit(name: str) -> None:
    case = R["km"][name]
    ours = curve(case).rmst(case["tau"])
    close(ours.value, case["rmst"], "value")
    close(ours.std_error, case["rmst_se"], "standard error")


@pytest.mark.parametrize("name", R["small"])
def test_small_samples_take_r_plateau_rule(name: str) -> None:
    case = R["small"][name]
    km = kaplan_meier(case["time"], case["event"])
    ours = [km.quantile(p) for p in case["p"]]
    close([e.value for e in ours], case["q"], "value")
    close([e.lower for e in ours], case["lower"], "lower")
    close([e.upper for e in ours], case["upper"], "upper")


def test_plateau_rules_are_named_and_differ() -> None:
    km = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])
    assert km.median.value == 2.5
    assert km.quantile(0.5, rule="first-at-or-below").value == 2.0
    assert km.quantile(0.5, rule="first-below").value == 3.0


@pytest.mark.parametrize("case", R["logrank"], ids=lambda c: f"rho={c['rho']} strata={c['strata']}")
def test_logrank_agrees_with_survdiff(case: dict[str, Any]) -> None:
    ours = logrank_test(D["stop"], D["event"], D["g"], strata=D["s"] if case["strata"] else None, rho=case["rho"])
    close(ours.statistic, case["statistic"], "statistic")
    close(ours.p_value, case["p"], "p")
    close(ours.observed, case["observed"], "observed")
    close(ours.expected, case["expected"], "expected")
    close(ours.variance, case["variance"], "variance")


def test_logrank_with_entry_is_the_score_test_of_a_cox_model() -> None:
    late = D["enter"] + (np.arange(1, 91) % 7) / 100
    end = late + D["days"] + 0.001
    close(logrank_test(end, D["event"], D["g"], entry=late).statistic, R["logrank_entry"])
    close(logrank_test(end, D["event"], D["g"], entry=late, strata=D["s"]).statistic, R["logrank_entry_strata"])


def test_logrank_is_the_breslow_score_test_without_ties() -> None:
    x = (D["g"] == "B").astype(float)
    score = cox_regression(D["days"], D["event"], x, ties="breslow").score_test.statistic
    close(logrank_test(D["days"], D["event"], x).statistic, score)


@pytest.mark.parametrize("cause", [1, 2, 3])
def test_incidence_agrees_with_cuminc(cause: int) -> None:
    case = R["incidence"][cause - 1]
    ours = cumulative_incidence(D["stop"], D["code"], cause=cause).at(case["at"])
    close(ours.estimate, case["estimate"], "estimate")
    close(ours.std_error**2, case["variance"], "variance")


@pytest.mark.parametrize("case", R["gray"], ids=lambda c: f"cause={c['cause']} rho={c['rho']} strata={c['strata']}")
def test_gray_agrees_with_cuminc(case: dict[str, Any]) -> None:
    ours = gray_test(
        D["stop"],
        D["code"],
        D["g"],
        cause=case["cause"],
        strata=D["s"] if case["strata"] else None,
        rho=case["rho"],
    )
    close(ours.statistic, case["statistic"], "statistic")
    close(ours.p_value, case["p"], "p")
    assert ours.df == case["df"]


def test_rmst_difference_is_made_of_the_curves() -> None:
    keep = D["g"] != "C"
    ours = rmst_difference(D["stop"][keep], D["event"][keep], D["g"][keep], tau=20)
    a, b = (kaplan_meier(D["stop"][D["g"] == g], D["event"][D["g"] == g]).rmst(20) for g in "AB")
    close(ours.difference.value, b.value - a.value)
    close(ours.difference.std_error, np.hypot(a.std_error, b.std_error))
    close(ours.ratio.value, b.value / a.value)
