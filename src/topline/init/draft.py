"""The draft itself: what each chosen column becomes, which endpoints and analyses follow, and every guess that this takes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from topline.init.choose import choose_columns, repeated_ids
from topline.init.codes import Codes, ecog_codes, flag_codes, response_codes, sex_codes, stage_codes
from topline.init.dates import DateReading, order_of, read_column
from topline.init.groups import GroupGuess, groups_of_column, groups_of_drugs
from topline.init.tables import Column, Table, is_baseline
from topline.init.units import numbers_of
from topline.init.words import ROLES
from topline.init.yaml_lines import shown
from topline.study.guesses import Guess

LABELS = {role.variable: role.label for role in ROLES}
DATES = ("TRTSDTC", "PROGDTC", "DTHDTC", "LASTFUDTC")
MOST_CHARACTERISTICS = 12
MEANINGS = {
    "SEX": {"M": "male", "F": "female"},
    "DTHFL": {"Y": "dead", "N": "not dead"},
    "PROGFL": {"Y": "progression", "N": "no progression"},
}


@dataclass
class Draft:
    """A protocol in the making: the mapping of DM, and the guesses; `marks` says which guess a variable's lines rest on."""

    table: Table
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    units: dict[str, dict[str, float]] = field(default_factory=dict)
    dates: dict[str, tuple[tuple[str, ...], int | None]] = field(default_factory=dict)
    fill_down: list[str] = field(default_factory=list)
    subject_from_row: bool = False
    groups: GroupGuess | None = None
    response: bool = False
    progression_by_flag: bool = False
    characteristics: dict[str, tuple[str, str]] = field(default_factory=dict)
    guesses: list[Guess] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)

    def guess(self, name: str, text: str, *, source: str | None = None, evidence: str | None = None, other: tuple[str, ...] = ()) -> str:
        """Add a guess and return its id."""
        self.guesses.append(Guess(id=name, guess=text, source=source, evidence=evidence, alternatives=other, confirmed=False))
        return name

    def has(self, *variables: str) -> bool:
        """Tell whether all of these are mapped."""
        return all(name in self.columns for name in variables)


def draft_study(table: Table, others: list[Table]) -> Draft:
    """Draft a protocol from one sheet; the other sheets are named as not read."""
    draft = Draft(table)
    chosen = choose_columns(table)
    _layout(draft, others)
    _subject(draft, chosen)
    for variable in ("AGE", "PFSTIME", "OSTIME"):
        if variable in chosen:
            _number(draft, variable, chosen[variable])
    _dates(draft, chosen)
    _simple_codes(draft, chosen)
    _flags(draft, chosen)
    _groups(draft, chosen)
    _response(draft, chosen)
    _tests(draft)
    _characteristics(draft, {column.name for column in chosen.values()})
    return draft


def _map(draft: Draft, variable: str, column: Column, evidence: str, *, text: str | None = None, other: tuple[str, ...] = ()) -> None:
    draft.columns[variable] = column.name
    name = draft.guess(
        f"column-{variable.lower()}",
        text or f"{variable} ({LABELS[variable]}) is the column {shown(column.heading)}",
        source=column.name,
        evidence=evidence,
        other=(*other, f"another column: change {variable} under records.domains.DM.columns"),
    )
    draft.marks[variable] = name


def _filled(column: Column, draft: Draft) -> str:
    return f"{column.n} of {draft.table.rows} rows filled"


def _layout(draft: Draft, others: list[Table]) -> None:
    table = draft.table
    if others:
        names = ", ".join(shown(other.label) for other in others)
        evidence = f"{table.known} headings are known here, {max(other.known for other in others)} in the next best"
        draft.guess("sheet", f"only {shown(table.label)} is read; not read: {names}", evidence=evidence)
    if table.joined:
        sheets = ", ".join(shown(joined.table.label) for joined in table.joined)
        same = table.frame.height
        draft.guess(
            "joined-sheets",
            f"the rows of {sheets} belong to the patients of {shown(table.label)} with the same number",
            source=", ".join(joined.subject for joined in table.joined),
            evidence=", ".join(
                f"{joined.table.rows} rows (headings in row {joined.table.header_row}) for {same} patients" for joined in table.joined
            ),
        )
        draft.marks["also"] = "joined-sheets"
    if table.header_row > 1:
        draft.guess("header-row", f"the headings stand in row {table.header_row}", evidence=f"{table.known} of them are known words")
        draft.marks["header_row"] = "header-row"
    if table.last_row is not None:
        draft.guess("last-row", f"row {table.last_row} is the last patient", evidence="the rows below it look like totals or notes")
        draft.marks["last_row"] = "last-row"
    if table.encoding != "utf-8":
        draft.guess("encoding", f"the text is in the encoding {table.encoding}", evidence="it is not UTF-8, and readable so")
        draft.marks["encoding"] = "encoding"


def _subject(draft: Draft, chosen: dict[str, Column]) -> None:
    column = chosen.get("USUBJID")
    if column is not None:
        _map(
            draft,
            "USUBJID",
            column,
            f"filled in all {column.n} rows, no two alike, and not the shape of a name, identity card or telephone",
        )
        return
    draft.subject_from_row = True
    repeated = repeated_ids(draft.table)
    why = "no column is a patient number that may be used"
    if repeated is not None:
        doubled = sum(n for n in repeated.counts.values() if n > 1)
        blank = draft.table.rows - repeated.n
        why = f"{shown(repeated.heading)} can't be the patient number: {blank} rows have none, {doubled} rows share theirs"
    draft.guess("subject-id", "each row is one patient, and the row of the sheet is the subject id", evidence=why)
    draft.marks["subject_from"] = "subject-id"


def _number(draft: Draft, variable: str, column: Column) -> None:
    share, units = numbers_of(column)
    evidence = f"{_filled(column, draft)}, {100 * share:.0f}% of them numbers"
    if units:
        draft.units[variable] = units
        evidence += "; with the units " + ", ".join(sorted(units))
    _map(draft, variable, column, evidence)


def _dates(draft: Draft, chosen: dict[str, Column]) -> None:
    readings = {name: read_column(chosen[name]) for name in DATES if name in chosen}
    chinese = any("一" <= char <= "鿿" for column in draft.table.columns for char in column.name)
    order, why = order_of(readings.values(), chinese=chinese)
    for variable, reading in readings.items():
        column = chosen[variable]
        _map(draft, variable, column, f"{_filled(column, draft)}: {reading.evidence()}")
        _date_forms(draft, variable, reading, order)
    if any(reading.slashed for reading in readings.values()):
        which = {"dmy": "day/month/year", "mdy": "month/day/year"}
        other = "mdy" if order == "dmy" else "dmy"
        draft.guess(
            "date-order",
            f"dates such as 5/1/2024 are {which[order]}",
            source=", ".join(column.name for name, column in chosen.items() if name in readings and readings[name].slashed),
            evidence=why,
            other=(f"{which[other]}: write {other} in place of {order} under records.domains.DM.dates",),
        )
    if any(reading.partial for reading in readings.values()):
        draft.guess(
            "missing-day",
            "a date without its day is taken as the 15th of the month",
            evidence=", ".join(
                f"{shown(chosen[name].heading)}: {reading.partial}" for name, reading in readings.items() if reading.partial
            ),
            other=("another day: change missing_day", "not to be used: delete missing_day; such a row then counts as having no date"),
        )


def _date_forms(draft: Draft, variable: str, reading: DateReading, order: str) -> None:
    forms = reading.forms("dmy" if order == "dmy" else "mdy")
    if forms or reading.partial:
        draft.dates[variable] = (forms, 15 if reading.partial else None)
    if reading.words:
        draft.values[variable] = dict.fromkeys(sorted(reading.words), "")


def _simple_codes(draft: Draft, chosen: dict[str, Column]) -> None:
    for variable, read in (("SEX", sex_codes), ("ECOG", ecog_codes), ("STAGE", stage_codes)):
        if variable in chosen:
            _codes(draft, variable, chosen[variable], read(chosen[variable]))


def _codes(draft: Draft, variable: str, column: Column, codes: Codes) -> None:
    changed = {text: code for text, code in sorted(codes.values.items()) if text != code}
    if changed:
        draft.values[variable] = changed
    words = MEANINGS.get(variable, {})
    direction = "; ".join(f"{shown(text, 30)} = {words.get(code, code) or 'unknown'}" for text, code in changed.items())
    place = f"under records.domains.DM.values.{variable}"
    if not codes.unclear:
        text = f"{variable} ({LABELS[variable]}) is the column {shown(column.heading)}" + (f", where {direction}" if changed else "")
        other = (f"another meaning: correct the codes {place}",) if changed else ()
        _map(draft, variable, column, f"{_filled(column, draft)}; {codes.why}", text=text, other=other)
        return
    _map(draft, variable, column, _filled(column, draft))
    draft.guess(
        f"codes-{variable.lower()}",
        f"UNCLEAR: in {shown(column.heading)}, {direction}",
        source=column.name,
        evidence=codes.why,
        other=(f"the other way round: exchange the codes {place}",),
    )


def _flags(draft: Draft, chosen: dict[str, Column]) -> None:
    for variable, date in (("PROGFL", "PROGDTC"), ("DTHFL", "DTHDTC")):
        if variable not in chosen:
            continue
        column = chosen[variable]
        beside = chosen.get(date)
        codes = flag_codes(column, variable, draft.table.frame, beside.name if beside is not None else None)
        if codes.fine:
            _codes(draft, variable, column, codes)
    if draft.has("PROGFL", "PROGDTC"):
        flag, date_column = chosen["PROGFL"], chosen["PROGDTC"]
        meaning = draft.values.get("PROGFL", {})
        frame = draft.table.frame.select(flag.name, date_column.name)
        without = [row for row in frame.iter_rows() if meaning.get(str(row[0]), str(row[0]).upper()) == "N"]
        dated = sum(row[1] is not None and row[1] not in draft.values.get("PROGDTC", {}) for row in without)
        draft.progression_by_flag = bool(without) and dated > 0.5 * len(without)


def _groups(draft: Draft, chosen: dict[str, Column]) -> None:
    if "ARM" in chosen:
        column = _filled_down(draft, chosen["ARM"])
        groups = groups_of_column(column)
        if groups is not None:
            _map(draft, "ARM", column, groups.evidence, text=f"the treatment groups are the column {shown(column.heading)}")
    elif "REGIMEN" in chosen:
        column = chosen["REGIMEN"]
        groups = groups_of_drugs(column)
        if groups is not None:
            text = f"the treatment groups are the kinds of drugs in {shown(column.heading)}"
            other = (
                "drugs by name and window: see treatment_modes in docs/protocol.md",
                "no groups: delete `groups` and each `comparison`",
            )
            _map(draft, "ARM", column, groups.evidence, text=text, other=other)
    else:
        return
    if groups is None:
        return
    draft.groups = groups
    changed = {text: name for text, name in sorted(groups.values.items()) if text != name}
    if changed:
        draft.values["ARM"] = changed
    if len(groups.labels) > 1:
        place = "another group: change groups.reference"
        text = f"the reference group is {shown(groups.labels[groups.reference])}"
        draft.guess("reference-group", text, evidence=groups.reference_why, other=(place,))
        draft.marks["reference"] = "reference-group"


def _filled_down(draft: Draft, column: Column) -> Column:
    """The column with merged cells filled, where it looks as if they were merged."""
    cells = draft.table.frame[column.name]
    if not (cells.len() and cells[0] is not None and column.n < 0.5 * cells.len() and column.n == len(column.counts)):
        return column
    draft.fill_down.append("ARM")
    name = f"empty cells of {shown(column.heading)} repeat the value above them"
    draft.guess("merged-cells", name, source=column.name, evidence=f"{column.n} of {cells.len()} cells are filled, the first among them")
    draft.marks["fill_down"] = "merged-cells"
    return Column(column.name, column.heading, dict(Counter(cells.forward_fill().drop_nulls().to_list())), None, column.labels)


def _response(draft: Draft, chosen: dict[str, Column]) -> None:
    if "BESTRESP" not in chosen:
        return
    column = chosen["BESTRESP"]
    codes = response_codes(column)
    _codes(draft, "BESTRESP", column, codes)
    draft.response = True
    draft.guess(
        "response",
        "best response is taken as it was recorded; a patient without one is not evaluable and counts as a non-responder",
        source=column.name,
        evidence=f"{draft.table.rows - column.n} patients have none",
    )
    draft.marks["response"] = "response"


def _tests(draft: Draft) -> None:
    """The tests that the draft really names: of times to event, of response, or of neither."""
    if draft.groups is None or len(draft.groups.labels) < 2:
        return
    timed = draft.has("TRTSDTC") and (draft.has("PROGDTC") or draft.has("DTHDTC") or draft.has("DTHFL", "LASTFUDTC"))
    tests = ["the log-rank test and Cox model"] if timed or draft.has("PFSTIME", "PROGFL") or draft.has("OSTIME", "DTHFL") else []
    tests += ["Fisher's exact test of response"] if draft.response else []
    if tests:
        draft.guess("tests", f"groups are compared by {', and by '.join(tests)}")
        draft.marks["tests"] = "tests"


def _characteristics(draft: Draft, used: set[str]) -> None:
    rows = draft.table.rows
    for place, column in enumerate(draft.table.columns, start=1):
        if len(draft.characteristics) >= MOST_CHARACTERISTICS or place > 999:
            break
        if column.name in used or not is_baseline(column) or column.n < 0.5 * rows:
            continue
        kind = _kind(column, rows)
        if kind is not None:
            draft.characteristics[f"COL{place:03d}"] = (column.name, kind)
    if not draft.characteristics:
        return
    for variable, (name, _) in draft.characteristics.items():
        draft.columns[variable] = name
        draft.marks[variable] = "characteristics"
    for variable, (name, kind) in draft.characteristics.items():
        units = numbers_of(next(column for column in draft.table.columns if column.name == name))[1] if kind == "continuous" else {}
        if units:
            draft.units[variable] = units
    names = ", ".join(shown(name) for name, _ in draft.characteristics.values())
    draft.guess(
        "characteristics",
        f"these columns describe the patients at baseline: {names}",
        evidence="few different values, or numbers, and no heading of an outcome",
        other=("delete the lines of a column that was recorded later, or that doesn't matter",),
    )


def _kind(column: Column, rows: int) -> str | None:
    share, _ = numbers_of(column)
    if len(column.counts) > 8 and share >= 0.9 and not re.search(r"号|编码|no$|code", column.heading.lower()):
        return "continuous" if read_column(column).readable < 0.3 * column.n else None
    few = 2 <= len(column.counts) <= min(8, max(2, rows // 5)) and max(map(len, column.counts)) <= 30 and min(column.counts.values()) > 1
    return "categorical" if few else None
