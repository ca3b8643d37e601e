"""Analyses of a study worked out by hand: counts, directions, what can't be estimated, and the patients behind each number."""

from __future__ import annotations

import math
from typing import Any

import pytest

from topline.analyze.results import STATISTICS

ROWS: list[tuple[str, str, Any, Any, str]] = [
    ("P1", "A", 100, 1, "PR"),
    ("P2", "A", 300, 0, "CR"),
    ("P3", "A", 400, 1, "SD"),
    ("P4", "A", 500, 0, "PR"),
    ("P5", "B", 50, 1, "PD"),
    ("P6", "B", 100, 1, "SD"),
    ("P7", "B", 200, 1, "PR"),
    ("P8", "B", 250, 0, ""),
]
MONTH = 30.4375


def test_counts_medians_and_landmarks(analyse: Any) -> None:
    os = analyse(ROWS)["os"]
    assert [(r.group, r.value) for r in os.find(statistic="events", variable=None)] == [("New", 2), ("Control", 3)]
    assert [r.value for r in os.find(statistic="n", variable=None)] == [4, 4]
    assert [r.value for r in os.find(statistic="censored")] == [2, 1]
    # New: 3/4 at 100, then 2 at risk at 400: 3/8. Control: 3/4 at 50, 1/2 at 100 (to 200), 1/4 at 200
    assert [r.value for r in os.find(statistic="median")] == pytest.approx([400 / MONTH, 150 / MONTH])
    assert [r.value for r in os.find(statistic="landmark_rate")] == pytest.approx([0.75, 0.5])


def test_direction_of_comparisons(analyse: Any) -> None:
    """The new group against the reference, which stands last, however the protocol lists them."""
    results = analyse(ROWS)
    (hazard,) = results.find(analysis="os", statistic="hazard_ratio")
    assert (hazard.group, hazard.reference_group) == ("New", "Control")
    assert hazard.value < 1  # fewer and later events
    (difference,) = results.find(analysis="response", statistic="rate_difference")
    assert difference.value == pytest.approx(3 / 4 - 1 / 4)
    (odds,) = results.find(analysis="response", statistic="odds_ratio")
    assert odds.value > 1
    (test,) = results.find(analysis="response", statistic="p_value")
    # 3 of 4 against 1 of 4: (16 + 16 + 1 + 1) / 70
    assert test.p_value == pytest.approx(34 / 70)
    reverse = {"levels": [{"value": "A", "label": "New"}, {"value": "B", "label": "Control"}], "reference": "A"}
    (turned,) = analyse(ROWS, groups=reverse).find(analysis="os", statistic="hazard_ratio")
    assert (turned.group, turned.reference_group) == ("Control", "New")
    assert turned.value * hazard.value == pytest.approx(1)


def test_log_rank_by_hand(analyse: Any) -> None:
    """At 50, 100, 200, 400: expected events of New 4/8, 2·4/7, 3/5, 1."""
    (test,) = analyse(ROWS).find(analysis="os", statistic="logrank")
    expected = 4 / 8 + 2 * 4 / 7 + 3 / 5 + 1
    variance = 1 / 4 + 2 * (4 / 7) * (3 / 7) * (5 / 6) + (3 / 5) * (2 / 5)
    assert test.value == pytest.approx((2 - expected) ** 2 / variance)
    assert test.p_value == pytest.approx(math.erfc(math.sqrt(test.value / 2)))


def test_the_patients_behind_each_number(analyse: Any) -> None:
    results = analyse(ROWS)

    def members(**wanted: Any) -> tuple[str, ...]:
        return results.subject_sets[results.get(**wanted).subject_set]

    assert members(analysis="populations", statistic="n") == tuple(row[0] for row in ROWS)
    assert members(analysis="os", group="New", statistic="events") == ("P1", "P2", "P3", "P4")
    assert members(analysis="os", group="New", statistic="count", level="Event as recorded") == ("P1", "P3")
    assert members(analysis="os", group="Control", statistic="count", level="Censored as recorded") == ("P8",)
    assert members(analysis="response", endpoint="ORR", group="New", statistic="count") == ("P1", "P2", "P4")
    assert members(analysis="response", endpoint="BOR", group="Control", statistic="count", level="NE") == ("P8",)
    assert members(analysis="response", endpoint="BOR", group="Control", statistic="count", level="CR") == ()


def test_nobody_without_an_assessment_leaves_the_denominator(analyse: Any) -> None:
    rate = analyse(ROWS).get(analysis="response", endpoint="ORR", group="Control", statistic="rate")
    assert (rate.value, rate.n, rate.events) == (0.25, 4, 1)
    counts = {r.level: r.value for r in analyse(ROWS).find(analysis="response", endpoint="BOR", group="Control", statistic="count")}
    assert counts == {"CR": 0, "PR": 1, "SD": 1, "PD": 1, "NE": 1}


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        [(s, a, d, 0, b) for s, a, d, _, b in ROWS],  # no event
        [row for row in ROWS if row[1] == "A"],  # a group without patients
        ROWS[:1],  # one patient
        [(s, a, "", "", "") for s, a, *_ in ROWS],  # nobody has a time or a response
        [(s, a, 0, 1, b) for s, a, _, _, b in ROWS],  # all on day 0
    ],
    ids=["as they are", "no event", "empty group", "one patient", "no times", "day 0"],
)
def test_rows_are_sound_whatever_the_data(analyse: Any, rows: list[Any]) -> None:
    results = analyse(rows)
    ids = [row.id for row in results]
    assert len(set(ids)) == len(ids)
    for row in results:
        assert row.statistic in STATISTICS, row.id
        assert (row.value is None) == (row.status != "ok"), row.id
        if row.value is None:
            assert row.warnings, f"{row.id} doesn't say why"
        for value in (row.value, row.lower, row.upper, row.p_value):
            assert value is None or math.isfinite(value), row.id
        assert row.subject_set is None or row.subject_set < len(results.subject_sets)


def test_what_cant_be_estimated_says_so(analyse: Any) -> None:
    silent = analyse([(s, a, d, 0, b) for s, a, d, _, b in ROWS])
    assert {r.status for r in silent.find(analysis="os", statistic="median")} == {"not_reached"}
    assert [r.value for r in silent.find(analysis="os", statistic="events")] == [0, 0]
    for statistic in ("hazard_ratio", "logrank"):
        row = silent.get(analysis="os", statistic=statistic)
        assert (row.status, row.warnings) == ("not_estimable", ("no events in any group",))
    empty = analyse([row for row in ROWS if row[1] == "A"])
    assert empty.get(analysis="os", group="Control", statistic="median").status == "not_estimable"
    assert empty.get(analysis="response", endpoint="ORR", group="Control", statistic="rate").status == "not_estimable"
    assert empty.get(analysis="os", statistic="hazard_ratio").status == "not_estimable"


def test_patients_in_no_row_of_a_subgroup_are_counted(analyse: Any) -> None:
    """P8 has no best response; P2 (CR) and P5 (PD) have one that the protocol doesn't list."""
    listed = [{"variable": "BEST", "label": "Best response", "levels": {"PR": "PR", "SD": "SD"}}, {"variable": "ARM", "label": "Arm"}]
    os = {"id": "os", "type": "time_to_event", "population": "ALL", "endpoint": "OS", "comparison": {"test": "log_rank"}}
    found = analyse(ROWS, analyses=[os | {"subgroups": listed}])
    assert found.get(statistic="interaction", variable="Best response").warnings[-2:] == (
        "Best response: 1 of 8 patients has no value and is in no row",
        "Best response: 2 of 8 patients have a value that is none of these and are in no row",
    )
    assert not any("in no row" in text for text in found.get(statistic="interaction", variable="Arm").warnings)


def test_follow_up_by_hand(analyse: Any) -> None:
    """Observed: the median of 4 and 4 times; reversed: deaths are censored."""
    found = analyse(ROWS)["follow_up"]
    observed = {r.group: r.value for r in found.find(statistic="follow_up_median") if r.method["name"] == "observed"}
    assert observed == {"New": pytest.approx(350 / MONTH), "Control": pytest.approx(150 / MONTH), None: pytest.approx(225 / MONTH)}
    reverse = {r.group: r for r in found.find(statistic="follow_up_median") if r.method["name"] == "reverse Kaplan–Meier"}
    assert reverse["New"].value == pytest.approx(500 / MONTH)  # 2/3 at 300, 0 at 500
    assert reverse["Control"].value == pytest.approx(250 / MONTH)  # the only one alive
