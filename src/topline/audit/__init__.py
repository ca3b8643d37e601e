"""Does a paper add up: claims from its text, a verdict on every check that can be made (imports only the statistics)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from topline.audit.claims import Arm, Claim
    from topline.audit.engine import audit_text, check_claims
    from topline.audit.read import read_documents
    from topline.audit.verdict import AuditReport, Rung, Verdict

__all__ = ["Arm", "AuditReport", "Claim", "Rung", "Verdict", "audit_text", "check_claims", "read_documents"]

_HOME = {
    "Arm": "claims",
    "Claim": "claims",
    "audit_text": "engine",
    "check_claims": "engine",
    "read_documents": "read",
    "AuditReport": "verdict",
    "Rung": "verdict",
    "Verdict": "verdict",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that the command line's help imports nothing heavy."""
    if name not in _HOME:
        raise AttributeError(f"module 'topline.audit' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"topline.audit.{_HOME[name]}"), name)
