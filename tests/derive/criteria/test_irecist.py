"""iRECIST: each row of table 2 (first time, and after an earlier iUPD), the reset, the examples of table 3, and iPFS."""

from __future__ import annotations

from typing import Any

import pytest

BASE = {"T1": 50, "N1": "PRESENT"}
UP = "UNEQUIVOCAL PROGRESSION"


def irecist(trial: Any, **options: Any) -> Any:
    return trial.derive(response={"criterion": "iRECIST", "options": options})


def words(visits: Any, data: Any) -> list[str]:
    return [word for _, word in visits(data)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"T1": 0, "N1": "ABSENT"}, "iCR"),
        ({"T1": 0, "N1": "PRESENT"}, "iPR"),
        ({"T1": 35, "N1": "PRESENT"}, "iPR"),
        ({"T1": 50, "N1": "PRESENT"}, "iSD"),
        ({"T1": 50, "N1": UP}, "iUPD"),
        ({"T1": 0, "N1": UP}, "iUPD"),
        ({"T1": 60, "N1": "PRESENT"}, "iUPD"),
        ({"T1": 60, "N1": "ABSENT"}, "iUPD"),
        ({"T1": 60, "N1": UP}, "iUPD"),
        ({"T1": 60, "N1": UP, "L1": "PRESENT"}, "iUPD"),
        ({"T1": 50, "N1": "PRESENT", "L1": "PRESENT"}, "iUPD"),
        ({"T1": None, "N1": "PRESENT"}, "NE"),
    ],
)
def test_first_time(trial: Any, visits: Any, found: dict[str, Any], expected: str) -> None:
    trial.patient().scan(-7, **BASE).scan(56, **found)
    assert words(visits, irecist(trial)) == [expected]


TARGET, OTHER, NEW = {"T1": 60, "N1": "PRESENT"}, {"T1": 50, "N1": UP}, {"T1": 50, "N1": "PRESENT", "L1": "PRESENT"}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # without progression the bar is reset
        (TARGET, {"T1": 0, "N1": "ABSENT"}, "iCR"),
        (TARGET, {"T1": 0, "N1": "PRESENT"}, "iPR"),
        (TARGET, {"T1": 35, "N1": "PRESENT"}, "iPR"),
        (TARGET, {"T1": 55, "N1": "PRESENT"}, "iSD"),
        (OTHER, {"T1": 50, "N1": "PRESENT"}, "iSD"),
        # target: 5 mm more confirms
        (TARGET, {"T1": 60, "N1": "PRESENT"}, "iUPD"),
        (TARGET, {"T1": 64.9, "N1": "PRESENT"}, "iUPD"),
        (TARGET, {"T1": 65, "N1": "PRESENT"}, "iCPD"),
        (TARGET, {"T1": 65, "N1": "ABSENT"}, "iCPD"),
        # non-target: any growth, unequivocal or not
        (OTHER, {"T1": 50, "N1": UP}, "iUPD"),
        (OTHER, {"T1": 50, "N1": "INCREASED"}, "iCPD"),
        (OTHER, {"T1": 30, "N1": "INCREASED"}, "iCPD"),
        # both
        ({"T1": 60, "N1": UP}, {"T1": 60, "N1": UP}, "iUPD"),
        ({"T1": 60, "N1": UP}, {"T1": 65, "N1": UP}, "iCPD"),
        ({"T1": 60, "N1": UP}, {"T1": 60, "N1": "INCREASED"}, "iCPD"),
        # new lesions: unchanged, grown, more of them, gone
        (NEW, {"T1": 50, "N1": "PRESENT", "L1": "PRESENT"}, "iUPD"),
        (NEW, {"T1": 50, "N1": "PRESENT", "L1": "INCREASED"}, "iCPD"),
        (NEW, {"T1": 50, "N1": "PRESENT", "L1": "PRESENT", "L2": "PRESENT"}, "iCPD"),
        (NEW, {"T1": 50, "N1": "PRESENT", "L1": "ABSENT"}, "iSD"),
        ({**NEW, "T1": 60, "N1": UP}, {"T1": 60, "N1": UP, "L1": "INCREASED"}, "iCPD"),
        # another category
        (TARGET, {"T1": 60, "N1": UP}, "iCPD"),
        (TARGET, {"T1": 50, "N1": "PRESENT", "L1": "PRESENT"}, "iCPD"),
        (OTHER, {"T1": 60, "N1": "PRESENT"}, "iCPD"),
        # nobody could tell
        (TARGET, {"T1": None, "N1": "PRESENT"}, "NE"),
    ],
)
def test_after_an_earlier_unconfirmed_progression(trial: Any, visits: Any, first: Any, second: Any, expected: str) -> None:
    trial.patient().scan(-7, **BASE).scan(56, **first).scan(84, **second)
    assert words(visits, irecist(trial)) == ["iUPD", expected]


@pytest.mark.parametrize(("grown", "expected"), [(12, "iUPD"), (14.9, "iUPD"), (15, "iCPD")])
def test_new_lesions_are_measured_apart(trial: Any, visits: Any, grown: float, expected: str) -> None:
    patient = trial.patient().scan(-7, T1=50)
    for visit, day, size in ((2, 56, 10), (3, 84, grown)):
        patient.scan(day, visit, T1=50, L1="PRESENT")
        patient.add("TR", TRLNKID="L1", TRTESTCD="LDIAM", TRORRES=str(size), TRORRESU="mm", TRDTC=trial_day(day), VISITNUM=visit)
    data = irecist(trial)
    assert words(visits, data) == ["iUPD", expected]
    assert data.adtr is not None
    assert data.adtr.filter(data.adtr["PARAMCD"] == "SDIAM")["AVAL"].to_list() == [50.0, 50.0, 50.0]  # never added to the sum


def trial_day(day: int) -> str:
    from datetime import date, timedelta

    return (date(2024, 1, 1) + timedelta(days=day)).isoformat()


def test_the_bar_is_reset(trial: Any, visits: Any) -> None:
    trial.patient().sums((-7, 50), (56, 60), (84, 55), (112, 61), (140, 66))
    assert words(visits, irecist(trial)) == ["iUPD", "iSD", "iUPD", "iCPD"]


def test_what_is_confirmed_stays_confirmed(trial: Any, visits: Any) -> None:
    trial.patient().sums((-7, 50), (56, 60), (84, 65), (112, 20))
    assert words(visits, irecist(trial)) == ["iUPD", "iCPD", "iCPD"]


def test_a_visit_that_is_not_evaluable_resets_nothing(trial: Any, visits: Any) -> None:
    trial.patient().sums((-7, 50), (56, 60), (84, None), (112, 65))
    assert words(visits, irecist(trial)) == ["iUPD", "NE", "iCPD"]


@pytest.mark.parametrize(
    ("options", "days", "expected"),
    [
        ({}, (56, 83), "iUPD"),
        ({}, (56, 84), "iCPD"),
        ({"confirmation_min_days": 0}, (56, 57), "iCPD"),
        ({}, (56, 113), "iCPD"),
        ({"late_confirmation": "ignored"}, (56, 112), "iCPD"),
        ({"late_confirmation": "ignored"}, (56, 113), "iUPD"),
    ],
)
def test_confirmation_window(trial: Any, visits: Any, options: dict[str, Any], days: tuple[int, int], expected: str) -> None:
    trial.patient().sums((-7, 50), (days[0], 60), (days[1], 66))
    assert words(visits, irecist(trial, **options)) == ["iUPD", expected]


@pytest.mark.parametrize(("since", "expected"), [("last_assessment", "iUPD"), ("first_unconfirmed", "iCPD")])
def test_growth_is_measured_from(trial: Any, visits: Any, since: str, expected: str) -> None:
    trial.patient().sums((-7, 50), (56, 60), (84, 63), (112, 66))
    assert words(visits, irecist(trial, growth_since=since)) == ["iUPD", "iUPD", expected]


def test_other_choices(trial: Any, visits: Any) -> None:
    trial.patient("P1").scan(-7, **BASE).scan(56, **TARGET).scan(84, T1=60, N1=UP)
    trial.patient("P2").scan(-7, **BASE).scan(56, **OTHER).scan(84, **OTHER)
    trial.patient("P3").scan(-7, **BASE).scan(56, **NEW).scan(84, T1=30, N1="PRESENT", L1="PRESENT").scan(
        112, T1=30, N1="PRESENT", L1="PRESENT"
    )
    default = irecist(trial)
    assert [[word for _, word in visits(default, s)] for s in ("P1", "P2", "P3")] == [["iUPD", "iCPD"], ["iUPD"] * 2, ["iUPD"] * 3]
    other = irecist(trial, other_category_confirms=False, repeated_progression_is_growth=True, standing_new_lesion="response")
    assert [[word for _, word in visits(other, s)] for s in ("P1", "P2", "P3")] == [["iUPD"] * 2, ["iUPD", "iCPD"], ["iUPD", "iPR", "iPR"]]


# --- best response (table 3) and progression ------------------------------------------------------------------------------------------

SIX_WEEKS = (42, 84, 126, 168, 210)


@pytest.mark.parametrize(
    ("course", "best_response", "progressed_on"),
    [
        ("iCR iCR iUPD iCPD NE", "iCR", 126),
        ("iUPD iPR iCR iCR iCR", "iCR", None),
        ("iUPD iPR iPR iSD iUPD", "iPR", 210),
        ("iUPD iSD iSD iSD iSD", "iSD", None),
        ("iUPD iCPD", "iCPD", 42),
        ("iUPD iUPD iCPD", "iCPD", 42),
        ("iUPD NE NE NE NE", "iUPD", 42),
        ("iSD iUPD iSD iUPD iCPD", "iSD", 168),
        ("iUPD iSD iUPD iUPD iUPD", "iSD", 126),
        ("NE NE", "NE", None),
        ("iCPD iPR", "iCPD", 42),
    ],
)
def test_best_response_and_progression(
    trial: Any, best: Any, time: Any, course: str, best_response: str, progressed_on: int | None
) -> None:
    trial.patient().judged(*zip(SIX_WEEKS, course.split(), strict=False))
    data = irecist(trial)
    assert best(data) == best_response
    assert best(data, "ORR") == ("Y" if best_response in ("iCR", "iPR") else "N")
    found = time(data, "PFSEMA")
    assert (found[0] - 1 if found[1] == 0 else None) == progressed_on


def test_lesions_give_the_same_progression(trial: Any, time: Any, best: Any) -> None:
    trial.patient().sums((-7, 50), (56, 60), (84, 50), (112, 61), (140, 66), (168, 70))
    data = irecist(trial)
    assert time(data, "PFSEMA") == (113, 0, "Disease progression")
    assert best(data) == "iSD"
