"""What the checks look at: the claims with indexes by endpoint and arm, the printed sizes, and how far a carried size is trusted."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from topline.audit.claims import Arm, Claim
from topline.audit.exact import counts_for_percent, printed
from topline.audit.lexicon import FAMILY

__all__ = ["Sheet", "fits", "grim_power", "may_be_of_time", "over_time"]

_CHANCE = 0.1
_PATIENTS = re.compile(
    r"(?<![0-9.,])([0-9]{2,7}|[0-9]{1,3}(?:,[0-9]{3})+) (?:[A-Za-z-]+ ){0,3}"
    r"(?:patients|participants|women|men|subjects|individuals|people)\b"
)
_OF_TIME = re.compile(r"mortality|^DEATH|^RECUR|recurrence|relapse", re.IGNORECASE)
_RATE = re.compile(
    r"\b(?:mortality|recurrence|relapse|death) rate|(?:[0-9]|two|three|five|ten)-year|\b(?:cumulative|actuarial|Kaplan)\b", re.IGNORECASE
)
_OTHER_PATIENTS = frozenset({"later", "estimated", "other units"})


def grim_power(n: int, decimals: int) -> float:
    """Share of random percentages with that many decimals that no count of `n` gives.

    At one decimal: 98% at n = 20, 93% at n = 65, 25% at n = 747.
    """
    total = int(100 * 10**decimals) + 1
    return max(0.0, 1.0 - min(n + 1, total) / total)


def fits(claim: Claim, n: int) -> bool:
    """Whether a proportion's percentage (and count, where printed) can come from `n`."""
    if claim.value is None:
        return True
    ks = counts_for_percent(printed(claim.value), n)
    return claim.x in ks if claim.x is not None else len(ks) > 0


def _luck(claim: Claim) -> float:
    """Chance that a proportion fits a denominator that is not its own."""
    if claim.n is None or claim.value is None or float(claim.value) in {0.0, 100.0}:
        return 1.0  # none and all are a share of any number
    luck = 1.0 - grim_power(claim.n, printed(claim.value).decimals)
    return min(luck, 0.05) if claim.x is not None else luck


def _kind(claim: Claim) -> str:
    """A response, an event, or something else."""
    name = claim.endpoint or ""
    if name in {"PCR", "MPR", "R0"}:
        return "pathology"  # only in operated patients
    family = FAMILY.get(name, FAMILY.get(name.split(" ")[0].rstrip("3"), ""))
    return {"category": "response", "term": "event"}.get(family, family)


def over_time(claim: Claim) -> bool:
    """Whether a proportion may be an estimate from censored times, which its count does not give: "5-year mortality 13.0% (161/1253)"."""
    return "estimated" in claim.marks or (claim.time is not None and _kind(claim) not in {"response", "pathology"})


def _of_its_sentence(claims: tuple[Claim, ...]) -> Iterator[Claim]:
    """The claims, with the patients that the sentence itself prints for an arm in place of those carried from elsewhere.

    "Rash (59 [79%] of 75 patients in the A group vs 65 [86%] of 76 in the B group) and fatigue (53 [71%] vs 61 [80%])": of 75 and of 76.
    Only events are listed so; a percentage that fits the size of its arm and not the sentence's stays where it is. Where the sentence
    prints the patients of two arms, the values that follow are marked ``listed``.
    """
    printed_n: dict[str | None, int] = {}
    sentence = ""
    for claim in claims:
        if claim.sentence != sentence:
            sentence, printed_n = claim.sentence, {}
        if claim.type == "proportion" and claim.n is not None and _kind(claim) not in {"response", "pathology", "tte"}:
            local = printed_n.get(claim.arm)
            if claim.n_from == "printed" and claim.x is not None and claim.x < claim.n:
                printed_n[claim.arm] = claim.n
            elif local is not None and claim.n_from == "carried" and (claim.x or 0) <= local:
                rivals = {claim.n, *printed_n.values()} - {local}
                if fits(claim, local) or (len(printed_n) > 1 and not any(fits(claim, n) for n in rivals)):
                    claim = replace(claim, n=local, marks=(*claim.marks, "listed") if len(printed_n) > 1 else claim.marks)
        yield claim


def may_be_of_time(claim: Claim) -> bool:
    """Whether a death or recurrence *rate* may be the cumulative incidence, which lies above the share of patients with the event."""
    return _OF_TIME.search(claim.endpoint or "") is not None and _RATE.search(claim.sentence) is not None


@dataclass(frozen=True)
class Sheet:
    """Claims and what surrounds them."""

    claims: tuple[Claim, ...]
    arms: tuple[Arm, ...] = ()
    sizes: tuple[int, ...] = ()
    total: int | None = None
    registrations: tuple[str, ...] = ()
    text: str = ""
    source: str = ""  # the text with its signs repaired, as the sentences of the claims are
    by_group: dict[int, list[Claim]] = field(default_factory=dict)
    by_arm: dict[str | None, list[Claim]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        claims: tuple[Claim, ...],
        arms: tuple[Arm, ...] = (),
        sizes: tuple[int, ...] = (),
        registrations: tuple[str, ...] = (),
        text: str = "",
        source: str = "",
    ) -> Sheet:
        """Index the claims; of "2 (<1%)" only the count is a number that can reproduce."""
        claims = tuple(c if c.type != "proportion" or c.value is None or c.value[0] not in "<>" else replace(c, value=None) for c in claims)
        claims = tuple(_of_its_sentence(claims))
        groups: dict[int, list[Claim]] = defaultdict(list)
        arms_of: dict[str | None, list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.type == "proportion" and claim.value is not None and len(arms_of[claim.arm]) < 200:
                arms_of[claim.arm].append(claim)
            if claim.group:
                groups[claim.group].append(claim)
        total = next(
            (
                c.n
                for c in claims
                if c.type == "count" and c.endpoint == "N" and c.arm is None and c.measure not in {"screened", "identified"}
            ),
            None,
        )
        if not sizes:
            sizes = tuple(dict.fromkeys(c.n for c in claims if c.n is not None and (c.type == "count" or c.n_from == "printed")))
        return cls(claims, arms, sizes[:100], total, registrations, text, source, dict(groups), dict(arms_of))

    @cached_property
    def most_patients(self) -> int:
        """The largest number of patients that the text speaks of anywhere; 0 without a text."""
        return max((int(m.replace(",", "")) for m in _PATIENTS.findall(self.source)), default=0)

    def of_type(self, *types: str) -> list[Claim]:
        """Claims of these types."""
        return [c for c in self.claims if c.type in types]

    def stands(self, claim: Claim) -> bool:
        """Whether a percentage that fits its denominator may be taken for a count of it: printed there, sharp, or backed."""
        if claim.n is None or not fits(claim, claim.n):
            return False
        return claim.n_from != "carried" or self._chance(claim) * _luck(claim) <= _CHANCE

    def trust(self, claim: Claim) -> str:
        """How sure it is that a claim's denominator is the right one.

        Returns
        -------
        str
            ``printed`` (it stands with the value), ``backed`` (carried from an earlier phrase, and other values of the same kind
            and arm, or of the same comparison, fit the printed sizes so well that chance would do it less than once in ten, or the
            counts of its sentence add up to it), or
            ``unknown``.
        """
        if claim.n_from != "carried":
            return "printed"
        if "listed" in claim.marks:
            return "backed"
        if claim.n is None or set(claim.marks) & _OTHER_PATIENTS:
            return "unknown"
        if (claim.sentence, claim.arm, claim.n) in self._partitions:
            return "backed"
        return "backed" if self._chance(claim) <= _CHANCE or self._of_its_arm(claim) else "unknown"

    @cached_property
    def _partitions(self) -> frozenset[tuple[str, str | None, int | None]]:
        """Sentences whose three or more counts of one arm add up to their denominator: "N1, 16 (26%); N2, 38 (62%); N3, 7 (11%)"."""
        listed: dict[tuple[str, str | None, int | None], list[int]] = defaultdict(list)
        for claim in self.claims:
            if claim.type == "proportion" and claim.x is not None and claim.n is not None and claim.sentence:
                listed[claim.sentence, claim.arm, claim.n].append(claim.x)
        return frozenset(key for key, xs in listed.items() if len(xs) > 2 and sum(xs) == key[2])

    def _of_its_arm(self, claim: Claim) -> bool:
        """Whether "of the A arm" stands just behind the value."""
        after = self.source[claim.span[1] : claim.span[1] + 120].lstrip(" )]").lower()
        if claim.arm is None or not after.startswith("of "):
            return False
        after = after.removeprefix("of ").removeprefix("the ")
        names = (claim.arm, *(a for arm in self.arms if arm.name == claim.arm for a in arm.aliases))
        return any(after.startswith(name.lower()) for name in names)

    def _chance(self, claim: Claim) -> float:
        """Chance that all that speaks for a carried denominator would do so for a wrong one; infinite where anything speaks against it.

        Events are counted in all treated patients, so values of any kind speak for their denominator; not so for responses.
        """
        kind = _kind(claim)
        chance = 1.0
        mates = self.by_group.get(claim.group, ())[:6] if claim.group else ()
        same_arm = self.by_arm.get(claim.arm, ())
        for other in (*same_arm, *(m for m in mates if m.arm != claim.arm)):
            mate = other.arm != claim.arm and other.n_from == "carried" and other.endpoint == claim.endpoint
            same = other.arm == claim.arm and other.n == claim.n and kind != "" and kind in {"event", _kind(other)}
            if other is claim or other.n is None or other.value is None or not (mate or same):
                continue
            if "subset" in claim.marks and other.sentence != claim.sentence:
                continue  # a value of other patients
            if fits(other, other.n):
                chance *= _luck(other)
            elif other.n_from == "carried" and (mate or _kind(other) == kind != ""):
                return math.inf
        return chance
