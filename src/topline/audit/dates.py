"""Calendar dates as papers print them, and the events they belong to."""

from __future__ import annotations

from topline.audit.tokens import Token

__all__ = ["MONTHS", "MONTH_STARTS", "date_at", "date_event", "year_of"]

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ],
        start=1,
    )
    for name in names.split()
}
MONTH_STARTS = frozenset(name[:3] for name in MONTHS)
_EVENTS = (
    ("registered", frozenset(["registered", "registration", "registry"])),
    ("received", frozenset({"received"})),
    ("accepted", frozenset({"accepted"})),
    ("published", frozenset(["published", "online"])),
    ("cut-off", frozenset(["cutoff", "cut-off", "cut", "cutoffs", "lock", "locked"])),
)
_ENROL = frozenset(
    [
        "enrolled",
        "enrolment",
        "enrollment",
        "recruited",
        "recruitment",
        "included",
        "randomized",
        "randomised",
        "patients",
        "treated",
        "received",
        "screened",
        "assigned",
        "diagnosed",
        "collected",
        "admitted",
        "registered",
        "accrual",
        "accrued",
        "entered",
        "retrospectively",
        "analyzed",
        "analysed",
        "reviewed",
        "conducted",
        "performed",
        "underwent",
        "carried",
        "investigate",
        "study",
    ]
)


def year_of(token: Token) -> str | None:
    """The year that a number is, or None."""
    return token.value if token.kind == "n" and len(token.text) == 4 and token.text.isdigit() and "1940" <= token.value <= "2049" else None


def _day(token: Token) -> str | None:
    text = token.value if token.kind == "n" else token.lower.rstrip("stndrh") if token.lower[:1].isdigit() else ""
    return text.zfill(2) if text.isdigit() and 1 <= int(text) <= 31 else None


def date_at(tokens: list[Token], i: int) -> tuple[str, int] | None:
    """The date at `i` as YYYY-MM-DD, YYYY-MM or (no year) --MM or --MM-DD, and where it ends."""
    size = len(tokens)
    token = tokens[i]
    month = MONTHS.get(token.lower.rstrip(".")) if token.kind == "w" else None
    if month is not None:
        if token.lower in {"may", "mar", "march", "jan"} and not token.text[:1].isupper():
            return None
        j = i + 1
        if j < size and tokens[j].text == ".":
            j += 1
        day = None
        if j < size and year_of(tokens[j]) is None:
            day = _day(tokens[j])
            if day is not None:
                j += 1
        if j < size and tokens[j].lower in {"th", "st", "nd", "rd"}:
            j += 1
        k = j
        if k < size and tokens[k].text in {",", "of"}:
            k += 1
        year = year_of(tokens[k]) if k < size else None
        if year is None:
            if token.lower == "may" and day is None:
                return None
            return (f"--{month:02d}" + (f"-{day}" if day else "")), j
        return f"{year}-{month:02d}" + (f"-{day}" if day else ""), k + 1
    if token.kind != "n" and not token.lower[:1].isdigit():
        return None
    if i + 2 < size:
        following = MONTHS.get(tokens[i + 1].lower) if tokens[i + 1].kind == "w" else None
        day = _day(token)
        if following and day and (len(tokens[i + 1].text) > 2 and tokens[i + 1].text[0].isupper()):
            j = i + 2
            if tokens[j].text in {",", "."}:
                j += 1
            year = year_of(tokens[j]) if j < size else None
            if year:
                return f"{year}-{following:02d}-{day}", j + 1
            return f"--{following:02d}-{day}", i + 2
    year = year_of(token)
    if year and i + 4 < size and tokens[i + 1].text in "-/" and tokens[i + 3].text in "-/":
        m, d = tokens[i + 2], _day(tokens[i + 4])
        if m.kind == "n" and m.text.isdigit() and len(m.text) == 2 and 1 <= int(m.text) <= 12 and d and len(tokens[i + 4].text) == 2:
            return f"{year}-{m.text}-{d}", i + 5
    if i + 2 < size and tokens[i + 1].text == "/" and token.value.isdigit() and 1 <= int(token.value) <= 12 and len(token.text) < 3:
        year = year_of(tokens[i + 2])
        return (f"{year}-{int(token.value):02d}", i + 3) if year else None  # "01/2000"
    if year and (_year_of_a_pair(tokens, i, 1) or _year_of_a_pair(tokens, i, -1)):
        return year, i + 1
    if year and i > 0 and tokens[i - 1].lower in {"in", "from", "since", "between", "and", "to", "until", "-", "during", "through"}:
        context = {t.lower for t in tokens[max(0, i - 6) : i]}
        if tokens[i - 1].lower in {"from", "between", "since"} or context & {"from", "between"}:
            following_word = tokens[i + 1].lower if i + 1 < size else ""
            if following_word not in {"%", "patients", "mg", "cases"}:
                return year, i + 1
    return None


def _year_of_a_pair(tokens: list[Token], i: int, step: int) -> bool:
    """ "(2007-2017)", "1993 to 2008": whether another year stands two places on (`step` 1) or back (-1)."""
    if not 0 <= i + 2 * step < len(tokens) or tokens[i + step].lower not in {"-", "to", "through", "until"}:
        return False
    other = year_of(tokens[i + 2 * step])
    first, last = (tokens[i].value, other) if step > 0 else (other, tokens[i].value)
    return other is not None and first is not None and last is not None and first < last


def date_event(tokens: list[Token], found: list[tuple[str, int, int]]) -> list[str]:
    """What each date of a sentence is: start, end, cut-off, received, accepted, registered, published or other."""
    events: list[str] = []
    lows = [t.lower for t in tokens]
    for number, (_, a, b) in enumerate(found):
        before = lows[max(0, a - 9) : a]
        near = lows[max(0, a - 4) : a]
        after = lows[b : b + 6]
        event = ""
        if (
            any(w in {"cutoff", "cut-off", "cutoffs", "lock"} for w in (*before, *after[:4]))
            or ("cut" in before and "off" in before)
            or near[-2:] == ["as", "of"]
            or ("follow-up" in before and near and near[-1] in {"was", "until", "in", "on"})
        ):
            event = "cut-off"
        elif number + 1 < len(found) and (
            ("between" in near and "and" in lows[b : found[number + 1][1]])
            or ("from" in near and set(lows[b : found[number + 1][1]]) & {"to", "until", "-", "through", "till"})
        ):
            event = "start"
        elif number and events[-1] == "start":
            event = "end"
        elif (
            number + 1 < len(found)
            and set(lows[b : found[number + 1][1]]) <= {"to", "-", "until", "through", ","}
            and lows[b : found[number + 1][1]]
        ):
            event = "start"
        else:
            for name, words in _EVENTS:
                if any(w in words for w in near[-4:] + after[:1]) and name != "received":
                    event = name
                    break
            if not event and near and (near[-1] == "received" or near[-2:] == ["received", ":"]):
                event = "received"
            if not event and near and near[-1] in {"since", "from"}:
                event = "start"
            if not event and near and near[-1] in {"until", "through"}:
                event = "end"
        events.append(event or "other")
    if "start" in events and not set(lows) & _ENROL:
        events = ["other" if e in {"start", "end"} else e for e in events]
    return events
