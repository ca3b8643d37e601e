"""Read `study.yaml` into a protocol, every error with its line and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from topline.study.consistency import check_consistency
from topline.study.guesses import refuse_unconfirmed
from topline.study.problems import Finding, InputError
from topline.study.protocol import SCHEMA_VERSION, Protocol
from topline.study.yaml_text import YamlDocument, read_yaml

PROTOCOL_FILE = "study.yaml"


def load_protocol(folder: Path) -> tuple[Protocol, Path]:
    """Read and check the protocol of a study folder.

    Parameters
    ----------
    folder : Path
        A study folder, or its `study.yaml`.

    Returns
    -------
    protocol : Protocol
    path : Path
        The file it was read from.

    Raises
    ------
    InputError
        With every finding (PRO-…), each with its line.
    """
    path = folder if folder.suffix in (".yaml", ".yml") else folder / PROTOCOL_FILE
    if not _there(path):
        raise InputError(
            [
                Finding(
                    "PRO-0001",
                    "error",
                    f"there is no {PROTOCOL_FILE} in {folder.name or folder}" if path.name == PROTOCOL_FILE else "there is no such file",
                    file=path.name,
                    todo="give the folder that holds the study's protocol and records",
                )
            ]
        )
    document = read_yaml(path)
    protocol = parse_protocol(document)
    refuse_unconfirmed(protocol.guesses, document, str(path.parent))
    return protocol, path


def _there(path: Path) -> bool:
    try:
        return path.exists() and not (path.is_dir() and path.name != PROTOCOL_FILE)
    except OSError:  # such as a folder that may not be looked into: reading the file will say so
        return True


def parse_protocol(document: YamlDocument) -> Protocol:
    """Turn a YAML document into a protocol, or raise `InputError` with all that is wrong."""
    if not isinstance(document.data, dict):
        raise InputError(
            [
                Finding(
                    "PRO-0002", "error", "holds no protocol", file=document.file, expected="lines of 'key: value', as in docs/protocol.md"
                )
            ]
        )
    version = document.data.get("schema_version")
    if version is not None and version != SCHEMA_VERSION:
        raise InputError(
            [
                Finding(
                    "PRO-0006",
                    "error",
                    "is of a schema version that this program doesn't know",
                    file=document.file,
                    row=document.line_of(("schema_version",)),
                    value=str(version),
                    expected=str(SCHEMA_VERSION),
                )
            ]
        )
    try:
        protocol = Protocol.model_validate(document.data)
    except ValidationError as error:
        raise InputError([_finding(item, document) for item in _causes(error.errors(include_url=False))]) from None
    problems = check_consistency(protocol, document)
    if any(problem.severity == "error" for problem in problems):
        raise InputError(problems)
    return protocol


_WORDS = {
    "missing": ("PRO-0011", "is required and missing"),
    "unknown_key": ("PRO-0010", ""),
}


def _causes(errors: Sequence[Any]) -> list[Any]:
    """Leave out "there are too few" where an entry of the very list is what is wrong."""
    places = [tuple(item["loc"]) for item in errors]
    inner = {place[:depth] for place in places for depth in range(len(place))}
    return [item for item, place in zip(errors, places, strict=True) if not (item["type"] == "too_short" and place in inner)]


def _finding(item: Any, document: YamlDocument) -> Finding:
    path = _real_path(tuple(item["loc"]), document.data)
    kind = item["type"]
    context = item.get("ctx") or {}
    code = _WORDS.get(kind, ("PRO-0012", ""))[0]
    shown = ".".join(str(part) for part in path) or "the protocol"
    line_path = (*path, context["key"]) if kind == "unknown_key" else path
    message = str(item["msg"]).removeprefix("Value error, ")
    if kind == "missing":
        message = f"'{shown}' {_WORDS['missing'][1]}"
    elif kind == "unknown_key":
        message = f"in {shown}: {message}"
    else:
        message = f"{shown}: {message[0].lower() + message[1:]}"
    value = item.get("input")
    simple = isinstance(value, str | int | float | bool) and kind not in ("missing", "unknown_key")
    return Finding(
        code,
        "error",
        message,
        file=document.file,
        row=document.line_of(line_path),
        value=str(value)[:80] if simple else None,
        todo=f"{'add it there' if kind == 'missing' else 'change it'}; docs/protocol.md describes each section",
    )


def _real_path(loc: tuple[Any, ...], data: Any) -> tuple[str | int, ...]:
    """The path in the YAML, without the tags that unions add to a validation error's place."""
    path: list[str | int] = []
    for i, part in enumerate(loc):
        if (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int) and part < len(data)):
            data = data[part]
        elif i < len(loc) - 1:
            continue
        elif isinstance(data, dict) and part not in data:
            pass
        else:
            continue
        path.append(part)
    return tuple(path)
