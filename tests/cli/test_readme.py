"""The README does what it says: its commands are known, what it shows is printed, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from topline.cli import build_parser, main

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for _, block in BLOCKS for line in block.splitlines() if line.startswith("topline ")]


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The examples, and the sheet of one as somebody's own, in a folder to work in."""
    for name in ("gbsg2", "sheet"):
        shutil.copytree(ROOT / "examples" / name, tmp_path / "examples" / name, ignore=shutil.ignore_patterns("results"))
    shutil.copyfile(ROOT / "examples" / "sheet" / "records" / "patients.xlsx", tmp_path / "patients.xlsx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_understood(command: str) -> None:
    words = shlex.split(command, comments=True)
    words = words[1 : words.index(">")] if ">" in words else words[1:]
    assert build_parser().parse_args(words).command


@pytest.mark.parametrize("name", ["run", "check", "explain", "init", "audit", "schema"])
def test_no_command_is_left_out(name: str) -> None:
    assert any(line.startswith(f"topline {name} ") for line in COMMANDS)


def test_the_example_prints_what_is_shown(copies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = next(block for _, block in BLOCKS if block.startswith("$ ")).splitlines()
    words = shlex.split(shown[0])
    assert words[1] == ".venv/bin/topline"
    assert main(words[2:]) == 0
    printed = iter(capsys.readouterr().out.splitlines())
    for line in shown[1:]:
        if line.strip() != "…":
            assert line in printed, line
    assert (copies / "examples" / "gbsg2" / "results" / "report.html").is_file()


def test_the_walk_through_of_a_sheet(copies: Path) -> None:
    steps = [line for line in COMMANDS if "patients" in line]
    assert len(steps) == 3
    for line in steps:
        assert main(shlex.split(line, comments=True)[1:]) == 0, line
    assert (copies / "patients" / "results" / "report.html").is_file()


def test_the_lines_of_python(copies: Path) -> None:
    known: dict[str, Any] = {}
    exec(next(block for kind, block in BLOCKS if kind == "python"), known)
    value = known["results"]["rfs"].get(statistic="logrank").p_value
    said = re.search(r"p_value +# ([0-9.]+)…", TEXT)
    assert said is not None
    assert str(value).startswith(said[1])


def test_the_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert {"docs/explain.md", "docs/audit.md"} <= set(links)
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_how_to_write_the_bare_command_is_said() -> None:
    assert TEXT.index(". .venv/bin/activate") < TEXT.index("\ntopline check")
    assert ". .venv/bin/activate" in (ROOT / "run").read_text(encoding="utf-8")
