"""From a sheet to a new study folder: the draft of its protocol beside a copy of the sheet, all of it or nothing."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from topline.init.draft import draft_study
from topline.init.join import join_tables
from topline.init.protocol_text import protocol_text
from topline.init.tables import Table, read_tables
from topline.study.guesses import Guess
from topline.study.load import PROTOCOL_FILE, parse_protocol
from topline.study.problems import Finding, InputError
from topline.study.protocol import Protocol
from topline.study.yaml_text import read_yaml


@dataclass(frozen=True)
class Started:
    """A new study folder: its draft, the columns that are never read because they tell who a patient is (heading → what), and those that
    nothing of the draft uses.
    """

    folder: Path
    protocol: Protocol
    table: Table
    identities: dict[str, str]
    unused: tuple[str, ...] = ()

    @property
    def guesses(self) -> tuple[Guess, ...]:
        """The guesses of the draft."""
        return self.protocol.guesses


def start_study(files: Sequence[Path], out: Path | None = None) -> Started:
    """Draft a study from a sheet and write its folder.

    Of several sheets or files the one that says most is the first; others with the same patients are joined to it by their number.

    Parameters
    ----------
    files : sequence of Path
        They are only read; those that are used are copied.
    out : Path, optional
        The folder to make; one with the sheet's name, in the working folder, unless given.

    Raises
    ------
    InputError
        INI-0001 not a file that can be read, INI-0002 the folder is there already, INI-0003 no row of headings,
        INI-0004 nothing known in it.
    """
    tables = [table for path in files for table in read_tables(path)]
    if not tables:
        message = "has no row of headings with rows of patients below it"
        todo = "give each column a heading, in one row above the patients"
        raise InputError([Finding("INI-0003", "error", message, path.name, todo=todo) for path in files])
    tables.sort(key=lambda table: (-table.known, -table.rows))
    table = tables[0]
    folder = out if out is not None else Path(_safe(table.path.stem))
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise InputError(
            [
                Finding(
                    "INI-0002", "error", "is there already; nothing of it was changed", folder.name, todo="name another folder with --out"
                )
            ]
        )
    table, others = join_tables(table, tables[1:])
    sources = dict.fromkeys((table.path, *(joined.table.path for joined in table.joined)))
    names = {path: _safe(path.stem) + path.suffix for path in sources}
    if len(set(names.values())) < len(names):
        names = {path: f"{place}-{name}" for place, (path, name) in enumerate(names.items(), start=1)}
    draft = draft_study(table, others)
    protocol = _write(folder, names, protocol_text(draft, names))
    identities = {column.name: column.identity for column in table.columns if column.identity is not None}
    used = {*draft.columns.values(), *(joined.subject for joined in table.joined)}
    unused = tuple(column.name for column in table.columns if column.identity is None and column.name not in used)
    return Started(folder, protocol, table, identities, unused)


def _safe(stem: str) -> str:
    """A file's name without what a path could trip over."""
    return re.sub(r"[\\/:*?\"<>|\x00-\x1f]|\.\.", "_", stem).strip(" .") or "study"


def _write(folder: Path, names: Mapping[Path, str], text: str) -> Protocol:
    parent = folder.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".topline-init-", dir=parent) as temporary:
            new = Path(temporary) / "study"
            (new / "records").mkdir(parents=True)
            for source, name in names.items():
                shutil.copyfile(source, new / "records" / name)
                (new / "records" / name).chmod(0o600)  # it holds patients
            (new / PROTOCOL_FILE).write_text(text, encoding="utf-8", newline="\n")
            protocol = parse_protocol(read_yaml(new / PROTOCOL_FILE))
            if folder.exists():
                folder.rmdir()
            os.replace(new, folder)  # noqa: PTH105 - a rename of the whole folder, in one step
    except OSError as error:
        raise InputError(
            [
                Finding(
                    "INI-0002",
                    "error",
                    f"the folder can't be written: {error.strerror or error}",
                    folder.name,
                    todo="name another with --out",
                )
            ]
        ) from None
    return protocol
