"""What can't be is said: ages, doses and dates; populations without patients; last follow-up in DM counts as being alive."""

from __future__ import annotations

from pathlib import Path

import pytest

import topline
from topline.study.problems import Finding

PROTOCOL = """\
schema_version: 1
study: {id: S, title: S, design: single_arm, synthetic: true}
records: {domains: {DM: , EX: }}
populations:
  - {id: ALL, label: All}
  - {id: OLD, label: Over 90, rules: [{label: Too young, include: "AGE > 90"}]}
endpoints: [{id: OS, type: time_to_event, label: OS, preset: overall_survival}]
analyses: [{id: os, type: time_to_event, population: ALL, endpoint: OS}]
"""


def study(tmp_path: Path, subjects: str, doses: str) -> topline.Study:
    (tmp_path / "records").mkdir()
    (tmp_path / "study.yaml").write_text(PROTOCOL, encoding="utf-8")
    (tmp_path / "records" / "dm.csv").write_text("USUBJID,AGE,LASTFUDTC\n" + subjects, encoding="utf-8")
    (tmp_path / "records" / "ex.csv").write_text("USUBJID,EXTRT,EXDOSE,EXSTDTC\n" + doses, encoding="utf-8")
    return topline.load_study(tmp_path)


def of(findings: tuple[Finding, ...], code: str) -> list[tuple[str | None, str | None]]:
    return [(item.subject, item.value) for item in findings if item.code == code]


@pytest.fixture
def odd(tmp_path: Path) -> topline.Study:
    doses = "P1,X,5,2024-01-10\nP2,X,-5,2024-01-05\nP2,X,5,2024-01-10\nP3,X,5,9999-12-31\n"
    return study(tmp_path, "P1,50,2024-06-01\nP2,-50,\nP3,60,\n", doses)


def test_impossible_values_are_found_and_an_empty_population_too(odd: topline.Study) -> None:
    findings = odd.check()
    assert of(findings, "DER-0077") == [("P2", "-50"), ("P2", "-5"), ("P3", "9999-12-31")]
    assert of(findings, "DER-0076") == [(None, None)]


def test_a_placebo_is_treatment_though_its_dose_is_0(tmp_path: Path) -> None:
    adsl = study(tmp_path, "P1,50,\nP2,50,\n", "P1,PLACEBO,0,2024-01-10\nP2,X,0,2024-01-10\n").execute().datasets.adsl
    assert adsl["TRTSDT"].is_not_null().to_list() == [True, False]


def test_a_negative_dose_is_no_treatment_and_the_last_follow_up_of_dm_counts(odd: topline.Study) -> None:
    adsl = odd.execute().datasets.adsl
    first = dict(zip(adsl["USUBJID"], adsl["TRTSDT"], strict=True))
    alive = dict(zip(adsl["USUBJID"], adsl["LSTALVSRC"], strict=True))
    assert first["P2"] == first["P1"]
    assert alive["P1"] == "DM.LASTFUDT"
