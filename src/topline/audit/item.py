"""One item of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Item"]


@dataclass(slots=True)
class Item:
    """One item; `kind` is a letter.

    E endpoint, A arm, C value, R ratio, P p-value, T times, G grade, H interval heading, S interval, D date, N size,
    I registration, X no result, W word or sign.
    """

    kind: str
    i: int
    j: int
    data: Any = None
    low: str = ""
