"""Tables whose columns were lost: what such a heap of numbers seems to contradict is no contradiction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from topline.audit.claims import Claim
from topline.audit.verdict import Rung, Verdict

__all__ = ["is_flattened", "withhold"]

_LONG = 400
_SHARE = 0.12
_GLUED = re.compile(r"[a-z][0-9]+\.[0-9]+ ?%|%[0-9]|\)[0-9]|[0-9]%?[A-Z][a-z]+ [a-z]+[0-9]")


def is_flattened(sentence: str) -> bool:
    """Whether a sentence is a table run together: long and full of digits, or with cells glued to each other."""
    if len(sentence) > _LONG and sum(ch.isdigit() for ch in sentence) > _SHARE * len(sentence):
        return True
    return len(_GLUED.findall(sentence)) >= 3


def withhold(verdicts: Iterable[Verdict], claims: Iterable[Claim]) -> Iterator[Verdict]:
    """Turn findings on claims of a flattened table into uncheckable ones."""
    flat: dict[str, bool] = {}
    by_id = {c.id: c.sentence for c in claims}
    for verdict in verdicts:
        sentences = {by_id.get(i, "") for i in verdict.claims} if verdict.is_finding else set()
        for sentence in sentences:
            if sentence not in flat:
                flat[sentence] = is_flattened(sentence)
        if any(flat[s] for s in sentences):
            text = f"{verdict.message} But these numbers stand in a table whose columns were lost, so they may not belong together."
            yield replace(verdict, verdict=Rung.UNCHECKABLE, message=text)
        else:
            yield verdict
