"""What is committed can be read and built anywhere: no machine's paths, no registry's hosts, nothing left half done."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MACHINE_PATH = re.compile(r"(?<![\w.:/\\~$}-])/(?:home|root|work|Users|opt|mnt|srv)/(?=[\w.])|\b[A-Z]:\\+Users\\", re.ASCII)
REGISTRY_HOST = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|anaconda\.(?:org|com)|debian\.org|crates\.io|golang\.org|r-project\.org)\b"
)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b")


def committed() -> list[Path]:
    """The files that git tracks."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip(f"git can't list the files: {listed.stderr.strip()}")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    for path in committed():
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(ROOT), content.decode("utf-8", errors="replace")


def hits(pattern: re.Pattern[str], files: Iterator[tuple[Path, str]]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in files
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def source() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "src").rglob("*.py")):
        yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def test_no_committed_file_names_a_path_of_some_machine() -> None:
    found = hits(MACHINE_PATH, texts())
    assert not found, "write paths relative to the project:\n" + "\n".join(found)


def test_no_committed_file_names_a_package_registry() -> None:
    found = hits(REGISTRY_HOST, texts())
    assert not found, "packages come from wherever the user's own settings say:\n" + "\n".join(found)


def test_the_source_has_nothing_left_to_do() -> None:
    found = hits(UNFINISHED, source())
    assert not found, "finish it, or say in docs/capabilities.md that it is absent:\n" + "\n".join(found)


def test_every_module_begins_by_saying_why_it_exists() -> None:
    silent = []
    for path, text in source():
        docstring = ast.get_docstring(ast.parse(text), clean=False) or ""
        if not docstring.partition("\n")[0].strip():
            silent.append(str(path))
    assert not silent, "no docstring, or none on the first line: " + ", ".join(silent)


def test_nothing_is_committed_that_a_run_makes() -> None:
    made = [str(path.relative_to(ROOT)) for path in committed() if {"results", "__pycache__", ".venv", ".tools"} & set(path.parts[:-1])]
    made = [name for name in made if not name.startswith(("src/", "tests/"))]
    assert not made


@pytest.mark.parametrize("text", ["see /" + "home/jo/x", "'/" + "Users/jo'", "C:" + r"\Users\jo", "(/" + "opt/r/bin)"])
def test_the_pattern_knows_a_machine_path(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["study/home/x", "https://example.com/home/x", "../" + "work/x", "n/root/2", "$HOME/" + "work/x"])
def test_the_pattern_leaves_other_paths_alone(text: str) -> None:
    assert not MACHINE_PATH.search(text)


@pytest.mark.parametrize("line", ["x = 1  # TODO: the tail", "raise NotImplementedError"])
def test_the_pattern_knows_what_is_unfinished(line: str) -> None:
    assert hits(UNFINISHED, iter([(Path("x.py"), f"a method\n{line}\n")])) == [f"x.py:2: {line}"]
