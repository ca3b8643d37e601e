"""A table as clauses that can be read like sentences: "ORR: 31 (47.7%) in the A group, 28 (31.5%) in the B group; P = 0.04."."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["span_of", "table_clauses"]

_BARE = re.compile(r"^([0-9]+) \(([0-9]+(?:\.[0-9]+)?)\)$")
_SIZE = re.compile(r"\(?\s*[nN]\s*=\s*[0-9,]+\s*\)?")
_GENERAL = re.compile(
    r"(?:rate|patients|median|events|n\b|no\b|p\b|odds ratio|hazard ratio|difference|mean|range|95%|at \d)", re.IGNORECASE
)
_WIDEST = 50


def span_of(attribute: str | None) -> int:
    """Columns that a cell covers, 1 to 50."""
    return min(int(attribute), _WIDEST) if attribute and attribute.isdigit() and int(attribute[:9]) > 0 else 1


def table_clauses(title: str, rows: Sequence[Sequence[tuple[str, int]]], head_rows: int) -> list[str]:
    """One clause a row.

    Parameters
    ----------
    title : str
        Label and caption, the first line that is given back.
    rows : sequence of rows of (text, columns covered)
        Header rows first.
    head_rows : int
        How many of them are header; with 0, the first row is.

    Returns
    -------
    list of str
        Empty for a table without rows.
    """
    if not rows:
        return []
    size = head_rows or 1
    header = [text for text, span in rows[max(0, size - 1)] for _ in range(span)]
    groups = {k: _SIZE.sub("", cell).strip(" ,;:()—–-") for k, cell in enumerate(header) if k and _is_group(cell)}
    out = [title]
    sized = [cell for k, cell in enumerate(header) if k and _SIZE.search(cell)]
    if len(sized) > 1:
        out.append("The groups were " + ", ".join(_with_size(c) for c in sized) + ".")
    section = ""
    for cells in rows[size:]:
        row = [text for text, _ in cells]
        if row and row[0] and not any(row[1:]):
            section = row[0].rstrip(" ,:")
        if len(row) < 2 or not any(ch.isdigit() for cell in row[1:] for ch in cell):
            continue
        if "%" in row[0] or "%" in title or any("%" in cell for cell in header):
            row = [row[0], *(_BARE.sub(r"\1 (\2%)", cell) for cell in row[1:])]
        values = [f"{cell} in the {groups[k]} group" for k, cell in enumerate(row) if k in groups and any(ch.isdigit() for ch in cell)]
        p = next(
            (
                cell
                for k, cell in enumerate(row)
                if k and k < len(header) and header[k].strip().lower().startswith("p") and k not in groups and cell
            ),
            "",
        )
        p = (f"; P {p}" if p[0] in "<>=≤≥" else f"; P = {p}") if p else ""
        if values:
            name = re.sub(r"[,;:]?\s*(?:no\.|n)?\s*\(?%\)?\s*$", "", row[0]).strip()
            if section and _GENERAL.match(name):
                name = f"{section}, {name}"
            name = re.sub(r"(?<=[A-Za-z]) ([0-9]+)$", r"-\1", name)  # the number of "Site 1" is part of its name, no value
            out.append(f"{name}: {', '.join(values)}{p}.")
    return out


def _is_group(cell: str) -> bool:
    words = cell.strip().lower()
    return (
        bool(words)
        and not words.startswith(("p ", "p-", "p‐", "hr", "hazard", "χ", "95%", "odds", "statistic", "total", "all"))
        and words not in {"p", "value", "n", "%"}
    )


def _with_size(cell: str) -> str:
    match = _SIZE.search(cell)
    size = match.group().strip("() ") if match else ""
    return f"{_SIZE.sub('', cell).strip(' ,;:()')} group ({size})"
