"""Multistate estimates agree with R's survfit (tests/reference/multistate.R), with Kaplan–Meier, cumulative incidence and sums by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topline.stats import InputError, Multistate, cumulative_incidence, kaplan_meier, multistate

R = json.loads((Path(__file__).resolve().parent.parent / "reference" / "multistate.json").read_text(encoding="utf-8"))


def close(ours: Any, theirs: Any, tolerance: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=tolerance, atol=1e-12)


def arguments(case: dict[str, Any]) -> dict[str, list[Any]]:
    rows = case["rows"]
    to = [row["from"] if row["to"] == "censored" else row["to"] for row in rows]
    return {
        "patient": [row["id"] for row in rows],
        "entry": [row["t0"] for row in rows],
        "time": [row["t1"] for row in rows],
        "from_state": [row["from"] for row in rows],
        "to_state": to,
    }


def fit(case: dict[str, Any]) -> Multistate:
    ours = multistate(**arguments(case))
    assert list(ours.states) == case["states"]
    return ours


@pytest.mark.parametrize("case", R["cases"], ids=lambda c: c["name"])
def test_state_probabilities_agree_with_survfit(case: dict[str, Any]) -> None:
    read = fit(case).at(case["time"])
    close(read.probability, case["p"])
    close(read.std_error, case["se"])


@pytest.mark.parametrize("case", R["cases"], ids=lambda c: c["name"])
def test_transition_probabilities_agree_with_survfit(case: dict[str, Any]) -> None:
    ours = fit(case)
    moved = ours.transition_probabilities(case["start"], case["tau"])
    for line in case["transition"]:
        h = ours.states.index(line["from"])
        close(moved.probability[h], line["p"])
        close(moved.std_error[h], line["se"])


@pytest.mark.parametrize("case", R["cases"], ids=lambda c: c["name"])
def test_length_of_stay_agrees_with_the_areas_of_survfit(case: dict[str, Any]) -> None:
    stay = fit(case).length_of_stay(case["tau"])
    close(stay.value, case["area"])
    close(stay.std_error, case["area_se"])
    assert stay.value.sum() == pytest.approx(case["tau"], abs=1e-10)


def test_two_states_are_kaplan_meier() -> None:
    rng = np.random.default_rng(3)
    time, event = np.ceil(rng.exponential(20, 120)), rng.random(120) < 0.6
    entry = np.where(rng.random(120) < 0.4, np.floor(time * rng.random(120) * 0.9), 0.0)
    curve = kaplan_meier(time, event, entry=entry, variance="jackknife")
    ours = multistate(np.arange(120), entry, time, np.repeat("alive", 120), np.where(event, "dead", "alive"))
    asked = curve.time[curve.n_event > 0]
    close(ours.at(asked).probability[:, 0], curve.at(asked).survival, 1e-10)
    close(ours.at(asked).std_error[:, 0], curve.at(asked).std_error, 1e-10)
    assert ours.length_of_stay(25).value[0] == pytest.approx(curve.rmst(25).value, rel=1e-10)


def test_competing_risks_are_cumulative_incidence() -> None:
    rng = np.random.default_rng(4)
    time, code = np.ceil(rng.exponential(20, 150)), rng.integers(0, 3, 150)
    ours = multistate(np.arange(150), np.zeros(150), time, np.zeros(150, int), code)
    for cause in (1, 2):
        theirs = cumulative_incidence(time, code, cause=cause)
        asked = theirs.time
        close(ours.at(asked).probability[:, cause], theirs.at(asked).estimate, 1e-10)


def test_illness_and_death_by_hand() -> None:
    """Four patients: at 2 two of four fall ill, at 3 one of two ill dies; at 5 one of two healthy dies, the other is lost."""
    ours = multistate(
        ["a", "a", "b", "b", "c", "d"], [0, 2, 0, 2, 0, 0], [2, 3, 2, 4, 5, 5],
        ["well", "ill", "well", "ill", "well", "well"], ["ill", "dead", "ill", "ill", "dead", "well"],
    )  # fmt: skip
    assert ours.states == ("dead", "ill", "well")
    assert ours.transitions.tolist() == [[0, 0, 0], [1, 0, 0], [1, 2, 0]]
    close(ours.probability, [[0, 0, 1], [0, 0.5, 0.5], [0.25, 0.25, 0.5], [0.5, 0.25, 0.25]])
    assert ours.n_risk.tolist() == [[0, 0, 4], [0, 0, 4], [0, 2, 2], [0, 0, 2]]
    close(ours.length_of_stay(5).value, [0.25 * 2, 0.5 + 0.25 * 2, 2 + 0.5 * 3])
    close(ours.transition_probabilities(2, 4).probability, [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]])
    # After the last ill patient is lost at 4, moves out of illness go unseen at 5; healthy ones never fall ill after 2.
    assert "under observation in ill at 5" in ours.warnings[0]
    late = ours.transition_probabilities(3, 5)
    assert np.isnan(late.probability[1]).all()
    close(late.probability[2], [0.5, 0, 0.5])
    assert "not estimable from ill" in late.warnings[0]
    close(ours.transition_probabilities(3, 3).probability, np.eye(3))


def test_cutting_a_row_and_the_order_of_rows_change_nothing() -> None:
    case = R["cases"][1]
    whole, parts = fit(case), arguments(case)
    middle = [(a + b) / 2 for a, b in zip(parts["entry"], parts["time"], strict=True)]
    cut = {
        "patient": parts["patient"] * 2,
        "entry": parts["entry"] + middle,
        "time": middle + parts["time"],
        "from_state": parts["from_state"] * 2,
        "to_state": parts["from_state"] + parts["to_state"],
    }
    turned = np.random.default_rng(1).permutation(len(cut["patient"]))
    again = multistate(**{key: [values[i] for i in turned] for key, values in cut.items()})
    close(again.probability, whole.probability)
    close(again.std_error, whole.std_error)
    assert again.n_risk.tolist() == whole.n_risk.tolist()


def test_standard_error_is_that_of_leaving_out_patients() -> None:
    """The infinitesimal jackknife against the ordinary one, which it approaches in a large cohort."""
    rng = np.random.default_rng(8)
    n = 400
    first, second = rng.exponential(10, n), rng.exponential(15, n)
    ill = first < 12
    ids = np.concatenate([np.arange(n), np.arange(n)[ill]])
    entry = np.concatenate([np.zeros(n), first[ill]])
    exit_time = np.concatenate([np.minimum(first, 12), first[ill] + np.minimum(second[ill], 9)])
    source = np.repeat(["well", "ill"], [n, ill.sum()])
    target = np.concatenate([np.where(ill, "ill", "well"), np.where(second[ill] < 9, "dead", "ill")])
    whole = multistate(ids, entry, exit_time, source, target).at([10.0]).std_error[0]
    without = np.array(
        [multistate(*(v[ids != i] for v in (ids, entry, exit_time, source, target))).at([10.0]).probability[0] for i in range(n)]
    )
    jackknife = np.sqrt((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    np.testing.assert_allclose(whole, jackknife, rtol=0.01)


def test_beyond_the_last_observation() -> None:
    open_end = multistate([1, 2], [0, 0], [3, 5], ["a", "a"], ["b", "a"])
    read = open_end.at([5, 6])
    close(read.probability[0], [0.5, 0.5])
    assert np.isnan(read.probability[1]).all()
    assert "beyond the last observation (5)" in read.warnings[0]
    assert np.isnan(open_end.length_of_stay(6).value).all()
    assert np.isnan(open_end.transition_probabilities(0, 6).probability[0]).all()
    closed = multistate([1, 2], [0, 0], [3, 5], ["a", "a"], ["b", "b"])
    close(closed.at([9]).probability, [[0, 1]])
    close(closed.length_of_stay(9).value, [4, 5])


def test_contradictions_are_named() -> None:
    with pytest.raises(InputError, match=r"'p': rows 0 and 1 overlap"):
        multistate(["p", "p"], [0, 3], [4, 6], ["a", "a"], ["a", "b"])
    with pytest.raises(InputError, match="rows 0 and 1 touch"):
        multistate(["p", "p"], [0, 4], [4, 6], ["a", "a"], ["b", "b"])
    with pytest.raises(InputError, match="entry must come before time"):
        multistate(["p"], [4], [4], ["a"], ["b"])
    with pytest.raises(InputError, match="different types"):
        multistate(["p"], [0], [4], ["a"], [1])
    with pytest.raises(InputError, match="empty"):
        multistate([], [], [], [], [])
    still = multistate(["p", "q"], [0, 0], [4, 6], ["a", "b"], ["a", "b"])
    close(still.at([3]).probability, [[0.5, 0.5]])
    assert "no transition" in still.warnings[0]
