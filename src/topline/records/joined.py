"""Further sheets of a domain with one row a patient, joined by the subject id; what doesn't match is said."""

from __future__ import annotations

import polars as pl

from topline.records.read import ROW
from topline.study.problems import Finding


def join_sheet(table: pl.DataFrame, other: pl.DataFrame, file: str) -> tuple[pl.DataFrame, list[Finding]]:
    """Add the columns of another sheet to the patients' rows.

    A patient who is there twice is an error (REC-0021); one who isn't in the first sheet is left out with a warning (REC-0022).
    """
    doubled = other.filter(pl.col("USUBJID").is_duplicated() & pl.col("USUBJID").is_not_null())
    findings = [
        Finding(
            "REC-0021",
            "error",
            "the patient is in the sheet more than once",
            file,
            row,
            "USUBJID",
            todo="keep one row a patient",
            subject=s,
        )
        for row, s in doubled.select(ROW, "USUBJID").iter_rows()
    ]
    unknown = other.join(table.select("USUBJID"), on="USUBJID", how="anti")
    findings += [
        Finding("REC-0022", "warning", "the row's patient isn't in the first sheet; it is left out", file, row, "USUBJID", subject=s)
        for row, s in unknown.select(ROW, "USUBJID").iter_rows()
    ]
    new = [name for name in other.columns if name not in table.columns]
    rows = other.select("USUBJID", *new).drop_nulls("USUBJID").unique("USUBJID", keep="first", maintain_order=True)
    return table.join(rows, on="USUBJID", how="left", maintain_order="left"), findings
