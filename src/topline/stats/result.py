"""What every result has in common: it is frozen, it prints readably, and it turns into a plain dictionary."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np


class Result:
    """Base of all results of this floor: a readable repr and `to_dict()`.

    Fields whose name starts with an underscore are working memory: they are neither shown nor exported.
    """

    def to_dict(self) -> dict[str, Any]:
        """Return the public fields as plain Python values (arrays as lists, nested results as dictionaries)."""
        return {f.name: _plain(getattr(self, f.name)) for f in _public_fields(self)}

    def __repr__(self) -> str:
        """Show the class, then one public field a line, long arrays shortened."""
        lines = [f"  {f.name}={_short(getattr(self, f.name))}" for f in _public_fields(self)]
        return "\n".join([f"{type(self).__name__}(", *lines, ")"])


def _public_fields(result: Any) -> list[dataclasses.Field[Any]]:
    return [f for f in dataclasses.fields(result) if not f.name.startswith("_")]


def _plain(value: Any) -> Any:
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=6, threshold=8, edgeitems=3, separator=", ")
    if isinstance(value, float):
        return f"{value:.8g}"
    if isinstance(value, Result):
        return repr(value).replace("\n", "\n  ")
    if isinstance(value, tuple) and len(value) > 8:
        return f"({', '.join(map(repr, value[:6]))}, … {len(value)} in all)"
    return repr(value)


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Estimate(Result):
    """One number with its confidence interval.

    A bound or a value that cannot be given is NaN, and `warnings` says why.

    Attributes
    ----------
    value, lower, upper : float
        The estimate and its confidence limits.
    std_error : float or None
        Standard error of `value`; None where the method has none (an interval read off a curve, an exact interval).
    conf_level : float
        Level of the interval.
    method : str
        How value and interval were computed.
    warnings : tuple of str
        Reasons for every NaN, and anything a reader has to know before trusting the number.
    """

    value: float
    lower: float
    upper: float
    std_error: float | None = None
    conf_level: float = 0.95
    method: str = ""
    warnings: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class TestResult(Result):
    """A test: statistic, degrees of freedom, two-sided p-value.

    Attributes
    ----------
    statistic : float
        The test statistic; NaN where the method has none (Fisher's exact test).
    df : float or None
        Degrees of freedom; None where the reference distribution has none.
    p_value : float
        Two-sided p-value, from a survival function (never as one minus a distribution function).
    method : str
        Name of the test with its conventions.
    warnings : tuple of str
        Reasons for every NaN.
    """

    __test__ = False

    statistic: float
    df: float | None
    p_value: float
    method: str = ""
    warnings: tuple[str, ...] = ()
