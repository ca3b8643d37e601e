"""For any input: true numbers are consistent, a changed digit is caught or below the power told, garbage is survived."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topline.audit import AuditReport, audit_text
from topline.audit.checks.intervals import METHODS, bounds
from topline.audit.digits import one_digit_changes
from topline.audit.exact import rounded
from topline.audit.extract import extract
from topline.audit.text import clean
from topline.audit.two_by_two import table_p_values

TESTS = {"Pearson": "Pearson", "Fisher": "Fisher", "Yates": "Yates", "N−1": "N−1"}


def sentence(x: int, n: int, method: str, decimals: int = 1) -> tuple[str, str, str, str]:
    value = rounded(Fraction(100 * x, n), decimals)
    low, high = (rounded(Fraction(min(max(b, 0.0), 100.0)), decimals) for b in bounds(x, n, method, 0.95))
    return f"A total of {n} patients were enrolled. The ORR was {value}% ({x}/{n}; 95% CI {low} to {high}).", value, low, high


@settings(max_examples=80, deadline=None)
@given(st.integers(8, 99), st.data(), st.sampled_from(METHODS))
def test_what_a_method_prints_is_consistent(n: int, data: st.DataObject, method: str) -> None:
    x = data.draw(st.integers(1, n - 1))
    report = audit_text(sentence(x, n, method)[0])
    assert not report.findings
    named = [v for v in report.verdicts if v.check == "A5"]
    assert len(named) == 1
    assert method in (named[0].method or "")


@settings(max_examples=60, deadline=None)
@given(st.integers(10, 60), st.integers(10, 60), st.data(), st.sampled_from(sorted(TESTS)))
def test_a_comparison_that_a_test_prints_is_consistent(n1: int, n2: int, data: st.DataObject, test: str) -> None:
    a, c = data.draw(st.integers(1, n1 - 1)), data.draw(st.integers(1, n2 - 1))
    p = rounded(Fraction(table_p_values(a, n1, c, n2)[test]), 4)
    shown = "<0.0001" if float(p) == 0 else f"= {p}"
    one, two = rounded(Fraction(100 * a, n1), 1), rounded(Fraction(100 * c, n2), 1)
    text = (
        f"{n1 + n2} patients were enrolled: {n1} received axerib (axerib group) and {n2} received placebo (placebo group). "
        f"The ORR was {one}% ({a}/{n1}) in the axerib group and {two}% ({c}/{n2}) in the placebo group (P {shown})."
    )
    report = audit_text(text)
    assert not report.findings
    (verdict,) = [v for v in report.verdicts if v.check == "A6"]
    assert verdict.verdict in {"consistent", "consistent, method named"}


def noticed(report: AuditReport, before: AuditReport) -> bool:
    """A finding, an explanation that was not there, or a check whose power says that it could not see every change."""
    new = {(v.check, str(v.verdict)) for v in report.verdicts} - {(v.check, str(v.verdict)) for v in before.verdicts}
    if report.findings or any(rung in {"explained", "uncheckable"} for _, rung in new):
        return True
    return any(v.power is not None and v.power < 1 for v in before.verdicts)


@settings(max_examples=60, deadline=None)
@given(st.integers(8, 99), st.data(), st.sampled_from(METHODS))
def test_one_changed_digit_is_caught_or_below_the_power_told(n: int, data: st.DataObject, method: str) -> None:
    x = data.draw(st.integers(1, n - 1))
    text, value, low, high = sentence(x, n, method)
    before = audit_text(text)
    printed = data.draw(st.sampled_from([value, low, high]))
    changed = data.draw(st.sampled_from(list(one_digit_changes(printed))))
    report = audit_text(text.replace(printed, changed, 1))
    assert noticed(report, before)
    sharp = all(v.power == 1 for v in before.verdicts if v.check == "A2")
    if printed == value and sharp and text.count(value) == 1:
        assert report.findings or any(str(v.verdict) == "explained" for v in report.verdicts)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_survived_and_every_span_is_inside(text: str) -> None:
    report = audit_text(text)
    assert len(clean(text)) == len(text)
    for claim in report.claims:
        assert 0 <= claim.span[0] <= claim.span[1] <= len(text)


GRAMMAR = """( ) [ ] , ; : . % - CI HR OR P = < 0.05 12 12.3 months vs and respectively ORR PFS median grade 3 ≥ n / of patients group A B
NR ± range IQR May 2019 to from 1-, year Forty-five hundred 99999999999999999999 0.0 100 confidence interval (n= 95% versus not reached"""
FRAGMENTS = st.sampled_from(GRAMMAR.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=60))
def test_any_order_of_the_grammars_own_words_is_survived(words: list[str]) -> None:
    audit_text(" ".join(words))


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "95% CI ",
        "1,",
        "0.",
        "P = ",
        "vs ",
        "HR 0.5 (",
        "12 (",
        "grade ",
        "1-, ",
        "a-",
        "(n = 5",
        "ORR and ",
        "not ",
        "((((0.1-",
        "A (n = 3) or ",
        "9" * 50,
        ".\n",
        "=",
        "12/",
        "1:",
        "–",
    ],
)
def test_time_grows_in_proportion_to_hostile_text(unit: str) -> None:
    def seconds(times: int) -> float:
        text = (unit * times)[: times * 8]
        start = time.process_time()
        extract(text)
        return time.process_time() - start

    small = max(seconds(2_000), 0.03)
    assert seconds(16_000) < 40 * small


@pytest.mark.slow
def test_fifty_megabytes_of_garbage_neither_hang_nor_fill_memory() -> None:
    import random
    import resource

    random.seed(1)
    block = "".join(random.choice("0123456789 .,;()%-abcPHRCI=<\n") for _ in range(500_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    report = audit_text(block * 100)
    assert report.unread > 40_000_000
    assert time.process_time() - start < 60
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 1_500_000  # kB
