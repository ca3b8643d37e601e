"""Comparing groups in time to event: log-rank test, Cox models (unadjusted, stratified, adjusted), subgroups and interactions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from topline.analyze.context import Context, Group, number, row
from topline.analyze.results import Result
from topline.stats import CoxRegression, cox_regression, logrank_test, nested_models_test
from topline.study.analyses import Covariate, Subgroup, TimeToEventAnalysis, TimeToEventComparison
from topline.study.problems import Finding, InputError

_GROUP, _TIME, _CENSORED = "_COMPARED_GROUP", "_COMPARED_TIME", "_COMPARED_CENSORED"
"""Columns of the comparison, named so that no variable of the records can stand in for them."""


@dataclass(frozen=True)
class _Data:
    """Patients with a time, in the groups that are compared: one row each."""

    frame: pl.DataFrame
    groups: list[Group]

    @property
    def time(self) -> np.ndarray:
        return self.frame[_TIME].to_numpy()

    @property
    def event(self) -> np.ndarray:
        return np.asarray(self.frame[_CENSORED].to_numpy() == 0)

    @property
    def contrasts(self) -> np.ndarray:
        """A column a group but the reference (the last): 1 for its patients."""
        labels = self.frame[_GROUP].to_numpy()
        return np.column_stack([(labels == group.label).astype(float) for group in self.groups[:-1]])

    def where(self, keep: pl.Series) -> _Data:
        return _Data(self.frame.filter(keep), self.groups)


def compare(
    analysis: TimeToEventAnalysis,
    comparison: TimeToEventComparison,
    groups: list[Group],
    times: pl.DataFrame,
    context: Context,
    common: dict[str, Any],
) -> list[Result]:
    """Return the test and the models that the protocol names, each group against the reference."""
    if len(groups) < 2:
        return []
    inner = (_GROUP, _TIME, _CENSORED)
    members = pl.concat([group.subjects.drop(inner, strict=False).with_columns(pl.lit(group.label).alias(_GROUP)) for group in groups])
    outcome = times.select("USUBJID", pl.col("AVAL").alias(_TIME), pl.col("CNSR").alias(_CENSORED))
    data = _Data(members.join(outcome, on="USUBJID", how="inner").sort("USUBJID"), groups)
    _present(
        analysis, [*comparison.strata, *(item.variable for item in comparison.covariates), *(s.variable for s in analysis.subgroups)], data
    )
    rows = [_log_rank(analysis, data, (), context, common)]
    rows += _cox(analysis, data, (), (), "unadjusted", comparison, context, common)
    if comparison.strata:
        rows.append(_log_rank(analysis, data, comparison.strata, context, common))
        rows += _cox(analysis, data, comparison.strata, (), "stratified", comparison, context, common)
    if comparison.covariates:
        rows += _cox(analysis, data, comparison.strata, comparison.covariates, "adjusted", comparison, context, common)
    for subgroup in analysis.subgroups:
        rows += _subgroup(analysis, data, subgroup, comparison, context, common)
    return rows


def _present(analysis: TimeToEventAnalysis, variables: list[str], data: _Data) -> None:
    absent = [name for name in variables if name not in data.frame.columns]
    if absent:
        raise InputError(
            [Finding("PRO-0028", "error", f"{analysis.id} uses {name}, which isn't in ADSL", column=name) for name in dict.fromkeys(absent)]
        )


def _not_estimable(why: str) -> dict[str, Any]:
    return {"status": "not_estimable", "warnings": (why,)}


def _problem(data: _Data) -> str | None:
    sizes = [int((data.frame[_GROUP] == group.label).sum()) for group in data.groups]
    if min(sizes) == 0:
        return "a group has no patient with a time"
    return "no events in any group" if not data.event.any() else None


def _strata(data: _Data, strata: tuple[str, ...]) -> np.ndarray | None:
    if not strata:
        return None
    return data.frame.select(pl.concat_str([pl.col(name).cast(pl.String).fill_null("?") for name in strata], separator="\x1f"))[
        :, 0
    ].to_numpy()


def _sizes(data: _Data) -> dict[str, Any]:
    return {"n": data.frame.height, "events": int(data.event.sum())}


def _log_rank(analysis: TimeToEventAnalysis, data: _Data, strata: tuple[str, ...], context: Context, common: dict[str, Any]) -> Result:
    method = {"name": "log-rank", "variance": "hypergeometric", "sided": "two-sided", "strata": list(strata)}
    fields = common | _sizes(data) | {"method": method, "reference_group": data.groups[-1].label}
    fields |= {"group": data.groups[0].label if len(data.groups) == 2 else None}
    fields["subject_set"] = context.sets.ordinal(data.frame["USUBJID"])
    why = _problem(data)
    if why is not None:
        return row(analysis, None, "logrank", None, **fields, **_not_estimable(why))
    test = logrank_test(data.time, data.event, data.frame[_GROUP].to_numpy(), strata=_strata(data, strata))
    value, p = number(test.statistic), number(test.p_value)
    status = {"status": "ok", "warnings": tuple(test.warnings)} if value is not None else _not_estimable("; ".join(test.warnings))
    return row(analysis, None, "logrank", value, p_value=p, **fields, **status)


def _cox(
    analysis: TimeToEventAnalysis,
    data: _Data,
    strata: tuple[str, ...],
    covariates: tuple[Covariate, ...],
    model: str,
    comparison: TimeToEventComparison,
    context: Context,
    common: dict[str, Any],
) -> list[Result]:
    """Fit a Cox model and return the hazard ratio of each group, of each covariate, and the proportional-hazards test."""
    notes: tuple[str, ...] = ()
    if covariates:
        complete = pl.Series(np.ones(data.frame.height, dtype=bool))
        for covariate in covariates:
            complete &= _covariate_values(data, covariate).is_not_null()
        if not complete.all():
            lost = int((~complete).sum())
            notes = (f"{lost} of {data.frame.height} patients without a covariate are not in the adjusted model",)
            data = data.where(complete)
    ties = context.protocol.display.ties
    method: dict[str, Any] = {"name": "Cox regression", "model": model, "ties": ties, "interval": "Wald", "strata": list(strata)}
    method["covariates"] = [covariate.label or covariate.variable for covariate in covariates]
    columns, names = _design(data, covariates)
    common = common | _sizes(data) | {"method": method, "conf_level": context.conf_level}
    common["subject_set"] = context.sets.ordinal(data.frame["USUBJID"])
    why = _problem(data)
    fit = (
        None
        if why
        else cox_regression(data.time, data.event, columns, strata=_strata(data, strata), ties=ties, conf_level=context.conf_level)
    )
    rows = []
    for index, fields in enumerate(names):
        rows.append(_hazard_ratio(analysis, fit, index, fields, common, notes, why or ""))
    if comparison.proportional_hazards_test and fit is not None:
        rows.append(_proportional(analysis, fit, data, common))
    return rows


def _hazard_ratio(
    analysis: TimeToEventAnalysis,
    fit: CoxRegression | None,
    index: int,
    fields: dict[str, Any],
    common: dict[str, Any],
    notes: tuple[str, ...],
    why: str,
) -> Result:
    if fit is None:
        return row(analysis, None, "hazard_ratio", None, **common, **fields, **_not_estimable(why))
    values = [number(array[index]) for array in (fit.hazard_ratio, fit.lower, fit.upper, fit.p_value)]
    warnings = (*notes, *fit.warnings)
    separated = not fit.converged or any("diverg" in text or "separat" in text for text in fit.warnings)
    if values[0] is None or values[1] is None or separated:
        return row(
            analysis,
            None,
            "hazard_ratio",
            None,
            **common,
            **fields,
            status="not_estimable",
            warnings=warnings or ("the model did not converge",),
        )
    return row(
        analysis,
        None,
        "hazard_ratio",
        values[0],
        lower=values[1],
        upper=values[2],
        p_value=values[3],
        **common,
        **fields,
        warnings=warnings,
    )


def _proportional(analysis: TimeToEventAnalysis, fit: CoxRegression, data: _Data, common: dict[str, Any]) -> Result:
    test = fit.proportional_hazards_test(transform="km")
    method = {"name": "score test of proportional hazards", "transform": "km", "model": common["method"]["model"]}
    fields = {key: value for key, value in common.items() if key not in ("method", "conf_level")} | {"method": method}
    fields |= {"group": data.groups[0].label if len(data.groups) == 2 else None, "reference_group": data.groups[-1].label}
    value = number(test.global_statistic)
    status = {} if value is not None else _not_estimable("; ".join(test.warnings) or "not estimable")
    return row(analysis, None, "proportional_hazards", value, p_value=number(test.global_p_value), **fields, **status)


def _covariate_values(data: _Data, covariate: Covariate) -> pl.Series:
    values = data.frame[covariate.variable]
    return values.cast(pl.Float64, strict=False) if covariate.type == "continuous" else values.cast(pl.String)


def _design(data: _Data, covariates: tuple[Covariate, ...]) -> tuple[np.ndarray, list[dict[str, Any]]]:
    columns = [data.contrasts]
    names: list[dict[str, Any]] = [{"group": group.label, "reference_group": data.groups[-1].label} for group in data.groups[:-1]]
    for covariate in covariates:
        values = _covariate_values(data, covariate)
        label = covariate.label or covariate.variable
        if covariate.type == "continuous":
            columns.append(values.to_numpy().reshape(-1, 1) / covariate.per)
            names.append({"variable": label, "unit": f"per {covariate.per:g}"})
            continue
        levels = [level for level in values.unique().sort().to_list() if level is not None and level != covariate.reference]
        for level in levels:
            columns.append((values == level).to_numpy().astype(float).reshape(-1, 1))
            names.append({"variable": label, "level": f"{level} vs {covariate.reference}"})
    return np.column_stack(columns), names


def _subgroup(
    analysis: TimeToEventAnalysis,
    data: _Data,
    subgroup: Subgroup,
    comparison: TimeToEventComparison,
    context: Context,
    common: dict[str, Any],
) -> list[Result]:
    """Return events and hazard ratios within each level, and the likelihood-ratio test of interaction."""
    label = subgroup.label or subgroup.variable
    values = data.frame[subgroup.variable].cast(pl.String)
    found = values.drop_nulls().unique().sort().to_list()
    levels = {str(value): text for value, text in (subgroup.levels or {value: value for value in found}).items()}
    rows: list[Result] = []
    for value, text in levels.items():
        part = data.where(values == value)
        within = common | {"variable": label, "subgroup": text}
        for group in part.groups:
            own = part.frame.filter(pl.col(_GROUP) == group.label)
            events = int((own[_CENSORED] == 0).sum())
            fields = within | {"group": group.label, "n": own.height, "events": events, "unit": "patients"}
            fields["subject_set"] = context.sets.ordinal(own["USUBJID"])
            rows += [row(analysis, None, "n", own.height, **fields), row(analysis, None, "events", events, **fields)]
        fitted = _cox(analysis, part, comparison.strata, (), "subgroup", comparison, context, within)
        rows += [item for item in fitted if item.statistic == "hazard_ratio"]
    shown = data.where(values.is_in(list(levels)))
    test = _interaction(analysis, shown, subgroup, list(levels), comparison, context, common | {"variable": label})
    rows.append(replace(test, warnings=(*test.warnings, *_in_no_row(label, values, levels))))
    return rows


def _in_no_row(label: str, values: pl.Series, levels: dict[str, str]) -> Iterator[str]:
    """Say how many patients no level holds: those without a value, and those with one that the protocol doesn't list."""
    missing = values.null_count()
    other = values.len() - missing - int(values.is_in(list(levels)).sum())
    for number_of, what in ((missing, "no value"), (other, "a value that is none of these")):
        if number_of:
            verb, end = ("has", "is") if number_of == 1 else ("have", "are")
            yield f"{label}: {number_of} of {values.len()} patients {verb} {what} and {end} in no row"


def _interaction(
    analysis: TimeToEventAnalysis,
    data: _Data,
    subgroup: Subgroup,
    levels: list[str],
    comparison: TimeToEventComparison,
    context: Context,
    common: dict[str, Any],
) -> Result:
    ties = context.protocol.display.ties
    method = {"name": "likelihood-ratio test of group × subgroup", "ties": ties, "strata": list(comparison.strata)}
    fields = common | _sizes(data) | {"method": method, "subject_set": context.sets.ordinal(data.frame["USUBJID"])}
    values = data.frame[subgroup.variable].cast(pl.String)
    present = [level for level in levels if (values == level).any()]
    why = _problem(data) or ("fewer than two levels have patients" if len(present) < 2 else None)
    if why is None:
        indicators = np.column_stack([(values == level).to_numpy().astype(float) for level in present[1:]])
        group = data.contrasts
        products = np.column_stack([group[:, [i]] * indicators for i in range(group.shape[1])])
        strata = _strata(data, comparison.strata)
        smaller = cox_regression(data.time, data.event, np.column_stack([group, indicators]), strata=strata, ties=ties)
        larger = cox_regression(data.time, data.event, np.column_stack([group, indicators, products]), strata=strata, ties=ties)
        test = nested_models_test(smaller, larger)
        if number(test.statistic) is not None:
            return row(analysis, None, "interaction", test.statistic, p_value=test.p_value, **fields)
        why = "; ".join(test.warnings)
    return row(analysis, None, "interaction", None, **fields, **_not_estimable(why))
