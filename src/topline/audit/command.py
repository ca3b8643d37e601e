"""`topline audit`: files in, verdicts in the terminal worst first, JSON and a page on request."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topline.audit.read import Document
    from topline.audit.verdict import AuditReport

__all__ = ["EPILOG", "Page", "add_arguments", "run"]

EPILOG = "example: topline audit paper.txt --html audit.html"

Page = Callable[[list[tuple[str, "AuditReport", tuple[str, ...]]]], str]
"""Makes one HTML page of (name, report, notes); the report floor has it, so the command line hands it in."""

FINE, FINDINGS, UNUSABLE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `topline audit`; imports nothing heavy."""
    parser.add_argument("papers", metavar="PAPER", nargs="+", help="plain text, saved HTML, KEY=value records, JATS XML or PDF")
    parser.add_argument("--json", metavar="FILE", help="write claims and verdicts as JSON ('-' for the terminal)")
    parser.add_argument("--html", metavar="FILE", help="write a page: the text with each number coloured by its verdict")
    parser.add_argument("--all", action="store_true", help="print what is consistent too, not only what is not")


def run(args: argparse.Namespace, *, page: Page | None = None) -> int:
    """Audit the papers of a parsed command line.

    Parameters
    ----------
    args : argparse.Namespace
        From :func:`add_arguments`.
    page : callable, optional
        `topline.report.audit_page.render`; without it `--html` is refused.

    Returns
    -------
    int
        0 nothing to report, 1 something does not reproduce, 2 a paper cannot be used.
    """
    from topline.audit.engine import audit_text
    from topline.audit.read import UnreadableError, read_documents

    if args.html and page is None:
        print("topline audit: --html is not available here: no page renderer was given", file=sys.stderr)
        return UNUSABLE
    status = FINE
    done: list[tuple[str, AuditReport, tuple[str, ...]]] = []
    for paper in args.papers:
        try:
            documents: list[Document] = read_documents(paper)
        except UnreadableError as error:
            print(f"topline audit: {error}", file=sys.stderr)
            status = UNUSABLE
            continue
        for document in documents:
            report = audit_text(document.text)
            done.append((document.name, report, document.notes))
            if args.json != "-":
                _show(document.name, report, document.notes, everything=args.all)
            if report.findings and status == FINE:
                status = FINDINGS
    if args.json:
        text = json.dumps(
            {"schema_version": 1, "papers": [{"name": n, "notes": list(notes), **r.to_dict()} for n, r, notes in done]},
            ensure_ascii=False,
            indent=1,
        )
        if args.json == "-":
            print(text)
        elif not _write(args.json, text + "\n"):
            return UNUSABLE
    if args.html and page is not None and done and not _write(args.html, page(done)):
        return UNUSABLE
    return status


def _write(target: str, text: str) -> bool:
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"topline audit: {target}: cannot be written ({error.strerror})", file=sys.stderr)
        return False
    return True


def _show(name: str, report: AuditReport, notes: tuple[str, ...], *, everything: bool) -> None:
    counts = report.counts()
    print(f"{name}")
    for note in notes:
        print(f"  note: {note}")
    print(
        f"  {counts['numbers_found']} numbers found, {counts['numbers_typed']} understood, {counts['numbers_checked']} checked; "
        f"{counts['claims']} claims, {counts['checks']} checks made, {counts['uncheckable']} not possible"
    )
    if counts["characters_not_read"]:
        print(f"  not read: the last {counts['characters_not_read']} characters")
    quiet = {"consistent", "consistent, method named"}
    for verdict in report.worst_first():
        if str(verdict.verdict) in quiet and not everything:
            continue
        print(f"  {verdict.verdict:<24} {verdict.check}  {verdict.message}")
    if not report.findings:
        print("  Nothing found that does not reproduce.")
