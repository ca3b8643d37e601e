"""ADTTE: for each patient the event or the censoring, by the protocol's ordered rules, with the reason and its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from topline.derive.missed import longest_gap, missed_between, scheduled_day
from topline.derive.response.derive import Response
from topline.derive.runs import last_rows
from topline.derive.subjects import dates_of, pick_date
from topline.records.load import Records
from topline.records.read import ROW
from topline.study.endpoints import CensorRule, EventRule, TimeToEvent
from topline.study.problems import Finding, InputError
from topline.study.schedule import Assessments

ADTTE_SCHEMA = {
    "USUBJID": pl.String,
    "PARAMCD": pl.String,
    "PARAM": pl.String,
    "STARTDT": pl.Int32,
    "ADT": pl.Int32,
    "AVAL": pl.Float64,
    "CNSR": pl.Int32,
    "EVNTDESC": pl.String,
    "CNSDTDSC": pl.String,
    "SRCDOM": pl.String,
    "SRCVAR": pl.String,
    "SRCSEQ": pl.Int64,
}


def derive_time_to_event(
    endpoint: TimeToEvent, subjects: pl.DataFrame, records: Records, response: Response | None, assessments: Assessments | None
) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the ADTTE rows of one endpoint, one a patient who has a time origin.

    The event is the earliest of the event rules (the first named, on the same day). A censoring rule that pre-empts (no baseline, new
    therapy, missed visits) is tried in the order of the protocol; if none applies the event stands, and without an event the first of the
    other censoring rules that has a date. Without any date a patient is censored at the time origin.

    Returns
    -------
    DataFrame
        As `ADTTE_SCHEMA`; days are Int32 since 1970-01-01, AVAL is in days.
    findings : list of Finding
        DER-0020: events or last contacts before the time origin (AVAL would be negative): those patients are censored at the origin.
    """
    trail = trace_time_to_event(endpoint, subjects, records, response, assessments)
    decision: Any = pl.when(pl.lit(value=False)).then(_nothing())
    for step in trail.steps:
        decision = decision.when(step.applies).then(step.decides)
    rows = trail.frame.select("USUBJID", "ORIGDT", decision.alias("d")).unnest("d")
    return _finish(rows, endpoint, records)


@dataclass(frozen=True)
class Step:
    """One rule in its place: whether it applies to a patient, and what it decides where no step before it applied.

    `rule` is None for the event itself and for the last resort (censored at the origin). `applies` and `decides` read the columns of
    `Trail.frame`.
    """

    rule: CensorRule | None
    label: str
    kind: Literal["censor", "event"]
    applies: pl.Expr
    decides: pl.Expr


@dataclass(frozen=True)
class Trail:
    """What a time to event was decided from.

    `events` is one row a patient and event rule that has a date (USUBJID, EVDT, EVDESC, EVDOM, EVVAR, EVSEQ, order: the rule's place),
    the first of which is the event; `frame` one row a patient with every candidate date; `steps` the rules in the order they are tried.
    """

    events: pl.DataFrame
    frame: pl.DataFrame
    steps: tuple[Step, ...]


def trace_time_to_event(
    endpoint: TimeToEvent, subjects: pl.DataFrame, records: Records, response: Response | None, assessments: Assessments | None
) -> Trail:
    """Return the candidate dates of every patient who has a time origin, and the steps that decide between them."""
    frame = subjects.filter(pl.col("ORIGDT").is_not_null()).select(
        "USUBJID", "ORIGDT", pl.col("ORIGDT").alias("SCHEDDT"), "DTHDT", "DTHFL", "LSTALVDT", "LSTALVSRC", "LSTALVSEQ", "TRTEDT"
    )
    response = response.of(endpoint.evaluator) if response is not None else None
    frame = _responders(frame, endpoint, response)
    events = _event_dates(frame, endpoint, records, response, assessments)
    first = events.group_by("USUBJID", maintain_order=True).first().drop("order")
    frame = _last_assessments(frame.join(first, on="USUBJID", how="left"), endpoint, response)
    steps: list[Step] = []
    for rule in endpoint.censoring:
        if rule.rule == "no_baseline":
            assert response is not None
            frame = frame.join(response.baseline.with_columns(pl.lit(value=True).alias("HAS_BASE")), on="USUBJID", how="left")
            unseen = pl.col("HAS_BASE").is_null()
            if rule.death == "event":
                unseen &= ~(pl.col("EVDT") == pl.col("DTHDT")).fill_null(value=False)
            steps.append(Step(rule, rule.label, "censor", unseen, _censor(rule.label, "ORIGDT", "ADSL", "ORIGDT")))
        elif rule.rule == "new_therapy":
            earlier = pl.col("NEWTXDT") < pl.col("EVDT") if rule.same_day == "counts" else pl.col("NEWTXDT") <= pl.col("EVDT")
            therapy_first = pl.col("NEWTXDT").is_not_null() & earlier.fill_null(value=True)
            steps.append(Step(rule, rule.label, "censor", therapy_first, _censor(rule.label, "LATX", "ADRS", "ADT", "LATXSEQ")))
        elif rule.rule == "missed_visits":
            assert assessments is not None
            frame = frame.with_columns(
                _missed(frame, assessments).alias("MISSED"), _days_missed(frame, rule.visits, assessments).alias("GAP")
            )
            missed = pl.col("EVDT").is_not_null() & ((pl.col("MISSED") >= rule.visits) if rule.counted == "visits" else (pl.col("GAP") > 0))
            if not rule.from_start:
                missed &= pl.col("LAEV").is_not_null()
            steps.append(Step(rule, rule.label, "censor", missed, _censor(rule.label, "LAEV", "ADRS", "ADT", "LAEVSEQ")))
        elif rule.rule == "treatment_stop":
            frame = _until_treatment_stop(frame, rule.days, response)
            stopped = (pl.col("EVDT") > pl.col("STOPDT")).fill_null(value=False)
            steps.append(Step(rule, rule.label, "censor", stopped, _censor(rule.label, "LASTOP", "ADRS", "ADT", "LASTOPSEQ")))
    steps.append(Step(None, "Event", "event", pl.col("EVDT").is_not_null(), _event()))
    for number, rule in enumerate(endpoint.censoring):
        if rule.rule == "last_assessment":
            steps.append(Step(rule, rule.label, "censor", pl.lit(value=True), _censor(rule.label, "LALL", "ADRS", "ADT", "LALLSEQ")))
        elif rule.rule == "last_known_alive":
            steps.append(Step(rule, rule.label, "censor", pl.col("LSTALVDT").is_not_null(), _alive(rule.label)))
        elif rule.rule == "record":
            day = f"C{number}"
            frame = frame.join(pick_date(records, rule.source, day), on="USUBJID", how="left")
            there = _censor(rule.label, day, rule.source.domain, rule.source.variable, day + "SEQ")
            steps.append(Step(rule, rule.label, "censor", pl.col(day).is_not_null(), there))
    last_resort = "No follow-up after the time origin"
    steps.append(Step(None, last_resort, "censor", pl.lit(value=True), _censor(last_resort, "ORIGDT", "ADSL", "ORIGDT")))
    return Trail(events, frame, tuple(steps))


def recorded_time(endpoint: TimeToEvent, subjects: pl.DataFrame, days_per_month: float) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the ADTTE rows of an endpoint whose times were recorded; patients without a time are left out (DER-0021)."""
    spec = endpoint.recorded
    assert spec is not None
    factor = {"days": 1.0, "weeks": 7.0, "months": days_per_month, "years": 365.25}[spec.unit]
    absent = [name for name in (spec.time, spec.event) if name not in subjects.columns]
    if absent:
        raise InputError(
            [
                Finding("PRO-0028", "error", f"{endpoint.id} reads the time or event {name}, which isn't in DM", column=name)
                for name in absent
            ]
        )
    time = pl.col(spec.time).cast(pl.Float64, strict=False) * factor
    values = [value.strip().upper() for value in spec.event_values]
    happened = pl.col(spec.event).cast(pl.String).str.to_uppercase().is_in(values)
    known = time.is_not_null() & pl.col(spec.event).is_not_null() & (time >= 0) & time.is_finite()
    lost = subjects.filter(~known.fill_null(value=False))
    findings = [
        Finding(
            "DER-0021",
            "warning",
            f"{endpoint.id}: no usable time or indicator; the patient is left out of it",
            "DM",
            row,
            spec.time,
            value,
            f"a time of 0 {spec.unit} or more, and a value of {spec.event}",
            "correct it",
            subject,
        )
        for row, value, subject in lost.select(ROW, pl.col(spec.time).cast(pl.String), "USUBJID").iter_rows()
    ]
    rows = subjects.filter(known).select(
        "USUBJID",
        pl.lit(endpoint.id).alias("PARAMCD"),
        pl.lit(endpoint.label).alias("PARAM"),
        pl.lit(None, pl.Int32).alias("STARTDT"),
        pl.lit(None, pl.Int32).alias("ADT"),
        time.alias("AVAL"),
        pl.when(happened).then(0).otherwise(1).cast(pl.Int32).alias("CNSR"),
        pl.when(happened).then(pl.lit("Event as recorded")).alias("EVNTDESC"),
        pl.when(~happened).then(pl.lit("Censored as recorded")).alias("CNSDTDSC"),
        pl.lit("DM").alias("SRCDOM"),
        pl.lit(spec.time).alias("SRCVAR"),
        pl.lit(None, pl.Int64).alias("SRCSEQ"),
    )
    return rows, findings


def _responders(frame: pl.DataFrame, endpoint: TimeToEvent, response: Response | None) -> pl.DataFrame:
    """Keep the responders where the endpoint is of them, and start the clock (ORIGDT) where it says; SCHEDDT stays the time origin."""
    if endpoint.patients == "all":
        return frame
    assert response is not None
    name = "CRESPDT" if endpoint.confirmed else "RESPDT"
    frame = frame.join(response.responded.select("USUBJID", pl.col(name).alias("RESPDT")), on="USUBJID", how="inner", maintain_order="left")
    frame = frame.filter(pl.col("RESPDT").is_not_null())
    return frame.with_columns(pl.col("RESPDT").alias("ORIGDT")) if endpoint.start == "first_response" else frame


def _event_dates(
    frame: pl.DataFrame, endpoint: TimeToEvent, records: Records, response: Response | None, assessments: Assessments | None
) -> pl.DataFrame:
    """The date of each event rule: EVDT when it happened, EVSHOW when it is dated to; the earliest EVSHOW first."""
    parts = []
    for order, rule in enumerate(endpoint.events):
        days, domain, variable = _rule_dates(rule, frame, endpoint, records, response)
        days = days.join(frame.select("USUBJID", "SCHEDDT"), on="USUBJID", how="inner").with_columns(pl.col("DT").cast(pl.Int32))
        parts.append(
            days.select(
                "USUBJID",
                pl.col("DT").alias("EVDT"),
                _dated(days, rule, assessments).alias("EVSHOW"),
                pl.lit(rule.label).alias("EVDESC"),
                pl.lit(domain).alias("EVDOM"),
                pl.lit(variable).alias("EVVAR"),
                pl.col("SEQ").cast(pl.Int64).alias("EVSEQ"),
                pl.lit(order).alias("order"),
            )
        )
    return pl.concat(parts).sort("USUBJID", "EVSHOW", "order")


def _dated(days: pl.DataFrame, rule: EventRule, assessments: Assessments | None) -> pl.Series:
    """The day to which each event (DT) is dated: its own, or that of the scheduled visit it belongs to."""
    if getattr(rule, "dated", "scan") == "scan":
        return days["DT"]
    assert assessments is not None
    return days["SCHEDDT"] + scheduled_day(days["DT"] - days["SCHEDDT"], assessments)


def _rule_dates(
    rule: EventRule, frame: pl.DataFrame, endpoint: TimeToEvent, records: Records, response: Response | None
) -> tuple[pl.DataFrame, str, str]:
    """USUBJID, DT, SEQ of one event rule, and the domain and variable that they come from."""
    if rule.rule == "death":
        days = frame.filter(pl.col("DTHDT").is_not_null())
        return days.select("USUBJID", pl.col("DTHDT").alias("DT"), pl.lit(None, pl.Int64).alias("SEQ")), "DM", "DTHDTC"
    origin = frame.select("USUBJID", "ORIGDT")
    if rule.rule == "record":
        days = dates_of(records, rule.source, "DT").join(origin, on="USUBJID", how="inner", maintain_order="left")
        if rule.ignore_first_days:
            days = days.filter(pl.col("DT") - pl.col("ORIGDT") > rule.ignore_first_days)
        by_patient = days.group_by("USUBJID", maintain_order=True)
        picked = by_patient.first() if rule.source.pick == "first" else by_patient.last()
        return picked.select("USUBJID", "DT", pl.col("DTSEQ").alias("SEQ")), rule.source.domain, rule.source.variable
    assert response is not None
    if rule.rule == "new_therapy_start":
        days = response.new_therapy.select("USUBJID", pl.col("NEWTXDT").alias("DT"), pl.col("NEWTXSEQ").alias("SEQ"))
        return days, response.new_therapy_domain, "DT"
    if rule.rule == "response":
        prefix = "CRESP" if endpoint.confirmed else "RESP"
        days = response.responded.select("USUBJID", pl.col(prefix + "DT").alias("DT"), pl.col(prefix + "SEQ").alias("SEQ"))
        return days.drop_nulls("DT"), "ADRS", "ADT"
    if rule.ignore_first_days:
        later = response.overall.filter(pl.col("CLASS") == "PD").join(origin, on="USUBJID", how="inner", maintain_order="left")
        later = later.filter(pl.col("ADT") - pl.col("ORIGDT") > rule.ignore_first_days).group_by("USUBJID", maintain_order=True).first()
        return later.select("USUBJID", pl.col("ADT").alias("DT"), "SEQ"), "ADRS", "ADT"
    return response.progression.select("USUBJID", pl.col("PDDT").alias("DT"), pl.col("PDSEQ").alias("SEQ")), "ADRS", "ADT"


def _until_treatment_stop(frame: pl.DataFrame, days: int, response: Response | None) -> pl.DataFrame:
    """Add STOPDT (end of treatment and the days after it that count), LASTOP and LASTOPSEQ (last adequate assessment until then)."""
    assert response is not None
    frame = frame.with_columns((pl.col("TRTEDT") + days).cast(pl.Int32).alias("STOPDT"))
    rows = response.adequate.join(frame.select("USUBJID", "STOPDT"), on="USUBJID", how="inner", maintain_order="left")
    last = rows.filter(pl.col("ADT") <= pl.col("STOPDT")).group_by("USUBJID", maintain_order=True).last()
    return frame.join(last.select("USUBJID", pl.col("ADT").alias("LASTOP"), pl.col("SEQ").alias("LASTOPSEQ")), on="USUBJID", how="left")


def _last_assessments(frame: pl.DataFrame, endpoint: TimeToEvent, response: Response | None) -> pl.DataFrame:
    """Add the last adequate assessment: of all (LALL), before the event (LAEV), until new therapy (LATX).

    One on the day of a death (or of an event recorded elsewhere) is before it: somebody looked and saw no progression.
    """
    names = ("LALL", "LAEV", "LATX")
    if response is None:
        return frame.with_columns(
            *(pl.lit(None, pl.Int32).alias(name) for name in (*names, "NEWTXDT")),
            *(pl.lit(None, pl.Int64).alias(name + "SEQ") for name in names),
        )
    frame = frame.join(response.new_therapy.select("USUBJID", "NEWTXDT"), on="USUBJID", how="left")
    rows = response.adequate.join(frame.select("USUBJID", "EVDT", "EVDOM", "NEWTXDT"), on="USUBJID", how="left")
    by_assessment = (pl.col("EVDOM") == "ADRS").fill_null(value=False)
    before = pl.when(by_assessment).then(pl.col("ADT") < pl.col("EVDT")).otherwise(pl.col("ADT") <= pl.col("EVDT"))
    too_late = any(rule.rule == "new_therapy" and rule.same_day == "too_late" for rule in endpoint.censoring)
    conditions = (
        pl.lit(value=True),
        before.fill_null(value=True),
        (pl.col("ADT") < pl.col("NEWTXDT") if too_late else pl.col("ADT") <= pl.col("NEWTXDT")).fill_null(value=True),
    )
    for name, condition in zip(names, conditions, strict=True):
        last = last_rows(rows.filter(condition), "USUBJID")
        frame = frame.join(last.select("USUBJID", pl.col("ADT").alias(name), pl.col("SEQ").alias(name + "SEQ")), on="USUBJID", how="left")
    return frame


def _missed(frame: pl.DataFrame, assessments: Assessments) -> pl.Series:
    """Count the scheduled visits after the last adequate assessment before the event whose windows had elapsed by the event.

    Counted from the time origin where nothing adequate came after baseline (clinical rules, section 3.2).
    """
    return missed_between(frame["LAEV"] - frame["SCHEDDT"], frame["EVDT"] - frame["SCHEDDT"], assessments)


def _days_missed(frame: pl.DataFrame, visits: int, assessments: Assessments) -> pl.Series:
    """Days between the last adequate assessment (or the origin) and the event beyond those that may pass: visits × interval + window."""
    last = (frame["LAEV"].fill_null(frame["SCHEDDT"]) - frame["SCHEDDT"]).cast(pl.Int32)
    return (frame["EVDT"] - frame["SCHEDDT"] - last - longest_gap(last, assessments, visits)).fill_null(0)


def _decision(day: pl.Expr, cnsr: int, event: pl.Expr, censor: pl.Expr, domain: pl.Expr, variable: pl.Expr, sequence: pl.Expr) -> pl.Expr:
    return pl.struct(
        day.cast(pl.Int32).alias("ADT"),
        pl.lit(cnsr, pl.Int32).alias("CNSR"),
        event.cast(pl.String).alias("EVNTDESC"),
        censor.cast(pl.String).alias("CNSDTDSC"),
        domain.cast(pl.String).alias("SRCDOM"),
        variable.cast(pl.String).alias("SRCVAR"),
        sequence.cast(pl.Int64).alias("SRCSEQ"),
    )


def _nothing() -> pl.Expr:
    null = pl.lit(None)
    return _decision(null, 1, null, null, null, null, null)


def _event() -> pl.Expr:
    return _decision(pl.col("EVSHOW"), 0, pl.col("EVDESC"), pl.lit(None), pl.col("EVDOM"), pl.col("EVVAR"), pl.col("EVSEQ"))


def _censor(label: str, day: str, domain: str, variable: str, sequence: str | None = None) -> pl.Expr:
    """Censored at a day, or at the time origin where that day is missing."""
    there = pl.col(day).is_not_null()
    source = pl.when(there).then(pl.lit(domain)).otherwise(pl.lit("ADSL"))
    name = pl.when(there).then(pl.lit(variable)).otherwise(pl.lit("ORIGDT"))
    number = pl.when(there).then(pl.col(sequence)) if sequence is not None else pl.lit(None)
    return _decision(pl.coalesce(day, "ORIGDT"), 1, pl.lit(None), pl.lit(label), source, name, number)


def _alive(label: str) -> pl.Expr:
    parts = pl.col("LSTALVSRC").str.split_exact(".", 1)
    return _decision(
        pl.col("LSTALVDT"),
        1,
        pl.lit(None),
        pl.lit(label),
        parts.struct.field("field_0"),
        parts.struct.field("field_1"),
        pl.col("LSTALVSEQ"),
    )


def _place(records: Records, domain: str, variable: str, sequence: int | None, subject: str) -> tuple[str, int | None, str, str | None]:
    """Return domain, row, column and value of the record that a decision rests on, as far as it is in the records."""
    if domain not in records:
        return domain, None, variable, None
    table = records[domain].filter(pl.col("USUBJID") == subject)
    table = table.filter(pl.col(domain + "SEQ") == sequence) if sequence is not None else table
    source = next((name for name in (variable + "C", variable[:-1] + "Y", variable) if name in table.columns), None)
    if table.height == 0 or source is None:
        return domain, None, variable, None
    return domain, table[ROW][0], source, str(table[source][0])


def _finish(rows: pl.DataFrame, endpoint: TimeToEvent, records: Records) -> tuple[pl.DataFrame, list[Finding]]:
    early = rows.filter(pl.col("ADT") < pl.col("ORIGDT"))
    findings = [
        Finding(
            "DER-0020",
            "warning",
            f"{endpoint.id}: the event or last contact lies before the time origin; censored at the origin",
            *_place(records, domain, variable, sequence, subject),
            expected="a date on or after the time origin",
            todo="check the date, and that of the time origin",
            subject=subject,
        )
        for subject, domain, variable, sequence in early.select("USUBJID", "SRCDOM", "SRCVAR", "SRCSEQ").iter_rows()
    ]
    before = pl.col("ADT") < pl.col("ORIGDT")
    rows = rows.with_columns(
        pl.when(before).then(pl.lit(None, pl.String)).otherwise(pl.col("EVNTDESC")).alias("EVNTDESC"),
        pl.when(before).then(pl.lit("Before the time origin")).otherwise(pl.col("CNSDTDSC")).alias("CNSDTDSC"),
        pl.when(before).then(pl.lit(1, pl.Int32)).otherwise(pl.col("CNSR")).alias("CNSR"),
        pl.max_horizontal("ADT", "ORIGDT").alias("ADT"),
    )
    plus = 1 if endpoint.plus_one_day else 0
    rows = rows.with_columns(
        pl.lit(endpoint.id).alias("PARAMCD"),
        pl.lit(endpoint.label).alias("PARAM"),
        pl.col("ORIGDT").alias("STARTDT"),
        (pl.col("ADT") - pl.col("ORIGDT") + plus).cast(pl.Float64).alias("AVAL"),
    )
    return rows.select(list(ADTTE_SCHEMA)), findings
