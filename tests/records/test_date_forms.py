"""Dates in declared forms: read to the day, or an error with its place; never a day that isn't there."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topline.records.date_forms import to_iso
from topline.records.load import load_records
from topline.study.load import load_protocol
from topline.study.problems import InputError
from topline.study.records_spec import DateForm

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def read(text: str, *forms: DateForm) -> str:
    return str(pl.DataFrame({"x": [text]}).select(to_iso(pl.col("x"), forms)).item())


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        ("2024/5/1", "ymd", "2024-05-01"),
        ("2024-5-1", "ymd", "2024-05-01"),
        ("2024.05.01 08:30", "ymd", "2024-05-01"),
        ("20240501", "ymd", "2024-05-01"),
        ("2024/5", "ymd", "2024-05"),
        ("202405", "ymd", "2024-05"),
        ("２０２４／５／１", "ymd", "2024-05-01"),
        ("2024年5月1日", "chinese", "2024-05-01"),
        ("2024 年 5 月 1 号", "chinese", "2024-05-01"),
        ("2024年12月", "chinese", "2024-12"),
        ("1/5/2024", "dmy", "2024-05-01"),
        ("1/5/2024", "mdy", "2024-01-05"),
        ("1.5.24", "dmy", "2024-05-01"),
        ("1/5/69", "mdy", "1969-01-05"),
        ("1-May-2024", "month_name", "2024-05-01"),
        ("May 1st, 2024", "month_name", "2024-05-01"),
        ("1 Sept 2024", "month_name", "2024-09-01"),
        ("May 2024", "month_name", "2024-05"),
        ("45413", "excel_serial", "2024-05-01"),
        ("45413.5", "excel_serial", "2024-05-01"),
    ],
)
def test_forms(text: str, form: DateForm, iso: str) -> None:
    assert read(text, form) == iso


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2024/2/30", "ymd"),
        ("2024.1", "ymd"),
        ("20241301", "ymd"),
        ("31/4/2024", "dmy"),
        ("13/13/2024", "mdy"),
        ("2024年13月1日", "chinese"),
    ]
    + [("2024", "excel_serial"), ("99999", "excel_serial"), ("1-Mai-2024x", "month_name"), ("soon", "ymd"), ("1/5/2024", "ymd")],
)
def test_what_is_no_date_stays_as_it_is(text: str, form: DateForm) -> None:
    assert read(text, form) == text


@settings(max_examples=30)
@given(day=st.dates(date(1970, 1, 1), date(2068, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    written: dict[DateForm, str] = {
        "ymd": f"{day.year}/{day.month}/{day.day}",
        "chinese": f"{day.year}年{day.month}月{day.day}日",
        "dmy": f"{day.day}.{day.month}.{day.year}",
        "mdy": f"{day.month}/{day.day}/{day.year % 100:02d}",
        "month_name": f"{day.day}-{MONTHS[day.month - 1]}-{day.year}",
        "excel_serial": str(serial),
    }
    for form, text in written.items():
        assert read(text, form) == day.isoformat()
    assert timedelta(days=serial) + date(1899, 12, 30) == day


PROTOCOL = """schema_version: 1
study: {id: X, title: X, design: cohort, time_origin: {domain: DM, variable: TRTSDTC}}
records:
  domains:
    DM:
      columns: {USUBJID: id, TRTSDTC: start, DTHDTC: death, AGE: age}
      units: {AGE: {y: 1, months: 0.08333333333333333}}
      dates: {TRTSDTC: {forms: [dmy], missing_day: 15}, DTHDTC: {forms: [chinese]}}
populations: [{id: ALL, label: All}]
analyses:
  - {id: baseline, type: baseline, population: ALL, variables: [{variable: AGE, type: continuous}]}
"""


def study(folder: Path, rows: str, protocol: str = PROTOCOL) -> Path:
    (folder / "records").mkdir()
    (folder / "records" / "dm.csv").write_text("id,start,death,age\n" + rows, encoding="utf-8")
    (folder / "study.yaml").write_text(protocol, encoding="utf-8")
    return folder


def test_a_domain_is_read_by_its_forms_and_units(tmp_path: Path) -> None:
    folder = study(tmp_path, "A,1/5/2022,2023年2月3日,65 y\nB,2022-05,,780months\n")
    records = load_records(load_protocol(folder)[0], folder)
    assert records["DM"]["TRTSDTC"].to_list() == ["2022-05-01", "2022-05-15"]
    assert records["DM"]["AGE"].to_list() == [65.0, 65.0]
    assert [(finding.code, finding.row) for finding in records.findings] == [("REC-0014", 3)]


@pytest.mark.parametrize(
    ("rows", "code", "column"),
    [
        ("A,2022-01-01,,1\nB,31/4/2022,,2\n", "REC-0010", "TRTSDTC"),
        ("A,2022-01-01,,1\nB,2022-01-01,1/5/2022,2\n", "REC-0010", "DTHDTC"),
        ("A,2022-01-01,,1\nB,2022-01-01,,65 months old\n", "REC-0015", "AGE"),
    ],
)
def test_what_is_in_no_declared_form_is_an_error_with_its_place(tmp_path: Path, rows: str, code: str, column: str) -> None:
    folder = study(tmp_path, rows)
    with pytest.raises(InputError) as caught:
        load_records(load_protocol(folder)[0], folder)
    assert [(finding.code, finding.row, finding.column) for finding in caught.value.findings] == [(code, 3, column)]


def test_a_column_can_not_be_both_orders(tmp_path: Path) -> None:
    folder = study(tmp_path, "A,2022-01-01,,1\n", PROTOCOL.replace("[dmy]", "[dmy, mdy]"))
    with pytest.raises(InputError, match="can't be both"):
        load_protocol(folder)


def test_what_is_described_must_be_mapped(tmp_path: Path) -> None:
    folder = study(tmp_path, "A,2022-01-01,,1\n", PROTOCOL.replace("AGE: age", "AG: age"))
    with pytest.raises(InputError, match="not mapped"):
        load_protocol(folder)
