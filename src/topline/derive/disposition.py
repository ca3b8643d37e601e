"""Why treatment ended: the last disposition event of each patient."""

from __future__ import annotations

import polars as pl

from topline.records.load import Records


def derive_disposition(records: Records, subjects: pl.DataFrame) -> pl.DataFrame:
    """Add DCTREAS (the last disposition event recorded, such as ADVERSE EVENT; null when there is none) to ADSL.

    Only DS rows of the category DISPOSITION EVENT are read where DSCAT is there.
    """
    if "DS" not in records:
        return subjects.with_columns(pl.lit(None, pl.String).alias("DCTREAS"))
    rows = records["DS"]
    if "DSCAT" in rows.columns:
        rows = rows.filter(pl.col("DSCAT") == "DISPOSITION EVENT")
    last = rows.sort("USUBJID", "DSSTDT", "DSSEQ", nulls_last=False).group_by("USUBJID", maintain_order=True).last()
    return subjects.join(last.select("USUBJID", pl.col("DSDECOD").alias("DCTREAS")), on="USUBJID", how="left", maintain_order="left")
