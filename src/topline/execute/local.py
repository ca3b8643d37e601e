"""Run every derivation of a study in one frame, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import polars as pl

from topline.derive.adverse_events import derive_adverse_events
from topline.derive.alive import last_known_alive
from topline.derive.ata import adrs_of_ata, ata_of_patients, derive_ata
from topline.derive.cutoff import cut_records, drop_astride
from topline.derive.cutoff_sheet import cut_sheet
from topline.derive.datasets import DATASETS, Datasets, by_evaluator, make_adrs, make_adtr, make_best
from topline.derive.disposition import derive_disposition
from topline.derive.exposure import derive_exposure
from topline.derive.labs import biochemical_response, derive_labs
from topline.derive.plausibility import check_plausibility
from topline.derive.population import derive_populations
from topline.derive.response.derive import Response, derive_response
from topline.derive.subjects import derive_subjects
from topline.derive.time_to_event import ADTTE_SCHEMA, derive_time_to_event, recorded_time
from topline.derive.treatment import check_drugs, inside_window
from topline.records.load import Records
from topline.study.ata import AtaResponse
from topline.study.calendar import days
from topline.study.endpoints import BiochemicalResponse, TimeToEvent
from topline.study.problems import Finding
from topline.study.protocol import Protocol

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Workings:
    """The datasets and what they were made from: the records that were used (cut at the cut-off), and response step by step."""

    datasets: Datasets
    records: Records
    response: Response | None


def derive_all(protocol: Protocol, records: Records, progress: Progress = lambda _: None, wanted: Collection[str] = DATASETS) -> Datasets:
    """Return the analysis datasets of a study (see `derive_with_workings`)."""
    return derive_with_workings(protocol, records, progress, wanted).datasets


def derive_with_workings(
    protocol: Protocol, records: Records, progress: Progress = lambda _: None, wanted: Collection[str] = DATASETS
) -> Workings:
    """Return the analysis datasets of a study, and what they were made from.

    Parameters
    ----------
    protocol : Protocol
    records : Records
        As loaded; they are cut at the protocol's data cut-off here.
    progress : callable
        Told the name of each step as it begins.
    wanted : collection of str
        Of `DATASETS`: ADTR, by far the longest, is made only where it is named. The others are made in any case.
    """
    dated = protocol.records.timing == "dates"
    cutoff = days(protocol.study.cutoff) if protocol.study.cutoff is not None and dated else None
    progress("patients")
    if protocol.response is not None and protocol.response.parameters.visit_astride_cutoff == "dropped":
        records = drop_astride(records, cutoff)
    seen = records if protocol.study.contact_after_cutoff == "alive_at_cutoff" else cut_records(records, cutoff)
    alive = last_known_alive(seen, cutoff)
    records = cut_sheet(cut_records(records, cutoff), cutoff, protocol)
    subjects = derive_subjects(records, protocol, alive)
    records = records.replace({name: _of(table, subjects) for name, table in records.tables.items()})
    subjects = derive_disposition(records, subjects)
    findings: list[Finding] = list(records.findings)
    adex = None
    if protocol.schedule.drugs and "EX" in records:
        progress("exposure")
        adex = derive_exposure(records, subjects, protocol.schedule.drugs, cutoff)
        subjects = _count_cycles(subjects, adex, protocol)
    progress("populations")
    subjects, attrition = derive_populations(subjects, records, protocol)
    findings += check_plausibility(records, subjects, protocol)
    progress("response")
    response = derive_response(records, subjects, protocol)
    for judged in (response, *response.others.values()) if response is not None else ():
        known = set(findings)
        findings += [item for item in judged.findings if item not in known]
    progress("laboratory")
    labs, problems = derive_labs(records, subjects, protocol)
    findings += problems
    biochemical = {e.id: biochemical_response(labs, subjects, e) for e in protocol.endpoints if isinstance(e, BiochemicalResponse)}
    ata: dict[str, pl.DataFrame] = {}
    for item in protocol.endpoints:
        if isinstance(item, AtaResponse):
            ata[item.id], problems = derive_ata(records, subjects, item, protocol.records.lab_units)
            findings += problems
            biochemical[item.id] = ata_of_patients(ata[item.id], subjects)
    best = make_best(response, subjects, biochemical, protocol)
    progress("time to event")
    times = [pl.DataFrame(schema=ADTTE_SCHEMA)]
    for endpoint in protocol.endpoints:
        if isinstance(endpoint, TimeToEvent):
            if endpoint.recorded is not None:
                rows, problems = recorded_time(endpoint, subjects, protocol.display.days_per_month)
            else:
                rows, problems = derive_time_to_event(endpoint, subjects, records, response, protocol.schedule.assessments)
            times.append(rows)
            findings += problems
    adtte = pl.concat(times)
    if protocol.treatment_modes is not None:
        findings += check_drugs(records, subjects, protocol.treatment_modes, protocol.study.treatment_rows)
        findings += inside_window(adtte, subjects, protocol.treatment_modes)
    progress("adverse events")
    adae = None
    if "AE" in records:
        adae, problems = derive_adverse_events(records, subjects, protocol.adverse_events, protocol.study.treatment_rows)
        findings += problems
    datasets = Datasets(
        adsl=subjects,
        adtte=adtte,
        adrs=_adrs(response, best, ata, protocol),
        adtr=make_adtr(response) if response is not None and "adtr" in wanted else None,
        adex=adex,
        adae=adae,
        adlb=labs if labs.height else None,
        best=best,
        evaluators=by_evaluator(response),
        counted=response.counted.select("USUBJID", "VISIT") if response is not None else None,
        attrition=attrition,
        findings=tuple(findings),
    )
    return Workings(datasets, records, response)


def _adrs(response: Response | None, best: pl.DataFrame | None, ata: Mapping[str, pl.DataFrame], protocol: Protocol) -> pl.DataFrame | None:
    """ADRS of the response criterion, and of the ATA endpoints; None when there is neither."""
    parts = [make_adrs(response, best, protocol)] if response is not None and best is not None else []
    parts += [adrs_of_ata(item, ata[item.id]) for item in protocol.endpoints if isinstance(item, AtaResponse)]
    return pl.concat(parts) if parts else None


def _of(table: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    inside = table["USUBJID"].is_in(subjects["USUBJID"].implode())
    return table if inside.all() else table.filter(inside)


def _count_cycles(subjects: pl.DataFrame, adex: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """Add NCYCLE: cycles of the first drug of the schedule that were started; 0 for patients without."""
    drug = protocol.schedule.drugs[0].drug
    cycles = adex.filter(pl.col("EXTRT") == drug).select("USUBJID", "NCYCLE")
    return subjects.join(cycles, on="USUBJID", how="left", maintain_order="left").with_columns(pl.col("NCYCLE").fill_null(0))
