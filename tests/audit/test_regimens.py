"""Regimens of several drugs are one name of an arm, and short names in capitals keep their last letter. Invented results."""

import pytest

from topline.audit import audit_text
from topline.audit.extract import extract
from topline.audit.tokens import tokenise

TRIPLET = (
    "Patients were randomly allocated to receive velazomib (1.3 mg/m2 once per week), mirolidomide (25 mg on days 1-21), and dexamethasone "
    "(20 mg twice per week), or mirolidomide (25 mg on days 1-21) and dexamethasone (40 mg per week). "
)


def _arms(text: str) -> list[tuple[str | None, str | None]]:
    return [(c.value, c.arm) for c in audit_text(text).claims if c.type in {"proportion", "median"}]


@pytest.mark.parametrize(
    "text",
    [
        "Median PFS was 13.9 months with velazomib, mirolidomide, and dexamethasone and 9.5 months with mirolidomide and dexamethasone.",
        "Median PFS was 13.9 months in the velazomib, mirolidomide, and dexamethasone group and 9.5 months in the mirolidomide and "
        "dexamethasone group.",
        "Velazomib, mirolidomide, and dexamethasone gave a median PFS of 13.9 months and mirolidomide plus dexamethasone of 9.5 months.",
    ],
)
def test_a_triplet_is_told_from_the_doublet_that_it_holds(text: str) -> None:
    report = audit_text(TRIPLET + text)
    assert [arm.name for arm in report.arms] == ["velazomib-mirolidomide-dexamethasone", "mirolidomide-dexamethasone"]
    assert _arms(TRIPLET + text) == [("13.9", report.arms[0].name), ("9.5", report.arms[1].name)]


def test_numbers_of_doses_inside_a_regimen_are_seen_and_no_results() -> None:
    found = extract(TRIPLET)
    printed = [(t.start, t.end) for t in tokenise(found.source, 0, len(found.source)) if t.kind == "n"]
    assert len(printed) > 8
    assert list(found.numbers) == printed
    assert not found.claims


def test_sizes_and_short_names_beside_regimens() -> None:
    text = (
        "Patients received carboplatin, paclitaxel and sorafenib (CPS, n = 80) or carboplatin and paclitaxel (CP, n = 82). "
        "ORR was 45% in CPS and 30% in CP."
    )
    report = audit_text(text)
    assert [arm.n for arm in report.arms] == [80, 82]
    assert [(c.value, c.n) for c in report.claims if c.endpoint == "ORR"] == [("45", 80), ("30", 82)]


def test_a_short_name_in_capitals_is_no_plural() -> None:
    text = (
        "We compared carboplatin-paclitaxel-sorafenib (CPS) with carboplatin-paclitaxel (CP). "
        "Median OS was 11.3 months for CP and 11.1 months for CPS."
    )
    assert _arms(text) == [("11.3", "carboplatin-paclitaxel"), ("11.1", "carboplatin-paclitaxel-sorafenib")]


@pytest.mark.parametrize(
    "text",
    [
        "The response rates in the velatinib, gefitinib, and erlotinib groups were 30%, 20%, and 10%, respectively.",
        "Response rates were 30%, 20%, and 10% with velatinib, gefitinib, and erlotinib, respectively.",
    ],
)
def test_drugs_that_a_sentence_sets_against_each_other_are_no_regimen(text: str) -> None:
    text = "Patients were assigned to velatinib, gefitinib, or erlotinib. " + text
    assert _arms(text) == [("30", "velatinib"), ("20", "gefitinib"), ("10", "erlotinib")]


ARMS = "Patients were randomly assigned to receive velatinib or placebo. "


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        ("PFS was shorter in the placebo arm (median, 35 v 28 months).", ["velatinib", "placebo"]),
        ("More patients in the placebo arm had grade 3 nausea (3% v 12%).", ["velatinib", "placebo"]),
        ("PFS was not shorter in the placebo arm (median, 35 v 28 months).", ["placebo", "velatinib"]),  # no direction is said
        ("PFS was shorter in the placebo arm (median, 28 v 35 months).", ["placebo", "velatinib"]),  # the arm that is named comes first
        ("PFS was longer in the velatinib arm (median, 28 v 35 months).", ["velatinib", "placebo"]),  # and is held against the word
    ],
)
def test_of_a_pair_beside_the_second_arm_alone_the_direction_tells_the_order(text: str, arms: list[str]) -> None:
    assert [arm for _, arm in _arms(ARMS + text)] == arms


def test_an_arm_that_is_named_again_keeps_the_direction() -> None:
    text = (
        "Patients were randomly assigned to receive placebo or velatinib. In velatinib responders velatinib improved PFS from a median of "
    )
    assert [arm for _, arm in _arms(text + "13 months to 30 months.")] == ["placebo", "velatinib"]
