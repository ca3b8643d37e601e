"""Checks at the door: every array is validated once, where it enters; the kernels assume it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from topline.stats.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]


def float_vector(name: str, values: Any, *, n: int | None = None, minimum: float | None = None) -> FloatArray:
    """Return `values` as a finite one-dimensional float array.

    Raises
    ------
    InputError
        If it isn't numeric, isn't one-dimensional, has another length than `n`, or holds NaN, infinity or a value
        below `minimum`; the message names the first offending place.
    """
    try:
        out = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must hold numbers; it holds {np.asarray(values).dtype} that do not convert") from error
    if out.ndim == 0:
        out = out.reshape(1)
    if out.ndim != 1:
        raise InputError(f"{name} must be one-dimensional; it has shape {out.shape}")
    if n is not None and out.shape[0] != n:
        raise InputError(f"{name} has {out.shape[0]} values, {n} were expected (one a row, as in time)")
    if not _sum_is_finite(out):
        bad = np.flatnonzero(~np.isfinite(out))
        if bad.size:
            i = int(bad[0])
            raise InputError(f"{name}[{i}] is {out[i]}: a finite number was expected; drop the row or supply the value")
    if minimum is not None and out.size and out.min() < minimum:
        i = int(np.argmax(out < minimum))
        raise InputError(f"{name}[{i}] is {out[i]:g}: a value of at least {minimum:g} was expected")
    return out


def _sum_is_finite(values: FloatArray) -> bool:
    """Whether nothing is NaN or infinite, in one pass: only a sum that overflows asks for a second look."""
    with np.errstate(all="ignore"):
        return bool(np.isfinite(values.sum()))


def event_vector(values: Any, n: int, name: str = "event") -> BoolArray:
    """Return an event indicator (booleans, or 0 and 1) as a boolean array."""
    raw: Any = np.asarray(values)
    if raw.ndim == 0:
        raw = raw.reshape(1)
    if raw.dtype == np.bool_ and raw.shape == (n,):
        return np.asarray(raw, dtype=np.bool_)
    if raw.dtype.kind in "ui" and raw.shape == (n,):
        if n and (int(raw.min()) < 0 or int(raw.max()) > 1):
            i = int(np.argmax((raw < 0) | (raw > 1)))
            raise InputError(f"{name}[{i}] is {raw[i]}: 1 (event) or 0 (censored) was expected")
        return np.asarray(raw != 0)
    out = float_vector(name, raw, n=n)
    bad = (out != 0.0) & (out != 1.0)
    if bad.any():
        i = int(np.argmax(bad))
        raise InputError(f"{name}[{i}] is {out[i]:g}: 1 (event) or 0 (censored) was expected")
    return np.asarray(out != 0.0)


def code_vector(name: str, values: Any, n: int | None = None) -> tuple[IntArray, tuple[Any, ...]]:
    """Return labels as codes 0, 1, … and the sorted distinct labels they stand for."""
    raw = np.asarray(values)
    if raw.ndim != 1:
        raise InputError(f"{name} must be one-dimensional; it has shape {raw.shape}")
    if n is not None and raw.shape[0] != n:
        raise InputError(f"{name} has {raw.shape[0]} values, {n} were expected (one a row, as in time)")
    if raw.dtype.kind == "f" and not np.isfinite(raw).all():
        i = int(np.argmax(~np.isfinite(raw)))
        raise InputError(f"{name}[{i}] is {raw[i]}: a label was expected; drop the row or name its level")
    if raw.dtype.kind in "bu" or (raw.dtype.kind in "if" and raw.size and raw.min() >= 0 and (raw == np.floor(raw)).all()):
        top = int(raw.max()) if raw.size else 0
        if top <= 4 * raw.size + 256:
            codes = raw.astype(np.intp, copy=False)
            present = np.bincount(codes, minlength=top + 1) > 0
            labels = tuple(np.flatnonzero(present).astype(raw.dtype).tolist())
            if not present.all():
                codes = (np.cumsum(present) - 1)[codes]
            return codes, labels
    if raw.dtype.kind == "O":
        for i, v in enumerate(raw):
            if v is None or (isinstance(v, float) and v != v):
                raise InputError(f"{name}[{i}] is missing: a label was expected; drop the row or name its level")
        try:
            ordered = sorted(set(raw.tolist()))
        except TypeError as error:
            raise InputError(f"{name} mixes labels of different types; make them all text or all numbers") from error
        index = {label: i for i, label in enumerate(ordered)}
        return np.array([index[v] for v in raw.tolist()], dtype=np.intp), tuple(ordered)
    distinct, codes = np.unique(raw, return_inverse=True)
    return codes.reshape(-1).astype(np.intp, copy=False), tuple(distinct.tolist())


def float_matrix(name: str, values: Any, n: int | None = None) -> tuple[FloatArray, tuple[str, ...]]:
    """Return covariates as an n × p float array and the names of its columns.

    Names are read from `.columns` (a data frame) or `.name` (a series); otherwise they are x1, x2, …
    """
    columns = getattr(values, "columns", None)
    single = getattr(values, "name", None)
    try:
        out = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must hold numbers; code categories as indicator columns first") from error
    if out.ndim == 1:
        out = out.reshape(-1, 1)
    if out.ndim != 2:
        raise InputError(f"{name} must be a table of rows × columns; it has shape {out.shape}")
    if n is not None and out.shape[0] != n:
        raise InputError(f"{name} has {out.shape[0]} rows, {n} were expected (one a row, as in time)")
    if columns is not None and len(tuple(columns)) == out.shape[1]:
        names = tuple(str(c) for c in columns)
    elif isinstance(single, str) and single and out.shape[1] == 1:
        names = (single,)
    else:
        names = tuple(f"x{j + 1}" for j in range(out.shape[1]))
    if not _sum_is_finite(out):
        bad = np.argwhere(~np.isfinite(out))
        if bad.size:
            i, j = (int(v) for v in bad[0])
            raise InputError(f"{name}[{i}, {names[j]!r}] is {out[i, j]}: a finite number was expected; drop the row or supply the value")
    return out, names


def choice(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """Return `value` if it is one of `allowed`, else say which there are."""
    if value not in allowed:
        raise InputError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")
    return value


def level(conf_level: float) -> float:
    """Return a confidence level if it lies strictly between 0 and 1."""
    number = _number(conf_level)
    if not 0.0 < number < 1.0:
        raise InputError(f"conf_level is {conf_level!r}; a number between 0 and 1 was expected (0.95 is 95%)")
    return number


def count(name: str, value: Any) -> int:
    """Return a non-negative whole number."""
    number = _number(value)
    if not 0.0 <= number < np.inf or number != int(number):
        raise InputError(f"{name} is {value!r}; a whole number of at least 0 was expected")
    return int(number)


def at_least(name: str, value: Any, minimum: float) -> float:
    """Return a finite number of at least `minimum`."""
    number = _number(value)
    if not minimum <= number < np.inf:
        raise InputError(f"{name} is {value!r}; a finite number of at least {minimum:g} was expected")
    return number


def _number(value: Any) -> float:
    """Return one number; NaN (which no check lets pass) for what is none."""
    try:
        return float("nan") if isinstance(value, str) else float(value)
    except (TypeError, ValueError):
        return float("nan")


def count_table(name: str, values: Any) -> FloatArray:
    """Return an array of counts, of any shape, as floats."""
    try:
        counts = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} must hold whole numbers, rows of the same length") from error
    bad = ~np.isfinite(counts) | (counts < 0.0) | (counts != np.floor(np.where(np.isfinite(counts), counts, 0.0)))
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise InputError(f"{name}{list(where)} is {counts[where]:g}; whole numbers of at least 0 were expected")
    return counts
