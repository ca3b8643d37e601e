"""The results of a study: one long table, one statistic a row, with its method, its warnings and the patients behind it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

import polars as pl

from topline.study.problems import Finding

SCHEMA_VERSION = 1
Status = Literal["ok", "not_reached", "not_estimable"]

STATISTICS: Mapping[str, str] = {
    "n": "patients",
    "events": "patients with the event",
    "censored": "patients censored",
    "median": "Kaplan–Meier median, or the median of a number",
    "quantile": "Kaplan–Meier quantile; `level` names it",
    "landmark_rate": "Kaplan–Meier estimate at `time` months (a proportion)",
    "rmst": "restricted mean survival time up to `time` months",
    "hazard_ratio": "hazard ratio against `reference_group`; of a covariate where `variable` names one",
    "logrank": "log-rank chi-squared statistic, with its p-value",
    "proportional_hazards": "score test of proportional hazards, with its p-value",
    "rate": "proportion of patients, 0 to 1",
    "rate_difference": "difference of two proportions, group − reference",
    "odds_ratio": "odds ratio against `reference_group`",
    "p_value": "p-value of a named test",
    "interaction": "test of interaction of group and subgroup variable, with its p-value",
    "count": "patients (or events, where the unit says so)",
    "percent": "100 × count / n",
    "mean": "arithmetic mean",
    "sd": "standard deviation, n − 1",
    "q1": "lower quartile",
    "q3": "upper quartile",
    "min": "smallest value",
    "max": "largest value",
    "smd": "standardised mean difference against `reference_group`",
    "follow_up_median": "median follow-up; the method says which",
    "kappa": "Cohen's kappa of two evaluators",
    "rdi": "relative dose intensity (a proportion)",
}
"""Every `statistic` a result row may carry, with its meaning."""


@dataclass(frozen=True)
class Result:
    """One statistic. `value` is raw (never rounded); it is None when `status` is not "ok", and a warning says why."""

    analysis: str
    statistic: str
    value: float | None
    id: str = ""
    endpoint: str | None = None
    estimand: str | None = None
    population: str | None = None
    group: str | None = None
    reference_group: str | None = None
    subgroup: str | None = None
    variable: str | None = None
    level: str | None = None
    time: float | None = None
    lower: float | None = None
    upper: float | None = None
    conf_level: float | None = None
    p_value: float | None = None
    n: int | None = None
    events: int | None = None
    unit: str | None = None
    status: Status = "ok"
    method: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    subject_set: int | None = None


@dataclass(frozen=True)
class Curve:
    """A Kaplan–Meier curve for drawing: the steps, the censoring marks and the numbers at risk. Times in months."""

    analysis: str
    endpoint: str
    group: str | None
    time: tuple[float, ...]
    survival: tuple[float, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    censor_time: tuple[float, ...]
    censor_survival: tuple[float, ...]
    risk_time: tuple[float, ...]
    n_risk: tuple[int, ...]
    n_event: tuple[int, ...]


@dataclass(frozen=True)
class Waterfall:
    """Best change of each patient, sorted, without any identity: values in percent and the category of each bar."""

    analysis: str
    label: str
    value: tuple[float, ...]
    category: tuple[str, ...]
    n_missing: int = 0


@dataclass(frozen=True)
class AttritionStep:
    """One line of the flow chart of a population."""

    population: str
    label: str
    n_left: int
    n_removed: int
    kind: Literal["start", "include", "exclude", "end"]
    post_baseline: bool = False


@dataclass(frozen=True)
class ResultSet:
    """All results of a run (or, by `results["pfs"]`, of one analysis)."""

    rows: tuple[Result, ...]
    curves: tuple[Curve, ...] = ()
    waterfalls: tuple[Waterfall, ...] = ()
    attrition: tuple[AttritionStep, ...] = ()
    findings: tuple[Finding, ...] = ()
    conventions: Mapping[str, Any] = field(default_factory=dict)
    study: Mapping[str, Any] = field(default_factory=dict)
    subject_sets: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    def __getitem__(self, analysis: str) -> ResultSet:
        """Return the results of one analysis."""
        rows = tuple(row for row in self.rows if row.analysis == analysis)
        if not rows:
            known = ", ".join(dict.fromkeys(row.analysis for row in self.rows))
            raise KeyError(f"no analysis {analysis!r}; there are: {known}")
        return ResultSet(
            rows,
            tuple(item for item in self.curves if item.analysis == analysis),
            tuple(item for item in self.waterfalls if item.analysis == analysis),
            self.attrition,
            self.findings,
            self.conventions,
            self.study,
            self.subject_sets,
        )

    def __iter__(self) -> Iterator[Result]:
        """Iterate over the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def find(self, **wanted: Any) -> tuple[Result, ...]:
        """Return the rows whose fields equal all of `wanted`, in order: ``results.find(endpoint="PFS", statistic="median")``."""
        unknown = set(wanted) - {item.name for item in fields(Result)}
        if unknown:
            raise KeyError(f"a result has no field {', '.join(sorted(unknown))}")
        return tuple(row for row in self.rows if all(getattr(row, key) == value for key, value in wanted.items()))

    def get(self, **wanted: Any) -> Result:
        """Return the only row that matches; KeyError when there is none or more than one."""
        found = self.find(**wanted)
        if len(found) != 1:
            raise KeyError(f"{len(found)} results match {wanted}")
        return found[0]

    def to_frame(self) -> pl.DataFrame:
        """Return the rows as a frame; `method` as JSON text and `warnings` joined by '; '."""
        return pl.DataFrame(
            [{**asdict(row), "method": _json(row.method), "warnings": "; ".join(row.warnings)} for row in self.rows], schema=_SCHEMA
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the contents of results.json."""
        return {
            "schema_version": SCHEMA_VERSION,
            "study": dict(self.study),
            "conventions": dict(self.conventions),
            "results": [_ordered(row) for row in self.rows],
        }


_ORDER = [
    "id",
    "analysis",
    "endpoint",
    "estimand",
    "population",
    "group",
    "reference_group",
    "subgroup",
    "variable",
    "level",
    "time",
    "statistic",
    "value",
    "lower",
    "upper",
    "conf_level",
    "p_value",
    "n",
    "events",
    "unit",
    "status",
    "method",
    "warnings",
    "subject_set",
]
_INTEGERS = {"n", "events", "subject_set"}
_NUMBERS = {"time", "value", "lower", "upper", "conf_level", "p_value"}
_SCHEMA: dict[str, Any] = {name: pl.Int64 if name in _INTEGERS else pl.Float64 if name in _NUMBERS else pl.String for name in _ORDER}


def _ordered(row: Result) -> dict[str, Any]:
    data = asdict(row)
    data["warnings"] = list(row.warnings)
    data["method"] = dict(row.method)
    return {name: data[name] for name in _ORDER}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def with_ids(rows: Iterable[Result]) -> tuple[Result, ...]:
    """Give each row an id made of what distinguishes it, unique within the run."""
    seen: dict[str, int] = {}
    named = []
    for row in rows:
        parts = [row.analysis, row.endpoint, row.group, row.subgroup, row.variable, row.level, row.statistic]
        parts += [f"{row.time:g}"] if row.time is not None else []
        base = ".".join(str(part).replace(" ", "_") for part in parts if part)
        seen[base] = seen.get(base, 0) + 1
        data = {item.name: getattr(row, item.name) for item in fields(Result)}
        named.append(Result(**{**data, "id": base if seen[base] == 1 else f"{base}.{seen[base]}"}))
    return tuple(named)
