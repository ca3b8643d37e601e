"""Derive a study as a stream of parts: patients in ranges of their ids, each range read, derived and written by itself."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from topline.derive.datasets import DATASETS, for_handing_on
from topline.derive.population import AttritionCount
from topline.execute.local import derive_all
from topline.records.load import file_hash, load_records
from topline.records.part import Part, subject_column
from topline.records.read import locate
from topline.study.problems import Finding
from topline.study.protocol import Protocol

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Streamed:
    """What a stream of parts left: a folder of part files a dataset, and what was counted and found over all of them."""

    folder: Path
    parts: int
    rows: dict[str, int]
    """Dataset → rows over all parts."""
    attrition: tuple[AttritionCount, ...]
    findings: tuple[Finding, ...]
    files: dict[str, str]
    """File of the records → SHA-256 of its bytes."""


ROWS_AT_ONCE = 1_000_000
"""Rows of Parquet files that a part holds where the number of parts isn't stated: small enough to stay in few hundred MiB."""
_PARTS_AT_ONCE = 8
"""Most parts that are worked on at the same time, on a machine of as many cores or more."""


def derive_in_parts(
    protocol: Protocol,
    study: Path,
    out: Path,
    partitions: int | None = None,
    progress: Progress = lambda _: None,
    datasets: Collection[str] = DATASETS,
) -> Streamed:
    """Derive a study part by part and write ``out/adtte/part-00000.parquet`` and so on; all of it or nothing.

    As many parts as polars has threads are worked on at the same time. What is written doesn't depend on how many.

    Parameters
    ----------
    protocol : Protocol
    study : Path
        The study folder. Parquet files ordered by patient are read in slices; other files are read anew for each part.
    out : Path
        A folder that isn't there yet, or is empty.
    partitions : int, optional
        How many parts to make, of as many patients each; at most one a patient. Unless stated, one for each `ROWS_AT_ONCE` rows of the
        records' Parquet files.
    datasets : collection of str
        Those that are written, of `DATASETS`.

    Raises
    ------
    ValueError
        When there is to be less than one part, or a dataset has no such name.
    FileExistsError
        When `out` holds something.
    InputError
        When the records of a part can't be used; nothing is written.
    """
    if partitions is not None and partitions < 1:
        raise ValueError("at least one part")
    if unknown := set(datasets) - set(DATASETS):
        raise ValueError(f"{', '.join(sorted(unknown))}: the datasets are {', '.join(DATASETS)}")
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out.name} is not empty")
    unfinished = out.with_name(out.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        parts = parts_of(protocol, study, partitions)
        rows: Counter[str] = Counter()
        steps: list[tuple[AttritionCount, ...]] = []
        findings: list[tuple[Finding, ...]] = []
        pool = ThreadPoolExecutor(min(pl.thread_pool_size(), _PARTS_AT_ONCE))
        try:
            done = pool.map(lambda numbered: _derive_part(protocol, study, unfinished, datasets, *numbered), enumerate(parts))
            for number, (heights, attrition, found) in enumerate(done):
                progress(f"part {number + 1} of {len(parts)}")
                rows.update(heights)
                steps.append(attrition)
                findings.append(found)
        finally:
            pool.shutdown(cancel_futures=True)
        files = {name: file_hash(path) for path, name in (locate(study, protocol.records, domain) for domain in protocol.records.domains)}
        if out.exists():
            out.rmdir()
        unfinished.rename(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return Streamed(out, len(parts), dict(rows), add_attrition(steps), add_findings(findings), files)


def _derive_part(
    protocol: Protocol, study: Path, out: Path, wanted: Collection[str], number: int, part: Part
) -> tuple[dict[str, int], tuple[AttritionCount, ...], tuple[Finding, ...]]:
    """Write the datasets of one part; return the rows of each, the flow of patients and the findings."""
    datasets = derive_all(protocol, load_records(protocol, study, part), wanted=wanted)
    heights = {}
    for name, frame in datasets.named().items():
        if name not in wanted:
            continue
        (out / name).mkdir(exist_ok=True)
        for_handing_on(frame, protocol.records.timing).write_parquet(out / name / f"part-{number:05d}.parquet")
        heights[name] = frame.height
    return heights, datasets.attrition, datasets.findings


def parts_of(protocol: Protocol, study: Path, partitions: int | None = None) -> list[Part]:
    """Return parts of as many patients of DM each, in order of their ids (see `derive_in_parts`)."""
    plain: set[tuple[str, str]] = set()
    ids: pl.Series | None = None
    height = 0
    for domain in protocol.records.domains:
        path, name = locate(study, protocol.records, domain)
        column = subject_column(path, protocol.records.spec(domain))
        if column is None:
            continue
        scan = pl.scan_parquet(path).select(pl.col(column).alias("USUBJID"))
        padded = (pl.col("USUBJID") != pl.col("USUBJID").str.strip_chars()).any()
        rows, blanks = scan.select(pl.len(), padded.alias("padded")).collect(engine="streaming").row(0)
        height += rows
        if not blanks:
            plain.add((name, column))
            if domain == "DM":
                ids = scan.unique().collect(engine="streaming").to_series()
    if ids is None:
        ids = load_records(protocol, study)["DM"]["USUBJID"]
    ids = ids.drop_nulls().unique().sort()
    n = max(min(partitions or -(-height // ROWS_AT_ONCE), ids.len()), 1)
    bounds = [ids[i * ids.len() // n] for i in range(1, n)]
    return [Part(first, end, frozenset(plain)) for first, end in zip([None, *bounds], [*bounds, None], strict=True)]


def add_attrition(parts: Iterable[tuple[AttritionCount, ...]]) -> tuple[AttritionCount, ...]:
    """Add the counts of each step over the parts."""
    return tuple(
        replace(same[0], n_left=sum(item.n_left for item in same), n_removed=sum(item.n_removed for item in same))
        for same in zip(*parts, strict=True)
    )


def add_findings(parts: Iterable[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Merge the findings of the parts: those on one row stand as they are, tallies add up; an absence must be found in every part.

    Only REC-0012 (a code spelt in several ways) is judged within each part, as spellings are compared between patients.
    """
    merged: dict[object, Finding] = {}
    times: Counter[object] = Counter()
    n = 0
    for part in parts:
        n += 1
        for item in part:
            key = (item.code, item.file, item.column, replace(item.tally, kinds=())) if item.tally is not None else item
            times[key] += 1
            merged[key] = _added(merged[key], item) if key in merged else item
    return tuple(item for key, item in merged.items() if item.tally is None or not item.tally.absence or times[key] == n)


def _added(first: Finding, other: Finding) -> Finding:
    """One finding for two that are the same or count the same, at the first row."""
    if first.tally is None or other.tally is None:
        return first
    start = min((first, other), key=lambda item: item.row if item.row is not None else 0)
    return replace(start, tally=first.tally.plus(other.tally))
