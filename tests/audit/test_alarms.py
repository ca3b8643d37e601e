"""Alarms that published abstracts raised wrongly, and contradictions that an explanation hid, each in sentences of our own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from topline.audit import Rung, audit_text, check_claims
from topline.audit.claims import Claim


def test_a2_truncation_explains_only_where_the_text_cuts_off_throughout() -> None:
    lone = "Of 282 patients, 51 (18.0%) had a pelvic recurrence."
    mixed = lone + " Eighty (28.4%) of the 282 patients had symptoms."  # 80/282 = 28.37, rounded
    for text, rung in ((lone, Rung.EXPLAINED), (mixed, Rung.MINOR)):
        found = [v for v in audit_text(text).verdicts if v.check == "A2" and v.message.startswith("51/282")]
        assert [v.verdict for v in found] == [rung]


def test_a2_counts_that_add_up_to_the_denominator_vouch_for_it() -> None:
    text = "The study included 61 patients. Stage was as follows: N1, 24 patients (39%); N2, 13 (22%); and N3, 24 (39%)."
    assert [v.recomputed for v in audit_text(text).findings if v.check == "A2"] == ["21"]  # 13/61 = 21.3


def test_b2_a_one_sided_p_above_one_half_is_read_against_the_direction() -> None:
    ratio = Claim("ratio", endpoint="PFS", value="1.022", lower="0.834", upper="1.253", p="0.587", conf_level="95", measure="HR")
    (b2,) = [v for v in check_claims([ratio]).verdicts if v.check == "B2"]
    assert (b2.verdict, b2.method) == (Rung.EXPLAINED, "one-sided")  # 1 - Phi(-0.21) = 0.583
    (b2,) = [v for v in check_claims([replace(ratio, p="0.687")]).verdicts if v.check == "B2"]
    assert b2.verdict == Rung.MINOR


def test_b3_one_sided_explains_only_a_p_that_fits_its_interval_so() -> None:
    ratio = Claim("ratio", endpoint="PFS", value="0.87", lower="0.561", upper="1.349", p="0.027", conf_level="95", measure="HR")
    assert [v.verdict for v in check_claims([ratio]).verdicts if v.check == "B3"] == [Rung.MAJOR]
    fits = replace(ratio, lower="0.740", upper="1.023", p="0.046")  # two-sided 0.092
    assert [v.verdict for v in check_claims([fits]).verdicts if v.check == "B3"] == [Rung.EXPLAINED]


@pytest.mark.parametrize(
    "text",
    [
        "Former smokers (p = 0.0002), but not current smokers (p = 0.0532) had a significantly prolonged PFS.",
        "The change was greater with velotinib than with placebo (-0.80 v -0.42).",
        "Recovery was three times faster with velotinib than with placebo (median, 3 v 14 days).",
    ],
)
def test_f2_speaks_only_of_what_is_said(text: str) -> None:
    arms = "Ninety patients were randomised to velotinib (n = 45) or placebo (n = 45). "
    assert [v.message for v in audit_text(arms + text).findings if v.check == "F2"] == []


def test_b5_other_patients_of_the_text_are_enough_for_the_events() -> None:
    text = (
        "In all, 143 Asian patients were randomised to velotinib (n = 98) or placebo (n = 45). PFS was longer with velotinib "
        "(HR 0.62; 95% CI, 0.41-0.94). Among 581 other patients it was longer too (HR, 0.41; 95% CI, 0.33-0.50)."
    )
    assert [v.message for v in audit_text(text).findings if v.check == "B5"] == []


def test_b7_medians_within_each_others_intervals_are_left_open() -> None:
    pfs = Claim("median", endpoint="PFS", value="16.5", unit="months")
    os = Claim("median", endpoint="OS", value="13.4", unit="months")
    assert [v.verdict for v in check_claims([pfs, os]).verdicts if v.check == "B7"] == [Rung.IMPOSSIBLE]
    wide = replace(pfs, lower="3.0", upper="20.1"), replace(os, lower="10.1", upper="21.0")
    assert [v.verdict for v in check_claims(wide).verdicts if v.check == "B7"] == [Rung.UNCHECKABLE]
    apart = replace(pfs, lower="15.0", upper="18.0"), replace(os, lower="12.0", upper="14.5")
    assert [v.verdict for v in check_claims(apart).verdicts if v.check == "B7"] == [Rung.IMPOSSIBLE]


def test_a_prespecified_rate_is_no_result() -> None:
    text = "Patients were in cohort A (n = 41) or cohort B (n = 40). Neither cohort met the prespecified response rate of 40%."
    assert not [c for c in audit_text(text).claims if c.type == "proportion"]


def test_the_part_of_an_arm_with_one_dose_is_not_the_arm() -> None:
    text = (
        "Patients were randomised to velatinib (n = 71) or placebo (n = 36). Eight patients (21%) in the velatinib 360 mg group had "
        "neutropenia compared with two (6%) patients in the 240 mg group."
    )
    assert not audit_text(text).findings


def test_a1_allows_a_smaller_safety_population() -> None:
    text = "Patients were randomised to velatinib (n = 382) or placebo (n = 381). Ataxia occurred in 53.4% and 3.2% of them, respectively."
    assert not [v for v in audit_text(text).findings if v.check == "A1"]


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Of 299 enrolled patients, 127 on velotinib and 128 who received placebo were evaluable for the analysis.", "A3"),
        ("Of 642 enrolled patients, 309 eligible patients received placebo and 320 received velotinib.", "A3"),
        (
            "In all, 600 patients were randomised to velotinib (n = 300) or placebo (n = 300). Main reasons to stop were toxicity "
            "(30 of 300; 10%) in the velotinib arm and toxicity (24 of 300; 8%) in the placebo arm. Adverse events of grade 3 or more were "
            "more frequent with velotinib (41% v 23%).",
            "E1",
        ),
        (
            "In all, 2509 patients were randomised. The 5-year mortality in the velotinib group was 13.0% (161/1253) compared with 14.1% "
            "(174/1256) in the placebo group (P = .43).",
            "A2",
        ),
        (
            "Sixty women were randomised to velotinib (n = 30) or placebo (n = 30). In the velotinib group pain fell from 90.0% to 56.7% "
            "(p = 0.0001).",
            "A6",
        ),
        (
            "Relapse was more frequent in mutant than in wild-type tumours (28% [150 of 542] v 21% [219 of 1,041]; RR, 1.40; 95% CI, "
            "1.12 to 1.74; P = .002) but did not differ between high and low tumours (P = .36).",
            "A6",
        ),
        (
            "Of the 70 patients, 20 (29%; 95% CI 18.4-40.6) achieved an objective response. Ten patients on the short schedule achieved an "
            "objective response (29%; 95% CI 14.6-46.3; eight partial responses, two complete responses).",
            "A4",
        ),
        (
            "The associations were similar for both young (OR 0.44, 95% CI 0.31-0.62, p < 0.001) and old women (OR 0.57, 95% CI "
            "0.46-0.71, p < 0.001).",
            "F2",
        ),
        ("Quality of life was stable, with a nonstatistically significant decrease in fatigue (P = .07).", "F2"),
        ("Early velotinib, but not late velotinib, significantly improved DFS (hazard ratio, 0.71; 95% CI, 0.55 to 0.91; P = .007).", "F2"),
    ],
)
def test_what_has_another_reading_is_no_finding(text: str, check: str) -> None:
    assert [v.message for v in audit_text(text).findings if v.check == check] == []


def test_e1_and_a4_still_see_what_no_reading_explains() -> None:
    text = "In the velotinib arm adverse events occurred in 12% and adverse events of grade 3 or worse in 41% of 300 patients."
    assert [v.check for v in audit_text(text).findings] == ["E1"]
    rate = "An objective response was achieved by 21 of 70 patients (30%; 8 partial responses, 2 complete responses)."
    assert [v.check for v in audit_text(rate).findings] == ["A4"]


LIST = "In all, 172 patients were randomised to velotinib (n = 85) or placebo (n = 87). Of the 83 treated patients, most had an event. "


def test_an_event_is_of_the_patients_of_whom_the_others_of_its_sentence_are() -> None:
    text = LIST + "With velotinib there were rash of grade 3 (three [13%]), nausea (24 [29%]) and fever (12 [14%])."
    (finding,) = audit_text(text).findings
    assert (finding.check, finding.verdict, finding.recomputed) == ("A2", Rung.MAJOR, "4")  # 3/83 = 3.6
    right = text.replace("13%", "4%")
    assert not audit_text(right).findings
    smaller = LIST + "With velotinib there were nausea (24 [29.3%]), rash (three [3.7%]) and fever (12 [14.6%])."  # all of 82
    assert not audit_text(smaller).findings


def test_more_than_all_patients_is_impossible() -> None:
    (finding, *_) = audit_text("Fistulas occurred in 7/32 (22%) of patients without and in 4/42 (1011%) of those with coverage.").findings
    assert finding.check == "A2"


@pytest.mark.parametrize(
    "text",
    [
        "A was non-inferior to B (HR 0.84 [90% CI 0.68-1.03], pNI=0.0018).",
        "The HR was 0.23 (97.5% CI 0.12-0.45; p<0.0001) for A versus placebo, and for B versus placebo was 0.56 (0.33-0.94; p=0.011).",
    ],
)
def test_other_hypotheses_and_levels_named_before(text: str) -> None:
    assert not audit_text(text).findings


def test_a3_of_those_recruited_fewer_may_be_assigned_and_not_more() -> None:
    text = "In all, 120 patients were recruited and received velotinib (n = {}) or placebo (n = {}). The ORR was 40% with velotinib."
    assert not [v for v in audit_text(text.format(57, 58)).findings if v.check == "A3"]
    assert [v.check for v in audit_text(text.format(67, 68)).findings] == ["A3"]


def test_a3_evaluable_patients_far_from_the_arms_explain_nothing() -> None:
    text = "In all, 120 patients were randomised to velotinib (n = 57) or placebo (n = 58). {} After 6 months, 12 evaluable men relapsed."
    filler = "The design of the trial was published before, and its committee met every year to look at all of its data. " * 4
    assert [v.check for v in audit_text(text.format(filler)).findings] == ["A3"]
