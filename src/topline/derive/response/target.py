"""Target response at each visit: sums of diameters, nadir, and CR, PR, SD, PD or NE (RECIST 1.1, sections 4.3.1 and 4.4)."""

from __future__ import annotations

import polars as pl

from topline.derive.origin import with_origin
from topline.derive.runs import at_start, fold_runs, last_of_runs, least_before, starts
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
    )
    done = pl.when("done").then("DT")
    sums = fold_runs(
        last,
        ["USUBJID", "VISIT"],
        {
            "DONEFIRST": (done, "min"),
            "DONELAST": (done, "max"),
            "DTFIRST": (pl.col("DT"), "min"),
            "DTLAST": (pl.col("DT"), "max"),
            "SUM": (pl.col("SIZE"), "sum"),
            "N_MEASURED": (pl.col("done"), "sum"),
            "ALL_GONE": (gone.fill_null(value=False), "min"),
            "SEEN": ((~gone).fill_null(value=False), "max"),
            "TRSEQ": (pl.col("TRSEQ"), "min"),
        },
    )
    sums = (
        with_origin(sums, origins)
        .with_columns(pl.coalesce("DONEFIRST", "DTFIRST").alias("DTFIRST"), pl.coalesce("DONELAST", "DTLAST").alias("DTLAST"))
        .drop("DONEFIRST", "DONELAST")
        .join(counts, on="USUBJID", how="left")
        .sort("USUBJID", "DTLAST", "VISIT")
    )
    sums = sums.with_columns(
        (pl.col("N_MEASURED") == pl.col("N_TARGET")).alias("COMPLETE"),
        (pl.col("DTLAST") <= pl.col("ORIGDT")).fill_null(value=False).alias("PRE"),
    )
    # the baseline is the last (or first) visit before treatment, and those visits come first
    after = pl.col("PRE").shift(-1, fill_value=False) & ~starts("USUBJID").shift(-1, fill_value=True)
    chosen = pl.col("PRE") & (starts("USUBJID") if parameters.baseline == "first" else ~after)
    sums = sums.with_columns(chosen.alias("BASELINE"))
    sums = sums.filter(~pl.col("PRE") | pl.col("BASELINE"))
    complete = pl.when(pl.col("COMPLETE")).then(pl.col("SUM"))
    return sums.with_columns(
        at_start(pl.when("BASELINE").then(complete), "USUBJID").alias("BASE"), least_before(complete, "USUBJID").alias("NADIR")
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
