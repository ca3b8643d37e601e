"""How numbers are shown: rounding, decimals, months. Raw numbers are never rounded; only their display is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from topline.study.model import Strict


class Display(Strict):
    """Conventions of display and of estimation, each with the clinician's default."""

    profile: Literal["topline", "R", "SAS"] = Field(
        default="topline", description="`topline`: Efron, log-log; `R`: Efron, log; `SAS`: Breslow, log-log."
    )
    rounding: Literal["half_away_from_zero", "half_even"] = "half_away_from_zero"
    days_per_month: float = Field(default=30.4375, ge=28, le=31)
    percent_decimals: int = Field(default=1, ge=0, le=6)
    months_decimals: int = Field(default=1, ge=0, le=6)
    ratio_decimals: int = Field(default=2, ge=0, le=6)
    p_decimals: int = Field(default=3, ge=1, le=8)
    mean_decimals: int = Field(default=1, ge=0, le=6)
    conf_level: float = Field(default=0.95, gt=0.5, lt=1)

    @property
    def ties(self) -> Literal["efron", "breslow"]:
        """Tie method of the Cox model under the profile."""
        return "breslow" if self.profile == "SAS" else "efron"

    @property
    def km_interval(self) -> Literal["log-log", "log"]:
        """Interval of the Kaplan–Meier curve under the profile."""
        return "log" if self.profile == "R" else "log-log"
