"""What is read off runs of sorted rows in one pass is what grouping them gives."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from topline.derive.runs import at_end, at_start, count_so_far, first_rows, fold_runs, last_of_runs, last_rows, least_before, number_in_run

VALUES = st.one_of(st.none(), st.integers(0, 5))
ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from([1.0, 2.0, None]), VALUES), max_size=30)


def _frame(rows: list[tuple[str, float | None, int | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, {"K": pl.String, "L": pl.Float64, "V": pl.Int32}, orient="row").sort("K", "L", maintain_order=True)


@given(ROWS)
def test_columns(rows: list[tuple[str, float | None, int | None]]) -> None:
    value = pl.col("V")
    big = (value > 2).fill_null(value=False)
    pairs = [
        (at_start(value, "K"), value.first().over("K")),
        (at_end(value, "K"), value.last().over("K")),
        (number_in_run("K"), pl.int_range(pl.len()).over("K")),
        (count_so_far(big, "K"), big.cum_sum().cast(pl.Int64).over("K")),
        (least_before(value, "K"), value.cum_min().forward_fill().shift(1).over("K")),
        (number_in_run("K", "L"), pl.int_range(pl.len()).over("K", "L")),
    ]
    names = [str(n) for n in range(len(pairs))]
    ours = _frame(rows).select(one.alias(name) for name, (one, _) in zip(names, pairs, strict=True))
    grouped = _frame(rows).select(other.alias(name) for name, (_, other) in zip(names, pairs, strict=True))
    assert_frame_equal(ours, grouped, check_dtypes=False)


@given(ROWS)
def test_rows(rows: list[tuple[str, float | None, int | None]]) -> None:
    frame, keys = _frame(rows), ["K", "L"]
    grouped = frame.group_by(keys, maintain_order=True)
    assert_frame_equal(first_rows(frame, *keys), grouped.first(), check_column_order=False)
    assert_frame_equal(last_rows(frame, *keys), grouped.last(), check_column_order=False)
    by_value = frame.sort("K", "L", "V", maintain_order=True).group_by(keys, maintain_order=True).last()
    assert_frame_equal(last_of_runs(frame, keys, ["V"]), by_value, check_column_order=False)
    value = pl.col("V")
    folded = fold_runs(frame, keys, {"least": (value, "min"), "most": (value, "max"), "sum": (value, "sum"), "any": (value > 2, "max")})
    expected = grouped.agg(
        value.min().alias("least"), value.max().alias("most"), value.sum().cast(pl.Int64).alias("sum"), (value > 2).max().alias("any")
    )
    assert_frame_equal(folded, expected)
