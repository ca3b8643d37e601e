"""Calendar dates as integer days, the only time that derivations know."""

from __future__ import annotations

from datetime import date

_EPOCH = date(1970, 1, 1).toordinal()


def days(value: date) -> int:
    """Days since 1970-01-01."""
    return value.toordinal() - _EPOCH
