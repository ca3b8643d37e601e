"""ADAE: which events are treatment-emergent and which related, and each patient's worst grade."""

from __future__ import annotations

import polars as pl
from pydantic import BaseModel

from topline.derive.subjects import treatment_dates
from topline.records.load import Records
from topline.study.adverse_events import AdverseEvents
from topline.study.problems import Finding, InputError, Tally

_GAP_DAYS = 1


def derive_adverse_events(
    records: Records, subjects: pl.DataFrame, rules: AdverseEvents, treatment: BaseModel | None = None
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return ADAE: the AE rows with their flags (clinical rules, section 9).

    Treatment-emergent: onset from the first dose to `window_days` after the last; a row that continues an event already present before
    the first dose counts only when its grade is higher than it was then. Rows are one event where AEGRPID says so, else where rows of
    the same term follow one another without a day between. A partial onset counts as treatment-emergent unless what is known
    of it, or an end before the first dose, proves otherwise. Related: to any drug; a missing attribution counts as the protocol says.

    Returns
    -------
    DataFrame
        AE variables; TERM (AEDECOD, else AETERM), ASTDT, AENDT, TRTEMFL, AREL, AMISSREL (attribution was missing), ATOXGR (Int64), AOCCIFL
        (worst grade of the patient among treatment-emergent rows), AOCCPIFL (worst grade of the patient and term).
    findings : list of Finding
        DER-0030 grades outside 1 to 5 are an error; DER-0031 missing attributions are counted.
    """
    table = records["AE"].join(_window(records, subjects, rules, treatment), on="USUBJID", how="inner")
    term = pl.coalesce("AEDECOD", "AETERM") if "AEDECOD" in table.columns else pl.col("AETERM")
    grade = pl.col("AETOXGR") if "AETOXGR" in table.columns else pl.lit(None, pl.Float64)
    table = table.with_columns(
        term.alias("TERM"),
        pl.col("AESTDT").alias("ASTDT"),
        (pl.col("AEENDT") if "AEENDT" in table.columns else pl.lit(None, pl.Int32)).alias("AENDT"),
        grade.cast(pl.Int64, strict=False).alias("ATOXGR"),
    )
    _refuse_grades(table, grade)
    table = _emergent(table, rules)
    table, findings = _related(table, rules)
    findings += [
        Finding(
            "DER-0032",
            "warning",
            "the event has no term; it counts in the totals and under no term",
            "AE",
            row,
            "AETERM",
            todo="fill in the term",
            subject=subject,
        )
        for row, subject in table.filter(pl.col("TERM").is_null()).select("_ROW", "USUBJID").iter_rows()
    ]
    emergent = pl.col("TRTEMFL") == "Y"
    order = pl.struct(-pl.col("ATOXGR").fill_null(0), pl.col("ASTDT").fill_null(pl.col("AESTDTLO")), "AESEQ").rank("ordinal")
    table = table.with_columns(
        pl.when(emergent & (order.over("USUBJID", "TRTEMFL") == 1)).then(pl.lit("Y")).alias("AOCCIFL"),
        pl.when(emergent & (order.over("USUBJID", "TRTEMFL", "TERM") == 1)).then(pl.lit("Y")).alias("AOCCPIFL"),
    )
    return table.drop("OPEN", "CLOSE").sort("USUBJID", "AESEQ"), findings


def _window(records: Records, subjects: pl.DataFrame, rules: AdverseEvents, treatment: BaseModel | None) -> pl.DataFrame:
    """First and last dose of the drugs that open and close the window; both null for a patient who took none."""
    if rules.drugs:
        window = treatment_dates(records, treatment, rules.drugs)
        subjects = subjects.select("USUBJID").join(window, on="USUBJID", how="left", maintain_order="left")
    return subjects.select("USUBJID", pl.col("TRTSDT").alias("OPEN"), pl.col("TRTEDT").alias("CLOSE"))


def _emergent(table: pl.DataFrame, rules: AdverseEvents) -> pl.DataFrame:
    last = pl.col("CLOSE") + rules.window_days
    ended_by = pl.coalesce("AENDT", "AEENDTHI") if "AEENDTHI" in table.columns else pl.col("AENDT")
    inside = (pl.col("AESTDTHI").fill_null(pl.col("OPEN")) >= pl.col("OPEN")) & (pl.col("AESTDTLO").fill_null(pl.col("OPEN")) <= last)
    inside &= (ended_by >= pl.col("OPEN")).fill_null(value=True)
    before = (pl.col("AESTDTHI") < pl.col("OPEN")) | (ended_by < pl.col("OPEN")).fill_null(value=False)
    given = pl.col("AEGRPID") if "AEGRPID" in table.columns else pl.lit(None, pl.String)
    table = table.with_columns(pl.coalesce(pl.lit("group ") + given, pl.lit("term ") + pl.col("TERM")).alias("TOGETHER"))
    table = table.sort("USUBJID", "TOGETHER", "AESTDTLO", "AESEQ", nulls_last=True)
    ended = ended_by.fill_null(2**30).cum_max().shift(1).over("USUBJID", "TOGETHER")
    continues = (pl.col("AESTDTLO") <= ended + _GAP_DAYS).fill_null(value=False) | given.is_not_null()
    table = table.with_columns((~continues).cast(pl.Int32).cum_sum().over("USUBJID", "TOGETHER").alias("EVENT"))
    grade_before = pl.when(before).then(pl.col("ATOXGR").fill_null(0)).max().over("USUBJID", "TOGETHER", "EVENT")
    worse = grade_before.is_null() | (pl.col("ATOXGR") > grade_before).fill_null(value=False)
    emergent = (inside & worse).fill_null(value=False)
    return table.with_columns(pl.when(emergent).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("TRTEMFL")).drop("EVENT", "TOGETHER")


def _related(table: pl.DataFrame, rules: AdverseEvents) -> tuple[pl.DataFrame, list[Finding]]:
    absent = [name for name in rules.attribution if name not in table.columns]
    if absent:
        raise InputError(
            [
                Finding(
                    "PRO-0029",
                    "error",
                    f"adverse_events.attribution names {name}, which isn't in AE",
                    column=name,
                    todo="name the AE columns that hold the relation to each drug",
                )
                for name in absent
            ]
        )
    yes = [value.strip().upper() for value in rules.related_values]
    related = pl.any_horizontal(pl.col(name).str.to_uppercase().is_in(yes).fill_null(value=False) for name in rules.attribution)
    missing = pl.any_horizontal(pl.col(name).is_null() for name in rules.attribution) & ~related
    as_missing = "Y" if rules.missing_attribution == "related" else "N"
    table = table.with_columns(
        pl.when(related).then(pl.lit("Y")).when(missing).then(pl.lit(as_missing)).otherwise(pl.lit("N")).alias("AREL"),
        pl.when(missing).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("AMISSREL"),
    )
    n = int((table["AMISSREL"] == "Y").sum())
    counted = "related" if as_missing == "Y" else "not related"
    text = f"{{n}} adverse events without attribution count as {counted}"
    return table, [Finding("DER-0031", "warning", "", tally=Tally.rows(n, text, text))] if n else []


def _refuse_grades(table: pl.DataFrame, grade: pl.Expr) -> None:
    bad = table.filter(~grade.is_in([1.0, 2.0, 3.0, 4.0, 5.0]) & grade.is_not_null())
    if bad.height:
        raise InputError(
            [
                Finding("DER-0030", "error", "is not a CTCAE grade", "AE", row, "AETOXGR", str(value), "1, 2, 3, 4 or 5", subject=subject)
                for row, value, subject in bad.select("_ROW", "AETOXGR", "USUBJID").iter_rows()
            ]
        )
