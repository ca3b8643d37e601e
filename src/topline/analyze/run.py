"""Run the analyses of a protocol on its datasets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from topline.analyze.baseline import analyse_baseline
from topline.analyze.concordance import analyse_concordance
from topline.analyze.context import Context, row
from topline.analyze.exposure import analyse_exposure
from topline.analyze.follow_up import analyse_follow_up
from topline.analyze.lab_change import analyse_lab_change
from topline.analyze.response import analyse_response
from topline.analyze.results import AttritionStep, Curve, Result, ResultSet, Waterfall, with_ids
from topline.analyze.safety import analyse_adverse_events
from topline.analyze.time_to_event import analyse_time_to_event
from topline.derive.datasets import Datasets
from topline.study.analyses import (
    AdverseEventAnalysis,
    Analysis,
    BaselineAnalysis,
    ConcordanceAnalysis,
    ExposureAnalysis,
    FollowUpAnalysis,
    LabChangeAnalysis,
    ResponseAnalysis,
    TimeToEventAnalysis,
)
from topline.study.protocol import Protocol

Progress = Callable[[str], None]


def analyse_all(protocol: Protocol, datasets: Datasets, progress: Progress = lambda _: None) -> ResultSet:
    """Return the results of every analysis of the protocol, in its order, after the sizes of the populations."""
    context = Context(protocol, datasets)
    rows: list[Result] = []
    curves: list[Curve] = []
    waterfalls: list[Waterfall] = []
    for population in protocol.populations:
        members = datasets.adsl.filter(datasets.adsl[population.id + "FL"] == "Y")["USUBJID"]
        fields: dict[str, Any] = {"population": population.id, "n": len(members), "unit": "patients"}
        rows.append(Result("populations", "n", len(members), endpoint="N", subject_set=context.sets.ordinal(members), **fields))
    for analysis in protocol.analyses:
        progress(analysis.title or analysis.id)
        found, lines, bars = _one(analysis, context)
        rows += found if found else [row(analysis, context.everybody(analysis), "n", context.everybody(analysis).n)]
        curves += lines
        waterfalls += bars
    return ResultSet(
        rows=with_ids(rows),
        curves=tuple(curves),
        waterfalls=tuple(waterfalls),
        attrition=tuple(AttritionStep(s.population, s.label, s.n_left, s.n_removed, s.kind, s.post_baseline) for s in datasets.attrition),
        findings=datasets.findings,
        conventions=conventions(protocol),
        study=_study(protocol),
        subject_sets=context.sets.members(),
    )


def _one(analysis: Analysis, context: Context) -> tuple[list[Result], list[Curve], list[Waterfall]]:
    if isinstance(analysis, TimeToEventAnalysis):
        return *analyse_time_to_event(analysis, context), []
    if isinstance(analysis, ResponseAnalysis):
        rows, bars = analyse_response(analysis, context)
        return rows, [], bars
    if isinstance(analysis, LabChangeAnalysis):
        rows, bars = analyse_lab_change(analysis, context)
        return rows, [], bars
    if isinstance(analysis, BaselineAnalysis):
        return analyse_baseline(analysis, context), [], []
    if isinstance(analysis, FollowUpAnalysis):
        return analyse_follow_up(analysis, context), [], []
    if isinstance(analysis, AdverseEventAnalysis):
        return analyse_adverse_events(analysis, context), [], []
    if isinstance(analysis, ConcordanceAnalysis):
        return analyse_concordance(analysis, context), [], []
    assert isinstance(analysis, ExposureAnalysis)
    return analyse_exposure(analysis, context), [], []


def conventions(protocol: Protocol) -> dict[str, Any]:
    """Return the conventions of a run, each by name."""
    display = protocol.display
    return {
        "profile": display.profile,
        "cox_ties": display.ties,
        "km_interval": display.km_interval,
        "km_quantile": "midpoint on a plateau",
        "km_beyond_last_observation": "not estimable unless 0",
        "follow_up": "reverse Kaplan–Meier, and observed",
        "conf_level": display.conf_level,
        "p_values": "two-sided",
        "days_per_month": display.days_per_month,
        "rounding": display.rounding,
        "adverse_event_grading": f"CTCAE v{protocol.adverse_events.ctcae}",
    }


def _study(protocol: Protocol) -> dict[str, Any]:
    study = protocol.study
    return {
        "id": study.id,
        "title": study.title,
        "design": study.design,
        "synthetic": study.synthetic,
        "cutoff": study.cutoff.isoformat() if study.cutoff else None,
    }
