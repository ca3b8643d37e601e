"""The loops of the survival engine compiled by numba, for data so large that they win; `kernels` says when to import this file.

Each function does what the NumPy code beside its caller does, in fewer passes over the data. All let go of the interpreter lock and
add up in a fixed order, so that `run_panels` gives the same bits whatever the number of threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from topline.stats.checks import FloatArray, IntArray
from topline.stats.survival.cumulate import cumulate
from topline.stats.survival.kernels import CANCELLED
from topline.stats.survival.panels import run_panels

# Rows of a block of the Gram matrix: with its copies by columns it stays in the first-level cache.
_BLOCK = 32

_compile = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})


def _slots(start: IntArray, low: int, high: int) -> tuple[int, int]:
    """Return the slots that start in a range of rows, so that each slot belongs to one panel."""
    return int(np.searchsorted(start, low)), int(np.searchsorted(start, high))


def linear_predictor(x: FloatArray, beta: FloatArray, offset: FloatArray | None) -> FloatArray:
    """Return x @ beta + offset."""
    out = np.empty(len(x))
    shift = np.empty(0) if offset is None else offset
    run_panels(lambda low, high: _linear_predictor(x, beta, shift, low, high, out), len(x), x.size)
    return out


@_compile
def _linear_predictor(x: Any, beta: Any, offset: Any, low: int, high: int, out: Any) -> None:
    for i in range(low, high):
        total = 0.0
        for j in range(len(beta)):
            total += x[i, j] * beta[j]
        out[i] = total + offset[i] if len(offset) else total


def slot_sums(design: Any, eta: FloatArray, slot_shift: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return r = w·exp(η − shift) by row, and by slot the sums of r and r·x over all its rows and over its deaths."""
    size, p, start = design.slots.size, design.p, design.row_start
    risk, s0, s1, d0, d1 = np.empty(design.n), np.zeros(size), np.zeros((size, p)), np.zeros(size), np.zeros((size, p))
    weight = np.empty(0) if design.weight is None else design.weight
    rest = (design.x, eta, weight, slot_shift, start, design.rows, design.deaths, risk, s0, s1, d0, d1)
    run_panels(lambda low, high: _slot_sums(*rest, *_slots(start, low, high)), design.n, design.x.size)
    return risk, s0, s1, d0, d1


@_compile
def _slot_sums(
    x: Any, eta: Any, weight: Any, shift: Any, start: Any, rows: Any, deaths: Any,
    risk: Any, s0: Any, s1: Any, d0: Any, d1: Any, low: int, high: int,
) -> None:  # fmt: skip
    p = x.shape[1]
    total = np.empty(p)
    for g in range(low, high):
        total[:] = 0.0
        sum0 = 0.0
        dead = start[g] + deaths[g]
        for i in range(start[g], start[g] + rows[g]):
            if i == dead:
                d0[g] = sum0
                for j in range(p):
                    d1[g, j] = total[j]
            r = np.exp(eta[i] - shift[g])
            if len(weight):
                r *= weight[i]
            risk[i] = r
            sum0 += r
            for j in range(p):
                total[j] += r * x[i, j]
        if deaths[g] == rows[g]:
            d0[g] = sum0
            for j in range(p):
                d1[g, j] = total[j]
        s0[g] = sum0
        for j in range(p):
            s1[g, j] = total[j]


def entry_sums(design: Any, risk: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sums of r and r·x over late rows, by the slot after which they enter."""
    size, p, late = design.slots.size, design.p, design.late
    # Every panel adds into a table of its own; with many slots one panel takes all rows.
    panels = 8 if 16 * size <= len(late) else 1
    out0, out1 = np.zeros((panels, size)), np.zeros((panels, size, p))
    step = -(-len(late) // panels)

    def panel(low: int, high: int) -> None:
        for k in range(low, high):
            _entry_sums(design.x, risk, design.enter, late[k * step : (k + 1) * step], out0[k], out1[k])

    run_panels(panel, panels, len(late) * p)
    return out0.sum(axis=0), out1.sum(axis=0)


@_compile
def _entry_sums(x: Any, risk: Any, enter: Any, late: Any, out0: Any, out1: Any) -> None:
    p = x.shape[1]
    for i in late:
        a = enter[i]
        out0[a] += risk[i]
        for j in range(p):
            out1[a, j] += risk[i] * x[i, j]


def exposure(design: Any, total: FloatArray, jump: FloatArray, thinned: FloatArray) -> FloatArray:
    """Return each row's sum of `jump` over its slots, less `thinned` for tied deaths; `total` is the cumulated jump."""
    out = np.empty(design.n)
    enter = np.empty(0, dtype=np.intp) if design.enter is None else design.enter
    start = design.row_start
    rest = (start, design.rows, design.deaths, total, jump, thinned, enter, out)
    run_panels(lambda low, high: _exposure(*rest, *_slots(start, low, high)), design.n, 4 * design.n)
    return out


@_compile
def _exposure(start: Any, rows: Any, deaths: Any, total: Any, jump: Any, thinned: Any, enter: Any, out: Any, low: int, high: int) -> None:
    for g in range(low, high):
        dead = start[g] + deaths[g]
        for i in range(start[g], start[g] + rows[g]):
            value = total[g]
            if len(enter):
                a = enter[i]
                value -= total[a]
                # Few digits are left of a small difference: add up the row's own slots.
                if value < CANCELLED * total[g]:
                    value = 0.0
                    for k in range(a + 1, g + 1):
                        value += jump[k]
            if i < dead:
                value -= thinned[g]
            out[i] = value


def gram(x: FloatArray, risk: FloatArray, hazard: FloatArray) -> FloatArray:
    """Return XᵀWX with W = diag(risk · hazard)."""
    p = x.shape[1]

    def panel(low: int, high: int) -> FloatArray:
        out = np.zeros((p + 4, p + 4))
        _gram(x, risk, hazard, low, high, out)
        return out[:p, :p]

    # Entries below the diagonal are not all filled.
    upper = np.triu(np.asarray(sum(run_panels(panel, len(x), x.size))))
    return np.asarray(upper + np.triu(upper, 1).T)


@_compile
def _gram(x: Any, risk: Any, hazard: Any, low: int, high: int, out: Any) -> None:
    # Blocks of rows are laid out by columns, padded with zeros to whole tiles of 2 × 4 entries: sums that stay in registers.
    p = x.shape[1]
    left, right = np.zeros(((p + 3) // 4 * 4, _BLOCK)), np.zeros(((p + 3) // 4 * 4, _BLOCK))
    for begin in range(low, high, _BLOCK):
        size = min(_BLOCK, high - begin)
        for r in range(size):
            w = risk[begin + r] * hazard[begin + r]
            for j in range(p):
                right[j, r] = x[begin + r, j]
                left[j, r] = right[j, r] * w
        for r in range(size, _BLOCK):
            left[:p, r] = 0.0
        for j in range(0, p, 2):
            for k in range(j // 4 * 4, p, 4):
                a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = 0.0
                for r in range(_BLOCK):
                    s, t = left[j, r], left[j + 1, r]
                    c0, c1, c2, c3 = right[k, r], right[k + 1, r], right[k + 2, r], right[k + 3, r]
                    a0 += s * c0
                    a1 += s * c1
                    a2 += s * c2
                    a3 += s * c3
                    b0 += t * c0
                    b1 += t * c1
                    b2 += t * c2
                    b3 += t * c3
                out[j, k] += a0
                out[j, k + 1] += a1
                out[j, k + 2] += a2
                out[j, k + 3] += a3
                out[j + 1, k] += b0
                out[j + 1, k + 1] += b1
                out[j + 1, k + 2] += b2
                out[j + 1, k + 3] += b3


def tie_sums(share: FloatArray, deaths: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return, by tied slot, Σ 1/left, Σ f/left, Σ 1/left², Σ f/left², Σ f²/left², and Σ log(left), with left = 1 − f·share and
    f = 0, 1/d, …, (d − 1)/d."""
    sums, logs = np.empty((5, len(share))), np.empty(len(share))
    _tie_sums(share, deaths, sums, logs)
    return sums, logs


@_compile
def _tie_sums(share: Any, deaths: Any, sums: Any, logs: Any) -> None:
    for g in range(len(share)):
        c0 = c1 = q0 = q1 = q2 = log = 0.0
        product = 1.0
        d = deaths[g]
        for k in range(d):
            f = k / d
            left = 1.0 - f * share[g]
            inverse = 1.0 / left
            c0 += inverse
            c1 += f * inverse
            q0 += inverse * inverse
            q1 += f * inverse * inverse
            q2 += f * f * inverse * inverse
            product *= left
            # One logarithm for many factors, before their product gets small.
            if product < 1e-200:
                log += np.log(product)
                product = 1.0
        sums[0, g], sums[1, g], sums[2, g], sums[3, g], sums[4, g] = c0, c1, q0, q1, q2
        logs[g] = log + np.log(product)


def scores(
    design: Any, final: Any, risk: FloatArray, weight: FloatArray | None, path: FloatArray, own: FloatArray, means: FloatArray,
    codes: IntArray | None = None, groups: int = 0,
) -> FloatArray:  # fmt: skip
    """Return each sorted row's share of the score at the evaluation `final`, or, with `codes`, their sums by group."""
    first, start = design.slots.first, design.row_start
    out = np.zeros((design.n if codes is None else groups, design.p))
    none = np.empty(0, dtype=np.intp)
    totals = cumulate(path, first), cumulate(final.jump, first)
    by_row = (design.x, risk, np.empty(0) if weight is None else weight, final.row_hazard, none if design.enter is None else design.enter)
    rest = (*by_row, start, design.rows, design.deaths, path, *totals, own, means, none if codes is None else codes, out)

    def panel(low: int, high: int) -> None:
        _scores(*rest, *_slots(start, low, high))

    if codes is None:
        run_panels(panel, design.n, design.x.size)
    else:
        # Two panels could meet in one group.
        panel(0, design.n)
    return out


@_compile
def _scores(
    x: Any, risk: Any, weight: Any, row_hazard: Any, enter: Any, start: Any, rows: Any, deaths: Any, path: Any, path_total: Any,
    jump_total: Any, own: Any, means: Any, codes: Any, out: Any, low: int, high: int,
) -> None:  # fmt: skip
    p = x.shape[1]
    gone = np.empty(p)
    for g in range(low, high):
        dead = start[g] + deaths[g]
        for i in range(start[g], start[g] + rows[g]):
            to = codes[i] if len(codes) else i
            for j in range(p):
                gone[j] = path_total[g, j]
            if len(enter):
                a = enter[i]
                if a < g and jump_total[g] - jump_total[a] < CANCELLED * jump_total[g]:
                    gone[:] = 0.0
                    for k in range(a + 1, g + 1):
                        for j in range(p):
                            gone[j] += path[k, j]
                else:
                    for j in range(p):
                        gone[j] -= path_total[a, j]
            if i < dead:
                w = weight[i] if len(weight) else 1.0
                for j in range(p):
                    out[to, j] += risk[i] * (gone[j] - own[g, j] - x[i, j] * row_hazard[i]) + w * (x[i, j] - means[g, j])
            else:
                for j in range(p):
                    out[to, j] += risk[i] * (gone[j] - x[i, j] * row_hazard[i])


def count_rows(rank: Any, event: Any, group: Any, width: int, groups: int) -> IntArray:
    """Return a (width, groups, 2) table of rows without and with the event."""
    n, size = len(rank), 2 * width * groups
    who = np.zeros(0, dtype=np.uint8) if group is None else group
    # Every panel counts into a table of its own; with many cells one panel takes all rows.
    panels = 8 if 16 * size <= n else 1
    out = np.zeros((panels, size), dtype=np.intp)
    edges = [n * k // panels for k in range(panels + 1)]

    def panel(low: int, high: int) -> None:
        for k in range(low, high):
            part = slice(edges[k], edges[k + 1])
            _count_rows(rank[part], event[part], who[part], groups, out[k])

    run_panels(panel, panels, n)
    return np.asarray(out.sum(axis=0).reshape(width, groups, 2))


@_compile
def _count_rows(rank: Any, event: Any, group: Any, groups: int, out: Any) -> None:
    # Unsigned indices: a signed one would be tested for counting from the end.
    wide = np.uint64(groups)
    for i in range(len(rank)):
        key = np.uint64(rank[i]) * wide
        if len(group):
            key += np.uint64(group[i])
        out[key * np.uint64(2) + np.uint64(event[i])] += 1


def sweep(value: IntArray, mass: FloatArray, asks: Any) -> tuple[FloatArray, FloatArray]:
    """Return, for each place that asks, the mass of earlier places with a lower, and with a lower or equal, value; 0 elsewhere."""
    below, upto = np.zeros(len(value)), np.zeros(len(value))
    _sweep(value, mass, asks, np.zeros(int(value.max()) + 2), below, upto)
    return below, upto


@_compile
def _sweep(value: Any, mass: Any, asks: Any, tree: Any, below: Any, upto: Any) -> None:
    # A Fenwick tree over the values (1994): node k holds the mass of the values (k − lowest bit of k, k], counted from 1.
    for i in range(len(value)):
        if asks[i]:
            total, k = 0.0, value[i]
            while k > 0:
                total += tree[k]
                k -= k & -k
            below[i] = total
            total, k = 0.0, value[i] + 1
            while k > 0:
                total += tree[k]
                k -= k & -k
            upto[i] = total
        else:
            k = value[i] + 1
            while k < len(tree):
                tree[k] += mass[i]
                k += k & -k
