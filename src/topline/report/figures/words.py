"""Labels of any length and script made fit for a figure: no control characters, broken into lines by printed width."""

from __future__ import annotations

import unicodedata


def clean(text: str) -> str:
    """Return the text on one line, without control characters."""
    return " ".join("".join(" " if unicodedata.category(char)[0] == "C" else char for char in text).split())


def width_of(text: str) -> int:
    """Return the printed width in half-width characters: a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in text)


def wrap(text: str, width: int, lines: int = 3) -> str:
    """Break a text into at most so many lines of so much printed width; what doesn't fit ends in an ellipsis."""
    rows: list[str] = [""]
    for word in clean(text).split(" "):
        for piece in _pieces(word, width):
            joined = f"{rows[-1]} {piece}" if rows[-1] else piece
            if width_of(joined) <= width:
                rows[-1] = joined
            else:
                rows.append(piece)
    if len(rows) > lines:
        last = rows[lines - 1]
        while last and width_of(last) > width - 1:
            last = last[:-1]
        rows = [*rows[: lines - 1], last.rstrip() + "…"]
    return "\n".join(rows)


def _pieces(word: str, width: int) -> list[str]:
    pieces = [""]
    for char in word:
        if width_of(pieces[-1] + char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces
