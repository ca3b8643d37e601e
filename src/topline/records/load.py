"""From files to records: every domain read, mapped, typed, dated and checked, with all findings in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from topline.records.checks import check_records, check_subject_id
from topline.records.date_forms import read_dates
from topline.records.dates import add_days
from topline.records.distinct import unless_unchanged
from topline.records.domains import CONTRACTS, DomainContract, study_day_name
from topline.records.headings import squash
from topline.records.joined import join_sheet
from topline.records.part import Part
from topline.records.read import ROW, locate, read_table
from topline.records.sheet_checks import check_sheet
from topline.records.units import take_units
from topline.study.ata import AtaResponse
from topline.study.info import DateSource
from topline.study.problems import Finding, InputError, Tally, as_missing
from topline.study.protocol import Protocol
from topline.study.records_spec import DomainName, DomainSpec


@dataclass(frozen=True)
class Records:
    """The records of a study, a frame a domain; dates as integer days (TRDT beside TRDTC)."""

    tables: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """File inside the study folder → SHA-256 of its bytes."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Domain → its file inside the study folder."""

    def __getitem__(self, domain: str) -> pl.DataFrame:
        """Return the records of a domain."""
        return self.tables[domain]

    def __contains__(self, domain: str) -> bool:
        """Tell whether the study has a domain."""
        return domain in self.tables

    def replace(self, tables: Mapping[str, pl.DataFrame], findings: tuple[Finding, ...] = ()) -> Records:
        """Return the same records with other tables and more findings."""
        return Records(tables, self.findings + findings, self.files, self.names)


def load_records(protocol: Protocol, study: Path, part: Part | None = None) -> Records:
    """Read the records that a protocol names: all of them, or those of the patients of a part (then without the files' hashes).

    Raises
    ------
    InputError
        With every error in every domain (REC-…), not just the first.
    """
    tables: dict[str, pl.DataFrame] = {}
    findings: list[Finding] = []
    files: dict[str, str] = {}
    names: dict[str, str] = {}
    for domain in protocol.records.domains:
        try:
            path, name = locate(study, protocol.records, domain)
            spec = protocol.records.spec(domain)
            table, short = read_table(path, name, protocol.records, spec, part)
            cut = part is not None and part.read_by(path, name, spec) is not None
            table, problems = _shape(table, CONTRACTS[domain], spec, protocol, name, None if cut else part)
            problems = [*short, *problems]
            if part is None:
                files[name] = file_hash(path)
            if domain == "DM":
                problems += check_subject_id(table, (spec.columns or {}).get("USUBJID", "USUBJID"), name)
            for further in spec.also:
                table, more = _further(table, further, domain, protocol, study, files, part)
                problems += more
        except InputError as error:
            findings += error.findings
            continue
        tables[domain], names[domain] = table, name
        findings += problems
    if not any(item.severity == "error" for item in findings):
        tables, problems = check_records(tables, names)
        findings += [*problems, *check_sheet(tables["DM"], protocol, names["DM"])]
    if any(item.severity == "error" for item in findings):
        raise InputError(findings)
    return Records(tables, tuple(findings), files, names)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _further(
    table: pl.DataFrame,
    spec: DomainSpec,
    domain: DomainName,
    protocol: Protocol,
    study: Path,
    files: dict[str, str],
    part: Part | None,
) -> tuple[pl.DataFrame, list[Finding]]:
    """Join a further sheet of a domain; it is in the same file unless it names another."""
    spec = spec if spec.file is not None else spec.model_copy(update={"file": protocol.records.file_of(domain)})
    records = protocol.records.model_copy(update={"domains": {**protocol.records.domains, domain: spec}})
    path, name = locate(study, records, domain)
    sheet, short = read_table(path, name, records, spec)
    other, findings = _shape(sheet, CONTRACTS[domain], spec, protocol, name, part)
    if part is None:
        files[name] = file_hash(path)
    table, problems = join_sheet(table, other, name)
    return table, [*short, *findings, *problems]


def _shape(
    table: pl.DataFrame, contract: DomainContract, spec: DomainSpec, protocol: Protocol, file: str, part: Part | None = None
) -> tuple[pl.DataFrame, list[Finding]]:
    table = _map_columns(table, spec, file)
    if part is not None and "USUBJID" in table.columns:
        table = table.filter(part.holds(pl.col("USUBJID").str.strip_chars().replace(spec.values.get("USUBJID", {}))))
    table, findings = _without_blanks(table, contract, file)
    for variable, codes in spec.values.items():
        if variable not in table.columns:
            raise InputError(
                [
                    Finding(
                        "REC-0006",
                        "error",
                        "values are mapped for a variable that isn't there",
                        file,
                        column=variable,
                        todo="correct the name",
                    )
                ]
            )
        coded = pl.col(variable).replace(codes)
        table = table.with_columns(pl.when(coded != "").then(coded).alias(variable))
    table, problems = take_units(table, spec.units, file)
    findings += problems
    table, problems = read_dates(table, spec.dates, file)
    findings += problems
    timing = protocol.records.timing
    needed = [study_day_name(name) if timing == "study_days" else name for name in contract.required]
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise InputError(
            [
                Finding(
                    "REC-0007",
                    "error",
                    f"the domain {contract.name} ({contract.label}) needs this column and the file doesn't have it",
                    file,
                    column=name,
                    todo=f"add it, or name the column that holds it under records.domains.{contract.name}.columns",
                )
                for name in missing
            ]
        )
    table, problems = _codes(table, contract, file)
    findings += problems
    table, problems = _numbers(table, contract, file)
    findings += problems
    table, problems = add_days(table, _date_variables(table, contract.name, protocol), timing, file)
    findings += problems
    table, problems = _without_inner_names(table, contract, file)
    findings += problems
    sequence = contract.name + "SEQ"
    number = (
        pl.col(sequence).cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
        if sequence in table.columns
        else pl.col(ROW).cast(pl.Int64) - 1
    )
    return table.with_columns(number.alias(sequence)), findings


_INNER = ("ORIGDT", "DTHDT", "TRTSDT", "TRTEDT", "LSTALVDT", "NEWTXDT", "AFTER", "OPEN", "CLOSE", "ROLE", "NODE", "LOC")
"""Variables that derivations bring to a domain from elsewhere; a column of that name would stand in for them."""
_DAYS_OF_SUBJECT = ("DTHDT", "RFICDT", "RFSTDT", "RFXSTDT", "RFXENDT", "RFENDT", "LASTFUDT")
"""Days that are made from DM's dates (DTHDTC and so on)."""


def _without_inner_names(table: pl.DataFrame, contract: DomainContract, file: str) -> tuple[pl.DataFrame, list[Finding]]:
    if contract.name == "DM":  # what is derived there is told apart in derive.subjects; a day that is text was not made from a date here
        found = [name for name in _DAYS_OF_SUBJECT if table.schema.get(name) == pl.String]
    else:
        found = [name for name in _INNER if name in table.columns]
    message = "has a name that derivations use themselves; the column is left out"
    return table.drop(found), [
        Finding("REC-0027", "warning", message, file, 1, name, todo="rename it, if a condition needs it") for name in found
    ]


def _map_columns(table: pl.DataFrame, spec: DomainSpec, file: str) -> pl.DataFrame:
    if spec.columns is None:
        names = {name: name.strip().upper() for name in table.columns if name != ROW}
        again = [name for name in names if list(names.values()).count(names[name]) > 1] if len(set(names.values())) < len(names) else []
        if again:
            raise InputError(
                [
                    Finding(
                        "REC-0005", "error", "the column is there twice, but for case or blanks", file, 1, name, todo="rename one of them"
                    )
                    for name in again
                ]
            )
        return table.rename(names)
    names = {squash(name): name for name in table.columns if name != ROW}
    problems = [
        Finding(
            "REC-0006",
            "error",
            f"{variable} is mapped to a column that isn't there",
            file,
            column=column,
            expected="one of " + ", ".join(names)[:400],
        )
        for variable, column in spec.columns.items()
        if squash(column) not in names
    ]
    if problems:
        raise InputError(problems)
    mapped = table.select(ROW, *(pl.col(names[squash(column)]).alias(variable) for variable, column in spec.columns.items()))
    if spec.subject_from == "row":
        mapped = mapped.with_columns(("R" + pl.col(ROW).cast(pl.String).str.zfill(5)).alias("USUBJID"))
    return mapped.with_columns(pl.col(variable).forward_fill() for variable in spec.fill_down)


def _without_blanks(table: pl.DataFrame, contract: DomainContract, file: str) -> tuple[pl.DataFrame, list[Finding]]:
    """Take outer blanks off every cell, and report those around subject ids and codes, one finding a column."""
    findings = []
    columns = [name for name, kind in table.schema.items() if kind == pl.String]
    given = {name: table[name] for name in columns}
    stripped = {name: unless_unchanged(column, lambda values: values.str.strip_chars()) for name, column in given.items()}
    for variable in ("USUBJID", *contract.codes):
        if variable not in columns or stripped[variable] is given[variable]:
            continue
        blank = table.select(ROW, variable).filter(given[variable] != stripped[variable])
        if blank.height:
            row, value = blank.row(0)
            tally = Tally.rows(
                blank.height, "{n} value has blanks around; read without them", "{n} values have blanks around; read without them"
            )
            todo = "take the blanks out of the file"
            findings.append(Finding("REC-0016", "warning", "", file, row, variable, value, todo=todo, tally=tally))
    return table.with_columns(stripped[name] for name in columns if stripped[name] is not given[name]), findings


def _codes(table: pl.DataFrame, contract: DomainContract, file: str) -> tuple[pl.DataFrame, list[Finding]]:
    findings = []
    for variable in contract.codes:
        if variable not in table.columns:
            continue
        upper = unless_unchanged(table[variable], lambda values: values.str.to_uppercase())
        if upper is table[variable] or (upper == table[variable]).all():
            continue
        codes = table[variable].unique().drop_nulls().str.to_uppercase()
        several = codes.filter(codes.is_duplicated())
        odd = table.select(ROW, variable, upper.alias("code")).filter((upper != table[variable]) & upper.is_in(several.implode()))
        if odd.height:
            row, value, code = odd.row(0)
            text = "a code is written in several ways: {n} %s not in capitals; read as if they were"
            tally = Tally.rows(odd.height, text % "value is", text % "values are")
            todo = "write each code in one way"
            findings.append(Finding("REC-0012", "warning", "", file, row, variable, value, code, todo, tally=tally))
        table = table.with_columns(upper.alias(variable))
    return table, findings


def _numbers(table: pl.DataFrame, contract: DomainContract, file: str) -> tuple[pl.DataFrame, list[Finding]]:
    findings = []
    for variable in contract.numbers:
        if variable not in table.columns:
            continue
        number = table[variable].cast(pl.Float64, strict=False)
        todo = as_missing(variable)
        bad = table.select(ROW, variable).filter(table[variable].is_not_null() & (number.is_null() | ~number.is_finite()))
        findings += [
            Finding("REC-0013", "error", "is not a number", file, row, variable, value, "a number, or an empty cell", todo)
            for row, value in bad.iter_rows()
        ]
        table = table.with_columns(number.alias(variable))
    return table, findings


def _date_variables(table: pl.DataFrame, domain: str, protocol: Protocol) -> list[str]:
    """Variables of the table that hold dates: all that end in DTC (or DY), and those that the protocol uses as dates."""
    ending = "DY" if protocol.records.timing == "study_days" else "DTC"
    found = [name[: -len(ending)] + "DTC" for name in table.columns if name.endswith(ending) and len(name) > len(ending)]
    for source in date_sources(protocol):
        if source.domain == domain and source.variable not in found:
            found.append(source.variable)
    return found


def date_sources(protocol: Protocol) -> list[DateSource]:
    """Every date source that the protocol names, and those that they come after."""
    rules = [rule for item in protocol.endpoints for rule in (*getattr(item, "events", ()), *getattr(item, "censoring", ()))]
    sources = [protocol.study.origin, *(rule.source for rule in rules if isinstance(getattr(rule, "source", None), DateSource))]
    sources += [DateSource(domain=i.imaging.domain, variable=i.imaging.variable) for i in protocol.endpoints if isinstance(i, AtaResponse)]
    sources += [protocol.response.new_therapy] if protocol.response is not None and protocol.response.new_therapy is not None else []
    for source in sources:
        if source.after is not None:
            sources.append(source.after)
    return sources
