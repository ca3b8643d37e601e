"""New lesions: the day from which each counts. Equivocal ones count as none until they become unequivocal (RECIST 1.1, 4.3.5)."""

from __future__ import annotations

import polars as pl

from topline.study.response_spec import RecistParameters

EQUIVOCAL = ("EQUIVOCAL", "SUSPECTED", "INDETERMINATE")
NOT_THERE = ("ABSENT", "NOT PRESENT")


def scans_of_new_lesions(measurements: pl.DataFrame, lesions: pl.DataFrame) -> pl.DataFrame:
    """Return USUBJID, VISIT, NSFIRST, NSLAST: the days on which new lesions, certain or not, were looked at in a visit's scans."""
    looked = measurements.filter((pl.col("ROLE") == "NEW") & pl.col("STATE").is_not_null()).select("USUBJID", "VISIT", "DT")
    identified = lesions.filter((pl.col("ROLE") == "NEW") & pl.col("TUDT").is_not_null() & pl.col("TUVISIT").is_not_null())
    days = pl.concat([looked, identified.select("USUBJID", pl.col("TUVISIT").alias("VISIT"), pl.col("TUDT").alias("DT"))])
    return days.group_by("USUBJID", "VISIT").agg(pl.col("DT").min().alias("NSFIRST"), pl.col("DT").max().alias("NSLAST"))


def derive_new_lesions(measurements: pl.DataFrame, lesions: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Return one row a patient with new lesions that count.

    Returns
    -------
    DataFrame
        USUBJID, NEWDT (first day that shows one that counts), NEWVISIT (its visit, as in `measurements`; the day where no visit is
        recorded), NEWSEQ (TUSEQ), NEWLNKID.
    """
    return (
        counted_new_lesions(measurements, lesions, parameters)
        .sort("USUBJID", "DT", "VISIT", "LNKID")
        .group_by("USUBJID", maintain_order=True)
        .first()
        .select(
            "USUBJID",
            pl.col("DT").alias("NEWDT"),
            pl.col("VISIT").alias("NEWVISIT"),
            pl.col("TUSEQ").alias("NEWSEQ"),
            pl.col("LNKID").alias("NEWLNKID"),
        )
    )


def counted_new_lesions(measurements: pl.DataFrame, lesions: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Return one row a new lesion that counts: USUBJID, LNKID, DT and VISIT (the first that shows it), TUSEQ."""
    new = lesions.filter(pl.col("ROLE") == "NEW")
    looked = measurements.filter((pl.col("ROLE") == "NEW") & pl.col("STATE").is_not_null())
    scans = looked.filter(~pl.col("STATE").is_in(NOT_THERE))
    identified = new.filter(pl.col("TUDT").is_not_null()).join(
        looked.select("USUBJID", "LNKID", pl.col("DT").alias("TUDT")), on=["USUBJID", "LNKID", "TUDT"], how="anti"
    )
    visit = pl.coalesce("TUVISIT", pl.col("TUDT").cast(pl.Float64))
    shown = pl.concat(
        [
            scans.select("USUBJID", "LNKID", "DT", "VISIT", pl.col("STATE").is_in(EQUIVOCAL).alias("equivocal")),
            identified.select(
                "USUBJID", "LNKID", pl.col("TUDT").alias("DT"), visit.alias("VISIT"), pl.lit(None, pl.Boolean).alias("equivocal")
            ),
        ]
    ).sort("USUBJID", "LNKID", "DT", "VISIT")
    # a lesion identified on a day without a state of its own is as sure as its scans: unequivocal unless they all are equivocal
    sure = (~pl.col("equivocal")).any().over("USUBJID", "LNKID") | pl.col("equivocal").is_null().all().over("USUBJID", "LNKID")
    counted = shown.filter(sure if parameters.equivocal_new_lesion_backdated else sure & ~pl.col("equivocal").fill_null(value=False))
    first = counted.sort("USUBJID", "LNKID", "DT", "VISIT").group_by("USUBJID", "LNKID", maintain_order=True).first()
    return first.select("USUBJID", "LNKID", "DT", "VISIT").join(
        new.select("USUBJID", "LNKID", "TUSEQ"), on=["USUBJID", "LNKID"], how="left"
    )
