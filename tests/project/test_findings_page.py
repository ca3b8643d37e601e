"""docs/findings.md and the source know the same codes, with the same severity."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"\b(?:PRO|REC|DER|OUT|CLI|EXP|INI)-\d{4}\b")
LINE = re.compile(r"^\| ((?:PRO|REC|DER|OUT|CLI|EXP|INI)-\d{4}) \| (error|warning|note) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
MADE = re.compile(r'"((?:PRO|REC|DER|OUT|CLI|EXP|INI)-\d{4})",\s*"(error|warning|note)"')


def page() -> dict[str, str]:
    found = LINE.findall((ROOT / "docs" / "findings.md").read_text(encoding="utf-8"))
    codes = [code for code, *_ in found]
    assert len(set(codes)) == len(codes), "a code is described twice"
    return {code: severity for code, severity, *_ in found}


def sources() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]


def test_the_page_describes_exactly_the_codes_of_the_source() -> None:
    quoted = {code for text in sources() for code in re.findall(r'"([A-Z]{3}-\d{4})"', text)}
    assert quoted - set(page()) == set(), "described nowhere"
    assert set(page()) - quoted == set(), "not in the source"


def test_the_page_gives_the_severity_of_the_source() -> None:
    made = {(code, severity) for text in sources() for code, severity in MADE.findall(text)}
    assert len(made) > 40
    assert {pair for pair in made if page()[pair[0]] != pair[1]} == set()


def test_every_code_that_a_text_mentions_is_there() -> None:
    mentioned = {code for text in sources() for code in CODE.findall(text)} - {"PRO-0030"}  # "PRO-0020 to PRO-0030"
    assert mentioned - set(page()) == set()


def test_a_derivations_code_stands_in_one_module() -> None:
    """So two authors can't give it two meanings."""
    homes: dict[str, set[str]] = {}
    for path in (ROOT / "src").rglob("*.py"):
        for code in re.findall(r'"(DER-\d{4})"', path.read_text(encoding="utf-8")):
            homes.setdefault(code, set()).add(path.stem)
    assert {code: names for code, names in homes.items() if len(names) > 1} == {}
