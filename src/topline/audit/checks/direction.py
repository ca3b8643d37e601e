"""F2: do two values lie in the direction, and about as far apart, as the words before them say?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from topline.audit.claims import Claim
from topline.audit.lexicon import FAMILY
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_direction"]

_UP: Final = "higher|longer|greater|prolonged|increased|extended|more (?:frequent(?:ly)?|common(?:ly)?|often)"
_DOWN: Final = "lower|shorter|reduced|decreased|shortened|less (?:frequent(?:ly)?|common(?:ly)?|often)|fewer|lowered"
_BETTER: Final = "improved|better|superior|favou?rable"
_WORSE: Final = "worse|inferior|poorer|worsened"
_SAID = {
    sign: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for sign, words in (("higher", _UP), ("lower", _DOWN), ("better", _BETTER), ("worse", _WORSE))
}
_TIMES = (
    (re.compile(r"\b(?:doubled|two-?fold|twice as|2-?fold)\b", re.IGNORECASE), "doubled", 1.5, 2.7),
    (re.compile(r"\b(?:tripled|trebled|three-?fold|3-?fold|three times(?! (?:faster|slower)))\b", re.IGNORECASE), "tripled", 2.4, 3.8),
    (re.compile(r"\b(?:halved|by half)\b", re.IGNORECASE), "halved", 1.5, 2.7),
)
_UNCLEAR = re.compile(
    r"\b(?:not|no|nor|neither|without|similar|comparable|risk|hazards?|odds|although|though|despite|while|whereas|rather|except|if|aimed?|"
    r"expected|hypothes\w+|non-?inferior\w*|grade|dose|doses|stage|age|aged|expression|levels?|score|volume|than or)\b",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(?:than|versus|vs|over|relative to|against|compar(?:ed|ison|ing)(?: (?:with|to))?)\W+(?:\w+\W+){0,3}$", re.IGNORECASE
)
_START = re.compile(r"[;:]|\.\s|[0-9] ?%?\s*\)|\b(?:and|but),? (?=[a-z]+ (?:was|were))")


def check_direction(sheet: Sheet) -> Iterator[Verdict]:
    """F2 on two values of two arms whose sentence says plainly which is higher, better, or how many times the other."""
    for members in sheet.by_group.values():
        pair = [c for c in members if c.type in {"proportion", "median", "landmark_rate"} and c.value not in {None, "NR"}]
        if any((c.value or "")[0] == "-" for c in pair):
            continue  # of two falls the greater is the smaller number
        if len(pair) != 2 or pair[0].endpoint != pair[1].endpoint or pair[0].arm == pair[1].arm or None in (pair[0].arm, pair[1].arm):
            continue
        if pair[0].time != pair[1].time or pair[0].unit != pair[1].unit:
            continue
        said = _of_text(sheet, pair) if sheet.text else _of_marks(pair)
        if said is not None:
            yield _judge(sheet, pair, *said)
        if sheet.text:
            yield from _times(sheet, pair)


def _named(sheet: Sheet, pair: list[Claim]) -> bool:
    """Whether both arms are named before the values or one beside its own: "improved with A (6.9 v 9.8)" does not say whose is whose."""
    before = _before(sheet, pair)
    if all(_mentions(sheet, c.arm or "", before) for c in pair):
        return True
    first, second = sorted(c.span for c in pair)
    beside = sheet.source[first[1] : second[0]] + " | " + re.split(r"[;.)](?:\s|$)", sheet.source[second[1] : second[1] + 60])[0]
    return any(_mentions(sheet, c.arm or "", beside) for c in pair)


def _judge(sheet: Sheet, pair: list[Claim], arm: str, direction: str) -> Verdict:
    a, b = (pair[0], pair[1]) if pair[0].arm == arm else (pair[1], pair[0])
    x, y = float(a.value or 0), float(b.value or 0)
    ok = x == y or (x > y) == (direction in {"higher", "better"})
    text = f"{a.endpoint}: {a.value} in {a.arm} and {b.value} in {b.arm}, said to be {direction}"
    inputs = {a.arm or "": a.value, b.arm or "": b.value, "said": direction}
    if not ok and sheet.text and not _named(sheet, pair):
        return Verdict("F2", Rung.UNCHECKABLE, (a.id, b.id), text + "; which value is whose is not printed with them.", inputs=inputs)
    rung = Rung.CONSISTENT if ok else Rung.MINOR
    return Verdict("F2", rung, (a.id, b.id), text + ("." if ok else "; the words do not reproduce."), inputs=inputs)


def _of_marks(pair: list[Claim]) -> tuple[str, str] | None:
    """ "combination-higher" among the marks of structured claims."""
    for mark in pair[0].marks:
        arm, _, direction = mark.rpartition("-")
        if direction in {"higher", "lower"} and arm in {pair[0].arm, pair[1].arm}:
            return arm, direction
    return None


def _before(sheet: Sheet, pair: list[Claim]) -> str:
    """The words of the clause before the first value, brackets open."""
    first = min(c.span[0] for c in pair)
    text = sheet.source[max(0, first - 260) : first]
    if pair[0].sentence:
        start = sheet.source.rfind(pair[0].sentence, 0, first + len(pair[0].sentence))
        if 0 <= start <= first:
            text = sheet.source[max(start, first - 260) : first]
    cuts = [m.end() for m in _START.finditer(text)]
    return text[cuts[-1] :] if cuts else text


def _of_text(sheet: Sheet, pair: list[Claim]) -> tuple[str, str] | None:
    """Which arm the clause before the values says to be what; None where it is not plain."""
    text = _before(sheet, pair)
    words = [(sign, m) for sign, pattern in _SAID.items() for m in pattern.finditer(text)]
    if len({sign for sign, _ in words}) != 1 or _UNCLEAR.search(text) or any(ch.isdigit() for ch in text):
        return None
    sign = words[0][0]
    if sign in {"better", "worse"} and FAMILY.get(pair[0].endpoint or "") not in {"tte", "response"}:
        return None
    subjects: set[str] = set()
    others: set[str] = set()
    for arm in (pair[0].arm, pair[1].arm):
        for place in _mentions(sheet, arm or "", text):
            (others if _THAN.search(text[:place]) else subjects).add(arm or "")
    if len(subjects) == 1 and not subjects & others:
        return next(iter(subjects)), sign
    return None


def _mentions(sheet: Sheet, arm: str, text: str) -> list[int]:
    """Where an arm is named, a longer name of another arm not taken for it."""
    names = {arm, *arm.split(", "), *(alias for a in sheet.arms if a.name == arm for alias in a.aliases)}
    rest = {n for a in sheet.arms if a.name != arm for n in (a.name, *a.aliases)}
    taken = [
        m.span() for n in rest if any(own.lower() in n.lower() for own in names) for m in re.finditer(re.escape(n), text, re.IGNORECASE)
    ]
    found: list[int] = []
    for name in names:
        places = [m.span() for m in re.finditer(rf"(?<![\w+/-]){re.escape(name)}(?![\w+/-])", text, re.IGNORECASE if len(name) > 2 else 0)]
        found.extend(a for a, b in places if not any(x <= a and b <= y for x, y in taken))
    return found


def _times(sheet: Sheet, pair: list[Claim]) -> Iterator[Verdict]:
    text = _before(sheet, pair)
    x, y = float(pair[0].value or 0), float(pair[1].value or 0)
    if min(x, y) <= 0 or any(ch.isdigit() for ch in text.replace("2-fold", "").replace("3-fold", "")):
        return
    for pattern, word, low, high in _TIMES:
        if pattern.search(text) and not _UNCLEAR.search(text):
            ratio = max(x, y) / min(x, y)
            ok = low <= ratio <= high
            message = f"{pair[0].endpoint}: {pair[0].value} and {pair[1].value} differ {ratio:.2f} times, said to have {word}"
            inputs = {"values": [pair[0].value, pair[1].value], "said": word, "ratio": round(ratio, 2)}
            rung = Rung.CONSISTENT if ok else Rung.MINOR
            yield Verdict("F2", rung, (pair[0].id, pair[1].id), message + ("." if ok else "; the words do not reproduce."), inputs=inputs)
