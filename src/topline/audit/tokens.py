"""Tokens of one sentence: numbers, words and signs, found in one linear pass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Token", "small_number", "tokenise"]


@dataclass(slots=True)
class Token:
    """One token: `kind` is ``n`` (number), ``w`` (word) or ``s`` (sign); `value` is a number's canonical decimal text."""

    kind: str
    text: str
    lower: str
    start: int
    end: int
    value: str = ""
    spelled: bool = False


# Bounded alternatives, none nested: the scan is linear in the length of the sentence.
_TOKEN = re.compile(
    r"(?P<id>(?:NCT|ChiCTR|CTR|UMIN|ISRCTN|JPRN|jRCT|EudraCT|ACTRN|KCT|DRKS|NTR|CRD)[-: ]?[A-Za-z]{0,8}-?[0-9][0-9-]{4,20})"
    r"|(?P<url>https?://[^\s]{1,300}|doi:? ?10\.[^\s]{1,100}|10\.[0-9]{4,5}/[^\s]{1,100})"
    r"|(?P<glued>CA[ -](?:19-9|125|15-3|72-4|27-29)(?![0-9])|(?:months?|years?|weeks?|mo|yrs?)(?=-(?:not|NR|NE|NA)\b)"
    r"|(?:to|vs|versus|and|was|were|of|is|CI|HR|aHR|OR|aOR|RR|n|IQR)(?=[0-9]|\.[0-9])|[Pp](?=0?\.[0-9]))"
    r"|(?P<n>(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)"
    r"|(?P<w>[A-Za-zÀ-ÖØ-öø-ÿα-ωΑ-Ω][A-Za-z0-9À-ÖØ-öø-ÿα-ω]*(?:['/-][A-Za-z0-9À-ÖØ-öø-ÿ]+)*)"
    r"|(?P<s>[^\s])"
)
_COMMA = re.compile("[0-9],[0-9]")
_DECIMAL_COMMA = re.compile(r"(?<![0-9.,])([0-9]{1,3}),([0-9]{1,3})(?![0-9,]|\.[0-9])")
_ISOTOPE = re.compile(  # "177Lu-DOTATATE", "131I"
    r"[0-9]{2,3}m?(?:A[ct]|Bi|C[ou]?|F|Ga|Ho|In|Ir?|Lu|Pb|Pd|R[aeu]|S[mr]|Tc|Tl|Y|Zr)(?:-[A-Za-z0-9]+)*(?![A-Za-z0-9])"
)
_LOCUS = re.compile(  # an arm of a chromosome: "17p", "1p/19q", "11q13"
    r"(?:1[0-9]?|2[0-2]?|[3-9])[pq](?:[0-9]{1,2}(?:\.[0-9]{1,2})?)?(?:/(?:1[0-9]?|2[0-2]?|[3-9])[pq])?(?![A-Za-z0-9=<>]|[ ]?[=<>])"
)
_ONES = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {w: 10 * i for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)}
_NUMBER_START = frozenset(_ONES) | frozenset(_TENS)


def tokenise(text: str, start: int, end: int, *, decimal_comma: bool = False) -> list[Token]:
    """Tokens of ``text[start:end]``.

    Parameters
    ----------
    text : str
        Cleaned text.
    start, end : int
        Span of the sentence.
    decimal_comma : bool
        The document writes 0,46 for 0.46.

    Returns
    -------
    list of Token
        In order of appearance. Spelled-out numbers ("Forty-five", "one hundred and two") become number tokens.
    """
    out: list[Token] = []
    commas = _decimal_commas(text, start, end, decimal_comma)
    torn = hung = spelled = False
    found = _TOKEN.finditer(text, start, end)
    while (match := next(found, None)) is not None:
        kind = match.lastgroup
        a, b = match.span()
        raw = match.group()
        if kind == "w" or kind == "glued":
            low = raw.lower().replace(" ", "-")  # "CA 19-9"
            out.append(Token("w", raw, low, a, b))
            spelled = spelled or _is_number(low)
        elif kind == "n":
            last = b
            torn = torn or raw == "0"
            if a in commas:
                b = commas[a]
                out.append(Token("n", text[a:b], text[a:b], a, b, text[a:b].replace(",", ".")))
            else:
                name = _name(text, a, b, end) if len(raw) < 4 and text[b : b + 1].isalpha() else None
                if name:
                    b = name.end()
                    out.append(Token("w", text[a:b], text[a:b].lower(), a, b))
                elif b < end and "," not in raw and text[b : b + 1].isalpha() and raw.isdigit() and _is_code(text, a, b, end):
                    b = _code_end(text, b, end)
                    out.append(Token("w", text[a:b], text[a:b].lower(), a, b))
                else:
                    out.append(Token("n", raw, raw, a, b, _canonical(raw)))
            if b != last:
                found = _TOKEN.finditer(text, b, end)  # more was read than was found
        elif kind == "s":
            hung = hung or (raw == "-" and a > start and text[a - 1].isalnum())
            out.append(Token("s", raw, raw, a, b))
        else:
            out.append(Token(kind or "s", raw, raw.lower(), a, b))
    out = _join(out) if torn else out
    out = _complete(out) if hung else out
    return _spell(out) if spelled else out


@lru_cache(maxsize=20_000)
def _is_number(low: str) -> bool:
    """Whether a word begins a number in words: "forty", "forty-five", "one-hundred"."""
    return low.partition("-")[0] in _NUMBER_START


def _name(text: str, a: int, b: int, end: int) -> re.Match[str] | None:
    """An isotope or an arm of a chromosome that begins with these digits."""
    return _LOCUS.match(text, a, end) if text[b] in "pq" else _ISOTOPE.match(text, a, end) if b - a > 1 else None


def _canonical(raw: str) -> str:
    raw = raw.replace(",", "")
    if raw.startswith("."):
        raw = "0" + raw
    whole, point, rest = raw.partition(".")
    return (whole.lstrip("0") or "0")[:30] + (point + rest[:30] if point else "")


def _decimal_commas(text: str, start: int, end: int, everywhere: bool) -> dict[int, int]:
    found: dict[int, int] = {}
    if not _COMMA.search(text, start, end):
        return found
    for match in _DECIMAL_COMMA.finditer(text, start, end):
        whole, part = match.groups()
        if (whole == "0" or (everywhere and len(part) < 3)) and len(part) <= 3:
            found[match.start()] = match.end()
    return found


def _is_code(text: str, a: int, b: int, end: int) -> bool:
    """Digits glued to capitals (131I, 5FU) are a name; digits glued to a unit or a word (12mg, 5months) are a number."""
    letters = text[b : _code_end(text, b, end)]
    return (
        (len(letters) <= 3 or any(c.isdigit() for c in letters))
        and letters.isupper()
        and letters not in {"CI", "MG", "VS", "P", "GY", "CR", "PR", "SD", "PD"}
    )


def _code_end(text: str, b: int, end: int) -> int:
    while b < end and text[b].isalnum():
        b += 1
    return b


def _join(tokens: list[Token]) -> list[Token]:
    """Mend "0 .001" and "0. 001", a number torn by a space."""
    out: list[Token] = []
    for token in tokens:
        last = out[-1] if out else None
        if last is not None and token.kind == "n" and last.kind == "n" and last.text == "0" and token.text.startswith("."):
            out[-1] = Token("n", last.text + token.text, "", last.start, token.end, "0" + token.text)
            continue
        if (
            last is not None
            and token.kind == "n"
            and last.text == "."
            and len(out) >= 2
            and out[-2].text == "0"
            and out[-2].end == last.start
            and "." not in token.text
        ):
            out.pop()
            zero = out.pop()
            out.append(Token("n", f"0.{token.text}", "", zero.start, token.end, f"0.{token.text}"))
            continue
        out.append(token)
    return out


def _complete(tokens: list[Token]) -> list[Token]:
    """ "low-, intermediate- and high-risk": words that leave their last part to the end of the list are given it."""
    out: list[Token] = []
    tail = ""
    for i in range(len(tokens) - 1, -1, -1):
        token = tokens[i]
        if token.kind == "w":
            open_ended = out and out[-1].text == "-" and out[-1].start == token.end
            if open_ended and tail and len(out) > 1 and out[-2].lower in _LIST_SIGNS:
                out[-1] = Token("w", f"{token.text}-{tail}", f"{token.lower}-{tail}", token.start, token.end)
                continue
            if token.lower not in _ON_THE_WAY:
                tail = token.lower.partition("-")[2]
        elif token.text in {";", ".", ":"}:
            tail = ""
        out.append(token)
    out.reverse()
    return out


_LIST_SIGNS = frozenset({",", "and", "or", "to", "v", "versus", "vs"})
_ON_THE_WAY = _LIST_SIGNS | frozenset({"for", "in", "of", "the", "with"})


def _spell(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.kind == "w" and _is_number(token.lower):
            value, j = _spelled_value(tokens, i)
            if value is not None:
                last = tokens[j - 1]
                out.append(Token("n", token.text, token.lower, token.start, last.end, str(value), True))
                i = j
                continue
        out.append(token)
        i += 1
    return out


def small_number(word: str) -> int | None:
    """A spelled number below one hundred, or None."""
    tens, dash, ones = word.partition("-")
    if not dash:
        return _ONES.get(word, _TENS.get(word))
    if tens in _TENS and 1 <= _ONES.get(ones, 0) <= 9:
        return _TENS[tens] + _ONES[ones]
    return None


def _spelled_value(tokens: list[Token], i: int) -> tuple[int | None, int]:
    ones, _, power = tokens[i].lower.rpartition("-")
    hundreds, thousands = power == "hundred", power == "thousand"  # "one-hundred twenty", "eight-thousand four-hundred"
    value = small_number(ones if hundreds or thousands else tokens[i].lower)
    if value is None:
        return None, i
    j = i + 1
    if value >= 20 and value % 10 == 0 and j < len(tokens) and 1 <= _ONES.get(tokens[j].lower, 0) <= 9:
        value += _ONES[tokens[j].lower]
        j += 1
    if hundreds or (j < len(tokens) and tokens[j].lower == "hundred"):
        value *= 100
        j += not hundreds
        k = j + 1 if j < len(tokens) and tokens[j].lower == "and" else j
        rest = small_number(tokens[k].lower) if k < len(tokens) and tokens[k].kind == "w" else None
        if rest is not None:
            value += rest
            j = k + 1
            if rest >= 20 and rest % 10 == 0 and j < len(tokens) and 1 <= _ONES.get(tokens[j].lower, 0) <= 9:
                value += _ONES[tokens[j].lower]
                j += 1
    if thousands or (j < len(tokens) and tokens[j].lower == "thousand" and value < 100):
        value *= 1000
        j += not thousands
        k = j + 1 if j < len(tokens) and tokens[j].lower == "and" else j
        if k < len(tokens) and tokens[k].kind == "w":
            more, end = _spelled_value(tokens, k)
            if more is not None:
                value, j = value + more, end
    return value, j
