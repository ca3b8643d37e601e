"""The synthetic cohort: its generator gives the committed bytes, its records are sound, R's numbers are the paper's."""

import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "npc-cohort"
RECORDS = EXAMPLE / "records"
CUTOFF = date(2025, 2, 28)
DATES = {
    "ex": "EXSTDTC",
    "rs": "RSDTC",
    "tu": "TUDTC",
    "tr": "TRDTC",
    "lb": "LBDTC",
    "ae": "AESTDTC",
    "cm": "CMSTDTC",
    "ds": "DSSTDTC",
    "ss": "SSDTC",
}
DOMAINS = ("dm", *DATES)
MAX_GRADE = {  # CTCAE 5.0: terms without a grade 4, of those that occur
    "Back pain": 3,
    "Dry mouth": 3,
    "Fatigue": 3,
    "Insomnia": 3,
    "Nausea": 3,
    "Palmar-plantar erythrodysesthesia syndrome": 3,
    "Proteinuria": 3,
    "Pruritus": 3,
    "Rash maculo-papular": 3,
}


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def records():
    return {domain: read(RECORDS / f"{domain}.csv") for domain in DOMAINS}


@pytest.fixture(scope="module")
def courses():
    return {row["USUBJID"]: row for row in read(EXAMPLE / "courses.csv")}


@pytest.fixture(scope="module")
def reference():
    return json.loads((ROOT / "tests" / "reference" / "npc_cohort.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(reference):
    return reference["summary"]


@pytest.mark.parametrize("flags", [[], ["-S"]], ids=["plain", "standard library only"])
def test_the_generator_gives_the_committed_bytes(tmp_path, flags):
    # -S leaves site-packages out
    subprocess.run([sys.executable, *flags, str(EXAMPLE / "make_records.py"), "--out", str(tmp_path)], check=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in RECORDS.iterdir()) == sorted(f"{d}.csv" for d in DOMAINS)
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (RECORDS / made.name).read_bytes(), made.name
        assert b"\r" not in made.read_bytes()


def test_everybody_is_said_to_be_synthetic_and_nobody_is_labelled(records):
    assert {row["STUDYID"] for row in records["dm"]} == {"NPC-COHORT-SYNTHETIC"}
    assert len({row["USUBJID"] for row in records["dm"]}) == len(records["dm"]) == 163
    assert not {"ARM", "MODE", "TRT01P"} & set(records["dm"][0])  # the mode is in the drug records alone


def test_every_row_belongs_to_a_patient_and_rows_are_numbered(records):
    subjects = {row["USUBJID"] for row in records["dm"]}
    for domain, column in DATES.items():
        numbers = defaultdict(list)
        for row in records[domain]:
            assert row["USUBJID"] in subjects
            date.fromisoformat(row[column])
            numbers[row["USUBJID"]].append(int(row[f"{domain.upper()}SEQ"]))
        assert all(seen == list(range(1, len(seen) + 1)) for seen in numbers.values())


def test_the_second_line_begins_after_progression_on_the_first(records, courses):
    progressed = {row["USUBJID"]: row["RSDTC"] for row in records["rs"] if row["RSORRES"] == "PD"}
    lines = defaultdict(lambda: defaultdict(list))
    for row in records["ex"]:
        lines[row["USUBJID"]][row["EXLINE"]].append(row)
    for subject, by_line in lines.items():
        if courses[subject]["NOTES"] == "first_line":
            assert set(by_line) == {"1"}
            assert subject not in progressed
            continue
        index = min(row["EXSTDTC"] for row in by_line["2"])
        assert index == courses[subject]["INDEX"]
        assert max(row["EXSTDTC"] for row in by_line["1"]) < progressed[subject] < index
        assert all(row["EXENDTC"] <= progressed[subject] for row in by_line["1"])
        later = [row["EXSTDTC"] for row in by_line["3"]]
        assert all(row["EXENDTC"] < min(later, default="9999") for row in by_line["2"])


def test_no_component_starts_near_the_end_of_the_window(records, courses):
    for row in records["ex"]:
        after = (date.fromisoformat(row["EXSTDTC"]) - date.fromisoformat(courses[row["USUBJID"]]["INDEX"])).days
        assert row["EXLINE"] == "1" or after <= 25 or after >= (60 if row["EXLINE"] == "2" else 33)


def test_new_lines_stand_in_both_tables(records):
    started = {(row["USUBJID"], row["EXSTDTC"]) for row in records["ex"] if int(row["EXLINE"]) > 2}
    assert started == {(row["USUBJID"], row["CMSTDTC"]) for row in records["cm"]}
    assert {row["CMCAT"] for row in records["cm"]} == {"NEW ANTICANCER THERAPY"}


def test_target_lesions_keep_to_recist(records):
    targets = [row for row in records["tu"] if row["TUORRES"] == "TARGET"]
    baseline = {(row["USUBJID"], row["TRLNKID"]): row for row in records["tr"] if row["VISITNUM"] == "1"}
    assert max(Counter(row["USUBJID"] for row in targets).values()) <= 5
    assert max(Counter((row["USUBJID"], row["TULOC"]) for row in targets).values()) == 2
    for row in targets:
        measured = baseline[row["USUBJID"], row["TULNKID"]]
        node = row["TULOC"] == "LYMPH NODE"
        assert measured["TRTESTCD"] == ("LPERP" if node else "LDIAM")
        size = float(measured["TRORRES"]) * (10 if measured["TRORRESU"] == "cm" else 1)
        assert size >= (15 if node else 10)


def test_baseline_scans_come_before_the_index_date(records, courses):
    for row in records["tr"]:
        days = (date.fromisoformat(row["TRDTC"]) - date.fromisoformat(courses[row["USUBJID"]]["INDEX"])).days
        assert (-20 <= days <= -2) if row["VISITNUM"] == "1" else days > 0


def test_nothing_is_recorded_after_death(records):
    deaths = {row["USUBJID"]: row["DTHDTC"] for row in records["dm"] if row["DTHDTC"]}
    assert deaths.keys() == {row["USUBJID"] for row in records["dm"] if row["DTHFL"] == "Y"}
    for domain, column in DATES.items():
        assert all(row[column] <= deaths.get(row["USUBJID"], "9999") for row in records[domain])
    assert {row["USUBJID"] for row in records["ss"] if row["SSORRES"] == "DEAD"} == deaths.keys() - {"NPC-088"}
    assert [subject for subject, day in deaths.items() if day > CUTOFF.isoformat()] == ["NPC-088"]


def test_rows_after_the_cut_off_are_few(records, found):
    late = {d.upper(): sum(row[column] > CUTOFF.isoformat() for row in records[d]) for d, column in DATES.items()}
    assert {domain: n for domain, n in late.items() if n} == {"EX": 1, "TR": 10, "AE": 1, "CM": 1, "SS": 3}
    assert {domain: n for domain, n in found["rows_after_cutoff"].items() if n} == {
        "EX": 1,
        "TR": 10,
        "AE": 1,
        "CM": 1,
        "SS": 3,
        "deaths": 1,
    }


def test_grades_exist_for_their_terms_and_no_related_event_is_fatal(records):
    for row in records["ae"]:
        assert 1 <= int(row["AETOXGR"]) <= MAX_GRADE.get(row["AEDECOD"], 5), row
        assert row["AEENDTC"] == "" or row["AESTDTC"] <= row["AEENDTC"]
        assert row["AEREL"] in {"Y", "N", ""}
    fatal = [row for row in records["ae"] if row["AETOXGR"] == "5" or row["AEOUT"] == "FATAL"]
    assert [(row["USUBJID"], row["AEREL"]) for row in fatal] == [("NPC-117", "N")]
    assert sum(row["AEREL"] == "" for row in records["ae"]) == 9


def test_drugs_are_written_in_many_ways(records):
    names = {row["EXTRT"] for row in records["ex"]}
    assert {"卡瑞利珠单抗", "艾瑞卡", "拓益", "达伯舒", "百泽安", "可瑞达", "欧狄沃", "艾坦", "福可维", "替吉奥"} <= names
    assert {"Keytruda", "KEYTRUDA", "CAMRELIZUMAB ", "DDP", "Xeloda", "Apatinib mesylate", "注射用卡瑞利珠单抗"} <= names


def test_r_derives_what_was_declared_for_every_patient(reference, courses):
    declared = {subject: row for subject, row in courses.items() if row["MODE"]}
    assert reference["patients"].keys() == declared.keys()
    for subject, patient in reference["patients"].items():
        row = declared[subject]
        censored = int(row["PFSEND"] in ("CENS", "NEWTX")), int(row["OSEND"] != "DEAD")
        expected = (row["MODE"], row["INDEX"], int(row["PFS"]), censored[0], int(row["OS"]), censored[1], row["BOR"])
        assert tuple(patient[k] for k in ("mode", "index", "pfs_days", "pfs_cnsr", "os_days", "os_cnsr", "bor")) == expected, subject


def test_r_finds_the_counts_of_the_abstract(found):
    assert found["flow"] == {"records": 163, "outside_window": 4, "still_on_first_line": 2, "no_antibody": 3, "analysed": 154}
    assert found["groups"] == {"COMBINATION": 65, "NON-COMBINATION": 89}
    assert found["modes"] == {"ITC": 38, "IT": 27, "IC": 62, "I": 27}
    for endpoint, counts in {"orr": (31, 28), "dcr": (59, 73), "trae": (63, 83)}.items():
        assert tuple(found[endpoint][group]["x"] for group in ("COMBINATION", "NON-COMBINATION")) == counts
    assert found["treatment_related_deaths"] == 0


@pytest.mark.parametrize(
    ("endpoint", "hazard_ratio", "medians", "events"),
    [("pfs", (0.46, 0.32, 0.69), (20.8, 8.2), (44, 72)), ("os", (0.58, 0.35, 0.96), (34.7, 23.6), (26, 40))],
)
def test_r_finds_the_times_of_the_abstract(found, endpoint, hazard_ratio, medians, events):
    of = found[endpoint]
    assert tuple(round(of["cox"][key], 2) for key in ("hr", "lower", "upper")) == hazard_ratio
    groups = ("COMBINATION", "NON-COMBINATION")
    assert tuple(round(of["median"][group]["median"], 1) for group in groups) == medians
    assert tuple(of["events"][group] for group in groups) == events
    within = of["subgroups"]["endemic"]
    assert all(level["hr"] < 0.7 for level in within["levels"].values())
    assert within["interaction_p"] > 0.5


def test_r_finds_the_follow_up_of_the_abstract(found):
    observed = found["follow_up_observed"]
    assert [round(x, 1) for x in (found["follow_up_reverse_km"]["median"], observed["min"], observed["max"])] == [28.7, 1.3, 62.7]


def test_r_finds_which_printed_p_values_can_be_had(found):
    assert found["pfs"]["logrank"]["p"] < 0.001
    assert round(found["orr"]["p_pearson"], 3) == 0.041
    assert round(found["dcr"]["p_pearson"], 3) == 0.126
    assert round(found["dcr"]["p_n_minus_1"], 3) == 0.127
    assert not [key for key, p in found["trae"].items() if key.startswith("p_") and abs(p - 0.599) < 0.05]
    assert round(found["os"]["logrank"]["p"], 3) == 0.035


def test_r_finds_what_the_twin_adds(found):
    assert found["later_targeted"] == ["NPC-058", "NPC-068", "NPC-082"]
    assert found["later_chemotherapy"] == ["NPC-010", "NPC-124"]
    assert found["groups_if_later_additions_counted"] == {"COMBINATION": 68, "NON-COMBINATION": 86}
    assert found["event_in_window"] == ["NPC-040", "NPC-047", "NPC-144"]
    assert len(found["antibodies_in_sequence"]) == 9
    assert found["pfs_reasons"] == {"death": 8, "last adequate assessment": 32, "new anticancer therapy": 6, "progression": 108}
    assert found["drugs_outside_components_in_study_line"] == 0


def test_claims_name_what_cannot_be_reached_and_their_source():
    claims = yaml.safe_load((EXAMPLE / "claims.yaml").read_text(encoding="utf-8"))
    assert len({claim["id"] for claim in claims}) == len(claims)
    assert [claim["id"] for claim in claims if claim.get("expected") == "mismatch"] == ["os-p", "orr-combination", "trae-p"]
    for claim in claims:
        assert "10.3389/fonc.2025.1624286" in claim["source"]
        assert bool(claim.get("reason")) == ("expected" in claim)
        assert all(isinstance(claim[key], str) for key in ("printed", "lower", "upper") if claim.get(key) is not None)
