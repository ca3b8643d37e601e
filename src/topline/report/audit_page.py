"""An audited paper as a page: its text with each number coloured by its verdict, and every check with its inputs."""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from html import escape
from typing import Final

from topline.audit.verdict import LADDER, AuditReport, Rung, Verdict

__all__ = ["render"]

_CLASS: Final = {
    Rung.IMPOSSIBLE: "impossible",
    Rung.MAJOR: "major",
    Rung.MINOR: "minor",
    Rung.EXPLAINED: "explained",
    Rung.UNCHECKABLE: "uncheckable",
    Rung.METHOD: "consistent",
    Rung.CONSISTENT: "consistent",
}
_NAMES: Final = {
    "A1": "whole patients",
    "A2": "count and percentage",
    "A3": "arms add up",
    "A4": "responses and parts add up",
    "A5": "interval of a proportion",
    "A6": "p of proportions",
    "B1": "ratio and interval",
    "B2": "interval and p",
    "B3": "significance",
    "B4": "medians and ratio",
    "B5": "events needed",
    "B7": "PFS and OS",
    "C1": "value and its interval",
    "C2": "rate and its interval",
    "D1": "dates",
    "E1": "grades",
    "F2": "words",
}
_REACH: Final = 3000  # no sentence is longer
_FAR: Final = 1 << 60
_STYLE: Final = """
:root{color-scheme:light}
body{font:16px/1.55 system-ui,sans-serif;color:#1b1f24;background:#fff;margin:0 auto;max-width:62rem;padding:1.5rem}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2rem 0 .6rem}
.lead{color:#57606a;margin:0 0 1rem}
.text{border:1px solid #d0d7de;border-radius:6px;padding:1rem 1.2rem;white-space:pre-wrap;overflow-wrap:anywhere}
mark{color:inherit;border-radius:3px;padding:0 .12em;background:#eaeef2}
mark.consistent{background:#d7f3dd}mark.explained{background:#dbeafe}mark.uncheckable{background:#eceff2}
mark.minor{background:#ffe9b8}mark.major{background:#ffcfa8;font-weight:600}mark.impossible{background:#ffc1c0;font-weight:600}
mark.unchecked{background:none;border-bottom:2px dotted #8c959f}mark.notresult{background:none;color:#6e7781}
mark a{color:inherit;text-decoration:none}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid #d8dee4}
th{color:#57606a;font-weight:600}td.rung{white-space:nowrap}tr.quiet td{color:#57606a}
.key{display:flex;flex-wrap:wrap;gap:.4rem .9rem;font-size:.88rem;margin:.6rem 0 1rem}
.counts{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin:.8rem 0}.counts b{display:block;font-size:1.3rem}
.small{font-size:.85rem;color:#57606a}details summary{cursor:pointer;margin:.6rem 0}
@media print{body{max-width:none}details{display:block}}
"""


def render(papers: Sequence[tuple[str, AuditReport, tuple[str, ...]]]) -> str:
    """One self-contained page for one or more audited papers.

    Parameters
    ----------
    papers : sequence of (name, AuditReport, notes)
        In the order to show.

    Returns
    -------
    str
        HTML without scripts and without anything from the network; its content policy allows only its own style, by hash.
    """
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    body = "\n".join(_paper(number, name, report, notes) for number, (name, report, notes) in enumerate(papers, start=1))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'\">"
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Audit</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}\n"
        '<p class="small">A number that does not reproduce is a question to ask, not a judgement: a value may come from other patients, '
        "another method or a model that the text does not name.</p>\n</body></html>\n"
    )


def _paper(number: int, name: str, report: AuditReport, notes: tuple[str, ...]) -> str:
    counts = report.counts()
    found = len(report.findings)
    what = (
        f"{found} check{'s find' if found > 1 else ' finds'} something that does not reproduce"
        if found
        else "Nothing found that does not reproduce"
    )
    shown = (
        ("numbers_found", "numbers found"),
        ("numbers_typed", "understood"),
        ("numbers_checked", "checked"),
        ("checks", "checks made"),
        ("uncheckable", "not possible"),
    )
    cells = "".join(f"<div><b>{counts[key]}</b>{label}</div>" for key, label in shown)
    hints = "".join(f'<p class="small">{escape(note)}</p>' for note in notes)
    if counts["characters_not_read"]:
        hints += f'<p class="small">Not read: the last {counts["characters_not_read"]} characters.</p>'
    return (
        f'<h1>{escape(name)}</h1>\n<p class="lead">{what}.</p>\n{hints}<div class="counts">{cells}</div>\n'
        f"<h2>What was found</h2>\n{_verdicts(number, report)}\n<h2>The text</h2>\n{_key()}\n"
        f'<div class="text">{_text(number, report)}</div>\n{_p_values(report)}'
    )


def _key() -> str:
    labels = (
        ("impossible", "impossible"),
        ("major", "inconsistent, major"),
        ("minor", "inconsistent, minor"),
        ("explained", "explained"),
        ("consistent", "consistent"),
        ("uncheckable", "uncheckable"),
        ("unchecked", "not looked at"),
        ("notresult", "dose, grade, time or threshold"),
    )
    return '<div class="key">' + "".join(f'<span><mark class="{c}">{t}</mark></span>' for c, t in labels) + "</div>"


def _verdicts(number: int, report: AuditReport) -> str:
    loud = [(i, v) for i, v in enumerate(report.worst_first()) if v.verdict not in {Rung.CONSISTENT, Rung.METHOD}]
    quiet = [(i, v) for i, v in enumerate(report.worst_first()) if v.verdict in {Rung.CONSISTENT, Rung.METHOD}]
    head = "<tr><th>Verdict</th><th>Check</th><th>Reading</th><th>Nearest repair</th></tr>"
    parts = []
    if loud:
        parts.append(f"<table>{head}{''.join(_row(number, i, v) for i, v in loud)}</table>")
    if quiet:
        parts.append(
            f"<details><summary>{len(quiet)} checks that "
            f"agree</summary><table>{head}{''.join(_row(number, i, v) for i, v in quiet)}</table></details>"
        )
    return "\n".join(parts) or '<p class="small">No check could be made.</p>'


def _row(number: int, i: int, verdict: Verdict) -> str:
    power = f' <span class="small">(power {verdict.power:.0%})</span>' if verdict.power is not None else ""
    return (
        f'<tr id="v{number}-{i}"><td class="rung"><mark class="{_CLASS[verdict.verdict]}">{escape(str(verdict.verdict))}</mark></td>'
        f'<td>{escape(verdict.check)} <span class="small">{_NAMES.get(verdict.check, "")}</span></td>'
        f"<td>{escape(verdict.message)}{power}</td><td>{escape(verdict.repair or '')}</td></tr>"
    )


def _text(number: int, report: AuditReport) -> str:
    """The text with every number marked by the worst verdict of the claims that hold it."""
    worst: dict[str, tuple[int, int]] = {}
    for i, verdict in enumerate(report.worst_first()):
        # A p-value that does not reproduce says nothing against the percentages that it compares.
        for claim in verdict.claims[:1] if verdict.check == "A6" else verdict.claims:
            rank = LADDER.index(verdict.verdict)
            if claim not in worst or rank < worst[claim][0]:
                worst[claim] = (rank, i)
    spans = sorted(((c.span, worst.get(c.id)) for c in report.claims), key=lambda s: s[0])
    skipped = sorted(report.not_results)
    out: list[str] = []
    position = 0
    text = report.text
    for a, b in report.numbers:
        if a < position:
            continue
        out.append(escape(text[position:a]))
        out.append(_number(number, escape(text[a:b]), _at(a, b, spans), any(x <= a and b <= y for x, y in _near(skipped, a))))
        position = b
    out.append(escape(text[position:]))
    return "".join(out)


def _near(spans: list[tuple[int, int]], a: int) -> list[tuple[int, int]]:
    """Spans that begin at most a sentence before `a`."""
    return [s for s in spans[bisect_left(spans, (a - _REACH, 0)) : bisect_right(spans, (a, _FAR))] if s[1] > a]


def _at(a: int, b: int, spans: Sequence[tuple[tuple[int, int], tuple[int, int] | None]]) -> tuple[bool, tuple[int, int] | None]:
    best: tuple[int, int] | None = None
    inside = False
    first = bisect_left(spans, (a - _REACH, 0), key=lambda s: s[0])
    last = bisect_right(spans, (a, _FAR), key=lambda s: s[0])
    for (_, y), rank in spans[first:last]:
        if b <= y:
            inside = True
            if rank is not None and (best is None or rank[0] < best[0]):
                best = rank
    return inside, best


def _number(number: int, shown: str, found: tuple[bool, tuple[int, int] | None], skipped: bool) -> str:
    inside, rank = found
    if rank is not None:
        rung = LADDER[rank[0]]
        return f'<mark class="{_CLASS[rung]}" title="{escape(str(rung))}"><a href="#v{number}-{rank[1]}">{shown}</a></mark>'
    if inside:
        return f'<mark class="uncheckable" title="a claim that no check fits">{shown}</mark>'
    if skipped:
        return f'<mark class="notresult" title="not a result">{shown}</mark>'
    return f'<mark class="unchecked" title="not looked at">{shown}</mark>'


def _p_values(report: AuditReport) -> str:
    """Every p-value found, checkable or not."""
    if not report.p_values:
        return ""
    by_claim: dict[str, list[Verdict]] = {}
    for verdict in report.verdicts:
        for identity in verdict.claims:
            by_claim.setdefault(identity, []).append(verdict)
    rows = []
    for claim in report.p_values:
        checks = [v for v in by_claim.get(claim.id, []) if v.check in {"A6", "B2"}]
        said = "; ".join(f"{v.check} {v.verdict}" for v in checks) or "no check fits"
        cells = (claim.p or "", claim.endpoint or "", claim.contrast or "", said)
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    head = "<tr><th>P</th><th>Endpoint</th><th>Contrast</th><th>Verdict</th></tr>"
    return f"<h2>All p-values</h2>\n<table>{head}{''.join(rows)}</table>\n"
