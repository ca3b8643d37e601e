"""Which forms the dates of a column are written in, and whether 5/1/2024 means May or January."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from topline.init.tables import Column
from topline.init.words import NO_DATE, plain
from topline.records.date_forms import to_iso
from topline.records.dates import parse_days
from topline.study.records_spec import DateForm

_ALWAYS = r"^\d{4}-\d{2}$|^\d{4}$"
_FORMS: tuple[DateForm, ...] = ("ymd", "chinese", "month_name", "excel_serial")
WORDS = {
    "iso": "as 2024-05-01 or a calendar date of the sheet",
    "ymd": "as 2024/5/1, 20240501 or 2024/5",
    "chinese": "as 2024年5月1日",
    "month_name": "as 1-May-2024",
    "excel_serial": "as Excel's day number",
    "dmy": "as day/month/year",
    "mdy": "as month/day/year",
}


@dataclass(frozen=True)
class DateReading:
    """How the dates of a column are written: cells by form, how many have no day, words that stand for no date, cells not understood."""

    cells: dict[str, int] = field(default_factory=dict)
    partial: int = 0
    words: dict[str, int] = field(default_factory=dict)
    other: int = 0
    day_first: int = 0
    month_first: int = 0
    either: int = 0

    @property
    def slashed(self) -> int:
        """Cells such as 5/1/2024, in whichever order."""
        return self.day_first + self.month_first + self.either

    @property
    def readable(self) -> int:
        """Cells that are a date in some form."""
        return sum(self.cells.values()) + self.slashed

    def forms(self, order: DateForm) -> tuple[DateForm, ...]:
        """The forms to declare, 5/1/2024 being read in `order`."""
        found = tuple(form for form in _FORMS if self.cells.get(form))
        return (*found, order) if self.slashed else found

    def evidence(self) -> str:
        """How many cells in which form, in words."""
        parts = [f"{n} {WORDS[form]}" for form, n in self.cells.items() if n]
        if self.slashed:
            parts.append(f"{self.slashed} as 5/1/2024")
        if self.partial:
            parts.append(f"{self.partial} of them without a day")
        if self.words:
            parts.append(f"{sum(self.words.values())} hold a word for no date")
        if self.other:
            parts.append(f"{self.other} not understood")
        return ", ".join(parts) or "no cell is filled"


_LIKE_A_DATE = re.compile(r"(?:19|20)\d{2}(?:\d{2}|\d{4})?(?!\d)|\d[-/.]\d{1,2}[-/.]\d|^[1-7]\d{4}(?:\.\d+)?$|[A-Za-z]{3}.*\d{2}")


@lru_cache(maxsize=64)
def read_column(column: Column) -> DateReading:
    """Say how the dates of a column are written."""
    words = {text: n for text, n in column.counts.items() if plain(text) in NO_DATE}
    texts = [text for text in column.counts if text not in words]
    likely = sum(column.counts[text] for text in texts if _LIKE_A_DATE.search(text))
    total = sum(column.counts[text] for text in texts)
    if not texts or likely < 0.3 * total:
        return DateReading(words=words, other=total)
    values = pl.DataFrame({"text": texts, "n": [column.counts[text] for text in texts]})
    text = pl.col("text")
    read = {form: to_iso(text, [form]) for form in (*_FORMS, "dmy", "mdy")}
    frame = values.with_columns(
        (parse_days(text).is_not_null() & text.str.contains(r"^\d{4}-\d{2}-\d{2}") | text.str.contains(_ALWAYS)).alias("iso"),
        *((expression != text).fill_null(value=False).alias(form) for form, expression in read.items()),
        pl.coalesce(pl.when(expression != text).then(expression) for expression in read.values()).alias("as"),
    )
    cells: dict[str, int] = {}
    day_first = month_first = either = other = partial = 0
    for row in frame.iter_rows(named=True):
        n = int(row["n"])
        form = next((form for form in ("iso", *_FORMS) if row[form]), None)
        if form is not None:
            cells[form] = cells.get(form, 0) + n
            partial += n * bool(re.fullmatch(r"\d{4}-\d{2}", row["text"] if form == "iso" else row["as"]))
        elif row["dmy"] or row["mdy"]:
            day_first += n * (row["dmy"] and not row["mdy"])
            month_first += n * (row["mdy"] and not row["dmy"])
            either += n * (row["dmy"] and row["mdy"])
        else:
            other += n
    return DateReading(cells, partial, words, other, day_first, month_first, either)


def looks_like_dates(reading: DateReading) -> bool:
    """Tell whether most cells of a column are dates (or none is filled, or only with words for no date)."""
    return reading.readable >= 0.6 * (reading.readable + reading.other)


def order_of(readings: Iterable[DateReading], *, chinese: bool) -> tuple[DateForm, str]:
    """Return dmy or mdy for all columns together, and what speaks for it."""
    all_of = list(readings)
    days, months, both = (sum(getattr(item, name) for item in all_of) for name in ("day_first", "month_first", "either"))
    evidence = f"{days} cells can only be day/month, {months} only month/day, {both} either"
    if days != months:
        return ("dmy" if days > months else "mdy"), evidence
    return ("mdy" if chinese else "dmy"), evidence
