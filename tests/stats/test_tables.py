"""Proportions, tables, ranks and means agree with R or a formula written apart (tests/reference/tables.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topline.stats import (
    chi_squared,
    cochran_mantel_haenszel,
    fisher_exact,
    n_minus_1_chi_squared,
    odds_ratio,
    proportion_ci,
    risk_difference,
    risk_ratio,
    welch_t,
    wilcoxon_rank_sum,
    wilcoxon_signed_rank,
)
from topline.stats.distributions import chi2_sf, normal_quantile, normal_two_sided

R = json.loads((Path(__file__).resolve().parent.parent / "reference" / "tables.json").read_text(encoding="utf-8"))


def close(ours: Any, theirs: Any, what: str = "", tolerance: float = 1e-8, floor: float = 1e-11) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=floor, err_msg=what)


METHODS = ("clopper-pearson", "wilson", "wilson-cc", "wald", "agresti-coull", "jeffreys", "mid-p")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", R["one"], ids=lambda c: f"{c['x']}-of-{c['n']}")
def test_proportion_agrees_with_r(case: dict[str, Any], method: str) -> None:
    ours = proportion_ci(case["x"], case["n"], method=method)
    close([ours.lower, ours.upper], case[method])
    close(ours.value, case["x"] / case["n"])


def test_newcombe_1998_table_one() -> None:
    """Newcombe (Stat Med 1998; 17: 857), table I: 81 of 263, seven methods to four places."""
    printed = {
        "wald": (0.2522, 0.3638),
        "wald-cc": (0.2503, 0.3657),
        "wilson": (0.2553, 0.3662),
        "wilson-cc": (0.2535, 0.3682),
        "clopper-pearson": (0.2527, 0.3676),
        "mid-p": (0.2544, 0.3658),
    }
    for method, limits in printed.items():
        ours = proportion_ci(81, 263, method=method)
        assert (round(ours.lower, 4), round(ours.upper, 4)) == limits, method


def test_newcombe_1998_table_two() -> None:
    """Newcombe (Stat Med 1998; 17: 873), table II: 56/70 − 48/80 and 9/10 − 3/10, to four places."""
    printed = {
        (56, 70, 48, 80): {
            "wald": (0.0575, 0.3425),
            "mee": (0.0533, 0.3377),
            "miettinen-nurminen": (0.0528, 0.3382),
            "newcombe": (0.0524, 0.3339),
            "newcombe-cc": (0.0428, 0.3422),
        },
        (9, 10, 3, 10): {
            "wald": (0.2605, 0.9395),
            "miettinen-nurminen": (0.1700, 0.8406),
            "newcombe": (0.1705, 0.8090),
            "newcombe-cc": (0.1013, 0.8387),
        },
    }
    for counts, rows in printed.items():
        for method, limits in rows.items():
            ours = risk_difference(*counts, method=method)
            assert (round(ours.lower, 4), round(ours.upper, 4)) == limits, (counts, method)


FUNCTIONS = {"rd": risk_difference, "rr": risk_ratio, "or": odds_ratio}


@pytest.mark.parametrize("case", R["two"], ids=lambda c: str(c["v"]))
@pytest.mark.parametrize("contrast", FUNCTIONS)
def test_contrast_agrees_with_an_independent_formula(case: dict[str, Any], contrast: str) -> None:
    for method, limits in case[contrast].items():
        ours = FUNCTIONS[contrast](*case["v"], method=method)
        close([ours.lower, ours.upper], limits, method)


@pytest.mark.parametrize("case", R["two"], ids=lambda c: str(c["v"]))
def test_two_by_two_agrees_with_r(case: dict[str, Any]) -> None:
    x1, n1, x2, n2 = case["v"]
    table = [[x1, n1 - x1], [x2, n2 - x2]]
    ours = fisher_exact(table)
    close(ours.p_value, case["fisher_p"], "Fisher p")
    close(ours.odds_ratio.value, case["conditional"], "conditional odds ratio")
    # R's own fisher.test stops its root finder at 1.2e-4 of 1/ratio or ratio.
    close(ours.odds_ratio.value, case["fisher_or"], "R's conditional odds ratio", tolerance=2e-3)
    close(chi_squared(table).statistic, case["chisq"])
    close(chi_squared(table, correction=True).statistic, case["yates"])
    close(n_minus_1_chi_squared(table).statistic, case["chisq"] * (n1 + n2 - 1) / (n1 + n2))


def test_tea_tasting() -> None:
    """Fisher (1935): 3 of 4 cups right; p = 34/70."""
    close(fisher_exact([[3, 1], [1, 3]]).p_value, 34 / 70)


@pytest.mark.parametrize("case", R["big"], ids=["3x3", "2x4", "4x2"])
def test_larger_tables_agree_with_r(case: dict[str, Any]) -> None:
    close(fisher_exact(case["table"]).p_value, case["fisher"], "Fisher", tolerance=1e-7)
    close(chi_squared(case["table"]).statistic, case["chisq"])
    close(chi_squared(case["table"]).p_value, case["p"])


@pytest.mark.parametrize("name", ["cmh", "ucb"])
def test_mantel_haenszel_agrees_with_r(name: str) -> None:
    case = R[name]
    ours = cochran_mantel_haenszel(case["tables"])
    close(ours.statistic, case["plain"] if name == "cmh" else case["statistic"])
    close(ours.odds_ratio.value, case["or"])
    close([ours.odds_ratio.lower, ours.odds_ratio.upper], case["ci"])
    if name == "cmh":
        close(cochran_mantel_haenszel(case["tables"], correction=True).statistic, case["corrected"])


def test_mantel_haenszel_of_one_stratum_is_the_plain_contrast() -> None:
    table = [[12, 5], [7, 9]]
    ours = cochran_mantel_haenszel([table])
    close(ours.statistic, n_minus_1_chi_squared(table).statistic)
    close(ours.odds_ratio.value, 12 * 9 / (5 * 7))
    log = risk_ratio(12, 17, 7, 16, method="log")
    close([ours.risk_ratio.value, ours.risk_ratio.lower, ours.risk_ratio.upper], [log.value, log.lower, log.upper])
    close(ours.risk_difference.value, 12 / 17 - 7 / 16)


def test_rank_tests_agree_with_r() -> None:
    r = R["ranks"]
    tied = wilcoxon_rank_sum(r["x"], r["y"])
    close([tied.statistic, tied.p_value], [r["tied_W"], r["tied_p"]])
    close(wilcoxon_rank_sum(r["x"], r["y"], correction=False).p_value, r["tied_p_plain"])
    exact = wilcoxon_rank_sum(r["u"], r["v"], method="exact")
    close([exact.statistic, exact.p_value], [r["exact_W"], r["exact_p"]])
    signed = wilcoxon_signed_rank(r["pairs"])
    close([signed.statistic, signed.p_value], [r["signed_V"], r["signed_p"]])
    signed = wilcoxon_signed_rank(r["clean"], method="exact")
    close([signed.statistic, signed.p_value], [r["signed_exact_V"], r["signed_exact_p"]])


def test_welch_agrees_with_r() -> None:
    ours = welch_t(R["ranks"]["x"], R["ranks"]["y"])
    close([ours.statistic, ours.df, ours.p_value], [R["welch"][k] for k in ("t", "df", "p")])
    close([ours.difference.lower, ours.difference.upper], R["welch"]["ci"])


def test_tails_agree_with_r_down_to_the_smallest_number() -> None:
    tails = R["tails"]
    close([normal_two_sided(z) for z in tails["z"]], tails["normal"], tolerance=1e-12, floor=0)
    for df, values in enumerate(tails["chi"], start=1):
        close([chi2_sf(x, df) for x in (0.01, 1, 5, 60, 800)], values, tolerance=1e-11, floor=0)
    close([normal_quantile(p) for p in tails["probs"]], tails["quantile"], tolerance=1e-12, floor=1e-15)
