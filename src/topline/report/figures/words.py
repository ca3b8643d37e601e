"""Labels of any length and script made fit for a figure: no control characters, broken into lines by printed width."""

from __future__ import annotations

import re
import unicodedata

_WIDE = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef"
_OPENING = "（〔［｛《〈「『【"
_CLOSING = "）〕］｝》〉」』】，。、；：？！％"
_PIECE = re.compile(rf"\s*[{_OPENING}]*[{_WIDE}][{_CLOSING}]*|\s*[^\s{_WIDE}]+[{_CLOSING}]*|\s+")

_HYPHENATED = re.compile(r"\s*[^-/\s]*[-/]+|\s*[^-/]+")


def clean(text: str) -> str:
    """Return the text on one line, without control characters."""
    return " ".join("".join(" " if unicodedata.category(char)[0] == "C" else char for char in text).split())


def width_of(text: str) -> int:
    """Return the printed width in half-width characters: a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in text)


def wrap(text: str, width: int, lines: int = 3) -> str:
    """Break a text into at most so many lines of so much printed width; what doesn't fit ends in an ellipsis."""
    rows: list[str] = [""]
    for piece in _pieces(clean(text), width):
        if width_of((rows[-1] + piece).rstrip()) <= width:
            rows[-1] += piece
        else:
            rows[-1] = rows[-1].rstrip()
            rows.append(piece.lstrip())
    rows = [row for row in rows if row] or [""]
    if len(rows) > lines:
        last = rows[lines - 1]
        while last and width_of(last) > width - 1:
            last = last[:-1]
        rows = [*rows[: lines - 1], last.rstrip() + "…"]
    return "\n".join(rows)


def widest_word(text: str) -> int:
    """Return the printed width of the widest part of a text that a line should not break."""
    return max((width_of(part.strip()) for word in _PIECE.findall(clean(text)) for part in _HYPHENATED.findall(word)), default=0)


def _pieces(text: str, width: int) -> list[str]:
    """Split where a line may break: at blanks, around Chinese characters (never before a closing mark); a word wider than a line after its
    hyphens, and inside only what is then still too wide.
    """
    pieces: list[str] = []
    parts = [part for word in _PIECE.findall(text) for part in ([word] if width_of(word.strip()) <= width else _HYPHENATED.findall(word))]
    for part in parts:
        if width_of(part.strip()) <= width:
            pieces.append(part)
            continue
        current = ""
        for char in part:
            if width_of(current + char) > width:
                pieces.append(current)
                current = ""
            current += char
        pieces.append(current)
    return pieces
