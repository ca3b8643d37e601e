"""Work on a column value by value: each distinct value once, where they are few."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

_FEW = 10_000
_WORTH = 50_000
_KEY = "\0distinct"


def by_distinct_value(column: pl.Series, work: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Return what `work` makes of a frame with this column, row by row; it is given distinct values where a long column has few."""
    if column.len() < _WORTH or column.dtype.is_nested() or column.dtype == pl.Object:
        return work(column.to_frame())
    distinct = column.unique()
    if distinct.len() > _FEW:
        return work(column.to_frame())
    made = work(distinct.to_frame()).with_columns(distinct.alias(_KEY))
    rows = column.alias(_KEY).to_frame().join(made, on=_KEY, how="left", nulls_equal=True, maintain_order="left")
    return rows.drop(_KEY)
