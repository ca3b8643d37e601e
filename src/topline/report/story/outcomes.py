"""A time to event: which days could decide, what each rule of the protocol made of them, in order, and what stands in ADTTE."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from topline.derive.missed import missed_days
from topline.derive.time_to_event import Step, Trail, trace_time_to_event
from topline.report.display import ABSENT
from topline.report.story.assessments import Labels, visit_labels
from topline.report.story.model import Candidate, Outcome, Place, Status, Tried
from topline.report.story.patient import Patient, plain
from topline.report.story.who import tell_origin
from topline.report.words import counted, listed, lower_first, with_unit
from topline.study.endpoints import TimeToEvent

_DECIDED_BY = {
    "new lesion": "a new lesion",
    "sum of diameters": "the sum of diameters",
    "non-target progression": "non-target progression",
    "disease after complete response": "disease seen again after complete response",
}
"""What made a visit PD, in words."""


def tell_outcome(patient: Patient, endpoint: TimeToEvent) -> Outcome:
    """Return how a time to event was decided; the result is the patient's row of ADTTE."""
    rows = [row for row in patient.rows(patient.datasets.adtte) if row["PARAMCD"] == endpoint.id]
    if not rows:
        why = "no usable time was recorded" if endpoint.recorded is not None else "the patient has no time origin"
        if patient.origin is not None and endpoint.patients == "responders":
            why = "it is for patients who responded"
        return Outcome(endpoint.id, endpoint.label, (), (), (), None, None, ABSENT, None, why, "", ())
    row = rows[0]
    candidates: tuple[Candidate, ...] = ()
    missed: tuple[str, ...] = ()
    rules: tuple[Tried, ...] = ()
    if patient.response is not None:
        patient = replace(patient, response=patient.response.of(endpoint.evaluator))
    if endpoint.recorded is not None:
        spec = endpoint.recorded
        time, event = (plain(patient.facts.get(name)) for name in (spec.time, spec.event))
        says = f"{spec.event} is one of {', '.join(spec.event_values)}"
        status: Status = "decided" if row["CNSR"] == 0 else "not met"
        rules = (Tried("Event as recorded", says, status, f"{spec.event} = {event}, {spec.time} = {with_unit(time, spec.unit)}"),)
    else:
        trail = trace_time_to_event(
            endpoint, patient.datasets.adsl, patient.records, patient.response, patient.protocol.schedule.assessments
        )
        frame = patient.of(trail.frame)
        days = next(frame.iter_rows(named=True))
        candidates = tuple(_candidates(patient, endpoint, trail, days))
        missed = tuple(_missed(patient, days))
        rules = tuple(_tried(patient, endpoint, trail, frame, days))
    source, places = _source(patient, row)
    return Outcome(
        endpoint.id,
        endpoint.label,
        candidates,
        missed,
        rules,
        patient.day_or_none(row["ADT"]),
        row["AVAL"],
        patient.show.months(row["AVAL"] / patient.protocol.display.days_per_month),
        row["CNSR"],
        row["EVNTDESC"] or row["CNSDTDSC"],
        source,
        places,
    )


def _candidates(patient: Patient, endpoint: TimeToEvent, trail: Trail, days: dict[str, Any]) -> list[Candidate]:
    found = []
    labels = visit_labels(patient)
    if days["ORIGDT"] != patient.origin:
        found.append(Candidate("Starts", patient.day(days["ORIGDT"]), endpoint.start.replace("_", " ")))
    dated = {row["order"]: row for row in patient.rows(trail.events)}
    for order, rule in enumerate(endpoint.events):
        row = dated.get(order)
        if row is None:
            found.append(Candidate(rule.label, None, "none recorded"))
            continue
        note, places = _origin_of(patient, labels, row["EVDOM"], row["EVVAR"], row["EVSEQ"])
        if row["EVSHOW"] != row["EVDT"]:
            note = f"{note}, found {patient.day(row['EVDT']).short}, dated to its scheduled visit".removeprefix(", ")
        found.append(Candidate(rule.label, patient.day(row["EVSHOW"]), note, places[0] if places else None))
    if patient.response is None:
        if days["LSTALVDT"] is not None:
            domain, variable = str(days["LSTALVSRC"]).split(".", 1)
            place = patient.place(domain, days["LSTALVSEQ"], variable)
            found.append(Candidate("Last known alive", patient.day(days["LSTALVDT"]), "", place))
        return found
    kinds = {rule.rule for rule in endpoint.censoring}
    if "new_therapy" in kinds:
        therapy = patient.rows(patient.response.new_therapy)
        spec = patient.protocol.response
        domain = spec.new_therapy.domain if spec is not None and spec.new_therapy is not None else "CM"
        if therapy:
            sequence = therapy[0]["NEWTXSEQ"]
            name = patient.cell(domain, sequence, domain + "TRT", domain + "DECOD") or ""
            found.append(Candidate("New anticancer therapy", patient.day(therapy[0]["NEWTXDT"]), name, patient.place(domain, sequence)))
        else:
            found.append(Candidate("New anticancer therapy", None, "none recorded after the origin"))
    if kinds & {"new_therapy", "missed_visits", "treatment_stop", "last_assessment"}:
        found.append(_assessment(patient, labels, "Last adequate assessment", days, "LALL"))
        if days["EVDT"] is not None and days["LAEV"] != days["LALL"]:
            found.append(_assessment(patient, labels, "… before the event", days, "LAEV"))
        if "new_therapy" in kinds and days["NEWTXDT"] is not None and days["LATX"] != days["LALL"]:
            found.append(_assessment(patient, labels, "… until new therapy", days, "LATX"))
    if "treatment_stop" in kinds and days["STOPDT"] is not None:
        found.append(Candidate("Treatment counts until", patient.day(days["STOPDT"]), ""))
        found.append(_assessment(patient, labels, "… assessed until then", days, "LASTOP"))
    if "last_known_alive" in kinds and days["LSTALVDT"] is not None:
        domain, variable = str(days["LSTALVSRC"]).split(".", 1)
        place = patient.place(domain, days["LSTALVSEQ"], variable)
        found.append(Candidate("Last known alive", patient.day(days["LSTALVDT"]), "", place))
    return found


def _assessment(patient: Patient, labels: Labels, what: str, days: dict[str, Any], name: str) -> Candidate:
    if days[name] is None:
        return Candidate(what, None, "none after baseline")
    note, places = _origin_of(patient, labels, "ADRS", "ADT", days[name + "SEQ"])
    return Candidate(what, patient.day(days[name]), note, places[0] if places else None)


def _missed(patient: Patient, days: dict[str, Any]) -> list[str]:
    """The scheduled visits that count as missed before the event, with their windows."""
    schedule = patient.protocol.schedule.assessments
    if schedule is None or days.get("MISSED") is None or days["EVDT"] is None:
        return []
    start = days["SCHEDDT"]
    last = days["LAEV"] if days["LAEV"] is not None else start
    lines = []
    for planned in missed_days(last - start, days["EVDT"] - start, schedule):
        day, window = start + planned, schedule.window_days
        early, late = patient.day(day - window), patient.day(day + window)
        looked = [row for row in patient.rows(patient.response.overall if patient.response else None) if abs(row["ADT"] - day) <= window]
        found = listed([f"that of {patient.day(row['ADT']).short} is {row['OVR']}" for row in looked])
        lines.append(f"planned {patient.day(day)}, window {early.short} to {late.short}: no adequate assessment{', ' * bool(found)}{found}")
    return lines


def _tried(patient: Patient, endpoint: TimeToEvent, trail: Trail, frame: pl.DataFrame, days: dict[str, Any]) -> list[Tried]:
    decided = False
    rules = []
    for step in trail.steps:
        holds = bool(frame.select(step.applies.alias("applies"))["applies"].fill_null(value=False)[0])
        if step.rule is None and step.kind == "censor" and decided:
            continue  # the last resort needs no words where a rule decided
        status: Status = "not tried" if decided else "decided" if holds else "not met"
        why = "a rule above decided" if decided else _reason(patient, step, days, holds=holds)
        if step.kind == "event":
            label = "Event"
            first = [row["order"] for row in patient.rows(trail.events)[:1]]
            which = [rule for place, rule in enumerate(endpoint.events) if place in first] or endpoint.events
            says = "; ".join(rule.describe().removeprefix("Event: ") for rule in which)
            says = says[:1].upper() + says[1:]
        else:
            label = step.label
            says = step.rule.describe() if step.rule is not None else "Censored at the time origin"
        rules.append(Tried(label, says, status, why))
        decided = decided or holds
    return rules


def _reason(patient: Patient, step: Step, days: dict[str, Any], *, holds: bool) -> str:
    kind = step.rule.rule if step.rule is not None else step.kind
    event = None if days["EVDT"] is None else f"{lower_first(days['EVDESC'])} on {patient.day(days['EVDT'])}"
    if kind == "event":
        return event or "no event"
    if kind == "no_baseline":
        if not holds and days["HAS_BASE"] is None:
            return "no tumour assessment on or before the time origin, but such a patient's death is an event"
        return "no tumour assessment on or before the time origin" if holds else "the tumour was assessed on or before the time origin"
    if kind == "new_therapy":
        if days["NEWTXDT"] is None:
            return "no new anticancer therapy"
        began = f"new therapy began {patient.day(days['NEWTXDT'])}"
        if not holds:
            return f"{began}, not before the event ({event})"
        before = f"before the event ({event})" if event else "and no event is recorded"
        return f"{began}, {before}: back to the last adequate assessment until it"
    if kind == "missed_visits":
        if event is None:
            return "no event that missed visits could precede"
        needed = getattr(step.rule, "visits", None)
        last = "the time origin" if days["LAEV"] is None else f"the last adequate assessment on {patient.day(days['LAEV']).short}"
        n = counted(int(days["MISSED"]), "scheduled visit") if days["MISSED"] else "no scheduled visit"
        between = f"{n} missed between {last} and the event ({event})"
        if getattr(step.rule, "counted", "visits") == "days":
            over = "longer" if days["GAP"] > 0 else "not longer"
            return f"{between}; counted in days: {over} than {needed} intervals and a window"
        if days["LAEV"] is None and not getattr(step.rule, "from_start", True):
            return f"{between}; not counted from the start"
        return f"{between}; {needed} or more censor"
    if kind == "treatment_stop":
        if event is None or days["STOPDT"] is None:
            return "no event that the end of treatment could precede"
        return f"treatment counts until {patient.day(days['STOPDT'])}, the event ({event}) came {'later' if holds else 'by then'}"
    if kind == "last_assessment":
        if days["LALL"] is None:
            return "no adequate assessment after baseline: the time origin"
        return f"no event; the last adequate assessment was on {patient.day(days['LALL'])}"
    if kind == "last_known_alive":
        return f"no event; known alive on {patient.day(days['LSTALVDT'])}" if holds else "no dated record of the patient"
    if kind == "censor":
        return "no date after the time origin"
    return "its condition holds" if holds else "its condition doesn't hold"


def _source(patient: Patient, row: dict[str, Any]) -> tuple[str, tuple[Place, ...]]:
    domain, variable, sequence = row["SRCDOM"], row["SRCVAR"], row["SRCSEQ"]
    if domain is None:
        return "", ()
    named = f"{domain}.{variable}" + (f" seq {sequence}" if sequence is not None else "")
    note, places = _origin_of(patient, visit_labels(patient), domain, variable, sequence)
    return f"{named}: {note}" if note else named, places


def _origin_of(patient: Patient, labels: Labels, domain: str, variable: str, sequence: int | None) -> tuple[str, tuple[Place, ...]]:
    """What a source (SRCDOM, SRCVAR, SRCSEQ) is, and the records that it rests on."""
    if domain == "ADSL":
        place = tell_origin(patient).place
        return "the time origin", (place,) if place is not None else ()
    if domain != "ADRS":
        place = patient.place(domain, sequence, variable)
        return "", (place,) if place is not None else ()
    response = patient.response
    rows = [] if response is None else [row for row in patient.rows(response.overall) if row["SEQ"] == sequence]
    if not rows or response is None:
        return "", ()
    row = rows[0]
    places = []
    if response.measurements is not None:
        scans = patient.of(response.measurements.filter(pl.col("VISIT") == row["VISIT"]))
        places.append(patient.places("TR", scans["TRSEQ"].to_list()))
        if row["RULE"] == "new lesion" and "TU" in patient.records:
            new = patient.of(patient.records["TU"]).filter((pl.col("TUORRES") == "NEW") & (pl.col("TUDT") <= row["DTLAST"]))
            places.append(patient.places("TU", new["TUSEQ"].to_list()))
    else:
        places.append(patient.place(row["SRCDOM"], row["SRCSEQ"]))
    by = f" by {listed(_progressed_by(row))}" if row["CLASS"] == "PD" and row["RULE"] in _DECIDED_BY else ""
    return f"visit {labels[row['VISIT']]}, {row['OVR']}{by}", tuple(place for place in places if place is not None)


def _progressed_by(row: dict[str, Any]) -> list[str]:
    """What made a visit PD, in words: the rule that decided, and whatever else would have."""
    seen = {
        "new lesion": row["NEWLES"] == "Y",
        "sum of diameters": row["TRGRESP"] == "PD",
        "non-target progression": row["NTRGRESP"] == "PD",
    }
    return [_DECIDED_BY[rule] for rule in dict.fromkeys((row["RULE"], *seen)) if seen.get(rule, True)]
