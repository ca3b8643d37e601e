"""A column that the protocol doesn't name never moves a result, whatever it is called."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import topline

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "dtc-phase2"


def inner_names() -> set[str]:
    """Every word in capitals that the derivations and analyses use between quotes: variables, theirs and the records'."""
    files = [path for floor in ("derive", "analyze", "records", "execute") for path in (ROOT / "src" / "topline" / floor).rglob("*.py")]
    return {name for path in files for name in re.findall(r'"([A-Z][A-Z0-9_]*)"', path.read_text(encoding="utf-8"))}


def values(folder: Path) -> dict[str, Any]:
    return {
        row.id: (row.value, row.lower, row.upper, row.p_value, row.n, row.events, row.status) for row in topline.load_study(folder).run()
    }


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return values(EXAMPLE)


@pytest.mark.parametrize("domain", ["DM", "EX", "TU", "TR", "AE", "LB", "CM", "DS", "SS", "PR"])
@pytest.mark.parametrize("cell", ["5", "2030-01-01"])
def test_a_column_that_nobody_asked_for_changes_nothing(domain: str, cell: str, expected: dict[str, Any], tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(EXAMPLE, study, ignore=shutil.ignore_patterns("results"))
    path = study / "records" / f"{domain.lower()}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    protocol = (EXAMPLE / "study.yaml").read_text(encoding="utf-8")
    # what a domain's standard variables mean is read from them: only names foreign to the domain, and to the protocol, are tried
    standard = ("DTC", "SEQ", "VISITNUM", "DTHFL", "AGE", "SEX", "USUBJID")
    foreign = sorted(
        name
        for name in inner_names()
        if name not in rows[0] and not name.startswith(domain) and not name.endswith(standard) and not re.search(rf"\b{name}\b", protocol)
    )
    assert len(foreign) > 100
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0] + foreign, *(row + [cell] * len(foreign) for row in rows[1:])])
    assert values(study) == expected
