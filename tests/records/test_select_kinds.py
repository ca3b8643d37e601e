"""A comparison that can be true of nobody, because the kinds differ, is refused and not an empty study."""

from __future__ import annotations

import polars as pl
import pytest
from pydantic import TypeAdapter

from topline.records.select import select
from topline.study.conditions import Condition
from topline.study.problems import InputError

FRAME = pl.DataFrame({"USUBJID": ["1", "2", "3"], "AGE": [50.0, 60.0, None], "SEX": ["F", "M", None], "ECOG": ["0", "unknown", None]})


def chosen(where: str) -> list[str]:
    return select(FRAME, TypeAdapter(Condition).validate_python(where))["USUBJID"].to_list()


@pytest.mark.parametrize("where", ["AGE > 'abc'", "SEX > 5", "SEX in (1, 2)", "AGE in ('old', 'young')", "SEX between 1 and 2"])
def test_kinds_that_differ_are_refused(where: str) -> None:
    with pytest.raises(InputError, match="PRO-0030"):
        chosen(where)


def test_kinds_that_agree_are_compared() -> None:
    assert chosen("AGE > '55'") == ["2"]
    assert chosen("ECOG = 0") == ["1"]
    assert chosen("SEX = 'f'") == ["1"]
