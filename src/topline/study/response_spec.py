"""How response is judged: the criterion, and every choice that the guideline leaves, with its default."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from topline.study.info import DateSource
from topline.study.model import Strict


class RecistParameters(Strict):
    """The choices that RECIST 1.1 leaves open (Eisenhauer et al., Eur J Cancer 2009;45:228-247), and its thresholds."""

    partial_response_percent: float = Field(default=30, gt=0, lt=100, description="Fall of the sum from baseline that makes PR.")
    progression_percent: float = Field(default=20, gt=0, description="Rise of the sum from nadir that makes PD, with …")
    progression_mm: float = Field(default=5, ge=0, description="… this absolute rise.")
    node_normal_mm: float = Field(default=10, gt=0, description="A node with a shorter short axis is normal.")
    complete_response_first: bool = Field(default=True, description="All nodes normal is CR even when their sum meets PD.")
    partial_sum_progression: bool = Field(default=True, description="Lesions measured already satisfy PD although one is missing: PD.")
    disease_after_complete_response: Literal["progression", "table"] = Field(
        default="progression",
        description="Disease seen again after an overall CR is PD, or the table's arithmetic decides.",
    )
    baseline: Literal["last", "first"] = Field(default="last", description="Of two assessments before treatment.")
    response_date: Literal["last_scan", "first_scan"] = Field(
        default="last_scan", description="Date of CR, PR, SD and NE when the scans of one visit are on several days."
    )
    progression_date: Literal["last_target_scan", "first_scan"] = Field(
        default="last_target_scan", description="Date of PD by the sum of diameters."
    )
    too_small_mm: float = Field(default=5, ge=0, description="Diameter entered for a lesion recorded as too small to measure.")
    equivocal_new_lesion_backdated: bool = Field(
        default=True,
        description="A new lesion confirmed later dates PD to the first scan that showed it; equivocal counts as none.",
    )
    stable_disease_min_days: int = Field(
        default=42,
        ge=0,
        description="SD (and NON-CR/NON-PD) counts as best response from this many days after treatment start.",
    )
    confirmation_days: int = Field(default=28, ge=0, description="A response is confirmed by an assessment at least so many days later.")
    confirmation_max_ne: int = Field(default=1, ge=0, description="NE visits allowed between the two confirming assessments.")
    confirmation_stable_between_partial: int = Field(default=0, ge=0, description="SD visits allowed between two PR.")
    use_after_new_therapy: bool = Field(default=False, description="Use assessments after the first day of new anticancer therapy.")
    nobody_looked: Literal["NE", "MISSING"] = Field(default="NE", description="Best response without any assessment after baseline.")


class ResponseSpec(Strict):
    """From what, and by which criterion, response is derived."""

    criterion: Literal["RECIST 1.1"] = "RECIST 1.1"
    entry: Literal["lesions", "recorded_visits", "recorded_best"] = Field(
        default="lesions",
        description="`lesions`: from measurements (TU, TR); `recorded_visits`: responses judged at each visit (RS); "
        "`recorded_best`: a DM variable.",
    )
    best_variable: str | None = Field(default=None, description="With `recorded_best`: the DM variable, holding CR, PR, SD, PD or NE.")
    evaluator: str | None = Field(
        default=None, description="Use the rows of this evaluator (TUEVAL, TREVAL, RSEVAL), such as INVESTIGATOR; all rows unless stated."
    )
    new_therapy: DateSource | None = Field(
        default=None,
        description="Where new anticancer therapy is recorded, as a date source; a condition alone, such as "
        "\"CMCAT = 'NEW ANTICANCER THERAPY'\", means rows of CM dated by CMSTDTC.",
    )
    parameters: RecistParameters = RecistParameters()

    @field_validator("new_therapy", mode="before")
    @classmethod
    def _of_medication(cls, value: Any) -> Any:
        return {"domain": "CM", "variable": "CMSTDTC", "where": value} if isinstance(value, str) else value
