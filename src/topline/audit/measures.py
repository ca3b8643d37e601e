"""Units of measured quantities: a mean or median in millilitres, grams per decilitre, minutes or points is a result, a dose is none."""

from __future__ import annotations

import re

from topline.audit.small_words import VS

__all__ = ["MIDDLE", "THINGS", "measured", "measured_unit"]

# fmt: off
_GIVEN = frozenset(  # units of what is given to patients as often as of what is measured
    {
        "g", "mg", "mcg", "ug", "μg", "µg", "microg", "l", "u", "iu", "cycles", "courses", "sessions", "fractions", "injections",
        "infusions",
    }
)
THINGS = frozenset(  # what is counted beside patients: "18 samples (20%)"
    {
        "articles", "cells", "centers", "countries", "courses", "cycles", "doses", "fractions", "genes", "infusions", "injections",
        "institutions", "lesions", "metastases", "mutations", "nodes", "samples", "sessions", "sites", "studies", "trials", "tumors",
        "tumours",
    }
)
_UNITS = _GIVEN | {
    "kg", "ng", "pg", "dl", "ml", "mm", "cm", "nm", "μm", "µm", "um", "mm2", "cm2", "mm3", "cm3", "cc", "h", "hrs", "hour", "hours", "min",
    "mins", "minutes", "minute", "sec", "seconds", "mmol", "nmol", "pmol", "mol", "mmhg", "bpm", "kcal", "watt", "watts", "points", "point",
    "nodes", "lesions", "metastases", "copies", "cells",
}
_CLOCK = frozenset({"h", "hrs", "hour", "hours", "min", "mins", "minutes", "minute", "sec", "seconds"})
_WHEN = frozenset({"after", "at", "before", "between", "every", "for", "from", "over", "until", "within"})
_DOSES = frozenset({"dose", "doses", "dosage", "intensity", "infusion", "every"})
MIDDLE = frozenset({"median", "medians", "mean", "means", "average", "averaged"})
_LEADS = frozenset({"was", "were", "of", "is", "by", "(", "[", "and", ".", ",", ";", "to", "than", "with", "=", ":"}) | VS
# fmt: on
_COMPOUND = re.compile(
    r"(?:[mnpkfdcµμ]?[glm]|[mnpkµμ]?mol|[kmµμ]?i?u|mc?g|points?|cells|copies|beats|min|minutes|hours?|kcal)/[a-z0-9µμ]{1,8}(?:/[a-z0-9]{1,6})?"
)


def measured_unit(low: list[str], i: int) -> int:
    """Where the unit of measurement at `i` ends; `i` itself where none stands."""
    k = i + (low[i] == "-")
    if low[k] in _UNITS or (low[k].find("/", 1) > 0 and _COMPOUND.fullmatch(low[k])):
        return k + 1
    return i


def measured(low: list[str], i: int) -> bool:
    """Whether the number at `i` is a mean or median of which the words before it speak, and no dose: "a mean volume of 38 mL vs 57 mL"."""
    lead = low[i - 2 if i > 1 and low[i - 1] in {"+", "-"} else i - 1] if i else ""
    before = low[max(0, i - 40) : i]
    if lead not in _LEADS or MIDDLE.isdisjoint(before) or not _DOSES.isdisjoint(before):
        return False
    if low[i + 1] in _CLOCK and not _WHEN.isdisjoint(before[-5:]):
        return False  # "between 0 h and 24 h"
    if low[i + 1] not in _GIVEN or lead in {"was", "were"}:
        return True
    return low[i - 2] in (MIDDLE if lead == "of" else {low[i + 1]})
