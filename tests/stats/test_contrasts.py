"""Tests, transforms and contrasts that the other references leave out agree with R (tests/reference/contrasts.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topline.stats import (
    cochran_mantel_haenszel,
    cox_regression,
    cumulative_incidence,
    fisher_exact,
    logistic_regression,
    logrank_test,
    rmst_difference,
    standardised_difference,
)

R = json.loads((Path(__file__).resolve().parent.parent / "reference" / "contrasts.json").read_text(encoding="utf-8"))
D = {k: np.asarray(v) for k, v in R["data"].items()}


def close(ours: Any, theirs: Any, what: str = "", tolerance: float = 1e-8) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=1e-11, err_msg=what)


# Names that are pairs of Fleming–Harrington weights here.
PAIRS = {"late": (0, 1), "middle": (0.5, 1), "early": (1, 0)}


def options(weight: str) -> dict[str, Any]:
    if weight in PAIRS:
        return {"rho": PAIRS[weight][0], "gamma": PAIRS[weight][1]}
    return {"weight": weight}


@pytest.mark.parametrize("case", R["logrank"], ids=lambda c: f"{c['weight']} {c['group']} strata={c['strata']} entry={c['entry']}")
def test_weighted_logrank_agrees_with_a_count_by_hand(case: dict[str, Any]) -> None:
    ours = logrank_test(
        D["stop"],
        D["event"],
        D[case["group"]],
        strata=D["s"] if case["strata"] else None,
        entry=D["enter"] if case["entry"] else None,
        **options(case["weight"]),
    )
    close(ours.observed, case["observed"], "observed")
    close(ours.expected, case["expected"], "expected")
    close(ours.statistic, case["statistic"], "statistic")


@pytest.mark.parametrize("case", R["coin"], ids=lambda c: c["weight"])
def test_named_weights_are_those_of_coin(case: dict[str, Any]) -> None:
    """coin's sum of scores is observed less expected of the first group, up to the sign; its variance is another convention."""
    ours = logrank_test(D["days"], D["event"], D["g"], **options(case["weight"]))
    close(abs(ours.observed[0] - ours.expected[0]), abs(case["numerator"]))


@pytest.mark.parametrize("case", R["zph"], ids=lambda c: "-".join(str(c[k]) for k in ("transform", "ties", "strata", "entry", "weights")))
def test_proportional_hazards_test_agrees_with_cox_zph(case: dict[str, Any]) -> None:
    n = len(D["stop"])
    fit = cox_regression(
        D["stop"],
        D["event"],
        np.column_stack([D["x1"], D["x2"]]),
        strata=D["s"] if case["strata"] else None,
        entry=D["enter"] if case["entry"] else None,
        weights=1 + np.arange(1, n + 1) % 3 if case["weights"] else None,
        ties=case["ties"],
    )
    ours = fit.proportional_hazards_test(case["transform"])
    close([*ours.statistic, ours.global_statistic], case["statistic"])


RMST = {"pbc": R["rmst"]["pbc"], **{f"tau={c['tau']}": c for c in R["rmst"]["ours"]}}


@pytest.mark.parametrize("name", RMST)
def test_rmst_difference_agrees_with_the_formula_on_survfit(name: str) -> None:
    case = RMST[name]
    data = (case["time"], case["status"], case["arm"]) if "time" in case else (D["stop"], D["event"], D["g"])
    ours = rmst_difference(*data, tau=case["tau"])
    close([[e.value, e.std_error**2] for e in ours.estimates], case["arms"], "each arm")
    gap = ours.difference
    close([gap.value, gap.lower, gap.upper, gap.std_error], case["difference"], "difference")
    close([ours.p_value, ours.ratio_p_value], [case["p"], case["ratio_p"]], "p")
    close([ours.ratio.value, ours.ratio.lower, ours.ratio.upper], case["ratio"], "ratio")


def test_rmst_of_the_pbc_trial() -> None:
    """312 patients, 10 years: the example of the vignette of R survRM2 (Uno 2017), which prints a difference of −0.137 years.

    The other figures are those of tests/reference/contrasts.R, to three places.
    """
    case = R["rmst"]["pbc"]
    ours = rmst_difference(case["time"], case["status"], case["arm"], tau=10)
    printed = [[e.value, e.std_error, e.lower, e.upper] for e in ours.estimates]
    assert np.round(printed, 3).tolist() == [[7.283, 0.295, 6.704, 7.863], [7.146, 0.283, 6.592, 7.701]]
    contrasts = [[e.value, e.lower, e.upper] for e in (ours.difference, ours.ratio)]
    assert np.round(contrasts, 3).tolist() == [[-0.137, -0.939, 0.665], [0.981, 0.878, 1.096]]
    assert round(ours.p_value, 3) == round(ours.ratio_p_value, 3) == 0.738


def test_standardised_difference_agrees_with_its_definition() -> None:
    s = R["smd"]
    for kind, x, y in (("continuous", "u1", "u2"), ("binary", "b1", "b2"), ("categorical", "k1", "k2")):
        close(standardised_difference(s[x], s[y], kind=kind).value, s[kind], kind)
        weighted = standardised_difference(s[x], s[y], kind=kind, x_weights=s["w1"], y_weights=s["w2"])
        close(weighted.value, s[f"weighted_{kind}"], f"{kind}, weighted")


def test_standardised_difference_of_two_categories_is_the_binary_one() -> None:
    s = R["smd"]
    binary = standardised_difference(s["b1"], s["b2"], kind="binary").value
    close(standardised_difference(s["b1"], s["b2"], kind="categorical").value, abs(binary))


def test_standardised_difference_hedges_and_olkin() -> None:
    """Hedges and Olkin (1985), chapter 5: d = .6 from 10 and 10: variance 20/100 + .36/40."""
    x, y = np.r_[1.2, np.zeros(9)], np.zeros(10)
    ours = standardised_difference(x, y)
    close(ours.std_error, np.sqrt(20 / 100 + ours.value**2 / 40))


def test_categories_that_set_the_groups_apart_have_no_distance() -> None:
    apart = standardised_difference(["a", "b", "a", "b"], ["c", "d", "c", "d"], kind="categorical")
    assert np.isnan(apart.value)
    assert "all of one group" in apart.warnings[0]


@pytest.mark.parametrize("name", R["mantel_haenszel"])
def test_common_risk_ratio_and_difference_agree_with_metafor(name: str) -> None:
    case = R["mantel_haenszel"][name]
    ours = cochran_mantel_haenszel(case["tables"])
    close([ours.risk_ratio.value, ours.risk_ratio.lower, ours.risk_ratio.upper], case["rr"], "risk ratio")
    gap = ours.risk_difference
    close([gap.value, gap.lower, gap.upper, gap.std_error], case["rd"], "risk difference")
    close([ours.odds_ratio.value, ours.odds_ratio.lower, ours.odds_ratio.upper], case["or"], "odds ratio")
    close(ours.statistic, case["statistic"], "test")


@pytest.mark.parametrize("case", R["incidence"], ids=lambda c: f"{c['time']} cause {c['cause']}")
def test_both_variances_of_an_incidence_agree_with_r(case: dict[str, Any]) -> None:
    for variance, theirs in (("aalen", "estimate"), ("delta", "prodlim")):
        ours = cumulative_incidence(D[case["time"]], D["code"], cause=case["cause"], variance=variance).at(case["at"])
        close(ours.estimate, case[theirs], f"estimate, {theirs}")
        close(ours.std_error**2, case[variance], variance)


@pytest.mark.parametrize("case", [*R["fisher"], *R["fisher_2x2"]], ids=lambda c: str(c["table"]))
def test_fisher_agrees_with_r_on_many_tables(case: dict[str, Any]) -> None:
    # R's network algorithm adds up in single steps of 1e-7 of a table's probability.
    close(fisher_exact(case["table"]).p_value, case["p"], tolerance=1e-7)


@pytest.mark.parametrize("case", R["firth"], ids=lambda c: f"unit={c['unit']}")
def test_test_of_firths_model_agrees_with_its_likelihood_and_has_no_unit(case: dict[str, Any]) -> None:
    """The penalty of the null model is that of the whole model (Heinze and Schemper 2002): a change of unit cancels."""
    ours = logistic_regression(D["y"], np.column_stack([D["x1"] * case["unit"], D["x2"]]), firth=True)
    close([ours.loglik_null, ours.loglik], [case["null"], case["top"]])
    close(ours.likelihood_ratio_test.statistic, case["statistic"])
    aliased = logistic_regression(D["y"], np.column_stack([D["x1"] * case["unit"], D["x2"], 3.0 - 7.0 * D["x2"]]), firth=True)
    close(aliased.loglik, ours.loglik)
    close(aliased.likelihood_ratio_test.statistic, case["statistic"])
