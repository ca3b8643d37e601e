"""Response that somebody judged, at each visit (RS) or once for a patient (DM): entered above the lesions, derived no further down."""

from __future__ import annotations

import polars as pl

from topline.derive.response.criterion import Criterion
from topline.derive.response.lesions import of_evaluator
from topline.records.load import Records
from topline.records.read import ROW
from topline.study.problems import Finding, InputError
from topline.study.response_spec import ResponseSpec


def recorded_visits(records: Records, spec: ResponseSpec, origins: pl.DataFrame, criterion: Criterion) -> pl.DataFrame:
    """Return the overall responses recorded in RS after the time origin, in the form of `overall.derive_overall`.

    Raises
    ------
    InputError
        REC-0032 when a response is none of the known ones.
    """
    table = of_evaluator(records["RS"], "RS", spec.evaluator)
    if "RSTESTCD" in table.columns:
        table = table.filter(pl.col("RSTESTCD") == "OVRLRESP")
    value = criterion.word_of(pl.col("RSORRES").fill_null("NE").str.to_uppercase())
    visit = pl.coalesce("VISITNUM", pl.col("RSDT").cast(pl.Float64)) if "VISITNUM" in table.columns else pl.col("RSDT").cast(pl.Float64)
    table = table.with_columns(value.alias("OVR"), visit.alias("VISIT"))
    bad = table.filter(pl.col("OVR").is_null())
    if bad.height:
        raise InputError(
            [
                Finding("REC-0032", "error", "is not a response", "RS", row, "RSORRES", text, ", ".join(criterion.words), subject=subject)
                for row, text, subject in bad.select(ROW, "RSORRES", "USUBJID").iter_rows()
            ]
        )
    rows = table.filter(pl.col("RSDT").is_not_null()).join(origins.select("USUBJID", "ORIGDT"), on="USUBJID", how="inner")
    rows = rows.filter((pl.col("RSDT") > pl.col("ORIGDT")).fill_null(value=False)).sort("USUBJID", "RSDT", "RSSEQ")
    text = pl.lit(None, pl.String)
    return rows.select(
        "USUBJID",
        "VISIT",
        pl.col("RSDT").alias("ADT"),
        pl.col("RSDT").alias("DTFIRST"),
        pl.col("RSDT").alias("DTLAST"),
        text.alias("TRGRESP"),
        text.alias("NTRGRESP"),
        text.alias("NEWLES"),
        "OVR",
        pl.lit("recorded").alias("RULE"),
        pl.lit("RS").alias("SRCDOM"),
        pl.col("RSSEQ").alias("SRCSEQ"),
    )


def recorded_best(subjects: pl.DataFrame, variable: str, nobody_looked: str, criterion: Criterion) -> pl.DataFrame:
    """Return USUBJID and BOR from a DM variable that holds each patient's best response.

    Raises
    ------
    InputError
        PRO-0028 the variable isn't there, REC-0032 a value is none of the known responses.
    """
    if variable not in subjects.columns:
        raise InputError([Finding("PRO-0028", "error", f"response.best_variable {variable} isn't in DM", column=variable)])
    text = pl.col(variable).cast(pl.String).str.to_uppercase()
    value = criterion.word_of(text)
    best = subjects.select("USUBJID", ROW, text.alias("text"), value.alias("BOR"))
    bad = best.filter(pl.col("text").is_not_null() & pl.col("BOR").is_null())
    if bad.height:
        raise InputError(
            [
                Finding("REC-0032", "error", "is not a response", "DM", row, variable, text, ", ".join(criterion.words), subject=subject)
                for row, text, subject in bad.select(ROW, "text", "USUBJID").iter_rows()
            ]
        )
    return best.select("USUBJID", pl.col("BOR").fill_null(nobody_looked))
