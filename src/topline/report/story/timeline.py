"""The days that matter, in order: start, doses changed, assessments, severe events, new therapy, end of treatment, death, last contact."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from topline.report.story.model import Assessments, Day, Moment, Treatment
from topline.report.story.patient import Patient

_SEVERE = 3


def tell_timeline(patient: Patient, treatment: Treatment | None, assessments: Assessments | None) -> tuple[Moment, ...]:
    """Return the timeline, from what the other sections hold."""
    moments: list[tuple[Day, int, str]] = []

    def add(day: int | None, order: int, what: str) -> None:
        if day is not None:
            moments.append((patient.day(day), order, what))

    facts = patient.facts
    add(facts.get("RFICDT"), 0, "informed consent")
    add(patient.origin, 1, "time origin")
    for drug in treatment.drugs if treatment is not None else ():
        if drug.levels:
            moments.append((drug.levels[0].start, 2, f"{drug.name} {drug.levels[0].dose}: first dose"))
            moments += [(later.start, 2, f"{drug.name} {earlier.dose} → {later.dose}") for earlier, later in pairwise(drug.levels)]
    for visit in assessments.visits if assessments is not None else ():
        what = "baseline" if visit.baseline else f"response {visit.overall}"
        moments.append((visit.day, 3, f"tumour assessment, visit {visit.label}: {what}"))
    for row in patient.rows(patient.datasets.adae):
        if (row["ATOXGR"] or 0) >= _SEVERE:
            add(row["ASTDT"], 4, f"{row['TERM']}, grade {row['ATOXGR']}")
    if patient.response is not None:
        for row in patient.rows(patient.response.new_therapy):
            add(row["NEWTXDT"], 5, "new anticancer therapy")
    add(facts.get("TRTEDT"), 6, f"last dose{_ended(facts)}")
    add(facts.get("LSTALVDT"), 7, f"last known alive ({facts.get('LSTALVSRC')})")
    add(facts.get("DTHDT"), 8, "death")
    key = [(_key(day), order, place) for place, (day, order, _) in enumerate(moments)]
    return tuple(Moment(moments[place][0], moments[place][2]) for _, _, place in sorted(key))


def _key(day: Day) -> tuple[str, int]:
    return day.date or "", day.study_day or 0


def _ended(facts: Any) -> str:
    reason = facts.get("DCTREAS")
    return f"; {str(reason).lower()}" if reason else ""
