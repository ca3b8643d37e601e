"""The readable text of a saved web page, block by block."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from topline.audit.read.tables import span_of, table_clauses

__all__ = ["html_text"]

_SKIP = frozenset(["script", "style", "noscript", "template", "svg", "nav", "footer", "form", "button", "select", "iframe", "object"])
_BLOCK = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "header",
        "main",
        "aside",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "caption",
        "figure",
        "figcaption",
        "blockquote",
        "pre",
        "br",
        "hr",
        "title",
    ]
)
_LONGEST_CELL, _DEEPEST = 200, 20
_VOID = frozenset(["br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"])


class _Table:
    """A table as it is read: its cells, and its text for the case that it only lays out a page."""

    def __init__(self) -> None:
        self.rows: list[list[tuple[list[str], int]]] = []
        self.heads = 0
        self.in_head = False
        self.caption: list[str] = []
        self.in_caption = False
        self.text: list[str] = []
        self.nested = False

    def clauses(self) -> list[str]:
        """Clauses of a table of data; empty for one that lays out a page."""
        rows = [[(" ".join("".join(parts).split()), span) for parts, span in row] for row in self.rows if row]
        longest = max((len(text) for row in rows for text, _ in row[1:]), default=0)
        if self.nested or len(rows) < 2 or len(rows[0]) < 2 or longest > _LONGEST_CELL:
            return []
        caption = " ".join("".join(self.caption).split()).rstrip(".")
        return table_clauses(f"{caption or 'Table'}.", rows, self.heads)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.skip: list[str] = []
        self.tables: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.skip:
            if tag in _SKIP and tag not in _VOID:
                self.skip.append(tag)
            return
        if tag in _SKIP:
            self.skip.append(tag)
        elif tag == "table":
            if self.tables:
                self.tables[-1].nested = True
            if len(self.tables) < _DEEPEST:
                self.tables.append(_Table())
        elif self.tables:
            self._in_table(tag, dict(attrs))
        if not self.skip and tag in _BLOCK:
            self._add("\n\n")
        elif tag in {"td", "th"}:
            self._add(" ")

    def _in_table(self, tag: str, attrs: dict[str, str | None]) -> None:
        table = self.tables[-1]
        if tag in {"thead", "tbody"}:
            table.in_head = tag == "thead"
        elif tag == "caption":
            table.in_caption = True
        elif tag == "tr":
            table.rows.append([])
            table.heads += table.in_head
        elif tag in {"td", "th"}:
            if not table.rows:
                table.rows.append([])
            table.rows[-1].append(([], span_of(attrs.get("colspan"))))

    def handle_endtag(self, tag: str) -> None:
        if self.skip:
            if tag in self.skip:
                while self.skip and self.skip.pop() != tag:
                    pass
            return
        if tag == "table" and self.tables:
            table = self.tables.pop()
            clauses = table.clauses()
            self._add("\n\n" + "\n\n".join(clauses) if clauses else "".join(table.text))
        elif tag == "caption" and self.tables:
            self.tables[-1].in_caption = False
        if tag in _BLOCK:
            self._add("\n\n")

    def handle_data(self, data: str) -> None:
        if self.skip:
            return
        if self.tables:
            table = self.tables[-1]
            if table.in_caption:
                table.caption.append(data)
            elif table.rows and table.rows[-1]:
                table.rows[-1][-1][0].append(data)
        self._add(data)

    def _add(self, text: str) -> None:
        (self.tables[-1].text if self.tables else self.out).append(text)


def html_text(source: str) -> str:
    """Text of a page without scripts, styles, menus and forms; blocks are separated by a blank line, tables read as clauses."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    while reader.tables:  # never closed
        reader.handle_endtag("table")
    text = "".join(reader.out)
    text = re.sub(r"[ \t\r\f\v]+", " ", text)
    return re.sub(r" ?\n ?(?:\n ?)+", "\n\n", text).strip()
