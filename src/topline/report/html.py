"""The report as one self-contained page: no network, no scripts, nothing about a single patient."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from topline.analyze.results import ResultSet
from topline.audit.against import ClaimCheck
from topline.report.figures.model import FigureFile
from topline.report.tables.model import Section, Table
from topline.report.text import headline_paragraphs, methods_paragraphs
from topline.study.protocol import Protocol

TEMPLATES = Path(__file__).parent / "templates"
LONG_WORD = 30
"""A longer word may be broken inside a table, so that the table keeps to the page."""
MOST_ROWS = 200
"""Longer tables are cut in the page; their CSV is whole."""

_SIGN = re.compile("([≥≤]) (?=\\d)|\\bp ([=<>]) (?=\\d)")

HEADINGS: dict[Section, str] = {
    "headline": "Headline results",
    "populations": "Flow of patients",
    "baseline": "Baseline",
    "follow_up": "Follow-up",
    "efficacy": "Time to event",
    "response": "Response",
    "safety": "Safety",
    "exposure": "Exposure",
    "estimands": "Estimands",
    "methods": "Methods as done",
    "warnings": "Warnings",
    "claims": "Comparison with published claims",
}


@dataclass(frozen=True)
class PlacedFigure:
    """A figure as the page embeds it."""

    source: str
    alt: str
    title: str
    name: str


@dataclass(frozen=True)
class Block:
    """A section of the page: its figures and tables in order."""

    id: str
    heading: str
    items: tuple[PlacedFigure | Table, ...]


def render_report(
    results: ResultSet,
    protocol: Protocol,
    tables: Sequence[Table],
    figures: Sequence[FigureFile],
    provenance: Mapping[str, Any],
    claims: Sequence[ClaimCheck] | None = None,
) -> str:
    """Return report.html.

    Parameters
    ----------
    results, protocol
        For the sentences; nothing is computed.
    tables, figures
        As `build_tables` and `build_figures` return them.
    provenance : mapping
        Hashes and versions, printed at the end; may be nested.
    claims : sequence of ClaimCheck, optional
        Used for the line that says how many claims were compared; their table is among `tables`.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # late: the command line answers without it

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.finalize = _kept_together
    environment.tests["table"] = lambda item: isinstance(item, Table)
    environment.tests["unbroken"] = lambda text: any(len(word) > LONG_WORD for word in text.split())
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8").strip()
    policy = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        study=protocol.study,
        style=style,
        style_hash=f"sha256-{policy}",
        headline=headline_paragraphs(results, protocol),
        methods=methods_paragraphs(results, protocol),
        blocks=list(_blocks(protocol, tables, figures)),
        provenance=list(_flat(provenance)),
        claims=claims or (),
        most_rows=MOST_ROWS,
    )


def _kept_together(value: Any) -> Any:
    """A sign and its number stay on one line."""
    if type(value) is not str:
        return value
    return _SIGN.sub(lambda match: match[0].replace(" ", "\N{NO-BREAK SPACE}"), value)


def _blocks(protocol: Protocol, tables: Sequence[Table], figures: Sequence[FigureFile]) -> Iterator[Block]:
    placed: set[str] = set()
    for section, heading in HEADINGS.items():
        items: list[PlacedFigure | Table] = []
        seen: set[str] = set()
        for table in (table for table in tables if table.section == section):
            before = () if table.analysis is None or table.analysis in seen else _figures_of(table.analysis, figures)
            seen.add(table.analysis or "")
            leading = [figure for figure in before if not figure.name.startswith("forest-") and figure.name not in placed]
            items += [_placed(figure) for figure in leading]
            items.append(table)
            placed.update(figure.name for figure in leading)
            if table.analysis is not None and table.id == f"{table.analysis}-subgroups":
                trailing = [figure for figure in _figures_of(table.analysis, figures) if figure.name not in placed]
                items += [_placed(figure) for figure in trailing]
                placed.update(figure.name for figure in trailing)
        if section == "response":
            loose = [figure for figure in figures if figure.name not in placed]
            items += [_placed(figure) for figure in loose]
            placed.update(figure.name for figure in loose)
        if items:
            yield Block(section.replace("_", "-"), heading, tuple(items))


def _figures_of(analysis: str, figures: Sequence[FigureFile]) -> list[FigureFile]:
    return [figure for figure in figures if figure.analysis == analysis]


def _placed(figure: FigureFile) -> PlacedFigure:
    data = base64.b64encode(figure.svg).decode()
    return PlacedFigure(f"data:image/svg+xml;base64,{data}", figure.alt, figure.title or figure.name, figure.name)


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        name = f"{prefix} · {key}" if prefix else str(key)
        if isinstance(item, Mapping):
            yield from _flat(item, name)
        elif isinstance(item, list | tuple):
            yield name, ", ".join(map(str, item))
        elif item is not None:
            yield name, str(item)
