"""Findings that need the time origin or the protocol: what the records hold that the protocol doesn't expect, and what came too early."""

from __future__ import annotations

import polars as pl

from topline.derive.subjects import derived_in
from topline.records.load import Records
from topline.records.read import ROW
from topline.study.endpoints import TimeToEvent
from topline.study.problems import Finding, Tally
from topline.study.protocol import Protocol


def check_plausibility(records: Records, subjects: pl.DataFrame, protocol: Protocol) -> list[Finding]:
    """Return what is worth knowing before the results are read; nothing is changed.

    DER-0070 a progression recorded on or before the time origin; DER-0071 a drug that the schedule doesn't know; DER-0072 a drug of the
    protocol that nobody took; DER-0073 a patient of a population without time origin; DER-0074 one whose group the protocol doesn't know;
    DER-0075 a variable of DM that is derived here; DER-0076 a population without patients; DER-0077 a value that can't be.

    Parameters
    ----------
    subjects : DataFrame
        ADSL with its population flags.
    """
    return [
        *_early_progressions(records, subjects, protocol),
        *_drugs(records, protocol),
        *_without_origin(subjects, protocol),
        *_without_group(subjects, protocol),
        *_derived_here(records),
        *_empty_populations(subjects, protocol),
        *_impossible(records),
    ]


def _early_progressions(records: Records, subjects: pl.DataFrame, protocol: Protocol) -> list[Finding]:
    if protocol.response is None or protocol.response.entry != "recorded_visits" or "RS" not in records:
        return []
    rows = records["RS"].join(subjects.select("USUBJID", "ORIGDT"), on="USUBJID", how="inner")
    early = rows.filter(pl.col("RSORRES").is_in(["PD", "PROGRESSIVE DISEASE"]) & (pl.col("RSDT") <= pl.col("ORIGDT")))
    source = "RSDTC" if "RSDTC" in early.columns else "RSDY"
    return [
        Finding(
            "DER-0070",
            "warning",
            "a progression is dated on or before the time origin; it is not an event",
            "RS",
            row,
            source,
            str(value),
            "a date after the time origin",
            "check the date, and that of the time origin",
            subject,
        )
        for row, value, subject in early.select(ROW, source, "USUBJID").iter_rows()
    ]


def _drugs(records: Records, protocol: Protocol) -> list[Finding]:
    if "EX" not in records:
        return []
    table = records["EX"]
    taken = set(table["EXTRT"].drop_nulls())
    planned = [drug.drug.strip().upper() for drug in protocol.schedule.drugs]
    findings = []
    unknown_drug = "is a drug that the schedule doesn't know ({n} %s); its exposure is not summarised"
    modes = protocol.treatment_modes
    if planned and (modes is None or modes.domain != "EX"):
        unknown = table.filter(~pl.col("EXTRT").is_in(planned))
        for name, row, n in unknown.group_by("EXTRT").agg(pl.col(ROW).min(), pl.len()).sort(ROW).iter_rows():
            findings.append(
                Finding(
                    "DER-0071",
                    "warning",
                    "",
                    "EX",
                    row,
                    "EXTRT",
                    name,
                    " or ".join(planned),
                    "correct the name, or add the drug to schedule.drugs",
                    tally=Tally.rows(n, unknown_drug % "row", unknown_drug % "rows", name),
                )
            )
    given = tuple((drug, 1) for drug in sorted(taken))
    wanted = [*planned, *(drug.strip().upper() for drug in protocol.adverse_events.drugs)]
    return findings + [
        Finding(
            "DER-0072",
            "warning",
            "",
            "EX",
            column="EXTRT",
            todo="correct the name in the protocol, or map the records' values to it",
            tally=Tally(given, *(f"the protocol names the drug {name}, which nobody took",) * 2, expected="one of {names}", absence=True),
        )
        for name in dict.fromkeys(wanted)
        if name not in taken
    ]


def _members(subjects: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    return subjects.filter(pl.any_horizontal(pl.col(item.id + "FL") == "Y" for item in protocol.populations))


def _without_origin(subjects: pl.DataFrame, protocol: Protocol) -> list[Finding]:
    if not any(isinstance(item, TimeToEvent) and item.recorded is None for item in protocol.endpoints):
        return []
    lost = _members(subjects, protocol).filter(pl.col("ORIGDT").is_null())
    return [
        Finding(
            "DER-0073",
            "warning",
            "the patient has no time origin, and so no time to event and no response",
            "DM",
            row,
            expected=f"a full date from {protocol.study.origin}",
            todo="add it, or exclude such patients by a rule of the population",
            subject=subject,
        )
        for row, subject in lost.select(ROW, "USUBJID").iter_rows()
    ]


def _without_group(subjects: pl.DataFrame, protocol: Protocol) -> list[Finding]:
    groups = protocol.groups
    if groups is None or groups.variable == "TRTMODE":
        return []
    lost = _members(subjects, protocol).filter(pl.col("TRT01P").is_null())
    return [
        Finding(
            "DER-0074",
            "warning",
            "the patient is in none of the treatment groups, and so in no comparison",
            "DM",
            row,
            groups.variable,
            value,
            " or ".join(value for level in groups.levels for value in level.values),
            "correct the value, or add it to groups.levels",
            subject,
        )
        for row, value, subject in lost.select(ROW, pl.col(groups.variable).cast(pl.String), "USUBJID").iter_rows()
    ]


def _derived_here(records: Records) -> list[Finding]:
    message = "is derived from the other records; the values in DM are not used"
    return [Finding("DER-0075", "warning", message, "DM", 1, name, todo="rename the column to keep it") for name in derived_in(records)]


def _empty_populations(subjects: pl.DataFrame, protocol: Protocol) -> list[Finding]:
    return [
        Finding("DER-0076", "warning", "", todo="check its rules", tally=Tally((), text, text, absence=True))
        for item in protocol.populations
        for text in [f"no patient is in the population {item.id} ({item.label})"]
        if not (subjects[item.id + "FL"] == "Y").any()
    ]


_LIMITS = (("DM", "AGE", 0.0, 120.0), ("EX", "EXDOSE", 0.0, None))
_YEARS = (-25_567, 65_744)
"""Days since 1970-01-01 of 1900-01-01 and 2150-01-01."""


def _impossible(records: Records) -> list[Finding]:
    """Ages and doses outside what can be, and dates of another century; they are used as they stand."""
    findings = []
    for domain, variable, low, high in _LIMITS:
        if domain not in records or variable not in records[domain].columns:
            continue
        value = pl.col(variable)
        outside = (value < low) if high is None else (value < low) | (value > high)
        for row, subject, number in records[domain].filter(outside).select(ROW, "USUBJID", variable).iter_rows():
            expected = f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
            findings.append(
                Finding(
                    "DER-0077",
                    "warning",
                    "can't be",
                    records.names.get(domain, domain),
                    row,
                    variable,
                    f"{number:g}",
                    expected,
                    subject=subject,
                )
            )
    for domain, table in records.tables.items():
        for variable in (name for name in table.columns if name.endswith("DTC") and name[:-1] in table.columns):
            day = pl.col(variable[:-1])
            for row, subject, text in table.filter((day < _YEARS[0]) | (day > _YEARS[1])).select(ROW, "USUBJID", variable).iter_rows():
                file = records.names.get(domain, domain)
                findings.append(
                    Finding(
                        "DER-0077", "warning", "is a date of another century", file, row, variable, text, todo="correct it", subject=subject
                    )
                )
    return findings
