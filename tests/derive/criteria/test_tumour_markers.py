"""Tumour markers (RECIST 1.1, 4.1 and 4.3.3): raised at baseline, they must be normal before anybody is in complete response."""

from __future__ import annotations

from typing import Any

import pytest

from topline.execute.local import derive_with_workings
from topline.records.load import load_records
from topline.report.story import tell_story
from topline.study.response_spec import TumourMarker

GONE = {"T1": 0, "N1": "ABSENT"}
CA: dict[str, Any] = {"test": "CA125", "upper_limit": 35}


def marker(patient: Any, *values: tuple[int, Any], unit: str = "U/mL", **more: Any) -> Any:
    for day, value in values:
        patient.lab(day, value, unit, LBTESTCD="CA125", **more)
    return patient


def derive(trial: Any, **rules: Any) -> Any:
    return trial.derive(response={"tumour_markers": [CA | rules]})


@pytest.mark.parametrize(
    ("base", "later", "found", "non_target", "overall"),
    [
        # lesions gone: the marker decides between CR and PR
        (80, 35, GONE, "CR", "CR"),  # at the limit is normal
        (80, 35.1, GONE, "NON-CR/NON-PD", "PR"),
        (80, "<5", GONE, "CR", "CR"),
        (80, None, GONE, "NE", "PR"),  # nobody knows that it is normal
        (80, "<50", GONE, "NE", "PR"),  # below a limit of quantification that lies above normal
        (35, 90, GONE, "CR", "CR"),  # not raised at first: it decides nothing
        (None, 90, GONE, "CR", "CR"),
        # something else is left: the marker takes nothing away and adds nothing
        (80, 10, {"T1": 0, "N1": "PRESENT"}, "NON-CR/NON-PD", "PR"),
        (80, 10, {"T1": 0, "N1": None}, "NE", "PR"),
        (80, 90, {"T1": 30, "N1": "ABSENT"}, "NON-CR/NON-PD", "PR"),
        (80, 900, {"T1": 50, "N1": "PRESENT"}, "NON-CR/NON-PD", "SD"),  # a rise is no progression
        (80, 10, {"T1": 0, "N1": "UNEQUIVOCAL PROGRESSION"}, "PD", "PD"),
    ],
)
def test_with_target_and_non_target_disease(
    trial: Any, visits: Any, base: Any, later: Any, found: Any, non_target: str, overall: str
) -> None:
    patient = trial.patient().scan(-7, T1=50, N1="PRESENT").scan(84, **found)
    marker(patient, *((day, value) for day, value in ((-3, base), (80, later)) if value is not None))
    marker(trial.patient("P2"), (-3, 1))
    data = derive(trial)
    assert visits(data) == [(84, overall)]
    assert visits(data, code="NTRGRESP") == [(84, non_target)]


@pytest.mark.parametrize(
    ("later", "size", "overall"),
    [(10, 0, "CR"), (36, 0, "PR"), (None, 0, "PR"), (900, 50, "SD"), (10, 50, "SD"), (900, 30, "PR"), (10, 70, "PD"), (10, None, "NE")],
)
def test_target_disease_alone(trial: Any, visits: Any, later: Any, size: Any, overall: str) -> None:
    marker(trial.patient().sums((-7, 50), (84, size)), (-3, 80), *([] if later is None else [(84, later)]))
    assert visits(derive(trial)) == [(84, overall)]


@pytest.mark.parametrize(
    ("later", "state", "overall"),
    [(10, "ABSENT", "CR"), (36, "ABSENT", "NON-CR/NON-PD"), (None, "ABSENT", "NE"), (10, "PRESENT", "NON-CR/NON-PD")],
)
def test_non_target_disease_alone(trial: Any, visits: Any, later: Any, state: str, overall: str) -> None:
    marker(trial.patient().scan(-7, N1="PRESENT").scan(84, N1=state), (-3, 80), *([] if later is None else [(84, later)]))
    assert visits(derive(trial)) == [(84, overall)]


def test_a_marker_alone_is_no_disease(trial: Any, visits: Any) -> None:
    marker(trial.patient("P1"), (-3, 80), (84, 10))
    trial.patient("P2").sums((-7, 50), (84, 50))
    assert visits(derive(trial)) == []


def test_a_rise_after_complete_response_is_no_progression(trial: Any, visits: Any) -> None:
    marker(trial.patient().scan(-7, T1=50).scan(84, T1=0).scan(168, T1=0), (-3, 80), (84, 10), (168, 500))
    assert visits(derive(trial)) == [(84, "CR"), (168, "PR")]


@pytest.mark.parametrize(
    ("rules", "values", "expected"),
    [
        ({}, [(-3, 80), (56, 10)], "CR"),  # 28 days before the scan
        ({}, [(-3, 80), (55, 10)], "PR"),
        ({}, [(-3, 80), (112, 10)], "CR"),
        ({}, [(-3, 80), (80, 10), (90, 90)], "CR"),  # the nearest
        ({}, [(-3, 80), (80, 10), (88, 90)], "PR"),  # of two as near, the later
        ({"window_days": 3}, [(-3, 80), (80, 10)], "PR"),
        ({"missing": "ignored"}, [(-3, 80)], "CR"),
        ({"missing": "ignored"}, [(-3, 80), (84, 90)], "PR"),
        ({"counts": "always"}, [(-3, 10), (84, 90)], "PR"),
        ({"counts": "always"}, [(84, 10)], "CR"),
        ({}, [(-30, 80), (-3, 10), (84, 90)], "CR"),  # the last value before treatment was normal
        ({}, [(-3, 80), (1, 10), (84, 90)], "PR"),
    ],
)
def test_each_choice(trial: Any, visits: Any, rules: dict[str, Any], values: list[tuple[int, Any]], expected: str) -> None:
    marker(trial.patient().sums((-7, 50), (84, 0)), *values)
    assert visits(derive(trial, **rules)) == [(84, expected)]


def test_the_limit_may_stand_beside_the_value_in_its_unit(trial: Any, visits: Any) -> None:
    patient = trial.patient().sums((-7, 50), (84, 0))
    marker(patient, (-3, 80), LBORNRHI="35")
    marker(patient, (84, 36), unit="kU/L", LBORNRHI="37")
    units = {"records": {"domains": dict.fromkeys(trial.rows), "lab_units": {"CA125": {"unit": "U/mL", "convert": {"kU/L": 1}}}}}
    rules = {"test": "CA125", "limit_variable": "LBORNRHI"}
    assert visits(trial.derive(response={"tumour_markers": [rules]}, **units)) == [(84, "CR")]


def test_of_several_markers_each_must_be_normal(trial: Any, visits: Any) -> None:
    patient = marker(trial.patient().sums((-7, 50), (84, 0)), (-3, 80), (84, 10))
    for day, value in ((-3, 400), (84, 21)):
        patient.lab(day, value, "ng/mL", LBTESTCD="AFP")
    markers = [CA, {"test": "AFP", "upper_limit": 20}]
    assert visits(trial.derive(response={"tumour_markers": markers})) == [(84, "PR")]
    markers[1]["upper_limit"] = 21
    assert visits(trial.derive(response={"tumour_markers": markers})) == [(84, "CR")]


def test_best_response_rates_and_other_criteria_follow(trial: Any, best: Any, visits: Any) -> None:
    marker(trial.patient().sums((-7, 50), (84, 0), (168, 0)), (-3, 80), (84, 90), (168, 20))
    assert best(derive(trial)) == "CR"
    data = trial.derive(response={"criterion": "iRECIST", "tumour_markers": [CA]})
    assert [word for _, word in visits(data)] == ["iPR", "iCR"]


def test_a_marker_that_nobody_measured_is_found(trial: Any, visits: Any) -> None:
    trial.patient().sums((-7, 50), (84, 0)).lab(-3, 5)
    data = derive(trial)
    assert [item.code for item in data.findings] == ["DER-0023"]
    assert visits(data) == [(84, "CR")]


@pytest.mark.parametrize("limits", [{}, {"upper_limit": 35, "limit_variable": "LBORNRHI"}])
def test_a_marker_has_one_limit(limits: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="'upper_limit', or the 'limit_variable'"):
        TumourMarker(test="CA125", **limits)


def test_the_story_names_the_marker(trial: Any) -> None:
    marker(trial.patient().sums((-7, 50), (84, 0), (168, 0)), (-3, 80), (84, 36.5))
    changes = {"response": {"tumour_markers": [CA]}}
    trial.derive(**changes)
    protocol = trial.protocol(**changes)
    records = load_records(protocol, trial.folder)
    text = " ".join(str(tell_story(protocol, records, derive_with_workings(protocol, records), "P1")).split())
    assert "non-target neither CR nor PD, tumour marker CA125 36.5 U/mL on 2024-03-25, above normal (limit 35), no new lesion: PR" in text
    assert "tumour marker CA125 not known, no new lesion: PR" in text
