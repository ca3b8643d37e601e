"""A paper from a file: plain text, saved HTML, records, JATS XML and PDF, told apart by what they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Document", "UnreadableError", "read_documents"]

_MOST_BYTES = 20_000_000
_RECORD = re.compile(r"^[A-Z][A-Z_]{1,20}=")


class UnreadableError(ValueError):
    """A file that cannot be used; the message says which, what was expected and what to do."""


@dataclass(frozen=True)
class Document:
    """The text of one paper.

    Parameters
    ----------
    name : str
        File name, with the record's number where a file holds several.
    text : str
        What the audit reads; spans of claims are positions in it.
    kind : str
        text, record, html, jats or pdf.
    notes : tuple of str
        What was left out or not read.
    """

    name: str
    text: str
    kind: str
    notes: tuple[str, ...] = ()


def read_documents(path: str | Path) -> list[Document]:
    """Read a file and return the papers in it (one, unless it is a list of ``KEY=value`` records, one a line).

    Raises
    ------
    UnreadableError
        Where the file is absent, a folder, empty, binary, broken XML or PDF, or needs a library that is not installed.
    """
    path = Path(path)
    if path.is_dir():
        raise UnreadableError(f"{path}: a folder; give the files in it")
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableError(f"{path}: no such file") from None
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read ({error.strerror})") from None
    notes: tuple[str, ...] = ()
    if len(data) > _MOST_BYTES:
        data = data[:_MOST_BYTES]
        notes = (f"only the first {_MOST_BYTES // 1_000_000} MB were read",)
    if data[:5] == b"%PDF-":
        from topline.audit.read.pdf import pdf_text

        text, more = pdf_text(path)
        return [Document(path.name, text, "pdf", more)]
    if not data.strip():
        raise UnreadableError(f"{path}: the file is empty; expected the text of a paper")
    if data[:4] == b"PK\x03\x04":
        raise UnreadableError(f"{path}: a Word document or another zip archive; save the paper as text, HTML or PDF")
    if b"\0" in data[:200_000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError(f"{path}: not a text file (it holds zero bytes); expected the text of a paper, HTML, JATS XML or PDF")
    text, damaged = _decode(data)
    notes += damaged
    head = text[:4000].lstrip("\ufeff \t\r\n").lower()
    if head.startswith(("<?xml", "<!doctype article", "<article", "<pmc-articleset", "<!doctype pmc")) and "<html" not in head[:600]:
        from topline.audit.read.jats import jats_text

        return [Document(path.name, jats_text(text, str(path)), "jats", notes)]
    if "<html" in head or "<!doctype html" in head or ("<body" in head) or (path.suffix.lower() in {".html", ".htm"} and "<" in head):
        from topline.audit.read.html import html_text

        return [Document(path.name, html_text(text), "html", notes)]
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(_RECORD.match(line) for line in lines) and len({line.partition("=")[0] for line in lines}) == 1:
        return [Document(f"{path.name}#{number}", line, "record", notes) for number, line in enumerate(lines, start=1)]
    return [Document(path.name, text, "record" if lines and _RECORD.match(lines[0]) else "text", notes)]


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), ()
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", errors="replace")
    if text.count("\ufffd") > len(text) // 500:
        return data.decode("cp1252", errors="replace"), ("not UTF-8; read as Windows-1252",)
    return text, ("some bytes are not UTF-8 and were replaced",)
