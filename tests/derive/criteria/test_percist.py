"""PERCIST 1.0: each class, each boundary, and each choice on which the sources disagree."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest


def scan(patient: Any, day: int, visit: int, values: dict[str, float], **states: str) -> None:
    """Add one PET: lesion → SULpeak; LIVER, BLOOD and TLG of the scan; states of other lesions."""
    on = (date(2024, 1, 1) + timedelta(days=day)).isoformat()
    for name, value in values.items():
        lesion, test = {"LIVER": ("LIVER", "SULLIVER"), "BLOOD": ("BLOOD", "SULBLOOD"), "TLG": ("T1", "TLG")}.get(name, (name, "SULPEAK"))
        if test == "SULPEAK" and name not in patient._lesions:
            patient.lesion(name)
        patient.add("TR", TRLNKID=lesion, TRTESTCD=test, TRORRES=str(value), TRDTC=on, VISITNUM=visit)
    for name, state in states.items():
        if name not in patient._lesions:
            patient.lesion(name, day, visit)
        patient.add("TR", TRLNKID=name, TRTESTCD="TUMSTATE", TRORRES=state, TRDTC=on, VISITNUM=visit)


def percist(trial: Any, **options: Any) -> Any:
    return trial.derive(response={"criterion": "PERCIST 1.0", "options": options})


NORMAL = {"LIVER": 2.0, "BLOOD": 1.5}


def judged(
    trial: Any, visits: Any, base: dict[str, float], *later: dict[str, float], states: dict[str, str] | None = None, **options: Any
) -> list[str]:
    patient = trial.patient()
    for number, values in enumerate((base, *later)):
        scan(patient, -7 + 56 * number, number + 1, NORMAL | values, **((states or {}) if number else {}))
    return [word for _, word in visits(percist(trial, **options))]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"T1": 10}, {"T1": 1.5}, "CMR"),  # at the blood pool, below the liver
        ({"T1": 10}, {"T1": 1.6}, "PMR"),
        ({"T1": 10}, {"T1": 0}, "CMR"),
        ({"T1": 10}, {"T1": 7}, "PMR"),  # exactly 30%
        ({"T1": 10}, {"T1": 7.1}, "SMD"),
        ({"T1": 2.6}, {"T1": 1.8}, "PMR"),  # exactly 0.8 units
        ({"T1": 2.6}, {"T1": 1.81}, "SMD"),
        ({"T1": 10}, {"T1": 13}, "PMD"),
        ({"T1": 10}, {"T1": 12.9}, "SMD"),
        ({"T1": 2.0}, {"T1": 2.7}, "SMD"),  # 35%, but 0.7 units
        ({"T1": 2.0}, {"T1": 2.8}, "PMD"),
        ({"T1": 10, "T2": 4}, {"T1": 3, "T2": 5}, "PMR"),  # the hottest lesion is another one
        ({"T1": 10, "T2": 4}, {"T1": 3, "T2": 5.3}, "SMD"),  # one lesion is up by more than 30%
        ({"T1": 10, "TLG": 100}, {"T1": 10, "TLG": 175}, "SMD"),
        ({"T1": 10, "TLG": 100}, {"T1": 10, "TLG": 175.1}, "PMD"),
        ({"T1": 10, "T2": 4}, {"T1": 3}, "NE"),
        ({"T1": 10, "T2": 4}, {"T1": 13}, "PMD"),
    ],
)
def test_classes_and_boundaries(trial: Any, visits: Any, before: Any, after: Any, expected: str) -> None:
    assert judged(trial, visits, before, after) == [expected]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({"L1": "PRESENT"}, "PMD"),
        ({"L1": "EQUIVOCAL"}, "CMR"),
        ({"N1": "UNEQUIVOCAL PROGRESSION"}, "PMD"),
        ({"N1": "PRESENT"}, "PMR"),  # something is still there: not complete
        ({"N1": "ABSENT"}, "CMR"),
    ],
)
def test_new_lesions_and_extent(trial: Any, visits: Any, states: dict[str, str], expected: str) -> None:
    assert judged(trial, visits, {"T1": 10}, {"T1": 1}, states=states) == [expected]


def test_choices(trial: Any, visits: Any, best: Any) -> None:
    course = ({"T1": 10}, {"T1": 6}, {"T1": 8})
    assert judged(trial, visits, *course) == ["PMR", "SMD"]
    assert [word for _, word in visits(percist(trial, progression_from="nadir"))] == ["PMR", "PMD"]
    assert best(percist(trial), "ORR") == "Y"
    assert best(percist(trial)) == "PMR"


def test_one_unit_as_some_sources_print(trial: Any, visits: Any) -> None:
    assert judged(trial, visits, {"T1": 3}, {"T1": 2.1}, change_sul=1) == ["SMD"]


@pytest.mark.parametrize(("liver", "compared"), [(2.3, True), (2.31, False), (1.7, True), (1.69, False)])
def test_scans_that_are_not_comparable(trial: Any, visits: Any, liver: float, compared: bool) -> None:
    assert judged(trial, visits, {"T1": 10}, {"T1": 6, "LIVER": liver}, not_comparable="not_evaluable") == ["PMR" if compared else "NE"]
    data = percist(trial)
    assert [item.code for item in data.findings if item.code == "DER-0060"] == ([] if compared else ["DER-0060"])


def test_recorded_visits_in_its_words(trial: Any, best: Any, time: Any) -> None:
    trial.patient().judged((56, "PMR"), (112, "CMR"), (168, "PMD"))
    data = percist(trial)
    assert best(data) == "CMR"
    assert time(data, "PFSEMA")[:2] == (169, 0)
