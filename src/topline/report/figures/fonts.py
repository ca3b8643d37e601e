"""Find fonts that hold the characters a figure needs, Chinese among them, so that no label turns into empty boxes."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

BASE = "DejaVu Sans"
CANDIDATES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans CJK JP",
    "Noto Sans CJK TC",
    "Noto Sans CJK KR",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "SimSun",
    "Arial Unicode MS",
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Hebrew",
    "Noto Sans Symbols",
    "Noto Sans Symbols 2",
)
"""Fonts looked for, in this order, when the base font lacks a character."""

_log = logging.getLogger(__name__)


def families_for(texts: Iterable[str]) -> list[str]:
    """Return the font families, in order of preference, that together draw all of the texts as far as fonts are installed.

    A character that no candidate has is drawn as an empty box; this is logged, never raised.
    """
    missing = {ord(char) for text in texts for char in text if char.isprintable() and not char.isspace()} - _covered(BASE)
    families = [BASE]
    for name in CANDIDATES:
        if not missing:
            break
        found = missing & _covered(name)
        if found:
            families.append(name)
            missing -= found
    if missing:
        _log.warning("no installed font draws %d character(s) of the figures' labels, such as U+%04X", len(missing), min(missing))
    return families


@cache
def _covered(name: str) -> frozenset[int]:
    entry = next((item for item in font_manager.fontManager.ttflist if item.name == name), None)
    if entry is None:
        return frozenset()
    try:
        font = FT2Font(entry.fname, face_index=getattr(entry, "index", 0) or 0)
    except TypeError:  # before matplotlib 3.11 only the first face of a collection could be opened
        font = FT2Font(entry.fname)
    except (OSError, RuntimeError):
        return frozenset()
    return frozenset(font.get_charmap())
