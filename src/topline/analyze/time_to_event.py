"""Time to event: curves, medians, landmarks and events of each group; comparisons are in `comparison`."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from topline.analyze.comparison import compare
from topline.analyze.context import Context, Group, estimate, number, row
from topline.analyze.results import Curve, Result
from topline.stats import KaplanMeier, kaplan_meier
from topline.study.analyses import TimeToEventAnalysis

_TICKS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
_MOST_TICKS = 11


def analyse_time_to_event(analysis: TimeToEventAnalysis, context: Context) -> tuple[list[Result], list[Curve]]:
    """Return the rows and curves of a time-to-event analysis; times are analysed in days and given in months."""
    groups = context.groups(analysis)
    endpoint = context.protocol.endpoint(analysis.endpoint)
    times = context.datasets.adtte.filter(pl.col("PARAMCD") == endpoint.id)
    common = {"endpoint": endpoint.id, "estimand": endpoint.estimand_id}
    rows: list[Result] = []
    curves: list[Curve] = []
    longest = max((_of(times, group)["AVAL"].to_numpy().max(initial=0.0) for group in groups), default=0.0)
    ticks = _ticks(longest / context.months)
    for group in groups:
        found, curve = _one(analysis, group, _of(times, group), ticks, context, common)
        rows += found
        curves += [curve] if curve is not None else []
    if analysis.comparison is not None:
        rows += compare(analysis, analysis.comparison, groups, times, context, common)
    return rows, curves


def _of(times: pl.DataFrame, group: Group) -> pl.DataFrame:
    return times.join(group.subjects.select("USUBJID"), on="USUBJID", how="semi", maintain_order="left")


def _one(
    analysis: TimeToEventAnalysis, group: Group, times: pl.DataFrame, ticks: list[float], context: Context, common: dict[str, Any]
) -> tuple[list[Result], Curve | None]:
    happened = times["CNSR"].to_numpy() == 0
    events = int(happened.sum())
    counts = common | {"unit": "patients", "n": times.height, "events": events}
    lost = group.n - times.height
    note = (f"{lost} of {group.n} patients have no time and are not in this analysis",) if lost else ()
    rows = [row(analysis, group, "n", times.height, **counts, warnings=note), row(analysis, group, "events", events, **counts)]
    rows.append(row(analysis, group, "censored", times.height - events, **counts))
    for column in ("EVNTDESC", "CNSDTDSC"):
        reasons = times.drop_nulls(column).group_by(column).agg("USUBJID").sort(column)
        for reason, members in reasons.iter_rows():
            fields = counts | {"variable": "reason", "level": reason, "subject_set": context.sets.ordinal(members)}
            rows.append(row(analysis, group, "count", len(members), **fields))
    common = common | {"n": times.height, "events": events, "unit": "months"}
    method = {
        "name": "Kaplan–Meier",
        "interval": context.protocol.display.km_interval,
        "variance": "Greenwood",
        "quantile": "midpoint on a plateau",
        "days_per_month": context.months,
    }
    if times.height == 0:
        gone = {"status": "not_estimable", "warnings": ("no patient in the group",), "method": method}
        return [*rows, row(analysis, group, "median", None, **common, **gone)], None
    days = times["AVAL"].to_numpy()
    curve = kaplan_meier(days, happened, conf_type=context.protocol.display.km_interval, conf_level=context.conf_level)
    months = context.months
    for q in (0.5, *analysis.quantiles):
        fields = estimate(curve.quantile(q), missing="not_reached", scale=months) | common | {"method": method}
        level = None if q == 0.5 else f"{q:g}"
        rows.append(row(analysis, group, "median" if q == 0.5 else "quantile", level=level, **fields))
    for landmark in analysis.landmarks_months:
        at = curve.at(landmark * months)
        value = number(at.survival)
        fields = common | {"unit": "proportion", "time": landmark, "lower": number(at.lower), "upper": number(at.upper), "method": method}
        status = {"conf_level": context.conf_level, "status": "ok" if value is not None else "not_estimable", "warnings": at.warnings}
        rows.append(row(analysis, group, "landmark_rate", value, **fields, **status))
    if analysis.rmst_months is not None:
        area = estimate(curve.rmst(analysis.rmst_months * months), scale=months)
        how = {"method": {"name": "restricted mean survival time", "variance": "Greenwood"}, "time": analysis.rmst_months}
        rows.append(row(analysis, group, "rmst", **(area | common | how)))
    return rows, _curve(analysis, group, curve, days, happened, ticks, months)


def _ticks(longest: float) -> list[float]:
    step = next((step for step in _TICKS if longest / step <= _MOST_TICKS), _TICKS[-1])
    return [float(tick) for tick in np.arange(0, max(longest, step) + step, step) if tick - step < longest] if longest else [0.0, 1.0]


def _curve(
    analysis: TimeToEventAnalysis,
    group: Group,
    curve: KaplanMeier,
    days: np.ndarray,
    happened: np.ndarray,
    ticks: list[float],
    months: float,
) -> Curve:
    survival_at = dict(zip(curve.time.tolist(), curve.survival.tolist(), strict=True))
    censored = np.unique(days[~happened])
    edges = np.array(ticks) * months
    at_risk = [int((days >= edge).sum()) for edge in edges]
    by_then = [int((happened & (days <= edge)).sum()) for edge in edges]
    return Curve(
        analysis=analysis.id,
        endpoint=analysis.endpoint,
        group=group.label,
        time=tuple((curve.time / months).tolist()),
        survival=tuple(curve.survival.tolist()),
        lower=tuple(number(value) for value in curve.lower),
        upper=tuple(number(value) for value in curve.upper),
        censor_time=tuple((censored / months).tolist()),
        censor_survival=tuple(survival_at[value] for value in censored.tolist()),
        risk_time=tuple(ticks),
        n_risk=tuple(at_risk),
        n_event=tuple(by_then),
    )
