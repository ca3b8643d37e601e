"""The story as text: sections under headings, aligned columns, at most 100 wide, whatever script the records are written in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from topline.report.story.model import (
    AdverseEvents,
    Assessments,
    Best,
    Biochemical,
    Candidate,
    Day,
    Origin,
    Outcome,
    Place,
    Story,
    Treatment,
    Visit,
    Who,
)
from topline.report.story.short import in_short

WIDTH = 100
_SHORT = {"NON-CR/NON-PD": "NN"}
_MARKS = {"decided": "→", "not met": "–", "not tried": " "}


def as_text(story: Story) -> str:
    """Return the text of a story."""
    return "\n".join(line.rstrip() for line in _lines(story)) + "\n"


def _lines(story: Story) -> Iterator[str]:
    if story.synthetic:
        yield "SYNTHETIC STUDY: this patient is invented; nothing here is about a real person."
    cutoff = f", data cut-off {story.cutoff}" if story.cutoff else ""
    yield from _wrap(f"Patient {story.subject} of {story.study}{cutoff}")
    yield from _wrap(story.title)
    short = in_short(story)
    if short:
        yield from _heading("In short")
    for line in short:
        yield from _wrap(line, "  ", "    ")
    yield from _who(story.who, story.origin)
    if story.treatment is not None and (story.treatment.drugs or story.treatment.mode):
        yield from _treatment(story.treatment)
    if story.timeline:
        yield from _heading("Timeline")
        yield from _table(None, [(*_day_cells(item.day), item.what) for item in story.timeline])
    if story.assessments is not None and (story.assessments.visits or story.origin.day is not None):
        yield from _assessments(story.assessments)
    if story.best is not None:
        yield from _best(story.best)
    without = [outcome for outcome in story.outcomes if outcome.cnsr is None]
    if without:
        yield from _heading("Times to event")
        for outcome in without:
            yield from _wrap(f"= {outcome.line}", "  ", "    ")
    for outcome in story.outcomes:
        if outcome.cnsr is not None:
            yield from _outcome(outcome)
    for item in story.biochemical if story.origin.day is not None else ():
        yield from _biochemical(item)
    if story.adverse_events is not None:
        yield from _adverse_events(story.adverse_events)
    if story.findings:
        yield from _heading("Worth knowing about these records")
        for finding in story.findings:
            yield from _wrap(finding, "  ", "    ")


def _who(who: Who, origin: Origin) -> Iterator[str]:
    yield from _heading("Who")
    rows = [*who.facts]
    if who.group:
        rows.append(("Treatment", who.group))
    if who.died:
        rows.append(("Died", who.died))
    if who.last_alive is not None:
        rows.append(("Last known alive", f"{who.last_alive}{_at(who.last_alive_place)}"))
    if origin.day is None:
        rows.append(("Time origin", f"none: {origin.source}"))
    else:
        rows.append(("Time origin", f"{origin.day}: {origin.source}{_at(origin.place)}"))
    yield from _pairs(rows)
    if who.outside is not None:
        yield from _wrap(f"Not in the study: {who.outside}.", "  ")
    for item in who.populations:
        if item.inside:
            yield from _wrap(f"In {item.population} ({item.label})", "  ", "    ")
        else:
            why = f": removed by '{item.removed_by}'" if item.removed_by else ""
            condition = f" ({item.condition})" if item.condition else ""
            yield from _wrap(f"Not in {item.population} ({item.label}){why}{condition}", "  ", "    ")


def _treatment(treatment: Treatment) -> Iterator[str]:
    yield from _heading("Treatment")
    for drug in treatment.drugs:
        yield from _wrap(drug.name, "  ")
        rows = []
        for level in drug.levels:
            courses = "1 record" if level.courses == 1 else f"{level.courses} records"
            rows.append((level.dose, f"{level.start.short} to {level.end.short}", courses, (level.note or "").lower()))
        yield from _table(None, rows, "    ")
        if drug.summary:
            yield from _wrap("; ".join(f"{name} {value}" for name, value in drug.summary), "    ")
    if treatment.mode is not None:
        yield from _wrap(f"Treatment mode: {treatment.mode}", "  ")
        yield from _table(None, [(name, text, *_day_cells(day), window) for name, text, day, window in treatment.components], "    ")
    if treatment.ended:
        yield from _wrap(f"Last disposition event: {treatment.ended.lower()}", "  ")


def _assessments(assessments: Assessments) -> Iterator[str]:
    by = f", by {assessments.evaluator.lower()}" if assessments.evaluator else ""
    yield from _heading(f"Tumour assessments ({assessments.criterion}{by})")
    if not assessments.visits:
        yield "  none"
        return
    if assessments.lesions:
        named = []
        for lesion in assessments.lesions:
            axis = ", short axis" if lesion.node and lesion.role == "TARGET" else ""
            role = "" if lesion.role == "TARGET" else f", {lesion.role.lower()}"
            named.append(f"{lesion.id} {lesion.location}{axis}{role}".strip())
        yield from _wrap("Lesions (mm): " + "; ".join(named), "  ", "    ")
    targets = [lesion.id for lesion in assessments.lesions if lesion.role == "TARGET"]
    head, rows = _visit_table(assessments.visits, targets)
    if _width(head, rows) > WIDTH - 2:
        sizes = [(visit.label, *(_size(visit, name) for name in targets)) for visit in assessments.visits]
        yield from _table(("Visit", *targets), sizes, right=range(1, 1 + len(targets)))
        head, rows = _visit_table(assessments.visits, [])
    numbers = range(2, len(head) - 4)
    yield from _table(head, rows, right=numbers)
    shown = {cell for row in rows for cell in row}
    legend = ["base, nadir: change of the sum from them; T target, NT non-target response"] if "Sum" in head else []
    legend += ["NN neither CR nor PD"] if "NN" in shown else []
    legend += ["n.d. not done"] if "n.d." in shown else []
    legend += ["(…) sum of the lesions measured only"] if any(cell.startswith("(") for cell in shown) else []
    if legend:
        yield from _wrap("; ".join(legend), "  ")
    yield ""
    for visit in assessments.visits:
        yield from _wrap(f"Visit {visit.label}: {visit.why}{_at(visit.place)}", "  ", "    ")
    for gap in assessments.gaps:
        yield from _wrap(gap, "  ", "    ")


def _visit_table(visits: Sequence[Visit], targets: Sequence[str]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    sums = any(visit.sum_mm is not None for visit in visits)
    head = ("Visit", "Date", "Day", *targets, *(("Sum", "base", "nadir") if sums else ()), "T", "NT", "New", "Overall")
    rows = []
    for visit in visits:
        total = visit.sum_mm or "–"
        changes = (f"({total})" if visit.complete is False else total, visit.percent_baseline or "", visit.percent_nadir or "")
        words = [_SHORT.get(word or "", word or "") for word in (visit.target, visit.non_target, visit.new, visit.overall)]
        overall = "baseline" if visit.baseline else words[3]
        cells = (*(_size(visit, name) for name in targets), *(changes if sums else ()))
        rows.append((visit.label, *_day_cells(visit.day), *cells, *words[:3], overall))
    return head, rows


def _size(visit: Visit, lesion: str) -> str:
    return dict(visit.measurements).get(lesion, "n.d.")


def _best(best: Best) -> Iterator[str]:
    yield from _heading("Best response")
    yield from _wrap(f"Best response (no confirmation needed): {best.response}, {best.why}", "  ", "    ")
    if best.confirmed is not None:
        yield from _wrap(f"Confirmed best response: {best.confirmed}, {best.why_confirmed}", "  ", "    ")
    for line in best.confirmations:
        yield from _wrap(line, "    ", "      ")
    for line in best.not_counted:
        yield from _wrap(f"Not counted: {line}", "    ", "      ")
    for name, value, why in best.rates:
        yield from _wrap(f"{name}: {'yes' if value == 'Y' else 'no'}, {why}", "  ", "    ")
    for name, response, confirmed in best.others:
        yield from _wrap(f"By {name.lower()}: {response}" + (f", confirmed {confirmed}" if confirmed else ""), "  ", "    ")


def _outcome(outcome: Outcome) -> Iterator[str]:
    yield from _heading(f"{outcome.endpoint}: {outcome.label}")
    if outcome.candidates:
        yield from _table(None, [_candidate(item) for item in outcome.candidates])
    for line in outcome.missed:
        yield from _wrap(f"Missed visit: {line}", "  ", "    ")
    if outcome.rules:
        yield "  Rules of the protocol, in order:"
    for place, rule in enumerate(outcome.rules, 1):
        mark = _MARKS[rule.status]
        head = (
            f"{mark} {place}. {rule.label}: {rule.status}, {rule.why}."
            if rule.status != "not tried"
            else f"{mark} {place}. {rule.label}: not tried."
        )
        yield from _wrap(head, "  ", "       ")
        if rule.status == "decided":
            yield from _wrap(f"Rule: {rule.says}.", "       ")
    yield from _wrap(f"= {outcome.line}", "  ", "    ")
    if outcome.source:
        where = "; ".join(filter(None, (_where(place) for place in outcome.places)))
        yield from _wrap(f"Rests on {outcome.source}" + (f"; {where}" if where else ""), "    ", "      ")


def _candidate(item: Candidate) -> tuple[str, ...]:
    if item.day is None:
        return (item.what, "–", "", item.note)
    return (item.what, *_day_cells(item.day), (f"{item.note}{_at(item.place)}" if item.note else _where(item.place)))


def _biochemical(item: Biochemical) -> Iterator[str]:
    yield from _heading(f"{item.endpoint}: {item.label}")
    if item.values:
        rows = [(*_day_cells(value.day), value.value, value.percent or "", value.used) for value in item.values]
        yield from _table(("Date", "Day", item.test, "Change", ""), rows, right=(1, 2, 3))
    yield from _wrap(f"= {'Response' if item.response == 'Y' else 'No response'} ({item.response}): {item.why}", "  ", "    ")


def _adverse_events(adverse: AdverseEvents) -> Iterator[str]:
    yield from _heading("Adverse events")
    yield from _wrap(adverse.summary[:1].upper() + adverse.summary[1:], "  ", "    ")
    if adverse.events:
        rows = [
            (
                event.term,
                event.start.short if event.start else "?",
                event.end.short if event.end else "ongoing",
                str(event.grade or "?"),
                event.emergent,
                event.related,
                event.serious,
                event.action,
            )
            for event in adverse.events
        ]
        yield from _table(("Term", "Start", "End", "Gr", "TE", "Rel", "Ser", "Action"), rows)


def _day_cells(day: Day) -> tuple[str, str]:
    return day.date or "", "" if day.study_day is None else f"{day.study_day}"


def _at(place: Place | None) -> str:
    where = _where(place)
    return f" [{where}]" if where else ""


def _where(place: Place | None) -> str:
    """File, rows (runs of them joined) and column."""
    if place is None:
        return ""
    runs: list[list[int]] = []
    for row in place.rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    rows = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
    word = "row" if len(place.rows) == 1 else "rows"
    column = f", {place.column}" if place.column else ""
    return f"{place.file} {word} {rows}{column}"


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield from _wrap(text)
    yield "-" * min(WIDTH, _columns(text))


def _pairs(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = min(32, max((_columns(name) for name, _ in rows), default=0))
    for name, value in rows:
        yield from _wrap(f"{_pad(name, width)}  {value}", "  ", " " * (width + 4))


def _table(
    head: Sequence[str] | None, rows: Sequence[Sequence[str]], indent: str = "  ", right: Sequence[int] | range = ()
) -> Iterator[str]:
    """Yield aligned rows, leaving out columns that are empty throughout; the last column wraps under itself."""
    if not rows:
        return
    kept = [i for i in range(len(rows[0])) if any(row[i] for row in rows)]
    every = [tuple(row[i] for i in kept) for row in ([head] if head is not None else []) + list(rows)]
    widths = [max(_columns(row[i]) for row in every) for i in range(len(kept))]
    spare = WIDTH - len(indent) - sum(widths[1:-1]) - 2 * (len(widths) - 1) - min(widths[-1], 20)
    widths[0] = max(8, min(widths[0], spare)) if len(widths) > 1 else widths[0]
    for row in every:
        cells = [
            _pad(_cut(cell, width), width, left=kept[i] in right) for i, (cell, width) in enumerate(zip(row[:-1], widths, strict=False))
        ]
        start = indent + "  ".join([*cells, ""]) if cells else indent
        yield from _wrap(_pad(row[-1], widths[-1], left=True) if kept[-1] in right else row[-1], start, " " * _columns(start))


def _width(head: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    return sum(max(_columns(row[i]) for row in (head, *rows)) + 2 for i in range(len(head))) - 2


def _columns(text: str) -> int:
    """Columns that a text takes on a terminal: two for a wide character, none for one that combines."""
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _pad(text: str, width: int, *, left: bool = False) -> str:
    space = " " * max(0, width - _columns(text))
    return space + text if left else text + space


def _cut(text: str, width: int) -> str:
    if _columns(text) <= width:
        return text
    kept = text
    while kept and _columns(kept) > width - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _wrap(text: str, first: str = "", rest: str | None = None) -> Iterator[str]:
    """Yield a text in lines of at most WIDTH columns, broken at blanks, or inside a word that is too long by itself."""
    after = first if rest is None else rest
    line, empty = first, True
    for word in _words(" ".join(text.split("\n")), WIDTH - max(_columns(first), _columns(after)) - 1):
        if not empty and _columns(line) + _columns(word) > WIDTH:
            yield line
            line, empty = after, True
            word = word.lstrip()
        line, empty = line + word, False
    yield line


def _words(text: str, most: int) -> Iterator[str]:
    """Words with the blanks before them (columns inside a text keep theirs)."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or (text[place] == " " and text[place - 1] != " "):
            word = text[start:place]
            while _columns(word) > most:
                yield word[: most // 2]
                word = word[most // 2 :]
            yield word
            start = place
