"""Every exported function says what it takes, what it refuses and whom it follows; every result says what its fields are."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re

import numpy as np
import pytest

import topline.stats as floor
from topline.stats import Result

from .every_function import Study, function_names, good_calls, with_methods

RESULTS = [name for name in floor.__all__ if isinstance(getattr(floor, name), type) and issubclass(getattr(floor, name), Result)]
# A paper, a package, or the function that the wrapped one documents.
SOURCE = re.compile(r"\((?:[A-Z]\. )?\d{4}|\(\d{4}|, \d{4}| \d{4}[),;.]|R `|R's `|R survival|cmprsk|survRM2|see `|As for `|those of `")
CONVENTIONS = {"count_days", "merge_days", "RiskSets", "bootstrap", "bootstrap_hazard_ratio"}


def section(text: str, title: str) -> str:
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


@pytest.mark.parametrize("name", function_names())
def test_function_says_what_it_takes_and_refuses(name: str) -> None:
    function = getattr(floor, name)
    text = inspect.getdoc(function) or ""
    parameters = section(text, "Parameters")
    said = set(re.findall(r"[\w]+", " ".join(line for line in parameters.splitlines() if not line.startswith(" "))))
    if "those of `" not in text:
        assert set(inspect.signature(function).parameters) <= said, "a parameter without a word"
    assert "InputError" in section(text, "Raises"), "what it refuses"
    assert name in CONVENTIONS or SOURCE.search(text), "whom it follows"


@pytest.mark.parametrize("name", RESULTS)
def test_result_says_what_its_fields_are(name: str) -> None:
    kind = getattr(floor, name)
    if name == "Result":
        return
    text = inspect.getdoc(kind) or ""
    said = section(text, "Attributes")
    common = {"method", "warnings", "conf_level", "conf_type", "names", "n", "events", "converged", "iterations", "groups"}
    fields = {field.name for field in dataclasses.fields(kind) if not field.name.startswith("_")}
    unsaid = {field for field in fields - common if not re.search(rf"\b{field}\b", said)}
    assert unsaid == set()


def test_every_result_turns_into_a_dictionary_and_prints() -> None:
    """One call of each function gives, between them, every exported kind of result."""
    seen: set[str] = set()
    waiting = []
    for name, calls in good_calls().items():
        waiting += [part for call in calls for part in with_methods(getattr(floor, name)(**call), Study())]
    while waiting:
        result = waiting.pop()
        if isinstance(result, np.ndarray):
            continue
        fields = [field.name for field in dataclasses.fields(result) if not field.name.startswith("_")]
        values = [getattr(result, field) for field in fields]
        waiting += [v for part in values for v in (part if isinstance(part, tuple) else (part,)) if isinstance(v, Result)]
        plain = result.to_dict()
        assert list(plain) == fields
        assert json.loads(json.dumps(plain)).keys() == plain.keys()
        lines = repr(result).splitlines()
        assert lines[0] == f"{type(result).__name__}("
        assert len(repr(result)) < 6000
        assert all(any(line.startswith(f"  {field}=") for line in lines) for field in fields)
        seen.add(type(result).__name__)
    assert set(RESULTS) - {"Result"} <= seen
