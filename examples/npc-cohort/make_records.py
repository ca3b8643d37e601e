"""Writes the records of the SYNTHETIC twin of the nasopharyngeal carcinoma cohort: declared courses, drawn noise.

    python examples/npc-cohort/make_records.py [--out FOLDER]

`courses.csv` declares what happens to whom (study line, best response, times); here everything else is drawn (drugs as hospitals
write them, scan days, diameters, events, contacts) and the tables are written with CDISC SDTM's column names. Only the standard
library is used and only `random()` and plain arithmetic, so the bytes are the same on every platform.
"""

import argparse
import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import drugs
import tumours
from noise import Noise

HERE = Path(__file__).parent
STUDY = "NPC-COHORT-SYNTHETIC"
CUTOFF = date(2025, 2, 28)
Row = dict[str, Any]

COLUMNS = {
    "dm": "STUDYID USUBJID AGE SEX ECOG ENDEMIC DISEASE METSITE EBVDNA DTHFL DTHDTC",
    "ex": "USUBJID EXSEQ EXTRT EXDOSE EXDOSU EXDOSFRQ EXSTDTC EXENDTC EXLINE",
    "rs": "USUBJID RSSEQ RSTESTCD RSORRES RSCAT RSDTC",
    "tu": "USUBJID TUSEQ TULNKID TUTESTCD TUORRES TULOC VISITNUM TUDTC",
    "tr": "USUBJID TRSEQ TRLNKID TRTESTCD TRORRES TRORRESU TRSTAT VISITNUM TRDTC",
    "lb": "USUBJID LBSEQ LBTESTCD LBORRES LBORRESU LBDTC",
    "ae": "USUBJID AESEQ AETERM AEDECOD AEBODSYS AESTDTC AEENDTC AETOXGR AESER AEREL AEACN AEOUT",
    "cm": "USUBJID CMSEQ CMTRT CMCAT CMSTDTC",
    "ds": "USUBJID DSSEQ DSCAT DSDECOD DSTERM DSSTDTC",
    "ss": "USUBJID SSSEQ SSTESTCD SSORRES SSDTC",
}
DATED_BY = ("EXSTDTC", "RSDTC", "TUDTC", "TRDTC", "LBDTC", "AESTDTC", "CMSTDTC", "DSSTDTC", "SSDTC")


class Tables:
    """The tables; on writing, a patient's rows are put in order of date and numbered."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {domain: [] for domain in COLUMNS}

    def add(self, domain: str, subject: str, **values: object) -> None:
        unknown = set(values) - set(COLUMNS[domain].split())
        if unknown:
            raise KeyError(f"{domain} has no column {sorted(unknown)}")
        self.rows[domain].append({"USUBJID": subject, **values})

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for domain, rows in self.rows.items():
            columns = COLUMNS[domain].split()
            dated = next((column for column in columns if column in DATED_BY), "USUBJID")
            with (folder / f"{domain}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
                writer.writeheader()
                number: dict[str, int] = {}
                for row in sorted(rows, key=lambda row: (row["USUBJID"], str(row[dated]))):
                    number[row["USUBJID"]] = number.get(row["USUBJID"], 0) + 1
                    sequence = {f"{domain.upper()}SEQ": number[row["USUBJID"]]} if f"{domain.upper()}SEQ" in columns else {}
                    writer.writerow({**row, **sequence})


@dataclass(frozen=True)
class Course:
    """One line of courses.csv. Days count from 0 at the index date (the file's times are days + 1)."""

    subject: str
    mode: str
    index: date
    age: str
    sex: str
    ecog: str
    endemic: str
    best: str
    progression_free: int
    ends: str  # PD, DEATH, CENS or NEWTX
    by: str  # SUM, NEW or NON-TARGET
    last: int  # death, or last known alive
    state: str  # DEAD, ALIVE or LOST
    notes: list[str]

    @classmethod
    def read(cls, row: dict[str, str]) -> "Course":
        times = int(row["PFS"] or 1) - 1, int(row["OS"]) - 1
        index = date.fromisoformat(row["INDEX"])
        fixed = (row["MODE"], index, row["AGE"], row["SEX"], row["ECOG"], row["ENDEMIC"], row["BOR"])
        return cls(row["USUBJID"], *fixed, times[0], row["PFSEND"], row["PDBY"], times[1], row["OSEND"], row["NOTES"].split())

    def on(self, day: int) -> date:
        return self.index + timedelta(days=day)

    @property
    def end(self) -> date:
        return self.on(self.last)

    @property
    def dead(self) -> bool:
        return self.state == "DEAD"

    @property
    def latest(self) -> int:
        """Last day on which anything but death may be recorded."""
        return self.last - 2 if self.dead else self.last


# ------------------------------------------------------------------------------------------------------------------ drugs


def add_drug(tables: Tables, noise: Noise, course: Course, drug: str, start: date, end: date, line: int) -> None:
    what = drugs.ALL[drug]
    tables.add(
        "ex",
        course.subject,
        EXTRT=noise.pick(what.spellings),
        EXDOSE=noise.pick(what.doses),
        EXDOSU=what.unit,
        EXDOSFRQ=what.rhythm,
        EXSTDTC=start.isoformat(),
        EXENDTC=max(start, end).isoformat(),
        EXLINE=line,
    )


def pick_antibody(noise: Noise, day: date, but: str = "") -> str:
    pool = [name for name, drug in drugs.ANTIBODIES.items() if drug.since <= day.isoformat() and name != but]
    common = [name for name in pool if name not in ("pembrolizumab", "nivolumab")]
    return str(noise.pick(common * 3 + pool))


def first_line(tables: Tables, course: Course, baseline: date) -> None:
    """Drugs of the first line and, but for those still on it, its progression; both before the baseline scan."""
    noise = Noise(course.subject, "first line")
    progressed = baseline - timedelta(days=0 if noise.chance(0.5) else noise.integer(1, 12))
    start = progressed - timedelta(days=noise.integer(130, 640))
    ongoing = "first_line" in course.notes
    cycles_end = min(start + timedelta(days=21 * noise.integer(4, 6) + noise.integer(-3, 9)), progressed)
    for drug in noise.pick(drugs.FIRST_LINE):
        add_drug(tables, noise, course, drug, start, cycles_end, 1)
    if "antibody_first_line" in course.notes or "no_antibody" in course.notes:
        antibody = pick_antibody(noise, start)
        stop = progressed - timedelta(days=noise.integer(1, 40))
        add_drug(tables, noise, course, antibody, start, stop, 1)
    elif noise.chance(0.12):
        add_drug(tables, noise, course, "nimotuzumab", start, cycles_end, 1)
    if noise.chance(0.3) and cycles_end + timedelta(days=50) < progressed:
        until = course.end if ongoing else progressed
        add_drug(tables, noise, course, "capecitabine", cycles_end + timedelta(days=28), until, 1)
    if noise.chance(0.6):
        seen = start + timedelta(days=noise.integer(60, 100))
        if seen < progressed:
            answer = noise.pick(("PR", "PR", "SD", "CR"))
            tables.add("rs", course.subject, RSTESTCD="OVRLRESP", RSORRES=answer, RSCAT="FIRST LINE", RSDTC=seen.isoformat())
    if not ongoing:
        tables.add("rs", course.subject, RSTESTCD="OVRLRESP", RSORRES="PD", RSCAT="FIRST LINE", RSDTC=progressed.isoformat())


def later_start(course: Course) -> int | None:
    """Day on which the line after the study line begins; None without one."""
    noise = Noise(course.subject, "later line")
    if course.ends == "NEWTX":
        return course.progression_free + noise.integer(6, min(26, course.latest - course.progression_free - 6))
    if course.ends == "PD" and course.latest - course.progression_free > 40 and noise.chance(0.78):
        return course.progression_free + noise.integer(5, 34)
    return None


def study_line(tables: Tables, course: Course) -> int:
    """Drugs of the study line and of the next; returns the last day of the study line."""
    noise = Noise(course.subject, "study line")
    later = later_start(course)
    stop = min(course.progression_free + noise.integer(0, 12), course.latest, 740 + noise.integer(0, 25))
    if course.best == "NE" and course.ends == "CENS":
        stop = 63
    if later is not None:
        stop = min(stop, later - 1)
    first = dict.fromkeys(course.mode, 0)
    if "slow" in course.notes:
        first["T" if "T" in course.mode else "C"] = noise.integer(13, 26)
    elif "antibody_late" in course.notes:
        first["I"] = noise.integer(3, 12)
    elif noise.chance(0.25):
        first[course.mode[-1]] = noise.integer(1, 6) if len(course.mode) > 1 else 0
    if "later_T" in course.notes:
        first["T"] = noise.integer(62, 118)
    if "later_C" in course.notes:
        first["C"] = noise.integer(66, 110)
    antibody = pick_antibody(noise, course.index)
    change = noise.integer(60, 150) if "switch" in course.notes else None
    antibody_until = stop if change is None else min(change, stop)
    add_drug(tables, noise, course, antibody, course.on(first["I"]), course.on(antibody_until), 2)
    if change is not None:
        other = pick_antibody(noise, course.index, antibody)
        add_drug(tables, noise, course, other, course.on(change + noise.integer(14, 21)), course.on(stop), 2)
    if "T" in first:
        drug = "apatinib" if noise.chance(0.4) else "anlotinib"
        add_drug(tables, noise, course, drug, course.on(first["T"]), course.on(max(stop, first["T"])), 2)
    if "C" in first:
        cycles = 21 * noise.integer(4, 8)
        for drug in noise.pick(drugs.STUDY_CHEMOTHERAPY):
            add_drug(tables, noise, course, drug, course.on(first["C"]), course.on(max(min(first["C"] + cycles, stop), first["C"])), 2)
    if later is not None:
        _later_line(tables, noise, course, later, stop)
    if "drug_after" in course.notes:
        start = CUTOFF + timedelta(days=11)
        add_drug(tables, noise, course, "S-1", start, start + timedelta(days=13), 4)
        tables.add("cm", course.subject, CMTRT="替吉奥", CMCAT="NEW ANTICANCER THERAPY", CMSTDTC=start.isoformat())
    return stop


def _later_line(tables: Tables, noise: Noise, course: Course, later: int, stop: int) -> None:
    until = min(later + noise.integer(40, 160), course.latest)
    chosen = noise.pick(drugs.LATER_LINE)
    for drug in chosen:
        add_drug(tables, noise, course, drug, course.on(later), course.on(until), 3)
        name = noise.pick(drugs.ALL[drug].spellings).strip()
        tables.add("cm", course.subject, CMTRT=name, CMCAT="NEW ANTICANCER THERAPY", CMSTDTC=course.on(later).isoformat())


def no_antibody(tables: Tables, course: Course) -> None:
    noise = Noise(course.subject, "study line")
    for drug in noise.pick(drugs.CHEMOTHERAPY_ALONE):
        add_drug(tables, noise, course, drug, course.index, course.on(min(120, course.latest)), 2)
    if "targeted" in course.notes:
        add_drug(tables, noise, course, "anlotinib", course.index, course.on(min(150, course.latest)), 2)


# ---------------------------------------------------------------------------------------------------------------- tumours


def visits_of(course: Course, noise: Noise, disease: tumours.Disease) -> list[tumours.Visit]:
    """Imaging visits after baseline, with diameters."""
    notes = course.notes
    if not course.mode:
        days = [day for day in (52, 109) if day <= course.latest]
        visits = [tumours.Visit(day, "SD") for day in days]
        tumours.fill(noise, disease, visits, "", [])
        return visits
    if course.best == "NE":
        days = [50] if course.ends == "CENS" else [34] if "early_sd" in notes else []
        visits = [tumours.Visit(day, "NE" if course.ends == "CENS" else "SD") for day in days]
        tumours.fill(noise, disease, visits, "", [])
        return visits
    last = course.progression_free
    if course.ends == "DEATH":
        last = max(tumours.SHORTEST, min(last - 8, last - noise.integer(14, 48)))
    visits = tumours.plan(noise, course.best, last, course.ends == "PD", notes)
    tumours.fill(noise, disease, visits, course.by, notes)
    if "two_days" in notes:
        _spread(course, visits)
    return visits + _afterwards(course, noise, disease, visits[-1])


def _spread(course: Course, visits: list[tumours.Visit]) -> None:
    """Two scan days in one visit: the targets later than the rest, on the day that counts."""
    visit = visits[len(visits) // 2] if len(visits) > 2 else visits[0]
    if visit is visits[-1] and course.ends == "PD":
        visit.second_day = 2 if course.by != "SUM" and course.last - visit.day > 4 else 0
    elif visit.non_target:
        visit.day -= 3  # the response is dated to the last scan of the visit
        visit.second_day = 3


def _afterwards(course: Course, noise: Noise, disease: tumours.Disease, end: tumours.Visit) -> list[tumours.Visit]:
    """Scans that no time or best response may take notice of: after progression, after new therapy, after the cut-off."""
    grown = [None if size is None else size + noise.integer(4, 12) + size // 5 for size in end.sizes]
    worse = ["UNEQUIVOCAL PROGRESSION" if state == "UNEQUIVOCAL PROGRESSION" else "PRESENT" for state in end.non_target]
    new = (end.new[0], "UNEQUIVOCAL" if end.new[1] == "EQUIVOCAL" else "") if end.new and end.new[1] != "SUSPECTED" else None
    if "scan_after_pd" in course.notes or "equivocal" in course.notes:
        return [tumours.Visit(end.day + noise.integer(45, 60), "PD", grown, worse, new)]
    if course.ends == "NEWTX":
        later = later_start(course)
        assert later is not None
        day = later + noise.integer(35, 55)
        if day < course.latest:
            return [tumours.Visit(day, "PD", grown, worse, None)]
    if "pd_after" in course.notes:
        return [tumours.Visit((CUTOFF - course.index).days + noise.integer(9, 24), "PD", grown, worse, None)]
    return []


def measure(tables: Tables, course: Course, baseline: date, disease: tumours.Disease, visits: list[tumours.Visit]) -> None:
    links = [f"T{k:02d}" for k in range(1, len(disease.organs) + 1)]
    others = [f"NT{k:02d}" for k in range(1, len(disease.others) + 1)]
    centimetres = "centimetres" in course.notes

    def identify(link: str, role: str, organ: str, number: int, day: date) -> None:
        tables.add(
            "tu", course.subject, TULNKID=link, TUTESTCD="TUMIDENT", TUORRES=role, TULOC=organ, VISITNUM=number, TUDTC=day.isoformat()
        )

    def result(link: str, test: str, value: int | str | None, number: int, day: date) -> None:
        row: Row = {"TRLNKID": link, "TRTESTCD": test, "VISITNUM": number, "TRDTC": day.isoformat()}
        if value is None:
            row["TRSTAT"] = "NOT DONE"
        elif isinstance(value, str):
            row["TRORRES"] = value
        elif value == 5 and "too_small" in course.notes:
            row |= {"TRORRES": "TOO SMALL TO MEASURE"}
        else:
            row |= {"TRORRES": f"{value / 10:.1f}", "TRORRESU": "cm"} if centimetres else {"TRORRES": str(value), "TRORRESU": "mm"}
        tables.add("tr", course.subject, **row)

    def targets(sizes: list[int | None], number: int, day: date) -> None:
        for link, organ, size in zip(links, disease.organs, sizes, strict=True):
            result(link, "LPERP" if organ == "LYMPH NODE" else "LDIAM", size, number, day)

    for link, organ in [*zip(links, disease.organs, strict=True), *zip(others, disease.others, strict=True)]:
        identify(link, "TARGET" if link.startswith("T") else "NON-TARGET", organ, 1, baseline)
    targets(list(disease.sizes), 1, baseline)
    for link in others:
        result(link, "TUMSTATE", "PRESENT", 1, baseline)
    known = False
    for number, visit in enumerate(visits, 2):
        day = course.on(visit.day)
        targets(visit.sizes, number, day + timedelta(days=visit.second_day))
        for link, state in zip(others, visit.non_target, strict=True):
            result(link, "TUMSTATE", state, number, day)
        if visit.new is not None:
            organ, state = visit.new
            if not known:
                identify("N01", "NEW", organ, number, day)
            if state:
                result("N01", "TUMSTATE", "EQUIVOCAL" if state == "SUSPECTED" else state, number, day)
            known = True


# ------------------------------------------------------------------------------------------------------ events and contacts


def adverse_events(tables: Tables, course: Course, stop: int) -> None:
    noise = Noise(course.subject, "events")

    def event(what: tuple[str, str, str, int], day: int, grade: int, related: str, action: str = "DOSE NOT CHANGED", out: str = "") -> None:
        term, written, system, _ = what
        ended = min(day + noise.integer(4, 55), course.latest)
        over = ended < course.latest and noise.chance(0.85)
        tables.add(
            "ae",
            course.subject,
            AETERM=written if noise.chance(0.7) else term,
            AEDECOD=term,
            AEBODSYS=system,
            AESTDTC=course.on(day).isoformat(),
            AEENDTC=course.on(ended).isoformat() if over or out else "",
            AETOXGR=grade,
            AESER="Y" if grade >= 3 and noise.chance(0.2) else "N",
            AEREL=related,
            AEACN=action,
            AEOUT=out or ("RECOVERED/RESOLVED" if over else "NOT RECOVERED/NOT RESOLVED"),
        )

    until = max(1, min(stop, course.latest))
    if "no_trae" not in course.notes:
        pool = [what for part in course.mode for what in drugs.EVENTS[part]]
        for number, what in enumerate(noise.choose(pool, noise.integer(2, 5))):
            grade = min(what[3], noise.pick((1, 1, 1, 2, 2, 2, 2, 3, 3, 4)))
            day = noise.integer(3, min(until, 45 if number == 0 else 260)) if until > 3 else until
            action = "DRUG INTERRUPTED" if grade >= 3 and noise.chance(0.5) else "DOSE NOT CHANGED"
            blank = number == 1 and "blank_attribution" in course.notes
            event(what, day, grade, "" if blank else "Y", action)
    for what in noise.choose(drugs.UNRELATED, noise.integer(0, 2)):
        event(what, noise.integer(2, until) if until > 2 else until, noise.integer(1, 2), "N")
    if "fatal_bleeding" in course.notes:
        what = ("Nasopharyngeal hemorrhage", "鼻咽大出血", "Respiratory, thoracic and mediastinal disorders", 5)
        tables.add(
            "ae",
            course.subject,
            **dict(zip(("AEDECOD", "AETERM", "AEBODSYS"), what[:3], strict=True)),
            AESTDTC=course.end.isoformat(),
            AEENDTC=course.end.isoformat(),
            AETOXGR=5,
            AESER="Y",
            AEREL="N",
            AEACN="NOT APPLICABLE",
            AEOUT="FATAL",
        )
    if "ae_after" in course.notes:
        event(drugs.C_EVENTS[2], (CUTOFF - course.index).days + 6, 3, "Y")


def contacts(tables: Tables, course: Course) -> None:
    noise = Noise(course.subject, "contacts")
    day = noise.integer(20, 60)
    while day < course.latest - 20:
        tables.add("ss", course.subject, SSTESTCD="SURVSTAT", SSORRES="ALIVE", SSDTC=course.on(day).isoformat())
        day += noise.integer(80, 190)
    state = "DEAD" if course.dead else "ALIVE"
    if "contact_after" in course.notes:
        seen = CUTOFF + timedelta(days=noise.integer(4, 30))
    else:
        seen = course.end
    tables.add("ss", course.subject, SSTESTCD="SURVSTAT", SSORRES=state, SSDTC=seen.isoformat())
    end = {"DEAD": "DEATH", "LOST": "LOST TO FOLLOW-UP", "ALIVE": ""}[course.state]
    if end:
        term = "Died" if course.dead else "失访"
        tables.add("ds", course.subject, DSCAT="DISPOSITION EVENT", DSDECOD=end, DSTERM=term, DSSTDTC=course.end.isoformat())


def virus(tables: Tables, course: Course, baseline: date, visits: list[tumours.Visit]) -> str:
    """Plasma EBV DNA at baseline and at some scans; returns the value at the index date, empty when it wasn't measured."""
    noise = Noise(course.subject, "virus")
    digits = noise.integer(2, 5)
    copies = noise.integer(10**digits, 10 ** (digits + 1) - 1)
    first = "" if "no_ebv" in course.notes else str(copies if copies >= 400 else 0)
    rows = [(baseline, copies)] if first else []
    for visit in visits:
        if noise.chance(0.35) and course.on(visit.day) <= min(CUTOFF, course.on(course.latest)):
            factor = {"PD": noise.between(1.2, 6.0), "CR": 0.0}.get(visit.want, noise.between(0.02, 0.9))
            rows.append((course.on(visit.day), round(copies * factor)))
    for day, value in rows:
        text = str(value) if value >= 400 else "<400"
        tables.add("lb", course.subject, LBTESTCD="EBVDNA", LBORRES=text, LBORRESU="copies/mL", LBDTC=day.isoformat())
    return first


def demographics(tables: Tables, course: Course, disease: tumours.Disease, copies: str) -> None:
    noise = Noise(course.subject, "demographics")
    organs = {*disease.organs, *disease.others}
    short = {"LUNG": "LUNG", "LIVER": "LIVER", "BONE": "BONE", "LYMPH NODE": "NODE"}
    death = course.end.isoformat() if course.dead else ""
    if "death_after" in course.notes:
        death = (CUTOFF + timedelta(days=20)).isoformat()
    tables.add(
        "dm",
        course.subject,
        STUDYID=STUDY,
        AGE=course.age,
        SEX=course.sex,
        ECOG=course.ecog,
        ENDEMIC=course.endemic,
        DISEASE=noise.pick(("DE NOVO METASTATIC", "RECURRENT", "METASTATIC AFTER TREATMENT", "METASTATIC AFTER TREATMENT")),
        METSITE="+".join(name for organ, name in short.items() if organ in organs) or "LOCAL",
        EBVDNA=copies,
        DTHFL="Y" if death else "",
        DTHDTC=death,
    )


def write_patient(tables: Tables, course: Course) -> None:
    noise = Noise(course.subject, "tumours")
    disease = tumours.draw_disease(noise, needs_other=course.by == "NON-TARGET" or "two_days" in course.notes)
    baseline = course.on(-noise.integer(2, 20))
    first_line(tables, course, baseline)
    if "first_line" in course.notes:
        visits: list[tumours.Visit] = []
    else:
        visits = visits_of(course, noise, disease)
        measure(tables, course, baseline, disease, visits)
    if course.mode:
        adverse_events(tables, course, study_line(tables, course))
    elif "no_antibody" in course.notes:
        no_antibody(tables, course)
    elif "outside_window" in course.notes:
        antibody = pick_antibody(noise, course.index)
        add_drug(tables, noise, course, antibody, course.index, course.on(min(course.latest, 180)), 2)
    contacts(tables, course)
    demographics(tables, course, disease, virus(tables, course, baseline, visits))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the records of the synthetic cohort.")
    parser.add_argument("--out", type=Path, default=HERE / "records", help="folder to write to (default: records/)")
    tables = Tables()
    with (HERE / "courses.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            write_patient(tables, Course.read(row))
    tables.write(parser.parse_args().out)


if __name__ == "__main__":
    main()
