"""Which records there are, in which files, and how their columns, codes and units map to the names used here."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from topline.study.model import Strict

DOMAINS = ("DM", "EX", "TU", "TR", "RS", "AE", "LB", "DS", "CM", "PR", "SS")
DomainName = Literal["DM", "EX", "TU", "TR", "RS", "AE", "LB", "DS", "CM", "PR", "SS"]
SUFFIX = {"csv": ".csv", "parquet": ".parquet", "excel": ".xlsx"}


class DomainSpec(Strict):
    """One domain: its file and how its columns are called there."""

    file: str | None = Field(default=None, description="File inside the records folder; dm.csv for DM and so on unless stated.")
    sheet: str | None = Field(default=None, description="Sheet of an Excel file; the first unless stated.")
    columns: dict[str, str] | None = Field(
        default=None,
        description="Variable → column in the file. When given, no other column is read; when left out, names are taken as they are.",
    )
    values: dict[str, dict[str, str]] = Field(
        default={}, description="Variable → {value in the file → value used here}; a value not listed stays as it is."
    )

    @field_validator("values", mode="before")
    @classmethod
    def _text_keys(cls, values: object) -> object:
        if isinstance(values, dict):
            return {
                name: {str(k): str(v) for k, v in codes.items()} if isinstance(codes, dict) else codes for name, codes in values.items()
            }
        return values


class LabUnit(Strict):
    """The unit a laboratory test is analysed in, and the factors that bring other units to it."""

    unit: str
    convert: dict[str, float] = Field(default={}, description="Other unit → factor by which its value is multiplied.")


class RecordsSpec(Strict):
    """The records folder: format, timing and domains."""

    folder: str = "records"
    format: Literal["csv", "parquet", "excel"] = "csv"
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
