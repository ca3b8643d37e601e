"""A part of a study: the patients whose ids lie in a range, read without the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from topline.records.headings import squash
from topline.study.records_spec import DomainSpec


@dataclass(frozen=True)
class Part:
    """The patients with `first` <= id < `end` (None: without limit); rows without an id belong to the first part.

    `plain` names the Parquet files, each with its column of ids, of which only the rows of the range need be read: nothing in them is
    filled down, and no id has blanks.
    """

    first: str | None = None
    end: str | None = None
    plain: frozenset[tuple[str, str]] = frozenset()

    def holds(self, subject: pl.Expr) -> pl.Expr:
        """Tell whether a patient's id lies in the part."""
        inside = pl.lit(value=True)
        if self.first is not None:
            inside &= subject >= self.first
        if self.end is not None:
            inside &= subject < self.end
        return inside.fill_null(value=self.first is None)

    def read_by(self, path: Path, name: str, spec: DomainSpec) -> str | None:
        """Return the column of ids by which only the part's rows of a file can be read; None where all of it must be."""
        column = subject_column(path, spec)
        return column if column is not None and (name, column) in self.plain else None


def subject_column(path: Path, spec: DomainSpec) -> str | None:
    """Return the column of a Parquet file that holds the patients' ids, where the file can be read in parts."""
    if path.suffix.lower() != ".parquet" or spec.fill_down or spec.subject_from == "row" or spec.also or "USUBJID" in spec.values:
        return None
    try:
        schema = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError):
        return None  # reading it says what is wrong
    if "_ROW" in schema:
        return None
    if spec.columns is None:
        found = [name for name in schema if name.strip().upper() == "USUBJID"]
    else:
        found = [name for name in schema if squash(name) == squash(spec.columns.get("USUBJID", ""))]
    return found[0] if len(found) == 1 and schema[found[0]] == pl.String else None
