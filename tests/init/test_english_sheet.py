"""A sheet with the short English headings of a clinic."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topline.api import Study, load_study
from topline.init.accept import accept_guesses, open_guesses
from topline.init.start import Started
from topline.init_commands import start_from_sheet

HEAD = [
    *("Pt No", "Patient name", "DOB", "Age", "Sex (M/F)", "ECOG PS", "Arm", "C1D1", "Date PD", "PD (y/n)", "Status", "Date of death"),
    *("Last seen", "Best resp.", "Smoker", "Comments"),
]
NAMES = ("Ann White", "Mary Jones", "Peter Brown", "John Smith")


def people(arms: tuple[str, ...] = (" Drug A", "Drug A ", "Drug B")) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for i in range(20):
        died = f"2023-{1 + i % 9:02d}-20" if i % 3 == 0 else None
        who = [str(i + 1), NAMES[i % 4] + "x" * (i // 4), f"{1950 + i}-01-02", str(50 + i), "MF"[i % 2], str(i % 2)]
        course = [f"2021-{1 + i % 9:02d}-10", f"2022-{1 + i % 9:02d}-15" if i % 2 else None, "ny"[i % 2], "dead" if died else "alive", died]
        rows.append([*who, arms[i % len(arms)], *course, died or "2023-12-01", ("PR", "SD", "PD", "CR")[i % 4], "yn"[i % 2], f"note {i}"])
    return rows


def test_every_heading_is_understood(start: Callable[..., Started]) -> None:
    started = start([HEAD, *people()], name="sheet.csv")
    columns = started.protocol.records.spec("DM").columns or {}
    outcome = {"TRTSDTC": "C1D1", "PROGDTC": "Date PD", "PROGFL": "PD (y/n)", "DTHFL": "Status", "DTHDTC": "Date of death"}
    assert columns.items() >= (outcome | {"LASTFUDTC": "Last seen", "BESTRESP": "Best resp.", "ARM": "Arm"}).items()
    assert [heading for name, heading in columns.items() if name.startswith("COL")] == ["Smoker"]
    assert set(started.identities) == {"Patient name", "DOB"}
    assert started.unused == ("Comments",)


def test_labels_of_groups_have_no_blanks_and_the_study_runs(accepted: Callable[..., Study]) -> None:
    study = accepted([HEAD, *people()], name="sheet.csv")
    assert study.protocol.groups is not None
    assert [level.label for level in study.protocol.groups.levels] == ["Drug A", "Drug B"]
    sizes = {row.group: row.value for row in study.execute().results.rows if row.analysis == "os" and row.statistic == "n"}
    assert sizes == {"Drug A": 14, "Drug B": 6}


def test_a_reference_without_evidence_says_so(start: Callable[..., Started]) -> None:
    guesses = {guess.id: guess for guess in start([HEAD, *people()], name="sheet.csv").guesses}
    assert "chosen without evidence: please choose" in (guesses["reference-group"].evidence or "")
    assert "Fisher's exact test" in guesses["tests"].guess


def test_no_test_is_guessed_of_a_response_that_is_not_there(start: Callable[..., Started]) -> None:
    table = [[cell for place, cell in enumerate(row) if HEAD[place] != "Best resp."] for row in [HEAD, *people()]]
    guesses = {guess.id: guess for guess in start(table, name="sheet.csv").guesses}
    assert "log-rank" in guesses["tests"].guess
    assert "Fisher" not in guesses["tests"].guess


@pytest.mark.parametrize("heading", ["PD", "Progressed later", "resp at week 8", "Relapse site", "Death in hospital", "Died at home"])
def test_no_heading_of_an_outcome_is_a_baseline_variable(start: Callable[..., Started], heading: str) -> None:
    table = [[heading if cell == "Smoker" else cell for cell in HEAD], *people()]
    columns = start(table, name="sheet.csv").protocol.records.spec("DM").columns or {}
    assert heading not in [text for name, text in columns.items() if name.startswith("COL")]


@pytest.mark.parametrize("heading", ["PD-L1 (y/n)", "PDL1", "Prior PD-1", "Respiratory disease"])
def test_a_marker_with_a_similar_name_still_is_one(start: Callable[..., Started], heading: str) -> None:
    table = [[heading if cell == "Smoker" else cell for cell in HEAD], *people()]
    columns = start(table, name="sheet.csv").protocol.records.spec("DM").columns or {}
    assert heading in [text for name, text in columns.items() if name.startswith("COL")]


def test_what_is_not_used_is_listed_and_one_error_is_one(
    sheet: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = people(("Drug A", "Drug B"))
    rows[3][3] = "ca. 66"
    start_from_sheet([str(sheet([HEAD, *rows], name="sheet.csv"))], str(tmp_path / "study"))
    text = capsys.readouterr().out
    assert "not recognised, and not used (1): “Comments”" in text
    assert "note 1" not in text
    assert "1 error and 0 warnings" in text
    assert 'values: {AGE: {"the cell as it is": ""}}' in text
    assert "ca. 66" not in text


def test_an_unreadable_number_is_recoded_as_the_message_says(start: Callable[..., Started]) -> None:
    rows = people(("Drug A", "Drug B"))
    rows[3][3] = "ca. 66"
    folder = start([HEAD, *rows], name="sheet.csv").folder
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"( +)values:\n", r'\1values:\n\1  AGE: {"ca. 66": ""}\n', text, count=1), encoding="utf-8")
    accept_guesses(folder, [guess.id for guess in open_guesses(folder)])
    study = load_study(folder)
    assert [item for item in study.check() if item.severity == "error"] == []
    known = [row.value for row in study.execute().results.rows if row.variable == "Age" and row.statistic == "n"]
    assert max(value for value in known if value is not None) == 19
