"""Every exported function on data as they should not be: a right answer, a typed error, or a warning in the result."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import json
import math
from typing import Any

import numpy as np
import pytest

import topline.stats as floor
from topline.stats import InputError, Result

from .every_function import (
    COUNTS,
    EVENT,
    GROUP,
    OTHERS,
    P_VALUES,
    SAMPLES,
    STUDIES,
    TIME,
    N,
    Study,
    X,
    function_names,
    good_calls,
    with_methods,
)


def faults(result: Any, path: str = "result") -> list[str]:
    """Name what no result may hold: a NaN without a reason, an estimate outside its interval, a p-value that is none."""
    out = []
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if field.name.startswith("_") or value is None:
            continue
        if isinstance(value, Result):
            out += faults(value, f"{path}.{field.name}")
        elif isinstance(value, tuple):
            out += [f for i, part in enumerate(value) if isinstance(part, Result) for f in faults(part, f"{path}.{field.name}[{i}]")]
        elif isinstance(value, float | np.ndarray) and np.asarray(value).dtype.kind == "f":
            numbers = np.asarray(value, float)
            if np.isnan(numbers).any() and not result.warnings:
                out.append(f"{path}.{field.name} is NaN without a reason")
            known = numbers[~np.isnan(numbers)]
            if field.name.endswith("p_value") and not ((known >= 0.0) & (known <= 1.0)).all():
                out.append(f"{path}.{field.name} is {value}")
    if isinstance(result, floor.Estimate) and not math.isnan(result.value + result.lower + result.upper):
        if not result.lower <= result.value <= result.upper:
            out.append(f"{path}: {result.value} lies outside {result.lower} to {result.upper}")
        if result.lower == result.upper and not result.warnings and "quantile" not in result.method:
            out.append(f"{path}: an interval without width and without a warning")
    return out


def check(name: str, arguments: dict[str, Any], study: Study) -> None:
    """Call a function: its answer and all that can be asked of it must be sound, or the error typed."""
    try:
        answer = getattr(floor, name)(**arguments)
        results = with_methods(answer, study)
    except InputError:
        return
    for result in results:
        if isinstance(result, np.ndarray):
            assert not np.isnan(result).any()
            continue
        assert faults(result) == [], f"{result}"
        json.dumps(result.to_dict())


def test_no_exported_function_is_left_out() -> None:
    assert sorted([*STUDIES, *COUNTS, *SAMPLES, *P_VALUES, *OTHERS]) == sorted(function_names())


def test_every_optional_argument_is_in_the_table() -> None:
    """An argument that a table leaves out is one that no test poisons."""
    skipped = {"robust", "rule", "y_weights", "correction", "weights", "knots"}
    for name, calls in good_calls().items():
        known = set().union(*(call for call in calls))
        wanted = set(inspect.signature(getattr(floor, name)).parameters)
        assert wanted - known - skipped <= {"conf_level", "conf_type", "variance", "zeros"}, name


NASTY = {
    "ordinary": Study(),
    "all censored": Study(event=np.zeros(N)),
    "all events at one time": Study(np.full(N, 7), np.ones(N)),
    "everything at time 0": Study(np.zeros(N, int), np.ones(N)),
    "some at time 0": Study(np.r_[0, 0, 0, TIME[3:]]),
    "one event": Study(event=TIME == 9),
    "last row is the only event": Study(event=TIME == N),
    "one patient with an event": Study([5], [1], ["a"], [[0.3, 1.0]]),
    "one patient, censored": Study([5], [0], ["a"], [[0.3, 1.0]]),
    "two patients": Study([5, 6], [1, 1], ["a", "b"], [[0.3, 1.0], [1.0, 0.1]]),
    "constant column": Study(x=np.column_stack([X[:, 0], np.full(N, 0.1)])),
    "collinear columns": Study(x=np.column_stack([X[:, 0], 3 - 2 * X[:, 0]])),
    "no column": Study(x=np.zeros((N, 0))),
    "fewer rows than columns": Study(TIME[:3], [1, 1, 1], GROUP[:3], np.random.default_rng(8).normal(size=(3, 6))),
    "separation": Study(event=np.ones(N), x=np.column_stack([X[:, 0], TIME <= 8])),
    "one group never has the event": Study(event=EVENT & (GROUP == 0), x=np.column_stack([X[:, 0], GROUP])),
    "groups do not overlap": Study(group=(TIME > 12).astype(int)),
    "one group of one": Study(group=(TIME == 5).astype(int)),
    "three groups": Study(group=TIME % 3),
    "one group": Study(group=np.zeros(N, int)),
    "nearly equal times": Study(np.round(TIME / 3) + np.where(TIME % 2, 1e-12, 0.0)),
    "times far apart": Study(10.0 ** np.arange(-12, 12)),
    "huge covariate": Study(x=X * 1e9 + 1e12),
    "tiny covariate": Study(x=X * 1e-9),
    "one outlier": Study(x=np.column_stack([X[:, 0], np.r_[1e6, np.zeros(N - 1)]])),
    "empty": Study([], [], [], np.zeros((0, 2))),
}


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("data", NASTY)
def test_nasty_studies(name: str, data: str) -> None:
    study = NASTY[data]
    if data == "no column" and "covariate" in STUDIES[name][0](Study()):
        pytest.skip("takes one covariate")
    if data == "empty" and name == "nested_models_test":
        pytest.skip("the models it compares are refused themselves")
    must, may = STUDIES[name]
    with np.errstate(all="raise", under="ignore", over="ignore", invalid="ignore", divide="ignore"):
        check(name, must(study), study)
        if study.n:
            check(name, {**must(study), **may(study)}, study)


METHODS = {
    "proportion_ci": ("clopper-pearson", "wilson", "wilson-cc", "wald", "wald-cc", "agresti-coull", "jeffreys", "mid-p"),
    "risk_difference": ("newcombe", "newcombe-cc", "miettinen-nurminen", "mee", "wald", "agresti-caffo"),
    "risk_ratio": ("miettinen-nurminen", "koopman", "log"),
    "odds_ratio": ("exact", "mid-p", "miettinen-nurminen", "score", "woolf"),
    "mcnemar_test": ("exact", "mid-p", "asymptotic", "corrected"),
}
TABLES = [(0, 5, 0, 5), (5, 5, 5, 5), (0, 5, 5, 5), (5, 5, 0, 5), (0, 0, 3, 5), (1, 1, 0, 1), (0, 7, 2, 9), (7, 7, 2, 9), (0, 0, 0, 0)]


@pytest.mark.parametrize("counts", TABLES, ids=str)
@pytest.mark.parametrize("name", COUNTS)
def test_tables_with_empty_cells_and_margins(name: str, counts: tuple[int, int, int, int]) -> None:
    must, may = COUNTS[name]
    check(name, must(counts), Study())
    check(name, {**must(counts), **may}, Study())
    for method in METHODS.get(name, ()):
        check(name, {**must(counts), "method": method}, Study())


VALUES = {
    "constant": [2.0, 2.0, 2.0],
    "another constant": [5.0, 5.0, 5.0],
    "zeros": [0.0, 0.0, 0.0],
    "one value": [3.0],
    "nothing": [],
    "ordinary": [1.0, 2.5, 7.0],
    "huge": [1e300, -1e300, 1e299],
    "tiny": [1e-300, 2e-300, 1e-12],
    "nearly equal": [0.3, 0.1 + 0.2, 0.3],
}


@pytest.mark.parametrize("pair", list(itertools.product(VALUES, VALUES)), ids=" and ".join)
@pytest.mark.parametrize("name", SAMPLES)
def test_nasty_samples(name: str, pair: tuple[str, str]) -> None:
    x, y = (VALUES[v] for v in pair)
    with np.errstate(over="ignore", invalid="ignore"):
        check(name, {"x": x, "y": y}, Study())
        if "method" in SAMPLES[name]:
            check(name, {"x": x, "y": y, "method": "exact"}, Study())


@pytest.mark.parametrize("name", P_VALUES)
def test_nasty_p_values(name: str) -> None:
    for p in ([], [0.0], [1.0, 1.0], [1e-300, 0.0, 1.0], [0.5]):
        check(name, {"p_values": p}, Study())


def poisoned(value: Any) -> list[Any]:
    """Return an argument as it must not be."""
    if isinstance(value, bool) or callable(value) or isinstance(value, Result):
        return []
    if isinstance(value, str):
        return ["no such thing", None] if value else []
    if isinstance(value, int | float):
        return [math.nan, math.inf, -1, "text", None]
    array = np.asarray(value)
    if array.dtype == object:
        return []
    out: list[Any] = [np.append(array.ravel(), array.ravel()[:1]), ["text"] * array.size]
    for bad in (math.nan, math.inf, -math.inf):
        poison = array.astype(float)
        poison.flat[-1] = bad
        out.append(poison)
    return out


# None stands for "not given" here.
NONE_IS_FINE = {"weight", "interval", "strength"}
# Where infinity stands for "still without the event".
ENDLESS = {("turnbull", "right")}
# Any text is a label.
LABELS = {"group", "strata", "cluster", "patient", "from_state", "to_state"}
# Of any length.
FREE = {"x", "y", "p_values", "parts"}


@pytest.mark.parametrize("name", function_names())
def test_poisoned_arguments_are_refused(name: str) -> None:
    call = good_calls()[name][-1]
    for key, value in call.items():
        for bad in poisoned(value):
            if (bad is None and key in NONE_IS_FINE) or (key in LABELS and isinstance(bad, list)):
                continue
            if (name, key) in ENDLESS and isinstance(bad, np.ndarray) and np.isposinf(bad).any():
                continue
            if key in FREE and isinstance(bad, np.ndarray) and np.isfinite(bad).all():
                continue
            with pytest.raises(InputError):
                pytest.fail(f"{key}={bad!r} gave {getattr(floor, name)(**{**call, key: bad})!r}")
