"""How a call is timed, the same for every contender."""

from __future__ import annotations

import time
from collections.abc import Callable


def median_time(call: Callable[[], object]) -> float:
    """Return the median seconds of five runs after one to warm up; of three or one where a run takes long."""
    begin = time.perf_counter()
    call()
    first = time.perf_counter() - begin
    if first > 20.0:
        return first
    runs = []
    inner = max(1, int(0.02 / max(first, 1e-9)))
    for _ in range(3 if first > 5.0 else 5):
        begin = time.perf_counter()
        for _ in range(inner):
            call()
        runs.append((time.perf_counter() - begin) / inner)
    return sorted(runs)[len(runs) // 2]
