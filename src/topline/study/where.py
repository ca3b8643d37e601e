"""Parse a `where` string such as ``AGE >= 18 and SEX = 'M'`` into the plain tree that conditions are made of.

The grammar is small on purpose: names, literals, comparisons, ``in``, ``between``, ``contains``, ``is [not] missing``, ``and``, ``or``,
``not`` and brackets. There are no functions, no arithmetic and nothing that could be executed.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any

MAX_LENGTH = 10_000
MAX_DEPTH = 60

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?)(?![\w.])
      | '(?P<text>(?:[^']|'')*)'
      | "(?P<quoted>(?:[^"]|"")*)"
      | (?P<op><=|>=|<>|!=|==|=|<|>)
      | (?P<punctuation>[(),])
      | (?P<name>[^\W\d]\w*)
    )""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"and", "or", "not", "in", "between", "is", "missing", "null", "contains", "true", "false", "date"})


class WhereError(ValueError):
    """The text is not a condition; the message says where and why."""


def parse_where(text: str) -> dict[str, Any]:
    """Parse a `where` string into the tree form of a condition.

    Parameters
    ----------
    text : str
        The condition, at most 10,000 characters.

    Returns
    -------
    dict
        The tree, as it could have been written in the protocol.

    Raises
    ------
    WhereError
        With the position and what was expected there.
    """
    if len(text) > MAX_LENGTH:
        raise WhereError(f"a condition may have {MAX_LENGTH:,} characters, this has {len(text):,}")
    return _Parser(text).parse()


class _Parser:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokenise(text)
        self.at = 0
        self.depth = 0

    @staticmethod
    def _tokenise(text: str) -> list[tuple[str, str, int]]:
        tokens = []
        position = 0
        end = len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                start = position + len(text[position:]) - len(text[position:].lstrip())
                raise WhereError(f"can't read {text[start : start + 12]!r} at character {start + 1} of {text!r}")
            kind, value = match.lastgroup, match.group(match.lastgroup)
            if kind == "name" and value.lower() in _KEYWORDS:
                kind, value = "keyword", value.lower()
            elif kind in ("text", "quoted"):
                quote = "'" if kind == "text" else '"'
                kind, value = "text", value.replace(quote * 2, quote)
            tokens.append((kind, value, match.start(match.lastgroup)))
            position = match.end()
        return tokens

    def parse(self) -> dict[str, Any]:
        if not self.tokens:
            raise WhereError("the condition is empty")
        tree = self._either()
        if self.at < len(self.tokens):
            self._fail("the end, 'and' or 'or'")
        return tree

    def _fail(self, expected: str) -> Any:
        if self.at < len(self.tokens):
            _, value, start = self.tokens[self.at]
            raise WhereError(f"expected {expected} at character {start + 1} of {self.text!r}, found {value!r}")
        raise WhereError(f"expected {expected} at the end of {self.text!r}")

    def _take(self, kind: str, *values: str) -> str | None:
        if self.at < len(self.tokens):
            found, value, _ = self.tokens[self.at]
            if found == kind and (not values or value in values):
                self.at += 1
                return value
        return None

    def _either(self) -> dict[str, Any]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise WhereError(f"brackets are nested more than {MAX_DEPTH} deep")
        items = [self._both()]
        while self._take("keyword", "or"):
            items.append(self._both())
        self.depth -= 1
        return items[0] if len(items) == 1 else {"any": items}

    def _both(self) -> dict[str, Any]:
        items = [self._one()]
        while self._take("keyword", "and"):
            items.append(self._one())
        return items[0] if len(items) == 1 else {"all": items}

    def _one(self) -> dict[str, Any]:
        if self._take("keyword", "not"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise WhereError(f"'not' is nested more than {MAX_DEPTH} deep")
            inner = self._one()
            self.depth -= 1
            return {"not": inner}
        if self._take("punctuation", "("):
            tree = self._either()
            if not self._take("punctuation", ")"):
                self._fail("')'")
            return tree
        return self._comparison()

    def _comparison(self) -> dict[str, Any]:
        variable = self._take("name") or self._fail("a variable's name")
        if op := self._take("op"):
            return {"variable": variable, "op": {"<>": "!=", "==": "="}.get(op, op), "value": self._literal()}
        if self._take("keyword", "contains"):
            text = self._take("text")
            return {"variable": variable, "contains": text} if text is not None else self._fail("a quoted text")
        if self._take("keyword", "is"):
            negate = bool(self._take("keyword", "not"))
            if not self._take("keyword", "missing", "null"):
                self._fail("'missing'")
            return {"variable": variable, "missing": not negate}
        negate = bool(self._take("keyword", "not"))
        if self._take("keyword", "in"):
            return {"variable": variable, "one_of": self._list(), "negate": negate}
        if not negate and self._take("keyword", "between"):
            low = self._literal()
            if not self._take("keyword", "and"):
                self._fail("'and'")
            return {"variable": variable, "between": [low, self._literal()]}
        return self._fail("'=', '<', 'in', 'between', 'contains' or 'is missing'")  # type: ignore[no-any-return]

    def _list(self) -> list[Any]:
        if not self._take("punctuation", "("):
            self._fail("'('")
        values = [self._literal()]
        while self._take("punctuation", ","):
            values.append(self._literal())
        if not self._take("punctuation", ")"):
            self._fail("',' or ')'")
        return values

    def _literal(self) -> Any:
        if (number := self._take("number")) is not None:
            value = float(number)
            if not math.isfinite(value):
                raise WhereError(f"{number} is too large a number")
            return int(number) if re.fullmatch(r"[-+]?\d+", number) else value
        if (text := self._take("text")) is not None:
            return text
        if word := self._take("keyword", "true", "false"):
            return word == "true"
        if self._take("keyword", "date"):
            text = self._take("text")
            if text is None:
                self._fail("a date such as '2024-12-31'")
            try:
                return date.fromisoformat(str(text))
            except ValueError:
                raise WhereError(f"{text!r} is not a date; write it as 2024-12-31") from None
        return self._fail("a number or a quoted text")
