"""Adverse events: each with its flags, and how many count as treatment-emergent, related, severe."""

from __future__ import annotations

from topline.report.story.model import AdverseEvent, AdverseEvents
from topline.report.story.patient import Patient
from topline.report.words import counted


def tell_adverse_events(patient: Patient) -> AdverseEvents | None:
    """Return the adverse events as they stand in ADAE; None when the study has no such records."""
    if patient.datasets.adae is None:
        return None
    rows = sorted(patient.rows(patient.datasets.adae), key=lambda row: (row["ASTDT"] is None, row["ASTDT"] or 0, row["AESEQ"]))
    events = tuple(
        AdverseEvent(
            str(row["TERM"]),
            patient.day_or_none(row["ASTDT"]),
            patient.day_or_none(row["AENDT"]),
            row["ATOXGR"],
            str(row.get("AESER") or ""),
            row["TRTEMFL"],
            f"{row['AREL']} (missing)" if row["AMISSREL"] == "Y" else row["AREL"],
            str(row.get("AEACN") or "").lower(),
        )
        for row in rows
    )
    emergent = [row for row in rows if row["TRTEMFL"] == "Y"]
    worst = [row for row in rows if row["AOCCIFL"] == "Y"]
    window = f"from the first dose to {patient.protocol.adverse_events.window_days} days after the last"
    if not rows:
        return AdverseEvents((), "none recorded")
    text = f"{counted(len(rows), 'event')}; {len(emergent)} treatment-emergent ({window})"
    text += f", {sum(row['AREL'] == 'Y' for row in emergent)} of these related"
    if worst and worst[0]["ATOXGR"] is not None:
        text += f"; worst grade {worst[0]['ATOXGR']} ({worst[0]['TERM']})"
    return AdverseEvents(events, text)
