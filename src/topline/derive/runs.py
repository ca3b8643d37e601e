"""Rows that belong together and stand together: what sorted frames allow without grouping them again."""

from __future__ import annotations

import polars as pl

RUN = "_RUN"
"""Number of the run of rows with the same keys, from 0; sorted, so that grouping by it costs little."""


def with_runs(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Add RUN to a frame in which the rows with the same keys stand together."""
    new = pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys) & (pl.int_range(pl.len()) > 0)
    return frame.with_columns(new.cum_sum().cast(pl.UInt32).set_sorted().alias(RUN))


def last_of_runs(frame: pl.DataFrame, keys: list[str], by: list[str]) -> pl.DataFrame:
    """Return the last row, in the order of `by` (nulls first), of each run of rows with the same keys; the runs keep their order."""
    runs = with_runs(frame, *keys)
    again = (pl.col(RUN) == pl.col(RUN).shift(1)).fill_null(value=False)
    several = runs.select(again | again.shift(-1, fill_value=False)).to_series()
    if not several.any():
        return frame
    last = runs.filter(several).sort(RUN, *by, maintain_order=True).unique(RUN, keep="last", maintain_order=True)
    return pl.concat([runs.filter(~several), last]).sort(RUN).drop(RUN)


def doubled(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the rows whose keys may stand more than once: all that do, and hardly any other."""
    return frame.filter(frame.select(keys).hash_rows().is_duplicated())
