"""The arms of a text are learnt from every way of introducing them, and found again under their other names."""

from __future__ import annotations

import pytest

from topline.audit.extract import Extraction, extract


def arms(text: str) -> list[tuple[str, int | None]]:
    return [(arm.name, arm.n) for arm in extract(text).arms]


def told(found: Extraction, endpoint: str) -> list[tuple[str | None, str | None]]:
    """Arm and value of each claim of an endpoint, in order."""
    return [(c.arm, c.value) for c in found.claims if c.endpoint == endpoint and c.type not in {"ratio", "p_value"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Patients were randomly assigned to velatinib 20 mg daily (n = 118), 40 mg daily (n = 120) or placebo (n = 121). "
            "The ORR was 40%, 51% and 12% with velatinib 20 mg, velatinib 40 mg and placebo, respectively.",
            [("velatinib 20 mg", 118), ("velatinib 40 mg", 120), ("placebo", 121)],
        ),
        (
            "Women received either 25 Gy in 5 fractions or 50 Gy in 20 fractions. "
            "Median OS was 21 weeks with 25 Gy and 23 weeks with 50 Gy.",
            [("25 Gy", None), ("50 Gy", None)],
        ),
        (
            "We allocated 90 patients to docetaxel plus either velatinib or placebo. The ORR was 40% with velatinib and 20% with placebo.",
            [("velatinib", None), ("placebo", None)],
        ),
        (
            "There were two cohorts. Cohort A: velatinib 500 mg. Cohort B: velatinib 250 mg. "
            "The ORR was 80.0% in Cohort A and 60.0% in Cohort B.",
            [("Cohort A", None), ("Cohort B", None)],
        ),
        (
            "Seventy patients in the first-line setting and 120 patients in the second-line setting were enrolled. "
            "The ORR was 34.3% in the first-line and 22.5% in the second-line cohort.",
            [("first-line setting", 70), ("second-line setting", 120)],
        ),
    ],
    ids=["three doses", "doses without a drug", "a shared partner", "cohorts defined", "lines of treatment"],
)
def test_arms_are_learnt(text: str, expected: list[tuple[str, int | None]]) -> None:
    assert arms(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "All patients received velatinib plus oxaliplatin. The ORR was 44%, and two deaths were seen.",
        "A phase II study of velatinib. Of 40 patients, 12 had stage III and 28 had stage IV disease. The ORR was 30%.",
        "The overall survival rate was 75% at 5 years and 45% at 10 years.",
    ],
)
def test_a_single_arm_has_no_arms(text: str) -> None:
    assert arms(text) == []


def test_an_arm_is_found_under_its_abbreviation_components_and_role() -> None:
    found = extract(
        "Velatinib (VEL) plus docetaxel versus docetaxel alone in sarcoma. Patients were randomised to velatinib plus docetaxel "
        "(n = 60) or docetaxel alone (n = 62). The ORR was 40% with docetaxel-velatinib and 21% in the control group. Median PFS was 9.1 "
        "months with VEL plus docetaxel and 5.0 months with docetaxel."
    )
    first, second = (arm.name for arm in found.arms)
    assert told(found, "ORR") == [(first, "40"), (second, "21")]
    assert told(found, "PFS") == [(first, "9.1"), (second, "5.0")]


def test_labels_of_results_are_linked_to_what_was_assigned_by_role() -> None:
    found = extract(
        "Patients were randomised to transplantation (n = 88) or no further treatment (n = 91). Median PFS was 11.0 and 6.6 months in the "
        "intensification and the observation arms, respectively."
    )
    assert [arm.n for arm in found.arms] == [88, 91]
    assert [value for _, value in told(found, "PFS")] == ["11.0", "6.6"]
    assert [arm for arm, _ in told(found, "PFS")] == [arm.name for arm in found.arms]


def test_small_counts_of_events_are_no_sizes() -> None:
    text = (
        "Patients were assigned to velatinib (n = 72) or placebo (n = 69). Complete responses were three in the velatinib "
        "group and two in the placebo group. The ORR was 12.5% in the velatinib group and 8.7% in the placebo group."
    )
    assert arms(text) == [("velatinib", 72), ("placebo", 69)]


ROW = "The 12-month OS rates were 66.0%, 58.5% and 54.5% in the PD-L1 ≥50%, 1-49% and <1% cohorts, respectively."
LOCAL = "Patients with brain metastases had shorter PFS than those without (2.8 vs 5.1 months)."


@pytest.mark.parametrize(
    ("text", "endpoint", "expected"),
    [
        (ROW, "OS", [("PD-L1 ≥50%", "66.0"), ("1-49%", "58.5"), ("<1%", "54.5")]),
        (LOCAL, "PFS", [("with brain metastases", "2.8"), ("without brain metastases", "5.1")]),
    ],
)
def test_groups_of_one_sentence(text: str, endpoint: str, expected: list[tuple[str, str]]) -> None:
    assert told(extract(text), endpoint) == expected


TWO = "Patients were randomised to velatinib (n = 60) or placebo (n = 62). "


@pytest.mark.parametrize(
    ("sentence", "endpoint", "expected"),
    [
        ("Median OS was 8.2 months (90% CI 5.9-8.9; p = 0.188) in the placebo group vs 8.9 months in the velatinib group.", "OS", "pv"),
        ("Nausea (1.0% vs 8.9%) was more common with velatinib than with placebo.", "nausea", "pv"),
        ("The ORR was 5% vs 16% (placebo vs velatinib).", "ORR", "pv"),
        ("The most frequent event was nausea (velatinib, 46%; control, 41%).", "nausea", "vp"),
        ("The ORR was 44% and 31% with velatinib and placebo, respectively; 15% and 18% discontinued treatment.", "ORR", "vp"),
    ],
    ids=["a bracket on the way", "direction", "arms in a bracket", "a general word set off", "the next clause"],
)
def test_values_find_their_arms(sentence: str, endpoint: str, expected: str) -> None:
    names = {"v": "velatinib", "p": "placebo"}
    assert [arm for arm, _ in told(extract(TWO + sentence), endpoint)] == [names[e] for e in expected]


def test_a_sentence_about_all_patients_has_no_arm() -> None:
    found = extract(TWO + "The ORR was 44% with velatinib and 31% with placebo. In the entire population, median OS was 15.5 months.")
    assert told(found, "OS") == [(None, "15.5")]


@pytest.mark.parametrize(
    "sentence",
    [
        "The ORR was higher with the combination (55%) than with monotherapy (42%).",
        "The ORR was 55% with combination and 42% with monotherapy.",
        "The ORR was 55% for the combination versus 42% for monotherapy, respectively.",
        "The ORR was 55% with the combination v 42% with monotherapy.",
    ],
)
def test_an_arm_named_by_a_general_word_needs_no_head_behind_with(sentence: str) -> None:
    text = "Patients were assigned to combination therapy (n = 60) or monotherapy (n = 62). " + sentence
    assert told(extract(text), "ORR") == [("combination therapy", "55"), ("monotherapy", "42")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Our study included 60 women with a mean age of 52.6 years.",
        "The study was opened in 60 centres; the ORR was 40%.",
        "A study of 40 men.",
    ],
)
def test_a_head_behind_a_verb_makes_no_arm_of_the_study(sentence: str) -> None:
    text = "Patients were assigned to the velatinib or the control group. The ORR was 30% in the study group and 20% in the control group. "
    found = extract(text + sentence)
    assert {c.arm for c in found.claims if c.span[0] >= len(text)} <= {None}
