from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topline.report.tables import Column, Row, Table, to_csv
from topline.report.tables.csv_text import safe_cell


def table(*cells: str) -> Table:
    return Table("t", "T", (Column("a", "text"), Column("b")), tuple(Row((cell, "1")) for cell in cells))


@pytest.mark.parametrize("text", ["=cmd()|'/c calc'!A0", "+1+2", "-2+3", "@SUM(A1)", "\t=1", " =1", "−", "-", "=1"])
def test_text_that_a_spreadsheet_could_run_is_quoted(text: str) -> None:
    if text == "−":
        assert safe_cell(text) == text
    else:
        assert safe_cell(text) == f"'{text}"


def test_what_would_steer_a_terminal_is_written_as_its_number() -> None:
    assert safe_cell("a\x1b[31mb\x07\u202ec") == r"a\u001b[31mb\u0007\u202ec"
    assert safe_cell("\r=1") == r"\u000d=1"


@pytest.mark.parametrize("text", ["12", "-12.3", "+4", "1e-5", "55.0%", ".5"])
def test_numbers_stay_numbers(text: str) -> None:
    assert safe_cell(text) == text


def test_a_typographic_minus_becomes_plain_in_a_number_only() -> None:
    assert safe_cell("−12.3") == "-12.3"
    assert safe_cell("−12.3 (−20.0 to 5.0)") == "−12.3 (−20.0 to 5.0)"


def test_rfc_4180() -> None:
    assert to_csv(table('say "hi", you', "中文\nline")) == 'a,b\r\n"say ""hi"", you",1\r\n"中文\nline",1\r\n'


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=20), max_size=5))
def test_what_is_written_can_be_read_back(cells: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(table(*cells)), newline="")))
    assert len(rows) == len(cells) + 1
    for cell, row in zip(cells, rows[1:], strict=True):
        assert row[0] == safe_cell(cell)
        assert not row[0].lstrip(" ").startswith(("=", "@", "\t"))


def test_a_ragged_table_is_refused() -> None:
    with pytest.raises(ValueError, match="a row has 3 cells, the table 2 columns"):
        Table("t", "T", (Column("a"), Column("b")), (Row(("1", "2", "3")),))
