"""Follow-up: how long patients were watched, by reverse Kaplan–Meier and as observed."""

from __future__ import annotations

import numpy as np
import polars as pl

from topline.analyze.context import Context, Group, estimate, row
from topline.analyze.results import Result
from topline.stats import reverse_kaplan_meier
from topline.study.analyses import FollowUpAnalysis


def analyse_follow_up(analysis: FollowUpAnalysis, context: Context) -> list[Result]:
    """Return median follow-up by reverse Kaplan–Meier (Schemper and Smith 1996) and as observed, with the observed range, in months."""
    groups = context.groups(analysis)
    shown = groups if len(groups) == 1 else [*groups, context.everybody(analysis)]
    return [result for group in shown for result in _one(analysis, group, context)]


def _one(analysis: FollowUpAnalysis, group: Group, context: Context) -> list[Result]:
    times = context.datasets.adtte.filter(pl.col("PARAMCD") == analysis.endpoint).join(
        group.subjects.select("USUBJID"), on="USUBJID", how="semi"
    )
    days = times["AVAL"].to_numpy()
    common = {"endpoint": analysis.endpoint, "unit": "months", "n": times.height}
    reverse = {"name": "reverse Kaplan–Meier", "interval": context.protocol.display.km_interval, "quantile": "midpoint on a plateau"}
    observed = {"name": "observed"}
    if times.height == 0:
        gone = {"status": "not_estimable", "warnings": ("no patient with a time",)}
        return [row(analysis, group, "follow_up_median", None, method=method, **common, **gone) for method in (reverse, observed)]
    curve = reverse_kaplan_meier(
        days, times["CNSR"].to_numpy() == 0, conf_type=context.protocol.display.km_interval, conf_level=context.conf_level
    )
    median = estimate(curve.median, missing="not_reached", scale=context.months)
    results = [row(analysis, group, "follow_up_median", method=reverse, **(median | common))]
    for statistic, value in (("follow_up_median", np.median(days)), ("min", days.min()), ("max", days.max())):
        name = None if statistic == "follow_up_median" else "observed follow-up"
        results.append(row(analysis, group, statistic, float(value) / context.months, variable=name, method=observed, **common))
    return results
