"""What is wrong with an input, said so that a clinician can act on it: a finding, and the error that carries findings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What steers a terminal or turns the order of the text: C0 but tab and line feed, C1, marks of direction; and half a character."""
_LONGEST_VALUE, _LONGEST_MESSAGE = 80, 2000


def printable(text: str) -> str:
    """Return a text with what would steer a terminal written as its number, such as \\u001b; JSON stays JSON."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _cut(text: str, most: int = _LONGEST_VALUE) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


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

    def __post_init__(self) -> None:
        """Keep the beginning of a long value: a cell can hold a million characters."""
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
        return asdict(self)


class InputError(ValueError):
    """The input can't be used. Carries every finding, so that all can be mended in one go."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))
