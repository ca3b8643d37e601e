"""What every analysis needs: its patients, its groups, and a place where the sets of patients behind the numbers are kept."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from topline.analyze.results import Result, Status
from topline.derive.datasets import Datasets
from topline.stats import Estimate
from topline.study.analyses import Analysis
from topline.study.problems import Finding, InputError
from topline.study.protocol import Protocol


class SubjectSets:
    """Sets of patients, each kept once; a result refers to its set by an ordinal."""

    def __init__(self) -> None:
        self._ordinals: dict[tuple[str, ...], int] = {}

    def ordinal(self, subjects: Iterable[str]) -> int:
        """Return the ordinal of a set of subject ids, in the order in which sets were first asked for."""
        key = tuple(sorted(subjects))
        return self._ordinals.setdefault(key, len(self._ordinals))

    def members(self) -> tuple[tuple[str, ...], ...]:
        """Return the members of every set, by ordinal."""
        return tuple(self._ordinals)


@dataclass(frozen=True)
class Group:
    """One group of an analysis: its printed label (None: all patients), its rows of ADSL, its ordinal in the subject sets."""

    label: str | None
    subjects: pl.DataFrame
    subject_set: int

    @property
    def n(self) -> int:
        """Patients in the group."""
        return self.subjects.height


@dataclass(frozen=True)
class Context:
    """Protocol, datasets and subject sets of a run."""

    protocol: Protocol
    datasets: Datasets
    sets: SubjectSets = field(default_factory=SubjectSets)

    @property
    def months(self) -> float:
        """Days in a month."""
        return self.protocol.display.days_per_month

    @property
    def conf_level(self) -> float:
        """Level of all intervals."""
        return self.protocol.display.conf_level

    def patients(self, analysis: Analysis) -> pl.DataFrame:
        """Rows of ADSL in the population of the analysis."""
        return self.datasets.adsl.filter(pl.col(analysis.population + "FL") == "Y")

    def everybody(self, analysis: Analysis) -> Group:
        """Return all patients of the analysis, as one group."""
        return self.group(None, self.patients(analysis))

    def group(self, label: str | None, subjects: pl.DataFrame) -> Group:
        """Return patients as a group."""
        return Group(label, subjects, self.sets.ordinal(subjects["USUBJID"]))

    def groups(self, analysis: Analysis) -> list[Group]:
        """Return the groups of the analysis, the reference last; one group without label where there is nothing to compare.

        Raises
        ------
        InputError
            PRO-0028 when the grouping variable isn't in ADSL.
        """
        patients = self.patients(analysis)
        if analysis.by is not None:
            if analysis.by not in patients.columns:
                raise InputError(
                    [Finding("PRO-0028", "error", f"{analysis.id} groups by {analysis.by}, which isn't in ADSL", column=analysis.by)]
                )
            labels = sorted(patients[analysis.by].cast(pl.String).drop_nulls().unique().to_list())
            column, reference = analysis.by, analysis.reference
        elif self.protocol.groups is not None and len(self.protocol.groups.levels) > 1:
            labels = [level.label for level in self.protocol.groups.levels]
            column, reference = "TRT01P", self.protocol.groups.reference_label
        else:
            return [self.everybody(analysis)]
        if reference is not None and reference not in labels:
            labels.append(reference)
        labels.sort(key=lambda label: label == reference)
        return [self.group(label, patients.filter(pl.col(column).cast(pl.String) == label)) for label in labels]


def number(value: float) -> float | None:
    """Return a number that can be written to JSON: None for NaN and infinities."""
    return float(value) if math.isfinite(value) else None


def estimate(estimate: Estimate, *, missing: Status = "not_estimable", scale: float = 1.0) -> dict[str, Any]:
    """Return the fields of a result row that hold an estimate: value, limits, level, status and warnings.

    `missing` is the status of a value that is NaN; `scale` divides value and limits (30.4375 turns days into months).
    """
    value = number(estimate.value)
    lower, upper = number(estimate.lower), number(estimate.upper)
    return {
        "value": None if value is None else value / scale,
        "lower": None if lower is None else lower / scale,
        "upper": None if upper is None else upper / scale,
        "conf_level": estimate.conf_level,
        "status": "ok" if value is not None else missing,
        "warnings": tuple(estimate.warnings),
    }


def row(analysis: Analysis, of: Group | None, statistic: str, /, value: float | None = None, **fields: Any) -> Result:
    """Return a result row of an analysis, with the group's label, size and subject set filled in."""
    given: dict[str, Any] = {"analysis": analysis.id, "population": analysis.population, "statistic": statistic, "value": value}
    if of is not None:
        given |= {"group": of.label, "n": of.n, "subject_set": of.subject_set}
    return Result(**(given | fields))
