"""The verdict ladder: what a check found, said fairly."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from topline.audit.claims import Arm, Claim

__all__ = ["LADDER", "AuditReport", "Rung", "Verdict"]


class Rung(StrEnum):
    """The steps of the ladder, best first."""

    CONSISTENT = "consistent"
    METHOD = "consistent, method named"
    EXPLAINED = "explained"
    UNCHECKABLE = "uncheckable"
    MINOR = "inconsistent, minor"
    MAJOR = "inconsistent, major"
    IMPOSSIBLE = "impossible"


LADDER: Final = (Rung.IMPOSSIBLE, Rung.MAJOR, Rung.MINOR, Rung.EXPLAINED, Rung.UNCHECKABLE, Rung.METHOD, Rung.CONSISTENT)
_FINDINGS: Final = frozenset({Rung.IMPOSSIBLE, Rung.MAJOR, Rung.MINOR})


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check on one or more claims.

    Parameters
    ----------
    check : str
        A1, A2, … F2, as in the catalogue.
    verdict : Rung
        Where on the ladder.
    claims : tuple of str
        Ids of the claims that enter.
    message : str
        One sentence for a reader.
    method : str, optional
        Method or methods that reproduce the number.
    recomputed : str, optional
        What comes out.
    repair : str, optional
        The nearest change that would make it reproduce.
    power : float, optional
        Share of wrong values that this check would notice (A1: of random percentages; others: of one-digit changes).
    inputs : dict
        Numbers that went in.
    """

    check: str
    verdict: Rung
    claims: tuple[str, ...]
    message: str
    method: str | None = None
    recomputed: str | None = None
    repair: str | None = None
    power: float | None = None
    inputs: dict[str, Any] = field(default_factory=dict)

    @property
    def is_finding(self) -> bool:
        """Whether something does not reproduce."""
        return self.verdict in _FINDINGS

    def to_dict(self) -> dict[str, Any]:
        """Plain data, the keys that contracts name."""
        return {
            "check": self.check,
            "verdict": str(self.verdict),
            "claims": list(self.claims),
            "message": self.message,
            "method": self.method,
            "recomputed": self.recomputed,
            "repair": self.repair,
            "power": None if self.power is None else round(self.power, 4),
            "inputs": self.inputs,
        }


@dataclass(frozen=True)
class AuditReport:
    """Everything found in a text and every check made.

    Parameters
    ----------
    claims, verdicts : tuple
        In order of appearance; see :meth:`worst_first`.
    arms : tuple of Arm
        Groups of patients learnt from the text.
    text : str
        The text that spans point into.
    numbers : tuple of spans
        Every number seen.
    not_results : tuple of spans
        What was read as dose, threshold, grade, landmark time, citation or hypothesis and so not taken for a result.
    unread : int
        Characters that were not read because the text is too long.
    """

    claims: tuple[Claim, ...]
    verdicts: tuple[Verdict, ...]
    arms: tuple[Arm, ...] = ()
    text: str = ""
    numbers: tuple[tuple[int, int], ...] = ()
    not_results: tuple[tuple[int, int], ...] = ()
    numbers_typed: int = 0
    unread: int = 0

    @property
    def findings(self) -> tuple[Verdict, ...]:
        """Verdicts that say something does not reproduce, worst first."""
        return tuple(v for v in self.worst_first() if v.is_finding)

    @property
    def p_values(self) -> tuple[Claim, ...]:
        """Every claim with a p-value, checkable or not."""
        return tuple(c for c in self.claims if c.p is not None)

    def worst_first(self) -> tuple[Verdict, ...]:
        """All verdicts, worst rung first, then in order of appearance."""
        return tuple(sorted(self.verdicts, key=lambda v: LADDER.index(v.verdict)))

    def counts(self) -> dict[str, int]:
        """How many numbers were found, typed and checked, and how many claims and verdicts of each rung."""
        checked = {c for v in self.verdicts if v.verdict != Rung.UNCHECKABLE for c in v.claims}
        spans = sorted(c.span for c in self.claims if c.id in checked)
        out = {
            "numbers_found": len(self.numbers),
            "numbers_typed": self.numbers_typed,
            "numbers_checked": _inside(self.numbers, spans),
            "characters_not_read": self.unread,
            "claims": len(self.claims),
            "claims_checked": len(checked),
            "checks": sum(v.verdict != Rung.UNCHECKABLE for v in self.verdicts),
        }
        tally = Counter(v.verdict for v in self.verdicts)
        return out | {str(rung): tally.get(rung, 0) for rung in LADDER}

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, for JSON."""
        return {
            "schema_version": 1,
            "counts": self.counts(),
            "arms": [{"name": a.name, "n": a.n, "aliases": list(a.aliases)} for a in self.arms],
            "claims": [c.to_dict() for c in self.claims],
            "verdicts": [v.to_dict() for v in self.worst_first()],
        }


def _inside(numbers: tuple[tuple[int, int], ...], spans: list[tuple[int, int]]) -> int:
    k, reach, inside = 0, -1, 0
    for a, b in numbers:
        while k < len(spans) and spans[k][0] <= a:
            reach = max(reach, spans[k][1])
            k += 1
        inside += b <= reach
    return inside
