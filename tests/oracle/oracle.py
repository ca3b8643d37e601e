"""A second opinion on response and survival: plain Python, one patient at a time, written from the rules' text alone.

It imports nothing of the program. Rules: RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247), sections 4.3 and 4.4, tables 1 to
3; FDA guidance on cancer trial endpoints (2018), appendix 3, table A; where they leave a choice, the defaults of the clinical rules,
section 10. Days are counted from the start of treatment (day 0).

A patient is a dictionary:

- ``lesions``: name → kind ("target", "node" for a target node, "other" for a non-target lesion);
- ``scans``: list of {visit, day, lesion, value}: value in tenths of a millimetre, a state, or None where it wasn't done;
- ``new``: list of {lesion, visit, day, sure}: the scans that showed a new lesion, surely or equivocally;
- ``therapy``: day of new anticancer therapy, or None; ``death``: day, or None; ``contacts``: days known alive;
- ``cutoff``: day of the data cut-off; ``schedule``: planned days; ``window``: days on either side.
"""

from __future__ import annotations

from typing import Any

ORDER = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"]
STABLE = ("SD", "NON-CR/NON-PD")
FORTNIGHTS = 42
FOUR_WEEKS = 28


def judge(patient: dict[str, Any]) -> dict[str, Any]:
    """Everything that is compared: visits, best responses, PFS by both rules, OS."""
    seen = cut(patient)
    visits = assess(seen)
    best, confirmed = best_responses(visits, seen["therapy"])
    return {
        "visits": [(v["day"], v["overall"], v["target"], v["other"]) for v in visits],
        "BOR": best,
        "CBOR": confirmed,
        "PFS": progression_free(seen, visits, fda=True),
        "PFSEMA": progression_free(seen, visits, fda=False),
        "OS": survival(patient),
    }


def cut(patient: dict[str, Any]) -> dict[str, Any]:
    """What is known at the data cut-off."""
    end = patient["cutoff"]
    known = dict(patient)
    known["scans"] = [s for s in patient["scans"] if s["day"] <= end]
    known["new"] = [s for s in patient["new"] if s["day"] <= end]
    for what in ("therapy", "death"):
        known[what] = patient[what] if patient[what] is not None and patient[what] <= end else None
    return known


# --- the time points -----------------------------------------------------------------------------------------------------------------


def is_gone(kind: str, size: int) -> bool:
    """A node is normal under 10 mm; any other lesion is gone at 0 mm."""
    return size < 100 if kind == "node" else size == 0


def latest_per_lesion(scans: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Of several scans of a lesion at one visit the last that was done counts."""
    chosen: dict[str, dict[str, Any]] = {}
    for scan in scans:
        held = chosen.get(scan["lesion"])
        if held is None or (scan["value"] is not None, scan["day"]) >= (held["value"] is not None, held["day"]):
            chosen[scan["lesion"]] = scan
    return chosen


def assess(patient: dict[str, Any]) -> list[dict[str, Any]]:
    """The overall response at each visit after baseline, in the order of their dates."""
    kinds = patient["lesions"]
    targets = [name for name, kind in kinds.items() if kind in ("target", "node")]
    others = [name for name, kind in kinds.items() if kind == "other"]
    numbers = {s["visit"] for s in patient["scans"]} | {s["visit"] for s in patient["new"]}
    rounds = []
    for number in numbers:
        scans = [s for s in patient["scans"] if s["visit"] == number]
        rounds.append(
            {
                "visit": number,
                "target": latest_per_lesion([s for s in scans if s["lesion"] in targets]),
                "other": latest_per_lesion([s for s in scans if s["lesion"] in others]),
                "new": [s for s in patient["new"] if s["visit"] == number],
            }
        )

    def days(scans: Any) -> list[int]:
        done = [s["day"] for s in scans if s["value"] is not None]
        return done or [s["day"] for s in scans]

    def when(visit: dict[str, Any]) -> list[int]:
        scans = [*visit["target"].values(), *visit["other"].values()]
        looked = [s["day"] for s in scans if s["value"] is not None] + [s["day"] for s in visit["new"]]
        return looked or [max(s["day"] for s in scans)]  # nothing was done: the last day written down

    # baseline: the last visit whose target scans are all on or before day 0
    before = [v for v in rounds if v["target"] and max(days(v["target"].values())) <= 0]
    baseline = max(before, key=lambda v: (max(days(v["target"].values())), v["visit"]), default=None)
    base = total_of(baseline, targets) if baseline else None
    nadir = base
    first_new = certain_since(patient["new"])
    results = []
    complete_before = False
    after = [v for v in rounds if v is not baseline and v not in before and max(when(v)) > 0]
    # a scan of nothing but a new lesion is a time point where it shows progression for the first time
    after = [v for v in after if v["target"] or v["other"] or v["visit"] == visit_of(patient["new"], first_new)]
    # sums in the order of the target scans
    judged: dict[float, str] = {}
    for visit in sorted((v for v in after if v["target"]), key=lambda v: (max(days(v["target"].values())), v["visit"])):
        judged[visit["visit"]], nadir = target_response(visit, targets, kinds, base, nadir)
    for visit in sorted(after, key=lambda v: (max(when(v)), v["visit"])):
        target = judged.get(visit["visit"])
        other = other_response(visit, others)
        appeared = first_new is not None and first_new <= max(when(visit))
        overall = overall_response(target, other, appeared, bool(targets), bool(others))
        back = any(s["value"] is not None and not is_gone(kinds[s["lesion"]], s["value"]) for s in visit["target"].values()) or any(
            s["value"] is not None and s["value"] != "ABSENT" for s in visit["other"].values()
        )
        was_complete = complete_before
        complete_before = complete_before or overall == "CR"
        if overall != "PD" and was_complete and back:
            overall = "PD"
        results.append(
            {"target": target, "other": other, "overall": overall, "day": date_of(visit, target, overall, appeared, first_new, when, days)}
            | {"visit": visit["visit"]}
        )
    return sorted(results, key=lambda r: (r["day"], r["visit"]))


def total_of(visit: dict[str, Any], targets: list[str]) -> int | None:
    """The sum of diameters, when each target lesion was measured."""
    values = [visit["target"].get(name, {"value": None})["value"] for name in targets]
    return None if None in values else sum(values)


def target_response(
    visit: dict[str, Any], targets: list[str], kinds: dict[str, str], base: int | None, nadir: int | None
) -> tuple[str, int | None]:
    """CR first, then PD, PR, SD; NE where a lesion is missing unless those measured make PD. With the nadir for the next visit."""
    sizes = {name: visit["target"][name]["value"] for name in targets if name in visit["target"]}
    known = {name: size for name, size in sizes.items() if size is not None}
    total = sum(known.values())
    complete = len(known) == len(targets)
    if complete and all(is_gone(kinds[name], size) for name, size in known.items()):
        answer = "CR"
    elif known and nadir is not None and 5 * total >= 6 * nadir and total - nadir >= 50:
        answer = "PD"
    elif not complete or base is None:
        answer = "NE"
    elif 10 * total <= 7 * base:
        answer = "PR"
    else:
        answer = "SD"
    if complete:
        nadir = total if nadir is None else min(nadir, total)
    return answer, nadir


def other_response(visit: dict[str, Any], others: list[str]) -> str | None:
    if not visit["other"]:
        return None
    states = [visit["other"].get(name, {"value": None})["value"] for name in others]
    if "UNEQUIVOCAL PROGRESSION" in states:
        return "PD"
    if None in states:
        return "NE"
    return "CR" if all(state == "ABSENT" for state in states) else "NON-CR/NON-PD"


def overall_response(target: str | None, other: str | None, new: bool, has_targets: bool, has_others: bool) -> str:
    if new or target == "PD" or other == "PD":
        return "PD"
    if not has_targets:
        return (other or "NE") if has_others else "NE"
    if target == "CR":
        return "CR" if not has_others or other == "CR" else "PR"
    return target or "NE"


def certain_since(new: list[dict[str, Any]]) -> int | None:
    """The first day that shows a new lesion, of those that were certain at some scan."""
    certain = {s["lesion"] for s in new if s["sure"]}
    return min((s["day"] for s in new if s["lesion"] in certain), default=None)


def visit_of(new: list[dict[str, Any]], day: int | None) -> float | None:
    certain = {s["lesion"] for s in new if s["sure"]}
    return min((s["visit"] for s in new if s["lesion"] in certain and s["day"] == day), default=None)


def date_of(visit: dict[str, Any], target: str | None, overall: str, appeared: bool, first_new: int | None, when: Any, days: Any) -> int:
    """Of PD the earliest scan that showed it (by the sum: the last target scan); of all else the last scan."""
    if overall != "PD":
        return max(when(visit))
    shown = []
    if target == "PD":
        shown.append(max(days(visit["target"].values())))
    shown += [s["day"] for s in visit["other"].values() if s["value"] == "UNEQUIVOCAL PROGRESSION"]
    if appeared and first_new is not None:
        shown.append(max(first_new, min(when(visit))))  # at a later visit: that visit's first scan
    return min(shown) if shown else max(when(visit))


# --- best response -------------------------------------------------------------------------------------------------------------------


def best_responses(visits: list[dict[str, Any]], therapy: int | None) -> tuple[str, str]:
    """Without and with confirmation, from the assessments up to the first PD and not after new therapy."""
    usable: list[tuple[int, str]] = []
    for visit in visits:
        if therapy is not None and visit["day"] > therapy:
            continue
        usable.append((visit["day"], visit["overall"]))
        if visit["overall"] == "PD":
            break
    plain, confirmed = ["NE"], ["NE"]
    for index, (day, response) in enumerate(usable):
        late = day >= FORTNIGHTS
        plain.append("NE" if response in STABLE and not late else response)
        if response in ("CR", "PR") and not any(confirms(usable, index, later) for later in range(index + 1, len(usable))):
            lesser = any(other in ("PR", *STABLE) for _, other in usable[index + 1 :])
            response = "SD" if late else "PD" if response == "CR" and lesser else "NE"
        elif response in STABLE and not late:
            response = "NE"
        confirmed.append(response)
    return min(plain, key=ORDER.index), min(confirmed, key=ORDER.index)


def confirms(usable: list[tuple[int, str]], first: int, later: int) -> bool:
    (day, response), (again, second) = usable[first], usable[later]
    between = [value for _, value in usable[first + 1 : later]]
    if again - day < FOUR_WEEKS or between.count("NE") > 1:
        return False
    if response == "CR":
        return second == "CR" and all(value in ("CR", "NE") for value in between)
    return second in ("CR", "PR") and all(value in ("CR", "PR", "NE") for value in between)


# --- time to event -------------------------------------------------------------------------------------------------------------------


def progression_free(patient: dict[str, Any], visits: list[dict[str, Any]], *, fda: bool) -> tuple[int, int, str]:
    """Days (first day 1), 0 for an event and 1 for a censoring, and why."""
    progressions = [v["day"] for v in visits if v["overall"] == "PD"]
    event, kind = (min(progressions), "progression") if progressions else (None, "")
    if patient["death"] is not None and (event is None or patient["death"] < event):
        event, kind = patient["death"], "death"
    adequate = [(v["day"], v["overall"]) for v in visits if v["overall"] != "NE"]
    if fda and not any(s["day"] <= 0 and s["value"] is not None for s in patient["scans"]):
        return 1, 1, "no baseline"
    therapy = patient["therapy"]
    if fda and therapy is not None and (event is None or therapy < event):
        return max([day for day, _ in adequate if day <= therapy], default=0) + 1, 1, "new therapy"
    if event is None:
        return max([day for day, _ in adequate], default=0) + 1, 1, "last assessment"
    last = max([day for day, _ in adequate if day < event or (day == event and kind == "death")], default=0)
    missed = [p for p in patient["schedule"] if p - patient["window"] > last and p + patient["window"] < event]
    if fda and len(missed) >= 2:
        return last + 1, 1, "missed visits"
    return event + 1, 0, kind


def survival(patient: dict[str, Any]) -> tuple[int, int]:
    """Death of any cause, else last known alive; whoever is known of after the cut-off was alive at it."""
    if patient["death"] is not None and patient["death"] <= patient["cutoff"]:
        return patient["death"] + 1, 0
    signs = [0, *patient["contacts"], *(s["day"] for s in patient["scans"]), *(s["day"] for s in patient["new"])]
    signs += [day for day in (patient["therapy"], patient["death"]) if day is not None]
    return min(max(signs), patient["cutoff"]) + 1, 1
