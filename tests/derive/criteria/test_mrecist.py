"""mRECIST: the thresholds on the viable tumour, and what stays as in RECIST 1.1."""

from __future__ import annotations

from typing import Any

import pytest


def mrecist(trial: Any, **options: Any) -> Any:
    return trial.derive(response={"criterion": "mRECIST", "options": options})


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((50, 0), ["CR"]),
        ((50, 35), ["PR"]),
        ((50, 35.1), ["SD"]),
        ((50, 59.9), ["SD"]),
        ((50, 60), ["PD"]),
        ((20, 24), ["PD"]),  # 20% is enough: no absolute rise is asked for
        ((20, 10, 12), ["PR", "PD"]),
        ((50, None), ["NE"]),
    ],
)
def test_viable_tumour(trial: Any, visits: Any, sizes: tuple[float | None, ...], expected: list[str]) -> None:
    trial.patient().sums(*zip((-7, 56, 112), sizes, strict=False))
    assert [word for _, word in visits(mrecist(trial))] == expected


def test_the_absolute_rise_is_an_option(trial: Any, visits: Any) -> None:
    trial.patient().sums((-7, 20), (56, 24), (112, 25))
    assert visits(mrecist(trial, progression_mm=5)) == [(56, "SD"), (112, "PD")]


def test_the_viable_diameter_may_have_its_own_test(trial: Any, visits: Any) -> None:
    patient = trial.patient().sums((-7, 50), (56, 50))
    for visit, day, size in ((1, "2023-12-25", 40), (2, "2024-02-26", 0)):
        patient.add("TR", TRLNKID="T1", TRTESTCD="VIABLE", TRORRES=str(size), TRORRESU="mm", TRDTC=day, VISITNUM=visit)
    assert visits(mrecist(trial, viable_test="VIABLE")) == [(56, "CR")]
    assert visits(mrecist(trial)) == [(56, "SD")]


@pytest.mark.parametrize(("new", "expected"), [("PRESENT", "PD"), ("EQUIVOCAL", "PR")])
def test_new_and_non_target_lesions(trial: Any, visits: Any, new: str, expected: str) -> None:
    trial.patient().scan(-7, T1=50, N1="PRESENT").scan(56, T1=0, N1="PRESENT", L1=new)
    assert visits(mrecist(trial)) == [(56, expected)]
