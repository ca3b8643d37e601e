"""Investigator and independent review side by side: ADRS and endpoints by each, and their concordance by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from topline.analyze.run import analyse_all

SITE, REVIEW = "INVESTIGATOR", "INDEPENDENT ASSESSOR"
RATES = [
    {"id": "ORR", "type": "response_rate", "label": "By the site", "preset": "objective_response"},
    {"id": "ORRIRC", "type": "response_rate", "label": "By review", "preset": "objective_response", "evaluator": REVIEW},
]
TIMES = [
    {"id": "PFS", "type": "time_to_event", "label": "By the site", "preset": "pfs_fda_a"},
    {"id": "PFSIRC", "type": "time_to_event", "label": "By review", "preset": "pfs_fda_a", "evaluator": REVIEW},
]
AGREE = {"id": "agree", "type": "concordance", "population": "ALL", "evaluators": [SITE, REVIEW]}


def judge(trial: Any, subject: str, site: list[tuple[int, str]], review: list[tuple[int, str]]) -> None:
    patient = trial.patient(subject)
    for name, visits in ((SITE, site), (REVIEW, review)):
        patient.judged(*visits)
        for row in trial.rows["RS"][-len(visits) :]:
            row["RSEVAL"] = name


@pytest.fixture
def data(trial: Any) -> tuple[Any, Any]:
    judge(trial, "P1", [(84, "PR"), (168, "PD")], [(84, "PR"), (168, "PD")])  # a1
    judge(trial, "P2", [(84, "SD"), (168, "PD")], [(84, "PD")])  # a2: the site is later
    judge(trial, "P3", [(84, "PD")], [(84, "SD"), (168, "PD")])  # a3: the site is earlier
    judge(trial, "P4", [(84, "PD")], [(84, "SD"), (168, "SD")])  # b
    judge(trial, "P5", [(84, "PR"), (168, "PR")], [(84, "SD"), (168, "PD")])  # c
    judge(trial, "P6", [(84, "CR")], [(84, "PR")])  # d
    changes = {"endpoints": RATES + TIMES, "analyses": [AGREE], "response": {"evaluators": [SITE, REVIEW]}}
    return trial.derive(**changes), trial.protocol(**changes)


def test_datasets_by_evaluator(data: Any, time: Any) -> None:
    adrs = data[0].adrs
    found = {who: adrs.filter((pl.col("PARAMCD") == "BOR") & (pl.col("RSEVAL") == who))["AVALC"].to_list() for who in (SITE, REVIEW)}
    assert found == {SITE: ["PR", "SD", "PD", "PD", "PR", "CR"], REVIEW: ["PR", "PD", "SD", "SD", "SD", "PR"]}
    assert data[0].best["ORR"].to_list() == ["Y", "N", "N", "N", "Y", "Y"]
    assert data[0].best["ORRIRC"].to_list() == ["Y", "N", "N", "N", "N", "Y"]
    assert adrs.filter(pl.col("PARAMCD") == "ORRIRC")["RSEVAL"].unique().to_list() == [REVIEW]
    assert time(data[0], "PFS", "P2")[:2] == (169, 0)
    assert time(data[0], "PFSIRC", "P2")[:2] == (85, 0)


def test_concordance_by_hand(data: Any) -> None:
    results = analyse_all(data[1], data[0])

    def rate(variable: str) -> tuple[int, int]:
        (found,) = results.find(analysis="agree", statistic="rate", variable=variable)
        return found.events, found.n

    assert rate("agreement on best response") == (1, 6)
    assert rate("agreement on response (CR or PR)") == (5, 6)
    assert rate("agreement on progression") == (4, 6)
    assert rate("early discrepancy rate") == (2, 4)  # (b + a3) / (a + b) = 2 / 4
    assert rate("late discrepancy rate") == (2, 4)  # (c + a2) / (b + c + a2 + a3) = 2 / 4
    counts = {item.level: item.value for item in results.find(analysis="agree", statistic="count", variable="progression")}
    assert sorted(counts.values()) == [1] * 6
    assert results.get(analysis="agree", statistic="count", level="CR / PR").value == 1


def test_kappa_and_days_by_hand(data: Any) -> None:
    results = analyse_all(data[1], data[0])

    def kappa(variable: str) -> float | None:
        return results.get(analysis="agree", statistic="kappa", variable=variable).value

    # best response: CR 1, PR 2, SD 1, PD 2 by the site; PR 2, SD 3, PD 1 by review; 1 of 6 agree; by chance (2·2 + 1·3 + 2·1) / 36 = 1/4
    assert kappa("agreement on best response") == pytest.approx((1 / 6 - 1 / 4) / (1 - 1 / 4))
    # responders 3 and 2, 5 of 6 agree; by chance (3·2 + 3·4) / 36 = 1/2
    assert kappa("agreement on response (CR or PR)") == pytest.approx((5 / 6 - 1 / 2) / (1 - 1 / 2))
    # progression 4 and 4, 4 of 6 agree; by chance (4·4 + 2·2) / 36 = 5/9
    assert kappa("agreement on progression") == pytest.approx((4 / 6 - 5 / 9) / (1 - 5 / 9))
    # P1 the same day, P2 84 days later, P3 84 days earlier by the site
    days = {item.statistic: item.value for item in results.find(analysis="agree", variable="days between the progressions")}
    assert (days["median"], days["min"], days["max"], days["mean"]) == (0, -84, 84, 0)


def test_days_that_are_close_agree(trial: Any) -> None:
    judge(trial, "P1", [(84, "PD")], [(88, "PD")])
    changes = {"endpoints": RATES, "analyses": [AGREE | {"same_within_days": 4}], "response": {"evaluators": [SITE, REVIEW]}}
    results = analyse_all(trial.protocol(**changes), trial.derive(**changes))
    assert results.get(analysis="agree", statistic="count", level="progression by both on the same day").value == 1
    assert results.get(analysis="agree", variable="late discrepancy rate").status == "not_estimable"
