"""`./run` and `make` know the same commands, and say which."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("setup", "demo", "test", "test-all", "test-shared", "lint", "format", "lock", "clean")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "./run", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_and_make_know_each_command(command: str) -> None:
    assert re.search(rf"^  {command}  ", run("help").stdout, re.MULTILINE)
    target = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert target is not None
    assert command in target[1].split()


def test_an_unknown_command_is_refused_with_the_list() -> None:
    done = run("tset")
    assert done.returncode == 2
    assert "no command 'tset'" in done.stderr
    assert "test-shared" in done.stderr


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_scripts_can_be_run_and_are_sound(script: str) -> None:
    shell = "bash" if script == ".ci/run" else "sh"
    assert subprocess.run([shell, "-n", script], cwd=ROOT, check=False).returncode == 0
    assert (ROOT / script).stat().st_mode & 0o100
