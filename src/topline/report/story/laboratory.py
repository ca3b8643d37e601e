"""Biochemical endpoints: every value with its change, which were left out and why, and the decision."""

from __future__ import annotations

from typing import Any

import polars as pl

from topline.report.story.model import Biochemical, LabValue
from topline.report.story.patient import Patient, number, signed
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
