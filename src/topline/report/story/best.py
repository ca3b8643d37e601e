"""Best response and its confirmation: which visits count, which of them confirm, or why not; and what the rates make of it."""

from __future__ import annotations

from typing import Any

import polars as pl

from topline.derive.response.best import confirmation_pairs
from topline.report.story.assessments import Labels, visit_labels
from topline.report.story.model import Best
from topline.report.story.patient import Patient
from topline.report.words import counted, listed
from topline.study.endpoints import ResponseRate
from topline.study.response_spec import RecistParameters


def tell_best(patient: Patient) -> Best | None:
    """Return best response; None when the study has none."""
    response, spec = patient.response, patient.protocol.response
    rows = patient.rows(patient.datasets.best)
    if response is None or spec is None or not rows or rows[0].get("BOR") is None:
        return None
    best = rows[0]
    labels = visit_labels(patient)
    others = tuple((name, str(row["BOR"]), row.get("CBOR")) for name, other in response.others.items() for row in patient.rows(other.best))
    if spec.entry == "recorded_best":
        return Best(str(best["BOR"]), f"as recorded in DM.{spec.best_variable}", None, None, (), (), _rates(patient, best), others)
    counts = patient.rows(response.counted)
    return Best(
        str(best["BOR"]),
        _why(best, "BOR", counts, labels, spec.parameters),
        best.get("CBOR"),
        _why(best, "CBOR", counts, labels, spec.parameters) if best.get("CBOR") is not None else None,
        tuple(_confirmations(patient, labels, spec.parameters)),
        tuple(_not_counted(patient, counts, labels)),
        _rates(patient, best),
        others,
    )


def _why(best: dict[str, Any], name: str, counts: list[dict[str, Any]], labels: Labels, parameters: RecistParameters) -> str:
    value, place = best[name], best.get(name + "SEQ")
    if not counts:
        return "no assessment after baseline that counts"
    if place is None:
        return "of the visits that count"
    row = counts[place - 1]
    at = f"visit {labels[row['VISIT']]}"
    judged = row["CLASS"]
    kind = best.get(name + "CL", value)
    if judged == kind:
        early = " (too early for stable disease)" if kind == "NE" and judged in ("SD", "NON-CR/NON-PD") else ""
        return f"the best of {counted(len(counts), 'visit that counts', 'visits that count')}: {at}{early}"
    minimum = f"{parameters.stable_disease_min_days} days from the start"
    if judged in ("SD", "NON-CR/NON-PD"):
        return f"{at} was {row['OVR']}, but before {minimum}: counts as {value}"
    if kind == "SD":
        return f"{at} was {row['OVR']}, not confirmed; it is at least {minimum}, so it counts as {value}"
    if kind == "NE":
        return f"{at} was {row['OVR']}, not confirmed and before {minimum}: counts as {value}"
    return f"{at} was {row['OVR']}, not confirmed, and less followed: counts as {value}"


def _confirmations(patient: Patient, labels: Labels, parameters: RecistParameters) -> list[str]:
    response = patient.response
    assert response is not None
    rows = patient.of(response.counted).with_columns(pl.col("CLASS").alias("OVR"))
    if rows.height == 0:
        return []
    pairs, numbered = confirmation_pairs(rows, parameters)
    visits = {row["i"]: row for row in numbered.iter_rows(named=True)}
    lines: list[str] = []
    settled: set[str] = set()
    for i, row in visits.items():
        if row["OVR"] not in ("CR", "PR") or row["OVR"] in settled:
            continue
        at = f"{row['OVR']} of visit {labels[row['VISIT']]}"
        later = sorted(pairs.filter(pl.col("i") == i).iter_rows(named=True), key=lambda pair: pair["J_i"])
        confirming = next((pair for pair in later if pair["CONFIRMS"]), None)
        if confirming is not None:
            settled.add(row["OVR"])
            by = f"{confirming['J_OVR']} of visit {labels[visits[confirming['J_i']]['VISIT']]}"
            days = confirming["J_ADT"] - confirming["ADT"]
            lines.append(f"{at}: confirmed by the {by}, {days} days later (at least {parameters.confirmation_days})")
        elif not later:
            lines.append(f"{at}: not confirmed, no later CR or PR among the visits that count")
        else:
            tries = [f"visit {labels[visits[pair['J_i']]['VISIT']]} {_why_not(pair, parameters)}" for pair in later]
            lines.append(f"{at}: not confirmed; {'; '.join(tries)}")
    return lines


def _why_not(pair: dict[str, Any], parameters: RecistParameters) -> str:
    days = pair["J_ADT"] - pair["ADT"]
    reasons = []
    if days < parameters.confirmation_days:
        reasons.append(f"comes {days} days later, {parameters.confirmation_days} needed")
    if parameters.confirmation_max_ne != "any" and pair["between_NE"] > parameters.confirmation_max_ne:
        reasons.append(f"has {pair['between_NE']} NE between, {parameters.confirmation_max_ne} allowed")
    if pair["between_SD"] > (parameters.confirmation_stable_between_partial if pair["OVR"] == "PR" else 0):
        reasons.append(f"has {pair['between_SD']} SD between")
    if pair["between_worse"]:
        reasons.append("has PD or NON-CR/NON-PD between")
    if pair["OVR"] == "CR" and (pair["J_OVR"] == "PR" or pair["between_PR"]):
        reasons.append("is a PR, which confirms no CR" if pair["J_OVR"] == "PR" else "has a PR between")
    return listed(reasons) or "has too many visits missing between"


def _not_counted(patient: Patient, counts: list[dict[str, Any]], labels: Labels) -> list[str]:
    response = patient.response
    assert response is not None
    seen = {row["SEQ"] for row in counts}
    therapy = [row["NEWTXDT"] for row in patient.rows(response.new_therapy)]
    ended = next((row for row in counts if row["CLASS"] == "PD"), None)
    lines = []
    for row in patient.rows(response.overall):
        if row["SEQ"] in seen:
            continue
        why = (
            "after new anticancer therapy"
            if therapy and row["ADT"] >= therapy[0]
            else "after progression"
            if ended is not None
            else "left out"
        )
        lines.append(f"visit {labels[row['VISIT']]} ({row['OVR']}, {patient.day(row['ADT']).short}): {why}")
    return lines


def _rates(patient: Patient, best: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    rates = []
    for endpoint in patient.protocol.endpoints:
        if isinstance(endpoint, ResponseRate) and endpoint.id in best:
            name = "confirmed best response" if endpoint.confirmed else "best response"
            value = best.get("CBOR" if endpoint.confirmed else "BOR")
            verb = "is" if best[endpoint.id] == "Y" else "is not"
            rates.append((endpoint.id, str(best[endpoint.id]), f"{name} {value} {verb} {listed(endpoint.responses, 'or')}"))
    return tuple(rates)
