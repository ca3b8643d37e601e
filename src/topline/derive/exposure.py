"""ADEX: what each patient took of each drug: cycles, reductions, interruptions, delays, relative dose intensity.

Definitions: clinical rules, section 9 (worked example: 12 mg for two cycles of 14 days on and 7 off, then 10 mg for two: 616 mg in
84 days, 7.33 mg a day of 8 planned, 91.7%).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from topline.records.load import Records
from topline.study.schedule import DrugSchedule


@dataclass
class _Course:
    """One patient's course of one drug while its rows are read in order."""

    start: int
    cycle_start: int
    cycles: int = 1
    delays: int = 0
    reductions: int = 0
    reductions_for_ae: int = 0
    reescalations: int = 0
    interruption_days: int = 0
    dose: float = 0.0
    end: int = 0
    highest: float = 0.0
    level: float | None = None
    given: list[tuple[int, int]] = field(default_factory=list)


def derive_exposure(records: Records, subjects: pl.DataFrame, drugs: tuple[DrugSchedule, ...], cutoff: int | None) -> pl.DataFrame:
    """Return one row a patient and drug.

    Returns
    -------
    DataFrame
        USUBJID, EXTRT, EXFDT, EXLDT (first and last day with drug), EXEDT (end of treatment: last day + the planned days off of that
        cycle, at most death and cut-off), DURD (EXEDT − EXFDT + 1), CUMDOSE, NCYCLE, NREDUC, NREDUCAE (reductions for an adverse
        event), NREESC, INTRPDY (planned days on without drug while treatment continued),
        NDELAY, PLANINT (planned intensity a day), RDI (a proportion),
        DOSEMIN, DOSEMAX, EXSEQ (the first row it rests on). Patients without the drug are absent.
    """
    rows = []
    limits = dict(zip(subjects["USUBJID"], subjects["DTHDT"], strict=True))
    for drug in drugs:
        for subject, doses in _doses(records["EX"], drug, set(limits)):
            rows.append(_summary(subject, doses, drug, _first(limits[subject], cutoff)))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("USUBJID", "EXTRT")


_SCHEMA = {
    "USUBJID": pl.String,
    "EXTRT": pl.String,
    "EXFDT": pl.Int32,
    "EXLDT": pl.Int32,
    "EXEDT": pl.Int32,
    "DURD": pl.Int32,
    "CUMDOSE": pl.Float64,
    "NCYCLE": pl.Int32,
    "NREDUC": pl.Int32,
    "NREDUCAE": pl.Int32,
    "NREESC": pl.Int32,
    "INTRPDY": pl.Int32,
    "NDELAY": pl.Int32,
    "PLANINT": pl.Float64,
    "RDI": pl.Float64,
    "DOSEMIN": pl.Float64,
    "DOSEMAX": pl.Float64,
    "EXSEQ": pl.Int64,
}
_Dose = tuple[int, int, float, bool, int]


def _first(*days: int | None) -> int | None:
    known = [day for day in days if day is not None]
    return min(known) if known else None


def _doses(table: pl.DataFrame, drug: DrugSchedule, subjects: set[str]) -> Iterator[tuple[str, list[_Dose]]]:
    """Yield each patient's (first day, last day, daily dose, reduced for an adverse event, EXSEQ), in order."""
    rows = table.filter((pl.col("EXTRT") == drug.drug.upper()) & pl.col("EXSTDT").is_not_null())
    end = pl.coalesce("EXENDT", "EXSTDT") if "EXENDT" in rows.columns else pl.col("EXSTDT")
    dose = pl.col("EXDOSE").fill_null(0.0) if "EXDOSE" in rows.columns else pl.lit(0.0)
    reason = pl.col("EXADJ").str.contains("ADVERSE").fill_null(value=False) if "EXADJ" in rows.columns else pl.lit(value=False)
    rows = rows.select("USUBJID", "EXSTDT", end.alias("end"), dose.alias("dose"), reason.alias("ae"), "EXSEQ")
    rows = rows.filter(pl.col("dose") > 0).sort("USUBJID", "EXSTDT", "EXSEQ")
    current: str | None = None
    doses: list[_Dose] = []
    for subject, start, last, amount, for_ae, sequence in rows.iter_rows():
        if subject not in subjects:
            continue
        if subject != current:
            if current is not None:
                yield current, doses
            current, doses = subject, []
        doses.append((start, max(start, last), amount, for_ae, sequence))
    if current is not None:
        yield current, doses


def _summary(subject: str, doses: list[_Dose], drug: DrugSchedule, limit: int | None) -> tuple[object, ...]:
    course = _Course(start=doses[0][0], cycle_start=doses[0][0])
    for start, last, amount, for_ae, _ in doses:
        planned = course.cycle_start + drug.cycle_days
        if start > course.cycle_start and start >= planned - drug.delay_window_days:
            _close_cycle(course, drug, started_next=True)
            course.delays += start - planned > drug.delay_window_days
            course.cycles += 1
            course.cycle_start = start
        if course.level is not None and amount != course.level:
            if amount < course.level:
                course.reductions += 1
                course.reductions_for_ae += for_ae
            else:
                course.reescalations += 1
        course.level = amount
        course.dose += amount * (last - start + 1)
        course.end = max(course.end, last)
        while last >= course.cycle_start + drug.cycle_days:  # one row may run over several cycles
            course.given.append((start, course.cycle_start + drug.cycle_days - 1))
            _close_cycle(course, drug, started_next=True)
            course.cycles += 1
            course.cycle_start += drug.cycle_days
            start = course.cycle_start
        course.given.append((start, last))
    _close_cycle(course, drug, started_next=False)
    end = course.end + drug.days_off
    end = end if limit is None else max(course.end, min(end, limit))
    duration = end - course.start + 1
    reference = drug.dose_levels[0] if drug.dose_levels else doses[0][2]
    planned_intensity = reference * drug.days_on / drug.cycle_days
    amounts = [dose[2] for dose in doses]
    return (
        subject,
        drug.drug,
        course.start,
        course.end,
        end,
        duration,
        course.dose,
        course.cycles,
        course.reductions,
        course.reductions_for_ae,
        course.reescalations,
        course.interruption_days,
        course.delays,
        planned_intensity,
        course.dose / duration / planned_intensity,
        min(amounts),
        max(amounts),
        doses[0][4],
    )


def _close_cycle(course: _Course, drug: DrugSchedule, *, started_next: bool) -> None:
    """Count the planned days on without drug; in the last cycle only those before the last day with drug."""
    last_planned = course.cycle_start + drug.days_on - 1
    last = last_planned if started_next else min(last_planned, course.end)
    taken: set[int] = set()
    for start, end in course.given:
        taken.update(range(max(start, course.cycle_start), min(end, last) + 1))
    course.interruption_days += max(0, last - course.cycle_start + 1 - len(taken))
    course.given.clear()
