"""Each strategy of ICH E9(R1) for each intercurrent event agrees with the rules, or is a finding."""

from __future__ import annotations

from typing import Any

import pytest

from topline.study.strategies import strategy_problems

BASE = {"treatment": "Drug", "population": "ALL", "variable": "Time", "summary": "Median"}


def problems(trial: Any, endpoint: dict[str, Any], event: str, strategy: str, **changes: Any) -> list[str]:
    trial.patient().sums((-7, 50)).new_therapy(10)
    estimand = BASE | {"intercurrent_events": [{"event": event, "strategy": strategy}]}
    protocol = trial.protocol(endpoints=[endpoint | {"id": "E", "label": "E", "estimand": estimand}], **changes)
    return [message for _, message in strategy_problems(protocol)]


def times(*censoring: str, events: tuple[str, ...] = ("progression", "death")) -> dict[str, Any]:
    rules = [{"rule": name} for name in (*censoring, "last_assessment")]
    return {"type": "time_to_event", "events": [{"rule": name} for name in events], "censoring": rules}


@pytest.mark.parametrize(
    ("endpoint", "event", "strategy", "complaint"),
    [
        (times("new_therapy"), "new_therapy", "hypothetical", None),
        (times(), "new_therapy", "hypothetical", "no rule censors at it"),
        (times(), "new_therapy", "treatment_policy", None),
        (times("new_therapy"), "new_therapy", "treatment_policy", "a rule censors at it"),
        (times(events=("progression", "new_therapy_start")), "new_therapy", "treatment_policy", "a rule counts it as an event"),
        (times(events=("progression", "new_therapy_start")), "new_therapy", "composite", None),
        (times(), "new_therapy", "composite", "no event rule names it"),
        (times("new_therapy"), "new_therapy", "while_on_treatment", None),
        (times("missed_visits"), "missed_visits", "hypothetical", None),
        (times(), "missed_visits", "hypothetical", "no rule censors at it"),
        (times("missed_visits"), "missed_visits", "treatment_policy", "a rule censors at it"),
        (times("treatment_stop"), "treatment_stop", "while_on_treatment", None),
        (times(), "treatment_stop", "while_on_treatment", "no rule censors at it"),
        (times(), "treatment_stop", "treatment_policy", None),
        (times(), "death", "composite", None),
        (times(events=("progression",)), "death", "composite", "no event rule names it"),
        (times(events=("progression",)), "death", "hypothetical", None),
        (times(), "death", "hypothetical", "an event rule names it"),
        (times(), "other", "principal_stratum", None),
    ],
)
def test_time_to_event(trial: Any, endpoint: Any, event: str, strategy: str, complaint: str | None) -> None:
    found = problems(trial, endpoint, event, strategy)
    assert (found == []) if complaint is None else (len(found) == 1 and complaint in found[0])


@pytest.mark.parametrize(
    ("event", "strategy", "after", "complaint"),
    [
        ("no_assessment", "composite", "not_used", None),
        ("no_assessment", "hypothetical", "not_used", "counts as a non-responder"),
        ("new_therapy", "while_on_treatment", "not_used", None),
        ("new_therapy", "while_on_treatment", "used", "are used"),
        ("new_therapy", "treatment_policy", "used", None),
        ("new_therapy", "treatment_policy", "strictly_before", "are not used"),
    ],
)
def test_rates(trial: Any, event: str, strategy: str, after: str, complaint: str | None) -> None:
    rate = {"type": "response_rate", "responses": ["CR", "PR"]}
    found = problems(trial, rate, event, strategy, response={"parameters": {"after_new_therapy": after}})
    assert (found == []) if complaint is None else (len(found) == 1 and complaint in found[0])


@pytest.mark.parametrize(
    ("strategy", "exclude", "complaint"),
    [
        ("hypothetical", "LBTGAB = 'POSITIVE'", None),
        ("hypothetical", None, "no value is excluded"),
        ("treatment_policy", None, None),
        ("treatment_policy", "LBTGAB = 'POSITIVE'", "leaves them out"),
    ],
)
def test_laboratory_values(trial: Any, strategy: str, exclude: str | None, complaint: str | None) -> None:
    found = problems(trial, {"type": "biochemical", "test": "TG", "percent": 25, "exclude": exclude}, "assay_interference", strategy)
    assert (found == []) if complaint is None else (len(found) == 1 and complaint in found[0])
