"""For any sheet: a draft that loads once accepted, or a refusal that says why; never a traceback, never half a folder."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from topline.api import load_study
from topline.init.accept import accept_guesses, open_guesses
from topline.init.start import start_study
from topline.study.problems import InputError

HEADINGS = st.one_of(
    st.sampled_from(
        [
            "研究编号",
            "姓名",
            "年龄",
            "性别",
            "首次用药日期",
            "进展日期",
            "是否进展",
            "末次随访",
            "死亡日期",
            "生存状态",
            "最佳疗效",
            "组别",
            "治疗方案",
            "PFS(月)",
            "OS",
            "status",
            "日期",
            "",
        ]
    ),
    st.text(max_size=12),
)
CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "男",
            "女",
            "0",
            "1",
            "2",
            "是",
            "否",
            "CR",
            "PD",
            "死亡",
            "2022/5/1",
            "1/5/2022",
            "2022年5月",
            "44713",
            "65岁",
            "无",
            "顺铂",
            "0.5",
            "合计",
        ]
    ),
    st.dates().map(str),
    st.integers().map(str),
    st.text(max_size=10),
)


@st.composite
def sheets(draw: Any) -> list[list[str | None]]:
    head = draw(st.lists(HEADINGS, min_size=1, max_size=9))
    return [head, *draw(st.lists(st.lists(CELLS, min_size=len(head), max_size=len(head)), min_size=0, max_size=9))]


@settings(max_examples=30)
@given(rows=sheets())
def test_a_draft_loads_once_accepted_or_says_why_not(rows: list[list[str | None]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["" if cell is None else cell for cell in row] for row in rows])
    with tempfile.TemporaryDirectory() as name:
        path, out = Path(name) / "sheet.csv", Path(name) / "study"
        path.write_bytes(text.getvalue().encode("utf-8", "replace"))
        try:
            folder = start_study([path], out).folder
        except InputError as error:
            refused = error.findings
        else:
            refused = ()
            accept_guesses(folder, [guess.id for guess in open_guesses(folder)])
            assert all(finding.message for finding in load_study(folder).check())
        assert all(finding.code and finding.message for finding in refused)
        assert sorted(item.name for item in Path(name).iterdir()) == (["sheet.csv"] if refused else ["sheet.csv", "study"])
