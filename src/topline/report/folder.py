"""Write a run to its folder: datasets, results, tables, figures, report and manifest, all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from topline.analyze.results import ResultSet
from topline.audit.against import ClaimCheck
from topline.derive.datasets import Datasets, for_handing_on
from topline.study.problems import Finding, InputError
from topline.study.protocol import Protocol

MANIFEST = "manifest.json"
_MADE_BY = "topline"
_SOFTWARE = ("numpy", "polars", "scipy", "pydantic", "matplotlib")


def write_results(
    out: Path,
    protocol: Protocol,
    inputs: Mapping[str, str],
    datasets: Datasets,
    results: ResultSet,
    claims: Sequence[ClaimCheck] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write everything that came out of a run.

    It is written to a temporary folder beside `out` and moved there when it is whole, so that a run that dies leaves what was there.

    Parameters
    ----------
    out : Path
        The folder. It must not exist, be empty, or hold an earlier run of this program.
    inputs : mapping
        File → SHA-256, of the protocol and the records.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    InputError
        OUT-0001 when `out` holds something else, OUT-0002 when it can't be written.
    """
    _refuse_foreign(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise _unwritable(out, error) from None
    try:
        _write_all(temporary, protocol, inputs, datasets, results, claims, progress)
        temporary.chmod(0o755)
        _move(temporary, out)
    except OSError as error:
        raise _unwritable(out, error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return out


def _unwritable(out: Path, error: OSError) -> InputError:
    todo = "free the disk or mend the rights, or name another folder with --out"
    return InputError(
        [Finding("OUT-0002", "error", f"can't be written: {error.strerror or type(error).__name__}", file=out.name, todo=todo)]
    )


def _refuse_foreign(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise InputError([Finding("OUT-0001", "error", "is not a folder", file=out.name, todo="name another folder with --out")])
    if out.is_dir() and any(out.iterdir()):
        try:
            ours = json.loads((out / MANIFEST).read_text(encoding="utf-8")).get("made_by") == _MADE_BY
        except (OSError, ValueError, AttributeError):
            ours = False
        if not ours:
            raise InputError(
                [
                    Finding(
                        "OUT-0001",
                        "error",
                        "holds files that this program did not write; they are left as they are",
                        file=out.name,
                        todo="name an empty or a new folder with --out",
                    )
                ]
            )


def _move(temporary: Path, out: Path) -> None:
    if not out.exists():
        temporary.rename(out)
        return
    earlier = Path(tempfile.mkdtemp(prefix=f".{out.name}.earlier.", dir=out.parent))
    try:
        os.replace(out, earlier / "results")  # noqa: PTH105 - a rename that says what it is
        try:
            temporary.rename(out)
        except OSError:
            (earlier / "results").rename(out)
            raise
    finally:
        shutil.rmtree(earlier, ignore_errors=True)


def _write_all(
    folder: Path,
    protocol: Protocol,
    inputs: Mapping[str, str],
    datasets: Datasets,
    results: ResultSet,
    claims: Sequence[ClaimCheck] | None,
    progress: Callable[[str], None],
) -> None:
    from topline.report.figures import build_figures
    from topline.report.html import render_report
    from topline.report.tables import build_tables, to_csv

    progress("writing datasets")
    (folder / "datasets").mkdir()
    for name, frame in datasets.named().items():
        for_handing_on(frame, protocol.records.timing).write_parquet(folder / "datasets" / f"{name}.parquet")
    (folder / "results.json").write_text(_json(results.to_dict()), encoding="utf-8")
    results.to_frame().write_parquet(folder / "results.parquet")
    members = [(ordinal, subject) for ordinal, subjects in enumerate(results.subject_sets) for subject in subjects]
    pl.DataFrame(members, schema={"subject_set": pl.Int64, "USUBJID": pl.String}, orient="row").write_parquet(folder / "subjects.parquet")
    progress("tables")
    tables = build_tables(results, protocol, claims)
    (folder / "tables").mkdir()
    for table in tables:
        # with a byte order mark: spreadsheet programs take the file for something else without it
        (folder / "tables" / f"{table.id}.csv").write_text(to_csv(table), encoding="utf-8-sig", newline="")
    progress("figures")
    figures = build_figures(results, protocol)
    (folder / "figures").mkdir()
    for figure in figures:
        (folder / "figures" / f"{figure.name}.svg").write_bytes(figure.svg)
        (folder / "figures" / f"{figure.name}.png").write_bytes(figure.png)
    progress("report")
    provenance = _provenance(protocol, inputs)
    (folder / "report.html").write_text(render_report(results, protocol, tables, figures, provenance, claims), encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    outputs = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (folder / MANIFEST).write_text(_json({"made_by": _MADE_BY, "schema_version": 1, **provenance, "outputs": outputs}), encoding="utf-8")


def _provenance(protocol: Protocol, inputs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "study": protocol.study.id,
        "synthetic": protocol.study.synthetic,
        "cutoff": protocol.study.cutoff.isoformat() if protocol.study.cutoff else None,
        "inputs": dict(sorted(inputs.items())),
        "software": {
            "topline": version("topline"),
            "python": platform.python_version(),
            **{name: version(name) for name in _SOFTWARE},
        },
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
