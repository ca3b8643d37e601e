"""A3: do the arms add up to the patients?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from topline.audit.claims import Arm, Claim
from topline.audit.exact import printed
from topline.audit.sheet import Sheet
from topline.audit.tokens import tokenise
from topline.audit.verdict import Rung, Verdict

__all__ = ["check_arm_totals"]

_EXCLUDED = re.compile(
    r"\b(?:exclu\w+|withdr\w+|lost to follow|ineligible|not evaluable|dropped out|not treated|screen\w* fail\w*|"
    r"final(?:ly)?|remaining|completed|met (?:the )?inclusion|inclusion criteria)\b",
    re.IGNORECASE,
)
_ANALYSED = re.compile(
    r"\b(?:[0-9]+ (?:patients )?(?:were )?analy[sz]ed|[0-9]+ (?:[^.;]{0,60} )?(?:eligible|evaluable|assessable)|"
    r"patients (?:in [^.;,]{1,40} )?were (?:evaluable|assessable))\b",
    re.IGNORECASE,
)
_SIZES = re.compile(r"(?<![0-9.,/])[0-9]{2,6}(?![0-9,%/]|\.[0-9]| ?%)")
_DENOMINATOR = re.compile(r"(?:\bof|/)\s*(?:the )?$")
_TREATED = re.compile(r"^[^.;]*\breceived (?:their|the|at least)\b", re.IGNORECASE)
_GIVEN = (
    re.compile(  # fewer were given their treatment than the text says were there: "Of 320 patients randomised, 156 received A and 159 B"
        r"\bof (?:the |these |all )?[0-9]+ (?:\w+ ){0,2}(?:enrolled|registered|randomi[sz]ed)\b[^.]{0,80}, [0-9]+ (?:patients )?"
        r"(?:(?:were )?(?:randomly )?assigned|received|were treated)\b",
        re.IGNORECASE,
    )
)
_NOT_ALL = frozenset(
    {"completed", "analyzed", "analysed", "evaluable", "assessable", "assessed", "treated", "screened", "identified", "registered"}
)
_ALL = frozenset({"randomized", "randomised", "enrolled", "assigned", "allocated", "recruited", "included", "accrued"})
_RANDOM = re.compile(r"\b(?:randomly|randomi[sz]ed) ", re.IGNORECASE)
_SOME = re.compile(r"\bof (?:whom|which|these|them)\b|\bevalua\w+|\banaly[sz]ed\b", re.IGNORECASE)
_AT_RANDOM = frozenset({"randomized", "randomised", "assigned", "allocated"})
_BEFORE = frozenset({"recruited", "scheduled"})  # of whom fewer may have been assigned, and not more


def check_arm_totals(sheet: Sheet) -> Iterator[Verdict]:
    """A3: the sizes of the arms sum to the whole, where both are printed close together."""
    sized = [a for a in sheet.arms if a.n]
    totals = [c for c in sheet.of_type("count") if c.endpoint == "N" and c.arm is None and c.n is not None]
    if len(sized) < 2 or not totals:
        return
    start = sized[0].span[0]
    together = [a for a in sized if abs(a.span[0] - start) < 700]
    if len(together) < 2 or len(sized) < len(sheet.arms) or any(_of_an_analysis(sheet, a) for a in together):
        return
    ids = tuple(c.id for c in sheet.claims if c.type == "count" and c.arm in {a.name for a in together})
    sizes = sorted((a.n or 0 for a in together), reverse=True)
    total = sum(sizes)
    inputs: dict[str, Any] = {"arms": {a.name: a.n for a in together}, "totals": [c.n for c in totals]}
    # Groups learnt twice or parts of an arm come after the arms themselves.
    sums = {sum(sizes[:k]) for k in range(2, len(sizes) + 1)}
    match = next((c for c in totals if c.n == total), None) or next((c for c in totals if c.n in sums), None)
    if match is not None:
        text = f"The arms add up to {match.n}."
        yield Verdict("A3", Rung.CONSISTENT, (match.id, *ids), text, recomputed=str(match.n), power=1.0, inputs=inputs)
        return
    shares = [(c.x, printed(c.value)) for c in sheet.of_type("proportion") if c.x is not None and c.value is not None]
    totals = [c for c in totals if c.measure not in _NOT_ALL and not any(x == c.n and v.holds(Fraction(100 * x, total)) for x, v in shares)]
    totals = [c for c in totals if c.measure not in _BEFORE or (c.n or 0) < total]
    totals = [c for c in totals if (c.n or 0) >= total or c.measure in _ALL or not sheet.text]  # not the patients of an analysis
    if not totals or (sheet.text and abs(totals[0].span[0] - start) > 900) or len(together) > 4:
        return
    whole = min(totals, key=lambda c: abs((c.n or 0) - total))
    rung, text, method = _apart(sheet, whole, total, len(totals), together)
    repair = str(total) if rung in {Rung.MINOR, Rung.MAJOR} else None
    yield Verdict("A3", rung, (whole.id, *ids), text, method, str(total), repair, None, inputs)


def _of_an_analysis(sheet: Sheet, arm: Arm) -> bool:
    """ "431 in the control group received their treatment", "8 of 446 in the A group": a size of fewer than all."""
    if not sheet.text:
        return False
    size = re.search(rf"(?<![0-9.,]){arm.n}(?![0-9])", sheet.source[max(0, arm.span[0] - 90) : arm.span[1] + 90])
    before = sheet.source[max(0, arm.span[0] - 90) : arm.span[1] + 90][: size.start()] if size else ""
    return bool(_DENOMINATOR.search(before)) or bool(_TREATED.search(sheet.source[arm.span[0] : arm.span[1] + 120]))


def _apart(sheet: Sheet, whole: Claim, total: int, totals: int, arms: list[Arm]) -> tuple[Rung, str, str | None]:
    n, first, last = whole.n or 0, arms[0].span[0], arms[-1].span[1]
    beside = sheet.text[max(0, first - 200) : last + 200]
    # "163 patients were randomly assigned to A (n=82) or B (n=80)": nobody can have been left out in between
    at_random = whole.measure in _AT_RANDOM or (whole.measure is None and _RANDOM.search(sheet.text[whole.span[0] : last]) is not None)
    at_once = at_random and 0 <= first - whole.span[0] < 400 and last - whole.span[0] < len(whole.sentence)
    at_once = at_once and not _SOME.search(sheet.text, whole.span[0], last + 60)
    excluded = _EXCLUDED.search(whole.sentence if at_once else sheet.text)
    if total < n and (_GIVEN.search(beside) or excluded or ((_ANALYSED.search(beside) or totals > 1) and not at_once)):
        return Rung.EXPLAINED, f"The arms add up to {total} of {n}; the text speaks of patients left out.", "patients left out"
    shares = [printed(c.value) for c in sheet.of_type("proportion") if c.value is not None]
    if any(v.holds(Fraction(100 * total, n)) for v in shares):
        return Rung.EXPLAINED, f"The arms add up to {total} of {n}, a share that the text prints.", "share"
    if re.search(rf"(?<![0-9.,]){total}(?![0-9,]|\.[0-9])", sheet.text):
        return Rung.EXPLAINED, f"The arms add up to {total}, which the text prints too, not to {n}.", "other total"
    others = [int(m) for m in _SIZES.findall(beside)]
    others += [int(t.value) for t in tokenise(beside, 0, len(beside)) if t.kind == "n" and t.text[0].isalpha() and t.value.isdigit()]
    if any(total + k == n for k in others) or any(a + b == n for k, a in enumerate(others) for b in others[k + 1 :]):
        return Rung.EXPLAINED, f"Other groups beside these add up to {n}.", "other groups"
    gap = abs(total - n)
    cohort = total < n and sheet.text and not _RANDOM.search(sheet.text)  # whose groups need not be all
    if gap * 100 > (10 if cohort else 34) * n:
        return Rung.UNCHECKABLE, f"The groups ({total}) are not a partition of the {n} patients.", None
    text = f"The arms add up to {total}, not to the printed {n}; it does not reproduce."
    return Rung.MINOR if gap <= 1 else Rung.MAJOR, text, None
