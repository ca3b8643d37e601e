"""`run` waits for every guess; accepting turns the flags and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topline.api import load_study
from topline.cli import main
from topline.init.accept import accept_guesses, open_guesses
from topline.init.start import Started
from topline.study.problems import InputError


@pytest.fixture
def study(start: Callable[..., Started], head: list[str], rows: list[list[Any]]) -> Path:
    return start([head, *rows]).folder


def test_run_and_check_refuse_until_every_guess_is_confirmed(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guesses = open_guesses(study)
    assert main(["run", str(study)]) == 2
    assert main(["check", str(study)]) == 1
    printed = capsys.readouterr()
    assert printed.err.count("PRO-0050 error: study.yaml, line ") == len(guesses)
    assert not (study / "results").exists()
    accept_guesses(study, [guess.id for guess in guesses[1:]])
    with pytest.raises(InputError, match=guesses[0].id) as caught:
        load_study(study)
    assert len(caught.value.findings) == 1
    line = (study / "study.yaml").read_text(encoding="utf-8").splitlines()[(caught.value.findings[0].row or 0) - 1]
    assert line.strip() == "confirmed: false"
    accept_guesses(study, [guesses[0].id])
    assert main(["run", str(study), "--quiet"]) == 0


def test_without_ids_all_are_listed_and_accepted(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    n = len(open_guesses(study))
    assert main(["init", "--accept", str(study), "--list"]) == 1
    assert len(open_guesses(study)) == n
    assert main(["init", "--accept", str(study)]) == 0
    assert f"{n} guesses accepted, 0 left" in capsys.readouterr().out
    assert main(["init", "--accept", str(study)]) == 0
    assert "every guess is confirmed" in capsys.readouterr().out


def test_with_ids_only_those(study: Path) -> None:
    assert main(["init", "--accept", str(study), "pfs", "os"]) == 1
    assert not {"pfs", "os"} & {guess.id for guess in open_guesses(study)}


def test_on_a_terminal_each_is_asked_for(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["y", "n", "a"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    second = open_guesses(study)[1].id
    assert main(["init", "--accept", str(study)]) == 1
    assert [guess.id for guess in open_guesses(study)] == [second]


def test_nothing_but_the_flags_changes(study: Path) -> None:
    path = study / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("guesses:\n", "guesses:   # mine\n") + "# the end — 完\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    before = path.read_bytes()
    accept_guesses(study, [guess.id for guess in open_guesses(study)])
    assert path.read_bytes() == before.replace(b"confirmed: false", b"confirmed: true")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [item.name for item in study.iterdir() if item.name.startswith(".")] == []


def test_an_unknown_id_names_the_nearest(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--accept", str(study), "pfss"]) == 2
    assert "did you mean 'pfs'?" in capsys.readouterr().err


def test_flags_in_one_line_are_left_to_the_hand(study: Path) -> None:
    path = study / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text[: text.index("guesses:")] + "guesses: [{id: a, guess: x, confirmed: false}, {id: b, guess: y, confirmed: false}]\n",
        encoding="utf-8",
    )
    before = path.read_bytes()
    with pytest.raises(InputError, match="INI-0011"):
        accept_guesses(study, ["a"])
    assert path.read_bytes() == before


def test_no_study_to_accept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--accept", str(tmp_path)]) == 2
    assert "PRO-0001" in capsys.readouterr().err


def test_a_folder_that_is_there_already_is_left_alone(start: Callable[..., Started], head: list[str], rows: list[list[Any]]) -> None:
    folder = start([head, *rows]).folder
    before = {item: item.read_bytes() for item in folder.rglob("*") if item.is_file()}
    with pytest.raises(InputError, match="INI-0002"):
        start([head, *rows])
    assert {item: item.read_bytes() for item in folder.rglob("*") if item.is_file()} == before
    assert [item.name for item in folder.parent.iterdir() if item.name.startswith(".")] == []


def test_the_next_command_can_be_pasted_and_the_copy_of_the_sheet_is_its_owners(
    sheet: Callable[..., Path], head: list[str], rows: list[list[Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "my study; rm -r $HOME"
    path = sheet([head, *rows])
    path.chmod(0o644)
    assert main(["init", str(path), "--out", str(folder)]) == 0
    assert f"topline init --accept '{folder}'\n" in capsys.readouterr().out
    assert (folder / "records" / path.name).stat().st_mode & 0o777 == 0o600
    assert main(["init", "--accept", str(folder), "--yes"]) == 0
    assert f"topline run '{folder}'\n" in capsys.readouterr().out


def test_a_sheet_that_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "patients.xlsx").mkdir()
    assert main(["init", str(tmp_path / "patients.xlsx")]) == 2
    assert "INI-0001 error: patients.xlsx: is a folder, a pipe or a device" in capsys.readouterr().err
