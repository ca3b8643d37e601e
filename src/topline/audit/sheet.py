"""What the checks look at: the claims with indexes by endpoint and arm, the printed sizes, and how far a carried size is trusted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from topline.audit.claims import Arm, Claim
from topline.audit.exact import counts_for_percent, printed
from topline.audit.lexicon import FAMILY

__all__ = ["Sheet", "fits", "grim_power"]


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


def _kind(claim: Claim) -> str:
    """A response, an event, or something else."""
    name = claim.endpoint or ""
    if name in {"PCR", "MPR", "R0"}:
        return "pathology"  # only in operated patients
    family = FAMILY.get(name, FAMILY.get(name.split(" ")[0].rstrip("3"), ""))
    return {"category": "response", "term": "event"}.get(family, family)


@dataclass(frozen=True)
class Sheet:
    """Claims and what surrounds them."""

    claims: tuple[Claim, ...]
    arms: tuple[Arm, ...] = ()
    sizes: tuple[int, ...] = ()
    total: int | None = None
    registrations: tuple[str, ...] = ()
    text: str = ""
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
    ) -> Sheet:
        """Index the claims."""
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
        return cls(claims, arms, sizes[:100], total, registrations, text, dict(groups), dict(arms_of))

    def of_type(self, *types: str) -> list[Claim]:
        """Claims of these types."""
        return [c for c in self.claims if c.type in types]

    def backed(self, claim: Claim) -> bool:
        """Whether another value of the same kind (a response, an event) and arm fits the same denominator sharply."""
        kind = _kind(claim)
        for other in self.by_arm.get(claim.arm, ()):
            if other is claim or other.n is None or other.n != claim.n or other.value is None or _kind(other) != kind:
                continue
            if float(other.value) in {0.0, 100.0}:
                continue  # a share of any number
            sharp = other.x is not None or grim_power(other.n, printed(other.value).decimals) > 0.5
            if sharp and fits(other, other.n):
                return True
        return False

    def trust(self, claim: Claim) -> str:
        """How sure it is that a claim's denominator is the right one.

        Returns
        -------
        str
            ``printed`` (it stands with the value), ``supported`` (other values of the arm fit it and few do not), ``alone``
            (nothing else tells), or ``doubtful`` (others of the arm do not fit it either, or the sentence speaks of a subset).
        """
        if claim.n_from != "carried":
            return "printed"
        if claim.n is None:
            return "doubtful"
        strong = claim.value is not None and (claim.x is not None or grim_power(claim.n, printed(claim.value).decimals) > 0.5)
        good = 2 if strong and "subset" not in claim.marks and fits(claim, claim.n) else 0
        bad = 0
        for other in self.by_arm.get(claim.arm, ()):
            if other is claim or other.value is None:
                continue
            if (
                other.n_from == "carried"
                and other.n == claim.n
                and (other.x is not None or grim_power(claim.n, printed(other.value).decimals) > 0.5)
            ):
                if fits(other, claim.n):
                    good += 1
                else:
                    bad += 1
            elif other.n_from == "printed" and other.n == claim.n:
                good += 1
        for mate in self.by_group.get(claim.group, ())[:6] if claim.group else ():
            if mate is not claim and mate.arm not in {None, claim.arm} and mate.n_from == "carried" and mate.n and mate.value is not None:
                sharp = mate.x is not None or grim_power(mate.n, printed(mate.value).decimals) > 0.5
                good += sharp and fits(mate, mate.n)
        if ("subset" in claim.marks and good == 0) or "other units" in claim.marks:
            return "doubtful"
        if good > bad:
            return "supported"
        return "alone" if bad == 0 else "doubtful"
