"""Rows that belong together and stand together: what sorted frames allow without grouping them again.

Every function here takes a frame in which the rows with the same keys stand together (a run), and reads it in one pass.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl

RUN = "_RUN"
"""Number of the run of rows with the same keys, from 0; sorted, so that grouping by it costs little."""


def starts(*keys: str) -> pl.Expr:
    """Tell at which rows a run begins."""
    return pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys) | (pl.int_range(pl.len()) == 0)


def with_runs(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Add RUN."""
    return frame.with_columns((starts(*keys).cum_sum() - 1).cast(pl.UInt32).set_sorted().alias(RUN))


def first_rows(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Return the first row of each run."""
    return frame.filter(starts(*keys))


def last_rows(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Return the last row of each run."""
    return frame.filter(starts(*keys).shift(-1, fill_value=True))


def at_start(value: pl.Expr, *keys: str) -> pl.Expr:
    """The value that stands in the first row of each run, in all its rows."""
    return value.gather(pl.when(starts(*keys)).then(pl.int_range(pl.len())).forward_fill())


def at_end(value: pl.Expr, *keys: str) -> pl.Expr:
    """The value that stands in the last row of each run, in all its rows."""
    return value.gather(pl.when(starts(*keys).shift(-1, fill_value=True)).then(pl.int_range(pl.len())).backward_fill())


def number_in_run(*keys: str) -> pl.Expr:
    """Number the rows of each run, from 0."""
    row = pl.int_range(pl.len())
    return row - at_start(row, *keys)


def count_so_far(condition: pl.Expr, *keys: str) -> pl.Expr:
    """Count the rows of each run, up to and with this one, at which a condition (never null) is true."""
    true = condition.cast(pl.Int64)
    total = true.cum_sum()
    return total - at_start(total - true, *keys)


def least_before(value: pl.Expr, *keys: str) -> pl.Expr:
    """The smallest value (integers of at least 0) of the rows before this one in its run; null where there is none.

    One running minimum serves all runs: each run's values are moved below those of the run before.
    """
    none = value.max().fill_null(0) + 1
    floor = starts(*keys).cum_sum().cast(pl.Int64) * none
    least = (value.fill_null(none) - floor).cum_min().shift(1) + floor
    return pl.when(~starts(*keys) & (least < none)).then(least)


_FOLDS = {"sum": (np.add, 0), "min": (np.minimum, 2**62), "max": (np.maximum, -(2**62))}


def fold_runs(frame: pl.DataFrame, keys: list[str], folds: dict[str, tuple[pl.Expr, Literal["sum", "min", "max"]]]) -> pl.DataFrame:
    """Return one row a run: its keys, and each column of integers or truths folded into one; nulls don't count.

    A sum is Int64; the smallest and the largest are as they were, and null where all are null.
    """
    begins = frame.select(starts(*keys).arg_true()).to_series()
    columns = frame.select(value.alias(name) for name, (value, _) in folds.items())
    folded = []
    for name, (_, how) in folds.items():
        fold, nothing = _FOLDS[how]
        values = columns[name].cast(pl.Int64).fill_null(nothing).to_numpy()
        one = pl.Series(name, fold.reduceat(values, begins.to_numpy()) if begins.len() else [], dtype=pl.Int64)
        folded.append(one if how == "sum" else one.set(one == nothing, None).cast(columns.schema[name]))
    return frame.select(keys)[begins].with_columns(folded)


def last_of_runs(frame: pl.DataFrame, keys: list[str], by: list[str]) -> pl.DataFrame:
    """Return the last row, in the order of `by` (nulls first), of each run of rows with the same keys; the runs keep their order."""
    runs = with_runs(frame, *keys)
    again = (pl.col(RUN) == pl.col(RUN).shift(1)).fill_null(value=False)
    several = runs.select(again | again.shift(-1, fill_value=False)).to_series()
    if not several.any():
        return frame
    last = last_rows(runs.filter(several).sort(RUN, *by, maintain_order=True), RUN)
    return pl.concat([runs.filter(~several), last]).sort(RUN).drop(RUN)
