"""The sheets of a file as they stand, and in each the row of the headings, the last row of patients, and its columns."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from topline.init.words import OUTCOME, ROLES, TOTALS, plain
from topline.records.headings import squash
from topline.records.identity import heading_key, identity_in, identity_of
from topline.records.read import ROW, read_table
from topline.records.sheet import EXCEL, read_cells
from topline.records.statistics_file import READERS, read_with_labels
from topline.study.problems import Finding, InputError
from topline.study.records_spec import DomainSpec, RecordsSpec

READABLE = (".csv", ".txt", ".parquet", *EXCEL, *READERS)
_KNOWN = re.compile("|".join(f"(?:{heading})" for role in ROLES for heading in role.headings))
_LOOK_AT = 25


@dataclass(frozen=True, eq=False)
class Column:
    """One column: its name as the protocol writes it, its heading, and how often each text stands in it."""

    name: str
    heading: str
    counts: dict[str, int] = field(repr=False)
    identity: str | None = None
    labels: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def n(self) -> int:
        """Cells that are not empty."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class JoinedTable:
    """Another sheet with the same patients: its id column, and the columns that the first one doesn't have."""

    table: Table
    subject: str
    names: frozenset[str]


@dataclass(frozen=True)
class Table:
    """One sheet (or file) below its headings."""

    path: Path
    sheet: str | None
    encoding: str
    header_row: int
    last_row: int | None
    frame: pl.DataFrame = field(repr=False)
    columns: tuple[Column, ...] = field(repr=False)
    joined: tuple[JoinedTable, ...] = ()

    @property
    def rows(self) -> int:
        """Rows with anything in them."""
        return self.frame.height

    @property
    def label(self) -> str:
        """Its name in messages."""
        return self.path.name if self.sheet is None else f"{self.path.name}, sheet {self.sheet}"

    @property
    def known(self) -> int:
        """How many headings name something that a study needs."""
        return sum(bool(_KNOWN.search(heading_key(column.heading))) for column in self.columns)


def read_tables(path: Path) -> list[Table]:
    """Return every sheet of a file that has headings and rows.

    Raises
    ------
    InputError
        INI-0001 the file isn't there or is of a kind that can't be read; REC-… it can't be read.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        message = "is a folder, a pipe or a device, not a file" if path.exists() else "there is no such file"
        raise InputError([Finding("INI-0001", "error", message, path.name, todo="give the sheet's file name")])
    if suffix not in READABLE:
        raise InputError(
            [Finding("INI-0001", "error", "is not a kind of file that can be read", path.name, expected="one of " + ", ".join(READABLE))]
        )
    try:
        return _tables(path, suffix)
    except InputError:
        raise
    except OSError as error:
        problem, todo = f"can't be read: {error.strerror or type(error).__name__}", "see that it is a file that you may read"
        raise InputError([Finding("REC-0003", "error", problem, path.name, todo=todo)]) from None
    except Exception as error:  # a reader's own error types differ by format and version; its message may hold data
        problem = f"can't be read ({type(error).__name__})"
        raise InputError([Finding("REC-0003", "error", problem, path.name, todo="open it, repair it and save it again")]) from None


def _tables(path: Path, suffix: str) -> list[Table]:
    if suffix in (".parquet", *READERS):
        labels, values = read_with_labels(path, path.name)[1:] if suffix in READERS else ({}, {})
        return [_table(path, None, "utf-8", 1, None, labels, values)]
    if suffix in EXCEL:
        sheets = read_cells(path)
        found = [(name if len(sheets) > 1 else None, cells, "utf-8") for name, cells in sheets.items()]
    else:
        text, encoding = _decode(path)
        found = [(None, _csv_cells(text, path.name), encoding)]
    tables = []
    for sheet, cells, encoding in found:
        layout = _layout(cells)
        if layout is not None:
            tables.append(_table(path, sheet, encoding, *layout, {}, {}))
    return tables


def _decode(path: Path) -> tuple[str, str]:
    raw = path.read_bytes()
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "gb18030", "big5")
    for encoding in encodings:
        try:
            return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding), encoding
        except UnicodeDecodeError:
            continue
    raise InputError(
        [Finding("REC-0004", "error", "is text in no encoding that is known here", path.name, todo="save it as UTF-8 or as Excel")]
    )


def _csv_cells(text: str, name: str) -> pl.DataFrame:
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise InputError([Finding("REC-0003", "error", f"can't be read as CSV: {error}", name, todo="save it again as CSV")]) from None
    head = [row for row in rows[:_LOOK_AT] if row]
    if head and max(map(len, head)) == 1 and any(mark in row[0] for row in head for mark in ";\t"):
        raise InputError(
            [
                Finding(
                    "REC-0003",
                    "error",
                    "its columns are separated by semicolons or tabs",
                    name,
                    expected="commas",
                    todo="save it as CSV or Excel",
                )
            ]
        )
    width = max(map(len, rows), default=0)
    columns = {f"c{i}": [row[i].strip() or None if i < len(row) else None for row in rows] for i in range(width)}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _layout(cells: pl.DataFrame) -> tuple[int, int | None] | None:
    """The row of the headings, and the last row of patients where totals or notes stand below it (rows counted from 1)."""
    if cells.height == 0 or cells.width == 0:
        return None
    head = [[squash(cell) for cell in row] for row in cells.head(_LOOK_AT).iter_rows()]
    scores = [_heading_score(row) for row in head]
    best = max(range(len(head)), key=lambda i: (scores[i], -i))
    if scores[best] <= 0:
        return None
    filled = cells.select(pl.sum_horizontal(pl.all().str.strip_chars().fill_null("").ne("").cast(pl.Int32)).alias("n"))["n"].to_list()
    body = [n for n in filled[best + 1 :] if n]
    if not body:
        return None
    typical = sorted(body)[len(body) // 2]
    last = end = max(i for i, n in enumerate(filled) if n)
    while last > best:
        words = [squash(cell) for cell in cells.row(last) if cell]
        sparse = typical >= 4 and len(words) <= max(1, 0.2 * typical)
        if filled[last] and not sparse and not any(TOTALS.match(word) for word in words[:2]):
            break
        last -= 1
    return None if last == best else (best + 1, last + 1 if last < end else None)


def _heading_score(row: list[str]) -> float:
    words = [cell for cell in row if cell]
    if not words:
        return 0
    if any(identity_in(word) for word in words):
        return -1
    texts = [word for word in words if not re.fullmatch(r"[\d\s./:年月日-]+", word)]
    known = sum(bool(_KNOWN.search(heading_key(word))) or bool(identity_of(word, {})) for word in texts)
    single = len(words) == 1 and len(row) > 1
    return 0 if len(texts) < 0.6 * len(words) or single else 10 * known * (len(set(words)) / len(words)) + len(texts) / len(row)


def _table(
    path: Path,
    sheet: str | None,
    encoding: str,
    header_row: int,
    last_row: int | None,
    labels: dict[str, str],
    values: dict[str, dict[str, str]],
) -> Table:
    domain = DomainSpec(sheet=sheet, header_row=header_row, last_row=last_row, columns={})
    frame, _ = read_table(path, path.name, RecordsSpec(domains={"DM": domain}, encoding=encoding), domain)
    columns = []
    for name in frame.columns:
        if name == ROW:
            continue
        heading = " ".join([name, *([labels[name]] if name in labels else [])])
        counts = Counter(frame[name].drop_nulls().to_list())
        columns.append(Column(name, heading, dict(counts), identity_of(heading, counts), values.get(name, {})))
    return Table(path, sheet, encoding, header_row, last_row, frame, tuple(columns))


def is_baseline(column: Column) -> bool:
    """Tell whether a heading may name a characteristic that was there before treatment."""
    return column.identity is None and not OUTCOME.search(plain(column.heading)) and not column.name.startswith("(unnamed")
