"""Read a domain's file (CSV, Excel, Parquet, SAS, SPSS, Stata) as text columns, inside the study folder and nowhere else."""

from __future__ import annotations

import csv
import io
from pathlib import Path, PurePosixPath

import polars as pl

from topline.records.distinct import by_distinct_value, unless_unchanged
from topline.records.headings import with_headings
from topline.records.part import Part
from topline.records.sheet import EXCEL, read_excel
from topline.records.short_rows import short_rows
from topline.records.statistics_file import READERS, read_statistics_file
from topline.study.problems import Finding, InputError
from topline.study.records_spec import DomainName, DomainSpec, RecordsSpec

_AT_ONCE = 64
_LONG = 50_000
ROW = "_ROW"
"""Column that holds the row of the file (1 = the header)."""


def locate(study: Path, spec: RecordsSpec, domain: DomainName) -> tuple[Path, str]:
    """Return a domain's file and its name inside the study folder.

    Raises
    ------
    InputError
        REC-0002 when the path leads outside the study folder, REC-0001 when the file isn't there.
    """
    name = f"{spec.folder}/{spec.file_of(domain)}" if spec.folder not in ("", ".") else spec.file_of(domain)
    pure = PurePosixPath(name.replace("\\", "/"))
    root = study.resolve()
    path = study / Path(*pure.parts)
    given = [PurePosixPath(part.replace("\\", "/")) for part in (spec.folder, spec.file_of(domain))]
    outside = any(part.is_absolute() or ".." in part.parts for part in given) or ":" in name or not name.isprintable()
    try:
        outside = outside or not path.resolve().is_relative_to(root)
    except (OSError, RuntimeError, ValueError):
        outside = True
    if outside:
        raise InputError(
            [
                Finding(
                    "REC-0002",
                    "error",
                    f"the file of {domain} is a path that lies outside the study folder",
                    name,
                    value=spec.file_of(domain),
                    expected="a file inside the study folder",
                    todo="put the file inside the study folder and name it from there",
                )
            ]
        )
    if not _is_file(path, name):
        raise InputError(
            [
                Finding(
                    "REC-0001",
                    "error",
                    f"the file of the domain {domain} is missing",
                    file=name,
                    todo=f"put it there, or name it under records.domains.{domain}.file",
                )
            ]
        )
    return path, name


def _is_file(path: Path, name: str) -> bool:
    """Whether a file is there; a finding where something is, and can't be read as a file."""
    try:
        if path.is_file() or not path.exists():
            return path.is_file()
    except OSError as error:
        raise _unreadable(name, error.strerror or type(error).__name__) from None
    message, todo = "is a folder, a pipe or a device, not a file", "put a file in its place"
    raise InputError([Finding("REC-0003", "error", message, file=name, todo=todo)])


def _unreadable(name: str, reason: str) -> InputError:
    todo = "see that it is a file that you may read, and that no other program keeps it locked"
    return InputError([Finding("REC-0003", "error", f"can't be read: {reason}", file=name, todo=todo)])


def read_table(
    path: Path, name: str, spec: RecordsSpec, domain: DomainSpec, part: Part | None = None
) -> tuple[pl.DataFrame, list[Finding]]:
    """Read a file as a frame of text columns, with the row of the file in `_ROW`; rows without any value are left out.

    Dates come out as ISO 8601 text, numbers as the shortest text that gives them back, empty cells as null. Where the protocol maps
    columns, one that is there twice is called ``Date (1)``, ``Date (2)`` and one without a heading ``(unnamed 3)``.
    Of a Parquet file that `part` calls plain, only the rows of its patients are read.
    """
    suffix = path.suffix.lower()
    rows: pl.Series | None = None
    findings: list[Finding] = []
    try:
        if suffix == ".parquet":
            subject = part.read_by(path, name, domain) if part is not None else None
            if part is not None and subject is not None:
                scan = pl.scan_parquet(path, row_index_name=ROW, row_index_offset=2).filter(part.holds(pl.col(subject)))
                frame = scan.collect()
                rows, frame = frame[ROW], frame.drop(ROW)
            else:
                frame = pl.read_parquet(path)
        elif suffix in READERS:
            frame = read_statistics_file(path, name)
        elif suffix in EXCEL:
            frame = read_excel(path, name, domain)
        else:
            frame, findings = _read_csv(path, name, spec.encoding, domain)
    except InputError:
        raise
    except OSError as error:
        raise _unreadable(name, error.strerror or type(error).__name__) from None
    except Exception as error:  # a reader's own error types differ by format and version
        message = (str(error).splitlines() or ["the reader gives no reason"])[0][:200]
        raise InputError(
            [Finding("REC-0003", "error", f"can't be read: {message}", file=name, todo="open it, repair it and save it again")]
        ) from None
    if ROW in frame.columns:
        todo = "rename the column"
        raise InputError([Finding("REC-0005", "error", "is a name that topline uses itself", name, column=ROW, todo=todo)])
    first = 2 if suffix in (".parquet", *READERS) else domain.header_row + 1
    text = _to_text(frame)
    table = text.with_row_index(ROW, offset=first) if rows is None else text.insert_column(0, rows)
    if domain.last_row is not None:
        table = table.filter(pl.col(ROW) <= domain.last_row)
    if table.width == 1 or any(column.null_count() == 0 for column in table.get_columns() if column.name != ROW):
        return table, findings
    return table.filter(pl.any_horizontal(pl.exclude(ROW).is_not_null())), findings


def _to_text(frame: pl.DataFrame) -> pl.DataFrame:
    expressions = []
    for column, kind in frame.schema.items():
        cell = pl.col(column)
        if kind in (pl.Float32, pl.Float64):
            whole = cell.is_finite() & (cell == cell.round(0)) & (cell.abs() < 2**53)
            cell = pl.when(whole).then(cell.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(cell.cast(pl.String))
        elif isinstance(kind, pl.Datetime):
            midnight = cell.dt.time() == pl.time(0, 0, 0)
            cell = pl.when(midnight).then(cell.dt.strftime("%Y-%m-%d")).otherwise(cell.dt.strftime("%Y-%m-%dT%H:%M:%S"))
        elif kind == pl.Boolean:
            cell = pl.when(cell).then(pl.lit("Y")).when(~cell).then(pl.lit("N"))
        elif kind != pl.String:
            cell = cell.cast(pl.String, strict=False)
        if kind == pl.String:
            cell = _given(cell)
        expressions.append(cell.alias(column))
    # one query over thousands of columns takes time that grows with their square
    columns = frame.get_columns()
    if frame.height >= _LONG:
        made = zip(columns, expressions, strict=True)
        return pl.DataFrame([_text_of(column, expression) for column, expression in made])
    places = range(0, len(columns), _AT_ONCE)
    parts = [pl.DataFrame(columns[i : i + _AT_ONCE]).select(expressions[i : i + _AT_ONCE]) for i in places]
    return pl.DataFrame([column for part in parts for column in part.get_columns()])


def _given(cell: pl.Expr) -> pl.Expr:
    """A text; null where it is blank."""
    return pl.when(cell.str.strip_chars() != "").then(cell)


def _text_of(column: pl.Series, expression: pl.Expr) -> pl.Series:
    if column.dtype == pl.String:
        return unless_unchanged(column, lambda values: values.to_frame().select(_given(pl.first())).to_series())
    return by_distinct_value(column, lambda frame: frame.select(expression)).to_series()


def _read_csv(path: Path, name: str, encoding: str, domain: DomainSpec) -> tuple[pl.DataFrame, list[Finding]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        row = raw[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else None
        raise InputError(
            [
                Finding(
                    "REC-0004",
                    "error",
                    f"is not text in the encoding {encoding}",
                    file=name,
                    row=row,
                    todo="name the file's encoding under records.encoding (gb18030 for most Chinese systems) or save it as UTF-8",
                )
            ]
        ) from None
    if not text.strip():
        raise InputError([Finding("REC-0003", "error", "is empty", file=name, expected="a header line with the columns' names")])
    if "\n" not in text:
        text = text.replace("\r", "\n")
    try:
        raw = text.encode("utf-8", "replace")
        frame = pl.read_csv(io.BytesIO(raw), infer_schema=False, has_header=False, skip_rows=domain.header_row - 1)
    except pl.exceptions.PolarsError:
        raise InputError([_ragged(text, name)]) from None
    findings = short_rows(text, frame, name, domain.header_row)
    return with_headings(frame.slice(1), frame.row(0), name, domain), findings


def _ragged(text: str, name: str) -> Finding:
    """Say which row of a CSV that can't be read has another number of cells than the header."""
    row, expected, value = None, None, None
    try:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(rows)
        for cells in rows:
            if len(cells) > len(header):
                row, expected, value = rows.line_num, f"{len(header)} cells, as in the header", f"{len(cells)} cells"
                break
    except (csv.Error, StopIteration):
        row, expected = rows.line_num, "quotes that are closed"
    todo = "open the file, repair it and save it again"
    return Finding("REC-0003", "error", "can't be read as CSV", name, row, value=value, expected=expected, todo=todo)
