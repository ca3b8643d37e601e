"""Populations: each rule, what is unknown, parents, and the counts of the flow chart."""

from __future__ import annotations

from typing import Any

RULES = [
    {"label": "Under 18", "exclude": "AGE < 18"},
    {"label": "No dose", "include": {"domain": "EX", "where": "EXDOSE > 0"}},
    {"label": "Consent withdrawn", "exclude": "WITHDREW = 'Y'"},
]


def cohort(trial: Any) -> None:
    for subject, age, withdrew, treated in (
        ("P1", 50, "", True),
        ("P2", 17, "Y", False),  # leaves at the first rule that it meets
        ("P3", 40, "", False),
        ("P4", 30, "Y", True),
        ("P5", "", "", True),  # unknown: not removed by `exclude`
        ("P6", 18, "N", True),
    ):
        trial.patient(subject, treated=treated, AGE=age, WITHDREW=withdrew)


def test_each_patient_leaves_at_the_first_rule(trial: Any) -> None:
    cohort(trial)
    data = trial.derive(populations=[{"id": "ALL", "label": "Analysed", "rules": RULES}])
    assert data.adsl.sort("USUBJID").select("USUBJID", "ALLFL", "ALLREAS").rows() == [
        ("P1", "Y", None),
        ("P2", "N", "Under 18"),
        ("P3", "N", "No dose"),
        ("P4", "N", "Consent withdrawn"),
        ("P5", "Y", None),
        ("P6", "Y", None),
    ]


def test_the_flow_chart_adds_up(trial: Any) -> None:
    cohort(trial)
    steps = trial.derive(populations=[{"id": "ALL", "label": "Analysed", "rules": RULES}]).attrition
    assert [(s.kind, s.label, s.n_left, s.n_removed) for s in steps] == [
        ("start", "All patients in the records", 6, 0),
        ("exclude", "Under 18", 5, 1),
        ("include", "No dose", 4, 1),
        ("exclude", "Consent withdrawn", 3, 1),
        ("end", "Analysed", 3, 0),
    ]


def test_what_is_unknown_is_not_included(trial: Any) -> None:
    cohort(trial)
    data = trial.derive(populations=[{"id": "ALL", "label": "Adults", "rules": [{"label": "Age", "include": "AGE >= 18"}]}])
    assert data.adsl.filter(data.adsl["ALLFL"] == "Y")["USUBJID"].sort().to_list() == ["P1", "P3", "P4", "P6"]


def test_a_population_starts_from_its_parent(trial: Any) -> None:
    cohort(trial)
    populations = [
        {"id": "ALL", "label": "Treated", "rules": [RULES[1]]},
        {"id": "PP", "label": "Per protocol", "parent": "ALL", "rules": [RULES[2]]},
    ]
    data = trial.derive(populations=populations)
    assert data.adsl.sort("USUBJID").select("ALLFL", "PPFL", "PPREAS").rows() == [
        ("Y", "Y", None),
        ("N", "N", "No dose"),
        ("N", "N", "No dose"),
        ("Y", "N", "Consent withdrawn"),
        ("Y", "Y", None),
        ("Y", "Y", None),
    ]
    assert [s.n_left for s in data.attrition if s.population == "PP"] == [4, 3, 3]
    assert data.attrition[3].label == "Treated"


def test_a_rule_that_looks_past_the_origin_is_named_so(trial: Any) -> None:
    trial.patient("P1").dose(21, 34).dose(42, 55)
    trial.patient("P2")
    rules = [{"label": "Fewer than two cycles", "include": "NCYCLE >= 2"}, {"label": "Died", "exclude": "DTHFL = 'Y'"}]
    drug = {"drug": "DRUG", "unit": "mg", "cycle_days": 21, "days_on": 14}
    data = trial.derive(populations=[{"id": "ALL", "label": "Two cycles", "rules": rules}], schedule={"drugs": [drug]})
    assert data.adsl.sort("USUBJID")["ALLFL"].to_list() == ["Y", "N"]
    assert [s.post_baseline for s in data.attrition] == [False, True, True, False]
