"""What is wrong with an input, said so that a clinician can act on it: a finding, and the error that carries findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


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
        Where: the file's name inside the study folder, its row (1 = the first line of the file), its column, the value.
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

    @property
    def where(self) -> str:
        """File, row and column in words, as far as they are known."""
        parts = [self.file or ""]
        if self.row is not None:
            parts.append(f"{'line' if (self.file or '').endswith(('.yaml', '.yml')) else 'row'} {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        """One line a reader can act on."""
        text = f"{self.code} {self.severity}: {self.where + ': ' if self.where else ''}{self.message}"
        if self.subject is not None:
            text += f" (subject {self.subject})"
        if self.value is not None:
            text += f"; found {self.value!r}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.todo:
            text += f". {self.todo[0].upper()}{self.todo[1:]}"
        return text

    def to_dict(self) -> dict[str, str | int | None]:
        """All fields, for JSON."""
        return asdict(self)


class InputError(ValueError):
    """The input can't be used. Carries every finding, so that all can be mended in one go."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))
