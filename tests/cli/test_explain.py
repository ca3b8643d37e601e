"""`topline explain`: the story on the terminal, as JSON, in a file; refusals that give no other patient away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "dtc-phase2")


def test_the_story_of_one_endpoint(topline: Callable[..., Any]) -> None:
    done = topline("explain", EXAMPLE, "--subject", "DTC-005", "--endpoint", "PFS")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("SYNTHETIC")
    assert "Censored (CNSR 1) on 2023-10-10 (day 252): 252 days" in done.out


def test_json(small_study: Any) -> None:
    done = small_study.topline("explain", "--subject", "S-03", "--json")
    assert done.status == 0
    story = json.loads(done.out)
    assert story["subject"] == "S-03"
    assert [item["endpoint"] for item in story["outcomes"]] == ["PFS", "OS"]


def test_nothing_is_written_unless_asked(small_study: Any) -> None:
    small_study.topline("explain", "--subject", "S-03")
    assert small_study.outputs() == []


def test_a_file_on_request(small_study: Any, tmp_path: Path) -> None:
    target = tmp_path / "story.txt"
    done = small_study.topline("explain", "--subject", "S-03", "--out", str(target))
    assert done.status == 0
    assert "Patient S-03" in target.read_text(encoding="utf-8")
    assert "Patient S-03" not in done.out


@pytest.mark.parametrize("name", ["results/story.txt", "results/deeper/story.txt", "records/dm.csv", "records"])
def test_never_among_the_results_nor_over_the_study(small_study: Any, name: str) -> None:
    before = (small_study.write() / "records" / "dm.csv").read_bytes()
    done = small_study.topline("explain", "--subject", "S-03", "--out", str(small_study.folder / name))
    assert done.status == 2
    assert "EXP-0003" in done.err
    assert (small_study.folder / "records" / "dm.csv").read_bytes() == before
    assert not (small_study.folder / "results").exists()


def test_nor_among_results_that_were_written_elsewhere(small_study: Any, tmp_path: Path) -> None:
    elsewhere = tmp_path / "shared"
    elsewhere.mkdir()
    (elsewhere / "results.json").write_text("{}", encoding="utf-8")
    done = small_study.topline("explain", "--subject", "S-03", "--out", str(elsewhere / "story.txt"))
    assert done.status == 2
    assert "EXP-0003" in done.err


def test_a_file_that_cannot_be_written(small_study: Any, tmp_path: Path) -> None:
    done = small_study.topline("explain", "--subject", "S-03", "--out", str(tmp_path / "nowhere" / "story.txt"))
    assert done.status == 2
    assert "EXP-0004" in done.err


@pytest.mark.parametrize(("subject", "near"), [("S-99", "nearly the same"), ("s-03", "1 id differs from it only in case"), ("", "0 ids")])
def test_an_unknown_patient_is_refused_without_naming_others(small_study: Any, subject: str, near: str) -> None:
    done = small_study.topline("explain", "--subject", subject)
    assert done.status == 2
    assert done.out == ""
    assert "EXP-0001" in done.err
    assert near in done.err
    assert not any(f"S-0{n}" in done.err for n in range(1, 7))


def test_an_unknown_endpoint_is_refused_with_those_there_are(small_study: Any) -> None:
    done = small_study.topline("explain", "--subject", "S-03", "--endpoint", "EFS")
    assert done.status == 2
    assert "EXP-0002" in done.err
    assert "ORR, TGR, PFS, OS" in done.err


def test_the_subject_is_required(topline: Callable[..., Any]) -> None:
    assert topline("explain", EXAMPLE).status == 2


def test_study_days_are_told_as_days(small_study: Any) -> None:
    from datetime import date

    starts = {row["USUBJID"]: date.fromisoformat(row["EXSTDTC"]) for row in small_study.records["EX"]}
    for rows in small_study.records.values():
        for row in rows:
            for name in [name for name in row if name.endswith("DTC")]:
                text = row.pop(name)
                after = (date.fromisoformat(text) - starts[row["USUBJID"]]).days if text else None
                row[name[:-3] + "DY"] = "" if after is None else str(after + 1 if after >= 0 else after)
    small_study.replace("cutoff: 2024-12-31, ", "")
    small_study.replace("records:\n", "records:\n  timing: study_days\n")
    done = small_study.topline("explain", "--subject", "S-03", "--endpoint", "PFS")
    assert done.status == 0, done.err
    assert "Event (CNSR 0) on day 91: 91 days" in done.out
    assert "19" not in done.out.split("Time origin")[1].split("\n")[0]


def test_chinese_records_stay_aligned(small_study: Any) -> None:
    small_study.records["AE"][2]["AETERM"] = "掌跖感觉丧失性红斑综合征"
    done = small_study.topline("explain", "--subject", "S-03")
    assert done.status == 0
    assert "掌跖感觉丧失性红斑综合征" in done.out


@pytest.mark.parametrize("subject", [f"S-0{n}" for n in range(1, 7)])
def test_every_patient_of_a_study_with_recorded_visits(small_study: Any, subject: str) -> None:
    done = small_study.topline("explain", "--subject", subject)
    assert done.status == 0, done.err
    assert "as it was recorded" in done.out
