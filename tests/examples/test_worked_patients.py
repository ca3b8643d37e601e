"""docs/worked-patients.md: every figure that was worked out by hand there is what a run gives."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import topline
from topline.execute.local import derive_all
from topline.records.load import load_records

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "worked-patients.md").read_text(encoding="utf-8").replace("−", "-")
STUDIES = dict(re.findall(r"^## [^\n]*`(examples/[a-z0-9-]+)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
PATIENTS = {
    name: dict(re.findall(r"^### ([A-Z]+-\d{3}): [^\n]*\n(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL))
    for name, text in STUDIES.items()
}
EACH = [(study, patient) for study, told in PATIENTS.items() for patient in told]


def table(text: str) -> list[dict[str, str]]:
    """The rows of the first table of a text, by heading."""
    found = re.search(r"^(?:\|.*\n)+", text, re.MULTILINE)
    assert found is not None
    lines = [[cell.strip() for cell in line[1:-1].split("|")] for line in found[0].splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]


def number(text: str) -> float | None:
    return float(text) if text else None


@pytest.fixture(scope="module")
def derived() -> dict[str, Any]:
    runs = {}
    for name in STUDIES:
        protocol = topline.load_study(ROOT / name).protocol
        runs[name] = derive_all(protocol, load_records(protocol, ROOT / name))
    return runs


def test_ten_patients_of_each_twin_are_worked() -> None:
    assert {name: len(told) for name, told in PATIENTS.items()} == {"examples/dtc-phase2": 10, "examples/npc-cohort": 10}
    for name, text in STUDIES.items():
        assert [row["Patient"] for row in table(text)] == list(PATIENTS[name])


@pytest.mark.parametrize(("study", "patient"), EACH)
def test_progression_free_survival_and_best_response(derived: Any, study: str, patient: str) -> None:
    (hand,) = [row for row in table(STUDIES[study]) if row["Patient"] == patient]
    data = derived[study]
    (found,) = data.adtte.filter((pl.col("USUBJID") == patient) & (pl.col("PARAMCD") == "PFS")).iter_rows(named=True)
    day = pl.Series([found["ADT"]], dtype=pl.Int32).cast(pl.Date).cast(pl.String).item()
    assert (day, found["CNSR"], found["EVNTDESC"] or found["CNSDTDSC"]) == (hand["Date"], int(hand["PFS"] == "censored"), hand["Why"])
    assert found["AVAL"] == int(hand["Days"])
    assert f"{found['AVAL'] / 30.4375:.1f}" == hand["Months"]
    rows = data.adrs.filter((pl.col("USUBJID") == patient) & pl.col("PARAMCD").is_in(["BOR", "CBOR"]))
    assert dict(rows.select("PARAMCD", "AVALC").rows()) == {"BOR": hand["Best response"], "CBOR": hand["Confirmed"]}


@pytest.mark.parametrize(("study", "patient"), EACH)
def test_visits_sums_and_changes(derived: Any, study: str, patient: str) -> None:
    hand, data = table(PATIENTS[study][patient]), derived[study]
    mine = pl.col("USUBJID") == patient
    visits = data.adrs.filter(mine & (pl.col("PARAMCD") == "OVR")).sort("ADT", "AVISITN")
    told = visits.select(pl.col("ADT").cast(pl.Date).cast(pl.String), "AVALC").rows()
    assert told == [(row["Date"], row["Response"]) for row in hand[1:]]
    sums = data.adtr.filter(mine & (pl.col("PARAMCD") == "SDIAM")).sort("ADT", "AVISITN").iter_rows(named=True)
    for row, found in zip(hand, sums, strict=True):
        if row["Sum"] == "":
            assert found["ANL01FL"] == "N"
            continue
        assert (found["AVAL"], found["ANL01FL"]) == (float(row["Sum"]), "Y")
        sizes = re.sub(r"\([\d–, ]+\)| on \d+ [A-Z][a-z]+", "", row["Target lesions (rows of tr.csv)"])
        assert sum(float(size) for size in sizes.split("+")) == found["AVAL"]
        if row["Response"] == "baseline":
            continue
        assert found["PCHG"] == pytest.approx(number(row["From baseline"]), abs=0.051)
        nadir, changes = row["Nadir"].split(":")
        change, *percent = changes.split(",")
        assert (found["NADIR"], found["CHGNAD"]) == (float(nadir), float(change))
        assert (found["PCHGNAD"] is None) == (percent == [])
        if percent:
            assert found["PCHGNAD"] == pytest.approx(float(percent[0]), abs=0.051)


@pytest.mark.parametrize(("study", "patient"), EACH)
def test_the_rows_named_are_those_of_the_patient(study: str, patient: str) -> None:
    with (ROOT / study / "records" / "tr.csv").open(encoding="utf-8", newline="") as file:
        records = dict(enumerate(csv.DictReader(file), 2))
    for row in table(PATIENTS[study][patient]):
        text = row["Target lesions (rows of tr.csv)"]
        spans = [span.split("–") for span in re.findall(r"\d+(?:–\d+)?", text[text.rindex("(") :])]
        own = [records[number] for span in spans for number in range(int(span[0]), int(span[-1]) + 1)]
        assert {record["USUBJID"] for record in own} == {patient}
        done = [record for record in own if record["TRORRES"] not in ("", "NOT DONE")]
        sizes = [float(record["TRORRES"]) * (10 if record["TRORRESU"] == "cm" else 1) for record in done]
        assert all(record["TRLNKID"].startswith("T") for record in own)
        if row["Sum"]:
            assert done == own
            assert sum(sizes) == pytest.approx(float(row["Sum"]))
        else:
            assert len(done) < len(own)


@pytest.mark.parametrize(
    ("study", "patient"), [(study, patient) for study, told in PATIENTS.items() for patient, text in told.items() if "PFSEMA" in text]
)
def test_treatment_policy(derived: Any, study: str, patient: str) -> None:
    text = " ".join(PATIENTS[study][patient].split())
    found = re.search(r"\(PFSEMA\)[^:]*: (\d{4}-\d{2}-\d{2}), (\d+) days, event", text)
    assert found is not None
    rows = derived[study].adtte.filter((pl.col("USUBJID") == patient) & (pl.col("PARAMCD") == "PFSEMA"))
    assert rows.select(pl.col("ADT").cast(pl.Date).cast(pl.String), "AVAL", "CNSR").row(0) == (found[1], float(found[2]), 0)
