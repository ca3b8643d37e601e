"""Groups of patients that a sentence itself names: every sentence is this project's own, drugs are invented."""

from __future__ import annotations

import pytest

from topline.audit.extract import extract

TRIAL = "Patients were randomised to velatinib (n = 60) or placebo (n = 62). "


def told(text: str, endpoint: str) -> list[tuple[str | None, str | None]]:
    return [
        (c.arm, c.value) for c in extract(text).claims if c.endpoint == endpoint and c.type in {"proportion", "median", "landmark_rate"}
    ]


@pytest.mark.parametrize(
    ("text", "endpoint", "expected"),
    [
        ("The ORR was 41% after A + RT and 24% after RT (p = 0.04).", "ORR", [("A + RT", "41"), ("RT", "24")]),
        (
            "ORR was seen in 26 (36%) of 73 patients for velatinib and three (4%) of 75 for rutoxane.",
            "ORR",
            [("velatinib", "36"), ("rutoxane", "4")],
        ),
        ("Median OS was 12.2 months in initial than in recurrent leptomeningitis (p = 0.3).", "OS", [(None, "12.2")]),
        (
            "Median OS was longer in initial than in recurrent glioma patients (12.2 vs 9.6 months).",
            "OS",
            [("initial", "12.2"), ("recurrent glioma", "9.6")],
        ),
        (
            "The ORR in patients with and without KRB mutation was 34% (95% CI 24-45) and 7% (95% CI 1-22), respectively.",
            "ORR",
            [("with KRB mutation", "34"), ("without KRB mutation", "7")],
        ),
        (
            "Median PFS was 12.3 months with and 7.6 months without velatinib.",
            "PFS",
            [("with velatinib", "12.3"), ("without velatinib", "7.6")],
        ),
        (
            "Median OS was 8 months with reirradiation vs 3 months without reirradiation.",
            "OS",
            [("with reirradiation", "8"), ("without reirradiation", "3")],
        ),
        ("The 5-year OS of patients who never developed metastases was 90%.", "OS", [("never developed metastases", "90")]),
        ("The 3-year PFS of low-grade tumors was 62%.", "PFS", [("low-grade", "62")]),
        ("KRB mutations were present in 60% of cases vs. 28% of controls.", "KRB mutations", [("cases", "60"), ("controls", "28")]),
        (
            "The ORR was higher in patients who develop rash than in patients who remain well (40% vs. 20%).",
            "ORR",
            [("rash", "40"), ("well", "20")],
        ),
        (
            "Patients with KRB rearrangement had a shorter median OS (9.6 months versus 15.7 months).",
            "OS",
            [("KRB rearrangement", "9.6"), ("without KRB rearrangement", "15.7")],
        ),
        (
            "Their median PFS was shorter (5 v 9 months) compared to those without rash.",
            "PFS",
            [("with rash", "5"), ("without rash", "9")],
        ),
        ("FISH versus IHC testing showed no difference in OS (27.5 vs. 27.4 months).", "OS", [("FISH", "27.5"), ("IHC testing", "27.4")]),
        ("Women had a higher ORR than men (40% vs 22%).", "ORR", [("Women", "40"), ("men", "22")]),
        ("Of those given velatinib, 30% had a CR and of those given rutoxane, 12%.", "CR", [("velatinib", "30"), ("rutoxane", "12")]),
    ],
)
def test_groups_of_a_sentence_are_its_arms(text: str, endpoint: str, expected: list[tuple[str | None, str]]) -> None:
    assert told(text, endpoint) == expected


def test_a_group_that_is_an_arm_of_the_text_keeps_its_name() -> None:
    text = TRIAL + "The ORR was 40% among patients given velatinib and 12% among those given placebo."
    assert told(text, "ORR") == [("velatinib", "40"), ("placebo", "12")]
    assert [c.n for c in extract(text).claims if c.endpoint == "ORR"] == [60, 62]


def test_what_patients_have_is_no_group_of_them() -> None:
    text = TRIAL + "44 (28%) were women, 111 (72%) were men and 36% had stage IB disease."
    assert {c.arm for c in extract(text).claims if c.type == "proportion"} == {None}


def test_the_patients_in_whom_others_are_compared_are_left_off() -> None:
    text = "Among patients with ERB2-positive sarcoma, those who received velatinib had a higher ORR than those who did not (89% vs 78%)."
    assert [value for _, value in told(text, "ORR")] == ["89", "78"]
    assert [arm for arm, _ in told(text, "ORR")] == ["velatinib", "not velatinib"]


def test_the_next_sentence_speaks_of_the_same_groups() -> None:
    text = "The ORR was 41% after A + RT and 24% after RT. The 1-year OS rates were 46% and 39% (p = 0.71)."
    assert told(text, "OS") == [("A + RT", "46"), ("RT", "39")]


def test_follow_up_is_of_all_patients_unless_an_arm_stands_by_it() -> None:
    found = extract(TRIAL + "After a median follow-up of 62 months, velatinib did not prolong OS.")
    assert [(c.arm, c.value) for c in found.claims if c.endpoint == "FU"] == [(None, "62")]
    found = extract(TRIAL + "Median follow-up was 31 and 30 months in the velatinib and placebo groups.")
    assert [(c.arm, c.value) for c in found.claims if c.endpoint == "FU"] == [("velatinib", "31"), ("placebo", "30")]


def test_the_words_after_two_values_tell_whose_they_are() -> None:
    text = TRIAL + "Hypertension (19% vs 3%) and rash (8% vs 2%) were more common with velatinib."
    assert told(text, "hypertension") == [("velatinib", "19"), ("placebo", "3")]
    text = TRIAL + "Hypertension (3% vs 19%) was more common with velatinib."
    assert told(text, "hypertension") == [("placebo", "3"), ("velatinib", "19")]


def test_three_pairs_that_speak_against_the_order_of_naming_turn_it_round() -> None:
    start = TRIAL + "Velatinib improved on placebo for "
    three = start + "3-year PFS (13% v 23%), 3-year OS (40% v 52%) and local recurrence (22% v 12%)."
    assert told(three, "PFS") == [("placebo", "13"), ("velatinib", "23")]
    one = start + "3-year PFS (13% v 23%)."
    assert told(one, "PFS") == [("velatinib", "13"), ("placebo", "23")]


def test_three_groups_of_a_sentence_though_the_text_introduces_two() -> None:
    text = TRIAL + "The ORR was 48% in the velatinib group, 31% in the placebo group and 22% in the rutoxane plus velatinib group."
    assert told(text, "ORR") == [("velatinib", "48"), ("placebo", "31"), ("rutoxane plus velatinib", "22")]


def test_an_interval_whose_name_stands_with_an_earlier_value() -> None:
    text = "A complete response was seen in 13 (24%, 95% CI 15-37) patients given A and in eight (17%, 8-30) of 47 patients given B."
    found = [(c.value, c.lower, c.upper) for c in extract(text).claims if c.endpoint == "CR"]
    assert found == [("24", "15", "37"), ("17", "8", "30")]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The ORR was 52%, 45% and 44% in patients receiving T + D + CT, D + CT and CT, respectively.", ["T + D + CT", "D + CT", "CT"]),
        ("The ORR for periods A, B, and C was 52%, 45% and 44%, respectively.", ["period A", "period B", "period C"]),
        ("The ORR was 52%, 45% and 44% with velatinib plus oxane, velatinib plus lutane and velatinib, respectively.",
         ["velatinib plus oxane", "velatinib plus lutane", "velatinib"]),
    ],
)  # fmt: skip
def test_a_list_of_groups_that_respectively_ties_to_as_many_values(sentence: str, expected: list[str]) -> None:
    assert told(TRIAL + sentence, "ORR") == list(zip(expected, ["52", "45", "44"], strict=True))


def test_cut_offs_are_no_results() -> None:
    text = "The ORR was 12% (5%/25%/50% cut-offs) in smokers."
    assert [c.value for c in extract(text).claims] == ["12"]


def test_the_patients_in_whom_the_arms_are_compared_are_no_arm() -> None:
    text = TRIAL + "In patients without metastases, the ORR was higher in patients who received velatinib: 26% versus 13%."
    assert told(text, "ORR") == [("velatinib", "26"), ("placebo", "13")]


def test_a_second_ratio_of_a_sentence_needs_no_name() -> None:
    text = TRIAL + "The hazard ratio was 0.79 (95% CI, 0.53 to 1.18; P = .25) for OS and was 0.75 (95% CI, 0.52 to 1.10) for PFS."
    found = [(c.endpoint, c.value, c.upper) for c in extract(text).claims if c.type == "ratio"]
    assert found == [("OS", "0.79", "1.18"), ("PFS", "0.75", "1.10")]


def test_a_ratio_without_a_name_is_of_the_values_before_it() -> None:
    text = TRIAL + "Bleeding occurred in 12 (20%) given velatinib and 9 (15%) given placebo (hazard ratio, 1.40; 95% CI, 0.89 to 2.21)."
    assert [c.endpoint for c in extract(text).claims if c.type == "ratio"] == ["bleeding"]


def test_a_limit_of_its_own_is_not_five_percent() -> None:
    from topline.audit import audit_text

    text = TRIAL + "PFS was longer with velatinib but did not meet the threshold for statistical significance (p=0.0178)."
    assert not [v for v in audit_text(text).verdicts if v.check == "F2"]


@pytest.mark.parametrize(
    ("text", "endpoint", "expected"),
    [
        (
            "PFS was 8.1 months in patients treated every 2 weeks and 7.6 months in patients treated every 3 weeks.",
            "PFS",
            [("every 2 weeks", "8.1"), ("every 3 weeks", "7.6")],
        ),
        (
            "The ORR was 22.0% in the tilvanib every 4 weeks group and 23.2% in the tilvanib every 12 weeks group.",
            "ORR",
            [("tilvanib every 4 weeks", "22.0"), ("tilvanib every 12 weeks", "23.2")],
        ),
        (
            "Patients who received tilvanib every 2 weeks had a higher ORR than those who received tilvanib every 3 weeks (36% vs 16%).",
            "ORR",
            [("tilvanib every 2 weeks", "36"), ("tilvanib every 3 weeks", "16")],
        ),
    ],
)
def test_schedules_are_groups(text: str, endpoint: str, expected: list[tuple[str, str]]) -> None:
    assert told(text, endpoint) == expected


@pytest.mark.parametrize(
    ("text", "endpoint", "expected"),
    [
        (TRIAL + "More women in the velatinib group had rash (28% vs 18%).", "rash", [("velatinib", "28"), ("placebo", "18")]),
        (TRIAL + "Rash was seen in 28% of women randomised to velatinib compared to 18% in the placebo group.", "rash", None),
        ("Rash was more common in women than in men (28% vs 18%).", "rash", [("women", "28"), ("men", "18")]),
        ("The women with dense breasts had rash more often than the women with less dense breasts (28% vs 18%).", "rash", None),
    ],
)
def test_women_are_a_group_only_beside_men(text: str, endpoint: str, expected: list[tuple[str, str]] | None) -> None:
    found = told(text, endpoint)
    assert [v for _, v in found] == ["28", "18"]
    assert found == expected or (expected is None and found[0][0] != found[1][0] and "women" not in {found[0][0], found[1][0]})


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("In the high-, intermediate-, and low-risk groups, 3-year OS was 22%, 49%, and 77%.",
         [("high-risk", "22"), ("intermediate-risk", "49"), ("low-risk", "77")]),
        ("In patients with stage I, II and III tumours the 10-year OS was 95%, 81% and 52%, respectively.",
         [("stage I", "95"), ("stage II", "81"), ("stage III", "52")]),
        ("For the 8- and 24-week assignments, 5-year OS rates were 71% (95% CI, 65 to 77) and 74% (95% CI, 68 to 80), respectively.",
         [("8-week", "71"), ("24-week", "74")]),
        ("Median OS was 9.1 and 13.3 months in the 240-mg and 960-mg groups.", [("240-mg", "9.1"), ("960-mg", "13.3")]),
        ("OS at 5 years was 79% after mastectomy and 81% after breast-conserving surgery.",
         [("mastectomy", "79"), ("breast-conserving surgery", "81")]),
        ("Three-year OS was 58%: 71% in responders and 39% in nonresponders.",
         [(None, "58"), ("responders", "71"), ("nonresponders", "39")]),
        ("Patients with high LDH had a median OS of 8.2 months, as opposed to 19.6 months for those with normal LDH.",
         [("high LDH", "8.2"), ("normal LDH", "19.6")]),
        ("Patients younger than 60 years had a 2-year OS of 74%; in older patients it was 52%.",
         [("younger than 60 years", "74"), ("older", "52")]),
    ],
)  # fmt: skip
def test_groups_that_a_sentence_lists_or_ties_to_its_values(sentence: str, expected: list[tuple[str | None, str]]) -> None:
    assert told(sentence, "OS") == expected


def test_a_list_of_what_patients_have_is_no_list_of_groups() -> None:
    found = extract("The proportions of patients having nausea and vomiting were 12% and 9%, respectively.").claims
    assert [(c.arm, c.value) for c in found] == [(None, "12"), (None, "9")]
