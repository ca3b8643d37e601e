"""Sizes of arms in all the forms in which texts print them: sentences of this project's own."""

from __future__ import annotations

import pytest

from topline.audit.extract import extract

RESULT = " The ORR was 44% with velatinib and 31% with placebo."


def sizes(text: str) -> list[int | None]:
    return [arm.n for arm in extract(text).arms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Velatinib was given to 127 patients and placebo was given to 131 patients.", [127, 131]),
        ("Velatinib plus drainage was used in 80 patients (group A); placebo was only used in 79 patients (group B).", [80, 79]),
        ("Velatinib was administered in 57 women and placebo in 61.", [57, 61]),
        ("Randomly, velatinib (1 mg a day) was used in 10 patients and placebo (20 mg) in the other 11 patients.", [10, 11]),
    ],
)
def test_the_arm_stands_before_its_size(text: str, expected: list[int]) -> None:
    assert sizes(text + RESULT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients were randomly assigned to velatinib (312 [50%]) or placebo (310 [50%]).", [312, 310]),
        ("Patients were randomly assigned (1:1) to velatinib (n=312 [50%]) or placebo (n=310 [50%]).", [312, 310]),
        ("Of 622 patients, all were randomly assigned to velatinib (312; 50.2%) or placebo (310; 49.8%).", [312, 310]),
        ("In all, 129 patients were recruited (velatinib 64, placebo 65) between 1994 and 1999.", [64, 65]),
        ("We randomly allocated 191 (67%) of 286 eligible patients to the velatinib group and 95 (33%) to the placebo group.", [191, 95]),
        ("Patients were randomised 214 to velatinib without drainage and 221 to placebo plus drainage.", [214, 221]),
        ("The trial randomised 150 patients to 100 for velatinib and 50 for placebo.", [100, 50]),
        ("In all, 3,690 women were enrolled, 2,056 of whom received velatinib and 1,634 received placebo.", [2056, 1634]),
        ("Patients were randomised, 70 to velatinib and 69 to placebo arm; 129 and 89 filled in a form, respectively.", [70, 69]),
        ("In total, 207 and 201 patients were enrolled to velatinib and placebo, respectively.", [207, 201]),
        ("Of 369 patients, 187 were allocated for velatinib and 182 were randomly assigned to the placebo group.", [187, 182]),
    ],
)
def test_sizes_beside_the_arm(text: str, expected: list[int]) -> None:
    assert sizes(text + RESULT) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Of 364 patients, 353 were eligible (353 eligible: arm A, n = 177; arm B, n = 176).",
        "After 9 were excluded (5 in each arm), the sizes were as told (analysed: arm A, n = 177; arm B, n = 176).",
    ],
)
def test_a_list_in_a_bracket_may_have_a_lead(text: str) -> None:
    told = "Patients were assigned to velatinib (arm A) or placebo (arm B). The ORR was 44% in arm A and 31% in arm B. "
    assert sizes(told + text) == [177, 176]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In the velatinib and placebo groups, 54 and 55 patients were analysed; death was seen in seven (13.0%) and 15 (27.3%).", None),
        ("Of 782, 300 received velatinib and 310 received placebo. Bleeding: 2 in the velatinib group (2%) and 3 in placebo.", 300),
        (
            "Of 109 patients, 54 received velatinib and 55 received placebo. Stops due to toxicity were seen in seven (13.0%) and 15 "
            "(27.3%) patients in the velatinib and placebo arms, respectively.",
            54,
        ),
        (
            "Of the 257 patients in the velatinib group, 83 had pain. Of the 259 patients in the placebo group, 92 had pain. In all, 34 "
            "events linked to cancer occurred: 18 in the velatinib group, and 16 in the placebo group.",
            257,
        ),
        (
            "In total, 865 evaluable patients (434 velatinib and 431 placebo) were enrolled. Eight had failures (five velatinib and "
            "three placebo).",
            434,
        ),
        ("Between March 1987 and May 1996, patients received velatinib or placebo.", None),
    ],
)
def test_events_and_years_are_no_sizes(text: str, expected: int | None) -> None:
    assert sizes(text + RESULT)[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients received velatinib every 4 weeks (mean age, 59 years; 173 women [86%]) or placebo.", {}),
        (
            "In all, 416 women were randomized: 200 patients received velatinib every 4 weeks (mean age, 59 years), 203 patients received "
            "velatinib every 12 weeks (mean age, 58 years), and 13 patients received placebo. Events occurred in 22.0% in the velatinib "
            "every 4 weeks group and 23.2% in the velatinib every 12 weeks group.",
            {"velatinib every 4 weeks": 200, "velatinib every 12 weeks": 203, "placebo": 13},
        ),
        (
            "In all, 705 patients were assigned to low-dose velatinib and no aspirin, 704 to high-dose velatinib and no aspirin, 571 to "
            "low-dose velatinib and aspirin, and 577 to high-dose velatinib and aspirin. Death was seen in 10.1% with low-dose velatinib "
            "and no aspirin, 11.2% with high-dose velatinib and no aspirin, 12.3% with low-dose velatinib and aspirin, and 9.4% with "
            "high-dose velatinib and aspirin.",
            {
                "low-dose velatinib and no aspirin": 705,
                "high-dose velatinib and no aspirin": 704,
                "low-dose velatinib and aspirin": 571,
                "high-dose velatinib and aspirin": 577,
            },
        ),
        (
            "Patients were randomly assigned to receive 30 mg (n = 73) or 90 mg (n = 76) of velatinib or to receive placebo (n = 74). "
            "Mucositis was seen in 54% with velatinib 30 mg, 43% with velatinib 90 mg and 65% with placebo.",
            {"velatinib 30 mg": 73, "velatinib 90 mg": 76, "placebo": 74},
        ),
        (
            "Patients were randomised to testing at 6 and 12 months after surgery (high-frequency group; n = 1253 patients) or at 12 "
            "months after surgery (low-frequency group; n = 1256 patients). Death was seen in 13.0% in the high-frequency group and "
            "14.1% in the low-frequency group.",
            {"high-frequency group": 1253, "low-frequency group": 1256},
        ),
    ],
)
def test_arms_of_one_drug(text: str, expected: dict[str, int]) -> None:
    assert {a.name: a.n for a in extract(text).arms if a.n} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("All 164 got platinum either with (n = 85) or without (n = 79) velatinib.", [85, 79]),
        ("Four hundred patients were randomised to receive radiotherapy (n = 208) or not (n = 192).", [208, 192]),
        ("In all, 3,690 women were enrolled, 2,056 of whom received velatinib and 1,634 did not.", [2056, 1634]),
        ("Data of 148 patients (33 resected, 115 unresectable) were pooled.", [33, 115]),
        ("The study had 45 patients (25 with famotidine and 20 controls).", [25, 20]),
        ("We compared the workbook (n = 20) with no-workbook controls (n = 22) in 42 patients.", [20, 22]),
    ],
)
def test_sizes_that_add_up_make_arms(text: str, expected: list[int]) -> None:
    assert sizes(text + " The ORR was 40%.") == expected


KNOWN = "Patients were randomly assigned to velatinib plus docetaxel (arm A) or docetaxel alone (arm B). "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of 327 patients, 163 arm A patients were compared with 164 arm B patients.", [163, 164]),
        (
            "In all, 598 patients were randomly assigned (301 to arm A, 297 to arm B) and 555 (283 in arm A, 272 in arm B) treated.",
            [301, 297],
        ),
        ("Enrolled were 338 patients: 170 to arm A and 168 to arm B.", [170, 168]),
        ("In total, 329 patients were randomised (arm A, 219; and arm B, 110; mean age, 48.8 years).", [219, 110]),
        ("There were 65 patients in all, 12 of whom relapsed in arm A and 14 in arm B.", [None, None]),
        ("The response was better (14.3%; n = 63) in arm A than in arm B (7.0%; n = 31).", [None, None]),
        ("In all, 180 patients were enrolled, with 90 assigned to each treatment group.", [90, 90]),
        ("The trial enrolled 754 patients, 377 per arm.", [377, 377]),
        ("Each group had 45 patients.", [45, 45]),
        ("There were two groups of 20 patients each.", [20, 20]),
        ("The inclusion of 180 patients per arm was needed.", [None, None]),
    ],
)
def test_sizes_beside_names_that_are_known(text: str, expected: list[int | None]) -> None:
    assert sizes(KNOWN + text + " The ORR was 44% in arm A and 31% in arm B.") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There were 751 patients: 351 received velatinib, 200 docetaxel, and 200 the combination.", [351, 200, 200]),
        (
            "Velatinib was given to all. Of the 32 patients, 16 of the 32 received velatinib; the other 16 served as placebo controls.",
            [16, 16],
        ),
        ("The velatinib arm had 82 patients and the placebo arm 81 patients.", [82, 81]),
        ("Ninety patients were divided into two groups of 45: velatinib and placebo.", [45, 45]),
        ("We randomised 550 women with (n = 276) or without (n = 274) velatinib.", [276, 274]),
    ],
)
def test_sizes_of_gapped_clauses(text: str, expected: list[int]) -> None:
    told = " The ORR was 44% with velatinib, 31% with placebo, 30% with docetaxel and 50% with the combination."
    given = " The ORR was 44% with velatinib and 31% without velatinib."
    assert sizes(text + (given if "without" in text else told if len(expected) > 2 else RESULT)) == expected


def test_doses_and_times_are_arms_with_sizes() -> None:
    text = "Patients were given 20 Gy in 5 fractions (n=137) or 8 Gy in 1 fraction (n=135)."
    text += " Pain relief was 61% after 20 Gy and 53% after 8 Gy."
    assert [(arm.name[:5].strip(), arm.n) for arm in extract(text).arms] == [("20 Gy", 137), ("8 Gy", 135)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Treatment was given to 45 patients in the velatinib arm and to 48 patients in the placebo arm.", [45, 48]),
        ("Recruited were 64 women; 32 formed the velatinib group and 31 the placebo group.", [32, 31]),
        ("The trial was stopped after 230 patients: 116 on velatinib and 114 on placebo.", [116, 114]),
        ("In all, 206 of 420 patients were randomised: 103 each to velatinib or placebo.", [103, 103]),
        ("There were 145 cases (75 given velatinib; 70 given placebo) with complete follow-up.", [75, 70]),
    ],
)
def test_sizes_of_arms_told_in_passing(text: str, expected: list[int]) -> None:
    assert sizes(text + RESULT) == expected


def test_groups_told_by_what_they_have_are_parallel() -> None:
    text = "The study population consisted of 211 patients with HER2-positive disease and 640 with HER2-negative disease."
    text += " A pCR was achieved in 52% of HER2-positive and 18% of HER2-negative patients."
    assert sizes(text) == [211, 640]
    assert sizes("The manifestations included 9 individuals with tumors, 10 with osteomas, and 9 with gliomas. Pain was seen in 12%.") == []


def test_amounts_are_given_to_patients() -> None:
    text = "45 Gy was given to 141 patients and 60 Gy to 138. Five-year survival was 16% after 45 Gy and 26% after 60 Gy."
    assert sizes(text) == [141, 138]


def test_patients_assigned_to_either_of_two_arms_are_the_size_of_neither() -> None:
    text = (
        "Patients were randomly assigned to standard velatinib (arm 1) or dense velatinib (arm 2). "
        "A total of 833 patients were randomly assigned to either arm 1 or arm 2."
    )
    assert sizes(text) == [None, None]
    assert [(c.arm, c.n) for c in extract(text).claims if c.type == "count"] == [(None, 833)]
