"""Files of SAS, SPSS and Stata, read through pyreadstat, which is an optional extra and imported only here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from topline.study.problems import Finding, InputError

READERS = {".xpt": "read_xport", ".sas7bdat": "read_sas7bdat", ".dta": "read_dta", ".sav": "read_sav", ".zsav": "read_sav"}
"""Suffix → function of pyreadstat."""


def read_statistics_file(path: Path, name: str) -> pl.DataFrame:
    """Return the table of a SAS (XPT, SAS7BDAT), SPSS or Stata file: stored values, not their labels.

    Raises
    ------
    InputError
        REC-0008 when pyreadstat is not installed.
    """
    return read_with_labels(path, name)[0]


def read_with_labels(path: Path, name: str) -> tuple[pl.DataFrame, dict[str, str], dict[str, dict[str, str]]]:
    """Return the table, the label of each column, and the label of each coded value of each column."""
    try:
        import pyreadstat
    except ImportError:
        raise InputError(
            [
                Finding(
                    "REC-0008",
                    "error",
                    f"{path.suffix} files need the package pyreadstat, which is not installed",
                    file=name,
                    todo="install it with: pip install 'topline[files]', or save the file as CSV",
                )
            ]
        ) from None
    frame, meta = getattr(pyreadstat, READERS[path.suffix.lower()])(path, output_format="polars")
    labels = {column: label for column, label in (meta.column_names_to_labels or {}).items() if label}
    values = {
        column: {_code(code): str(word) for code, word in codes.items()} for column, codes in (meta.variable_value_labels or {}).items()
    }
    return _plain(frame), labels, values


def _code(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers that are not a number, which these files use for missing, become null."""
    floats = [column for column, kind in frame.schema.items() if kind in (pl.Float32, pl.Float64)]
    return frame.with_columns(pl.col(column).fill_nan(None) for column in floats)
