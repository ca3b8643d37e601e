"""Target response at each visit: sums of diameters, nadir, and CR, PR, SD, PD or NE (RECIST 1.1, sections 4.3.1 and 4.4)."""

from __future__ import annotations

import polars as pl

from topline.derive.runs import RUN, last_of_runs, with_runs
from topline.study.response_spec import RecistParameters


def derive_sums(measurements: pl.DataFrame, lesions: pl.DataFrame, origins: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Return one row a patient and visit with the sum of diameters of the target lesions.

    A lesion measured twice at one visit counts with its last measurement; a scan that was not done dates nothing where another was.
    A visit is at baseline when all its scans are on or before the time origin.

    Parameters
    ----------
    measurements, lesions : DataFrame
        See `lesions`; the measurements in order of patient, visit and lesion.
    origins : DataFrame
        USUBJID, ORIGDT.

    Returns
    -------
    DataFrame
        USUBJID, VISIT, DTFIRST, DTLAST (days of the first and last target scan), SUM (Int64 micrometres over the lesions measured),
        N_TARGET, N_MEASURED, COMPLETE, ALL_GONE (every lesion is 0 mm, or a node under 10 mm), SEEN (one that was measured
        isn't gone), BASELINE (bool),
        BASE (sum at baseline; null when there is none or it is incomplete), NADIR (smallest complete sum before this visit,
        baseline included), TRSEQ (of the first row).
    """
    counts = lesions.filter(pl.col("ROLE") == "TARGET").group_by("USUBJID").len("N_TARGET")
    rows = measurements.filter(pl.col("ROLE") == "TARGET")
    limit = round(parameters.node_normal_mm * 1_000)
    gone = pl.when(pl.col("NODE")).then(pl.col("SIZE") < limit).otherwise(pl.col("SIZE") == 0)
    last = last_of_runs(
        rows.with_columns(pl.col("SIZE").is_not_null().alias("done")), ["USUBJID", "VISIT", "LNKID"], ["done", "DT", "TRSEQ"]
    ).with_columns(
        pl.when("done").then("DT").alias("DONEDT"),
        gone.fill_null(value=False).alias("gone"),
        (~gone).fill_null(value=False).alias("left"),
    )
    sums = (
        with_runs(last, "USUBJID", "VISIT")
        .group_by(RUN, maintain_order=True)
        .agg(
            pl.col("USUBJID").first(),
            pl.col("VISIT").first(),
            pl.coalesce(pl.col("DONEDT").min(), pl.col("DT").min()).alias("DTFIRST"),
            pl.coalesce(pl.col("DONEDT").max(), pl.col("DT").max()).alias("DTLAST"),
            pl.col("SIZE").sum().alias("SUM"),
            pl.col("done").sum().cast(pl.Int64).alias("N_MEASURED"),
            pl.col("gone").all().alias("ALL_GONE"),
            pl.col("left").any().alias("SEEN"),
            pl.col("TRSEQ").min().alias("TRSEQ"),
        )
        .drop(RUN)
        .join(counts, on="USUBJID", how="left")
        .join(origins.select("USUBJID", "ORIGDT"), on="USUBJID", how="inner")
        .sort("USUBJID", "DTLAST", "VISIT")
    )
    sums = sums.with_columns(
        (pl.col("N_MEASURED") == pl.col("N_TARGET")).alias("COMPLETE"),
        (pl.col("DTLAST") <= pl.col("ORIGDT")).fill_null(value=False).alias("PRE"),
    )
    number = (
        pl.col("PRE").cum_sum().over("USUBJID") if parameters.baseline == "first" else pl.col("PRE").cum_sum(reverse=True).over("USUBJID")
    )
    sums = sums.with_columns((pl.col("PRE") & (number == 1)).alias("BASELINE"))
    sums = sums.filter(~pl.col("PRE") | pl.col("BASELINE"))
    complete = pl.when(pl.col("COMPLETE")).then(pl.col("SUM"))
    return sums.with_columns(
        pl.when(pl.col("BASELINE") & pl.col("COMPLETE")).then(pl.col("SUM")).max().over("USUBJID").alias("BASE"),
        complete.cum_min().forward_fill().shift(1).over("USUBJID").alias("NADIR"),
    ).drop("PRE", "ORIGDT")


def first_sufficient_day(measurements: pl.DataFrame, sums: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Return the sums with SUFDT: of a visit with PD by the sum, the first day by which the lesions measured so far already make it.

    Diameters are never negative, so the sum of the lesions measured so far only grows within a visit.
    """
    rows = measurements.filter((pl.col("ROLE") == "TARGET") & pl.col("SIZE").is_not_null())
    last = rows.sort("USUBJID", "VISIT", "LNKID", "DT", "TRSEQ").group_by("USUBJID", "VISIT", "LNKID", maintain_order=True).last()
    days = last.group_by("USUBJID", "VISIT", "DT").agg(pl.col("SIZE").sum()).sort("USUBJID", "VISIT", "DT")
    days = days.with_columns(pl.col("SIZE").cum_sum().over("USUBJID", "VISIT").alias("SO_FAR"))
    days = days.join(sums.filter(pl.col("TRGRESP") == "PD").select("USUBJID", "VISIT", "NADIR"), on=["USUBJID", "VISIT"])
    enough = (
        days.filter(_grown(pl.col("SO_FAR"), pl.col("NADIR"), parameters))
        .group_by("USUBJID", "VISIT")
        .agg(pl.col("DT").min().alias("SUFDT"))
    )
    return sums.join(enough, on=["USUBJID", "VISIT"], how="left", maintain_order="left")


def _grown(total: pl.Expr, nadir: pl.Expr, parameters: RecistParameters) -> pl.Expr:
    """PD by the sum: integers, micrometres times hundredths of a percent."""
    rise, absolute = round(parameters.progression_percent * 100), round(parameters.progression_mm * 1_000)
    return (total * 10_000 >= nadir * (10_000 + rise)) & (total - nadir >= absolute)


def target_response(parameters: RecistParameters) -> pl.Expr:
    """The target response from SUM, BASE, NADIR, COMPLETE and ALL_GONE; null at baseline.

    All comparisons are between integers: micrometres times hundredths of a percent.
    """
    fall = round(parameters.partial_response_percent * 100)
    total, nadir, base = pl.col("SUM"), pl.col("NADIR"), pl.col("BASE")
    measured = pl.col("N_MEASURED") > 0
    grown = measured & _grown(total, nadir, parameters)
    grown = (grown if parameters.partial_sum_progression else grown & pl.col("COMPLETE")).fill_null(value=False)
    complete = pl.col("COMPLETE") & pl.col("ALL_GONE")
    first, second = ((complete, "CR"), (grown, "PD")) if parameters.complete_response_first else ((grown, "PD"), (complete, "CR"))
    response = (
        pl.when(first[0])
        .then(pl.lit(first[1]))
        .when(second[0])
        .then(pl.lit(second[1]))
        .when(~pl.col("COMPLETE") | base.is_null())
        .then(pl.lit("NE"))
        .when(total * 10_000 <= base * (10_000 - fall))
        .then(pl.lit("PR"))
        .otherwise(pl.lit("SD"))
    )
    return pl.when(~pl.col("BASELINE")).then(response)
