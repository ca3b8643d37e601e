"""Response to therapy of differentiated thyroid cancer by ATA 2015 as an endpoint: where thyroglobulin, antibodies and imaging stand."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from topline.study.conditions import Condition
from topline.study.endpoint_base import EndpointBase
from topline.study.model import Strict


class AtaAntibody(Strict):
    """Antibodies against thyroglobulin: negative up to a limit; above it, rising, declining or stable against the value before."""

    test: str = Field(description="LBTESTCD of the antibody.")
    upper_limit: float = Field(gt=0, description="Values up to this are negative; in the unit of analysis.")
    rise_percent: float = Field(default=0, ge=0, description="A rise by more than so many percent from the value before is rising.")
    window_days: int = Field(default=30, ge=0, description="The value nearest to the thyroglobulin's day, at most so many days apart.")


class AtaImaging(Strict):
    """What imaging showed: rows of a domain, told apart by conditions; a row that satisfies several counts as the worst."""

    domain: str = Field(description="Domain of the imaging findings, such as PR, TR or RS.")
    variable: str = Field(description="Its date variable, such as PRSTDTC.")
    structural: Condition = Field(description="Rows that show structural or functional disease.")
    non_specific: Condition | None = Field(default=None, description="Rows with findings that aren't specific, such as faint bed uptake.")
    negative: Condition = Field(description="Rows that show no disease.")
    window_days: int = Field(default=180, ge=0, description="The worst imaging at most so many days from the thyroglobulin's.")


class AtaResponse(EndpointBase):
    """Response to therapy by the American Thyroid Association's 2015 guideline; its rate is that of an excellent response.

    Each thyroglobulin within the days given is judged with the worst imaging within its window and the antibodies nearest to it, and so is
    each imaging with structural disease; the last (or first) of them whose category can be told is the patient's.
    """

    type: Literal["ata_2015"]
    test: str = Field(default="TG", description="LBTESTCD of thyroglobulin; its unit of analysis is ng/mL.")
    tsh_state_variable: str = Field(description="LB variable that says SUPPRESSED or STIMULATED.")
    antibody: AtaAntibody
    imaging: AtaImaging
    from_day: int = Field(ge=0, description="Days after the time origin from which an assessment counts, such as 180.")
    to_day: int | None = Field(default=None, ge=1, description="… until which it counts; no end unless stated.")
    value: Literal["last", "first"] = Field(default="last", description="Which assessment within those days decides.")
    at_limit: Literal["incomplete", "indeterminate"] = Field(
        default="incomplete", description="A thyroglobulin of exactly 1 ng/mL suppressed, or 10 stimulated: sources say >= or >."
    )
