"""Read YAML safely and remember the line of every value, so that an error can say where it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from topline.study.problems import UNSAFE, Finding, InputError

MAX_BYTES = 5_000_000
MAX_DEPTH = 80
MAX_DIGITS = 300
Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class YamlDocument:
    """A YAML file as plain data, with the line of each value by its path."""

    data: Any
    file: str
    lines: dict[Path_, int] = field(repr=False)

    def line_of(self, path: Path_) -> int | None:
        """Line of the value at `path`, or of the nearest value that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


class _Loader(yaml.SafeLoader):
    """The safe loader with only JSON-like scalars and plain dates: `no` and `on` stay text."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$",
        "-+0123456789.",
    ),
    ("tag:yaml.org,2002:null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "0123456789"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def read_yaml(path: Path, name: str | None = None) -> YamlDocument:
    """Read a YAML file into plain data (dict, list, str, int, float, bool, date, None).

    Parameters
    ----------
    path : Path
        The file, UTF-8, at most 5 MB.
    name : str, optional
        The name to use in messages; the file's own name unless given.

    Raises
    ------
    InputError
        PRO-0001 can't be read, PRO-0002 not YAML, PRO-0003 a tag, anchor or alias, PRO-0004 a key given twice, PRO-0005 no such date,
        PRO-0007 characters that steer a terminal.
    """
    name = name or path.name
    try:
        if path.exists() and not path.is_file():
            message = "is a folder, a pipe or a device, not a file"
            raise InputError([Finding("PRO-0001", "error", message, file=name, todo="name a file that stays as it is while it is read")])
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            [
                Finding(
                    "PRO-0001", "error", f"can't be read: {error.strerror or error}", file=name, todo="see that it is a file you may read"
                )
            ]
        ) from None
    if len(raw) > MAX_BYTES:
        raise InputError(
            [Finding("PRO-0001", "error", f"is larger than {MAX_BYTES:,} bytes", file=name, todo="give a protocol, not records")]
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise InputError([Finding("PRO-0001", "error", "is not UTF-8 text", file=name, row=row, todo="save the file as UTF-8")]) from None
    try:
        _refuse_tags(text, name)
        root = _Loader(text).get_single_node()
    except yaml.YAMLError as error:
        raise InputError([_syntax_finding(error, name)]) from None
    except RecursionError:
        raise InputError(
            [
                Finding(
                    "PRO-0002", "error", f"is nested more than {MAX_DEPTH} deep", file=name, todo="look for a bracket that is never closed"
                )
            ]
        ) from None
    if root is None:
        raise InputError([Finding("PRO-0002", "error", "is empty", file=name, todo="see docs/protocol.md for a first protocol")])
    if unsafe := list(_unsafe(root, name)):
        raise InputError(unsafe)
    lines: dict[Path_, int] = {}
    return YamlDocument(_plain(root, (), lines, name), name, lines)


def _syntax_finding(error: yaml.YAMLError, name: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable as YAML"
    return Finding(
        "PRO-0002",
        "error",
        f"is not valid YAML: {problem}",
        file=name,
        row=mark.line + 1 if mark else None,
        todo="check the indentation, colons and quotes of this line and the one above",
    )


def _row(event: yaml.Event) -> int | None:
    return event.start_mark.line + 1 if event.start_mark is not None else None


def _refuse_tags(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise InputError(
                [
                    Finding(
                        "PRO-0002",
                        "error",
                        f"is nested more than {MAX_DEPTH} deep",
                        file=name,
                        row=_row(event),
                        todo="look for a bracket that is never closed",
                    )
                ]
            )
        tag = getattr(event, "tag", None)
        if tag not in (None, "!") or getattr(event, "anchor", None) is not None:
            what = f"the tag {tag!r}" if tag not in (None, "!") else "an anchor or alias (& or *)"
            raise InputError(
                [
                    Finding(
                        "PRO-0003",
                        "error",
                        f"{what} is not allowed here",
                        file=name,
                        row=_row(event),
                        todo="write the value out plainly",
                    )
                ]
            )


def _unsafe(node: yaml.Node, name: str) -> Iterator[Finding]:
    if isinstance(node, yaml.ScalarNode):
        found = UNSAFE.search(node.value)
        if found is not None:
            message = (
                f"a text holds the control character U+{ord(found[0]):04X}, which would steer a terminal or turn the order of the text"
            )
            row = node.start_mark.line + 1
            yield Finding("PRO-0007", "error", message, file=name, row=row, value=node.value, todo="type the text anew without it")
    else:
        for item in node.value:
            for part in item if isinstance(item, tuple) else (item,):
                yield from _unsafe(part, name)


def _plain(node: yaml.Node, path: Path_, lines: dict[Path_, int], name: str) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), lines, name) for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = _key(key_node, name)
            if key in result:
                row = key_node.start_mark.line + 1
                raise InputError(
                    [Finding("PRO-0004", "error", f"the key '{key}' is given twice", file=name, row=row, todo="keep one of them")]
                )
            result[key] = _plain(value_node, (*path, key), lines, name)
            lines[(*path, key)] = key_node.start_mark.line + 1
        return result
    return _scalar(node, name)


def _key(node: yaml.Node, name: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        row = node.start_mark.line + 1
        raise InputError([Finding("PRO-0002", "error", "a key must be plain text", file=name, row=row, todo="write it as key: value")])
    return str(node.value)


def _scalar(node: yaml.Node, name: str) -> Any:
    value = str(node.value)
    kind = node.tag.rpartition(":")[2]
    if kind == "bool":
        return value.lower() == "true"
    if kind == "int":
        if len(value) > MAX_DIGITS:
            row = node.start_mark.line + 1
            raise InputError(
                [Finding("PRO-0005", "error", "is too long a number", file=name, row=row, todo="correct it, or put it in quotes")]
            )
        return int(value)
    if kind == "float":
        return float(value)
    if kind == "null":
        return None
    if kind == "timestamp":
        try:
            return date.fromisoformat(value)
        except ValueError:
            row = node.start_mark.line + 1
            raise InputError(
                [Finding("PRO-0005", "error", "is not a date", file=name, row=row, value=value, expected="YYYY-MM-DD")]
            ) from None
    return value
