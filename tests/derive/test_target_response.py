"""Target response at a visit: sums, nadir and every boundary (RECIST 1.1, sections 4.3 and 4.4; clinical rules 1.1 and 1.2)."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

BASE = -7


def target(trial: Any, visits: Any, *scans: dict[str, Any], parameters: dict[str, Any] | None = None) -> list[str]:
    """The target response at each visit; the first scan is the baseline, the others come every 12 weeks."""
    patient = trial.patient()
    for number, found in enumerate(scans):
        patient.scan(BASE if number == 0 else 84 * number, **found)
    return [value for _, value in visits(trial.derive(parameters), code="TRGRESP")]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((50, 35), ["PR"]),
        ((50, 35.1), ["SD"]),
        ((50, 34.9), ["PR"]),
        ((33.3, 23.31), ["PR"]),  # 70% of 33.3 is 23.31, which no binary fraction says exactly
        ((33.3, 23.32), ["SD"]),
        ((20, 24), ["SD"]),  # +20% but only +4 mm
        ((24, 28.8), ["SD"]),  # +20% but only +4.8 mm
        ((25, 30), ["PD"]),  # +20% and +5 mm
        ((25, 29.9), ["SD"]),
        ((50, 55), ["SD"]),  # +5 mm but only +10%
        ((50, 59.9), ["SD"]),
        ((50, 60), ["PD"]),
        ((50, 20, 24), ["PR", "PR"]),  # the same from a nadir after baseline
        ((50, 25, 30), ["PR", "PD"]),
        ((50, 25, 29.9), ["PR", "PR"]),
        ((50, 30, 36), ["PR", "PD"]),  # above the nadir by 20% and 6 mm, still 28% below baseline: PD comes before PR
        ((50, 34, 35.1), ["PR", "SD"]),  # rebound above −30%, short of PD
        ((50, 60, 60), ["PD", "PD"]),  # from the nadir, which is the baseline: PD stays PD
        ((50, 40, 45, 48), ["SD", "SD", "PD"]),  # nadir 40: 48 is +20%
        ((50, 0), ["CR"]),
        ((50, 0.1), ["PR"]),
        ((50, 0, 5), ["CR", "PD"]),  # from a nadir of 0, 5 mm is PD whatever its percentage
        ((0.3, 0.21), ["PR"]),  # tenths that no binary fraction holds
        ((0.3, 0.22), ["SD"]),
    ],
)
def test_one_lesion(trial: Any, visits: Any, sizes: tuple[float, ...], expected: list[str]) -> None:
    parameters = {"disease_after_complete_response": "table"}
    assert target(trial, visits, *({"T1": size} for size in sizes), parameters=parameters) == expected


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        ({"G1": 15, "G2": 15}, [{"G1": 4, "G2": 4}, {"G1": 9, "G2": 9}], ["CR", "CR"]),  # all normal: CR before PD
        ({"G1": 15}, [{"G1": 9.9}], ["CR"]),
        ({"G1": 15}, [{"G1": 10}], ["PR"]),  # 10 mm is not under 10 mm
        ({"G1": 15, "T1": 20}, [{"G1": 9, "T1": 0}], ["CR"]),
        ({"G1": 15, "T1": 20}, [{"G1": 9, "T1": 3}], ["PR"]),
        ({"G1": 15, "T1": 20}, [{"G1": 0, "T1": 0}], ["CR"]),
        ({"G1": 15, "G2": 15}, [{"G1": 4, "G2": 4}, {"G1": 9, "G2": 10}], ["CR", "PD"]),  # reappeared at 10 mm: sum 8 → 19
        ({"G1": 16}, [{"G1": 9}, {"G1": 10}], ["CR", "PR"]),  # reappeared, +1 mm only: the arithmetic of the table
    ],
)
def test_nodes_count_by_their_short_axis(
    trial: Any, visits: Any, first: dict[str, Any], later: list[dict[str, Any]], expected: list[str]
) -> None:
    parameters = {"disease_after_complete_response": "table"}
    assert target(trial, visits, first, *later, parameters=parameters) == expected


def test_only_the_axis_that_counts_is_summed(trial: Any) -> None:
    """Of a node the short axis, of any other lesion the longest diameter; other measurements are left out."""
    patient = trial.patient().scan(BASE, T1=30, G1=16)
    patient.add("TR", TRLNKID="T1", TRTESTCD="LPERP", TRORRES="99", TRORRESU="mm", TRDTC="2023-12-25", VISITNUM=1)
    patient.add("TR", TRLNKID="G1", TRTESTCD="LDIAM", TRORRES="99", TRORRESU="mm", TRDTC="2023-12-25", VISITNUM=1)
    adtr = trial.derive().adtr
    assert adtr.filter(pl.col("PARAMCD") == "SDIAM")["AVAL"].to_list() == [46]


@pytest.mark.parametrize(
    ("first", "later", "expected"),
    [
        ({"T1": 30, "T2": 20}, [{"T1": 10, "T2": None}], ["NE"]),  # a lesion not measured
        ({"T1": 30, "T2": 20}, [{"T1": 10}], ["NE"]),  # a lesion without a row
        ({"T1": 30, "T2": 20}, [{"T1": None, "T2": None}], ["NE"]),
        ({"T1": 30, "T2": 20}, [{"T1": 60, "T2": None}], ["PD"]),  # those measured satisfy PD already: 60 ≥ 1.2 × 50
        ({"T1": 30, "T2": 20}, [{"T1": 59.9, "T2": None}], ["NE"]),
        ({"T1": 30, "T2": 20}, [{"T1": 0, "T2": None}], ["NE"]),  # never CR with a lesion missing
        ({"T1": 30, "T2": 20}, [{"T1": 5, "T2": None}, {"T1": 30, "T2": 20}], ["NE", "SD"]),  # a partial sum never lowers the nadir
        ({"T1": 30, "T2": 20}, [{"T1": 30, "T2": 10}, {"T1": 5, "T2": None}, {"T1": 30, "T2": 17}], ["SD", "NE", "SD"]),
        ({"T1": 30, "T2": 20}, [{"T1": 30, "T2": 10}, {"T1": 5, "T2": None}, {"T1": 30, "T2": 18}], ["SD", "NE", "PD"]),
        ({"T1": 30, "T2": None}, [{"T1": 10, "T2": 10}], ["NE"]),  # no complete baseline: nothing to compare with
        ({"T1": 30, "T2": None}, [{"T1": 0, "T2": 0}], ["CR"]),  # yet gone is gone
    ],
)
def test_a_lesion_that_is_missing(trial: Any, visits: Any, first: dict[str, Any], later: list[dict[str, Any]], expected: list[str]) -> None:
    assert target(trial, visits, first, *later) == expected


def test_the_sum_and_its_companions(trial: Any) -> None:
    trial.patient().scan(BASE, T1=30, T2=20).scan(84, T1=20, T2=20).scan(168, T1=10, T2=None).scan(252, T1=24, T2=20)
    rows = trial.derive().adtr.filter(pl.col("PARAMCD") == "SDIAM")
    assert rows["AVAL"].to_list() == [50, 40, 10, 44]
    assert rows["BASE"].to_list() == [50, 50, 50, 50]
    assert rows["NADIR"].to_list() == [None, 50, 40, 40]  # the smallest complete sum before the visit
    assert rows["CHG"].to_list() == [None, -10, None, -6]  # none of an incomplete sum
    assert rows["PCHG"].to_list() == [None, -20, None, -12]
    assert rows["ABLFL"].to_list() == ["Y", None, None, None]
    assert rows["ANL01FL"].to_list() == ["Y", "Y", "N", "Y"]


@pytest.mark.parametrize(("size", "expected"), [("3 cm", ["SD"]), ("2.8 cm", ["PR"]), ("2.81 cm", ["SD"])])
def test_centimetres_and_millimetres_are_one_length(trial: Any, visits: Any, size: str, expected: list[str]) -> None:
    assert target(trial, visits, {"T1": 40}, {"T1": size}) == expected


def test_too_small_to_measure_counts_as_its_default(trial: Any, visits: Any) -> None:
    found = ({"T1": 50}, {"T1": "TOO SMALL TO MEASURE"}, {"T1": 0})
    assert target(trial, visits, *found) == ["PR", "CR"]
    sums = trial.derive().adtr.filter(pl.col("PARAMCD") == "SDIAM")["AVAL"].to_list()
    assert sums == [50, 5, 0]


@pytest.mark.parametrize(
    ("scans", "expected"),
    [
        (((84, 40), (90, 30)), "PR"),  # measured twice at one visit: the last
        (((84, 30), (90, 40)), "SD"),
        (((84, 30), (90, None)), "PR"),  # a scan not done doesn't undo one that was
    ],
)
def test_a_lesion_measured_twice_at_one_visit_counts_with_its_last_measurement(
    trial: Any, visits: Any, scans: tuple[tuple[int, float | None], ...], expected: str
) -> None:
    patient = trial.patient().scan(BASE, T1=50)
    for day, size in scans:
        patient.scan(day, visit=2, T1=size)
    assert [value for _, value in visits(trial.derive(), code="TRGRESP")] == [expected]


@pytest.mark.parametrize(("parameters", "expected"), [({}, ["SD"]), ({"baseline": "first"}, ["PR"])])
def test_of_two_baselines_the_last(trial: Any, visits: Any, parameters: dict[str, Any], expected: list[str]) -> None:
    """50 mm, then 40 mm before treatment: 35 mm is −12.5% from the last, −30% from the first."""
    trial.patient().sums((-20, 50), (-5, 40), (84, 35))
    assert [value for _, value in visits(trial.derive(parameters), code="TRGRESP")] == expected


def test_a_scan_on_the_day_of_the_first_dose_is_the_baseline(trial: Any, visits: Any) -> None:
    trial.patient().sums((-20, 100), (0, 50), (84, 35))
    assert visits(trial.derive(), code="TRGRESP") == [(84, "PR")]


def test_unscheduled_visits_and_visits_out_of_order_count_by_their_dates(trial: Any, visits: Any) -> None:
    """The nadir of 20 mm at the unscheduled visit comes before the 30 mm, although its row stands last and its number is higher."""
    patient = trial.patient().scan(BASE, visit=1, T1=50)
    patient.scan(168, visit=3, T1=30).scan(100, visit=99, T1=20).scan(84, visit=2, T1=45)
    assert visits(trial.derive(), code="TRGRESP") == [(84, "SD"), (100, "PR"), (168, "PD")]
