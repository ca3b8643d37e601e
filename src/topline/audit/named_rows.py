"""The groups of one row: "in the ≥50%, 1-49% and <1% cohorts, … respectively"."""

from __future__ import annotations

from topline.audit.arm_phrases import phrase_text
from topline.audit.claims import Arm
from topline.audit.small_words import STOP
from topline.audit.tokens import Token

__all__ = ["named_row"]

# fmt: off
_VERBS = frozenset(
    {
        "achieved", "also", "appeared", "at", "demonstrated", "did", "died", "displayed", "enrolled", "exhibited",
        "experienced", "had", "has", "have", "received", "responded", "showed", "significantly", "suffer", "suffered",
        "survived", "tended", "treated", "was", "were",
    }
)
# fmt: on
_ROW_HEADS = frozenset({"groups", "arms", "cohorts", "subgroups", "subsets"})
_ROW_STARTS = frozenset({"in", "for", "of", "among", "between", "across", "to"})


def named_row(tokens: list[Token], source: str) -> tuple[list[Arm], int, int] | None:
    """The groups of "in the ≥50%, 1-49% and <1% cohorts, … respectively", with the place of the row."""
    if not any(t.lower.startswith("respective") for t in tokens):
        return None
    for i, token in enumerate(tokens):
        if token.lower not in _ROW_HEADS:
            continue
        start = i
        while start > 0 and i - start < 40 and tokens[start - 1].lower not in _ROW_STARTS and tokens[start - 1].text not in ";()[]":
            start -= 1
        if start == 0 or tokens[start - 1].lower not in _ROW_STARTS:
            continue
        names: list[list[Token]] = [[]]
        for t in tokens[start:i]:
            if t.lower in {",", "and", "or", "versus", "vs"}:
                if names[-1]:
                    names.append([])
            elif t.lower not in {"the", "a", "an", "patients", "with"} and not (t.text == "." and names[-1] == []):
                names[-1].append(t)
        names = [n for n in names if n]
        if not 2 <= len(names) <= 6 or any(len(n) > 7 or any(t.lower in STOP | _VERBS for t in n) for n in names):
            continue
        if sum(t.kind == "n" for n in names for t in n) > 2 * len(names):
            continue
        arms = [Arm(phrase_text(n, source), None, (), (n[0].start, n[-1].end)) for n in names]
        return arms, start, i + 1
    return None
