"""A study derived in parts gives the rows of one frame, whatever the number of parts."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

import topline
from topline.api import Study
from topline.derive.datasets import for_handing_on
from topline.execute.local import derive_all
from topline.records.load import load_records

EXAMPLES = Path(__file__).parents[2] / "examples"


def _in_parquet(name: str, folder: Path) -> Study:
    """The example with its records as Parquet, ordered as they were, in small row groups."""
    shutil.copytree(EXAMPLES / name, folder / name)
    study = topline.load_study(folder / name)
    records = study.protocol.records
    domains = {}
    for domain in records.domains:
        path = study.folder / records.folder / records.file_of(domain)
        if path.suffix == ".csv" and records.spec(domain).header_row == 1:
            pl.read_csv(path, infer_schema=False, encoding=records.encoding).write_parquet(path.with_suffix(".parquet"), row_group_size=40)
            spec = records.spec(domain)
            domains[domain] = spec.model_copy(update={"file": str(Path(records.file_of(domain)).with_suffix(".parquet"))})
        else:
            domains[domain] = records.spec(domain)
    protocol = study.protocol.model_copy(update={"records": records.model_copy(update={"domains": domains})})
    return Study(study.folder, protocol, study.file)


@pytest.mark.parametrize("example", ["dtc-phase2", "npc-cohort"])
@pytest.mark.parametrize("partitions", [1, 3, 17])
def test_parts_give_the_rows_of_one_frame(example: str, partitions: int, tmp_path: Path) -> None:
    study = _in_parquet(example, tmp_path)
    whole = derive_all(study.protocol, load_records(study.protocol, study.folder))
    told: list[str] = []
    made = study.derive(tmp_path / "out", partitions, told.append)
    assert len(told) == made.parts == partitions
    assert sorted(made.rows) == sorted(whole.named())
    for name, frame in whole.named().items():
        one = for_handing_on(frame, study.protocol.records.timing)
        parts = [pl.read_parquet(path) for path in sorted((made.folder / name).iterdir())]
        assert len(parts) == partitions or name == "adlb"  # a part without laboratory rows has no file
        keys = [key for key in ("RSEVAL", "PARAMCD") if key in one.columns and name != "adtr"]
        both = [one, pl.concat(parts)]
        if keys:  # one frame has all patients of a parameter, then the next parameter
            both = [item.sort(*keys, maintain_order=True) for item in both]
        assert both[0].equals(both[1]), name
    assert made.attrition == whole.attrition
    one_by_one = [str(item) for item in made.findings if item.code != "REC-0012"]  # compares spellings, within a part
    assert sorted(one_by_one) == sorted(str(item) for item in whole.findings if item.code != "REC-0012")


def test_a_part_that_cannot_be_used_leaves_nothing(tmp_path: Path) -> None:
    study = _in_parquet("dtc-phase2", tmp_path)
    path = study.folder / study.protocol.records.folder / study.protocol.records.file_of("DM")
    rows = pl.read_parquet(path)
    pl.concat([rows, rows.tail(1)]).write_parquet(path)
    with pytest.raises(topline.InputError, match="REC-0021"):
        study.derive(tmp_path / "out", 3)
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob("*.unfinished"))
