"""The synthetic patients of the twin, one declaration each: what happened to whom, before any noise is drawn.

Nobody here exists. Every course was invented so that the 20 treated patients together show the numbers that the trial's
abstract prints, and so that single patients show the untidiness that real records have. Study day 1 is the day of
the first anlotinib dose; scan k is the CT planned 12 x k weeks after it; a drug cycle is 21 days (14 on, 7 off).
"""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Scan:
    """One imaging visit: `sizes` is a factor on every baseline diameter (noise is added) or the exact diameters in mm."""

    sizes: float | tuple[float, ...]
    offset: int | None = None  # days from the planned day; None: drawn
    split: dict[str, int] = field(default_factory=dict)  # organ -> days later than the rest of the visit
    not_done: tuple[str, ...] = ()  # lesions that could not be assessed
    new: str | None = None  # organ of a new lesion
    progressed: tuple[str, ...] = ()  # non-target lesions with unequivocal progression
    absent: tuple[str, ...] = ()  # non-target lesions gone
    unscheduled: bool = False  # then offset counts from the previous scheduled visit


MISSED = None  # a planned scan that left no row


@dataclass(frozen=True)
class Event:
    """One row of the adverse event table, in study days; `end` None means ongoing."""

    term: str
    start: int | str
    end: int | None
    grade: int
    anlotinib: str = "Y"
    iodine: str = "N"
    action: str = "DOSE NOT CHANGED"


@dataclass(frozen=True)
class Patient:
    """A treated patient's declared course."""

    number: int
    first_dose: date
    sex: str
    age: int
    histology: str
    ecog: int
    prior_iodine: int
    targets: tuple[tuple[str, float], ...]
    non_targets: tuple[str, ...]
    scans: tuple[Scan | None, ...]
    thyroglobulin: float  # baseline, ng/mL
    best_fraction: float  # of baseline, reached about week 18
    iodine_courses: int
    cycles: int  # cycles started
    ended: str  # DSDECOD of the end of anlotinib, "" while it goes on
    last_contact: date
    levels: dict[int, int] = field(default_factory=dict)  # from this cycle on: this dose (mg)
    steps: dict[int, tuple[int, int]] = field(default_factory=dict)  # within a cycle: from this cycle day, this dose
    gaps: dict[int, tuple[int, int]] = field(default_factory=dict)  # cycle days without drug (first, last)
    delays: dict[int, int] = field(default_factory=dict)  # this cycle starts so many days late
    last_dose_cycle_day: int = 14  # of the last cycle
    diary_past_cutoff: bool = False
    events: tuple[Event, ...] = ()
    exact_thyroglobulin: dict[int, str] = field(default_factory=dict)  # week -> result as printed
    stimulated_at_iodine: int = 0  # an extra, stimulated Tg on the day of this iodine course
    antibody_week: int = 0  # week whose draw has positive TgAb (its Tg is falsely low)
    new_therapy: tuple[str, int] | None = None  # drug, study day
    late_contact: date | None = None  # a contact after the cut-off


@dataclass(frozen=True)
class ScreenFailure:
    """A patient who consented and never took anlotinib."""

    number: int
    consent: date
    sex: str
    age: int
    histology: str
    ecog: int
    prior_iodine: int
    reason: str
    prior_tki: str = "N"
    metastases: str = "LUNG"
    targets: tuple[tuple[str, float], ...] = ()
    non_targets: tuple[str, ...] = ()
    thyroglobulin: float | None = None
    got_iodine: bool = False


HTN = "Hypertension"
HAND_FOOT = "Palmar-plantar erythrodysesthesia syndrome"
REDUCED = "DOSE REDUCED"
PAUSED = "DRUG INTERRUPTED"

PATIENTS = (
    # Long partial response; a lung lesion disappears at scan 5, the target node falls under 10 mm; stimulated Tg at iodine 1.
    Patient(
        1, date(2022, 10, 26), "F", 44, "PAPILLARY", 0, 2,
        (("LUNG", 24), ("LUNG", 17), ("LYMPH NODE", 18)), ("LUNG",),
        (Scan(0.64), Scan(0.55), Scan(0.50), Scan(0.46), Scan((11, 0, 9)), Scan((10, 0, 8)), Scan((10, 0, 8)),
         Scan((11, 0, 8)), Scan((11, 0, 9), offset=-2)),
        312.0, 0.22, 3, 16, "COMPLETED TREATMENT", date(2024, 12, 18),
        stimulated_at_iodine=1,
        events=(Event(HTN, 30, 44, 3), Event(HTN, 210, 240, 2)),
    ),
    # Response, then progression by the sum at scan 4, whose chest and bone images were made two days apart.
    Patient(
        2, date(2022, 11, 22), "F", 58, "FOLLICULAR", 1, 1,
        (("LUNG", 22), ("BONE", 31)), ("BONE",),
        (Scan(0.66), Scan(0.58), Scan(0.57), Scan((16, 24), offset=1, split={"BONE": 2})),
        1240.0, 0.41, 2, 17, "PROGRESSIVE DISEASE", date(2024, 12, 11),
        levels={3: 10}, last_dose_cycle_day=5,
        events=(Event(HTN, 16, 32, 2), Event(HTN, 33, 46, 3, action=REDUCED), Event(HTN, 47, 120, 2)),
    ),
    # Stable disease; insomnia before the first dose; lost to follow-up after scan 4.
    Patient(
        3, date(2022, 12, 20), "F", 37, "PAPILLARY", 0, 3,
        (("LUNG", 15), ("LUNG", 12), ("LYMPH NODE", 16)), ("LUNG",),
        (Scan(0.88), Scan(0.84), Scan(0.86), Scan(0.90, offset=3)),
        58.0, 0.48, 2, 12, "COMPLETED TREATMENT", date(2023, 12, 6),
        events=(Event("Insomnia", -10, -8, 2, "N", "N"),),
    ),
    # Confirmed response; scans 4 and 5 missed (4 left no row, 5 only NOT DONE rows); progression at scan 6.
    # Hypertension grade 1 was there before the first dose and worsened.
    Patient(
        5, date(2023, 2, 1), "M", 63, "PAPILLARY", 1, 2,
        (("LUNG", 26), ("LUNG", 19)), ("LUNG",),
        (Scan(0.62), Scan(0.55), Scan(0.53), MISSED, Scan(1.0, not_done=("T01", "T02", "NT01")), Scan((24, 16))),
        880.0, 0.35, 2, 12, "COMPLETED TREATMENT", date(2024, 12, 20),
        levels={4: 10}, steps={3: (8, 10)},
        events=(Event(HTN, -12, 47, 1, "N", "N"), Event(HTN, 48, 60, 3, action=REDUCED), Event(HTN, 61, None, 1)),
    ),
    # Scan 2 lost; response confirmed at scan 3; new liver lesion at scan 5, on the first of two scan days.
    Patient(
        6, date(2023, 3, 7), "F", 51, "PAPILLARY", 0, 1,
        (("LUNG", 21), ("LIVER", 18), ("LYMPH NODE", 20)), ("LYMPH NODE",),
        (Scan(0.66), MISSED, Scan(0.58), Scan(0.56), Scan(0.57, offset=-1, split={"LUNG": 5, "LYMPH NODE": 5}, new="LIVER")),
        455.0, 0.30, 3, 20, "PROGRESSIVE DISEASE", date(2024, 12, 17),
        levels={4: 10},
        events=(Event(HAND_FOOT, 50, 62, 2), Event(HAND_FOOT, 62, 76, 3, action=REDUCED)),
    ),
    # Stable, then unequivocal progression of a non-target bone lesion; unrelated grade 3 back pain; contact after cut-off.
    Patient(
        7, date(2023, 4, 12), "F", 66, "FOLLICULAR", 1, 0,
        (("LUNG", 14), ("LUNG", 13)), ("BONE", "LYMPH NODE"),
        (Scan(0.92), Scan(0.88), Scan(0.95, offset=-2, progressed=("NT01",))),
        2150.0, 0.62, 2, 12, "PROGRESSIVE DISEASE", date(2024, 12, 12),
        late_contact=date(2025, 1, 9),
        events=(Event("Back pain", 200, 215, 3, "N", "N"), Event(HTN, 40, 90, 2)),
    ),
    # Confirmed response with a rebound above -30% at scan 3 (SD there, not PD); one onset date known to the month only.
    Patient(
        8, date(2023, 5, 16), "F", 49, "PAPILLARY", 0, 2,
        (("LUNG", 28), ("LUNG", 24), ("LYMPH NODE", 27), ("BONE", 21)), (),
        (Scan((18, 16, 16, 14)), Scan((17, 15, 16, 14)), Scan((20, 17, 19, 15)), Scan((19, 16, 17, 14)),
         Scan((18, 16, 17, 14)), Scan((19, 16, 17, 14)), Scan((19, 17, 17, 14), offset=-4)),
        690.0, 0.33, 2, 16, "COMPLETED TREATMENT", date(2024, 12, 27),
        levels={6: 10},
        events=(Event("Fatigue", "2023-05", 40, 2), Event(HTN, 100, 118, 3, action="Dose reduced")),
    ),
    # Stable; donafenib for rising Tg before any documented progression; new lesion on the scan after it.
    Patient(
        10, date(2023, 6, 20), "M", 70, "FOLLICULAR", 1, 1,
        (("LUNG", 20), ("BONE", 24)), ("BONE",),
        (Scan(0.90), Scan(0.82), Scan((19, 22), offset=2), Scan((21, 26), offset=1, new="LUNG")),
        3420.0, 0.66, 2, 13, "PHYSICIAN DECISION", date(2024, 12, 19),
        new_therapy=("DONAFENIB", 290),
        events=(Event("Anemia", 120, 190, 2, "", "N"),),
    ),
    # Node-only targets: both under 10 mm from scan 2 (target CR), lung non-target persists, so PR. Reduced twice. Tg "<0.1".
    Patient(
        11, date(2023, 8, 9), "F", 29, "PAPILLARY", 0, 1,
        (("LYMPH NODE", 18), ("LYMPH NODE", 17)), ("LUNG",),
        (Scan((12, 11)), Scan((9, 9)), Scan((8, 9)), Scan((8, 8)), Scan((9, 9)), Scan((9, 9), offset=-3)),
        6.4, 0.05, 3, 16, "COMPLETED TREATMENT", date(2024, 12, 30),
        levels={5: 10, 7: 8}, exact_thyroglobulin={24: "<0.1"},
        events=(Event("Proteinuria", 70, 125, 2, action=REDUCED), Event("Proteinuria", 126, 154, 3, action=REDUCED)),
    ),
    # Stable; progression by the sum from the nadir while still under baseline; donafenib after it.
    Patient(
        12, date(2023, 9, 26), "F", 55, "PAPILLARY", 1, 4,
        (("LUNG", 25), ("LUNG", 19), ("LYMPH NODE", 16)), ("LUNG",),
        (Scan((19, 14, 12)), Scan((20, 15, 12)), Scan((24, 18, 14), offset=-7)),
        945.0, 0.57, 2, 12, "PROGRESSIVE DISEASE", date(2024, 12, 16),
        levels={4: 10}, new_therapy=("DONAFENIB", 275),
        events=(Event(HAND_FOOT, 52, 80, 2, action=REDUCED),),
    ),
    # Sum exactly -30% at scan 1 (50 -> 35 mm). Diarrhea: three days without drug, then the lower dose within one cycle.
    Patient(
        14, date(2023, 10, 31), "M", 47, "PAPILLARY", 0, 1,
        (("LUNG", 27), ("LYMPH NODE", 23)), ("LUNG",),
        (Scan((19, 16)), Scan((18, 15)), Scan((17, 14)), Scan((17, 13)), Scan((17, 14), offset=-1)),
        168.0, 0.28, 2, 16, "COMPLETED TREATMENT", date(2024, 12, 29),
        levels={7: 10}, steps={6: (10, 10)}, gaps={6: (7, 9)},
        events=(Event("Diarrhea", 111, 118, 3, action=REDUCED),),
    ),
    # Stable at best -29.3% (41 -> 29 mm); still on treatment at the cut-off.
    Patient(
        15, date(2023, 11, 20), "F", 61, "PAPILLARY", 0, 2,
        (("LUNG", 23), ("LUNG", 18)), (),
        (Scan((17, 14)), Scan((16, 13)), Scan((16, 14)), Scan((16, 14))),
        220.0, 0.44, 2, 20, "", date(2024, 12, 31),
        events=(Event(HTN, 61, 130, 2),),
    ),
    # Response; unscheduled scan 20 days after scan 1; bone lesion NOT DONE at scan 2; response again at scan 3.
    # Stimulated Tg at iodine 2; dry mouth first seen more than 30 days after the last dose.
    Patient(
        16, date(2023, 12, 19), "F", 40, "FOLLICULAR", 0, 0,
        (("LUNG", 22), ("BONE", 28), ("LYMPH NODE", 15)), ("BONE",),
        (Scan(0.60), Scan(0.58, offset=20, unscheduled=True), Scan(0.57, not_done=("T02",)), Scan(0.55), Scan(0.56)),
        760.0, 0.26, 2, 12, "COMPLETED TREATMENT", date(2024, 12, 23),
        levels={3: 10}, stimulated_at_iodine=2,
        events=(Event(HTN, 25, 40, 3, action=REDUCED), Event("Dry mouth", 300, None, 2, "N", "Y")),
    ),
    # Nadir 20 mm, then 24 mm: +20% but only +4 mm, so still SD. Platelets grade 3 from radioiodine alone: a 4-day interruption.
    Patient(
        17, date(2024, 1, 23), "F", 52, "PAPILLARY", 0, 3,
        (("LUNG", 12), ("LUNG", 12)), ("LUNG",),
        (Scan((10, 10)), Scan((12, 12)), Scan((11, 12)), Scan((11, 11), offset=-3)),
        34.0, 0.39, 2, 12, "COMPLETED TREATMENT", date(2024, 12, 28),
        gaps={3: (7, 10)},
        events=(Event("Platelet count decreased", 44, 58, 3, "N", "Y", action=PAUSED),),
    ),
    # Diameters in tenths of a millimetre; response from scan 2; falsely low Tg with positive antibodies at week 12.
    Patient(
        18, date(2024, 3, 5), "F", 33, "PAPILLARY", 0, 1,
        (("LUNG", 18.4), ("LUNG", 13.6), ("LYMPH NODE", 15.5)), ("LYMPH NODE",),
        (Scan((15.2, 11.0, 11.4)), Scan((12.1, 9.4, 9.2)), Scan((11.8, 8.9, 8.6))),
        96.0, 0.31, 3, 15, "", date(2024, 12, 31),
        levels={6: 10}, antibody_week=12,
        events=(Event("Proteinuria", 90, 140, 2, action=REDUCED),),
    ),
    # Stable; cycle 4 starts 8 days late and at the lower dose; best Tg exactly 25% below baseline.
    Patient(
        20, date(2024, 4, 9), "F", 57, "FOLLICULAR", 1, 0,
        (("LUNG", 16), ("BONE", 20)), ("BONE",),
        (Scan(0.95), Scan(0.90), Scan(0.92, offset=1)),
        200.0, 0.75, 2, 8, "COMPLETED TREATMENT", date(2024, 12, 20),
        levels={4: 10}, delays={4: 8},
        exact_thyroglobulin={0: "200.0", 6: "171.2", 12: "158.6", 18: "150.0", 24: "154.9", 36: "163.3"},
        events=(Event("Mucositis oral", 57, 70, 2, action=REDUCED),),
    ),
    # Five targets; response confirmed at scan 2; an interruption; the last diary row runs past the cut-off.
    Patient(
        21, date(2024, 5, 14), "F", 46, "PAPILLARY", 0, 2,
        (("LUNG", 30), ("LUNG", 21), ("LYMPH NODE", 19), ("LYMPH NODE", 16), ("BONE", 18)), ("LUNG",),
        (Scan(0.63), Scan(0.55)),
        520.0, 0.24, 2, 12, "", date(2024, 12, 31),
        gaps={2: (6, 9)}, diary_past_cutoff=True,
        events=(Event(HTN, 26, 34, 3, action=PAUSED),),
    ),
    # Progression at scan 1 by a new bone lesion, although Tg had fallen: the one patient with PD as best response.
    Patient(
        22, date(2024, 6, 25), "M", 68, "FOLLICULAR", 1, 1,
        (("LUNG", 17), ("LYMPH NODE", 19)), ("LUNG",),
        (Scan(0.97, offset=1, new="BONE"),),
        1680.0, 0.70, 1, 4, "PROGRESSIVE DISEASE", date(2024, 12, 26),
        exact_thyroglobulin={0: "1680.0", 6: "1142.0", 12: "1310.0"},
        events=(Event("Fatigue", 22, 60, 2),),
    ),
    # Stable; grade 3 hypertension after the cut-off must not count.
    Patient(
        23, date(2024, 8, 7), "F", 42, "PAPILLARY", 0, 1,
        (("LUNG", 19), ("LUNG", 15)), ("LUNG",),
        (Scan(0.85),),
        145.0, 0.46, 2, 7, "", date(2024, 12, 31),
        events=(Event(HTN, "2025-01-06", None, 3),),
    ),
    # Response at scan 1 not confirmed by the cut-off; the unscheduled scan that confirms it comes after.
    Patient(
        24, date(2024, 9, 18), "F", 35, "PAPILLARY", 0, 1,
        (("LUNG", 26), ("LYMPH NODE", 18)), ("LUNG",),
        (Scan(0.62, offset=0), Scan(0.58, offset=33, unscheduled=True)),
        410.0, 0.32, 2, 5, "", date(2024, 12, 31),
        events=(Event(HTN, 35, None, 2),),
    ),
)  # fmt: skip

SCREEN_FAILURES = (
    ScreenFailure(4, date(2022, 12, 19), "F", 59, "PAPILLARY", 1, 3, "Previous treatment with a TKI", prior_tki="Y"),
    ScreenFailure(
        9, date(2023, 5, 15), "F", 64, "FOLLICULAR", 1, 2, "No iodine uptake in metastases on Rx-WBS",
        metastases="LUNG+NODE", targets=(("LUNG", 19), ("LYMPH NODE", 17)), non_targets=("LUNG",),
        thyroglobulin=530.0, got_iodine=True,
    ),
    ScreenFailure(
        13, date(2023, 9, 25), "M", 31, "PAPILLARY", 0, 1, "No measurable lesion",
        non_targets=("LUNG",), thyroglobulin=4.8,
    ),
    ScreenFailure(
        19, date(2024, 2, 26), "F", 71, "FOLLICULAR", 1, 4, "No iodine uptake in metastases on Rx-WBS",
        metastases="BONE", targets=(("BONE", 33),), non_targets=("BONE",), thyroglobulin=1890.0, got_iodine=True,
    ),
)  # fmt: skip
