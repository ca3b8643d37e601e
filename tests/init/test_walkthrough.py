"""docs/sheet.md works word by word, and the example is what it says it is."""

from __future__ import annotations

import re
import runpy
import shlex
import shutil
from datetime import date
from pathlib import Path

import pytest

from topline.api import load_study
from topline.cli import main
from topline.init.accept import accept_guesses, open_guesses
from topline.init.start import start_study

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "sheet"


def commands() -> list[tuple[str, list[str]]]:
    """Each command of the page, with the lines that it is said to print."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "docs" / "sheet.md").read_text(encoding="utf-8"), re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part.strip()]
    return [(part.splitlines()[0], [line.rstrip() for line in part.splitlines()[1:] if line.strip()]) for part in parts]


def test_each_command_prints_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "examples" / "sheet", ignore=shutil.ignore_patterns("results"))
    monkeypatch.chdir(tmp_path)
    assert len(commands()) >= 6
    for command, expected in commands():
        words = shlex.split(command)
        assert words[0] == "topline"
        main(words[1:])
        printed = capsys.readouterr()
        lines = iter(line.rstrip() for line in (printed.out + printed.err).splitlines())
        for line in expected:
            assert line in lines, f"`{command}` doesn't print, or not in this place: {line}"


def test_the_example_is_the_draft_with_its_guesses_confirmed(tmp_path: Path) -> None:
    folder = start_study([EXAMPLE / "records" / "patients.xlsx"], tmp_path / "study").folder
    accept_guesses(folder, [guess.id for guess in open_guesses(folder)])
    drafted, shipped = load_study(folder).protocol, load_study(EXAMPLE).protocol
    assert drafted.model_copy(update={"study": shipped.study}) == shipped
    assert shipped.study.synthetic
    assert "synthetic" in shipped.study.title


def test_the_sheet_is_made_by_its_generator_byte_for_byte(tmp_path: Path) -> None:
    generator = runpy.run_path(str(EXAMPLE / "make_sheet.py"))
    generator["write"](tmp_path / "patients.xlsx")
    assert (tmp_path / "patients.xlsx").read_bytes() == (EXAMPLE / "records" / "patients.xlsx").read_bytes()


def test_what_the_sheet_gets_wrong_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    codes = sorted(finding.code for finding in load_study(EXAMPLE).check() if finding.severity == "warning")
    assert codes == ["REC-0014", "REC-0014", "REC-0050", "REC-0050", "REC-0053"]


def test_an_earlier_cut_off_cuts_the_sheets_dates_too() -> None:
    study = load_study(EXAMPLE)
    all_times = study.execute().datasets.adtte
    cutoff = date(2022, 6, 30)
    cut = study.with_cutoff(cutoff).execute().datasets.adtte
    assert cut["ADT"].max() == cutoff.toordinal() - date(1970, 1, 1).toordinal()
    assert 0 < (cut["CNSR"] == 0).sum() < (all_times["CNSR"] == 0).sum()
    kept = all_times.filter((all_times["CNSR"] == 0) & (all_times["ADT"] <= cut["ADT"].max()))
    same = kept.join(cut.filter(cut["CNSR"] == 0), on=["USUBJID", "PARAMCD", "ADT"], how="inner")
    assert same.height == kept.height == (cut["CNSR"] == 0).sum()
