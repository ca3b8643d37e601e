"""The same records in another format, coding or timing give the same results."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from topline.api import load_study
from topline.records.load import load_records

NUMBERS = {"AGE": pl.Int64, "EXDOSE": pl.Float64, "AETOXGR": pl.Int64, "LBORRES": pl.Float64}


def typed(study: Any, domain: str) -> pl.DataFrame:
    """The domain as a program that knows types would hold it: numbers as numbers, dates as dates, flags as text."""
    frame = pl.read_csv(io.StringIO(study.text(domain)), infer_schema=False).with_columns(pl.all().replace("", None))
    dates = [name for name in frame.columns if name.endswith("DTC")]
    return frame.with_columns(
        *(pl.col(name).cast(kind) for name, kind in NUMBERS.items() if name in frame.columns),
        *(pl.col(name).str.to_date() for name in dates),
    )


def results(study: Any) -> dict[str, Any]:
    return load_study(study.write()).run().to_dict()


def sibling(study: Any, name: str = "other") -> Any:
    other = type(study)(study.folder.parent / name)
    other.records = study.records
    return other


@pytest.mark.parametrize("kind", ["parquet", "excel", "parquet with times", "one workbook"])
def test_a_format_makes_no_difference(small_study: Any, kind: str) -> None:
    want = results(small_study)
    other = sibling(small_study)
    folder = other.folder / "records"
    folder.mkdir(parents=True)
    if kind.startswith("parquet"):
        other.replace("records:\n", "records:\n  format: parquet\n")
        for domain in other.records:
            frame = typed(other, domain)
            if kind == "parquet with times":
                frame = frame.with_columns(pl.col(pl.Date).cast(pl.Datetime("us")), pl.col(pl.Int64).cast(pl.Float64))
            frame.write_parquet(folder / f"{domain.lower()}.parquet")
    elif kind == "excel":
        other.replace("records:\n", "records:\n  format: excel\n")
        for domain in other.records:
            typed(other, domain).write_excel(folder / f"{domain.lower()}.xlsx")
    else:
        import xlsxwriter

        sheets = ", ".join(f"{domain}: {{file: all.xlsx, sheet: {domain} sheet}}" for domain in other.records)
        other.replace("domains: {DM: , EX: , RS: , AE: , LB: , SS: , CM: }", f"format: excel\n  domains: {{{sheets}}}")
        with xlsxwriter.Workbook(folder / "all.xlsx") as book:
            for domain in other.records:
                typed(other, domain).write_excel(book, f"{domain} sheet")
    other.records = {}
    assert results(other) == want


def test_an_excel_sheet_that_is_not_there(small_study: Any) -> None:
    small_study.replace("AE: ,", "AE: {file: ae.xlsx, sheet: Events},")
    (small_study.folder / "records").mkdir(parents=True)
    typed(small_study, "AE").write_excel(small_study.folder / "records" / "ae.xlsx", "Other")
    done = small_study.topline("run")
    assert done.status == 2
    assert "REC-0009 error: records/ae.xlsx: has no such sheet; found 'Events'; expected one of Other" in done.err


@pytest.mark.parametrize("suffix", ["parquet", "xlsx"])
def test_a_file_that_is_not_what_its_name_says(small_study: Any, suffix: str) -> None:
    small_study.replace("AE: ,", f"AE: {{file: ae.{suffix}}},")
    small_study.put(f"records/ae.{suffix}", b"no such format \x00\x01")
    done = small_study.topline("run")
    assert done.status == 2
    assert f"REC-0003 error: records/ae.{suffix}: can't be read" in done.err


def test_only_mapped_columns_are_read(small_study: Any) -> None:
    for row in small_study.records["DM"]:
        row |= {"Name": "private person", "Phone": "12345678"}
    small_study.replace("DM: ,", "DM: {columns: {USUBJID: USUBJID, ARM: ARM, AGE: AGE, SITE: SITE, DTHDTC: DTHDTC}},")
    study = load_study(small_study.write())
    records = load_records(study.protocol, study.folder)
    assert {"Name", "NAME", "Phone", "PHONE", "SEX"}.isdisjoint(records["DM"].columns)
    assert small_study.topline("run", "--quiet").status == 0
    for path in (small_study.folder / "results").rglob("*"):
        assert not path.is_file() or b"private person" not in path.read_bytes(), path.name


def test_mapped_columns_with_foreign_names(small_study: Any) -> None:
    want = results(small_study)
    other = sibling(small_study)
    other.records = {domain: [dict(row) for row in rows] for domain, rows in small_study.records.items()}
    for row in other.records["DM"]:
        row["年龄 (岁)"] = row.pop("AGE")
        row["Group/Arm"] = row.pop("ARM")
    columns = "USUBJID: USUBJID, AGE: 年龄 (岁), ARM: Group/Arm, SITE: SITE, SEX: SEX, DTHFL: DTHFL, DTHDTC: DTHDTC"
    other.replace("DM: ,", f"DM: {{columns: {{{columns}}}}},")
    assert results(other) == want


def test_values_are_recoded(small_study: Any) -> None:
    want = results(small_study)
    other = sibling(small_study)
    other.records = {domain: [dict(row) for row in rows] for domain, rows in small_study.records.items()}
    codes = {"PR": "2", "CR": "1", "SD": "3", "PD": "进展", "NE": "9"}
    for row in other.records["RS"]:
        row["RSORRES"] = codes[row["RSORRES"]]
    other.replace("RS: ,", "RS: {values: {RSORRES: {2: PR, 1: CR, 3: SD, 进展: PD, 9: NE}}},")
    assert results(other) == want


def in_study_days(study: Any) -> Any:
    """The same study with study days (day 1 = first dose; there is no day 0) instead of dates."""
    other = sibling(study, "days")
    origin = {row["USUBJID"]: date.fromisoformat(row["EXSTDTC"]) for row in study.records["EX"]}
    other.records = {}
    for domain, rows in study.records.items():
        other.records[domain] = []
        for row in rows:
            new = {}
            for name, value in row.items():
                if name.endswith("DTC"):
                    gap = (date.fromisoformat(value) - origin[row["USUBJID"]]).days if value else None
                    new[name[:-3] + "DY"] = "" if gap is None else str(gap + 1 if gap >= 0 else gap)
                else:
                    new[name] = value
            other.records[domain].append(new)
    other.replace("records:\n", "records:\n  timing: study_days\n")
    other.replace(", cutoff: 2024-12-31", "")
    return other


def test_study_days_give_the_same_times_as_dates(small_study: Any, tmp_path: Path) -> None:
    dates = load_study(small_study.write()).execute()
    study = in_study_days(small_study)
    days = load_study(study.write()).execute()
    keep = ("USUBJID", "PARAMCD", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC")
    assert days.datasets.adtte.select(keep).equals(dates.datasets.adtte.select(keep))
    a, b = days.results.to_dict(), dates.results.to_dict()
    assert a["results"] == b["results"]
    assert study.topline("run", "--quiet").status == 0
    handed_on = pl.read_parquet(study.folder / "results" / "datasets" / "adtte.parquet")
    assert not [name for name, kind in handed_on.schema.items() if kind == pl.Date], "a date was invented"
    assert handed_on.filter(pl.col("USUBJID") == "S-01", pl.col("PARAMCD") == "PFS")["ADY"].to_list() == [231]


@pytest.mark.parametrize(("value", "fine"), [("0", False), ("1.5", False), ("-1", True), ("x", False), ("99999999999", False)])
def test_study_days_that_do_not_exist(small_study: Any, value: str, fine: bool) -> None:
    study = in_study_days(small_study)
    study.records["AE"][0]["AESTDY"] = value
    done = study.topline("check")
    assert done.status == (0 if fine else 1), done.out
    assert fine or f"REC-0010 error: records/ae.csv, row 2, column AESTDY: is not a date that exists; found '{value}'" in done.out


@pytest.mark.parametrize(("unit", "factor"), [("days", 1.0), ("weeks", 7.0), ("months", 30.4375), ("years", 365.25)])
def test_recorded_times_in_each_unit(small_study: Any, unit: str, factor: float) -> None:
    study = small_study
    study.replace("preset: overall_survival}", f"recorded: {{time: OST, unit: {unit}, event: OSE, event_values: [yes, 1]}}}}")
    for number, row in enumerate(study.records["DM"]):
        row |= {"OST": f"{number + 0.5}", "OSE": ("yes", "1", "no")[number % 3]}
    times = load_study(study.write()).execute().datasets.adtte.filter(pl.col("PARAMCD") == "OS").sort("USUBJID")
    assert times["AVAL"].to_list() == pytest.approx([(number + 0.5) * factor for number in range(6)])
    assert times["CNSR"].to_list() == [0, 0, 1, 0, 0, 1]
