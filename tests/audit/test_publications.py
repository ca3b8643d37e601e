"""Both publications worked by hand first: every contradiction, with its calculation, then the audit's verdict on it."""

from __future__ import annotations

import math
import os
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from scipy.stats import beta, chi2_contingency, fisher_exact, norm

from topline.audit import AuditReport, Rung, Verdict, audit_text

SHARED = Path(os.environ.get("TOPLINE_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "publications"
pytestmark = pytest.mark.shared


def paper(start: str) -> AuditReport:
    found = sorted(SHARED.glob(f"{start}_*.txt"))
    if not found:
        pytest.skip("the publications are not beside the project")
    return audit_text(found[0].read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cohort() -> AuditReport:
    """Two groups, 65 and 89 patients."""
    return paper("000")


@pytest.fixture(scope="module")
def single_arm() -> AuditReport:
    """Twenty patients."""
    return paper("002")


def verdicts(report: AuditReport, check: str, text: str) -> list[Verdict]:
    return [v for v in report.verdicts if v.check == check and text in v.message]


def holds(printed: str, value: Fraction | float) -> bool:
    decimals = len(printed.partition(".")[2])
    return abs(Fraction(value) - Fraction(printed)) <= Fraction(1, 2 * 10**decimals)


# ---- the cohort of 154 ------------------------------------------------------------------------------------------------------


def test_orr_47_0_comes_from_no_count_of_65(cohort: AuditReport) -> None:
    # 30/65 = 46.15 and 31/65 = 47.69; 31/66 = 46.97 would print as 47.0.
    assert not any(holds("47.0", Fraction(100 * k, 65)) for k in range(66))
    assert holds("47.0", Fraction(3100, 66))
    (v,) = verdicts(cohort, "A1", "47.0%")
    assert v.verdict == Rung.IMPOSSIBLE
    assert v.inputs["n"] == 65
    assert "31/65" in (v.repair or "")
    assert v.power == pytest.approx(1 - 66 / 1001)
    assert 66 in v.inputs["fits_n"]


def test_p_of_orr_is_that_of_31_of_65_which_the_percentage_is_not(cohort: AuditReport) -> None:
    # 31/65 against 28/89: Pearson 0.0407. 30/65 gives 0.0631 and no two-sided test near 0.041.
    assert holds("0.041", chi2_contingency([[31, 34], [28, 61]], correction=False)[1])
    assert chi2_contingency([[30, 35], [28, 61]], correction=False)[1] == pytest.approx(0.0631, abs=5e-5)
    (v,) = verdicts(cohort, "A6", "0.041")
    assert v.verdict == Rung.EXPLAINED
    assert "Pearson" in (v.method or "")
    assert "31/65" in (v.repair or "")


def test_p_of_dcr_is_pearsons_on_59_of_65_and_73_of_89(cohort: AuditReport) -> None:
    assert holds("90.8", Fraction(5900, 65))
    assert holds("82.0", Fraction(7300, 89))
    table = [[59, 6], [73, 16]]
    assert holds("0.126", chi2_contingency(table, correction=False)[1])
    assert not holds("0.126", chi2_contingency(table, correction=True)[1])
    assert not holds("0.126", fisher_exact(table)[1])
    (v,) = verdicts(cohort, "A6", "0.126")
    assert v.verdict == Rung.METHOD
    assert v.method == "Pearson"


def test_p_of_trae_0_599_comes_from_no_test(cohort: AuditReport) -> None:
    # 96.9% of 65 is 63, 93.3% of 89 is 83, each the only count: Pearson 0.31, Yates 0.519, Fisher 0.47.
    assert [k for k in range(66) if holds("96.9", Fraction(100 * k, 65))] == [63]
    assert [k for k in range(90) if holds("93.3", Fraction(100 * k, 89))] == [83]
    table = [[63, 2], [83, 6]]
    pearson, yates, fisher = chi2_contingency(table, correction=False)[1], chi2_contingency(table)[1], fisher_exact(table)[1]
    assert (pearson, yates, fisher) == pytest.approx((0.3115, 0.5193, 0.4685), abs=5e-5)
    assert not any(holds("0.599", p) for p in (pearson, yates, fisher))
    (v,) = verdicts(cohort, "A6", "0.599")
    assert v.is_finding
    assert (v.repair or "").startswith("0.519 (Yates")  # one digit away


def test_p_of_os_lies_above_every_wald_p(cohort: AuditReport) -> None:
    # The largest Wald p over all roundings: HR 0.585 with 0.345 to 0.965.
    z = norm.ppf(0.975)
    se = (math.log(0.965) - math.log(0.345)) / (2 * z)
    largest = 2 * norm.sf(abs(math.log(0.585)) / se)
    assert largest == pytest.approx(0.0410, abs=5e-5)
    assert largest < 0.0415  # the smallest p that prints as 0.042
    (v,) = verdicts(cohort, "B2", "0.042")
    assert v.verdict == Rung.MINOR
    assert v.inputs["wald"][1] == pytest.approx(largest, rel=1e-6)


def test_pfs_interval_meets_its_ratio_only_just(cohort: AuditReport) -> None:
    # sqrt(0.315 × 0.685) = 0.46452 ≤ 0.465: rounding saves it.
    assert Fraction(315, 1000) * Fraction(685, 1000) <= Fraction(465, 1000) ** 2
    (v,) = verdicts(cohort, "B1", "0.46")
    assert v.verdict == Rung.CONSISTENT


def test_dates_and_follow_up_of_the_cohort_agree(cohort: AuditReport) -> None:
    months = (date(2025, 2, 28) - date(2018, 1, 1)).days / 30.4375
    assert months == pytest.approx(85.9, abs=0.05)
    (v,) = verdicts(cohort, "D1", "62.7")
    assert v.verdict == Rung.CONSISTENT
    assert v.recomputed == "85.9"


def test_the_rest_of_the_cohort_agrees(cohort: AuditReport) -> None:
    assert {(v.check, v.verdict) for v in cohort.findings} == {("A1", Rung.IMPOSSIBLE), ("A6", Rung.MAJOR), ("B2", Rung.MINOR)}
    assert verdicts(cohort, "A3", "154")[0].verdict == Rung.CONSISTENT


def test_every_claim_of_the_cohort_has_its_arm(cohort: AuditReport) -> None:
    rows = {(c.type, c.endpoint, c.arm, c.value) for c in cohort.claims}
    one, two = "combination group", "non-combination group"
    for endpoint, a, b in (("ORR", "47.0", "31.5"), ("DCR", "90.8", "82.0"), ("TRAE", "96.9", "93.3")):
        assert {("proportion", endpoint, one, a), ("proportion", endpoint, two, b)} <= rows
    for endpoint, a, b in (("PFS", "20.8", "8.2"), ("OS", "34.7", "23.6")):
        assert {("median", endpoint, one, a), ("median", endpoint, two, b)} <= rows
    assert [c.p for c in cohort.p_values] == ["<0.001", "0.042", "0.041", "0.126", "0.599"]


# ---- the trial of 20 --------------------------------------------------------------------------------------------------------


def test_dcr_94_7_is_18_of_19_and_its_interval_is_19_of_20(single_arm: AuditReport) -> None:
    assert not any(holds("94.7", Fraction(100 * k, 20)) for k in range(21))
    assert holds("94.7", Fraction(1800, 19))

    def exact(x: int, n: int) -> tuple[float, float]:
        return 100 * beta.ppf(0.025, x, n - x + 1), 100 * beta.ppf(0.975, x + 1, n - x)

    assert exact(19, 20) == pytest.approx((75.13, 99.87), abs=0.005)  # prints as 75.1 to 99.9
    assert exact(18, 19) == pytest.approx((73.97, 99.87), abs=0.005)  # does not
    (grim,) = verdicts(single_arm, "A1", "94.7%")
    assert grim.verdict == Rung.IMPOSSIBLE
    assert 19 in grim.inputs["fits_n"]
    (interval,) = verdicts(single_arm, "A5", "94.7")
    assert interval.is_finding
    assert interval.recomputed == "19/20"
    assert interval.repair == "95.0%"


def test_dcr_does_not_follow_from_11_and_8_of_20(single_arm: AuditReport) -> None:
    # PR 11 + SD 8 = 19 of 20 = 95.0%.
    (v,) = verdicts(single_arm, "A4", "PR + SD")
    assert v.is_finding
    assert v.recomputed == "95.0"


def test_orr_55_0_and_its_interval_are_clopper_pearsons_of_11_of_20(single_arm: AuditReport) -> None:
    low, high = 100 * beta.ppf(0.025, 11, 10), 100 * beta.ppf(0.975, 12, 9)
    assert holds("31.5", low)
    assert holds("76.9", high)
    (v,) = verdicts(single_arm, "A5", "11/20")
    assert v.verdict == Rung.METHOD
    assert "clopper-pearson" in (v.method or "")


def test_responses_of_the_trial_add_up_and_nothing_else_is_found(single_arm: AuditReport) -> None:
    assert verdicts(single_arm, "A4", "PR 11, SD 8, PD 1")[0].verdict == Rung.CONSISTENT
    assert {v.check for v in single_arm.findings} == {"A1", "A4", "A5"}
    assert all("DCR" in v.message or "94.7" in v.message for v in single_arm.findings)


def test_doses_and_the_threshold_are_no_results(single_arm: AuditReport) -> None:
    values = {c.value for c in single_arm.claims}
    assert not values & {"12", "25", "131", "3", "5"}
    assert ("date", "2025-05-04") in {(c.type, c.value) for c in single_arm.claims}
