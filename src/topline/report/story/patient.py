"""One patient among the derived frames: their rows, their days on their own clock, and where a record of theirs stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from topline.derive.datasets import Datasets
from topline.derive.response.derive import Response
from topline.records.domains import study_day_name
from topline.records.load import Records
from topline.records.read import ROW
from topline.report.display import ABSENT, Show, round_exactly
from topline.report.story.model import Day, Place
from topline.study.protocol import Protocol

_EPOCH = date(1970, 1, 1).toordinal()
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Patient:
    """A patient, and the frames that hold what was derived.

    `facts` is the row of ADSL, or of DM for a patient who isn't in the study.
    """

    subject: str
    protocol: Protocol
    records: Records
    datasets: Datasets
    response: Response | None
    facts: Mapping[str, Any]

    @property
    def origin(self) -> int | None:
        """The time origin."""
        return self.facts.get("ORIGDT")

    @property
    def show(self) -> Show:
        """The protocol's conventions of display."""
        return Show(self.protocol.display)

    def of(self, frame: pl.DataFrame | None) -> pl.DataFrame:
        """The patient's rows of a frame; empty where there is none."""
        return pl.DataFrame() if frame is None else frame.filter(pl.col("USUBJID") == self.subject)

    def rows(self, frame: pl.DataFrame | None) -> list[dict[str, Any]]:
        """The patient's rows of a frame, as dictionaries."""
        return list(self.of(frame).iter_rows(named=True))

    def day(self, day: int) -> Day:
        """A day on the patient's clock: the day of the origin is day 1, the day before it day -1."""
        after = None if self.origin is None else day - self.origin
        study_day = None if after is None else (after + 1 if after >= 0 else after)
        if self.protocol.records.timing == "study_days":
            return Day(None, study_day if study_day is not None else day + 1)
        return Day(date.fromordinal(day + _EPOCH).isoformat(), study_day)

    def day_or_none(self, day: int | None) -> Day | None:
        """The same, where there may be none."""
        return None if day is None else self.day(day)

    def place(self, domain: str, sequence: int | None, variable: str | None = None) -> Place | None:
        """Where a record of the patient stands: its file, row, column and value; None when it isn't in the records."""
        if domain not in self.records:
            return None
        table = self.of(self.records[domain])
        if sequence is not None and domain + "SEQ" in table.columns and domain != "DM":
            table = table.filter(pl.col(domain + "SEQ") == sequence)
        if table.height == 0:
            return None
        names = () if variable is None else (variable + "C", study_day_name(variable), variable[:-1] + "Y", variable)
        column = next((name for name in names if name in table.columns), None)
        value = None if column is None or table[column][0] is None else str(table[column][0])
        return Place(self.records.names.get(domain, domain), (int(table[ROW][0]),), column, value)

    def places(self, domain: str, sequences: list[int]) -> Place | None:
        """Where several records of one domain stand."""
        if domain not in self.records or not sequences:
            return None
        table = self.of(self.records[domain])
        rows = table.filter(pl.col(domain + "SEQ").is_in(sequences))[ROW].sort().to_list()
        return Place(self.records.names.get(domain, domain), tuple(rows)) if rows else None

    def cell(self, domain: str, sequence: int | None, *variables: str) -> str | None:
        """The first of some variables that a record has a value of."""
        if domain not in self.records or sequence is None:
            return None
        row = self.of(self.records[domain]).filter(pl.col(domain + "SEQ") == sequence)
        known = [str(row[name][0]) for name in variables if name in row.columns and row.height and row[name][0] is not None]
        return known[0] if known else None


def number(value: float | None, decimals: int = 1) -> str:
    """A number with at most so many decimals: 24, 12.5."""
    if value is None:
        return ABSENT
    text = f"{round_exactly(value, decimals):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", _MINUS)


def signed(value: float | None, unit: str, limit: float | None = None) -> str:
    """A change with its sign and one decimal: +20.0%; more decimals where one would make it look like a limit that it isn't at."""
    if value is None:
        return ABSENT
    decimals = 1
    while limit is not None and decimals < 6 and float(round_exactly(value, decimals)) == limit and abs(value - limit) > 1e-9:
        decimals += 1
    shown = round_exactly(value, decimals)
    return f"{'+' if shown > 0 else ''}{shown:f}{unit}".replace("-", _MINUS)


def plain(value: object) -> str:
    """A recorded value as text: 44, not 44.0."""
    return number(value, 6) if isinstance(value, float) else str(value)
