"""Texts that are no trial of two drugs: cohorts, periods, markers, risk groups; every sentence is our own."""

from __future__ import annotations

import pytest

from topline.audit.extract import extract

TRIAL = "Patients were randomised to velatinib (n = 60) or placebo (n = 62). "


def told(text: str, endpoint: str) -> list[tuple[str | None, str | None]]:
    return [(c.arm, c.value) for c in extract(text).claims if c.endpoint == endpoint and c.type not in {"p_value", "ratio"}]


@pytest.mark.parametrize(
    ("text", "endpoint", "expected"),
    [
        (
            "The model parted low-, intermediate- and high-risk patients, whose OS at 5 years was 92%, 71% and 40%.",
            "OS",
            [("low-risk", "92"), ("intermediate-risk", "71"), ("high-risk", "40")],
        ),
        ("The ORR was 20% in low- and 41% in high-grade tumours.", "ORR", [("low", "20"), ("high-grade tumours", "41")]),
        (
            "Median OS was 30, 21 and 9 months in low, intermediate and high risk patients, respectively.",
            "OS",
            [("low", "30"), ("intermediate", "21"), ("high risk", "9")],
        ),
        (
            "The training cohort comprised 412 patients, the validation cohort 178. "
            "Median OS was 41 months in the training cohort and 38 months in the validation cohort.",
            "N",
            [("training cohort", "412"), ("validation cohort", "178")],
        ),
        (
            "We registered 141 children; 89 were stratified as standard risk and 52 as high risk. "
            "EFS was 88% for standard-risk and 64% for high-risk patients.",
            "N",
            [(None, "141"), ("standard risk", "89"), ("high risk", "52")],
        ),
        (
            "Of 2,418 patients 688 were diagnosed in 2005-2008 and 929 in 2013-2016. OS rose from 4.1 months in 2005-2008 to 5.7 months "
            "in 2013-2016.",
            "OS",
            [("2005-2008", "4.1"), ("2013-2016", "5.7")],
        ),
        (
            TRIAL + "PFS was 9 months and OS 21 months with velatinib, versus 5 and 14 months with placebo.",
            "PFS",
            [("velatinib", "9"), ("placebo", "5")],
        ),
        (
            TRIAL + "PFS was 9 months and OS 21 months with velatinib, versus 5 and 14 months with placebo.",
            "OS",
            [("velatinib", "21"), ("placebo", "14")],
        ),
        (
            TRIAL + "The 3-year EFS was 85% (SE 1.7%) for velatinib and 81% (standard error, 1.9%) for placebo.",
            "EFS",
            [("velatinib", "85"), ("placebo", "81")],
        ),
        (
            "ZEB2 staining was found in 92 (58.2%) of the carcinomas and in 7 (11.7%) of the normal samples.",
            "ZEB2 staining",
            [("carcinomas", "58.2"), ("normal samples", "11.7")],
        ),
        (
            "KRB mutations were seen in 45% of colorectal cancers and 12% of gastric cancers.",
            "KRB mutations",
            [("colorectal cancers", "45"), ("gastric cancers", "12")],
        ),
        (
            TRIAL + "Rash and itching occurred in 10% and 12% of the velatinib group versus 3% and 4% of the placebo group.",
            "itching",
            [("velatinib", "12"), ("placebo", "4")],
        ),
        ("The sensitivity and specificity of CT were 87%, 92%, compared with 76%, 89%.", "sensitivity", [(None, "87"), (None, "76")]),
    ],
)
def test_groups_of_other_designs(text: str, endpoint: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert told(text, endpoint) == expected


def test_a_time_before_its_endpoint_is_not_that_of_the_value_before() -> None:
    rates = extract("The 1-year OS rate was 60% and the 2-year OS rate was 40%.").claims
    assert [(c.value, c.time) for c in rates] == [("60", "1 years"), ("40", "2 years")]


@pytest.mark.parametrize(
    ("text", "endpoint", "expected"),
    [
        (
            "Of 3,562 patients, 611 were operated on in low-, 1,384 in medium- and 1,567 in high-volume hospitals. "
            "Mortality was 5.6%, 3.9% and 2.4%, respectively.",
            "DEATH",
            [("low", "5.6"), ("medium", "3.9"), ("high-volume hospitals", "2.4")],
        ),
        (
            "The 5-year OS was 31% for patients with a high NLR and 55% for those with a low NLR. "
            "In the subgroup with node-negative disease the corresponding figures were 48% and 67%.",
            "OS",
            [("a high NLR", "31"), ("a low NLR", "55"), ("a high NLR", "48"), ("a low NLR", "67")],
        ),
        (
            "We accrued 38 patients (phase I, n = 12; phase II, n = 26), with a median age of 66 years. "
            "The ORR was 20% in phase I and 31% in phase II.",
            "AGE",
            [(None, "66")],
        ),
    ],
)
def test_groups_named_before(text: str, endpoint: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert told(text, endpoint) == expected


def test_a_year_is_no_count_of_patients() -> None:
    text = "All patients operated on between 2014 and 2018 were included. Of 356 patients, 61 had complications."
    assert "2018" not in [c.value for c in extract(text).claims if c.type == "count"]
