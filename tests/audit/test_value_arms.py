"""Which arm each value belongs to: by the words between the values, around them and in their brackets. Every sentence is our own."""

from __future__ import annotations

import pytest

from topline.audit.extract import extract

PAIR = "Patients were randomised to velatinib plus docetaxel (n = 60) or docetaxel alone (n = 62). "


def told(sentence: str, *endpoints: str) -> list[tuple[str, str | None]]:
    """First letter of the arm, and the value, of each claim with one of the endpoints."""
    claims = extract(PAIR + sentence).claims[2:]
    return [((c.arm or "-")[0], c.value) for c in claims if c.endpoint in endpoints and c.type not in {"ratio", "p_value"}]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "In the velatinib group, rash resolved in 71% of patients, while in the docetaxel group 90% had rash.",
            [("v", "71"), ("d", "90")],
        ),
        ("Rash was seen in the velatinib (35 of 60, 58%) and docetaxel (34 of 62, 55%) groups.", [("v", "58"), ("d", "55")]),
        (
            "Rash was seen more often in the velatinib group 45 (75%) as compared with the docetaxel group 51 (82%).",
            [("v", "75"), ("d", "82")],
        ),
        ("Rash was 15%, compared with docetaxel alone (22%).", [("v", "15"), ("d", "22")]),
        ("Rash was 15% in the velatinib group, significantly lower than that of docetaxel alone (22%).", [("v", "15"), ("d", "22")]),
        ("In the velatinib group rash fell to 12%, and, in the docetaxel group, 18%.", [("v", "12"), ("d", "18")]),
        ("Sixty were given velatinib plus docetaxel (rash, 36%) and 62 docetaxel alone (rash, 32%).", [("v", "36"), ("d", "32")]),
    ],
    ids=["while in", "both in brackets", "as compared with", "the other arm", "than that of", "between commas", "in the arm's bracket"],
)
def test_a_conjunction_parts_the_arms_between_two_values(sentence: str, expected: list[tuple[str, str]]) -> None:
    found = told(sentence, "rash")
    assert found == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "The ORR was 83% (25% CR) with velatinib versus 59% (14% CR) with docetaxel.",
            [("v", "83"), ("v", "25"), ("d", "59"), ("d", "14")],
        ),
        (
            "The ORR was higher in the velatinib group: 83% (25% CR) versus 59% (14% CR) (P = 0.002).",
            [("v", "83"), ("v", "25"), ("d", "59"), ("d", "14")],
        ),
        ("The ORR was 7.8% (10 events) with docetaxel versus 16.6% (21 events) with velatinib.", [("d", "7.8"), ("v", "16.6")]),
        ("The ORR was 40% (CR, 10%; PR, 30%) in the velatinib group.", [("v", "40"), ("v", "10"), ("v", "30")]),
        ("With velatinib and docetaxel the ORR was 35% vs 20% (CR: 10% vs 5%).", [("v", "35"), ("d", "20"), ("v", "10"), ("d", "5")]),
        ("The ORR was 20% (25% with velatinib versus 15% with docetaxel).", [("-", "20"), ("v", "25"), ("d", "15")]),
    ],
    ids=["both named behind", "one named before", "counts", "two in a bracket", "pairs", "arms within"],
)
def test_a_value_in_a_bracket_has_the_arm_of_the_value_before_it(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert told(sentence, "ORR", "CR", "PR") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Rash was seen in 47% with docetaxel and 42% with velatinib (p = 0.38), nausea (grade 1 + 2) in 48% versus 41%.",
            [("d", "47"), ("v", "42"), ("d", "48"), ("v", "41")],
        ),
        (
            "Rash (60 in the docetaxel group [49%] vs 55 in the velatinib group [65%]) and nausea (20 [16%] vs 38 [58%]) were common.",
            [("d", "49"), ("v", "65"), ("d", "16"), ("v", "58")],
        ),
        (
            "In the docetaxel group, 51% had rash compared to 28% in the velatinib group; and nausea was found in 40% and 39%.",
            [("d", "51"), ("v", "28"), ("d", "40"), ("v", "39")],
        ),
        (
            "The most common events in the velatinib group were rash (three [5%] vs no patients in the docetaxel group) "
            "and nausea (two [3%] vs none).",
            [("v", "5"), ("v", "3")],
        ),
        ("Rash and nausea occurred in 11% and 12%, respectively, of patients in the docetaxel group.", [("d", "11"), ("d", "12")]),
        (
            "Rash and nausea were seen in 23% and 5%, respectively, in the docetaxel arm, and 15% and 1%, respectively, in the "
            "velatinib arm.",
            [("d", "23"), ("d", "5"), ("v", "15"), ("v", "1")],
        ),
        (
            "Compared with docetaxel, the velatinib group had rash (47 [21%] of 60 patients vs none of 62 patients in the docetaxel group) "
            "and nausea (21 [10%] vs two [1%]).",
            [("v", "21"), ("v", "10"), ("d", "1")],
        ),
        (
            "Nausea was seen in 34% and 24% at week 6 compared with baseline in the docetaxel and velatinib groups, respectively.",
            [("d", "34"), ("v", "24")],
        ),
    ],
    ids=["a sum of grades", "brackets", "single values", "none", "respectively of", "respectively in", "none of", "baseline"],
)
def test_values_without_arms_follow_the_order_of_the_sentence(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert told(sentence, "rash", "nausea") == expected


def test_an_arm_at_several_times_and_the_first_of_two_arms_behind() -> None:
    text = (
        "We assigned patients to velotinib (n = 97) or fluorouracil (n = 98). In the velotinib group, DFS was 89.2% at 5 years and 80.6% "
        "at 8 years, compared with 87.3% at 5 years and 77.5% at 8 years in the fluorouracil group."
    )
    found = [(c.arm, c.value) for c in extract(text).claims if c.type == "landmark_rate"]
    assert found == [("velotinib", "89.2"), ("velotinib", "80.6"), ("fluorouracil", "87.3"), ("fluorouracil", "77.5")]


def test_two_arms_at_the_end_of_a_sentence_order_all_its_pairs() -> None:
    text = (
        "We assigned patients to velotinib plus chemotherapy (V + CT; n = 338), imatuzumab plus chemotherapy (I + CT; n = 338) or "
        "chemotherapy (CT; n = 337). PFS (HR, 0.72; median, 6.2 v 4.8 months) and OS (HR, 0.77; median, 14.0 v 11.7 months; 24-month OS, "
        "32.9% v 22.1%) were improved with I + CT versus CT."
    )
    found = [(c.arm, c.value) for c in extract(text).claims if c.type in {"median", "landmark_rate"}]
    arms = ["imatuzumab plus chemotherapy, I + CT", "chemotherapy, CT"] * 3
    assert found == list(zip(arms, ["6.2", "4.8", "14.0", "11.7", "32.9", "22.1"], strict=True))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Rash was seen in 21% of 60 patients in the velatinib group vs 5% of 62 in the docetaxel group, "
            "nausea in 16 (19%) versus none.",
            [("v", "21"), ("d", "5"), ("v", "19")],
        ),
        (
            "Common events were rash (23 [30%] in the docetaxel group vs 27 [35%] in the velatinib group) and nausea (18 [24%] vs none).",
            [("d", "30"), ("v", "35"), ("d", "24")],
        ),
        (
            "Common events were rash (23 [30%] in the docetaxel group vs 27 [35%] in the velatinib group) and nausea (none vs 18 [24%]).",
            [("d", "30"), ("v", "35"), ("v", "24")],
        ),
        (
            "Common events were rash (23 [30%] in the docetaxel group vs 27 [35%] in the velatinib group) and nausea (18 [24%] vs 0).",
            [("d", "30"), ("v", "35"), ("d", "24")],
        ),
        (
            "Rash was seen in 20% with velatinib versus 12% with docetaxel, 18% versus 13%, and 17% versus 11%.",
            [("v", "20"), ("d", "12"), ("v", "18"), ("d", "13"), ("v", "17"), ("d", "11")],
        ),
        (
            "Rash was seen in 61 of 66 (92%) procedures in the velatinib group and in 57 of 60 (95%) procedures in the docetaxel group.",
            [("v", "92"), ("d", "95")],
        ),
        ("The velatinib arm had a rash rate of 40% and the docetaxel arm had a rash rate of 52%.", [("v", "40"), ("d", "52")]),
        ("Grade 3 rash (30.8%) and nausea (9.9%) were significantly higher in the velatinib arm.", [("v", "30.8"), ("v", "9.9")]),
        ("Severe rash (n = 22, 1.6%) and nausea (n = 20, 1.4%) were rare in the docetaxel group.", [("d", "1.6"), ("d", "1.4")]),
        (
            "In the docetaxel group, the most common events of grade 3 or worse that the investigators reported were rash (15%) and "
            "nausea (11%).",
            [("d", "15"), ("d", "11")],
        ),
        ("The rash rate was 30% with velatinib versus 20% without.", [("v", "30"), ("d", "20")]),
        ("Rash occurred in 20% without versus 30% with velatinib.", [("d", "20"), ("v", "30")]),
        (
            "Rash was seen in 21% in 60 patients allocated to velatinib plus docetaxel versus "
            "20% in 62 patients allocated to docetaxel alone.",
            [("v", "21"), ("d", "20")],
        ),
        (
            "Common events were rash (17 [16%]) and nausea (5 [5%]) of the 62 patients treated with docetaxel, and rash (63 [6%]) and "
            "nausea (34 [3%]) of the 60 treated with the velatinib combination.",
            [("d", "16"), ("d", "5"), ("v", "6"), ("v", "3")],
        ),
    ],
    ids=[
        "none",
        "versus none",
        "none first",
        "versus 0",
        "pairs",
        "procedures",
        "a new clause",
        "places",
        "rare",
        "fronted",
        "without",
        "without first",
        "sizes",
        "lists",
    ],
)
def test_arms_of_single_values(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert [row for row in told(sentence, "rash", "nausea", "AE") if row[1] not in {"60", "62"}] == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Of all patients, 30% had rash and 10% nausea, which were more frequent in the velatinib arm than in the docetaxel arm.",
        "Rash (30%) and nausea (10%) were seen in both groups and in others than the velatinib arm.",
        "Overall, rash (30%) and nausea (10%) were common, as in the velatinib arm.",
    ],
)
def test_an_arm_named_last_is_not_that_of_everybodys_values(sentence: str) -> None:
    assert {arm for arm, _ in told(sentence, "rash", "nausea")} <= {"-"}
