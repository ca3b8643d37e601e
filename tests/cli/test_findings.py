"""Records with flaws: the run goes on by the declared rule, every flaw is reported with its place, and `--strict` refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from topline.api import Run, load_study


def set_cell(domain: str, row: int, column: str, value: str) -> Callable[[Any], None]:
    return lambda study: study.records[domain][row].__setitem__(column, value)


def another_row(domain: str, row: int, **cells: str) -> Callable[[Any], None]:
    return lambda study: study.records[domain].append(study.records[domain][row] | cells)


def drug_schedule(study: Any) -> None:
    plan = "drugs: [{drug: DRUG, unit: mg, cycle_days: 21, days_on: 21}], assessments"
    study.replace("schedule:\n  assessments", "schedule: {" + plan)
    study.replace("window_days: 7}", "window_days: 7}}")


def unknown_drug(study: Any) -> None:
    drug_schedule(study)
    study.records["EX"].append(study.records["EX"][0] | {"EXTRT": "DRGU"})


def drug_of_nobody(study: Any) -> None:
    study.replace("adverse_events: {", "adverse_events: {drugs: [DRUGG], ")


def adtte(run: Run, code: str) -> dict[str, tuple[float, int]]:
    table = run.datasets.adtte.filter(pl.col("PARAMCD") == code)
    return {subject: (time, censored) for subject, time, censored in table.select("USUBJID", "AVAL", "CNSR").iter_rows()}


def rows_of(run: Run, dataset: str, subject: str) -> int:
    return run.datasets.named()[dataset].filter(pl.col("USUBJID") == subject).height


# what is wrong · how it is made · the code · file, row, column · what else the message says · what the rule does
CASES: list[tuple[str, Callable[[Any], None], str, str, tuple[str, ...], Callable[[Run], bool]]] = [
    (
        "a record of an unknown patient",
        another_row("AE", 0, USUBJID="S-99"),
        "REC-0022",
        "records/ae.csv, row 8, column USUBJID",
        ("S-99", "left out", "Add the patient to DM"),
        lambda run: rows_of(run, "adae", "S-99") == 0,
    ),
    (
        "a duplicated row",
        another_row("AE", 0),
        "REC-0023",
        "records/ae.csv, row 8",
        ("left out", "S-01"),
        lambda run: rows_of(run, "adae", "S-01") == 1,
    ),
    (
        "a death before the first dose",
        set_cell("DM", 3, "DTHDTC", "2022-12-24"),
        "DER-0020",
        "records/dm.csv, row 5, column DTHDTC",
        ("OS", "S-04", "'2022-12-24'", "before the time origin", "censored at the origin"),
        lambda run: adtte(run, "OS")["S-04"] == (1.0, 1),
    ),
    (
        "a last contact before the first dose (negative follow-up)",
        lambda study: (set_cell("EX", 1, "EXSTDTC", "2024-06-01")(study), censored_at_contact(study)),
        "DER-0020",
        "records/ss.csv, row 3, column SSDTC",
        ("OS", "S-02", "'2024-01-18'", "before the time origin"),
        lambda run: adtte(run, "OS")["S-02"] == (1.0, 1),
    ),
    (
        "a progression before treatment",
        another_row("RS", 0, RSORRES="PD", RSDTC="2022-12-30"),
        "DER-0070",
        "records/rs.csv, row 28",
        ("column RSDTC", "S-01", "'2022-12-30'", "not an event"),
        lambda run: adtte(run, "PFS")["S-01"] == (231.0, 0),
    ),
    (
        "a scan after the death",
        another_row("RS", 1, USUBJID="S-06", RSDTC="2023-11-11"),
        "REC-0025",
        "records/rs.csv",
        ("column RSDTC", "S-06", "after the patient's death", "Check both dates"),
        lambda run: adtte(run, "OS")["S-06"] == (151.0, 0),
    ),
    (
        "an end before its start",
        set_cell("EX", 0, "EXENDTC", "2022-06-01"),
        "REC-0026",
        "records/ex.csv, row 2, column EXENDTC",
        ("S-01", "'2022-06-01'", "Check both dates"),
        lambda run: True,
    ),
    (
        "a partial date",
        set_cell("AE", 1, "AESTDTC", "2023-01"),
        "REC-0011",
        "records/ae.csv, row 3, column AESTDTC",
        ("'2023-01'", "not completed"),
        lambda run: rows_of(run, "adae", "S-02") == 1,
    ),
    (
        "codes in another case",
        set_cell("RS", 1, "RSORRES", "pr"),
        "REC-0012",
        "records/rs.csv, row 3, column RSORRES",
        ("'pr'", "capitals"),
        lambda run: adtte(run, "PFS")["S-01"] == (231.0, 0),
    ),
    (
        "blanks around a code",
        set_cell("RS", 1, "RSORRES", "  PR "),
        "REC-0016",
        "records/rs.csv, row 3, column RSORRES",
        ("'  PR '", "blanks"),
        lambda run: adtte(run, "PFS")["S-01"] == (231.0, 0),
    ),
    (
        "blanks around a patient's id",
        set_cell("AE", 1, "USUBJID", " S-02"),
        "REC-0016",
        "records/ae.csv, row 3, column USUBJID",
        ("' S-02'",),
        lambda run: rows_of(run, "adae", "S-02") == 1,
    ),
    (
        "an unknown drug",
        unknown_drug,
        "DER-0071",
        "records/ex.csv, row 8, column EXTRT",
        ("'DRGU'", "expected DRUG", "schedule.drugs"),
        lambda run: rows_of(run, "adex", "S-01") == 1,
    ),
    (
        "a drug of the protocol that nobody took",
        drug_of_nobody,
        "DER-0072",
        "records/ex.csv, column EXTRT",
        ("DRUGG", "expected one of DRUG"),
        lambda run: True,
    ),
    (
        "a patient without a first dose",
        lambda study: study.records["EX"].pop(1),
        "DER-0073",
        "records/dm.csv, row 3",
        ("S-02", "no time origin", "first EX.EXSTDTC"),
        lambda run: "S-02" not in adtte(run, "OS"),
    ),
    (
        "a patient in no group",
        set_cell("DM", 0, "ARM", "C"),
        "DER-0074",
        "records/dm.csv, row 2, column ARM",
        ("S-01", "'C'", "expected A or B", "groups.levels"),
        lambda run: True,
    ),
    (
        "a variable of DM that is derived from the other records",
        lambda study: [row.update(TRTSDT="1999-01-01", ORIGDT="7") for row in study.records["DM"]],
        "DER-0075",
        "records/dm.csv, row 1, column TRTSDT",
        ("derived", "not used"),
        lambda run: adtte(run, "OS")["S-01"] == (401.0, 1) and "TRTSDT_right" not in run.datasets.adsl.columns,
    ),
    (
        "values without a unit",
        set_cell("LB", 1, "LBORRESU", ""),
        "DER-0042",
        "records/lb.csv, row 3, column LBORRESU",
        ("TG", "ng/mL"),
        lambda run: True,
    ),
    (
        "an adverse event without a term",
        set_cell("AE", 0, "AETERM", ""),
        "DER-0032",
        "records/ae.csv, row 2, column AETERM",
        ("S-01", "under no term"),
        lambda run: run.results.find(endpoint="TEAE", statistic="count", group="Group A", level=None)[0].value == 3,
    ),
    (
        "a missing attribution",
        set_cell("AE", 0, "AEREL", ""),
        "DER-0031",
        "",
        ("1 adverse event", "related"),
        lambda run: True,
    ),
]


def censored_at_contact(study: Any) -> None:
    rule = "censoring: [{rule: record, label: Last contact, source: {domain: SS, variable: SSDTC, pick: last}}]"
    study.replace("preset: overall_survival}", f"events: [{{rule: death}}], {rule}}}")


@pytest.mark.parametrize(("spoil", "code", "place", "says", "holds"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_run_goes_on_and_reports_it(
    small_study: Any, spoil: Callable[[Any], None], code: str, place: str, says: tuple[str, ...], holds: Callable[[Run], bool]
) -> None:
    spoil(small_study)
    done = small_study.topline("check")
    assert done.status == 0, done.out + done.err
    lines = [line for line in done.out.splitlines() if line.startswith(f"{code} warning: ") and place in line]
    assert any(all(words in line for words in says) for line in lines), done.out
    refused = small_study.topline("run", "--strict")
    assert refused.status == 2
    assert code in refused.err
    assert small_study.outputs() == []
    assert holds(load_study(small_study.folder).execute())
    named = next(item for item in json.loads(small_study.topline("check", "--json").out) if item["code"] == code)
    assert named["severity"] == "warning"


def test_the_report_says_what_was_found_and_not_in_whom(small_study: Any) -> None:
    for case in CASES[:3]:
        case[1](small_study)
    assert small_study.topline("run", "--quiet").status == 0
    report = (small_study.folder / "results" / "report.html").read_text(encoding="utf-8")
    for code in ("REC-0022", "REC-0023", "DER-0020"):
        assert code in report
    for private in ("S-99", "S-01", "S-04", "2022-12-24"):
        assert private not in report


def test_a_sound_study_has_nothing_to_report(small_study: Any) -> None:
    done = small_study.topline("check")
    assert (done.status, done.out) == (0, "0 errors, 0 other findings\n")
    assert small_study.topline("run", "--strict", "--quiet").status == 0


@pytest.mark.parametrize(("time", "event"), [("-3", "1"), ("", "1"), ("soon", "1"), ("inf", "0"), ("10", "")])
def test_a_recorded_time_that_cannot_be_used(small_study: Any, time: str, event: str) -> None:
    study = small_study
    study.replace(
        "Overall survival, preset: overall_survival}", "Overall survival, recorded: {time: OSD, unit: days, event: OSE, event_values: [1]}}"
    )
    for number, row in enumerate(study.records["DM"]):
        row |= {"OSD": str(100 + number), "OSE": str(number % 2)}
    study.records["DM"][2] |= {"OSD": time, "OSE": event}
    done = study.topline("check")
    line = next(line for line in done.out.splitlines() if "DER-0021" in line)
    assert "records/dm.csv, row 4, column OSD" in line
    assert "S-03" in line
    times = adtte(load_study(study.folder).execute(), "OS")
    assert times["S-02"] == (101.0, 0)
    assert times["S-01"] == (100.0, 1)
    assert "S-03" not in times


def test_a_recorded_time_of_a_variable_that_is_not_there(small_study: Any) -> None:
    small_study.replace("preset: overall_survival}", "recorded: {time: OSD, event: OSE, event_values: [1]}}")
    done = small_study.topline("run")
    assert done.status == 2
    assert "PRO-0028 error: study.yaml, line" in done.err
    assert "OSD" in done.err
    assert "OSE" in done.err


def test_strict_leaves_an_earlier_result_whole(small_study: Any, tmp_path: Path) -> None:
    assert small_study.topline("run", "--quiet").status == 0
    before = (small_study.folder / "results" / "results.json").read_bytes()
    small_study.records["AE"].append(dict(small_study.records["AE"][0]))
    small_study.put("records/ae.csv", small_study.text("AE"))
    assert small_study.topline("run", "--strict").status == 2
    assert (small_study.folder / "results" / "results.json").read_bytes() == before
