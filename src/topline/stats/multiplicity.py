"""Several tests at once: p-values adjusted so that the error rate is that of the whole family."""

from __future__ import annotations

from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, float_vector
from topline.stats.errors import InputError


def _sorted_p(p_values: Any) -> tuple[FloatArray, Any]:
    p = float_vector("p_values", p_values, minimum=0.0)
    if (p > 1.0).any():
        i = int(np.argmax(p > 1.0))
        raise InputError(f"p_values[{i}] is {p[i]:g}; at most 1 was expected")
    return p, np.argsort(p, kind="stable")


def holm(p_values: Any) -> FloatArray:
    """Holm's (1979) step-down adjustment: strong control of the familywise error, under any dependence.

    Parameters
    ----------
    p_values : (m,) array
        Unadjusted p-values.

    Returns
    -------
    (m,) array
        Adjusted p-values, in the order given.

    Raises
    ------
    InputError
        For p-values outside 0 to 1, NaN included.
    """
    p, order = _sorted_p(p_values)
    m = len(p)
    stepped = np.maximum.accumulate((m - np.arange(m)) * p[order])
    return _back(np.minimum(stepped, 1.0), order)


def hochberg(p_values: Any) -> FloatArray:
    """Hochberg's (1988) step-up adjustment: needs independence or positive dependence.

    Parameters
    ----------
    p_values : (m,) array
        Unadjusted p-values.

    Returns
    -------
    (m,) array
        Adjusted p-values, in the order given.

    Raises
    ------
    InputError
        For p-values outside 0 to 1, NaN included.
    """
    p, order = _sorted_p(p_values)
    m = len(p)
    stepped = np.minimum.accumulate(((m - np.arange(m)) * p[order])[::-1])[::-1]
    return _back(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p_values: Any) -> FloatArray:
    """Benjamini and Hochberg's (1995) adjustment: the false-discovery rate.

    Parameters
    ----------
    p_values : (m,) array
        Unadjusted p-values.

    Returns
    -------
    (m,) array
        Adjusted p-values, in the order given.

    Raises
    ------
    InputError
        For p-values outside 0 to 1, NaN included.
    """
    p, order = _sorted_p(p_values)
    m = len(p)
    stepped = np.minimum.accumulate((m / np.arange(1.0, m + 1) * p[order])[::-1])[::-1]
    return _back(np.minimum(stepped, 1.0), order)


def fixed_sequence(p_values: Any) -> FloatArray:
    """Gatekeeping in a fixed order: each hypothesis is tested at full level while all before it were rejected.

    The adjusted p-value is the largest so far (Maurer, Hothorn and Lehmacher 1995); the order given is the order tested.

    Parameters
    ----------
    p_values : (m,) array
        Unadjusted p-values, in the order in which the hypotheses are tested.

    Returns
    -------
    (m,) array
        Adjusted p-values, in the order given.

    Raises
    ------
    InputError
        For p-values outside 0 to 1, NaN included.
    """
    p, _ = _sorted_p(p_values)
    return np.asarray(np.maximum.accumulate(p)) if p.size else p


def _back(values: FloatArray, order: Any) -> FloatArray:
    out = np.empty_like(values)
    out[order] = values
    return out
