"""What every test can lean on: the data beside the project where they are, and hypothesis set so that a run can be repeated.

Thread limits (OMP_NUM_THREADS, POLARS_MAX_THREADS) are the caller's: results may not depend on them.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# Time limits per example say more about a busy machine than about the code. Where CI is set, the examples are always the same;
# elsewhere they are drawn anew, and a failure is kept in .hypothesis until it passes.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("local", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local"))


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder of the project: src, examples, docs."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of public data beside the project; a test that asks for it is marked `shared`, and skipped where there is none."""
    folder = Path(os.environ.get("TOPLINE_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("no public data beside the project (TOPLINE_SHARED, or ../shared)")
    return folder.resolve()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many tests really read the shared data: skipped ones prove nothing."""
    if config.option.markexpr != "shared":
        return
    passed, failed, skipped = (len(terminalreporter.getreports(outcome)) for outcome in ("passed", "failed", "skipped"))
    terminalreporter.write_line(f"shared tests: {passed + failed} ran ({passed} passed, {failed} failed), {skipped} skipped")


SMALL_PROTOCOL = """\
schema_version: 1
study: {id: SMALL, title: A small study, design: cohort, cutoff: 2024-12-31, synthetic: true}
records:
  domains: {DM: , EX: , RS: , AE: , LB: , SS: , CM: }
  lab_units: {TG: {unit: ng/mL, convert: {ug/L: 1}}}
populations:
  - id: FAS
    label: Adults
    rules: [{label: Under age, include: "AGE >= 18"}]
groups:
  variable: ARM
  levels: [{value: A, label: Group A}, {value: B, label: Group B}]
  reference: B
schedule:
  assessments: {stages: [{every_weeks: 8}], window_days: 7}
response:
  entry: recorded_visits
  new_therapy: "CMCAT = 'NEW THERAPY'"
adverse_events: {attribution: [AEREL]}
endpoints:
  - {id: ORR, type: response_rate, label: Response rate, responses: [CR, PR]}
  - {id: TGR, type: biochemical, label: Thyroglobulin response, test: TG, percent: 25}
  - {id: PFS, type: time_to_event, label: Progression-free survival, preset: pfs_fda_a}
  - {id: OS, type: time_to_event, label: Overall survival, preset: overall_survival}
analyses:
  - id: baseline
    type: baseline
    population: FAS
    variables: [{variable: AGE, label: Age, type: continuous}, {variable: SITE, label: Site, type: categorical}]
  - {id: follow_up, type: follow_up, population: FAS, endpoint: OS}
  - {id: response, type: response, population: FAS, endpoints: [ORR, TGR], comparison: {test: fisher}}
  - {id: tg, type: lab_change, population: FAS, endpoint: TGR}
  - {id: pfs, type: time_to_event, population: FAS, endpoint: PFS, landmarks_months: [3], comparison: {test: log_rank}}
  - {id: os, type: time_to_event, population: FAS, endpoint: OS}
  - {id: safety, type: adverse_events, population: FAS}
"""

SMALL_COLUMNS = {
    "EX": "USUBJID EXTRT EXDOSE EXSTDTC EXENDTC",
    "RS": "USUBJID RSTESTCD RSORRES RSDTC",
    "AE": "USUBJID AETERM AESTDTC AETOXGR AEREL",
    "LB": "USUBJID LBTESTCD LBORRES LBORRESU LBDTC",
    "SS": "USUBJID SSTESTCD SSORRES SSDTC",
    "CM": "USUBJID CMTRT CMCAT CMSTDTC",
}

# Per patient: arm, age, days from the first dose to PD (or None), to the last contact, whether dead then, best response.
SMALL_PATIENTS = (
    ("S-01", "A", 54, 230, 400, False, "PR"),
    ("S-02", "A", 61, None, 380, False, "CR"),
    ("S-03", "A", 47, 90, 350, True, "SD"),
    ("S-04", "B", 66, 60, 200, True, "SD"),
    ("S-05", "B", 59, 115, 320, False, "PR"),
    ("S-06", "B", 70, 58, 150, True, "SD"),
)


class SmallStudy:
    """A study folder of six patients that a test breaks in one place: its protocol as text, its records as lists of rows."""

    def __init__(self, folder: Path, patients: Sequence[tuple[Any, ...]] = SMALL_PATIENTS) -> None:
        self.folder = folder
        self.protocol = SMALL_PROTOCOL
        self.records: dict[str, list[dict[str, str]]] = {name: [] for name in ("DM", "EX", "RS", "AE", "LB", "SS", "CM")}
        for number, patient in enumerate(patients):
            self._add(number, *patient)

    def _add(self, number: int, subject: str, arm: str, age: int, progression: int | None, last: int, dead: bool, best: str) -> None:
        start = date(2023, 1, 2) + timedelta(days=number)

        def day(offset: int) -> str:
            return (start + timedelta(days=offset)).isoformat()

        def add(domain: str, **cells: object) -> None:
            self.records[domain].append({"USUBJID": subject} | {name: str(value) for name, value in cells.items()})

        add(
            "DM",
            ARM=arm,
            AGE=age,
            SEX="MF"[number % 2],
            SITE=f"Site {number % 2 + 1}",
            DTHFL="Y" if dead else "",
            DTHDTC=day(last) if dead else "",
        )
        add("EX", EXTRT="DRUG", EXDOSE=10, EXSTDTC=day(0), EXENDTC=day((progression or last) - 1))
        add("RS", RSTESTCD="OVRLRESP", RSORRES="NE", RSDTC=day(-7))
        for visit in range(1, last // 56 + 1):
            if progression is None or visit * 56 < progression:
                add("RS", RSTESTCD="OVRLRESP", RSORRES=best, RSDTC=day(visit * 56))
        if progression is not None:
            add("RS", RSTESTCD="OVRLRESP", RSORRES="PD", RSDTC=day(progression))
            add("CM", CMTRT="NEXT", CMCAT="NEW THERAPY", CMSTDTC=day(progression + 10))
        add("AE", AETERM="Rash", AESTDTC=day(20), AETOXGR=number % 3 + 1, AEREL="Y")
        for offset, value in ((-3, 100), (60, 100 - 15 * number)):
            add("LB", LBTESTCD="TG", LBORRES=value, LBORRESU="ng/mL", LBDTC=day(offset))
        add("SS", SSTESTCD="SURVSTAT", SSORRES="DEAD" if dead else "ALIVE", SSDTC=day(last))

    def replace(self, old: str, new: str) -> None:
        """Change the protocol's text; what is replaced must be there."""
        assert old in self.protocol, f"{old!r} is not in the protocol"
        self.protocol = self.protocol.replace(old, new, 1)

    def text(self, domain: str) -> str:
        """The domain as CSV."""
        rows = self.records[domain]
        columns = list(dict.fromkeys(name for row in rows for name in row)) or SMALL_COLUMNS[domain].split()
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue()

    def write(self) -> Path:
        """Write the folder; a file that a test put there already stays."""
        (self.folder / "records").mkdir(parents=True, exist_ok=True)
        if not (self.folder / "study.yaml").exists():
            (self.folder / "study.yaml").write_text(self.protocol, encoding="utf-8")
        for domain in self.records:
            path = self.folder / "records" / f"{domain.lower()}.csv"
            if not path.exists() and not path.is_symlink():
                path.write_text(self.text(domain), encoding="utf-8")
        return self.folder

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file of the folder as it is."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def topline(self, command: str, *arguments: str) -> Outcome:
        """Write the folder and run a command on it."""
        return run_topline(command, str(self.write()), *arguments)

    def outputs(self) -> list[str]:
        """Everything in the study folder and beside it that isn't its protocol or records."""
        ours = {"study.yaml", "records"}
        return sorted(
            path.name
            for parent in (self.folder, self.folder.parent)
            for path in parent.iterdir()
            if path.name not in ours | {self.folder.name}
        )


@dataclass(frozen=True)
class Outcome:
    """What a command gave: its exit status and what it printed."""

    status: int
    out: str
    err: str


def run_topline(*arguments: str) -> Outcome:
    """Run the command line in this process."""
    from topline.cli import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(list(arguments))
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 1
    return Outcome(status, out.getvalue(), err.getvalue())


@pytest.fixture
def small_study(tmp_path: Path) -> SmallStudy:
    """Give a sound study folder of six patients, not yet written: break one thing, then run it."""
    return SmallStudy(tmp_path / "study")


@pytest.fixture(scope="session")
def topline() -> Callable[..., Outcome]:
    """Give the command line, run in this process: `topline("check", folder).status`."""
    return run_topline


@pytest.fixture(scope="session")
def study_of() -> type[SmallStudy]:
    """Give the maker of small study folders, for tests that need more than one or other patients."""
    return SmallStudy
