"""Headings of a sheet as names of columns: no two alike, none empty, blanks and line breaks in them single blanks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from topline.study.problems import UNSAFE, Finding, InputError
from topline.study.records_spec import DomainSpec


def squash(heading: str | None) -> str:
    """A heading on one line, with single blanks, and none of the characters that a protocol can't hold."""
    return " ".join(UNSAFE.sub(" ", (heading or "").replace("\ufeff", "")).split())


def distinct_names(headings: Sequence[str | None]) -> list[str]:
    """Name each column by its heading; one that is there twice is ``Date (1)``, ``Date (2)``, one without any ``(unnamed 3)``."""
    plain = [squash(heading) for heading in headings]
    times = Counter(plain)
    taken = {name for name in plain if name and times[name] == 1}
    seen: Counter[str] = Counter()
    names = []
    for place, name in enumerate(plain, start=1):
        seen[name] += 1
        if not name:
            unique = f"(unnamed {place})"
        else:
            unique = name if times[name] == 1 else f"{name} ({seen[name]})"
        while unique in taken and (not name or times[name] > 1):
            unique += "'"
        taken.add(unique)
        names.append(unique)
    return names


def with_headings(frame: pl.DataFrame, headings: Sequence[str | None], name: str, domain: DomainSpec) -> pl.DataFrame:
    """Return the frame with its columns named by the headings.

    Raises
    ------
    InputError
        REC-0005 when a heading is there twice and the protocol names no columns: which is meant can't be known.
    """
    headings = [*headings, *[None] * (frame.width - len(headings))]
    if domain.columns is not None:
        frame.columns = distinct_names(headings)
        return frame
    doubled = [heading for heading, n in Counter(squash(item) for item in headings if squash(item)).items() if n > 1]
    if doubled:
        raise InputError(
            [
                Finding("REC-0005", "error", "the column is there twice", file=name, column=column, todo="rename one of them")
                for column in doubled
            ]
        )
    named = [heading if squash(heading) else unique for heading, unique in zip(headings, distinct_names(headings), strict=True)]
    frame.columns = [str(item) for item in named]
    return frame
