"""Laboratory values in the unit of analysis: numbers, values below quantification ("<0.1"), units by the protocol's table."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from topline.records.read import ROW
from topline.study.problems import Finding, InputError, Tally, as_missing
from topline.study.records_spec import LabUnit

_BELOW = r"^<\s*=?"


def lab_values(rows: pl.DataFrame, test: str, lab_units: Mapping[str, LabUnit]) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the rows of one test with AVAL (in the unit of analysis), AVALU, LOQFL (Y for "<0.1", taken as the limit) and FACTOR.

    Raises
    ------
    InputError
        REC-0033 a value that isn't a number, REC-0034 two units without a rule.
    """
    below = pl.col("LBORRES").str.contains(_BELOW)
    number = pl.col("LBORRES").str.replace(_BELOW, "").str.strip_chars().cast(pl.Float64, strict=False)
    unit = pl.col("LBORRESU") if "LBORRESU" in rows.columns else pl.lit(None, pl.String)
    rows = rows.with_columns(
        number.alias("AVAL"), pl.when(below).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("LOQFL"), unit.alias("AVALU")
    )
    bad = rows.filter(pl.col("AVAL").is_null() | ~pl.col("AVAL").is_finite())
    if bad.height:
        raise InputError(
            [
                Finding(
                    "REC-0033",
                    "error",
                    "is not a laboratory value",
                    "LB",
                    row,
                    "LBORRES",
                    text,
                    "a number, or <number",
                    as_missing("LBORRES"),
                    subject,
                )
                for row, text, subject in bad.select(ROW, "LBORRES", "USUBJID").iter_rows()
            ]
        )
    spec = lab_units.get(test)
    units = sorted(rows["AVALU"].drop_nulls().unique().to_list())
    known = ({spec.unit: 1.0} | spec.convert) if spec is not None else ({units[0]: 1.0} if units else {})
    unknown = [name for name in units if name not in known]
    if unknown:
        first = {name: rows.filter(pl.col("AVALU") == name)[ROW].min() for name in unknown}
        raise InputError(
            [
                Finding(
                    "REC-0034",
                    "error",
                    f"{test} comes in several units and the protocol has no rule for this one",
                    "LB",
                    first[name],  # type: ignore[arg-type]
                    "LBORRESU",
                    value=name,
                    expected=" or ".join(known),
                    todo=f"state the unit and the factors under records.lab_units.{test}",
                )
                for name in unknown
            ]
        )
    factor = pl.col("AVALU").replace_strict(known, default=1.0, return_dtype=pl.Float64) if known else pl.lit(1.0)
    target = spec.unit if spec is not None else (units[0] if units else None)
    without = rows.filter(pl.col("AVALU").is_null())[ROW]
    findings = []
    if without.len() and target is not None:
        row, units_known = int(without.min()), " or ".join(known)  # type: ignore[arg-type]
        text = f"{test}: {{n}} %s taken to be in {target}"
        tally = Tally.rows(without.len(), text % "value has no unit and is", text % "values have no unit and are")
        todo = "fill in the unit"
        findings.append(Finding("DER-0042", "warning", "", "LB", row, "LBORRESU", expected=units_known, todo=todo, tally=tally))
    return rows.with_columns(pl.col("AVAL") * factor, pl.lit(target, pl.String).alias("AVALU"), factor.alias("FACTOR")), findings
