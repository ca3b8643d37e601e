"""Against the pharmaverse: sums, nadirs, best responses and times of its own patients, and its large random set run whole.

Where our definitions differ from theirs, the test says so:

- A partial date (2014-02) isn't completed by us; theirs is the first of the month (ADTF = D), and the test gives that day to both.
- The last day known alive is theirs (LSTALVDT): ours would look at every dated record, and 01-701-1115 was scanned after it.
- Their PFS knows no missed visits and no new therapy: it is our treatment-policy preset.
- One response of the random set reads CHECK: no response, so the protocol has to say what it means (here NE); unmapped it is refused.
- Their nadirs are over complete assessments, as ours: the one after an incomplete assessment (01-701-1118, week 12) is that of week 6.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from topline.execute.local import derive_all
from topline.records.load import load_records
from topline.study.protocol import Protocol


def table(shared: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(shared / "data" / "pharmaverse" / f"{name}.csv.gz", infer_schema=False)


def run(folder: Path, tables: dict[str, pl.DataFrame], entry: str) -> Any:
    (folder / "records").mkdir()
    for name, frame in tables.items():
        frame.write_csv(folder / "records" / f"{name.lower()}.csv")
    alive = {"rule": "record", "source": {"domain": "DM", "variable": "ALIVEDTC"}, "label": "Alive"}
    data = {
        "schema_version": 1,
        "study": {
            "id": "PILOT",
            "title": "Pharmaverse",
            "design": "randomised",
            "time_origin": {"domain": "DM", "variable": "STARTDTC"},
        },
        "records": {"domains": dict.fromkeys(tables) | ({"RS": {"values": {"RSORRES": {"CHECK": "NE"}}}} if "RS" in tables else {})},
        "populations": [{"id": "ALL", "label": "All"}],
        "response": {"entry": entry, "evaluator": "INVESTIGATOR", "parameters": {"nobody_looked": "MISSING"}},
        "endpoints": [
            {"id": "PFS", "type": "time_to_event", "label": "PFS", "preset": "pfs_treatment_policy"},
            {"id": "OS", "type": "time_to_event", "label": "OS", "events": [{"rule": "death"}], "censoring": [alive]},
        ],
        "analyses": [{"id": "os", "type": "time_to_event", "population": "ALL", "endpoint": "OS"}],
    }
    protocol = Protocol.model_validate(data)
    return derive_all(protocol, load_records(protocol, folder))


def subjects(shared: Path) -> pl.DataFrame:
    treated = table(shared, "adam_adsl").filter(pl.col("TRTSDT").is_not_null())
    return treated.select(
        "USUBJID", pl.col("TRTSDT").alias("STARTDTC"), pl.col("DTHDT").alias("DTHDTC"), pl.col("LSTALVDT").alias("ALIVEDTC")
    )


def whole(name: str) -> pl.Expr:
    return pl.when(pl.col(name).str.len_chars() == 7).then(pl.col(name) + "-01").otherwise(pl.col(name)).alias(name)


@pytest.fixture(scope="module")
def lesions(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    tables = {
        "DM": subjects(shared_data),
        "TU": table(shared_data, "sdtm_tu_onco_recist"),
        "TR": table(shared_data, "sdtm_tr_onco_recist").with_columns(whole("TRDTC")),
    }
    return run(tmp_path_factory.mktemp("lesions"), tables, "lesions")


@pytest.fixture(scope="module")
def judged(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    tables = {"DM": subjects(shared_data), "RS": table(shared_data, "sdtm_rs_onco_recist").with_columns(whole("RSDTC"))}
    return run(tmp_path_factory.mktemp("judged"), tables, "recorded_visits")


def test_sums_nadirs_and_changes(shared_data: Path, lesions: Any) -> None:
    """All 24 sums of the six patients with target lesions."""
    theirs = table(shared_data, "adam_adtr_onco").filter(pl.col("PARAMCD") == "SDIAM")
    ours = {
        (r["USUBJID"], str(r["ADT"])): r
        for r in lesions.adtr.with_columns(pl.col("ADT").cast(pl.Date)).iter_rows(named=True)
        if r["PARAMCD"] == "SDIAM"
    }
    assert theirs["USUBJID"].n_unique() == 6
    assert set(ours) == set(theirs.select("USUBJID", "ADT").iter_rows())
    for row in theirs.iter_rows(named=True):
        mine = ours[row["USUBJID"], row["ADT"]]
        complete = row["LSEXP"] == row["LSASS"]
        assert (mine["ANL01FL"] == "Y") == complete
        assert mine["AVAL"] == pytest.approx(float(row["AVAL"]), rel=1e-9)
        assert mine["BASE"] == pytest.approx(float(row["BASE"]), rel=1e-9)
        if row["NADIR"] is not None:
            assert mine["NADIR"] == pytest.approx(float(row["NADIR"]), rel=1e-9)
        if complete and row["ABLFL"] is None:  # of an incomplete sum we give no change
            assert mine["CHG"] == pytest.approx(float(row["CHG"]), abs=1e-9)
            assert mine["PCHG"] == pytest.approx(float(row["PCHG"]), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("code", ["BOR", "CBOR"])
def test_best_responses(shared_data: Path, judged: Any, code: str) -> None:
    """Of all patients: eight with assessments, the others MISSING."""
    theirs = dict(table(shared_data, "adam_adrs_onco").filter(pl.col("PARAMCD") == code).select("USUBJID", "AVALC").iter_rows())
    ours = dict(judged.best.select("USUBJID", code).iter_rows())
    assert len(ours) == 254
    assert ours == {subject: theirs[subject] for subject in ours}
    assert sum(value != "MISSING" for value in ours.values()) == 8


@pytest.mark.parametrize("code", ["PFS", "OS"])
def test_times_to_event(shared_data: Path, judged: Any, code: str) -> None:
    theirs = table(shared_data, "adam_adtte_onco").filter(pl.col("PARAMCD") == code)
    expected = {s: (float(a), int(c)) for s, a, c in theirs.select("USUBJID", "AVAL", "CNSR").iter_rows()}
    rows = judged.adtte.filter(pl.col("PARAMCD") == code)
    ours = {s: (a, c) for s, a, c in rows.select("USUBJID", "AVAL", "CNSR").iter_rows()}
    assert len(expected) == 254
    assert {s: (ours[s], expected[s]) for s in expected if ours[s] != expected[s]} == {}


def visits_by_the_rule(tumours: pl.DataFrame, results: pl.DataFrame) -> set[tuple[str, float]]:
    """Visits at which the diameter that they sum is the one of the rule for each lesion: short axis of nodes, longest of all else.

    It is the other one in about a seventh of the random rows. One visit number (9.2 of 01-711-1143) stands for two dates three months
    apart: we take them for one visit, so it is left out too.
    """
    mine = pl.col("TREVAL") == "INVESTIGATOR"
    sizes = results.filter(mine & (pl.col("TRGRPID") == "TARGET") & pl.col("TRLNKID").is_not_null())
    wide = sizes.pivot(on="TRTESTCD", index=["USUBJID", "VISITNUM", "TRLNKID"], values="TRSTRESN", aggregate_function="first")
    place = tumours.filter(pl.col("TUEVAL") == "INVESTIGATOR").select("USUBJID", pl.col("TULNKID").alias("TRLNKID"), "TULOC")
    axis = pl.when(pl.col("TULOC") == "LYMPH NODE").then("LPERP").otherwise("LDIAM")
    visits = (
        wide.join(place, on=["USUBJID", "TRLNKID"]).group_by("USUBJID", "VISITNUM").agg((axis == pl.col("DIAMETER")).all().alias("regular"))
    )
    days = sizes.group_by("USUBJID", "VISITNUM").agg((pl.col("TRDTC").n_unique() == 1).alias("one_day"))
    visits = visits.join(days, on=["USUBJID", "VISITNUM"]).filter("one_day")
    return {(s, float(v)) for s, v in visits.filter("regular").select("USUBJID", "VISITNUM").iter_rows()}


def test_the_large_random_set_runs_whole(shared_data: Path, tmp_path: Path) -> None:
    """254 patients with random lesions, 205 with judged responses: our sums and non-target responses are theirs.

    Their target responses compare with the baseline and not with the nadir, so they aren't compared.
    """
    everybody = subjects(shared_data)
    tumours, results = table(shared_data, "sdtm_tu_onco"), table(shared_data, "sdtm_tr_onco")
    for name in ("lesions", "judged"):
        (tmp_path / name).mkdir()
    data = run(tmp_path / "lesions", {"DM": everybody, "TU": tumours, "TR": results}, "lesions")
    theirs = results.filter((pl.col("TRTESTCD") == "SUMDIAM") & (pl.col("TREVAL") == "INVESTIGATOR") & pl.col("TRSTRESN").is_not_null())
    expected = {(s, float(v)): float(x) for s, v, x in theirs.select("USUBJID", "VISITNUM", "TRSTRESN").iter_rows()}
    rows = data.adtr.filter((pl.col("PARAMCD") == "SDIAM") & (pl.col("ANL01FL") == "Y"))
    ours = {(s, v): x for s, v, x in rows.select("USUBJID", "AVISITN", "AVAL").iter_rows()}
    regular = visits_by_the_rule(tumours, results)
    both = ours.keys() & expected.keys() & regular
    assert data.adrs["USUBJID"].n_unique() == 254
    assert len(both) > 450
    assert {key: (ours[key], expected[key]) for key in both if ours[key] != pytest.approx(expected[key])} == {}
    visits = table(shared_data, "sdtm_rs_onco").filter((pl.col("RSTESTCD") == "NTRGRESP") & (pl.col("RSEVAL") == "INVESTIGATOR"))
    judged = {(s, float(v)): x for s, v, x in visits.select("USUBJID", "VISITNUM", "RSORRES").drop_nulls().iter_rows()}
    found = data.adrs.filter(pl.col("PARAMCD") == "NTRGRESP").select("USUBJID", "AVISITN", "AVALC")
    # visit 9.2 of one patient holds scans of two days three months apart: they judged each day, and so do we
    twice = data.adrs.filter((pl.col("USUBJID") == "01-711-1143") & pl.col("AVISITN").is_between(9.2, 9.3))
    told = twice.select(pl.col("ADT").cast(pl.Date).cast(pl.String), "PARAMCD", "AVALC").rows()
    assert set(told) >= {("2013-06-22", "TRGRESP", "PR"), ("2013-09-22", "TRGRESP", "PR"), ("2013-09-22", "OVR", "PD")}
    assert ("2013-09-22", "NTRGRESP", judged.pop(("01-711-1143", 9.2))) in told
    assert [(item.code, item.subject) for item in data.findings if item.code == "DER-0022"] == [("DER-0022", "01-711-1143")]
    pairs = [(mine, judged[s, v]) for s, v, mine in found.iter_rows() if (s, v) in judged]
    assert len(pairs) > 500
    assert sum(mine == theirs for mine, theirs in pairs) == len(pairs)
    recorded = run(tmp_path / "judged", {"DM": everybody, "RS": table(shared_data, "sdtm_rs_onco")}, "recorded_visits")
    assert recorded.best.filter(pl.col("BOR") != "MISSING").height == 205
    assert set(recorded.best["BOR"].unique()) <= {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING"}
