"""A stream of parts against one frame, bit for bit, on random nasty patients whose files are soiled as well."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from topline.api import Study
from topline.derive.datasets import for_handing_on
from topline.execute.local import derive_all
from topline.records.load import load_records
from topline.study.protocol import Protocol

Row = dict[str, str]
ASSESSMENTS = {"stages": [{"every_weeks": 8, "until_week": 24}, {"every_weeks": 12}], "window_days": 7}


def soil(folder: Path, rng: random.Random, *, blanks_around_ids: bool) -> None:
    """Spoil the CSV files of a study as clinics do: each kind of finding on some rows, none that stops the program."""
    tables: dict[str, list[Row]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    for name, rows in tables.items():
        soiled = [spoilt(row, name, rng) for row in rows]
        again = [dict(row) for row in soiled if name != "dm" and rng.random() < 0.01]
        strangers = [row | {"USUBJID": "ZZ" + row["USUBJID"]} for row in soiled if name != "dm" and rng.random() < 0.005]
        soiled = [*soiled, *again, *strangers]
        if rng.random() < 0.5:
            rng.shuffle(soiled)
        if blanks_around_ids:
            soiled = [row | {"USUBJID": f" {row['USUBJID']}"} if rng.random() < 0.02 else row for row in soiled]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(soiled[0]))
            writer.writeheader()
            writer.writerows(soiled)


def spoilt(row: Row, table: str, rng: random.Random) -> Row:
    def now_and_then(change: Callable[[], Row], how_often: float = 0.01) -> None:
        if rng.random() < how_often:
            row.update(change())

    if table == "dm":
        row["AGE"] = rng.choice(("50", "61.5", "", "130" if rng.random() < 0.1 else "70"))
        row["DTHFL"] = "Y" if row["DTHDTC"] or rng.random() < 0.02 else rng.choice(("N", "n", ""))
        row["SITE"] = rng.choice(("A", "B ", "ö"))
        row["ORIGDT"] = "1"
        now_and_then(lambda: {"DTHDTC": row["DTHDTC"][:7]}, 0.05)
    if table == "ex":
        now_and_then(lambda: {"EXENDTC": "2020-01-01"})
        now_and_then(lambda: {"EXTRT": rng.choice(("drug ", "Other", "THIRD"))}, 0.05)
        now_and_then(lambda: {"EXSTDTC": row["EXSTDTC"][: rng.choice((4, 7))]})
        now_and_then(lambda: {"EXSTDTC": "1830-01-01"})
    if table == "tu":
        now_and_then(lambda: {"TUORRES": rng.choice(("Target", "NON-TARGET", "NEW", "NONTARGET", "UNKNOWN"))}, 0.03)
        now_and_then(lambda: {"TULOC": rng.choice((" LIVER", "lung", "", "LYMPH NODE"))}, 0.05)
        now_and_then(lambda: {"TULNKID": row["TULNKID"] + " "}, 0.02)
    if table == "tr":
        row["NODE"] = "1"
        now_and_then(lambda: {"TRLNKID": rng.choice(("X9", row["TRLNKID"].lower(), row["TRLNKID"] + " "))}, 0.02)
        now_and_then(lambda: {"TRDTC": rng.choice((row["TRDTC"][:7], "", "2030-01-01", "2024/6/3", row["TRDTC"] + "T10:00"))}, 0.02)
        now_and_then(lambda: {"VISITNUM": rng.choice(("", "3", "1e1"))}, 0.02)
        if row["TRTESTCD"] != "TUMSTATE":
            now_and_then(lambda: {"TRORRES": rng.choice(("too small to measure", "", " 12 "))}, 0.03)
    if table == "cm":
        now_and_then(lambda: {"CMCAT": "new"}, 0.05)
    return row


def soiled_study(folder: Path, kind: str, seed: int, patients: Any, write: Any) -> Study:
    """A soiled study of 120 patients: in CSV or in Parquet with typed columns, with or without blanks around ids."""
    rng = random.Random(f"{kind}-{seed}")
    cohort = dict(patients(120, seed, "every 8 weeks, then 12"))
    if seed % 2:
        cohort = {rng.choice(("", "Ö", "p", "A-long-identifier-")) + subject: one for subject, one in cohort.items()}
    names = list(cohort)
    rng.shuffle(names)
    data = write(folder, {name: cohort[name] for name in names})
    drugs = [{"drug": name, "unit": "mg", "cycle_days": 28, "days_on": 1} for name in ("Drug", "Nothing")]
    data["schedule"] = {"assessments": ASSESSMENTS, "drugs": drugs}
    data["study"]["contact_after_cutoff"] = "not_seen" if seed % 2 else "alive_at_cutoff"
    data["response"]["parameters"] = {"visit_astride_cutoff": "dropped", "max_targets": 2}
    for name, age in (("OLD", 65), ("NONE", 200)):
        data["populations"].append({"id": name, "label": name, "rules": [{"label": f"Aged {age} or more", "include": f"AGE >= {age}"}]})
    data["records"]["domains"]["CM"] = {"dates": {"CMSTDTC": {"missing_day": 15}}}
    soil(folder / "records", rng, blanks_around_ids=kind == "CSV, ids with blanks")
    if kind == "Parquet":
        for path in (folder / "records").glob("*.csv"):
            frame = pl.read_csv(path, infer_schema=False)
            typed = [pl.col(name).cast(pl.Float64) for name in ("AGE", "VISITNUM", "EXDOSE") if name in frame.columns]
            frame.with_columns(typed).write_parquet(path.with_suffix(".parquet"), row_group_size=70)
        for name, spec in data["records"]["domains"].items():
            data["records"]["domains"][name] = (spec or {}) | {"file": f"{name.lower()}.parquet"}
    return Study(folder, Protocol.model_validate(data))


FOUND = {f"DER-00{n:02d}" for n in (1, 2, 10, 13, 14, 15, 16, 17, 71, 72, 76)} | {f"REC-00{n}" for n in (11, 16, 22, 23)}
"""Findings that every soiled study has: on single rows, counted, and of what is nowhere."""
KINDS = [("CSV", 1), ("CSV", 2), ("CSV, ids with blanks", 3), ("Parquet", 4), ("Parquet", 5)]


@pytest.mark.parametrize(("kind", "seed"), KINDS)
def test_any_number_of_parts_gives_the_bits_of_one_frame(kind: str, seed: int, tmp_path: Path, patients: Any, write: Any) -> None:
    (tmp_path / "study").mkdir()
    study = soiled_study(tmp_path / "study", kind, seed, patients, write)
    whole = derive_all(study.protocol, load_records(study.protocol, study.folder))
    assert {item.code for item in whole.findings} >= FOUND
    for partitions in (1, 3, 16):
        made = study.derive(tmp_path / f"out{partitions}", partitions)
        assert made.parts == partitions
        for name, frame in whole.named().items():
            one = for_handing_on(frame, study.protocol.records.timing)
            parts = pl.concat(pl.read_parquet(path) for path in sorted((made.folder / name).iterdir()))
            keys = [key for key in ("RSEVAL", "PARAMCD") if key in one.columns and name != "adtr"]
            both = [item.sort(*keys, maintain_order=True) if keys else item for item in (one, parts)]
            assert both[0].equals(both[1]), name
        assert made.attrition == whole.attrition
        # REC-0012 compares spellings between patients, in parts within each
        ours, theirs = (sorted(repr(item) for item in found if item.code != "REC-0012") for found in (made.findings, whole.findings))
        assert ours == theirs
