"""Distributions of the error of log time: log density and log survival, with the derivatives that Newton's method needs."""

from __future__ import annotations

import math

import numpy as np

from topline.stats.checks import FloatArray


def density_part(distribution: str, z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log density of the error at z, and its first two derivatives."""
    if distribution == "log-normal":
        return -0.5 * z * z - 0.5 * math.log(2.0 * math.pi), -z, np.full_like(z, -1.0)
    if distribution == "log-logistic":
        p = np.exp(-np.logaddexp(0.0, -z))
        return z - 2.0 * np.logaddexp(0.0, z), 1.0 - 2.0 * p, -2.0 * p * (1.0 - p)
    e = np.exp(z)
    return z - e, 1.0 - e, -e


def survival_part(distribution: str, z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log survival of the error at z, and its first two derivatives."""
    if distribution == "log-normal":
        from scipy.special import log_ndtr

        logs = log_ndtr(-z)
        hazard = np.exp(-0.5 * z * z - 0.5 * math.log(2.0 * math.pi) - logs)
        return logs, -hazard, -hazard * (hazard - z)
    if distribution == "log-logistic":
        p = np.exp(-np.logaddexp(0.0, -z))
        return -np.logaddexp(0.0, z), -p, -p * (1.0 - p)
    e = np.exp(z)
    return -e, -e, -e
