"""docs/capabilities.md promises nothing that no test proves: each line names tests, and they exist."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "capabilities.md"
NEVER_RUN = re.compile(r"mark\.(skip|xfail)\b")  # a condition (skipif) is no reason against a test
TEST_ID = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Line:
    """One line of the table: what is promised, what proves it, how far it is."""

    number: int
    capability: str
    tests: tuple[str, ...]
    status: str


def lines(text: str) -> list[Line]:
    found = []
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.startswith("|") or set(raw) <= set("|-: "):
            continue
        cells = [cell.strip() for cell in raw.strip().strip("|").split("|")]
        assert len(cells) == 3, f"docs/capabilities.md:{number} has {len(cells)} cells, not capability | test | status: {raw}"
        if cells != ["capability", "test", "status"]:
            found.append(Line(number, cells[0], tuple(TEST_ID.findall(cells[1])), cells[2]))
    return found


@cache
def defined_in(file: Path) -> frozenset[str]:
    """The tests that a file defines, as `test_x` or `TestY::test_x`, without those that are always skipped."""
    names = []
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if any(
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark" and NEVER_RUN.search(ast.unparse(node))
        for node in tree.body
    ):
        return frozenset()
    for owner in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]:
        around = owner.decorator_list if isinstance(owner, ast.ClassDef) else []
        prefix = f"{owner.name}::" if isinstance(owner, ast.ClassDef) else ""
        for node in owner.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                skipped = any(NEVER_RUN.search(ast.unparse(decorator)) for decorator in [*around, *node.decorator_list])
                names += [] if skipped else [prefix + node.name]
    return frozenset(names)


def fault(line: Line) -> str | None:
    """What is wrong with a line, or None."""
    if not line.capability:
        return "names no capability"
    if line.status not in ("done", "partial", "absent"):
        return f"has status {line.status!r}: done, partial or absent"
    if line.status == "absent":
        return f"is absent and yet names {line.tests[0]}" if line.tests else None
    if not line.tests:
        return f"is {line.status} but names no test, as `tests/…/test_x.py::test_y`"
    for test in line.tests:
        path, _, name = test.partition("::")
        file = ROOT / path
        if not path.startswith("tests/") or not file.is_file():
            return f"names {test}, but there is no file {path}"
        if name not in defined_in(file):
            return f"names {test}, but {path} has no such test (or it is always skipped)"
    return None


def test_each_capability_is_proved_by_a_test_that_exists() -> None:
    table = lines(PAGE.read_text(encoding="utf-8"))
    assert table, "docs/capabilities.md has no table"
    wrong = [f"docs/capabilities.md:{line.number} '{line.capability}' {problem}" for line in table if (problem := fault(line))]
    assert not wrong, "\n" + "\n".join(wrong)


def test_no_capability_stands_there_twice() -> None:
    names = [line.capability for line in lines(PAGE.read_text(encoding="utf-8"))]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("| a | `tests/project/test_capabilities.py::test_no_capability_stands_there_twice` | done |", None),
        ("| a | – | absent |", None),
        ("| a | `tests/project/test_capabilities.py::test_that_nobody_wrote` | done |", "no such test"),
        ("| a | `tests/project/test_nowhere.py::test_x` | partial |", "no file"),
        ("| a | by eye | done |", "names no test"),
        ("| a | `tests/project/test_floors.py::test_statistics_stand_alone` | absent |", "is absent and yet"),
        ("| a | – | soon |", "status 'soon'"),
    ],
)
def test_the_reader_of_the_table_finds_what_is_wrong(row: str, complaint: str | None) -> None:
    problem = fault(lines(row)[0])
    assert (problem is None) if complaint is None else (problem is not None and complaint in problem)


def test_a_test_that_never_runs_proves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "test_x.py"
    never, runs = "@pytest.mark.skip\n", "@pytest.mark.skipif(True, reason='here')\n"
    body = "def test_a(): ...\n"
    file.write_text(f"{never}{body}{runs}def test_b(): ...\n{never}class TestC:\n    def test_d(self): ...\n", encoding="utf-8")
    assert defined_in(file) == {"test_b"}
    other = tmp_path / "test_y.py"
    other.write_text(f"pytestmark = pytest.mark.xfail\n{body}", encoding="utf-8")
    assert defined_in(other) == frozenset()
