"""What a publication printed, beside what the records give: each claim of claims.yaml compared at the precision it was printed in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from topline.analyze.results import Result, ResultSet
from topline.audit.exact import Printed, exact, printed, rounded
from topline.audit.text import clean
from topline.study.model import Strict
from topline.study.problems import Finding, InputError
from topline.study.yaml_text import read_yaml

Verdict = Literal["same", "same after rounding", "differs", "known contradiction", "not found"]
"""How a printed number compares with ours."""

_ALIASES = {
    "rate": ("rate", "percent"),
    "percent": ("percent", "rate"),
    "count": ("count", "n", "events"),
    "p_value": ("p_value", "logrank"),
}
_WORDS = {
    "follow_up_median": "median follow-up",
    "hazard_ratio": "hazard ratio",
    "logrank": "log-rank test",
    "p_value": "p-value",
    "count": "number of patients",
    "events": "events",
    "landmark_rate": "rate",
}
_NOT_REACHED = ("NR", "NOT REACHED")
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$")


class Claim(Strict):
    """One result as it was printed; values are text, because their precision is information."""

    id: str = Field(min_length=1)
    endpoint: str | None = Field(default=None, description="PARAMCD, or the variable of a baseline or exposure result.")
    group: str | None = Field(default=None, description="Printed label of the group; left out for all patients.")
    category: str | None = Field(default=None, description="Level or variable, such as PR, Male, Hypertension.")
    subgroup: str | None = None
    statistic: str
    time: float | None = None
    printed: str | None = None
    lower: str | None = None
    upper: str | None = None
    conf_level: float | None = None
    p: str | None = None
    unit: str | None = None
    source: str = ""
    expected: Literal["mismatch"] | None = None
    reason: str = ""

    @field_validator("printed", "lower", "upper", "p", mode="before")
    @classmethod
    def _quoted(cls, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise ValueError("write it in quotes: 55.0 and 55 are printed differently")
        return value


@dataclass(frozen=True)
class ClaimCheck:
    """One printed number and ours.

    Parameters
    ----------
    id : str
        The claim's id in claims.yaml.
    label : str
        What it is about, in words: "PFS median, Combination".
    printed, ours : str
        As printed there and as we would print it; empty where we have none.
    verdict : str
        same · same after rounding · differs · known contradiction · not found.
    reason : str
        Why it is expected to differ, or why nothing was found.
    source : str
        Where it was printed.
    """

    id: str
    label: str
    printed: str
    ours: str
    verdict: Verdict
    reason: str = ""
    source: str = ""


def load_claims(path: Path) -> tuple[Claim, ...]:
    """Read a claims.yaml.

    Raises
    ------
    InputError
        PRO-0040 when an entry isn't a claim; with its line.
    """
    document = read_yaml(path)
    try:
        return tuple(TypeAdapter(list[Claim]).validate_python(document.data))
    except ValidationError as error:
        raise InputError(
            [
                Finding(
                    "PRO-0040",
                    "error",
                    _message(item),
                    file=document.file,
                    row=document.line_of(tuple(item["loc"])),
                    expected="a list of claims, each with id, statistic and what was printed",
                    todo="change it there",
                )
                for item in error.errors(include_url=False)
            ]
        ) from None


def _message(item: Any) -> str:
    place = [str(part) for part in item["loc"]]
    claim = f"claim {int(place[0]) + 1}: " if place and place[0].isdigit() else ""
    key = f"'{'.'.join(place[1:])}' " if len(place) > 1 else ""
    return f"{claim}{key}is required and missing" if item["type"] == "missing" else claim + str(item["msg"]).removeprefix("Value error, ")


def compare_claims(claims: Iterable[Claim], results: ResultSet) -> tuple[ClaimCheck, ...]:
    """Put every claim beside our result and say whether it is the same at the precision in which it was printed."""
    rounding = results.conventions.get("rounding", "half_away_from_zero")
    return tuple(_check(claim, results, rounding) for claim in claims)


def _check(claim: Claim, results: ResultSet, rounding: str) -> ClaimCheck:
    statistic = _WORDS.get(claim.statistic, claim.statistic.replace("_", " "))
    label = " ".join(part for part in (claim.endpoint, claim.category, statistic) if part)
    label += f", {claim.group}" if claim.group else ""
    label += f", at {claim.time:g} months" if claim.time is not None else ""
    row = next(_matching(claim, results), None)
    printed = _together(claim.printed, claim.lower, claim.upper, claim.p)
    if row is None:
        return ClaimCheck(claim.id, label, printed, "", "not found", "no result of this run matches the claim", claim.source)
    pairs = list(_pairs(claim, row))
    verdicts = [_verdict(text, value, row) for text, value in pairs]
    ours = iter([_shown(text, value, row, rounding) for text, value in pairs])
    parts = [next(ours) if text is not None else None for text in (claim.printed, claim.lower, claim.upper, claim.p)]
    worst: Verdict = "differs" if "differs" in verdicts else "same after rounding" if "same after rounding" in verdicts else "same"
    reason = claim.reason
    if claim.expected == "mismatch":
        if worst == "differs":
            worst = "known contradiction"
        else:
            reason = f"expected to differ, but it does not ({reason})" if reason else "expected to differ, but it does not"
    return ClaimCheck(claim.id, label, printed, _together(*parts), worst, reason, claim.source)


def _matching(claim: Claim, results: ResultSet) -> Iterator[Result]:
    """Yield the rows that a claim may be about: the unadjusted and the overall ones first, as they stand in the results."""
    wanted = _ALIASES.get(claim.statistic, (claim.statistic,))
    for statistic in wanted:
        for row in results.rows:
            if row.statistic != statistic or not _same_text(row.group, claim.group) or not _same_text(row.subgroup, claim.subgroup):
                continue
            if claim.time is not None and (row.time is None or not math.isclose(row.time, claim.time)):
                continue
            names = [row.level, row.variable]
            if claim.endpoint is not None and not _same_text(row.endpoint, claim.endpoint):
                if not _same_text(row.variable, claim.endpoint):
                    continue
                names = [row.level]
            if claim.category is None:
                if row.level is None and (row.variable is None or _same_text(row.variable, claim.endpoint)):
                    yield row
            elif any(name is not None and _same_text(name, claim.category) for name in names):
                yield row


def _same_text(ours: str | None, theirs: str | None) -> bool:
    return (ours or "").casefold().strip() == (theirs or "").casefold().strip()


def _pairs(claim: Claim, row: Result) -> Iterator[tuple[str, float | None]]:
    scale = 100.0 if claim.unit in ("percent", "%") and row.statistic in ("rate", "landmark_rate", "rate_difference", "rdi") else 1.0
    value = row.p_value if claim.statistic == "p_value" else row.value
    for text, number in ((claim.printed, value), (claim.lower, row.lower), (claim.upper, row.upper)):
        if text is not None:
            yield text, None if number is None else number * scale
    if claim.p is not None:
        yield claim.p, row.p_value


def _verdict(text: str, value: float | None, row: Result) -> Verdict:
    if text.strip().upper() in _NOT_REACHED:
        return "same" if (value is None and row.status == "not_reached") or (row.status == "ok" and value is None) else "differs"
    sign, number = _number(text)
    if value is None or number is None or not math.isfinite(value):
        return "differs"
    ours = exact(value)
    if sign in "<>":
        return "same" if (ours < number.value if sign == "<" else ours > number.value) else "differs"
    return "same" if ours == number.value else "same after rounding" if number.holds(ours) else "differs"


def _number(text: str) -> tuple[str, Printed | None]:
    """Return the comparison sign and the number of a printed text; None where it holds no number."""
    body = re.sub(r"[%,\s]", "", clean(text))
    sign = body[:1] if body[:1] in ("<", ">") else "="
    body = body.lstrip("<>=")
    return sign, printed(body) if _NUMBER.match(body) else None


def _shown(text: str, value: float | None, row: Result, rounding: str) -> str:
    if value is None or not math.isfinite(value):
        return "NR" if row.status != "not_estimable" else "NE"
    sign, number = _number(text)
    if number is None:
        return f"{value:.4g}"
    if sign == "<" and exact(value) < number.value:
        return f"<{number.text}"
    return rounded(exact(value), number.decimals, rounding)


def _together(value: str | None, lower: str | None, upper: str | None, p: str | None) -> str:
    parts = [value] if value is not None else []
    if lower is not None or upper is not None:
        parts.append(f"({lower or '…'} to {upper or '…'})")
    if p is not None:
        parts.append(f"P {p if p.startswith(('<', '>')) else '= ' + p}")
    return " ".join(parts)
