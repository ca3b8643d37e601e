"""Which records there are, in which files, and how their columns, codes and units map to the names used here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from topline.study.model import Strict

DOMAINS = ("DM", "EX", "TU", "TR", "RS", "AE", "LB", "DS", "CM", "PR", "SS")
DomainName = Literal["DM", "EX", "TU", "TR", "RS", "AE", "LB", "DS", "CM", "PR", "SS"]
SUFFIX = {
    "csv": ".csv",
    "parquet": ".parquet",
    "excel": ".xlsx",
    "xpt": ".xpt",
    "sas7bdat": ".sas7bdat",
    "spss": ".sav",
    "stata": ".dta",
}
DateForm = Literal["ymd", "chinese", "dmy", "mdy", "month_name", "excel_serial"]


class DateSpec(Strict):
    """How the dates of a column are written, beside 2024-12-31, which is always read.

    Forms: ``ymd`` 2024/5/1, 20240501, 2024/5 · ``chinese`` 2024年5月1日 · ``dmy`` 1/5/2024 · ``mdy`` 5/1/2024 ·
    ``month_name`` 1-May-2024, May 1, 2024 · ``excel_serial`` 45413, the day number that Excel shows in a cell without date format.
    """

    forms: tuple[DateForm, ...] = ()
    missing_day: int | None = Field(
        default=None,
        ge=1,
        le=28,
        description="Day given to a date that has none (15 is mid-month); unless stated, it isn't used.",
    )

    @model_validator(mode="after")
    def _one_order(self) -> DateSpec:
        if {"dmy", "mdy"} <= set(self.forms):
            raise ValueError("a column can't be both dmy and mdy: 1/5/2024 would be two days")
        return self


class DomainSpec(Strict):
    """One domain: its file and how its columns are called there."""

    file: str | None = Field(default=None, description="File inside the records folder; dm.csv for DM and so on unless stated.")
    sheet: str | None = Field(default=None, description="Sheet of an Excel file; the first unless stated.")
    header_row: int = Field(default=1, ge=1, description="Row of an Excel or CSV file that holds the columns' names.")
    last_row: int | None = Field(default=None, ge=2, description="Last row that is read; totals and notes below it are not.")
    subject_from: Literal["column", "row"] = Field(
        default="column", description="`row`: the row of the file stands for USUBJID, in a sheet without a patient number that may be used."
    )
    columns: dict[str, str] | None = Field(
        default=None,
        description="Variable → column in the file. When given, no other column is read; when left out, names are taken as they are.",
    )
    values: dict[str, dict[str, str]] = Field(
        default={}, description="Variable → {value in the file → value used here}; a value not listed stays as it is."
    )
    fill_down: tuple[str, ...] = Field(
        default=(), description="Variables whose empty cells repeat the value above, such as cells merged in a sheet."
    )
    units: dict[str, dict[str, float]] = Field(
        default={}, description="Variable → {unit written behind the number in the cells → factor}, such as {TSIZE: {mm: 1, cm: 10}}."
    )
    dates: dict[str, DateSpec] = Field(default={}, description="Date variable → how its dates are written, where not as 2024-12-31.")

    @field_validator("values", mode="before")
    @classmethod
    def _text_keys(cls, values: object) -> object:
        if isinstance(values, dict):
            return {
                name: {str(k): str(v) for k, v in codes.items()} if isinstance(codes, dict) else codes for name, codes in values.items()
            }
        return values

    also: tuple[DomainSpec, ...] = Field(
        default=(), description="Further sheets with one row a patient, joined by USUBJID; each maps its columns, USUBJID among them."
    )

    @model_validator(mode="after")
    def _joined_by_subject(self) -> DomainSpec:
        for sheet in self.also:
            if sheet.also or sheet.columns is None or "USUBJID" not in sheet.columns or sheet.subject_from == "row":
                raise ValueError("a sheet under 'also' maps its columns, USUBJID among them, and has no further sheets")
            if twice := sorted((set(sheet.columns) & set(self.columns or {})) - {"USUBJID"}):
                raise ValueError(f"{twice[0]} is mapped in two sheets")
        return self

    @model_validator(mode="after")
    def _variables_are_mapped(self) -> DomainSpec:
        for name in (*self.fill_down, *self.units, *self.dates):
            if self.columns is not None and name not in self.columns:
                raise ValueError(f"{name} is described but not mapped under 'columns'")
        return self


class LabUnit(Strict):
    """The unit a laboratory test is analysed in, and the factors that bring other units to it."""

    unit: str
    convert: dict[str, float] = Field(default={}, description="Other unit → factor by which its value is multiplied.")


class RecordsSpec(Strict):
    """The records folder: format, timing and domains."""

    folder: str = "records"
    format: Literal["csv", "parquet", "excel", "xpt", "sas7bdat", "spss", "stata"] = "csv"
    encoding: str = Field(default="utf-8", description="Encoding of text files, such as utf-8 or gb18030.")
    timing: Literal["dates", "study_days"] = Field(
        default="dates",
        description="`study_days`: records hold study days (TRDY, EXSTDY …; day 1 = time origin) and no dates.",
    )
    domains: dict[DomainName, DomainSpec | None] = Field(min_length=1, description="The domains that the study has.")
    lab_units: dict[str, LabUnit] = Field(default={}, description="LBTESTCD → unit of analysis and conversions.")

    @field_validator("domains")
    @classmethod
    def _needs_subjects(cls, domains: dict[DomainName, DomainSpec | None]) -> dict[DomainName, DomainSpec | None]:
        if "DM" not in domains:
            raise ValueError("the DM domain (one row a patient) is required")
        return domains

    def spec(self, domain: DomainName) -> DomainSpec:
        """The specification of a domain, with defaults."""
        return self.domains[domain] or DomainSpec()

    def file_of(self, domain: DomainName) -> str:
        """Name of a domain's file inside the records folder."""
        return self.spec(domain).file or domain.lower() + SUFFIX[self.format]
