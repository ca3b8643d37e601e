"""What the subject and the verb of a clause say of its values: names with their arms, relapses of two kinds, shares of responders."""

from __future__ import annotations

import pytest

from topline.audit import audit_text

ARMS = "Ninety patients were randomised to velotinib (n = 45) or placebo (n = 45). "


def named(sentence: str, *kinds: str) -> list[tuple[str | None, str | None]]:
    """Endpoint and value of each claim of some types."""
    return [(c.endpoint, c.value) for c in audit_text(ARMS + sentence).claims if c.type in kinds]


@pytest.mark.parametrize(
    ("sentence", "endpoint"),
    [
        ("Response rates with velotinib vs placebo were 80.2% vs 68.6%, respectively.", "ORR"),
        ("Curative resection rates with velotinib versus placebo were 18.3% vs 11.6% for left-sided tumours.", "curative resection"),
        ("There was no difference in the proportion of responders: 17% velotinib versus 11% placebo.", "ORR"),
    ],
)
def test_a_subject_with_both_arms_keeps_its_name(sentence: str, endpoint: str) -> None:
    found = [c for c in audit_text(ARMS + sentence).claims if c.type == "proportion"]
    assert [c.endpoint for c in found] == [endpoint, endpoint]
    assert [c.arm for c in found] == ["velotinib", "placebo"]


def test_each_ratio_is_of_the_values_before_it() -> None:
    text = (
        "Velotinib was associated with a lower incidence of vaginal recurrence (2% vs 7%; hazard ratio, 0.36; 95% CI, 0.16 to 0.82) and "
        "pelvic recurrence (11% vs 20%; hazard ratio, 0.43; 95% CI, 0.28 to 0.66)."
    )
    assert named(text, "ratio") == [("vaginal recurrence", "0.36"), ("pelvic recurrence", "0.43")]


@pytest.mark.parametrize(
    "sentence",
    ["The HPV 16/18 vaccine was given to healthy women.", "Infections with types 6/11 were rare.", "The dose was 60/600 mg/m2."],
)
def test_types_and_doses_are_no_counts(sentence: str) -> None:
    assert named(sentence, "proportion", "landmark_rate") == []


def test_the_data_cutoff_is_no_endpoint() -> None:
    assert [e for e, _ in named("At data cutoff, 107 (57%) patients remained alive.", "proportion", "landmark_rate")] != ["data cutoff"]
