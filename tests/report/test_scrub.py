from __future__ import annotations

import pytest

from topline.report.scrub import scrub


@pytest.mark.parametrize("date", ["2024-03-05", "2024-03", "2024/3/5", "05/03/2024", "5.3.2024", "20240305"])
def test_dates_are_taken_out(date: str) -> None:
    assert scrub(f"scan of {date} is late") == "scan of [date] is late"


def test_other_numbers_stay() -> None:
    text = "12 of 1,024 values (0.5684), 2024 patients, DER-0031, doi 10.3389/fonc.2025.1622676"
    assert scrub(text) == text


def test_subjects_are_taken_out_as_whole_words() -> None:
    assert scrub("P1, P10 and (P1)", ["P1", None, ""]) == "[patient], P10 and ([patient])"
    assert scrub("A+B is twice in", ["A+B"]) == "[patient] is twice in"
