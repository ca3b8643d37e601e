"""Cut the records at the data cut-off: what was recorded after it is not seen by any derivation."""

from __future__ import annotations

import polars as pl

from topline.records.domains import CONTRACTS, day_name
from topline.records.load import Records
from topline.study.problems import Finding, Tally

_ENDS = {"EX": "EXENDT", "AE": "AEENDT", "CM": "CMENDT", "PR": "PRENDT"}


def cut_records(records: Records, cutoff: int | None) -> Records:
    """Return the records up to and including the cut-off.

    Rows dated after it are left out. Dosing that goes on past it ends at it; an event or a medication that ends after it is
    ongoing (its end is empty); a death after it hasn't happened yet. A row without a full date stays unless even its earliest
    possible day lies after the cut-off; so does a death. How many rows of each domain were cut is a finding (DER-0001).

    Parameters
    ----------
    records : Records
    cutoff : int or None
        Days since 1970-01-01; None cuts nothing.
    """
    if cutoff is None:
        return records
    tables = dict(records.tables)
    findings = []
    for domain, table in records.tables.items():
        timing = CONTRACTS[domain].timing
        result = table
        if timing is not None and day_name(timing) + "LO" in table.columns:
            result = table.filter((pl.col(day_name(timing) + "LO") <= cutoff).fill_null(value=True))
        end = _ENDS.get(domain)
        if end is not None and end in table.columns:
            late = pl.col(end) > cutoff
            kept = pl.lit(cutoff, pl.Int32) if domain == "EX" else pl.lit(None, pl.Int32)
            result = result.with_columns(pl.when(late).then(kept).otherwise(pl.col(end)).alias(end))
        if domain == "DM" and "DTHDT" in table.columns:
            earliest = pl.coalesce("DTHDT", "DTHDTLO") if "DTHDTLO" in table.columns else pl.col("DTHDT")
            late = (earliest > cutoff).fill_null(value=False)
            result = result.with_columns(
                pl.when(late).then(pl.lit(None, table.schema[name])).otherwise(pl.col(name)).alias(name)
                for name in ("DTHDT", "DTHFL")
                if name in table.columns
            )
        tables[domain] = result
        if result.height < table.height:
            n = table.height - result.height
            one, many = (f"{{n}} {domain} {records} after the data cut-off left out" for records in ("record", "records"))
            findings.append(Finding("DER-0001", "note", "", tally=Tally.rows(n, one, many)))
    return records.replace(tables, tuple(findings))


def drop_astride(records: Records, cutoff: int | None) -> Records:
    """Return the records without the tumour visits (TU, TR and RS rows of one VISITNUM) that have scans on both sides of the cut-off.

    How many visits were dropped is a finding (DER-0002).
    """
    if cutoff is None:
        return records
    tables, keys = dict(records.tables), ["USUBJID", "VISITNUM"]
    scans = [
        table.select(*keys, pl.col(domain + "DT").alias("DT"))
        for domain, table in tables.items()
        if domain in ("TU", "TR", "RS") and {"VISITNUM", domain + "DT"} <= set(table.columns)
    ]
    if not scans:
        return records
    days = pl.concat(scans).drop_nulls().group_by(keys).agg(pl.col("DT").min().alias("first"), pl.col("DT").max().alias("last"))
    astride = days.filter((pl.col("first") <= cutoff) & (pl.col("last") > cutoff))
    if astride.height == 0:
        return records
    for domain in ("TU", "TR", "RS"):
        if domain in tables and "VISITNUM" in tables[domain].columns:
            tables[domain] = tables[domain].join(astride.select(keys), on=keys, how="anti", maintain_order="left")
    one, many = (f"{{n}} tumour {visits} with scans on both sides of the data cut-off left out" for visits in ("visit", "visits"))
    return records.replace(tables, (Finding("DER-0002", "note", "", tally=Tally.rows(astride.height, one, many)),))
