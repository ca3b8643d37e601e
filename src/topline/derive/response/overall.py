"""Overall response at each visit from target, non-target and new lesions, with its date (RECIST 1.1, tables 1 and 2)."""

from __future__ import annotations

import polars as pl

from topline.derive.response.best import partial_confirmed_on
from topline.derive.runs import count_so_far, starts
from topline.study.response_spec import RecistParameters


def derive_overall(
    sums: pl.DataFrame,
    non_target: pl.DataFrame,
    new: pl.DataFrame,
    scans_of_new: pl.DataFrame,
    disease: pl.DataFrame,
    parameters: RecistParameters,
) -> pl.DataFrame:
    """Return one row a patient and visit after baseline.

    Parameters
    ----------
    sums : DataFrame
        With TRGRESP (see `target`); its baseline rows are left out here.
    non_target, new, scans_of_new : DataFrame
        See `non_target` and `new_lesions`.
    disease : DataFrame
        USUBJID, ORIGDT, HAS_TARGET, HAS_NON_TARGET.

    Returns
    -------
    DataFrame
        USUBJID, VISIT, ADT (date of the response by the rules for scans on several days), DTFIRST, DTLAST, TRGRESP, NTRGRESP, NEWLES
        (Y/N), OVR, RULE (which row of the table or which rule decided), SRCDOM, SRCSEQ.
    """
    visits = _visits(sums, non_target, new, scans_of_new, disease)
    target, other = pl.col("TRGRESP"), pl.col("NTRGRESP")
    is_new = pl.col("NEWLES") == "Y"
    by_table = (
        pl.when(is_new | (target == "PD").fill_null(value=False) | (other == "PD").fill_null(value=False))
        .then(pl.lit("PD"))
        .otherwise(without_progression(target, other))
    )
    visits = visits.with_columns(by_table.alias("TABLE"))
    returned = _disease_after_complete_response(parameters)
    visits = visits.with_columns(
        pl.when(returned).then(pl.lit("PD")).otherwise(pl.col("TABLE")).alias("OVR"),
        pl.when(is_new)
        .then(pl.lit("new lesion"))
        .when(target == "PD")
        .then(pl.lit("sum of diameters"))
        .when(other == "PD")
        .then(pl.lit("non-target progression"))
        .when(returned)
        .then(pl.lit("disease after complete response"))
        .otherwise(pl.lit("target and non-target"))
        .alias("RULE"),
    )
    visits = visits.with_columns(_date(parameters).alias("ADT")).sort("USUBJID", "ADT", "VISIT")
    if parameters.rebound_after_confirmed_partial == "partial":
        visits = _keep_partial(visits, parameters)
    return visits.select(_COLUMNS)


_COLUMNS = ["USUBJID", "VISIT", "ADT", "DTFIRST", "DTLAST", "TRGRESP", "NTRGRESP", "NEWLES", "OVR", "RULE", "SRCDOM", "SRCSEQ"]


def _disease_after_complete_response(parameters: RecistParameters) -> pl.Expr:
    """Tell at which visits disease is seen again after an overall CR, as far as the protocol makes that PD."""
    rule = parameters.disease_after_complete_response
    complete = pl.col("TABLE") == "CR"
    last = complete.shift(1, fill_value=False) & ~starts("USUBJID")
    before = last if rule == "after_previous_visit" else count_so_far(complete, "USUBJID") - complete.cast(pl.Int64) > 0
    seen = pl.col("SEEN").fill_null(value=False)
    if rule != "target_only":
        seen |= pl.col("NTSEEN").fill_null(value=False)
    return pl.lit(value=False) if rule == "table" else before & seen


def _keep_partial(visits: pl.DataFrame, parameters: RecistParameters) -> pl.DataFrame:
    """Make PR of the SD visits that follow a confirmed PR (the alternative of clinical rules, section 10)."""
    visits = visits.join(partial_confirmed_on(visits, parameters), on="USUBJID", how="left", maintain_order="left")
    kept = ((pl.col("OVR") == "SD") & (pl.col("ADT") > pl.col("PRCONFDT"))).fill_null(value=False)
    return visits.with_columns(
        pl.when(kept).then(pl.lit("PR")).otherwise(pl.col("OVR")).alias("OVR"),
        pl.when(kept).then(pl.lit("partial response kept")).otherwise(pl.col("RULE")).alias("RULE"),
    )


def _visits(
    sums: pl.DataFrame, non_target: pl.DataFrame, new: pl.DataFrame, scans_of_new: pl.DataFrame, disease: pl.DataFrame
) -> pl.DataFrame:
    sufficient = pl.coalesce("SUFDT", "DTLAST") if "SUFDT" in sums.columns else pl.col("DTLAST")
    done = pl.col("N_MEASURED") > 0
    targets = sums.filter(~pl.col("BASELINE")).select(
        "USUBJID",
        "VISIT",
        pl.when(done).then("DTFIRST").alias("TDTFIRST"),
        pl.when(done).then("DTLAST").alias("TDTLAST"),
        pl.col("DTLAST").alias("TDTANY"),
        "TRGRESP",
        "SEEN",
        "TRSEQ",
        sufficient.alias("TSUFDT"),
    )
    pre = sums.filter("BASELINE").select("USUBJID", "VISIT")
    visits = targets.join(non_target, on=["USUBJID", "VISIT"], how="full", coalesce=True).join(pre, on=["USUBJID", "VISIT"], how="anti")
    alone = new.select("USUBJID", pl.col("NEWVISIT").alias("VISIT"), "NEWDT").with_columns(pl.col("NEWDT").alias("NEWHERE")).drop("NEWDT")
    visits = visits.join(alone, on=["USUBJID", "VISIT"], how="full", coalesce=True).join(new, on="USUBJID", how="left")
    visits = visits.join(scans_of_new, on=["USUBJID", "VISIT"], how="left")
    visits = visits.join(disease, on="USUBJID", how="left").with_columns(
        # a scan that was not done dates a visit only where none was done
        pl.coalesce(pl.min_horizontal("TDTFIRST", "NTDTFIRST", "NEWHERE", "NSFIRST"), pl.max_horizontal("TDTANY", "NTDTANY")).alias(
            "DTFIRST"
        ),
        pl.coalesce(pl.max_horizontal("TDTLAST", "NTDTLAST", "NEWHERE", "NSLAST"), pl.max_horizontal("TDTANY", "NTDTANY")).alias("DTLAST"),
    )
    visits = visits.filter((pl.col("DTLAST") > pl.col("ORIGDT")).fill_null(value=False)).sort("USUBJID", "DTLAST", "VISIT")
    sequence = pl.coalesce("TRSEQ", "NTSEQ")
    return visits.with_columns(
        pl.when(pl.col("NEWDT") <= pl.col("DTLAST")).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("NEWLES"),
        pl.when(sequence.is_null()).then(pl.lit("TU")).otherwise(pl.lit("TR")).alias("SRCDOM"),
        pl.coalesce(sequence, "NEWSEQ").alias("SRCSEQ"),
    )


def without_progression(target: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Tables 1 and 2 without their PD rows; reads HAS_TARGET and HAS_NON_TARGET too."""
    return (
        pl.when(pl.col("HAS_TARGET"))
        .then(_with_targets(target, other))
        .when(pl.col("HAS_NON_TARGET"))
        .then(other.fill_null("NE"))
        .otherwise(pl.lit("NE"))
    )


def _with_targets(target: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Table 1 without its PD rows: target CR is an overall CR only when nothing else is left."""
    nothing_else = ~pl.col("HAS_NON_TARGET") | (other == "CR").fill_null(value=False)
    return pl.when(target == "CR").then(pl.when(nothing_else).then(pl.lit("CR")).otherwise(pl.lit("PR"))).otherwise(target.fill_null("NE"))


def _date(parameters: RecistParameters) -> pl.Expr:
    """PD: the earliest scan that showed what made it; every other response: the last (or first) scan of the visit."""
    by_sum = pl.col(
        {"last_target_scan": "TDTLAST", "first_scan": "TDTFIRST", "first_sufficient_scan": "TSUFDT"}[parameters.progression_date]
    )
    new_here = pl.when(pl.col("NEWLES") == "Y").then(pl.max_horizontal("NEWDT", "DTFIRST"))
    shown = pl.min_horizontal(pl.when(pl.col("TRGRESP") == "PD").then(by_sum), pl.col("NTPDDT"), new_here)
    other = pl.col("DTLAST") if parameters.response_date == "last_scan" else pl.col("DTFIRST")
    return pl.when(pl.col("OVR") == "PD").then(pl.coalesce(shown, other)).otherwise(other)
