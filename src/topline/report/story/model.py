"""What a story holds, section by section: plain values that text and JSON are made from. Nothing here is computed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["decided", "not met", "not tried"]


@dataclass(frozen=True)
class Day:
    """A day, as a date (None where the records hold study days) and as a study day (None without a time origin)."""

    date: str | None
    study_day: int | None

    def __str__(self) -> str:
        """As ``2023-01-17 (day 84)``."""
        if self.date is None:
            return f"day {self.study_day}"
        return self.date if self.study_day is None else f"{self.date} (day {self.study_day})"

    @property
    def short(self) -> str:
        """The date alone, or the study day where there is no date."""
        return self.date or f"day {self.study_day}"


@dataclass(frozen=True)
class Place:
    """Where something stands in the records."""

    file: str
    rows: tuple[int, ...]
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Membership:
    """Whether the patient is in a population; if not, the rule that removed them."""

    population: str
    label: str
    inside: bool
    removed_by: str | None = None
    condition: str | None = None


@dataclass(frozen=True)
class Who:
    """Who the patient is: recorded facts, treatment group, populations, death and last contact."""

    facts: tuple[tuple[str, str], ...]
    group: str | None
    populations: tuple[Membership, ...]
    outside: str | None
    """Why the patient isn't in the study at all; None for those in it."""
    died: str | None
    last_alive: Day | None
    last_alive_place: Place | None


@dataclass(frozen=True)
class Origin:
    """The time origin: its day, the source that the protocol names, and the record."""

    day: Day | None
    source: str
    place: Place | None


@dataclass(frozen=True)
class Level:
    """A stretch of treatment at one dose."""

    dose: str
    start: Day
    end: Day
    courses: int
    note: str | None = None


@dataclass(frozen=True)
class Drug:
    """What the patient took of one drug; the summary is there for drugs of the protocol's schedule."""

    name: str
    levels: tuple[Level, ...]
    summary: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Treatment:
    """Drugs, treatment mode and why treatment ended."""

    drugs: tuple[Drug, ...]
    mode: str | None
    components: tuple[tuple[str, str, Day, str], ...]
    """Component, drug as recorded, day, and whether it counts for the mode."""
    ended: str | None


@dataclass(frozen=True)
class Moment:
    """A day on the timeline."""

    day: Day
    what: str


@dataclass(frozen=True)
class Lesion:
    """A lesion and what it is."""

    id: str
    role: str
    location: str
    node: bool
    first_seen: Day | None


@dataclass(frozen=True)
class Visit:
    """One tumour assessment: what was measured, what follows, and why."""

    label: str
    baseline: bool
    day: Day
    measurements: tuple[tuple[str, str], ...]
    """Lesion → its diameter in mm, its state, or 'n.d.' (not done)."""
    sum_mm: str | None
    complete: bool | None
    percent_baseline: str | None
    percent_nadir: str | None
    target: str | None
    non_target: str | None
    new: str | None
    overall: str | None
    why: str
    place: Place | None


@dataclass(frozen=True)
class Assessments:
    """Every tumour assessment, by one criterion and one evaluator."""

    criterion: str
    evaluator: str | None
    lesions: tuple[Lesion, ...]
    visits: tuple[Visit, ...]
    gaps: tuple[str, ...] = ()
    """Scheduled visits between two assessments at which nobody looked."""


@dataclass(frozen=True)
class Best:
    """Best response, whether it was confirmed, and what the rates make of it."""

    response: str
    why: str
    confirmed: str | None
    why_confirmed: str | None
    confirmations: tuple[str, ...]
    not_counted: tuple[str, ...]
    rates: tuple[tuple[str, str, str], ...]
    """Endpoint, Y or N, and in words."""
    others: tuple[tuple[str, str, str | None], ...] = ()
    """Other evaluators: name, best response, confirmed best response."""


@dataclass(frozen=True)
class Candidate:
    """A day that could decide, or that there is none."""

    what: str
    day: Day | None
    note: str
    place: Place | None = None


@dataclass(frozen=True)
class Tried:
    """A rule of the protocol in its place, and what became of it."""

    label: str
    says: str
    status: Status
    why: str


@dataclass(frozen=True)
class Outcome:
    """A time to event: candidates, rules in their order, and the result as it stands in ADTTE."""

    endpoint: str
    label: str
    candidates: tuple[Candidate, ...]
    missed: tuple[str, ...]
    rules: tuple[Tried, ...]
    adt: Day | None
    aval: float | None
    months: str
    cnsr: int | None
    reason: str | None
    source: str
    places: tuple[Place, ...]

    @property
    def line(self) -> str:
        """The result in one line."""
        if self.cnsr is None or self.aval is None:
            return f"no {self.endpoint}: {self.reason}"
        on = f" on {self.adt}" if self.adt is not None else ""
        how = "Event (CNSR 0)" if self.cnsr == 0 else f"Censored (CNSR {self.cnsr})"
        return f"{how}{on}: {self.aval:g} {'day' if self.aval == 1 else 'days'}, {self.months} months. {self.reason}"


@dataclass(frozen=True)
class LabValue:
    """A laboratory value and what became of it."""

    day: Day
    value: str
    percent: str | None
    used: str


@dataclass(frozen=True)
class Biochemical:
    """A biochemical endpoint: every value, and the decision."""

    endpoint: str
    label: str
    test: str
    values: tuple[LabValue, ...]
    response: str
    why: str


@dataclass(frozen=True)
class AdverseEvent:
    """An adverse event with its flags."""

    term: str
    start: Day | None
    end: Day | None
    grade: int | None
    serious: str
    emergent: str
    related: str
    action: str


@dataclass(frozen=True)
class AdverseEvents:
    """All adverse events, and how many count as what."""

    events: tuple[AdverseEvent, ...]
    summary: str


@dataclass(frozen=True)
class Story:
    """One patient's story. `str(story)` is the text; `to_dict()` is for JSON. It holds a patient's data: keep it where it may be."""

    study: str
    title: str
    synthetic: bool
    subject: str
    cutoff: str | None
    who: Who
    origin: Origin
    treatment: Treatment | None = None
    timeline: tuple[Moment, ...] = ()
    assessments: Assessments | None = None
    best: Best | None = None
    outcomes: tuple[Outcome, ...] = ()
    biochemical: tuple[Biochemical, ...] = ()
    adverse_events: AdverseEvents | None = None
    findings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The story as text, at most 100 columns wide."""
        from topline.report.story.text import as_text

        return as_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything, in plain values; each time to event with its line."""
        tree = asdict(self)
        for outcome, item in zip(self.outcomes, tree["outcomes"], strict=True):
            item["line"] = outcome.line
        return tree
