"""The headline paragraphs: who was studied, for how long, and what was found, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topline.analyze.results import Result, ResultSet
from topline.report.cautions import hazards_notes
from topline.report.context import Context, pick, select
from topline.report.labels import overview_label
from topline.report.words import counted, listed, lower_first, sentence
from topline.study.analyses import AdverseEventAnalysis, FollowUpAnalysis, ResponseAnalysis, TimeToEventAnalysis
from topline.study.protocol import Protocol


def headline_paragraphs(results: ResultSet, protocol: Protocol) -> tuple[str, ...]:
    """Return the headline results as plain text: one paragraph for the patients, one for each endpoint, one for safety.

    Every number comes from a row (or from the flow of patients) through the protocol's display.
    """
    context = Context(results, protocol)
    patients = [*_patients(context)]
    endpoints: list[list[str]] = []
    safety: list[str] = []
    for kind in (FollowUpAnalysis, ResponseAnalysis, TimeToEventAnalysis, AdverseEventAnalysis):
        for analysis in protocol.headline_analyses:
            rows = tuple(row for row in context.rows(analysis.id) if row.subgroup is None)
            match analysis:
                case _ if not isinstance(analysis, kind):
                    continue
                case FollowUpAnalysis():
                    patients.extend(_follow_up(context, rows))
                case ResponseAnalysis():
                    endpoints.extend([text] for text in _response(context, analysis, rows))
                case TimeToEventAnalysis():
                    endpoints.append([*_time_to_event(context, analysis, rows)])
                case AdverseEventAnalysis():
                    safety.extend(_safety(context, analysis, rows))
    return tuple(" ".join(map(sentence, part)) for part in (patients, *endpoints, safety) if part)


def _patients(context: Context) -> Iterator[str]:
    last: dict[str, int] = {}
    for step in context.results.attrition:
        last[step.population] = step.n_left
    if last:
        parts = [f"{counted(number, 'patient')} ({context.population_label((), name)})" for name, number in last.items()]
        yield f"Analysed: {listed(parts)}"


def _by_group(what: str, parts: Sequence[tuple[str | None, str]]) -> str:
    """``X was 5``, or ``X – A: 5; B: 6`` where there are groups."""
    if any(group is not None for group, _ in parts):
        return f"{what} – " + "; ".join(f"{group}: {text}" for group, text in parts)
    return f"{what} was {listed([text for _, text in parts])}"


def _ordered(context: Context, rows: Sequence[Result]) -> list[Result]:
    named = [row for row in rows if row.group is not None] or list(rows)
    order = {group: place for place, group in enumerate(context.groups(named))}
    return sorted(named, key=lambda row: order.get(row.group, len(order)))


def _follow_up(context: Context, rows: Sequence[Result]) -> Iterator[str]:
    medians = select(rows, statistic="follow_up_median")
    own = select(medians, group=None) or medians
    for row in own:
        ends = [pick(rows, group=row.group, statistic=key, unit="months") for key in ("min", "max")]
        low, high = (context.show.estimate(end) for end in ends)
        observed = row.method.get("name") == "observed" and all(ends)
        tail = f" (range {low}–{high})" if observed else ""
        group = f" with {row.group}" if row.group is not None else ""
        yield f"Median follow-up ({row.method.get('name', 'as recorded')}) was {context.show.sentence(row)}{tail}{group}"


def _time_to_event(context: Context, analysis: TimeToEventAnalysis, rows: Sequence[Result]) -> Iterator[str]:
    show = context.show
    label = context.endpoint_label(analysis.endpoint)
    parts = []
    for row in _ordered(context, select(rows, statistic="median", variable=None)):
        events, n = (pick(rows, statistic=key, group=row.group, variable=None, reference_group=None) for key in ("events", "n"))
        counts = ""
        if n is not None and n.value is not None and events is not None and events.value is not None:
            counts = f"{counted(int(events.value), 'event')} in {counted(int(n.value), 'patient')}"
        parts.append((row.group, show.sentence(row, counts)))
    if parts:
        yield _by_group(f"Median {lower_first(label)}", parts)
    for row in select(rows, statistic="hazard_ratio", variable=None):
        model = f"{row.method['model']} " if row.method.get("model") else ""
        p = f"; {show.p_equals(row.p_value)}" if row.p_value is not None else ""
        yield f"The {model}hazard ratio of {row.group} against {row.reference_group} was {show.sentence(row)}{p}"
    for row in select(rows, statistic="logrank", variable=None):
        kind = "Stratified log-rank" if row.method.get("strata") else "Log-rank"
        yield f"{kind} test: {show.p_equals(row.p_value)}"
    yield from hazards_notes(rows, show)


def _response(context: Context, analysis: ResponseAnalysis, rows: Sequence[Result]) -> Iterator[str]:
    show = context.show
    for endpoint in analysis.endpoints:
        own = select(rows, endpoint=endpoint)
        rates = _ordered(context, select(own, statistic="rate"))
        parts = []
        for row in rates:
            of = f"{row.events} of {counted(row.n, 'patient')}" if row.events is not None and row.n is not None else ""
            parts.append((row.group, show.sentence(row, of)))
        tests = []
        for row in select(own, statistic="p_value"):
            by = f", {row.method['name']}" if row.method.get("name") else ""
            tests.append(f" ({show.p_equals(row.p_value if row.p_value is not None else row.value)}{by})")
        if parts:
            yield f"{_by_group(f'{context.endpoint_label(endpoint)} ({endpoint})', parts)}{''.join(tests)}"


def _safety(context: Context, analysis: AdverseEventAnalysis, rows: Sequence[Result]) -> Iterator[str]:
    for endpoint in ("TRAE", "TRAE3", "SAE", "AEDISC", "TRDEATH"):
        own = select(rows, endpoint=endpoint, variable=None, reference_group=None)
        label = overview_label(endpoint, analysis.severe_grade)
        parts = [
            (count.group, context.show.count_percent(count, pick(own, group=count.group, statistic="percent")))
            for count in _ordered(context, select(own, statistic="count"))
        ]
        if len(parts) == 1 and parts[0][0] is None:
            yield f"{label}: {parts[0][1]}"
        elif parts:
            yield _by_group(label, parts)
