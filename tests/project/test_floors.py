"""The house of ARCHITECTURE.md stands: each floor of src/topline imports only from floors below it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "topline"

# From the roof down. Parts on one floor know nothing of each other.
FLOORS = (
    ("cli", "web"),
    ("commands", "init_commands"),
    ("api",),
    ("report",),
    ("export",),
    ("audit", "simulate", "design", "init"),
    ("analyze",),
    ("execute",),
    ("derive",),
    ("records",),
    ("study",),
    ("stats",),
)
HEIGHT = {part: len(FLOORS) - place for place, parts in enumerate(FLOORS) for part in parts}

# What is below and yet out of bounds: `report` shows numbers and computes none.
CLOSED = {"report": {"stats"}}

# The statistics know arrays: no data frame, no file, nothing else from outside.
STATS_MAY_USE = {"numpy", "scipy", "numba"}
STATS_FILE_MODULES = {"csv", "fileinput", "glob", "gzip", "io", "pathlib", "shutil", "sqlite3", "tempfile", "zipfile"}


def modules(part: str = "") -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if not part or part_of(path) == part)


def part_of(path: Path) -> str:
    """The part that a file belongs to: study/load.py to `study`, api.py to `api`, __init__.py to none."""
    first = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    return {"__init__": "", "__main__": "cli"}.get(first, first)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module imported anywhere in a file, also in functions and for typing only, with its line."""
    package = ("topline", *path.relative_to(SOURCE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            if module == "topline":
                yield from ((node.lineno, f"topline.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            argument = node.args[0] if node.args else None
            if called in ("import_module", "__import__") and isinstance(argument, ast.Constant):
                yield node.lineno, str(argument.value)


def own_imports(path: Path) -> Iterator[tuple[int, str, str]]:
    """The parts of topline that a file imports: line, part, the module as written."""
    for line, module in imports(path):
        head, _, rest = module.partition(".")
        if head == "topline":
            yield line, rest.partition(".")[0], module


def loaded_after(code: str) -> set[str]:
    """The modules that a fresh interpreter holds after running `code`."""
    tail = "\nimport json, sys; sys.stderr.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr))


def test_every_part_stands_on_a_floor() -> None:
    homeless = sorted({part_of(path) for path in modules()} - HEIGHT.keys() - {""})
    assert not homeless, f"src/topline/{homeless[0]} stands on no floor: give it one in ARCHITECTURE.md and in FLOORS of this test"


def test_each_floor_imports_only_from_floors_below() -> None:
    wrong = []
    for path in modules():
        part = part_of(path)
        if part not in HEIGHT:
            continue
        for line, target, module in own_imports(path):
            where = f"src/topline/{path.relative_to(SOURCE)}:{line} imports {module}"
            if target in CLOSED.get(part, ()):
                wrong.append(f"{where}, but `{part}` may not use `{target}`: ask the floor between for the number")
            elif target in HEIGHT and target != part and HEIGHT[target] >= HEIGHT[part]:
                side = "above" if HEIGHT[target] > HEIGHT[part] else "beside"
                wrong.append(f"{where}, but `{target}` is {side} `{part}`: move what is needed to `{part}` or below it")
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_package_itself_imports_nothing_of_topline_at_once() -> None:
    """`import topline.stats` runs topline/__init__.py too: what that gives from `api` it must fetch when asked."""
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    nested = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    typing_only = {id(inner) for node in tree.body if isinstance(node, ast.If) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in nested | typing_only:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            relative = isinstance(node, ast.ImportFrom) and node.level > 0
            assert not relative, f"src/topline/__init__.py:{node.lineno} imports a part at once"
            assert not any(name.startswith("topline") for name in names), f"src/topline/__init__.py:{node.lineno} imports {names}"


def test_statistics_stand_alone() -> None:
    wrong = []
    for path in modules("stats"):
        for line, module in imports(path):
            head = module.partition(".")[0]
            fine = module.startswith("topline.stats") or head in STATS_MAY_USE or head in sys.stdlib_module_names - STATS_FILE_MODULES
            if not fine:
                wrong.append(f"src/topline/{path.relative_to(SOURCE)}:{line} imports {module}")
        wrong += [
            f"src/topline/{path.relative_to(SOURCE)}:{node.lineno} opens a file"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
        ]
    assert not wrong, "stats takes arrays and gives results; it knows no data frame, no file, no other floor:\n" + "\n".join(wrong)


def test_importing_the_statistics_loads_no_other_floor_and_no_data_frame() -> None:
    loaded = loaded_after("import topline.stats")
    parts = {name.split(".")[1] for name in loaded if name.startswith("topline.")}
    assert parts <= {"stats"}, f"import topline.stats also loads {sorted(parts - {'stats'})}"
    assert not loaded & {"polars", "pandas", "pyarrow", "pydantic", "yaml", "matplotlib"}


@pytest.mark.parametrize("heavy", ["polars", "numpy", "pydantic", "matplotlib"])
def test_importing_topline_alone_is_light(heavy: str) -> None:
    assert heavy not in loaded_after("import topline"), f"import topline loads {heavy}"


if (SOURCE / "cli.py").exists() or (SOURCE / "cli").is_dir():

    @pytest.mark.parametrize("heavy", ["polars", "numpy", "pydantic", "matplotlib"])
    def test_help_is_told_without_loading_anything_heavy(heavy: str) -> None:
        """`topline --help` answers in under 0.3 s because it loads none of these."""
        loaded = loaded_after(
            "import sys\nsys.argv = ['topline', '--help']\nfrom topline.cli import main\n"
            "try:\n    status = main()\nexcept SystemExit as stop:\n    status = stop.code\nassert not status, status"
        )
        assert "topline.cli" in loaded
        assert heavy not in loaded, f"topline --help loads {heavy}: import it where it is used"


def test_the_import_reader_sees_every_kind_of_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule is only as good as the reader: hide imports from it in every way that Python has."""
    (tmp_path / "study").mkdir()
    hidden = tmp_path / "study" / "hidden.py"
    hidden.write_text(
        "import topline.api\nfrom topline import report\nfrom ..derive import x\nfrom .. import analyze\nfrom . import y\n"
        "def f():\n    from topline.cli import main\n    importlib.import_module('topline.web')\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(sys.modules[__name__], "SOURCE", tmp_path)
    assert sorted(part for _, part, _ in own_imports(hidden)) == ["analyze", "api", "cli", "derive", "report", "study", "web"]
