"""D1: enrolment before cut-off, follow-up within it, registration before enrolment, receipt before acceptance."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from topline.audit.claims import Claim
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_dates", "registration_year"]

_DAYS = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
_ORDER = ("start", "end", "cut-off", "received", "accepted", "published")
_PROSPECTIVE = re.compile(r"\bprospectively (?:registered|registration)\b|\bprospective registration\b", re.IGNORECASE)
_YEAR_IN_NUMBER = (
    (re.compile(r"^ChiCTR[-: ]?[A-Za-z]{0,4}-?(\d\d)\d{8}$", re.IGNORECASE), True),
    (re.compile(r"^ChiCTR-[A-Za-z]{2,4}-?(\d\d)\d{6}$", re.IGNORECASE), True),
    (re.compile(r"^CTR(20\d\d)\d{4}$", re.IGNORECASE), False),
    (re.compile(r"^EudraCT[-: ]?(20\d\d)-\d{6}-\d\d$", re.IGNORECASE), False),
    (re.compile(r"^ACTRN126(\d\d)\d{9}$", re.IGNORECASE), True),
)


def registration_year(number: str) -> int | None:
    """The year in a registration number (ChiCTR, CTR, EudraCT, ACTRN); None where the number has none (NCT)."""
    text = number.strip().rstrip(".")
    for pattern, short in _YEAR_IN_NUMBER:
        match = pattern.match(text)
        if match:
            year = int(match.group(1))
            return 2000 + year if short else year
    return None


def _first(text: str) -> date:
    parts = [int(p) for p in text.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, _day(parts))


def _day(parts: list[int]) -> int:
    if len(parts) < 3:
        return 1
    return min(parts[2], calendar.monthrange(parts[0], parts[1])[1])


def _last(text: str) -> date:
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 3:
        return date(parts[0], parts[1], _day(parts))
    month = parts[1] if len(parts) > 1 else 12
    return date(parts[0], month, calendar.monthrange(parts[0], month)[1])


def check_dates(sheet: Sheet) -> Iterator[Verdict]:
    """D1 on the first start, end and cut-off of the text and on all its follow-up times."""
    dates: dict[str, Claim] = {}
    for claim in sheet.of_type("date"):
        if claim.endpoint in {*_ORDER, "registered"} and claim.value:
            dates.setdefault(claim.endpoint or "", claim)
    known = [(name, dates[name]) for name in _ORDER if name in dates]
    for (a, first), (b, second) in pairwise(known):
        early, late = _first(first.value or ""), _last(second.value or "")
        inputs = {a: first.value, b: second.value}
        if early <= late:
            yield Verdict(
                "D1", Rung.CONSISTENT, (first.id, second.id), f"{a} {first.value} is not after {b} {second.value}.", inputs=inputs
            )
        elif (a, b) != ("start", "end") or first.sentence == second.sentence:
            yield Verdict("D1", Rung.IMPOSSIBLE, (first.id, second.id), f"{a} {first.value} is after {b} {second.value}.", inputs=inputs)
    yield from _follow_up(sheet, dates)
    yield from _registration(sheet, dates)


def _follow_up(sheet: Sheet, dates: dict[str, Claim]) -> Iterator[Verdict]:
    start = dates.get("start")
    closing = next((dates[name] for name in ("cut-off", "received", "accepted", "published") if name in dates), None)
    for claim in sheet.of_type("follow_up"):
        ids = (claim.id, *(c.id for c in (start, closing) if c is not None))
        if start is None or closing is None:
            missing = "the first enrolment" if start is None else "the cut-off"
            yield Verdict(
                "D1",
                Rung.UNCHECKABLE,
                ids,
                f"Follow-up of {claim.value} {claim.unit or ''}: the date of {missing} is not printed.".replace("  ", " "),
                inputs={"follow_up": claim.value},
            )
            continue
        longest = (_last(closing.value or "") - _first(start.value or "")).days
        unit = _DAYS.get(claim.unit or "months", 30.4375)
        top = claim.upper if claim.upper not in {None, "NR"} and claim.interval != "ci" else claim.value
        days = float(top or 0) * unit
        limit = longest / unit
        what = "longest follow-up" if top == claim.upper else "median follow-up"
        inputs = {what: top, "start": start.value, str(closing.endpoint): closing.value, "possible": round(limit, 1)}
        half = 0.5 * unit * 10 ** -len((top or "").partition(".")[2])
        if days - half <= longest + 1:
            yield Verdict(
                "D1",
                Rung.CONSISTENT,
                ids,
                f"{what} {top} {claim.unit or 'months'} fits into the {limit:.1f} from {start.value} to {closing.value}.",
                recomputed=f"{limit:.1f}",
                inputs=inputs,
            )
        else:
            yield Verdict(
                "D1",
                Rung.IMPOSSIBLE,
                ids,
                f"{what} {top} {claim.unit or 'months'} does not fit into the {limit:.1f} from {start.value} to "
                f"{closing.value} ({closing.endpoint}).",
                recomputed=f"{limit:.1f}",
                repair=f"at most {limit:.1f}",
                inputs=inputs,
            )


def _registration(sheet: Sheet, dates: dict[str, Claim]) -> Iterator[Verdict]:
    start = dates.get("start")
    years = [(number, year) for number in sheet.registrations if (year := registration_year(number)) is not None]
    printed_date = dates.get("registered")
    if start is None:
        return
    said = "prospective" in sheet.text.lower() and _PROSPECTIVE.search(sheet.text) is not None
    begun = _last(start.value or "")
    ids = (start.id,) if printed_date is None else (printed_date.id, start.id)
    if printed_date is not None:
        registered = _first(printed_date.value or "")
        shown = f"registration {printed_date.value}"
    elif years:
        registered = date(years[0][1], 1, 1)
        shown = f"registration number {years[0][0]} is of {years[0][1]}"
    else:
        if said:
            yield Verdict(
                "D1",
                Rung.UNCHECKABLE,
                ids,
                "Prospective registration: neither its date nor a year in its number is printed.",
                inputs={"start": start.value},
            )
        return
    inputs = {"registration": shown, "start": start.value}
    if registered <= begun:
        yield Verdict("D1", Rung.CONSISTENT, ids, f"The {shown}, not after the first enrolment {start.value}.", inputs=inputs)
    elif said:
        yield Verdict(
            "D1",
            Rung.MAJOR,
            ids,
            f"“Prospectively registered” does not reproduce: the {shown}, after the first enrolment {start.value}.",
            inputs=inputs,
        )
    else:
        yield Verdict(
            "D1",
            Rung.EXPLAINED,
            ids,
            f"The {shown}, after the first enrolment {start.value}: registered retrospectively.",
            method="retrospective registration",
            inputs=inputs,
        )
