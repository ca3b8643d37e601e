"""Exposure: cycles, relative dose intensity, reductions, interruptions and delays (clinical rules, section 9)."""

from __future__ import annotations

from typing import Any

import pytest

DRUG = {"drug": "DRUG", "unit": "mg", "cycle_days": 21, "days_on": 14, "dose_levels": [12, 10, 8]}
CONTINUOUS = {"drug": "DRUG", "unit": "mg", "cycle_days": 21, "days_on": 21, "dose_levels": [12, 10, 8]}


def course(trial: Any, *doses: tuple[Any, ...], drug: dict[str, Any] = DRUG, death: int | None = None, **changes: Any) -> dict[str, Any]:
    """The exposure of one patient who took (first day, last day, dose[, reason of change])."""
    patient = trial.patient(treated=False)
    for first, last, amount, *reason in doses:
        patient.dose(first, last, amount, **({"EXADJ": reason[0]} if reason else {}))
    if death is not None:
        patient.dies(death)
    (row,) = trial.derive(schedule={"drugs": [drug]}, **changes).adex.iter_rows(named=True)
    return row


def cycles(*amounts: float, start: int = 0) -> list[tuple[int, int, float]]:
    return [(start + 21 * n, start + 21 * n + 13, amount) for n, amount in enumerate(amounts)]


def test_the_worked_example(trial: Any) -> None:
    """12 mg for two cycles, then 10 mg for two: 336 + 280 mg in 84 days, 7.33 mg a day of 8 planned: 91.7%."""
    row = course(trial, *cycles(12, 12, 10, 10))
    assert (row["CUMDOSE"], row["DURD"], row["PLANINT"], row["NCYCLE"]) == (616, 84, 8, 4)
    assert row["RDI"] == pytest.approx(616 / 84 / 8, rel=1e-12)
    assert round(100 * row["RDI"], 1) == 91.7
    assert (row["NREDUC"], row["NREESC"], row["INTRPDY"], row["NDELAY"]) == (1, 0, 0, 0)


def test_the_planned_dose_is_an_intensity_of_one(trial: Any) -> None:
    row = course(trial, *cycles(12, 12, 12, 12))
    assert (row["CUMDOSE"], row["DURD"], row["RDI"]) == (672, 84, 1)


@pytest.mark.parametrize(
    ("doses", "reductions", "reescalations"),
    [
        ((12, 10, 8), 2, 0),
        ((12, 8), 1, 0),
        ((12, 10, 10, 10), 1, 0),  # once, not once a row
        ((12, 10, 12), 1, 1),
        ((12, 8, 10), 1, 1),
        ((10, 12), 0, 1),
        ((12,), 0, 0),
    ],
)
def test_reductions_and_reescalations(trial: Any, doses: tuple[float, ...], reductions: int, reescalations: int) -> None:
    row = course(trial, *cycles(*doses))
    assert (row["NREDUC"], row["NREESC"]) == (reductions, reescalations)
    assert (row["DOSEMIN"], row["DOSEMAX"]) == (min(doses), max(doses))


def test_a_reduction_for_an_adverse_event_is_counted_apart(trial: Any) -> None:
    row = course(trial, (0, 13, 12), (21, 34, 10, "ADVERSE EVENT"), (42, 55, 8, "PHYSICIAN DECISION"))
    assert (row["NREDUC"], row["NREDUCAE"]) == (2, 1)


@pytest.mark.parametrize(
    ("doses", "days"),
    [
        ([(0, 4, 12), (8, 13, 12), (21, 34, 12)], 3),  # days 5, 6, 7
        ([(0, 10, 12), (21, 34, 12)], 3),  # the end of an on-period, treatment goes on
        ([(0, 10, 12)], 0),  # the end of treatment is no interruption
        ([(0, 4, 12), (6, 9, 12)], 1),
        ([(0, 4, 12), (5, 9, 0), (10, 13, 12)], 5),  # a dose of 0 mg is none
        ([(0, 4, 12), (5, 13, 10)], 0),  # a lower dose in the same cycle
        ([(0, 13, 12), (21, 34, 12)], 0),  # planned days off are none
    ],
)
def test_interruptions_are_planned_days_without_drug_while_treatment_continues(trial: Any, doses: Any, days: int) -> None:
    assert course(trial, *doses)["INTRPDY"] == days


@pytest.mark.parametrize(("late", "delayed"), [(0, 0), (3, 0), (4, 1), (10, 1)])
def test_a_cycle_that_starts_beyond_its_window_is_delayed(trial: Any, late: int, delayed: int) -> None:
    row = course(trial, (0, 13, 12), (21 + late, 34 + late, 12))
    assert (row["NDELAY"], row["NCYCLE"]) == (delayed, 2)


def test_a_cycle_within_its_window_may_start_early(trial: Any) -> None:
    row = course(trial, (0, 13, 12), (19, 32, 12), (40, 53, 12))
    assert (row["NCYCLE"], row["NDELAY"], row["INTRPDY"]) == (3, 0, 0)


@pytest.mark.parametrize(
    ("last", "cycles_started"),
    [(20, 1), (21, 2), (41, 2), (62, 3)],
)
def test_one_row_over_several_cycles_of_a_continuous_drug(trial: Any, last: int, cycles_started: int) -> None:
    row = course(trial, (0, last, 12), drug=CONTINUOUS)
    assert (row["NCYCLE"], row["NDELAY"], row["INTRPDY"], row["NREDUC"]) == (cycles_started, 0, 0, 0)
    assert row["CUMDOSE"] == 12 * (last + 1)
    assert row["RDI"] == 1


def test_the_end_of_treatment_is_capped_at_death_and_at_the_cutoff(trial: Any, tmp_path: Any) -> None:
    row = course(trial, (0, 13, 12), (21, 34, 12), death=36)
    assert (row["DURD"], row["CUMDOSE"]) == (37, 336)
    assert row["RDI"] == pytest.approx(336 / 37 / 8, rel=1e-12)


@pytest.mark.parametrize(
    ("cutoff", "days", "dose"),
    [
        ("2024-03-01", 42, 336),  # day 60: after the planned end, day 41
        ("2024-02-08", 39, 336),  # day 38: within the days off
        ("2024-01-29", 29, 168 + 8 * 12),  # day 28: the row that runs past it ends at it
        ("2024-01-18", 18, 168),  # day 17: the second row hasn't begun
    ],
)
def test_exposure_at_a_cutoff(trial: Any, cutoff: str, days: int, dose: float) -> None:
    row = course(trial, (0, 13, 12), (21, 34, 12), study={"cutoff": cutoff})
    assert (row["DURD"], row["CUMDOSE"]) == (days, dose)


def test_a_drug_given_once_a_cycle(trial: Any) -> None:
    drug = {"drug": "IODINE", "unit": "GBq", "cycle_days": 84, "days_on": 1, "delay_window_days": 14}
    patient = trial.patient()
    for day in (0, 80, 182):
        patient.dose(day, day, 7.4, drug="Iodine")
    (row,) = trial.derive(schedule={"drugs": [drug]}).adex.iter_rows(named=True)
    assert (row["NCYCLE"], row["NDELAY"], row["CUMDOSE"]) == (3, 1, pytest.approx(22.2))


def test_patients_without_the_drug_are_absent_and_have_no_cycle(trial: Any) -> None:
    trial.patient("P1")
    trial.patient("P2", treated=False).dose(drug="OTHER")
    data = trial.derive(schedule={"drugs": [DRUG]})
    assert data.adex["USUBJID"].to_list() == ["P1"]
    assert data.adsl.select("USUBJID", "NCYCLE").rows() == [("P1", 1), ("P2", 0)]
