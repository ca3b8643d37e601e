"""Each kind of guess: what is guessed from which cells, and that it is marked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from topline.api import Study, load_study
from topline.init.accept import accept_guesses, open_guesses
from topline.init.start import Started, start_study
from topline.study.records_spec import DomainSpec

Start = Callable[..., Started]
Accepted = Callable[..., Study]


def spec_of(started: Started) -> DomainSpec:
    return started.protocol.records.spec("DM")


def column(head: list[str], rows: list[list[Any]], name: str, values: list[Any]) -> list[list[Any]]:
    """The table with one more column, its values repeated down the rows."""
    return [[*head, name], *([*row, values[i % len(values)]] for i, row in enumerate(rows))]


def test_every_mapped_column_is_a_guess_and_its_line_names_it(start: Start, head: list[str], rows: list[list[Any]]) -> None:
    started = start([head, *rows])
    text = (started.folder / "study.yaml").read_text(encoding="utf-8")
    ids = {guess.id for guess in started.guesses}
    for variable, heading in (spec_of(started).columns or {}).items():
        line = next(line for line in text.splitlines() if line.strip().startswith(f"{variable}: {heading}"))
        assert line.partition("# guess: ")[2] in ids
    assert {"pfs", "os"} <= ids
    assert all(not guess.confirmed for guess in started.guesses)


def test_the_original_is_copied_and_not_touched(start: Start, sheet: Any, head: list[str], rows: list[list[Any]]) -> None:
    path = sheet([head, *rows])
    before = path.read_bytes()
    started = start([head, *rows])
    assert path.read_bytes() == before == (started.folder / "records" / "sheet.xlsx").read_bytes()


def test_a_title_empty_rows_totals_and_notes(accepted: Accepted, start: Start, head: list[str], rows: list[list[Any]]) -> None:
    table = [["某医院随访表"], [], head, *rows[:6], [], *rows[6:], ["合计", None, None, None, 12], [], ["注：数据截止2023年"]]
    study = accepted(table)
    spec = study.protocol.records.spec("DM")
    assert (spec.header_row, spec.last_row) == (3, 16)
    assert study.execute().datasets.adsl.height == 12


@pytest.mark.parametrize(
    ("heading", "values", "male", "unclear"),
    [
        ("性别", ["男", "女"], "男", False),
        ("Sex", ["M", "f"], "M", False),
        ("性别(1男2女)", ["1", "2"], "1", False),
        ("性别（男=0，女=1）", ["0", "1"], "0", False),
        ("Sex (0=female, 1=male)", ["0", "1"], "1", False),
        ("性别", ["0", "1"], "1", True),
        ("gender", ["1", "2"], "1", True),
    ],
)
def test_sex(start: Start, rows: list[list[Any]], heading: str, values: list[str], male: str, *, unclear: bool) -> None:
    head = ["研究编号", "年龄", heading]
    table = [head, *([row[0], row[1], values[i % 2]] for i, row in enumerate(rows))]
    started = start(table)
    assert spec_of(started).values.get("SEX", {}).get(male, male) == "M"
    assert any(guess.id == "codes-sex" and guess.guess.startswith("UNCLEAR") for guess in started.guesses) is unclear


@pytest.mark.parametrize(
    ("heading", "dead", "alive"),
    [
        ("生存状态（0=存活，1=死亡）", 1, 0),
        ("OS status (1=alive, 2=dead)", 2, 1),
        ("是否死亡", "是", "否"),
        ("生存状态", "死亡", "存活"),
        ("vital status", "Dead", "Alive"),
        ("status", 0, 1),  # settled by the dates of death beside it
    ],
)
def test_which_code_is_death(start: Start, head: list[str], rows: list[list[Any]], heading: str, dead: Any, alive: Any) -> None:
    table = [[*head, heading], *([*row, dead if row[6] else alive] for row in rows)]
    codes = spec_of(start(table)).values["DTHFL"]
    assert codes[str(dead)] == "Y"
    assert codes[str(alive)] == "N"


def test_a_direction_that_nothing_tells_is_said_to_be_unclear(start: Start, head: list[str], rows: list[list[Any]]) -> None:
    table = [[*head[:6], "OS status"], *([*row[:6], int(row[6] is not None)] for row in rows)]
    started = start(table)
    assert spec_of(started).values["DTHFL"] == {"0": "N", "1": "Y"}
    guess = next(guess for guess in started.guesses if guess.id == "codes-dthfl")
    assert guess.guess.startswith("UNCLEAR")
    assert "custom" in str(guess.evidence)
    assert "other way round" in guess.alternatives[0]


def test_a_status_without_a_date_of_death_is_dated_by_the_last_follow_up(
    accepted: Accepted, head: list[str], rows: list[list[Any]]
) -> None:
    study = accepted([[*head[:6], "生存状态"], *([*row[:6], "死亡" if row[6] else "存活"] for row in rows)])
    times = study.execute().datasets.adtte
    assert times.filter((times["PARAMCD"] == "OS") & (times["CNSR"] == 0)).height == 4


def test_a_pfs_date_that_everybody_has_is_an_event_only_where_the_flag_says_so(
    accepted: Accepted, head: list[str], rows: list[list[Any]]
) -> None:
    for row in rows:
        row.append("是" if row[4] else "否")
        row[4] = row[4] or "2023-06-01"
        row[6] = None
    study = accepted([[*head, "是否进展"], *rows])
    times = study.execute().datasets.adtte
    assert times.filter((times["PARAMCD"] == "PFS") & (times["CNSR"] == 0)).height == 6


@pytest.mark.parametrize(
    ("cells", "forms"),
    [
        (["2022/6/1", "2022.6.1", "20220601"], ("ymd",)),
        (["2022年6月1日", "2022年6月"], ("chinese",)),
        (["1-Jun-2022", "June 1, 2022"], ("month_name",)),
        (["44713", "44714"], ("excel_serial",)),
        (["13/6/2022", "1/6/2022"], ("dmy",)),
        (["6/13/2022", "6/1/2022"], ("mdy",)),
        ([date(2022, 6, 1), "2022-06-01"], ()),
    ],
)
def test_forms_of_dates(start: Start, head: list[str], rows: list[list[Any]], cells: list[Any], forms: tuple[str, ...]) -> None:
    for i, row in enumerate(rows):
        row[4] = cells[i % len(cells)]
    started = start([head, *rows])
    found = spec_of(started).dates.get("PROGDTC")
    assert (found.forms if found else ()) == forms
    assert any(guess.id == "date-order" for guess in started.guesses) is bool({"dmy", "mdy"} & set(forms))


def test_words_for_no_date_are_empty_cells(accepted: Accepted, head: list[str], rows: list[list[Any]]) -> None:
    for row in rows:
        row[4] = row[4] or "未进展"
    study = accepted([head, *rows])
    assert study.protocol.records.spec("DM").values["PROGDTC"] == {"未进展": ""}
    assert study.check() == ()


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("完全缓解", "CR"),
        ("pr", "PR"),
        ("PR（部分缓解）", "PR"),
        ("疾病稳定", "SD"),
        ("Progressive disease", "PD"),
        ("未评价", "NE"),
        ("SD", "SD"),
    ],
)
def test_best_response(start: Start, head: list[str], rows: list[list[Any]], written: str, meaning: str) -> None:
    started = start(column(head, rows, "最佳疗效", [written, "PD"]))
    assert spec_of(started).values.get("BESTRESP", {}).get(written, written) == meaning
    assert {endpoint.id for endpoint in started.protocol.endpoints} == {"PFS", "OS", "ORR", "DCR"}


def test_groups_of_a_column_and_the_reference(start: Start, head: list[str], rows: list[list[Any]]) -> None:
    groups = start(column(head, rows, "组别", ["联合组", "对照组", "联合组 "])).protocol.groups
    assert groups is not None
    assert [level.label for level in groups.levels] == ["联合组", "对照组"]
    assert groups.reference == "对照组"


def test_groups_of_drugs_in_free_text(accepted: Accepted, head: list[str], rows: list[list[Any]]) -> None:
    study = accepted(column(head, rows, "治疗方案", ["卡瑞利珠单抗+GP（吉西他滨+顺铂）", "gemcitabine / DDP", "Toripalimab + docetaxel"]))
    groups = study.protocol.groups
    assert groups is not None
    assert [level.value for level in groups.levels] == ["immunotherapy + chemotherapy", "chemotherapy"]
    assert study.execute().datasets.adsl["TRT01P"].null_count() == 0


def test_merged_group_cells(accepted: Accepted, head: list[str], rows: list[list[Any]]) -> None:
    table = [[*head, "组别"], *([*row, {0: "A组", 6: "B组"}.get(i)] for i, row in enumerate(rows))]
    study = accepted(table)
    assert study.protocol.records.spec("DM").fill_down == ("ARM",)
    assert study.execute().datasets.adsl["TRT01P"].to_list() == ["A组"] * 6 + ["B组"] * 6


def test_units_in_cells(accepted: Accepted, head: list[str], rows: list[list[Any]]) -> None:
    for i, row in enumerate(rows):
        row[1] = f"{row[1]}岁" if i % 2 else row[1]
    sizes = [f"{i + 1}.5cm" if i % 2 else f"{i + 20}mm" for i in range(len(rows))]
    study = accepted(column(head, rows, "肿瘤长径", sizes))
    subjects = study.execute().datasets.adsl
    assert subjects["AGE"].to_list() == [40.0 + i for i in range(12)]
    assert float(subjects["COL008"][1]) in (25.0, 2.5)
    assert float(subjects["COL008"][0]) in (20.0, 2.0)


def test_recorded_times_where_there_are_no_dates(accepted: Accepted, rows: list[list[Any]]) -> None:
    head = ["编号", "年龄", "PFS(月)", "PFS状态(1=进展,0=删失)", "OS(月)", "OS status (0=alive,1=dead)"]
    study = accepted([head, *([row[0], row[1], 3 + i, i % 2, 6.5 + i, int(i % 3 == 0)] for i, row in enumerate(rows))])
    endpoints = {item.id: item for item in study.protocol.endpoints}
    assert endpoints["PFS"].recorded.unit == "months"  # type: ignore[union-attr]
    times = study.execute().datasets.adtte
    assert times.filter(times["CNSR"] == 0).group_by("PARAMCD").len().sort("PARAMCD").rows() == [("OS", 4), ("PFS", 6)]


def test_several_sheets_one_is_read_and_the_others_are_named(start: Start, head: list[str], rows: list[list[Any]]) -> None:
    started = start([["说明", "内容"], ["a", "b"]], more={"随访": [head, *rows]})
    assert spec_of(started).sheet == "随访"
    assert "Sheet1" in next(guess.guess for guess in started.guesses if guess.id == "sheet")


@pytest.mark.parametrize("files", [1, 2])
def test_sheets_of_the_same_patients_are_joined(sheet: Any, tmp_path: Path, head: list[str], rows: list[list[Any]], files: int) -> None:
    """Follow-up in a sheet of its own, or in a file of its own: in another order, one patient missing, one who is unknown."""
    first = [head[:4], *(row[:4] for row in rows)]
    follow = [["随访表"], ["研究编号", "姓名", *head[4:]], *([row[0], "王小明", *row[4:]] for row in reversed(rows[1:]))]
    follow.append(["P99", "王小明", None, "2023-12-01", None])
    if files == 1:
        paths = [sheet(first, more={"随访": follow})]
    else:
        paths = [sheet(first), sheet(follow, name="follow.csv")]
    started = start_study(paths, tmp_path / "study")
    spec = spec_of(started)
    assert list(spec.columns or {}) == ["USUBJID", "AGE", "TRTSDTC", "SEX"]
    assert list(spec.also[0].columns or {}) == ["USUBJID", "PROGDTC", "DTHDTC", "LASTFUDTC"]
    assert spec.also[0].header_row == 2
    accept_guesses(started.folder, [guess.id for guess in open_guesses(started.folder)])
    study = load_study(started.folder)
    data = study.execute()
    assert [(finding.code, finding.row, finding.subject) for finding in data.results.findings if finding.code == "REC-0022"] == [
        ("REC-0022", 14, "P99")
    ]
    assert data.datasets.adsl.height == 12
    times = data.datasets.adtte
    assert times.filter((times["PARAMCD"] == "OS") & (times["CNSR"] == 0)).height == 3
    assert len(data.records.files) == files


def test_a_gb18030_csv(accepted: Accepted, head: list[str], rows: list[list[Any]]) -> None:
    study = accepted([head, *rows], name="病人.csv", encoding="gb18030")
    assert study.protocol.records.encoding == "gb18030"
    assert study.execute().datasets.adsl.height == 12


def test_only_mapped_columns_are_read(accepted: Accepted, head: list[str], rows: list[list[Any]]) -> None:
    study = accepted([["姓名", "备注", *head], *(["王小明", "secret", *row] for row in rows)])
    frame = study.execute().records["DM"]
    assert not any(frame[name].dtype == "String" and (frame[name] == "secret").any() for name in frame.columns)
    assert "姓名" not in (study.protocol.records.spec("DM").columns or {}).values()
