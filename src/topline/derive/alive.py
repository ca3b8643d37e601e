"""The last date on which a patient is known to have been alive, from every dated record, and at most the data cut-off."""

from __future__ import annotations

import polars as pl

from topline.derive.runs import RUN, fold_runs, with_runs
from topline.records.load import Records

_EVIDENCE = {
    "EX": ("EXSTDT", "EXENDT"),
    "TU": ("TUDT",),
    "TR": ("TRDT",),
    "RS": ("RSDT",),
    "AE": ("AESTDT",),
    "LB": ("LBDT",),
    "DS": ("DSSTDT",),
    "CM": ("CMSTDT",),
    "PR": ("PRSTDT",),
    "SS": ("SSDT",),
}
_OF_SUBJECT = ("RFICDT", "RFSTDT", "RFXSTDT", "RFXENDT", "RFENDT", "LASTFUDT", "DTHDT")
"""Days of DM on which a patient was alive: consent, reference and exposure dates, last follow-up, and the day of death."""
_DEAD = ("DEAD", "DIED", "DEATH")


def last_known_alive(records: Records, cutoff: int | None) -> pl.DataFrame:
    """Return for each patient the last day known alive, and where it comes from.

    A contact, or a death, after the cut-off shows that the patient was alive at it: the day is then the cut-off.

    Parameters
    ----------
    records : Records
        Records before they are cut.
    cutoff : int or None
        Data cut-off, in days since 1970-01-01.

    Returns
    -------
    DataFrame
        USUBJID, LSTALVDT (Int32 days), LSTALVSRC (such as ``SS.SSDT``), LSTALVSEQ; a patient without any dated record is absent.
    """
    parts = [
        _dated(_alive(records[domain], domain), day, f"{domain}.{day}", pl.col(f"{domain}SEQ"))
        for domain, days in _EVIDENCE.items()
        for day in days
        if domain in records and day in records[domain].columns
    ]
    subjects = records["DM"]
    parts += [_dated(subjects, day, f"DM.{day}", pl.lit(None, pl.Int64)) for day in _OF_SUBJECT if day in subjects.columns]
    if not parts:
        return pl.DataFrame(schema={"USUBJID": pl.String, "LSTALVDT": pl.Int32, "LSTALVSRC": pl.String, "LSTALVSEQ": pl.Int64})
    evidence = pl.concat(_latest(part, cutoff) for part in parts)
    return evidence.sort("USUBJID", "LSTALVDT", "LSTALVSRC", "LSTALVSEQ", nulls_last=True).group_by("USUBJID", maintain_order=True).last()


def _latest(part: pl.DataFrame, cutoff: int | None) -> pl.DataFrame:
    """The rows of a patient's last day in one table; first of each run of the patient's rows, which leaves few."""
    part = part.drop_nulls("LSTALVDT")
    if cutoff is not None:
        part = part.with_columns(pl.col("LSTALVDT").clip(upper_bound=cutoff))
    latest = fold_runs(part, ["USUBJID"], {"latest": (pl.col("LSTALVDT"), "max")})["latest"]
    part = part.filter(pl.col("LSTALVDT") == latest.gather(with_runs(part, "USUBJID")[RUN]))
    return part.filter(pl.col("LSTALVDT") == pl.col("LSTALVDT").max().over("USUBJID"))


def _alive(table: pl.DataFrame, domain: str) -> pl.DataFrame:
    """Rows that show a living patient: all but the statuses that say dead."""
    return table.filter(~pl.col("SSORRES").is_in(_DEAD).fill_null(value=False)) if domain == "SS" else table


def _dated(table: pl.DataFrame, day: str, source: str, sequence: pl.Expr) -> pl.DataFrame:
    return table.select("USUBJID", pl.col(day).alias("LSTALVDT"), pl.lit(source).alias("LSTALVSRC"), sequence.alias("LSTALVSEQ"))
