"""Exposure: cycles, duration, dose reductions, interruptions, delays, discontinuation and relative dose intensity of each drug."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from topline.analyze.baseline import QUARTILES, summary
from topline.analyze.context import Context, Group, row
from topline.analyze.results import Result
from topline.study.analyses import ExposureAnalysis

_COUNTS = (
    ("REDUCED", "NREDUC", "patients with at least one dose reduction"),
    ("REDUCAE", "NREDUCAE", "patients with a dose reduction for an adverse event"),
    ("INTERRUPTED", "INTRPDY", "patients with planned days on without drug while treatment continued"),
    ("DELAYED", "NDELAY", "patients with a cycle that began late"),
    ("REESCALATED", "NREESC", "patients back at a higher dose"),
)
_SUMMARIES = (("CYCLES", "NCYCLE", "cycles"), ("DURATION", "DURD", "days"), ("CUMDOSE", "CUMDOSE", None))


def analyse_exposure(analysis: ExposureAnalysis, context: Context) -> list[Result]:
    """Return the exposure of the patients who took each drug of the schedule."""
    adex = context.datasets.adex
    assert adex is not None
    rows: list[Result] = []
    for drug in context.protocol.schedule.drugs:
        label = drug.label or drug.drug
        for group in context.groups(analysis):
            took = adex.filter(pl.col("EXTRT") == drug.drug).join(group.subjects.select("USUBJID"), on="USUBJID", how="semi")
            rows += _taken(analysis, group, took, label, drug.unit, context)
            if drug.dose_levels:
                rows += _adherence(analysis, group, took, label, context)
    for group in context.groups(analysis):
        rows += _stopped(analysis, group, context)
    return rows


def _taken(analysis: ExposureAnalysis, group: Group, took: pl.DataFrame, label: str, unit: str, context: Context) -> Iterator[Result]:
    common = {"variable": label, "n": took.height, "subject_set": context.sets.ordinal(took["USUBJID"])}
    yield row(analysis, group, "n", took.height, endpoint="EXPOSED", unit="patients", **common)
    if took.height == 0:
        return
    for code, column, of in _SUMMARIES:
        for statistic, value in summary(took[column].cast(pl.Float64).to_numpy()).items():
            if value is not None:
                yield row(analysis, group, statistic, value, endpoint=code, unit=of or unit, method=QUARTILES, **common)


def _adherence(analysis: ExposureAnalysis, group: Group, took: pl.DataFrame, label: str, context: Context) -> Iterator[Result]:
    """What became of the planned dose; only of drugs whose dose levels the schedule names."""
    if took.height == 0:
        return
    common = {"variable": label, "n": took.height, "subject_set": context.sets.ordinal(took["USUBJID"])}
    for statistic, value in summary(took["RDI"].to_numpy()).items():
        if value is not None:
            method = {"name": "relative dose intensity", "planned": "first dose level × days on / cycle length"}
            yield row(analysis, group, "rdi", value, endpoint="RDI", level=statistic, unit="proportion", method=method, **common)
    for code, column, meaning in _COUNTS:
        members = took.filter(pl.col(column) > 0)["USUBJID"]
        fields = common | {
            "endpoint": code,
            "events": len(members),
            "method": {"name": meaning},
            "subject_set": context.sets.ordinal(members),
        }
        yield row(analysis, group, "count", len(members), unit="patients", **fields)
        yield row(analysis, group, "percent", 100 * len(members) / took.height, unit="%", **fields)
    yield row(analysis, group, "count", int(took["NREDUC"].sum()), endpoint="REDUCTIONS", unit="steps", **common)


def _stopped(analysis: ExposureAnalysis, group: Group, context: Context) -> Iterator[Result]:
    """Patients by the reason for which treatment ended, as the disposition says (ADSL.DCTREAS)."""
    if "DCTREAS" not in group.subjects.columns:
        return
    ended = group.subjects.drop_nulls("DCTREAS")
    reasons = {"ADVERSE EVENT": "Adverse event"} | {reason: reason.capitalize() for reason in ended["DCTREAS"].unique().sort()}
    for reason, label in reasons.items():
        members = ended.filter(pl.col("DCTREAS") == reason)["USUBJID"]
        fields = {"endpoint": "DISCONTINUED", "level": label, "events": len(members), "subject_set": context.sets.ordinal(members)}
        fields["method"] = {"name": "last disposition event recorded"}
        yield row(analysis, group, "count", len(members), unit="patients", **fields)
        if group.n:
            yield row(analysis, group, "percent", 100 * len(members) / group.n, unit="%", **fields)
