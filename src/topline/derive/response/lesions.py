"""Lesions: each with its role, organ and kind; each measurement in whole micrometres, so that thresholds are compared exactly."""

from __future__ import annotations

import polars as pl

from topline.records.load import Records
from topline.records.read import ROW
from topline.study.problems import Finding, InputError, as_missing
from topline.study.response_spec import ResponseSpec

MICROMETRES = {"MM": 1_000, "CM": 10_000, "M": 1_000_000}
"""Unit of a diameter → micrometres."""
TOO_SMALL = "TOO SMALL TO MEASURE"
NOT_ASSESSED = ("NOT EVALUABLE", "INEVALUABLE", "NE", "NOT ASSESSED", "NOT ASSESSABLE", "UNABLE TO ASSESS", "NOT DONE", "UNKNOWN")
"""States that say that a lesion was not assessed."""
_DIAMETERS = ("LDIAM", "DIAMETER", "LPERP", "SAXIS")
_SHORT_AXIS = ("LPERP", "SAXIS")
ROLES = {"TARGET": "TARGET", "NON-TARGET": "NON-TARGET", "NONTARGET": "NON-TARGET", "NEW": "NEW"}


def of_evaluator(table: pl.DataFrame, domain: str, evaluator: str | None) -> pl.DataFrame:
    """Return the rows of one evaluator (all rows when none is named or the table doesn't say who evaluated)."""
    column = f"{domain}EVAL"
    if evaluator is None or column not in table.columns:
        return table
    return table.filter(pl.col(column).str.to_uppercase() == evaluator.upper())


def derive_lesions(records: Records, spec: ResponseSpec) -> pl.DataFrame:
    """Return one row a lesion: USUBJID, LNKID, ROLE (TARGET, NON-TARGET, NEW), LOC, NODE (bool), TUDT (first day), TUSEQ, TUVISIT."""
    table = of_evaluator(records["TU"], "TU", spec.evaluator)
    table = table.with_columns(
        pl.col("TUORRES").replace_strict(ROLES, default=None, return_dtype=pl.String).alias("ROLE"),
        (pl.col("TULOC").fill_null("") if "TULOC" in table.columns else pl.lit("")).alias("LOC"),
        (pl.col("TUDT") if "TUDT" in table.columns else pl.lit(None, pl.Int32)).alias("TUDT"),
        (pl.col("VISITNUM") if "VISITNUM" in table.columns else pl.lit(None, pl.Float64)).alias("TUVISIT"),
    )
    node = pl.col("LOC").str.contains("LYMPH NODE") | pl.col("LOC").str.contains(r"\bNODE\b") | pl.col("LOC").str.contains("淋巴结")
    return (
        table.filter(pl.col("ROLE").is_not_null())
        .select("USUBJID", pl.col("TULNKID").alias("LNKID"), "ROLE", "LOC", node.alias("NODE"), "TUDT", "TUSEQ", "TUVISIT")
        .sort("USUBJID", "LNKID", "TUDT", "TUSEQ", nulls_last=True)
        .group_by("USUBJID", "LNKID", maintain_order=True)
        .first()
    )


def derive_measurements(
    records: Records, lesions: pl.DataFrame, spec: ResponseSpec, longest: str | None = None, *, sizes_of_new: bool = False
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return one row a lesion and assessment.

    Parameters
    ----------
    longest : str, optional
        TRTESTCD of the diameter of a lesion that isn't a node; LDIAM or DIAMETER unless stated.
    sizes_of_new : bool
        Give the diameters of new lesions too, as rows of their own without a STATE.

    Returns
    -------
    DataFrame
        USUBJID, LNKID, ROLE, NODE, VISIT (the time point: VISITNUM, else the day), DT (day), SIZE (Int64 micrometres; null when not
        measured), STATE (of a non-target or new lesion: text; null when not assessed), TRSEQ, LOC.
    findings : list of Finding
        DER-0010: measurements of lesions that TU doesn't identify. They are left out.

    Raises
    ------
    InputError
        REC-0030 a diameter that isn't a number or is negative, REC-0031 a unit without a rule.
    """
    table = of_evaluator(records["TR"], "TR", spec.evaluator)
    table = table.filter(
        pl.col("TRTESTCD").is_in([*_DIAMETERS, "TUMSTATE", *([longest] if longest else [])]) & pl.col("TRDT").is_not_null()
    )
    # TRORRES and TRORRESU are codes, in capitals
    text = pl.coalesce(pl.col("TRSTRESC").str.to_uppercase(), "TRORRES") if "TRSTRESC" in table.columns else pl.col("TRORRES")
    unit = pl.col("TRORRESU").fill_null("MM") if "TRORRESU" in table.columns else pl.lit("MM")
    done = (pl.col("TRSTAT") != "NOT DONE").fill_null(value=True) if "TRSTAT" in table.columns else pl.lit(value=True)
    visit = pl.coalesce("VISITNUM", pl.col("TRDT").cast(pl.Float64)) if "VISITNUM" in table.columns else pl.col("TRDT").cast(pl.Float64)
    read = (ROW, "USUBJID", "TRLNKID", "TRTESTCD", "TRDT", "TRSEQ")
    table = table.select(*read, pl.when(done).then(text).alias("text"), unit.alias("unit"), visit.alias("VISIT"))
    _refuse_units(table)
    joined = table.join(
        lesions.select("USUBJID", "LNKID", "ROLE", "NODE", "LOC"), left_on=["USUBJID", "TRLNKID"], right_on=["USUBJID", "LNKID"], how="left"
    )
    stray = joined.filter(pl.col("ROLE").is_null())
    findings = [
        Finding(
            "DER-0010",
            "warning",
            f"a measurement of lesion {lesion}, which TU doesn't identify, is left out",
            "TR",
            row,
            "TRLNKID",
            subject=subject,
        )
        for row, lesion, subject in stray.select(ROW, "TRLNKID", "USUBJID").iter_rows()
    ]
    of_others = [longest] if longest is not None else [name for name in _DIAMETERS if name not in _SHORT_AXIS]
    diameter = pl.when(pl.col("NODE")).then(pl.col("TRTESTCD").is_in(_SHORT_AXIS)).otherwise(pl.col("TRTESTCD").is_in(of_others))
    target = pl.col("ROLE") == "TARGET"
    measured = diameter & (target | (pl.col("ROLE") == "NEW")) if sizes_of_new else diameter & target
    rows = joined.filter(pl.col("ROLE").is_not_null() & (measured | (~target & (pl.col("TRTESTCD") == "TUMSTATE"))))
    rows = rows.with_columns(
        _size(spec).alias("SIZE"),
        pl.when((pl.col("TRTESTCD") == "TUMSTATE") & ~pl.col("text").is_in(NOT_ASSESSED)).then(pl.col("text")).alias("STATE"),
    )
    _refuse_sizes(rows)
    rows = rows.select(
        "USUBJID", pl.col("TRLNKID").alias("LNKID"), "ROLE", "NODE", "LOC", "VISIT", pl.col("TRDT").alias("DT"), "SIZE", "STATE", "TRSEQ"
    )
    return rows.sort("USUBJID", "VISIT", "LNKID", "DT", "TRSEQ"), findings


def _size(spec: ResponseSpec) -> pl.Expr:
    number = pl.col("text").cast(pl.Float64, strict=False)
    factor = pl.col("unit").replace_strict(MICROMETRES, default=None, return_dtype=pl.Int64)
    too_small = pl.lit(round(spec.parameters.too_small_mm * 1_000), pl.Int64)
    measured = (number * factor).round(0).cast(pl.Int64, strict=False)
    return pl.when(pl.col("TRTESTCD") != "TUMSTATE").then(pl.when(pl.col("text") == TOO_SMALL).then(too_small).otherwise(measured))


def _refuse_units(table: pl.DataFrame) -> None:
    bad = table.filter((pl.col("TRTESTCD") != "TUMSTATE") & ~pl.col("unit").is_in(list(MICROMETRES)))
    if bad.height:
        raise InputError(
            [
                Finding("REC-0031", "error", "is a unit without a rule", "TR", row, "TRORRESU", unit, "mm or cm", subject=subject)
                for row, unit, subject in bad.select(ROW, "unit", "USUBJID").iter_rows()
            ]
        )


def _refuse_sizes(rows: pl.DataFrame) -> None:
    given = (pl.col("TRTESTCD") != "TUMSTATE") & pl.col("text").is_not_null()
    bad = rows.filter(given & (pl.col("SIZE").is_null() | (pl.col("SIZE") < 0)))
    if bad.height:
        raise InputError(
            [
                Finding(
                    "REC-0030",
                    "error",
                    "is not a diameter",
                    "TR",
                    row,
                    "TRORRES",
                    text,
                    f"a number ≥ 0, or '{TOO_SMALL}', or TRSTAT = NOT DONE",
                    as_missing("TRORRES"),
                    subject,
                )
                for row, text, subject in bad.select(ROW, "text", "USUBJID").iter_rows()
            ]
        )
