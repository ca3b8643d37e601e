"""Adverse events: the window, partial onsets, worsening, contiguous rows, attribution and grades (clinical rules, section 9)."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from topline.study.problems import InputError


def flags(trial: Any, column: str = "TRTEMFL", **changes: Any) -> list[str]:
    return trial.derive(**changes).adae.sort("USUBJID", "AESEQ")[column].to_list()


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        (-1, "N"),
        (0, "Y"),  # on the day of the first dose
        (13, "Y"),
        (43, "Y"),  # 30 days after the last
        (44, "N"),
        ("", "Y"),  # unknown
        ("2024", "Y"),
        ("2023", "N"),  # the known part proves otherwise
        ("2024-01", "Y"),
        ("2023-12", "N"),
        ("2024-02", "Y"),  # day 43 is 13 February
        ("2024-03", "N"),
        ("2025", "N"),
    ],
)
def test_the_window(trial: Any, onset: str | int, expected: str) -> None:
    trial.patient(treated=False).dose(0, 13).event(onset)
    assert flags(trial) == [expected]


def test_an_event_that_ended_before_the_first_dose_began_before_it(trial: Any) -> None:
    """Its onset is known to the month of the first dose only, its end to the day: the known part proves otherwise."""
    patient = trial.patient(treated=False).dose(14, 27)
    patient.event("2024-01", "2024-01-10", term="Cough").event("2024-01", "2024-01-20", term="Rash").event("", "2024-01-10", term="Itch")
    assert flags(trial) == ["N", "Y", "N"]


def test_the_length_of_the_window_is_a_parameter(trial: Any) -> None:
    trial.patient(treated=False).dose(0, 13).event(20).event(21, term="Rash")
    assert flags(trial, adverse_events={"window_days": 7}) == ["Y", "N"]


def test_the_window_may_be_that_of_one_drug(trial: Any) -> None:
    trial.patient(treated=False).dose(0, 0, drug="OTHER").dose(10, 20).event(5).event(12, term="Rash").event(51, term="Cough")
    assert flags(trial) == ["Y", "Y", "N"]
    assert flags(trial, adverse_events={"drugs": ["Drug"]}) == ["N", "Y", "N"]


def test_without_a_dose_nothing_is_treatment_emergent(trial: Any) -> None:
    trial.patient("P1").event(3)
    trial.patient("P2", treated=False).event(3)
    assert flags(trial) == ["Y", "N"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(-10, 4, 1), (5, 20, 2)], ["N", "Y"]),  # present before, worse under treatment
        ([(-10, 4, 2), (5, 20, 2)], ["N", "N"]),  # present before, the same
        ([(-10, 4, 2), (5, 20, 1)], ["N", "N"]),
        ([(-10, 4, 1), (5, 9, 3), (10, 20, 2)], ["N", "Y", "Y"]),  # rows that follow one another are one event
        ([(-10, 3, 2), (5, 20, 2)], ["N", "Y"]),  # a day between: a new event
        ([(-10, "", 2), (5, 20, 2)], ["N", "N"]),  # still going on
        ([(-10, "2024-01", 2), (5, 20, 2)], ["N", "N"]),  # ended in the month in which the next row begins
        ([(-400, "2023-06", 2), (5, 20, 2)], ["N", "Y"]),  # ended long before
    ],
)
def test_worsening_of_what_was_present_before(trial: Any, rows: list[tuple[Any, Any, int]], expected: list[str]) -> None:
    patient = trial.patient()
    for start, end, grade in rows:
        patient.event(start, end, grade)
    assert flags(trial) == expected


def test_another_term_is_another_event(trial: Any) -> None:
    trial.patient().event(-10, 4, 2).event(5, 20, 2, term="Rash")
    assert flags(trial) == ["N", "Y"]


def test_rows_of_one_group_are_one_event(trial: Any) -> None:
    """AEGRPID ties rows together whatever their terms and gaps, and keeps others apart."""
    patient = trial.patient()
    patient.event(-10, -5, 2, AEGRPID="1").event(5, 20, 2, AEGRPID="1")
    patient.event(-10, 4, 2, term="Rash", AEGRPID="2").event(5, 20, 2, term="Rash", AEGRPID="3")
    assert flags(trial) == ["N", "N", "N", "Y"]


@pytest.mark.parametrize(
    ("values", "rule", "related", "missing"),
    [
        (("Y", "N"), "related", "Y", "N"),
        (("N", "N"), "related", "N", "N"),
        (("N", "Y"), "related", "Y", "N"),
        (("", "N"), "related", "Y", "Y"),
        (("", "N"), "not_related", "N", "Y"),
        (("", "Y"), "not_related", "Y", "N"),  # related to one drug is related, whatever is missing
        (("", ""), "related", "Y", "Y"),
        (("Probable", "N"), "related", "Y", "N"),
    ],
)
def test_attribution(trial: Any, values: tuple[str, str], rule: str, related: str, missing: str) -> None:
    trial.patient().event(3, AERELA=values[0], AERELB=values[1])
    settings = {"adverse_events": {"attribution": ["AERELA", "AERELB"], "missing_attribution": rule}}
    data = trial.derive(**settings)
    assert data.adae.select("AREL", "AMISSREL").rows() == [(related, missing)]
    assert [f.message for f in data.findings if f.code == "DER-0031"] == (
        [f"1 adverse events without attribution count as {'related' if rule == 'related' else 'not related'}"] if missing == "Y" else []
    )


@pytest.mark.parametrize("grade", ["0", "6", "2.5", "-1"])
def test_a_grade_that_doesnt_exist_is_refused(trial: Any, grade: str) -> None:
    trial.patient().event(3).event(4, grade=grade, term="Rash")
    with pytest.raises(InputError, match="is not a CTCAE grade"):
        trial.derive()


def test_a_missing_grade_is_no_error(trial: Any) -> None:
    trial.patient().event(3, grade="")
    assert trial.derive().adae.select("TRTEMFL", "ATOXGR").rows() == [("Y", None)]


def test_worst_grade_once_a_patient_and_once_a_term(trial: Any) -> None:
    patient = (
        trial.patient("P1").event(-5, 40, 4, term="Pain").event(3, 9, 2).event(10, 20, 3).event(30, 31, 3).event(5, grade=1, term="Rash")
    )
    assert patient.subject == "P1"
    trial.patient("P2").event(7, grade=1)
    rows = trial.derive().adae.sort("USUBJID", "AESEQ")
    assert rows["AOCCIFL"].to_list() == [None, None, "Y", None, None, "Y"]  # the first of the worst, among treatment-emergent rows
    assert rows["AOCCPIFL"].to_list() == [None, None, "Y", None, "Y", "Y"]


def test_events_at_the_cutoff(trial: Any) -> None:
    """What began after it is cut; what ended after it is still going on."""
    trial.patient().event(3, 40).event(20, term="Rash").event("2024-01", term="Cough")
    adae = trial.derive(study={"cutoff": "2024-01-15"}).adae
    assert adae.select("TERM", "AENDT").rows() == [("Fatigue", None), ("Cough", None)]
    assert adae.filter(pl.col("TRTEMFL") == "Y").height == 2
