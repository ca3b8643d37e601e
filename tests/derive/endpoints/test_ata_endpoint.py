"""ATA 2015 as an endpoint: from thyroglobulin, antibodies and imaging to the dataset, the analysis, the table and the story."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from topline.analyze.run import analyse_all
from topline.execute.local import derive_with_workings
from topline.records.load import load_records
from topline.report.story import tell_story
from topline.report.tables.build import build_tables
from topline.study.problems import InputError

ENDPOINT: dict[str, Any] = {
    "id": "ATA",
    "type": "ata_2015",
    "label": "Excellent response to therapy",
    "tsh_state_variable": "LBTSHST",
    "antibody": {"test": "TGAB", "upper_limit": 100},
    "imaging": {
        "domain": "PR",
        "variable": "PRSTDTC",
        "structural": "PRRES = 'DISEASE'",
        "non_specific": "PRRES = 'UNCLEAR'",
        "negative": "PRRES = 'CLEAR'",
    },
    "from_day": 180,
    "to_day": 540,
}
ANALYSES = [{"id": "ata", "type": "response", "population": "ALL", "endpoints": ["ATA"]}]


def check(
    patient: Any,
    day: int,
    tg: Any,
    antibody: Any = 20,
    image: str | None = "CLEAR",
    state: str = "SUPPRESSED",
    image_day: int | None = None,
) -> Any:
    """One follow-up: thyroglobulin, antibodies and imaging; None leaves one out."""
    from tests.derive.conftest import iso

    if tg is not None:
        patient.lab(day, tg, LBTSHST=state)
    if antibody is not None:
        patient.lab(day, antibody, "IU/mL", LBTESTCD="TGAB")
    if image is not None:
        patient.add("PR", PRTRT="IMAGING", PRRES=image, PRSTDTC=iso(day if image_day is None else image_day))
    return patient


def derive(trial: Any, **rules: Any) -> Any:
    return trial.derive(endpoints=[ENDPOINT | rules], analyses=ANALYSES, response=None)


def category(data: Any, subject: str = "P1") -> str | None:
    return data.best.filter(pl.col("USUBJID") == subject)["ATACAT"].item()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"tg": 0.1}, "EXCELLENT"),
        ({"tg": "<0.2"}, "EXCELLENT"),
        ({"tg": 0.2}, "INDETERMINATE"),
        ({"tg": "<0.9"}, None),
        ({"tg": "<2"}, None),
        ({"tg": 1}, "BIOCHEMICAL INCOMPLETE"),
        ({"tg": 0.9, "state": "STIMULATED"}, "EXCELLENT"),
        ({"tg": 10, "state": "STIMULATED"}, "BIOCHEMICAL INCOMPLETE"),
        ({"tg": 0.1, "image": "UNCLEAR"}, "INDETERMINATE"),
        ({"tg": 0.1, "image": "DISEASE"}, "STRUCTURAL INCOMPLETE"),
        ({"tg": None, "image": "DISEASE"}, "STRUCTURAL INCOMPLETE"),  # whatever thyroglobulin would be
        ({"tg": 0.1, "antibody": 101}, "INDETERMINATE"),  # antibodies, and nothing to compare them with
        ({"tg": 0.1, "antibody": 100}, "EXCELLENT"),
        ({"tg": 0.1, "antibody": None}, None),
        ({"tg": 0.1, "image": None}, None),
        ({"tg": 0.1, "state": ""}, None),
    ],
)
def test_one_assessment(trial: Any, given: dict[str, Any], expected: str | None) -> None:
    check(trial.patient(), 365, **given)
    check(trial.patient("P2"), 365, 0.1, image="DISEASE")
    assert category(derive(trial)) == expected


@pytest.mark.parametrize(
    ("unit", "rule", "expected"),
    [
        ("mg/L", None, None),  # 0.0001 mg/L are 0.1 ng/mL, but 0.1 mg/L are 100
        ("ug/L", None, "EXCELLENT"),
        ("µg/L", None, "EXCELLENT"),
        ("mg/L", {"unit": "ng/mL", "convert": {"mg/L": 1000}}, "BIOCHEMICAL INCOMPLETE"),
    ],
)
def test_thyroglobulin_is_judged_in_ng_per_ml(trial: Any, unit: str, rule: Any, expected: str | None) -> None:
    check(trial.patient(), 365, None).lab(365, 0.1, unit, LBTSHST="SUPPRESSED")
    records = {"domains": dict.fromkeys(trial.rows)} | ({"lab_units": {"TG": rule}} if rule else {})
    if expected is None:
        with pytest.raises(InputError, match=r"REC-0034.*mg/L.*ng/mL"):
            derive(trial)
        return
    data = trial.derive(endpoints=[ENDPOINT], analyses=ANALYSES, response=None, records=records)
    assert category(data) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (150, 151, "BIOCHEMICAL INCOMPLETE"),
        (150, 150, "INDETERMINATE"),
        (150, 120, "INDETERMINATE"),
        (50, 120, "BIOCHEMICAL INCOMPLETE"),
        (150, 90, "EXCELLENT"),
    ],
)
def test_antibodies_against_the_value_before(trial: Any, before: float, now: float, expected: str) -> None:
    patient = trial.patient().lab(100, before, "IU/mL", LBTESTCD="TGAB")
    check(patient, 365, 0.1, antibody=now)
    assert category(derive(trial)) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("<200", 180, None),  # from 150 a rise, from 190 a fall
        ("<200", 200, "BIOCHEMICAL INCOMPLETE"),
        ("<100", 120, "BIOCHEMICAL INCOMPLETE"),
        ("<200", 90, "EXCELLENT"),
    ],
)
def test_a_bound_before_decides_a_rise_or_nothing(trial: Any, before: str, now: float, expected: str | None) -> None:
    check(trial.patient().lab(100, before, "IU/mL", LBTESTCD="TGAB"), 365, 0.1, antibody=now)
    assert category(derive(trial)) == expected


def test_a_rise_from_a_bound_has_to_be_as_large_as_declared(trial: Any) -> None:
    rules = {"antibody": {"test": "TGAB", "upper_limit": 100, "rise_percent": 20}}
    check(trial.patient().lab(100, "<100", "IU/mL", LBTESTCD="TGAB"), 365, 0.1, antibody=119)  # 99.9 to 119 is a rise by 19%
    check(trial.patient("P2").lab(100, "<100", "IU/mL", LBTESTCD="TGAB"), 365, 0.1, antibody=120)
    data = derive(trial, **rules)
    assert (category(data), category(data, "P2")) == (None, "BIOCHEMICAL INCOMPLETE")


@pytest.mark.parametrize(
    ("image", "day", "expected"),
    [
        ("DISEASE", 300, "STRUCTURAL INCOMPLETE"),
        ("UNCLEAR", 300, "INDETERMINATE"),
        ("DISEASE", 420, "STRUCTURAL INCOMPLETE"),
        ("DISEASE", 179, "EXCELLENT"),  # 181 days before
    ],
)
def test_the_worst_imaging_within_the_window_counts(trial: Any, image: str, day: int, expected: str) -> None:
    """A clear ultrasound of the neck says nothing of the disease that CT showed in the lung."""
    patient = check(trial.patient(), day, None, antibody=None, image=image)
    check(patient, 360, 0.1)
    assert category(derive(trial, to_day=400)) == expected


def test_a_rise_has_to_be_as_large_as_declared(trial: Any) -> None:
    check(trial.patient().lab(100, 150, "IU/mL", LBTESTCD="TGAB"), 365, 0.1, antibody=180)
    assert category(derive(trial, antibody={"test": "TGAB", "upper_limit": 100, "rise_percent": 20})) == "INDETERMINATE"
    assert category(derive(trial, antibody={"test": "TGAB", "upper_limit": 100, "rise_percent": 19})) == "BIOCHEMICAL INCOMPLETE"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, "EXCELLENT"),
        ({"value": "first"}, "BIOCHEMICAL INCOMPLETE"),
        ({"to_day": 300}, "BIOCHEMICAL INCOMPLETE"),
        ({"from_day": 0, "value": "first"}, "INDETERMINATE"),
        ({"to_day": 600}, "STRUCTURAL INCOMPLETE"),
    ],
)
def test_which_assessment_decides(trial: Any, rules: dict[str, Any], expected: str) -> None:
    patient = trial.patient()
    check(check(check(check(patient, 90, 0.5), 200, 3), 400, 0.1), 590, 0.1, image="DISEASE")
    assert category(derive(trial, **rules)) == expected


def test_at_the_limit_sources_differ(trial: Any) -> None:
    check(trial.patient(), 365, 1)
    assert category(derive(trial, at_limit="indeterminate")) == "INDETERMINATE"


@pytest.mark.parametrize(("day", "expected"), [(185, "EXCELLENT"), (184, None), (545, "EXCELLENT"), (546, None)])
def test_imaging_near_enough(trial: Any, day: int, expected: str | None) -> None:
    check(trial.patient(), 365, 0.1, image_day=day)
    assert category(derive(trial)) == expected


def test_of_two_findings_on_one_day_the_worst_counts(trial: Any) -> None:
    patient = check(trial.patient(), 365, 0.1)
    check(patient, 365, None, antibody=None, image="UNCLEAR")
    assert category(derive(trial)) == "INDETERMINATE"


@pytest.fixture
def cohort(trial: Any) -> Any:
    for subject, given in {
        "P1": {"tg": 0.1},
        "P2": {"tg": 0.5},
        "P3": {"tg": 5},
        "P4": {"tg": 5, "image": "DISEASE"},
        "P5": {"tg": 0.1},
    }.items():
        check(trial.patient(subject), 365, **given)
    check(trial.patient("P6"), 20, 0.1)  # too early
    return trial


def test_dataset_analysis_and_table(cohort: Any) -> None:
    data = derive(cohort)
    rows = data.adrs.filter(pl.col("PARAMCD") == "ATA")
    assert dict(rows.select("USUBJID", "AVALC").rows()) == {
        "P1": "EXCELLENT", "P2": "INDETERMINATE", "P3": "BIOCHEMICAL INCOMPLETE", "P4": "STRUCTURAL INCOMPLETE", "P5": "EXCELLENT",
    }  # fmt: skip
    assert rows["SRCDOM"].unique().to_list() == ["LB"]
    protocol = cohort.protocol(endpoints=[ENDPOINT], analyses=ANALYSES, response=None)
    results = analyse_all(protocol, data)
    counts = {item.level: item.value for item in results.find(analysis="ata", statistic="count") if item.level}
    assert counts == {"EXCELLENT": 2, "INDETERMINATE": 1, "BIOCHEMICAL INCOMPLETE": 1, "STRUCTURAL INCOMPLETE": 1, "NOT KNOWN": 1}
    rate = results.get(analysis="ata", statistic="rate")
    assert (rate.value, rate.events, rate.n) == (pytest.approx(2 / 6), 2, 6)
    (table,) = [item for item in build_tables(results, protocol) if item.id == "ata"]
    told = {item.cells[0]: item.cells[1] for item in table.rows}
    assert told["Excellent, n (%)"] == "2 (33.3%)"
    assert told["Structural incomplete, n (%)"] == "1 (16.7%)"
    assert told["Patients, n / N"] == "2 / 6"


def test_the_story(cohort: Any) -> None:
    derive(cohort)
    protocol = cohort.protocol(endpoints=[ENDPOINT], analyses=ANALYSES, response=None)
    records = load_records(protocol, cohort.folder)
    workings = derive_with_workings(protocol, records)
    text = " ".join(str(tell_story(protocol, records, workings, "P3")).split())
    assert "5 ng/mL suppressed, antibodies negative, imaging negative on 2024-12-31: biochemical incomplete" in text
    assert "= No response (N): biochemical incomplete, the last assessment that can be told, on 2024-12-31 (day 366)" in text


@pytest.mark.parametrize(
    ("given", "before", "why"),
    [
        ({"tg": "<2"}, None, "<2 ng/mL suppressed, antibodies negative, imaging negative on 2024-12-31: can't be told: an upper bound of"),
        (
            {"tg": 0.1, "antibody": 180},
            "<200",
            "antibodies present, imaging negative on 2024-12-31: can't be told: antibodies may have risen",
        ),
        ({"tg": 0.1, "antibody": None}, None, "can't be told: no antibodies near enough"),
        ({"tg": 0.1, "image": None}, None, "can't be told: no imaging near enough"),
        ({"tg": 0.1, "state": ""}, None, "can't be told: neither suppressed nor stimulated"),
    ],
)
def test_the_story_says_why_a_category_cannot_be_told(trial: Any, given: dict[str, Any], before: str | None, why: str) -> None:
    patient = trial.patient()
    check(trial.patient("P2"), 365, 0.1)
    if before is not None:
        patient.lab(100, before, "IU/mL", LBTESTCD="TGAB")
    check(patient, 365, **given)
    derive(trial)
    protocol = trial.protocol(endpoints=[ENDPOINT], analyses=ANALYSES, response=None)
    records = load_records(protocol, trial.folder)
    text = " ".join(str(tell_story(protocol, records, derive_with_workings(protocol, records), "P1")).split())
    assert why in text
    assert "= No response (N): no assessment whose category can be told within the days that count" in text


def test_no_thyroglobulin_at_all_is_found(trial: Any) -> None:
    check(trial.patient(), 365, None).lab(365, 5, LBTESTCD="CEA", LBTSHST="")
    assert [item.code for item in derive(trial).findings if item.severity == "warning"] == ["DER-0043"]
