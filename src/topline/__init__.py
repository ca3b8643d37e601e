"""Topline: from the patient-level records of an oncology study to its results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from topline.api import Study, load_study
    from topline.study.problems import Finding, InputError

__version__ = "0.1.0"
__all__ = ["Finding", "InputError", "Study", "__version__", "load_study"]

_HOMES = {
    "Study": "topline.api",
    "load_study": "topline.api",
    "Finding": "topline.study.problems",
    "InputError": "topline.study.problems",
}


def __getattr__(name: str) -> Any:
    """Import the façade only when it is used, so that `topline --help` answers at once."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'topline' has no attribute {name!r}")
