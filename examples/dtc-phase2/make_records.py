"""Writes the records of the SYNTHETIC twin of the anlotinib + iodine-131 trial: declared courses, drawn noise.

    python examples/dtc-phase2/make_records.py [--out FOLDER]

`patients.py` declares what happens to whom; here noise is drawn (visit days, a millimetre on a diameter, laboratory
values, mild adverse events) and the tables are written with CDISC SDTM's column names. Every patient and domain has its own
generator seeded by name, so changing one patient moves nobody else; only `random()` and plain arithmetic are used, so the
bytes are the same on every platform.
"""

import argparse
import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from patients import PATIENTS, SCREEN_FAILURES, Event, Patient, Scan, ScreenFailure

SEED = 20241231
STUDY = "DTC-PHASE2-SYNTHETIC"
CUTOFF = date(2024, 12, 31)
CYCLE_DAYS, ON_DAYS, FULL_DOSE = 21, 14, 12
WEEKS_BETWEEN_SCANS = 12

Row = dict[str, Any]

COLUMNS = {
    "dm": "STUDYID USUBJID RFICDTC AGE SEX HISTOL METSITE ECOG PRIORTKI PRIORRAI DTHFL DTHDTC",
    "ex": "USUBJID EXSEQ EXTRT EXDOSE EXDOSU EXDOSFRQ EXSTDTC EXENDTC EXADJ",
    "tu": "USUBJID TUSEQ TULNKID TUTESTCD TUORRES TULOC TUMETHOD VISITNUM VISIT TUDTC",
    "tr": "USUBJID TRSEQ TRLNKID TRTESTCD TRORRES TRORRESU TRSTAT TRREASND TRMETHOD VISITNUM VISIT TRDTC",
    "lb": "USUBJID LBSEQ LBTESTCD LBORRES LBORRESU LBTSHST LBTGAB VISITNUM VISIT LBDTC",
    "ae": "USUBJID AESEQ AETERM AEDECOD AEBODSYS AESTDTC AEENDTC AETOXGR AESER AERELAN AERELRA AEACN AEOUT",
    "ds": "USUBJID DSSEQ DSCAT DSDECOD DSTERM DSSTDTC",
    "cm": "USUBJID CMSEQ CMTRT CMDECOD CMCAT CMSTDTC CMENDTC",
    "pr": "USUBJID PRSEQ PRTRT PRSTDTC",
    "ss": "USUBJID SSSEQ SSTESTCD SSORRES SSDTC",
}

DATED_BY = ["RFICDTC", "EXSTDTC", "TUDTC", "TRDTC", "LBDTC", "AESTDTC", "DSSTDTC", "CMSTDTC", "PRSTDTC", "SSDTC"]

BODY_SYSTEMS = {
    "Anemia": "Blood and lymphatic system disorders",
    "Anorexia": "Metabolism and nutrition disorders",
    "Back pain": "Musculoskeletal and connective tissue disorders",
    "Diarrhea": "Gastrointestinal disorders",
    "Dry mouth": "Gastrointestinal disorders",
    "Fatigue": "General disorders and administration site conditions",
    "Hoarseness": "Respiratory, thoracic and mediastinal disorders",
    "Hypertension": "Vascular disorders",
    "Hypertriglyceridemia": "Metabolism and nutrition disorders",
    "Insomnia": "Psychiatric disorders",
    "Mucositis oral": "Gastrointestinal disorders",
    "Nausea": "Gastrointestinal disorders",
    "Palmar-plantar erythrodysesthesia syndrome": "Skin and subcutaneous tissue disorders",
    "Platelet count decreased": "Investigations",
    "Proteinuria": "Renal and urinary disorders",
    "Salivary duct inflammation": "Gastrointestinal disorders",
    "Weight loss": "Investigations",
}

VERBATIM = {  # what was written down, where it differs from the coded term
    "Hypertension": "high blood pressure",
    "Palmar-plantar erythrodysesthesia syndrome": "hand-foot syndrome",
    "Proteinuria": "protein in urine",
    "Mucositis oral": "sore mouth",
    "Platelet count decreased": "low platelets",
}

# Mild events drawn at random: term, related to anlotinib, related to radioiodine.
MILD_EVENTS = (
    ("Anorexia", "Y", "N"),
    ("Fatigue", "Y", "N"),
    ("Hoarseness", "Y", "N"),
    ("Hypertriglyceridemia", "Y", "N"),
    ("Nausea", "Y", "Y"),
    ("Salivary duct inflammation", "N", "Y"),
    ("Weight loss", "Y", "N"),
    ("Proteinuria", "Y", "N"),
    ("Diarrhea", "Y", "N"),
)

TREATMENT_FOR = {  # drug and coded name for an event of grade >= 2
    "Hypertension": ("Amlodipine besylate 5 mg", "AMLODIPINE"),
    "Diarrhea": ("Loperamide 2 mg", "LOPERAMIDE"),
    "Palmar-plantar erythrodysesthesia syndrome": ("Urea cream 10%", "UREA"),
    "Anemia": ("Ferrous succinate", "FERROUS SUCCINATE"),
    "Back pain": ("Celecoxib 200 mg", "CELECOXIB"),
}

ENDED = {
    "COMPLETED TREATMENT": "Completed the planned treatment",
    "PROGRESSIVE DISEASE": "Progressive disease by RECIST 1.1",
    "PHYSICIAN DECISION": "Physician decision: rising thyroglobulin",
}


class Noise:
    """Small draws that are the same on every platform: they use `Random.random` alone."""

    def __init__(self, *name: object) -> None:
        self._random = random.Random("/".join(map(str, (SEED, *name))))

    def integer(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self._random.random()

    def choose(self, pool: Iterable[Any], how_many: int) -> list[Any]:
        left = list(pool)
        return [left.pop(self.integer(0, len(left) - 1)) for _ in range(how_many)]


class Tables:
    """The ten tables; on writing, a patient's rows are put in order of date and numbered."""

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
            with (folder / f"{domain}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="", lineterminator="\n", extrasaction="ignore")
                writer.writeheader()
                dated = next(column for column in columns if column in DATED_BY)
                number: dict[str, int] = {}
                for row in sorted(rows, key=lambda row: (row["USUBJID"], str(row[dated]))):
                    number[row["USUBJID"]] = number.get(row["USUBJID"], 0) + 1
                    writer.writerow({**row, f"{domain.upper()}SEQ": number[row["USUBJID"]]})


@dataclass(frozen=True)
class Lesion:
    """A lesion found at screening."""

    link: str
    organ: str
    size: float | None  # None: non-target

    @property
    def test(self) -> str:
        return "LPERP" if self.organ == "LYMPH NODE" else "LDIAM"


def subject_id(number: int) -> str:
    return f"DTC-{number:03d}"


def baseline_lesions(patient: Patient | ScreenFailure) -> list[Lesion]:
    targets = [Lesion(f"T{i:02d}", organ, size) for i, (organ, size) in enumerate(patient.targets, 1)]
    return targets + [Lesion(f"NT{i:02d}", organ, None) for i, organ in enumerate(patient.non_targets, 1)]


def metastatic_sites(lesions: list[Lesion]) -> str:
    found = {lesion.organ for lesion in lesions}
    sites = {"LUNG": "LUNG", "BONE": "BONE", "LIVER": "LIVER", "LYMPH NODE": "NODE"}
    return "+".join(short for organ, short in sites.items() if organ in found)


def method(organ: str) -> str:
    return "MRI" if organ == "LIVER" else "CT SCAN"


def visit(week: int) -> Row:
    return {"VISITNUM": 1 + week // 6, "VISIT": f"WEEK {week}" if week else "SCREENING"}


def millimetres(size: float) -> str:
    return f"{size:.1f}".removesuffix(".0")


# ---------------------------------------------------------------------------------------------------------------- dosing


def cycle_starts(patient: Patient) -> list[date]:
    """First day of each 21-day cycle; a delay moves every later cycle too."""
    starts, day = [], patient.first_dose
    for cycle in range(1, patient.cycles + 1):
        day += timedelta(days=patient.delays.get(cycle, 0))
        starts.append(day)
        day += timedelta(days=CYCLE_DAYS)
    return starts


def daily_doses(patient: Patient) -> dict[date, int]:
    doses, level = {}, FULL_DOSE
    for cycle, start in enumerate(cycle_starts(patient), 1):
        level = patient.levels.get(cycle, level)
        last_day = patient.last_dose_cycle_day if cycle == patient.cycles else ON_DAYS
        first_off, last_off = patient.gaps.get(cycle, (0, -1))
        for cycle_day in range(1, last_day + 1):
            if cycle in patient.steps and cycle_day >= patient.steps[cycle][0]:
                level = patient.steps[cycle][1]
            day = start + timedelta(days=cycle_day - 1)
            if not first_off <= cycle_day <= last_off and (day <= CUTOFF or patient.diary_past_cutoff):
                doses[day] = level
    return doses


def stretches(doses: dict[date, int]) -> list[tuple[date, date, int]]:
    """Runs of consecutive days on one dose."""
    runs: list[tuple[date, date, int]] = []
    for day, dose in sorted(doses.items()):
        if runs and runs[-1][2] == dose and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day, dose)
        else:
            runs.append((day, day, dose))
    return runs


def iodine_days(subject: str, combination_starts: list[date]) -> list[tuple[date, date]]:
    """(iodine-131, Rx-WBS) before each 12-week combination cycle: scan on day +3 to +5, anlotinib 0-2 days later."""
    days = []
    for course, start in enumerate(combination_starts, 1):
        noise = Noise(subject, "iodine", course)
        scan_after, drug_after_scan = noise.integer(3, 5), noise.integer(0, 2)
        iodine = start - timedelta(days=scan_after + drug_after_scan)
        days.append((iodine, iodine + timedelta(days=scan_after)))
    return days


def add_iodine(tables: Tables, subject: str, day: date, scan_day: date, course: int, uptake: dict[str, str]) -> None:
    gigabecquerel = (5.55, 7.4, 7.4)[Noise(subject, "activity", course).integer(0, 2)]
    tables.add(
        "ex", subject, EXTRT="IODINE-131", EXDOSE=gigabecquerel, EXDOSU="GBq", EXDOSFRQ="ONCE", EXSTDTC=day, EXENDTC=day
    )  # fmt: skip
    tables.add("pr", subject, PRTRT="RX-WBS", PRSTDTC=scan_day)
    for link, result in uptake.items():
        tables.add(
            "tr", subject, TRLNKID=link, TRTESTCD="RAIUPTK", TRORRES=result, TRMETHOD="SCINTIGRAPHY",
            VISITNUM=20 + course, VISIT=f"RX-WBS {course}", TRDTC=scan_day,
        )  # fmt: skip


def add_treatment(tables: Tables, patient: Patient, lesions: list[Lesion]) -> list[tuple[date, date]]:
    subject = subject_id(patient.number)
    starts = cycle_starts(patient)
    iodine = iodine_days(subject, [starts[4 * course] for course in range(patient.iodine_courses)])
    for course, (day, scan_day) in enumerate(iodine, 1):
        noise = Noise(subject, "uptake", course)
        uptake = {  # the first target always takes up iodine: without uptake nobody was enrolled
            lesion.link: "POSITIVE" if i == 0 or noise.between(0, 1) < 0.85 else "NEGATIVE" for i, lesion in enumerate(lesions)
        }
        add_iodine(tables, subject, day, scan_day, course, uptake)
    level = FULL_DOSE
    for i, (first, last, dose) in enumerate(stretches(daily_doses(patient))):
        tables.add(
            "ex", subject, EXTRT="Anlotinib " if (patient.number, i) == (1, 3) else "ANLOTINIB", EXDOSE=dose, EXDOSU="mg",
            EXDOSFRQ="QD", EXSTDTC=first, EXENDTC=last, EXADJ="ADVERSE EVENT" if dose < level else "",
        )  # fmt: skip
        level = dose
    return iodine


# --------------------------------------------------------------------------------------------------------------- imaging


def sizes_at(scan: Scan, targets: list[Lesion], noise: Noise) -> list[float]:
    if isinstance(scan.sizes, tuple):
        return list(scan.sizes)
    # One draw for the scan and one for the lesion, together within about one millimetre.
    return [
        max(1, int((lesion.size or 0) * (scan.sizes + noise.between(-0.015, 0.015)) + 0.5 + noise.between(-0.4, 0.4))) for lesion in targets
    ]


def add_lesions(tables: Tables, subject: str, lesions: list[Lesion], day: date) -> None:
    for lesion in lesions:
        tables.add(
            "tu", subject, TULNKID=lesion.link, TUTESTCD="TUMIDENT", TUORRES="TARGET" if lesion.size else "NON-TARGET",
            TULOC=lesion.organ, TUMETHOD=method(lesion.organ), TUDTC=day, **visit(0),
        )  # fmt: skip
        if lesion.size:
            result = {"TRTESTCD": lesion.test, "TRORRES": millimetres(lesion.size), "TRORRESU": "mm"}
        else:
            result = {"TRTESTCD": "TUMSTATE", "TRORRES": "PRESENT"}
        tables.add("tr", subject, TRLNKID=lesion.link, TRMETHOD=method(lesion.organ), TRDTC=day, **result, **visit(0))


def add_scan(tables: Tables, patient: Patient, lesions: list[Lesion], scan: Scan, day: date, at: Row) -> date:
    """The rows of one imaging visit; returns its last day."""
    subject = subject_id(patient.number)
    targets = [lesion for lesion in lesions if lesion.size]
    sizes = sizes_at(scan, targets, Noise(subject, "size", at["VISITNUM"]))
    measured = dict(zip((lesion.link for lesion in targets), sizes, strict=True))
    reason = "IMAGES LOST" if len(scan.not_done) == len(lesions) else "LESION OUTSIDE SCANNED FIELD"
    days = [day]
    for lesion in lesions:
        days.append(day + timedelta(days=scan.split.get(lesion.organ, 0)))
        row: Row = {"TRLNKID": lesion.link, "TRMETHOD": method(lesion.organ), "TRDTC": days[-1], **at}
        row["TRTESTCD"] = lesion.test if lesion.size else "TUMSTATE"
        if lesion.link in scan.not_done:
            row |= {"TRSTAT": "NOT DONE", "TRREASND": reason}
        elif lesion.size:
            row |= {"TRORRES": millimetres(measured[lesion.link]), "TRORRESU": "mm"}
        elif lesion.link in scan.progressed:
            row |= {"TRORRES": "UNEQUIVOCAL PROGRESSION"}
        else:
            row |= {"TRORRES": "Present" if (patient.number, at["VISITNUM"]) == (14, 5) else "PRESENT"}
        tables.add("tr", subject, **row)
    if scan.new:
        seen = day + timedelta(days=scan.split.get(scan.new, 0))
        tables.add(
            "tu", subject, TULNKID="N01", TUTESTCD="TUMIDENT", TUORRES="NEW", TULOC=scan.new, TUMETHOD=method(scan.new),
            TUDTC=seen, **at,
        )  # fmt: skip
        tables.add(
            "tr", subject, TRLNKID="N01", TRTESTCD="TUMSTATE", TRORRES="PRESENT", TRMETHOD=method(scan.new), TRDTC=seen, **at
        )  # fmt: skip
    return max(days)


def add_imaging(tables: Tables, patient: Patient, lesions: list[Lesion]) -> dict[int, date]:
    """All scans after baseline; returns the last day of each planned visit by week."""
    subject, planned, done = subject_id(patient.number), 0, {}
    last_day = patient.first_dose
    for scan in patient.scans:
        if scan is not None and scan.unscheduled:
            number = 1 + 2 * planned + 0.1
            day = last_day + timedelta(days=scan.offset or 0)
            add_scan(tables, patient, lesions, scan, day, {"VISITNUM": number, "VISIT": f"UNSCHEDULED {number}"})
            continue
        planned += 1
        week = WEEKS_BETWEEN_SCANS * planned
        if scan is None:
            continue
        offset = Noise(subject, "scan", week).integer(-5, 8) if scan.offset is None else scan.offset
        day = patient.first_dose + timedelta(weeks=week, days=offset)
        last_day = done[week] = add_scan(tables, patient, lesions, scan, day, visit(week))
    return done


# ------------------------------------------------------------------------------------------------------------ laboratory


def add_draw(
    tables: Tables, subject: str, day: date, at: Row, tg: str, noise: Noise, *, stimulated: bool = False, antibody: bool = False
) -> None:  # fmt: skip
    state = "STIMULATED" if stimulated else "SUPPRESSED"
    tgab = noise.between(180, 260) if antibody else noise.between(11, 60)
    tsh = f"{noise.between(55, 110):.1f}" if stimulated else f"{noise.between(0.01, 0.09):.2f}"
    shared: Row = {"LBTSHST": state, "LBDTC": day, **at}
    tables.add(
        "lb", subject, LBTESTCD="TG", LBORRES=tg, LBORRESU="ng/mL", LBTGAB="POSITIVE" if antibody else "NEGATIVE", **shared
    )  # fmt: skip
    tables.add("lb", subject, LBTESTCD="TGAB", LBORRES=f"{tgab:.1f}", LBORRESU="IU/mL", **shared)
    tables.add("lb", subject, LBTESTCD="TSH", LBORRES=tsh, LBORRESU="mIU/L", **shared)


def thyroglobulin(patient: Patient, week: int, noise: Noise) -> str:
    """Falls to the declared best fraction about week 18, then creeps up."""
    if week in patient.exact_thyroglobulin:
        return patient.exact_thyroglobulin[week]
    if week == 0:
        return f"{patient.thyroglobulin:.1f}"
    part_of_fall = {6: 0.60, 12: 0.88, 18: 1.0, 24: 0.99}.get(week, max(0.5, 1.0 - 0.004 * (week - 20)))
    share = 1 - (1 - patient.best_fraction) * part_of_fall
    return f"{patient.thyroglobulin * share * noise.between(0.97, 1.03):.1f}"


def add_laboratory(tables: Tables, patient: Patient, baseline: date, scans: dict[int, date], iodine: list[date]) -> None:
    subject = subject_id(patient.number)
    draws = [(baseline, 0)]
    last_week = 12 * sum(1 for scan in patient.scans if scan is None or not scan.unscheduled)
    for week in (6, 12, 18, *range(24, last_week + 1, 12)):
        day = scans.get(week, patient.first_dose + timedelta(weeks=week, days=Noise(subject, "draw", week).integer(-3, 3)))
        if week <= last_week and day <= min(CUTOFF, patient.last_contact):
            draws.append((day, week))
    rows = [(day, visit(week), week, False) for day, week in draws]
    if course := patient.stimulated_at_iodine:
        rows.append((iodine[course - 1], {"VISITNUM": 20 + course, "VISIT": f"RX-WBS {course}"}, -1, True))
    for day, at, week, stimulated in sorted(rows, key=lambda row: row[0]):
        noise = Noise(subject, "lab", at["VISITNUM"])
        tg = f"{patient.thyroglobulin * 2.4:.1f}" if stimulated else thyroglobulin(patient, week, noise)
        antibody = week > 0 and week == patient.antibody_week
        if antibody:
            tg = f"{patient.thyroglobulin * 0.02:.1f}"
        add_draw(tables, subject, day, at, tg, noise, stimulated=stimulated, antibody=antibody)


# ------------------------------------------------------------------------------------------------------- adverse events


def mild_events(patient: Patient) -> list[Event]:
    noise = Noise(subject_id(patient.number), "mild")
    declared = {event.term for event in patient.events}
    pool = [mild for mild in MILD_EVENTS if mild[0] not in declared]
    last_dose = (max(daily_doses(patient)) - patient.first_dose).days + 1
    events = []
    for term, anlotinib, iodine in noise.choose(pool, noise.integer(2, 4)):
        start = noise.integer(4, min(last_dose, 170))
        end = start + noise.integer(6, 70)
        events.append(Event(term, start, end, noise.integer(1, 2), anlotinib, iodine))
    return events


def add_events(tables: Tables, patient: Patient) -> None:
    subject = subject_id(patient.number)

    def on(day: int) -> date:
        return patient.first_dose + timedelta(days=day - 1)

    def order(event: Event) -> str:
        return event.start if isinstance(event.start, str) else on(event.start).isoformat()

    events = sorted([*patient.events, *mild_events(patient)], key=order)
    treated: set[str] = set()
    for event in events:
        start = order(event)
        end = None if event.end is None else on(event.end)
        ongoing = end is None or end > patient.last_contact
        continues = any(e.term == event.term and e.start in (event.end, (event.end or 0) + 1) for e in events if e != event)
        outcome = "NOT RECOVERED/NOT RESOLVED" if ongoing or continues else "RECOVERED/RESOLVED"
        tables.add(
            "ae", subject, AETERM=VERBATIM.get(event.term, event.term.lower()), AEDECOD=event.term,
            AEBODSYS=BODY_SYSTEMS[event.term], AESTDTC=start, AEENDTC="" if ongoing else end, AETOXGR=event.grade, AESER="N",
            AERELAN=event.anlotinib, AERELRA=event.iodine, AEACN=event.action, AEOUT=outcome,
        )  # fmt: skip
        after = len(start) == 10 and date.fromisoformat(start) > CUTOFF
        if event.grade >= 2 and event.term in TREATMENT_FOR and event.term not in treated and not after:
            treated.add(event.term)
            name, code = TREATMENT_FOR[event.term]
            stop = "" if ongoing or event.term == "Hypertension" else end
            tables.add("cm", subject, CMTRT=name, CMDECOD=code, CMCAT="CONCOMITANT", CMSTDTC=start, CMENDTC=stop)


# ------------------------------------------------------------------------------------------------------ the whole patient


def add_levothyroxine(tables: Tables, subject: str, consent: date) -> None:
    since = consent - timedelta(days=Noise(subject, "thyroxine").integer(400, 3600))
    tables.add(
        "cm", subject, CMTRT="Levothyroxine sodium", CMDECOD="LEVOTHYROXINE", CMCAT="CONCOMITANT", CMSTDTC=since
    )  # fmt: skip


def add_milestone(tables: Tables, subject: str, category: str, code: str, text: str, day: date) -> None:
    tables.add("ds", subject, DSCAT=category, DSDECOD=code, DSTERM=text, DSSTDTC=day)


def add_patient(tables: Tables, patient: Patient) -> None:
    subject = subject_id(patient.number)
    noise = Noise(subject, "screening")
    lesions = baseline_lesions(patient)
    baseline = patient.first_dose - timedelta(days=noise.integer(12, 22))
    consent = baseline - timedelta(days=noise.integer(1, 5))
    tables.add(
        "dm", subject, STUDYID=STUDY, RFICDTC=consent, AGE=patient.age, SEX="F " if patient.number == 17 else patient.sex,
        HISTOL=patient.histology, METSITE=metastatic_sites(lesions), ECOG=patient.ecog, PRIORTKI="N",
        PRIORRAI=patient.prior_iodine,
    )  # fmt: skip
    add_lesions(tables, subject, lesions, baseline)
    iodine = add_treatment(tables, patient, lesions)
    scans = add_imaging(tables, patient, lesions)
    add_laboratory(tables, patient, baseline, scans, [day for day, _ in iodine])
    add_levothyroxine(tables, subject, consent)
    add_events(tables, patient)

    milestone = "PROTOCOL MILESTONE"
    add_milestone(tables, subject, milestone, "INFORMED CONSENT OBTAINED", "Informed consent obtained", consent)
    add_milestone(tables, subject, milestone, "ENROLLED", "Iodine uptake confirmed; enrolled", iodine[0][1])
    if patient.ended:
        last_dose = max(daily_doses(patient))
        day = max(last_dose, max(scans.values())) if patient.ended == "PROGRESSIVE DISEASE" else last_dose
        add_milestone(tables, subject, "DISPOSITION EVENT", patient.ended, ENDED[patient.ended], day)
    if patient.last_contact < CUTOFF - timedelta(days=90):
        add_milestone(tables, subject, "DISPOSITION EVENT", "LOST TO FOLLOW-UP", "Lost to follow-up", patient.last_contact)
    if patient.new_therapy:
        drug, day = patient.new_therapy
        start = patient.first_dose + timedelta(days=day - 1)
        tables.add(
            "cm", subject, CMTRT=f"{drug.capitalize()} 200 mg", CMDECOD=drug, CMCAT="NEW ANTICANCER THERAPY", CMSTDTC=start
        )  # fmt: skip

    contacts = {baseline, patient.last_contact, *(day for day in scans.values() if day <= CUTOFF)}
    if patient.late_contact:
        contacts.add(patient.late_contact)
    for day in sorted(contacts):
        tables.add("ss", subject, SSTESTCD="SURVSTAT", SSORRES="ALIVE", SSDTC=day)


def add_screen_failure(tables: Tables, patient: ScreenFailure) -> None:
    subject = subject_id(patient.number)
    lesions = baseline_lesions(patient)
    tables.add(
        "dm", subject, STUDYID=STUDY, RFICDTC=patient.consent, AGE=patient.age, SEX=patient.sex, HISTOL=patient.histology,
        METSITE=patient.metastases, ECOG=patient.ecog, PRIORTKI=patient.prior_tki, PRIORRAI=patient.prior_iodine,
    )  # fmt: skip
    add_levothyroxine(tables, subject, patient.consent)
    failed = baseline = patient.consent + timedelta(days=2)
    if lesions:
        add_lesions(tables, subject, lesions, baseline)
    if patient.thyroglobulin:
        add_draw(tables, subject, baseline, visit(0), f"{patient.thyroglobulin:.1f}", Noise(subject, "lab"))
    if patient.got_iodine:
        iodine, failed = baseline + timedelta(days=11), baseline + timedelta(days=15)
        add_iodine(tables, subject, iodine, failed, 1, {lesion.link: "NEGATIVE" for lesion in lesions})
        tables.add(
            "ae", subject, AETERM="nausea", AEDECOD="Nausea", AEBODSYS=BODY_SYSTEMS["Nausea"], AESTDTC=iodine, AEENDTC=failed,
            AETOXGR=1, AESER="N", AERELAN="N", AERELRA="Y", AEACN="DOSE NOT CHANGED", AEOUT="RECOVERED/RESOLVED",
        )  # fmt: skip
    add_milestone(
        tables, subject, "PROTOCOL MILESTONE", "INFORMED CONSENT OBTAINED", "Informed consent obtained", patient.consent
    )  # fmt: skip
    add_milestone(tables, subject, "DISPOSITION EVENT", "SCREEN FAILURE", patient.reason, failed)


def make_tables() -> Tables:
    tables = Tables()
    for patient in PATIENTS:
        add_patient(tables, patient)
    for failure in SCREEN_FAILURES:
        add_screen_failure(tables, failure)
    return tables


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the synthetic records of the twin trial.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "records", help="folder for the CSV files")
    make_tables().write(parser.parse_args().out)


if __name__ == "__main__":
    main()
