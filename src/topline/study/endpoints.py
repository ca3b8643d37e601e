"""Endpoints as data: time to event by ordered event and censoring rules, response rates, biochemical response."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from topline.study.conditions import Condition
from topline.study.estimand import Estimand
from topline.study.info import DateSource
from topline.study.model import Strict


class Rule(Strict):
    """An event or censoring rule: an object that can say what it does."""

    def describe(self) -> str:
        """What the rule does, in a sentence, with its parameters."""
        text = (type(self).__doc__ or type(self).__name__).partition("\n")[0].rstrip(".")
        given = [f"{name}: {getattr(self, name)}" for name in type(self).model_fields if name not in ("rule", "label")]
        return f"{text} ({', '.join(given)})" if given else text


class Progression(Rule):
    """Event: the first overall response of PD."""

    rule: Literal["progression"]
    label: str = "Disease progression"


class Death(Rule):
    """Event: death of any cause (DM.DTHDTC, DM.DTHFL)."""

    rule: Literal["death"]
    label: str = "Death"


class RecordedEvent(Rule):
    """Event: a date in the records, such as clinical progression or a sheet's 'date of progression'."""

    rule: Literal["record"]
    source: DateSource
    label: str


class NoBaseline(Rule):
    """Censored at the time origin: no tumour assessment before treatment."""

    rule: Literal["no_baseline"]
    label: str = "No baseline assessment"


class NewTherapy(Rule):
    """Censored at the last adequate assessment before new anticancer therapy that began before the event."""

    rule: Literal["new_therapy"]
    label: str = "New anticancer therapy"


class MissedVisits(Rule):
    """Censored at the last adequate assessment before so many consecutive missed visits that preceded the event."""

    rule: Literal["missed_visits"]
    visits: int = Field(default=2, ge=1)
    label: str = "Missed visits before the event"

    def describe(self) -> str:
        """What the rule does, with its number of visits."""
        return f"Censored at the last adequate assessment before {self.visits} or more consecutive missed visits that preceded the event"


class LastAssessment(Rule):
    """Censored at the last adequate assessment; at the time origin when there is none."""

    rule: Literal["last_assessment"]
    label: str = "No event by the last adequate assessment"


class LastKnownAlive(Rule):
    """Censored at the last date on which the patient is known to have been alive, at most the data cut-off."""

    rule: Literal["last_known_alive"]
    label: str = "Alive at last contact"


class RecordedCensor(Rule):
    """Censored at a date in the records, such as a sheet's 'last follow-up'."""

    rule: Literal["record"]
    source: DateSource
    label: str


EventRule = Annotated[Progression | Death | RecordedEvent, Field(discriminator="rule")]
CensorRule = Annotated[
    NoBaseline | NewTherapy | MissedVisits | LastAssessment | LastKnownAlive | RecordedCensor,
    Field(discriminator="rule"),
]


class RecordedTime(Strict):
    """A time to event that somebody recorded (one value a patient in DM), with its indicator; nothing is derived from dates."""

    time: str = Field(description="DM variable that holds the time.")
    unit: Literal["days", "weeks", "months", "years"] = "days"
    event: str = Field(description="DM variable that says whether the event was seen.")
    event_values: tuple[str, ...] = Field(min_length=1, description="Values of that variable that mean an event; all others: censored.")

    @field_validator("event_values", mode="before")
    @classmethod
    def _as_text(cls, values: Any) -> Any:
        return tuple(str(v) for v in values) if isinstance(values, list | tuple) else values


class _Endpoint(Strict):
    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$", description="PARAMCD of the endpoint, such as PFS.")
    label: str = Field(min_length=1)
    estimand: Estimand | None = None

    @property
    def estimand_id(self) -> str:
        """Identifier that result rows point to."""
        return (self.estimand.id if self.estimand is not None else None) or self.id


PRESETS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    # FDA guidance on cancer trial endpoints (2007, 2018), appendix 3, table A
    "pfs_fda_a": (
        [{"rule": "progression"}, {"rule": "death"}],
        [
            {"rule": "no_baseline"},
            {"rule": "new_therapy"},
            {"rule": "missed_visits", "visits": 2},
            {"rule": "last_assessment"},
        ],
    ),
    "pfs_treatment_policy": ([{"rule": "progression"}, {"rule": "death"}], [{"rule": "last_assessment"}]),
    "overall_survival": ([{"rule": "death"}], [{"rule": "last_known_alive"}]),
}


class TimeToEvent(_Endpoint):
    """Time from the origin to the earliest event; censored by the first censoring rule that applies.

    `preset` stands for a named list of rules; `events` and `censoring` are the rules themselves;
    `recorded` takes a time as it was recorded.
    """

    type: Literal["time_to_event"]
    preset: Literal["pfs_fda_a", "pfs_treatment_policy", "overall_survival"] | None = None
    events: tuple[EventRule, ...] = ()
    censoring: tuple[CensorRule, ...] = ()
    recorded: RecordedTime | None = None
    plus_one_day: bool = Field(default=True, description="Days = date − start + 1, as in ADaM; false: date − start.")

    @model_validator(mode="before")
    @classmethod
    def _expand_preset(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("preset") in PRESETS:
            if "events" in data or "censoring" in data:
                raise ValueError("give either 'preset' or 'events' and 'censoring'")
            events, censoring = PRESETS[data["preset"]]
            return {**data, "events": events, "censoring": censoring}
        return data

    @model_validator(mode="after")
    def _has_rules(self) -> TimeToEvent:
        if self.recorded is not None and (self.events or self.censoring):
            raise ValueError("a recorded time has no event or censoring rules")
        if self.recorded is None and not (self.events and self.censoring):
            raise ValueError("name a 'preset', or 'events' and 'censoring', or 'recorded'")
        if self.censoring and self.censoring[-1].rule not in ("last_assessment", "last_known_alive", "record"):
            raise ValueError("the last censoring rule must cover everybody: last_assessment, last_known_alive or record")
        return self


class ResponseRate(_Endpoint):
    """Proportion of patients whose best response is one of `responses`; a patient without assessment is a non-responder."""

    type: Literal["response_rate"]
    responses: tuple[Literal["CR", "PR", "SD", "NON-CR/NON-PD"], ...] = Field(min_length=1)
    confirmed: bool = Field(default=False, description="Use the confirmed best response (CBOR).")


class BiochemicalResponse(_Endpoint):
    """Response by the change of a laboratory value from baseline, such as a fall of thyroglobulin by 25% or more."""

    type: Literal["biochemical"]
    test: str = Field(description="LBTESTCD.")
    direction: Literal["fall", "rise"] = "fall"
    percent: float = Field(gt=0, description="Change from baseline, in percent, that makes a response.")
    value: Literal["best", "last"] = Field(default="best", description="Which value after baseline decides.")
    from_day: int = Field(default=1, ge=0, description="Values from this many days after the time origin on are used.")
    exclude: Condition | None = Field(default=None, description="Values (LB rows) that are not comparable, such as a positive antibody.")


def _endpoint_type(value: Any) -> Any:
    return value.get("type") if isinstance(value, dict) else getattr(value, "type", None)


Endpoint = Annotated[
    Annotated[TimeToEvent, Tag("time_to_event")]
    | Annotated[ResponseRate, Tag("response_rate")]
    | Annotated[BiochemicalResponse, Tag("biochemical")],
    Discriminator(
        _endpoint_type,
        custom_error_type="endpoint_type",
        custom_error_message="an endpoint's 'type' is time_to_event, response_rate or biochemical",
    ),
]
