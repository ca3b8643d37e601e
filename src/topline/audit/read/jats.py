"""JATS and PMC XML: title, dates, abstract, body and tables, the rows of a table turned into clauses."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from topline.audit.read import UnreadableError
from topline.audit.read.tables import span_of, table_clauses

__all__ = ["jats_text"]

_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_DROP = frozenset(
    [
        "ref-list",
        "back",
        "xref",
        "fn-group",
        "permissions",
        "contrib-group",
        "aff",
        "author-notes",
        "object-id",
        "inline-graphic",
        "media",
        "supplementary-material",
        "tex-math",
        "kwd-group",
        "funding-group",
    ]
)
_BLOCKS = frozenset(["p", "title", "article-title", "sec", "abstract", "caption", "label", "disp-quote", "list-item"])


def jats_text(source: str, name: str = "the file") -> str:
    """The text of an article, tables last; each table row reads "label: value in group, value in group; P".

    Raises
    ------
    UnreadableError
        Where the XML is broken, declares entities of its own or is nested too deeply.
    """
    if _ENTITY.search(source):
        raise UnreadableError(f"{name}: the XML declares entities of its own, which are not read; save it without its DOCTYPE")
    source = re.sub(r"<!DOCTYPE[^>\[]*>", "", source[:20_000], count=1) + source[20_000:]
    try:
        root = ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        raise UnreadableError(f"{name}: not well-formed XML ({error}); expected a JATS or PMC article") from None
    out: list[str] = []
    for date in root.iter("date"):
        kind = (date.get("date-type") or "").lower()
        year, month, day = (_part(date, part) for part in ("year", "month", "day"))
        if kind in {"received", "accepted"} and year:
            shown = year + (f"-{month.zfill(2)}" + (f"-{day.zfill(2)}" if day else "") if month else "")
            out.append(f"{kind.capitalize()}: {shown}.")
    tables: list[str] = []
    try:
        _walk(root, out, tables)
    except RecursionError:
        raise UnreadableError(f"{name}: the XML is nested too deeply to be an article; expected a JATS or PMC article") from None
    text = "\n\n".join(" ".join(block.split()) for block in [*out, *tables] if block.strip())
    return text.strip()


def _part(date: ElementTree.Element, name: str) -> str:
    element = date.find(name)
    return (element.text or "").strip() if element is not None else ""


def _local(element: ElementTree.Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _walk(element: ElementTree.Element, out: list[str], tables: list[str]) -> None:
    tag = _local(element)
    if tag in _DROP or tag in {"date", "pub-date", "history", "journal-meta"}:
        return
    if tag == "table-wrap":
        tables.extend(_table(element))
        return
    if tag in {"p", "title", "article-title"}:
        out.append(_inline(element))
        for child in element.iter():
            if _local(child) == "table-wrap":
                tables.extend(_table(child))
        return
    if tag in {"article-id"}:
        return
    for child in element:
        _walk(child, out, tables)


def _inline(element: ElementTree.Element) -> str:
    parts: list[str] = [element.text or ""]
    for child in element:
        tag = _local(child)
        if tag == "sup" and (child.text or "").strip().isdigit() and not (parts[-1][-1:].isspace()):
            parts.append("")  # a citation or an exponent glued to a word
        elif tag not in _DROP and tag != "table-wrap":
            inner = _inline(child)
            parts.append(f" {inner} " if tag in _BLOCKS else inner)
        parts.append(child.tail or "")
    return "".join(parts)


def _table(wrap: ElementTree.Element) -> list[str]:
    label = next((_inline(e) for e in wrap.iter() if _local(e) == "label"), "Table")
    caption = next((_inline(e) for e in wrap.iter() if _local(e) == "caption"), "")
    heads = {r for h in wrap.iter() if _local(h) == "thead" for r in h.iter() if _local(r) == "tr"}
    rows = [
        [(" ".join(_inline(c).split()), span_of(c.get("colspan"))) for c in r if _local(c) in {"td", "th"}]
        for r in wrap.iter()
        if _local(r) == "tr"
    ]
    return table_clauses(f"{label}. {caption}.", rows, len(heads))
