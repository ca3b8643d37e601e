"""Pointwise intervals of a survival curve on five scales; the scale is a convention and always named."""

from __future__ import annotations

import numpy as np

from topline.stats.checks import FloatArray

CONF_TYPES = ("log-log", "log", "plain", "logit", "arcsine")


def curve_interval(survival: FloatArray, log_error: FloatArray, conf_type: str, z: float) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper limits of S(t).

    Parameters
    ----------
    survival : array
        S(t).
    log_error : array
        Standard error of log S(t) (infinite where S(t) = 0).
    conf_type : {"log-log", "log", "plain", "logit", "arcsine"}
        Scale on which the interval is symmetric (Klein and Moeschberger 2003, section 4.3; R survival 3.5 `survfit`).
    z : float
        Critical value.

    Returns
    -------
    lower, upper : arrays
        NaN where the scale is not defined: S(t) = 0 except for "plain", S(t) = 1 for "log-log", "logit" and "arcsine".
    """
    with np.errstate(all="ignore"):
        if conf_type == "plain":
            half = z * np.where(survival > 0.0, survival * log_error, np.nan)
            return np.maximum(survival - half, 0.0), np.minimum(survival + half, 1.0)
        s = np.where(survival > 0.0, survival, np.nan)
        if conf_type == "log":
            half = z * log_error
            return s * np.exp(-half), np.minimum(s * np.exp(half), 1.0)
        s = np.where(survival < 1.0, s, np.nan)
        if conf_type == "log-log":
            half = z * log_error / np.log(s)
            centre = np.log(-np.log(s))
            return np.exp(-np.exp(centre - half)), np.exp(-np.exp(centre + half))
        if conf_type == "logit":
            half = z * log_error / (1.0 - s)
            centre = np.log(s / (1.0 - s))
            return 1.0 / (1.0 + np.exp(half - centre)), 1.0 / (1.0 + np.exp(-half - centre))
        half = 0.5 * z * log_error * np.sqrt(s / (1.0 - s))
        centre = np.arcsin(np.sqrt(s))
        return np.sin(np.maximum(0.0, centre - half)) ** 2, np.sin(np.minimum(np.pi / 2, centre + half)) ** 2
