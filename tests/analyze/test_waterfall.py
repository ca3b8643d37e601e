"""The waterfall of response: the best change of the sum at the visits that count for best response, or at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from topline.analyze.run import analyse_all
from topline.execute.local import derive_all
from topline.records.load import load_records
from topline.study.protocol import Protocol

SIZES = {
    "P1": [("2024-03-25", 45), ("2024-06-17", 60), ("2024-09-09", 20)],  # shrinks after progression
    "P2": [("2024-03-25", 40), ("2024-06-17", 10)],  # shrinks after new therapy
    "P3": [("2024-03-25", 60)],  # progression at once
    "P4": [("2024-03-25", 30)],
    "P5": [],
}


@pytest.mark.parametrize(("rule", "expected"), [("counted", [20, -10, -20, -40]), ("all", [20, -40, -60, -80])])
def test_best_change(tmp_path: Path, rule: str, expected: list[float]) -> None:
    tables: dict[str, list[str]] = {
        "dm": ["USUBJID", *SIZES],
        "ex": ["USUBJID,EXTRT,EXSTDTC", *(f"{name},DRUG,2024-01-01" for name in SIZES)],
        "tu": ["USUBJID,TULNKID,TUORRES,TULOC", *(f"{name},T1,TARGET,LUNG" for name in SIZES)],
        "tr": ["USUBJID,TRLNKID,TRTESTCD,TRORRES,TRDTC"],
        "cm": ["USUBJID,CMTRT,CMSTDTC", "P2,OTHER,2024-05-01"],
    }
    for name, sizes in SIZES.items():
        tables["tr"] += [f"{name},T1,LDIAM,{size},{day}" for day, size in [("2023-12-20", 50), *sizes]]
    (tmp_path / "records").mkdir()
    for name, lines in tables.items():
        (tmp_path / "records" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    protocol: Any = {
        "schema_version": 1,
        "study": {"id": "BARS", "title": "Bars", "design": "single_arm"},
        "records": {"domains": {name.upper(): None for name in tables}},
        "populations": [{"id": "ALL", "label": "All"}],
        "response": {"new_therapy": {"domain": "CM", "variable": "CMSTDTC"}},
        "endpoints": [{"id": "ORR", "type": "response_rate", "label": "Response", "responses": ["CR", "PR"]}],
        "analyses": [{"id": "response", "type": "response", "population": "ALL", "endpoints": ["ORR"], "waterfall": rule}],
    }
    study = Protocol.model_validate(protocol)
    (bars,) = analyse_all(study, derive_all(study, load_records(study, tmp_path))).waterfalls
    assert list(bars.value) == pytest.approx(expected)
    assert bars.n_missing == 1
