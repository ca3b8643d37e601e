"""Choi criteria: the thresholds on size and attenuation, which of them goes first, and what stays as in RECIST 1.1."""

from __future__ import annotations

from typing import Any

import pytest

from topline.execute.local import derive_with_workings
from topline.records.load import load_records
from topline.report.story import tell_story
from topline.study.problems import InputError


def choi(trial: Any, **options: Any) -> Any:
    return trial.derive(response={"criterion": "Choi", "options": options})


def scan(patient: Any, day: int, attenuation: dict[str, Any], **found: Any) -> Any:
    patient.scan(day, **found)
    dated = patient.trial.rows["TR"][-1]
    for lesion, value in attenuation.items():
        fields = {"TRLNKID": lesion, "TRTESTCD": "ATTEN", "TRORRES": str(value), "TRORRESU": "HU"}
        patient.add("TR", **fields, TRDTC=dated["TRDTC"], VISITNUM=dated["VISITNUM"])
    return patient


@pytest.mark.parametrize(
    ("size", "attenuation", "expected"),
    [
        (90, 80, "PR"),  # size at −10%
        (90.1, 80, "SD"),
        (100, 68, "PR"),  # attenuation at −15%
        (100, 68.1, "SD"),
        (109.9, 80, "SD"),
        (110, 80, "PD"),
        (110, 68, "PR"),  # larger, but less dense
        (150, 60, "PR"),
        (0, 80, "CR"),
        (100, None, "SD"),  # attenuation not measured: the size decides
        (90, None, "PR"),
        (None, 60, "NE"),
    ],
)
def test_size_and_attenuation(trial: Any, visits: Any, size: Any, attenuation: Any, expected: str) -> None:
    patient = scan(trial.patient(), -7, {"T1": 80}, T1=100)
    scan(patient, 56, {} if attenuation is None else {"T1": attenuation}, T1=size)
    assert visits(choi(trial)) == [(56, expected)]
    assert visits(choi(trial), code="TRGRESP") == [(56, expected)]


@pytest.mark.parametrize(
    ("attenuation", "sizes", "expected"),
    [
        ({"T1": 60, "T2": 76}, (50, 50), "PR"),  # mean 80 → 68
        ({"T1": 60, "T2": 76.2}, (50, 50), "SD"),
        ({"T1": 40}, (50, 50), "SD"),  # one is missing: no mean
        ({"T1": 40, "T2": 40}, (50, None), "NE"),
        ({"T1": 80, "T2": 80}, (110, None), "PD"),  # those measured are enough
    ],
)
def test_several_lesions(trial: Any, visits: Any, attenuation: dict[str, Any], sizes: Any, expected: str) -> None:
    patient = scan(trial.patient(), -7, {"T1": 70, "T2": 90}, T1=50, T2=50)
    scan(patient, 56, attenuation, T1=sizes[0], T2=sizes[1])
    assert visits(choi(trial)) == [(56, expected)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"L1": "PRESENT"}, "PD"),
        ({"L1": "EQUIVOCAL"}, "PR"),
        ({"N1": "UNEQUIVOCAL PROGRESSION"}, "PD"),
        ({"N1": "ABSENT"}, "PR"),
    ],
)
def test_new_and_non_target_lesions_go_first(trial: Any, visits: Any, found: dict[str, str], expected: str) -> None:
    patient = scan(trial.patient(), -7, {"T1": 80}, T1=100, N1="PRESENT")
    scan(patient, 56, {"T1": 60}, T1=100, **({"N1": "PRESENT"} | found))
    assert visits(choi(trial)) == [(56, expected)]


def test_complete_response_needs_everything_gone(trial: Any, visits: Any) -> None:
    scan(trial.patient(), -7, {"T1": 80}, T1=100, N1="PRESENT").scan(56, T1=0, N1="PRESENT").scan(112, T1=0, N1="ABSENT").scan(
        168, T1=20, N1="ABSENT"
    )
    assert visits(choi(trial)) == [(56, "PR"), (112, "CR"), (168, "PD")]


@pytest.mark.parametrize(("reference", "expected"), [("baseline", "PR"), ("nadir", "PD")])
def test_progression_from(trial: Any, visits: Any, reference: str, expected: str) -> None:
    scan(trial.patient(), -7, {"T1": 80}, T1=100).scan(56, T1=50).scan(112, T1=55)
    assert visits(choi(trial, progression_from=reference)) == [(56, "PR"), (112, expected)]


def test_thresholds_are_options(trial: Any, visits: Any) -> None:
    scan(scan(trial.patient(), -7, {"T1": 80}, T1=100), 56, {"T1": 64}, T1=85)
    assert visits(choi(trial, size_percent=20, attenuation_percent=21)) == [(56, "SD")]


def test_best_response_and_progression_follow(trial: Any, best: Any, time: Any) -> None:
    patient = scan(trial.patient(), -7, {"T1": 80}, T1=100)
    scan(scan(scan(patient, 56, {"T1": 60}, T1=105), 112, {"T1": 60}, T1=105), 168, {"T1": 80}, T1=112)
    data = choi(trial)
    assert (best(data), best(data, "CBOR"), best(data, "ORR")) == ("PR", "PR", "Y")
    assert time(data, "PFS")[:2] == (169, 0)


def test_the_story_tells_which_of_the_two_decided(trial: Any) -> None:
    patient = scan(trial.patient(), -7, {"T1": 80}, T1=100)
    scan(scan(patient, 56, {"T1": 60}, T1=105), 112, {"T1": 80}, T1=112)
    choi(trial)
    protocol = trial.protocol(response={"criterion": "Choi"})
    records = load_records(protocol, trial.folder)
    text = " ".join(str(tell_story(protocol, records, derive_with_workings(protocol, records), "P1")).split())
    assert "sum 100 → 105 mm (+5.0% from baseline): target PR; attenuation of the target lesions: PR" in text
    assert "(limits +10.0% and 0.0 mm): target PD" in text


def test_an_attenuation_that_is_no_number_is_refused(trial: Any) -> None:
    scan(trial.patient(), -7, {"T1": "dense"}, T1=100)
    with pytest.raises(InputError, match=r"REC-0035.*'DENSE'"):
        choi(trial)
