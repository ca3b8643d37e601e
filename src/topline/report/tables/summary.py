"""A number summarised over patients, as cells: mean (SD), median (quartiles), range, with decimals that suit the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from topline.analyze.results import Result
from topline.report.display import Show, kind_of


@dataclass(frozen=True)
class Summary:
    """The cells of one summarised number; an empty cell means that no row gives it."""

    n: str = ""
    mean_sd: str = ""
    median_quartiles: str = ""
    range: str = ""
    median_range: str = ""

    labels: ClassVar[dict[str, str]] = {
        "n": "Patients with a value, n",
        "mean_sd": "Mean (SD)",
        "median_quartiles": "Median (quartiles)",
        "range": "Range",
        "median_range": "Median (range)",
    }

    @classmethod
    def of(cls, rows: Iterable[Result], show: Show) -> Summary:
        """Build the cells from the rows of one number (n, mean, sd, median, q1, q3, min, max)."""
        by_name: dict[str, Result] = {}
        for row in rows:
            by_name.setdefault(row.statistic, row)
        ends = [by_name[key].value for key in ("min", "max") if key in by_name]
        whole = bool(ends) and all(value is not None and float(value).is_integer() for value in ends)

        def plain(key: str) -> bool:
            row = by_name[key]
            return whole and row.status == "ok" and row.value is not None and key not in ("mean", "sd") and float(row.value).is_integer()

        def text(key: str, as_whole: bool | None = None) -> str:
            row = by_name[key]
            if row.status != "ok" or row.value is None:
                return show.estimate(row)
            return show.number(row.value, 0) if (plain(key) if as_whole is None else as_whole) else show.value(row.value, kind_of(row))

        def span(low: str, high: str) -> str:
            both = plain(low) and plain(high)
            first, last = text(low, both), text(high, both)
            return f"{first} to {last}" if "\N{MINUS SIGN}" in first + last else f"{first}–{last}"

        def pair(key: str, inside: str) -> str:
            return f"{text(key)} ({inside})" if inside else text(key)

        has = by_name.__contains__
        quartiles = span("q1", "q3") if has("q1") and has("q3") else ""
        extremes = span("min", "max") if has("min") and has("max") else ""
        return cls(
            n=show.estimate(by_name["n"]) if has("n") else "",
            mean_sd=pair("mean", text("sd") if has("sd") else "") if has("mean") else "",
            median_quartiles=pair("median", quartiles) if has("median") else "",
            range=extremes,
            median_range=pair("median", extremes) if has("median") else "",
        )
