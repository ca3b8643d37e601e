"""How a call is timed, the same for every contender."""

from __future__ import annotations

import time
from collections.abc import Callable


def median_time(call: Callable[[], object]) -> float:
    """Return the median seconds of five runs, each of many calls where one is short, after two to warm up; fewer where one takes long."""
    first = seconds(call)
    if first > 20.0:
        return first
    inner = max(1, int(0.05 / max(min(first, seconds(call)), 1e-9)))
    runs = [seconds(call, inner) for _ in range(3 if first > 5.0 else 5)]
    return sorted(runs)[len(runs) // 2]


def seconds(call: Callable[[], object], times: int = 1) -> float:
    """Return the seconds of one call, the mean of some."""
    begin = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - begin) / times
