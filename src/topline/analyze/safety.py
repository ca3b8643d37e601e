"""Adverse events: patients with any event, by severity and relation, and by term; a patient counts once, at the worst grade."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from topline.analyze.context import Context, Group, row
from topline.analyze.response import compare_rates
from topline.analyze.results import Result
from topline.study.analyses import AdverseEventAnalysis
from topline.study.problems import Finding, InputError

_YES = ("Y", "YES", "1")
_NEEDS = {
    "TEAE3": "AETOXGR",
    "TRAE3": "AETOXGR",
    "SAE": "AESER",
    "TRSAE": "AESER",
    "AEREDUC": "AEACN",
    "AEINTERR": "AEACN",
    "AEDISC": "AEACN",
}
"""The AE variable without which a kind of event can't be counted: then it is not estimable, never 0."""


def analyse_adverse_events(analysis: AdverseEventAnalysis, context: Context) -> list[Result]:
    """Return counts and percentages of patients: overview, and by term for all, severe, related and severe related events."""
    events = context.datasets.adae
    assert events is not None
    groups = context.groups(analysis)
    if analysis.term_variable != "AEDECOD":  # TERM is AEDECOD already, with AETERM where that is empty
        if analysis.term_variable not in events.columns:
            raise InputError(
                [
                    Finding(
                        "PRO-0028",
                        "error",
                        f"{analysis.id} counts by {analysis.term_variable}, which isn't in AE",
                        column=analysis.term_variable,
                    )
                ]
            )
        events = events.with_columns(pl.col(analysis.term_variable).fill_null("Not recorded").alias("TERM"))
    emergent = events.filter(pl.col("TRTEMFL") == "Y")
    rows: list[Result] = []
    kinds = _kinds(emergent, analysis.severe_grade)
    order = [term for term in _terms(emergent, context.patients(analysis)) if term is not None]
    unknown = {code: name for code, name in _NEEDS.items() if name not in events.columns}
    if not {"AETOXGR", "AEOUT"} & set(events.columns):
        unknown |= dict.fromkeys(("AEDEATH", "TRDEATH"), "AETOXGR or AEOUT")
    kinds = {code: members for code, members in kinds.items() if code not in unknown}
    for group in groups:
        for code, members in kinds.items():
            rows += _count(analysis, group, members, code, context)
        for code, name in unknown.items():
            why = (f"{name} isn't in the records",)
            rows.append(row(analysis, group, "count", endpoint=code, unit="patients", status="not_estimable", warnings=why))
        missing = emergent.filter(pl.col("AMISSREL") == "Y").join(group.subjects.select("USUBJID"), on="USUBJID", how="semi")
        rows.append(row(analysis, group, "count", missing.height, endpoint="AEMISS", unit="events"))
        for code in (code for code in ("TEAE", "TEAE3", "TRAE", "TRAE3") if code in kinds):
            for term in order:
                rows += _count(analysis, group, kinds[code].filter(pl.col("TERM") == term), code, context, term)
    if analysis.comparison is not None and len(groups) > 1:
        for code in (code for code in ("TEAE", "TEAE3", "TRAE", "TRAE3", "SAE") if code in kinds):
            yes = {group.label: _patients(kinds[code], group).height for group in groups}
            for group in groups[:-1]:
                rows += compare_rates(analysis, analysis.comparison, group, groups[-1], yes, context, {"endpoint": code})
    return rows


def _kinds(emergent: pl.DataFrame, grade: int) -> dict[str, pl.DataFrame]:
    severe = pl.col("ATOXGR") >= grade
    related = pl.col("AREL") == "Y"
    serious = _flag(emergent, "AESER", _YES)
    fatal = (pl.col("ATOXGR") == 5).fill_null(value=False) | _flag(emergent, "AEOUT", ("FATAL",))
    return {
        "TEAE": emergent,
        "TRAE": emergent.filter(related),
        "TEAE3": emergent.filter(severe),
        "TRAE3": emergent.filter(severe & related),
        "SAE": emergent.filter(serious),
        "TRSAE": emergent.filter(serious & related),
        "AEREDUC": emergent.filter(_flag(emergent, "AEACN", ("DOSE REDUCED",))),
        "AEINTERR": emergent.filter(_flag(emergent, "AEACN", ("DRUG INTERRUPTED",))),
        "AEDISC": emergent.filter(_flag(emergent, "AEACN", ("DRUG WITHDRAWN",))),
        "AEDEATH": emergent.filter(fatal),
        "TRDEATH": emergent.filter(fatal & related),
    }


def _flag(events: pl.DataFrame, column: str, values: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).is_in(values).fill_null(value=False) if column in events.columns else pl.lit(value=False)


def _patients(events: pl.DataFrame, group: Group) -> pl.DataFrame:
    return events.select("USUBJID").unique().join(group.subjects.select("USUBJID"), on="USUBJID", how="semi")


def _terms(emergent: pl.DataFrame, patients: pl.DataFrame) -> list[str]:
    """Terms by falling number of patients, then by name."""
    mine = emergent.join(patients.select("USUBJID"), on="USUBJID", how="semi")
    counts = mine.group_by("TERM").agg(pl.col("USUBJID").n_unique().alias("n")).sort(["n", "TERM"], descending=[True, False])
    return counts["TERM"].to_list()


def _count(
    analysis: AdverseEventAnalysis, group: Group, events: pl.DataFrame, code: str, context: Context, term: str | None = None
) -> Iterator[Result]:
    members = _patients(events, group)["USUBJID"]
    x = len(members)
    severe = code in ("TEAE3", "TRAE3")
    method = {
        "name": "patients with at least one treatment-emergent event",
        "grading": f"CTCAE v{context.protocol.adverse_events.ctcae}",
        "window": f"first dose to {context.protocol.adverse_events.window_days} days after the last",
        "missing_attribution": context.protocol.adverse_events.missing_attribution,
    }
    method |= {"grade": f"{analysis.severe_grade} or higher"} if severe else {}
    fields = {"endpoint": code, "events": x, "subject_set": context.sets.ordinal(members), "method": method}
    fields |= {"variable": analysis.term_variable, "level": term} if term is not None else {}
    yield row(analysis, group, "count", x, unit="patients", **fields)
    if group.n:
        yield row(analysis, group, "percent", 100 * x / group.n, unit="%", **fields)
