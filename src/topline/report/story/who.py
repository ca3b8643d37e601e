"""Who the patient is, which populations they are in, and where their clock starts."""

from __future__ import annotations

import polars as pl

from topline.derive.subjects import pick_date
from topline.report.story.model import Membership, Origin, Place, Who
from topline.report.story.patient import Patient, plain
from topline.report.words import with_unit
from topline.study.analyses import BaselineAnalysis
from topline.study.protocol import Protocol


def tell_who(patient: Patient, *, inside: bool) -> Who:
    """Return who the patient is; `inside` tells whether they are in the study (ADSL) at all."""
    facts = patient.facts
    last, source = facts.get("LSTALVDT"), facts.get("LSTALVSRC")
    place = None
    if source is not None:
        domain, variable = str(source).split(".", 1)
        place = patient.place(domain, facts.get("LSTALVSEQ"), variable)
    died = None
    if facts.get("DTHDT") is not None:
        died = str(patient.day(facts["DTHDT"]))
        if facts.get("DTHDTF") is not None:
            died += ", a day that isn't recorded: dated to the last day known alive, as the protocol declares"
    elif facts.get("DTHFL") == "Y":
        died = "on a day that isn't known"
    return Who(
        tuple((label, _value(facts.get(name), levels, unit)) for name, label, levels, unit in _variables(patient)),
        facts.get("TRT01A"),
        tuple(_memberships(patient)) if inside else (),
        None if inside else _why_outside(patient),
        died,
        None if died is not None and last == facts.get("DTHDT") else patient.day_or_none(last),
        place,
    )


def tell_origin(patient: Patient) -> Origin:
    """Return the time origin and the record that it comes from."""
    source = patient.protocol.study.origin
    if source.domain not in patient.records:
        return Origin(None, f"the study has no {source.domain} records", None)
    if patient.origin is None:
        return Origin(None, f"no {source}", None)
    picked = patient.rows(pick_date(patient.records, source, "ORIGDT"))
    place: Place | None = None
    if picked and picked[0]["ORIGDT"] == patient.origin:
        place = patient.place(source.domain, picked[0]["ORIGDTSEQ"], source.variable)
    return Origin(patient.day(patient.origin), str(source), place)


def _variables(patient: Patient) -> list[tuple[str, str, dict[str, str] | None, str | None]]:
    """The variables that the protocol's baseline table shows; age and sex where it has none."""
    chosen: dict[str, tuple[str, dict[str, str] | None, str | None]] = {}
    for analysis in patient.protocol.analyses:
        if isinstance(analysis, BaselineAnalysis):
            for item in analysis.variables:
                chosen.setdefault(item.variable, (item.label or item.variable, item.levels, item.unit))
    if not chosen:
        chosen = {"AGE": ("Age", None, None), "SEX": ("Sex", None, None)}
    return [(name, *rest) for name, rest in chosen.items() if name in patient.facts]


def _value(value: object, levels: dict[str, str] | None, unit: str | None) -> str:
    if value is None:
        return "not recorded"
    text = (levels or {}).get(str(value), plain(value))
    return with_unit(text, unit)


def _memberships(patient: Patient) -> list[Membership]:
    found = []
    for population in patient.protocol.populations:
        inside = patient.facts.get(population.id + "FL") == "Y"
        reason = None if inside else patient.facts.get(population.id + "REAS")
        condition = _condition(patient.protocol, population.id, reason) if reason is not None else None
        found.append(Membership(population.id, population.label, inside, reason, condition))
    return found


def _condition(protocol: Protocol, population_id: str, label: str) -> str | None:
    """The condition of the rule of that label, in the population or those that it starts from."""
    population = protocol.population(population_id)
    while True:
        for rule in population.rules:
            if rule.label == label:
                return f"needs: {rule.include}" if rule.include is not None else f"excluded: {rule.exclude}"
        if population.parent is None:
            return None
        population = protocol.population(population.parent)


def _why_outside(patient: Patient) -> str:
    window = patient.protocol.study.enrolment
    if patient.origin is not None and (window.start is not None or window.end is not None):
        limits = f"{window.start or '…'} to {window.end or '…'}"
        return f"the time origin lies outside the enrolment window ({limits})"
    return "the derivations left the patient out"


def recorded_origin(patient_records: pl.DataFrame | None) -> int | None:
    """The day of a picked time origin (see `pick_date`), or None."""
    return None if patient_records is None or patient_records.height == 0 else int(patient_records["ORIGDT"][0])
