"""Cut the dates of a sheet with one row a patient at the data cut-off: what came later has not happened yet."""

from __future__ import annotations

import polars as pl

from topline.records.domains import day_name
from topline.records.load import Records
from topline.study.conditions import variables_of
from topline.study.endpoints import RecordedCensor, RecordedEvent, TimeToEvent
from topline.study.protocol import Protocol


def cut_sheet(records: Records, cutoff: int | None, protocol: Protocol) -> Records:
    """Return the records with the dates of DM that the rules read cut at the cut-off.

    A date at which patients are censored (a last follow-up) and that lies later shows that the patient was followed up to the cut-off,
    and becomes it; any other later date (progression, start of treatment) is emptied. Where one column is both, by a flag such as
    DTHFL = 'Y', the flag of a later date becomes N: the event was after the cut-off.
    """
    if cutoff is None:
        return records
    table = records["DM"]
    events, contacts, flags = _dates(protocol)
    later: dict[str, list[pl.Expr]] = {}
    for variable in sorted(events | contacts):
        day = day_name(variable)
        if day not in table.columns or day == "DTHDT":
            continue
        late = (pl.col(day) > cutoff).fill_null(value=False)
        kept = pl.lit(cutoff if variable in contacts else None, pl.Int32)
        later.setdefault(day, []).append(pl.when(late).then(kept).otherwise(pl.col(day)))
        for flag in flags.get(variable, set()) & set(table.columns) if variable in contacts else ():
            table = table.with_columns(pl.when(late).then(pl.lit("N")).otherwise(pl.col(flag)).alias(flag))
    table = table.with_columns(expression.alias(day) for day, expressions in later.items() for expression in expressions)
    return records.replace({**records.tables, "DM": table})


def _dates(protocol: Protocol) -> tuple[set[str], set[str], dict[str, set[str]]]:
    """DM dates of events (and of the time origin), DM dates of censoring, and the flags that choose among an event's dates."""
    origin = protocol.study.origin
    events = {origin.variable} if origin.domain == "DM" else set()
    contacts: set[str] = set()
    flags: dict[str, set[str]] = {}
    for endpoint in protocol.endpoints:
        if not isinstance(endpoint, TimeToEvent):
            continue
        for rule in (*endpoint.events, *endpoint.censoring):
            if not isinstance(rule, RecordedEvent | RecordedCensor) or rule.source.domain != "DM":
                continue
            (events if isinstance(rule, RecordedEvent) else contacts).add(rule.source.variable)
            if isinstance(rule, RecordedEvent) and rule.source.where is not None:
                names = {name for name in variables_of(rule.source.where) if name.endswith("FL")}
                flags.setdefault(rule.source.variable, set()).update(names)
    return events, contacts, flags
