"""Guesses of a drafted protocol, each with its evidence; a study isn't run before every one is confirmed or changed."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from topline.study.model import Strict
from topline.study.problems import Finding, InputError
from topline.study.yaml_text import YamlDocument


class Guess(Strict):
    """One thing that was guessed when the protocol was drafted."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,59}$", description="Name of the guess; the lines it concerns are marked with it.")
    guess: str = Field(min_length=1, description="What was guessed.")
    source: str | None = Field(default=None, description="The column, or the part of the file, that it was guessed from.")
    evidence: str | None = Field(default=None, description="What speaks for it: counts, never a patient's value.")
    alternatives: tuple[str, ...] = Field(default=(), description="What else it could be, and what to change then.")
    confirmed: bool = Field(description="False until somebody who knows the data has confirmed or corrected it.")


def unconfirmed(guesses: Iterable[Guess], document: YamlDocument, folder: str) -> list[Finding]:
    """Return PRO-0050 for each guess that nobody has confirmed."""
    return [
        Finding(
            "PRO-0050",
            "error",
            f"the guess '{guess.id}' is not confirmed: {guess.guess}",
            file=document.file,
            row=document.line_of(("guesses", i, "confirmed")),
            todo=f"if it is right: topline init --accept {folder} {guess.id}; if not, correct the lines marked '{guess.id}' first",
        )
        for i, guess in enumerate(guesses)
        if not guess.confirmed
    ]


def refuse_unconfirmed(guesses: Iterable[Guess], document: YamlDocument, folder: str) -> None:
    """Refuse a protocol that still rests on guesses.

    Raises
    ------
    InputError
        PRO-0050, one for each guess that is not confirmed, with its line.
    """
    if findings := unconfirmed(guesses, document, folder):
        raise InputError(findings)
