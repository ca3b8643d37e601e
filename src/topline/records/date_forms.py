"""Dates as people write them: named forms that a protocol declares for a column, read as ISO 8601 text; everything else stays as it is."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from topline.records.read import ROW
from topline.study.problems import Finding, Tally
from topline.study.records_spec import DateForm, DateSpec

_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
_YEAR, _TWO = r"((?:19|20)\d{2})", r"(\d{1,2})"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_SEP = r"\s*[-/.]\s*"

# Form → (pattern, groups that hold year, month, day), tried in order; the day's group is 0 where the form has none.
_PATTERNS: dict[DateForm, tuple[tuple[str, tuple[int, int, int]], ...]] = {
    "ymd": (
        (rf"^{_YEAR}{_SEP}{_TWO}{_SEP}{_TWO}{_TIME}", (1, 2, 3)),
        (rf"^{_YEAR}(\d{{2}})(\d{{2}})$", (1, 2, 3)),
        (rf"^{_YEAR}[-/](0?[1-9]|1[0-2])$", (1, 2, 0)),
        (rf"^{_YEAR}\.([2-9]|0[1-9]|1[0-2])$", (1, 2, 0)),  # 2024.1 may be a number that was 2024.10
        (rf"^{_YEAR}(0[1-9]|1[0-2])$", (1, 2, 0)),
    ),
    "chinese": (
        (rf"^{_YEAR}\s*年\s*{_TWO}\s*月\s*{_TWO}\s*[日号]?{_TIME}", (1, 2, 3)),
        (rf"^{_YEAR}\s*年\s*{_TWO}\s*月?$", (1, 2, 0)),
    ),
    "dmy": ((rf"^{_TWO}{_SEP}{_TWO}{_SEP}((?:19|20)?\d{{2}}){_TIME}", (3, 2, 1)),),
    "mdy": ((rf"^{_TWO}{_SEP}{_TWO}{_SEP}((?:19|20)?\d{{2}}){_TIME}", (3, 1, 2)),),
    "month_name": (
        (rf"^{_TWO}(?:st|nd|rd|th)?[\s\-/.,]*{_MONTH}[\s\-/.,]*((?:19|20)?\d{{2}}){_TIME}", (3, 2, 1)),
        (rf"^{_MONTH}[\s\-/.,]*{_TWO}(?:st|nd|rd|th)?[\s\-/.,]+((?:19|20)\d{{2}}){_TIME}", (3, 1, 2)),
        (rf"^{_MONTH}[\s\-/.,]*((?:19|20)\d{{2}})$", (2, 1, 0)),
    ),
    "excel_serial": (),
}
SERIAL = r"^[1-7]\d{4}(?:\.\d+)?$"
"""Excel's day number as text: 10000 is 18 May 1927, 79999 is in 2119."""


def to_iso(text: pl.Expr, forms: Sequence[DateForm]) -> pl.Expr:
    """Return ISO 8601 text (2024-12-31, or 2024-12 where there is no day) of what stands in one of the forms and exists; else the text.

    Two-digit years are 2000–2068 and 1969–1999, as in POSIX. Excel's serials count days from 1899-12-30.
    """
    plain = text.str.normalize("NFKC").str.strip_chars().str.to_lowercase()
    found = [_read(plain, pattern, groups) for form in forms for pattern, groups in _PATTERNS[form]]
    if "excel_serial" in forms:
        number = pl.when(plain.str.contains(SERIAL)).then(plain.str.extract(r"^(\d{5})", 1).cast(pl.Int32, strict=False))
        found.append((number - 25569).cast(pl.Date).dt.strftime("%Y-%m-%d"))
    return pl.coalesce(*found, text)


def _read(text: pl.Expr, pattern: str, groups: tuple[int, int, int]) -> pl.Expr:
    year, month, day = (text.str.extract(pattern, group) if group else None for group in groups)
    assert year is not None
    assert month is not None
    number = year.cast(pl.Int32, strict=False)
    number = pl.when(number >= 100).then(number).when(number >= 69).then(number + 1900).otherwise(number + 2000)
    words = {word: str(i + 1) for i, word in enumerate(_MONTHS)}
    head = number.cast(pl.String) + "-" + month.replace(words).str.zfill(2)
    iso = head + "-" + (day.str.zfill(2) if day is not None else pl.lit("01"))
    exists = iso.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return pl.when(exists).then(iso if day is not None else head)


def read_dates(table: pl.DataFrame, dates: dict[str, DateSpec], file: str) -> tuple[pl.DataFrame, list[Finding]]:
    """Read the declared date columns; a date without its day is given the declared one, with a note for each column."""
    findings: list[Finding] = []
    for variable, spec in dates.items():
        column = to_iso(pl.col(variable), spec.forms) if spec.forms else pl.col(variable)
        table = table.with_columns(column.alias(variable))
        if spec.missing_day is None:
            continue
        partial = pl.col(variable).str.contains(r"^\d{4}-(?:0[1-9]|1[0-2])$").fill_null(value=False)
        rows = table.filter(partial)[ROW].to_list()
        if rows:
            rest = f"no day of the month; day {spec.missing_day} is used, as the protocol declares"
            findings.append(
                Finding(
                    "REC-0014",
                    "warning",
                    "",
                    file,
                    rows[0],
                    variable,
                    todo="enter the full dates where they can be found",
                    tally=Tally.rows(len(rows), f"{{n}} date has {rest}", f"{{n}} dates have {rest}"),
                )
            )
        completed = pl.col(variable) + f"-{spec.missing_day:02d}"
        table = table.with_columns(pl.when(partial).then(completed).otherwise(pl.col(variable)).alias(variable))
    return table, findings
