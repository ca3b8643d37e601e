"""Overall response at a visit: each row of the tables of RECIST 1.1 (clinical rules 1.3 and 1.4), new lesions, and its date."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

TARGETS = {"CR": 0, "PR": 30, "SD": 48, "PD": 70, "NE": None}
NON_TARGETS: dict[str, Any] = {"CR": "ABSENT", "NON-CR/NON-PD": "PRESENT", "PD": "UNEQUIVOCAL PROGRESSION", "NE": None}


@pytest.mark.parametrize(
    ("target", "other", "new", "expected"),
    [
        ("CR", None, False, "CR"),
        ("CR", "CR", False, "CR"),
        ("CR", "NON-CR/NON-PD", False, "PR"),
        ("CR", "NE", False, "PR"),
        ("PR", None, False, "PR"),
        ("PR", "CR", False, "PR"),
        ("PR", "NON-CR/NON-PD", False, "PR"),
        ("PR", "NE", False, "PR"),
        ("SD", None, False, "SD"),
        ("SD", "CR", False, "SD"),
        ("SD", "NON-CR/NON-PD", False, "SD"),
        ("SD", "NE", False, "SD"),
        ("NE", None, False, "NE"),
        ("NE", "CR", False, "NE"),
        ("NE", "NON-CR/NON-PD", False, "NE"),
        ("NE", "NE", False, "NE"),
        ("PD", None, False, "PD"),
        ("PD", "CR", False, "PD"),
        ("PD", "NON-CR/NON-PD", False, "PD"),
        ("PD", "NE", False, "PD"),
        *((target, "PD", False, "PD") for target in TARGETS),
        *((target, other, True, "PD") for target in TARGETS for other in (None, *NON_TARGETS)),
    ],
)
def test_table_1_with_target_disease(trial: Any, visits: Any, target: str, other: str | None, new: bool, expected: str) -> None:
    patient = trial.patient().scan(-7, T1=50, **({} if other is None else {"N1": "PRESENT"}))
    found: dict[str, Any] = {"T1": TARGETS[target]} | ({} if other is None else {"N1": NON_TARGETS[other]})
    patient.scan(84, **found, **({"L1": "PRESENT"} if new else {}))
    data = trial.derive()
    assert visits(data) == [(84, expected)]
    assert visits(data, code="TRGRESP") == [(84, target)]
    assert visits(data, code="NTRGRESP") == ([] if other is None else [(84, other)])


@pytest.mark.parametrize(
    ("other", "new", "expected"),
    [
        ("CR", False, "CR"),
        ("NON-CR/NON-PD", False, "NON-CR/NON-PD"),
        ("NE", False, "NE"),
        ("PD", False, "PD"),
        *((other, True, "PD") for other in NON_TARGETS),
    ],
)
def test_table_2_without_target_disease(trial: Any, visits: Any, other: str, new: bool, expected: str) -> None:
    patient = trial.patient().scan(-7, N1="PRESENT").scan(84, N1=NON_TARGETS[other], **({"L1": "PRESENT"} if new else {}))
    assert patient.subject == "P1"
    assert visits(trial.derive()) == [(84, expected)]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("ABSENT", "ABSENT"), "CR"),
        (("ABSENT", "PRESENT"), "NON-CR/NON-PD"),
        (("PRESENT", None), "NE"),
        (("ABSENT", None), "NE"),
        (("UNEQUIVOCAL PROGRESSION", None), "PD"),
        (("UNEQUIVOCAL PROGRESSION", "ABSENT"), "PD"),
        (("UNEQUIVOCAL", "PRESENT"), "PD"),  # as CDISC's terms have it
        (("EQUIVOCAL", "PRESENT"), "NON-CR/NON-PD"),  # progression has to be unequivocal
        (("PRESENT", "NOT EVALUABLE"), "NE"),
        (("ABSENT", "NOT ASSESSED"), "NE"),
        (("Present", "absent"), "NON-CR/NON-PD"),
    ],
)
def test_non_target_response_of_two_lesions(trial: Any, visits: Any, states: tuple[Any, Any], expected: str) -> None:
    trial.patient().scan(-7, T1=50, N1="PRESENT", N2="PRESENT").scan(84, T1=48, N1=states[0], N2=states[1])
    assert visits(trial.derive(), code="NTRGRESP") == [(84, expected)]


def test_a_non_target_lesion_without_a_row_is_not_assessed(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, N1="PRESENT", N2="PRESENT").scan(84, N1="ABSENT")
    assert visits(trial.derive()) == [(84, "NE")]


# --- new lesions -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("EQUIVOCAL", "EQUIVOCAL"), ["SD", "SD"]),  # equivocal: carry on
        (("EQUIVOCAL", "UNEQUIVOCAL"), ["PD", "PD"]),  # confirmed: PD from the first scan that showed it
        (("EQUIVOCAL", "ABSENT"), ["SD", "SD"]),
        (("ABSENT", "UNEQUIVOCAL"), ["SD", "PD"]),
        (("UNEQUIVOCAL", None), ["PD", "PD"]),  # once there, PD stays
    ],
)
def test_equivocal_new_lesions(trial: Any, visits: Any, states: tuple[Any, Any], expected: list[str]) -> None:
    trial.patient().scan(-7, T1=50).scan(84, T1=50, L1=states[0]).scan(168, T1=50, L1=states[1])
    assert [value for _, value in visits(trial.derive())] == expected


@pytest.mark.parametrize(("backdated", "expected"), [(True, 84), (False, 168)])
def test_progression_by_a_lesion_that_became_certain_is_dated_to_its_first_scan(
    trial: Any, visits: Any, time: Any, backdated: bool, expected: int
) -> None:
    trial.patient().scan(-7, T1=50).scan(84, T1=50, L1="EQUIVOCAL").scan(168, T1=50, L1="UNEQUIVOCAL")
    data = trial.derive({"equivocal_new_lesion_backdated": backdated})
    assert next(day for day, value in visits(data) if value == "PD") == expected
    assert time(data) == (expected + 1, 0, "Disease progression")


def test_a_new_lesion_without_a_state_is_unequivocal(trial: Any, visits: Any) -> None:
    """TU alone says that there is one, at the visit of its own day."""
    trial.patient().scan(-7, T1=50).scan(84, T1=50).lesion("L1", 168, 3).scan(168, T1=50)
    assert visits(trial.derive()) == [(84, "SD"), (168, "PD")]


def test_a_new_lesion_on_a_day_of_its_own_is_a_visit_of_its_own(trial: Any, visits: Any, time: Any) -> None:
    trial.patient().scan(-7, T1=50).scan(84, T1=50).lesion("L1", 120).scan(168, T1=50)
    data = trial.derive()
    assert visits(data) == [(84, "SD"), (120, "PD"), (168, "PD")]
    assert time(data) == (121, 0, "Disease progression")


# --- disease seen again after a complete response -----------------------------------------------------------------------------------

GONE = {"T1": 0, "G1": 8, "N1": "ABSENT"}


@pytest.mark.parametrize(
    ("later", "rule", "expected"),
    [
        (GONE, "progression", "CR"),
        (GONE | {"T1": 3}, "progression", "PD"),  # 3 mm would be PR by the table
        (GONE | {"T1": 3}, "table", "PR"),
        (GONE | {"G1": 9.9}, "progression", "CR"),
        (GONE | {"G1": 10}, "progression", "PD"),  # a node has come back at 10 mm
        (GONE | {"G1": 10}, "table", "PR"),
        (GONE | {"N1": "PRESENT"}, "progression", "PD"),
        (GONE | {"N1": "PRESENT"}, "table", "PR"),
        (GONE | {"N1": None}, "progression", "PR"),  # not evaluated: nothing was seen; the row of the table
        (GONE | {"T1": None}, "progression", "NE"),
        (GONE | {"T1": None, "G1": 10}, "progression", "PD"),  # seen although another lesion is missing
        (GONE | {"T1": 3, "G1": None}, "progression", "PD"),
        (GONE | {"T1": 3, "G1": None}, "table", "NE"),
        (GONE | {"T1": None, "N1": "PRESENT"}, "progression", "PD"),
        (GONE | {"T1": 5}, "table", "PD"),  # +5 mm from the nadir of 8: 13
    ],
)
def test_disease_seen_again_after_a_complete_response(trial: Any, visits: Any, later: dict[str, Any], rule: str, expected: str) -> None:
    trial.patient().scan(-7, T1=30, G1=16, N1="PRESENT").scan(84, **GONE).scan(168, **later)
    assert visits(trial.derive({"disease_after_complete_response": rule}))[1] == (168, expected)


def test_one_of_two_non_target_lesions_back_after_a_complete_response(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, N1="PRESENT", N2="PRESENT").scan(84, N1="ABSENT", N2="ABSENT").scan(168, N1="PRESENT", N2=None)
    assert visits(trial.derive()) == [(84, "CR"), (168, "PD")]


def test_complete_response_at_any_earlier_visit_counts(trial: Any, visits: Any) -> None:
    trial.patient().sums((-7, 30), (84, 0), (168, None), (252, 0), (336, 4))
    assert visits(trial.derive()) == [(84, "CR"), (168, "NE"), (252, "CR"), (336, "PD")]


def test_target_lesions_gone_beside_other_disease_is_no_complete_response_yet(trial: Any, visits: Any) -> None:
    """An overall CR has to come first: a target CR with a persisting non-target lesion is PR, and 3 mm again is PR by the table."""
    trial.patient().scan(-7, T1=30, N1="PRESENT").scan(84, T1=0, N1="PRESENT").scan(168, T1=3, N1="PRESENT")
    assert visits(trial.derive()) == [(84, "PR"), (168, "PR")]


# --- dates of visits whose scans are on several days --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"T1": (84, 48), "N1": (88, "PRESENT")}, (88, "SD")),  # the last scan
        ({"T1": (88, 30), "N1": (84, "PRESENT")}, (88, "PR")),
        ({"T1": (84, 0), "N1": (90, "ABSENT")}, (90, "CR")),
        ({"T1": (84, None), "N1": (90, "PRESENT")}, (90, "NE")),
        ({"T1": (84, 70), "N1": (90, "PRESENT")}, (84, "PD")),  # by the sum: the last target scan
        ({"T1": (84, 48), "N1": (90, "UNEQUIVOCAL PROGRESSION")}, (90, "PD")),  # by the non-target lesion: its scan
        ({"T1": (84, 70), "N1": (82, "UNEQUIVOCAL PROGRESSION")}, (82, "PD")),  # by both: the earlier
        ({"T1": (84, 70), "N1": (86, "UNEQUIVOCAL PROGRESSION")}, (84, "PD")),
        ({"T1": (84, 48), "N1": (88, "PRESENT"), "L1": (86, "PRESENT")}, (86, "PD")),  # by the new lesion: its scan
        ({"T1": (84, 48), "L1": (86, "PRESENT")}, (86, "PD")),
        ({"T1": (84, 48), "L1": (86, "EQUIVOCAL")}, (86, "SD")),  # a scan that shows an equivocal lesion is a scan of the visit
        ({"T1": (84, 48), "N1": (90, None)}, (84, "SD")),  # a scan that was not done dates nothing
    ],
)
def test_date_of_a_visit_with_scans_on_several_days(trial: Any, visits: Any, found: dict[str, Any], expected: tuple[int, str]) -> None:
    trial.patient().scan(-7, T1=50, **({"N1": "PRESENT"} if "N1" in found else {})).scan(84, **found)
    assert visits(trial.derive()) == [expected]


def test_date_of_progression_by_the_sum_is_the_last_target_scan(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, T1=25, T2=25).scan(84, T1=(84, 40), T2=(88, 40))
    assert visits(trial.derive()) == [(88, "PD")]
    assert visits(trial.derive({"progression_date": "first_scan"})) == [(84, "PD")]


def test_a_target_scan_not_done_does_not_date_progression(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, T1=25, T2=25).scan(84, T1=(84, 70), T2=(95, None))
    assert visits(trial.derive()) == [(84, "PD")]


def test_date_of_response_may_be_the_first_scan(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, T1=50, N1="PRESENT").scan(84, T1=(84, 30), N1=(88, "PRESENT"))
    assert visits(trial.derive({"response_date": "first_scan"})) == [(84, "PR")]


def test_a_visit_astride_the_cutoff_counts_with_its_scans_up_to_it(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, T1=30, T2=20).scan(84, T1=(84, 10), T2=(90, 10))
    assert visits(trial.derive(study={"cutoff": "2024-03-28"})) == [(84, "NE")]  # day 87
    assert visits(trial.derive(study={"cutoff": "2024-03-31"})) == [(90, "PR")]  # day 90


def test_each_overall_response_names_its_rule_and_source(trial: Any) -> None:
    trial.patient().scan(-7, T1=50, N1="PRESENT").scan(84, T1=0, N1="ABSENT").scan(168, T1=0, N1="PRESENT").lesion("L1", 200)
    trial.patient("P2").scan(-7, T1=50).scan(84, T1=70)
    trial.patient("P3").scan(-7, T1=50, N1="PRESENT").scan(84, T1=50, N1="UNEQUIVOCAL PROGRESSION")
    adrs = trial.derive().adrs.filter(pl.col("PARAMCD") == "OVR")
    assert adrs.select("USUBJID", "RULE", "SRCDOM").rows() == [
        ("P1", "target and non-target", "TR"),
        ("P1", "disease after complete response", "TR"),
        ("P1", "new lesion", "TU"),
        ("P2", "sum of diameters", "TR"),
        ("P3", "non-target progression", "TR"),
    ]
    assert adrs["SRCSEQ"].null_count() == 0


# --- the other parameters of the criterion ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "sizes", "default", "changed"),
    [
        ({"partial_response_percent": 50}, (50, 30), "PR", "SD"),
        ({"progression_percent": 40}, (50, 60), "PD", "SD"),
        ({"progression_percent": 10}, (60, 66), "SD", "PD"),
        ({"progression_mm": 2}, (20, 24), "SD", "PD"),
        ({"progression_mm": 11}, (50, 60), "PD", "SD"),
        ({"too_small_mm": 0}, (50, "TOO SMALL TO MEASURE"), "PR", "CR"),
    ],
)
def test_thresholds(trial: Any, visits: Any, parameters: dict[str, Any], sizes: tuple[Any, Any], default: str, changed: str) -> None:
    trial.patient().sums((-7, sizes[0]), (84, sizes[1]))
    assert visits(trial.derive()) == [(84, default)]
    assert visits(trial.derive(parameters)) == [(84, changed)]


def test_the_limit_of_a_normal_node(trial: Any, visits: Any) -> None:
    trial.patient().sums((-7, 16), (84, 9), lesion="G1")
    assert visits(trial.derive()) == [(84, "CR")]
    assert visits(trial.derive({"node_normal_mm": 8})) == [(84, "PR")]


def test_progression_may_be_looked_at_before_complete_response(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, G1=15, G2=15).scan(84, G1=4, G2=4).scan(168, G1=9, G2=9)
    assert visits(trial.derive()) == [(84, "CR"), (168, "CR")]
    assert visits(trial.derive({"complete_response_first": False})) == [(84, "CR"), (168, "PD")]


def test_progression_of_a_partial_sum_may_be_left_out(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, T1=30, T2=20).scan(84, T1=60, T2=None)
    assert visits(trial.derive()) == [(84, "PD")]
    assert visits(trial.derive({"partial_sum_progression": False})) == [(84, "NE")]
