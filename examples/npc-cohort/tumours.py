"""Tumours of the synthetic cohort: scan days that end on the declared day, and diameters that give the declared responses (RECIST 1.1)."""

from dataclasses import dataclass, field

from noise import Noise

ORGANS = ("LUNG", "LIVER", "LYMPH NODE", "NASOPHARYNX", "PLEURA", "ADRENAL GLAND")
WEIGHTS = (30, 28, 24, 12, 4, 2)
NON_TARGETS = ("BONE", "LUNG", "LYMPH NODE", "SKULL BASE", "LIVER")
NEW_ORGANS = ("LIVER", "BONE", "LUNG", "LYMPH NODE")
SHORTEST, LONGEST = 42, 66  # days between two scans, as a rule


@dataclass
class Visit:
    """One imaging visit: days after the index date, diameters in mm (None: not done), states of the other lesions."""

    day: int
    want: str  # CR, PR, SD, PD, NE or UP (PR or SD, after a first PR)
    sizes: list[int | None] = field(default_factory=list)
    non_target: list[str | None] = field(default_factory=list)
    new: tuple[str, str] | None = None  # organ, state ('' when only identified)
    second_day: int = 0  # the targets are scanned so many days after the rest


@dataclass
class Disease:
    """Lesions at baseline: organs and diameters of the targets, organs of the non-targets."""

    organs: list[str]
    sizes: list[int]
    others: list[str]


def draw_disease(noise: Noise, needs_other: bool) -> Disease:
    bag = [organ for organ, weight in zip(ORGANS, WEIGHTS, strict=True) for _ in range(weight)]
    organs: list[str] = []
    for _ in range(noise.integer(1, 4)):
        organ = noise.pick(bag)
        if organs.count(organ) < (1 if organ in ("NASOPHARYNX", "PLEURA", "ADRENAL GLAND") else 2):
            organs.append(organ)
    organs.sort(key=ORGANS.index)
    sizes = [noise.integer(16, 38) if organ == "LYMPH NODE" else noise.integer(13, 62) for organ in organs]
    others = noise.choose(NON_TARGETS, noise.integer(1 if needs_other else 0, 2))
    return Disease(organs, sizes, others)


def respond(disease: Disease, visits: list[Visit]) -> list[str]:
    """Overall responses of visits in order; lesions that were not done make NE unless the rest proves PD."""
    baseline = nadir = sum(disease.sizes)
    found = []
    for visit in visits:
        known = [(organ, size) for organ, size in zip(disease.organs, visit.sizes, strict=True) if size is not None]
        total = sum(size for _, size in known)
        complete = len(known) == len(disease.organs)
        if complete and all(size == 0 or (organ == "LYMPH NODE" and size < 10) for organ, size in known):
            target = "CR"
        elif 10 * total >= 12 * nadir and total - nadir >= 5:
            target = "PD"
        elif not complete:
            target = "NE"
        else:
            target = "PR" if 10 * total <= 7 * baseline else "SD"
        if complete:
            nadir = min(nadir, total)
        if target == "PD" or "UNEQUIVOCAL PROGRESSION" in visit.non_target or (visit.new is not None and visit.new[1] != "SUSPECTED"):
            found.append("PD")
        elif target == "CR":
            found.append("CR" if all(state == "ABSENT" for state in visit.non_target) else "PR")
        else:
            found.append(target)
    return found


def scan_days(noise: Noise, last: int, first: int, missed: bool) -> list[int]:
    """Days after the index date: the last is given, none before `first`, intervals of 6 to 9 weeks, one scan missed if asked."""
    count = max(1, round(last / 54))
    while count > 1 and last / count < SHORTEST:
        count -= 1
    days = [round(last * k / count) + noise.integer(-7, 7) for k in range(1, count)] + [last]
    days = [max(day, first) for day in days]
    days = [day for here, day in enumerate(days[:-1]) if day < days[here + 1] - 20] + [last]
    if missed and len(days) > 4:
        days.pop(noise.integer(2, len(days) - 2))
    return days


def plan(noise: Noise, best: str, last: int, ends_in_pd: bool, notes: list[str]) -> list[Visit]:
    """Visits with the response wanted at each; the last is on day `last`, PD if so declared."""
    if best == "PD":
        early = [Visit(noise.integer(28, 34), "SD")] if "early_sd" in notes else []
        return [*early, Visit(last, "PD")]
    days = scan_days(noise, last, SHORTEST, "missed" in notes)
    if ends_in_pd and len(days) == 1:
        days.insert(0, SHORTEST)
    plain = len(days) - int(ends_in_pd)
    visits = [Visit(day, "SD") for day in days]
    if best in ("PR", "CR"):
        start = 1 if plain > 1 and noise.integer(1, 100) <= 30 else 0
        if best == "CR" and plain > 1:
            start = 0
        for here in range(start, plain):
            visits[here].want = "PR" if here == start else "UP"
        if best == "CR":
            complete = min(plain - 1, 1)
            for here in range(complete, plain):
                visits[here].want = "CR"
    if ends_in_pd:
        visits[-1].want = "PD"
    return visits


def _shrink(noise: Noise, visit: Visit, ratio: float, floor: float, by: str) -> float:
    """Ratio to baseline wanted at a visit, from the last ratio and the smallest so far."""
    if visit.want == "CR":
        return 0.0
    if visit.want == "PD" and by == "SUM":
        return max(floor, 0.05) * noise.between(1.22, 1.75) + 0.02
    if visit.want == "PR":
        return noise.between(0.30, 0.68)
    if visit.want == "UP":
        return min(max(ratio * noise.between(0.82, 1.12), 0.08), floor * 1.17)
    if visit.want == "SD":
        return min(max(ratio * noise.between(0.88, 1.09), 0.72), floor * 1.17)
    return min(ratio * noise.between(0.95, 1.1), floor * 1.17)


def _sizes(noise: Noise, disease: Disease, ratio: float) -> list[int | None]:
    if ratio == 0:
        return [noise.integer(4, 9) if organ == "LYMPH NODE" else 0 for organ in disease.organs]
    return [max(4, round(size * ratio * noise.between(0.92, 1.08))) for size in disease.sizes]


def fill(noise: Noise, disease: Disease, visits: list[Visit], by: str, notes: list[str]) -> None:
    """Draw diameters until the criterion gives what is wanted at every visit.

    `by` names what makes the last visit PD: SUM, NEW or NON-TARGET.
    """
    if not visits:
        return
    incomplete = len(visits) // 2 if "not_evaluable" in notes else None
    rebound = len(visits) - 2 if "rebound" in notes else None
    for _ in range(20_000):
        ratio = floor = 1.0
        for here, visit in enumerate(visits):
            if here == rebound and visit.want == "UP" and floor > 0.6:
                ratio = floor * 1.17
            else:
                ratio = _shrink(noise, visit, ratio, floor, by)
            floor = min(floor, ratio)
            visit.sizes = _sizes(noise, disease, ratio)
            visit.non_target = ["ABSENT" if visit.want == "CR" else "PRESENT" for _ in disease.others]
            visit.new = None
            if visit.want == "PD" and by == "NON-TARGET":
                visit.non_target[0] = "UNEQUIVOCAL PROGRESSION"
            if visit.want == "PD" and by == "NEW":
                visit.new = (noise.pick(NEW_ORGANS), "")
            if visit.want == "NE" or here == incomplete:
                visit.sizes[noise.integer(0, len(visit.sizes) - 1)] = None
        if "equivocal" in notes:
            assert visits[-1].new is not None
            visits[-1].new = (visits[-1].new[0], "EQUIVOCAL")
        if "equivocal_only" in notes:
            visits[-1].new = ("LIVER", "SUSPECTED")  # stays so: no new lesion
        if _as_wanted(disease, visits, by, incomplete):
            return
    raise RuntimeError("no diameters found")


def _as_wanted(disease: Disease, visits: list[Visit], by: str, incomplete: int | None) -> bool:
    found = respond(disease, visits)
    for here, (visit, response) in enumerate(zip(visits, found, strict=True)):
        want = "NE" if here == incomplete else visit.want
        if response != want and not (want == "UP" and response in ("PR", "SD")):
            return False
        if want == "UP" and response == "CR":
            return False
    if by == "SUM" and visits[-1].want == "PD":
        return True
    total = sum(size or 0 for size in visits[-1].sizes)
    sums = [sum(disease.sizes)] + [sum(v.sizes) for v in visits[:-1] if None not in v.sizes]  # type: ignore[arg-type]
    return 10 * total < 12 * min(sums) or total - min(sums) < 5  # progression by other than the sum leaves the sum alone
