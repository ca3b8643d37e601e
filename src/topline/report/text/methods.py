"""The methods as really done: the protocol's definitions in sentences, and the methods that the result rows carry."""

from __future__ import annotations

from collections.abc import Iterator

from topline.analyze.results import ResultSet
from topline.derive.response.criterion import criterion_of, with_thresholds
from topline.report.context import Context
from topline.report.tables.footnotes import method_notes
from topline.report.words import listed, lower_first, sentence
from topline.study.ata import AtaResponse
from topline.study.endpoints import BiochemicalResponse, ResponseRate, TimeToEvent
from topline.study.protocol import Protocol

_DESIGNS = {"single_arm": "single-arm study", "cohort": "cohort study", "randomised": "randomised study"}
_ENTRIES = {
    "lesions": "derived from lesion measurements",
    "recorded_visits": "taken as judged at each visit",
    "recorded_best": "taken as the best response that was recorded; nothing was derived",
}


def methods_paragraphs(results: ResultSet, protocol: Protocol) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the methods as pairs of heading and sentences, plain text."""
    context = Context(results, protocol)
    parts = {
        "Design and patients": [*_design(context)],
        "Response": [*_response(context)],
        "Endpoints": [*_endpoints(context)],
        "Adverse events": [*_adverse_events(context)],
        "Statistical methods": [*_statistics(context)],
        "Display": [*_display(context)],
    }
    return tuple((heading, tuple(map(sentence, sentences))) for heading, sentences in parts.items() if sentences)


def _design(context: Context) -> Iterator[str]:
    study = context.protocol.study
    yield f"The study is a {_DESIGNS[study.design]}"
    if study.enrolment.start or study.enrolment.end:
        start, end = study.enrolment.start, study.enrolment.end
        yield "Patients were enrolled " + " ".join(part for part in (f"from {start}" if start else "", f"to {end}" if end else "") if part)
    if context.protocol.records.timing == "dates":
        cut = study.cutoff
        yield f"The data cut-off was {cut}; later records were cut before anything was derived" if cut else "No data cut-off was applied"
        if study.origin.domain in context.protocol.records.domains:
            yield f"The clock starts at the {study.origin}"
    else:
        yield "Times were recorded in study days; there are no dates"
    for population in context.protocol.populations:
        rules = "; ".join(lower_first(rule.label) for rule in population.rules)
        parent = f" from {population.parent}" if population.parent else ""
        yield f"{population.label} ({population.id}){parent}: {f'left out for {rules}' if rules else 'all patients'}"


def _response(context: Context) -> Iterator[str]:
    spec = context.protocol.response
    if spec is None:
        return
    yield f"Response follows {spec.criterion} and was {_ENTRIES[spec.entry]}"
    if spec.entry == "recorded_best":
        return
    criterion, options = criterion_of(spec)
    rules = with_thresholds(spec).parameters
    if spec.entry == "lesions":
        yield from criterion.rules_in_words(rules, options)
    yield (
        f"Stable disease counts as best response from {rules.stable_disease_min_days} days after the start; where confirmation is asked "
        f"for, a response is confirmed {rules.confirmation_days} days later or more"
    )
    changed = [
        f"{name.replace('_', ' ')} = {getattr(chosen, name)}"
        for chosen in (spec.parameters, options)
        for name, field in type(chosen).model_fields.items()
        if getattr(chosen, name) != field.default
    ]
    if changed:
        yield f"Choices that differ from the defaults: {listed(changed)}"


def _endpoints(context: Context) -> Iterator[str]:
    for endpoint in context.protocol.endpoints:
        name = f"{endpoint.label} ({endpoint.id})"
        if isinstance(endpoint, TimeToEvent):
            if endpoint.recorded is not None:
                yield f"{name} is a time that was recorded, in {endpoint.recorded.unit}; nothing was derived from dates"
                continue
            events = listed([lower_first(rule.label) for rule in endpoint.events], "or")
            censoring = [lower_first(rule.label) for rule in endpoint.censoring]
            plus = "date − start + 1" if endpoint.plus_one_day else "date − start"
            yield f"{name}: event, {events}; censored, in this order, for {listed(censoring)}; days are {plus}"
        elif isinstance(endpoint, ResponseRate):
            confirmed = "confirmed best response" if endpoint.confirmed else "best response, confirmation not required,"
            yield f"{name}: proportion of patients whose {confirmed} is {listed(list(endpoint.responses), 'or')}"
        elif isinstance(endpoint, AtaResponse):
            until = f" to {endpoint.to_day}" if endpoint.to_day is not None else " on"
            yield (
                f"{name}: response to therapy by the American Thyroid Association's 2015 guideline, of the {endpoint.value} assessment "
                f"from day {endpoint.from_day}{until}; the rate is that of an excellent response; imaging is the worst within "
                f"{endpoint.imaging.window_days} days of thyroglobulin, which exactly at 1 (stimulated: 10) ng/mL is {endpoint.at_limit}; "
                f"antibodies are negative up to {endpoint.antibody.upper_limit:g}"
            )
        elif isinstance(endpoint, BiochemicalResponse):
            yield (
                f"{name}: a {endpoint.direction} of {endpoint.test} by {endpoint.percent:g}% or more from baseline, judged on the "
                f"{endpoint.value} value from day {endpoint.from_day} on"
            )


def _adverse_events(context: Context) -> Iterator[str]:
    if not any(item.type == "adverse_events" for item in context.protocol.analyses):
        return
    rule = context.protocol.adverse_events
    yield f"Events were graded by CTCAE {rule.ctcae}"
    yield f"Treatment-emergent events began between the first dose and {rule.window_days} days after the last, or worsened in that time"
    related = "related" if rule.missing_attribution == "related" else "not related"
    yield f"An event related to any study drug is treatment-related; one without attribution counts as {related}"


def _statistics(context: Context) -> Iterator[str]:
    rows = [row for row in context.results.rows if row.statistic not in ("n", "events", "censored", "count", "percent")]
    yield from method_notes(rows)


def _display(context: Context) -> Iterator[str]:
    display = context.protocol.display
    rounding = "half away from zero" if display.rounding == "half_away_from_zero" else "half to even"
    yield f"Numbers are computed unrounded and rounded {rounding} for display only; a month has {display.days_per_month:g} days"
    yield "Subgroup and secondary comparisons are not adjusted for multiplicity"
