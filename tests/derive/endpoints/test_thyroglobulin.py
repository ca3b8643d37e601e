"""Thyroglobulin: values that are not comparable (antibodies, assay, TSH state, flare) are flagged, and left out or used."""

from __future__ import annotations

from typing import Any

import pytest

RAI = {"source": {"domain": "EX", "variable": "EXSTDTC", "where": "EXTRT = 'RAI'"}, "days": 28}
RULES: dict[str, Any] = {
    "antibody": "LBTGAB = 'POSITIVE'",
    "assay_variable": "LBMETHOD",
    "tsh_state_variable": "LBTSHST",
    "flare": RAI,
}
SAME = {"LBTGAB": "NEGATIVE", "LBMETHOD": "A", "LBTSHST": "SUPPRESSED"}


def derive(trial: Any, **rules: Any) -> Any:
    endpoint = {"id": "TGR", "type": "biochemical", "label": "Tg", "test": "TG", "percent": 25} | rules
    return trial.derive(endpoints=[endpoint], analyses=[{"id": "tg", "type": "lab_change", "population": "ALL", "endpoint": "TGR"}])


@pytest.mark.parametrize(
    ("later", "flag"),
    [({}, None), ({"LBTGAB": "POSITIVE"}, "ABFL"), ({"LBMETHOD": "B"}, "ASSAYFL"), ({"LBTSHST": "STIMULATED"}, "TSHFL")],
)
def test_a_value_that_is_not_comparable(trial: Any, later: dict[str, str], flag: str | None) -> None:
    trial.patient().dose(100, drug="RAI").lab(-3, 100, **SAME).lab(60, 70, **(SAME | later))
    left_out, used = derive(trial, **RULES), derive(trial, **RULES, flagged="used")
    value = left_out.adlb.row(1, named=True)
    assert {name for name in ("ABFL", "ASSAYFL", "TSHFL", "FLAREFL") if value[name] == "Y"} == ({flag} if flag else set())
    assert left_out.best["TGR"].to_list() == ["N" if flag else "Y"]
    assert value["EXCLFL"] == ("Y" if flag else "N")
    assert used.best["TGR"].to_list() == ["Y"]


@pytest.mark.parametrize(("day", "flares"), [(9, False), (10, True), (38, True), (39, False)])
def test_the_flare_window(trial: Any, day: int, flares: bool) -> None:
    trial.patient().dose(10, drug="RAI").lab(-3, 100, **SAME).lab(day, 70, **SAME)
    data = derive(trial, **RULES)
    assert data.adlb["FLAREFL"].to_list() == ["N", "Y" if flares else "N"]
    assert data.best["TGR"].to_list() == ["N" if flares else "Y"]


def test_a_baseline_with_antibodies_is_none(trial: Any) -> None:
    trial.patient().lab(-9, 200, **SAME).lab(-3, 100, **(SAME | {"LBTGAB": "POSITIVE"})).lab(60, 140, **SAME)
    data = derive(trial, antibody=RULES["antibody"])
    assert data.adlb["BASE"].to_list() == [200.0] * 3
    assert data.best["TGR"].to_list() == ["Y"]
