"""The synthetic cohort end to end: equal to R patient by patient, equal to what was printed, moved only where its records are moved.

`tests/reference/npc_cohort.json` was made by R from the raw tables, on a path of its own: index dates, drug names, sums, models.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import topline
from topline.api import Run
from topline.audit.against import compare_claims, load_claims
from topline.report.tables import build_tables

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "npc-cohort"
REFERENCE = json.loads((ROOT / "tests" / "reference" / "npc_cohort.json").read_text(encoding="utf-8"))
PATIENTS: dict[str, Any] = REFERENCE["patients"]
SUMMARY: dict[str, Any] = REFERENCE["summary"]
GROUPS = {"COMBINATION": "Combination", "NON-COMBINATION": "Non-combination"}
TESTS = {"orr": "ORR", "dcr": "DCR"}
CLOSE = {"rel": 1e-6, "abs": 1e-12}
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def run() -> Run:
    return topline.load_study(EXAMPLE).execute()


def days(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def result(run: Run, **wanted: Any) -> Any:
    return run.results.get(**wanted)


def test_patients_modes_groups_and_index_dates_are_those_of_r(run: Run) -> None:
    analysed = run.datasets.adsl.filter(pl.col("FASFL") == "Y").select("USUBJID", "TRTMODE", "TRT01P", "ORIGDT")
    ours = {subject: (mode, group, origin) for subject, mode, group, origin in analysed.iter_rows()}
    assert ours == {subject: (p["mode"], GROUPS[p["group"]], days(p["index"])) for subject, p in PATIENTS.items()}


def test_components_added_later_are_counted_and_do_not_reclassify(run: Run) -> None:
    added = run.datasets.adsl.filter((pl.col("FASFL") == "Y") & pl.col("TRTADD").is_not_null())
    ours = {kind: added.filter(pl.col("TRTADD") == kind)["USUBJID"].to_list() for kind in ("T", "C")}
    assert ours == {"T": SUMMARY["later_targeted"], "C": SUMMARY["later_chemotherapy"]}
    messages = [finding.message for finding in run.results.findings if finding.code in ("DER-0051", "DER-0053")]
    assert "C in 2, T in 3" in messages[0]
    assert f"({len(SUMMARY['event_in_window'])} with the event)" in messages[1]


@pytest.mark.parametrize(("code", "prefix"), [("PFS", "pfs"), ("PFSEMA", "pfsema"), ("OS", "os")])
def test_times_and_censoring_are_those_of_r(run: Run, code: str, prefix: str) -> None:
    rows = run.datasets.adtte.filter((pl.col("PARAMCD") == code) & pl.col("USUBJID").is_in(list(PATIENTS)))
    ours = {subject: (value, censored) for subject, value, censored in rows.select("USUBJID", "AVAL", "CNSR").iter_rows()}
    assert ours == {subject: (p[f"{prefix}_days"], p[f"{prefix}_cnsr"]) for subject, p in PATIENTS.items()}


def test_best_responses_are_those_of_r(run: Run) -> None:
    best = run.datasets.best
    assert best is not None
    ours = dict(best.filter(pl.col("USUBJID").is_in(list(PATIENTS))).select("USUBJID", "BOR").iter_rows())
    assert ours == {subject: p["bor"] for subject, p in PATIENTS.items()}


@pytest.mark.parametrize(("analysis", "key"), [("pfs", "pfs"), ("os", "os")])
def test_medians_models_and_tests_are_those_of_r(run: Run, analysis: str, key: str) -> None:
    expected = SUMMARY[key]
    for code, label in GROUPS.items():
        median = result(run, analysis=analysis, statistic="median", group=label)
        wanted = expected["median"][code]
        assert (median.value, median.lower, median.upper) == pytest.approx((wanted["median"], wanted["lower"], wanted["upper"]), **CLOSE)
        assert result(run, analysis=analysis, statistic="events", group=label, subgroup=None).value == expected["events"][code]
    test = result(run, analysis=analysis, statistic="logrank")
    assert (test.value, test.p_value) == pytest.approx((expected["logrank"]["chisq"], expected["logrank"]["p"]), **CLOSE)
    stratified = run.results.find(analysis=f"{analysis}_stratified", statistic="logrank")[-1]
    wanted = expected["logrank_stratified"]
    assert (stratified.value, stratified.p_value) == pytest.approx((wanted["chisq"], wanted["p"]), **CLOSE)
    ratios = run.results.find(analysis=analysis, statistic="hazard_ratio", group="Combination", subgroup=None)
    ratios += run.results.find(analysis=f"{analysis}_stratified", statistic="hazard_ratio", group="Combination")
    models = {row.method["model"]: row for row in ratios}
    for model, name in (("unadjusted", "cox"), ("stratified", "cox_stratified")):
        row, wanted = models[model], expected[name]
        found = (row.value, row.lower, row.upper, row.p_value)
        assert found == pytest.approx((wanted["hr"], wanted["lower"], wanted["upper"], wanted["p"]), **CLOSE)


@pytest.mark.parametrize("analysis", ["pfs", "os"])
def test_medians_of_the_four_modes_are_those_of_r(run: Run, analysis: str) -> None:
    for mode, wanted in SUMMARY[analysis]["median_by_mode"].items():
        row = result(run, analysis=f"{analysis}_modes", statistic="median", group=mode)
        for ours, theirs in zip((row.value, row.lower, row.upper), (wanted["median"], wanted["lower"], wanted["upper"]), strict=True):
            assert ours == (None if theirs is None else pytest.approx(theirs, **CLOSE))


@pytest.mark.parametrize("key", ["orr", "dcr", "trae", "trae3"])
def test_rates_intervals_and_the_named_test_are_those_of_r(run: Run, key: str) -> None:
    expected = SUMMARY[key]
    if key in TESTS:
        for code, label in GROUPS.items():
            row, wanted = result(run, analysis="response", endpoint=TESTS[key], statistic="rate", group=label), expected[code]
            found = (row.value, row.lower, row.upper, row.events, row.n)
            assert found == pytest.approx((wanted["rate"], wanted["lower"], wanted["upper"], wanted["x"], wanted["n"]), **CLOSE)
    else:
        for code, label in GROUPS.items():
            row = result(run, analysis="safety", endpoint=key.upper(), statistic="count", group=label, variable=None)
            assert row.value == expected[code]["x"]
    endpoint = TESTS.get(key, key.upper())
    assert result(run, endpoint=endpoint, statistic="p_value", reference_group="Non-combination").p_value == pytest.approx(
        expected["p_pearson"], **CLOSE
    )


def test_follow_up_is_that_of_r(run: Run) -> None:
    rows = run.results.find(analysis="follow_up", group=None)
    medians = {row.method["name"]: row for row in rows if row.statistic == "follow_up_median"}
    reverse, observed = SUMMARY["follow_up_reverse_km"], SUMMARY["follow_up_observed"]
    row = medians["reverse Kaplan–Meier"]
    assert (row.value, row.lower, row.upper) == pytest.approx((reverse["median"], reverse["lower"], reverse["upper"]), **CLOSE)
    found = (medians["observed"].value, *(row.value for row in rows if row.statistic in ("min", "max")))
    assert found == pytest.approx((observed["median"], observed["min"], observed["max"]), **CLOSE)


def test_every_printed_claim_is_met_or_a_known_contradiction(run: Run) -> None:
    checks = {check.id: check for check in compare_claims(load_claims(EXAMPLE / "claims.yaml"), run.results)}
    known = [name for name, check in checks.items() if check.verdict == "known contradiction"]
    assert len(known) == 3
    assert all(checks[name].reason for name in known)
    assert {check.verdict for name, check in checks.items() if name not in known} <= {"same", "same after rounding"}


# --- perturbations: exactly what follows from a record moves ------------------------------------------------------------------------


def perturbed(tmp_path: Path, domain: str, change: Callable[[Rows], Rows]) -> Run:
    shutil.copytree(EXAMPLE / "records", tmp_path / "records")
    shutil.copy(EXAMPLE / "study.yaml", tmp_path)
    file = tmp_path / "records" / f"{domain}.csv"
    with file.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        names, rows = list(reader.fieldnames or ()), list(reader)
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))
    return topline.load_study(tmp_path).execute()


def times(run: Run, code: str) -> dict[str, tuple[float, int]]:
    rows = run.datasets.adtte.filter(pl.col("PARAMCD") == code).select("USUBJID", "AVAL", "CNSR")
    return {subject: (value, censored) for subject, value, censored in rows.iter_rows()}


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def modes(run: Run) -> dict[str, str]:
    return dict(run.datasets.adsl.select("USUBJID", "TRTMODE").iter_rows())


def test_a_drug_that_is_not_known_moves_its_patient_to_another_mode_and_is_found(run: Run, tmp_path: Path) -> None:
    subject = next(name for name, patient in PATIENTS.items() if patient["mode"] == "IT")
    targeted = ("patinib", "lotinib", "帕替尼", "罗替尼", "艾坦", "福可维")

    def rename(rows: Rows) -> Rows:
        for row in rows:
            if row["USUBJID"] == subject and row["EXLINE"] == "2" and any(name in row["EXTRT"].lower() for name in targeted):
                row["EXTRT"] = "Trialdrug-77"
        return rows

    after = perturbed(tmp_path, "ex", rename)
    assert changed(modes(run), modes(after)) == {subject}
    assert modes(after)[subject] == "I"
    assert [(item.code, item.subject) for item in after.results.findings if item.code == "DER-0050"] == [("DER-0050", subject)]
    for label, moved in (("Combination", -1), ("Non-combination", 1)):
        before_n = result(run, analysis="pfs", statistic="n", group=label, subgroup=None).value
        assert result(after, analysis="pfs", statistic="n", group=label, subgroup=None).value == before_n + moved
    for code in ("PFS", "OS"):
        assert times(run, code) == times(after, code)


def test_one_death_ninety_days_later_moves_that_patients_survival_only(run: Run, tmp_path: Path) -> None:
    subject = next(name for name, patient in PATIENTS.items() if patient["os_cnsr"] == 0 and 200 < patient["os_days"] < 500)

    def postpone(rows: Rows) -> Rows:
        for row in rows:
            if row["USUBJID"] == subject:
                row["DTHDTC"] = date.fromordinal(date.fromisoformat(row["DTHDTC"]).toordinal() + 90).isoformat()
        return rows

    after = perturbed(tmp_path, "dm", postpone)
    assert changed(times(run, "OS"), times(after, "OS")) == {subject}
    assert times(after, "OS")[subject][0] == times(run, "OS")[subject][0] + 90
    assert times(run, "PFS") == times(after, "PFS")
    by_id = [{row.id: row for row in one.results.rows} for one in (run, after)]
    moved = {name.split(".")[0] for name in changed(*by_id)}
    assert moved <= {"os", "os_stratified", "os_modes", "follow_up"}
    assert {"os", "os_stratified"} <= moved


def test_a_target_drug_added_after_the_window_is_counted_and_moves_no_number(run: Run, tmp_path: Path) -> None:
    subject = next(name for name, patient in PATIENTS.items() if patient["mode"] == "I" and patient["pfs_days"] > 200)
    start = date.fromordinal(date.fromisoformat(PATIENTS[subject]["index"]).toordinal() + 40).isoformat()

    def add(rows: Rows) -> Rows:
        like = next(row for row in rows if row["USUBJID"] == subject and row["EXLINE"] == "2")
        return [*rows, like | {"EXSEQ": "99", "EXTRT": "甲磺酸阿帕替尼", "EXSTDTC": start, "EXENDTC": start}]

    after = perturbed(tmp_path, "ex", add)
    assert modes(run) == modes(after)
    assert any("C in 2, T in 4" in finding.message for finding in after.results.findings)
    values = [{row.id: (row.value, row.lower, row.upper, row.p_value) for row in one.results.rows} for one in (run, after)]
    assert changed(*values) == set()


def test_patients_without_ebv_dna_are_told_under_the_subgroups(run: Run) -> None:
    """README.md of the example, and its maker: 17 of 154 have none at the index date."""
    tables = {table.id: table for table in build_tables(run.results, run.protocol)}
    for name in ("pfs-subgroups", "os-subgroups"):
        told = [note for note in tables[name].footnotes if "in no row" in note]
        assert told == ["EBV DNA, copies/mL: 17 of 154 patients have no value and are in no row."]
