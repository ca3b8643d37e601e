"""The time origin beside each of a patient's rows."""

from __future__ import annotations

import polars as pl


def with_origin(frame: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    """Add ORIGDT; rows of patients who have none are left out, the others keep their order.

    Parameters
    ----------
    subjects : DataFrame
        USUBJID, ORIGDT: one row a patient.
    """
    origins = subjects.select("USUBJID", "ORIGDT")
    rows = frame.join(origins, on="USUBJID", how="left", maintain_order="left")  # copies no other column, as an inner join would
    return rows.drop_nulls("ORIGDT") if rows["ORIGDT"].null_count() else rows
