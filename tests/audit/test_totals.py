"""How many patients a text speaks of: sentences of this project's own."""

from __future__ import annotations

import pytest

from topline.audit.extract import extract


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients (n = 1,013) with sarcoma were randomly assigned to velatinib or placebo.", ["1013"]),
        ("Of the 410 patients, 204 (50%) had a response.", ["410"]),
        ("Seventy-three patients consented, and 64 were randomly assigned and included.", ["73", "64"]),
        ("A number of 120 patients were included in the study.", ["120"]),
        ("Expression was assessed in 2182 lung cancer cases.", ["2182"]),
        ("A retrospective analysis of 136 breasts of 134 patients, who received surgery, was done.", ["134"]),
        ("A total of 864 patients (66% male; median age, 58) were enrolled.", ["864"]),
        ("Of 1386 enrolled patients, 690 were randomly assigned to velatinib and 696 to placebo.", ["1386", "690", "696"]),
        ("577 of 1345 screened patients were randomly assigned.", ["577"]),
        ("80 patients, of whom 56 (70%) had a frail profile, were randomly assigned.", ["80"]),
        ("Of 264 patients who were screened, 172 (65%) patients were randomly assigned.", ["172"]),
        ("This trial of 81 men with prostate cancer measured pain.", ["81"]),
        ("A placebo-controlled trial in 4,560 high-risk postmenopausal women showed fewer cancers.", ["4560"]),
        ("We conducted, over two years, a randomised study of 129 young sedentary women.", ["129"]),
        ("A total of 424 survivors of breast cancer were screened, and 288 were randomized.", ["288"]),
        ("In all, 420 patients were enrolled, of whom 411 were analysed.", ["420", "411"]),
        ("A total of 343 patients were screened and 263 were eligible and were randomly assigned.", ["263"]),
        ("In 2014, 185 patients were enrolled, 174 of whom were randomly assigned: 85 to velatinib and 89 to placebo.", ["185", "174"]),
        ("Outcome in 82 consecutive patients with thyroid cancer was retrospectively analyzed.", ["82"]),
        ("Expression was evaluated by staining in 158 gastric cancer samples from patients who underwent surgery.", ["158"]),
        ("Of 16 608 women who were enrolled, 12 000 had no event.", ["16608"]),
        ("Eight-thousand four-hundred twenty-two patients were enrolled.", ["8422"]),
        (
            "In all, 168 patients age 18 years or older who experienced progression during therapy were randomly assigned to velatinib.",
            ["168"],
        ),
        ("Of 512 men assessed, 318 underwent randomisation.", ["318"]),
        ("We screened 611 patients and randomly assigned 402 of them.", ["402"]),
        ("Eligibility criteria were met by 187 of the 240 patients screened.", ["187"]),
        ("Efficacy was assessable in 61 of 66 enrolled patients.", ["66"]),
        ("Forty-one (62%) of 66 invited patients took part.", ["41"]),
        ("The trial was closed with 142 of the planned 300 patients recruited.", ["142"]),
        ("Recruitment was stopped after the inclusion of 97 patients.", ["97"]),
        ("This study included patients with thymoma (n=72) who underwent surgery.", ["72"]),
        ("Of 930 women, 585 of whom were randomly allocated, 12 left.", ["585"]),
        ("In 2011, 1084 were asked and 693 patients were ineligible, leaving 391 eligible patients who were randomly assigned.", ["391"]),
        ("Records were reviewed for 337 patients.", ["337"]),
        ("After exclusion of 14 patients, 120 patients were analysed.", ["120"]),
        ("In all, 1274 patients with a score of 1% or greater were allocated to velatinib.", ["1274"]),
        ("Patients received velatinib (n = 31) for a year.", []),
        ("In an earlier trial of another drug, pain was rare.", []),
    ],
)
def test_the_total_is_read_in_all_its_forms(text: str, expected: list[str]) -> None:
    found = [c.value for c in extract(text).claims if c.type == "count" and c.endpoint == "N"]
    assert [value for value in expected if value not in found] == []
    assert expected or not found


def test_the_sexes_of_a_bracket_are_no_totals() -> None:
    claims = extract("We enrolled 190 patients (157 men and 33 women).").claims
    assert [c.value for c in claims if c.type == "count" and c.endpoint == "N"] == ["190"]


def test_those_who_met_the_criteria_are_the_study() -> None:
    text = (
        "The registry reported 104 patients. A chart review identified 27 patients who met our criteria. T1 tumors were seen in 21 (77.8%)."
    )
    assert [(c.x, c.n) for c in extract(text).claims if c.type == "proportion"] == [(21, 27)]
    assert "58" in [c.value for c in extract("58 out of 88 patients had samples available for analysis.").claims]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of 1,530 women approached, 902 (59%) consented and were randomised.", ["902"]),
        ("Polymorphisms were studied in 300 chronic lymphocytic leukemia (CLL) patients.", ["300"]),
        ("In this phase 3 study, adult patients were recruited.", []),
    ],
)
def test_what_stands_between_a_number_and_its_patients(text: str, expected: list[str]) -> None:
    claims = [c.value for c in extract(text).claims if c.type == "count" and c.endpoint == "N"]
    assert all(value in claims for value in expected)
    assert expected or not claims
