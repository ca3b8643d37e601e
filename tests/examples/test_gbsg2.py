"""686 real patients: every number of the example equals R's (`tests/reference/gbsg2.R`), and none is without its reference."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from topline.analyze.results import Result, ResultSet
from topline.api import load_study

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "examples" / "gbsg2"
REFERENCE = json.loads((ROOT / "tests" / "reference" / "gbsg2.json").read_text(encoding="utf-8"))
KEYS = ("analysis", "statistic", "group", "subgroup", "variable", "level", "time")
ITERATED = ("hazard_ratio", "proportional_hazards", "interaction")
"""Found by iteration; all else is closed form."""


@pytest.fixture(scope="module")
def results() -> ResultSet:
    return load_study(STUDY).run()


def matching(results: ResultSet, wanted: dict[str, Any]) -> Iterator[Result]:
    for row in results:
        free = {"group"} if row.statistic in ("logrank", "proportional_hazards", "interaction") else set()
        if any(getattr(row, key) != wanted.get(key) for key in KEYS if key not in free):
            continue
        if "model" in wanted and row.method.get("model") != wanted["model"]:
            continue
        if "method" in wanted and row.method.get("name") != wanted["method"]:
            continue
        yield row


@pytest.mark.parametrize(
    "wanted", REFERENCE["results"], ids=lambda w: ".".join(str(w[key]) for key in (*KEYS, "model", "method") if key in w).replace(" ", "_")
)
def test_it_is_as_in_r(results: ResultSet, wanted: dict[str, Any]) -> None:
    found = list(matching(results, wanted))
    assert len(found) == 1, found
    row = found[0]
    tolerance = 1e-7 if row.statistic in ITERATED else 1e-10
    assert row.status == "ok"
    assert row.value == pytest.approx(wanted["value"], rel=tolerance, abs=1e-12)
    for ours, theirs in ((row.lower, "lower"), (row.upper, "upper"), (row.p_value, "p")):
        if theirs in wanted:
            assert ours == pytest.approx(wanted[theirs], rel=max(tolerance, 1e-9), abs=1e-13)
        else:
            assert ours is None, theirs


def test_no_number_is_without_its_reference(results: ResultSet) -> None:
    checked = {id(row) for wanted in REFERENCE["results"] for row in matching(results, wanted)}
    free = [row for row in results if id(row) not in checked and row.analysis != "populations"]
    assert {(row.statistic, row.variable) for row in free} == {("n", None), ("count", "reason")}  # sizes, and events by reason, as below
    reasons = {(row.group, row.level): row.value for row in free if row.statistic == "count"}
    assert reasons == {
        ("Hormone therapy", "Event as recorded"): 94,
        ("Hormone therapy", "Censored as recorded"): 152,
        ("No hormone therapy", "Event as recorded"): 205,
        ("No hormone therapy", "Censored as recorded"): 235,
    }


def test_the_numbers_that_the_issue_names(results: ResultSet) -> None:
    rows = results["rfs"]
    assert sum(row.value or 0 for row in rows.find(statistic="events", subgroup=None)) == 299
    ratio = next(row for row in rows.find(statistic="hazard_ratio") if row.method["model"] == "unadjusted")
    assert [round(value or 0, 4) for value in (ratio.value, ratio.lower, ratio.upper)] == [0.6949, 0.5438, 0.8879]
    assert rows.get(statistic="logrank").p_value == pytest.approx(0.003427, abs=5e-7)


def test_the_records_are_the_published_data_set() -> None:
    with (STUDY / "records" / "gbsg2.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == REFERENCE["patients"] == 686
    assert sum(int(row["cens"]) for row in rows) == 299
    assert sum(row["horTh"] == "yes" for row in rows) == 246


def test_no_date_is_invented(results: ResultSet) -> None:
    run = load_study(STUDY).execute()
    assert run.datasets.adtte["ADT"].null_count() == run.datasets.adtte.height == 686
    assert run.results.findings == ()
