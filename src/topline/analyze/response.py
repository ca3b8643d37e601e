"""Response: how many patients had each best response, and the rates with their intervals and comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from topline.analyze.context import Context, Group, estimate, number, row
from topline.analyze.results import Result, Waterfall
from topline.derive.ata import CATEGORIES, UNKNOWN
from topline.derive.response.criterion import criterion_of
from topline.stats import chi_squared, fisher_exact, n_minus_1_chi_squared, odds_ratio, proportion_ci, risk_difference
from topline.study.analyses import Analysis, ResponseAnalysis, ResponseComparison

TESTS = {
    "fisher": "Fisher's exact test, two-sided",
    "chi_squared": "Pearson's chi-squared test",
    "chi_squared_continuity": "Pearson's chi-squared test with Yates's correction",
    "n_minus_1_chi_squared": "N − 1 chi-squared test",
}


def analyse_response(analysis: ResponseAnalysis, context: Context) -> tuple[list[Result], list[Waterfall]]:
    """Return counts of best responses, rates with intervals, and the comparison that the protocol names; with a waterfall of the sums."""
    best = context.datasets.best
    assert best is not None
    groups = context.groups(analysis)
    rows: list[Result] = []
    for group in groups:
        own = group.subjects.select("USUBJID").join(best, on="USUBJID", how="left", maintain_order="left")
        for endpoint in ("BOR", "CBOR"):
            if endpoint in own.columns:
                rows += _counts(analysis, group, own, endpoint, context)
        for name in analysis.endpoints:
            if name + "CAT" in own.columns:
                rows += _categories(analysis, group, own, name, context)
            rows += _rate(analysis, group, own, name, context)
    if analysis.comparison is not None and len(groups) > 1:
        for name in analysis.endpoints:
            yes = {group.label: _yes(group, best, name) for group in groups}
            for group in groups[:-1]:
                rows += compare_rates(analysis, analysis.comparison, group, groups[-1], yes, context, _common(name, context))
    return rows, _waterfall(analysis, context)


def _common(name: str, context: Context) -> dict[str, Any]:
    return {"endpoint": name, "estimand": context.protocol.endpoint(name).estimand_id}


def _yes(group: Group, best: pl.DataFrame, name: str) -> int:
    return best.join(group.subjects.select("USUBJID"), on="USUBJID", how="semi").filter(pl.col(name) == "Y").height


def _counts(analysis: ResponseAnalysis, group: Group, own: pl.DataFrame, endpoint: str, context: Context) -> Iterator[Result]:
    values = own[endpoint].fill_null("NE")
    assert context.protocol.response is not None
    spec = context.protocol.response
    criterion, _ = criterion_of(spec)
    for level in dict.fromkeys((*criterion.words, spec.parameters.nobody_looked)):
        members = own.filter(values == level)["USUBJID"]
        if criterion.words.get(level) == "NON-CR/NON-PD" and not len(members):
            continue
        method = {
            "name": "best overall response",
            "criterion": criterion.name,
            "confirmation": "required" if endpoint == "CBOR" else "not required",
        }
        fields = {
            "endpoint": endpoint,
            "variable": endpoint,
            "level": level,
            "subject_set": context.sets.ordinal(members),
            "method": method,
        }
        yield row(analysis, group, "count", len(members), unit="patients", events=len(members), **fields)
        if group.n:
            yield row(analysis, group, "percent", 100 * len(members) / group.n, unit="%", events=len(members), **fields)


def _categories(analysis: ResponseAnalysis, group: Group, own: pl.DataFrame, name: str, context: Context) -> Iterator[Result]:
    """How many patients are in each category of ATA 2015, and in none that can be told."""
    values = own[name + "CAT"].fill_null(UNKNOWN)
    for level in (*CATEGORIES, UNKNOWN):
        members = own.filter(values == level)["USUBJID"]
        fields = _common(name, context) | {"variable": name, "level": level, "subject_set": context.sets.ordinal(members)}
        fields |= {"method": {"name": "response to therapy, ATA 2015"}}
        yield row(analysis, group, "count", len(members), unit="patients", events=len(members), **fields)
        if group.n:
            yield row(analysis, group, "percent", 100 * len(members) / group.n, unit="%", events=len(members), **fields)


def _rate(analysis: ResponseAnalysis, group: Group, own: pl.DataFrame, name: str, context: Context) -> list[Result]:
    members = own.filter(pl.col(name) == "Y")["USUBJID"]
    x = len(members)
    common = _common(name, context) | {"events": x}
    counted = row(analysis, group, "count", x, unit="patients", **(common | {"subject_set": context.sets.ordinal(members)}))
    method = {"name": analysis.interval, "denominator": "all patients of the population; without assessment counted as non-response"}
    if group.n == 0:
        return [
            counted,
            row(analysis, group, "rate", None, status="not_estimable", warnings=("no patient in the group",), method=method, **common),
        ]
    interval = estimate(proportion_ci(x, group.n, method=analysis.interval, conf_level=context.conf_level))
    return [counted, row(analysis, group, "rate", method=method, unit="proportion", **(interval | common))]


def compare_rates(
    analysis: Analysis,
    comparison: ResponseComparison,
    group: Group,
    reference: Group,
    yes: dict[str | None, int],
    context: Context,
    common: dict[str, Any],
) -> Iterator[Result]:
    """Yield the difference of two rates, the odds ratio, and the p-value of the test that is named."""
    x1, x2 = yes[group.label], yes[reference.label]
    both = {"reference_group": reference.label, "events": x1 + x2, "n": group.n + reference.n} | common
    both["subject_set"] = context.sets.ordinal([*group.subjects["USUBJID"], *reference.subjects["USUBJID"]])
    if min(group.n, reference.n) == 0:
        gone = {"status": "not_estimable", "warnings": ("a group has no patient",)}
        yield row(analysis, group, "p_value", None, **both, **gone, method={"name": TESTS[comparison.test]})
        return
    difference = risk_difference(x1, group.n, x2, reference.n, method=comparison.difference, conf_level=context.conf_level)
    yield row(
        analysis, group, "rate_difference", **(estimate(difference) | both), unit="proportion", method={"name": comparison.difference}
    )
    odds = odds_ratio(x1, group.n, x2, reference.n, method="exact", conf_level=context.conf_level)
    yield row(analysis, group, "odds_ratio", **(estimate(odds) | both), method={"name": "exact conditional"})
    table = [[x1, group.n - x1], [x2, reference.n - x2]]
    if comparison.test == "fisher":
        p, warnings = fisher_exact(table).p_value, fisher_exact(table).warnings
    else:
        test = (
            n_minus_1_chi_squared(table)
            if comparison.test == "n_minus_1_chi_squared"
            else chi_squared(table, correction=comparison.test == "chi_squared_continuity")
        )
        p, warnings = test.p_value, test.warnings
    value = number(p)
    status = "ok" if value is not None else "not_estimable"
    yield row(
        analysis,
        group,
        "p_value",
        value,
        p_value=value,
        **both,
        status=status,
        warnings=tuple(warnings),
        method={"name": TESTS[comparison.test]},
    )


def _waterfall(analysis: ResponseAnalysis, context: Context) -> list[Waterfall]:
    """Best percent change of the sum of diameters of each patient, largest growth first; of the visits that the analysis names."""
    adtr, best = context.datasets.adtr, context.datasets.best
    if adtr is None or best is None:
        return []
    patients = context.patients(analysis).select("USUBJID")
    sums = adtr.filter((pl.col("PARAMCD") == "SDIAM") & pl.col("PCHG").is_not_null())
    if analysis.waterfall == "counted" and context.datasets.counted is not None:
        sums = sums.join(context.datasets.counted, left_on=["USUBJID", "AVISITN"], right_on=["USUBJID", "VISIT"], how="semi")
    changes = sums.group_by("USUBJID").agg(pl.col("PCHG").min())
    rows = patients.join(changes, on="USUBJID", how="inner").join(best.select("USUBJID", "BOR"), on="USUBJID", how="left")
    rows = rows.sort(["PCHG", "BOR"], descending=[True, False])
    label = "Best change of the sum of diameters from baseline (%)"
    missing = patients.height - rows.height
    return [Waterfall(analysis.id, label, tuple(rows["PCHG"].to_list()), tuple(rows["BOR"].to_list()), missing)] if rows.height else []
