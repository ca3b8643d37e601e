"""Derive a study as a stream of parts: patients in ranges of their ids, each range read, derived and written by itself."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from topline.derive.datasets import Datasets, for_handing_on
from topline.derive.population import AttritionCount
from topline.execute.local import derive_all
from topline.records.load import file_hash, load_records
from topline.records.part import Part, subject_column
from topline.records.read import locate
from topline.study.problems import Finding
from topline.study.protocol import Protocol

Progress = Callable[[str], None]
_COUNTED = {re.compile("REC-00(?:12|14|16)|DER-00(?:01|02|31|41|71)"): 1, re.compile("DER-0053$"): 2}
"""Findings that count → how many of the first numbers in their message are counts."""
_NOBODY = re.compile("DER-007(?:2|6)")
_NUMBER = re.compile(r"(?<![\w.])\d+(?= )")
_TALLIED = re.compile("DER-005(?:1|2)")
_TALLY = re.compile(r"(?:[^():,]+ in \d+(?:, )?)+(?=\)|$)")
_MANY = {"value has": "values have", "value is": "values are", "date has": "dates have"}


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


def derive_in_parts(protocol: Protocol, study: Path, out: Path, partitions: int, progress: Progress = lambda _: None) -> Streamed:
    """Derive a study part by part and write ``out/adtte/part-00000.parquet`` and so on; all of it or nothing.

    Parameters
    ----------
    protocol : Protocol
    study : Path
        The study folder. Parquet files ordered by patient are read in slices; other files are read anew for each part.
    out : Path
        A folder that isn't there yet, or is empty.
    partitions : int
        How many parts to make, of as many patients each; at most one a patient.

    Raises
    ------
    FileExistsError
        When `out` holds something.
    InputError
        When the records of a part can't be used; nothing is written.
    """
    if partitions < 1:
        raise ValueError("at least one part")
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
        for number, part in enumerate(parts):
            progress(f"part {number + 1} of {len(parts)}")
            datasets = derive_all(protocol, load_records(protocol, study, part))
            for name, frame in _handed_on(datasets, protocol):
                folder = unfinished / name
                folder.mkdir(exist_ok=True)
                frame.write_parquet(folder / f"part-{number:05d}.parquet")
                rows[name] += frame.height
            steps.append(datasets.attrition)
            findings.append(datasets.findings)
        files = {name: file_hash(path) for path, name in (locate(study, protocol.records, domain) for domain in protocol.records.domains)}
        if out.exists():
            out.rmdir()
        unfinished.rename(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return Streamed(out, len(parts), dict(rows), add_attrition(steps), add_findings(findings), files)


def parts_of(protocol: Protocol, study: Path, partitions: int) -> list[Part]:
    """Return parts of as many patients of DM each, in order of their ids."""
    plain: set[str] = set()
    ids: pl.Series | None = None
    for domain in protocol.records.domains:
        path, name = locate(study, protocol.records, domain)
        column = subject_column(path, protocol.records.spec(domain))
        if column is None:
            continue
        scan = pl.scan_parquet(path).select(pl.col(column).alias("USUBJID"))
        if not scan.select((pl.col("USUBJID") != pl.col("USUBJID").str.strip_chars()).any()).collect().item():
            plain.add(name)
            if domain == "DM":
                ids = scan.unique().collect().to_series()
    if ids is None:
        ids = load_records(protocol, study)["DM"]["USUBJID"]
    ids = ids.drop_nulls().unique().sort()
    n = max(min(partitions, ids.len()), 1)
    bounds = [ids[i * ids.len() // n] for i in range(1, n)]
    return [Part(first, end, frozenset(plain)) for first, end in zip([None, *bounds], [*bounds, None], strict=True)]


def _handed_on(datasets: Datasets, protocol: Protocol) -> Iterator[tuple[str, pl.DataFrame]]:
    for name, frame in datasets.named().items():
        yield name, for_handing_on(frame, protocol.records.timing)


def add_attrition(parts: Iterable[tuple[AttritionCount, ...]]) -> tuple[AttritionCount, ...]:
    """Add the counts of each step over the parts."""
    return tuple(
        replace(same[0], n_left=sum(item.n_left for item in same), n_removed=sum(item.n_removed for item in same))
        for same in zip(*parts, strict=True)
    )


def add_findings(parts: Iterable[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Merge the findings of the parts: those on one row stand as they are, counts add up; an absence must be found in every part.

    Only REC-0012 (a code spelt in several ways) is judged within each part, as spellings are compared between patients.
    """
    given = list(parts)
    key: tuple[object, ...]
    counted: dict[tuple[object, ...], Finding] = {}
    result: list[Finding | tuple[object, ...]] = []
    absent = Counter(item for part in given for item in set(part) if _NOBODY.match(item.code))
    taken: set[Finding] = set()
    for part in given:
        for item in part:
            if _TALLIED.match(item.code):
                key = (item.code, _TALLY.sub("", item.message))
                if key not in counted:
                    result.append(key)
                counted[key] = _tallied(counted[key], item) if key in counted else item
            elif _counts(item):
                key = (item.code, _NUMBER.sub("", _plural(item.message), count=_counts(item)), item.file, item.column)
                if key not in counted:
                    result.append(key)
                counted[key] = _added(counted[key], item) if key in counted else item
            elif not _NOBODY.match(item.code) or absent[item] == len(given):
                if item not in taken:
                    result.append(item)
                taken.add(item)
    return tuple(counted[item] if isinstance(item, tuple) else item for item in result)


def _counts(finding: Finding) -> int:
    return next((n for code, n in _COUNTED.items() if code.match(finding.code)), 0)


def _plural(message: str) -> str:
    for one, many in _MANY.items():
        message = re.sub(rf"(?<![\w.])(\d+ ){one}\b", rf"\g<1>{many}", message)
    return re.sub(r"(?<![\w.])(\d+ (?:tumour |[A-Z]{2} )?)(record|row|visit|patient)\b", r"\1\2s", message)


def _added(first: Finding, other: Finding) -> Finding:
    """One finding for two that count: their sums, at the first row."""
    n = _counts(first)
    ours, theirs = (_NUMBER.findall(item.message)[:n] for item in (first, other))
    sums = iter([str(int(a) + int(b)) for a, b in zip(ours, theirs, strict=True)])
    start = min((first, other), key=lambda item: item.row if item.row is not None else 0)
    text = _NUMBER.sub(lambda _: next(sums), _plural(start.message), count=n)
    return replace(start, message=text)


def _tallied(first: Finding, other: Finding) -> Finding:
    """One finding for two that tell how many of each kind: ``C in 2, T in 3``."""
    tally: Counter[str] = Counter()
    for item in (first, other):
        found = _TALLY.search(item.message)
        for kind in found.group().strip().split(", ") if found else ():
            name, n = kind.rsplit(" in ", 1)
            tally[name] += int(n)
    text = ", ".join(f"{name} in {n}" for name, n in sorted(tally.items()))
    return replace(first, message=_TALLY.sub(lambda found: (" " if found.group()[0] == " " else "") + text, first.message))
