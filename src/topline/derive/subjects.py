"""ADSL: one row a patient with time origin, treatment dates, death, last contact, treatment group and cut variables."""

from __future__ import annotations

from typing import Any

import polars as pl
from pydantic import BaseModel

from topline.derive.treatment import derive_modes
from topline.records.domains import day_name
from topline.records.load import Records
from topline.records.select import select
from topline.study.calendar import days
from topline.study.info import DateSource
from topline.study.problems import Finding, InputError
from topline.study.protocol import CutVariable, Protocol


def dates_of(records: Records, source: DateSource, name: str) -> pl.DataFrame:
    """Return USUBJID, `name` (day) and `name` + SEQ: every date of a source, each patient's in order.

    Raises
    ------
    InputError
        PRO-0028 when the domain or the variable isn't in the records.
    """
    day = day_name(source.variable)
    if source.domain not in records or day not in records[source.domain].columns:
        raise InputError(
            [Finding("PRO-0028", "error", f"the protocol reads a date from {source.domain}.{source.variable}, which isn't in the records")]
        )
    rows = select(records[source.domain], source.where, records.tables, f"the date source {source.domain}.{source.variable}")
    rows = rows.select("USUBJID", pl.col(day).alias(name), pl.col(f"{source.domain}SEQ").alias(name + "SEQ")).drop_nulls(name)
    if source.after is not None:
        earliest = pick_date(records, source.after, "AFTER").drop("AFTERSEQ")
        rows = rows.join(earliest, on="USUBJID", how="inner").filter(pl.col(name) > pl.col("AFTER")).drop("AFTER")
    return rows.sort("USUBJID", name, name + "SEQ")


def pick_date(records: Records, source: DateSource, name: str) -> pl.DataFrame:
    """Return the first or last date of a source, per patient (see `dates_of`); patients without are absent."""
    picked = dates_of(records, source, name).group_by("USUBJID", maintain_order=True)
    return picked.first() if source.pick == "first" else picked.last()


_DERIVED = (
    "TRTMODE",
    "TRTCOMP",
    "TRTADD",
    "TRTADDDT",
    "ORIGDT",
    "LSTALVDT",
    "LSTALVSRC",
    "LSTALVSEQ",
    "DCTREAS",
    "NCYCLE",
    "TRT01P",
    "TRT01A",
)


def derived_in(records: Records) -> list[str]:
    """Return the variables of DM that are derived here and therefore not taken from DM; the treatment dates only where EX has doses."""
    names = (*_DERIVED, "TRTSDT", "TRTEDT") if "EX" in records else _DERIVED
    return [name for name in names if name in records["DM"].columns]


def derive_subjects(records: Records, protocol: Protocol, alive: pl.DataFrame) -> pl.DataFrame:
    """Return ADSL without populations.

    Parameters
    ----------
    records : Records
        Records after the cut-off.
    protocol : Protocol
    alive : DataFrame
        USUBJID, LSTALVDT (see `derive.alive`).

    Returns
    -------
    DataFrame
        All DM variables; ORIGDT (time origin), TRTSDT, TRTEDT, DTHDT, DTHFL, LSTALVDT as Int32 days; TRT01P, TRT01A; cut variables.
        Patients whose origin lies outside the enrolment window are not in it.
    """
    subjects = records["DM"].drop(derived_in(records))
    for name, kind in (("DTHDT", pl.Int32), ("DTHFL", pl.String)):
        if name not in subjects.columns:
            subjects = subjects.with_columns(pl.lit(None, kind).alias(name))
    died = pl.col("DTHDT").is_not_null() | pl.col("DTHFL").is_in(["Y", "YES", "1"]).fill_null(value=False)
    subjects = subjects.with_columns(pl.when(died).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("DTHFL"))
    if protocol.study.origin.domain in records:
        subjects = subjects.join(pick_date(records, protocol.study.origin, "ORIGDT").drop("ORIGDTSEQ"), on="USUBJID", how="left")
    else:
        subjects = subjects.with_columns(pl.lit(None, pl.Int32).alias("ORIGDT"))
    doses = treatment_dates(records, protocol.study.treatment_rows)
    subjects = subjects.join(doses, on="USUBJID", how="left").join(alive, on="USUBJID", how="left")
    if protocol.study.death_without_date == "last_known_alive":
        subjects = _with_deaths_dated(subjects, days(protocol.study.cutoff) if protocol.study.cutoff is not None else None)
    if protocol.treatment_modes is not None:
        subjects = derive_modes(records, subjects, protocol.treatment_modes, protocol.study.treatment_rows)
    subjects = _treatment(subjects, protocol)
    for cut in protocol.variables:
        subjects = _cut(subjects, cut)
    return _enrolled(subjects, protocol).sort("USUBJID")


def _with_deaths_dated(subjects: pl.DataFrame, cutoff: int | None) -> pl.DataFrame:
    """Date the deaths without a full date to the last day known alive, at the earliest the first day that the recorded part may mean.

    DTHDTF says how much of the date is missing (D day, M month and day, Y all of it), as in ADaM. Who was alive at the cut-off isn't dead.
    """
    part, low = (
        (pl.col(name) if name in subjects.columns else pl.lit(None, kind)) for name, kind in (("DTHDTC", pl.String), ("DTHDTLO", pl.Int32))
    )
    alive = pl.lit(value=False) if cutoff is None else (pl.col("LSTALVDT") >= cutoff).fill_null(value=False)
    missing = (pl.col("DTHFL") == "Y") & pl.col("DTHDT").is_null()
    known = part.str.len_chars()
    return subjects.with_columns(
        pl.when(missing & ~alive).then(pl.max_horizontal("LSTALVDT", low)).otherwise(pl.col("DTHDT")).cast(pl.Int32).alias("DTHDT"),
        pl.when(missing & ~alive)
        .then(pl.when(known >= 7).then(pl.lit("D")).when(known >= 4).then(pl.lit("M")).otherwise(pl.lit("Y")))
        .alias("DTHDTF"),
    )


def treatment_dates(records: Records, rows: BaseModel | None, drugs: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return USUBJID, TRTSDT, TRTEDT: first and last day with a dose above 0, or of placebo, of the study treatment or some drugs of it."""
    if "EX" not in records:
        return pl.DataFrame(schema={"USUBJID": pl.String, "TRTSDT": pl.Int32, "TRTEDT": pl.Int32})
    doses = select(records["EX"], rows, records.tables, "study.treatment_rows")
    if drugs:
        doses = doses.filter(pl.col("EXTRT").is_in([drug.upper() for drug in drugs]))
    if "EXDOSE" in doses.columns:
        doses = doses.filter((pl.col("EXDOSE") > 0).fill_null(value=True) | pl.col("EXTRT").str.contains("PLACEBO"))
    end = pl.coalesce("EXENDT", "EXSTDT") if "EXENDT" in doses.columns else pl.col("EXSTDT")
    return doses.group_by("USUBJID").agg(pl.col("EXSTDT").min().alias("TRTSDT"), end.max().alias("TRTEDT"))


def _treatment(subjects: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    if protocol.groups is None:
        label = pl.lit(protocol.treatment or "All patients")
    else:
        variable = protocol.groups.variable
        if variable not in subjects.columns:
            raise InputError([Finding("PRO-0028", "error", f"the group variable {variable} isn't in DM", column=variable)])
        codes = {value.strip().upper(): level.label for level in protocol.groups.levels for value in level.values}
        label = pl.col(variable).cast(pl.String).str.to_uppercase().replace_strict(codes, default=None, return_dtype=pl.String)
    return subjects.with_columns(label.alias("TRT01P"), label.alias("TRT01A"))


def _cut(subjects: pl.DataFrame, cut: CutVariable) -> pl.DataFrame:
    if cut.variable not in subjects.columns:
        raise InputError([Finding("PRO-0028", "error", f"{cut.id} is cut from {cut.variable}, which isn't in DM", column=cut.variable)])
    value = pl.col(cut.variable).cast(pl.Float64, strict=False)
    label: Any = pl.when(value < cut.cuts[0]).then(pl.lit(cut.labels[0]))
    for upper, text in zip(cut.cuts[1:], cut.labels[1:-1], strict=True):
        label = label.when(value < upper).then(pl.lit(text))
    return subjects.with_columns(label.when(value.is_not_null()).then(pl.lit(cut.labels[-1])).alias(cut.id))


def _enrolled(subjects: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    if protocol.records.timing == "study_days":
        return subjects
    window = protocol.study.enrolment
    inside = pl.lit(value=True)
    if window.start is not None:
        inside &= (pl.col("ORIGDT") >= days(window.start)).fill_null(value=True)
    if window.end is not None:
        inside &= (pl.col("ORIGDT") <= days(window.end)).fill_null(value=True)
    return subjects.filter(inside)
