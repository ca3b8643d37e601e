"""Units behind the numbers of a column, such as 65岁 or 3.2 cm."""

from __future__ import annotations

import re
from collections import Counter

from topline.init.tables import Column
from topline.init.words import plain
from topline.records.units import NUMBER

_SAME = (frozenset(("岁", "周岁", "y", "yr", "yrs", "year", "years", "y/o", "yo")), frozenset(("个月", "月", "mo", "month", "months", "m")))
_FACTORS = {"cm": {"cm": 1.0, "mm": 0.1, "厘米": 1.0, "毫米": 0.1}, "mm": {"mm": 1.0, "cm": 10.0, "毫米": 1.0, "厘米": 10.0}}


def numbers_of(column: Column) -> tuple[float, dict[str, float]]:
    """Return the share of cells that are numbers, with or without a unit, and the units found with their factors.

    Of two units, the second is left out unless its factor is known: the run then refuses those cells.
    """
    units: Counter[str] = Counter()
    good = 0
    for text, n in column.counts.items():
        match = re.match(NUMBER, plain(text).replace(",", ""))
        if match and len(match[2]) <= 12 and not re.match(r"[-/~至.\d]", match[2]):
            good += n
            units[match[2].strip()] += n
    del units[""]
    if not units:
        return good / max(1, column.n), {}
    first = units.most_common(1)[0][0]
    known = _FACTORS.get(first, {}) | {name: 1.0 for group in _SAME if first in group for name in group}
    return good / max(1, column.n), {name: known.get(name, 1.0) for name in units if name == first or name in known}
