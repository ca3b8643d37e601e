"""The program against an independent implementation of the rules, on random patients with everything that goes wrong in a clinic."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from topline.execute.local import derive_all
from topline.records.load import load_records
from topline.study.protocol import Protocol

SCHEDULES = {
    "every 12 weeks": {"stages": [{"every_weeks": 12}], "window_days": 14},
    "every 8 weeks, then 12": {"stages": [{"every_weeks": 8, "until_week": 24}, {"every_weeks": 12}], "window_days": 7},
    "every 6 weeks, no window": {"stages": [{"every_weeks": 6}], "window_days": 0},
}
WORDS = {
    "Disease progression": "progression",
    "Death": "death",
    "No baseline assessment": "no baseline",
    "New anticancer therapy": "new therapy",
    "Missed visits before the event": "missed visits",
    "No event by the last adequate assessment": "last assessment",
}


def derived(folder: Path, data: dict[str, Any], subjects: list[str]) -> dict[str, dict[str, Any]]:
    """What the program makes of the records, in the words of the oracle."""
    protocol = Protocol.model_validate(data)
    datasets = derive_all(protocol, load_records(protocol, folder))
    assert datasets.adrs is not None
    assert datasets.best is not None
    origin = dict(datasets.adsl.select("USUBJID", "ORIGDT").iter_rows())
    found: dict[str, dict[str, Any]] = {subject: {"visits": []} for subject in subjects}
    parts = {}
    for code in ("TRGRESP", "NTRGRESP"):
        rows = datasets.adrs.filter(pl.col("PARAMCD") == code)
        parts[code] = {(s, n): v for s, n, v in rows.select("USUBJID", "ASEQ", "AVALC").iter_rows()}
    overall = datasets.adrs.filter(pl.col("PARAMCD") == "OVR").sort("USUBJID", "ASEQ")
    for subject, number, day, value in overall.select("USUBJID", "ASEQ", "ADT", "AVALC").iter_rows():
        key = (subject, number)
        found[subject]["visits"].append((day - origin[subject], value, parts["TRGRESP"].get(key), parts["NTRGRESP"].get(key)))
    for subject, plain, confirmed in datasets.best.select("USUBJID", "BOR", "CBOR").iter_rows():
        found[subject] |= {"BOR": plain, "CBOR": confirmed}
    for row in datasets.adtte.iter_rows(named=True):
        time = (int(row["AVAL"]), row["CNSR"])
        reason = WORDS.get(row["EVNTDESC"] or row["CNSDTDSC"], row["EVNTDESC"] or row["CNSDTDSC"])
        found[row["USUBJID"]][row["PARAMCD"]] = time if row["PARAMCD"] == "OS" else (*time, reason)
    return found


def disagreements(folder: Path, oracle: Any, cohort: dict[str, Any], data: dict[str, Any]) -> tuple[list[str], Counter[str]]:
    ours = derived(folder, data, list(cohort))
    wrong, seen = [], Counter[str]()
    for subject, patient in cohort.items():
        theirs = oracle.judge(patient)
        seen.update([f"BOR {theirs['BOR']}", f"CBOR {theirs['CBOR']}", f"PFS {theirs['PFS'][2]}", f"OS {theirs['OS'][1]}"])
        differing = [name for name in theirs if theirs[name] != ours[subject].get(name)]
        if differing:
            name = differing[0]
            first, second = theirs[name], ours[subject].get(name)
            if name == "visits":
                first, second = ([v for v in one if v not in other] for one, other in ((first, second), (second, first)))
            wrong.append(f"{subject} {', '.join(differing)}: oracle {first}, program {second}\n  {json.dumps(patient)}")
    return wrong, seen


def compare(folder: Path, oracle: Any, patients: Any, write: Any, n: int, seed: int, schedule: str) -> Counter[str]:
    cohort = dict(patients(n, seed, schedule))
    data = write(folder, cohort) | {"schedule": {"assessments": SCHEDULES[schedule]}}
    wrong, seen = disagreements(folder, oracle, cohort, data)
    assert not wrong, f"{len(wrong)} of {n} patients differ; the first:\n" + "\n".join(wrong[:3])
    return seen


def test_the_oracle_imports_nothing_of_the_program(oracle: Any) -> None:
    text = Path(oracle.__file__).read_text(encoding="utf-8")
    imports = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert imports == ["from __future__ import annotations", "from typing import Any"]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_thousand_random_patients(tmp_path: Path, oracle: Any, patients: Any, write: Any, schedule: str) -> None:
    seen = compare(tmp_path, oracle, patients, write, 350, 20240101, schedule)
    kinds = {f"BOR {r}" for r in ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")} | {f"CBOR {r}" for r in ("CR", "PR", "SD", "PD", "NE")}
    kinds |= {f"PFS {r}" for r in set(WORDS.values())} | {"OS 0", "OS 1"}
    assert {kind for kind in kinds if not seen[kind]} == set(), "a kind of outcome that no random patient has"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_ten_thousand_random_patients(tmp_path: Path, oracle: Any, patients: Any, write: Any, schedule: str, seed: int) -> None:
    compare(tmp_path, oracle, patients, write, 1_000, seed, schedule)


def test_a_wrong_rule_would_be_noticed(tmp_path: Path, oracle: Any, patients: Any, write: Any) -> None:
    """Each choice that is changed in the protocol, and not in the oracle, makes patients differ."""
    cohort = dict(patients(700, 7, "every 6 weeks, no window"))
    data = write(tmp_path, cohort) | {"schedule": {"assessments": SCHEDULES["every 6 weeks, no window"]}}
    assert not disagreements(tmp_path, oracle, cohort, data)[0]
    for changed in (
        {"complete_response_first": False},
        {"partial_sum_progression": False},
        {"disease_after_complete_response": "table"},
        {"baseline": "first"},
        {"response_date": "first_scan"},
        {"progression_date": "first_scan"},
        {"equivocal_new_lesion_backdated": False},
        {"stable_disease_min_days": 84},
        {"confirmation_days": 60},
        {"confirmation_max_ne": 0},
        {"confirmation_stable_between_partial": 1},
        {"progression_mm": 6},
        {"progression_percent": 21},
        {"partial_response_percent": 31},
        {"node_normal_mm": 9.9},
    ):
        other = data | {"response": data["response"] | {"parameters": changed}}
        assert disagreements(tmp_path, oracle, cohort, other)[0], changed
