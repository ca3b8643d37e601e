"""Biochemical endpoints: every value with its change, which were left out and why, and the decision."""

from __future__ import annotations

from typing import Any

import polars as pl

from topline.derive.ata import EXCELLENT, derive_ata
from topline.report.story.model import Biochemical, LabValue
from topline.report.story.patient import Patient, number, signed
from topline.study.ata import AtaResponse
from topline.study.conditions import variables_of
from topline.study.endpoints import BiochemicalResponse


def tell_biochemical(patient: Patient, endpoint: BiochemicalResponse) -> Biochemical:
    """Return the values and the decision of a biochemical endpoint, as they stand in ADLB and among the best responses."""
    rows = [row for row in patient.rows(patient.datasets.adlb) if row["ENDPOINT"] == endpoint.id]
    values = tuple(
        LabValue(
            patient.day(row["ADT"]),
            f"{'<' if row['LOQFL'] == 'Y' else ''}{number(row['AVAL'], 3)} {row['AVALU'] or ''}".rstrip(),
            signed(row["PCHG"], "%", _limit(endpoint)) if row["PCHG"] is not None else None,
            _use(patient, endpoint, row),
        )
        for row in rows
    )
    best = patient.rows(patient.datasets.best)
    response = str(best[0].get(endpoint.id, "N")) if best else "N"
    change = best[0].get(endpoint.id + "PCHG") if best else None
    if change is None:
        base = any(row["ABLFL"] == "Y" for row in rows)
        why = "no usable value after baseline" if base else "no usable baseline value"
    else:
        verb = "reaches" if response == "Y" else "does not reach"
        why = f"the {endpoint.value} change is {signed(change, '%', _limit(endpoint))}, which {verb} {signed(_limit(endpoint), '%')}"
    return Biochemical(endpoint.id, endpoint.label, endpoint.test, values, response, why)


def _limit(endpoint: BiochemicalResponse) -> float:
    return -endpoint.percent if endpoint.direction == "fall" else endpoint.percent


def _use(patient: Patient, endpoint: BiochemicalResponse, row: dict[str, Any]) -> str:
    if row["EXCLFL"] == "Y":
        return f"left out: {_why_excluded(patient, endpoint, row['LBSEQ'])}"
    if row["ABLFL"] == "Y":
        return "baseline"
    if row["POSTFL"] == "Y":
        return "used"
    after = patient.origin is not None and row["ADT"] > patient.origin
    return f"not used: before day {endpoint.from_day} after the origin" if after else "not used: an earlier value before treatment"


def _why_excluded(patient: Patient, endpoint: BiochemicalResponse, sequence: int) -> str:
    if endpoint.exclude is None:
        return "not comparable"
    record = patient.of(patient.records["LB"]).filter(pl.col("LBSEQ") == sequence)
    names = [name for name in sorted(variables_of(endpoint.exclude)) if name in record.columns]
    found = [f"{name} = {record[name][0]}" for name in names if record.height and record[name][0] is not None]
    return f"{endpoint.exclude}" + (f" (here {', '.join(found)})" if found else "")


def tell_ata(patient: Patient, endpoint: AtaResponse) -> Biochemical:
    """Return every assessment of an ATA 2015 endpoint with its category, and the one that decides."""
    rows, _ = derive_ata(patient.records, patient.of(patient.datasets.adsl), endpoint, patient.protocol.records.lab_units)
    values, decided = [], None
    for row in patient.rows(rows):
        tg = "–" if row["TG"] is None else f"{'<' if row['TGLOQFL'] == 'Y' else ''}{number(row['TG'])} {row['AVALU'] or ''}".rstrip()
        imaging = (
            "imaging not known" if row["IMAGING"] is None else f"imaging {row['IMAGING'].lower()} on {patient.day(row['IMGDT']).short}"
        )
        parts = [str(row[name]).lower() for name in ("TSHSTATE",) if row[name] is not None]
        parts += [f"antibodies {str(row['TGAB'] or 'not known').lower()}", imaging]
        category = f"can't be told: {row['REASON']}" if row["CATEGORY"] is None else row["CATEGORY"].lower()
        values.append(LabValue(patient.day(row["ADT"]), tg, None, f"{', '.join(parts)}: {category}"))
        decided = row if row["DECIDES"] else decided
    response = "Y" if decided is not None and decided["CATEGORY"] == EXCELLENT else "N"
    why = "no assessment whose category can be told within the days that count"
    if decided is not None:
        why = f"{decided['CATEGORY'].lower()}, the {endpoint.value} assessment that can be told, on {patient.day(decided['ADT'])}"
    return Biochemical(endpoint.id, endpoint.label, endpoint.test, tuple(values), response, why)
