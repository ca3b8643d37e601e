"""The text of a PDF through pypdf, page by page, within limits."""

from __future__ import annotations

import logging
from pathlib import Path

from topline.audit.read import UnreadableError

__all__ = ["pdf_text"]

_MOST_PAGES = 400
_MOST_CHARACTERS = 4_000_000


def pdf_text(path: Path) -> tuple[str, tuple[str, ...]]:
    """Text of a PDF and notes on what was not read.

    Raises
    ------
    UnreadableError
        Where pypdf is not installed, or the file is broken, encrypted or holds no text.
    """
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError:
        raise UnreadableError(f"{path}: PDF needs the library pypdf; install topline[pdf], or save the paper's text") from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    notes: list[str] = []
    pages: list[str] = []
    size = 0
    try:
        reader = pypdf.PdfReader(path)
        total = len(reader.pages)
        for number, page in enumerate(reader.pages):
            if number >= _MOST_PAGES or size > _MOST_CHARACTERS:
                notes.append(f"pages {number + 1} to {total} were not read")
                break
            try:
                text = page.extract_text()
            except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, ArithmeticError, AttributeError, IndexError):
                notes.append(f"page {number + 1} could not be read")
                continue
            pages.append(text)
            size += len(text)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError, AttributeError, IndexError) as error:
        raise UnreadableError(f"{path}: not a readable PDF ({type(error).__name__}); save the paper's text instead") from None
    text = "\n\n".join(_unbroken(page) for page in pages)
    if not text.strip():
        raise UnreadableError(f"{path}: the PDF holds no text (scanned pages?); save the paper's text instead")
    return text, tuple(notes)


def _unbroken(page: str) -> str:
    """Join words that a line break split: "progres-\\nsion" (but keep "PD-\\n1")."""
    lines = page.split("\n")
    out: list[str] = []
    for line in lines:
        if out and out[-1].endswith("-") and len(out[-1]) > 2 and out[-1][-2].islower() and line[:1].islower():
            out[-1] = out[-1][:-1] + line
        else:
            out.append(line)
    return "\n".join(out)
