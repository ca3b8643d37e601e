"""What a sheet with one row a patient gets wrong is a warning with its row, never silent and never a change of the data."""

from __future__ import annotations

from pathlib import Path

import pytest

from topline.api import load_study

PROTOCOL = """schema_version: 1
study: {id: X, title: X, design: cohort, time_origin: {domain: DM, variable: TRTSDTC}}
records: {domains: {DM: }}
populations: [{id: ALL, label: All}]
endpoints:
  - id: PFS
    type: time_to_event
    label: PFS
    events:
      - {rule: record, source: {domain: DM, variable: PROGDTC}, label: Progression}
      - {rule: death}
    censoring:
      - {rule: record, source: {domain: DM, variable: LASTFUDTC}, label: Last follow-up}
analyses:
  - {id: pfs, type: time_to_event, population: ALL, endpoint: PFS}
"""
HEAD = "USUBJID,TRTSDTC,PROGFL,PROGDTC,DTHFL,DTHDTC,LASTFUDTC\n"
SOUND = "A,2022-01-01,Y,2022-03-01,N,,2022-09-01\nB,2022-01-01,N,,Y,2022-05-01,2022-05-01\n"


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ("C,2022-01-01,N,,N,,2022-09-01", []),
        ("C,2022-01-01,N,,Y,,2022-09-01", ["REC-0050"]),
        ("C,2022-01-01,Y,,N,,2022-09-01", ["REC-0050"]),
        ("C,2022-01-01,N,2022-02-01,N,,2022-09-01", ["REC-0051"]),
        ("C,2022-01-01,N,,N,2022-09-01,2022-09-01", ["REC-0051"]),
        ("C,2022-01-01,Y,2021-12-01,N,,2022-09-01", ["REC-0052", "DER-0020"]),
        ("C,2022-01-01,N,,N,,2021-12-01", ["REC-0052", "DER-0020"]),
        ("C,2022-01-01,N,,Y,2022-05-01,2022-06-01", ["REC-0053"]),
        ("C,2022-01-01,Y,2022-06-01,Y,2022-05-01,2022-05-01", ["REC-0053"]),
        ("C,2022-01-01,perhaps,,N,,2022-09-01", ["REC-0054"]),
    ],
)
def test_each_has_its_finding(tmp_path: Path, row: str, codes: list[str]) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "dm.csv").write_text(HEAD + SOUND + row + "\n", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(PROTOCOL, encoding="utf-8")
    findings = load_study(tmp_path).check()
    assert [finding.code for finding in findings] == codes
    assert all(finding.severity == "warning" and finding.subject == "C" for finding in findings)
    assert all(finding.row == 4 and finding.todo for finding in findings if finding.code.startswith("REC"))
