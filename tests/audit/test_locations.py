"""Means and medians of anything: lists of them, in any unit, percentages too; and times and differences that are none."""

from __future__ import annotations

import pytest

from topline.audit import audit_text

ARMS = "Ninety patients were randomised to velotinib (n = 45) or placebo (n = 45). "


def located(sentence: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """Type, value, lower and upper of each mean, median and follow-up."""
    found = (c for c in audit_text(ARMS + sentence).claims if c.type in {"mean_sd", "median", "follow_up"})
    return [(c.type, c.value, c.lower, c.upper) for c in found]


def values(sentence: str) -> list[str | None]:
    """Values of all means and medians."""
    return [value for _, value, _, _ in located(sentence)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Mean scores of worry (6.1 vs 9.4), sleep (28.2 vs 33.5; P = 0.03) and unrest (9.0 vs 11.7) were lower.", 6),
        ("The median number of removed nodes was 11 with velotinib and 17 with placebo.", 2),
        ("Mean operation time (42 min versus 61 min), blood loss (28 mL versus 51 mL) and drainage (488 mL versus 836 mL) differed.", 6),
        ("The mean distance was 62.6 miles for velotinib and 2.3 miles for placebo.", 2),
        # no list of means: a share, a margin, sizes, the bounds of an interval, a difference
        ("The mean number of lesions fell (4.1 vs 6.0), and 30% of the patients had fever.", 2),
        ("Median OS was 12.5 vs 8.4 months (P = 0.01, which crossed the boundary of 0.0202).", 2),
        ("The median age was 60 years; 43 received velotinib and 45 placebo.", 1),
        ("The mean score was 1.5 with velotinib and 2.5 with placebo (difference, -1.0).", 2),
    ],
)
def test_a_list_of_means_goes_on(sentence: str, expected: int) -> None:
    assert len(located(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The mean haemoglobin change was 1.9 g/dL for velotinib and 1.7 g/dL for placebo.", ["1.9", "1.7"]),
        ("There was a mean volume of 1166.2 ml with velotinib and 1091.0 ml with placebo.", ["1166.2", "1091.0"]),
        ("The median fluid volume was 305 (30-1420) mL with velotinib and 335 (80-1070) mL with placebo.", ["305", "335"]),
        ("The median burden was 9.4 mutations per megabase.", ["9.4"]),
        ("Lesions had a mean size of 10.1 ± 6.8 cm, others of 5.1 ± 2.9 cm.", ["10.1", "5.1"]),
        ("The mean score change between 0 h and 24 h was -3.6 (95% CI -5.0 to -2.2).", ["-3.6"]),
        # doses, effects, how long something was given
        ("The median age was 60 years and patients took 5 mg of velotinib.", ["60"]),
        ("The median dose of 60 mg was kept.", []),
        ("The mean score was 1.2 points lower with velotinib.", []),
        ("The median operation time was 63 minutes longer with velotinib.", []),
        ("OS did not differ between 1 month and 1 year of treatment.", []),
    ],
)
def test_units_of_what_is_measured(sentence: str, expected: list[str]) -> None:
    assert values(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The median PSA decline was 45% with velotinib and 32% with placebo.", ["45", "32"]),
        ("The median relative dose intensity was 87%.", ["87"]),
        ("Mean density changes were -0.3% and -1.2% with velotinib and +1.5% and +1.6% with placebo.", ["-0.3", "-1.2", "1.5", "1.6"]),
        ("With a median follow-up of 12 months, 45% responded.", ["12"]),
        ("Median PFS was 5.1 months and 34% had a rash.", ["5.1"]),
    ],
)
def test_a_percentage_may_be_a_mean(sentence: str, expected: list[str]) -> None:
    assert values(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Median OS improved to 28.1 months with velotinib versus 19.8 months with placebo.",
        "Median OS was prolonged to 28.1 months with velotinib, compared with 19.8 months with placebo.",
    ],
)
def test_what_a_time_rose_to_is_a_result(sentence: str) -> None:
    assert values(sentence) == ["28.1", "19.8"]


def test_an_interval_without_a_name_belongs_to_the_value_before_it() -> None:
    assert located("The mean burden was higher with velotinib (19.1; 7.3-32.3) than with placebo (2.5; 0.3-5.2).") == [
        ("mean_sd", "19.1", "7.3", "32.3"),
        ("mean_sd", "2.5", "0.3", "5.2"),
    ]
    assert located("Median age was 61 (35-87) years; the median (range) performance status score was 0 (0-1).")[1] == (
        "median",
        "0",
        "0",
        "1",
    )


def test_a_ratio_may_stand_unnamed_behind_the_medians() -> None:
    text = (
        "OS was longer (median 16.7 v 12.5 months, hazard ratio 0.63, 95% CI 0.51 to 0.78, P<0.001), as was PFS (7.2 v 5.7 months, 0.56, "
    )
    found = audit_text(ARMS + text + "0.46 to 0.68, P<0.001).").claims
    assert [(c.endpoint, c.value, c.lower, c.upper, c.p) for c in found if c.type == "ratio"] == [
        ("OS", "0.63", "0.51", "0.78", "<0.001"),
        ("PFS", "0.56", "0.46", "0.68", "<0.001"),
    ]
