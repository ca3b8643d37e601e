"""The topline itself: the short table of headline results that the terminal ends with and the report begins with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from topline.analyze.results import Result, ResultSet
from topline.report.context import Context, pick, select
from topline.report.labels import overview_label
from topline.report.words import counted
from topline.study.analyses import AdverseEventAnalysis, Analysis, ExposureAnalysis, FollowUpAnalysis, ResponseAnalysis, TimeToEventAnalysis
from topline.study.protocol import Protocol

_SAFETY = ("TRAE", "TRAE3", "TEAE", "TEAE3", "SAE", "AEDISC", "TRDEATH")


@dataclass(frozen=True)
class HeadlineLine:
    """One headline result: what, in whom, and the number as text."""

    label: str
    group: str
    text: str


def headline(results: ResultSet, protocol: Protocol) -> tuple[HeadlineLine, ...]:
    """Return the headline results: patients, follow-up, response, time to event, safety, dose reductions.

    Parameters
    ----------
    results : ResultSet
        The results of a run.
    protocol : Protocol
        Names, order of the groups, and conventions of display.

    Returns
    -------
    tuple of HeadlineLine
        Plain text; the group is empty where there is only one.
    """
    context = Context(results, protocol)
    lines = list(_patients(context))
    for wanted in (FollowUpAnalysis, ResponseAnalysis, TimeToEventAnalysis, AdverseEventAnalysis, ExposureAnalysis):
        for analysis in protocol.headline_analyses:
            if isinstance(analysis, wanted):
                lines.extend(_of_analysis(context, analysis))
    return tuple(lines)


def _of_analysis(context: Context, analysis: Analysis) -> Iterator[HeadlineLine]:
    rows = tuple(row for row in context.rows(analysis.id) if row.subgroup is None)
    match analysis:
        case FollowUpAnalysis():
            yield from _follow_up(context, rows)
        case ResponseAnalysis():
            yield from _response(context, analysis, rows)
        case TimeToEventAnalysis():
            yield from _time_to_event(context, analysis, rows)
        case AdverseEventAnalysis():
            yield from _safety(context, analysis, rows)
        case ExposureAnalysis():
            yield from _exposure(context, rows)
        case _:
            return


def _group(context: Context, row: Result) -> str:
    return row.group if row.group is not None else "all" if context.protocol.groups is not None else ""


def _patients(context: Context) -> Iterator[HeadlineLine]:
    last: dict[str, int] = {}
    for step in context.results.attrition:
        last[step.population] = step.n_left
    for population, number in last.items():
        label = context.population_label((), population)
        yield HeadlineLine("Patients", "", f"{number}, {label} ({population})")


def _follow_up(context: Context, rows: Sequence[Result]) -> Iterator[HeadlineLine]:
    medians = select(rows, statistic="follow_up_median")
    for row in select(medians, group=None) or _ordered(context, medians):
        name = str(row.method.get("name", "median"))
        text = context.show.quoted(row)
        if name == "observed":
            ends = [pick(rows, group=row.group, statistic=key, unit="months") for key in ("min", "max")]
            if all(ends):
                text += f" (range {context.show.estimate(ends[0])}–{context.show.estimate(ends[1])})"
        yield HeadlineLine(f"Median follow-up, {name}", _group(context, row), text)


def _response(context: Context, analysis: ResponseAnalysis, rows: Sequence[Result]) -> Iterator[HeadlineLine]:
    show = context.show
    for endpoint in analysis.endpoints:
        label = f"{context.endpoint_label(endpoint)} ({endpoint})"
        for row in _ordered(context, select(rows, endpoint=endpoint, statistic="rate")):
            of = f"{row.events}/{row.n}, " if row.events is not None and row.n is not None else ""
            yield HeadlineLine(label, _group(context, row), f"{of}{show.quoted(row)}")
        for row in select(rows, endpoint=endpoint, statistic="p_value"):
            p = show.p_equals(row.p_value if row.p_value is not None else row.value)
            yield HeadlineLine(label, _versus(context, row), f"{p}{_by(row)}")


def _time_to_event(context: Context, analysis: TimeToEventAnalysis, rows: Sequence[Result]) -> Iterator[HeadlineLine]:
    show = context.show
    label = f"{context.endpoint_label(analysis.endpoint)} ({analysis.endpoint})"
    for row in _ordered(context, select(rows, statistic="median", variable=None)):
        n, events = (pick(rows, group=row.group, statistic=key, variable=None, reference_group=None) for key in ("n", "events"))
        counts = ""
        if n is not None and events is not None and n.value is not None and events.value is not None:
            counts = f"; {counted(int(events.value), 'event')} in {counted(int(n.value), 'patient')}"
        yield HeadlineLine(label, _group(context, row), f"median {show.quoted(row)}{counts}")
    for row in select(rows, statistic="hazard_ratio", variable=None):
        model = row.method.get("model")
        p = f"; {show.p_equals(row.p_value)}" if row.p_value is not None else ""
        yield HeadlineLine(label, _versus(context, row), f"{f'{model} ' if model else ''}HR {show.quoted(row)}{p}")
    for row in select(rows, statistic="logrank", variable=None):
        strata = row.method.get("strata") or ()
        kind = "stratified log-rank" if strata else "log-rank"
        yield HeadlineLine(label, _versus(context, row), f"{kind} {show.p_equals(row.p_value)}")


def _safety(context: Context, analysis: AdverseEventAnalysis, rows: Sequence[Result]) -> Iterator[HeadlineLine]:
    related = bool(select(rows, endpoint="TRAE", variable=None))
    for endpoint in _SAFETY:
        if related and endpoint in ("TEAE", "TEAE3"):
            continue
        own = select(rows, endpoint=endpoint, variable=None, reference_group=None)
        for count in _ordered(context, select(own, statistic="count")):
            text = context.show.count_percent(count, pick(own, group=count.group, statistic="percent"))
            yield HeadlineLine(overview_label(endpoint, analysis.severe_grade), _group(context, count), text)


def _exposure(context: Context, rows: Sequence[Result]) -> Iterator[HeadlineLine]:
    own = select(rows, endpoint="REDUCED", level=None)
    for count in _ordered(context, select(own, statistic="count")):
        percent = pick(own, group=count.group, variable=count.variable, statistic="percent")
        text = context.show.count_percent(count, percent)
        yield HeadlineLine(f"Dose reduced, {count.variable or 'any drug'}", _group(context, count), text)


def _ordered(context: Context, rows: Sequence[Result]) -> list[Result]:
    order = {group: place for place, group in enumerate(context.groups(rows))}
    return sorted(rows, key=lambda row: order.get(row.group, len(order)))


def _versus(context: Context, row: Result) -> str:
    if row.group is None or row.reference_group is None:
        return "all groups" if row.group is None else row.group
    return f"{row.group} vs {row.reference_group}"


def _by(row: Result) -> str:
    return f" ({row.method['name']})" if row.method.get("name") else ""
