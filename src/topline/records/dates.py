"""Dates as integers: ISO 8601 text to days since 1970-01-01; partial dates to the days they may mean; impossible ones are errors."""

from __future__ import annotations

from functools import partial

import polars as pl

from topline.records.distinct import by_distinct_value
from topline.records.domains import day_name, study_day_name
from topline.records.read import ROW
from topline.study.problems import Finding

_FULL = r"^\d{4}-\d{2}-\d{2}(?:[T ].*)?$"
_SLASHED = r"^\d{4}[/.]\d{1,2}[/.]\d{1,2}$"
_MONTH = r"^\d{4}-\d{2}$"
_MOST_DAYS = 100_000
_YEAR = r"^\d{4}$"


def parse_days(text: pl.Expr) -> pl.Expr:
    """Full dates (``2024-12-31``, with or without a time; ``2024/12/31``) as Int32 days since 1970-01-01; all else null."""
    iso = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    slashed = text.str.replace_all(r"[/.]", "-").str.to_date("%Y-%m-%d", strict=False)
    day = pl.when(text.str.contains(_FULL)).then(iso).when(text.str.contains(_SLASHED)).then(slashed)
    return day.cast(pl.Int32)


def earliest_day(text: pl.Expr) -> pl.Expr:
    """The earliest day that a full or partial date may mean."""
    month = (text.str.slice(0, 7) + "-01").str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32)
    year = (text.str.slice(0, 4) + "-01-01").str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32)
    return pl.coalesce(parse_days(text), pl.when(text.str.contains(_MONTH)).then(month).when(text.str.contains(_YEAR)).then(year))


def latest_day(text: pl.Expr) -> pl.Expr:
    """The latest day that a full or partial date may mean."""
    month = (text.str.slice(0, 7) + "-01").str.to_date("%Y-%m-%d", strict=False).dt.month_end().cast(pl.Int32)
    year = (text.str.slice(0, 4) + "-12-31").str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32)
    return pl.coalesce(parse_days(text), pl.when(text.str.contains(_MONTH)).then(month).when(text.str.contains(_YEAR)).then(year))


def add_days(frame: pl.DataFrame, variables: list[str], timing: str, file: str) -> tuple[pl.DataFrame, list[Finding]]:
    """Add the integer day of each date variable, with the earliest and latest it may mean (…LO, …HI).

    With `timing` "study_days" the variable holds a study day (1 = the day of the time origin; there is no day 0),
    and the integer is the number of days since the time origin.
    """
    findings: list[Finding] = []
    for variable in variables:
        name = day_name(variable)
        if timing == "study_days":
            source = study_day_name(variable)
            if source not in frame.columns:
                continue
            number = pl.col(source).cast(pl.Float64, strict=False)
            number = pl.when((number == number.round(0)) & (number.abs() < _MOST_DAYS)).then(number)
            day = pl.when(number > 0).then(number - 1).when(number < 0).then(number).cast(pl.Int32, strict=False)
            frame = frame.with_columns(day.alias(name), day.alias(name + "LO"), day.alias(name + "HI"))
            expected = "a study day, such as -2, -1, 1 or 2 (there is no day 0)"
        else:
            source = variable
            if source not in frame.columns:
                continue
            frame = frame.with_columns(by_distinct_value(frame[source], partial(_days_of, name=name)).get_columns())
            expected = "a date that exists, as 2024-12-31 (2024-12 or 2024 when the rest is unknown)"
        findings += _findings(frame, source, name, expected, file)
    return frame, findings


def _days_of(text: pl.DataFrame, name: str) -> pl.DataFrame:
    value = pl.col(text.columns[0])
    return text.select(parse_days(value).alias(name), earliest_day(value).alias(name + "LO"), latest_day(value).alias(name + "HI"))


def _findings(frame: pl.DataFrame, source: str, name: str, expected: str, file: str) -> list[Finding]:
    given = frame.filter(pl.col(source).is_not_null() & pl.col(name).is_null())
    findings = []
    for row, value, low in given.select(ROW, source, name + "LO").iter_rows():
        if low is None:
            findings.append(
                Finding("REC-0010", "error", "is not a date that exists", file, row, source, value, expected, "correct the date")
            )
        else:
            findings.append(
                Finding(
                    "REC-0011",
                    "warning",
                    "is a partial date; it is not completed, and rules that need the day do without this row",
                    file,
                    row,
                    source,
                    value,
                    "a full date",
                )
            )
    return findings
