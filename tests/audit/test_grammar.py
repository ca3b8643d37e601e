"""Numbers and what stands beside them, in all the damage of real text."""

from __future__ import annotations

import pytest

from topline.audit import audit_text
from topline.audit.claims import Claim
from topline.audit.grammar import Grammar
from topline.audit.text import clean, sentences
from topline.audit.tokens import tokenise


def grammar(text: str, **options: bool) -> Grammar:
    text = clean(text)
    return Grammar(tokenise(text, 0, len(text), **options))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("95% CI, 0.32–0.69", ("0.32", "0.69", "95")),
        ("95·66% CI 26 63%", None),
        ("95% CI 26 63%", ("26", "63", "95")),
        ("95%CI:0.59 to1.54", ("0.59", "1.54", "95")),
        ("95% confidence interval (CI): 27.9, 61.9", ("27.9", "61.9", "95")),
        ("CI 95% 1.2-3.4", ("1.2", "3.4", "95")),
        ("90% CI [4.60-6.37]", ("4.60", "6.37", "90")),
        ("95% CI from 3.50 months to 6.18 months", ("3.50", "6.18", "95")),
        ("95% CI 15.2 to not reached", ("15.2", "NR", "95")),
        ("95% CI −3.1 to 4.5", ("-3.1", "4.5", "95")),
        ("９５％ＣＩ（１.２－３.４）", ("1.2", "3.4", "95")),
    ],
)
def test_intervals(text: str, expected: tuple[str, str, str] | None) -> None:
    found = grammar(text).ci(0)
    if expected is None:
        assert found is None or found[0].level != "95"
    else:
        assert found is not None
        assert (found[0].lower, found[0].upper, found[0].level) == expected


@pytest.mark.parametrize(
    ("text", "p"),
    [
        ("P=.31", "0.31"),
        ("p<.0001", "<0.0001"),
        ("P value of 0.03", "0.03"),
        ("p-value = 0·04", "0.04"),
        ("P = NS", "NS"),
        ("P < 0 .001", "<0.001"),
        ("P for interaction = 0.2", "0.2"),
        ("p = 3.2 × 10-5", "0.000032"),
    ],
)
def test_p_values(text: str, p: str) -> None:
    found = grammar(text).p_value(0)
    assert found is not None
    assert found[0].value == p


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("grade 3 or higher", "3+"),
        ("≥ grade 3", "3+"),
        ("grade III-IV", "3-4"),
        ("G3-4", "3-4"),
        ("grades 3 and 4", "3-4"),
        ("Grade ≥3", "3+"),
        ("grade 2", "2"),
    ],
)
def test_grades(text: str, grade: str) -> None:
    found = grammar(text).grade(0)
    assert found is not None
    assert found[0] == grade


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("12-month", ["12 months"]),
        ("1-, 2-, and 3-year", ["1 years", "2 years", "3 years"]),
        ("at 12 and 24 months", ["12 months", "24 months"]),
    ],
)
def test_times(text: str, times: list[str]) -> None:
    found = grammar(text).times(0)
    assert found is not None
    assert found[0] == times


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Forty-five patients", "45"),
        ("One hundred and sixty-three patients", "163"),
        ("Six hundred women", "600"),
        ("1,234 patients", "1234"),
        ("twenty one cases", "21"),
    ],
)
def test_spelled_and_long_numbers(text: str, value: str) -> None:
    assert grammar(text).tokens[0].value == value


def test_isotopes_and_drugs_are_words_and_doses_are_not() -> None:
    assert grammar("131I and 5FU").tokens[0].kind == "w"
    assert grammar("12mg daily").tokens[0].kind == "n"


def test_cleaning_keeps_every_position() -> None:
    text = "HR 0·62 （95％ CI 0·46−0·83）\u00a0p＜0.001 vs.8.9"
    assert len(clean(text)) == len(text)


def test_glued_headings_and_abbreviations_split_rightly() -> None:
    text = "No regimen exists.MethodsWe treated 20 vs. 21 patients (Fig. 2). ResultsORR was 50%."
    found = [text[a:b] for a, b in sentences(text)]
    assert found == ["No regimen exists.", "We treated 20 vs. 21 patients (Fig. 2).", "ORR was 50%."]


def one(text: str, kind: str) -> Claim:
    (claim,) = [c for c in audit_text(text).claims if c.type == kind]
    return claim


def test_span_points_into_the_text_as_given() -> None:
    text = "The ORR was 44·7% (95% CI 28·6–61·7)."
    claim = one(text, "proportion")
    assert text[slice(*claim.span)] == "44·7% (95% CI 28·6–61·7)"
    assert (claim.value, claim.lower, claim.upper) == ("44.7", "28.6", "61.7")


@pytest.mark.parametrize(
    "text",
    [
        "Patients received 12 mg daily for 2 weeks every 3 weeks.",
        "Patients aged ≥18 years with PD-L1 ≥50% were eligible.",
        "The sample size assumed a response rate of 40% with 80% power.",
        "Two-sided P < 0.05 was considered statistically significant.",
        "In previous studies the median OS was 8.1 months.",
        "Randomisation was 2:1 at 45 hospitals.",
        "Radiotherapy gave 60 Gy in 30 fractions [12].",
    ],
)
def test_what_is_no_result_is_no_claim(text: str) -> None:
    assert audit_text(text).claims == ()


def test_two_events_and_two_arms_in_one_bracket() -> None:
    text = (
        "Patients were assigned to axerib (n = 100) or placebo (n = 100). Toxicity was more frequent with axerib "
        "(neutropenia 26% vs 13%; anaemia 15% vs 10%)."
    )
    rows = [(c.endpoint, c.arm, c.value) for c in audit_text(text).claims if c.type == "proportion"]
    assert rows == [
        ("neutropenia", "axerib", "26"),
        ("neutropenia", "placebo", "13"),
        ("anemia", "axerib", "15"),
        ("anemia", "placebo", "10"),
    ]


def test_order_of_values_follows_the_sentence_not_the_order_of_naming() -> None:
    text = (
        "Sixty patients had surgery (surgery group, n = 30) or drugs (medical group, n = 30). "
        "The ORR was lower in the medical group than in the surgery group (20.0% vs 50.0%)."
    )
    rows = [(c.arm, c.value) for c in audit_text(text).claims if c.type == "proportion"]
    assert rows == [("medical group", "20.0"), ("surgery group", "50.0")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("The median change was −112.5 (range −281.3 to −33.8).", ["-112.5"]),
        ("The mean change in score was -3.2 ± 1.1.", ["-3.2"]),
        ("The change was −12.5% (range −28.3% to 3.8%).", []),
        ("The median change was −12.5% (range −28.3% to 3.8%).", ["-12.5"]),
        ("Median follow-up was 9.0 -12 months.", ["9.0", "12"]),
    ],
)
def test_a_dash_at_a_number_is_its_sign(text: str, values: list[str]) -> None:
    assert [claim.value for claim in audit_text(text).claims] == values
