"""Tiny studies: patients told in days after the first dose (day 0), written as records, read and derived like any other study."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from topline.derive.datasets import Datasets
from topline.execute.local import derive_all
from topline.records.load import load_records
from topline.study.protocol import Protocol

START = date(2024, 1, 1)
EPOCH = date(1970, 1, 1)
ROLES = {"T": ("TARGET", "LUNG"), "G": ("TARGET", "LYMPH NODE"), "N": ("NON-TARGET", "BONE"), "L": ("NEW", "LIVER")}
ENDPOINTS: list[dict[str, Any]] = [
    {"id": "ORR", "type": "response_rate", "label": "Response", "responses": ["CR", "PR"]},
    {"id": "DCR", "type": "response_rate", "label": "Disease control", "responses": ["CR", "PR", "SD", "NON-CR/NON-PD"]},
    {"id": "PFS", "type": "time_to_event", "label": "PFS", "preset": "pfs_fda_a"},
    {"id": "PFSEMA", "type": "time_to_event", "label": "PFS, treatment policy", "preset": "pfs_treatment_policy"},
    {"id": "OS", "type": "time_to_event", "label": "OS", "preset": "overall_survival"},
]


def iso(day: int) -> str:
    return (START + timedelta(days=day)).isoformat()


class Patient:
    """One patient; every method adds records and gives the patient back."""

    def __init__(self, trial: Trial, subject: str) -> None:
        self.trial, self.subject = trial, subject
        self._lesions: set[str] = set()
        self._visit = 0.0

    def add(self, domain: str, **fields: Any) -> Patient:
        self.trial.rows.setdefault(domain, []).append({"USUBJID": self.subject, **fields})
        return self

    def dose(self, first: int = 0, last: int | None = None, amount: float | str = 12, drug: str = "DRUG", **more: str) -> Patient:
        end = iso(first if last is None else last)
        return self.add("EX", EXTRT=drug, EXDOSE=amount, EXDOSU="mg", EXSTDTC=iso(first), EXENDTC=end, **more)

    def lesion(self, name: str, day: int | None = None, visit: float | None = None) -> Patient:
        """Identify a lesion: T target, G target node, N non-target, L new."""
        self._lesions.add(name)
        role, place = ROLES[name[0]]
        dated = "" if day is None else iso(day)
        return self.add("TU", TULNKID=name, TUORRES=role, TULOC=place, TUDTC=dated, VISITNUM="" if visit is None else visit)

    def scan(self, day: int, visit: float | None = None, **found: Any) -> Patient:
        """Add a visit's findings: a diameter in mm (or a text with its unit, "1.2 cm"), a state, or None for not done.

        A finding given as ``(day, value)`` comes from a scan of its own day.
        """
        self._visit = self._visit + 1 if visit is None else visit
        for name, given in found.items():
            on, value = given if isinstance(given, tuple) else (day, given)
            if name not in self._lesions:
                self.lesion(name, on, self._visit)
            test = {"T": "LDIAM", "G": "LPERP"}.get(name[0], "TUMSTATE")
            text, unit = ("", "") if value is None else (str(value), "mm" if test != "TUMSTATE" else "")
            if text.endswith(" cm"):
                text, unit = text.removesuffix(" cm"), "cm"
            status = "NOT DONE" if value is None else ""
            fields = {"TRLNKID": name, "TRTESTCD": test, "TRORRES": text, "TRORRESU": unit, "TRSTAT": status}
            self.add("TR", **fields, TRDTC=iso(on), VISITNUM=self._visit)
        return self

    def sums(self, *scans: tuple[int, Any], lesion: str = "T1") -> Patient:
        """Add one visit for each (day, size of one lesion)."""
        for day, size in scans:
            self.scan(day, **{lesion: size})
        return self

    def judged(self, *visits: tuple[int, str]) -> Patient:
        """Add an overall response judged at each (day, response)."""
        for day, response in visits:
            self.add("RS", RSTESTCD="OVRLRESP", RSORRES=response, RSDTC=iso(day))
        return self

    def dies(self, day: int) -> Patient:
        row = next(row for row in self.trial.rows["DM"] if row["USUBJID"] == self.subject)
        row.update(DTHFL="Y", DTHDTC=iso(day))
        return self

    def new_therapy(self, day: int) -> Patient:
        return self.add("CM", CMTRT="OTHER", CMCAT="NEW ANTICANCER THERAPY", CMSTDTC=iso(day))

    def contact(self, day: int, status: str = "ALIVE") -> Patient:
        return self.add("SS", SSTESTCD="SURVSTAT", SSORRES=status, SSDTC=iso(day))

    def event(self, start: str | int, end: str | int = "", grade: str | int = 2, term: str = "Fatigue", **more: str) -> Patient:
        first, last = (value if isinstance(value, str) else iso(value) for value in (start, end))
        return self.add("AE", **({"AETERM": term, "AESTDTC": first, "AEENDTC": last, "AETOXGR": grade, "AEREL": "Y"} | more))

    def lab(self, day: int, value: str | float, unit: str = "ng/mL", **more: str) -> Patient:
        return self.add("LB", **({"LBTESTCD": "TG", "LBORRES": value, "LBORRESU": unit, "LBDTC": iso(day)} | more))


class Trial:
    """A study in memory until it is derived."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, list[dict[str, Any]]] = {"DM": []}
        self.settings: dict[str, Any] = {}

    def patient(self, subject: str = "P1", *, treated: bool = True, **fields: Any) -> Patient:
        self.rows["DM"].append({"USUBJID": subject, "DTHFL": "", "DTHDTC": "", **fields})
        patient = Patient(self, subject)
        return patient.dose() if treated else patient

    def protocol(self, **changes: Any) -> Protocol:
        data: dict[str, Any] = {
            "schema_version": 1,
            "study": {"id": "TINY", "title": "A tiny study", "design": "single_arm"},
            "records": {"domains": dict.fromkeys(self.rows)},
            "populations": [{"id": "ALL", "label": "Everybody"}],
            "schedule": {"assessments": {"stages": [{"every_weeks": 12}], "window_days": 14}},
            "endpoints": ENDPOINTS if {"TR", "RS"} & set(self.rows) else ENDPOINTS[-1:],
            "analyses": [{"id": "os", "type": "time_to_event", "population": "ALL", "endpoint": "OS"}],
        }
        if {"TR", "RS"} & set(self.rows):
            data["response"] = {"entry": "lesions" if "TR" in self.rows else "recorded_visits"}
            if "CM" in self.rows:
                data["response"]["new_therapy"] = "CMCAT = 'NEW ANTICANCER THERAPY'"
        for name, value in (self.settings | changes).items():
            data[name] = data.get(name, {}) | value if isinstance(value, dict) else value
        return Protocol.model_validate(data)

    def derive(self, parameters: dict[str, Any] | None = None, **changes: Any) -> Datasets:
        """Derive everything; `parameters` are those of RECIST, `changes` replace or extend parts of the protocol."""
        if parameters:
            changes["response"] = changes.get("response", {}) | {"parameters": parameters}
        protocol = self.protocol(**changes)
        if parameters and "CM" in self.rows:
            assert protocol.response is not None
        records = self.folder / "records"
        records.mkdir(exist_ok=True)
        for domain, rows in self.rows.items():
            names = list(dict.fromkeys(name for row in rows for name in row))
            with (records / f"{domain.lower()}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, names, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return derive_all(protocol, load_records(protocol, self.folder))


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    """Give an empty study; ``trial.patient("P1").scan(-7, T1=50).scan(84, T1=35)`` fills it."""
    return Trial(tmp_path)


@pytest.fixture(scope="session")
def elapsed() -> Callable[[int | date | None], int | None]:
    """Give the inverse of a test's days: a derived day (since 1970) as days after the first dose."""
    return lambda value: None if value is None else int(value) - (START - EPOCH).days  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def visits(elapsed: Callable[[int], int]) -> Callable[..., list[tuple[int, str]]]:
    """Give a reader of ADRS: the (day, response) of each visit of a patient."""

    def read(data: Datasets, subject: str = "P1", code: str = "OVR") -> list[tuple[int, str]]:
        assert data.adrs is not None
        rows = data.adrs.filter((pl.col("USUBJID") == subject) & (pl.col("PARAMCD") == code)).sort("ADT", "AVISITN")
        return [(elapsed(day), value) for day, value in rows.select("ADT", "AVALC").iter_rows()]

    return read


@pytest.fixture(scope="session")
def best() -> Callable[..., str | None]:
    """Give a reader of best responses: BOR, CBOR, or the Y/N of an endpoint."""

    def read(data: Datasets, code: str = "BOR", subject: str = "P1") -> str | None:
        assert data.best is not None
        return data.best.filter(pl.col("USUBJID") == subject)[code].item()

    return read


@pytest.fixture(scope="session")
def time(elapsed: Callable[[int], int]) -> Callable[..., tuple[float, int, str]]:
    """Give a reader of ADTTE: days, CNSR and reason of one patient."""

    def read(data: Datasets, code: str = "PFS", subject: str = "P1") -> tuple[float, int, str]:
        rows = data.adtte.filter((pl.col("USUBJID") == subject) & (pl.col("PARAMCD") == code))
        (row,) = rows.iter_rows(named=True)
        return row["AVAL"], row["CNSR"], row["EVNTDESC"] or row["CNSDTDSC"]

    return read
