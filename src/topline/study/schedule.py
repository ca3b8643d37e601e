"""When things are planned: drug cycles and dose levels, and the visits at which the tumour is assessed."""

from __future__ import annotations

from pydantic import Field, model_validator

from topline.study.model import Strict


class DrugSchedule(Strict):
    """The plan of one drug: days on and off in a cycle, and its dose levels from the highest down."""

    drug: str = Field(description="EXTRT of the drug.")
    label: str | None = None
    unit: str = Field(description="Unit of EXDOSE, such as mg.")
    cycle_days: int = Field(gt=0, description="Length of a cycle in days.")
    days_on: int = Field(gt=0, description="Days with drug at the start of each cycle; 1 for a single dose a cycle.")
    dose_levels: tuple[float, ...] = Field(
        default=(), description="Daily doses allowed, from the highest down; left out for a drug without fixed levels."
    )
    delay_window_days: int = Field(default=3, ge=0, description="A cycle that starts later than planned by more days than this is delayed.")

    @model_validator(mode="after")
    def _consistent(self) -> DrugSchedule:
        if self.days_on > self.cycle_days:
            raise ValueError(f"days_on ({self.days_on}) exceeds cycle_days ({self.cycle_days})")
        if list(self.dose_levels) != sorted(set(self.dose_levels), reverse=True) or any(d <= 0 for d in self.dose_levels):
            raise ValueError("dose_levels are positive and go from the highest down, each once")
        return self

    @property
    def days_off(self) -> int:
        """Planned days without drug at the end of each cycle."""
        return self.cycle_days - self.days_on


class AssessmentStage(Strict):
    """Assessments every so many weeks, until a study week (the last stage has no end)."""

    every_weeks: float = Field(gt=0)
    until_week: float | None = Field(default=None, gt=0)


class Assessments(Strict):
    """Tumour assessments, counted from the time origin."""

    stages: tuple[AssessmentStage, ...] = Field(min_length=1)
    window_days: int = Field(default=7, ge=0, description="A visit counts as missed only when its window has elapsed.")

    @model_validator(mode="after")
    def _ordered(self) -> Assessments:
        ends = [stage.until_week for stage in self.stages]
        if ends[-1] is not None or any(end is None for end in ends[:-1]):
            raise ValueError("every stage but the last has 'until_week', the last has none")
        known = [end for end in ends if end is not None]
        if known != sorted(set(known)):
            raise ValueError("the stages' 'until_week' rise")
        return self

    def days_until(self, last_day: int) -> list[int]:
        """Planned days after the time origin (day 0), up to and including `last_day`."""
        days: list[int] = []
        day = 0.0
        for stage in self.stages:
            end = last_day if stage.until_week is None else min(last_day, stage.until_week * 7)
            while day + stage.every_weeks * 7 <= end:
                day += stage.every_weeks * 7
                days.append(round(day))
        return days


class Schedule(Strict):
    """Planned treatment and assessments."""

    drugs: tuple[DrugSchedule, ...] = ()
    assessments: Assessments | None = None

    @model_validator(mode="after")
    def _known_drug(self) -> Schedule:
        names = [drug.drug for drug in self.drugs]
        if len(set(names)) < len(names):
            raise ValueError("a drug is listed twice")
        return self
