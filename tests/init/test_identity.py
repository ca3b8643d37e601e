"""Columns that tell who a patient is are never mapped, never shown, never the subject id."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topline.cli import main
from topline.init.start import Started
from topline.records.identity import identity_of, is_id_card

CARDS = ("11010519491231002X", "440524188001010014")
NAMES = ("王小明", "李红", "张建国", "刘芳", "陈伟", "杨丽娟")


@pytest.mark.parametrize("card", CARDS)
def test_an_identity_card_is_known_by_its_checksum(card: str) -> None:
    assert is_id_card(card)
    assert not is_id_card(card[:16] + str((int(card[16]) + 1) % 10) + card[17])


@pytest.mark.parametrize(
    "heading",
    [
        "姓名",
        "患者姓名",
        "Name",
        "Patient Name",
        "身份证号",
        "ID card",
        "联系电话",
        "手机",
        "Phone",
        "家庭住址",
        "Address",
        "住院号",
        "病案号",
    ]
    + ["就诊卡号", "MRN", "Hospital No.", "出生日期", "DOB", "E-mail", "联系人"],
)
def test_identifying_headings(heading: str) -> None:
    assert identity_of(heading, {}) is not None


@pytest.mark.parametrize(
    "heading", ["年龄", "研究编号", "性别", "Subject ID", "药物名称", "Patient ID", "治疗方案", "ECOG", "Stage", "进展日期"]
)
def test_headings_that_identify_nobody(heading: str) -> None:
    assert identity_of(heading, {"1": 3, "2": 4}) is None


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (CARDS, "identity-card"),
        (("13912345678", "15800001111"), "telephone"),
        (("联系 139-1234-5678",), "telephone"),
        (("a.b@hospital.cn",), "mail"),
        (NAMES, "name"),
        (("Li Ming", "Wang Fang", "Zhang Wei", "Chen Yu"), "name"),
        (("北京市海淀区中关村路1号", "江苏省南京市玄武区"), "address"),
    ],
)
def test_shapes_that_identify_under_a_harmless_heading(values: tuple[str, ...], what: str) -> None:
    assert what in (identity_of("备注一", dict.fromkeys(values, 1)) or "")


@pytest.mark.parametrize("values", [("鼻咽癌", "肺腺癌"), ("男", "女"), ("P001", "P002"), ("20230501", "20230601"), ("10001", "10002")])
def test_shapes_that_identify_nobody(values: tuple[str, ...]) -> None:
    assert identity_of("x", dict.fromkeys(values, 10)) is None


def test_nothing_of_such_a_column_is_mapped_shown_or_written(
    sheet: Callable[..., Path], tmp_path: Path, head: list[str], rows: list[list[Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    secret = [["姓名", "编号", "电话"], *([NAMES[i % 6], CARDS[i % 2], f"139{i:08d}"] for i in range(len(rows)))]
    # the patient number holds identity cards here: it can't be the subject id
    table = [[*extra, *row[1:]] for extra, row in zip(secret, [head, *rows], strict=True)]
    assert main(["init", str(sheet(table)), "--out", str(tmp_path / "study")]) == 0
    text = capsys.readouterr().out + (tmp_path / "study" / "study.yaml").read_text(encoding="utf-8")
    assert "subject_from: row" in text
    assert not any(word in text for word in (*NAMES, *CARDS, "13900000001"))
    for name in ("姓名", "编号", "电话"):
        assert f": {name}" not in text


def test_rows_stand_for_patients_where_numbers_repeat(start: Callable[..., Started], head: list[str], rows: list[list[Any]]) -> None:
    rows[3][0] = rows[4][0]
    started = start([head, *rows])
    spec = started.protocol.records.spec("DM")
    assert spec.subject_from == "row"
    assert "2 rows share theirs" in str(next(guess.evidence for guess in started.guesses if guess.id == "subject-id"))
