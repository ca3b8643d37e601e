"""Write a run to its folder: datasets, results, tables, figures, report and manifest, all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from topline.analyze.results import ResultSet
from topline.audit.against import ClaimCheck
from topline.derive.datasets import Datasets, for_handing_on
from topline.report.place import MADE_BY, MANIFEST, NEW, exchange, prepare_place, unwritable, workshop
from topline.study.problems import printable
from topline.study.protocol import Protocol

_SOFTWARE = ("numpy", "polars", "scipy", "pydantic", "matplotlib")


def write_results(
    out: Path,
    protocol: Protocol,
    inputs: Mapping[str, str],
    datasets: Datasets,
    results: ResultSet,
    claims: Sequence[ClaimCheck] | None = None,
    progress: Callable[[str], None] = lambda _: None,
    study: Path | None = None,
) -> Path:
    """Write everything that came out of a run.

    It is written to a hidden folder beside `out` and moved there when it is whole, so that a run that dies leaves what was there. What
    holds patients (datasets, subjects.parquet) is for its owner only; the rest has the rights that new files have.

    Parameters
    ----------
    out : Path
        The folder. It must not exist, be empty, or hold an earlier run of this study and nothing else.
    inputs : mapping
        File → SHA-256, of the protocol and the records.
    study : Path, optional
        The study's own folder, which is never written over.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    InputError
        OUT-0001 when `out` isn't a place for this study's results, OUT-0002 when it can't be written.
    """
    place = prepare_place(out, protocol, study)
    try:
        with workshop(place) as folder:
            _write_all(folder / NEW, protocol, inputs, datasets, results, claims, progress)
            exchange(folder, place)
    except OSError as error:
        raise unwritable(out, error) from None
    return out


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
    (folder / "datasets").mkdir(mode=0o700)
    for name, frame in datasets.named().items():
        for_handing_on(frame, protocol.records.timing).write_parquet(folder / "datasets" / f"{name}.parquet")
        (folder / "datasets" / f"{name}.parquet").chmod(0o600)
    (folder / "results.json").write_text(_json(results.to_dict()), encoding="utf-8")
    results.to_frame().write_parquet(folder / "results.parquet")
    members = [(ordinal, subject) for ordinal, subjects in enumerate(results.subject_sets) for subject in subjects]
    pl.DataFrame(members, schema={"subject_set": pl.Int64, "USUBJID": pl.String}, orient="row").write_parquet(folder / "subjects.parquet")
    (folder / "subjects.parquet").chmod(0o600)
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
    page = printable(render_report(results, protocol, tables, figures, provenance, claims))
    (folder / "report.html").write_text(page, encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    outputs = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    (folder / MANIFEST).write_text(_json({"made_by": MADE_BY, "schema_version": 1, **provenance, "outputs": outputs}), encoding="utf-8")


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
    return printable(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)) + "\n"
