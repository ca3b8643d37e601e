"""Ratios and p-values: that all of a list are found, and what each is of."""

from __future__ import annotations

import pytest

from topline.audit import audit_text


def ratios(text: str) -> list[tuple[str | None, str | None]]:
    return [(c.endpoint, c.value) for c in audit_text(text).claims if c.type == "ratio"]


def p_values(text: str) -> list[tuple[str | None, str | None]]:
    return [(c.endpoint, c.p) for c in audit_text(text).claims if c.type == "p_value"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Adding zolitinib improved EFS and OS (HR = 0.61; 95% CI, 0.45 to 0.83; P = .002 and HR "
            "= 0.74; 95% CI, 0.56 to 0.99; P = .04).",
            [("EFS", "0.61"), ("OS", "0.74")],
        ),
        (
            "PFS and OS were shorter with high ctDNA (HR 2.9, 95% CI 1.8-4.7, and HR 3.6, 95% CI 2.0-6.5, respectively).",
            [("PFS", "2.9"), ("OS", "3.6")],
        ),
        (
            "Hazard ratios were as follows: for brain metastases, 0.54 (95% CI, 0.31 to 0.94); for "
            "death from sepsis, 0.93 (95% CI, 0.70 to 1.24).",
            [("brain metastases", "0.54"), ("death from sepsis", "0.93")],
        ),
        (
            "The relative risk of second primary cancer was 1.34 (95% CI: 1.10-1.63) overall, 1.56 "
            "(1.20-2.02) in women, and 1.12 (0.85-1.48) in men.",
            [("second primary cancer", "1.34"), ("second primary cancer", "1.56"), ("second primary cancer", "1.12")],
        ),
        (
            "Hazard ratios for death were 1.00 (reference), 0.91 (95% CI, 0.75-1.10) and 0.82 (95% CI, 0.67-1.01).",
            [("OS", "0.91"), ("OS", "0.82")],
        ),
        (
            "The rate ratio for colorectal cancer among all participants from baseline to the end of 2015 was 0.77 (95% CI 0.65-0.91). "
            "It was similar in the first 3 years (0.95, 0.78-1.16).",
            [("colorectal cancer", "0.77"), ("colorectal cancer", "0.95")],
        ),
        # no second ratio: the number is not the middle of its interval, or a median
        ("The hazard ratio for death was 0.77 (95% CI 0.65-0.91). The dose was high (0.95, 0.78-1.66).", [("OS", "0.77")]),
        ("The hazard ratio for death was 0.77 (95% CI 0.65-0.91); the median ratio was 2.1 (1.5-2.9).", [("OS", "0.77")]),
        (
            "The HR for mortality was 0.82 (95% CI 0.71 to 0.95) and that for colon cancer was 0.76 (95% CI 0.60 to 0.96).",
            [("OS", "0.82"), ("colon cancer", "0.76")],
        ),
        ("This is a 28% lower relative risk of death (hazard ratio, 0.72; 95% CI, 0.57 to 0.92).", [("OS", "0.72")]),
        ("The odds ratio (OR) of ovarian cancer per 5 years of use was 1.21 (95% CI, 1.04-1.41).", [("ovarian cancer", "1.21")]),
    ],
)
def test_ratios_whose_name_stands_once(text: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert ratios(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Survival was 31 weeks and was related to loss of weight (HR, 1.92; P = .001), "
            "metastatic sites (HR, 1.45; P = .04) and LDH (HR, 2.11; P < .001).",
            ["survival", "survival", "survival"],
        ),
        (
            "A high ratio was a risk factor for undergoing surgery (HR 1.8, 95% CI 1.2-2.6) and for malignancy (HR 2.2, 95% CI 1.4-3.4).",
            ["surgery", "malignancy"],
        ),
        (
            "Stage (HR = 2.41, P < 0.001) and grade (HR = 1.33, P = 0.11) were included; only stage was significant for DFS.",
            ["DFS", "DFS"],
        ),
        (
            "Smoking was associated with nausea (OR 2.0, 95% CI 1.1-3.6), fever (OR 1.9, 95% CI "
            "1.1-3.3) and hernia (OR 1.4, 95% CI 1.0-2.0).",
            ["nausea", "fever", "hernia"],
        ),
    ],
)
def test_ratios_of_factors_and_outcomes(text: str, expected: list[str]) -> None:
    assert [endpoint for endpoint, _ in ratios(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There was no significant difference (P = .43) in overall survival between the groups.", [("OS", "0.43")]),
        ("Serum CEA was higher at week 4 (P = 0.02) and week 8 (P = 0.004).", [("serum CEA", "0.02"), ("serum CEA", "0.004")]),
        (
            "The mean CEA and CRP were higher at T1 (P = 0.01 and 0.001) and T2 (P = 0.002 and <0.001), respectively.",
            [("CEA", "0.01"), ("CRP", "0.001"), ("CEA", "0.002"), ("CRP", "<0.001")],
        ),
        (
            "Age under 60 (p = 0.01) and complete resection (p < 0.001) were associated with longer survival.",
            [("OS", "0.01"), ("OS", "<0.001")],
        ),
        (
            "Local control was better (p = 0.04), whereas neither distant metastasis (p = 0.53) nor survival (p = 0.71) was affected.",
            [("LC", "0.04"), ("distant metastasis", "0.53"), ("survival", "0.71")],
        ),
        ("Expression of VEGF was an independent predictor of OS (P = 0.03).", [("OS", "0.03")]),
        # levels and no p-values
        ("The significance level was set at p=0.0245 for progression-free survival and p=0.0248 for overall survival.", []),
        ("OS was tested (one-sided thresholds, p=0.012, p=0.013, and p=0.014, respectively).", []),
        ("A two-sided P<0.05 considered to indicate significance was used.", []),
        ("OS did not meet the threshold for significance (P = 0.03).", [("OS", "0.03")]),
    ],
)
def test_what_a_p_value_tests(text: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert p_values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Operative mortality at large hospitals was lower for pancreatic resection (OR 0.2; 95% "
            "CI 0.1-0.4) and gastrectomy (OR 0.4; 95% CI 0.2-0.6).",
            ["DEATH", "DEATH"],
        ),
        (
            "Smoking increased the odds of cardiotoxicity (OR = 4.6, 95% CI = 2.1-10.2), as did alcohol (OR = 2.2, 95% CI = 1.0-4.7).",
            ["cardiotoxicity", "cardiotoxicity"],
        ),
        (
            "Rates of nausea were higher with velotinib (OR, 2.1; 95% CI, 1.6-2.9), as were rates of rash (OR, 4.0; 95% CI, 2.7-5.9).",
            ["nausea", "rash"],
        ),
        (
            "Adjusted hazard ratios (95% CIs) for quartiles 2 and 3 relative to quartile 1 were "
            "1.12 (0.90-1.39) and 1.55 (1.24-1.93) for colon cancer.",
            ["colon cancer", "colon cancer"],
        ),
        (
            "They were less likely to receive radiotherapy (OR, 0.64; 95% CI, 0.55-0.74) and more "
            "likely to die (OR, 1.2; 95% CI, 1.1-1.4).",
            ["radiotherapy", "DEATH"],
        ),
        (
            "Mortality fell by 30% (RR, 0.70; 95% CI, 0.55 to 0.90), and that of nurses by 22% (RR, 0.78; 95% CI, 0.60 to 1.01).",
            ["DEATH", "nurses"],
        ),
        ("The risk of second cancers had doubled (standardised incidence ratio, 2.9; 95% CI, 2.0-4.1).", ["second cancers"]),
        ("The odds ratio was 0.86 (95% CI 0.78 to 0.95; P = 0.002) for relapse at 2 years.", ["RECUR"]),
    ],
)
def test_what_a_list_of_ratios_is_of(text: str, expected: list[str]) -> None:
    assert [endpoint for endpoint, _ in ratios(text)] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The median age was 58 (range, 24 to 81) and 61% were men.", [("AGE", "58", "24", "81"), ("male", "61", None, None)]),
        ("The median PFS was not reached (95% CI 14.2 months\u2013not estimable).", [("PFS", "NR", "14.2", "NR")]),
        ("The median CA 19-9 was 412 U/mL (range 12-2130).", [("CA 19-9", "412", "12", "2130")]),
        ("The median follow-up was 3 years 4 months.", [("FU", "40", None, None)]),
        ("The median duration of response was 8.3+ months (range 2.1\u201319.4+).", [("DOR", "8.3", "2.1", "19.4")]),
        ("The 3-year DFS rate was 74 (SE 3)%.", [("DFS", "74", None, None)]),
        ("PFS at 12 months was 0.62 (95% CI 0.51-0.72).", [("PFS", "0.62", "0.51", "0.72")]),
    ],
)
def test_values_in_unusual_print(sentence: str, expected: list[tuple[str | None, ...]]) -> None:
    found = [c for c in audit_text(sentence).claims if c.type in {"median", "follow_up", "proportion", "landmark_rate"}]
    assert [(c.endpoint, c.value, c.lower, c.upper) for c in found] == expected


def test_an_abbreviation_that_ends_with_a_capital_s_is_no_plural() -> None:
    assert ratios("Diabetes shortened RFS (HR, 1.5; 95% CI, 1.1-2.0) and CSS (HR, 1.6; 95% CI, 1.2-2.3).") == [
        ("RFS", "1.5"),
        ("DSS", "1.6"),
    ]
