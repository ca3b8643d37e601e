"""What the study is: its identity, design, dates and where its clock starts."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from topline.study.conditions import Condition
from topline.study.model import Strict


class DateSource(Strict):
    """Where a date comes from: a variable of a domain, of the rows that satisfy `where`, the first or the last of them.

    ``{domain: EX, variable: EXSTDTC, where: "EXTRT = 'ANLOTINIB'", pick: first}`` is the first dose of a drug.
    """

    domain: str = Field(description="Domain that holds the date, such as EX, DS or SS.")
    variable: str = Field(description="The date variable, such as EXSTDTC.")
    where: Condition | None = Field(default=None, description="Only rows that satisfy this condition.")
    pick: Literal["first", "last"] = "first"
    after: DateSource | None = Field(
        default=None, description="Only dates later than this one, such as the first dose after progression on the first line."
    )

    def __str__(self) -> str:
        """In words."""
        text = f"{self.pick} {self.domain}.{self.variable}"
        text += f" where {self.where}" if self.where is not None else ""
        return f"{text}, after {self.after}" if self.after is not None else text


class Window(Strict):
    """A period of calendar dates, both ends included; an open end is left out."""

    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Window:
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"the window starts ({self.start}) after it ends ({self.end})")
        return self


class StudyInfo(Strict):
    """Identity, design and dates of the study."""

    id: str = Field(min_length=1, max_length=60, description="Short identifier of the study.")
    title: str = Field(min_length=1, description="Title as it heads the report.")
    design: Literal["single_arm", "cohort", "randomised"] = Field(description="How patients came to their treatment.")
    description: str | None = Field(default=None, description="A sentence or two for the report's head.")
    synthetic: bool = Field(default=False, description="True when the patients are not real: every output then says so.")
    sources: tuple[str, ...] = Field(default=(), description="Where the study or its data are published.")
    assumptions: tuple[str, ...] = Field(default=(), description="What had to be assumed; printed at the report's head.")
    enrolment: Window = Field(default=Window(), description="Patients whose time origin lies outside are not in the study.")
    cutoff: date | None = Field(default=None, description="Data cut-off: records after it are cut before anything is derived.")
    treatment_rows: Condition | None = Field(
        default=None, description='Rows of EX that are study treatment, such as "EXLINE = 2"; all rows unless stated.'
    )
    contact_after_cutoff: Literal["alive_at_cutoff", "not_seen"] = Field(
        default="alive_at_cutoff",
        description="A contact or death after the cut-off shows that the patient was alive at it; or only records up to it are seen.",
    )
    death_without_date: Literal["not_counted", "last_known_alive", "error"] = Field(
        default="not_counted",
        description="A patient recorded as dead (DTHFL) without a full date of death: no death, or one on the last day known alive (or the "
        "first day of the recorded month or year, if that is later), or the records can't be used.",
    )
    time_origin: DateSource | None = Field(
        default=None, description="Where each patient's clock starts; the first dose (EX.EXSTDTC) unless stated."
    )

    @property
    def origin(self) -> DateSource:
        """The time origin, with its default."""
        return self.time_origin or DateSource(domain="EX", variable="EXSTDTC")
