"""The command line: `topline run`, `check`, `explain`, `init`, `audit`, `schema`. Thin: it reads words, calls the façade and prints."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from topline.study.problems import InputError

FINE, FINDINGS, UNUSABLE, BUG = 0, 1, 2, 3
"""Exit statuses: fine; it ran and there are findings; the input can't be used; an internal error."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(UNUSABLE, f"{self.prog}: {message}\n")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; importing nothing heavy, so that --help answers at once."""
    from topline import __version__

    parser = _Parser(
        prog="topline",
        description="From the patient-level records of an oncology study to its results.",
        epilog="example: topline run examples/dtc-phase2",
    )
    parser.add_argument("--version", action="version", version=f"topline {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    run = commands.add_parser(
        "run",
        help="run a study: records in, results, tables, figures and report out",
        description="Run a study folder (study.yaml and its records) and write STUDY/results.",
        epilog="example: topline run examples/dtc-phase2 --against examples/dtc-phase2/claims.yaml",
    )
    run.add_argument("study", metavar="STUDY", help="folder that holds study.yaml")
    run.add_argument("--out", metavar="DIR", help="write here instead of STUDY/results")
    run.add_argument("--cutoff", metavar="DATE", help="another data cut-off of the same records, as 2024-12-31")
    run.add_argument("--against", metavar="FILE", help="compare with the printed results in a claims.yaml")
    run.add_argument("--strict", action="store_true", help="refuse to run when there are warnings")
    run.add_argument("--quiet", action="store_true", help="print nothing but errors")
    run.add_argument("--json", action="store_true", help="print the headline, findings and paths as JSON")
    run.set_defaults(command=_run)

    check = commands.add_parser(
        "check",
        help="are protocol and records sound?",
        description="Check the protocol and the records of a study and list every finding; writes nothing.",
        epilog="example: topline check examples/dtc-phase2",
    )
    check.add_argument("study", metavar="STUDY", help="folder that holds study.yaml")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.set_defaults(command=_check)

    explain = commands.add_parser(
        "explain",
        help="tell one patient's story: every value, rule and reason behind the endpoints",
        description="Print one patient's story: who, treatment, every tumour assessment and why, and for each endpoint which rule decided "
        "on which records. It holds a patient's data: it goes to the terminal, or to the file that you name.",
        epilog="example: topline explain examples/dtc-phase2 --subject DTC-005 --endpoint PFS",
    )
    explain.add_argument("study", metavar="STUDY", help="folder that holds study.yaml")
    explain.add_argument("--subject", metavar="ID", required=True, help="the patient's USUBJID, as the records write it")
    explain.add_argument("--endpoint", metavar="CODE", help="only what this endpoint rests on, such as PFS")
    explain.add_argument("--json", action="store_true", help="as JSON")
    explain.add_argument("--out", metavar="FILE", help="write to this file, outside the results folder, instead of the terminal")
    explain.set_defaults(command=_explain)

    init = commands.add_parser(
        "init",
        help="start a study from a sheet: draft study.yaml, every guess marked",
        description="Draft a study folder from a sheet with one row a patient (Excel, CSV, SAS, SPSS, Stata). Every guess is marked, and "
        "`run` waits until each is confirmed: correct what is wrong in study.yaml, then accept.",
        epilog="example: topline init patients.xlsx, then topline init --accept patients",
    )
    init.add_argument("files", metavar="FILE", nargs="*", help="the sheet, or several; after --accept: ids of guesses (all unless given)")
    init.add_argument("--out", metavar="DIR", help="the study folder to make; named after the sheet unless given")
    init.add_argument("--accept", metavar="STUDY", help="list the guesses of a study folder and confirm them")
    init.add_argument("--list", action="store_true", help="with --accept: only list the guesses")
    init.add_argument("--yes", action="store_true", help="with --accept: don't ask on a terminal")
    init.set_defaults(command=_init)

    from topline.audit.command import add_arguments

    audit = commands.add_parser(
        "audit",
        help="does a paper add up? every reported number checked",
        description="Find every number a paper reports and check it, alone and against the others; worst first. No network is used.",
        epilog="example: topline audit paper.txt --html paper.html",
    )
    add_arguments(audit)
    audit.set_defaults(command=_audit)

    schema = commands.add_parser(
        "schema",
        help="print the JSON Schema of study.yaml",
        description="Print the JSON Schema of study.yaml, so that editors complete and check it.",
        epilog="example: topline schema > study.schema.json",
    )
    schema.set_defaults(command=_schema)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    _utf8()
    arguments = build_parser().parse_args(argv)
    from topline.study.problems import InputError

    try:
        with _orderly_exit():
            return int(arguments.command(arguments))
    except InputError as error:
        _print_findings(error)
        return UNUSABLE
    except KeyboardInterrupt as error:
        print("stopped; nothing was written", file=sys.stderr)
        return 143 if isinstance(error, _TerminatedError) else 130
    except BrokenPipeError:
        sys.stderr.close()
        return FINE
    except Exception as error:  # the last resort: say that it is a bug, and nothing of the data
        _print_bug(error)
        return BUG


class _TerminatedError(KeyboardInterrupt):
    """The system asked the program to end."""


@contextmanager
def _orderly_exit() -> Iterator[None]:
    """On SIGTERM, remove what was begun before ending, as on Ctrl-C."""

    def stop(*_: object) -> NoReturn:
        raise _TerminatedError

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _run(arguments: argparse.Namespace) -> int:
    from topline.commands import run_study

    return run_study(
        arguments.study,
        out=arguments.out,
        cutoff=arguments.cutoff,
        against=arguments.against,
        strict=arguments.strict,
        quiet=arguments.quiet,
        as_json=arguments.json,
    )


def _check(arguments: argparse.Namespace) -> int:
    from topline.commands import check_study

    return check_study(arguments.study, as_json=arguments.json)


def _init(arguments: argparse.Namespace) -> int:
    from topline.init_commands import accept_study, start_from_sheet

    if arguments.accept is not None:
        return accept_study(arguments.accept, arguments.files, only_list=arguments.list, ask=not arguments.yes)
    return start_from_sheet(arguments.files, arguments.out)


def _explain(arguments: argparse.Namespace) -> int:
    from topline.explain_commands import explain_patient

    return explain_patient(arguments.study, arguments.subject, endpoint=arguments.endpoint, as_json=arguments.json, out=arguments.out)


def _audit(arguments: argparse.Namespace) -> int:
    from topline.audit.command import run
    from topline.report.audit_page import render

    return run(arguments, page=render)


def _schema(_: argparse.Namespace) -> int:
    from topline.commands import print_schema

    return print_schema()


def _print_findings(error: InputError) -> None:
    most = 50
    for finding in error.findings[:most]:
        print(finding, file=sys.stderr)
    if len(error.findings) > most:
        print(f"… and {len(error.findings) - most} more; `topline check` lists them all", file=sys.stderr)
    print("Nothing was written.", file=sys.stderr)


def _print_bug(error: Exception) -> None:
    """Name the place of an internal error, never its message: that could hold a patient's data."""
    place = "an unknown place"
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if str(name).startswith("topline"):
            place = f"{name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    print(
        f"internal error: {type(error).__name__} in {place}. This is a bug in topline, not in your study.\n"
        "Please report this line, the version (topline --version) and the command; send no patient data.",
        file=sys.stderr,
    )


if __name__ == "__main__":
    sys.exit(main())
