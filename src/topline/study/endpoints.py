"""Endpoints as data: time to event by ordered event and censoring rules, response rates, biochemical response."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, WithJsonSchema, field_validator, model_validator

from topline.study.ata import AtaResponse
from topline.study.conditions import Condition
from topline.study.endpoint_base import EndpointBase
from topline.study.endpoint_presets import PRESETS
from topline.study.estimand import Estimand
from topline.study.info import DateSource
from topline.study.model import Strict

Dated = Annotated[
    Literal["scan", "scheduled_visit"],
    Field(description="The day itself, or that of the scheduled visit to which it belongs: the first whose window hadn't elapsed."),
]


class Rule(Strict):
    """An event or censoring rule: an object that can say what it does."""

    def describe(self) -> str:
        """What the rule does, in a sentence, with its parameters."""
        text = (type(self).__doc__ or type(self).__name__).partition("\n")[0].rstrip(".")
        given = [
            f"{name}: {getattr(self, name)}"
            for name, field in type(self).model_fields.items()
            if name not in ("rule", "label") and getattr(self, name) != field.default
        ]
        return f"{text} ({', '.join(given)})" if given else text


class Progression(Rule):
    """Event: progression as the response criterion dates it; by RECIST 1.1 the first overall response of PD."""

    rule: Literal["progression"]
    dated: Dated = "scan"
    ignore_first_days: int = Field(default=0, ge=0, description="Progression in so many days after the start is not counted.")
    label: str = "Disease progression"


class Death(Rule):
    """Event: death of any cause (DM.DTHDTC, DM.DTHFL)."""

    rule: Literal["death"]
    label: str = "Death"


class RecordedEvent(Rule):
    """Event: a date in the records, such as clinical progression or a sheet's 'date of progression'."""

    rule: Literal["record"]
    source: DateSource
    dated: Dated = "scan"
    ignore_first_days: int = Field(default=0, ge=0, description="Such a date in so many days after the start is not counted.")
    label: str


class NewTherapyStart(Rule):
    """Event: the start of new anticancer therapy (response.new_therapy)."""

    rule: Literal["new_therapy_start"]
    label: str = "New anticancer therapy"


class FirstResponse(Rule):
    """Event: the first CR or PR; the first that was confirmed where the endpoint says `confirmed`."""

    rule: Literal["response"]
    label: str = "Response"


class NoBaseline(Rule):
    """Censored at the time origin: no tumour assessment before treatment."""

    rule: Literal["no_baseline"]
    death: Literal["censored", "event"] = Field(default="censored", description="The death of a patient without a baseline.")
    label: str = "No baseline assessment"


class NewTherapy(Rule):
    """Censored at the last adequate assessment before new anticancer therapy that began before the event."""

    rule: Literal["new_therapy"]
    same_day: Literal["counts", "too_late"] = Field(default="counts", description="A scan or an event on the first day of new therapy.")
    label: str = "New anticancer therapy"


class MissedVisits(Rule):
    """Censored at the last adequate assessment before so many consecutive missed visits that preceded the event."""

    rule: Literal["missed_visits"]
    visits: int = Field(default=2, ge=1)
    counted: Literal["visits", "days"] = Field(
        default="visits", description="Scheduled visits whose windows had elapsed; or days: more than so many intervals and a window."
    )
    from_start: bool = Field(default=True, description="Counted from the start where nothing adequate came after baseline; else never.")
    label: str = "Missed visits before the event"

    def describe(self) -> str:
        """What the rule does, with its number of visits."""
        return f"Censored at the last adequate assessment before {self.visits} or more consecutive missed visits that preceded the event"


class TreatmentStop(Rule):
    """Censored at the last adequate assessment until so many days after the end of treatment, where the event came later."""

    rule: Literal["treatment_stop"]
    days: int = Field(default=0, ge=0, description="Days after the last dose (ADSL.TRTEDT) that still count.")
    label: str = "End of treatment"


class LastAssessment(Rule):
    """Censored at the last adequate assessment; at the time origin when there is none."""

    rule: Literal["last_assessment"]
    label: str = "No event by the last adequate assessment"


class LastKnownAlive(Rule):
    """Censored at the last date on which the patient is known to have been alive, at most the data cut-off.

    Read from every dated record (EX, TU, TR, RS, AE onset, LB, DS, CM, PR, SS but for the dead) and from DM: RFICDTC, RFSTDTC,
    RFXSTDTC, RFXENDTC, RFENDTC, LASTFUDTC and the date of death.
    """

    rule: Literal["last_known_alive"]
    label: str = "Alive at last contact"


class RecordedCensor(Rule):
    """Censored at a date in the records, such as a sheet's 'last follow-up'."""

    rule: Literal["record"]
    source: DateSource
    label: str


EventRule = Annotated[Progression | Death | RecordedEvent | NewTherapyStart | FirstResponse, Field(discriminator="rule")]
CensorRule = Annotated[
    NoBaseline | NewTherapy | MissedVisits | TreatmentStop | LastAssessment | LastKnownAlive | RecordedCensor,
    Field(discriminator="rule"),
]


class RecordedTime(Strict):
    """A time to event that somebody recorded (one value a patient in DM), with its indicator; nothing is derived from dates."""

    time: str = Field(description="DM variable that holds the time.")
    unit: Literal["days", "weeks", "months", "years"] = "days"
    event: str = Field(description="DM variable that says whether the event was seen.")
    event_values: tuple[Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})], ...] = Field(
        min_length=1, description="Values of that variable that mean an event; all others: censored."
    )

    @field_validator("event_values", mode="before")
    @classmethod
    def _as_text(cls, values: Any) -> Any:
        return tuple(str(v) for v in values) if isinstance(values, list | tuple) else values


PresetName = Literal[
    "pfs_fda_a",
    "pfs_fda_b",
    "pfs_fda_c",
    "pfs_treatment_policy",
    "pfs_missed_visits_ignored",
    "pfs_new_therapy_event",
    "overall_survival",
    "duration_of_response",
    "time_to_response",
    "time_to_progression",
    "event_free_survival",
    "disease_free_survival",
    "time_to_next_treatment",
    "real_world_pfs",
]
"""The presets of `endpoint_presets`."""


class Supplementary(Strict):
    """A variant of an endpoint by the rules of a preset; its id and label come from both unless given."""

    preset: PresetName
    id: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9]{0,7}$")
    label: str | None = None
    sources: dict[str, DateSource] = {}
    estimand: Estimand | None = None


class TimeToEvent(EndpointBase):
    """Time from the origin to the earliest event; censored by the first censoring rule that applies.

    `preset` stands for a named list of rules; `events` and `censoring` are the rules themselves;
    `recorded` takes a time as it was recorded.
    """

    type: Literal["time_to_event"]
    preset: PresetName | None = None
    sources: dict[str, DateSource] = Field(
        default={},
        description="Date sources that a preset asks for by name, such as clinical_progression, recurrence, progression, last_note.",
    )
    start: Literal["time_origin", "first_response"] = Field(default="time_origin", description="Where the clock starts.")
    patients: Literal["all", "responders"] = Field(default="all", description="`responders`: those whose best response is CR or PR.")
    confirmed: bool = Field(default=False, description="Response (of responders, of the start, as the event) must be confirmed.")
    evaluator: str | None = Field(default=None, description="Judged by this one of response.evaluators; the primary one unless stated.")
    supplementary: tuple[PresetName | Supplementary, ...] = Field(
        default=(), description="Variants by other presets: each becomes an endpoint of its own, analysed wherever this one is."
    )
    events: tuple[EventRule, ...] = ()
    censoring: tuple[CensorRule, ...] = ()
    recorded: RecordedTime | None = None
    plus_one_day: bool = Field(default=True, description="Days = date − start + 1, as in ADaM; false: date − start.")

    @model_validator(mode="before")
    @classmethod
    def _expand_preset(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("preset"), str) and data["preset"] in PRESETS:
            if "events" in data or "censoring" in data:
                raise ValueError("give either 'preset' or 'events' and 'censoring'")
            preset, sources = PRESETS[data["preset"]], data.get("sources")
            sources = sources if isinstance(sources, dict) else {}  # what else it may be is refused by its type
            missing = preset.needs() - set(sources)
            if missing:
                raise ValueError(f"the preset {data['preset']} needs the date source '{min(missing)}' under 'sources'")
            return {**preset.rules(sources), **data, **{k: v for k, v in preset.rules(sources).items() if k in ("events", "censoring")}}
        return data

    @model_validator(mode="after")
    def _has_rules(self) -> TimeToEvent:
        if self.recorded is not None and (self.events or self.censoring):
            raise ValueError("a recorded time has no event or censoring rules")
        if self.recorded is None and not (self.events and self.censoring):
            raise ValueError("name a 'preset', or 'events' and 'censoring', or 'recorded'")
        if (self.start == "first_response") and self.patients != "responders":
            raise ValueError("a clock that starts at the first response is of responders: say 'patients: responders'")
        if self.censoring and self.censoring[-1].rule not in ("last_assessment", "last_known_alive", "record"):
            raise ValueError("the last censoring rule must cover everybody: last_assessment, last_known_alive or record")
        return self


class ResponseRate(EndpointBase):
    """Proportion of patients whose best response is one of `responses`; a patient without assessment is a non-responder."""

    type: Literal["response_rate"]
    preset: Literal["objective_response", "disease_control", "clinical_benefit"] | None = Field(
        default=None, description="CR and PR; those with SD and NON-CR/NON-PD; those with SD of 24 weeks or more."
    )
    responses: tuple[Literal["CR", "PR", "SD", "NON-CR/NON-PD"], ...] = Field(
        min_length=1, description="In the classes of RECIST 1.1, whatever the criterion's own words are (iCR and CMR are CR)."
    )
    confirmed: bool = Field(default=False, description="Use the confirmed best response (CBOR).")
    stable_min_weeks: float | None = Field(
        default=None,
        gt=0,
        description="SD and NON-CR/NON-PD count only when they (or better) lasted so many weeks, such as 24 for clinical benefit.",
    )
    stable_window_days: int = Field(default=0, ge=0, description="That many days short of those weeks are enough.")
    evaluator: str | None = Field(default=None, description="Judged by this one of response.evaluators; the primary one unless stated.")

    @model_validator(mode="before")
    @classmethod
    def _expand_preset(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("preset"), str) and data["preset"] in _RATES:
            if "responses" in data:
                raise ValueError("give either 'preset' or 'responses'")
            return {**_RATES[data["preset"]], **data}
        return data


_RATES: dict[str, dict[str, Any]] = {
    "objective_response": {"responses": ["CR", "PR"]},
    "disease_control": {"responses": ["CR", "PR", "SD", "NON-CR/NON-PD"]},
    "clinical_benefit": {"responses": ["CR", "PR", "SD", "NON-CR/NON-PD"], "stable_min_weeks": 24},
}


class FlareWindow(Strict):
    """The days after a treatment in which a value is expected to flare, such as thyroglobulin after radioiodine."""

    source: DateSource
    days: int = Field(ge=1, description="Days after that date, the day itself included.")


class BiochemicalResponse(EndpointBase):
    """Response by the change of a laboratory value from baseline, such as a fall of thyroglobulin by 25% or more."""

    type: Literal["biochemical"]
    test: str = Field(description="LBTESTCD.")
    direction: Literal["fall", "rise"] = "fall"
    percent: float = Field(gt=0, description="Change from baseline, in percent, that makes a response.")
    value: Literal["best", "last"] = Field(default="best", description="Which value after baseline decides.")
    from_day: int = Field(default=1, ge=0, description="Values from this many days after the time origin on are used.")
    exclude: Condition | None = Field(default=None, description="Values (LB rows) that are not comparable, such as a positive antibody.")
    antibody: Condition | None = Field(default=None, description="Values (LB rows) with interfering antibodies; flagged ABFL in ADLB.")
    assay_variable: str | None = Field(
        default=None, description="LB variable that names the assay; one other than baseline's is flagged ASSAYFL."
    )
    tsh_state_variable: str | None = Field(
        default=None,
        description="LB variable that names the TSH state (stimulated, suppressed); one other than baseline's is flagged TSHFL.",
    )
    flare: FlareWindow | None = Field(default=None, description="Values in such a window are flagged FLAREFL.")
    flagged: Literal["excluded", "used"] = Field(default="excluded", description="Values with one of these flags.")


def _endpoint_type(value: Any) -> Any:
    return value.get("type") if isinstance(value, dict) else getattr(value, "type", None)


Endpoint = Annotated[
    Annotated[TimeToEvent, Tag("time_to_event")]
    | Annotated[ResponseRate, Tag("response_rate")]
    | Annotated[BiochemicalResponse, Tag("biochemical")]
    | Annotated[AtaResponse, Tag("ata_2015")],
    Discriminator(
        _endpoint_type,
        custom_error_type="endpoint_type",
        custom_error_message="an endpoint's 'type' is time_to_event, response_rate, biochemical or ata_2015",
    ),
]
