"""Hand-worked cases at the edges of each check: one that is right, one that is wrong, and what must be left open."""

from __future__ import annotations

from typing import Any

import pytest
from scipy.stats import chi2_contingency

from topline.audit import Rung, Verdict, audit_text, check_claims
from topline.audit.checks.flattened import is_flattened
from topline.audit.two_by_many import wide_p_values


def verdict(check: str, *claims: dict[str, Any], **options: Any) -> Verdict:
    found = [v for v in check_claims(claims, **options).verdicts if v.check == check]
    assert found, check
    return max(found, key=lambda v: list(Rung).index(v.verdict))


def of_text(check: str, text: str) -> list[Rung]:
    return [v.verdict for v in audit_text(text).verdicts if v.check == check]


def share(**values: Any) -> dict[str, Any]:
    return {"type": "proportion", "endpoint": "ORR", "unit": "%", **values}


def ratio(value: str, lower: str, upper: str, p: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "ratio", "endpoint": "OS", "measure": "HR", "value": value, "lower": lower, "upper": upper, "p": p, **more}


# ---- A1, A2 -----------------------------------------------------------------------------------------------------------------


def test_a1_needs_a_denominator_and_some_evidence_for_a_carried_one() -> None:
    assert verdict("A1", share(value="47.0")).verdict == Rung.UNCHECKABLE
    assert verdict("A1", share(value="47", n=20)).verdict == Rung.IMPOSSIBLE  # 45 or 50
    assert verdict("A1", share(value="47", n=65)).method == "truncated"  # 31/65 = 47.69
    assert verdict("A1", share(value="48", n=65)).verdict == Rung.CONSISTENT
    assert verdict("A1", share(value="47.0", n=65, n_from="carried")).verdict == Rung.UNCHECKABLE
    backed = share(endpoint="DCR", value="90.8", n=65, n_from="carried")  # 59/65; a wrong size would fit 1 time in 15
    assert verdict("A1", share(value="47.0", n=65, n_from="carried"), backed).verdict == Rung.IMPOSSIBLE


def test_a1_n_in_a_bracket_may_be_the_count() -> None:
    # 47/155 = 30.3%, while no count of 47 gives 30.3%.
    assert of_text("A1", "Nausea was seen in 30.3% (n = 47).") == [Rung.UNCHECKABLE]


def test_a2_rounded_twice_truncated_and_more_than_all() -> None:
    assert verdict("A2", share(value="19.1", x=4, n=21)).method == "rounded twice"  # 19.048, 19.05, 19.1
    assert verdict("A2", share(value="66.6", x=2, n=3)).method == "truncated"
    assert verdict("A2", share(value="19.2", x=4, n=21)).is_finding
    assert verdict("A2", share(value="105.0", x=21, n=20)).verdict == Rung.IMPOSSIBLE


def test_a2_a_count_that_no_number_of_patients_fits() -> None:
    # 34/35 = 97.143, so 97.15 is of nobody; 97.14 is of 35 patients, who are not the 70 of before.
    claim = share(value="97.15", x=34, n=70, n_from="carried")
    assert verdict("A2", claim).repair == "97.14% (34/35)"
    assert verdict("A2", claim | {"value": "97.14"}).verdict == Rung.UNCHECKABLE


# ---- A4 ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "rung"),
    [("40.0", Rung.CONSISTENT), ("41.7", Rung.MINOR), ("45.0", Rung.MAJOR)],  # 15/30 and 9/30 are 24/60 = 40.0%
)
def test_a4_the_whole_is_the_weighted_mean_of_its_parts(whole: str, rung: Rung) -> None:
    parts = [share(value="50.0", n=30, arm="a"), share(value="30.0", n=30, arm="b")]
    assert verdict("A4", share(value=whole, n=60), *parts).verdict == rung


def test_a4_takes_every_count_that_the_percentages_allow() -> None:
    # 50% of 300 is 149 to 151 patients and 30% of 300 is 89 to 91: 238 to 242 of 600, 39.7 to 40.3%.
    parts = [share(value="50", n=300, arm="a"), share(value="30", n=300, arm="b")]
    assert verdict("A4", share(value="40.3", n=600), *parts).verdict == Rung.CONSISTENT
    assert verdict("A4", share(value="40.5", n=600), *parts).verdict == Rung.MINOR  # 243


def test_a4_is_fair_about_parts_that_overlap_or_leave_patients_out() -> None:
    parts = [share(value="50.0", n=30, arm="a"), share(value="30.0", n=40, arm="b")]  # 15 and 12
    assert verdict("A4", share(value="45.0", n=60), *parts).verdict == Rung.UNCHECKABLE
    assert verdict("A4", share(value="42.5", n=80), *parts).verdict == Rung.CONSISTENT  # 34 = 27 + 7 of the other 10
    assert verdict("A4", share(value="47.5", n=80), *parts).is_finding  # 38 = 27 + 11 of 10
    unsized = [share(value="50.0", arm="a"), share(value="30.0", arm="b")]
    assert verdict("A4", share(value="40.0", n=60), *unsized).verdict == Rung.CONSISTENT
    assert verdict("A4", share(value="60.0", n=60), *unsized).verdict == Rung.UNCHECKABLE


# ---- A5 ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "value", "lower", "upper"),
    [(0, "0.0", "0.0", "16.8"), (20, "100.0", "83.2", "100.0")],  # 1 − 0.025^(1/20) = 16.84%
)
def test_a5_none_and_all(x: int, value: str, lower: str, upper: str) -> None:
    claim = share(value=value, x=x, n=20, lower=lower, upper=upper, interval="ci")
    assert "clopper-pearson" in (verdict("A5", claim).method or "")
    changed = {"upper": "26.8"} if x == 0 else {"lower": "73.2"}
    assert verdict("A5", claim | changed).is_finding


def test_a5_levels_and_limits_not_reached() -> None:
    claim = share(value="55.0", x=11, n=20, lower="34.7", upper="74.1", interval="ci", conf_level="90")  # R: binom.test
    assert verdict("A5", claim).verdict == Rung.METHOD
    report = check_claims([claim | {"upper": "NR"}])
    assert not [v for v in report.verdicts if v.check == "A5"]


# ---- A6 ---------------------------------------------------------------------------------------------------------------------


def three(p: str) -> list[dict[str, Any]]:
    counts = {"a": 12, "b": 20, "c": 25}
    arms = [share(arm=k, value=f"{100 * x / 40:.1f}", x=x, n=40, sentence="s") for k, x in counts.items()]
    return [*arms, {"type": "p_value", "endpoint": "ORR", "p": p, "sentence": "s"}]


def test_a6_three_arms() -> None:
    table = [[12, 28], [20, 20], [25, 15]]
    pearson = chi2_contingency(table, correction=False)[1]
    likelihood = chi2_contingency(table, correction=False, lambda_="log-likelihood")[1]
    # Trend: x·(s − 2) = 13, spread 57/120 × 63/120 × 80, z² = 13² / 19.95 = 8.471, p = 0.003608.
    p = wide_p_values(table)
    assert p["Pearson"] == pytest.approx(pearson)
    assert p["likelihood ratio"] == pytest.approx(likelihood)
    assert p["Cochran–Armitage trend"] == pytest.approx(0.003608, abs=5e-7)
    assert "Pearson" in (verdict("A6", *three(f"{pearson:.4f}")).method or "")
    assert "likelihood ratio" in (verdict("A6", *three(f"{likelihood:.4f}")).method or "")
    assert "trend" in (verdict("A6", *three("0.0036")).method or "")
    assert verdict("A6", *three(f"{p['Fisher–Freeman–Halton']:.4f}")).verdict == Rung.METHOD
    assert verdict("A6", *three("0.41")).verdict == Rung.MAJOR


def test_a6_two_of_three_arms_and_categories() -> None:
    pair = chi2_contingency([[12, 28], [20, 20]], correction=False)[1]  # a against b
    found = verdict("A6", *three(f"{pair:.4f}"))
    assert (found.verdict, found.method) == (Rung.EXPLAINED, "two of the groups")
    responses = {"a": {"CR": 5, "PR": 10, "SD": 15}, "b": {"CR": 2, "PR": 5, "SD": 23}}
    p = chi2_contingency([list(v.values()) for v in responses.values()])[1]
    claims = [{"type": "response_counts", "arm": k, "counts": v, "n": 30, "sentence": "s"} for k, v in responses.items()]
    found = verdict("A6", *claims, {"type": "p_value", "endpoint": "BOR", "p": f"{p:.3f}", "sentence": "s"})
    assert "Pearson" in (found.method or "")


# ---- B1, B2, B3 -------------------------------------------------------------------------------------------------------------


def test_b1_directions_reversed_limits_and_small_studies() -> None:
    turned = verdict("B1", ratio("1.72", "0.35", "0.96"))
    assert (turned.verdict, turned.repair) == (Rung.IMPOSSIBLE, "0.58")  # 1/1.72 = 0.581
    assert verdict("B1", ratio("0.58", "0.96", "0.35")).verdict == Rung.MINOR
    assert verdict("B1", ratio("1.40", "0.30", "9.84")).verdict == Rung.EXPLAINED  # profile likelihood, few events
    assert verdict("B1", ratio("2.047", "1.109", "3.377")).is_finding  # 1.109 × 3.777 = 2.047²
    assert verdict("B1", ratio("0.58", "0.35", "NR")).verdict == Rung.UNCHECKABLE


def test_b2_and_b3_levels_and_printed_p_values() -> None:
    # HR 0.62 with SE 0.15: z = 3.187, P = 0.0014; the 90% interval is 0.484 to 0.793.
    assert verdict("B2", ratio("0.62", "0.48", "0.79", "0.0014", conf_level="90")).verdict == Rung.CONSISTENT
    assert verdict("B2", ratio("0.62", "0.48", "0.79", "0.0014")).method == "Wald, 90%"
    assert verdict("B2", ratio("0.62", "0.46", "0.83", "<0.00001")).is_finding  # z 4.4 against 3.5 at most
    assert verdict("B2", ratio("0.62", "0.46", "0.83", "<0.05")).verdict == Rung.CONSISTENT
    assert not [v for v in check_claims([ratio("0.74", "0.55", "1.00", "0.05")]).verdicts if v.check == "B3"]


# ---- C1, D1, E1, F2 ---------------------------------------------------------------------------------------------------------


def test_c1_scales_units_and_brackets_of_something_else() -> None:
    assert verdict("C1", share(value="71.4", lower="0.52", upper="0.91", interval="ci")).method == "other scale"
    years = {"type": "follow_up", "value": "2", "unit": "years", "lower": "5", "upper": "76", "interval": "range"}
    assert verdict("C1", years | {"sentence": "Follow-up was 2 years (5 to 76 months)"}).method == "other unit"
    assert verdict("C1", share(value="58", lower="1", upper="4")).verdict == Rung.UNCHECKABLE  # a citation
    assert verdict("C1", share(value="58", lower="1", upper="4", interval="ci")).verdict == Rung.IMPOSSIBLE


@pytest.mark.parametrize(
    ("text", "rungs"),
    [
        ("PFS was significantly longer (P = 0.21).", [Rung.MINOR]),
        ("PFS was significantly longer (P = 0.021).", [Rung.CONSISTENT]),
        ("PFS was not significantly longer (P = 0.021).", [Rung.MINOR]),
        ("PFS was similar in both arms (P = 0.003).", [Rung.MINOR]),
        ("PFS was similar in both arms (P = 0.3).", [Rung.CONSISTENT]),
        ("Scores did not differ significantly before, but they were significantly higher after surgery (P < 0.001).", [Rung.CONSISTENT]),
        ("Scores rose significantly (P = 0.028), whereas no significant change was seen in controls.", [Rung.CONSISTENT]),
        ("There was a significant risk reduction (P = 0.002); no significant differences were seen in bleeding.", [Rung.CONSISTENT]),
        ("The difference did not reach statistical significance (P = 0.12).", [Rung.CONSISTENT]),
        ("Survival was marginally significant (P = 0.06).", []),
        ("PFS was comparable between arms (interaction P = 0.03).", []),
    ],
)
def test_f2_significance_clause_by_clause(text: str, rungs: list[Rung]) -> None:
    assert of_text("F2", text) == rungs


ARMS = "Sixty patients had surgery (surgery group, n = 30) or drugs (medical group, n = 30). "


@pytest.mark.parametrize(
    ("text", "rungs"),
    [
        ("The surgery group had an improved ORR compared with the medical group (50.0% vs 20.0%).", [Rung.CONSISTENT]),
        ("The surgery group had an improved ORR compared with the medical group (20.0% vs 50.0%).", [Rung.MINOR]),
        ("The ORR was lower in the surgery group than in the medical group (50.0% vs 20.0%).", [Rung.MINOR]),
        ("The ORR was not higher in the surgery group than in the medical group (20.0% vs 50.0%).", []),
        ("The ORR was doubled in the surgery group compared with the medical group (60.0% vs 30.0%).", [Rung.CONSISTENT]),
        ("The ORR was doubled in the surgery group compared with the medical group (60.0% vs 50.0%).", [Rung.MINOR]),
    ],
)
def test_f2_directions(text: str, rungs: list[Rung]) -> None:
    assert of_text("F2", ARMS + text) == rungs


def test_a_table_run_together_contradicts_nothing() -> None:
    table = "Table 2 Treatment (n=274) (n=273) cycles 13/249 (1%)1/240 (1%)25/249 (2%)5/240 (2%)321/249 (8%)20/240 (8%)"
    assert is_flattened(table)
    assert not audit_text(table + ".").findings
    assert not is_flattened("The ORR was 47.0% (31/65; 95% CI 35.1-60.5) in the A group and 31.5% (28/89; 95% CI 22.0-42.2) in B.")


def test_percentages_that_share_another_printed_denominator_are_held_to_it() -> None:
    text = (
        "The study included 125 patients. 45 (36%) had been tested. Exon 11 was seen in 25 patients (55.5%), 3 had exon 9 (6.7%), 2 had "
        "exon 13 (4.4%), 12 were wild type (26.6%) and 3 (6.7%) were unclear."
    )
    found = [(v.verdict, v.message) for v in audit_text(text).verdicts if v.check == "A2"]
    assert [m.split(" is ")[0] for v, m in found if v == Rung.MINOR] == ["25/45", "12/45"]  # 55.6 and 26.7; 3/45 and 2/45 are rounded
    assert [v for v, _ in found].count(Rung.CONSISTENT) == 4
