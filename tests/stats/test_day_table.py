"""Counts by day say the same as the patients they count, whole or in parts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from topline.stats import InputError, KaplanMeier, count_days, kaplan_meier, logrank_test, merge_days

pytestmark = pytest.mark.usefixtures("path")

rng = np.random.default_rng(31)
N = 700
DAY = rng.integers(0, 90, N).astype(np.uint16)
EVENT = (rng.random(N) < 0.5).astype(np.uint8)
ARM = rng.integers(0, 3, N).astype(np.uint8)


def same_curve(a: KaplanMeier, b: KaplanMeier) -> None:
    for field in dataclasses.fields(a):
        if not field.name.startswith("_"):
            np.testing.assert_array_equal(getattr(a, field.name), getattr(b, field.name), err_msg=field.name)
    assert a.at(30).n_risk == b.at(30).n_risk


def test_table_gives_the_curves_of_the_patients() -> None:
    table = count_days(DAY, EVENT, ARM)
    same_curve(table.kaplan_meier(), kaplan_meier(DAY, EVENT))
    for arm in table.groups:
        same_curve(table.kaplan_meier(arm), kaplan_meier(DAY[arm == ARM], EVENT[arm == ARM]))


def test_table_gives_the_test_of_the_patients() -> None:
    for rho in (0.0, 1.0):
        ours, theirs = count_days(DAY, EVENT, ARM).logrank_test(rho=rho), logrank_test(DAY, EVENT, ARM, rho=rho)
        assert ours.statistic == theirs.statistic
        np.testing.assert_array_equal(ours.n, theirs.n)
        np.testing.assert_array_equal(ours.variance, theirs.variance)


def test_parts_add_up_in_any_order() -> None:
    parts = [count_days(DAY[k::4], EVENT[k::4], ARM[k::4]) for k in range(4)]
    whole = count_days(DAY, EVENT, ARM)
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        np.testing.assert_array_equal(merge_days(parts[k] for k in order).counts, whole.counts)


def test_groups_that_one_part_lacks() -> None:
    a, b = count_days([1, 5], [1, 0], [0, 2]), count_days([9], [1], [1])
    both = a + b
    assert both.groups == (0, 1, 2)
    assert both.n == 3
    assert both.counts[9, 1, 1] == 1


@pytest.mark.parametrize(
    ("day", "event", "group", "message"),
    [
        ([1, -2], [1, 0], None, r"day\[1\] is -2"),
        ([1, 70_000], [1, 0], None, r"day\[1\] is 70000"),
        ([1, 2], [1, 2], None, r"event\[1\] is 2"),
        ([1, 2], [1, 0], [0, 300], r"group\[1\] is 300"),
        ([1.5, 2], [1, 0], None, "whole numbers"),
        ([1, 2], [1], None, "event has type"),
    ],
)
def test_bad_counts_are_refused(day: object, event: object, group: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        count_days(day, event, group)
