"""The readable text of a saved web page, block by block."""

from __future__ import annotations

import re
from html.parser import HTMLParser

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
_VOID = frozenset(["br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.skip: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.skip:
            if tag in _SKIP and tag not in _VOID:
                self.skip.append(tag)
            return
        if tag in _SKIP:
            self.skip.append(tag)
        elif tag in _BLOCK:
            self.out.append("\n\n")
        elif tag in {"td", "th"}:
            self.out.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self.skip:
            if tag in self.skip:
                while self.skip and self.skip.pop() != tag:
                    pass
            return
        if tag in _BLOCK:
            self.out.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.skip:
            self.out.append(data)


def html_text(source: str) -> str:
    """Text of a page without scripts, styles, menus and forms; blocks are separated by a blank line."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    text = "".join(reader.out)
    text = re.sub(r"[ \t\r\f\v]+", " ", text)
    return re.sub(r" ?\n ?(?:\n ?)+", "\n\n", text).strip()
