"""Random nasty patients, and their records as the program reads them."""

from __future__ import annotations

import csv
import importlib.util
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

CUTOFF = date(2024, 6, 30)
STATES = ("PRESENT", "PRESENT", "PRESENT", "ABSENT", "ABSENT", "UNEQUIVOCAL PROGRESSION")
SCHEDULES: dict[str, dict[str, Any]] = {
    "every 12 weeks": {"stages": [{"every_weeks": 12}], "window_days": 14},
    "every 8 weeks, then 12": {"stages": [{"every_weeks": 8, "until_week": 24}, {"every_weeks": 12}], "window_days": 7},
    "every 6 weeks, no window": {"stages": [{"every_weeks": 6}], "window_days": 0},
}
PLANNED = {
    "every 12 weeks": list(range(84, 2000, 84)),
    "every 8 weeks, then 12": [56, 112, 168, *range(252, 2000, 84)],
    "every 6 weeks, no window": list(range(42, 2000, 42)),
}


@pytest.fixture(scope="session")
def oracle() -> ModuleType:
    """Give the independent rules of oracle.py, which import nothing of the program."""
    spec = importlib.util.spec_from_file_location("oracle", Path(__file__).with_name("oracle.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def nasty_patient(rng: random.Random, schedule: str) -> dict[str, Any]:
    """Draw one patient; sizes lie on a coarse grid, so that every boundary is met often."""
    cutoff = rng.choice((60, 200, 400, 700, 900))
    lesions = {f"T{n}": rng.choice(("target", "target", "node")) for n in range(rng.choice((0, 1, 1, 2, 3)))}
    lesions |= {f"N{n}": "other" for n in range(rng.choice((0, 0, 1, 2)) if lesions else rng.choice((1, 2)))}
    scans: list[dict[str, Any]] = []
    size = {name: rng.choice((150, 200, 250, 300, 500)) for name, kind in lesions.items() if kind != "other"}

    def look(visit: float, day: int, spread: tuple[int, ...], *, baseline: bool = False) -> None:
        for name, kind in lesions.items():
            if rng.random() < (0.02 if baseline else 0.06):
                continue  # not even a row
            on = day + rng.choice(spread)
            value: Any = None
            if rng.random() > (0.02 if baseline else 0.06):
                if kind == "other":
                    value = "PRESENT" if baseline else rng.choice(STATES[: rng.choice((3, 5, 6))])
                else:
                    value = size[name]
            scans.append({"visit": visit, "day": on, "lesion": name, "value": value})
            if rng.random() < 0.03:  # again at the same visit
                again = size[name] + rng.choice((-20, 0, 50)) if kind != "other" else rng.choice(STATES[:5])
                again = max(0, again) if isinstance(again, int) else again
                scans.append({"visit": visit, "day": on + rng.choice((1, 3)) * (-1 if baseline else 1), "lesion": name, "value": again})

    if rng.random() > 0.05:
        if rng.random() < 0.15:
            look(0.5, -rng.choice((40, 30)), (0,), baseline=True)
            for name in size:
                size[name] = max(0, size[name] + rng.choice((-50, 0, 50)))
        look(1, -rng.choice((28, 14, 7, 0)), (0, 0, -2), baseline=True)
    visits: list[tuple[float, int]] = []
    trend = rng.choice(("shrink", "shrink", "grow", "flat", "wild", "about -30%"))
    start = dict(size)
    number = 1.0
    gap = 0
    for planned in PLANNED[schedule]:
        if planned > cutoff + 60:
            break
        number += 1
        gap -= 1
        if gap > 0 or rng.random() < 0.08:
            gap = gap if gap > 0 else rng.choice((1, 2, 3))
            continue
        day = max(1, planned + rng.choice((0, 0, 0, -7, 7, 14, -14, 15, -15, 20)))
        visits.append((number, day))
        if rng.random() < 0.08:
            visits.append((number + 0.1, day + rng.choice((0, 5, 30))))  # unscheduled, now and then on the same day
    for visit, day in visits:
        for name, kind in lesions.items():
            if kind != "other":
                size[name] = step(rng, size[name], start[name], trend, kind)
        look(visit, day, rng.choice(((0,), (0,), (0, 3), (0, 2, 6))))
    new = new_lesions(rng, visits)
    last = max((day for _, day in visits), default=100)
    death = rng.choice((None, None, last + rng.choice((0, 10, 100, 300)), rng.randrange(1, 400))) if rng.random() < 0.6 else None
    therapy = rng.choice((rng.randrange(1, 500), rng.choice([day for _, day in visits] or [50]))) if rng.random() < 0.25 else None
    if death is not None:
        scans = [s for s in scans if s["day"] <= death]
        new = [s for s in new if s["day"] <= death]
        therapy = therapy if therapy is None or therapy <= death else None
    contacts = [] if rng.random() < 0.2 else sorted(rng.sample(range(1, 1000), rng.choice((1, 2, 3))))
    contacts = [day for day in contacts if death is None or day <= death]
    return {
        "lesions": lesions,
        "scans": scans,
        "new": new,
        "therapy": therapy,
        "death": death,
        "contacts": contacts,
        "cutoff": cutoff,
        "schedule": PLANNED[schedule],
        "window": SCHEDULES[schedule]["window_days"],
    }


def step(rng: random.Random, size: int, start: int, trend: str, kind: str) -> int:
    if trend == "about -30%":
        return max(0, start * 7 // 10 + rng.choice((-1, -1, 0, 0, 1, 30)))
    moves = {
        "shrink": (-100, -50, -50, -25, 0, 25),
        "grow": (-50, 0, 25, 50, 50, 100),
        "flat": (-25, -1, 0, 0, 1, 25, 49, 50),
        "wild": (-300, -100, -60, -9, 0, 9, 40, 60, 200),
    }
    if kind == "node" and rng.random() < 0.3:
        return rng.choice((40, 90, 99, 100, 101, 150))
    if rng.random() < 0.12:
        return rng.choice((0, 0, 50, size * 7 // 10, size * 6 // 5))
    return max(0, size + rng.choice(moves[trend]))


def new_lesions(rng: random.Random, visits: list[tuple[float, int]]) -> list[dict[str, Any]]:
    """New lesions: equivocal at first or not, at visits or on a day of their own."""
    found: list[dict[str, Any]] = []
    for number in range(rng.choice((0, 0, 0, 1, 1, 2))):
        name = f"L{number}"
        if rng.random() < 0.3:
            day = rng.randrange(1, 500)
            found.append({"lesion": name, "visit": 10_000 + day, "day": day, "sure": True, "alone": True})
            continue
        start = rng.randrange(len(visits)) if visits else 0
        for visit, day in visits[start : start + rng.choice((1, 2, 3))]:
            found.append(
                {"lesion": name, "visit": visit, "day": day + rng.choice((0, 0, 1, 4)), "sure": rng.random() < 0.4, "alone": False}
            )
    return found


@pytest.fixture(scope="session")
def patients() -> Callable[[int, int, str], Iterator[tuple[str, dict[str, Any]]]]:
    """Give a maker of patients: how many, seed, schedule → (subject id, patient)."""

    def make(n: int, seed: int, schedule: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for number in range(n):
            yield f"P{number:06d}", nasty_patient(random.Random(f"{seed}-{number}-{schedule}"), schedule)

    return make


@pytest.fixture(scope="session")
def write() -> Callable[[Path, dict[str, dict[str, Any]]], dict[str, Any]]:
    """Give a writer of the records of patients to a study folder; it gives back the protocol that goes with them."""
    return write_study


def write_study(folder: Path, cohort: dict[str, dict[str, Any]]) -> dict[str, Any]:
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in ("DM", "EX", "TU", "TR", "CM", "SS")}
    rng = random.Random(1)
    for subject, patient in cohort.items():
        start = CUTOFF - timedelta(days=patient["cutoff"])

        def iso(day: int, start: date = start) -> str:
            return (start + timedelta(days=day)).isoformat()

        add = {name: (lambda row, rows=rows, subject=subject: rows.append({"USUBJID": subject} | row)) for name, rows in tables.items()}
        add["DM"]({"DTHDTC": "" if patient["death"] is None else iso(patient["death"])})
        add["EX"]({"EXTRT": "DRUG", "EXDOSE": 1, "EXSTDTC": iso(0), "EXENDTC": iso(0)})
        first: dict[str, tuple[int, float]] = {}
        for scan in [*patient["scans"], *patient["new"]]:
            first[scan["lesion"]] = min(first.get(scan["lesion"], (10**6, 0.0)), (scan["day"], scan["visit"]))
        alone = {scan["lesion"] for scan in patient["new"] if scan["alone"]}
        for name, kind in patient["lesions"].items():
            place = "LYMPH NODE" if kind == "node" else rng.choice(("LUNG", "LIVER"))
            role = "NON-TARGET" if kind == "other" else "TARGET"
            add["TU"]({"TULNKID": name, "TUORRES": role, "TULOC": place, "TUDTC": "", "VISITNUM": ""})
        for name in dict.fromkeys(scan["lesion"] for scan in patient["new"]):
            day, visit = first[name]
            number = "" if name in alone else visit
            add["TU"]({"TULNKID": name, "TUORRES": "NEW", "TULOC": "BONE", "TUDTC": iso(day), "VISITNUM": number})
        rows = []
        for scan in patient["scans"]:
            kind = patient["lesions"][scan["lesion"]]
            test = {"target": "LDIAM", "node": "LPERP", "other": "TUMSTATE"}[kind]
            rows.append(scan | {"test": test} | text_of(rng, scan["value"], kind))
        rows += [
            scan | {"test": "TUMSTATE", "text": "UNEQUIVOCAL" if scan["sure"] else "EQUIVOCAL", "unit": "", "status": ""}
            for scan in patient["new"]
            if not scan["alone"]
        ]
        order = list(range(len(rows)))
        rng.shuffle(order)  # rows of a study stand in any order; a lesion's own scans of one day stay as they are
        for row in (rows[i] for i in sorted(order, key=lambda i: (rows[i]["lesion"], i))):
            add["TR"](
                {"TRLNKID": row["lesion"], "TRTESTCD": row["test"], "TRORRES": row["text"], "TRORRESU": row["unit"]}
                | {"TRSTAT": row["status"], "VISITNUM": row["visit"], "TRDTC": iso(row["day"])}
            )
        if patient["therapy"] is not None:
            add["CM"]({"CMTRT": "OTHER", "CMCAT": "NEW", "CMSTDTC": iso(patient["therapy"])})
        for day in patient["contacts"]:
            add["SS"]({"SSTESTCD": "SURVSTAT", "SSORRES": "ALIVE", "SSDTC": iso(day)})
    records = folder / "records"
    records.mkdir()
    for name, rows in tables.items():
        with (records / f"{name.lower()}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return {
        "schema_version": 1,
        "study": {"id": "NASTY", "title": "Random nasty patients", "design": "single_arm", "cutoff": CUTOFF.isoformat()},
        "records": {"domains": dict.fromkeys(tables)},
        "populations": [{"id": "ALL", "label": "Everybody"}],
        "response": {"entry": "lesions", "new_therapy": "CMCAT = 'NEW'"},
        "endpoints": [
            {"id": "PFS", "type": "time_to_event", "label": "PFS", "preset": "pfs_fda_a"},
            {"id": "PFSEMA", "type": "time_to_event", "label": "PFS", "preset": "pfs_treatment_policy"},
            {"id": "OS", "type": "time_to_event", "label": "OS", "preset": "overall_survival"},
        ],
        "analyses": [{"id": "os", "type": "time_to_event", "population": "ALL", "endpoint": "OS"}],
    }


def text_of(rng: random.Random, value: Any, kind: str) -> dict[str, str]:
    """A finding as somebody writes it: in mm or cm, or as not done."""
    if value is None:
        return {"text": "", "unit": "", "status": "NOT DONE"}
    if kind == "other":
        return {"text": value, "unit": "", "status": ""}
    if rng.random() < 0.2:
        return {"text": f"{value / 100:.2f}", "unit": "cm", "status": ""}
    return {"text": f"{value / 10:g}", "unit": "mm", "status": ""}
