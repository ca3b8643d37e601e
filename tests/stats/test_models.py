"""The models and tests of tier B agree with R (tests/reference/models.R)."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topline.stats import (
    InputError,
    barnard_test,
    benjamini_hochberg,
    bootstrap,
    bootstrap_hazard_ratio,
    boschloo_test,
    breslow_day_test,
    cochran_armitage_test,
    cox_regression,
    fine_gray,
    fixed_sequence,
    geometric_mean_ratio,
    hochberg,
    hodges_lehmann,
    holm,
    kaplan_meier,
    landmark_difference,
    logistic_regression,
    logrank_test,
    max_combo_test,
    mcnemar_test,
    parametric_regression,
    penalised_cox_regression,
    permutation_logrank_test,
)
from topline.stats.survival.normal_box import symmetric_box_complement

pytestmark = pytest.mark.usefixtures("path")

R = json.loads((Path(__file__).resolve().parent.parent / "reference" / "models.json").read_text(encoding="utf-8"))
D = {k: np.asarray(v, float) for k, v in R["data"].items()}
X = np.column_stack([D["x1"], D["x2"]])


def close(ours: Any, theirs: Any, what: str = "", tolerance: float = 1e-8) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=1e-11, err_msg=what)


@pytest.mark.parametrize("case", R["fine_gray"], ids=["ties", "no ties", "cause 2"])
def test_fine_gray_agrees_with_cmprsk(case: dict[str, Any]) -> None:
    ours = fine_gray(D[case["time"]], D["code"], X, cause=case.get("cause", 1))
    close(ours.coef, case["coef"], "coef")
    close(ours.std_error, case["se"], "standard error")
    close([ours.loglik_null, ours.loglik], [case["null"], case["loglik"]], "log-likelihood")


def test_fine_gray_without_competing_events_is_a_cox_model() -> None:
    cox = cox_regression(D["t"], D["e"], X, ties="breslow", robust=True)
    ours = fine_gray(D["t"], D["e"], X)
    close(ours.coef, cox.coef)
    close(ours.std_error, cox.robust_std_error)


@pytest.mark.parametrize("case", R["exact"], ids=lambda c: f"strata={c['strata']} entry={c['entry']}")
def test_exact_ties_agree_with_r(case: dict[str, Any]) -> None:
    ours = cox_regression(
        D["t"],
        D["e"],
        X,
        strata=D["s"] if case["strata"] else None,
        entry=D["enter"] if case["entry"] else None,
        ties="exact",
    )
    close(ours.coef, case["coef"])
    close(ours.std_error, case["se"])
    close([ours.loglik_null, ours.loglik], case["loglik"])
    close(ours.score_test.statistic, case["score"])


def test_exact_ties_refuse_what_they_cannot_do() -> None:
    with pytest.raises(InputError, match="neither weights"):
        cox_regression(D["t"], D["e"], X, ties="exact", weights=D["w"])
    with pytest.raises(InputError, match="ties is 'exact'"):
        cox_regression(D["t"], D["e"], X, ties="exact").residuals()


def test_profile_intervals_agree_with_a_root_finder_in_r() -> None:
    ours = cox_regression(D["t"], D["e"], X).profile_interval()
    close([[e.lower, e.upper] for e in ours], R["profile"], tolerance=1e-7)


def test_profile_interval_of_a_separated_column_is_open_on_one_side() -> None:
    ours = cox_regression(D["t"], D["e0"], np.column_stack([D["x1"], D["sep"]])).profile_interval()
    assert ours[1].lower == 0.0
    assert 0.0 < ours[1].upper < 2.0


@pytest.mark.parametrize("case", R["firth"], ids=lambda c: c["ties"])
def test_firth_agrees_with_the_penalised_likelihood_in_r(case: dict[str, Any]) -> None:
    ours = penalised_cox_regression(D["t"], D["e0"], np.column_stack([D["x1"], D["sep"]]), ties=case["ties"])
    # R's maximum rests on numerical derivatives; the likelihood itself is exact.
    close(ours.coef, case["coef"], tolerance=2e-6)
    close([ours.loglik_null, ours.loglik], [case["null"], case["loglik"]])
    close([ours.lower[1], ours.upper[1]], [case["lower"], case["upper"]], tolerance=1e-5)


def test_ridge_agrees_with_r() -> None:
    ours = penalised_cox_regression(D["t"], D["e"], X, penalty="ridge", strength=3.0)
    close(ours.coef, R["ridge"]["coef"])
    close(ours.std_error, R["ridge"]["se"])
    none = penalised_cox_regression(D["t"], D["e"], X, penalty="ridge", strength=0.0)
    close(none.coef, cox_regression(D["t"], D["e"], X).coef)


def test_logistic_agrees_with_glm() -> None:
    case = R["logistic"]
    ours = logistic_regression(D["y"], X, weights=D["w"])
    close(ours.coef, case["coef"])
    close(ours.std_error, case["se"])
    close([ours.loglik_null, ours.loglik], [case["null"], case["loglik"]])
    profile = logistic_regression(D["y"], X, weights=D["w"], interval="profile")
    close([profile.lower[1], profile.upper[1]], case["profile_x1"], tolerance=1e-7)
    close([profile.lower[0], profile.upper[0]], case["profile_intercept"], tolerance=1e-7)


def test_firth_logistic_agrees_with_brglm2() -> None:
    case = R["firth_logistic"]
    ours = logistic_regression(D["y0"], np.column_stack([D["x1"], D["sep"]]), firth=True)
    close(ours.coef, case["coef"])
    close(ours.loglik, case["loglik"])
    close([ours.lower[2], ours.upper[2]], case["sep"], tolerance=1e-5)


def test_logistic_names_separation() -> None:
    ours = logistic_regression(D["y0"], np.column_stack([D["x1"], D["sep"]]))
    assert not ours.converged
    assert "separation" in ours.warnings[0]


def test_logistic_of_one_indicator_is_the_table() -> None:
    y, g = D["y"], D["g"]
    a, b = y[g == 1].sum(), y[g == 0].sum()
    n1, n0 = (g == 1).sum(), (g == 0).sum()
    ours = logistic_regression(y, g)
    close(ours.odds_ratio[1], a * (n0 - b) / (b * (n1 - a)))
    close(ours.std_error[1], np.sqrt(1 / a + 1 / (n1 - a) + 1 / b + 1 / (n0 - b)))
    close(ours.predict([[1], [0]]), [a / n1, b / n0])


@pytest.mark.parametrize("case", R["parametric"], ids=lambda c: c["distribution"])
def test_parametric_agrees_with_survreg(case: dict[str, Any]) -> None:
    ours = parametric_regression(D["t"], D["e"], X, distribution=case["distribution"])
    close(ours.coef, case["coef"], tolerance=1e-6)
    close(ours.std_error, case["se"], tolerance=1e-6)
    close([ours.scale, ours.log_scale_std_error], [case["scale"], case["log_scale_se"]], tolerance=1e-6)
    close([ours.loglik_null, ours.loglik], case["loglik"])
    close(ours.quantile([[0, 1], [1, 0]]), case["median"], tolerance=1e-6)
    close(ours.survival([[0, 1]], ours.quantile([[0, 1]], 0.3))[0], [0.7])
    late = parametric_regression(D["t"], D["e"], X, distribution=case["distribution"], entry=D["enter"])
    close(late.loglik, case["entry_loglik"])
    end = [*late.coef] if case["distribution"] == "exponential" else [*late.coef, np.log(late.scale)]
    close(end, case["entry"], tolerance=1e-5)


def test_exponential_without_covariates_is_events_over_time() -> None:
    ours = parametric_regression(D["t"], D["e"], np.zeros((80, 1)), distribution="exponential")
    close(np.exp(-ours.coef[0]), D["e"].sum() / D["t"].sum())
    assert "not estimable" in ours.warnings[0]


def test_max_combo_holds_the_logrank_tests() -> None:
    ours = max_combo_test(D["t"], D["e"], D["g"])
    close(ours.z[[0, 2]], R["rho_z"])
    for (rho, gamma), z in zip(ours.weights, ours.z, strict=True):
        close(logrank_test(D["t"], D["e"], D["g"], rho=rho, gamma=gamma).z, z)
    alone = max_combo_test(D["t"], D["e"], D["g"], weights=((0, 0),))
    close(alone.p_value, logrank_test(D["t"], D["e"], D["g"]).p_value)
    assert ours.p_value >= min(logrank_test(D["t"], D["e"], D["g"], rho=r, gamma=g).p_value for r, g in ours.weights)


@pytest.mark.parametrize("case", R["box"], ids=["two", "three", "four"])
def test_joint_normal_tail_agrees_with_mvtnorm(case: dict[str, Any]) -> None:
    ours = [symmetric_box_complement(b, np.array(case["correlation"])) for b in case["bound"]]
    np.testing.assert_allclose(ours, case["p"], rtol=1e-5, atol=1e-7)


def test_joint_normal_tail_at_its_limits() -> None:
    close(symmetric_box_complement(2.0, np.ones((3, 3))), symmetric_box_complement(2.0, np.eye(1)))
    one = symmetric_box_complement(2.0, np.eye(1))
    close(symmetric_box_complement(2.0, np.eye(3)), 1 - (1 - one) ** 3, tolerance=1e-10)
    assert 0 < symmetric_box_complement(12.0, np.eye(4)) < 1e-30


def test_landmark_difference_agrees_with_survfit() -> None:
    (s0, e0), (s1, e1) = R["landmark"]
    ours = landmark_difference(D["t"], D["e"], D["g"], at=9)
    close([ours.difference.value, ours.difference.std_error], [s1 - s0, np.hypot(e0, e1)])
    gap = np.log(-np.log(s0)) - np.log(-np.log(s1))
    close(ours.statistic, gap**2 / ((e0 / (s0 * np.log(s0))) ** 2 + (e1 / (s1 * np.log(s1))) ** 2))


def test_permutation_test_is_near_the_whole_enumeration() -> None:
    time, event = np.array([3, 5, 5, 8, 9, 12, 14, 15]), np.array([1, 1, 0, 1, 1, 1, 0, 1])
    group = np.array([0, 0, 0, 1, 0, 1, 1, 1])

    def gap(chosen: Any) -> float:
        return sum(
            event[i] - sum(((time == t) & (event == 1)).sum() / (time >= t).sum() for t in set(time) if t <= time[i]) for i in chosen
        )

    seen = abs(gap(np.flatnonzero(group)))
    every = [abs(gap(c)) >= seen - 1e-9 for c in itertools.combinations(range(8), 4)]
    ours = permutation_logrank_test(time, event, group, n_permutations=20_000, seed=3)
    assert abs(ours.p_value - np.mean(every)) < 5 * ours.p_value_error + 1e-4
    close(abs(ours.statistic), seen)
    lr = logrank_test(time, event, group)
    close(ours.statistic, lr.observed[1] - lr.expected[1])
    again = permutation_logrank_test(time, event, group, n_permutations=20_000, seed=3)
    assert again.p_value == ours.p_value


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("stratified", [False, True])
def test_bootstrap_replicates_are_refits(ties: str, stratified: bool) -> None:
    strata = D["s"] if stratified else None
    ours = bootstrap_hazard_ratio(D["t"], D["e"], D["g"], strata=strata, ties=ties, n_replicates=40, seed=9)
    rng = np.random.default_rng(9)
    draws = rng.multinomial(80, np.full(80, 1 / 80), 40)
    for draw, ratio in zip(draws[:12], ours.replicates, strict=False):
        rows = np.repeat(np.arange(80), draw)
        again = cox_regression(D["t"][rows], D["e"][rows], D["g"][rows], strata=None if strata is None else strata[rows], ties=ties)
        close(ratio, again.hazard_ratio[0])
    assert ours.lower < ours.value < ours.upper


def test_bootstrap_counts_replicates_without_an_estimate() -> None:
    time, event, group = np.arange(1, 13), np.r_[np.ones(6), 1, np.zeros(5)], np.r_[np.zeros(6), np.ones(6)]
    ours = bootstrap_hazard_ratio(time, event, group, n_replicates=400)
    assert ours.not_finite > 0
    assert "infinite or not estimable" in " ".join(ours.warnings)


def test_bootstrap_of_many_values_and_of_any_statistic() -> None:
    ours = bootstrap_hazard_ratio(D["t"], D["e"], D["x1"], n_replicates=30)
    assert ours.lower < ours.value < ours.upper
    median = bootstrap(lambda rows: kaplan_meier(D["t"][rows], D["e"][rows]).median.value, 80, n_replicates=200)
    assert median.lower <= kaplan_meier(D["t"], D["e"]).median.value <= median.upper


def test_paired_and_ordered_tables_agree_with_r() -> None:
    m = R["mcnemar"]
    close(mcnemar_test(m["table"], method="asymptotic").statistic, m["plain"])
    close(mcnemar_test(m["table"], method="corrected").statistic, m["corrected"])
    close(mcnemar_test(m["table"]).p_value, m["exact"])
    close(mcnemar_test(m["table"], method="mid-p").p_value, m["midp"])
    t = R["trend"]
    close(cochran_armitage_test(t["x"], t["n"]).statistic, t["plain"])
    close(cochran_armitage_test(t["x"], t["n"], scores=[0, 1, 5, 9]).statistic, t["scored"])
    b = R["breslow_day"]
    close(breslow_day_test(b["tables"], tarone=False).statistic, b["plain"])
    close(breslow_day_test(b["tables"]).statistic, b["tarone"])


def test_unconditional_tests_agree_with_a_search_in_r() -> None:
    u = R["unconditional"]
    close(barnard_test(u["table"]).p_value, u["barnard"])
    close(boschloo_test(u["table"]).p_value, u["boschloo"])


def test_adjusted_p_values_agree_with_r() -> None:
    a = R["adjust"]
    close(holm(a["p"]), a["holm"])
    close(hochberg(a["p"]), a["hochberg"])
    close(benjamini_hochberg(a["p"]), a["bh"])
    close(fixed_sequence([0.01, 0.2, 0.03]), [0.01, 0.2, 0.2])


def test_shifts_agree_with_r() -> None:
    s = R["shift"]
    ours = hodges_lehmann(s["u"], s["v"])
    close([ours.value, ours.lower, ours.upper], [s["hl"], *s["limits"]])
    ratio = geometric_mean_ratio(s["u"], s["v"])
    close(ratio.difference.value, s["gmr"])
    close([ratio.difference.lower, ratio.difference.upper], s["gmr_ci"])
    close(ratio.p_value, s["gmr_p"])
