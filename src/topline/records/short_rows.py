"""Rows of a CSV with fewer cells than its header: readers fill them up in silence, and a cell lost in the middle shifts those behind it."""

from __future__ import annotations

import csv
import io

import polars as pl

from topline.study.problems import Finding

_NAMED = 5


def short_rows(text: str, frame: pl.DataFrame, name: str, header_row: int) -> list[Finding]:
    """Return REC-0017 where rows under the header have fewer cells than it, one finding a file.

    The text is gone through only where a row's last cell is empty, and cell by cell only where quotes or the number of commas ask for it.

    Parameters
    ----------
    frame : DataFrame
        What was read from the text, header included.
    header_row : int
        Row of the header, 1 = the first of the file.
    """
    width = frame.width
    if width < 2 or frame.get_column(frame.columns[-1]).null_count() == 0:
        return []
    if '"' not in text and header_row == 1:
        lines = sum(1 for line in text.splitlines() if line.strip())
        if text.count(",") == lines * (width - 1):
            return []
    short = []
    rows = csv.reader(io.StringIO(text, newline=""))
    for number, cells in enumerate(rows, 1):
        if number > header_row and 0 < len(cells) < width and any(cell.strip() for cell in cells):
            short.append((number, len(cells)))
    if not short:
        return []
    n = f"{len(short)} {'row has' if len(short) == 1 else 'rows have'}"
    others = f" (rows {', '.join(str(row) for row, _ in short[:_NAMED])}{', …' if len(short) > _NAMED else ''})" if len(short) > 1 else ""
    message = f"{n} fewer cells than the header{others}; those missing at the end are read as empty"
    row, cells_found = short[0]
    todo = "see that no cell before the end was lost, which shifts those behind it, and write every comma"
    return [
        Finding(
            "REC-0017",
            "warning",
            message,
            name,
            row,
            value=f"{cells_found} {'cell' if cells_found == 1 else 'cells'}",
            expected=f"{width} cells",
            todo=todo,
        )
    ]
