"""Which adverse events count: the window, the attribution and the version of the grading."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from topline.study.model import Strict


class AdverseEvents(Strict):
    """Definitions of treatment-emergent and treatment-related events."""

    window_days: int = Field(default=30, ge=0, description="Days after the last dose in which an onset is still treatment-emergent.")
    drugs: tuple[str, ...] = Field(
        default=(), description="Drugs (EXTRT) whose first and last dose open and close the window; every drug unless stated."
    )
    attribution: tuple[str, ...] = Field(
        default=("AEREL",),
        min_length=1,
        description="AE variables that hold the relation to each drug; related to any is related.",
    )
    related_values: tuple[str, ...] = Field(
        default=("Y", "YES", "RELATED", "POSSIBLE", "PROBABLE", "DEFINITE", "POSSIBLY RELATED", "PROBABLY RELATED"),
        description="Values that mean related; without regard to case.",
    )
    missing_attribution: Literal["related", "not_related"] = Field(
        default="related", description="How a blank attribution counts; how many there were is printed."
    )
    ctcae: Literal["5.0", "4.03", "6.0"] = Field(default="5.0", description="CTCAE version in which grades were recorded.")
