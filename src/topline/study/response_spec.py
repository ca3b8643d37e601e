"""How response is judged: the criterion, and every choice that the guideline leaves, with its default."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from topline.study.conditions import TextOrTree
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
    rebound_after_confirmed_partial: Literal["stable", "partial"] = Field(
        default="stable", description="A visit above the limit of PR, short of PD, after a confirmed PR is SD, or PR continues."
    )
    disease_after_complete_response: Literal["progression", "after_previous_visit", "target_only", "table"] = Field(
        default="progression",
        description="Disease seen again after an overall CR at any earlier visit is PD; only when CR was at the visit before; only when "
        "it is seen in target lesions; or the table's arithmetic decides.",
    )
    baseline: Literal["last", "first"] = Field(default="last", description="Of two assessments before treatment.")
    response_date: Literal["last_scan", "first_scan"] = Field(
        default="last_scan", description="Date of CR, PR, SD and NE when the scans of one visit are on several days."
    )
    progression_date: Literal["last_target_scan", "first_scan", "first_sufficient_scan"] = Field(
        default="last_target_scan",
        description="Date of PD by the sum of diameters: last or first target scan of the visit, or the first scan by which the lesions "
        "measured so far already make it.",
    )
    max_targets: int = Field(default=5, ge=1, description="More target lesions are a finding.")
    max_targets_per_organ: int = Field(default=2, ge=1, description="More target lesions in one organ are a finding.")
    measurable_mm: float = Field(default=10, ge=0, description="A smaller target lesion at baseline is a finding; …")
    measurable_node_mm: float = Field(default=15, ge=0, description="… the short axis of a node, …")
    measurable_caliper_mm: float = Field(default=10, ge=0, description="… a lesion measured with calipers, …")
    measurable_xray_mm: float = Field(default=20, ge=0, description="… a lesion measured on a chest X-ray.")
    too_small_mm: float = Field(default=5, ge=0, description="Diameter entered for a lesion recorded as too small to measure.")
    equivocal_new_lesion_backdated: bool = Field(
        default=True,
        description="A new lesion confirmed later dates PD to the first scan that showed it; equivocal counts as none.",
    )
    visit_astride_cutoff: Literal["scans_until_cutoff", "dropped"] = Field(
        default="scans_until_cutoff", description="Of a visit with scans on both sides of the data cut-off."
    )
    visit_span_days: int = Field(default=42, ge=0, description="Scans of one visit number further apart than this are not one visit: …")
    visit_number_again: Literal["visit_of_its_own", "one_visit"] = Field(
        default="visit_of_its_own", description="… the later ones are a visit of their own, or are one visit with the others, as recorded."
    )
    stable_disease_min_days: int = Field(
        default=42,
        ge=0,
        description="SD (and NON-CR/NON-PD) counts as best response from this many days after treatment start.",
    )
    confirmation_days: int = Field(default=28, ge=0, description="A response is confirmed by an assessment at least so many days later.")
    stable_disease_clock: Literal["elapsed", "study_day"] = Field(
        default="elapsed", description="That many days elapsed, or that study day (the first day is day 1, so one day less)."
    )
    non_cr_non_pd_needs_min_days: bool = Field(default=True, description="The minimum holds for NON-CR/NON-PD too.")
    confirmation_max_ne: int | Literal["any"] = Field(
        default=1, union_mode="left_to_right", description="NE visits allowed between the two confirming assessments."
    )
    confirmation_missed_visit: Literal["ignored", "counts_as_ne"] = Field(
        default="ignored", description="A scheduled visit that was missed between two confirming assessments."
    )
    confirmation_stable_between_partial: int = Field(default=0, ge=0, description="SD visits allowed between two PR.")
    after_new_therapy: Literal["not_used", "used", "strictly_before"] = Field(
        default="not_used",
        description="Assessments after the first day of new anticancer therapy for best response; `strictly_before`: nor those on it.",
    )
    adequate_assessment: Literal["evaluable", "any_scan"] = Field(
        default="evaluable", description="An assessment is adequate for censoring when its response is not NE, or whenever a scan was made."
    )
    nobody_looked: Literal["NE", "MISSING"] = Field(default="NE", description="Best response without any assessment after baseline.")

    @field_validator("confirmation_max_ne")
    @classmethod
    def _not_negative(cls, value: int | str) -> int | str:
        if isinstance(value, int) and value < 0:
            raise ValueError("confirmation_max_ne is a number from 0, or 'any'")
        return value


class TumourMarker(Strict):
    """A tumour marker that must be normal before anybody is in complete response (RECIST 1.1, sections 4.1 and 4.3.3)."""

    test: str = Field(description="LBTESTCD of the marker.")
    upper_limit: float | None = Field(default=None, gt=0, description="Upper limit of normal, in the unit of analysis; or …")
    limit_variable: str | None = Field(
        default=None, description="… the LB variable that holds it, such as LBORNRHI, in the value's own unit."
    )
    counts: Literal["raised_at_baseline", "always"] = Field(
        default="raised_at_baseline", description="In patients whose last value before treatment was above the limit, or in all."
    )
    window_days: int = Field(
        default=28, ge=0, description="The value nearest to a visit's last scan, at most so many days before or after it."
    )
    missing: Literal["not_evaluable", "ignored"] = Field(
        default="not_evaluable", description="A visit without such a value: nobody knows that the marker is normal, or the lesions decide."
    )

    @model_validator(mode="after")
    def _one_limit(self) -> TumourMarker:
        if (self.upper_limit is None) == (self.limit_variable is None):
            raise ValueError("give the marker's 'upper_limit', or the 'limit_variable' that holds it")
        return self


class ResponseSpec(Strict):
    """From what, and by which criterion, response is derived."""

    criterion: str = Field(
        default="RECIST 1.1", description="Name of the criterion, such as RECIST 1.1, iRECIST, mRECIST, PERCIST 1.0 or Choi."
    )
    options: dict[str, bool | int | float | str] = Field(
        default={}, description="Choices of the criterion itself, beside `parameters`; each criterion knows its own."
    )
    entry: Literal["lesions", "recorded_visits", "recorded_best"] = Field(
        default="lesions",
        description="`lesions`: from measurements (TU, TR); `recorded_visits`: responses judged at each visit (RS); "
        "`recorded_best`: a DM variable.",
    )
    best_variable: str | None = Field(default=None, description="With `recorded_best`: the DM variable, holding CR, PR, SD, PD or NE.")
    evaluator: str | None = Field(
        default=None, description="Use the rows of this evaluator (TUEVAL, TREVAL, RSEVAL), such as INVESTIGATOR; all rows unless stated."
    )
    evaluators: tuple[str, ...] = Field(
        default=(),
        description="Derive response by each of these evaluators, side by side; `evaluator`, or else the first, is the primary one.",
    )
    new_therapy: Annotated[DateSource, TextOrTree()] | None = Field(
        default=None,
        description="Where new anticancer therapy is recorded, as a date source; a condition alone, such as "
        "\"CMCAT = 'NEW ANTICANCER THERAPY'\", means rows of CM dated by CMSTDTC.",
    )
    tumour_markers: tuple[TumourMarker, ...] = Field(
        default=(), description="Markers without whose normal value there is no complete response, from lesions; none unless stated."
    )
    parameters: RecistParameters = RecistParameters()

    @field_validator("new_therapy", mode="before")
    @classmethod
    def _of_medication(cls, value: Any) -> Any:
        return {"domain": "CM", "variable": "CMSTDTC", "where": value} if isinstance(value, str) else value
