"""The results folder: all of it or nothing, never over somebody else's files, never half."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topline.api import load_study
from topline.report import folder as writing
from topline.report import place
from topline.study.problems import InputError


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def stand_in(folder: Path, *names: str, study: str = "SMALL") -> None:
    """Make what stands for an earlier run: quicker than a run."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("earlier", encoding="utf-8")
    manifest = {"made_by": "topline", "study": study, "outputs": dict.fromkeys(names, "0")}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_the_manifest_lists_every_file_with_its_hash(small_study: Any) -> None:
    assert small_study.topline("run", "--quiet").status == 0
    results = small_study.folder / "results"
    files = contents(results)
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["outputs"] == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    for name, digest in manifest["inputs"].items():
        assert digest == hashlib.sha256((small_study.folder / name).read_bytes()).hexdigest(), name
    assert set(manifest["inputs"]) == {"study.yaml", *(f"records/{domain.lower()}.csv" for domain in small_study.records)}
    assert {"results.json", "results.parquet", "report.html", "subjects.parquet", "datasets/adtte.parquet"} <= set(files)


class DeathError(RuntimeError):
    """What kills a run in these tests."""


def die(*_: Any, **__: Any) -> None:
    raise DeathError("disk full, subject S-01")


STAGES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "datasets": lambda patch: patch.setattr("polars.DataFrame.write_parquet", die),
    "results": lambda patch: patch.setattr("topline.analyze.results.ResultSet.to_dict", die),
    "tables": lambda patch: patch.setattr("topline.report.tables.build_tables", die),
    "a table's text": lambda patch: patch.setattr("topline.report.tables.to_csv", die),
    "figures": lambda patch: patch.setattr("topline.report.figures.build_figures", die),
    "report": lambda patch: patch.setattr("topline.report.html.render_report", die),
    "manifest": lambda patch: patch.setattr(writing, "_provenance", die),
    "the move": lambda patch: patch.setattr(writing, "exchange", die),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("earlier", [True, False], ids=["over earlier results", "for the first time"])
def test_a_run_that_dies_leaves_what_was_there(small_study: Any, monkeypatch: pytest.MonkeyPatch, stage: str, earlier: bool) -> None:
    small_study.write()
    if earlier:
        stand_in(small_study.folder / "results", "report.html")
    before = contents(small_study.folder)
    STAGES[stage](monkeypatch)
    done = small_study.topline("run", "--quiet")
    assert done.status == 3
    assert "internal error: DeathError in topline." in done.err
    assert "S-01" not in done.err + done.out
    assert "Traceback" not in done.err
    assert contents(small_study.folder) == before
    assert small_study.outputs() == (["results"] if earlier else [])


def test_a_move_that_fails_puts_the_earlier_results_back(small_study: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert small_study.topline("run", "--quiet").status == 0
    before = contents(small_study.folder)
    rename = Path.rename
    calls = []

    def fail_first(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_first)
    done = small_study.topline("run", "--quiet")
    assert done.status == 2
    assert "OUT-0002 error" in done.err
    assert contents(small_study.folder) == before
    assert small_study.outputs() == ["results"]


def test_a_run_takes_the_place_of_an_earlier_one(small_study: Any) -> None:
    stand_in(small_study.folder / "results", "datasets/old.parquet", "report.html")
    (small_study.folder / "results" / "report.html").write_text("edited by hand", encoding="utf-8")
    (small_study.folder / "results" / ".DS_Store").write_text("made by the system", encoding="utf-8")
    assert small_study.topline("run", "--quiet").status == 0
    assert not (small_study.folder / "results" / "datasets" / "old.parquet").exists()
    assert small_study.outputs() == ["results"]


@pytest.mark.parametrize(
    "kind", ["foreign files", "a foreign manifest", "a file", "a link", "the study itself", "the records", "a parent of the study"]
)
def test_out_never_touches_what_topline_did_not_write(small_study: Any, tmp_path: Path, kind: str) -> None:
    small_study.write()
    out = tmp_path / "out"
    if kind == "foreign files":
        out.mkdir()
        (out / "thesis.docx").write_text("mine", encoding="utf-8")
    elif kind == "a foreign manifest":
        out.mkdir()
        (out / "manifest.json").write_text("[1, 2]", encoding="utf-8")
    elif kind == "a file":
        out.write_text("mine", encoding="utf-8")
    elif kind == "a link":
        (tmp_path / "elsewhere").mkdir()
        out.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    else:
        out = {"the study itself": small_study.folder, "the records": small_study.folder / "records"}.get(kind, tmp_path)
    before = contents(tmp_path)
    done = small_study.topline("run", "--out", str(out))
    assert done.status == 2
    assert "OUT-0001 error" in done.err
    assert "--out" in done.err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["notes.docx", "figures for the paper/km.svg", "tables/mine.csv", "an empty folder", "a link", ".hidden"])
def test_a_file_that_a_user_put_among_the_results_is_never_removed(small_study: Any, name: str) -> None:
    small_study.write()
    results = small_study.folder / "results"
    stand_in(results, "report.html", "tables/t1.csv")
    if name == "an empty folder":
        (results / name).mkdir()
    elif name == "a link":
        (results / name).symlink_to(small_study.folder / "records", target_is_directory=True)
    else:
        (results / name).parent.mkdir(exist_ok=True)
        (results / name).write_text("mine", encoding="utf-8")
    before = contents(small_study.folder)
    done = small_study.topline("run", "--quiet")
    assert done.status == 2
    assert "OUT-0001 error: results: holds '" + name.partition("/km")[0] + "'" in done.err
    assert "Move it elsewhere" in done.err
    assert contents(small_study.folder) == before


def test_another_studys_results_are_never_overwritten(small_study: Any, tmp_path: Path) -> None:
    stand_in(tmp_path / "out", "report.html", study="OTHER")
    before = contents(tmp_path / "out")
    done = small_study.topline("run", "--out", str(tmp_path / "out"))
    assert done.status == 2
    assert "OUT-0001 error: out: holds the results of another study" in done.err
    assert "'OTHER'" in done.err
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("where", ["records", "records/new", "records/deep/new", ".", "..", "../..", "/"])
def test_out_is_never_the_study_its_records_or_the_root(small_study: Any, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small_study.write()
    monkeypatch.chdir(small_study.folder)
    before = contents(small_study.folder)
    done = small_study.topline("run", "--out", where)
    assert done.status == 2
    assert "OUT-0001 error" in done.err
    assert contents(small_study.folder) == before


def test_out_may_be_the_working_folder(small_study: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_study.write()
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    assert small_study.topline("run", "--quiet", "--out", ".").status == 0
    assert (tmp_path / "out" / "report.html").is_file()


def test_the_written_run_knows_its_study(small_study: Any) -> None:
    run = load_study(small_study.write()).execute()
    with pytest.raises(InputError, match="OUT-0001"):
        run.write(small_study.folder / "records" / "new")


def test_what_a_killed_run_left_is_put_right(small_study: Any) -> None:
    small_study.write()
    study = small_study.folder
    stand_in(study / ".results.topline-abcd1234" / "earlier", "report.html")  # killed in the exchange
    (study / ".results.topline-wxyz_789" / "new" / "datasets").mkdir(parents=True)  # killed while writing
    (study / ".results.topline-backup of mine").mkdir()
    (study / ".results.backup12").mkdir()
    with pytest.raises(DeathError):
        writing.write_results(study / "results", load_study(study).protocol, {}, None, None, progress=die)  # type: ignore[arg-type]
    assert (study / "results" / "report.html").read_text(encoding="utf-8") == "earlier"
    assert sorted(path.name for path in study.iterdir() if path.name.startswith(".")) == [
        ".results.backup12",
        ".results.topline-backup of mine",
    ]


def test_a_run_that_is_alive_is_left_alone(small_study: Any) -> None:
    small_study.write()
    with place.workshop(small_study.folder / "results") as alive:
        (alive / "new" / "half.txt").write_text("half", encoding="utf-8")
        assert small_study.topline("run", "--quiet").status == 0
        assert (alive / "new" / "half.txt").is_file()
    assert small_study.outputs() == ["results"]


KILLED = """
import os, signal, sys
from topline.cli import main
from topline.report import folder
def stop(*_, **__):
    os.kill(os.getpid(), getattr(signal, sys.argv[1]))
folder._provenance = stop
sys.exit(main(["run", sys.argv[2], "--quiet"]))
"""


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGINT", 130), ("SIGKILL", -9)])
def test_a_run_that_is_stopped_leaves_nothing_or_the_next_one_clears_it(small_study: Any, name: str, status: int) -> None:
    small_study.write()
    stand_in(small_study.folder / "results", "report.html")
    before = contents(small_study.folder)
    done = subprocess.run([sys.executable, "-c", KILLED, name, str(small_study.folder)], capture_output=True, text=True, check=False)
    assert done.returncode == status
    if name == "SIGKILL":
        assert len([path for path in small_study.folder.iterdir() if path.name.startswith(".results.")]) == 1
        place.prepare_place(small_study.folder / "results", load_study(small_study.folder).protocol, small_study.folder)
    else:
        assert done.stderr == "stopped; nothing was written\n"
    assert contents(small_study.folder) == before
    assert small_study.outputs() == ["results"]


def test_what_holds_patients_is_for_its_owner_only(small_study: Any) -> None:
    before = os.umask(0o022)
    try:
        assert small_study.topline("run", "--quiet").status == 0
    finally:
        os.umask(before)
    results = small_study.folder / "results"
    rights = {path.relative_to(results).as_posix(): path.stat().st_mode & 0o777 for path in (results, *results.rglob("*"))}
    private = {name for name in rights if name.split("/")[0] in ("datasets", "subjects.parquet")}
    assert {"datasets", "datasets/adsl.parquet", "subjects.parquet"} <= private
    for name, mode in rights.items():
        assert mode == (0o700 if name == "datasets" else 0o600 if name in private else 0o755 if (results / name).is_dir() else 0o644), name


def test_out_makes_the_folders_that_are_missing(small_study: Any, tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "c"
    assert small_study.topline("run", "--quiet", "--out", str(out)).status == 0
    assert (out / "report.html").is_file()
    assert not (small_study.folder / "results").exists()


def test_an_empty_folder_is_used(small_study: Any, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert small_study.topline("run", "--quiet", "--out", str(tmp_path / "out")).status == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written(small_study: Any, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    done = small_study.topline("run", "--out", str(tmp_path / "locked" / "out"))
    assert done.status == 2
    assert "OUT-0002 error" in done.err


def test_a_file_where_a_folder_of_the_path_should_be(small_study: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = small_study.topline("run", "--out", str(tmp_path / "file" / "out"))
    assert done.status == 2
    assert "OUT-0002 error" in done.err


def test_another_cutoff_of_the_same_records(small_study: Any, tmp_path: Path) -> None:
    done = small_study.topline("run", "--cutoff", "2023-06-30", "--out", str(tmp_path / "june"), "--quiet")
    assert done.status == 0
    results = json.loads((tmp_path / "june" / "results.json").read_text(encoding="utf-8"))
    assert results["study"]["cutoff"] == "2023-06-30"
    events = {row["group"]: row["value"] for row in results["results"] if row["endpoint"] == "PFS" and row["statistic"] == "events"}
    assert events == {"Group A": 1, "Group B": 3}  # S-03 on day 90; S-04, S-05 and S-06 within 115 days
    deaths = {row["group"]: row["value"] for row in results["results"] if row["endpoint"] == "OS" and row["statistic"] == "events"}
    assert deaths == {"Group A": 0, "Group B": 1}  # S-06 on day 150; S-04 only on day 200
    edited = type(small_study)(tmp_path / "edited")
    edited.replace("2024-12-31", "2023-06-30")
    assert load_study(edited.write()).run().to_dict() == results


@pytest.mark.parametrize("text", ["2023-02-30", "June", "20230230", ""])
def test_a_cutoff_that_is_no_date(small_study: Any, text: str) -> None:
    done = small_study.topline("run", "--cutoff", text)
    assert done.status == 2
    assert "CLI-0001 error: --cutoff is not a date" in done.err
    assert small_study.outputs() == []


def test_a_cutoff_makes_no_sense_in_study_days(small_study: Any) -> None:
    small_study.replace("records:\n", "records:\n  timing: study_days\n")
    done = small_study.topline("run", "--cutoff", "2024-01-01")
    assert done.status == 2
    assert "CLI-0002 error" in done.err
