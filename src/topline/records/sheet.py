"""Excel sheets, with the headings in whichever row they stand; rows keep the numbers that Excel shows."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from topline.records.headings import with_headings
from topline.study.problems import Finding, InputError
from topline.study.records_spec import DomainSpec

EXCEL = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
"""Suffixes of the files that are read as sheets."""


def read_excel(path: Path, name: str, domain: DomainSpec) -> pl.DataFrame:
    """Read one sheet below its header row, each column with the type that its cells have; text where they differ.

    Raises
    ------
    InputError
        REC-0009 when there is no such sheet.
    """
    import fastexcel

    book = fastexcel.read_excel(path)
    sheet = book.sheet_names[0] if domain.sheet is None else domain.sheet
    if sheet not in book.sheet_names:
        raise InputError(
            [Finding("REC-0009", "error", "has no such sheet", name, value=sheet, expected="one of " + ", ".join(book.sheet_names)[:400])]
        )
    above = book.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=domain.header_row, dtypes="string").to_polars()
    if above.height < domain.header_row:
        return pl.DataFrame()
    below = book.load_sheet(sheet, header_row=None, skip_rows=domain.header_row, schema_sample_rows=None).to_polars()
    return with_headings(below, above.row(-1), name, domain)


def read_cells(path: Path) -> dict[str, pl.DataFrame]:
    """Return every sheet as it stands, headings and all, each cell as text; the first row of the frame is row 1 of the sheet."""
    import fastexcel

    book = fastexcel.read_excel(path)
    return {
        name: book.load_sheet(name, header_row=None, skip_rows=0, schema_sample_rows=None, dtypes="string").to_polars()
        for name in book.sheet_names
    }
