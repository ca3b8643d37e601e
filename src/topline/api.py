"""The façade: load a study, check it, run it, write what comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from topline.analyze.results import ResultSet
from topline.analyze.run import analyse_all
from topline.derive.datasets import Datasets
from topline.execute.local import derive_all
from topline.records.load import Records, load_records
from topline.study.load import load_protocol
from topline.study.problems import Finding, InputError
from topline.study.protocol import Protocol

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    return None


@dataclass(frozen=True)
class Run:
    """A run of a study: its protocol, the hashes of its records, its datasets and its results."""

    protocol: Protocol
    records: Records
    datasets: Datasets
    results: ResultSet


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
        datasets = derive_all(self.protocol, records, progress)
        return Run(self.protocol, records, datasets, analyse_all(self.protocol, datasets, progress))

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
    protocol, folder = load_protocol(Path(path))
    return Study(folder, protocol)
