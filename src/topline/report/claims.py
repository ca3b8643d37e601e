"""What a publication printed, beside what the records give: one row a claim, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["same", "same after rounding", "differs", "known contradiction", "not found"]
"""How a printed number compares with ours."""


@dataclass(frozen=True)
class ClaimCheck:
    """One printed number and ours.

    Parameters
    ----------
    id : str
        The claim's id in claims.yaml.
    label : str
        What it is about, in words: "Median PFS, Combination".
    printed, ours : str
        As printed there and as we would print it; empty where we have none.
    verdict : str
        same · same after rounding · differs · known contradiction · not found.
    reason : str
        Why it is expected to differ, or why nothing was found.
    source : str
        Where it was printed.
    """

    id: str
    label: str
    printed: str
    ours: str
    verdict: Verdict
    reason: str = ""
    source: str = ""
