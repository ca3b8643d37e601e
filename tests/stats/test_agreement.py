"""Cohen's kappa agrees with R (tests/reference/agreement.R), a printed example, and what must hold."""

from __future__ import annotations

import math
from typing import Any

import pytest

from topline.stats import InputError, cohen_kappa


def test_kappa_agrees_with_r(reference: Any) -> None:
    for item in reference("agreement")["tables"]:
        found = cohen_kappa(item["table"])
        assert found.value == pytest.approx(item["kappa"], abs=1e-10)
        assert found.std_error == pytest.approx(item["std_error"], rel=1e-8)
        assert found.value == pytest.approx(item.get("epiR", item["kappa"]), abs=1e-10)


def test_the_printed_example_of_fleiss() -> None:
    """Fleiss, Levin and Paik, table 18.1: n = 100, observed agreement 0.89, expected 0.66, so kappa 0.23 / 0.34."""
    found = cohen_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert found.value == pytest.approx(0.23 / 0.34)


def test_raters_and_classes_may_change_places() -> None:
    one = cohen_kappa([[12, 3, 1], [2, 20, 4], [0, 5, 14]])
    for other in (cohen_kappa([[12, 2, 0], [3, 20, 5], [1, 4, 14]]), cohen_kappa([[14, 5, 0], [4, 20, 2], [1, 3, 12]])):
        assert (other.value, other.std_error) == (pytest.approx(one.value), pytest.approx(one.std_error))


def test_limits() -> None:
    whole = cohen_kappa([[10, 0], [0, 5]])
    assert (whole.value, whole.lower, whole.upper, whole.std_error) == (1.0, 1.0, 1.0, 0.0)
    assert cohen_kappa([[4, 4], [4, 4]]).value == pytest.approx(0)
    assert cohen_kappa([[1, 6], [4, 0]]).lower == -1.0


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[7, 0], [0, 0]]])
def test_what_cannot_be_estimated_says_why(table: Any) -> None:
    found = cohen_kappa(table)
    assert math.isnan(found.value)
    assert found.warnings[0].startswith("not estimable")


@pytest.mark.parametrize("table", [[[1, 2, 3], [4, 5, 6]], [[1, -1], [0, 2]], [[0.5, 1], [1, 2]], [1, 2], [[math.nan, 1], [1, 2]]])
def test_other_tables_are_refused(table: Any) -> None:
    with pytest.raises(InputError, match="table"):
        cohen_kappa(table)
