"""What is wrong with an input, said so that a clinician can act on it: a finding, and the error that carries findings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Literal

Severity = Literal["error", "warning", "note"]
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What steers a terminal or turns the order of the text: C0 but tab and line feed, C1, marks of direction; and half a character."""
_LONGEST_VALUE, _LONGEST_MESSAGE = 80, 2000


def printable(text: str) -> str:
    """Return a text with what would steer a terminal written as its number, such as \\u001b; JSON stays JSON."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_missing(variable: str) -> str:
    """What to do about a value that can't be used."""
    return f'correct it in this file, or have it read as missing in study.yaml: values: {{{variable}: {{"the cell as it is": ""}}}}'


def _cut(text: str, most: int = _LONGEST_VALUE) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


@dataclass(frozen=True)
class Tally:
    """What a finding counts, from which its message is made; those that parts of a study find add up.

    Parameters
    ----------
    kinds : tuple of (str, int)
        Kind → how many.
    one, many : str
        The message where the sum is 1, and otherwise. ``{n}`` is the sum, ``{kinds}`` such as ``C in 2, T in 3``, ``{C}`` a kind's number.
    of : str
        What is counted, where the message doesn't say it; tallies of different things don't add up.
    expected : str
        What was expected, with ``{names}`` for the kinds; empty where the finding says it itself.
    absence : bool
        It holds for a study only where it does for every part of it.
    """

    kinds: tuple[tuple[str, int], ...]
    one: str
    many: str
    of: str = ""
    expected: str = ""
    absence: bool = False

    @classmethod
    def rows(cls, n: int, one: str, many: str, of: str = "") -> Tally:
        """A plain number."""
        return cls((("", n),), one, many, of)

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        total = Counter(dict(self.kinds))
        total.update(dict(other.kinds))
        return replace(self, kinds=tuple(sorted(total.items())))

    @property
    def message(self) -> str:
        """The message with its numbers."""
        n = sum(number for _, number in self.kinds)
        said = {"n": str(n), "kinds": ", ".join(f"{kind or 'none'} in {number}" for kind, number in sorted(self.kinds))}
        said |= {kind: str(number) for kind, number in self.kinds if kind}
        return _filled(self.one if n == 1 else self.many, said)

    @property
    def names(self) -> str | None:
        """What was expected, with the names of the kinds; None where there are none."""
        return _filled(self.expected, {"names": ", ".join(sorted(name for name, _ in self.kinds))[:400]}) if self.kinds else None


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong, or worth knowing, in a protocol or in records.

    Parameters
    ----------
    code : str
        Stable code, ``PRO-…`` (protocol), ``REC-…`` (records) or ``DER-…`` (derivation); listed in docs/findings.md.
    severity : {"error", "warning", "note"}
        An error stops ``run``; a warning is reported and the declared rule is followed.
    message : str
        What is wrong, in a sentence.
    file, row, column, value : str or int or None
        Where: the file's name inside the study folder, its row (1 = the first line of the file), its column, the value (its beginning,
        where it is long).
    expected, todo : str or None
        What was expected there, and what to do about it.
    subject : str or None
        The subject id, where one patient is concerned.
    tally : Tally or None
        What it counts, where it sums up many rows; the message (left empty) is then made from it.
    """

    code: str
    severity: Severity
    message: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    expected: str | None = None
    todo: str | None = None
    subject: str | None = None
    tally: Tally | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Keep the beginning of a long value: a cell can hold a million characters."""
        if self.tally is not None:
            object.__setattr__(self, "message", self.tally.message)
            if self.tally.expected:
                object.__setattr__(self, "expected", self.tally.names)
        if self.value is not None:
            object.__setattr__(self, "value", _cut(self.value))

    @property
    def where(self) -> str:
        """File, row and column in words, as far as they are known."""
        parts = [self.file or ""]
        if self.row is not None:
            parts.append(f"{'line' if (self.file or '').endswith(('.yaml', '.yml')) else 'row'} {self.row}")
        if self.column is not None:
            parts.append(f"column {_cut(self.column)}")
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        """One line a reader can act on."""
        text = f"{self.code} {self.severity}: {self.where + ': ' if self.where else ''}{_cut(self.message, _LONGEST_MESSAGE)}"
        if self.subject is not None:
            text += f" (subject {_cut(self.subject)})"
        if self.value is not None:
            text += f"; found {self.value!r}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.todo:
            text += f"{'' if text.endswith(('?', '.')) else '.'} {self.todo[0].upper()}{self.todo[1:]}"
        return printable(text)

    def to_dict(self) -> dict[str, str | int | None]:
        """All fields, for JSON."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "tally"}


class InputError(ValueError):
    """The input can't be used. Carries every finding, so that all can be mended in one go."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))
