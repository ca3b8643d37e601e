"""What a paper claims: one printed result, kept as printed, with where it stands in the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["CLAIM_TYPES", "Arm", "Claim"]

CLAIM_TYPES: Final = (
    "proportion",
    "median",
    "ratio",
    "landmark_rate",
    "p_value",
    "count",
    "response_counts",
    "follow_up",
    "mean_sd",
    "date",
)


@dataclass(frozen=True)
class Arm:
    """A group of patients as the text names it, with its printed size where there is one."""

    name: str
    n: int | None = None
    aliases: tuple[str, ...] = ()
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Claim:
    """One printed result.

    Parameters
    ----------
    type : str
        One of :data:`CLAIM_TYPES`.
    endpoint : str, optional
        Normalised (ORR, DCR, PFS, OS, TRAE, TRAE3, …) or the text's own words.
    arm : str, optional
        The group, by the name the text gave it; None for all patients.
    value, lower, upper, p : str, optional
        As printed (a leading zero supplied, a middle dot or decimal comma made a point). `p` keeps its sign: ``"<0.001"``.
    x, n : int, optional
        Count and denominator.
    conf_level : str, optional
        ``"95"`` as printed.
    contrast : str, optional
        ``"A vs B"`` for ratios and p-values.
    unit : str, optional
        ``%``, months, years, weeks, days.
    span : tuple of int
        Characters in the text.
    sentence : str
        The sentence it stands in.
    interval : str, optional
        What lower and upper are: ``ci``, ``range`` or ``iqr``.
    measure : str, optional
        HR, OR or RR for ratios; start, end, cut-off, … for dates.
    time : str, optional
        Landmark time, ``"12 months"``.
    grade : str, optional
        Grades of an adverse event, ``"3+"``, ``"3-4"``.
    n_from : str, optional
        ``printed`` with the value, or ``carried`` from an earlier phrase.
    counts : dict
        Response counts (CR, PR, SD, PD, NE).
    marks : tuple of str
        What the sentence says about it: significant, higher, lower, one-sided, log-rank, adjusted, estimated, …
    """

    type: str
    endpoint: str | None = None
    arm: str | None = None
    value: str | None = None
    x: int | None = None
    n: int | None = None
    lower: str | None = None
    upper: str | None = None
    conf_level: str | None = None
    p: str | None = None
    contrast: str | None = None
    unit: str | None = None
    span: tuple[int, int] = (0, 0)
    sentence: str = ""
    id: str = ""
    interval: str | None = None
    measure: str | None = None
    time: str | None = None
    grade: str | None = None
    n_from: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    group: int = 0

    def numbered(self, number: int) -> Claim:
        """The claim with its place in the text's list as its id; nothing else differs, so nothing is built anew."""
        twin = object.__new__(Claim)
        twin.__dict__.update(self.__dict__, id=f"c{number}")
        return twin

    def to_dict(self) -> dict[str, Any]:
        """The claim with the keys that contracts name first; absent extras are left out."""
        out: dict[str, Any] = {
            "id": self.id,
            "type": self.type,
            "endpoint": self.endpoint,
            "arm": self.arm,
            "value": self.value,
            "x": self.x,
            "n": self.n,
            "lower": self.lower,
            "upper": self.upper,
            "conf_level": self.conf_level,
            "p": self.p,
            "contrast": self.contrast,
            "unit": self.unit,
            "span": list(self.span),
            "sentence": self.sentence,
        }
        for name in ("interval", "measure", "time", "grade", "n_from"):
            if getattr(self, name) is not None:
                out[name] = getattr(self, name)
        if self.counts:
            out["counts"] = dict(self.counts)
        if self.marks:
            out["marks"] = list(self.marks)
        return out

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Claim:
        """Read a claim back from its dictionary; unknown keys are an error that names them."""
        known = set(cls.__dataclass_fields__)
        extra = sorted(set(record) - known)
        if extra:
            raise ValueError(f"unknown claim key(s) {', '.join(extra)}; known: {', '.join(sorted(known))}")
        values = dict(record)
        kind = values.get("type")
        if kind not in CLAIM_TYPES:
            raise ValueError(f"claim type {kind!r} is not one of {', '.join(CLAIM_TYPES)}")
        if "span" in values:
            values["span"] = tuple(values["span"])
        if "marks" in values:
            values["marks"] = tuple(values["marks"])
        return cls(**values)
