"""Values without a denominator of their own, in sentences that print the patients of both arms once; and what explains a value."""

from __future__ import annotations

import pytest

from topline.audit import audit_text
from topline.audit.verdict import Rung

ARMS = "Patients were randomly assigned to velotinib (n=90) or placebo (n=88). "
LIST = (
    "The most common grade 3-4 events were rash (20 [24%] of 84 patients in the velotinib group vs 6 [7%] of 86 in the placebo group), {}."
)


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ("fatigue (9 [11%] vs 7 [8%]) and scale lifting (17 [20%] vs 5 [6%])", []),
        ("fatigue (9 [12%] vs 7 [8%]) and scale lifting (17 [20%] vs 5 [6%])", ["9/84"]),  # 10.7%; of a smaller safety population before
        ("fatigue (9 [11%] vs 7 [8%]) and scale lifting (17 [26%] vs 5 [6%])", ["17/84"]),  # 20.2%
        ("fatigue (9 [11%] vs 7 [8%]) and scale lifting (17 [20%] vs 5 [7%])", ["5/86"]),  # 5.8%
    ],
)
def test_the_patients_that_a_sentence_prints_are_those_of_its_list(second: str, found: list[str]) -> None:
    report = audit_text(ARMS + LIST.format(second))
    assert [v.message.split(": ")[-1].split(" ")[0] for v in report.findings] == found


def test_the_size_of_the_arm_stays_where_only_it_fits() -> None:
    report = audit_text(ARMS + LIST.format("infection (8 [9%] vs 7 [8%])"))  # 8/90 is 8.9%, 8/84 is 9.5%
    assert not report.findings


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("The cancer-specific recurrence rate was 21.6% (265/1248) in the A group and 19.4% (238/1250) in the B group (P = .15).", "A2"),
        ("The cancer-specific recurrence rate was 21.6% (265/1248) in the A group and 19.4% (238/1250) in the B group (P = .15).", "A6"),
        (
            "Of 320 patients randomised (268 [84%] men), 156 received velotinib and 159 placebo. "
            "Median PFS was 5 months with velotinib and 4 months with placebo.",
            "A3",
        ),
        ("A significant difference was also not observed at 1 year (72% vs 71%; P = .93).", "F2"),
        ("Mutant cases had a significantly higher number of variants and a marginally higher share of children (P = 0.056).", "F2"),
        ("The markers were not significantly different between the groups with the exception of age at diagnosis (P = 0.007).", "F2"),
        ("Stage III or IV disease was less frequent (37% (n=220) v 47% (n=271), P=0.001).", "A6"),
        ("PFS was longer with paclitinib than without (HR, 0.84; 90% CI, 0.57-1.22; P = .20).", "B2"),
    ],
)
def test_what_another_reading_explains_is_no_finding(text: str, check: str) -> None:
    assert [v.message for v in audit_text(text).findings if v.check == check] == []


def test_one_sided_p_far_from_the_interval_is_still_found() -> None:
    report = audit_text("PFS was longer with paclitinib than without (HR, 0.84; 90% CI, 0.57-1.22; P = .02).")
    assert [v.verdict for v in report.findings if v.check == "B2"] == [Rung.MAJOR]


@pytest.mark.parametrize(
    "text",
    [
        "Skin toxicity occurred in 828/472 (48%) vs 222/468 (47%) of patients.",
        "Toxicity was seen in 812 (78%) of 399 patients in the A group and 297 (74%) of 400 patients in the B group.",
        "Grade 3 rash was noted in 1,312 of 999 [31.3%].",
    ],
)
def test_more_than_all_is_impossible(text: str) -> None:
    assert [(v.check, v.verdict) for v in audit_text(text).findings] == [("A2", Rung.IMPOSSIBLE)]


def test_arms_of_one_randomisation_leave_nobody_out() -> None:
    both = "A total of 163 patients were randomly assigned to velotinib (n={}) or placebo (n=81). Patients who withdrew were censored."
    assert not audit_text(both.format(82)).findings
    assert [v.check for v in audit_text(both.format(80)).findings] == ["A3"]


def test_events_are_at_most_those_of_both_arms() -> None:
    text = (
        "In a phase III trial, 52 patients were assigned to four drugs, and 47 were assigned to gemcitabine. "
        "One-year OS was 38.5% versus 21.3% (HR 0.68 [0.42-1.09])."
    )
    assert not [v for v in audit_text(text).findings if v.check == "B5"]
