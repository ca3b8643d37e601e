"""Which names may be arms, and which numbers are their sizes. All sentences and drugs are invented."""

from __future__ import annotations

import pytest

from topline.audit.extract import extract
from topline.audit.treatments import is_code, is_treatment


def arms(text: str) -> list[tuple[str, int | None]]:
    return [(arm.name, arm.n) for arm in extract(text).arms]


def sizes(text: str) -> list[int | None]:
    return [arm.n for arm in extract(text).arms]


RESULT = " The ORR was 40% in the velatinib group and 22% in the placebo group."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There were 1,208 patients randomly assigned to velatinib and 1,211 randomly assigned to placebo." + RESULT, [1208, 1211]),
        ("We randomly assigned 310 to velatinib (120 KRAS wild type) and 312 (118 KRAS wild type) to placebo." + RESULT, [310, 312]),
        ("In all, 96 adults were enrolled (n = 47 received velatinib; n = 49 received placebo)." + RESULT, [47, 49]),
        ("We randomly assigned 205 patients to treatment (velatinib, 101; placebo, 104)." + RESULT, [101, 104]),
        ("Forty patients (47.1%) were in the velatinib group and 45 (52.9%) in the placebo group." + RESULT, [40, 45]),
        ("We compared 37 patients with lymphoma who received velatinib with 90 patients who were given placebo." + RESULT, [37, 90]),
        ("Data from 42 elderly patients receiving velatinib were matched to 84 patients (1:2) receiving placebo." + RESULT, [42, 84]),
        ("Of 285 women (145 given velatinib; 140 given placebo) all had a biopsy." + RESULT, [145, 140]),
        ("Sixty patients were treated with 3 cycles of velatinib, and 61 received matching placebo." + RESULT, [60, 61]),
    ],
)
def test_sizes_before_names(text: str, expected: list[int]) -> None:
    assert sizes(text) == expected


GIVEN = "Patients were randomly assigned to velatinib or placebo."


@pytest.mark.parametrize(
    "sentence",
    [
        " Serious adverse events were reported in 52 (12%) patients receiving velatinib and 40 (9%) patients receiving placebo.",
        " Neutropenia occurred in 31 patients receiving velatinib and 12 receiving placebo.",
        " Thirty-one patients in the velatinib group and 44 in the placebo group died.",
        " Of those treated, 21 (30.9%) patients receiving velatinib and 12 (17%) receiving placebo responded.",
    ],
)
def test_those_to_whom_something_happened_are_no_arm(sentence: str) -> None:
    assert sizes(GIVEN + sentence + RESULT) == [None, None]


@pytest.mark.parametrize(
    "later",
    [
        " Grade 3 events in the 206 patients in the safety population (103 in the velatinib group and 103 in the placebo group) were few.",
        " Evaluable were 98 patients in the velatinib group and 97 patients in the placebo group.",
        " Rash was seen in 48 [48%] of 101 patients assigned to velatinib and 12 [12%] of 100 patients assigned to placebo.",
    ],
)
def test_the_randomised_size_is_the_arms_size(later: str) -> None:
    text = "Between 2011 and 2013, 104 patients were assigned to velatinib and 105 to placebo."
    assert sizes(text + later + RESULT) == [104, 105]
    assert sizes(GIVEN + later + " In all, 104 patients were assigned to velatinib and 105 to placebo." + RESULT) == [104, 105]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("All patients received velatinib (10 mg/kg) and ornicetaxel (340 mg/m2). The ORR was 40% with velatinib and ornicetaxel.", []),
        (
            "Those with DNA damage (14 of 30) had an ORR of 60% with DNA damage and 20% with tumor area positivity.",
            [],
        ),
        (
            "Patients were assigned to ornicetaxel and velatinib or to placebo and velatinib. "
            "The ORR was 44% with ornicetaxel and velatinib and 20% with placebo and velatinib.",
            ["ornicetaxel", "placebo"],
        ),
        (
            "Within it, 324 patients were further randomly assigned to the velatinib group, and 319 were randomly assigned to the "
            "non-erythropoiesis-stimulating agent (ESA) control group. Thrombosis was seen in 7% in the velatinib arm vs 3% in the "
            "control arm.",
            ["velatinib group", "non-erythropoiesis-stimulating agent (ESA) control group"],
        ),
        (
            "Patients with stage I (n=96) disease lived longer (29.5 months) than those with stage II (n=99, 14.9 months) disease.",
            ["stage I", "stage II"],
        ),
    ],
)
def test_names_are_treatments_groups_or_parallel(text: str, expected: list[str]) -> None:
    found = [name for name, _ in arms(text)]
    assert len(found) == len(expected)
    assert all(name.startswith(start) for name, start in zip(found, expected, strict=True))


def test_words_of_treatments_are_known() -> None:
    words = "imatinib cisplatin docetaxel letrozole vincristine everolimus rituximab capecitabine gastrectomy placebo radiotherapy vaccine"
    others = "information vertebra disease concept except survival skin within lymphoma"
    assert all(is_treatment(word) for word in words.split())
    assert not any(is_treatment(word) for word in others.split())
    assert all(is_code(text) for text in ("AB-1234", "5-FU", "ABC123"))
    assert not any(is_code(text) for text in ("DNA", "Hospital", "HR", "III"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We randomly assigned 514 patients to the velatinib group (256 [50%] patients) or the placebo group (258 [50%] patients).",
            [256, 258],
        ),
        ("In all, 208 patients were allocated to velatinib (104) or placebo (104).", [104, 104]),
        ("Of the 568 participants, 284 were randomly allocated to each group, velatinib or placebo.", [284, 284]),
        ("Of 187 treated patients, 125 received velatinib and 62 placebo.", [125, 62]),
        (
            "A total of 2586 adults underwent randomization: 1287 were assigned to receive 25 mg of velatinib daily, and 1299 placebo.",
            [1287, 1299],
        ),
        ("All were randomly assigned to receive velatinib at a flat dose of 200 mg (n = 514) or placebo (n = 505).", [514, 505]),
    ],
)
def test_sizes_in_brackets_and_after_colons(text: str, expected: list[int]) -> None:
    assert sizes(GIVEN + " " + text + RESULT) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        " Four patients died of toxicity (velatinib, n = 12; placebo, n = 13).",
        " Of those who died, 253 were in the velatinib group and 249 were in the placebo group.",
        " Seven (11%) patients who received velatinib and 19 (28%) of those who received placebo required surgery.",
        " Five patients in the velatinib group and three in the placebo group were ineligible.",
        " All had two cycles, followed by (in both groups) three cycles of radiotherapy.",
    ],
)
def test_counts_of_events_and_cycles_are_no_sizes(sentence: str) -> None:
    assert sizes(GIVEN + sentence + RESULT) == [None, None]


def test_three_arms_of_one_sentence_are_three() -> None:
    text = (
        "We compared velatinib, topical fluorouracil and placebo. Patients were assigned to velatinib (54 patients), topical fluorouracil "
        "(48 patients), or placebo (46 patients). Velatinib was better than placebo. The ORR was 24% in the velatinib group, 17% in the "
        "fluorouracil group and 9% in the placebo group."
    )
    assert sizes(text) == [54, 48, 46]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In all, 105 patients were randomly divided into velatinib group, 69 patients, and placebo group, 36 patients.", [69, 36]),
        ("Data from 42 elderly (age > 65 years) patients receiving velatinib were matched to 84 patients receiving placebo.", [42, 84]),
        ("Forty patients were assigned to velatinib and 43 were assigned to placebo of a planned total of 174 patients.", [40, 43]),
        ("Fourteen patients were pooled in the velatinib group, while 17 patients were in the placebo group.", [14, 17]),
        ("A total of 720 patients (n = 720) were randomised to velatinib (n = 362) or placebo (n = 358).", [362, 358]),
        ("Of 235 patients with sarcoma, 118 received velatinib and 117 received placebo.", [118, 117]),
    ],
)
def test_sizes_in_further_words(text: str, expected: list[int]) -> None:
    response = " Of the 68 patients with a complete response (45 with velatinib and 23 with placebo), all were alive."
    assert sizes(GIVEN + " " + text + RESULT) == expected
    assert sizes(text + response + RESULT) == expected


def test_the_drug_after_its_dose() -> None:
    text = (
        "We assigned 840 patients to observation (n=433) or to 30 mg/m(2) vinorelbine plus 100 mg/m(2) cisplatin (n=407). "
        "The ORR was 2% with observation and 30% with vinorelbine plus cisplatin."
    )
    assert arms(text) == [("observation", 433), ("vinorelbine plus cisplatin", 407)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We randomly assigned women to carboplatin (AUC 5) and paclitaxel (175 mg per square meter), given every 3 weeks for 6 cycles, "
            "or to this regimen plus velatinib. Median PFS was 20.3 months with standard therapy and 24.1 months with velatinib.",
            ["20.3", "24.1"],
        ),
        (
            "Patients were randomised to oxaliplatin and leucovorin, administered every 2 weeks for 12 cycles, or to the same treatment "
            "plus velatinib. The ORR was 31% with standard treatment alone and 44% with velatinib.",
            ["31", "44"],
        ),
        (
            "Patients were randomly assigned to receive velatinib 15 mg weekly for 4 weeks (arm A) versus the same regimen followed by "
            "placebo for 48 weeks (arm B). The ORR was 40% in arm A and 50% in arm B.",
            ["40", "50"],
        ),
    ],
)
def test_the_same_regimen_plus_another(text: str, expected: list[str]) -> None:
    found = {c.value: c.arm for c in extract(text).claims if c.type in {"median", "proportion"}}
    arms = [arm.name for arm in extract(text).arms]
    assert [found[value] for value in expected] == arms


@pytest.mark.parametrize("drug", ["177Lu-Velotate", "131I-velimab", "68Ga-velastat", "90Y-velimab"])
def test_an_isotope_is_part_of_a_name(drug: str) -> None:
    text = (
        f"Patients received either {drug} (116 patients) or octreotide alone (113 patients; control group). "
        f"The rate of progression-free survival at month 20 was 65.2% (95% CI, 50.0 to 76.8) in the {drug} group and 10.8% (95% CI, 3.5 to "
        f"23.0) in the control group. Neutropenia occurred in 1% of patients in the {drug} group."
    )
    found = extract(text)
    arms = [arm.name for arm in found.arms]
    assert arms[0] == drug
    assert [c.arm for c in found.claims if c.type in {"landmark_rate", "proportion"}] == [drug, arms[1], drug]


def test_standard_therapy_is_the_arm_that_lacks_the_other() -> None:
    text = (
        "We randomly assigned women to carboplatin (AUC 5) and paclitaxel (175 mg per square meter), given every 3 weeks for 6 cycles, or "
        "to this regimen plus velatinib (7.5 mg per kilogram), given concurrently every 3 weeks for 5 cycles and continued for 12 cycles. "
        "Median PFS was 20.3 months with standard therapy and 24.1 months with standard therapy plus velatinib. The ORR was 22.4% "
        "without velatinib and 31.5% with velatinib."
    )
    first, second = (arm.name for arm in extract(text).arms)
    found = {c.value: c.arm for c in extract(text).claims if c.type in {"median", "proportion"}}
    assert found == {"20.3": first, "24.1": second, "22.4": first, "31.5": second}
