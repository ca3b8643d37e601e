"""Parts of a study: how many there are, and what is found in them put together."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from topline.api import Study
from topline.execute import stream
from topline.execute.stream import add_findings, parts_of
from topline.study.problems import Finding, Tally
from topline.study.protocol import Protocol


def _protocol(ending: str) -> Protocol:
    return Protocol.model_validate(
        {
            "schema_version": 1,
            "study": {"id": "S", "title": "S", "design": "single_arm"},
            "records": {"domains": {name: {"file": f"{name.lower()}.{ending}"} for name in ("DM", "EX")}},
            "populations": [{"id": "ALL", "label": "All"}],
            "endpoints": [{"id": "OS", "type": "time_to_event", "label": "OS", "preset": "overall_survival"}],
            "analyses": [{"id": "os", "type": "time_to_event", "population": "ALL", "endpoint": "OS"}],
        }
    )


def _write(folder: Path, n: int) -> None:
    (folder / "records").mkdir()
    ids = pl.DataFrame({"USUBJID": [f"P{i:03d}" for i in range(n)]})
    doses = ids.with_columns(pl.lit("A").alias("EXTRT"), pl.lit("2024-01-01").alias("EXSTDTC"))
    for name, frame in (("dm", ids), ("ex", pl.concat([doses, doses]))):
        frame.write_parquet(folder / "records" / f"{name}.parquet")
        frame.write_csv(folder / "records" / f"{name}.csv")


def test_unless_stated_parts_follow_the_rows_of_parquet_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, 40)
    monkeypatch.setattr(stream, "ROWS_AT_ONCE", 50)
    parts = parts_of(_protocol("parquet"), tmp_path)  # 40 + 80 rows
    assert [(part.first, part.end) for part in parts] == [(None, "P013"), ("P013", "P026"), ("P026", None)]
    assert len(parts_of(_protocol("csv"), tmp_path)) == 1
    assert len(parts_of(_protocol("parquet"), tmp_path, 100)) == 40


def _found(code: str, row: int | None, tally: Tally | None = None) -> Finding:
    return Finding(code, "warning", "" if tally else "odd", "TR", row, tally=tally)


def test_findings_of_parts() -> None:
    two, three = (Tally.rows(n, "{n} row", "{n} rows") for n in (2, 3))
    other = Tally.rows(5, "{n} row", "{n} rows", of="something else")
    absent = Tally((), "nobody", "nobody", absence=True)
    parts = [
        (_found("A", 3), _found("B", 9, two), _found("C", None, absent), _found("D", None, absent)),
        (_found("A", 3), _found("A", 4), _found("B", 5, three), _found("B", 6, other), _found("D", None, absent)),
    ]
    merged = add_findings(parts)
    assert [(item.code, item.row, item.message) for item in merged] == [
        ("A", 3, "odd"),
        ("B", 5, "5 rows"),
        ("D", None, "nobody"),
        ("A", 4, "odd"),
        ("B", 6, "5 rows"),
    ]


def test_only_the_datasets_that_are_asked_for_are_written(tmp_path: Path) -> None:
    _write(tmp_path, 3)
    study = Study(tmp_path, _protocol("parquet"))
    made = study.derive(tmp_path / "some", datasets=("adtte",))
    assert [path.name for path in made.folder.iterdir()] == ["adtte"]
    assert made.rows == {"adtte": 3}
    with pytest.raises(ValueError, match="adxx: the datasets are adsl, "):
        study.derive(tmp_path / "other", datasets=("adxx",))
