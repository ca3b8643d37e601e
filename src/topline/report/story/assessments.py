"""Every tumour assessment: what each lesion measured, the sum and its changes, the responses, and why, in a phrase naming the rule."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from topline.derive.missed import missed_days
from topline.derive.response.criterion import with_thresholds
from topline.derive.response.lesions import derive_lesions
from topline.derive.response.markers import NORMAL
from topline.derive.response.non_target import PROGRESSED
from topline.report.display import ABSENT
from topline.report.story.model import Assessments, Lesion, Visit
from topline.report.story.patient import Patient, number, signed
from topline.report.words import listed
from topline.study.response_spec import RecistParameters

NOT_DONE = "n.d."


@dataclass(frozen=True)
class Labels:
    """How visits are called: by their number, or in their order where the records number none."""

    names: dict[float, str]

    def __getitem__(self, visit: float) -> str:
        """The name of a visit."""
        return self.names.get(visit, number(visit))


def visit_labels(patient: Patient) -> Labels:
    """Return the names of the patient's visits."""
    response = patient.response
    if response is None:
        return Labels({})
    visits = [row["VISIT"] for frame in (response.sums, response.overall) for row in patient.rows(frame)]
    ordered = sorted(set(visits))
    own = ordered and ordered[-1] < 5_000  # a visit without a number carries its day since 1970
    return Labels({visit: number(visit) if own else str(place) for place, visit in enumerate(ordered, 1)})


def tell_assessments(patient: Patient) -> Assessments | None:
    """Return every assessment; None where response isn't derived visit by visit."""
    response, spec = patient.response, patient.protocol.response
    if response is None or spec is None or spec.entry == "recorded_best":
        return None
    parameters = with_thresholds(spec).parameters
    lesions = _lesions(patient)
    labels = visit_labels(patient)
    sums = {row["VISIT"]: row for row in patient.rows(response.sums)}
    changes = {row["AVISITN"]: row for row in patient.rows(patient.datasets.adtr) if row["PARAMCD"] == "SDIAM"}
    overall = patient.rows(response.overall)
    seen = {row["VISIT"] for row in overall}
    visits = [
        _visit(patient, labels, lesions, None, sums[visit], changes.get(visit), parameters)
        for visit in sums
        if visit not in seen and sums[visit]["BASELINE"]
    ]
    visits += [_visit(patient, labels, lesions, row, sums.get(row["VISIT"]), changes.get(row["VISIT"]), parameters) for row in overall]
    return Assessments(spec.criterion, response.evaluator, lesions, tuple(visits), tuple(_gaps(patient, overall)))


def _gaps(patient: Patient, overall: list[dict[str, Any]]) -> list[str]:
    """Between which assessments scheduled visits have none."""
    schedule, origin = patient.protocol.schedule.assessments, patient.origin
    if schedule is None or origin is None:
        return []
    days = [origin, *sorted(row["ADT"] for row in overall)]
    told = []
    for before, after in pairwise(days):
        planned = [patient.day(origin + day) for day in missed_days(before - origin, after - origin, schedule)]
        if planned:
            since = "the time origin" if before == origin else patient.day(before).short
            dates = listed([str(day) for day in planned])
            visits = "the visit" if len(planned) == 1 else f"the {len(planned)} visits"
            told.append(f"No assessment between {since} and {patient.day(after).short} for {visits} planned on {dates}")
    return told


def _lesions(patient: Patient) -> tuple[Lesion, ...]:
    spec, response = patient.protocol.response, patient.response
    if spec is None or response is None or response.measurements is None:
        return ()
    known = derive_lesions(patient.records, spec.model_copy(update={"evaluator": response.evaluator}))
    order = {"TARGET": 0, "NON-TARGET": 1, "NEW": 2}
    rows = sorted(patient.rows(known), key=lambda row: (order.get(row["ROLE"], 3), row["LNKID"]))
    return tuple(Lesion(row["LNKID"], row["ROLE"], row["LOC"].lower(), row["NODE"], patient.day_or_none(row["TUDT"])) for row in rows)


def _visit(
    patient: Patient,
    labels: Labels,
    lesions: tuple[Lesion, ...],
    row: dict[str, Any] | None,
    total: dict[str, Any] | None,
    change: dict[str, Any] | None,
    parameters: RecistParameters,
) -> Visit:
    """One visit; without an overall response (`row`) it is the baseline."""
    there = row or total
    assert there is not None
    scans = _scans(patient, there["VISIT"])
    measured = tuple(
        (lesion.id, _measured(lesion, scans.get(lesion.id))) for lesion in lesions if lesion.role != "NEW" or lesion.id in scans
    )
    day = row["ADT"] if row is not None else there["DTLAST"]
    complete = None if total is None else bool(total["COMPLETE"])
    sequences = [scan["TRSEQ"] for scan in scans.values()]
    place = patient.places("TR", sequences) if sequences else None
    if place is None and row is not None:
        place = patient.place(row["SRCDOM"], row["SRCSEQ"])
    return Visit(
        labels[there["VISIT"]],
        row is None,
        patient.day(day),
        measured,
        number(change["AVAL"]) if change is not None and total is not None and total["N_MEASURED"] else None,
        complete,
        signed(change["PCHG"], "%", -parameters.partial_response_percent) if change is not None and change["PCHG"] is not None else None,
        signed(change["PCHGNAD"], "%", parameters.progression_percent) if change is not None and _comparable(total, change) else None,
        row["TRGRESP"] if row is not None else None,
        row["NTRGRESP"] if row is not None else None,
        row["NEWLES"] if row is not None else None,
        row["OVR"] if row is not None else None,
        _why(patient, labels, lesions, row, total, change, parameters),
        place,
    )


def _comparable(total: dict[str, Any] | None, change: dict[str, Any]) -> bool:
    """Tell whether the change from nadir says something: of a complete sum, or of one that is PD although a lesion is missing."""
    return change["PCHGNAD"] is not None and total is not None and (total["COMPLETE"] or total["TRGRESP"] == "PD")


def _scans(patient: Patient, visit: float) -> dict[str, dict[str, Any]]:
    """Lesion → the measurement that counts at the visit: the last that was done."""
    response = patient.response
    if response is None or response.measurements is None:
        return {}
    rows = patient.rows(response.measurements.filter(pl.col("VISIT") == visit))
    rows.sort(key=lambda row: (row["SIZE"] is not None or row["STATE"] is not None, row["DT"], row["TRSEQ"]))
    return {row["LNKID"]: row for row in rows}


def _measured(lesion: Lesion, scan: dict[str, Any] | None) -> str:
    if scan is None:
        return NOT_DONE
    if scan["SIZE"] is not None:
        return number(scan["SIZE"] / 1_000)
    return str(scan["STATE"]).lower() if scan["STATE"] is not None else NOT_DONE


def _why(
    patient: Patient,
    labels: Labels,
    lesions: tuple[Lesion, ...],
    row: dict[str, Any] | None,
    total: dict[str, Any] | None,
    change: dict[str, Any] | None,
    parameters: RecistParameters,
) -> str:
    if row is None:
        assert total is not None
        whole = (
            "every target lesion measured" if total["COMPLETE"] else f"{total['N_MEASURED']} of {total['N_TARGET']} target lesions measured"
        )
        return f"baseline, {whole}"
    rule, response = str(row["RULE"]), str(row["OVR"])
    if rule == "recorded":
        return f"{response} as it was recorded"
    parts = []
    by_size = total is not None and change is not None and row["TRGRESP"] is not None
    if total is not None and change is not None and by_size:
        if total["TRGRESP"] == row["TRGRESP"]:
            parts.append(_target(patient, labels, lesions, row["TRGRESP"], total, change, parameters))
        else:  # a criterion that looks at more than the sum
            from_base = f" ({signed(change['PCHG'], '%')} from baseline)" if change["PCHG"] is not None else ""
            parts.append(f"sum {number(change['BASE'])} → {number(change['AVAL'])} mm{from_base}: target {row['TRGRESP']}")
    parts.append(_overall(patient, labels, lesions, row, rule, response, target_told=by_size))
    if row["DTFIRST"] != row["DTLAST"]:
        first, last = patient.day(row["DTFIRST"]), patient.day(row["DTLAST"])
        parts.append(f"scans from {first.short} to {last.short}, dated {patient.day(row['ADT']).short}")
    return "; ".join(part for part in parts if part)


def _target(
    patient: Patient,
    labels: Labels,
    lesions: tuple[Lesion, ...],
    target: str,
    total: dict[str, Any],
    change: dict[str, Any],
    parameters: RecistParameters,
) -> str:
    n, of = total["N_MEASURED"], total["N_TARGET"]
    rise, absolute, fall = parameters.progression_percent, parameters.progression_mm, parameters.partial_response_percent
    from_base = f"{signed(change['PCHG'], '%', -fall)} from baseline"
    if target == "CR":
        return f"{_gone(lesions, parameters)}: target CR"
    since = _since_nadir(patient, labels, change, parameters)
    if target == "PD":
        some = "" if total["COMPLETE"] else f" of the {n} of {of} lesions measured"
        return (
            f"sum{some} {number(change['NADIR'])} → {number(change['AVAL'])} mm: {since}"
            f" (limits {signed(rise, '%')} and {signed(absolute, ' mm')}): target PD"
        )
    if target == "NE":
        if not total["COMPLETE"]:
            return (
                f"{n} of {of} target lesions measured, no progression in them: target NE" if n else "no target lesion measured: target NE"
            )
        return "no complete sum at baseline to compare with: target NE"
    if target == "PR":
        return f"sum {number(change['BASE'])} → {number(change['AVAL'])} mm: {from_base} (limit {signed(-fall, '%')}): target PR"
    if change["NADIR"] is not None and change["NADIR"] == change["BASE"]:
        also = f"{from_base} ({signed(change['CHGNAD'], ' mm', absolute)}), which is also the nadir"
        short = f", less than {signed(absolute, ' mm')}" if change["PCHGNAD"] is not None and change["PCHGNAD"] >= rise else ""
        return f"sum {number(change['BASE'])} → {number(change['AVAL'])} mm: {also}{short}: neither PR nor PD, target SD"
    enough = change["PCHGNAD"] is not None and change["PCHGNAD"] >= rise
    but = f"{since}, less than {signed(absolute, ' mm')}" if enough else since
    nadir = f", {but}" if change["NADIR"] is not None else ""
    return f"sum {number(change['BASE'])} → {number(change['AVAL'])} mm: {from_base}{nadir}: neither PR nor PD, target SD"


def _gone(lesions: tuple[Lesion, ...], parameters: RecistParameters) -> str:
    """What complete response means for the kinds of target lesions that the patient has."""
    nodes = [lesion.node for lesion in lesions if lesion.role == "TARGET"]
    normal = f"under {number(parameters.node_normal_mm)} mm"
    if all(nodes):
        return f"every target node {normal}"
    return f"every target lesion gone (0 mm; nodes {normal})" if any(nodes) else "every target lesion gone (0 mm)"


def _since_nadir(patient: Patient, labels: Labels, change: dict[str, Any], parameters: RecistParameters) -> str:
    response = patient.response
    assert response is not None
    before = [row for row in patient.rows(response.sums) if row["COMPLETE"] and row["SUM"] == round((change["NADIR"] or 0) * 1_000)]
    at = "the nadir"
    if before:
        at = "baseline, the nadir" if before[0]["BASELINE"] else f"the nadir of visit {labels[before[0]['VISIT']]}"
    percent = signed(change["PCHGNAD"], "%", parameters.progression_percent)
    return f"{percent} and {signed(change['CHGNAD'], ' mm', parameters.progression_mm)} from {at}"


def _overall(
    patient: Patient,
    labels: Labels,
    lesions: tuple[Lesion, ...],
    row: dict[str, Any],
    rule: str,
    response: str,
    *,
    target_told: bool,
) -> str:
    scans = _scans(patient, row["VISIT"])
    names = {lesion.id: f"{lesion.id} ({lesion.location})" if lesion.location else lesion.id for lesion in lesions}
    if rule in ("new lesion", "sum of diameters", "non-target progression"):
        why = []
        if rule == "new lesion":
            new = [
                f"{names[item.id]}, first seen {item.first_seen.short}" if item.first_seen else names[item.id]
                for item in _new(lesions, patient, row)
            ]
            why.append(f"new lesion {listed(new)}{_seen_again(patient, labels, row)}" if new else "a new lesion")
        if row["NTRGRESP"] == "PD":
            grown = [names[name] for name, scan in scans.items() if scan["ROLE"] == "NON-TARGET" and scan["STATE"] in PROGRESSED]
            why.append(f"unequivocal progression of non-target {listed(grown) or 'disease'}")
        return f"{'; '.join(why)}: {response}" if why else f"so {response}, whatever else was seen"
    if rule == "disease after complete response":
        complete = [item for item in patient.rows(patient.response.overall if patient.response else None) if item["OVR"] == "CR"]
        of = f" of visit {labels[complete[0]['VISIT']]}" if complete else ""
        return f"disease seen again after the complete response{of}: {response}"
    if rule == "partial response kept":
        return f"short of PD after a confirmed partial response, which continues: {response}"
    if rule != "target and non-target":
        return f"{rule}: {response}"
    has_target = any(lesion.role == "TARGET" for lesion in lesions)
    parts = [f"target {row['TRGRESP'] or 'not looked at'}"] if has_target and not target_told else []
    markers = _markers(patient, row)
    if markers or any(lesion.role == "NON-TARGET" for lesion in lesions):
        absent = [names[lesion.id] for lesion in lesions if lesion.role == "NON-TARGET" and scans.get(lesion.id, {}).get("STATE") is None]
        some = f" ({listed(absent)} not assessed)" if row["NTRGRESP"] == "NE" and absent else ""
        parts.append(f"non-target {_spoken(row['NTRGRESP'])}{some}")
    parts += markers
    return f"{', '.join([*parts, 'no new lesion'])}: {response}"


def _seen_again(patient: Patient, labels: Labels, row: dict[str, Any]) -> str:
    """Say that the visit has other disease again after a complete response, where a new lesion decided already."""
    before = [item for item in patient.rows(patient.response.overall if patient.response else None) if item["SEQ"] < row["SEQ"]]
    complete = next((item for item in before if item["OVR"] == "CR"), None)
    again = row["NTRGRESP"] in ("NON-CR/NON-PD", "PD") or row["TRGRESP"] not in ("CR", "NE", None)
    return f", and disease seen again after the complete response of visit {labels[complete['VISIT']]}" if complete and again else ""


def _markers(patient: Patient, row: dict[str, Any]) -> list[str]:
    """What each tumour marker that counts for the patient said at the visit."""
    markers = patient.response.markers if patient.response is not None else None
    told = []
    for item in patient.rows(markers):
        if item["VISIT"] != row["VISIT"]:
            continue
        if item["AVAL"] is None:
            told.append(f"tumour marker {item['TEST']} not known")
            continue
        state = "normal" if item["MARKER"] == NORMAL else "above normal"
        value = f"{number(item['AVAL'])} {item['AVALU'] or ''}".rstrip()
        on, limit = patient.day(item["LBDT"]).short, number(item["LIMIT"])
        told.append(f"tumour marker {item['TEST']} {value} on {on}, {state} (limit {limit})")
    return told


def _new(lesions: tuple[Lesion, ...], patient: Patient, row: dict[str, Any]) -> list[Lesion]:
    last = patient.day(row["DTLAST"])
    return [
        lesion
        for lesion in lesions
        if lesion.role == "NEW" and (lesion.first_seen is None or (lesion.first_seen.study_day or 0) <= (last.study_day or 0))
    ]


def _spoken(response: str | None) -> str:
    return "not looked at" if response is None else response.replace("NON-CR/NON-PD", "neither CR nor PD") or ABSENT
