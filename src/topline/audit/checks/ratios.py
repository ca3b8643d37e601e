"""B1 to B5: does a ratio sit in the middle of its interval, and do interval, p-value, medians and patients agree with it?"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

from topline.audit.checks.ratio_centre import check_centre, level_of
from topline.audit.checks.ratio_p import check_p
from topline.audit.claims import Claim
from topline.audit.exact import only_a_limit, printed
from topline.audit.sheet import Sheet
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_ratios"]

_NORMAL = NormalDist()
_ASSIGNED = re.compile(r"(?<![0-9.,])([0-9]{2,5}) (?:patients )?(?:were |was )?(?:randomly )?(?:assigned|allocated|randomi[sz]ed) to\b")
_AMONG = re.compile(r"\b(?:among|in) (?!all\b|the\b|both\b)[\w-]+ patients\b", re.IGNORECASE)  # "among non-smoking patients"


def check_ratios(sheet: Sheet) -> Iterator[Verdict]:
    """B1, B2, B3 and B5 for each ratio, B4 where its medians are printed."""
    for claim in sheet.of_type("ratio"):
        if claim.value is None:
            continue
        if claim.lower is None or claim.upper is None or "NR" in (claim.lower, claim.upper):
            why = "a limit of its interval was not reached" if "NR" in (claim.lower, claim.upper) else "it is printed without its interval"
            yield Verdict("B1", Rung.UNCHECKABLE, (claim.id,), f"{claim.measure} {claim.value}: {why}.", inputs={"value": claim.value})
            continue
        if only_a_limit(claim.value, claim.lower, claim.upper):
            shown = f"{claim.measure} {claim.value} ({claim.lower} to {claim.upper})"
            yield Verdict("B1", Rung.UNCHECKABLE, (claim.id,), f"{shown}: one of the three is printed as a limit only.")
            continue
        if min(float(claim.lower), float(claim.upper), float(claim.value)) <= 0:
            yield Verdict(
                "B1",
                Rung.UNCHECKABLE,
                (claim.id,),
                f"{claim.measure} {claim.value} ({claim.lower} to {claim.upper}) has a limit of 0.",
                inputs={"value": claim.value},
            )
            continue
        yield check_centre(claim)
        if float(claim.lower) < float(claim.upper):
            if claim.p is not None:
                yield from check_p(sheet, claim)
            yield from _events(sheet, claim)
        yield from _medians(sheet, claim)


def _events(sheet: Sheet, claim: Claim) -> Iterator[Verdict]:
    """B5: Var(log HR) ≥ 4 / events, so the interval says how many events there were at least."""
    n = max(sheet.total or 0, sum(a.n or 0 for a in sheet.arms))
    n = max(n, sheet.most_patients) if n else 0  # also other patients than this study's: a meta-analysis
    n = (
        max(n, sum(int(m) for m in _ASSIGNED.findall(sheet.source))) if n else 0
    )  # "52 patients were assigned to A, and 47 were assigned to B"
    if (
        claim.measure != "HR"
        or not n
        or _AMONG.search(claim.sentence)
        or "factor" in claim.marks
        or claim.contrast is None
        or " vs " not in claim.contrast
    ):
        return
    z = _NORMAL.inv_cdf(0.5 + level_of(claim) / 2)
    widest = math.log(float(printed(claim.upper or "1").high)) - math.log(max(float(printed(claim.lower or "1").low), 1e-9))
    events = 4 / (widest / (2 * z)) ** 2
    inputs: dict[str, Any] = {"n": n, "events_at_least": round(events, 1)}
    if events <= n:
        yield Verdict(
            "B5",
            Rung.CONSISTENT,
            (claim.id,),
            f"The interval needs at least {math.ceil(events)} events; there were {n} patients.",
            recomputed=str(math.ceil(events)),
            inputs=inputs,
        )
    else:
        yield Verdict(
            "B5",
            Rung.MAJOR,
            (claim.id,),
            f"An interval as narrow as {claim.lower} to {claim.upper} needs at least {math.ceil(events)} events, more "
            f"than the {n} patients; it does not reproduce.",
            recomputed=str(math.ceil(events)),
            inputs=inputs,
        )


def _medians(sheet: Sheet, claim: Claim) -> Iterator[Verdict]:
    """B4: the better median goes with the lower hazard."""
    if claim.measure != "HR" or "factor" in claim.marks:
        return
    pair = [
        c
        for c in sheet.by_group.get(claim.group, [])
        if c.type == "median" and c.endpoint == claim.endpoint and c.value not in {None, "NR"}
    ]
    if (
        len(pair) != 2
        or pair[0].arm is None
        or pair[0].arm == pair[1].arm
        or not claim.contrast
        or not claim.contrast.startswith(pair[0].arm)
    ):
        return
    a, b, hr = float(pair[0].value or 0), float(pair[1].value or 0), float(claim.value or 1)
    if a <= 0 or b <= 0:
        return
    ids = (claim.id, pair[0].id, pair[1].id)
    inputs: dict[str, Any] = {"medians": [pair[0].value, pair[1].value], "value": claim.value, "median_ratio": round(b / a, 3)}
    strong = float(claim.upper or 9) < 1 or float(claim.lower or 0) > 1
    if (a >= b) == (hr <= 1) or hr == 1 or not strong or abs(a - b) / max(a, b) < 0.05:
        yield Verdict(
            "B4",
            Rung.CONSISTENT,
            ids,
            f"{claim.measure} {claim.value} and the medians {pair[0].value} and {pair[1].value} point the same way "
            f"(their ratio is {b / a:.2f}).",
            inputs=inputs,
        )
    else:
        yield Verdict(
            "B4",
            Rung.EXPLAINED,
            ids,
            f"{claim.measure} {claim.value} and the medians {pair[0].value} and {pair[1].value} point opposite ways, "
            f"unless the ratio is of the second arm over the first.",
            method="other direction",
            inputs=inputs,
        )
