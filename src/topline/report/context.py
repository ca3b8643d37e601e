"""What every part of a report is given: the results, the protocol, the way of showing numbers, and the rows by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from topline.analyze.results import Result, ResultSet
from topline.report.display import Show
from topline.study.analyses import BaselineAnalysis, TimeToEventAnalysis
from topline.study.protocol import Protocol

Group = str | None
"""A group's printed name; None stands for all patients."""


@dataclass(frozen=True)
class Context:
    """Results and protocol of one run, and how to show them."""

    results: ResultSet
    protocol: Protocol

    @cached_property
    def show(self) -> Show:
        """The protocol's way of showing numbers."""
        return Show(self.protocol.display)

    @cached_property
    def everyone(self) -> str:
        """What the column of all patients is called."""
        return "All patients" if self.protocol.groups is not None else (self.protocol.treatment or "All patients")

    def rows(self, analysis: str) -> tuple[Result, ...]:
        """Return the rows of one analysis, in order."""
        return self._by_analysis.get(analysis, ())

    @cached_property
    def _by_analysis(self) -> dict[str, tuple[Result, ...]]:
        found: dict[str, list[Result]] = {}
        for row in self.results.rows:
            found.setdefault(row.analysis, []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    def group_name(self, group: Group) -> str:
        """Return the printed name of a group, or of everyone."""
        return self.everyone if group is None else group

    def population_label(self, rows: Iterable[Result], fallback: str) -> str:
        """Return the label of the population that the rows are of."""
        wanted = next((row.population for row in rows if row.population), fallback)
        return next((item.label for item in self.protocol.populations if item.id == wanted), wanted)

    def endpoint_label(self, endpoint_id: str | None) -> str:
        """Return an endpoint's label, or its code where the protocol has no such endpoint."""
        return next((item.label for item in self.protocol.endpoints if item.id == endpoint_id), endpoint_id or "")

    def level_label(self, variable: str | None, level: str) -> str:
        """Return the printed name of a variable's value: as a baseline analysis has it, else as a subgroup; the value where none has."""
        return self._levels.get((variable, level), level)

    @cached_property
    def _levels(self) -> dict[tuple[str | None, str], str]:
        labels: dict[tuple[str | None, str], str] = {}
        wanted = [item for analysis in self.protocol.analyses if isinstance(analysis, BaselineAnalysis) for item in analysis.variables]
        inside = [item for analysis in self.protocol.analyses if isinstance(analysis, TimeToEventAnalysis) for item in analysis.subgroups]
        named = [(item.variable, item.levels) for item in wanted] + [(item.variable, item.levels) for item in inside]
        for variable, levels in named:
            for value, label in (levels or {}).items():
                labels.setdefault((variable, str(value)), label)
        return labels

    def groups(self, rows: Sequence[Result]) -> tuple[Group, ...]:
        """Return the groups that rows describe: the protocol's order, then that of the rows, all patients last."""
        seen = dict.fromkeys(row.group for row in rows if row.reference_group is None)
        seen |= dict.fromkeys(row.reference_group for row in rows if row.reference_group is not None)
        planned = [level.label for level in self.protocol.groups.levels] if self.protocol.groups is not None else []
        named = [label for label in planned if label in seen] + [group for group in seen if group is not None and group not in planned]
        return (*named, None) if None in seen else tuple(named)


def pick(rows: Iterable[Result], **wanted: object) -> Result | None:
    """Return the first row whose fields equal all of `wanted`, or None."""
    items = tuple(wanted.items())
    return next((row for row in rows if all(getattr(row, key) == value for key, value in items)), None)


def select(rows: Iterable[Result], **wanted: object) -> tuple[Result, ...]:
    """Return the rows whose fields equal all of `wanted`."""
    items = tuple(wanted.items())
    return tuple(row for row in rows if all(getattr(row, key) == value for key, value in items))
