"""Numbers written with their unit, such as ``65岁`` or ``3.2 cm``: the unit is taken off by the protocol's table, never by guess."""

from __future__ import annotations

import polars as pl

from topline.records.read import ROW
from topline.study.problems import Finding

NUMBER = r"^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(.*)$"
"""A number, and the text behind it."""


def take_units(table: pl.DataFrame, units: dict[str, dict[str, float]], file: str) -> tuple[pl.DataFrame, list[Finding]]:
    """Multiply each number by the factor of the unit behind it; a number without unit stands as it is.

    A unit that the protocol doesn't list is an error (REC-0015), as is a text that begins with no number.
    """
    findings: list[Finding] = []
    for variable, factors in units.items():
        plain = pl.col(variable).str.normalize("NFKC").str.strip_chars().str.to_lowercase().str.replace_all(r"(\d),(\d{3})", "${1}${2}")
        number = plain.str.extract(NUMBER, 1).cast(pl.Float64, strict=False)
        unit = plain.str.extract(NUMBER, 2)
        known = {name.strip().lower(): factor for name, factor in factors.items()} | {"": 1.0}
        factor = unit.replace_strict(known, default=None, return_dtype=pl.Float64)
        value = number * factor
        whole = (value == value.round(0)) & (value.abs() < 2**53)
        text = pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
        bad = table.filter(pl.col(variable).is_not_null() & value.is_null()).select(ROW, variable)
        findings += [
            Finding(
                "REC-0015",
                "error",
                "is no number in a unit that the protocol lists",
                file,
                row,
                variable,
                cell,
                "a number, alone or with " + ", ".join(factors),
                f"correct the cell, or add the unit and its factor under units.{variable}",
            )
            for row, cell in bad.iter_rows()
        ]
        table = table.with_columns(text.alias(variable))
    return table, findings
