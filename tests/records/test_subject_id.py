"""What tells who a patient is can't be the subject id, however the protocol was written; and no message shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

import topline
from topline.study.problems import InputError

PROTOCOL = """\
schema_version: 1
study: {{id: S, title: S, design: single_arm, synthetic: true}}
records: {{domains: {{DM: {{columns: {{USUBJID: "{column}", OSDAYS: days, OSEVENT: event}}}}}}}}
populations: [{{id: ALL, label: All}}]
endpoints:
  - {{id: OS, type: time_to_event, label: OS, recorded: {{time: OSDAYS, event: OSEVENT, event_values: ["1"]}}}}
analyses: [{{id: os, type: time_to_event, population: ALL, endpoint: OS}}]
"""


def study(tmp_path: Path, column: str, ids: list[str]) -> topline.Study:
    (tmp_path / "records").mkdir()
    (tmp_path / "study.yaml").write_text(PROTOCOL.format(column=column), encoding="utf-8")
    rows = "".join(f"{name},{100 + i},{i % 2}\n" for i, name in enumerate(ids))
    (tmp_path / "records" / "dm.csv").write_text(f"{column},days,event\n{rows}", encoding="utf-8")
    return topline.load_study(tmp_path)


@pytest.mark.parametrize(
    ("column", "ids"),
    [
        ("姓名", ["P1", "P2", "P3", "P4"]),
        ("patient", ["王小明", "李建国", "张伟", "陈静"]),
        ("code", ["13800138000", "13912345678", "15012345678", "18712345678"]),
        ("id", ["11010519491231002X", "440524188001010014", "P3", "P4"]),
        ("Phone", ["1", "2", "3", "4"]),
    ],
)
def test_a_column_that_identifies_is_refused_and_not_shown(tmp_path: Path, column: str, ids: list[str]) -> None:
    with pytest.raises(InputError, match="REC-0028") as caught:
        study(tmp_path, column, ids).run()
    assert not any(name in str(caught.value) for name in ids if len(name) > 2)


def test_study_numbers_are_fine(tmp_path: Path) -> None:
    assert study(tmp_path, "研究编号", ["NPC-001", "NPC-002", "NPC-003", "NPC-004"]).run().get(statistic="events", analysis="os").value == 2
