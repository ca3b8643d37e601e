"""Confirm guesses in study.yaml: only the flags are turned, every other byte stays, and the file is replaced in one step."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from topline.study.guesses import Guess
from topline.study.load import PROTOCOL_FILE, parse_protocol
from topline.study.problems import Finding, InputError
from topline.study.yaml_text import YamlDocument, read_yaml

_FLAG = re.compile(rb"(\bconfirmed\s*:\s*)(?:false|False|FALSE)\b")


def open_guesses(study: Path) -> tuple[Guess, ...]:
    """Return the guesses of a study that are not confirmed yet.

    Raises
    ------
    InputError
        When study.yaml can't be used.
    """
    return tuple(guess for guess in parse_protocol(_document(study)).guesses if not guess.confirmed)


def accept_guesses(study: Path, ids: Collection[str]) -> None:
    """Confirm guesses of a study by their ids.

    Raises
    ------
    InputError
        INI-0010 there is no such guess; INI-0011 the flag isn't on a line of its own, so that it must be turned by hand.
    """
    path, document = _path(study), _document(study)
    guesses = parse_protocol(document).guesses
    places = {guess.id: i for i, guess in enumerate(guesses)}
    if unknown := [name for name in ids if name not in places]:
        raise InputError([_unknown(name, list(places)) for name in unknown])
    lines = path.read_bytes().splitlines(keepends=True)
    for name in ids:
        if guesses[places[name]].confirmed:
            continue
        row = document.line_of(("guesses", places[name], "confirmed"))
        changed, n = _FLAG.subn(rb"\1true", lines[row - 1]) if row is not None and row <= len(lines) else (b"", 0)
        if row is None or n != 1:
            raise InputError([_by_hand(name, row)])
        lines[row - 1] = changed
    _replace(path, b"".join(lines), dict.fromkeys(ids, True), document)


def _path(study: Path) -> Path:
    return study if study.suffix in (".yaml", ".yml") else study / PROTOCOL_FILE


def _document(study: Path) -> YamlDocument:
    if not _path(study).is_file():
        finding = Finding("PRO-0001", "error", f"there is no {PROTOCOL_FILE} in {study.name or study}", todo="give the folder of the study")
        raise InputError([finding])
    return read_yaml(_path(study))


def _unknown(name: str, known: list[str]) -> Finding:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known) or 'none'}"
    return Finding("INI-0010", "error", f"there is no guess '{name}'; {hint}", file=PROTOCOL_FILE)


def _by_hand(name: str, row: int | None) -> Finding:
    message = f"the flag of '{name}' doesn't stand on a line of its own"
    return Finding("INI-0011", "error", message, PROTOCOL_FILE, row, todo="write `confirmed: true` there by hand")


def _replace(path: Path, content: bytes, confirmed: dict[str, bool], before: YamlDocument) -> None:
    """Write the file anew beside the old one, see that nothing but the flags has changed, and put it in its place."""
    handle, name = tempfile.mkstemp(prefix=".topline-accept-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        shown = read_yaml(temporary, path.name).data
        for guess in before.data["guesses"]:
            guess["confirmed"] = guess["confirmed"] or confirmed.get(guess["id"], False)
        if shown != before.data:
            raise InputError([_by_hand(", ".join(confirmed), None)])
        temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
