"""Real text is damaged: one-for-one repairs that keep every position, and a sentence splitter that knows abbreviations."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["clean", "sentences"]

_TABLE: dict[int, str] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_TABLE |= dict.fromkeys([0x00A0, 0x3000, 0x202F, 0x205F, 0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x2000, 0x200B)], " ")
_TABLE |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFE58, 0x2043, 0x02D7], "-")
_TABLE |= dict.fromkeys([0x2018, 0x2019, 0x201B, 0x02BC, 0x2032], "'")
_TABLE |= {0x2A7D: "≤", 0x2A7E: "≥", 0x2266: "≤", 0x2267: "≥", 0x223C: "~", 0x301C: "~", 0x3010: "[", 0x3011: "]"}
_TABLE |= {0x3014: "(", 0x3015: ")", 0x3001: ",", 0x3002: ".", 0xFE6A: "%", 0x2329: "<", 0x3008: "<", 0x2044: "/"}
_TABLE |= dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F], " ")
_TABLE |= {0x0D: "\n", 0x09: " ", 0x2028: "\n", 0x2029: "\n"}
_ODD = re.compile("[^\n -~]+")  # no character of the table stands outside

_DOTS = "·∙⋅•‧・\u0387"
_MIDDLE_DOT = re.compile(f"[{_DOTS}](?=[0-9])")
_THIN = "\u00a0\u202f" + "".join(map(chr, range(0x2000, 0x200B)))
_DECIMAL = re.compile(r"[0-9]\.[0-9]")
_LOST_ZERO = re.compile(r"0 (?<![0-9.,]0 )[0-9]{2,4}(?![0-9])")
_LOST_DOT = re.compile(
    r"(?:(?<=(?<![0-9.,])[0-9])|(?<=(?<![0-9.,])[0-9]{2})) (?=[0-9]{1,2}(?![0-9]))|(?<=(?<![0-9.,])0) (?=[0-9]{3,4}(?![0-9]))"
)
_THOUSANDS = re.compile(f"(?<=[0-9])[{_THIN}](?=[0-9]{{3}}(?![0-9]))")
_LEAD = r"(?<![\w.,-])(?<!(?:cycle|grade|group|phase|stage) )(?<!(?:arm|day|Feb|Jan|Mar|May|Nov|Oct|Sep) )(?P<lead>[1-9][0-9]{0,2}) "
_THREE_DIGITS = re.compile("[0-9] [0-9]{3} [a-z]")
_SPACED = re.compile(  # "16 608 women"
    rf"{_LEAD}(?=[0-9]{{3}} (?:(?!of |to |or )[a-z-]{{3,20}} )?(?:children|individuals|men|participants|patients|people|women)\b)"
)
_SPACED_NUMBER = re.compile(rf"{_LEAD}(?=[0-9]{{3}}(?![\w%,]|[.-][0-9]))")
_TAG = re.compile(r"</?(?:b|em|i|strong|sub|sup|u)>", re.IGNORECASE)
_OR_EQUAL = re.compile(r"[<>] ?(?:or|/)? ?=")
_GLUED_STOP = re.compile(r"(?<=[Vv]s)\.(?=[0-9])")
_GLUED_YEAR = re.compile(r"(?<=[0-9]y)-(?=[A-Z]{2,5}\b)")
_HEADING = (
    "Backgrounds?|Introduction|Objectives?|Aims?|Purpose|Importance|Design|Setting|Patients and methods|"
    "Materials? and methods?|Methods?|Methodology|Interventions?|Measurements?|Results?|Findings?|Discussion|Conclusions?|"
    "Interpretation|Funding|Trial registration|Keywords?"
)
_BOUNDARY = re.compile(
    rf"(?=[.!?\nA-Z]|(?<=[)\]]) )(?:"  # nothing else begins a boundary, and most characters are passed by at once
    rf"(?P<stop>[.!?])(?=[)\]\"'\s]*\s[\s(\[\"']*[A-Z0-9À-Ý≥<>¹²³]|[A-Z][a-z]|[A-Z]{{2,}}[a-z]?\s)"
    rf"|(?P<close>(?<=[)\]]))(?= (?:In|The|At|There|Of|Among|After|We|However|Overall|Median) [a-z])"
    rf"|(?P<gap>\n[ \n]*\n)|(?P<line>\n)"
    rf"|(?<![A-Za-z])(?P<head>{_HEADING})(?=[A-Z][a-z ]|[A-Z]{{2,}})|(?<![A-Za-z])(?P<label>[A-Z]{{3,15}}=)(?=\S))"
)
_ABBREVIATIONS = frozenset(
    [
        "vs",
        "v",
        "e.g",
        "i.e",
        "al",
        "fig",
        "figs",
        "approx",
        "ca",
        "cf",
        "no",
        "nos",
        "dr",
        "st",
        "resp",
        "incl",
        "ref",
        "refs",
        "eq",
        "inc",
        "sup",
        "suppl",
        "tab",
        "vol",
        "ed",
        "eds",
        "etc",
        "mo",
        "mos",
        "yr",
        "yrs",
        "pts",
        "pt",
    ]
)
_INITIAL = re.compile(r" ?[A-Z]\.(?: |$)")  # the other letter of "M. D. Anderson"
_BEFORE = re.compile(r"[A-Za-z.]+$")
_LONGEST = 3000


def clean(text: str) -> str:
    """Repair characters one for one, so that positions in the result are positions in `text`.

    Full-width forms become plain, every dash and minus becomes ``-``, odd spaces become a space, a middle dot before a digit
    becomes a decimal point, as does the space in its place in a text that has no other ("HR 0 69"), a thin space within a number
    a comma of thousands, as are the plain ones of a text that has "16 608 women";
    ">=" and ">or=" become ``≥``, "+/-" ``±``; "3y-DFS" is "3y DFS"; tags of bold, italic, raised and lowered text become spaces.
    """
    if "</" in text:
        text = _TAG.sub(lambda m: ("^" if m.group().lower() == "<sup>" else " ").ljust(len(m.group())), text)
    if any(space in text for space in _THIN):
        text = _THOUSANDS.sub(",", text)
    text = _ODD.sub(lambda m: m.group().translate(_TABLE), text)
    text = text.replace("+/-", " ± ").replace("i.q.r.", "IQR   ")
    if "=" in text:
        text = _OR_EQUAL.sub(lambda m: ("≥" if m.group()[0] == ">" else "≤") + " " * (len(m.group()) - 1), text)
    if any(dot in text for dot in _DOTS):
        text = _MIDDLE_DOT.sub(".", text)
    if "0 " in text and len(_LOST_ZERO.findall(text)) > 1 and not _DECIMAL.search(text):
        text = _LOST_DOT.sub(".", text)
    if "vs." in text or "Vs." in text:
        text = _GLUED_STOP.sub(" ", text)
    if "y-" in text:
        text = _GLUED_YEAR.sub(" ", text)
    if _THREE_DIGITS.search(text) and _SPACED.search(text):
        text = _SPACED_NUMBER.sub(r"\g<lead>,", text)
    return text


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of cleaned text, in order; none is longer than 3,000 characters."""
    start = 0
    for match in _BOUNDARY.finditer(text):
        kind = match.lastgroup
        if kind == "stop":
            if match.group() == "." and _is_abbreviation(text, match.start(), start):
                continue
            yield from _pieces(text, start, match.end())
            start = match.end()
        elif kind == "gap":
            yield from _pieces(text, start, match.start())
            start = match.end()
        elif kind == "line":
            if _line_ends(text, start, match.start()):
                yield from _pieces(text, start, match.start())
                start = match.end()
        else:
            yield from _pieces(text, start, match.start())
            start = match.start() if kind == "label" else match.end()
    yield from _pieces(text, start, len(text))


def _is_abbreviation(text: str, at: int, start: int) -> bool:
    word = _BEFORE.search(text, max(start, at - 12), at)
    if word is None:
        previous = text[at - 1 : at]
        return previous in {"", " ", "=", "<", ">", "("}
    letters = word.group().lower()
    if len(letters) == 1 and word.group().isupper():
        return at - start < 4 or _INITIAL.match(text, at + 1) is not None or _INITIAL.match(text, at - 4) is not None
    return letters in _ABBREVIATIONS


def _line_ends(text: str, start: int, at: int) -> bool:
    """A lone line break ends a sentence after closing punctuation or after a short line, not inside wrapped text."""
    line = text[max(start, text.rfind("\n", start, at) + 1) : at].rstrip()
    return not line or line[-1] in ".!?:" or len(line) < 45


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _LONGEST:
        cut = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        cut = start + _LONGEST if cut < 0 else cut
        yield start, cut
        start = cut
    if end > start:
        yield start, end
