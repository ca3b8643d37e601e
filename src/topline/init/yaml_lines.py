"""Lines of YAML that any text can stand in: whatever a heading holds, it comes back as it was and breaks nothing."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"^[A-Za-z一-鿿][\w一-鿿 -]*$")
_WORDS = frozenset(("true", "false", "null", "y", "n", "yes", "no", "on", "off"))


def quote(text: str) -> str:
    """Text as a YAML scalar: plain where that is safe, else in double quotes with everything unprintable escaped."""
    if _PLAIN.match(text) and text == text.strip() and text.lower() not in _WORDS and text.isprintable():
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() and ord(char) < 0xFFFE else _escaped(char) for char in quoted)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def shown(text: str, most: int = 60) -> str:
    """A heading as it is quoted in a sentence: on one line, printable, not too long."""
    line = "".join(char if char.isprintable() else "?" for char in " ".join(text.split()))
    return f"“{line if len(line) <= most else line[: most - 1] + '…'}”"


def comment(text: str) -> str:
    """Text as it may stand behind #."""
    return "".join(char if char.isprintable() else "?" for char in text)
