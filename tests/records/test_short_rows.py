"""Rows of a CSV that are shorter than its header are found; what is legal in a CSV isn't."""

from __future__ import annotations

import io
from typing import Any

import polars as pl
import pytest

from topline.records.short_rows import short_rows


def found(text: str, header_row: int = 1) -> list[Any]:
    frame = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False, has_header=False, skip_rows=header_row - 1)
    return short_rows(text, frame, "dm.csv", header_row)


@pytest.mark.parametrize(
    "text",
    [
        "A,B,C\n1,2,3\n",
        "A,B,C\n1,2,\n,,\n1,,\n",  # empty cells, but every comma
        "A,B,C\n1,2,\n\n4,5,6\n\n",  # blank lines
        "A,B,C\r\n1,2,\r\n",
        'A,B,C\n"1,1","2\n2",\n',  # commas and line breaks in quotes
        "A\n1\n\n2\n",
        "A,B,C\n1,2,\n   \n",
    ],
)
def test_nothing_is_missing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "row", "value"),
    [
        ("A,B,C\n1,2,3\n1,2\n", 3, "2 cells"),
        ("A,B,C\n1\n", 2, "1 cell"),
        ('A,B,C\n"1,1","2"\n', 2, "2 cells"),
        ('A,B,C\n"1\n1",2,3\n\n4,5\n', 4, "2 cells"),  # rows are counted as records, not as lines
        ("A,B,C\n1,2,\n4,5\n", 3, "2 cells"),
    ],
)
def test_a_short_row(text: str, row: int, value: str) -> None:
    (finding,) = found(text)
    assert (finding.code, finding.row, finding.value, finding.expected) == ("REC-0017", row, value, "3 cells")
    assert finding.message.startswith("1 row has fewer cells")


def test_many_are_one_finding() -> None:
    (finding,) = found("A,B\n" + "1\n" * 7)
    assert finding.message.startswith("7 rows have fewer cells than the header (rows 2, 3, 4, 5, 6, …)")


def test_rows_above_the_header_are_no_rows() -> None:
    assert found("A title\nA,B,C\n1,2,\n", header_row=2) == []
    (finding,) = found("A title\nA,B,C\n1,2\n", header_row=2)
    assert finding.row == 3
