"""Sensible ticks: months in steps a clinician expects, few enough to read."""

from __future__ import annotations

from collections.abc import Sequence

STEPS = (0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 36.0, 60.0, 120.0, 240.0)


def month_ticks(end: float, known: Sequence[float] = (), most: int = 9) -> tuple[float, ...]:
    """Return ticks from 0 to `end` months.

    Parameters
    ----------
    end : float
        The last time that is drawn.
    known : sequence of float
        Times at which numbers at risk are known; where given, only these are used.
    most : int
        The largest number of ticks after 0.
    """
    if not known:
        step = next((step for step in STEPS if end / step <= most), STEPS[-1])
        return tuple(step * i for i in range(int(end / step + 1e-9) + 1))
    times = sorted({time for time in known if time <= end + 1e-9})
    if len(times) - 1 <= most:
        return tuple(times)
    for step in STEPS:
        chosen = [time for time in times if abs(time / step - round(time / step)) < 1e-6]
        if 3 <= len(chosen) <= most + 1:
            return tuple(chosen)
    stride = -(-len(times) // most)
    return tuple(times[::stride])


def month_label(value: float) -> str:
    """Return a tick's label: 12, 0.5."""
    return f"{value:g}"
