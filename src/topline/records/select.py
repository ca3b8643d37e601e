"""Apply a condition to a table: a condition tree becomes a Polars expression, never a piece of code or SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
from pydantic import BaseModel

from topline.records.dates import parse_days
from topline.study.calendar import days
from topline.study.conditions import All, Any_, Between, Compare, Contains, HasRecords, Missing, Not, OneOf, Scalar
from topline.study.problems import Finding, InputError


def select(
    frame: pl.DataFrame, condition: BaseModel | None, tables: Mapping[str, pl.DataFrame] | None = None, where: str = ""
) -> pl.DataFrame:
    """Return the rows for which the condition is true (not those for which it is unknown).

    Parameters
    ----------
    frame : DataFrame
        The table that the condition's variables belong to; USUBJID identifies patients.
    condition : Condition or None
        None selects every row.
    tables : mapping, optional
        Domain → records, for conditions such as "has TU records where …".
    where : str
        What the condition is for, in messages.

    Raises
    ------
    InputError
        PRO-0027 when a variable or a domain isn't there.
    """
    if condition is None:
        return frame
    return frame.filter(truth(frame, condition, tables, where))


def truth(frame: pl.DataFrame, condition: BaseModel, tables: Mapping[str, pl.DataFrame] | None = None, where: str = "") -> pl.Series:
    """Return for each row true, false or null (unknown: SQL's three-valued logic)."""
    name = "truth"
    return frame.select(_expression(frame, condition, tables or {}, where).alias(name))[name]


def _expression(frame: pl.DataFrame, node: BaseModel, tables: Mapping[str, pl.DataFrame], where: str) -> pl.Expr:
    if isinstance(node, All):
        return pl.all_horizontal([_expression(frame, item, tables, where) for item in node.all])
    if isinstance(node, Any_):
        return pl.any_horizontal([_expression(frame, item, tables, where) for item in node.any])
    if isinstance(node, Not):
        return ~_expression(frame, node.not_, tables, where)
    if isinstance(node, HasRecords):
        return pl.lit(_has_records(frame, node, tables, where))
    assert isinstance(node, Compare | OneOf | Between | Missing | Contains)
    if node.variable not in frame.columns:
        raise InputError(
            [
                Finding(
                    "PRO-0027",
                    "error",
                    f"{where or 'a condition'} reads the variable {node.variable}, which isn't there",
                    column=node.variable,
                    expected="one of " + ", ".join(c for c in frame.columns if not c.startswith("_"))[:400],
                )
            ]
        )
    column, kind = pl.col(node.variable), frame.schema[node.variable]
    _refuse_other_kind(frame, node, where)
    if isinstance(node, Missing):
        return column.is_null() if node.missing else column.is_not_null()
    if isinstance(node, Contains):
        return column.cast(pl.String).str.to_lowercase().str.contains(node.contains.lower(), literal=True)
    if isinstance(node, OneOf):
        parts = [_compare(column, kind, "=", value) for value in node.one_of]
        found = pl.any_horizontal(parts)
        return ~found if node.negate else found
    if isinstance(node, Between):
        return _compare(column, kind, ">=", node.between[0]) & _compare(column, kind, "<=", node.between[1])
    return _compare(column, kind, node.op, node.value)


def _refuse_other_kind(frame: pl.DataFrame, node: BaseModel, where: str) -> None:
    """Refuse a text compared with numbers, or a number with texts, of which none is one: it would be true of nobody."""
    if not isinstance(node, Compare | OneOf | Between):
        return
    constants: tuple[Scalar, ...] = (node.value,) if isinstance(node, Compare) else node.one_of if isinstance(node, OneOf) else node.between
    values = frame[node.variable].drop_nulls()
    for constant in constants:
        number = isinstance(constant, int | float) and not isinstance(constant, bool)
        if values.dtype.is_numeric() and isinstance(constant, str) and not _is_number(constant):
            problem = "a number with a text"
        elif number and values.dtype == pl.String and len(values) and values.cast(pl.Float64, strict=False).is_null().all():
            problem = "text with a number"
        else:
            continue
        raise InputError(
            [
                Finding(
                    "PRO-0030",
                    "error",
                    f"{where or 'a condition'} compares {node.variable}, {problem}",
                    column=node.variable,
                    value=str(constant),
                    todo="put a text in quotes and write a number without them",
                )
            ]
        )


def _compare(column: pl.Expr, kind: pl.DataType, op: str, value: Scalar) -> pl.Expr:
    left: pl.Expr
    right: object
    if isinstance(value, bool):
        left, right = column.cast(pl.String).str.to_uppercase().is_in(["Y", "YES", "TRUE", "1"]), value
    elif isinstance(value, date):
        left = parse_days(column) if kind == pl.String else column.cast(pl.Int32)
        right = days(value)
    elif isinstance(value, int | float):
        left, right = column.cast(pl.Float64, strict=False), float(value)
    elif kind.is_numeric() and _is_number(value):
        left, right = column.cast(pl.Float64), float(value)
    else:
        left, right = column.cast(pl.String).str.strip_chars().str.to_uppercase(), value.strip().upper()
    return {
        "=": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[op]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _has_records(frame: pl.DataFrame, node: HasRecords, tables: Mapping[str, pl.DataFrame], where: str) -> pl.Series:
    if node.domain not in tables:
        raise InputError(
            [
                Finding(
                    "PRO-0027",
                    "error",
                    f"{where or 'a condition'} counts records of {node.domain}, which the study doesn't have",
                    expected="one of " + ", ".join(tables),
                )
            ]
        )
    rows = select(tables[node.domain], node.where, tables, where)
    counts = rows.group_by("USUBJID").len("n")
    n = frame.select("USUBJID").join(counts, on="USUBJID", how="left", maintain_order="left")["n"].fill_null(0)
    enough = n >= node.at_least
    return enough if node.at_most is None else enough & (n <= node.at_most)
