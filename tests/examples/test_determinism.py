"""The same input gives the same bytes: two processes with other hash seeds and thread counts write the same files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(study: Path, out: Path, seed: str, threads: str, zone: str) -> dict[str, str]:
    """Run a study in a process of its own; return the hash of every file."""
    environment = os.environ | {"PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": threads, "OMP_NUM_THREADS": threads, "TZ": zone}
    arguments = [sys.executable, "-m", "topline.cli", "run", str(study), "--out", str(out), "--quiet"]
    subprocess.run(arguments, env=environment, check=True, cwd=out.parent)
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.rglob("*")) if path.is_file()
    }


def same_twice(study: Path, folder: Path) -> None:
    first = run(study, folder / "one", "1", "1", "UTC")
    second = run(study, folder / "two", "4242", "2", "Asia/Shanghai")
    assert len(first) > 10
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_a_small_study_twice(small_study: Any, tmp_path: Path) -> None:
    same_twice(small_study.write(), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("example", sorted(path.parent.name for path in (ROOT / "examples").glob("*/study.yaml")))
def test_each_example_twice(example: str, tmp_path: Path) -> None:
    same_twice(ROOT / "examples" / example, tmp_path)


def test_the_order_of_rows_and_files_makes_no_difference(small_study: Any, tmp_path: Path) -> None:
    from topline.api import load_study

    want = load_study(small_study.write()).run().to_dict()
    other = type(small_study)(tmp_path / "other")
    other.records = {domain: list(reversed(rows)) for domain, rows in small_study.records.items()}
    other.replace("{DM: , EX: , RS: , AE: , LB: , SS: , CM: }", "{CM: , SS: , LB: , AE: , RS: , EX: , DM: }")
    assert load_study(other.write()).run().to_dict() == want


def test_the_place_of_the_study_makes_no_difference(small_study: Any, tmp_path: Path) -> None:
    assert small_study.topline("run", "--quiet").status == 0
    moved = tmp_path / "elsewhere with blanks 甲"
    small_study.folder.rename(moved)
    before = {path.name: path.read_bytes() for path in (moved / "results").rglob("*") if path.is_file()}
    again = type(small_study)(moved)
    assert again.topline("run", "--quiet").status == 0
    assert {path.name: path.read_bytes() for path in (moved / "results").rglob("*") if path.is_file()} == before
    for name, content in before.items():
        assert str(tmp_path).encode() not in content, name
