"""The twin trial end to end: equal to R patient by patient, equal to what was printed, and moved only where its records are moved.

`tests/reference/dtc_phase2.json` was made by R from the raw tables, on a path of its own.
"""

from __future__ import annotations

import csv
import json
import shutil
import statistics
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import topline
from topline.api import Run
from topline.audit.against import compare_claims, load_claims

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "dtc-phase2"
REFERENCE = json.loads((ROOT / "tests" / "reference" / "dtc_phase2.json").read_text(encoding="utf-8"))
PATIENTS: dict[str, Any] = REFERENCE["patients"]
SUMMARY: dict[str, Any] = REFERENCE["summary"]
CLOSE = {"rel": 1e-6, "abs": 1e-9}
REASONS = {
    "no progression: last adequate assessment": "No event by the last adequate assessment",
    "new anticancer therapy before progression": "New anticancer therapy",
    "two or more missed visits before the event": "Missed visits before the event",
    "progressive disease": "Disease progression",
}
STATISTICS = ("mean", "sd", "median", "q1", "q3", "min", "max")


def execute(folder: Path) -> Run:
    return topline.load_study(folder).execute()


@pytest.fixture(scope="module")
def run() -> Run:
    return execute(EXAMPLE)


def days(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def by_subject(frame: pl.DataFrame | None, **wanted: str) -> dict[str, dict[str, Any]]:
    assert frame is not None
    for name, value in wanted.items():
        frame = frame.filter(pl.col(name) == value)
    rows = {row["USUBJID"]: row for row in frame.iter_rows(named=True)}
    assert len(rows) == frame.height, "more than one row a patient"
    return rows


# --- patient by patient ----------------------------------------------------------------------------------------------------------


def test_the_patients_analysed_are_those_of_the_reference(run: Run) -> None:
    adsl = run.datasets.adsl
    assert adsl.filter(pl.col("EFFFL") == "Y")["USUBJID"].sort().to_list() == sorted(PATIENTS)
    assert adsl.height == SUMMARY["screened"]
    assert {s: r["ORIGDT"] for s, r in by_subject(adsl.filter(pl.col("EFFFL") == "Y")).items()} == {
        subject: days(patient["start"]) for subject, patient in PATIENTS.items()
    }


@pytest.mark.parametrize(("code", "prefix"), [("PFS", "pfs"), ("PFSEMA", "pfsema"), ("OS", "os")])
def test_times_and_censoring_are_those_of_r(run: Run, code: str, prefix: str) -> None:
    rows = by_subject(run.datasets.adtte, PARAMCD=code)
    ours = {subject: (rows[subject]["AVAL"], rows[subject]["CNSR"]) for subject in PATIENTS}
    assert ours == {subject: (p[f"{prefix}_days"], p[f"{prefix}_cnsr"]) for subject, p in PATIENTS.items()}


def test_reasons_and_dates_of_pfs_are_those_of_r(run: Run) -> None:
    rows = by_subject(run.datasets.adtte, PARAMCD="PFS")
    ours = {s: (rows[s]["ADT"], rows[s]["EVNTDESC"] or rows[s]["CNSDTDSC"]) for s in PATIENTS}
    assert ours == {s: (days(p["pfs_date"]), REASONS[p["pfs_reason"]]) for s, p in PATIENTS.items()}


def test_each_row_of_adtte_names_its_source(run: Run) -> None:
    adrs = run.datasets.adrs
    assert adrs is not None
    visits = {(r["USUBJID"], r["ASEQ"]): r["ADT"] for r in adrs.filter(pl.col("PARAMCD") == "OVR").iter_rows(named=True)}
    pfs = run.datasets.adtte.filter(pl.col("PARAMCD").is_in(["PFS", "PFSEMA"]) & pl.col("USUBJID").is_in(list(PATIENTS)))
    for row in pfs.iter_rows(named=True):
        assert (row["SRCDOM"], row["SRCVAR"]) == ("ADRS", "ADT")
        assert visits[row["USUBJID"], row["SRCSEQ"]] == row["ADT"]


def test_every_visit_is_that_of_r(run: Run) -> None:
    adrs, adtr = run.datasets.adrs, run.datasets.adtr
    assert adrs is not None
    assert adtr is not None
    parts = {
        code: {(r["USUBJID"], r["AVISITN"]): r for r in adrs.filter(pl.col("PARAMCD") == code).iter_rows(named=True)}
        for code in ("OVR", "TRGRESP", "NTRGRESP")
    }
    sums = {(r["USUBJID"], r["AVISITN"]): r for r in adtr.filter(pl.col("PARAMCD") == "SDIAM").iter_rows(named=True)}
    seen = set()
    for subject, patient in PATIENTS.items():
        for visit in patient["responses"]:
            key = (subject, float(visit["visit"]))
            seen.add(key)
            assert (parts["OVR"][key]["AVALC"], parts["OVR"][key]["ADT"]) == (visit["overall"], days(visit["date"])), key
            assert parts["TRGRESP"][key]["AVALC"] == visit["target"], key
            nontarget = parts["NTRGRESP"][key]["AVALC"] if key in parts["NTRGRESP"] else "NONE"
            assert nontarget == visit["nontarget"], key
            assert (parts["OVR"][key]["RULE"] == "new lesion") == visit["new"], key
            if visit["sum"] is not None:
                assert sums[key]["AVAL"] == pytest.approx(visit["sum"], **CLOSE), key
                assert sums[key]["BASE"] == pytest.approx(patient["baseline_sum"], **CLOSE), key
            else:
                assert sums[key]["ANL01FL"] == "N", key
    assert {key for key in parts["OVR"] if key[0] in PATIENTS} == seen


def test_best_responses_are_those_of_r(run: Run) -> None:
    best = by_subject(run.datasets.best)
    assert {s: (best[s]["BOR"], best[s]["CBOR"]) for s in PATIENTS} == {s: (p["bor"], p["cbor"]) for s, p in PATIENTS.items()}


def test_best_changes_of_the_sum_are_those_of_r(run: Run) -> None:
    """The waterfall shows each patient's best change up to progression and new therapy."""
    (waterfall,) = [item for item in run.results.waterfalls if item.analysis == "response"]
    assert list(waterfall.value) == pytest.approx(sorted((p["best_sum_pchg"] for p in PATIENTS.values()), reverse=True), **CLOSE)
    assert waterfall.n_missing == 0


def test_thyroglobulin_is_that_of_r(run: Run) -> None:
    best = by_subject(run.datasets.best)
    adlb = run.datasets.adlb
    assert adlb is not None
    base = by_subject(adlb.filter(pl.col("ABLFL") == "Y"), ENDPOINT="TGRESP")
    for subject, patient in PATIENTS.items():
        assert base[subject]["AVAL"] == pytest.approx(patient["tg_baseline"], **CLOSE)
        assert best[subject]["TGRESPPCHG"] == pytest.approx(patient["tg_best_pchg"], **CLOSE)
        assert (best[subject]["TGRESP"] == "Y") == patient["tg_response"]


def test_exposure_is_that_of_r(run: Run) -> None:
    drug = by_subject(run.datasets.adex, EXTRT="ANLOTINIB")
    iodine = by_subject(run.datasets.adex, EXTRT="IODINE-131")
    for subject, patient in PATIENTS.items():
        exposure, ours = patient["exposure"], drug[subject]
        assert ours["RDI"] == pytest.approx(exposure["rdi"], **CLOSE), subject
        assert ours["CUMDOSE"] == pytest.approx(exposure["total_mg"], **CLOSE), subject
        counted = {
            "DURD": "treatment_days",
            "NCYCLE": "cycles",
            "NREDUC": "reductions",
            "INTRPDY": "interruption_days",
            "NDELAY": "delayed_cycles",
        }
        assert {name: ours[name] for name in counted} == {name: exposure[key] for name, key in counted.items()}, subject
        assert ours["EXLDT"] == days(exposure["last_dose"]), subject
        assert iodine[subject]["NCYCLE"] == exposure["iodine_courses"], subject
        assert iodine[subject]["CUMDOSE"] == pytest.approx(exposure["iodine_gbq"], **CLOSE), subject


def test_adverse_events_are_those_of_r(run: Run) -> None:
    adae = run.datasets.adae
    assert adae is not None
    emergent = adae.filter(pl.col("TRTEMFL") == "Y")
    related = emergent.filter(pl.col("AREL") == "Y")
    for subject, patient in PATIENTS.items():
        worst = {
            name: frame.filter(pl.col("USUBJID") == subject)["ATOXGR"].max() or 0 for name, frame in (("teae", emergent), ("trae", related))
        }
        assert worst == {"teae": patient["worst_teae_grade"], "trae": patient["worst_trae_grade"]}, subject


# --- the main numbers ------------------------------------------------------------------------------------------------------------


def result(run: Run, **wanted: Any) -> Any:
    return run.results.get(**wanted)


@pytest.mark.parametrize(
    ("endpoint", "key"), [("ORR", "orr"), ("DCR", "dcr"), ("CORR", "orr_confirmed")], ids=["objective", "disease control", "confirmed"]
)
def test_rates_and_their_exact_intervals(run: Run, endpoint: str, key: str) -> None:
    row = result(run, analysis="response", endpoint=endpoint, statistic="rate")
    wanted = SUMMARY[key]
    assert (row.events, row.n) == (wanted["x"], wanted["n"])
    assert [row.value, row.lower, row.upper] == pytest.approx([wanted["rate"], wanted["lower"], wanted["upper"]], **CLOSE)


@pytest.mark.parametrize(("endpoint", "key"), [("BOR", "bor"), ("CBOR", "cbor")])
def test_counts_of_best_response(run: Run, endpoint: str, key: str) -> None:
    counts = {row.level: row.value for row in run.results.find(analysis="response", endpoint=endpoint, statistic="count")}
    assert counts == {"CR": 0, "PR": 0, "SD": 0, "PD": 0, "NE": 0} | SUMMARY[key]


@pytest.mark.parametrize(("analysis", "endpoint", "key"), [("pfs", "PFS", "pfs"), ("pfs_treatment_policy", "PFSEMA", "pfs_ema")])
def test_kaplan_meier_medians_and_landmarks(run: Run, analysis: str, endpoint: str, key: str) -> None:
    wanted = SUMMARY[key]
    median = result(run, analysis=analysis, endpoint=endpoint, statistic="median")
    assert median.events == wanted["events"]
    for ours, theirs in ((median.value, wanted["median"]), (median.lower, wanted["lower"]), (median.upper, wanted["upper"])):
        if theirs is None:
            assert ours is None
        else:
            assert ours == pytest.approx(theirs / 30.4375, **CLOSE)
    assert median.status == ("not_reached" if wanted["median"] is None else "ok")
    if analysis == "pfs":
        for landmark in wanted["landmarks"]:
            row = result(run, analysis=analysis, statistic="landmark_rate", time=float(landmark["months"]))
            assert [row.value, row.lower, row.upper] == pytest.approx([landmark[k] for k in ("survival", "lower", "upper")], **CLOSE)


def test_follow_up(run: Run) -> None:
    reverse, observed = run.results.find(analysis="follow_up", statistic="follow_up_median")
    wanted = SUMMARY["follow_up_reverse_km"]
    assert reverse.method["name"] == "reverse Kaplan–Meier"
    assert [reverse.value, reverse.lower, reverse.upper] == pytest.approx(
        [wanted["months"], wanted["lower"] / 30.4375, wanted["upper"] / 30.4375], **CLOSE
    )
    assert observed.value == pytest.approx(SUMMARY["follow_up_observed"]["months"], **CLOSE)
    for end in ("min", "max"):
        assert result(run, analysis="follow_up", statistic=end).value == pytest.approx(
            SUMMARY["follow_up_observed"][end] / 30.4375, **CLOSE
        )


def test_thyroglobulin_summary(run: Run) -> None:
    for name in ("median", "q1", "q3"):
        row = result(run, analysis="tg", variable="best change", statistic=name)
        assert row.value == pytest.approx(SUMMARY["tg_best_pchg"][name], **CLOSE)
    assert result(run, analysis="response", endpoint="TGRESP", statistic="count").value == SUMMARY["tg_responders"]


def test_safety_counts(run: Run) -> None:
    keys = {"TEAE": "teae_patients", "TRAE": "trae_patients", "TEAE3": "teae3_patients", "TRAE3": "trae3_patients", "SAE": "sae_patients"}
    for endpoint, key in keys.items():
        assert result(run, analysis="safety", endpoint=endpoint, statistic="count", level=None).value == SUMMARY[key], endpoint
    by_term = {r.level: r.value for r in run.results.find(analysis="safety", endpoint="TRAE3", statistic="count") if r.level and r.value}
    assert by_term == SUMMARY["trae3_by_term"]
    assert result(run, analysis="safety", endpoint="AEMISS").value == SUMMARY["missing_attribution_events"]


def test_exposure_summary(run: Run) -> None:
    for statistic in ("mean", "median", "min", "max"):
        row = result(run, analysis="exposure", endpoint="RDI", level=statistic)
        assert row.value == pytest.approx(SUMMARY["rdi"][statistic], **CLOSE)
    for statistic in ("median", "min", "max"):
        row = result(run, analysis="exposure", endpoint="CYCLES", variable="Anlotinib", statistic=statistic)
        assert row.value == SUMMARY["cycles"][statistic]
    keys = {
        "REDUCED": "dose_reduction_patients",
        "REDUCAE": "dose_reduction_for_ae_patients",
        "REDUCTIONS": "dose_reduction_steps",
        "INTERRUPTED": "interruption_patients",
        "DELAYED": "delayed_patients",
    }
    for endpoint, key in keys.items():
        assert result(run, analysis="exposure", endpoint=endpoint, statistic="count").value == SUMMARY[key], endpoint
    stopped = result(run, analysis="exposure", endpoint="DISCONTINUED", level="Adverse event", statistic="count")
    assert stopped.value == SUMMARY["discontinued_for_ae"]


def test_the_flow_chart_adds_up(run: Run) -> None:
    first = [step for step in run.results.attrition if step.population == "ENR"]
    assert (first[0].n_left, first[-1].n_left) == (SUMMARY["screened"], SUMMARY["enrolled"])
    assert [step.n_removed for step in first] == [0, 1, 1, 2, 0, 0]
    assert run.results.get(analysis="populations", population="EFF").value == SUMMARY["first_combination_completed"]


def test_every_printed_claim_is_met_or_a_known_contradiction(run: Run) -> None:
    claims = load_claims(EXAMPLE / "claims.yaml")
    checks = {check.id: check.verdict for check in compare_claims(claims, run.results)}
    assert len(checks) == len(claims)
    assert {name for name, verdict in checks.items() if verdict == "known contradiction"} == {"dcr"}
    assert {verdict for name, verdict in checks.items() if name != "dcr"} <= {"same", "same after rounding"}


# --- perturbations: exactly what follows from a record moves ------------------------------------------------------------------------


def copy(folder: Path) -> Path:
    shutil.copytree(EXAMPLE / "records", folder / "records")
    shutil.copy(EXAMPLE / "study.yaml", folder)
    return folder


Rows = list[dict[str, str]]


def edit(folder: Path, domain: str, change: Callable[[Rows], Rows]) -> None:
    """Rewrite one table; the change must change exactly one row."""
    file = folder / "records" / f"{domain}.csv"
    with file.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        names, rows = list(reader.fieldnames or ()), list(reader)
    before = [dict(row) for row in rows]
    after = change(rows)
    kept = [row for row in before if row in after]
    assert len(before) - len(kept) == 1, "not exactly one row was touched"
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(after)


def raw(run: Run) -> dict[str, dict[str, Any]]:
    """The rows of results.json by id, with the members of each subject set instead of its ordinal."""
    rows = json.loads(json.dumps(run.results.to_dict(), ensure_ascii=False))["results"]
    sets = run.results.subject_sets
    found = {row["id"]: row | {"subject_set": None if row["subject_set"] is None else sets[row["subject_set"]]} for row in rows}
    assert len(found) == len(rows)
    return found


def moved(before: Run, after: Run) -> set[str]:
    old, new = raw(before), raw(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def summary(values: Iterable[float]) -> dict[str, float]:
    ordered = sorted(values)
    q1, median, q3 = statistics.quantiles(ordered, n=4, method="inclusive")
    found = (statistics.fmean(ordered), statistics.stdev(ordered), median, q1, q3, ordered[0], ordered[-1])
    return dict(zip(STATISTICS, found, strict=True))


def shifted(before: Iterable[float], after: Iterable[float]) -> set[str]:
    """Which summary statistics a change of the values moves."""
    old, new = summary(before), summary(after)
    return {name for name in STATISTICS if old[name] != pytest.approx(new[name], rel=1e-12)}


def pairs(*stems: str, kinds: tuple[str, str] = ("count", "percent")) -> set[str]:
    return {f"{stem}.{kind}" for stem in stems for kind in kinds}


def test_nothing_moves_when_nothing_is_changed(run: Run, tmp_path: Path) -> None:
    assert moved(run, execute(copy(tmp_path))) == set()


def test_a_lost_lesion_row_makes_one_patient_not_evaluable_and_moves_nothing_else(run: Run, tmp_path: Path) -> None:
    """DTC-024 has one scan after baseline, a PR: without one of its lesions it is NE, the patient a non-responder.

    The PFS of this patient falls from day 85 to day 1, both before the first event (day 86): the curve stays as it is.
    """
    assert (len(PATIENTS["DTC-024"]["responses"]), PATIENTS["DTC-024"]["bor"], PATIENTS["DTC-024"]["cbor"]) == (1, "PR", "SD")
    assert min(p["pfs_days"] for p in PATIENTS.values() if p["pfs_cnsr"] == 0) == 86
    folder = copy(tmp_path)
    edit(folder, "tr", lambda rows: [r for r in rows if (r["USUBJID"], r["VISITNUM"], r["TRLNKID"]) != ("DTC-024", "3", "T01")])
    after = execute(folder)
    assert moved(run, after) == (
        pairs("response.BOR.BOR.PR", "response.BOR.BOR.NE", "response.CBOR.CBOR.SD", "response.CBOR.CBOR.NE")
        | pairs("response.ORR", "response.DCR", kinds=("count", "rate"))
    )
    assert after.results.get(analysis="response", endpoint="ORR", statistic="rate").value == 0.5
    row = by_subject(after.datasets.adtte, PARAMCD="PFS")["DTC-024"]
    assert (row["AVAL"], row["CNSR"]) == (1, 1)


def test_moving_a_death_past_another_patients_last_contact_moves_one_landmark(tmp_path: Path) -> None:
    """The death moves from day 160 to day 120, over the last contact of one patient (day 147): one more patient is at risk at it.

    All else stays: the number of events, the median (not reached; its note says how low the curve gets), the observed and the reverse
    Kaplan–Meier follow-up (whose
    survival at its median stays under one half), and PFS (DTC-022 had progressed on day 86).
    """
    assert [p["os_days"] for s, p in PATIENTS.items() if s != "DTC-022" and 120 <= p["os_days"] <= 160] == [147]
    assert (PATIENTS["DTC-022"]["start"], PATIENTS["DTC-022"]["pfs_days"]) == ("2024-06-25", 86)

    def die(on: str) -> Callable[[Rows], Rows]:
        def change(rows: Rows) -> Rows:
            (row,) = [row for row in rows if row["USUBJID"] == "DTC-022"]
            row.update(DTHFL="Y", DTHDTC=on)
            return rows

        return change

    runs = []
    for name, day in (("late", "2024-12-01"), ("early", "2024-10-22")):  # days 160 and 120
        folder = copy(tmp_path / name)
        edit(folder, "dm", die(day))
        edit(folder, "ss", lambda rows: [r for r in rows if r["USUBJID"] != "DTC-022" or r["SSDTC"] != last_contact(rows, "DTC-022")])
        runs.append(execute(folder))
    late, early = runs
    assert [by_subject(r.datasets.adtte, PARAMCD="OS")["DTC-022"]["AVAL"] for r in runs] == [160, 120]
    assert moved(late, early) == {"os.OS.landmark_rate.12", "os.OS.median"}
    medians = [raw(r)["os.OS.median"] for r in runs]
    assert {name for name in medians[0] if medians[0][name] != medians[1][name]} == {"warnings"}
    assert [median["warnings"][0] for median in medians] == [
        f"not reached: S(t) stays above 0.5 (lowest value {value})" for value in ("0.9444", "0.9474")
    ]
    # 18 at risk on day 160 (all but those of days 105 and 147), 19 on day 120 (all but that of day 105)
    values = [r.results.get(analysis="os", statistic="landmark_rate").value for r in runs]
    assert values == pytest.approx([17 / 18, 18 / 19], rel=1e-12)


def last_contact(rows: Rows, subject: str) -> str:
    return max(row["SSDTC"] for row in rows if row["USUBJID"] == subject)


def test_one_lower_dose_moves_dose_and_reductions_only(run: Run, tmp_path: Path) -> None:
    """DTC-010 took 12 mg throughout; the last course at 10 mg is 28 mg less, one reduction (not for an adverse event)."""
    assert PATIENTS["DTC-010"]["exposure"]["reductions"] == 0
    folder = copy(tmp_path)

    def change(rows: Rows) -> Rows:
        own = [row for row in rows if row["USUBJID"] == "DTC-010" and row["EXTRT"].strip().upper() == "ANLOTINIB"]
        last = max(own, key=lambda row: row["EXSTDTC"])
        assert (date.fromisoformat(last["EXENDTC"]) - date.fromisoformat(last["EXSTDTC"])).days == 13
        last["EXDOSE"] = "10"
        return rows

    edit(folder, "ex", change)
    after = execute(folder)
    dose = {s: p["exposure"]["total_mg"] for s, p in PATIENTS.items()}
    rdi = {s: p["exposure"]["rdi"] for s, p in PATIENTS.items()}
    less = dose | {"DTC-010": dose["DTC-010"] - 28}
    lower = rdi | {"DTC-010": less["DTC-010"] / PATIENTS["DTC-010"]["exposure"]["treatment_days"] / 8}
    assert moved(run, after) == (
        pairs("exposure.REDUCED.Anlotinib")
        | {"exposure.REDUCTIONS.Anlotinib.count"}
        | {f"exposure.CUMDOSE.Anlotinib.{name}" for name in shifted(dose.values(), less.values())}
        | {f"exposure.RDI.Anlotinib.{name}.rdi" for name in shifted(rdi.values(), lower.values())}
    )
    assert after.results.get(endpoint="RDI", level="mean").value == pytest.approx(summary(lower.values())["mean"], rel=1e-12)


def test_one_higher_grade_moves_the_severe_events_only(run: Run, tmp_path: Path) -> None:
    """DTC-010 had no event of grade 3: hypertension (or another related term) of grade 2 becomes 3."""
    assert PATIENTS["DTC-010"]["worst_teae_grade"] == 2
    folder = copy(tmp_path)
    terms = []

    def change(rows: Rows) -> Rows:
        own = [r for r in rows if r["USUBJID"] == "DTC-010" and r["AETOXGR"] == "2" and r["AERELAN"] == "Y"]
        own[0]["AETOXGR"] = "3"
        terms.append(own[0]["AEDECOD"].replace(" ", "_"))
        return rows

    edit(folder, "ae", change)
    stems = [f"safety.{code}{part}" for code in ("TEAE3", "TRAE3") for part in ("", f".AEDECOD.{terms[0]}")]
    assert moved(run, execute(folder)) == pairs(*stems)


def test_a_lost_thyroglobulin_value_moves_its_summary_only(run: Run, tmp_path: Path) -> None:
    """DTC-014's lowest value isn't the last; without it the next lowest decides, still a fall of more than 25%."""
    subject = "DTC-014"
    patient = PATIENTS[subject]
    with (EXAMPLE / "records" / "lb.csv").open(encoding="utf-8", newline="") as handle:
        own = [
            r
            for r in csv.DictReader(handle)
            if (r["USUBJID"], r["LBTESTCD"].strip().upper(), r["LBTSHST"].strip().upper()) == (subject, "TG", "SUPPRESSED")
            and patient["start"] < r["LBDTC"] <= REFERENCE["cutoff"]
        ]
    assert patient["tg_best_date"] != max(r["LBDTC"] for r in own)
    rest = sorted(float(r["LBORRES"].lstrip("<")) for r in own if r["LBDTC"] != patient["tg_best_date"])
    assert len(rest) == len(own) - 1
    changed = 100 * (rest[0] / patient["tg_baseline"] - 1)
    assert changed <= -25
    assert changed != patient["tg_best_pchg"]
    folder = copy(tmp_path)
    gone = (subject, patient["tg_best_date"])
    edit(folder, "lb", lambda rows: [r for r in rows if (r["USUBJID"], r["LBDTC"]) != gone or r["LBTESTCD"].strip().upper() != "TG"])
    old = {s: p["tg_best_pchg"] for s, p in PATIENTS.items()}
    expected = {f"tg.TGRESP.best_change.{name}" for name in shifted(old.values(), (old | {subject: changed}).values())}
    assert {"tg.TGRESP.best_change.mean"} <= expected
    assert moved(run, execute(folder)) == expected
