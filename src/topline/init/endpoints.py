"""Endpoints that the columns allow: progression-free and overall survival from dates or recorded times, and response rates."""

from __future__ import annotations

from topline.init.draft import Draft
from topline.init.yaml_lines import shown


def endpoint_lines(draft: Draft) -> tuple[list[str], list[str]]:
    """Return the lines of the endpoints, and the ids of those that are times to event; guesses are added to the draft."""
    times = {"PFS": _progression(draft), "OS": _survival(draft)}
    lines = [line for part in times.values() for line in part]
    if draft.response:
        lines += [
            "  - {id: ORR, type: response_rate, label: Objective response rate, responses: [CR, PR]}  # guess: response",
            "  - {id: DCR, type: response_rate, label: Disease control rate, responses: [CR, PR, SD]}  # guess: response",
        ]
    return lines, [name for name, part in times.items() if part]


def _record(variable: str, label: str, where: str | None = None) -> str:
    condition = f', where: "{where}"' if where else ""
    return f"      - {{rule: record, source: {{domain: DM, variable: {variable}{condition}}}, label: {label}}}"


def _head(name: str, label: str, guess: str) -> list[str]:
    return [f"  - id: {name}  # guess: {guess}", "    type: time_to_event", f"    label: {label}"]


def _death(draft: Draft) -> str | None:
    if draft.has("DTHDTC"):
        return "      - {rule: death}"
    if draft.has("DTHFL", "LASTFUDTC"):
        return _record("LASTFUDTC", "Death", "DTHFL = 'Y'")
    return None


def _death_words(draft: Draft) -> str:
    if draft.has("DTHDTC"):
        return "death"
    return "death, dated by the last follow-up, as there is no column with its date"


def _censoring(draft: Draft) -> list[str]:
    if draft.has("LASTFUDTC"):
        return [_record("LASTFUDTC", "No event by the last follow-up")]
    return ["      - {rule: last_known_alive}"]


def _progression(draft: Draft) -> list[str]:
    if draft.has("TRTSDTC", "PROGDTC"):
        flag = draft.progression_by_flag
        events = [_record("PROGDTC", "Disease progression", "PROGFL = 'Y'" if flag else None)]
        words = "progression" + (f" (where {shown(draft.columns['PROGFL'])} says so)" if flag else "")
        if (death := _death(draft)) is not None:
            events.append(death)
            words += f" or {_death_words(draft)}"
        censoring = [_record("PROGDTC", "No progression by the date of assessment", "PROGFL = 'N'")] if flag else []
        draft.guess(
            "pfs",
            f"progression-free survival runs from {shown(draft.columns['TRTSDTC'])} to {words}, and is censored at "
            + (f"{shown(draft.columns['PROGDTC'])} or " if flag else "")
            + (shown(draft.columns["LASTFUDTC"]) if draft.has("LASTFUDTC") else "the last date known alive"),
            evidence="most patients without progression have a date there too" if flag else "the columns that were found",
            other=("censoring at the last scan: name the column that holds it in the censoring rule",),
        )
        lines = _head("PFS", "Progression-free survival", "pfs")
        return [*lines, "    events:", *events, "    censoring:", *censoring, *_censoring(draft)]
    return _recorded(draft, "PFS", "Progression-free survival", "PFSTIME", "PROGFL")


def _survival(draft: Draft) -> list[str]:
    death = _death(draft)
    if draft.has("TRTSDTC") and death is not None:
        draft.guess(
            "os",
            f"overall survival runs from {shown(draft.columns['TRTSDTC'])} to {_death_words(draft)}, and is censored at "
            + (shown(draft.columns["LASTFUDTC"]) if draft.has("LASTFUDTC") else "the last date known alive"),
            evidence="the columns that were found",
            other=("another start of the clock: change study.time_origin",),
        )
        return [*_head("OS", "Overall survival", "os"), "    events:", death, "    censoring:", *_censoring(draft)]
    return _recorded(draft, "OS", "Overall survival", "OSTIME", "DTHFL")


def _recorded(draft: Draft, name: str, label: str, time: str, event: str) -> list[str]:
    if not draft.has(time, event):
        return []
    unit = unit_of(draft.columns[time])
    guess = name.lower()
    draft.guess(
        guess,
        f"{label.lower()} is {shown(draft.columns[time])} in {unit}, with an event where {shown(draft.columns[event])} says so",
        source=draft.columns[time],
        evidence="there are no dates to derive it from" + ("" if unit_said(draft.columns[time]) else "; the heading names no unit"),
        other=("another unit: days, weeks, months or years",),
    )
    return [*_head(name, label, guess), f"    recorded: {{time: {time}, unit: {unit}, event: {event}, event_values: [Y]}}"]


def unit_said(heading: str) -> bool:
    """Tell whether a heading names a unit of time."""
    return any(word in heading.lower() for word in ("月", "天", "日", "周", "年", "mo", "day", "week", "wk", "year", "yr"))


def unit_of(heading: str) -> str:
    """The unit of time that a heading names; months where it names none."""
    text = heading.lower()
    for unit, words in {
        "months": ("月", "mo"),
        "days": ("天", "日", "day"),
        "weeks": ("周", "week", "wk"),
        "years": ("年", "year", "yr"),
    }.items():
        if any(word in text for word in words):
            return unit
    return "months"
