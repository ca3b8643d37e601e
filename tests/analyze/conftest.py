"""A study of times that were recorded, small enough to work out by hand: two groups and whatever else a test asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topline.analyze.results import ResultSet
from topline.analyze.run import analyse_all
from topline.execute.local import derive_all
from topline.records.load import load_records
from topline.study.protocol import Protocol

ANALYSES: list[dict[str, Any]] = [
    {"id": "follow_up", "type": "follow_up", "population": "ALL", "endpoint": "OS"},
    {"id": "response", "type": "response", "population": "ALL", "endpoints": ["ORR"], "comparison": {"test": "fisher"}},
    {
        "id": "os",
        "type": "time_to_event",
        "population": "ALL",
        "endpoint": "OS",
        "landmarks_months": [6],
        "comparison": {"test": "log_rank"},
    },
]


@pytest.fixture
def analyse(tmp_path: Path) -> Callable[..., ResultSet]:
    """Give a runner: rows of (subject, arm, days, event, best response) → results; arm B is the reference."""

    def run(rows: list[tuple[str, str, Any, Any, str]], **changes: Any) -> ResultSet:
        folder = tmp_path / "records"
        folder.mkdir(exist_ok=True)
        lines = ["USUBJID,ARM,DAYS,EVENT,BEST", *(",".join(str(cell) for cell in row) for row in rows)]
        (folder / "dm.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        data: dict[str, Any] = {
            "schema_version": 1,
            "study": {"id": "HAND", "title": "By hand", "design": "randomised"},
            "records": {"domains": {"DM": None}},
            "populations": [{"id": "ALL", "label": "All"}],
            "groups": {"levels": [{"value": "B", "label": "Control"}, {"value": "A", "label": "New"}], "reference": "B"},
            "response": {"entry": "recorded_best", "best_variable": "BEST"},
            "endpoints": [
                {"id": "ORR", "type": "response_rate", "label": "Response", "responses": ["CR", "PR"]},
                {
                    "id": "OS",
                    "type": "time_to_event",
                    "label": "OS",
                    "recorded": {"time": "DAYS", "unit": "days", "event": "EVENT", "event_values": ["1"]},
                },
            ],
            "analyses": ANALYSES,
        }
        protocol = Protocol.model_validate(data | changes)
        return analyse_all(protocol, derive_all(protocol, load_records(protocol, tmp_path)))

    return run
