"""The façade: load a study, check it, run it, write what comes out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from topline.analyze.results import ResultSet
from topline.analyze.run import analyse_all
from topline.audit.against import ClaimCheck
from topline.derive.datasets import DATASETS, Datasets
from topline.execute.local import derive_all, derive_with_workings
from topline.execute.stream import Streamed, derive_in_parts
from topline.records.load import Records, load_records
from topline.report.story import Story, check_endpoint, check_subject, tell_story
from topline.study.load import PROTOCOL_FILE, load_protocol
from topline.study.problems import Finding, InputError
from topline.study.protocol import Protocol

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    return None


@dataclass(frozen=True)
class Run:
    """A run of a study: its protocol, the hashes of its records, its datasets, its results, and the study's folder."""

    protocol: Protocol
    records: Records
    datasets: Datasets
    results: ResultSet
    protocol_hash: str
    folder: Path | None = None

    def write(self, out: Path, claims: Sequence[ClaimCheck] | None = None, progress: Progress = _silent) -> Path:
        """Write datasets, results, tables, figures, report and manifest to a folder, all of it or nothing; return the folder."""
        from topline.report.folder import write_results

        inputs = {PROTOCOL_FILE: self.protocol_hash, **self.records.files}
        return write_results(out, self.protocol, inputs, self.datasets, self.results, claims, progress, self.folder)


@dataclass(frozen=True)
class Study:
    """A study folder whose protocol has been read and found sound.

    Examples
    --------
    >>> study = topline.load_study("examples/gbsg2")  # doctest: +SKIP
    >>> results = study.run()  # doctest: +SKIP
    >>> results["rfs"].to_frame()  # doctest: +SKIP
    """

    folder: Path
    protocol: Protocol
    file: str = PROTOCOL_FILE

    def with_cutoff(self, cutoff: date) -> Study:
        """Return the same study with another data cut-off."""
        info = self.protocol.study.model_copy(update={"cutoff": cutoff})
        return replace(self, protocol=self.protocol.model_copy(update={"study": info}))

    def execute(self, progress: Progress = _silent) -> Run:
        """Derive and analyse; return everything that came out.

        Raises
        ------
        InputError
            When the records can't be used; nothing is written.
        """
        progress("reading records")
        records = load_records(self.protocol, self.folder)
        source = (self.folder / self.file).read_bytes()
        try:
            datasets = derive_all(self.protocol, records, progress)
            datasets = replace(datasets, findings=tuple(self._placed(item, records, source) for item in datasets.findings))
            results = analyse_all(self.protocol, datasets, progress)
        except InputError as error:
            raise InputError([self._placed(item, records, source) for item in error.findings]) from None
        return Run(self.protocol, records, datasets, results, hashlib.sha256(source).hexdigest(), self.folder)

    def explain(self, subject: str, endpoint: str | None = None) -> Story:
        """Tell one patient's story: what was recorded, what follows from it, and which rules decided.

        Only this patient's records are derived from. The story holds a patient's data: `str(story)` is for the terminal,
        `story.to_dict()` for JSON; nothing is written.

        Parameters
        ----------
        subject : str
            USUBJID, as the records write it.
        endpoint : str, optional
            Tell only what this endpoint rests on.

        Raises
        ------
        InputError
            EXP-0001 no such patient, EXP-0002 no such endpoint; or when the records can't be used.
        """
        check_endpoint(self.protocol, endpoint)
        records = load_records(self.protocol, self.folder)
        check_subject(records, subject)
        source = (self.folder / self.file).read_bytes()
        own = records.replace({name: table.filter(pl.col("USUBJID") == subject) for name, table in records.tables.items()})
        try:
            workings = derive_with_workings(self.protocol, own)
        except InputError as error:
            raise InputError([self._placed(item, records, source) for item in error.findings]) from None
        placed = tuple(self._placed(item, records, source) for item in workings.datasets.findings)
        workings = replace(workings, datasets=replace(workings.datasets, findings=placed))
        return tell_story(self.protocol, own, workings, subject, endpoint)

    def _placed(self, finding: Finding, records: Records, source: bytes) -> Finding:
        """Return a finding of a derivation or an analysis, which knows domains only, with its file, and a line of the protocol."""
        if finding.file is not None and finding.file in records.names:
            return replace(finding, file=records.names[finding.file])
        if finding.file is not None or not finding.code.startswith("PRO-"):
            return finding
        name = re.escape(finding.column or "")
        naming = [n for n, line in enumerate(source.decode("utf-8-sig").splitlines(), 1) if name and re.search(rf"\b{name}\b", line)]
        todo = finding.todo or "correct the name, or add it to the records"
        return replace(finding, file=self.file, row=naming[0] if naming else None, todo=todo)

    def derive(
        self, out: str | Path, partitions: int | None = None, progress: Progress = _silent, datasets: Collection[str] = DATASETS
    ) -> Streamed:
        """Derive the datasets part by part, in bounded memory, and write each part's to its own Parquet file.

        Patients are taken in ranges of their ids. The part files of a dataset, one after the other, hold the rows that one frame would
        hold, within each parameter in the same order. Nothing is analysed.

        Parameters
        ----------
        out : str or Path
            A new folder: ``adsl/part-00000.parquet``, ``adtte/part-00000.parquet`` and so on.
        partitions : int, optional
            How many parts; memory follows the patients in one part. Unless stated, one for each million rows of the records'
            Parquet files, and one in all for other files.
        datasets : collection of str
            Those that are written, such as ``("adrs", "adtte")``; all unless stated. ADTR, the longest, is made only where it is named.

        Raises
        ------
        ValueError
            When there is to be less than one part, or a dataset has no such name.
        InputError
            When the records can't be used; nothing is written.
        """
        return derive_in_parts(self.protocol, self.folder, Path(out), partitions, progress, datasets)

    def run(self, progress: Progress = _silent) -> ResultSet:
        """Derive and analyse; return the results."""
        return self.execute(progress).results

    def check(self) -> tuple[Finding, ...]:
        """Read the records and derive everything; return every finding, errors included."""
        try:
            return self.execute().results.findings
        except InputError as error:
            return error.findings


def load_study(path: str | Path) -> Study:
    """Read the protocol of a study folder.

    Parameters
    ----------
    path : str or Path
        The folder that holds `study.yaml`.

    Raises
    ------
    InputError
        When the protocol can't be used; it lists everything that is wrong, each with its line.
    """
    protocol, file = load_protocol(Path(path))
    return Study(file.parent, protocol, file.name)
