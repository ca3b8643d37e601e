"""Checks of a sheet with one row a patient: events without their date, dates that can't be in that order. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from topline.records.domains import day_name
from topline.records.read import ROW
from topline.study.conditions import variables_of
from topline.study.endpoints import TimeToEvent
from topline.study.info import DateSource
from topline.study.problems import Finding
from topline.study.protocol import Protocol

YES, NO = ("Y", "YES", "1", "TRUE"), ("N", "NO", "0", "FALSE")


def check_sheet(table: pl.DataFrame, protocol: Protocol, file: str) -> list[Finding]:
    """Return what is odd about the dates and flags that DM holds for the protocol's rules.

    REC-0050 an event is recorded, its date isn't; REC-0051 the date of an event that is recorded as not seen; REC-0052 a date before the
    time origin; REC-0053 a date after death; REC-0054 a flag that says neither yes nor no; REC-0055 a death without its date, where the
    protocol refuses those.
    """
    sources = [source for source in _sources(protocol) if day_name(source.variable) in table.columns]
    if "DTHDT" not in table.columns and "DTHFL" in table.columns and _counts_deaths(protocol):
        table = table.with_columns(pl.lit(None, pl.Int32).alias("DTHDT"))
    dates = list(dict.fromkeys([source.variable for source in sources] + (["DTHDTC"] if "DTHDT" in table.columns else [])))
    chosen_by = {name for source in sources if source.where is not None for name in variables_of(source.where)}
    findings: list[Finding] = []
    for variable in dates:
        findings += _flag(table, variable, chosen_by, file, protocol)
        findings += _order(table, variable, protocol, file)
    return findings


def _counts_deaths(protocol: Protocol) -> bool:
    return any(rule.rule == "death" for item in protocol.endpoints for rule in getattr(item, "events", ()))


def _sources(protocol: Protocol) -> Iterator[DateSource]:
    """The DM dates that the rules of endpoints read."""
    for endpoint in protocol.endpoints:
        if isinstance(endpoint, TimeToEvent):
            for rule in (*endpoint.events, *endpoint.censoring):
                source = getattr(rule, "source", None)
                if isinstance(source, DateSource) and source.domain == "DM":
                    yield source


def _flag(table: pl.DataFrame, variable: str, chosen_by: set[str], file: str, protocol: Protocol) -> Iterator[Finding]:
    day = day_name(variable)
    flag = day.removesuffix("DT") + "FL"
    if flag not in table.columns:
        return
    said, dated = pl.col(flag).cast(pl.String).str.to_uppercase(), pl.col(day).is_not_null()
    for row, value, subject in table.filter(said.is_in(YES) & ~dated).select(ROW, flag, "USUBJID").iter_rows():
        message, date = f"the event is recorded, but {variable} has no full date", f"a date in {variable}"
        rule = protocol.study.death_without_date if variable == "DTHDTC" else "not_counted"
        if rule == "error":
            todo = "find the date, or choose another rule under study.death_without_date"
            yield Finding("REC-0055", "error", message, file, row, flag, value, date, todo, subject)
            continue
        told = "without one it counts as no event" if rule == "not_counted" else "it is dated to the last day known alive"
        yield Finding("REC-0050", "warning", f"{message}; {told}", file, row, flag, value, date, "find the date", subject)
    for row, value, subject in table.filter(~said.is_in((*YES, *NO))).select(ROW, flag, "USUBJID").iter_rows():
        yield Finding(
            "REC-0054", "warning", "says neither yes nor no; it counts as no", file, row, flag, value, "Y or N", "map the value", subject
        )
    if flag in chosen_by:
        return
    for row, value, subject in table.filter(said.is_in(NO) & dated).select(ROW, flag, "USUBJID").iter_rows():
        message = f"says that there was no event, but {variable} has a date; the date is used"
        yield Finding("REC-0051", "warning", message, file, row, flag, value, f"no date in {variable}", "check both", subject)


def _order(table: pl.DataFrame, variable: str, protocol: Protocol, file: str) -> Iterator[Finding]:
    day, origin = pl.col(day_name(variable)), protocol.study.origin
    if origin.domain == "DM" and day_name(origin.variable) in table.columns and origin.variable != variable:
        early = table.filter(day < pl.col(day_name(origin.variable)))
        for row, value, subject in early.select(ROW, variable, "USUBJID").iter_rows():
            expected = f"a date on or after {origin.variable}"
            yield Finding(
                "REC-0052", "warning", "lies before the time origin", file, row, variable, value, expected, "check both dates", subject
            )
    if variable != "DTHDTC" and "DTHDT" in table.columns:
        late = table.filter(day > pl.col("DTHDT"))
        for row, value, subject in late.select(ROW, variable, "USUBJID").iter_rows():
            yield Finding(
                "REC-0053", "warning", "lies after death", file, row, variable, value, "a date up to DTHDTC", "check both dates", subject
            )
