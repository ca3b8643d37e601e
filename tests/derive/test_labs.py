"""Laboratory values and biochemical response: quantification limit, units, baseline, exclusion, thresholds (clinical rules, 7.2)."""

from __future__ import annotations

from typing import Any

import pytest

from topline.study.problems import InputError

ENDPOINT = {"id": "TGRESP", "type": "biochemical", "label": "Tg response", "test": "TG", "direction": "fall", "percent": 25}
ANALYSES = [{"id": "tg", "type": "lab_change", "population": "ALL", "endpoint": "TGRESP"}]


def response(trial: Any, endpoint: dict[str, Any] | None = None, **changes: Any) -> tuple[float | None, str]:
    """The change that decides, and whether it is a response."""
    data = trial.derive(endpoints=[ENDPOINT | (endpoint or {})], analyses=ANALYSES, **changes)
    (row,) = data.best.iter_rows(named=True)
    return row["TGRESPPCHG"], row["TGRESP"]


def rows(trial: Any, *columns: str, endpoint: dict[str, Any] | None = None, **changes: Any) -> list[tuple[Any, ...]]:
    data = trial.derive(endpoints=[ENDPOINT | (endpoint or {})], analyses=ANALYSES, **changes)
    return data.adlb.sort("USUBJID", "LBSEQ").select(columns).rows()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((200, 150), "Y"),  # exactly −25%
        ((200, 150.1), "N"),
        ((0.4, 0.3), "Y"),  # −25%, which binary fractions miss: 0.3 / 0.4 − 1 = −0.25000000000000006 or so
        ((0.7, 0.525), "Y"),
        ((1.1, 0.825), "Y"),
        ((3.3, 2.476), "N"),
        ((200, 250), "N"),
        ((200, 190, 100, 190), "Y"),  # the best value decides
    ],
)
def test_a_fall_of_a_quarter(trial: Any, values: tuple[float, ...], expected: str) -> None:
    patient = trial.patient()
    for number, value in enumerate(values):
        patient.lab(-3 + 30 * number, value)
    change, answer = response(trial)
    assert answer == expected
    assert change == pytest.approx(100 * (min(values[1:]) / values[0] - 1), rel=1e-12)


def test_the_last_value_may_decide(trial: Any) -> None:
    trial.patient().lab(-3, 200).lab(30, 100).lab(60, 190)
    assert response(trial) == (pytest.approx(-50), "Y")
    assert response(trial, {"value": "last"}) == (pytest.approx(-5), "N")


def test_a_rise(trial: Any) -> None:
    trial.patient().lab(-3, 200).lab(30, 250).lab(60, 150)
    assert response(trial, {"direction": "rise"}) == (pytest.approx(25), "Y")
    assert response(trial, {"direction": "rise", "percent": 26}) == (pytest.approx(25), "N")


def test_the_limit_of_quantification(trial: Any) -> None:
    trial.patient().lab(-3, 6.4).lab(30, "<0.1").lab(60, "<= 0.2").lab(90, "< 0.1")
    assert rows(trial, "AVAL", "LOQFL") == [(6.4, "N"), (0.1, "Y"), (0.2, "Y"), (0.1, "Y")]
    assert response(trial) == (pytest.approx(-98.4375), "Y")


def test_the_baseline_is_the_last_value_on_or_before_the_first_dose(trial: Any) -> None:
    trial.patient().lab(-30, 400).lab(0, 200).lab(30, 180)
    assert rows(trial, "ABLFL", "BASE", "CHG", "POSTFL") == [
        (None, 200, None, "N"),
        ("Y", 200, None, "N"),
        (None, 200, -20, "Y"),
    ]


def test_values_that_are_not_comparable_are_left_out_and_kept(trial: Any) -> None:
    """A stimulated value is neither baseline nor response; the patient stays."""
    patient = trial.patient().lab(-30, 200, LBTSHST="SUPPRESSED").lab(-3, 900, LBTSHST="STIMULATED")
    patient.lab(30, 20, LBTSHST="STIMULATED").lab(60, 190, LBTSHST="SUPPRESSED")
    exclude = {"exclude": "LBTSHST = 'STIMULATED'"}
    assert rows(trial, "EXCLFL", "ABLFL", "POSTFL", endpoint=exclude) == [
        ("N", "Y", "N"),
        ("Y", None, "N"),
        ("Y", None, "N"),
        ("N", None, "Y"),
    ]
    assert response(trial, exclude) == (pytest.approx(-5), "N")


def test_an_unknown_state_is_not_excluded(trial: Any) -> None:
    trial.patient().lab(-3, 200, LBTSHST="").lab(30, 100, LBTSHST="")
    assert response(trial, {"exclude": "LBTSHST = 'STIMULATED'"}) == (pytest.approx(-50), "Y")


def test_values_of_the_first_weeks_may_be_left_out(trial: Any) -> None:
    trial.patient().lab(-3, 200).lab(13, 100).lab(14, 180)
    assert response(trial, {"from_day": 14}) == (pytest.approx(-10), "N")
    assert response(trial, {"from_day": 13}) == (pytest.approx(-50), "Y")


@pytest.mark.parametrize("values", [[], [(-3, 200)], [(30, 100)], [(-3, 0), (30, 0)]])
def test_without_a_comparable_pair_there_is_no_response(trial: Any, values: list[tuple[int, float]]) -> None:
    patient = trial.patient()
    for day, value in values or [(30, "")]:
        patient.lab(day, value)
    assert response(trial) == (None, "N")


def test_units(trial: Any) -> None:
    """200 ng/mL is 200 µg/L and 0.2 mg/L."""
    trial.patient().lab(-3, 0.2, unit="mg/L").lab(30, 150, unit="ng/mL")
    units = {"records": {"domains": dict.fromkeys(trial.rows), "lab_units": {"TG": {"unit": "ng/mL", "convert": {"mg/L": 1000}}}}}
    assert rows(trial, "AVAL", "AVALU", **units) == [(200, "ng/mL"), (150, "ng/mL")]
    assert response(trial, **units) == (pytest.approx(-25), "Y")


def test_two_units_without_a_rule_are_refused(trial: Any) -> None:
    trial.patient().lab(-3, 0.2, unit="mg/L").lab(30, 150, unit="ng/mL")
    with pytest.raises(InputError, match="several units"):
        response(trial)


@pytest.mark.parametrize("text", ["high", "1,5", ">", "--"])
def test_what_is_not_a_value_is_refused(trial: Any, text: str) -> None:
    trial.patient().lab(-3, 200).lab(30, text)
    with pytest.raises(InputError):
        response(trial)
