"""Small pieces of English: lists, counts, the ends of sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

_STAYS_ABOVE = re.compile(r"(?:median )?not reached: (?:S\(t\)|the curve) stays above (?P<above>0?\.\d+|1)(?: \(lowest value [^)]*\))?")
_LIMIT = re.compile(r"((?:lower|upper) limit not reached): the curve's (?:lower|upper) limit stays above the quantile")

_PLURAL = re.compile(r"^([a-z-]{2,}[^\Wsui])s$")
"""A unit such as "courses" or "years", and not "celsius" or "mass"."""


def plain_warning(text: str) -> str:
    """Return a warning of a curve in words that need no notation; any other as it is."""
    return _LIMIT.sub(r"\1", _STAYS_ABOVE.sub(_fewer, text))


def _fewer(match: re.Match[str]) -> str:
    above = float(match["above"])
    if above == 0.5:
        return "median not reached: fewer than half had the event"
    return f"not reached: fewer than {100 * (1 - above):.4g}% had the event"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Return ``a``, ``a and b``, or ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return ``1 patient`` or ``2 patients``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def with_unit(value: str, unit: str | None) -> str:
    """Return ``8.3 g/L``, ``2 courses`` or ``1 course``: a unit that is an English plural is singular after 1."""
    if not unit:
        return value
    plural = _PLURAL.match(unit) if value == "1" else None
    return f"{value} {plural[1] if plural is not None else unit}"


def sentence(text: str) -> str:
    """Return the text with a capital at its start and a full stop at its end."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def lower_first(text: str) -> str:
    """Return the text with a small first letter, unless it starts with an abbreviation."""
    return text[:1].lower() + text[1:] if len(text) > 1 and text[1:2].islower() else text
