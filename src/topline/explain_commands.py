"""What `topline explain` does: tell one patient's story on the terminal, or in a file that is none of the results."""

from __future__ import annotations

import json
from pathlib import Path

from topline.api import load_study
from topline.study.problems import Finding, InputError, printable

FINE = 0
_OF_RESULTS = ("results.json", "report.html")


def explain_patient(path: str, subject: str, *, endpoint: str | None, as_json: bool, out: str | None) -> int:
    """Print a patient's story, or write it to a file; return the exit status."""
    study = load_study(path)
    target = Path(out) if out is not None else None
    if target is not None:
        _refuse_target(study.folder, target)
    story = study.explain(subject, endpoint)
    text = json.dumps(story.to_dict(), ensure_ascii=False, indent=1) + "\n" if as_json else str(story)
    if target is None:
        print(printable(text), end="")
        return FINE
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError([Finding("EXP-0004", "error", f"can't be written: {reason}", str(target), todo="name another file")]) from None
    print(f"Story:    {target}  (one patient's data: keep it where it may be)")
    return FINE


def _refuse_target(study: Path, target: Path) -> None:
    """Refuse a place among the results, which are shared, and one that would overwrite the study."""
    place = target.resolve()
    results = (study / "results").resolve()
    message = None
    if results in place.parents or any((parent / name).is_file() for parent in place.parents for name in _OF_RESULTS):
        message = "lies in a results folder, which may be shared; one patient's data don't go there"
    elif place.is_dir():
        message = "is a folder"
    elif study.resolve() in place.parents and place.exists():
        message = "is a file of the study already"
    if message is not None:
        raise InputError([Finding("EXP-0003", "error", message, str(target), todo="name another file with --out")])
