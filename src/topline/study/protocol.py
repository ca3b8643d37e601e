"""The protocol: one model that says what the study is; everything else follows from it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from topline.study.adverse_events import AdverseEvents
from topline.study.analyses import Analysis
from topline.study.display import Display
from topline.study.endpoints import Endpoint
from topline.study.guesses import Guess
from topline.study.info import StudyInfo
from topline.study.model import Strict
from topline.study.populations import Groups, Population
from topline.study.records_spec import RecordsSpec
from topline.study.response_spec import ResponseSpec
from topline.study.schedule import Schedule
from topline.study.supplementary import expand_supplementary
from topline.study.treatment_spec import TreatmentModes

SCHEMA_VERSION = 1


class CutVariable(Strict):
    """A subject variable made by cutting a number: ``{id: AGEGR1, variable: AGE, cuts: [65], labels: ["<65", "≥65"]}``.

    A value equal to a cut belongs to the upper class.
    """

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$")
    variable: str
    cuts: tuple[float, ...] = Field(min_length=1)
    labels: tuple[str, ...]

    @model_validator(mode="after")
    def _consistent(self) -> CutVariable:
        if list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError("cuts rise")
        if len(self.labels) != len(self.cuts) + 1:
            raise ValueError(f"{len(self.cuts)} cuts make {len(self.cuts) + 1} classes; there are {len(self.labels)} labels")
        return self


class Protocol(Strict):
    """What a study is: who, what, when, which endpoints and which analyses."""

    schema_version: Literal[1]
    study: StudyInfo
    records: RecordsSpec
    variables: tuple[CutVariable, ...] = ()
    populations: tuple[Population, ...] = Field(min_length=1)
    treatment: str | None = Field(default=None, description="Single-arm study: the treatment's name as printed.")
    treatment_modes: TreatmentModes | None = Field(default=None, description="Treatment modes read from drug records.")
    groups: Groups | None = None
    schedule: Schedule = Schedule()
    response: ResponseSpec | None = None
    adverse_events: AdverseEvents = AdverseEvents()
    endpoints: tuple[Endpoint, ...] = ()
    analyses: tuple[Analysis, ...] = Field(min_length=1)
    headline: tuple[str, ...] = Field(
        default=(),
        description="Analyses that make the headline; unless stated, the first of each kind and endpoint that is by treatment group, "
        "without those of sensitivity and supplementary endpoints.",
    )
    display: Display = Display()
    guesses: tuple[Guess, ...] = Field(default=(), description="What `topline init` guessed; `run` waits until each is confirmed.")

    @model_validator(mode="before")
    @classmethod
    def _expand_supplementary(cls, data: Any) -> Any:
        return expand_supplementary(data)

    @field_validator("populations", "endpoints", "analyses", "variables", "guesses")
    @classmethod
    def _unique(cls, items: tuple[Strict, ...]) -> tuple[Strict, ...]:
        seen = set()
        for item in items:
            key = item.id  # type: ignore[attr-defined]
            if key in seen:
                raise ValueError(f"the id {key!r} is used twice")
            seen.add(key)
        return items

    @model_validator(mode="after")
    def _one_treatment(self) -> Protocol:
        if self.treatment is not None and self.groups is not None:
            raise ValueError("give either 'treatment' (one arm) or 'groups'")
        return self

    def population(self, population_id: str) -> Population:
        """The population with this id."""
        return next(item for item in self.populations if item.id == population_id)

    @property
    def headline_analyses(self) -> tuple[Analysis, ...]:
        """The analyses that make the headline, in the order of the protocol."""
        if self.headline:
            return tuple(item for item in self.analyses if item.id in self.headline)
        others = {
            name
            for endpoint in self.endpoints
            if endpoint.estimand is not None
            for name in (*endpoint.estimand.sensitivity, *endpoint.estimand.supplementary)
        }
        chosen: dict[tuple[str, object], Analysis] = {}
        for item in self.analyses:
            about = getattr(item, "endpoint", None) or getattr(item, "endpoints", None)
            if item.by is None and about not in others:
                chosen.setdefault((item.type, about), item)
        return tuple(chosen.values())

    def endpoint(self, endpoint_id: str) -> Endpoint:
        """The endpoint with this id."""
        return next(item for item in self.endpoints if item.id == endpoint_id)
