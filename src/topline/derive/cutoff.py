"""Cut the records at the data cut-off: what was recorded after it is not seen by any derivation."""

from __future__ import annotations

import polars as pl

from topline.records.domains import CONTRACTS, day_name
from topline.records.load import Records
from topline.study.problems import Finding

_ENDS = {"EX": "EXENDT", "AE": "AEENDT", "CM": "CMENDT", "PR": "PRENDT"}


def cut_records(records: Records, cutoff: int | None) -> Records:
    """Return the records up to and including the cut-off.

    Rows dated after it are left out. Dosing that goes on past it ends at it; an event or a medication that ends after it is
    ongoing (its end is empty); a death after it hasn't happened yet. A row without a full date stays unless even its earliest
    possible day lies after the cut-off. How many rows of each domain were cut is a finding (DER-0001).

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
            late = (pl.col("DTHDT") > cutoff).fill_null(value=False)
            result = result.with_columns(
                pl.when(late).then(pl.lit(None, table.schema[name])).otherwise(pl.col(name)).alias(name)
                for name in ("DTHDT", "DTHFL")
                if name in table.columns
            )
        tables[domain] = result
        if result.height < table.height:
            n = table.height - result.height
            findings.append(
                Finding("DER-0001", "note", f"{n} {domain} {'record' if n == 1 else 'records'} after the data cut-off left out")
            )
    return records.replace(tables, tuple(findings))
