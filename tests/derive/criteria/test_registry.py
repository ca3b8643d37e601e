"""Criteria are found by themselves: one file each, named in the protocol, with options of its own."""

from __future__ import annotations

from typing import Any

import pytest

from topline.derive.response.criterion import CLASSES, criteria, criterion_of, with_thresholds
from topline.study.problems import InputError
from topline.study.response_spec import RecistParameters, ResponseSpec


def test_every_criterion_is_whole() -> None:
    assert {"RECIST 1.1", "iRECIST", "mRECIST", "PERCIST 1.0", "Choi"} <= set(criteria())
    for criterion in criteria().values():
        assert set(criterion.words.values()) <= set(CLASSES)
        assert criterion.words["NE"] == "NE"
        assert criterion.ends <= set(criterion.words)
        assert {criterion.words[word] for word in criterion.ends} == {"PD"}
        assert set(criterion.synonyms.values()) <= set(criterion.words)
        assert criterion.source
        words = criterion.rules_in_words(RecistParameters(), criterion.options())
        assert words
        assert not any("{" in text for text in words)


def test_rules_are_told_with_the_numbers_in_force() -> None:
    spec = ResponseSpec(criterion="mRECIST", parameters=RecistParameters(progression_percent=25, progression_mm=5))
    criterion, options = criterion_of(spec)
    told = " ".join(criterion.rules_in_words(with_thresholds(spec).parameters, options))
    assert "at least 25% and 0 mm above the smallest so far" in told


def test_an_unknown_criterion_or_option_is_named(trial: Any) -> None:
    trial.patient().sums((-7, 50), (56, 40))
    with pytest.raises(InputError, match=r"PRO-0031.*is no criterion known here; found 'RECIST 2.0'; expected one of"):
        trial.derive(response={"criterion": "RECIST 2.0"})
    with pytest.raises(InputError, match=r"PRO-0032.*growth_mn.*did you mean 'growth_mm'"):
        trial.derive(response={"criterion": "iRECIST", "options": {"growth_mn": 5}})


def test_one_more_file_is_one_more_criterion(trial: Any, visits: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from topline.derive.response import criterion as module

    mine = replace(
        criteria()["RECIST 1.1"], name="Ours", words={"GOOD": "CR", "SAME": "SD", "BAD": "PD", "NE": "NE"}, ends=frozenset({"BAD"})
    )
    monkeypatch.setattr(module, "criteria", lambda: {"Ours": mine})
    trial.patient().judged((56, "SAME"), (112, "GOOD"), (168, "BAD"), (224, "GOOD"))
    data = trial.derive(response={"criterion": "ours"})
    assert [word for _, word in visits(data)] == ["SAME", "GOOD", "BAD", "GOOD"]
    assert data.best is not None
    assert data.best["BOR"].to_list() == ["GOOD"]
    assert data.best["ORR"].to_list() == ["Y"]
    assert data.adtte.filter(data.adtte["PARAMCD"] == "PFS")["AVAL"].to_list() == [169.0]
