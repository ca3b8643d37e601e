"""Terms of the natural cubic spline that stands for log time, and where a spline of them is least steep (Royston and Parmar 2002)."""

from __future__ import annotations

import numpy as np

from topline.stats.checks import FloatArray


def spline_basis(x: FloatArray, knots: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the natural cubic spline's terms 1, x, v_1(x), … and their derivatives, as Royston and Parmar define them.

    v_j(x) = (x − k_j)³₊ − λ_j (x − k_min)³₊ − (1 − λ_j)(x − k_max)³₊, λ_j = (k_max − k_j) / (k_max − k_min).
    """
    first, last = knots[0], knots[-1]
    value, slope = [np.ones_like(x), x], [np.zeros_like(x), np.ones_like(x)]
    for knot in knots[1:-1]:
        share = (last - knot) / (last - first)
        parts = [(1.0, np.maximum(x - knot, 0.0)), (-share, np.maximum(x - first, 0.0)), (share - 1.0, np.maximum(x - last, 0.0))]
        value.append(np.asarray(sum(a * d**3 for a, d in parts)))
        slope.append(np.asarray(sum(3.0 * a * d**2 for a, d in parts)))
    return np.stack(value, axis=1), np.stack(slope, axis=1)


def lowest_slope(gamma: FloatArray, knots: FloatArray) -> tuple[float, float]:
    """Return the smallest slope of a spline with the coefficients `gamma`, and where it is.

    The slope is a parabola between two knots and constant beyond the outer ones: it is smallest at a knot or at a vertex.
    """
    width = np.diff(knots)
    middle = knots[:-1] + 0.5 * width
    low, half, high = (spline_basis(x, knots)[1] @ gamma for x in (knots[:-1], middle, knots[1:]))
    bend = low - 2.0 * half + high
    vertex = middle + np.clip((low - high) / np.where(bend > 0.0, 4.0 * bend, np.inf), -0.5, 0.5) * width
    places = np.concatenate([knots, vertex])
    slopes = spline_basis(places, knots)[1] @ gamma
    least = int(np.argmin(slopes))
    return float(slopes[least]), float(places[least])
