"""Where compiled loops take over: large data on a machine that has numba (`pip install topline[fast]`).

A small study never pays for them: below the size where they win, NumPy runs and nothing compiled is imported.
"""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType

# Numbers in the covariates (or rows to count) from which the compiled loops win back their import, about 0.4 s a process.
WORTH_IT = 4_000_000
# Below this share of what was cumulated, a difference of two cumulated sums has lost too many digits.
CANCELLED = 1e-6


def kernels(numbers: int) -> ModuleType | None:
    """Return the compiled loops for work of this size; None where NumPy is to run."""
    return _load() if numbers >= WORTH_IT else None


@cache
def _load() -> ModuleType | None:
    try:
        return importlib.import_module("topline.stats.survival.compiled")
    except (ImportError, RuntimeError):  # not installed, or numba finds no folder for its cache
        return None
