"""A table as data: formatted cells in rows and columns, before any renderer has seen them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Section = Literal[
    "headline",
    "populations",
    "baseline",
    "follow_up",
    "efficacy",
    "response",
    "safety",
    "exposure",
    "estimands",
    "methods",
    "warnings",
    "claims",
]
"""Where in the report a table stands."""


@dataclass(frozen=True)
class Column:
    """A column: its heading (a line break splits name and denominator), and whether it holds text or numbers."""

    label: str
    kind: Literal["text", "number"] = "number"


@dataclass(frozen=True)
class Row:
    """A row of formatted cells; `indent` is its depth under the last heading, a `heading` opens a block."""

    cells: tuple[str, ...]
    indent: int = 0
    heading: bool = False


@dataclass(frozen=True)
class Table:
    """A table, complete in itself: its footnotes name denominators, methods and conventions."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    footnotes: tuple[str, ...] = ()
    section: Section = "methods"
    analysis: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Refuse a row that doesn't fit the columns."""
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"table {self.id}: a row has {len(row.cells)} cells, the table {len(self.columns)} columns: {row.cells}")
