"""A patient recorded as dead without a full date of death: the rule that the protocol declares, and the finding."""

from __future__ import annotations

from typing import Any

import pytest

from topline.study.problems import InputError


def derive(trial: Any, rule: str | None = None, cutoff: str | None = None) -> Any:
    study = {"id": "TINY", "title": "A tiny study", "design": "single_arm"}
    study |= ({"death_without_date": rule} if rule else {}) | ({"cutoff": cutoff} if cutoff else {})
    return trial.derive(study=study)


@pytest.fixture
def dead(trial: Any) -> Any:
    """P1 last seen alive on day 100 (10 April 2024); dead, nobody knows when."""
    trial.patient("P1", DTHFL="Y").contact(100).contact(150, "DEAD")
    trial.patient("P2").contact(200)
    return trial


def codes(data: Any) -> list[str]:
    return [item.code for item in data.findings if item.subject == "P1" and item.code != "REC-0011"]


@pytest.mark.parametrize(("rule", "expected"), [(None, (101, 1)), ("not_counted", (101, 1)), ("last_known_alive", (101, 0))])
def test_no_date_at_all(dead: Any, time: Any, rule: str | None, expected: tuple[int, int]) -> None:
    data = derive(dead, rule)
    assert time(data, "OS")[:2] == expected
    (found,) = [item for item in data.findings if item.code == "REC-0050"]
    assert (found.subject, found.column) == ("P1", "DTHFL")
    assert ("no event" in found.message) == (rule != "last_known_alive")


@pytest.mark.parametrize(
    ("date", "day", "flag"),
    [("2024-05", 121, "D"), ("2024-04", 100, "D"), ("2024", 100, "M"), ("", 100, "Y")],  # 1 May 2024 is day 121
)
def test_part_of_a_date(dead: Any, time: Any, date: str, day: int, flag: str) -> None:
    dead.rows["DM"][0]["DTHDTC"] = date
    data = derive(dead, "last_known_alive")
    assert time(data, "OS")[:2] == (day + 1, 0)
    assert data.adsl["DTHDTF"].to_list() == [flag, None]
    assert time(derive(dead), "OS")[:2] == (101, 1)


def test_an_error_if_the_protocol_says_so(dead: Any) -> None:
    with pytest.raises(InputError, match=r"REC-0055 error.*column DTHFL.*choose another rule under study\.death_without_date"):
        derive(dead, "error")


def test_who_was_alive_at_the_cutoff_is_not_dead(dead: Any, time: Any) -> None:
    data = derive(dead, "last_known_alive", cutoff="2024-03-31")  # day 90
    assert time(data, "OS")[:2] == (91, 1)


@pytest.mark.parametrize("rule", ["not_counted", "last_known_alive"])
def test_a_month_after_the_cutoff_is_after_it(dead: Any, time: Any, rule: str) -> None:
    dead.rows["DM"][0]["DTHDTC"] = "2024-08"
    data = derive(dead, rule, cutoff="2024-06-30")
    assert data.adsl["DTHFL"].to_list() == ["N", "N"]
    assert time(data, "OS")[1] == 1


def test_a_flag_without_any_column_of_dates(trial: Any, time: Any) -> None:
    trial.patient("P1", DTHFL="Y").contact(100)
    for row in trial.rows["DM"]:
        del row["DTHDTC"]
    data = derive(trial)
    assert codes(data) == ["REC-0050"]
    assert time(derive(trial, "last_known_alive"), "OS")[:2] == (101, 0)
