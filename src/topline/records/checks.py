"""Checks across the records: unknown and double patients, repeated rows, things that can't be in that order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from topline.records.distinct import doubled
from topline.records.domains import CONTRACTS, day_name
from topline.records.identity import identity_of
from topline.records.read import ROW
from topline.study.problems import Finding


def check_records(tables: Mapping[str, pl.DataFrame], files: Mapping[str, str]) -> tuple[dict[str, pl.DataFrame], list[Finding]]:
    """Return the tables without rows that can't be used (each reported), and what was found.

    Errors are a missing or repeated subject id in DM. Rows of unknown patients and repeated rows are dropped with a warning.
    """
    findings: list[Finding] = []
    result: dict[str, pl.DataFrame] = {}
    subjects = tables["DM"]
    findings += _subjects(subjects, files["DM"])
    known = subjects.select("USUBJID").unique()
    for domain, original in tables.items():
        table = original
        nameless = table.filter(pl.col("USUBJID").is_null())
        findings += [
            Finding("REC-0020", "error", "the row has no subject id", files[domain], row, "USUBJID", todo="fill it in, or delete the row")
            for row in nameless[ROW].to_list()
        ]
        if domain != "DM":
            unknown = table.join(known, on="USUBJID", how="anti")
            findings += [
                Finding(
                    "REC-0022",
                    "warning",
                    "the row belongs to a patient who is not in DM; it is left out",
                    files[domain],
                    row,
                    "USUBJID",
                    subject,
                    "a patient of DM",
                    todo="add the patient to DM or correct the id",
                    subject=subject,
                )
                for row, subject in unknown.select(ROW, "USUBJID").iter_rows()
            ]
            if unknown.height or nameless.height:
                table = table.join(known, on="USUBJID", how="semi", maintain_order="left")
            table, repeated = _without_repeats(table, domain)
            findings += [
                Finding("REC-0023", "warning", "the row repeats another one in every column; it is left out", files[domain], row, subject=s)
                for row, s in repeated
            ]
        result[domain] = table
    findings += _after_death(result, files)
    findings += _ends_before_start(result, files)
    return result, findings


_LOOKED_AT = 2_000
"""Subject ids whose shape is looked at."""


def check_subject_id(table: pl.DataFrame, heading: str, file: str) -> list[Finding]:
    """Return REC-0028 where the subject id is read from a column that looks like a name, an identity-card or a telephone number.

    No value is shown: it would tell who the patient is.
    """
    values = table["USUBJID"].head(_LOOKED_AT).drop_nulls().to_list() if "USUBJID" in table.columns else []
    what = identity_of(heading, Counter(values))
    if what is None:
        return []
    return [
        Finding(
            "REC-0028",
            "error",
            f"the subject id is read from a column that looks like {what}; its values are not shown",
            file,
            1,
            heading,
            todo="map a study number as USUBJID, or take the rows' numbers (subject_from: row)",
        )
    ]


def _subjects(table: pl.DataFrame, file: str) -> list[Finding]:
    doubled = table.filter(pl.col("USUBJID").is_duplicated() & pl.col("USUBJID").is_not_null())
    findings = [
        Finding("REC-0021", "error", "the patient is in DM more than once", file, row, "USUBJID", todo="keep one row a patient", subject=s)
        for row, s in doubled.select(ROW, "USUBJID").iter_rows()
    ]
    if table.height == 0:
        findings.append(
            Finding("REC-0024", "error", "holds no patient", file, expected="one row a patient", todo="see that the right file is there")
        )
    return findings


def _without_repeats(table: pl.DataFrame, domain: str) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    columns = [name for name in table.columns if name not in (ROW, domain + "SEQ")]
    found = doubled(table, columns).select(ROW, pl.struct(columns).is_first_distinct().alias("first"))
    repeats = found.filter(~pl.col("first"))[ROW]
    if repeats.is_empty():
        return table, []
    again = table[ROW].is_in(repeats.implode())
    return table.filter(~again), [(row, subject) for row, subject in table.filter(again).select(ROW, "USUBJID").iter_rows()]


_PERIODS = {"EX": ("EXSTDT", "EXENDT"), "AE": ("AESTDT", "AEENDT"), "CM": ("CMSTDT", "CMENDT"), "PR": ("PRSTDT", "PRENDT")}


def _ends_before_start(tables: Mapping[str, pl.DataFrame], files: Mapping[str, str]) -> list[Finding]:
    findings = []
    for domain, (start, end) in _PERIODS.items():
        if domain not in tables or not {start, end} <= set(tables[domain].columns):
            continue
        table = tables[domain].filter(pl.col(end) < pl.col(start))
        source = next(name for name in (end + "C", end[:-1] + "Y") if name in table.columns)
        findings += [
            Finding(
                "REC-0026",
                "warning",
                "the end is dated before the start; it is used as it stands",
                files[domain],
                row,
                source,
                str(value),
                "a date on or after the start",
                "check both dates",
                subject,
            )
            for row, value, subject in table.select(ROW, source, "USUBJID").iter_rows()
        ]
    return findings


def _after_death(tables: Mapping[str, pl.DataFrame], files: Mapping[str, str]) -> list[Finding]:
    if "DTHDT" not in tables["DM"].columns:
        return []
    deaths = tables["DM"].select("USUBJID", "DTHDT").drop_nulls()
    findings = []
    for domain, table in tables.items():
        timing = CONTRACTS[domain].timing
        day = day_name(timing) if timing else None
        if day is None or day not in table.columns or domain in ("DS", "SS"):
            continue
        late = table.select(ROW, "USUBJID", day).join(deaths, on="USUBJID", how="left").filter(pl.col(day) > pl.col("DTHDT"))
        findings += [
            Finding(
                "REC-0025",
                "warning",
                "the row is dated after the patient's death; it is used as it stands",
                files[domain],
                row,
                timing,
                todo="check both dates",
                subject=subject,
            )
            for row, subject in late.select(ROW, "USUBJID").iter_rows()
        ]
    return findings
