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
