"""Lesion records that contradict themselves, and the selection of target lesions: each a finding, with the rule that is followed."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from topline.execute.local import derive_all
from topline.records.load import load_records
from topline.study.problems import InputError


def findings(data: Any, code: str) -> list[Any]:
    return [item for item in data.findings if item.code == code]


def place(trial: Any, lesion: str, **fields: Any) -> None:
    next(row for row in trial.rows["TU"] if row["TULNKID"] == lesion).update(fields)


def measure(patient: Any, lesion: str, day: str, visit: int, size: float, unit: str = "mm", test: str = "LDIAM") -> None:
    patient.add("TR", TRLNKID=lesion, TRTESTCD=test, TRORRES=str(size), TRORRESU=unit, TRDTC=day, VISITNUM=visit)


def test_sound_records_have_no_finding(trial: Any) -> None:
    trial.patient().scan(-7, T1=50, G1=20, N1="PRESENT").scan(84, T1=45, G1=18, N1="PRESENT", L1="PRESENT")
    assert trial.derive().findings == ()


def test_overlapping_ids(trial: Any, visits: Any) -> None:
    patient = trial.patient().sums((-7, 50), (84, 50))
    patient.add("TU", TULNKID="T1", TUORRES="NEW", TULOC="LUNG", TUDTC="2024-03-25", VISITNUM=2)
    data = trial.derive()
    (found,) = findings(data, "DER-0011")
    assert (found.file, found.row, found.subject) == ("TU", 3, "P1")
    assert "counts as TARGET" in found.message
    assert visits(data) == [(84, "SD")]


def test_a_lesion_that_changes_its_organ(trial: Any) -> None:
    patient = trial.patient().sums((-7, 50), (84, 50))
    patient.add("TU", TULNKID="T1", TUORRES="TARGET", TULOC="LIVER", TUDTC="2024-03-25", VISITNUM=2)
    (found,) = findings(trial.derive(), "DER-0012")
    assert (found.row, found.value) == (3, "LIVER")
    assert "stays in LUNG" in found.message


def test_a_measurement_without_baseline(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, T1=50).scan(84, T1=30, T2=10)
    data = trial.derive()
    (found,) = findings(data, "DER-0013")
    assert (found.file, found.row) == ("TR", 4)
    assert visits(data) == [(84, "NE")]


def test_two_scans_of_one_day_that_disagree(trial: Any, visits: Any) -> None:
    patient = trial.patient().sums((-7, 50), (84, 50))
    measure(patient, "T1", "2024-03-25", 2, 30)
    data = trial.derive()
    (found,) = findings(data, "DER-0014")
    assert (found.row, found.value) == (4, "30")
    assert visits(data) == [(84, "PR")]
    trial.rows["TR"][-1].update(TRORRES="50", TRSTAT="")
    assert findings(trial.derive(), "DER-0014") == []


def test_millimetres_and_centimetres_mixed(trial: Any, visits: Any) -> None:
    trial.patient().sums((-7, 50), (84, 45), (168, "3.5 cm"))
    data = trial.derive()
    (found,) = findings(data, "DER-0015")
    assert (found.row, found.value) == (4, "CM")
    assert visits(data) == [(84, "SD"), (168, "PR")]


def test_visits_out_of_order(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, 1, T1=50).scan(168, 2, T1=60).scan(84, 3, T1=35)
    data = trial.derive()
    (found,) = findings(data, "DER-0016")
    assert found.value == "3"
    assert visits(data) == [(84, "PR"), (168, "PD")]


def test_scans_that_belong_to_no_visit_say_nothing_of_its_order(trial: Any) -> None:
    patient = trial.patient().scan(-7, 1, T1=50).scan(84, 2, T1=50)
    patient.add("TR", TRLNKID="WHOLE BODY", TRTESTCD="RAIUPTK", TRORRES="POSITIVE", TRDTC="2023-12-27", VISITNUM=21)
    assert trial.derive().findings == ()


@pytest.mark.parametrize(
    ("parameters", "expected", "rule"),
    [
        ({}, [(84, "PR"), (168, "PD"), (252, "PD")], "a visit of their own"),
        ({"visit_number_again": "one_visit"}, [(168, "PD"), (252, "PD")], "as recorded"),
        ({"visit_span_days": 83}, [(84, "PR"), (168, "PD"), (252, "PD")], "more than 83 days"),
    ],
)
def test_one_visit_number_used_again_months_later(trial: Any, visits: Any, parameters: Any, expected: Any, rule: str) -> None:
    patient = trial.patient().scan(-7, 1, T1=50, N1="PRESENT").scan(84, 2, T1=30, N1="PRESENT")
    patient.scan(168, 2, T1=50, N1="PRESENT", L1="PRESENT").scan(252, 3, T1=50, N1="PRESENT")
    data = trial.derive(parameters)
    (found,) = findings(data, "DER-0022")
    assert (found.file, found.row, found.column, found.value, found.subject) == ("TR", 6, "VISITNUM", "2", "P1")
    assert rule in found.message
    assert visits(data) == expected


def test_a_second_use_does_not_take_the_number_of_another_visit(trial: Any, visits: Any) -> None:
    patient = trial.patient().scan(-7, 1, T1=50).scan(84, 2, T1=30).scan(126, 2.01, T1=28)
    patient.scan(168, 2, T1=50).scan(252, 2, T1=60).scan(300, 2.02, T1=70)
    data = trial.derive()
    assert visits(data) == [(84, "PR"), (126, "PR"), (168, "PD"), (252, "PD"), (300, "PD")]
    assert data.adtr.filter(pl.col("PARAMCD") == "SDIAM").sort("ADT")["AVISITN"].to_list() == [1, 2, 2.01, 2.03, 2.04, 2.02]


@pytest.mark.parametrize(("day", "span", "n"), [(126, 42, 0), (127, 42, 1), (127, 43, 0), (84, 0, 0)])
def test_scans_of_a_visit_may_be_spread(trial: Any, day: int, span: int, n: int) -> None:
    trial.patient().scan(-7, 1, T1=50, N1="PRESENT").scan(84, 2, T1=50, N1=(day, "PRESENT"))
    assert len(findings(trial.derive({"visit_span_days": span}), "DER-0022")) == n


def test_unscheduled_visits_of_one_number_whatever_the_order_of_rows(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, 1, T1=50).scan(60, 99, T1=35).scan(84, 2, T1=34).scan(150, 99, T1=30).scan(240, 99, T1=40)
    expected = [(60, "PR"), (84, "PR"), (150, "PR"), (240, "PD")]
    data = trial.derive()
    assert visits(data) == expected
    assert len(findings(data, "DER-0022")) == 2
    trial.rows["TR"].reverse()
    assert visits(trial.derive()) == expected


def test_a_row_without_a_date_does_not_hide_that_the_visit_number_is_used_again(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, 1, T1=50).scan(84, 2, T1=30).scan(300, 2, T1=60)
    trial.rows["TR"].insert(2, trial.rows["TR"][1] | {"TRORRES": "", "TRSTAT": "NOT DONE", "TRDTC": ""})
    data = trial.derive()
    assert visits(data) == [(84, "PR"), (300, "PD")]
    assert len(findings(data, "DER-0022")) == 1


def test_a_scan_after_death(trial: Any) -> None:
    trial.patient().sums((-7, 50), (84, 50)).dies(60)
    (found,) = [item for item in findings(trial.derive(), "REC-0025") if "tr" in str(item.file)]
    assert found.row == 3


@pytest.mark.parametrize(("cell", "code"), [("TRORRES", "REC-0030"), ("VISITNUM", "REC-0013")])
def test_a_value_that_cannot_be_read_says_how_to_go_on_and_that_works(trial: Any, visits: Any, cell: str, code: str) -> None:
    trial.patient().sums((-7, 50), (84, 35), (168, 40))
    trial.rows["TR"][1][cell] = "oops"
    with pytest.raises(InputError, match=rf"(?i){code}.*row 3.*'oops'.*values: {{{cell}: "):
        trial.derive()
    data = trial.derive(records={"domains": dict.fromkeys(trial.rows) | {"TR": {"values": {cell: {"oops": ""}}}}})
    assert visits(data)[0] == (84, "NE" if cell == "TRORRES" else "PR")


@pytest.mark.parametrize(
    ("state", "known", "expected"),
    [
        ("PROGRESSIVE DISEASE", False, "NON-CR/NON-PD"),
        ("PROGRESSED", False, "NON-CR/NON-PD"),
        ("PROGRESSION", True, "PD"),
        ("DISAPPEARED", True, "CR"),
        ("NOT PRESENT", True, "CR"),
        ("STABLE", True, "NON-CR/NON-PD"),
        ("NOT EVALUABLE", True, "NE"),
    ],
)
def test_states_in_words_that_no_rule_knows(trial: Any, visits: Any, state: str, known: bool, expected: str) -> None:
    trial.patient().scan(-7, N1="PRESENT").scan(84, N1=state)
    data = trial.derive()
    assert visits(data) == [(84, expected)]
    assert [(item.row, item.value) for item in findings(data, "DER-0024")] == ([] if known else [(3, state)])


def test_a_kind_of_lesion_that_is_not_known(trial: Any) -> None:
    trial.patient().sums((-7, 50), (84, 35))
    place(trial, "T1", TUORRES="Target lesion")
    (found,) = findings(trial.derive(), "DER-0025")
    assert (found.row, found.value, found.expected) == (2, "TARGET LESION", "TARGET, NON-TARGET or NEW")


def test_a_new_lesion_from_before_treatment(trial: Any, visits: Any) -> None:
    trial.patient().scan(-7, T1=50, L1="PRESENT").scan(84, T1=50)
    data = trial.derive()
    (found,) = findings(data, "DER-0026")
    assert (found.subject, found.value) == ("P1", "L1")
    assert visits(data) == [(84, "PD")]


@pytest.mark.parametrize(("size", "n"), [(500, 0), (4500, 1), ("51 cm", 1)])
def test_a_lesion_cannot_be_so_large(trial: Any, size: Any, n: int) -> None:
    trial.patient().sums((-7, 50), (84, size))
    assert len(findings(trial.derive(), "DER-0027")) == n


def test_a_short_row_is_found(trial: Any, visits: Any) -> None:
    trial.patient().sums((-7, 50), (84, 35))
    trial.derive()
    file = trial.folder / "records" / "tr.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].rpartition(",")[0]  # the visit's number, which stands last
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    protocol = trial.protocol()
    data = derive_all(protocol, load_records(protocol, trial.folder))
    (found,) = findings(data, "REC-0017")
    assert (found.file, found.row) == ("records/tr.csv", 3)
    assert visits(data) == [(84, "PR")]


# --- selection ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "organs", "expected"), [(5, 3, 0), (6, 3, 1), (3, 1, 1), (2, 1, 0), (4, 2, 0)])
def test_how_many_targets(trial: Any, n: int, organs: int, expected: int) -> None:
    trial.patient().scan(-7, **{f"T{k}": 20 for k in range(n)})
    for k in range(n):
        place(trial, f"T{k}", TULOC=f"ORGAN {k % organs}")
    assert len(findings(trial.derive(), "DER-0017")) == expected


@pytest.mark.parametrize(
    ("lesion", "size", "method", "found"),
    [
        ("T1", 10, "CT SCAN", False),
        ("T1", 9.9, "CT SCAN", True),
        ("G1", 15, "CT SCAN", False),
        ("G1", 14.9, "CT SCAN", True),
        ("T1", 9.9, "CALIPER", True),
        ("T1", 10, "CALIPER", False),
        ("T1", 19.9, "X-RAY", True),
        ("T1", 20, "X-RAY", False),
    ],
)
def test_measurable_at_baseline(trial: Any, lesion: str, size: float, method: str, found: bool) -> None:
    trial.patient().scan(-7, **{lesion: size})
    place(trial, lesion, TUMETHOD=method)
    assert bool(findings(trial.derive(), "DER-0018")) == found


@pytest.mark.parametrize(("tests", "found"), [((), False), (("PREVIR",), True), (("PREVIR", "PREVIRP"), False)])
def test_irradiated_before(trial: Any, tests: tuple[str, ...], found: bool) -> None:
    patient = trial.patient().scan(-7, T1=50)
    for test in tests:
        patient.add("TU", TULNKID="T1", TUTESTCD=test, TUORRES="Y", TULOC="LUNG")
    assert bool(findings(trial.derive(), "DER-0019")) == found


# --- split and merged lesions -----------------------------------------------------------------------------------------------------------


def part(patient: Any, lesion: str, kind: str) -> None:
    patient.add("TU", TULNKID=lesion, TUTESTCD=kind, TUORRES="TARGET", TULOC="LUNG", TUDTC="2024-03-25", VISITNUM=2)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((20, 15), "PR"), ((20, 15.1), "SD"), ((35, 25), "PD"), ((0, 0), "CR"), ((20, None), "NE"), ((60, None), "NE")],
)
def test_parts_of_a_split_lesion_are_added(trial: Any, visits: Any, sizes: tuple[Any, Any], expected: str) -> None:
    patient = trial.patient().sums((-7, 50), (84, 50))
    trial.rows["TR"].pop()  # from then on only the parts are measured
    for number, size in enumerate(sizes, 1):
        part(patient, f"T1.{number}", "TUSPLIT")
        patient.add("TR", TRLNKID=f"T1.{number}", TRTESTCD="LDIAM", TRORRES="" if size is None else str(size), TRORRESU="mm",
                    TRSTAT="NOT DONE" if size is None else "", TRDTC="2024-03-25", VISITNUM=2)  # fmt: skip
    data = trial.derive()
    assert visits(data) == [(84, expected)]


@pytest.mark.parametrize(("size", "expected"), [(35, "PR"), (45, "SD"), (60, "PD"), (0, "CR")])
def test_a_conglomerate_counts_once(trial: Any, visits: Any, size: float, expected: str) -> None:
    patient = trial.patient().scan(-7, T1=30, T2=20)
    part(patient, "T1/T2", "TUMERGE")
    measure(patient, "T1/T2", "2024-03-25", 2, size)
    data = trial.derive()
    assert visits(data) == [(84, expected)]
    assert data.adtr is not None
    assert data.adtr.filter(data.adtr["PARAMCD"] == "SDIAM")["AVAL"].to_list() == [50.0, float(size)]
    assert "T1/T2" in data.adtr["TRLNKID"].to_list()
