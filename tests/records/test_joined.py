"""Further sheets of the patients: joined by their number; what can't be joined is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from topline.records.load import load_records
from topline.study.load import load_protocol
from topline.study.problems import InputError

PROTOCOL = """schema_version: 1
study: {id: X, title: X, design: cohort}
records:
  domains:
    DM:
      columns: {USUBJID: id}
      also:
        - {file: more.csv, columns: COLUMNS, units: {AGE: {y: 1}}}
populations: [{id: ALL, label: All}]
analyses:
  - {id: baseline, type: baseline, population: ALL, variables: [{variable: AGE, type: continuous}]}
"""


def study(folder: Path, more: str, columns: str = "{USUBJID: no, AGE: age}") -> Path:
    (folder / "records").mkdir()
    (folder / "records" / "dm.csv").write_text("id\nA\nB\n", encoding="utf-8")
    (folder / "records" / "more.csv").write_text("no,age\n" + more, encoding="utf-8")
    (folder / "study.yaml").write_text(PROTOCOL.replace("COLUMNS", columns), encoding="utf-8")
    return folder


def test_columns_of_another_sheet_come_by_the_patients_number(tmp_path: Path) -> None:
    folder = study(tmp_path, "C,50\nB,61 y\n")
    records = load_records(load_protocol(folder)[0], folder)
    assert records["DM"].select("USUBJID", "AGE").rows() == [("A", None), ("B", 61.0)]
    assert [(finding.code, finding.file, finding.row) for finding in records.findings] == [("REC-0022", "records/more.csv", 2)]
    assert set(records.files) == {"records/dm.csv", "records/more.csv"}


@pytest.mark.parametrize(("more", "code", "row"), [("B,61\nB,62\n", "REC-0021", 2), ("A,60\nB,old\n", "REC-0015", 3)])
def test_errors_name_the_sheet_they_are_in(tmp_path: Path, more: str, code: str, row: int) -> None:
    folder = study(tmp_path, more)
    with pytest.raises(InputError) as caught:
        load_records(load_protocol(folder)[0], folder)
    first = caught.value.findings[0]
    assert (first.code, first.file, first.row) == (code, "records/more.csv", row)


@pytest.mark.parametrize("columns", ["{AGE: age}", "{USUBJID: no, AGE: age}, also: [{columns: {USUBJID: no}}]"])
def test_a_further_sheet_needs_the_patients_number(tmp_path: Path, columns: str) -> None:
    folder = study(tmp_path, "A,1\n", columns)
    with pytest.raises(InputError, match="'also'"):
        load_protocol(folder)
