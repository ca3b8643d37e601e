"""Where RECIST 1.1 leaves a choice (clinical rules, section 10): the default, and each alternative."""

from __future__ import annotations

from typing import Any

import pytest


def course(trial: Any, *scans: tuple[int, Any], new_therapy: int | None = None) -> None:
    patient = trial.patient().sums((-7, 50), *scans)
    if new_therapy is not None:
        patient.new_therapy(new_therapy)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("stable", ["PR", "PR", "SD", "SD", "PD"]), ("partial", ["PR", "PR", "PR", "PR", "PD"])],
)
def test_rebound_after_a_confirmed_partial_response(trial: Any, visits: Any, best: Any, rule: str, expected: list[str]) -> None:
    course(trial, (56, 33), (84, 34), (112, 37), (140, 36), (168, 41))
    data = trial.derive({"rebound_after_confirmed_partial": rule})
    assert [word for _, word in visits(data)] == expected
    assert (best(data), best(data, "CBOR")) == ("PR", "PR")


def test_a_partial_response_that_isnt_confirmed_is_not_kept(trial: Any, visits: Any) -> None:
    course(trial, (56, 34), (83, 34), (112, 37))
    assert [word for _, word in visits(trial.derive({"rebound_after_confirmed_partial": "partial"}))] == ["PR", "PR", "SD"]


AGAIN = {"T1": 0, "N1": "PRESENT"}
LESION = {"T1": 3, "N1": "ABSENT"}


@pytest.mark.parametrize(
    ("rule", "non_target", "target", "later"),
    [
        ("progression", "PD", "PD", "PD"),
        ("after_previous_visit", "PD", "PD", "PR"),
        ("target_only", "PR", "PD", "PD"),
        ("table", "PR", "PR", "PR"),
    ],
)
def test_disease_seen_again_after_complete_response(trial: Any, visits: Any, rule: str, non_target: str, target: str, later: str) -> None:
    base, gone = {"T1": 50, "N1": "PRESENT"}, {"T1": 0, "N1": "ABSENT"}
    trial.patient("P1").scan(-7, **base).scan(56, **gone).scan(112, **AGAIN)
    trial.patient("P2").scan(-7, **base).scan(56, **gone).scan(112, **LESION)
    trial.patient("P3").scan(-7, **base).scan(56, **gone).scan(112, T1=None, N1="ABSENT").scan(168, **LESION)
    data = trial.derive({"disease_after_complete_response": rule})
    assert [visits(data, subject)[-1][1] for subject in ("P1", "P2", "P3")] == [non_target, target, later]


@pytest.mark.parametrize(("rule", "expected"), [("last_target_scan", 60), ("first_scan", 54), ("first_sufficient_scan", 57)])
def test_date_of_progression_by_the_sum(trial: Any, visits: Any, rule: str, expected: int) -> None:
    trial.patient().scan(-7, T1=20, T2=20, T3=20).scan(54, T1=(54, 30), T2=(57, 50), T3=(60, 20))
    assert visits(trial.derive({"progression_date": rule})) == [(expected, "PD")]


@pytest.mark.parametrize(("rule", "expected"), [("scans_until_cutoff", [(56, "NE")]), ("dropped", [])])
def test_a_visit_astride_the_cutoff(trial: Any, visits: Any, rule: str, expected: Any) -> None:
    trial.patient().scan(-7, T1=50, T2=10).scan(56, T1=(56, 20), T2=(58, 5))
    data = trial.derive({"visit_astride_cutoff": rule}, study={"cutoff": "2024-02-27"})  # day 57
    assert visits(data) == expected
    assert any(item.code == "DER-0002" for item in data.findings) == (rule == "dropped")


@pytest.mark.parametrize(
    ("parameters", "day", "expected"),
    [
        ({}, 41, "NE"),
        ({}, 42, "SD"),
        ({"stable_disease_clock": "study_day"}, 41, "SD"),
        ({"stable_disease_clock": "study_day"}, 40, "NE"),
        ({"stable_disease_min_days": 56}, 55, "NE"),
    ],
)
def test_stable_disease_minimum(trial: Any, best: Any, parameters: dict[str, Any], day: int, expected: str) -> None:
    course(trial, (day, 50))
    assert best(trial.derive(parameters)) == expected


@pytest.mark.parametrize(("needed", "expected"), [(True, "NE"), (False, "NON-CR/NON-PD")])
def test_the_minimum_for_non_measurable_disease(trial: Any, best: Any, needed: bool, expected: str) -> None:
    trial.patient().scan(-7, N1="PRESENT").scan(30, N1="PRESENT")
    assert best(trial.derive({"non_cr_non_pd_needs_min_days": needed})) == expected


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [(0, ["PR", "SD", "SD"]), (1, ["PR", "PR", "SD"]), (2, ["PR", "PR", "PR"]), ("any", ["PR", "PR", "PR"])],
)
def test_visits_not_evaluable_between(trial: Any, best: Any, allowed: Any, expected: list[str]) -> None:
    for number in range(3):
        between = tuple((70 + 7 * n, None) for n in range(number))
        trial.patient(f"P{number}").sums((-7, 50), (56, 30), *between, (98, 30))
    data = trial.derive({"confirmation_max_ne": allowed})
    assert [best(data, "CBOR", f"P{number}") for number in range(3)] == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, "PR"),
        ({"confirmation_missed_visit": "counts_as_ne"}, "PR"),
        ({"confirmation_missed_visit": "counts_as_ne", "confirmation_max_ne": 0}, "SD"),
        ({"confirmation_max_ne": 0}, "PR"),
        ({"confirmation_missed_visit": "counts_as_ne", "confirmation_max_ne": "any"}, "PR"),
    ],
)
def test_a_missed_visit_between(trial: Any, best: Any, parameters: dict[str, Any], expected: str) -> None:
    course(trial, (84, 30), (252, 30))  # day 168 was missed
    assert best(trial.derive(parameters), "CBOR") == expected


@pytest.mark.parametrize(("allowed", "expected"), [(0, "SD"), (1, "PR")])
def test_stable_disease_between_two_partial_responses(trial: Any, best: Any, allowed: int, expected: str) -> None:
    course(trial, (56, 30), (84, 35.5), (112, 35))
    assert best(trial.derive({"confirmation_stable_between_partial": allowed}), "CBOR") == expected


@pytest.mark.parametrize(
    ("rule", "first", "after"),
    [("not_used", "PR", "SD"), ("used", "PR", "PR"), ("strictly_before", "SD", "SD")],
)
def test_assessments_after_new_therapy(trial: Any, best: Any, rule: str, first: str, after: str) -> None:
    trial.patient("P1").sums((-7, 50), (56, 50), (112, 30)).new_therapy(112)
    trial.patient("P2").sums((-7, 50), (56, 50), (113, 30)).new_therapy(112)
    data = trial.derive({"after_new_therapy": rule})
    assert [best(data, "BOR", subject) for subject in ("P1", "P2")] == [first, after]


@pytest.mark.parametrize(("rule", "expected"), [("alive_at_cutoff", 101), ("not_seen", 61)])
def test_a_contact_after_the_cutoff(trial: Any, time: Any, rule: str, expected: int) -> None:
    trial.patient().contact(60).contact(150)
    data = trial.derive(study={"cutoff": "2024-04-10", "contact_after_cutoff": rule})  # day 100
    assert time(data, "OS")[:2] == (expected, 1)
