"""Two evaluators side by side: agreement on best response and progression, and early and late discrepancy rates.

The discrepancy rates are those of Amit et al. (Eur J Cancer 2011;47:1772-1778). Of the patients, a progressed by both (a1 on the same day,
a2 later by the site, a3 earlier by the site), b by the site only, c by the independent review only, d by neither. Then

- early discrepancy rate = (b + a3) / (a + b): how often the site's progressions were earlier than the review's;
- late discrepancy rate = (c + a2) / (b + c + a2 + a3): how much of the disagreement is the site being later.

It is their difference between arms that tells of bias, not their size. Agreement beyond chance is Cohen's kappa; of the patients who
progressed by both, the days between the two dates are described.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from topline.analyze.baseline import QUARTILES, summary
from topline.analyze.context import Context, Group, estimate, row
from topline.analyze.results import Result
from topline.stats import cohen_kappa, proportion_ci
from topline.study.analyses import ConcordanceAnalysis


def analyse_concordance(analysis: ConcordanceAnalysis, context: Context) -> list[Result]:
    """Return counts of each pair of best responses, agreement on response and progression, and the discrepancy rates, by group."""
    first, second = analysis.evaluators
    column = "CBOR" if analysis.confirmed else "BOR"
    names = ["USUBJID", pl.col(column).alias("best"), pl.col(column + "CL").alias("class"), pl.col("PDDT").alias("day")]
    site, review = (context.datasets.evaluators[name].select(names) for name in (first, second))
    both = site.join(review, on="USUBJID", suffix="_2")
    rows: list[Result] = []
    for group in context.groups(analysis):
        own = group.subjects.select("USUBJID").join(both, on="USUBJID", how="inner", maintain_order="left")
        rows += _pairs(analysis, group, own, context)
        responded = pl.col("class").is_in(["CR", "PR"]) == pl.col("class_2").is_in(["CR", "PR"])
        rows += _share(analysis, group, own, own, pl.col("best") == pl.col("best_2"), "agreement on best response", context)
        rows.append(_kappa(analysis, group, own.select("best", "best_2"), "agreement on best response", context))
        rows += _share(analysis, group, own, own, responded, "agreement on response (CR or PR)", context)
        responses = own.select(pl.col("class").is_in(["CR", "PR"]), pl.col("class_2").is_in(["CR", "PR"]))
        rows.append(_kappa(analysis, group, responses, "agreement on response (CR or PR)", context))
        rows += _progression(analysis, group, own, context)
    return rows


def _common(analysis: ConcordanceAnalysis, variable: str) -> dict[str, Any]:
    return {
        "endpoint": "CONCORD",
        "variable": variable,
        "method": {"name": "concordance", "evaluators": " against ".join(analysis.evaluators)},
    }


def _pairs(analysis: ConcordanceAnalysis, group: Group, own: pl.DataFrame, context: Context) -> list[Result]:
    counts = own.group_by("best", "best_2").agg("USUBJID").sort("best", "best_2")
    return [
        row(
            analysis,
            group,
            "count",
            len(members),
            level=f"{one} / {two}",
            unit="patients",
            **(_common(analysis, "best response") | {"subject_set": context.sets.ordinal(members)}),
        )
        for one, two, members in counts.iter_rows()
    ]


def _share(
    analysis: ConcordanceAnalysis, group: Group, own: pl.DataFrame, of: pl.DataFrame, condition: pl.Expr, variable: str, context: Context
) -> list[Result]:
    """The share of the patients in `of` who satisfy a condition."""
    members = of.filter(condition)["USUBJID"]
    fields = _common(analysis, variable) | {"n": of.height, "events": len(members), "subject_set": context.sets.ordinal(members)}
    if of.height == 0:
        gone = {"status": "not_estimable", "warnings": ("no patient to compare",)}
        return [row(analysis, group, "rate", None, **(fields | gone))]
    interval = estimate(proportion_ci(len(members), of.height, method="clopper-pearson", conf_level=context.conf_level))
    return [row(analysis, group, "rate", unit="proportion", **(interval | fields))]


def _kappa(analysis: ConcordanceAnalysis, group: Group, pairs: pl.DataFrame, variable: str, context: Context) -> Result:
    """Cohen's kappa of the two columns of a frame, one row a patient."""
    one, two = (column.cast(pl.String) for column in pairs.get_columns())
    place = {word: number for number, word in enumerate(sorted({*one, *two}))}
    table = np.zeros((len(place), len(place)), dtype=np.int64)
    np.add.at(table, ([place[word] for word in one], [place[word] for word in two]), 1)
    found = cohen_kappa(table, conf_level=context.conf_level)
    common = _common(analysis, variable)
    fields = common | {"n": pairs.height, "method": common["method"] | {"name": found.method}}
    return row(analysis, group, "kappa", **(estimate(found) | fields))


def _progression(analysis: ConcordanceAnalysis, group: Group, own: pl.DataFrame, context: Context) -> list[Result]:
    one, two = pl.col("day").is_not_null(), pl.col("day_2").is_not_null()
    apart = pl.col("day") - pl.col("day_2")
    later, earlier = (one & two & (apart > analysis.same_within_days)), (one & two & (apart < -analysis.same_within_days))
    rows = []
    kinds = {
        "progression by both on the same day": one & two & ~later & ~earlier,
        "progression by both, later by the first": later,
        "progression by both, earlier by the first": earlier,
        "progression by the first only": one & ~two,
        "progression by the second only": ~one & two,
        "progression by neither": ~one & ~two,
    }
    for level, condition in kinds.items():
        members = own.filter(condition.fill_null(value=False))["USUBJID"]
        fields = _common(analysis, "progression") | {"subject_set": context.sets.ordinal(members)}
        rows.append(row(analysis, group, "count", len(members), level=level, unit="patients", **fields))
    early, late = (earlier | (one & ~two)).fill_null(value=False), (later | (~one & two)).fill_null(value=False)
    rows += _share(analysis, group, own, own, one == two, "agreement on progression", context)
    rows.append(_kappa(analysis, group, own.select(one, two.alias("two")), "agreement on progression", context))
    rows += _share(analysis, group, own, own.filter(one), early, "early discrepancy rate", context)
    rows += _share(analysis, group, own, own.filter(early | late), late, "late discrepancy rate", context)
    days = own.select(apart.alias("apart"))["apart"].drop_nulls()
    for statistic, value in summary(days.to_numpy()).items() if len(days) else ():
        if value is not None:
            common = _common(analysis, "days between the progressions") | {"n": len(days), "unit": "days"}
            rows.append(row(analysis, group, statistic, value, **(common | {"method": QUARTILES})))
    return rows
