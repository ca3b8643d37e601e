"""A draft as the text of study.yaml: short lines, each with a comment that names the guess it rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from topline.init.draft import Draft
from topline.init.endpoints import endpoint_lines
from topline.init.tables import Table
from topline.init.yaml_lines import comment, quote
from topline.study.problems import Finding, InputError

_LABELS = {"AGE": "Age", "SEX": "Sex", "ECOG": "ECOG performance status", "STAGE": "Stage"}


def protocol_text(draft: Draft, names: Mapping[Path, str]) -> str:
    """Return study.yaml for a draft; `names` are those of the copied files in the records folder.

    Raises
    ------
    InputError
        INI-0004 when nothing was recognised that could be analysed.
    """
    endpoints, times = endpoint_lines(draft)
    analyses = _analyses(draft, times)
    if not analyses:
        raise InputError([_nothing(draft)])
    parts = [
        _study(draft, names[draft.table.path]),
        _records(draft, names),
        _population(draft),
        _groups(draft),
        ["response: {entry: recorded_best, best_variable: BESTRESP}  # guess: response"] if draft.response else [],
        ["endpoints:", *endpoints] if endpoints else [],
        ["analyses:", *analyses],
        _guesses(draft),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _nothing(draft: Draft) -> Finding:
    return Finding(
        "INI-0004",
        "error",
        "holds no column that could be analysed",
        file=draft.table.path.name,
        expected="headings such as 年龄, 性别, 治疗开始日期, 进展日期, 末次随访, 死亡日期, 最佳疗效 (or age, sex, start of treatment, …)",
        todo="name the columns so, or write study.yaml by hand: docs/protocol.md",
    )


def _mark(draft: Draft, *keys: str) -> str:
    marks = dict.fromkeys(draft.marks[key] for key in keys if key in draft.marks)
    return f"  # guess: {', '.join(marks)}" if marks else ""


def _study(draft: Draft, file: str) -> list[str]:
    stem = re.sub(r"\.[^.]*$", "", file)
    lines = [
        f"# A draft by `topline init` from {comment(file)}.",
        "# Each line that rests on a guess names it; the guesses stand at the end, each with its evidence and what else it could be.",
        "# `topline run` waits until all are confirmed: correct the lines that are wrong, then `topline init --accept` this folder.",
        "schema_version: 1",
        "",
        "study:",
        f"  id: {quote(stem[:60])}",
        f"  title: {quote(stem)}  # the report's title: write your own",
        "  design: cohort  # single_arm, cohort or randomised",
    ]
    if draft.has("TRTSDTC"):
        lines.append(f"  time_origin: {{domain: DM, variable: TRTSDTC}}{_mark(draft, 'TRTSDTC')}")
    return lines


def _records(draft: Draft, names: Mapping[Path, str]) -> list[str]:
    table = draft.table
    lines = ["records:", "  folder: records"]
    if table.encoding != "utf-8":
        lines.append(f"  encoding: {table.encoding}{_mark(draft, 'encoding')}")
    elsewhere = {name for joined in table.joined for name in joined.names}
    own = {variable: column for variable, column in draft.columns.items() if column not in elsewhere}
    lines += ["  domains:", "    DM:  # one row a patient; only the columns named here are ever read"]
    lines += [" " * 6 + line for line in _sheet(draft, table, names[table.path], own)]
    if table.joined:
        lines.append(f"      also:{_mark(draft, 'also')}")
    for joined in table.joined:
        theirs = {"USUBJID": joined.subject} | {name: column for name, column in draft.columns.items() if column in joined.names}
        part = _sheet(draft, joined.table, names[joined.table.path], theirs)
        lines += [" " * 8 + ("- " if place == 0 else "  ") + line for place, line in enumerate(part)]
    return lines


def _sheet(draft: Draft, table: Table, file: str, columns: Mapping[str, str]) -> list[str]:
    """One sheet: where it is, its columns, and how their cells are read."""
    lines = [f"file: {quote(file)}"]
    if table.sheet is not None:
        lines.append(f"sheet: {quote(table.sheet)}")
    if table.header_row > 1:
        lines.append(f"header_row: {table.header_row}{_mark(draft, 'header_row')}")
    if table.last_row is not None:
        lines.append(f"last_row: {table.last_row}{_mark(draft, 'last_row')}")
    if draft.subject_from_row:
        lines.append(f"subject_from: row{_mark(draft, 'subject_from')}")
    lines.append("columns:")
    lines += [f"  {variable}: {quote(column)}{_mark(draft, variable)}" for variable, column in columns.items()]
    if filled := [name for name in draft.fill_down if name in columns]:
        lines.append(f"fill_down: [{', '.join(filled)}]{_mark(draft, 'fill_down')}")
    if values := {name: codes for name, codes in draft.values.items() if name in columns}:
        lines += ["values:", *_values(draft, values)]
    if units := {name: factors for name, factors in draft.units.items() if name in columns}:
        lines.append("units:")
        for variable, factors in units.items():
            fields = ", ".join(f"{quote(unit)}: {factor:g}" for unit, factor in factors.items())
            lines.append(f"  {variable}: {{{fields}}}{_mark(draft, variable)}")
    if dates := {name: spec for name, spec in draft.dates.items() if name in columns}:
        lines += ["dates:", *_dates(draft, dates)]
    return lines


def _values(draft: Draft, values: Mapping[str, Mapping[str, str]]) -> list[str]:
    lines = []
    known = {guess.id for guess in draft.guesses}
    for variable, codes in values.items():
        mark = f"codes-{variable.lower()}" if f"codes-{variable.lower()}" in known else draft.marks[variable]
        lines.append(f"  {variable}:  # guess: {mark}")
        lines += [f"    {quote(text)}: {quote(code)}" for text, code in codes.items()]
    return lines


def _dates(draft: Draft, dates: Mapping[str, tuple[tuple[str, ...], int | None]]) -> list[str]:
    lines = []
    for variable, (forms, day) in dates.items():
        fields = [f"forms: [{', '.join(forms)}]"] if forms else []
        fields += [f"missing_day: {day}"] if day is not None else []
        marks = [draft.marks[variable]]
        marks += ["date-order"] if {"dmy", "mdy"} & set(forms) else []
        marks += ["missing-day"] if day is not None else []
        lines.append(f"  {variable}: {{{', '.join(fields)}}}  # guess: {', '.join(marks)}")
    return lines


def _population(draft: Draft) -> list[str]:
    if not draft.has("TRTSDTC"):
        return ["populations:", "  - {id: ALL, label: All patients of the sheet}"]
    return [
        "populations:",
        "  - id: ALL",
        "    label: Patients with a start of treatment",
        "    rules:",
        f'      - {{label: No date of the start of treatment, include: "ORIGDT is not missing"}}{_mark(draft, "TRTSDTC")}',
    ]


def _groups(draft: Draft) -> list[str]:
    groups = draft.groups
    if groups is None:
        return []
    lines = [f"groups:{_mark(draft, 'ARM')}", "  variable: ARM", "  levels:"]
    lines += [f"    - {{value: {_always_quoted(value)}, label: {_always_quoted(label)}}}" for value, label in groups.labels.items()]
    if len(groups.labels) > 1:
        lines.append(f"  reference: {_always_quoted(groups.reference)}{_mark(draft, 'reference')}")
    return lines


def _always_quoted(text: str) -> str:
    plain = quote(text)
    return plain if plain.startswith('"') else f'"{plain}"'


def _analyses(draft: Draft, times: list[str]) -> list[str]:
    compared = draft.groups is not None and len(draft.groups.labels) > 1
    lines = _baseline(draft)
    if times:
        endpoint = "OS" if "OS" in times else times[-1]
        lines.append(f"  - {{id: follow_up, type: follow_up, title: Follow-up, population: ALL, endpoint: {endpoint}}}")
    if draft.response:
        test = ", comparison: {test: fisher}" if compared else ""
        lines.append(
            f"  - {{id: response, type: response, title: Response, population: ALL, endpoints: [ORR, DCR]{test}}}"
            + (_mark(draft, "tests") if compared else "")
        )
    for name in times:
        title = "Progression-free survival" if name == "PFS" else "Overall survival"
        test = ", comparison: {test: log_rank}" if compared else ""
        lines.append(
            f"  - {{id: {name.lower()}, type: time_to_event, title: {title}, population: ALL, endpoint: {name}, "
            f"landmarks_months: [6, 12, 24]{test}}}" + (_mark(draft, "tests") if compared else "")
        )
    return lines


def _baseline(draft: Draft) -> list[str]:
    rows = []
    for variable in ("AGE", "SEX", "ECOG", "STAGE"):
        if draft.has(variable):
            kind = "continuous, unit: years" if variable == "AGE" else "categorical"
            levels = ", levels: {F: Female, M: Male}" if variable == "SEX" else ""
            rows.append(f"      - {{variable: {variable}, label: {_LABELS[variable]}, type: {kind}{levels}}}{_mark(draft, variable)}")
    for variable, (name, kind) in draft.characteristics.items():
        rows.append(f"      - {{variable: {variable}, label: {_always_quoted(name)}, type: {kind}}}{_mark(draft, variable)}")
    if not rows:
        return []
    head = ["  - id: baseline", "    type: baseline", "    title: Characteristics at baseline", "    population: ALL", "    variables:"]
    return [*head, *rows]


def _guesses(draft: Draft) -> list[str]:
    lines = ["# Confirmed with `topline init --accept`, or here by hand.", "guesses:"]
    for guess in draft.guesses:
        lines += [f"  - id: {guess.id}", f"    guess: {_always_quoted(guess.guess)}"]
        lines += [f"    source: {_always_quoted(guess.source)}"] if guess.source else []
        lines += [f"    evidence: {_always_quoted(guess.evidence)}"] if guess.evidence else []
        if guess.alternatives:
            lines += ["    alternatives:", *(f"      - {_always_quoted(text)}" for text in guess.alternatives)]
        lines.append("    confirmed: false")
    return lines
