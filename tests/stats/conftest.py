"""Reading what R computed, and comparing with it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from topline.stats.survival import kernels, panels

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


@cache
def read_reference(name: str) -> Any:
    return json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def reference() -> Any:
    """Give the numbers that tests/reference/<name>.R wrote."""
    return read_reference


@pytest.fixture(params=["numpy", "compiled"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a test twice: as small data runs, and with the compiled loops and cut panels that only large data uses."""
    if request.param == "compiled":
        pytest.importorskip("numba")
        monkeypatch.setattr(kernels, "WORTH_IT", 0)
        monkeypatch.setattr(panels, "WORTH_IT", 0)
    return request.param
