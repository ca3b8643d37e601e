"""Two cores instead of one for large data, with the same bits whatever their number.

Work is cut into panels whose number depends on the data only; each panel writes its own part, or returns a sum that is added up
in the panels' order. Nothing here runs for small data.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from topline.stats.checks import FloatArray

Part = TypeVar("Part")

_PANELS = 8
# Most rows of a block, so that it stays in the cache.
_BLOCK = 4096
# Below this many numbers, starting a thread costs more than it saves.
WORTH_IT = 2_000_000


def run_panels(work: Callable[[int, int], Part], n: int, numbers: int) -> list[Part]:
    """Call `work(low, high)` on consecutive ranges that cover 0 … n, and return the results in order.

    Parameters
    ----------
    work : function
        Must let go of the interpreter lock (NumPy on large arrays does) to gain anything.
    n : int
        Length to cover.
    numbers : int
        Numbers that all calls together read: decides whether to cut at all.
    """
    if numbers < WORTH_IT:
        return [work(0, n)]
    edges = [n * k // _PANELS for k in range(_PANELS + 1)]
    ranges = [(low, high) for low, high in pairwise(edges) if high > low]
    workers = min(len(ranges), _cores())
    if workers == 1:
        return [work(low, high) for low, high in ranges]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda r: work(*r), ranges))


def steady_dot(weights: FloatArray, values: FloatArray) -> Any:
    """Return weights @ values, added up in an order that doesn't depend on how many threads a BLAS uses."""
    if values.ndim == 1:
        return (weights * values).sum()
    n, p = values.shape
    step = _vector_rows(p)
    if n <= step:
        return weights @ values
    out = np.zeros(p)
    for low in range(0, n, step):
        out += weights[low : low + step] @ values[low : low + step]
    return out


def steady_apply(values: FloatArray, beta: FloatArray) -> FloatArray:
    """Return values @ beta, likewise."""
    n, p = values.shape
    step = _vector_rows(p)
    if n <= step:
        return np.asarray(values @ beta)
    out = np.empty(n)
    for low in range(0, n, step):
        np.dot(values[low : low + step], beta, out=out[low : low + step])
    return out


def steady_product(left: FloatArray, right: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Return leftᵀ · diag(weights) · right, likewise: blocks stay below what makes a BLAS start threads of its own."""
    n, p = left.shape
    q = right.shape[1]
    step = max(64, min(_BLOCK, 250_000 // max(p * q, 1)))
    if n <= step:
        return np.asarray((left if weights is None else left * weights[:, None]).T @ right)

    def panel(begin: int, end: int) -> FloatArray:
        out = np.zeros((p, q))
        buffer = np.empty((step, p))
        for low in range(begin, end, step):
            high = min(low + step, end)
            part = left[low:high]
            if weights is not None:
                part = np.multiply(part, weights[low:high, None], out=buffer[: high - low])
            out += part.T @ right[low:high]
        return out

    return np.asarray(sum(run_panels(panel, n, n * p)))


def _vector_rows(p: int) -> int:
    """Return rows of a block whose matrix-vector product runs in one thread."""
    return max(8 * (9_000 // max(8 * p, 1)), 64)


def _cores() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
