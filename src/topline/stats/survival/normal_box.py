"""The chance that the largest of a few correlated normals exceeds a bound, without simulation."""

from __future__ import annotations

import math

import numpy as np

from topline.stats.checks import FloatArray
from topline.stats.distributions import normal_two_sided

# Gauss–Legendre nodes in each direction.
_NODES = 48
# A conditional variance below this is taken as none: the variable follows from the ones before it.
_SINGULAR = 1e-10


def symmetric_box_complement(bound: float, correlation: FloatArray) -> float:
    """Return P(max |Z_i| > bound) for standard normals with the given correlation.

    Parameters
    ----------
    bound : float
        At least 0.
    correlation : (m, m) array
        m between 1 and 4; may be singular.

    Notes
    -----
    The probability is built up one variable at a time, P(|Z1| > c) + P(|Z1| ≤ c, |Z2| > c) + …, so that small p-values keep
    their relative precision. Each inner probability is given the earlier variables through the Cholesky factor (Genz
    1992); the earlier ones are integrated by Gauss–Legendre quadrature over [−c, c].
    """
    m = len(correlation)
    factor = _cholesky(correlation)
    total = normal_two_sided(bound)
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    # Points are rows of independent normals whose first variables all lie inside the box.
    points, mass = np.zeros((1, 0)), np.ones(1)
    for i in range(m):
        mean = points @ factor[i, : points.shape[1]]
        scale = factor[i, i]
        if scale > 0.0:
            low, high = (-bound - mean) / scale, (bound - mean) / scale
            outside = _upper(-low) + _upper(high)
        else:
            outside = (np.abs(mean) > bound).astype(float)
        if i > 0:
            total += float(mass @ outside)
        if i == m - 1:
            break
        if scale > 0.0:
            # Beyond ±9 nothing is left to integrate.
            low, high = np.maximum(low, -9.0), np.minimum(high, 9.0)
            half, middle = np.maximum(0.5 * (high - low), 0.0), 0.5 * (high + low)
            value = middle[:, None] + half[:, None] * node
            density = np.exp(-0.5 * value**2) / math.sqrt(2.0 * math.pi) * half[:, None] * weight
            points = np.column_stack([np.repeat(points, _NODES, axis=0), value.ravel()])
            mass = (mass[:, None] * density).ravel()
            light = mass > 1e-18
            points, mass = points[light], mass[light]
        else:
            inside = outside == 0.0
            points = np.column_stack([points[inside], np.zeros(int(inside.sum()))])
            mass = mass[inside]
    return min(total, 1.0)


def _upper(z: FloatArray) -> FloatArray:
    from scipy.special import ndtr

    return np.asarray(ndtr(-z))


def _cholesky(matrix: FloatArray) -> FloatArray:
    """Return the Cholesky factor; a variable without variance of its own gets a 0 on the diagonal."""
    m = len(matrix)
    out = np.zeros((m, m))
    for i in range(m):
        for j in range(i + 1):
            rest = matrix[i, j] - out[i, :j] @ out[j, :j]
            if i == j:
                out[i, i] = math.sqrt(rest) if rest > _SINGULAR else 0.0
            elif out[j, j] > 0.0:
                out[i, j] = rest / out[j, j]
    return out
