"""What a value is a value of: subjects, brackets, predicates and lists, with endpoints that no lexicon knows."""

from __future__ import annotations

import pytest

from topline.audit import audit_text
from topline.audit.claims import Claim

ARMS = "Ninety patients were randomised to velotinib (n = 45) or placebo (n = 45). "


def claims(text: str, kind: str) -> list[Claim]:
    return [c for c in audit_text(text).claims if c.type == kind]


def named(text: str, kind: str = "proportion") -> list[tuple[str | None, str | None]]:
    return [(c.endpoint, c.value) for c in claims(text, kind)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Wound dehiscence occurred in 12% of patients.", [("wound dehiscence", "12")]),
        ("The rate of sphincter preservation was 71%.", [("sphincter preservation", "71")]),
        ("The incidence of chest wall pain in patients with large tumours was 8%.", [("chest wall pain", "8")]),
        ("Sixty patients completed treatment; 31% died and 24% relapsed.", [("DEATH", "31"), ("RECUR", "24")]),
        ("Of the patients, 44% were female.", [("female", "44")]),
        ("Overall, 18% of the patients discontinued treatment owing to adverse events.", [("DISC", "18")]),
        ("Grade 3 nail toxicity (14%), eyelid oedema (9%) and taste loss (7%) were seen.", None),
        ("Rash was the most frequently reported adverse event of any grade (38%).", [("rash", "38")]),
        ("Stable disease was the best response in 40% of patients.", [("SD", "40")]),
        ("A PSA response was seen in 26%.", [("PSA response", "26")]),
        ("KRAS mutations were found in 36.5% of tumours.", [("KRAS mutations", "36.5")]),
        ("Velotinib led to dose reduction in 22% of patients.", [("DOSERED", "22")]),
        ("Late xerostomia was similar in the two groups (18% v 20%).", [("xerostomia", "18"), ("xerostomia", "20")]),
        ("Treatment-related grade 3 or 4 adverse events occurred in 61% of patients.", [("TRAE3", "61")]),
        ("90% of the planned dose was delivered.", [("planned dose delivered", "90")]),
    ],
)
def test_a_percentage_is_named_by_its_phrase(sentence: str, expected: list[tuple[str, str]] | None) -> None:
    found = named(f"Ninety patients were treated. {sentence}")
    if expected is None:
        expected = [("nail toxicity", "14"), ("eyelid oedema", "9"), ("taste loss", "7")]
    assert [(str(name).lower(), value) for name, value in found] == [(name.lower(), value) for name, value in expected]


def test_a_clause_about_patients_is_no_endpoint() -> None:
    text = ARMS + "The response rate was higher for patients who developed rash (38% v 19%; P = 0.04)."
    assert named(text) == [("ORR", "38"), ("ORR", "19")]
    assert named(text, "p_value") == [("ORR", "0.04")]


def test_p_values_of_a_list_have_each_its_own_subject() -> None:
    text = ARMS + "Velotinib improved global health (P = 0.02), emotional functioning (t = 2.31, P = 0.03) and fatigue (P = 0.004)."
    assert named(text, "p_value") == [("global health", "0.02"), ("emotional functioning", "0.03"), ("fatigue", "0.004")]


def test_as_many_series_as_endpoints() -> None:
    text = ARMS + (
        "The 5-year overall survival, disease-free survival and distant metastasis-free survival rates were 85.2% vs. 78.9% (P = 0.32), "
        "71.6% vs. 71.0% (P = 0.85) and 80.9% vs. 80.1% (P = 0.93) for velotinib and placebo, respectively."
    )
    assert named(text, "landmark_rate") == [
        ("OS", "85.2"),
        ("OS", "78.9"),
        ("DFS", "71.6"),
        ("DFS", "71.0"),
        ("DMFS", "80.9"),
        ("DMFS", "80.1"),
    ]
    assert named(text, "p_value") == [("OS", "0.32"), ("DFS", "0.85"), ("DMFS", "0.93")]


def test_rates_over_time_are_landmarks() -> None:
    text = ARMS + "The 8-year cumulative incidence of contralateral tumours was 10.3% with velotinib and 7.4% with placebo."
    found = claims(text, "landmark_rate")
    assert [(c.endpoint, c.value, c.time) for c in found] == [("contralateral tumours", v, "8 years") for v in ("10.3", "7.4")]
    assert not claims(ARMS + "The response rate at 3 months was 40% with velotinib and 20% with placebo.", "landmark_rate")


def test_nine_year_is_a_time_and_no_name() -> None:
    found = claims(ARMS + "Nine-year DFS was 62.9% with velotinib and 62.5% with placebo.", "landmark_rate")
    assert [(c.endpoint, c.time) for c in found] == [("DFS", "9 years")] * 2


def test_neither_reached() -> None:
    assert named("Ninety patients were treated. Median duration of response and median OS were not reached.", "median") == [
        ("DOR", "NR"),
        ("OS", "NR"),
    ]


def test_what_is_no_result() -> None:
    text = (
        "Liver metastases occur in 20% of colon cancers. Ninety patients were treated between 01/2001 and 12/2006. "
        "Ten showed "
        "a 25-50% reduction in size, and dose was lowered by more than 50% in none. "
        "Pain fell by 31%, an improvement of 12% (from 50% to 38%)."
    )
    assert named(text) == []


def test_grades_in_a_list_are_no_counts() -> None:
    found = claims("Ninety patients were treated. Skin toxicity was grade 1 (24%), 2 (67%) and 3 (9%).", "proportion")
    assert [(c.value, c.x, c.grade) for c in found] == [("24", None, "1"), ("67", None, "2"), ("9", None, "3")]


def test_means_and_medians_of_anything() -> None:
    text = (
        ARMS + "The median hospital stay was 3 and 9 days, respectively. The mean number of procedures was lower (1.6 vs 2.3; P = 0.003)."
    )
    assert named(text, "median") == [("hospital stay", "3"), ("hospital stay", "9")]
    assert [c.value for c in claims(text, "mean_sd")] == ["1.6", "2.3"]


def test_ratios_with_their_own_endpoints_behind_for() -> None:
    text = (
        ARMS + "Hazard ratios (HRs) were 0.99 for disease-free survival (DFS) (95% CI: 0.77-1.26; p=0.91), "
        "and 0.85 for overall survival (OS) (95% CI: 0.62-1.15; p=0.29)."
    )
    found = claims(text, "ratio")
    assert [(c.endpoint, c.value, c.lower, c.p) for c in found] == [("DFS", "0.99", "0.77", "0.91"), ("OS", "0.85", "0.62", "0.29")]


def test_a_p_value_that_opens_the_ratios_bracket() -> None:
    found = claims(ARMS + "OS was longer with velotinib [P = 0.001; HR, 0.42; 95% CI, 0.24-0.74].", "ratio")
    assert [(c.endpoint, c.p) for c in found] == [("OS", "0.001")]
    assert claims(ARMS + "OS was longer with velotinib [P = 0.001; HR, 0.42; 95% CI, 0.24-0.74].", "p_value") == []


def test_these_values_are_those_of_the_sentence_before() -> None:
    text = ARMS + (
        "In fit patients, median survival was 30 weeks (22-39) and 28 weeks (14-42), respectively. "
        "In patients with a poor condition, these values were 18 weeks (15-22) and 21 weeks (13-29), respectively."
    )
    assert [c.endpoint for c in claims(text, "median")] == ["OS"] * 4


def test_a_prognostic_factor_is_no_endpoint() -> None:
    text = "Ninety patients were treated. Former smokers (P = 0.02), but not current smokers (P = 0.35), had a longer PFS."
    assert named(text, "p_value") == [("PFS", "0.02"), ("PFS", "0.35")]


def test_values_of_one_bracket_and_lists_of_names() -> None:
    text = ARMS + "The commonest severe toxicity was neutropenia (velotinib, 20 [44%]; placebo, 4 [9%])."
    assert named(text) == [("neutropenia", "44"), ("neutropenia", "9")]
    text = "Ninety patients were treated. In all, 31.3%, 37.5% and 31.2% of patients reached TRG0, TRG1 and TRG2, respectively."
    assert named(text) == [("TRG0", "31.3"), ("TRG1", "37.5"), ("TRG2", "31.2")]


def test_the_total_of_a_study_that_enrols_nobody_in_words() -> None:
    for sentence in ("Sixty patients were divided at random into two parts.", "This is a cohort study on 60 patients with sarcoma."):
        assert [(c.endpoint, c.value) for c in claims(f"{sentence} The response rate was 40%.", "count")] == [("N", "60")]
