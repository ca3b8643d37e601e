"""What a protocol must agree on with itself: names that refer to each other, rules and the records and estimands they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from topline.study.analyses import (
    FollowUpAnalysis,
    LabChangeAnalysis,
    ResponseAnalysis,
    TimeToEventAnalysis,
)
from topline.study.ata import AtaResponse
from topline.study.endpoints import BiochemicalResponse, ResponseRate, TimeToEvent
from topline.study.info import DateSource
from topline.study.problems import Finding, Severity
from topline.study.protocol import Protocol
from topline.study.strategies import strategy_problems
from topline.study.yaml_text import Path_, YamlDocument

_ADVICE = "mend the protocol there; docs/protocol.md describes each section"


def check_consistency(protocol: Protocol, document: YamlDocument) -> list[Finding]:
    """Return what is inconsistent in a protocol that is valid field by field (PRO-0020 to PRO-0026)."""

    def finding(code: str, path: Path_, message: str, severity: Severity = "error", todo: str = _ADVICE) -> Finding:
        return Finding(code, severity, message, file=document.file, row=document.line_of(path), todo=todo)

    checks = (_references, _domains, _rules_and_estimands, _comparisons)
    return [finding(*problem) for check in checks for problem in check(protocol)]


Problem = tuple[Any, ...]


def _unknown(kind: str, value: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(value, names, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(names) or 'none'}"
    return f"there is no {kind} '{value}'; {hint}"


def _references(protocol: Protocol) -> Iterator[Problem]:
    populations = [item.id for item in protocol.populations]
    endpoints = {item.id: item for item in protocol.endpoints}
    for i, population in enumerate(protocol.populations):
        if population.parent is not None and population.parent not in populations[:i]:
            yield (
                "PRO-0020",
                ("populations", i, "parent"),
                _unknown("earlier population", population.parent, populations[:i]),
            )
    for i, endpoint in enumerate(protocol.endpoints):
        if endpoint.estimand is not None:
            path: Path_ = ("endpoints", i, "estimand")
            if endpoint.estimand.population not in populations:
                yield (
                    "PRO-0020",
                    (*path, "population"),
                    _unknown("population", endpoint.estimand.population, populations),
                )
            for key in ("sensitivity", "supplementary"):
                for other in getattr(endpoint.estimand, key):
                    if other not in endpoints:
                        yield "PRO-0021", (*path, key), _unknown("endpoint", other, endpoints)
    wanted: dict[type, tuple[type, ...]] = {
        TimeToEventAnalysis: (TimeToEvent,),
        FollowUpAnalysis: (TimeToEvent,),
        LabChangeAnalysis: (BiochemicalResponse,),
        ResponseAnalysis: (ResponseRate, BiochemicalResponse, AtaResponse),
    }
    for i, name in enumerate(protocol.headline):
        if name not in (known := [item.id for item in protocol.analyses]):
            yield "PRO-0021", ("headline", i), _unknown("analysis", name, known)
    for i, analysis in enumerate(protocol.analyses):
        if analysis.population not in populations:
            yield "PRO-0020", ("analyses", i, "population"), _unknown("population", analysis.population, populations)
        if isinstance(analysis, ResponseAnalysis):
            names: tuple[str, ...] = analysis.endpoints
        elif isinstance(analysis, TimeToEventAnalysis | FollowUpAnalysis | LabChangeAnalysis):
            names = (analysis.endpoint,)
        else:
            continue
        for name in names:
            if name not in endpoints:
                yield "PRO-0021", ("analyses", i), _unknown("endpoint", name, endpoints)
            elif not isinstance(endpoints[name], wanted[type(analysis)]):
                yield (
                    "PRO-0022",
                    ("analyses", i),
                    f"the endpoint '{name}' is a {endpoints[name].type}: not what {analysis.type} analyses",
                )


def _has_clock(protocol: Protocol) -> bool:
    """Tell whether anything is counted from the time origin: not recorded times, nor a recorded best response, nor baseline tables."""
    by_visit = protocol.response is not None and protocol.response.entry != "recorded_best"
    timed = (isinstance(item, BiochemicalResponse | AtaResponse) or getattr(item, "recorded", item) is None for item in protocol.endpoints)
    clock = protocol.study.time_origin is not None or protocol.treatment_modes is not None or by_visit or any(timed)
    return clock or any(item.type in ("adverse_events", "exposure") for item in protocol.analyses)


def _needs(protocol: Protocol) -> Iterator[tuple[str, Path_, str]]:
    if _has_clock(protocol):
        yield protocol.study.origin.domain, ("study", "time_origin"), "the time origin"
    if protocol.response is not None:
        needed = {"lesions": ("TU", "TR"), "recorded_visits": ("RS",), "recorded_best": ()}[protocol.response.entry]
        for domain in needed:
            yield domain, ("response", "entry"), f"response from {protocol.response.entry.replace('_', ' ')}"
        if protocol.response.tumour_markers:
            yield "LB", ("response", "tumour_markers"), "a tumour marker"
        if protocol.response.new_therapy is not None:
            yield protocol.response.new_therapy.domain, ("response", "new_therapy"), "new anticancer therapy"
    if protocol.treatment_modes is not None:
        yield protocol.treatment_modes.domain, ("treatment_modes",), "treatment modes"
    for i, endpoint in enumerate(protocol.endpoints):
        if isinstance(endpoint, BiochemicalResponse | AtaResponse):
            yield "LB", ("endpoints", i), f"the endpoint {endpoint.id}"
        if isinstance(endpoint, AtaResponse):
            yield endpoint.imaging.domain, ("endpoints", i), f"the imaging of {endpoint.id}"
        if isinstance(endpoint, TimeToEvent):
            for rule in (*endpoint.events, *endpoint.censoring):
                source = getattr(rule, "source", None)
                if isinstance(source, DateSource):
                    yield source.domain, ("endpoints", i), f"a rule of {endpoint.id}"
    for i, analysis in enumerate(protocol.analyses):
        if analysis.type == "adverse_events":
            yield "AE", ("analyses", i), f"the analysis {analysis.id}"
        if analysis.type == "exposure":
            yield "EX", ("analyses", i), f"the analysis {analysis.id}"


def _domains(protocol: Protocol) -> Iterator[Problem]:
    for domain, path, what in _needs(protocol):
        if domain not in protocol.records.domains:
            yield "PRO-0023", path, f"{what} needs the domain {domain}", "error", f"name {domain} under records.domains"
    if protocol.response is not None and protocol.response.entry == "recorded_best" and protocol.response.best_variable is None:
        yield "PRO-0024", ("response",), "entry 'recorded_best' needs 'best_variable'"
    if any(item.type == "exposure" for item in protocol.analyses) and not protocol.schedule.drugs:
        yield "PRO-0024", ("analyses",), "the exposure analysis needs schedule.drugs"


def _rules_and_estimands(protocol: Protocol) -> Iterator[Problem]:
    spec = protocol.response
    evaluators = {spec.evaluator, *spec.evaluators} if spec is not None else set()
    for i, endpoint in enumerate(protocol.endpoints):
        path: Path_ = ("endpoints", i)
        by = getattr(endpoint, "evaluator", None)
        if by is not None and by not in evaluators:
            yield "PRO-0024", path, f"{endpoint.id} is judged by {by}: name it under response.evaluators"
        if isinstance(endpoint, ResponseRate) and protocol.response is None:
            yield "PRO-0024", path, f"{endpoint.id} needs the section 'response'"
        if isinstance(endpoint, ResponseRate) and endpoint.confirmed and protocol.response and protocol.response.entry == "recorded_best":
            yield "PRO-0024", path, f"{endpoint.id}: a recorded best response can't be confirmed by visits"
        if not isinstance(endpoint, TimeToEvent) or endpoint.recorded is not None:
            continue
        rules = {rule.rule for rule in (*endpoint.events, *endpoint.censoring)}
        by_visit = protocol.response is not None and protocol.response.entry != "recorded_best"
        if rules & {"progression", "response", "no_baseline", "missed_visits", "last_assessment"} and not by_visit:
            yield (
                "PRO-0024",
                path,
                f"{endpoint.id} needs responses by visit: the section 'response' with lesions or recorded visits",
            )
        scheduled = any(getattr(rule, "dated", "scan") == "scheduled_visit" for rule in endpoint.events)
        if scheduled and protocol.schedule.assessments is None:
            yield "PRO-0024", path, f"{endpoint.id}: events dated to scheduled visits need schedule.assessments"
        if "missed_visits" in rules and protocol.schedule.assessments is None:
            yield "PRO-0024", path, f"{endpoint.id}: missed visits need schedule.assessments"
        if rules & {"new_therapy", "new_therapy_start"} and (protocol.response is None or protocol.response.new_therapy is None):
            yield "PRO-0024", path, f"{endpoint.id}: new therapy needs response.new_therapy, which names its CM rows"
    for i, message in strategy_problems(protocol):
        yield "PRO-0025", ("endpoints", i), message


def _comparisons(protocol: Protocol) -> Iterator[Problem]:
    for i, analysis in enumerate(protocol.analyses):
        compared = getattr(analysis, "comparison", None) is not None
        if compared and analysis.by is None and (protocol.groups is None or len(protocol.groups.levels) < 2):
            yield "PRO-0026", ("analyses", i), f"{analysis.id} compares groups, but the protocol has fewer than two"
        if compared and analysis.by is not None and analysis.reference is None:
            yield "PRO-0026", ("analyses", i), f"{analysis.id} compares the levels of {analysis.by}: name the 'reference' among them"
        known = protocol.response.evaluators if protocol.response is not None else ()
        for name in getattr(analysis, "evaluators", ()):
            if name not in known:
                yield "PRO-0024", ("analyses", i), f"{analysis.id} compares {name}: name it under response.evaluators"
        subgroups = getattr(analysis, "subgroups", ())
        if subgroups and getattr(analysis, "comparison", None) is None:
            yield "PRO-0026", ("analyses", i), f"{analysis.id} has subgroups but no comparison"
    if protocol.groups is not None and protocol.groups.variable == "TRTMODE" and protocol.treatment_modes is None:
        yield "PRO-0024", ("groups", "variable"), "groups by TRTMODE need the section 'treatment_modes'"
    if protocol.study.design == "randomised" and protocol.groups is None:
        yield "PRO-0026", ("study", "design"), "a randomised study has groups"
