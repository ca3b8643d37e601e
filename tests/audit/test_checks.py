"""Each check of the catalogue on claims that are already structured: what agrees, what does not, and what is said."""

from __future__ import annotations

from typing import Any

import pytest

from topline.audit import Arm, Rung, Verdict, check_claims
from topline.audit.checks.chronology import registration_year
from topline.audit.checks.ratio_centre import centre_meets
from topline.audit.checks.ratio_p import wald_p_range


def verdict(check: str, *claims: dict[str, Any], **options: Any) -> Verdict:
    found = [v for v in check_claims(claims, **options).verdicts if v.check == check]
    assert found, check
    return min(found, key=lambda v: list(Rung).index(v.verdict) * -1)


def share(**values: Any) -> dict[str, Any]:
    return {"type": "proportion", "endpoint": "ORR", "unit": "%", **values}


def test_a1_says_which_other_denominator_fits() -> None:
    arms = [Arm("all", 60)]
    claims = [share(value="31.0", arm="all"), share(value="50.0", x=29, n=58, sentence="evaluable")]
    found = verdict("A1", *claims, arms=arms)
    assert found.verdict == Rung.EXPLAINED  # 18/58 = 31.03; no count of 60 gives 31.0
    assert found.inputs["other_n"] == [58]


def test_a2_names_the_right_percentage_and_the_size_of_the_gap() -> None:
    assert verdict("A2", share(value="47.7", x=31, n=65)).verdict == Rung.CONSISTENT
    found = verdict("A2", share(value="41.7", x=31, n=65))
    assert found.verdict == Rung.MAJOR  # 6 points of 65 are four patients
    assert found.recomputed == "47.7"
    assert verdict("A2", share(value="46.2", x=31, n=65)).verdict == Rung.MINOR
    assert verdict("A2", share(value="47.6", x=31, n=65)).verdict == Rung.EXPLAINED  # 47.69 truncated


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper", "method"),
    [
        (11, 20, "31.5", "76.9", "clopper-pearson"),  # R: binom.test(11, 20)
        (11, 20, "34.2", "74.2", "wilson"),  # R: prop.test(11, 20, correct = FALSE)
        (11, 20, "32.0", "76.2", "wilson-cc"),  # R: prop.test(11, 20)
        (11, 20, "33.2", "76.8", "wald"),  # 0.55 ± 1.96 sqrt(0.55 × 0.45 / 20)
    ],
)
def test_a5_names_the_method(x: int, n: int, lower: str, upper: str, method: str) -> None:
    found = verdict("A5", share(value=f"{100 * x / n:.1f}", x=x, n=n, lower=lower, upper=upper, interval="ci"))
    assert found.verdict == Rung.METHOD
    assert method in (found.method or "")


def test_a5_finds_the_level_and_the_wrong_bound() -> None:
    # R: binom.test(11, 20, conf.level = 0.9) gives 0.3469 to 0.7414.
    found = verdict("A5", share(value="55.0", x=11, n=20, lower="34.7", upper="74.1", interval="ci"))
    assert found.verdict == Rung.EXPLAINED
    found = verdict("A5", share(value="55.0", x=11, n=20, lower="31.5", upper="79.9", interval="ci"))
    assert found.is_finding
    assert "76.9" in (found.repair or "")


def table(p: str, x1: int = 62, x2: int = 45, **extra: Any) -> list[dict[str, Any]]:
    common = {"sentence": "s"}
    return [
        share(arm="a", value=f"{100 * x1 / 120:.1f}", x=x1, n=120, **common),
        share(arm="b", value=f"{100 * x2 / 118:.1f}", x=x2, n=118, **common),
        {"type": "p_value", "endpoint": "ORR", "p": p, **common, **extra},
    ]


def test_a6_names_the_test_that_gives_p() -> None:
    # 62/120 against 45/118: Pearson 0.0359, Fisher 0.0381, Yates 0.0491 (R: chisq.test, fisher.test).
    assert "Pearson" in (verdict("A6", *table("0.0359")).method or "")
    assert "Fisher" in (verdict("A6", *table("0.0381")).method or "")
    assert "Yates" in (verdict("A6", *table("0.0491")).method or "")
    assert verdict("A6", *table("0.018")).verdict == Rung.EXPLAINED  # one-sided Pearson, 0.0359 / 2
    found = verdict("A6", *table("0.41"))
    assert found.verdict == Rung.MAJOR  # significance changes
    assert verdict("A6", *table("0.41", marks=["adjusted"])).verdict == Rung.UNCHECKABLE


def test_a6_lists_a_p_value_that_cannot_be_checked() -> None:
    found = verdict("A6", {"type": "p_value", "endpoint": "PFS", "p": "0.03"})
    assert found.verdict == Rung.UNCHECKABLE
    assert "times" in found.message


def ratio(value: str, lower: str, upper: str, p: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "ratio", "endpoint": "OS", "measure": "HR", "value": value, "lower": lower, "upper": upper, "p": p, **more}


def test_b1_is_exact() -> None:
    assert centre_meets("0.46", "0.32", "0.69")  # sqrt(0.315 × 0.685) = 0.4645 < 0.465
    assert not centre_meets("0.45", "0.32", "0.69")
    assert verdict("B1", ratio("0.62", "0.46", "0.83")).verdict == Rung.CONSISTENT
    assert verdict("B1", ratio("0.67", "0.46", "0.83")).is_finding
    assert verdict("B1", ratio("0.92", "0.46", "0.83")).verdict == Rung.IMPOSSIBLE


def test_b2_takes_one_sided_and_log_rank_for_what_they_are() -> None:
    small, middle, large = wald_p_range("0.58", "0.35", "0.96")
    assert small < middle < large
    assert large == pytest.approx(0.0410, abs=5e-5)
    assert verdict("B2", ratio("0.62", "0.46", "0.83", "0.0013")).verdict == Rung.CONSISTENT
    assert verdict("B2", ratio("0.62", "0.46", "0.83", "0.00065")).verdict == Rung.EXPLAINED
    assert verdict("B2", ratio("0.62", "0.46", "0.83", "0.4")).verdict == Rung.MAJOR


def test_b3_interval_and_p_must_agree_on_significance() -> None:
    assert verdict("B3", ratio("0.62", "0.46", "0.83", "<0.05")).verdict == Rung.CONSISTENT
    assert verdict("B3", ratio("0.85", "0.65", "1.11", "0.004")).verdict == Rung.MAJOR


def test_b5_an_interval_too_narrow_for_the_patients() -> None:
    # SE = ln(0.84/0.40) / 3.92 = 0.189, so at least 4 / 0.189² = 112 events (107 at the widest rounding); 81 patients.
    arms = [Arm("a", 40), Arm("b", 41)]
    assert verdict("B5", ratio("0.58", "0.40", "0.84", contrast="a vs b"), arms=arms).is_finding
    assert verdict("B5", ratio("0.58", "0.35", "0.96", contrast="a vs b"), arms=arms).verdict == Rung.CONSISTENT


def test_b7_and_c1() -> None:
    pfs = {"type": "median", "endpoint": "PFS", "value": "9.0", "unit": "months", "arm": "a"}
    os = {"type": "median", "endpoint": "OS", "value": "8.0", "unit": "months", "arm": "a"}
    assert verdict("B7", pfs, os).verdict == Rung.IMPOSSIBLE
    assert verdict("B7", pfs, os | {"value": "1.2", "unit": "years"}).verdict == Rung.CONSISTENT
    assert verdict("C1", pfs | {"lower": "9.5", "upper": "12.0"}).verdict == Rung.IMPOSSIBLE
    assert verdict("C1", pfs | {"lower": "8.5", "upper": "NR"}).verdict == Rung.CONSISTENT


def day(event: str, value: str) -> dict[str, Any]:
    return {"type": "date", "endpoint": event, "value": value}


def test_d1_follow_up_must_fit_between_the_dates() -> None:
    follow = {
        "type": "follow_up",
        "endpoint": "FU",
        "value": "20.0",
        "lower": "2.0",
        "upper": "62.7",
        "unit": "months",
        "interval": "range",
    }
    dates = [day("start", "2018-01-01"), day("cut-off", "2025-02-28")]
    assert verdict("D1", *dates, follow).verdict == Rung.CONSISTENT
    assert verdict("D1", *dates, follow | {"upper": "92.7"}).verdict == Rung.IMPOSSIBLE  # 85.9 months at most
    assert verdict("D1", day("start", "2021-06"), day("end", "2020-05")).verdict == Rung.IMPOSSIBLE


@pytest.mark.parametrize(
    ("number", "year"),
    [
        ("ChiCTR2000035533", 2020),
        ("ChiCTR1900024567", 2019),
        ("ChiCTR-OIC-16009876", 2016),
        ("CTR20181234", 2018),
        ("EudraCT 2015-001234-56", 2015),
        ("ACTRN12617000123456", 2017),
        ("NCT04000000", None),
    ],
)
def test_year_in_a_registration_number(number: str, year: int | None) -> None:
    assert registration_year(number) == year


def test_d1_prospective_registration() -> None:
    from topline.audit import audit_text

    text = "From May 2018 to April 2021, 40 patients were enrolled. The trial was prospectively registered (ChiCTR2000035533)."
    found = [v for v in audit_text(text).verdicts if "registr" in v.message.lower()]
    assert [v.verdict for v in found] == [Rung.MAJOR]
    found = [v for v in audit_text(text.replace("ChiCTR2000035533", "ChiCTR1700035533")).verdicts if "registr" in v.message.lower()]
    assert [v.verdict for v in found] == [Rung.CONSISTENT]


def test_e1_grades() -> None:
    assert verdict("E1", share(endpoint="alopecia", value="10.0", x=3, n=30, grade="3+")).is_finding
    assert verdict("E1", share(endpoint="fatigue", value="10.0", x=3, n=30, grade="3-4")).verdict == Rung.CONSISTENT
    severe = share(endpoint="TRAE3", value="60.0", x=18, n=30, grade="3+")
    assert verdict("E1", severe, share(endpoint="TRAE", value="50.0", x=15, n=30)).verdict == Rung.IMPOSSIBLE


def test_f2_words() -> None:
    claim = {"type": "p_value", "endpoint": "ORR", "p": "0.21", "marks": ["significant"], "sentence": "s"}
    assert verdict("F2", claim).verdict == Rung.MINOR
    assert verdict("F2", claim | {"p": "0.021"}).verdict == Rung.CONSISTENT


def test_f2_higher_with_a_lower_number() -> None:
    from topline.audit import audit_text

    text = (
        "Sixty patients had surgery (surgery group, n = 30) or drugs (medical group, n = 30). "
        "Compared with the medical group, the surgery group had a higher ORR (50.0% vs 20.0%)."
    )
    found = [v for v in audit_text(text).verdicts if v.check == "F2"]
    assert [v.verdict for v in found] == [Rung.CONSISTENT]
    found = [v for v in audit_text(text.replace("50.0%", "10.0%")).verdicts if v.check == "F2"]
    assert [v.verdict for v in found] == [Rung.MINOR]


def test_a4_sums() -> None:
    counts = {"type": "response_counts", "counts": {"CR": 1, "PR": 6, "SD": 8, "PD": 4}, "n": 19}
    orr = share(value="36.8", n=19)
    assert verdict("A4", counts, orr).verdict == Rung.CONSISTENT
    assert verdict("A4", counts | {"n": 18}, orr).verdict == Rung.IMPOSSIBLE
    assert verdict("A4", counts, share(value="42.1", n=19)).is_finding
    assert verdict("A4", share(value="40.0", x=8, n=20), share(endpoint="DCR", value="35.0", x=7, n=20)).verdict == Rung.IMPOSSIBLE


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(ValueError, match="endpont"):
        check_claims([{"type": "proportion", "endpont": "ORR"}])
    with pytest.raises(ValueError, match="propotion"):
        check_claims([{"type": "propotion"}])


@pytest.mark.parametrize(("value", "lower", "upper"), [("<1", "0.5", "3"), ("2", "<1", "9"), ("2", "1", ">9")])
@pytest.mark.parametrize("kind", ["landmark_rate", "proportion", "median", "ratio"])
def test_a_value_printed_as_a_limit_is_uncheckable(kind: str, value: str, lower: str, upper: str) -> None:
    claim = {"type": kind, "endpoint": "OS", "value": value, "lower": lower, "upper": upper, "measure": "HR" if kind == "ratio" else None}
    assert {v.verdict for v in check_claims([claim]).verdicts} == {Rung.UNCHECKABLE}
