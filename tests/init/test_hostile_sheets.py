"""Whatever stands in a sheet, nothing breaks, nothing is run, and what can't be used is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topline.api import Study
from topline.cli import main
from topline.init.start import Started, start_study
from topline.study.problems import InputError

HEADINGS = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "a\"b'c: {d} [e] #f &g *h !i |j >k %l @m `n`",
    "- x: y\n  z: 1",
    "true",
    "null",
    "1.5",
    "~",
    "\x07bell\x1b[31mred",
    "年龄\r\n(岁)",
    "x" * 500,
    "a\u2028b\u0085c\ufeffd",
    "guesses",
    "confirmed: false",
    " ",
    None,
    None,
    "性别",
    "性别",
    "Smile 😀",
)


def cell(heading: str | None, i: int) -> object:
    if heading == "性别":
        return ("男", "女")[i % 2]
    return i if heading and "年龄" in heading else "ab"[i % 2]


def table(headings: tuple[str | None, ...]) -> list[list[Any]]:
    return [["研究编号", *headings], *([f"P{i}", *(cell(name, i) for name in headings)] for i in range(12))]


def test_hostile_headings(accepted: Callable[..., Study], capsys: pytest.CaptureFixture[str]) -> None:
    study = accepted(table(HEADINGS))
    columns = study.protocol.records.spec("DM").columns or {}
    assert columns["SEX"] == "性别 (1)"
    assert columns["AGE"] == "年龄 (岁)"
    page = study.execute().write(study.folder / "results") / "report.html"
    assert "<script>alert" not in page.read_text(encoding="utf-8")
    assert main(["check", str(study.folder)]) in (0, 1)
    assert main(["init", "--accept", str(study.folder), "--list"]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\x07" not in printed


@pytest.mark.parametrize("name", ["a: b.xlsx", "- x.xlsx", "'q' \"r\".xlsx", "病人 表.xlsx", "=1+1.xlsx", "..x...xlsx"])
def test_hostile_file_names(accepted: Callable[..., Study], name: str) -> None:
    assert accepted(table(("年龄", "性别")), name=name).execute().datasets.adsl.height == 12


def test_five_thousand_columns(start: Callable[..., Started], head: list[str], rows: list[list[Any]], tmp_path: Path) -> None:
    wide = [[*head, *(f"v{i}" for i in range(5000))], *([*row, *((i * 7 + n) % 11 for i in range(5000))] for n, row in enumerate(rows))]
    started = start(wide, name="wide.csv")
    assert len(started.table.columns) == 5007
    assert len(started.guesses) < 30


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "INI-0003"),
        ([["研究编号", "年龄"]], "INI-0003"),
        ([[1, 2], [3, 4]], "INI-0003"),
        ([["2022-01-01", "13912345678"], ["2022-01-02", "13912345679"]], "INI-0003"),
        ([["foo", "bar"], ["x1", "y1"], ["x2", "y2"]], "INI-0004"),
        ([["姓名", "电话"], ["王小明", "13912345678"]], "INI-0004"),
    ],
)
def test_a_sheet_that_says_nothing_is_refused_with_what_to_do(start: Callable[..., Started], rows: Any, code: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        start(rows)
    assert [finding.code for finding in caught.value.findings] == [code]
    assert caught.value.findings[0].todo
    assert "139" not in str(caught.value)
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"no zip"),
        ("a.xlsx", b""),
        ("a.csv", b""),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", b'"x'),
        ("a.csv", b"a;b;c\n1;2;3\n"),
        ("a.sav", b"x"),
    ]
    + [("a.xpt", b"x"), ("a.dta", b"x"), ("a.sas7bdat", b"x"), ("a.pdf", b"%PDF"), ("a.parquet", b"x"), ("a.csv", b"\x81\x30\x81")],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["init", str(tmp_path / name), "--out", str(tmp_path / "study")]) == 2
    printed = capsys.readouterr().err
    assert name in printed
    assert "Nothing was written" in printed
    assert not (tmp_path / "study").exists()


def test_no_file_and_no_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "none.xlsx")]) == 2
    assert main(["init"]) == 2
    assert capsys.readouterr().err.count("INI-0001") == 2


def test_the_draft_goes_to_a_folder_named_after_the_sheet(
    sheet: Callable[..., Path], head: list[str], rows: list[list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheet([head, *rows])
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert start_study([path]).folder == Path("sheet")
    assert (tmp_path / "here" / "sheet" / "study.yaml").is_file()
