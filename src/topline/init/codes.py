"""What the codes of a column mean: from their words, from the heading (0=alive, 1=dead), from the dates beside them, or by custom."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from topline.init.tables import Column
from topline.init.words import FLAG_WORDS, SEX_WORDS, UNKNOWN, hints_of, plain, response_of


@dataclass(frozen=True)
class Codes:
    """Value in the file → value used, how it was known, and how many cells it leaves unread."""

    values: dict[str, str]
    why: str
    unread: int
    unclear: bool = False

    @property
    def fine(self) -> bool:
        """Most of the cells are understood."""
        return bool(self.values) and sum(bool(value) for value in self.values.values()) > 0


def _flag_of(variable: str) -> Callable[[str], str | None]:
    yes, no = FLAG_WORDS[variable]

    def read(text: str) -> str | None:
        word = plain(text)
        if re.fullmatch(UNKNOWN, word):
            return ""
        return "N" if re.fullmatch(no, word) else "Y" if re.fullmatch(yes, word) else None

    return read


def _sex_of(text: str) -> str | None:
    word = plain(text)
    if re.fullmatch(UNKNOWN, word):
        return ""
    return next((code for code, pattern in SEX_WORDS.items() if re.fullmatch(pattern, word)), None)


def _read_words(column: Column, read: Callable[[str], str | None]) -> tuple[dict[str, str], list[str], str]:
    """Values understood by word, by the heading's own key or by the file's labels; the numbers that remain; how they were known."""
    hints = {**hints_of(column.heading), **column.labels}
    values, numbers, why = {}, [], set()
    for text in column.counts:
        code = plain(text)
        code = re.sub(r"\.0+$", "", code)
        if code in hints and (meaning := read(hints[code])) is not None:
            values[text] = meaning
            why.add("the heading says which code is which" if code not in column.labels else "the file's labels say so")
        elif re.fullmatch(r"\d", code):
            numbers.append(text)
        elif (meaning := read(text)) is not None:
            values[text] = meaning
            why.add("the words say so")
    return values, sorted(numbers), ", ".join(sorted(why))


def _with_counts(values: dict[str, str], column: Column) -> str:
    meanings: dict[str, int] = {}
    for text, meaning in values.items():
        meanings[meaning or "unknown"] = meanings.get(meaning or "unknown", 0) + column.counts[text]
    return ", ".join(f"{meaning} in {n} rows" for meaning, n in sorted(meanings.items()))


def _finish(column: Column, values: dict[str, str], why: str, *, unclear: bool = False) -> Codes:
    unread = sum(n for text, n in column.counts.items() if text not in values)
    text = f"{why}; {_with_counts(values, column)}" + (f"; {unread} cells hold something else" if unread else "")
    return Codes(values, text, unread, unclear)


def flag_codes(column: Column, variable: str, frame: pl.DataFrame, dates: str | None) -> Codes:
    """Y and N of an event (DTHFL, PROGFL); `dates` is the column that holds its date, which may settle the direction of 0 and 1."""
    values, numbers, why = _read_words(column, _flag_of(variable))
    if not numbers:
        return _finish(column, values, why)
    if set(values.values()) >= {"Y", "N"}:
        return _finish(column, values, why)
    if dates is not None and frame[dates].is_not_null().any() and len(numbers) <= 2:
        filled = {text: float(frame.filter(pl.col(column.name) == text)[dates].is_not_null().mean() or 0) for text in numbers}  # type: ignore[arg-type]
        event = max(filled, key=lambda text: filled[text])
        if filled[event] >= 0.5 and all(share < 0.5 for text, share in filled.items() if text != event):
            values |= {text: "Y" if text == event else "N" for text in numbers}
            shares = ", ".join(f"of the rows with {text}, {100 * share:.0f}% have a date" for text, share in sorted(filled.items()))
            return _finish(column, values, f"by the dates of the event beside it: {shares}")
    codes = {re.sub(r"\.0+$", "", plain(text)): text for text in numbers}
    alive = bool(re.search(r"是否存活|alive|censor|删失|cens", plain(column.heading)))
    event_code = {frozenset("01"): "1", frozenset("12"): "2"}.get(frozenset(codes), "1" if set(codes) <= {"0", "1"} else None)
    if event_code is None:
        return _finish(column, values, "its codes are explained nowhere", unclear=True)
    values |= {text: "Y" if (code == event_code) != alive else "N" for code, text in codes.items()}
    return _finish(column, values, "nothing in the sheet says which code is which: this is only the custom", unclear=True)


def sex_codes(column: Column) -> Codes:
    """M and F."""
    values, numbers, why = _read_words(column, _sex_of)
    if numbers and not {"M", "F"} <= set(values.values()):
        codes = {re.sub(r"\.0+$", "", plain(text)): text for text in numbers}
        custom = {"0": "F", "1": "M"} if "0" in codes else {"1": "M", "2": "F"}
        values |= {text: custom[code] for code, text in codes.items() if code in custom}
        return _finish(column, values, "nothing in the sheet says which code is which: this is only the custom", unclear=True)
    return _finish(column, values, why)


def response_codes(column: Column) -> Codes:
    """CR, PR, SD, PD, NE."""
    values, numbers, why = _read_words(column, response_of)
    if numbers and not values:
        codes = {re.sub(r"\.0+$", "", plain(text)): text for text in numbers}
        if set(codes) <= set("12345"):
            custom = dict(zip("12345", ("CR", "PR", "SD", "PD", "NE"), strict=True))
            values = {text: custom[code] for code, text in codes.items()}
            return _finish(column, values, "numbers 1 to 5 taken as CR, PR, SD, PD, NE: this is only the custom", unclear=True)
    return _finish(column, values, why)


def ecog_codes(column: Column) -> Codes:
    """The digit of ``1分``, ``PS 1``, ``ECOG=1``."""
    found = {
        text: match[1] for text in column.counts if (match := re.fullmatch(r"(?:ecog|ps)?\s*[:=]?\s*([0-5])\s*(?:分|级)?", plain(text)))
    }
    return _finish(column, found, "the digit is the grade")


def stage_codes(column: Column) -> Codes:
    """Stages in one spelling: ``Ⅳ期``, ``iv``, ``Stage IV`` → IV; Arabic numerals stay as they are."""
    found = {}
    for text in column.counts:
        stage = re.fullmatch(r"(?:stage)?\s*((?:iv|i{1,3}|[0-4])[abc]?\d?)\s*期?", plain(text))
        if stage:
            found[text] = stage[1].upper()
    return _finish(column, found, "the same stage in one spelling")
