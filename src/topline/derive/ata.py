"""Response to therapy of differentiated thyroid cancer by the American Thyroid Association's 2015 guideline.

Haugen et al., Thyroid 2016;26:1-133, table 13; after total thyroidectomy and radioiodine. The order is structural incomplete, biochemical
incomplete, excellent, indeterminate. Sources differ on whether a thyroglobulin of exactly 1 (10 under stimulation) is biochemical
incomplete.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import polars as pl

from topline.derive.lab_values import lab_values
from topline.records.domains import day_name
from topline.records.load import Records
from topline.records.select import truth
from topline.study.ata import AtaAntibody, AtaImaging, AtaResponse
from topline.study.problems import Finding, InputError, Tally
from topline.study.records_spec import LabUnit

STRUCTURAL, BIOCHEMICAL = "STRUCTURAL INCOMPLETE", "BIOCHEMICAL INCOMPLETE"
EXCELLENT, INDETERMINATE = "EXCELLENT", "INDETERMINATE"
CATEGORIES = (EXCELLENT, INDETERMINATE, BIOCHEMICAL, STRUCTURAL)
UNKNOWN = "NOT KNOWN"
"""What a patient is counted as whose category can't be told."""


SAME_UNIT = ("ng/ml", "ug/l", "µg/l", "μg/l", "mcg/l")
"""Units of thyroglobulin in which the guideline's limits hold as they stand, in small letters."""


def ata_2015(at_limit: Literal["incomplete", "indeterminate"] = "incomplete") -> pl.Expr:
    """The category of a row from IMAGING, TG, TGLOQFL, TSHSTATE and TGAB; null where it can't be told.

    IMAGING is NEGATIVE, NON-SPECIFIC or STRUCTURAL; TG is thyroglobulin in ng/mL; TGLOQFL is Y where it is only known to lie below that;
    TSHSTATE is SUPPRESSED or STIMULATED; TGAB is NEGATIVE, STABLE, DECLINING, RISING, or PRESENT (not negative, of a trend not known).
    A "<0.9" that leaves several categories open tells none. Findings that aren't specific make the response indeterminate whatever
    thyroglobulin is, as table 13 has it.

    Parameters
    ----------
    at_limit : {"incomplete", "indeterminate"}
        What a thyroglobulin of exactly 1 ng/mL suppressed, or 10 stimulated, is: ≥ or > makes it biochemical incomplete.
    """
    stimulated = pl.when(pl.col("TSHSTATE") == "STIMULATED").then(True).when(pl.col("TSHSTATE") == "SUPPRESSED").then(False)
    high = pl.when(stimulated).then(10.0).when(~stimulated).then(1.0)
    low = pl.when(stimulated).then(1.0).when(~stimulated).then(0.2)
    tg = pl.col("TG")
    below = (pl.col("TGLOQFL") == "Y").fill_null(value=False)
    raised = pl.when(~below).then((tg >= high) if at_limit == "incomplete" else (tg > high)).when(tg <= high).then(False)
    small = pl.when(~below).then(tg < low).when(tg <= low).then(True)
    clear = pl.col("IMAGING") == "NEGATIVE"
    free = pl.col("TGAB") == "NEGATIVE"
    return (
        pl.when(pl.col("IMAGING") == "STRUCTURAL")
        .then(pl.lit(STRUCTURAL))
        .when(clear & ((pl.col("TGAB") == "RISING") | raised))
        .then(pl.lit(BIOCHEMICAL))
        .when(clear & free & small)
        .then(pl.lit(EXCELLENT))
        .when((pl.col("IMAGING") == "NON-SPECIFIC") | (clear & ~raised & (pl.col("TGAB").is_in(["STABLE", "DECLINING"]) | (free & ~small))))
        .then(pl.lit(INDETERMINATE))
    )


def derive_ata(
    records: Records, subjects: pl.DataFrame, endpoint: AtaResponse, lab_units: Mapping[str, LabUnit]
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the assessments of one endpoint within its days, by patient and day.

    Returns
    -------
    DataFrame
        USUBJID, ADT, TG, AVALU, TGLOQFL, TSHSTATE, TGAB, IMAGING, IMGDT, CATEGORY (null where it can't be told), REASON (why it can't),
        DECIDES (bool: the patient's), SRCDOM, SRCSEQ.
    findings : list of Finding
        DER-0043 there is no value of thyroglobulin.

    Raises
    ------
    InputError
        PRO-0028 a variable that isn't in the records, REC-0034 thyroglobulin in another unit than ng/mL.
    """
    tg, findings = _laboratory(records, endpoint.test, lab_units)
    _in_ng_per_ml(tg, endpoint.test)
    if tg.height == 0:
        text = f"{endpoint.id}: there is no value of the test {endpoint.test} in LB"
        nowhere = Tally((), text, text, absence=True)
        findings.append(Finding("DER-0043", "warning", "", "LB", column="LBTESTCD", todo="correct the name of the test", tally=nowhere))
    if endpoint.tsh_state_variable not in tg.columns:
        text = f"the protocol reads {endpoint.tsh_state_variable}, which isn't in LB"
        raise InputError([Finding("PRO-0028", "error", text, column=endpoint.tsh_state_variable)])
    state = pl.col(endpoint.tsh_state_variable).cast(pl.String).str.to_uppercase()
    values = tg.select("USUBJID", pl.col("LBDT").alias("ADT"), pl.col("AVAL").alias("TG"), "AVALU", pl.col("LOQFL").alias("TGLOQFL"),
                       state.alias("TSHSTATE"), pl.lit("LB").alias("SRCDOM"), pl.col("LBSEQ").alias("SRCSEQ"))  # fmt: skip
    imaging = _imaging(records, endpoint.imaging)
    diseased = imaging.filter(pl.col("IMAGING") == "STRUCTURAL").select(
        "USUBJID", pl.col("IMGDT").alias("ADT"), pl.lit(endpoint.imaging.domain).alias("SRCDOM"), pl.col("SEQ").alias("SRCSEQ")
    )
    antibodies, problems = _antibodies(records, endpoint.antibody, lab_units)
    diseased = diseased.join(values, on=["USUBJID", "ADT"], how="anti", maintain_order="left")  # judged with that day's thyroglobulin
    rows = pl.concat([values, diseased], how="diagonal").join(subjects.select("USUBJID", "ORIGDT"), on="USUBJID", maintain_order="left")
    elapsed = pl.col("ADT") - pl.col("ORIGDT")
    rows = rows.filter(elapsed >= endpoint.from_day)
    rows = rows if endpoint.to_day is None else rows.filter(elapsed <= endpoint.to_day)
    rows = _nearest(rows, antibodies, "ABDT", ["TGAB"], endpoint.antibody.window_days)
    rows = _nearest(rows, imaging, "IMGDT", ["IMAGING"], endpoint.imaging.window_days, "RANK")
    rows = rows.with_columns(ata_2015(endpoint.at_limit).alias("CATEGORY")).sort("USUBJID", "ADT", "SRCDOM", "SRCSEQ")
    rows = rows.with_columns(_reason().alias("REASON"))
    told = pl.col("CATEGORY").is_not_null()
    place = told.cum_sum(reverse=endpoint.value == "last").over("USUBJID")
    columns = [
        "USUBJID",
        "ADT",
        "TG",
        "AVALU",
        "TGLOQFL",
        "TSHSTATE",
        "TGAB",
        "IMAGING",
        "IMGDT",
        "CATEGORY",
        "REASON",
        "DECIDES",
        "SRCDOM",
        "SRCSEQ",
    ]
    return rows.with_columns((told & (place == 1)).alias("DECIDES")).select(columns), [*findings, *problems]


def ata_of_patients(rows: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    """Return for every patient RESPONSE (Y: excellent, N) and CATEGORY (null where none can be told), from `derive_ata`."""
    decided = rows.filter("DECIDES").select("USUBJID", "CATEGORY")
    excellent = (pl.col("CATEGORY") == EXCELLENT).fill_null(value=False)
    return (
        subjects.select("USUBJID")
        .join(decided, on="USUBJID", how="left", maintain_order="left")
        .with_columns(pl.when(excellent).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("RESPONSE"))
    )


def adrs_of_ata(endpoint: AtaResponse, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ADRS: each patient's category, with the day and the record that decided."""
    return rows.filter("DECIDES").select(
        "USUBJID",
        pl.lit(endpoint.id).alias("PARAMCD"),
        pl.lit(endpoint.label).alias("PARAM"),
        pl.lit(None, pl.Float64).alias("AVISITN"),
        "ADT",
        pl.col("CATEGORY").alias("AVALC"),
        pl.lit("ATA 2015").alias("RULE"),
        pl.lit(None, pl.Int64).alias("ASEQ"),
        "SRCDOM",
        "SRCSEQ",
        pl.lit(None, pl.String).alias("RSEVAL"),
    )


def _reason() -> pl.Expr:
    """Why the category of a row with thyroglobulin can't be told; null where it can."""
    return (
        pl.when(pl.col("CATEGORY").is_not_null())
        .then(pl.lit(None, pl.String))
        .when(pl.col("IMAGING").is_null())
        .then(pl.lit("no imaging near enough"))
        .when(~pl.col("TSHSTATE").is_in(["SUPPRESSED", "STIMULATED"]).fill_null(value=False))
        .then(pl.lit("neither suppressed nor stimulated"))
        .when(pl.col("TGAB").is_null())
        .then(pl.lit("no antibodies near enough"))
        .when(pl.col("TGAB") == "PRESENT")
        .then(pl.lit("antibodies may have risen since the value before, of which only an upper bound is known"))
        .otherwise(pl.lit("an upper bound of thyroglobulin leaves several categories open"))
    )


def _laboratory(records: Records, test: str, lab_units: Mapping[str, LabUnit]) -> tuple[pl.DataFrame, list[Finding]]:
    rows = records["LB"]
    rows = rows.filter((pl.col("LBTESTCD") == test.upper()) & pl.col("LBORRES").is_not_null() & pl.col("LBDT").is_not_null())
    return lab_values(rows, test.upper(), lab_units)


def _in_ng_per_ml(tg: pl.DataFrame, test: str) -> None:
    """Refuse thyroglobulin in a unit in which 0.2, 1 and 10 are not the guideline's limits."""
    other = tg.filter(~pl.col("AVALU").str.to_lowercase().is_in(SAME_UNIT))
    if other.height:
        unit, todo = other["AVALU"][0], f"state the unit ng/mL and the factors under records.lab_units.{test}"
        text = f"{test} is in {unit}; the limits of ATA 2015 are in ng/mL"
        raise InputError([Finding("REC-0034", "error", text, "LB", column="LBORRESU", value=unit, expected="ng/mL", todo=todo)])


def _antibodies(records: Records, spec: AtaAntibody, lab_units: Mapping[str, LabUnit]) -> tuple[pl.DataFrame, list[Finding]]:
    """USUBJID, ABDT, TGAB, SEQ: each antibody value as NEGATIVE, or against the one before RISING, DECLINING or STABLE.

    Against a "<200" before it a value is RISING where it would be from 200, and else PRESENT.
    """
    values, findings = _laboratory(records, spec.test, lab_units)
    values = values.sort("USUBJID", "LBDT", "LBSEQ")
    value, before = pl.col("AVAL"), pl.col("AVAL").shift(1).over("USUBJID")
    bound = (pl.col("LOQFL").shift(1).over("USUBJID") == "Y").fill_null(value=False)
    limit = before * (1 + spec.rise_percent / 100)
    state = (
        pl.when(value <= spec.upper_limit)
        .then(pl.lit("NEGATIVE"))
        .when((value > limit) | (bound & (value >= limit)))
        .then(pl.lit("RISING"))
        .when(bound)
        .then(pl.lit("PRESENT"))
        .when(value < before)
        .then(pl.lit("DECLINING"))
        .otherwise(pl.lit("STABLE"))
    )
    known = (pl.col("LOQFL") == "N") | (value <= spec.upper_limit)  # "<200" says nothing where the limit is 100
    return values.with_columns(state.alias("TGAB")).filter(known).select(
        "USUBJID", pl.col("LBDT").alias("ABDT"), "TGAB", pl.col("LBSEQ").alias("SEQ")
    ), findings


def _imaging(records: Records, spec: AtaImaging) -> pl.DataFrame:
    """USUBJID, IMGDT, IMAGING, RANK (0 is the worst), SEQ: the worst finding of each day."""
    table, day = records[spec.domain], day_name(spec.variable)
    if day not in table.columns:
        raise InputError(
            [Finding("PRO-0028", "error", f"the protocol reads a date from {spec.domain}.{spec.variable}, which isn't in the records")]
        )
    conditions = {"STRUCTURAL": spec.structural, "NON-SPECIFIC": spec.non_specific, "NEGATIVE": spec.negative}
    rank = pl.lit(None, pl.Int32)
    for number, (name, condition) in reversed(list(enumerate(conditions.items()))):
        if condition is not None:
            holds = truth(table, condition, records.tables, f"imaging, {name.lower()}").fill_null(value=False)
            rank = pl.when(holds).then(pl.lit(number, pl.Int32)).otherwise(rank)
    rows = table.select("USUBJID", pl.col(day).alias("IMGDT"), rank.alias("RANK"), pl.col(spec.domain + "SEQ").alias("SEQ")).drop_nulls(
        ["IMGDT", "RANK"]
    )
    rows = rows.sort("USUBJID", "IMGDT", "RANK", "SEQ").group_by("USUBJID", "IMGDT", maintain_order=True).first()
    return rows.with_columns(pl.col("RANK").replace_strict(dict(enumerate(conditions)), return_dtype=pl.String).alias("IMAGING"))


def _nearest(
    rows: pl.DataFrame, others: pl.DataFrame, day: str, names: list[str], window: int, worst_by: str | None = None
) -> pl.DataFrame:
    """Add the columns of the row nearest in time, of two as near the later; null where none lies within the window.

    With `worst_by`, a rank, only the rows of the least rank within the window are looked at.
    """
    ranks = [] if worst_by is None else [worst_by]
    numbered = rows.with_row_index("n")
    apart = (pl.col(day) - pl.col("ADT")).abs()
    near = numbered.select("n", "USUBJID", "ADT").join(others.select("USUBJID", day, *names, *ranks, "SEQ"), on="USUBJID")
    order: list[str | pl.Expr] = ["n", *(-pl.col(name) for name in ranks), -apart, day, "SEQ"]
    near = near.filter(apart <= window).sort(order).group_by("n", maintain_order=True).last().select("n", day, *names)
    return numbered.join(near, on="n", how="left", maintain_order="left").drop("n")
