"""A table as CSV that a spreadsheet can open without running what a cell says."""

from __future__ import annotations

import csv
import io
import re

from topline.report.tables.model import Table
from topline.study.problems import printable

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?%?")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_MINUS = "\N{MINUS SIGN}"


def to_csv(table: Table) -> str:
    """Return the table as CSV (RFC 4180, CRLF): a header, then one line a row; block headings keep their own lines.

    A number is written with a plain minus sign. Text that a spreadsheet could take for a formula gets a leading apostrophe.
    Footnotes are left out: they are in the report.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(column.label.replace("\n", " ")) for column in table.columns])
    for row in table.rows:
        writer.writerow([safe_cell(cell) for cell in row.cells])
    return out.getvalue()


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet evaluates and no terminal obeys: numbers as they are, anything that looks like a formula quoted."""
    plain = text.replace(_MINUS, "-") if _NUMBER.fullmatch(text.replace(_MINUS, "-")) else text
    text = printable(plain)
    if _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_RISKY) else text
