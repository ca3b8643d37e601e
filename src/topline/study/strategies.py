"""Each intercurrent event's strategy against the rules that carry it out (ICH E9(R1), 2019, section A.3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from topline.study.endpoints import BiochemicalResponse, ResponseRate, TimeToEvent
from topline.study.estimand import IntercurrentEvent
from topline.study.protocol import Protocol

_CENSORS = {"new_therapy": "new_therapy", "missed_visits": "missed_visits", "treatment_stop": "treatment_stop"}
_EVENTS = {"death": "death", "new_therapy": "new_therapy_start"}


def strategy_problems(protocol: Protocol) -> Iterator[tuple[int, str]]:
    """Yield the endpoint's number and what its estimand says that its rules don't do."""
    for number, endpoint in enumerate(protocol.endpoints):
        for item in endpoint.estimand.intercurrent_events if endpoint.estimand is not None else ():
            if isinstance(endpoint, TimeToEvent):
                said = None if endpoint.recorded is not None else _time_to_event(endpoint, item)
            elif isinstance(endpoint, ResponseRate):
                said = _rate(endpoint, item, protocol)
            elif isinstance(endpoint, BiochemicalResponse):
                said = _biochemical(endpoint, item)
            else:
                said = None
            if said is not None:
                yield number, f"{endpoint.id}: {said}"


def _time_to_event(endpoint: TimeToEvent, item: IntercurrentEvent) -> str | None:
    censored = _CENSORS.get(item.event) in {rule.rule for rule in endpoint.censoring}
    counted = _EVENTS.get(item.event) in {rule.rule for rule in endpoint.events}
    event = item.event
    if event not in _CENSORS and event not in _EVENTS:
        return None
    if item.strategy == "treatment_policy":
        if censored:
            return f"the estimand ignores {event} (treatment policy) but a rule censors at it"
        return f"the estimand ignores {event} (treatment policy) but a rule counts it as an event" if counted else None
    if item.strategy == "hypothetical":
        if event == "death":
            return f"the estimand is hypothetical as to {event} but an event rule names it" if counted else None
        return None if censored else f"the estimand is hypothetical as to {event} but no rule censors at it"
    if item.strategy == "composite":
        return None if counted else f"{event} is part of the estimand (composite) but no event rule names it"
    if item.strategy == "while_on_treatment":
        return None if censored else f"the estimand ends at {event} (while on treatment) but no rule censors at it"
    return None


def _rate(endpoint: ResponseRate, item: IntercurrentEvent, protocol: Protocol) -> str | None:
    if item.event == "no_assessment" and item.strategy != "composite":
        return f"a patient without assessment counts as a non-responder (composite); the estimand says {item.strategy}"
    if item.event == "new_therapy" and protocol.response is not None:
        used = protocol.response.parameters.after_new_therapy == "used"
        if item.strategy == "treatment_policy" and not used:
            return "the estimand ignores new_therapy (treatment policy) but assessments after it are not used (after_new_therapy)"
        if item.strategy in ("while_on_treatment", "hypothetical") and used:
            return f"assessments after new_therapy are used; the estimand says {item.strategy} (after_new_therapy)"
    return None


def _biochemical(endpoint: BiochemicalResponse, item: IntercurrentEvent) -> str | None:
    if item.event != "assay_interference":
        return None
    flags = (endpoint.antibody, endpoint.assay_variable, endpoint.tsh_state_variable, endpoint.flare)
    excluded = endpoint.exclude is not None or (endpoint.flagged == "excluded" and any(item is not None for item in flags))
    if item.strategy == "hypothetical" and not excluded:
        return "the estimand is hypothetical as to assay_interference but no value is excluded ('exclude')"
    if item.strategy == "treatment_policy" and excluded:
        return "the estimand uses values with assay_interference (treatment policy) but 'exclude' leaves them out"
    return None
