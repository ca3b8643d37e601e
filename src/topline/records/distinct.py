"""What distinct values are good for: work on each only once, where they are few; rows that are all distinct are seen at a glance."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

_FEW = 10_000
_WORTH = 50_000
_KEY = "\0distinct"


def unless_unchanged(column: pl.Series, work: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return what `work` makes of a column, value by value; the column itself where a long one has few values and none changes."""
    if column.len() >= _WORTH and column.head(_FEW).n_unique() < _FEW // 2:
        distinct = column.unique()
        if work(distinct).eq_missing(distinct).all():
            return column
    return work(column)


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


def doubled(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the rows whose keys may stand more than once: all that do, and hardly any other."""
    hashes = frame.select(keys).hash_rows()
    return frame.clear() if hashes.n_unique() == frame.height else frame.filter(hashes.is_duplicated())
