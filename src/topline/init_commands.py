"""What `topline init` does on the terminal: start a study from a sheet, say what was guessed, and take the answers."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from topline.api import Study
from topline.init.accept import accept_guesses, open_guesses
from topline.init.start import Started, start_study
from topline.init.yaml_lines import shown
from topline.report.words import counted
from topline.study.guesses import Guess
from topline.study.problems import Finding, InputError, printable

FINE, FINDINGS = 0, 1
_SHOWN = 12


def start_from_sheet(files: Sequence[str], out: str | None) -> int:
    """Draft a study folder and print what was guessed, never a cell of a patient; return the exit status."""
    if not files:
        raise InputError(
            [Finding("INI-0001", "error", "no sheet is named", expected="a file", todo="for example: topline init patients.xlsx")]
        )
    started = start_study([Path(name) for name in files], Path(out) if out is not None else None)
    table = started.table
    print(printable(f"{table.label}: {table.rows} rows, {len(table.columns)} columns, headings in row {table.header_row}"))
    _print_identities(started)
    _print_unused(started)
    print(f"\n{len(started.guesses)} guesses, to be confirmed or corrected:\n")
    for guess in started.guesses:
        _print_guess(guess)
    _print_findings(Study(started.folder, started.protocol).check())
    print(f"\nDraft:    {started.folder / 'study.yaml'}  (the sheet's copy is in {started.folder / 'records'})")
    print(f"Next:     read it, correct what is wrong, then: topline init --accept {shlex.quote(str(started.folder))}")
    return FINE


def accept_study(study: str, ids: Sequence[str], *, only_list: bool, ask: bool) -> int:
    """List the guesses of a study and confirm them: those named, or all; on a terminal each is asked for. Return the exit status."""
    folder = Path(study)
    guesses = open_guesses(folder)
    if ids:
        accept_guesses(folder, ids)
        return _remaining(folder, len(ids))
    if not guesses:
        print("every guess is confirmed")
        return FINE
    asked = ask and not only_list and sys.stdin.isatty() and sys.stdout.isatty()
    chosen: list[str] = []
    for guess in guesses:
        _print_guess(guess)
        if not asked:
            chosen.append(guess.id)
            continue
        answer = input("  right? [y]es, [n]o, [a]ll the rest, [q]uit: ").strip().lower()
        if answer.startswith("q"):
            break
        if answer.startswith("a"):
            asked = False
        if answer.startswith(("a", "y")):
            chosen.append(guess.id)
    if only_list:
        print(f"{len(guesses)} {_guesses(len(guesses))} not confirmed")
        return FINDINGS
    accept_guesses(folder, chosen)
    return _remaining(folder, len(chosen))


def _guesses(n: int) -> str:
    return "guess" if n == 1 else "guesses"


def _remaining(folder: Path, accepted: int) -> int:
    left = len(open_guesses(folder))
    print(f"{accepted} {_guesses(accepted)} accepted, {left} left; nothing else in study.yaml was changed")
    if not left:
        print(f"Next:     topline run {shlex.quote(str(folder))}")
    return FINDINGS if left else FINE


def _print_identities(started: Started) -> None:
    kinds: dict[str, int] = {}
    for what in started.identities.values():
        kinds[what] = kinds.get(what, 0) + 1
    if kinds:
        words = ", ".join(f"{what} ({n})" if n > 1 else what for what, n in kinds.items())
        print(f"never read, for these columns look like: {words}")


def _print_unused(started: Started) -> None:
    if started.unused:
        names = ", ".join(shown(name) for name in started.unused)
        print(printable(f"not recognised, and not used ({len(started.unused)}): {names}"))
        print("    to use one: name it under records.domains.DM.columns (SMOKER: its heading), and then SMOKER where it is wanted, such as")
        print("    among the variables of the baseline analysis; docs/protocol.md says what a variable may be called")


def _print_guess(guess: Guess) -> None:
    print(printable(f"  {guess.id}: {guess.guess}"))
    if guess.evidence:
        print(printable(f"      evidence: {guess.evidence}"))
    for other in guess.alternatives:
        print(printable(f"      or: {other}"))


def _print_findings(findings: Sequence[Finding]) -> None:
    serious = [item for item in findings if item.severity in ("error", "warning")]
    if not serious:
        print("\nThe records can be read so; nothing in them stands out.")
        return
    errors = sum(item.severity == "error" for item in serious)
    found = f"{counted(errors, 'error')} and {counted(len(serious) - errors, 'warning')}"
    print(f"\nRead so, the records have {found} (after accepting: topline check):")
    for item in sorted(serious, key=lambda item: item.severity)[:_SHOWN]:
        print(f"  {replace(item, value=None, subject=None)}")
    if len(serious) > _SHOWN:
        print(f"  … and {len(serious) - _SHOWN} more")
