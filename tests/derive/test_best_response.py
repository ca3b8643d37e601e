"""Best overall response: each row of the confirmation table, the minimum of stable disease, NE, new therapy (clinical rules 1.5, 10)."""

from __future__ import annotations

from typing import Any

import pytest


def best_of(trial: Any, best: Any, *visits: tuple[int, str], parameters: dict[str, Any] | None = None) -> tuple[str, str]:
    """BOR and CBOR of responses judged at each (day, response)."""
    trial.patient().judged(*visits)
    data = trial.derive(parameters)
    return best(data, "BOR"), best(data, "CBOR")


@pytest.mark.parametrize(
    ("visits", "plain", "confirmed"),
    [
        # the rows of the table: the first and a later response; first on day 84, so the minimum of stable disease is met
        ([(84, "CR"), (112, "CR")], "CR", "CR"),
        ([(84, "CR"), (112, "PR")], "CR", "SD"),
        ([(84, "CR"), (112, "SD")], "CR", "SD"),
        ([(84, "CR"), (112, "PD")], "CR", "SD"),
        ([(84, "CR"), (112, "NE")], "CR", "SD"),
        ([(84, "PR"), (112, "CR")], "CR", "PR"),
        ([(84, "PR"), (112, "PR")], "PR", "PR"),
        ([(84, "PR"), (112, "SD")], "PR", "SD"),
        ([(84, "PR"), (112, "PD")], "PR", "SD"),
        ([(84, "PR"), (112, "NE")], "PR", "SD"),
        ([(84, "NE"), (112, "NE")], "NE", "NE"),
        # the same before the minimum: both by day 41
        ([(12, "CR"), (41, "PR")], "CR", "PD"),
        ([(12, "CR"), (41, "SD")], "CR", "PD"),
        ([(12, "CR"), (41, "PD")], "CR", "PD"),
        ([(12, "CR"), (41, "NE")], "CR", "NE"),
        ([(12, "PR"), (41, "PD")], "PR", "PD"),
        ([(12, "PR"), (41, "NE")], "PR", "NE"),
        ([(12, "PR"), (41, "SD")], "PR", "NE"),
        ([(12, "CR"), (41, "CR")], "CR", "CR"),  # an early response stands when it is confirmed
        ([(12, "PR"), (41, "PR")], "PR", "PR"),
        # the interval
        ([(84, "PR"), (111, "PR")], "PR", "SD"),
        ([(84, "PR"), (111, "PR"), (112, "PR")], "PR", "PR"),  # the first and the third are 28 days apart
        ([(84, "CR"), (111, "CR"), (112, "CR")], "CR", "CR"),
        ([(84, "PR")], "PR", "SD"),
        # what lies between
        ([(84, "PR"), (112, "NE"), (140, "PR")], "PR", "PR"),
        ([(84, "PR"), (112, "NE"), (140, "NE"), (168, "PR")], "PR", "SD"),
        ([(84, "PR"), (112, "SD"), (140, "PR")], "PR", "SD"),
        ([(84, "PR"), (98, "CR"), (112, "PR")], "CR", "PR"),  # a CR between two PR is no obstacle
        ([(84, "CR"), (112, "NE"), (140, "CR")], "CR", "CR"),
        ([(84, "CR"), (98, "PR"), (112, "CR")], "CR", "SD"),
        ([(84, "CR"), (98, "SD"), (112, "CR")], "CR", "SD"),
        ([(84, "PR"), (252, "PR")], "PR", "PR"),  # visits missed between are ignored
        ([(56, "PR"), (84, "CR"), (112, "CR")], "CR", "CR"),
        ([(56, "SD"), (84, "PR"), (112, "SD"), (140, "PR"), (168, "PR")], "PR", "PR"),
        # after progression nothing counts
        ([(84, "PD"), (112, "CR"), (140, "CR")], "PD", "PD"),
        ([(84, "PR"), (100, "PD"), (112, "PR")], "PR", "SD"),
    ],
)
def test_confirmation(trial: Any, best: Any, visits: list[tuple[int, str]], plain: str, confirmed: str) -> None:
    assert best_of(trial, best, *visits) == (plain, confirmed)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ([(42, "SD")], "SD"),
        ([(41, "SD")], "NE"),
        ([(41, "SD"), (42, "NE")], "NE"),
        ([(41, "SD"), (84, "PD")], "PD"),  # too early, and then PD
        ([(41, "SD"), (84, "SD")], "SD"),
        ([(42, "NON-CR/NON-PD")], "NON-CR/NON-PD"),
        ([(41, "NON-CR/NON-PD")], "NE"),
        ([(41, "NON-CR/NON-PD"), (84, "PD")], "PD"),
        ([(41, "NE"), (84, "PD")], "PD"),
        ([(84, "NE")], "NE"),
        ([(84, "SD"), (168, "PD")], "SD"),
        ([(84, "NON-CR/NON-PD"), (168, "PD")], "NON-CR/NON-PD"),
        ([(84, "SD"), (168, "NON-CR/NON-PD")], "SD"),
        ([(84, "NON-CR/NON-PD"), (168, "CR")], "CR"),
    ],
)
def test_the_minimum_of_stable_disease(trial: Any, best: Any, visits: list[tuple[int, str]], expected: str) -> None:
    assert best_of(trial, best, *visits)[0] == expected


@pytest.mark.parametrize(("response", "confirmed"), [("CR", "NE"), ("PR", "NE")])
def test_an_early_response_stands_without_confirmation(trial: Any, best: Any, response: str, confirmed: str) -> None:
    assert best_of(trial, best, (20, response)) == (response, confirmed)


@pytest.mark.parametrize(
    ("parameters", "visits", "default", "changed"),
    [
        ({"stable_disease_min_days": 56}, [(42, "SD")], ("SD", "SD"), ("NE", "NE")),
        ({"stable_disease_clock": "study_day"}, [(41, "SD")], ("NE", "NE"), ("SD", "SD")),  # study day 42
        (
            {"non_cr_non_pd_needs_min_days": False},
            [(20, "NON-CR/NON-PD")],
            ("NE", "NE"),
            ("NON-CR/NON-PD", "NON-CR/NON-PD"),
        ),
        ({"confirmation_days": 56}, [(84, "PR"), (112, "PR")], ("PR", "PR"), ("PR", "SD")),
        ({"confirmation_max_ne": 0}, [(84, "PR"), (112, "NE"), (140, "PR")], ("PR", "PR"), ("PR", "SD")),
        ({"confirmation_max_ne": "any"}, [(84, "PR"), (112, "NE"), (140, "NE"), (168, "PR")], ("PR", "SD"), ("PR", "PR")),
        ({"confirmation_stable_between_partial": 1}, [(84, "PR"), (112, "SD"), (140, "PR")], ("PR", "SD"), ("PR", "PR")),
        ({"confirmation_stable_between_partial": 1}, [(84, "CR"), (112, "SD"), (140, "CR")], ("CR", "SD"), ("CR", "SD")),
        (
            {"confirmation_missed_visit": "counts_as_ne"},
            [(84, "PR"), (168, "NE"), (336, "PR")],  # NE, and the visit of day 252 missed
            ("PR", "PR"),
            ("PR", "SD"),
        ),
    ],
)
def test_parameters(trial: Any, best: Any, parameters: dict[str, Any], visits: Any, default: Any, changed: Any) -> None:
    trial.patient().judged(*visits)
    before, after = trial.derive(), trial.derive(parameters)
    assert (best(before, "BOR"), best(before, "CBOR")) == default
    assert (best(after, "BOR"), best(after, "CBOR")) == changed


@pytest.mark.parametrize(
    ("therapy", "rule", "expected"),
    [
        (83, "not_used", "SD"),
        (84, "not_used", "PR"),  # the scan on the first day of new therapy counts
        (85, "not_used", "PR"),
        (84, "strictly_before", "SD"),
        (85, "strictly_before", "PR"),
        (83, "used", "PR"),
    ],
)
def test_assessments_after_new_therapy(trial: Any, best: Any, therapy: int, rule: str, expected: str) -> None:
    trial.patient().judged((56, "SD"), (84, "PR")).new_therapy(therapy)
    assert best(trial.derive({"after_new_therapy": rule})) == expected


def test_progression_on_the_first_day_of_new_therapy_counts(trial: Any, best: Any) -> None:
    trial.patient("P1").judged((20, "SD"), (84, "PD")).new_therapy(84)
    trial.patient("P2").judged((20, "SD"), (85, "PD")).new_therapy(84)
    data = trial.derive()
    assert [best(data, subject=subject) for subject in ("P1", "P2")] == ["PD", "NE"]


def test_new_therapy_before_treatment_is_none(trial: Any, best: Any) -> None:
    trial.patient().judged((84, "PR")).new_therapy(-100)
    assert best(trial.derive()) == "PR"


@pytest.mark.parametrize(("rule", "expected"), [("NE", "NE"), ("MISSING", "MISSING")])
def test_nobody_looked(trial: Any, best: Any, rule: str, expected: str) -> None:
    trial.patient("P1").judged((-7, "NE"))
    trial.patient("P2").judged((84, "NE"))
    data = trial.derive({"nobody_looked": rule})
    assert (best(data), best(data, "CBOR"), best(data, "ORR"), best(data, "DCR")) == (expected, expected, "N", "N")
    assert best(data, subject="P2") == "NE"  # somebody looked, in vain


def test_best_response_of_non_target_disease_counts_as_disease_control(trial: Any, best: Any) -> None:
    trial.patient().scan(-7, N1="PRESENT").scan(84, N1="PRESENT").scan(168, N1="PRESENT")
    data = trial.derive()
    assert (best(data, "BOR"), best(data, "CBOR"), best(data, "ORR"), best(data, "DCR")) == ("NON-CR/NON-PD", "NON-CR/NON-PD", "N", "Y")


def test_a_confirmed_partial_response_outlasts_a_rebound(trial: Any, visits: Any, best: Any) -> None:
    """50 → 30 → 30, then 40 mm (−20%, short of PD from 30 would be 36: PD), so 35.9 mm: SD at the visit, best response PR."""
    trial.patient().sums((-7, 50), (84, 30), (112, 30), (168, 35.9))
    data = trial.derive()
    assert visits(data)[-1] == (168, "SD")
    assert (best(data), best(data, "CBOR")) == ("PR", "PR")
    kept = trial.derive({"rebound_after_confirmed_partial": "partial"})
    assert visits(kept)[-1] == (168, "PR")


def test_recorded_best_response(trial: Any, best: Any) -> None:
    """A best response that somebody judged is taken as it is; a blank is what the protocol says of nobody having looked."""
    for subject, value in (("P1", "Partial Response"), ("P2", "sd"), ("P3", ""), ("P4", "PD")):
        trial.patient(subject, BESTRESP=value)
    settings = {"response": {"entry": "recorded_best", "best_variable": "BESTRESP"}}
    rates = [
        {"id": "ORR", "type": "response_rate", "label": "Response", "responses": ["CR", "PR"]},
        {"id": "DCR", "type": "response_rate", "label": "Control", "responses": ["CR", "PR", "SD"]},
        {"id": "OS", "type": "time_to_event", "label": "OS", "preset": "overall_survival"},
    ]
    data = trial.derive(endpoints=rates, **settings)
    assert [best(data, subject=s) for s in ("P1", "P2", "P3", "P4")] == ["PR", "SD", "NE", "PD"]
    assert [best(data, "DCR", s) for s in ("P1", "P2", "P3", "P4")] == ["Y", "Y", "N", "N"]


def test_each_patient_has_one_best_response_with_its_source(trial: Any) -> None:
    trial.patient("P1").judged((84, "SD"), (168, "PR"), (252, "PR"))
    trial.patient("P2").judged((-7, "NE"))
    adrs = trial.derive().adrs
    rows = {(r["PARAMCD"], r["USUBJID"]): r for r in adrs.iter_rows(named=True) if r["PARAMCD"] != "OVR"}
    assert rows["BOR", "P1"]["SRCSEQ"] == 2  # the second assessment
    assert [rows[code, "P1"]["AVALC"] for code in ("BOR", "CBOR", "RSP", "CRSP", "DCR")] == ["PR", "PR", "Y", "Y", "Y"]
    assert [rows[code, "P2"]["AVALC"] for code in ("BOR", "CBOR", "RSP", "CRSP", "DCR")] == ["NE", "NE", "N", "N", "N"]
