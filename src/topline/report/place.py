"""The folder that results go to: whose it is, what a run that died left beside it, and the exchange of earlier results for new ones."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from topline.study.problems import Finding, InputError
from topline.study.protocol import Protocol

locks: Any = None
with suppress(ImportError):  # where the system has no such locks, nothing is swept
    import fcntl

    locks = fcntl

MANIFEST = "manifest.json"
MADE_BY = "topline"
NEW, EARLIER = "new", "earlier"
_OF_THE_SYSTEM = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def prepare_place(out: Path, protocol: Protocol, study: Path | None = None) -> Path:
    """Return `out` resolved, after putting right what a run that died left beside it.

    Parameters
    ----------
    out : Path
        The folder that was asked for.
    study : Path, optional
        The study's own folder, which is never written over.

    Raises
    ------
    InputError
        OUT-0001 when it isn't a place for this study's results: a file, a link, the study itself, its records, another study's results,
        or a folder with a file that is not of an earlier run.
    """
    try:
        if out.is_symlink() or (out.exists() and not out.is_dir()):
            _refuse(out.name, "is not a folder")
        place = out.resolve()
        if place.parent == place:
            _refuse(str(place), "is the root of the disk")
        if study is not None:
            _refuse_study(place, study.resolve(), protocol.records.folder)
        _put_right(place)
        _refuse_foreign(place, protocol.study.id)
    except (OSError, RuntimeError) as error:
        raise unwritable(out, error) from None
    return place


def unwritable(out: Path, error: Exception) -> InputError:
    """Say that the results can't be written."""
    todo = "free the disk or mend the rights, or name another folder with --out"
    reason = getattr(error, "strerror", None) or type(error).__name__
    return InputError([Finding("OUT-0002", "error", f"can't be written: {reason}", file=out.name or str(out), todo=todo)])


@contextmanager
def workshop(out: Path) -> Iterator[Path]:
    """Give a hidden folder beside `out`, for its owner only, locked until it is removed: `new` in it becomes `out`."""
    out.parent.mkdir(parents=True, exist_ok=True)
    for last in (False, False, True):  # another run may sweep the folder before it is locked
        folder = Path(tempfile.mkdtemp(prefix=_prefix(out), dir=out.parent))
        lock = _lock(folder)
        if lock is not None or last:
            break
        shutil.rmtree(folder, ignore_errors=True)
    try:
        (folder / NEW).mkdir()
        yield folder
    finally:
        _clear(folder, out)
        if lock is not None:
            os.close(lock)


def exchange(folder: Path, out: Path) -> None:
    """Put `new` of a workshop in the place of `out`; if that fails, `out` is what it was."""
    try:
        if out.exists():
            os.replace(out, folder / EARLIER)  # noqa: PTH105 - a rename that says what it is
        (folder / NEW).rename(out)
    finally:
        _restore(folder, out)


def _restore(folder: Path, out: Path) -> None:
    if (folder / EARLIER).is_dir() and not (out.is_dir() and any(out.iterdir())):
        (folder / EARLIER).rename(out)


def _clear(folder: Path, out: Path) -> None:
    with suppress(OSError):
        _restore(folder, out)
    if not (folder / EARLIER).is_dir() or out.is_dir():
        shutil.rmtree(folder, ignore_errors=True)


def _put_right(out: Path) -> None:
    """Restore earlier results that a killed run moved aside, and remove what it had begun; a run that is alive holds a lock."""
    if locks is None or not out.parent.is_dir():
        return
    ours = re.compile(re.escape(_prefix(out)) + r"\w{8}")
    for folder in sorted(path for path in out.parent.iterdir() if ours.fullmatch(path.name) and path.is_dir() and not path.is_symlink()):
        lock = _lock(folder)
        if lock is not None:
            _clear(folder, out)
            os.close(lock)


def _prefix(out: Path) -> str:
    return f".{out.name}.topline-"


def _lock(folder: Path) -> int | None:
    """Lock a folder; None when somebody else holds it, when it is gone, or when the disk knows no locks."""
    if locks is None:
        return None
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        locks.flock(handle, locks.LOCK_EX | locks.LOCK_NB)
        if os.path.samestat(os.fstat(handle), folder.stat()):
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def _refuse_study(place: Path, study: Path, records: str) -> None:
    if place == study or place in study.parents:
        _refuse(place.name, "is the study's own folder, or holds it")
    kept = (study / records).resolve()
    if place == kept or (kept != study and kept in place.parents):
        _refuse(place.name, "is the folder of the records, or lies in it")


def _refuse_foreign(place: Path, study: str) -> None:
    if not place.is_dir() or not any(place.iterdir()):
        return
    try:
        manifest: Any = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("made_by") != MADE_BY or not isinstance(manifest.get("outputs"), dict):
        _refuse(place.name, "holds files that this program did not write; they are left as they are")
    if manifest.get("study") != study:
        _refuse(
            place.name, "holds the results of another study; they are left as they are", value=str(manifest.get("study")), expected=study
        )
    foreign = _foreign(place, {MANIFEST, *manifest["outputs"]})
    if foreign is not None:
        todo = "move it elsewhere, or name an empty or a new folder with --out"
        _refuse(place.name, f"holds '{foreign}', which this program did not write; nothing is touched", todo=todo)


def _foreign(place: Path, ours: set[str]) -> str | None:
    """The first file or folder, by name, that isn't of the results; a folder view's own files of the system don't count."""
    folders = {parent.as_posix() for name in ours for parent in Path(name).parents}
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        known = name in folders if path.is_dir() and not path.is_symlink() else name in ours
        if not known and path.name not in _OF_THE_SYSTEM:
            return name
    return None


def _refuse(name: str, message: str, *, value: str | None = None, expected: str | None = None, todo: str | None = None) -> NoReturn:
    todo = todo or "name an empty or a new folder with --out"
    raise InputError([Finding("OUT-0001", "error", message, file=name, value=value, expected=expected, todo=todo)])
