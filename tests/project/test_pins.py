"""The pins can be trusted: they follow pyproject.toml, every one has its hash, and they say nothing of where they came from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PIN_FILES = ("dev.txt", "uv.txt")


def pins(name: str) -> list[tuple[Requirement, int]]:
    """Each pinned requirement with the number of its hashes."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        found.append((Requirement(requirement.strip()), len(hashes)))
    return found


@pytest.mark.parametrize("name", PIN_FILES)
def test_every_pin_is_exact_and_hashed(name: str) -> None:
    for requirement, hashes in pins(name):
        assert [part.operator for part in requirement.specifier] == ["=="], f"{requirement} is not exact"
        assert hashes > 0, f"{requirement} has no hash"


@pytest.mark.parametrize("name", PIN_FILES)
def test_the_pins_name_no_place(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE), "an option such as --index-url stands in the pins"


def test_the_pins_follow_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"], *project["build-system"]["requires"]]
    asked += project["project"]["optional-dependencies"]["files"]
    pinned: dict[str, list[str]] = {}
    for requirement, _ in pins("dev.txt"):
        pinned.setdefault(canonicalize_name(requirement.name), []).append(next(iter(requirement.specifier)).version)
    for wanted in map(Requirement, asked):
        versions = pinned.get(canonicalize_name(wanted.name), [])
        assert versions, f"{wanted} has no pin: ./run lock"
        assert all(wanted.specifier.contains(version, prereleases=True) for version in versions), (
            f"{wanted} is pinned to {versions}: ./run lock"
        )
