"""Baseline table: who the patients are, described and not tested."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from topline.analyze.context import Context, Group, estimate, number, row
from topline.analyze.results import Result
from topline.stats import standardised_difference
from topline.study.analyses import BaselineAnalysis, BaselineVariable
from topline.study.problems import Finding, InputError

MISSING = "Missing"
QUARTILES = {"name": "descriptive", "quantile": "linear interpolation (R type 7)", "sd": "n − 1"}


def analyse_baseline(analysis: BaselineAnalysis, context: Context) -> list[Result]:
    """Return n, mean, SD, quartiles and range, or counts and percentages, of each variable in each group and in all patients.

    Percentages are of the patients with a value; missing ones are counted. With two groups the standardised difference is added.
    """
    groups = context.groups(analysis)
    shown = groups if len(groups) == 1 else [*groups, context.everybody(analysis)]
    rows: list[Result] = [row(analysis, group, "n", group.n) for group in shown]
    for variable in analysis.variables:
        if variable.variable not in context.datasets.adsl.columns:
            raise InputError(
                [
                    Finding(
                        "PRO-0028", "error", f"{analysis.id} describes {variable.variable}, which isn't in ADSL", column=variable.variable
                    )
                ]
            )
        for group in shown:
            rows += (
                _continuous(analysis, variable, group)
                if variable.type == "continuous"
                else _categorical(analysis, variable, group, context)
            )
        if len(groups) == 2:
            rows.append(_difference(analysis, variable, groups, context))
    return rows


def _name(variable: BaselineVariable) -> str:
    return variable.label or variable.variable


def _continuous(analysis: BaselineAnalysis, variable: BaselineVariable, group: Group) -> Iterator[Result]:
    values = group.subjects[variable.variable].cast(pl.Float64, strict=False).drop_nulls().to_numpy()
    yield row(analysis, group, "n", len(values), variable=_name(variable))
    if len(values) < group.n:
        yield row(analysis, group, "count", group.n - len(values), variable=_name(variable), level=MISSING)
    statistics = summary(values)
    for statistic, value in statistics.items():
        missing = value is None
        yield row(
            analysis,
            group,
            statistic,
            value,
            variable=_name(variable),
            unit=variable.unit,
            n=len(values),
            method=QUARTILES,
            status="not_estimable" if missing else "ok",
            warnings=(f"not estimable from {len(values)} values",) if missing else (),
        )


def summary(values: np.ndarray) -> dict[str, float | None]:
    """Mean, SD, median, quartiles and range; None where there are too few values."""
    if len(values) == 0:
        return dict.fromkeys(("mean", "sd", "median", "q1", "q3", "min", "max"))
    q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    return {
        "mean": number(values.mean()),
        "sd": number(values.std(ddof=1)) if len(values) > 1 else None,
        "median": number(median),
        "q1": number(q1),
        "q3": number(q3),
        "min": number(values.min()),
        "max": number(values.max()),
    }


def levels_of(variable: BaselineVariable, values: pl.Series) -> dict[str, str]:
    """Value → printed label: as the protocol lists them, then any others found, in order."""
    listed = {str(value): label for value, label in (variable.levels or {}).items()}
    found = values.cast(pl.String).drop_nulls().unique().sort().to_list()
    return listed | {value: value for value in found if value not in listed}


def _categorical(analysis: BaselineAnalysis, variable: BaselineVariable, group: Group, context: Context) -> Iterator[Result]:
    values = group.subjects[variable.variable].cast(pl.String)
    known = int(values.is_not_null().sum())
    for value, label in levels_of(variable, context.patients(analysis)[variable.variable]).items():
        members = group.subjects.filter(values == value)
        fields = {"variable": _name(variable), "level": label, "n": known, "subject_set": context.sets.ordinal(members["USUBJID"])}
        yield row(analysis, group, "count", members.height, unit="patients", **fields)
        if known:
            yield row(analysis, group, "percent", 100 * members.height / known, unit="%", **fields)
    if known < group.n:
        yield row(analysis, group, "count", group.n - known, variable=_name(variable), level=MISSING, unit="patients")


def _difference(analysis: BaselineAnalysis, variable: BaselineVariable, groups: list[Group], context: Context) -> Result:
    """Standardised difference, first group minus second; for categories the form without a sign (Yang and Dalton 2012)."""
    first, second = (group.subjects[variable.variable] for group in groups)
    kind: pl.DataType | type[pl.DataType] = pl.Float64 if variable.type == "continuous" else pl.String
    x, y = (values.cast(kind, strict=False).drop_nulls().to_numpy() for values in (first, second))
    fields = {
        "variable": _name(variable),
        "reference_group": groups[1].label,
        "method": {"name": f"standardised difference, {variable.type}"},
    }
    if min(len(x), len(y)) < 2:
        return row(analysis, groups[0], "smd", None, status="not_estimable", warnings=("fewer than two values in a group",), **fields)
    difference = standardised_difference(x, y, kind=variable.type, conf_level=context.conf_level)
    return row(analysis, groups[0], "smd", **(estimate(difference) | fields))
