"""Cumulated sums along the slots of each stratum, none of which may leak rounding error into its neighbour."""

from __future__ import annotations

from typing import Any

import numpy as np

from topline.stats.checks import FloatArray, IntArray

# Up to this many strata a loop of plain cumulative sums is the quickest.
_FEW_STRATA = 64


def total_by(codes: Any, weights: FloatArray | None, size: int) -> FloatArray:
    """Sum the weights of the rows of each code (count them where there are no weights)."""
    return np.asarray(np.bincount(codes, weights=weights, minlength=size), dtype=np.float64)


def cumulate(values: FloatArray, first: IntArray, *, backwards: bool = False) -> FloatArray:
    """Cumulate along axis 0, starting anew at each stratum.

    Parameters
    ----------
    values : (G,) or (G, p) array
        One row a slot.
    first : (S + 1,) int array
        First slot of each stratum, and the number of slots.
    backwards : bool
        Sum from the last slot of a stratum down.

    Notes
    -----
    One cumulative sum over everything, less its value at the stratum's edge, would carry the rounding error of the big
    strata into the small ones. With many strata the sum is built by doubling (Hillis and Steele 1986): log2 of the
    longest stratum passes.
    """
    strata = len(first) - 1
    if strata == 1:
        return np.asarray(_plain(values, backwards))
    out = np.empty_like(values)
    if strata <= _FEW_STRATA:
        for s in range(strata):
            part = slice(int(first[s]), int(first[s + 1]))
            out[part] = _plain(values[part], backwards)
        return out
    out[...] = values[::-1] if backwards else values
    length = np.diff(first)
    if backwards:
        length = length[::-1]
    starts = np.concatenate([[0], np.cumsum(length)[:-1]])
    depth = np.arange(len(values)) - np.repeat(starts, length)
    step = 1
    longest = int(length.max())
    while step < longest:
        reach = np.flatnonzero(depth >= step)
        out[reach] += out[reach - step]
        step *= 2
    return out[::-1] if backwards else out


def _plain(values: Any, backwards: bool) -> Any:
    return np.cumsum(values[::-1], axis=0)[::-1] if backwards else np.cumsum(values, axis=0)
