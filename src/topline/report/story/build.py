"""Put a patient's story together, whole or for one endpoint, from the workings of the derivations."""

from __future__ import annotations

from difflib import get_close_matches

from topline.derive.subjects import pick_date
from topline.execute.local import Workings
from topline.records.load import Records
from topline.report.story.assessments import tell_assessments
from topline.report.story.best import tell_best
from topline.report.story.laboratory import tell_ata, tell_biochemical
from topline.report.story.model import Story
from topline.report.story.outcomes import tell_outcome
from topline.report.story.patient import Patient
from topline.report.story.safety import tell_adverse_events
from topline.report.story.timeline import tell_timeline
from topline.report.story.treatment import tell_treatment
from topline.report.story.who import recorded_origin, tell_origin, tell_who
from topline.report.words import counted
from topline.study.ata import AtaResponse
from topline.study.endpoints import BiochemicalResponse, TimeToEvent
from topline.study.problems import Finding, InputError
from topline.study.protocol import Protocol


def check_subject(records: Records, subject: str) -> None:
    """Refuse a subject who isn't in the records, naming no other.

    Raises
    ------
    InputError
        EXP-0001, with how many ids are nearly the same.
    """
    known = records["DM"]["USUBJID"].drop_nulls().unique().to_list()
    if subject in known:
        return
    plain = subject.strip().upper()
    same = [name for name in known if str(name).strip().upper() == plain]
    if same:
        near = f"{counted(len(same), 'id differs', 'ids differ')} from it only in case or blanks"
    else:
        n = len(get_close_matches(plain, [str(name).upper() for name in known], n=10, cutoff=0.8))
        near = f"{'10 or more' if n == 10 else n} {'id is' if n == 1 else 'ids are'} nearly the same"
    raise InputError(
        [
            Finding(
                "EXP-0001",
                "error",
                f"there is no such patient in DM ({near})",
                records.names.get("DM"),
                column="USUBJID",
                value=subject,
                expected="a subject id exactly as the records write it",
            )
        ]
    )


def check_endpoint(protocol: Protocol, endpoint: str | None) -> None:
    """Refuse an endpoint that the protocol doesn't have.

    Raises
    ------
    InputError
        EXP-0002, with the endpoints there are.
    """
    known = [item.id for item in protocol.endpoints]
    if endpoint is not None and endpoint not in known:
        expected = f"one of {', '.join(known)}" if known else "none: the protocol has no endpoints"
        raise InputError([Finding("EXP-0002", "error", "the protocol has no such endpoint", value=endpoint, expected=expected)])


def tell_story(protocol: Protocol, records: Records, workings: Workings, subject: str, endpoint: str | None = None) -> Story:
    """Return one patient's story.

    Parameters
    ----------
    protocol : Protocol
    records : Records
        As loaded: patients who are not in the study are told of from these.
    workings : Workings
        What was derived from them, of the whole study or of this patient alone.
    subject : str
    endpoint : str, optional
        Tell only what this endpoint rests on.
    """
    datasets = workings.datasets
    patient = Patient(subject, protocol, workings.records, datasets, workings.response, {})
    facts = patient.rows(datasets.adsl)
    inside = bool(facts)
    if inside:
        patient = Patient(subject, protocol, workings.records, datasets, workings.response, facts[0])
    else:
        patient = Patient(subject, protocol, records, datasets, workings.response, _outside(patient, records))
    chosen = [item for item in protocol.endpoints if endpoint in (None, item.id)] if inside else []
    times = [item for item in chosen if isinstance(item, TimeToEvent)]
    biochemical = [item for item in chosen if isinstance(item, BiochemicalResponse | AtaResponse)]
    whole = endpoint is None
    on_tumours = whole or len(biochemical) < len(chosen)
    treatment = tell_treatment(patient) if whole else None
    assessments = tell_assessments(patient) if inside and on_tumours else None
    study = protocol.study
    return Story(
        study.id,
        study.title,
        study.synthetic,
        subject,
        study.cutoff.isoformat() if study.cutoff is not None else None,
        tell_who(patient, inside=inside),
        tell_origin(patient),
        treatment,
        tell_timeline(patient, treatment, assessments) if inside and whole else (),
        assessments,
        tell_best(patient) if inside and on_tumours and len(times) < max(len(chosen), 1) else None,
        tuple(tell_outcome(patient, item) for item in times),
        tuple(tell_ata(patient, item) if isinstance(item, AtaResponse) else tell_biochemical(patient, item) for item in biochemical),
        tell_adverse_events(patient) if inside and whole else None,
        tuple(str(item) for item in datasets.findings if item.subject == subject) if whole else (),
    )


def _outside(patient: Patient, records: Records) -> dict[str, object]:
    """What is known of a patient who isn't in ADSL: the row of DM, and the time origin that was looked up."""
    facts = dict(patient.rows(records["DM"])[0])
    source = patient.protocol.study.origin
    if source.domain in records:
        facts["ORIGDT"] = recorded_origin(patient.of(pick_date(records, source, "ORIGDT")))
    return facts
