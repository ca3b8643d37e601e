"""The synthetic twin trial: its generator gives the committed bytes, its records are sound, R's numbers are the paper's."""

import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "dtc-phase2"
RECORDS = EXAMPLE / "records"
CUTOFF = date(2024, 12, 31)
STARTS = {  # the column that dates a row
    "dm": "RFICDTC",
    "ex": "EXSTDTC",
    "tu": "TUDTC",
    "tr": "TRDTC",
    "lb": "LBDTC",
    "ae": "AESTDTC",
    "ds": "DSSTDTC",
    "cm": "CMSTDTC",
    "pr": "PRSTDTC",
    "ss": "SSDTC",
}
DOMAINS = tuple(STARTS)
MAX_GRADE = {  # CTCAE 5.0: terms without a grade 4
    "Back pain": 3,
    "Dry mouth": 3,
    "Fatigue": 3,
    "Hoarseness": 3,
    "Insomnia": 3,
    "Nausea": 3,
    "Palmar-plantar erythrodysesthesia syndrome": 3,
    "Proteinuria": 3,
    "Weight loss": 3,
}


def read(domain):
    with (RECORDS / f"{domain}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def code(text):
    return text.strip().upper()


@pytest.fixture(scope="module")
def records():
    return {domain: read(domain) for domain in DOMAINS}


@pytest.fixture(scope="module")
def first_dose(records):
    doses = defaultdict(list)
    for row in records["ex"]:
        if code(row["EXTRT"]) == "ANLOTINIB":
            doses[row["USUBJID"]].append(date.fromisoformat(row["EXSTDTC"]))
    return {subject: min(days) for subject, days in doses.items()}


@pytest.fixture(scope="module")
def reference():
    return json.loads((ROOT / "tests" / "reference" / "dtc_phase2.json").read_text(encoding="utf-8"))


def test_the_generator_gives_the_committed_bytes(tmp_path):
    subprocess.run([sys.executable, str(EXAMPLE / "make_records.py"), "--out", str(tmp_path)], check=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in RECORDS.iterdir())
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (RECORDS / made.name).read_bytes(), made.name
        assert b"\r" not in made.read_bytes()


def test_the_generator_needs_only_the_standard_library(tmp_path):
    # -S leaves site-packages out
    subprocess.run([sys.executable, "-S", str(EXAMPLE / "make_records.py"), "--out", str(tmp_path)], check=True)
    assert len(list(tmp_path.iterdir())) == len(DOMAINS)


def test_everybody_is_said_to_be_synthetic(records):
    assert {row["STUDYID"] for row in records["dm"]} == {"DTC-PHASE2-SYNTHETIC"}


def test_screening_and_enrolment_add_up(records, first_dose):
    screened = {row["USUBJID"] for row in records["dm"]}
    milestones = Counter(row["DSDECOD"] for row in records["ds"])
    failures = Counter(row["DSTERM"] for row in records["ds"] if row["DSDECOD"] == "SCREEN FAILURE")
    assert len(screened) == len(records["dm"]) == milestones["INFORMED CONSENT OBTAINED"] == 24
    assert len(first_dose) == milestones["ENROLLED"] == 20
    assert failures == {
        "Previous treatment with a TKI": 1,
        "No measurable lesion": 1,
        "No iodine uptake in metastases on Rx-WBS": 2,
    }
    assert Counter(code(row["SEX"]) for row in records["dm"] if row["USUBJID"] in first_dose) == {"M": 4, "F": 16}
    enrolled = [date.fromisoformat(row["DSSTDTC"]) for row in records["ds"] if row["DSDECOD"] == "ENROLLED"]
    assert (min(enrolled).year, min(enrolled).month) == (2022, 10)
    assert (max(enrolled).year, max(enrolled).month) == (2024, 9)


def test_sequence_numbers_are_unique_and_every_subject_is_in_dm(records):
    screened = {row["USUBJID"] for row in records["dm"]}
    for domain in DOMAINS[1:]:
        keys = [(row["USUBJID"], row[f"{domain.upper()}SEQ"]) for row in records[domain]]
        assert len(set(keys)) == len(keys), domain
        assert {subject for subject, _ in keys} <= screened, domain


def test_rows_after_the_cutoff_are_the_intended_ones(records):
    late = {(domain, row["USUBJID"]) for domain, column in STARTS.items() for row in records[domain] if row[column] > CUTOFF.isoformat()}
    assert late == {("tr", "DTC-024"), ("ss", "DTC-007"), ("ae", "DTC-023")}
    assert [row["USUBJID"] for row in records["ex"] if row["EXENDTC"] > CUTOFF.isoformat()] == ["DTC-021"]


def test_consent_scan_iodine_and_first_dose_come_in_order(records, first_dose):
    consent = {row["USUBJID"]: date.fromisoformat(row["RFICDTC"]) for row in records["dm"]}
    for subject, start in first_dose.items():
        screening = {row["TUDTC"] for row in records["tu"] if row["USUBJID"] == subject and row["VISITNUM"] == "1"}
        scan = date.fromisoformat(screening.pop())
        iodine = min(
            date.fromisoformat(row["EXSTDTC"]) for row in records["ex"] if row["USUBJID"] == subject and row["EXTRT"] == "IODINE-131"
        )
        uptake = min(date.fromisoformat(row["PRSTDTC"]) for row in records["pr"] if row["USUBJID"] == subject)
        assert not screening
        assert consent[subject] <= scan < iodine < uptake <= start
        assert (start - scan).days <= 28
        assert 3 <= (uptake - iodine).days <= 5
        assert 3 <= (start - iodine).days <= 7
        assert start + timedelta(days=83) <= CUTOFF  # a complete 12-week combination cycle


def test_nobody_without_uptake_was_treated(records, first_dose):
    uptake = defaultdict(set)
    for row in records["tr"]:
        if row["TRTESTCD"] == "RAIUPTK" and row["VISITNUM"] == "21":
            uptake[row["USUBJID"]].add(row["TRORRES"])
    assert {subject for subject, found in uptake.items() if "POSITIVE" in found} == set(first_dose)
    assert {subject for subject, found in uptake.items() if found == {"NEGATIVE"}} == {"DTC-009", "DTC-019"}


def test_target_lesions_keep_to_recist(records):
    baseline = {(row["USUBJID"], row["TRLNKID"]): row for row in records["tr"] if row["VISITNUM"] == "1" and row["TRORRESU"] == "mm"}
    targets = [row for row in records["tu"] if code(row["TUORRES"]) == "TARGET"]
    assert {(row["USUBJID"], row["TULNKID"]) for row in targets} == set(baseline)
    assert max(Counter(row["USUBJID"] for row in targets).values()) == 5
    assert max(Counter((row["USUBJID"], row["TULOC"]) for row in targets).values()) == 2
    for row in targets:
        measured = baseline[row["USUBJID"], row["TULNKID"]]
        node = row["TULOC"] == "LYMPH NODE"
        assert measured["TRTESTCD"] == ("LPERP" if node else "LDIAM")
        assert float(measured["TRORRES"]) >= (15 if node else 10)


def test_planned_scans_lie_in_their_windows(records, first_dose):
    for row in records["tr"]:
        week = row["VISIT"].removeprefix("WEEK ")
        if row["USUBJID"] in first_dose and week.isdigit():
            planned = first_dose[row["USUBJID"]] + timedelta(weeks=int(week))
            assert abs((date.fromisoformat(row["TRDTC"]) - planned).days) <= 14
            assert float(row["VISITNUM"]) == 1 + int(week) / 6


def test_doses_are_protocol_levels_and_stretches_do_not_overlap(records):
    last = {}
    for row in records["ex"]:
        if code(row["EXTRT"]) == "ANLOTINIB":
            assert row["EXDOSE"] in {"12", "10", "8"}
            assert (row["EXDOSU"], row["EXDOSFRQ"]) == ("mg", "QD")
            assert last.get(row["USUBJID"], "") < row["EXSTDTC"] <= row["EXENDTC"]
            days = date.fromisoformat(row["EXENDTC"]) - date.fromisoformat(row["EXSTDTC"])
            assert days.days < 14
            last[row["USUBJID"]] = row["EXENDTC"]
        else:
            assert (row["EXTRT"], row["EXDOSU"], row["EXDOSFRQ"]) == ("IODINE-131", "GBq", "ONCE")
            assert row["EXSTDTC"] == row["EXENDTC"]


def test_each_reduction_has_its_adverse_event(records):
    reduced = {row["USUBJID"] for row in records["ex"] if row["EXADJ"] == "ADVERSE EVENT"}
    blamed = {row["USUBJID"] for row in records["ae"] if code(row["AEACN"]) == "DOSE REDUCED"}
    assert reduced == blamed
    assert len(reduced) == 10
    assert sum(row["EXADJ"] == "ADVERSE EVENT" for row in records["ex"]) == 11


def test_grades_exist_for_their_terms(records):
    for row in records["ae"]:
        assert 1 <= int(row["AETOXGR"]) <= MAX_GRADE.get(row["AEDECOD"], 4), row
        assert row["AEENDTC"] == "" or row["AESTDTC"] <= row["AEENDTC"]
    assert {row["AESER"] for row in records["ae"]} == {"N"}
    assert sum(row["AERELAN"] == "" for row in records["ae"]) == 1
    assert [row["AESTDTC"] for row in records["ae"] if len(row["AESTDTC"]) == 7] == ["2023-05"]


def test_the_last_contact_is_the_last_row_of_every_treated_patient(records, first_dose):
    for subject in first_dose:
        contact = max(row["SSDTC"] for row in records["ss"] if row["USUBJID"] == subject)
        for domain, column in STARTS.items():
            dates = [row[column] for row in records[domain] if row["USUBJID"] == subject and row[column] <= CUTOFF.isoformat()]
            assert max(dates, default="") <= contact, (subject, domain)


def test_r_finds_the_numbers_of_the_abstract(reference):
    found = reference["summary"]
    assert (found["screened"], found["enrolled"], found["sex"]) == (24, 20, {"F": 16, "M": 4})
    assert found["bor"] == {"PD": 1, "PR": 11, "SD": 8}
    assert [round(100 * found["orr"][key], 1) for key in ("rate", "lower", "upper")] == [55.0, 31.5, 76.9]
    assert [round(100 * found["dcr"][key], 1) for key in ("rate", "lower", "upper")] == [95.0, 75.1, 99.9]
    assert found["pfs"]["median"] is None
    assert found["pfs"]["lowest_survival"] > 0.5
    assert round(found["follow_up_reverse_km"]["months"], 1) == round(found["follow_up_observed"]["months"], 1) == 13.7
    assert found["tg_responders"] == found["first_combination_completed"] == 20
    assert found["trae3_patients"] == found["dose_reduction_patients"] == found["dose_reduction_for_ae_patients"] == 10
    assert max(found["trae3_by_term"], key=found["trae3_by_term"].get) == "Hypertension"
    assert found["discontinued_for_ae"] == found["sae_patients"] == found["deaths"] == 0


def test_r_finds_what_the_twin_adds(reference):
    found = reference["summary"]
    assert found["cbor"] == {"PD": 1, "PR": 10, "SD": 9}
    assert (found["pfs"]["events"], found["pfs_ema"]["events"]) == (5, 7)
    assert (found["dose_reduction_steps"], found["interruption_patients"], found["delayed_patients"]) == (11, 3, 1)
    patients = reference["patients"]
    assert len(patients) == 20
    assert [subject for subject, p in patients.items() if p["bor"] == "PR" and p["cbor"] != "PR"] == ["DTC-024"]
    assert {s: p["pfs_days"] for s, p in patients.items() if p["pfs_cnsr"] == 0} == {
        "DTC-002": 340,
        "DTC-006": 420,
        "DTC-007": 251,
        "DTC-012": 246,
        "DTC-022": 86,
    }


def test_claims_name_one_contradiction_and_their_source():
    claims = yaml.safe_load((EXAMPLE / "claims.yaml").read_text(encoding="utf-8"))
    assert len({claim["id"] for claim in claims}) == len(claims)
    assert [claim["id"] for claim in claims if claim.get("expected") == "mismatch"] == ["dcr"]
    for claim in claims:
        assert "10.3389/fonc.2025.1622676" in claim["source"]
        assert all(isinstance(claim[key], str) for key in ("printed", "lower", "upper") if claim.get(key) is not None)
