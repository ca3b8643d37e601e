"""Time to event: each row of the FDA's table A, the estimand alternatives, OS, origins and recorded times (clinical rules 3, 10)."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from topline.study.problems import InputError

EVENT, CENSORED = 0, 1
PD, DEATH = "Disease progression", "Death"
NO_BASELINE, THERAPY, MISSED, LAST = (
    "No baseline assessment",
    "New anticancer therapy",
    "Missed visits before the event",
    "No event by the last adequate assessment",
)
GAPS = {"schedule": {"assessments": {"stages": [{"every_weeks": 8, "until_week": 24}, {"every_weeks": 12}], "window_days": 7}}}
"""Days 56, 112, 168, then 252, 336 …; windows of 7 days."""


# --- FDA, table A -------------------------------------------------------------------------------------------------------------------


def test_progression_is_the_event(trial: Any, time: Any) -> None:
    trial.patient().sums((-7, 50), (84, 50), (168, 61))
    assert time(trial.derive()) == (169, EVENT, PD)


def test_progression_between_scheduled_visits_is_dated_to_its_scan(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50)).lesion("L1", 110)
    trial.patient("P2").sums((-7, 50), (84, 50)).scan(110, T1=61)
    data = trial.derive()
    assert [time(data, subject=s) for s in ("P1", "P2")] == [(111, EVENT, PD)] * 2


def test_no_baseline_assessment_is_censored_at_day_1(trial: Any, time: Any) -> None:
    trial.patient("P1").lesion("T1").sums((84, 50), (168, 61))
    trial.patient("P2").lesion("T1").dies(30)
    trial.patient("P3").scan(-7, T1=None).scan(84, T1=50)  # a baseline that was not done is none
    trial.patient("P4").scan(0, N1="PRESENT").scan(84, N1="UNEQUIVOCAL PROGRESSION")  # on the day of the first dose: there is one
    data = trial.derive()
    assert [time(data, subject=s) for s in ("P1", "P2", "P3")] == [(1, CENSORED, NO_BASELINE)] * 3
    assert time(data, subject="P4") == (85, EVENT, PD)


def test_death_without_a_baseline_may_count(trial: Any, time: Any) -> None:
    """The alternative: a protocol without the rule of the missing baseline."""
    trial.patient().lesion("T1").scan(84, T1=None).dies(30)
    rules = [{"rule": "missed_visits", "visits": 2}, {"rule": "last_assessment"}]
    events = [{"rule": "progression"}, {"rule": "death"}]
    endpoint = {"id": "PFS", "type": "time_to_event", "label": "PFS", "events": events, "censoring": rules}
    data = trial.derive(endpoints=[endpoint], analyses=[{"id": "a", "type": "time_to_event", "population": "ALL", "endpoint": "PFS"}])
    assert time(data) == (31, EVENT, DEATH)


@pytest.mark.parametrize("reason", ["PROGRESSIVE DISEASE", "ADVERSE EVENT", "WITHDRAWAL BY SUBJECT"])
def test_no_documented_progression_is_censored_at_the_last_adequate_assessment(trial: Any, time: Any, reason: str) -> None:
    """Also where treatment stopped for undocumented progression, for toxicity or another reason."""
    patient = trial.patient().scan(-7, T1=30, T2=20).scan(84, T1=30, T2=20).scan(168, T1=30, T2=None).contact(400)
    patient.add("DS", DSDECOD=reason, DSCAT="DISPOSITION EVENT", DSSTDTC="2024-07-20")
    assert time(trial.derive()) == (85, CENSORED, LAST)  # day 168 was not evaluable


def test_never_assessed_after_baseline_is_censored_at_day_1(trial: Any, time: Any) -> None:
    trial.patient().scan(-7, T1=50).contact(400)
    assert time(trial.derive()) == (1, CENSORED, LAST)


def test_new_therapy_before_progression_is_censored_at_the_last_adequate_assessment_before_it(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50), (168, 61)).new_therapy(100)
    trial.patient("P2").sums((-7, 50), (84, 50), (168, 50)).new_therapy(100)  # without progression too
    trial.patient("P3").sums((-7, 50), (84, 50)).new_therapy(30)  # no assessment before it
    trial.patient("P4").sums((-7, 50), (84, 50), (168, 61)).new_therapy(84)  # the scan on its first day counts
    trial.patient("P5").sums((-7, 50), (84, 50)).new_therapy(100).dies(120)
    data = trial.derive()
    found = [time(data, subject=f"P{n}") for n in range(1, 6)]
    assert found == [
        (85, CENSORED, THERAPY),
        (85, CENSORED, THERAPY),
        (1, CENSORED, THERAPY),
        (85, CENSORED, THERAPY),
        (85, CENSORED, THERAPY),
    ]


def test_new_therapy_on_or_after_the_day_of_progression_doesnt_censor(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50), (168, 61)).new_therapy(168)
    trial.patient("P2").sums((-7, 50), (84, 50), (168, 61)).new_therapy(169)
    trial.patient("P3").sums((-7, 50), (84, 50)).new_therapy(120).dies(120)
    data = trial.derive()
    assert [time(data, subject=s) for s in ("P1", "P2")] == [(169, EVENT, PD)] * 2
    assert time(data, subject="P3") == (121, EVENT, DEATH)


def test_death_is_an_event_before_the_first_and_between_adequate_assessments(trial: Any, time: Any) -> None:
    trial.patient("P1").scan(-7, T1=50).dies(60)
    trial.patient("P2").sums((-7, 50), (84, 50)).dies(120)
    data = trial.derive()
    assert [time(data, subject=s) for s in ("P1", "P2")] == [(61, EVENT, DEATH), (121, EVENT, DEATH)]


def test_progression_comes_before_death_on_the_same_day(trial: Any, time: Any) -> None:
    trial.patient().sums((-7, 50), (84, 61)).dies(84)
    assert time(trial.derive()) == (85, EVENT, PD)


@pytest.mark.parametrize(
    ("death", "expected"),
    [
        (182, (183, EVENT, DEATH)),  # the windows of days 84 (to 98) and 168 (to 182): the second hasn't elapsed
        (183, (1, CENSORED, MISSED)),
        (98, (99, EVENT, DEATH)),
        (99, (100, EVENT, DEATH)),  # one missed visit is allowed
    ],
)
def test_death_without_any_scan_after_baseline(trial: Any, time: Any, death: int, expected: tuple[int, int, str]) -> None:
    trial.patient().scan(-7, T1=50).dies(death)
    assert time(trial.derive()) == expected


@pytest.mark.parametrize(
    ("last", "event", "expected"),
    [
        (84, 266, (267, EVENT, PD)),  # visits of days 168 (to 182) and 252 (to 266): the second window is still open
        (84, 267, (85, CENSORED, MISSED)),
        (98, 267, (99, CENSORED, MISSED)),  # at the end of its window
        (70, 267, (71, CENSORED, MISSED)),  # at its beginning
        (69, 267, (70, CENSORED, MISSED)),  # before its window: three missed
        (69, 183, (70, CENSORED, MISSED)),  # before its window: that visit was missed too
        (70, 183, (184, EVENT, PD)),
        (154, 267, (268, EVENT, PD)),  # within the window of day 168: only day 252 was missed
        (153, 267, (154, CENSORED, MISSED)),
    ],
)
def test_two_missed_visits_are_counted_with_their_windows(trial: Any, time: Any, last: int, event: int, expected: Any) -> None:
    trial.patient().sums((-7, 50), (last, 50), (event, 61))
    assert time(trial.derive()) == expected


@pytest.mark.parametrize(
    ("last", "event", "expected"),
    [
        (56, 175, (176, EVENT, PD)),  # days 112 and 168 (to 175)
        (56, 176, (57, CENSORED, MISSED)),
        (168, 343, (344, EVENT, PD)),  # days 252 and 336 (to 343): the schedule has lengthened
        (168, 344, (169, CENSORED, MISSED)),
        (112, 259, (260, EVENT, PD)),  # one visit on either side of the change
        (112, 260, (113, CENSORED, MISSED)),
    ],
)
def test_missed_visits_of_a_schedule_that_lengthens(trial: Any, time: Any, last: int, event: int, expected: Any) -> None:
    trial.patient().sums((-7, 50), (last, 50), (event, 61))
    assert time(trial.derive(**GAPS)) == expected


def test_an_assessment_that_is_not_evaluable_doesnt_end_a_gap(trial: Any, time: Any) -> None:
    trial.patient("P1").scan(-7, T1=30, T2=20).scan(84, T1=30, T2=20).scan(168, T1=30, T2=None).scan(300, T1=70, T2=20)
    trial.patient("P2").scan(-7, T1=30, T2=20).scan(84, T1=30, T2=20).scan(168, T1=30, T2=20).scan(300, T1=70, T2=20)
    data = trial.derive()
    assert time(data, subject="P1") == (85, CENSORED, MISSED)
    assert time(data, subject="P2") == (301, EVENT, PD)


def test_an_adequate_assessment_on_the_day_of_death_ends_a_gap(trial: Any, time: Any) -> None:
    trial.patient().sums((-7, 50), (84, 50), (300, 50)).dies(300)
    assert time(trial.derive()) == (301, EVENT, DEATH)


def test_how_many_missed_visits_is_a_parameter(trial: Any, time: Any) -> None:
    trial.patient().sums((-7, 50), (84, 50), (300, 61))
    rules = [{"rule": "no_baseline"}, {"rule": "missed_visits", "visits": 3}, {"rule": "last_assessment"}]
    endpoint = {"id": "PFS", "type": "time_to_event", "label": "PFS", "events": [{"rule": "progression"}], "censoring": rules}
    data = trial.derive(endpoints=[endpoint], analyses=[{"id": "a", "type": "time_to_event", "population": "ALL", "endpoint": "PFS"}])
    assert time(data) == (301, EVENT, PD)


# --- treatment policy ---------------------------------------------------------------------------------------------------------------


def test_treatment_policy_ignores_new_therapy_and_missed_visits(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50), (168, 61)).new_therapy(100)
    trial.patient("P2").sums((-7, 50), (84, 50), (400, 61))
    trial.patient("P3").lesion("T1").scan(84, T1=None).dies(30)  # without a baseline
    trial.patient("P4").sums((-7, 50), (84, 50), (168, 50)).new_therapy(100)
    data = trial.derive()
    found = [time(data, "PFSEMA", f"P{n}") for n in range(1, 5)]
    assert found == [(169, EVENT, PD), (401, EVENT, PD), (31, EVENT, DEATH), (169, CENSORED, LAST)]


# --- cut-off ------------------------------------------------------------------------------------------------------------------------


def test_what_happened_after_the_cutoff_has_not_happened_yet(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50), (168, 61)).dies(200)
    data = trial.derive(study={"cutoff": "2024-06-16"})  # day 167
    assert time(data) == (85, CENSORED, LAST)
    assert time(data, "OS") == (168, CENSORED, "Alive at last contact")
    later = trial.derive(study={"cutoff": "2024-06-17"})  # day 168
    assert time(later) == (169, EVENT, PD)
    assert time(later, "OS") == (169, CENSORED, "Alive at last contact")


# --- overall survival ---------------------------------------------------------------------------------------------------------------


def test_overall_survival(trial: Any, time: Any) -> None:
    trial.patient("P1").dies(100)
    trial.patient("P2").contact(300).contact(100)
    trial.patient("P3").contact(100).contact(300, "DEAD")  # a status of death is no contact with a living patient
    trial.patient("P4").event(350)  # any dated record is a sign of life
    trial.patient("P5")
    data = trial.derive()
    found = [time(data, "OS", f"P{n}") for n in range(1, 6)]
    assert found == [(101, EVENT, DEATH)] + [(day, CENSORED, "Alive at last contact") for day in (301, 101, 351, 1)]


def test_a_contact_or_a_death_after_the_cutoff_shows_that_the_patient_was_alive_at_it(trial: Any, time: Any) -> None:
    trial.patient("P1").contact(50).contact(300)
    trial.patient("P2").contact(50).dies(300)
    trial.patient("P3").contact(50)
    data = trial.derive(study={"cutoff": "2024-04-10"})  # day 100
    assert [time(data, "OS", s)[:2] for s in ("P1", "P2", "P3")] == [(101, CENSORED), (101, CENSORED), (51, CENSORED)]


def test_death_on_the_cutoff_counts(trial: Any, time: Any) -> None:
    trial.patient().dies(100)
    assert time(trial.derive(study={"cutoff": "2024-04-10"}), "OS") == (101, EVENT, DEATH)


# --- origin and clock ---------------------------------------------------------------------------------------------------------------


def test_a_patient_without_an_origin_has_no_time(trial: Any) -> None:
    trial.patient("P1").scan(-7, T1=50)
    trial.patient("P2", treated=False).scan(-7, T1=50).contact(100)
    data = trial.derive()
    assert data.adtte["USUBJID"].unique().to_list() == ["P1"]
    assert data.adsl.height == 2


def test_the_origin_may_be_another_date(trial: Any, time: Any) -> None:
    trial.patient(RANDDTC="2023-12-22").scan(-20, T1=50).scan(84, T1=61)
    origin = {"time_origin": {"domain": "DM", "variable": "RANDDTC"}}
    assert time(trial.derive(study=origin)) == (95, EVENT, PD)


def test_days_may_be_counted_without_the_first(trial: Any, time: Any) -> None:
    trial.patient().sums((-7, 50), (84, 61))
    endpoint = {"id": "PFS", "type": "time_to_event", "label": "PFS", "preset": "pfs_fda_a", "plus_one_day": False}
    data = trial.derive(endpoints=[endpoint], analyses=[{"id": "a", "type": "time_to_event", "population": "ALL", "endpoint": "PFS"}])
    assert time(data) == (84, EVENT, PD)


def test_a_death_before_the_origin_is_censored_at_it_and_reported(trial: Any, time: Any) -> None:
    trial.patient().dies(-3)
    data = trial.derive()
    assert time(data, "OS")[:2] == (1, CENSORED)
    assert [f.code for f in data.findings if f.subject == "P1" and f.code == "DER-0020"]


def test_study_days_instead_of_dates(tmp_path: Any, trial: Any, time: Any) -> None:
    """Day 1 is the day of the first dose and there is no day 0: day -7 to day 85 is the same as in dates."""
    trial.rows["DM"].append({"USUBJID": "P1"})
    trial.rows["EX"] = [{"USUBJID": "P1", "EXTRT": "DRUG", "EXDOSE": 1, "EXSTDY": 1}]
    trial.rows["TU"] = [{"USUBJID": "P1", "TULNKID": "T1", "TUORRES": "TARGET"}]
    trial.rows["TR"] = [
        {"USUBJID": "P1", "TRLNKID": "T1", "TRTESTCD": "LDIAM", "TRORRES": size, "TRDY": day}
        for day, size in ((-1, 50), (85, 50), (169, 61))
    ]
    data = trial.derive(records={"timing": "study_days"})
    assert time(data) == (169, EVENT, PD)


# --- provenance ---------------------------------------------------------------------------------------------------------------------


def test_each_time_names_where_it_comes_from(trial: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50), (168, 61)).contact(200)
    trial.patient("P2").sums((-7, 50), (84, 50)).dies(100)
    trial.patient("P3").scan(-7, T1=50).contact(200)
    rows = trial.derive().adtte.select("PARAMCD", "USUBJID", "SRCDOM", "SRCVAR", "SRCSEQ").rows()
    found = {(code, subject): source for code, subject, *source in rows}
    assert found["PFS", "P1"] == ["ADRS", "ADT", 2]
    assert found["PFS", "P2"] == ["DM", "DTHDTC", None]
    assert found["PFS", "P3"] == ["ADSL", "ORIGDT", None]
    assert found["OS", "P1"] == ["SS", "SSDT", 1]
    assert found["OS", "P2"] == ["DM", "DTHDTC", None]


# --- recorded dates and times ---------------------------------------------------------------------------------------------------------


def test_dates_of_a_sheet_with_one_row_a_patient(trial: Any, time: Any) -> None:
    """An event and a last follow-up that somebody wrote down, without lesions or responses."""
    trial.patient("P1", PROGDTC="2024-03-01", LASTDTC="2024-12-31")
    trial.patient("P2", PROGDTC="", LASTDTC="2024-12-31")
    trial.patient("P3", PROGDTC="2024-09-01", LASTDTC="2024-12-31").dies(100)
    trial.patient("P4", PROGDTC="", LASTDTC="")
    endpoint = {
        "id": "PFS",
        "type": "time_to_event",
        "label": "PFS",
        "events": [
            {"rule": "record", "source": {"domain": "DM", "variable": "PROGDTC"}, "label": "Progression as recorded"},
            {"rule": "death"},
        ],
        "censoring": [{"rule": "record", "source": {"domain": "DM", "variable": "LASTDTC"}, "label": "Last follow-up"}],
    }
    data = trial.derive(endpoints=[endpoint], analyses=[{"id": "a", "type": "time_to_event", "population": "ALL", "endpoint": "PFS"}])
    assert [time(data, subject=f"P{n}") for n in range(1, 5)] == [
        (61, EVENT, "Progression as recorded"),
        (366, CENSORED, "Last follow-up"),
        (101, EVENT, DEATH),
        (1, CENSORED, "No follow-up after the time origin"),
    ]


@pytest.mark.parametrize(("unit", "factor"), [("days", 1), ("weeks", 7), ("months", 30.4375), ("years", 365.25)])
def test_recorded_times(trial: Any, unit: str, factor: float) -> None:
    for subject, value, status in (("P1", 10, "1"), ("P2", 2.5, "0"), ("P3", "", "1"), ("P4", 5, ""), ("P5", -1, "1"), ("P6", 0, "2")):
        trial.patient(subject, MONTHS=value, STATUS=status)
    recorded = {"time": "MONTHS", "unit": unit, "event": "STATUS", "event_values": [1]}
    endpoint = {"id": "OS", "type": "time_to_event", "label": "OS", "recorded": recorded}
    data = trial.derive(endpoints=[endpoint])
    assert data.adtte.select("USUBJID", "AVAL", "CNSR").rows() == [("P1", 10 * factor, 0), ("P2", 2.5 * factor, 1), ("P6", 0, 1)]
    assert data.adtte.select("STARTDT", "ADT").null_count().row(0) == (3, 3)  # no date is invented
    assert sorted(f.subject for f in data.findings if f.code == "DER-0021") == ["P3", "P4", "P5"]


def test_a_date_that_the_records_dont_have_is_refused(trial: Any) -> None:
    trial.patient()
    with pytest.raises(InputError, match="isn't in the records"):
        trial.derive(study={"time_origin": {"domain": "DM", "variable": "RANDDTC"}})


def test_enrolment_window(trial: Any) -> None:
    trial.patient("P1")
    trial.patient("P2", treated=False).dose(31)
    data = trial.derive(study={"enrolment": {"end": "2024-01-31"}})
    assert data.adsl["USUBJID"].to_list() == ["P1"]
    assert trial.derive(study={"enrolment": {"end": "2024-02-01"}}).adsl.height == 2
    assert data.adsl.filter(pl.col("USUBJID") == "P2").is_empty()
