"""Reading what R computed, and comparing with it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


@cache
def read_reference(name: str) -> Any:
    return json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def reference() -> Any:
    """Give the numbers that tests/reference/<name>.R wrote."""
    return read_reference
