"""A Kaplan–Meier curve as points to draw, thinned to what a page can show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

from topline.analyze.results import Curve

_Point = TypeVar("_Point", bound=tuple[float, ...])

RESOLUTION = 1500
"""Distinct horizontal places that a drawing has room for."""

FEW = 5
"""Where fewer patients than this are at risk, a curve is drawn in a lighter line."""


@dataclass(frozen=True)
class Steps:
    """Corner points of one curve, its band and its censoring marks; proportions."""

    time: tuple[float, ...]
    survival: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    censor_time: tuple[float, ...]
    censor_survival: tuple[float, ...]

    @property
    def end(self) -> float:
        """The last time drawn."""
        return self.time[-1]


def steps_of(curve: Curve, extent: float) -> Steps:
    """Return the points of a curve on an axis that ends at `extent`: from (0, 1) to its last observed time."""
    points = [(0.0, 1.0, math.nan, math.nan)]
    for time, survival, lower, upper in zip(curve.time, curve.survival, curve.lower, curve.upper, strict=True):
        points.append((time, survival, math.nan if lower is None else lower, math.nan if upper is None else upper))
    last = max((point[0] for point in points), default=0.0)
    final = max((last, *curve.censor_time))
    if final > last:
        points.append((final, *points[-1][1:]))
    points = _thin(points, extent)
    marks = _thin(list(zip(curve.censor_time, curve.censor_survival, strict=True)), extent)
    return Steps(
        tuple(p[0] for p in points),
        tuple(p[1] for p in points),
        tuple(p[2] for p in points),
        tuple(p[3] for p in points),
        tuple(m[0] for m in marks),
        tuple(m[1] for m in marks),
    )


def _thin(points: list[_Point], extent: float) -> list[_Point]:
    """Keep the last point of each place on the axis once there are more points than places."""
    if len(points) <= 2 * RESOLUTION or extent <= 0:
        return points
    kept: dict[int, _Point] = {}
    for point in points:
        kept[round(point[0] / extent * RESOLUTION)] = point
    return [points[0], *(point for point in kept.values() if point is not points[0])]


def few_from(curve: Curve) -> float:
    """Return the time after which fewer than `FEW` patients are surely at risk; infinity where that never is.

    The curve gives the numbers at risk at the times of its table, and every time at which somebody left. Where several left at the same
    time the answer may come a little late, never early.
    """
    leaving = sorted({*curve.time, *curve.censor_time})
    for place, start in enumerate(curve.risk_time):
        left = curve.n_risk[place]
        if left < FEW:
            return start
        end = curve.risk_time[place + 1] if place + 1 < len(curve.risk_time) else math.inf
        for time in leaving:
            if start <= time < end:
                left -= 1
                if left < FEW:
                    return time
    return math.inf


def split(steps: Steps, at: float) -> tuple[tuple[tuple[float, ...], tuple[float, ...]], tuple[tuple[float, ...], tuple[float, ...]]]:
    """Return the corner points of a curve up to a time and from it on; the second part is empty where the curve ends before."""
    if at >= steps.end:
        return (steps.time, steps.survival), ((), ())
    before = sum(time <= at for time in steps.time)
    height = steps.survival[max(before - 1, 0)]
    first = ((*steps.time[:before], at), (*steps.survival[:before], height))
    return first, ((at, *steps.time[before:]), (height, *steps.survival[before:]))
