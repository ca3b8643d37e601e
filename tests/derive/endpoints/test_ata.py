"""ATA 2015: each category, each boundary, and the two readings of "at the limit"."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from topline.derive.ata import BIOCHEMICAL, EXCELLENT, INDETERMINATE, STRUCTURAL, ata_2015


@pytest.mark.parametrize(
    ("imaging", "tg", "below", "state", "antibody", "expected"),
    [
        ("NEGATIVE", 0.19, "N", "SUPPRESSED", "NEGATIVE", EXCELLENT),
        ("NEGATIVE", 0.2, "N", "SUPPRESSED", "NEGATIVE", INDETERMINATE),
        ("NEGATIVE", 0.2, "Y", "SUPPRESSED", "NEGATIVE", EXCELLENT),  # "<0.2"
        ("NEGATIVE", 0.99, "N", "SUPPRESSED", "NEGATIVE", INDETERMINATE),
        ("NEGATIVE", 1.0, "N", "SUPPRESSED", "NEGATIVE", BIOCHEMICAL),
        ("NEGATIVE", 0.99, "N", "STIMULATED", "NEGATIVE", EXCELLENT),
        ("NEGATIVE", 1.0, "N", "STIMULATED", "NEGATIVE", INDETERMINATE),
        ("NEGATIVE", 9.9, "N", "STIMULATED", "NEGATIVE", INDETERMINATE),
        ("NEGATIVE", 10.0, "N", "STIMULATED", "NEGATIVE", BIOCHEMICAL),
        ("NEGATIVE", 0.1, "N", "SUPPRESSED", "RISING", BIOCHEMICAL),
        ("NEGATIVE", 0.1, "N", "SUPPRESSED", "STABLE", INDETERMINATE),
        ("NEGATIVE", 0.1, "N", "SUPPRESSED", "DECLINING", INDETERMINATE),
        ("NON-SPECIFIC", 0.1, "N", "SUPPRESSED", "NEGATIVE", INDETERMINATE),
        ("NON-SPECIFIC", 50.0, "N", "SUPPRESSED", "NEGATIVE", INDETERMINATE),  # so table 13
        ("NON-SPECIFIC", 2.0, "Y", "SUPPRESSED", "NEGATIVE", INDETERMINATE),
        ("NEGATIVE", 0.9, "Y", "SUPPRESSED", "NEGATIVE", None),  # "<0.9": excellent or indeterminate
        ("NEGATIVE", 2.0, "Y", "SUPPRESSED", "NEGATIVE", None),  # any of three
        ("NEGATIVE", 1.0, "Y", "STIMULATED", "NEGATIVE", EXCELLENT),
        ("NEGATIVE", 2.0, "Y", "SUPPRESSED", "RISING", BIOCHEMICAL),
        ("NEGATIVE", 1.0, "Y", "SUPPRESSED", "STABLE", INDETERMINATE),
        ("NEGATIVE", 1.1, "Y", "SUPPRESSED", "STABLE", None),
        ("NEGATIVE", 0.1, "N", "SUPPRESSED", "PRESENT", None),  # rising or not
        ("NEGATIVE", 1.0, "N", "SUPPRESSED", "PRESENT", BIOCHEMICAL),  # either way
        ("NEGATIVE", 5.0, "N", None, "STABLE", None),  # biochemical incomplete if suppressed
        ("STRUCTURAL", 2.0, "Y", "SUPPRESSED", "NEGATIVE", STRUCTURAL),
        ("STRUCTURAL", 0.1, "N", "SUPPRESSED", "NEGATIVE", STRUCTURAL),
        ("STRUCTURAL", None, None, None, None, STRUCTURAL),
        ("NEGATIVE", None, None, "SUPPRESSED", "NEGATIVE", None),
        ("NEGATIVE", 0.1, "N", None, "NEGATIVE", None),
        (None, 0.1, "N", "SUPPRESSED", "NEGATIVE", None),
    ],
)
def test_categories(imaging: Any, tg: Any, below: Any, state: Any, antibody: Any, expected: str | None) -> None:
    assert judged(imaging, tg, below, state, antibody) == expected


def judged(imaging: Any, tg: Any, below: Any, state: Any, antibody: Any) -> str | None:
    kinds = {"IMAGING": pl.String, "TG": pl.Float64, "TGLOQFL": pl.String, "TSHSTATE": pl.String, "TGAB": pl.String}
    row = pl.DataFrame([(imaging, tg, below, state, antibody)], schema=kinds, orient="row")
    category: str | None = row.select(ata_2015()).item()
    return category


@pytest.mark.parametrize("antibody", ["NEGATIVE", "STABLE", "DECLINING", "RISING"])
@pytest.mark.parametrize("state", ["SUPPRESSED", "STIMULATED"])
@pytest.mark.parametrize("imaging", ["NEGATIVE", "NON-SPECIFIC", "STRUCTURAL"])
@pytest.mark.parametrize("bound", [0.1, 0.2, 0.9, 1.0, 2.0, 10.0, 11.0])
def test_a_bound_tells_what_every_value_below_it_tells(bound: float, imaging: str, state: str, antibody: str) -> None:
    """By definition: "<2" has the category that all of 0 to 1.999 have, and none where they differ."""
    values = [value for value in (0.0, 0.15, 0.5, 0.95, 1.5, 5.0, 10.5) if value < bound]
    possible = {judged(imaging, value, "N", state, antibody) for value in values}
    assert judged(imaging, bound, "Y", state, antibody) == (possible.pop() if len(possible) == 1 else None)


@pytest.mark.parametrize(("tg", "state"), [(1.0, "SUPPRESSED"), (10.0, "STIMULATED")])
def test_exactly_at_the_limit(tg: float, state: str) -> None:
    row = pl.DataFrame({"IMAGING": ["NEGATIVE"], "TG": [tg], "TGLOQFL": ["N"], "TSHSTATE": [state], "TGAB": ["NEGATIVE"]})
    assert row.select(ata_2015("indeterminate")).item() == INDETERMINATE
