"""Counting rows by time, group and event in one pass: with days as times, this is all that most analyses need of n."""

from __future__ import annotations

from typing import Any

import numpy as np

from topline.stats.checks import IntArray
from topline.stats.survival.kernels import kernels

# Rows counted at once: keys and table stay in the cache.
_BLOCK = 1 << 16


def count_rows(rank: Any, event: Any, group: Any, width: int, groups: int) -> IntArray:
    """Count rows by time, group and event.

    Parameters
    ----------
    rank : (n,) array of whole numbers
        Time of each row, from 0 to width − 1.
    event : (n,) array of bool or 0/1
        Whether the event happened.
    group : (n,) array of whole numbers, or None
        Group of each row, from 0 to groups − 1; None where there is one group.

    Returns
    -------
    (width, groups, 2) array
        Rows without and with the event.
    """
    size = width * groups * 2
    n = len(rank)
    fast = kernels(n)
    if fast is not None:
        return np.asarray(fast.count_rows(rank, event, group, width, groups))
    out = np.zeros(size, dtype=np.intp)
    # A table larger than a block would cost more to clear than to fill.
    step = max(_BLOCK, 2 * size)
    key = np.empty(min(step, n), dtype=np.intp)
    for low in range(0, n, step):
        part = key[: min(step, n - low)]
        high = low + len(part)
        if group is None:
            np.multiply(rank[low:high], 2, out=part, dtype=np.intp, casting="unsafe")
        else:
            np.multiply(rank[low:high], groups, out=part, dtype=np.intp, casting="unsafe")
            np.add(part, group[low:high], out=part, casting="unsafe")
            part <<= 1
        np.add(part, event[low:high], out=part, casting="unsafe")
        out += np.bincount(part, minlength=size)
    return out.reshape(width, groups, 2)
