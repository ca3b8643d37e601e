"""Small sheets to draft studies from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from topline.api import Study, load_study
from topline.init.accept import accept_guesses, open_guesses
from topline.init.start import Started, start_study

Rows = Sequence[Sequence[Any]]
HEAD = ("研究编号", "年龄", "性别", "首次用药日期", "进展日期", "末次随访", "死亡日期")


def people(n: int = 12) -> list[list[Any]]:
    """Rows under HEAD: every second progresses, every third dies."""
    rows: list[list[Any]] = []
    for i in range(n):
        progressed = f"2022-{1 + i % 9:02d}-15" if i % 2 else None
        died = f"2023-{1 + i % 9:02d}-20" if i % 3 == 0 else None
        rows.append([f"P{i:02d}", 40 + i, "男" if i % 2 else "女", f"2021-{1 + i % 9:02d}-10", progressed, died or "2023-12-01", died])
    return rows


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: Rows, name: str = "sheet.xlsx", more: dict[str, Rows] | None = None, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        if name.endswith(".csv"):
            text = io.StringIO(newline="")
            csv.writer(text).writerows([["" if cell is None else cell for cell in row] for row in rows])
            path.write_bytes(text.getvalue().encode(encoding))
            return path
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, cells in {"Sheet1": rows, **(more or {})}.items():
            page = book.add_worksheet(title)
            for i, row in enumerate(cells):
                for j, cell in enumerate(row):
                    if isinstance(cell, date | datetime):
                        page.write_datetime(i, j, cell, day)
                    elif isinstance(cell, str):
                        page.write_string(i, j, cell)
                    elif cell is not None:
                        page.write(i, j, cell)
        book.close()
        return path

    return write


@pytest.fixture
def start(tmp_path: Path, sheet: Callable[..., Path]) -> Callable[..., Started]:
    """Draft a study from rows."""

    def draft(rows: Rows, **how: Any) -> Started:
        return start_study([sheet(rows, **how)], tmp_path / "study")

    return draft


@pytest.fixture
def accepted(start: Callable[..., Started]) -> Callable[..., Study]:
    """Draft a study from rows, accept every guess, load it."""

    def draft(rows: Rows, **how: Any) -> Study:
        folder = start(rows, **how).folder
        accept_guesses(folder, [guess.id for guess in open_guesses(folder)])
        return load_study(folder)

    return draft


@pytest.fixture
def head() -> list[str]:
    return list(HEAD)


@pytest.fixture
def rows() -> list[list[Any]]:
    return people()
