"""Fisher's exact test of tables larger than 2 × 2: every table with the same margins, counted column by column."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, IntArray
from topline.stats.errors import InputError

# Partial tables kept at once; beyond this the count would take minutes.
_LIMIT = 4_000_000


def fisher_rxc(counts: FloatArray, relative_tie: float) -> float:
    """Return the two-sided p-value of Fisher's exact test.

    Columns are filled one after the other. Partial tables with the same row totals left and the same probability so far
    are merged; one whose every completion is (or isn't) as improbable as the observed table is settled at once, for the
    completions of a partial table have a total probability in closed form (the idea of Mehta and Patel 1983).

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
    rows = np.sort(counts.sum(axis=1).astype(np.intp))
    columns = np.sort(counts.sum(axis=0).astype(np.intp))[::-1]
    log_factorial = np.array([math.lgamma(v + 1.0) for v in range(int(rows.sum()) + 1)])
    # P(table) = Π rows! Π columns! / (n! Π cells!): the margins are common to all tables.
    common = float(log_factorial[rows].sum() + log_factorial[columns].sum() - log_factorial[-1])
    border = common - float(log_factorial[counts.astype(np.intp)].sum()) + math.log1p(relative_tie)
    left, cost, ways, settled = rows[None, :], np.zeros(1), np.ones(1), 0.0
    for j, column in enumerate(columns):
        if not len(left):
            break
        later = _Rest(columns[j + 1 :], len(rows), log_factorial)
        held: list[tuple[Any, FloatArray, FloatArray]] = []
        size = 0
        edges = np.flatnonzero(np.any(np.diff(left, axis=0), axis=1)) + 1
        for group in np.split(np.arange(len(left)), edges):
            cells = _fillings(left[group[0]], int(column))
            rest = np.sort(left[group[0]] - cells, axis=1)
            so_far = common + cost[group][:, None] - log_factorial[cells].sum(axis=1)
            least, most = later.bounds(rest)
            all_in, none_in = so_far - least <= border, so_far - most > border
            mass = np.exp(so_far + later.total(rest)) * ways[group][:, None]
            settled += float(mass[all_in].sum())
            state, filling = np.nonzero(~all_in & ~none_in)
            held.append((rest[filling], so_far[state, filling] - common, ways[group][state]))
            size += len(state)
            if size > _LIMIT:
                raise InputError(
                    f"this {counts.shape[0]} × {counts.shape[1]} table of {int(rows.sum())} has too many tables with the same "
                    "margins for an exact test; use chi_squared"
                )
        left, cost, ways = _merged(*(np.concatenate(part) for part in zip(*held, strict=True)))
    return min(1.0, settled + float(np.exp(common + cost[common + cost <= border]) @ ways[common + cost <= border]))


class _Rest:
    """What the columns still to be filled may contribute: Σ log cells! over every completion of the row totals left."""

    def __init__(self, columns: IntArray, rows: int, log_factorial: FloatArray) -> None:
        self.columns, self.log_factorial = columns, log_factorial
        every = np.arange(len(log_factorial))
        self.even = self._even(every, len(columns)) if len(columns) else np.zeros(len(every))
        self.even_columns = float(self._even(columns, rows).sum()) if len(columns) else 0.0
        self.heaped = np.zeros(len(every))
        spare = every
        for column in columns:
            self.heaped = self.heaped + log_factorial[np.minimum(spare, column)]
            spare = spare - np.minimum(spare, column)

    def _even(self, total: IntArray, parts: int) -> FloatArray:
        """Return the least Σ log cells! of a total spread over some cells: as evenly as can be."""
        share, over = np.divmod(total, parts)
        return np.asarray((parts - over) * self.log_factorial[share] + over * self.log_factorial[np.minimum(share + 1, total)])

    def bounds(self, left: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return limits of Σ log cells!: spread evenly, or heaped into the largest cells, along rows or along columns."""
        least = np.maximum(self.even[left].sum(axis=1), self.even_columns)
        heaped = np.zeros(len(left))
        for column in self.columns:
            spare = np.full(len(left), column)
            for row in left.T[::-1]:
                put = np.minimum(spare, row)
                heaped = heaped + self.log_factorial[put]
                spare = spare - put
        return least, np.minimum(self.heaped[left].sum(axis=1), heaped)

    def total(self, left: IntArray) -> FloatArray:
        """Return the log of Σ 1 / Π cells! over all completions."""
        done = self.log_factorial[left].sum(axis=1) + float(self.log_factorial[self.columns].sum())
        return np.asarray(self.log_factorial[int(self.columns.sum())] - done)


def _fillings(left: IntArray, column: int) -> IntArray:
    """Return every way to spread a column total over what is left of the rows, one a row."""
    out, spare = np.zeros((1, 0), dtype=np.intp), np.array([column])
    room = int(left.sum())
    for row in left:
        room -= int(row)
        low, high = np.maximum(0, spare - room), np.minimum(row, spare)
        width = high - low + 1
        first = np.cumsum(width) - width
        put = np.arange(int(width.sum())) - np.repeat(first - low, width)
        out = np.column_stack([np.repeat(out, width, axis=0), put])
        spare = np.repeat(spare, width) - put
    return out


def _merged(left: IntArray, cost: FloatArray, ways: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
    """Add up the ways to partial tables with the same row totals left and the same probability so far."""
    if not len(cost):
        return left, cost, ways
    fine = np.round(cost * 1e9).astype(np.int64)
    order = np.lexsort((fine, *left.T))
    left, fine = left[order], fine[order]
    new = np.concatenate([[True], np.any(np.diff(left, axis=0), axis=1) | (np.diff(fine) != 0)])
    starts = np.flatnonzero(new)
    return left[starts], cost[order][starts], np.add.reduceat(ways[order], starts)
