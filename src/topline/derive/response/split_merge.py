"""Lesions that split or merge: the parts are added, a conglomerate counts once (RECIST 1.1, section 4.3.2).

As in CDISC's TU: a part has a row with TUTESTCD TUSPLIT and the id of its lesion, a dot and a number (T01.1); a conglomerate one with
TUTESTCD TUMERGE and the ids of its lesions with strokes between (T01/T02).
"""

from __future__ import annotations

import polars as pl

from topline.derive.response.lesions import of_evaluator
from topline.records.load import Records
from topline.study.response_spec import ResponseSpec


def relations(records: Records, spec: ResponseSpec, lesions: pl.DataFrame) -> pl.DataFrame:
    """Return USUBJID, LNKID (part or conglomerate), KIND (TUSPLIT, TUMERGE), PARENT, PNODE: one row for each target that it came from."""
    table = of_evaluator(records["TU"], "TU", spec.evaluator)
    if "TUTESTCD" not in table.columns:
        table = table.clear().with_columns(pl.lit(None, pl.String).alias("TUTESTCD"))
    kind, name = pl.col("TUTESTCD").str.to_uppercase(), pl.col("TULNKID")
    rows = table.filter(kind.is_in(["TUSPLIT", "TUMERGE"])).select(
        "USUBJID",
        name.alias("LNKID"),
        kind.alias("KIND"),
        pl.when(kind == "TUSPLIT").then(name.str.replace(r"\.[^.]*$", "")).otherwise(name).alias("FROM"),
    )
    targets = lesions.filter(pl.col("ROLE") == "TARGET").select("USUBJID", pl.col("LNKID").alias("PARENT"), pl.col("NODE").alias("PNODE"))
    pairs = rows.unique(maintain_order=True).join(targets, on="USUBJID", how="inner", maintain_order="left")
    return pairs.filter(pl.col("FROM").str.split("/").list.contains(pl.col("PARENT")) & (pl.col("PARENT") != pl.col("LNKID"))).drop("FROM")


def as_whole_lesions(measurements: pl.DataFrame, lesions: pl.DataFrame, related: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return measurements and lesions as sums need them: parts added up under their lesion, a conglomerate under its first lesion.

    A lesion of which a part known by then wasn't measured at a visit is missing there. The other lesions of a conglomerate are 0 mm.
    """
    if related.height == 0:
        return measurements, lesions
    keys = ["USUBJID", "LNKID"]
    own = measurements.join(related.select(keys).unique(), on=keys, how="anti", maintain_order="left")
    found = measurements.join(related, on=keys, how="inner", maintain_order="left").sort(
        "USUBJID", "VISIT", "PARENT", "LNKID", "DT", "TRSEQ"
    )
    found = found.group_by("USUBJID", "VISIT", "PARENT", "LNKID", maintain_order=True).last()
    at = ["USUBJID", "VISIT", "PARENT"]
    first = found.group_by("USUBJID", "PARENT", "LNKID").agg(pl.col("DT").min().alias("SINCE"))
    parts = (
        found.filter(pl.col("KIND") == "TUSPLIT")
        .group_by(at, maintain_order=True)
        .agg(pl.col("SIZE").sum(), pl.col("SIZE").is_not_null().sum().alias("n"), *_carried("DT", "PNODE", "LOC", "TRSEQ"))
    )
    due = parts.select(*at, "DT").join(first.drop("LNKID"), on=["USUBJID", "PARENT"]).filter(pl.col("SINCE") <= pl.col("DT"))
    parts = parts.join(due.group_by(at).len("due"), on=at, how="left", maintain_order="left")
    parts = parts.with_columns(pl.when(pl.col("n") >= pl.col("due")).then(pl.col("SIZE")).alias("SIZE"))
    whole = found.filter(pl.col("KIND") == "TUMERGE").sort(*at[:2], "LNKID", "PARENT")
    rank = pl.int_range(pl.len()).over("USUBJID", "VISIT", "LNKID")
    merged = whole.with_columns(pl.when((rank == 0) | pl.col("SIZE").is_null()).then(pl.col("SIZE")).otherwise(0).alias("SIZE"))
    columns = measurements.columns
    added = [
        item.with_columns(
            pl.col("PARENT").alias("LNKID"),
            pl.lit("TARGET").alias("ROLE"),
            pl.col("PNODE").alias("NODE"),
            pl.lit(None, pl.String).alias("STATE"),
        ).select(pl.col(name).cast(measurements.schema[name]) for name in columns)
        for item in (parts, merged)
    ]
    replaced = pl.concat(added).filter(pl.col("SIZE").is_not_null())
    visit = ["USUBJID", "VISIT", "LNKID"]
    own = own.join(replaced.select(visit), on=visit, how="anti", maintain_order="left")
    missing = pl.concat(added).filter(pl.col("SIZE").is_null()).join(own.select(visit), on=visit, how="anti", maintain_order="left")
    result = pl.concat([own, replaced, missing]).sort("USUBJID", "VISIT", "LNKID", "DT", "TRSEQ")
    return result, lesions.join(related.select(keys).unique(), on=keys, how="anti", maintain_order="left")


def _carried(*names: str) -> list[pl.Expr]:
    return [pl.col(name).max() if name == "DT" else pl.col(name).first() for name in names]
