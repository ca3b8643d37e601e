"""What a story comes to, before how: best response, and each time to event with what decided it."""

from __future__ import annotations

from topline.report.story.model import Outcome, Story
from topline.report.words import lower_first


def in_short(story: Story) -> list[str]:
    """Return one line for best response and one for each time to event that was decided."""
    lines = [line for line in (_time(outcome) for outcome in story.outcomes) if line is not None]
    if story.best is None:
        return lines
    confirmed = f"; confirmed: {story.best.confirmed}" if story.best.confirmed is not None else ""
    return [f"Best response {story.best.response}{confirmed}", *lines]


def _time(outcome: Outcome) -> str | None:
    decided = next((rule for rule in outcome.rules if rule.status == "decided"), None)
    if decided is None or outcome.adt is None:
        return None
    why = decided.why
    if outcome.cnsr == 0:
        note = next((item.note for item in outcome.candidates if (item.what, item.day) == (outcome.reason, outcome.adt)), "")
        why = lower_first(outcome.reason or "") + (f" ({note})" if note else "")
    how = "event" if outcome.cnsr == 0 else "censored"
    return f"{outcome.endpoint}: {how} on {outcome.adt}, {outcome.months} months: {why}"
