"""Which column plays which role: by its heading first, and only if its cells agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from topline.init.codes import ecog_codes, response_codes, sex_codes, stage_codes
from topline.init.dates import looks_like_dates, read_column
from topline.init.tables import Column, Table
from topline.init.units import numbers_of
from topline.init.words import ROLES, Role
from topline.records.identity import heading_key


def choose_columns(table: Table) -> dict[str, Column]:
    """Return DM variable → column. No column has two roles, and none that identifies a person has any."""
    chosen: dict[str, Column] = {}
    free = [column for column in table.columns if column.identity is None]
    for role in ROLES:
        for column in _by_rank(role, free):
            if _agrees(role, column, table):
                chosen[role.variable] = column
                free.remove(column)
                break
    return chosen


def subject_column(table: Table) -> Column | None:
    """The column that can be the subject id, if any."""
    return next((column for column in _by_rank(ROLES[0], table.columns) if _agrees(ROLES[0], column, table)), None)


def _by_rank(role: Role, columns: Iterable[Column]) -> list[Column]:
    ranked = [(rank, column) for column in columns if column.identity is None and (rank := _rank(role, column)) is not None]
    return [column for _, column in sorted(ranked, key=lambda item: (item[0], not item[1].n))]


def repeated_ids(table: Table) -> Column | None:
    """A column that is called a patient number and yet can't be one, for it repeats or has gaps."""
    return next((column for column in table.columns if column.identity is None and _rank(ROLES[0], column) is not None), None)


def _rank(role: Role, column: Column) -> int | None:
    key = heading_key(column.heading)
    if role.never is not None and re.search(role.never, key):
        return None
    return next((rank for rank, pattern in enumerate(role.headings) if re.search(pattern, key)), None)


_CODES: dict[str, Callable[[Column], object]] = {
    "SEX": lambda column: sex_codes(column).fine,
    "ECOG": lambda column: ecog_codes(column).fine,
    "BESTRESP": lambda column: response_codes(column).fine,
    "STAGE": lambda column: stage_codes(column).fine or len(column.counts) <= 12,
    "ARM": lambda column: len(column.counts) <= 12,
    "DTHFL": lambda column: len(column.counts) <= 12,
    "PROGFL": lambda column: len(column.counts) <= 12,
}


def _agrees(role: Role, column: Column, table: Table) -> bool:
    if role.kind == "id":
        return column.n == table.rows and len(column.counts) == column.n and max(map(len, column.counts), default=0) <= 40
    if role.kind == "date":
        return looks_like_dates(read_column(column))
    if role.kind == "number":
        return column.n > 0 and numbers_of(column)[0] >= 0.7
    if role.kind == "code":
        return column.n > 0 and bool(_CODES[role.variable](column)) and not (column.n > 3 and read_column(column).readable > 0.5 * column.n)
    return column.n > 0
