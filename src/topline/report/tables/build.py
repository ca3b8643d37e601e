"""All tables of a report, in its order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from topline.analyze.results import ResultSet
from topline.audit.against import ClaimCheck
from topline.report.context import Context
from topline.report.tables.adjusted import adjusted_table
from topline.report.tables.adverse_events import adverse_event_tables
from topline.report.tables.attrition import attrition_table
from topline.report.tables.baseline import baseline_table
from topline.report.tables.claims import claims_table
from topline.report.tables.concordance import concordance_table
from topline.report.tables.estimands import estimand_table
from topline.report.tables.exposure import exposure_table
from topline.report.tables.findings import findings_table
from topline.report.tables.follow_up import follow_up_table
from topline.report.tables.headline import headline_table
from topline.report.tables.lab_change import lab_change_table
from topline.report.tables.methods import methods_table
from topline.report.tables.model import Table
from topline.report.tables.other import other_table
from topline.report.tables.response import response_table
from topline.report.tables.subgroups import subgroup_table
from topline.report.tables.time_to_event import time_to_event_table
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


def build_tables(results: ResultSet, protocol: Protocol, claims: Sequence[ClaimCheck] | None = None) -> tuple[Table, ...]:
    """Return every table of the report, each with an id of its own.

    Parameters
    ----------
    results : ResultSet
        The results of the run. Nothing is computed from them; they are laid out.
    protocol : Protocol
        Says which analyses there are, what things are called and how numbers are shown.
    claims : sequence of ClaimCheck, optional
        Published claims beside our numbers.
    """
    context = Context(results, protocol)
    found = [headline_table(context), attrition_table(context)]
    for analysis in protocol.analyses:
        found.extend(_of_analysis(context, analysis))
    found += [other_table(context), estimand_table(context), methods_table(context), findings_table(context), claims_table(claims or ())]
    return tuple(_unique(table for table in found if table is not None))


def _of_analysis(context: Context, analysis: Analysis) -> tuple[Table | None, ...]:
    match analysis:
        case BaselineAnalysis():
            return (baseline_table(context, analysis),)
        case FollowUpAnalysis():
            return (follow_up_table(context, analysis),)
        case TimeToEventAnalysis():
            return (time_to_event_table(context, analysis), adjusted_table(context, analysis), subgroup_table(context, analysis))
        case ResponseAnalysis():
            return (response_table(context, analysis),)
        case AdverseEventAnalysis():
            return adverse_event_tables(context, analysis)
        case ExposureAnalysis():
            return (exposure_table(context, analysis),)
        case LabChangeAnalysis():
            return (lab_change_table(context, analysis),)
        case ConcordanceAnalysis():
            return (concordance_table(context, analysis),)


def _unique(tables: Iterable[Table]) -> Iterator[Table]:
    seen: dict[str, int] = {}
    for table in tables:
        seen[table.id] = seen.get(table.id, 0) + 1
        yield table if seen[table.id] == 1 else replace(table, id=f"{table.id}-{seen[table.id]}")
