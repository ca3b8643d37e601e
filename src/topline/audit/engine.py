"""The two ways in: a text, or claims that somebody has already structured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from topline.audit.checks import run_checks
from topline.audit.claims import Arm, Claim
from topline.audit.extract import extract
from topline.audit.sheet import Sheet
from topline.audit.verdict import AuditReport

__all__ = ["audit_text", "check_claims"]


def audit_text(text: str) -> AuditReport:
    """Extract every claim of a plain text and check what can be checked.

    Parameters
    ----------
    text : str
        An abstract or a paper; for HTML, XML, records and PDF see :func:`topline.audit.read_document`.

    Returns
    -------
    AuditReport
        Claims with their places in `text`, and verdicts.
    """
    found = extract(text)
    sheet = Sheet.of(found.claims, found.arms, found.sizes, tuple(r[0] for r in found.registrations), text, found.source)
    return AuditReport(
        found.claims, run_checks(sheet), found.arms, text, found.numbers, found.not_results, found.numbers_typed, found.unread
    )


def check_claims(claims: Iterable[Claim | dict[str, Any]], *, arms: Iterable[Arm] = (), registrations: Iterable[str] = ()) -> AuditReport:
    """Check claims that are already structured.

    Parameters
    ----------
    claims : iterable of Claim or dict
        In the form of the contracts; values are strings as printed. Ids are given where they are missing. Claims with the
        same `group` (or, without one, the same sentence) belong together, as a p-value and its two proportions do.
    arms : iterable of Arm
        Sizes of the arms, where the claims do not carry them.
    registrations : iterable of str
        Trial registration numbers.

    Returns
    -------
    AuditReport

    Raises
    ------
    ValueError
        For an unknown claim type or key.
    """
    items = [c if isinstance(c, Claim) else Claim.from_dict(c) for c in claims]
    sentences: dict[str, int] = {}
    ready: list[Claim] = []
    sizes = {arm.name: arm.n for arm in arms}
    for number, claim in enumerate(items, start=1):
        changes: dict[str, Any] = {}
        if not claim.id:
            changes["id"] = f"c{number}"
        if not claim.group and claim.sentence:
            changes["group"] = sentences.setdefault(claim.sentence, len(sentences) + 1)
        if claim.type == "proportion" and claim.n is None and sizes.get(claim.arm or ""):
            changes |= {"n": sizes[claim.arm or ""], "n_from": "carried"}
        elif claim.n is not None and claim.n_from is None:
            changes["n_from"] = "printed"
        ready.append(replace(claim, **changes) if changes else claim)
    sheet = Sheet.of(tuple(ready), tuple(arms), registrations=tuple(registrations))
    return AuditReport(tuple(ready), run_checks(sheet), tuple(arms))
