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
        ("NON-SPECIFIC", 50.0, "N", "SUPPRESSED", "NEGATIVE", INDETERMINATE),
        ("STRUCTURAL", 0.1, "N", "SUPPRESSED", "NEGATIVE", STRUCTURAL),
        ("STRUCTURAL", None, None, None, None, STRUCTURAL),
        ("NEGATIVE", None, None, "SUPPRESSED", "NEGATIVE", None),
        ("NEGATIVE", 0.1, "N", None, "NEGATIVE", None),
        (None, 0.1, "N", "SUPPRESSED", "NEGATIVE", None),
    ],
)
def test_categories(imaging: Any, tg: Any, below: Any, state: Any, antibody: Any, expected: str | None) -> None:
    kinds = {"IMAGING": pl.String, "TG": pl.Float64, "TGLOQFL": pl.String, "TSHSTATE": pl.String, "TGAB": pl.String}
    row = pl.DataFrame([(imaging, tg, below, state, antibody)], schema=kinds, orient="row")
    assert row.select(ata_2015()).item() == expected


@pytest.mark.parametrize(("tg", "state"), [(1.0, "SUPPRESSED"), (10.0, "STIMULATED")])
def test_exactly_at_the_limit(tg: float, state: str) -> None:
    row = pl.DataFrame({"IMAGING": ["NEGATIVE"], "TG": [tg], "TGLOQFL": ["N"], "TSHSTATE": [state], "TGAB": ["NEGATIVE"]})
    assert row.select(ata_2015("indeterminate")).item() == INDETERMINATE
