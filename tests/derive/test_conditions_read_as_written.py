"""Conditions compare with what was written: 0 and 1 are numbers, 'Y' and 'N' are texts, not truth values."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("VALUE > 0", ["P2", "P3"]),
        ("VALUE >= 1", ["P2", "P3"]),
        ("VALUE = 0", ["P1"]),
        ("VALUE != 1", ["P1", "P3"]),
        ("CODE = 'N'", ["P2"]),
        ("CODE != 'N'", ["P1", "P3"]),
        ("CODE = 'Y'", ["P1"]),
        ("CODE = true", ["P1"]),
    ],
)
def test_comparisons(trial: Any, condition: str, expected: list[str]) -> None:
    for subject, value, code in (("P1", 0, "Y"), ("P2", 1, "N"), ("P3", 2, "U")):
        trial.patient(subject, VALUE=value, CODE=code)
    rules = [{"label": "Not so", "include": condition}]
    data = trial.derive(populations=[{"id": "ALL", "label": "So", "rules": rules}])
    assert data.adsl.filter(data.adsl["ALLFL"] == "Y")["USUBJID"].sort().to_list() == expected
