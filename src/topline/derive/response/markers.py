"""Tumour markers: raised at baseline, they must be normal again before anybody is in complete response (RECIST 1.1, 4.1 and 4.3.3).

They belong to the non-target response: normal, it may be CR; above the limit, it is NON-CR/NON-PD at best; not known, NE. A marker alone is
neither response nor progression: it moves no patient without lesions, and its rise is no PD.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from topline.derive.lab_values import lab_values
from topline.records.load import Records
from topline.records.read import ROW
from topline.study.problems import Finding, InputError, Tally
from topline.study.records_spec import LabUnit
from topline.study.response_spec import TumourMarker

NORMAL, RAISED, UNKNOWN = "NORMAL", "RAISED", "UNKNOWN"


def marker_states(
    records: Records, markers: tuple[TumourMarker, ...], lab_units: Mapping[str, LabUnit], visits: pl.DataFrame, subjects: pl.DataFrame
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return one row a visit and marker that counts for the patient, and DER-0023 for a marker without any value.

    Parameters
    ----------
    visits : DataFrame
        USUBJID, VISIT, DT (day of its last scan), after baseline.
    subjects : DataFrame
        USUBJID, ORIGDT.

    Returns
    -------
    DataFrame
        USUBJID, VISIT, TEST, MARKER (NORMAL, RAISED or UNKNOWN), and of the value nearest to the visit (of two as near the later):
        AVAL, LIMIT, AVALU, LBDT, LBSEQ; null where none lies within the marker's window.
    """
    found = [_one(records, marker, lab_units, visits, subjects) for marker in markers]
    return pl.concat(frame for frame, _ in found), [item for _, findings in found for item in findings]


def _one(
    records: Records, marker: TumourMarker, lab_units: Mapping[str, LabUnit], visits: pl.DataFrame, subjects: pl.DataFrame
) -> tuple[pl.DataFrame, list[Finding]]:
    test = marker.test.upper()
    rows = records["LB"].filter((pl.col("LBTESTCD") == test) & pl.col("LBORRES").is_not_null() & pl.col("LBDT").is_not_null())
    findings = []
    if rows.height == 0:
        text = f"there is no value of the tumour marker {test} in LB; it decides nothing"
        nowhere = Tally((), text, text, absence=True)
        findings.append(Finding("DER-0023", "warning", "", "LB", column="LBTESTCD", todo="correct the name of the test", tally=nowhere))
    values, problems = lab_values(rows, test, lab_units)
    above, limit = pl.col("AVAL") > pl.col("LIMIT"), _limit(marker, values)
    values = values.with_columns(limit.alias("LIMIT")).with_columns(
        pl.when(above & (pl.col("LOQFL") == "N")).then(pl.lit(RAISED)).when(~above).then(pl.lit(NORMAL)).alias("MARKER")
    )
    values = (
        values.select("USUBJID", "AVAL", "LIMIT", "AVALU", "LBDT", "LBSEQ", "MARKER").drop_nulls("MARKER").sort("USUBJID", "LBDT", "LBSEQ")
    )
    dated = values.join(subjects.select("USUBJID", "ORIGDT"), on="USUBJID", maintain_order="left")
    base = dated.filter(pl.col("LBDT") <= pl.col("ORIGDT")).group_by("USUBJID", maintain_order=True).last()
    patients = base.filter(pl.col("MARKER") == RAISED) if marker.counts == "raised_at_baseline" else subjects
    due = visits.select("USUBJID", "VISIT", "DT").join(patients.select("USUBJID"), on="USUBJID", how="semi", maintain_order="left")
    apart = (pl.col("LBDT") - pl.col("DT")).abs()
    near = due.join(values, on="USUBJID").filter(apart <= marker.window_days)
    near = near.sort("USUBJID", "VISIT", -apart, "LBDT", "LBSEQ").group_by("USUBJID", "VISIT", maintain_order=True).last().drop("DT")
    state = due.drop("DT").join(near, on=["USUBJID", "VISIT"], how="left", maintain_order="left")
    absent = UNKNOWN if marker.missing == "not_evaluable" else NORMAL
    columns = ["USUBJID", "VISIT", "TEST", "MARKER", "AVAL", "LIMIT", "AVALU", "LBDT", "LBSEQ"]
    return state.with_columns(pl.lit(test).alias("TEST"), pl.col("MARKER").fill_null(absent)).select(columns), findings + problems


def _limit(marker: TumourMarker, values: pl.DataFrame) -> pl.Expr:
    """The upper limit of normal of each value, in the unit of analysis."""
    if marker.limit_variable is None:
        return pl.lit(marker.upper_limit, pl.Float64)
    if marker.limit_variable not in values.columns:
        text = f"the tumour marker {marker.test} reads its limit from {marker.limit_variable}, which isn't in LB"
        raise InputError([Finding("PRO-0028", "error", text, column=marker.limit_variable)])
    number = pl.col(marker.limit_variable).cast(pl.Float64, strict=False)
    bad = values.filter(number.is_null() & pl.col(marker.limit_variable).is_not_null())
    if bad.height:
        raise InputError(
            [
                Finding(
                    "REC-0013",
                    "error",
                    "is not a number",
                    "LB",
                    row,
                    marker.limit_variable,
                    str(text),
                    "the upper limit of normal",
                    subject=subject,
                )
                for row, text, subject in bad.select(ROW, marker.limit_variable, "USUBJID").iter_rows()
            ]
        )
    return number * pl.col("FACTOR")


def with_markers(non_target: pl.DataFrame, states: pl.DataFrame, lesions: pl.DataFrame) -> pl.DataFrame:
    """Return the non-target responses with the markers' part in them.

    A visit at which no non-target lesion was looked at stays without a response in a patient who has some.

    Parameters
    ----------
    non_target : DataFrame
        See `non_target.derive_non_target`.
    states : DataFrame
        See `marker_states`.
    lesions : DataFrame
        USUBJID, ROLE.
    """
    raised, unknown = ((pl.col("MARKER") == kind).any() for kind in (RAISED, UNKNOWN))
    worst = pl.when(raised).then(pl.lit(RAISED)).when(unknown).then(pl.lit(UNKNOWN)).otherwise(pl.lit(NORMAL))
    keys = ["USUBJID", "VISIT"]
    markers = states.group_by(keys, maintain_order=True).agg(worst.alias("MARKER"))
    has = lesions.filter(pl.col("ROLE") == "NON-TARGET").select("USUBJID").unique().with_columns(pl.lit(value=True).alias("has"))
    both = non_target.join(markers, on=keys, how="full", coalesce=True).join(has, on="USUBJID", how="left")
    own = pl.when(pl.col("has").is_null()).then(pl.lit("CR")).otherwise(pl.col("NTRGRESP"))
    response = (
        pl.when(pl.col("MARKER").is_null() | (own != "CR"))
        .then(pl.col("NTRGRESP"))
        .when(pl.col("MARKER") == RAISED)
        .then(pl.lit("NON-CR/NON-PD"))
        .when(pl.col("MARKER") == UNKNOWN)
        .then(pl.lit("NE"))
        .otherwise(own)
    )
    return both.with_columns(response.alias("NTRGRESP")).select(non_target.columns)
