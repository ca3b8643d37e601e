"""What the commands do: call the façade, show progress, print the topline, give the exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from topline.api import Run, Study, load_study
from topline.audit.against import ClaimCheck, compare_claims, load_claims
from topline.report.headline import headline
from topline.report.place import prepare_place
from topline.study.endpoints import TimeToEvent
from topline.study.problems import Finding, InputError, printable

FINE, FINDINGS = 0, 1


def run_study(path: str, *, out: str | None, cutoff: str | None, against: str | None, strict: bool, quiet: bool, as_json: bool) -> int:
    """Run a study and write its results; return the exit status."""
    study = load_study(path)
    if cutoff is not None:
        study = study.with_cutoff(_date(cutoff))
        _refuse_cutoff_without_dates(study)
    claims = load_claims(Path(against)) if against is not None else None
    target = Path(out) if out is not None else study.folder / "results"
    prepare_place(target, study.protocol, study.folder)  # before the work, which may be long
    with _progress(show=not quiet and not as_json) as progress:
        run = study.execute(progress)
        warnings = [item for item in run.results.findings if item.severity == "warning"]
        if strict and warnings:
            raise InputError(warnings)
        checks = compare_claims(claims, run.results) if claims is not None else None
        folder = run.write(target, checks, progress)
    if as_json:
        print(printable(json.dumps(_as_json(run, folder, checks), ensure_ascii=False, indent=1)))
    elif not quiet:
        _print_topline(study, run, folder, checks)
    bad = checks is not None and any(check.verdict in ("differs", "not found") for check in checks)
    return FINDINGS if bad else FINE


def check_study(path: str, *, as_json: bool) -> int:
    """Check a study and print its findings; return the exit status."""
    try:
        findings = load_study(path).check()
    except InputError as error:
        findings = error.findings
        if findings and findings[0].code == "PRO-0001":
            raise
    errors = sum(item.severity == "error" for item in findings)
    if as_json:
        print(printable(json.dumps([item.to_dict() for item in findings], ensure_ascii=False, indent=1)))
    else:
        for finding in sorted(findings, key=lambda item: ("error", "warning", "note").index(item.severity)):
            print(finding)
        others = len(findings) - errors
        print(f"{errors} {'error' if errors == 1 else 'errors'}, {others} other {'finding' if others == 1 else 'findings'}")
    return FINDINGS if errors else FINE


def print_schema() -> int:
    """Print the JSON Schema of study.yaml."""
    from topline.study.protocol import Protocol

    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Protocol.model_json_schema()}
    print(json.dumps(schema, ensure_ascii=False, indent=1))
    return FINE


def _refuse_cutoff_without_dates(study: Study) -> None:
    times = [item for item in study.protocol.endpoints if isinstance(item, TimeToEvent)]
    recorded = bool(times) and all(item.recorded is not None for item in times)
    if recorded or study.protocol.records.timing != "dates":
        what = "times that were recorded" if recorded else "study days"
        message = f"--cutoff has no meaning here: the records hold {what}, not dates"
        raise InputError([Finding("CLI-0002", "error", message, file=study.file, todo="leave --cutoff out")])


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(
            [Finding("CLI-0001", "error", "--cutoff is not a date", value=text, expected="a date such as 2024-12-31")]
        ) from None


@contextmanager
def _progress(*, show: bool) -> Iterator[Callable[[str], None]]:
    """Show what is being done, on a terminal only."""
    if not show or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading the protocol …") as status:
        yield lambda step: status.update(f"{step} …")


def _print_topline(study: Study, run: Run, folder: Path, checks: Sequence[ClaimCheck] | None) -> None:
    info = study.protocol.study
    print(printable(info.title))
    if info.synthetic:
        print("SYNTHETIC patients: no number here is about a real person.")
    print()
    lines = [(line.label, line.group or "", line.text) for line in headline(run.results, run.protocol)]
    _print_columns(lines)
    warnings = [item for item in run.results.findings if item.severity == "warning"]
    if warnings:
        print(f"\n{len(warnings)} {'warning' if len(warnings) == 1 else 'warnings'}: see the report, or `topline check`")
    if checks is not None:
        print("\nAgainst the publication:")
        _print_columns([(check.label, check.printed, check.ours, check.verdict) for check in checks])
        for check in checks:
            if check.verdict not in ("same", "same after rounding") and check.reason:
                print(printable(f"  {check.label}: {check.reason}"))
    print(printable(f"\nReport:   {folder / 'report.html'}"))
    print(printable(f"Results:  {folder / 'results.json'} (datasets, tables and figures beside it)"))


def _print_columns(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows in columns, leaving out columns that are empty throughout."""
    rows = [tuple(printable(cell) for cell in row) for row in rows]
    kept = [i for i in range(len(rows[0]) if rows else 0) if any(row[i] for row in rows)]
    widths = [max(len(row[i]) for row in rows) for i in kept]
    for row in rows:
        print("  " + "  ".join(row[i].ljust(width) for i, width in zip(kept, widths, strict=True)).rstrip())


def _as_json(run: Run, folder: Path, checks: Sequence[ClaimCheck] | None) -> dict[str, Any]:
    lines = headline(run.results, run.protocol)
    return {
        "study": run.protocol.study.id,
        "synthetic": run.protocol.study.synthetic,
        "headline": [{"label": line.label, "group": line.group, "text": line.text} for line in lines],
        "findings": [item.to_dict() for item in run.results.findings],
        "claims": None if checks is None else [vars(check) for check in checks],
        "report": str(folder / "report.html"),
        "results": str(folder / "results.json"),
    }
