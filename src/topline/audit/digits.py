"""One-digit changes of a printed number: what a slip of the pen looks like, and how repairs are searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["differing_digits", "nearest", "one_digit_changes"]


def one_digit_changes(text: str) -> Iterator[str]:
    """All numbers that differ from `text` in exactly one digit (a leading zero is not made, except before a point)."""
    for place, digit in enumerate(text):
        if not digit.isdigit():
            continue
        before, after = text[:place], text[place + 1 :]
        leading = place == 0 and len(text) > 1 and text[1] != "."
        for other in "123456789" if leading else "0123456789":
            if other != digit:
                yield before + other + after


def differing_digits(a: str, b: str) -> int:
    """In how many characters two printed numbers differ; a different length counts as much as the longer one."""
    if len(a) != len(b):
        return max(len(a), len(b))
    return sum(x != y for x, y in zip(a, b, strict=True))


def nearest(text: str, candidates: Iterable[str]) -> str | None:
    """The candidate with the fewest differing digits, then the nearest value."""
    options = list(candidates)
    if not options:
        return None
    return min(options, key=lambda c: (differing_digits(text, c), abs(float(c) - float(text))))
