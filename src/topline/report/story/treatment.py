"""What the patient took: each drug's doses with their days, the schedule's summary, the treatment mode, and why treatment ended."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import polars as pl

from topline.derive.treatment import component_rows
from topline.report.story.model import Drug, Level, Treatment
from topline.report.story.patient import Patient, number
from topline.report.words import counted


def tell_treatment(patient: Patient) -> Treatment | None:
    """Return the treatment; None when the study has no drug records."""
    if "EX" not in patient.records:
        return None
    table = patient.of(patient.records["EX"]).filter(pl.col("EXSTDT").is_not_null()).sort("EXSTDT", "EXSEQ")
    names = list(dict.fromkeys(table["EXTRT"].drop_nulls()))
    drugs = tuple(_drug(patient, name, table.filter(pl.col("EXTRT") == name)) for name in names)
    mode, components = _mode(patient)
    return Treatment(drugs, mode, components, patient.facts.get("DCTREAS"))


def _drug(patient: Patient, name: str, rows: pl.DataFrame) -> Drug:
    schedule = next((item for item in patient.protocol.schedule.drugs if item.drug.upper() == name), None)
    unit = schedule.unit if schedule is not None else None
    levels = []
    for dose, group in groupby(rows.iter_rows(named=True), key=lambda row: _dose(row, unit)):
        course = list(group)
        ends = [int(row["EXSTDT"] if row.get("EXENDT") is None else row["EXENDT"]) for row in course]
        notes = [str(row["EXADJ"]) for row in course if row.get("EXADJ")]
        levels.append(
            Level(dose, patient.day(course[0]["EXSTDT"]), patient.day(max(ends)), len(course), "; ".join(dict.fromkeys(notes)) or None)
        )
    label = schedule.label or name if schedule is not None else name
    return Drug(label, tuple(levels), _summary(patient, name, unit))


def _dose(row: dict[str, Any], unit: str | None) -> str:
    if row.get("EXDOSE") is None:
        return "dose not recorded"
    return f"{number(row['EXDOSE'], 3)} {unit or row.get('EXDOSU') or ''}".rstrip()


def _summary(patient: Patient, name: str, unit: str | None) -> tuple[tuple[str, str], ...]:
    found = [row for row in patient.rows(patient.datasets.adex) if row["EXTRT"].upper() == name]
    if not found:
        return ()
    row = found[0]
    reductions = str(row["NREDUC"])
    if row["NREDUC"]:
        reductions += f" ({row['NREDUCAE']} for an adverse event)"
    return (
        ("cycles", str(row["NCYCLE"])),
        ("dose in all", f"{number(row['CUMDOSE'], 2)} {unit or ''}".rstrip()),
        ("relative dose intensity", patient.show.proportion(row["RDI"])),
        ("reductions", reductions),
        ("re-escalations", str(row["NREESC"])),
        ("interruptions", counted(row["INTRPDY"], "day")),
        ("delayed cycles", str(row["NDELAY"])),
    )


def _mode(patient: Patient) -> tuple[str | None, tuple[Any, ...]]:
    spec = patient.protocol.treatment_modes
    if spec is None or patient.origin is None:
        return None, ()
    labels = {item.id: item.label for item in spec.components}
    rows = patient.of(component_rows(patient.records, spec, patient.protocol.study.treatment_rows))
    rows = rows.filter(pl.col("START") >= patient.origin).sort("START")
    taken, added = str(patient.facts.get("TRTCOMP") or ""), str(patient.facts.get("TRTADD") or "")
    components = []
    for id_ in dict.fromkeys(rows["COMPONENT"]):
        own = rows.filter(pl.col("COMPONENT") == id_)
        start = own["START"][0]
        drugs = " + ".join(dict.fromkeys(own.filter(pl.col("START") == start)["TEXT"]))
        window = "later: counted, the mode stays" if id_ in added else f"within {spec.combination_window_days} days"
        components.append((f"{id_} ({labels[id_]})", drugs, patient.day(start), window))
    known = patient.facts.get("TRTMODE")
    mode = known or (f"none that the protocol knows (components: {taken})" if taken else "none: no component within the window")
    return mode, tuple(components)
