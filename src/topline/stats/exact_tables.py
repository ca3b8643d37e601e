"""Fisher's exact test of tables larger than 2 × 2: every table with the same margins, counted column by column."""

from __future__ import annotations

import math
from collections.abc import Iterator

from topline.stats.checks import FloatArray
from topline.stats.errors import InputError

# Partial tables kept at once; beyond this the count would take minutes.
_LIMIT = 2_000_000


def fisher_rxc(counts: FloatArray, relative_tie: float) -> float:
    """Return the two-sided p-value of Fisher's exact test.

    Columns are filled one after the other. Partial tables with the same row totals left and the same probability so far
    are merged, so that equal work is done once.

    Parameters
    ----------
    counts : (r, c) array
        Whole numbers; no empty row or column.
    relative_tie : float
        Tables up to this much more probable than the observed one count as equally probable.

    Raises
    ------
    InputError
        If there are too many partial tables to hold.
    """
    if counts.shape[0] > counts.shape[1]:
        counts = counts.T
    rows = tuple(int(v) for v in counts.sum(axis=1))
    columns = sorted((int(v) for v in counts.sum(axis=0)), reverse=True)
    # P(table) = Π rows! Π columns! / (n! Π cells!): the margins are common to all tables.
    common = sum(math.lgamma(v + 1) for v in (*rows, *columns)) - math.lgamma(sum(rows) + 1)
    own = common - sum(math.lgamma(float(v) + 1) for v in counts.ravel())
    states: dict[tuple[tuple[int, ...], int], tuple[float, float]] = {(tuple(sorted(rows)), 0): (0.0, 1.0)}
    for column in columns:
        following: dict[tuple[tuple[int, ...], int], tuple[float, float]] = {}
        for (left, _), (log_cells, ways) in states.items():
            for cells in _fillings(left, column):
                cost = log_cells - sum(math.lgamma(v + 1) for v in cells)
                rest = tuple(sorted(r - v for r, v in zip(left, cells, strict=True)))
                key = (rest, round(cost * 1e9))
                held = following.get(key)
                following[key] = (cost, ways + (held[1] if held else 0.0))
            if len(following) > _LIMIT:
                raise InputError(
                    f"this {counts.shape[0]} × {counts.shape[1]} table of {sum(rows)} has too many tables with the same "
                    "margins for an exact test; use chi_squared"
                )
        states = following
    border = own + math.log1p(relative_tie)
    return min(1.0, sum(ways * math.exp(common + cost) for cost, ways in states.values() if common + cost <= border))


def _fillings(left: tuple[int, ...], column: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to spread a column total over what is left of the rows."""
    if len(left) == 1:
        if column <= left[0]:
            yield (column,)
        return
    room = sum(left[1:])
    for value in range(max(0, column - room), min(left[0], column) + 1):
        for rest in _fillings(left[1:], column - value):
            yield (value, *rest)
