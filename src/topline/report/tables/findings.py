"""Warnings as a table: what was found in protocol and records, counted, without saying in whom."""

from __future__ import annotations

from topline.report.cautions import hazards_notes
from topline.report.context import Context
from topline.report.scrub import scrub
from topline.report.tables.model import Column, Row, Table
from topline.report.words import plain_warning

_ORDER = {"error": 0, "warning": 1, "note": 2}


def findings_table(context: Context) -> Table | None:
    """Return findings and the warnings of the analyses; None when there is nothing to say."""
    findings = context.results.findings
    everyone = {item.subject for item in findings if item.subject}
    grouped: dict[tuple[int, str, str, str, str], list[str | None]] = {}
    for item in findings:
        message = scrub(item.message, everyone if item.subject is None else (item.subject, *_named_in(item.message, everyone)))
        place = item.file or ""
        grouped.setdefault((_ORDER[item.severity], item.severity, item.code, message, place), []).append(item.subject)
    lines = [
        Row((severity, code, message + (f" ({place})" if place else ""), str(len(subjects)), str(len({s for s in subjects if s}) or "")))
        for (_, severity, code, message, place), subjects in sorted(grouped.items(), key=lambda entry: entry[0])
    ]
    raised: dict[str, dict[str, None]] = {}
    for row in context.results.rows:
        for text in row.warnings:
            raised.setdefault(scrub(plain_warning(text)), {})[row.analysis] = None
    for analysis in context.protocol.analyses:
        notes = hazards_notes(context.rows(analysis.id), context.show)
        lines += [Row(("warning", "analysis", f"{text[:-1]} ({analysis.id})", "", "")) for text in notes]
    lines += [Row(("note", "analysis", f"{text} ({', '.join(analyses)})", "", "")) for text, analyses in raised.items()]
    if not lines:
        return None
    columns = (Column("Severity", "text"), Column("Code", "text"), Column("What was found", "text"), Column("Times"), Column("Patients"))
    notes = ("Subjects, rows and values are named by `topline check`, not here.",)
    return Table("warnings", "Warnings and findings", columns, tuple(lines), notes, "warnings")


def _named_in(message: str, subjects: set[str]) -> list[str]:
    return [item for item in subjects if item in message]
