"""SAS, SPSS and Stata files are read through pyreadstat, by `run` and by `init`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from topline.init.start import start_study
from topline.records.load import load_records
from topline.records.statistics_file import read_statistics_file
from topline.study.load import load_protocol
from topline.study.problems import InputError

pyreadstat = pytest.importorskip("pyreadstat")

# SAS7BDAT: pyreadstat writes none, and no program here does; that its reader is reached is all that is tested.
WRITERS: dict[str, Callable[..., Any]] = {".xpt": pyreadstat.write_xport, ".sav": pyreadstat.write_sav, ".dta": pyreadstat.write_dta}
FRAME = pl.DataFrame(
    {
        "PATID": [f"P{i}" for i in range(8)],
        "AGE": [50.5 if i == 0 else None if i == 1 else 60.0 + i for i in range(8)],
        "SEX": [1.0, 2.0] * 4,
        "TRTSDT": [date(2022, 1, 1 + i) for i in range(8)],
        "DTHDT": [date(2023, 1, 1 + i) if i % 2 else None for i in range(8)],
        "LASTFU": [date(2023, 6, 1 + i) if not i % 2 else date(2023, 1, 1 + i) for i in range(8)],
    }
)


def write(path: Path) -> Path:
    WRITERS[path.suffix](FRAME, path)
    return path


@pytest.mark.parametrize("suffix", WRITERS)
def test_round_trip(tmp_path: Path, suffix: str) -> None:
    found = read_statistics_file(write(tmp_path / f"dm{suffix}"), "dm")
    assert found["PATID"].to_list() == FRAME["PATID"].to_list()
    assert found["AGE"].to_list() == FRAME["AGE"].to_list()
    assert found["DTHDT"].cast(pl.Date).to_list() == FRAME["DTHDT"].to_list()


PROTOCOL = """schema_version: 1
study: {{id: X, title: X, design: cohort, time_origin: {{domain: DM, variable: TRTSDTC}}}}
records:
  format: {format}
  domains:
    DM: {{columns: {{USUBJID: PATID, AGE: AGE, TRTSDTC: TRTSDT, DTHDTC: DTHDT}}}}
populations: [{{id: ALL, label: All}}]
analyses:
  - {{id: baseline, type: baseline, population: ALL, variables: [{{variable: AGE, type: continuous}}]}}
"""


@pytest.mark.parametrize(("format_", "suffix"), [("xpt", ".xpt"), ("spss", ".sav"), ("stata", ".dta")])
def test_run_reads_them_as_a_domain(tmp_path: Path, format_: str, suffix: str) -> None:
    (tmp_path / "records").mkdir()
    write(tmp_path / "records" / f"dm{suffix}")
    (tmp_path / "study.yaml").write_text(PROTOCOL.format(format=format_), encoding="utf-8")
    table = load_records(load_protocol(tmp_path)[0], tmp_path)["DM"]
    assert table["AGE"].to_list()[:3] == [50.5, None, 62.0]
    assert table["DTHDT"].to_list()[:2] == [None, (date(2023, 1, 2) - date(1970, 1, 1)).days]


@pytest.mark.parametrize("suffix", WRITERS)
def test_init_drafts_from_them(tmp_path: Path, suffix: str) -> None:
    started = start_study([write(tmp_path / f"cohort{suffix}")], tmp_path / "study")
    assert set(started.protocol.records.spec("DM").columns or {}) >= {"USUBJID", "AGE", "SEX", "TRTSDTC", "DTHDTC", "LASTFUDTC"}


def test_labels_of_the_file_say_which_code_is_which(tmp_path: Path) -> None:
    path = tmp_path / "cohort.sav"
    pyreadstat.write_sav(FRAME, path, variable_value_labels={"SEX": {1.0: "female", 2.0: "male"}}, column_labels={"AGE": "age at start"})
    started = start_study([path], tmp_path / "study")
    assert started.protocol.records.spec("DM").values["SEX"] == {"1": "F", "2": "M"}


@pytest.mark.parametrize("suffix", [".xpt", ".sav", ".dta", ".sas7bdat"])
def test_without_pyreadstat_it_says_what_to_install(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(InputError, match=r"REC-0008.*topline\[files\]"):
        read_statistics_file(tmp_path / f"dm{suffix}", f"dm{suffix}")
