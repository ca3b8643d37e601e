"""Populations: who stays at each rule, flag by flag; the flow chart falls out of the same steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from topline.records.load import Records
from topline.records.select import truth
from topline.study.conditions import variables_of
from topline.study.populations import PopulationRule
from topline.study.protocol import Protocol

POST_BASELINE = frozenset({"NCYCLE", "TRTEDT", "TRTDURD", "LSTALVDT", "DTHDT", "DTHFL"})
"""ADSL variables that are known only after the time origin."""


@dataclass(frozen=True)
class AttritionCount:
    """How many patients a rule removed and how many were left."""

    population: str
    label: str
    n_left: int
    n_removed: int
    kind: Literal["start", "include", "exclude", "end"]
    post_baseline: bool = False


def derive_populations(subjects: pl.DataFrame, records: Records, protocol: Protocol) -> tuple[pl.DataFrame, tuple[AttritionCount, ...]]:
    """Add a flag (Y/N) and, for those not in it, the reason, for each population; with the counts of each step.

    A patient for whom a condition is unknown doesn't meet it: not included by `include`, not removed by `exclude`.

    Returns
    -------
    subjects : DataFrame
        With ``FASFL`` and ``FASREAS`` for a population FAS, and so on.
    steps : tuple of AttritionCount
    """
    steps: list[AttritionCount] = []
    for population in protocol.populations:
        if population.parent is None:
            inside = pl.Series([True] * subjects.height, dtype=pl.Boolean)
            reason = pl.Series([None] * subjects.height, dtype=pl.String)
            start = _everybody(protocol)
        else:
            inside = subjects[population.parent + "FL"] == "Y"
            reason = subjects[population.parent + "REAS"]
            start = protocol.population(population.parent).label
        steps.append(AttritionCount(population.id, start, int(inside.sum()), 0, "start"))
        for rule in population.rules:
            leaves = _leaves(subjects, rule, records) & inside
            reason = pl.select(pl.when(leaves).then(pl.lit(rule.label)).otherwise(reason)).to_series()
            inside = inside & ~leaves
            kind: Literal["include", "exclude"] = "include" if rule.include is not None else "exclude"
            steps.append(AttritionCount(population.id, rule.label, int(inside.sum()), int(leaves.sum()), kind, is_post_baseline(rule)))
        steps.append(AttritionCount(population.id, population.label, int(inside.sum()), 0, "end"))
        flag = pl.select(pl.when(inside).then(pl.lit("Y")).otherwise(pl.lit("N"))).to_series()
        subjects = subjects.with_columns(flag.alias(population.id + "FL"), reason.alias(population.id + "REAS"))
    return subjects, tuple(steps)


def _everybody(protocol: Protocol) -> str:
    window = protocol.study.enrolment
    return (
        "All patients in the records"
        if window.start is None and window.end is None
        else "Patients who started within the enrolment dates, and those without a start date"
    )


def _leaves(subjects: pl.DataFrame, rule: PopulationRule, records: Records) -> pl.Series:
    condition = rule.include if rule.include is not None else rule.exclude
    assert condition is not None
    met = truth(subjects, condition, records.tables, f"the population rule '{rule.label}'")
    return ~met.fill_null(value=False) if rule.include is not None else met.fill_null(value=False)


def is_post_baseline(rule: PopulationRule) -> bool:
    """Tell whether a rule looks past the time origin: declared so, or reading a variable that is known only later."""
    condition = rule.include if rule.include is not None else rule.exclude
    assert condition is not None
    return rule.post_baseline or bool(variables_of(condition) & POST_BASELINE)
