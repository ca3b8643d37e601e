"""Non-target response at each visit: CR, NON-CR/NON-PD, PD or NE (RECIST 1.1, section 4.3.3)."""

from __future__ import annotations

import polars as pl

from topline.derive.runs import last_of_runs

GONE = ("ABSENT", "NOT PRESENT", "NORMAL", "RESOLVED", "DISAPPEARED")
PROGRESSED = ("UNEQUIVOCAL PROGRESSION", "UNEQUIVOCAL", "PROGRESSION", "WORSENED")
GROWN = ("INCREASED", "INCREASE", "FURTHER INCREASE", "FURTHER INCREASED", "INCREASED FROM LAST ASSESSMENT", "INCLA", "GROWN", "WORSENED")
"""States of a non-target or new lesion that say that it grew since the last assessment."""
STILL_THERE = ("PRESENT", "STABLE", "UNCHANGED", "PERSISTENT", "DECREASED", "SMALLER", "IMPROVED", "NON-CR/NON-PD", "EQUIVOCAL PROGRESSION")
"""States that say no more than that a lesion is there."""


def derive_non_target(measurements: pl.DataFrame, lesions: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient and visit at which a non-target lesion was looked at.

    PD needs unequivocal progression of one lesion; otherwise every lesion must have been assessed; CR when all are gone.

    Returns
    -------
    DataFrame
        USUBJID, VISIT, NTRGRESP, NTDTFIRST, NTDTLAST (days of the first and last scan that was done; null when none was), NTDTANY (last day
        recorded), NTPDDT (day of the scan that showed progression), NTSEEN (a lesion is there), NTSEQ.
    """
    counts = lesions.filter(pl.col("ROLE") == "NON-TARGET").group_by("USUBJID").len("n")
    rows = measurements.filter(pl.col("ROLE") == "NON-TARGET")
    last = last_of_runs(
        rows.with_columns(pl.col("STATE").is_not_null().alias("done")), ["USUBJID", "VISIT", "LNKID"], ["done", "DT", "TRSEQ"]
    ).with_columns(pl.when("done").then("DT").alias("DONEDT"))
    progressed = pl.col("STATE").is_in(PROGRESSED).fill_null(value=False)
    visits = (
        last.group_by("USUBJID", "VISIT")
        .agg(
            pl.col("DONEDT").min().alias("NTDTFIRST"),
            pl.col("DONEDT").max().alias("NTDTLAST"),
            pl.col("DT").max().alias("NTDTANY"),
            pl.col("DT").filter(progressed).min().alias("NTPDDT"),
            pl.col("STATE").is_not_null().sum().alias("assessed"),
            pl.col("STATE").is_in(GONE).fill_null(value=False).all().alias("gone"),
            (~pl.col("STATE").is_in(GONE)).fill_null(value=False).any().alias("NTSEEN"),
            pl.col("TRSEQ").min().alias("NTSEQ"),
        )
        .join(counts, on="USUBJID", how="left")
    )
    response = (
        pl.when(pl.col("NTPDDT").is_not_null())
        .then(pl.lit("PD"))
        .when(pl.col("assessed") < pl.col("n"))
        .then(pl.lit("NE"))
        .when(pl.col("gone"))
        .then(pl.lit("CR"))
        .otherwise(pl.lit("NON-CR/NON-PD"))
    )
    return visits.select("USUBJID", "VISIT", response.alias("NTRGRESP"), "NTDTFIRST", "NTDTLAST", "NTDTANY", "NTPDDT", "NTSEEN", "NTSEQ")
