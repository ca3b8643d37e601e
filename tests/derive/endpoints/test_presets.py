"""Endpoints by preset, rule by rule; each choice of the rules with its alternatives; supplementary variants."""

from __future__ import annotations

from typing import Any, get_args

import polars as pl
import pytest
from pydantic import ValidationError

from topline.study.endpoint_presets import PRESETS
from topline.study.endpoints import PresetName

EVENT, CENSORED = 0, 1
NOTE = {"domain": "DS", "variable": "DSSTDTC", "where": "DSDECOD = 'CLINICAL PROGRESSION'"}


def endpoint(preset: str | None = None, **fields: Any) -> dict[str, Any]:
    named = {"preset": preset} if preset else {}
    return {"id": "E", "type": "time_to_event", "label": "Endpoint", **named, **fields}


def derive(trial: Any, *endpoints: dict[str, Any], parameters: dict[str, Any] | None = None, **changes: Any) -> Any:
    analyses = [{"id": "e", "type": "time_to_event", "population": "ALL", "endpoint": endpoints[0]["id"]}]
    return trial.derive(parameters, endpoints=list(endpoints), analyses=analyses, **changes)


def rules(*censoring: dict[str, Any], events: tuple[str, ...] = ("progression", "death")) -> dict[str, Any]:
    return endpoint(events=[{"rule": name} for name in events], censoring=[*censoring, {"rule": "last_assessment"}])


def test_every_preset_has_its_name_in_the_schema() -> None:
    assert set(get_args(PresetName)) == set(PRESETS)


# --- duration of and time to response, time to progression -------------------------------------------------------------------------------


def test_duration_of_response(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 35), (168, 30), (252, 50))
    trial.patient("P2").sums((-7, 50), (84, 35), (168, 30)).dies(200)
    trial.patient("P3").sums((-7, 50), (84, 35), (168, 30))
    trial.patient("P4").sums((-7, 50), (84, 50))  # never responded
    trial.patient("P5").sums((-7, 50), (84, 50), (168, 35))
    data = derive(trial, endpoint("duration_of_response"))
    assert data.adtte["USUBJID"].to_list() == ["P1", "P2", "P3", "P5"]
    assert time(data, "E", "P1") == (169, EVENT, "Disease progression")  # from day 84 to day 252, both counted
    assert time(data, "E", "P2") == (117, EVENT, "Death")
    assert time(data, "E", "P3")[:2] == (85, CENSORED)
    assert time(data, "E", "P5")[:2] == (1, CENSORED)
    confirmed = derive(trial, endpoint("duration_of_response", confirmed=True))
    assert confirmed.adtte["USUBJID"].to_list() == ["P1", "P2", "P3"]


def test_missed_visits_of_a_response_are_counted_on_the_schedule_from_the_origin(trial: Any, time: Any) -> None:
    trial.patient().sums((-7, 50), (84, 35), (300, 60))
    assert time(derive(trial, endpoint("duration_of_response")), "E")[:2] == (1, CENSORED)


def test_time_to_response(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50), (168, 35), (252, 35))
    trial.patient("P2").sums((-7, 50), (84, 50))
    data = derive(trial, endpoint("time_to_response"))
    assert data.adtte["USUBJID"].to_list() == ["P1"]
    assert time(data, "E", "P1") == (169, EVENT, "Response")


def test_time_to_progression_censors_deaths(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50)).dies(100)
    trial.patient("P2").sums((-7, 50), (84, 60))
    data = derive(trial, endpoint("time_to_progression"))
    assert time(data, "E", "P1")[:2] == (85, CENSORED)
    assert time(data, "E", "P2") == (85, EVENT, "Disease progression")


# --- EFS, DFS, TTNT, real-world PFS ------------------------------------------------------------------------------------------------------


def test_event_free_survival(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50)).new_therapy(90).dies(120)
    trial.patient("P2").sums((-7, 50), (84, 60)).new_therapy(90)
    trial.patient("P3").sums((-7, 50), (84, 50)).add("DS", DSDECOD="CLINICAL PROGRESSION", DSSTDTC="2024-02-10")
    plain, source = derive(trial, endpoint("event_free_survival")), {"failure": NOTE}
    assert time(plain, "E", "P1") == (91, EVENT, "New anticancer therapy")
    assert time(plain, "E", "P2") == (85, EVENT, "Disease progression")
    assert time(plain, "E", "P3")[:2] == (85, CENSORED)
    assert time(derive(trial, endpoint("event_free_survival", sources=source)), "E", "P3") == (41, EVENT, "Treatment failure")


def test_disease_free_survival(trial: Any, time: Any) -> None:
    trial.patient("P1").judged((84, "NON-CR/NON-PD"), (168, "PD")).contact(400)
    trial.patient("P2").judged((84, "NON-CR/NON-PD")).contact(400)
    trial.patient("P3").add("DS", DSDECOD="CLINICAL PROGRESSION", DSSTDTC="2024-02-10")
    data = derive(trial, endpoint("disease_free_survival"))
    assert time(data, "E", "P1") == (169, EVENT, "Recurrence")
    assert time(data, "E", "P2")[:2] == (401, CENSORED)
    assert time(derive(trial, endpoint("disease_free_survival", sources={"recurrence": NOTE})), "E", "P3") == (41, EVENT, "Recurrence")


def test_time_to_next_treatment(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50)).new_therapy(100).dies(200)
    trial.patient("P2").sums((-7, 50)).dies(200)
    trial.patient("P3").sums((-7, 50)).contact(300)
    data = derive(trial, endpoint("time_to_next_treatment"))
    assert [time(data, "E", f"P{n}")[:2] for n in (1, 2, 3)] == [(101, EVENT), (201, EVENT), (301, CENSORED)]
    assert data.adtte.row(0, named=True)["SRCDOM"] == "CM"


def test_real_world_progression(trial: Any, time: Any) -> None:
    def told(subject: str, *days: str) -> None:
        patient = trial.patient(subject).contact(300)
        for day in days:
            patient.add("DS", DSDECOD="CLINICAL PROGRESSION", DSSTDTC=day)

    told("P1", "2024-01-15", "2024-04-10")  # day 14 still belongs to the line before
    told("P2", "2024-01-16")
    told("P3")
    sources = {"progression": NOTE, "last_note": {"domain": "SS", "variable": "SSDTC", "pick": "last"}}
    data = derive(trial, endpoint("real_world_pfs", sources=sources))
    assert [time(data, "E", f"P{n}")[:2] for n in (1, 2, 3)] == [(101, EVENT), (16, EVENT), (301, CENSORED)]
    assert time(data, "E", "P3")[2] == "Last clinic note"


def test_a_preset_says_which_date_it_needs() -> None:
    from topline.study.endpoints import TimeToEvent

    with pytest.raises(ValidationError, match="real_world_pfs needs the date source 'progression'"):
        TimeToEvent.model_validate(endpoint("real_world_pfs"))
    with pytest.raises(ValidationError, match="say 'patients: responders'"):
        TimeToEvent.model_validate(endpoint("pfs_fda_a", start="first_response"))


# --- FDA tables --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "shown"),
    [(60, 84), (70, 84), (84, 84), (98, 84), (99, 168), (168, 168)],  # visits every 84 days, within 14
)
def test_table_b_dates_progression_to_the_scheduled_visit(trial: Any, time: Any, day: int, shown: int) -> None:
    trial.patient().sums((-7, 50), (day, 60))
    assert time(derive(trial, endpoint("pfs_fda_a")), "E")[:2] == (day + 1, EVENT)
    assert time(derive(trial, endpoint("pfs_fda_b")), "E") == (shown + 1, EVENT, "Disease progression")


def test_table_b_judges_missed_visits_by_the_true_date(trial: Any, time: Any) -> None:
    trial.patient("P1").sums((-7, 50), (84, 50), (266, 60))  # only day 168 was missed
    trial.patient("P2").sums((-7, 50), (84, 50), (267, 60))
    data = derive(trial, endpoint("pfs_fda_b"))
    assert time(data, "E", "P1")[:2] == (253, EVENT)
    assert time(data, "E", "P2")[:2] == (85, CENSORED)


def test_table_c_counts_clinical_progression(trial: Any, time: Any) -> None:
    trial.patient().sums((-7, 50), (84, 50)).add("DS", DSDECOD="CLINICAL PROGRESSION", DSSTDTC="2024-04-10")  # day 100
    sources = {"clinical_progression": NOTE}
    assert time(derive(trial, endpoint("pfs_fda_b")), "E")[:2] == (85, CENSORED)
    assert time(derive(trial, endpoint("pfs_fda_c", sources=sources)), "E") == (169, EVENT, "Clinical progression")


# --- each choice of a rule, with its alternatives ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("death", "expected"), [("censored", (1, CENSORED)), ("event", (31, EVENT))])
def test_death_without_a_baseline(trial: Any, time: Any, death: str, expected: Any) -> None:
    trial.patient().lesion("T1").scan(84, T1=None).dies(30)
    assert time(derive(trial, rules({"rule": "no_baseline", "death": death})), "E")[:2] == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, (85, CENSORED)),
        ({"counted": "days"}, (85, CENSORED)),  # 84 + 2 × 84 + 14 = 266
        ({"visits": 3}, (268, EVENT)),
        ({"counted": "days", "visits": 3}, (268, EVENT)),
    ],
)
def test_missed_visits_by_visits_or_days(trial: Any, time: Any, rule: Any, expected: Any) -> None:
    trial.patient().sums((-7, 50), (84, 50), (267, 60))
    assert time(derive(trial, rules({"rule": "missed_visits", **rule})), "E")[:2] == expected


def test_by_days_the_gap_moves_with_the_last_scan(trial: Any, time: Any) -> None:
    trial.patient().sums((-7, 50), (70, 50), (253, 60))  # 183 days: more than 2 × 84 + 14; by visits one was missed, the next is open
    assert time(derive(trial, rules({"rule": "missed_visits"})), "E")[:2] == (254, EVENT)
    assert time(derive(trial, rules({"rule": "missed_visits", "counted": "days"})), "E")[:2] == (71, CENSORED)


@pytest.mark.parametrize(("from_start", "expected"), [(True, (1, CENSORED)), (False, (201, EVENT))])
def test_missed_visits_from_the_start(trial: Any, time: Any, from_start: bool, expected: Any) -> None:
    trial.patient().sums((-7, 50)).dies(200)
    assert time(derive(trial, rules({"rule": "missed_visits", "from_start": from_start})), "E")[:2] == expected


@pytest.mark.parametrize(("same_day", "expected"), [("counts", (169, EVENT)), ("too_late", (85, CENSORED))])
def test_progression_on_the_first_day_of_new_therapy(trial: Any, time: Any, same_day: str, expected: Any) -> None:
    trial.patient().sums((-7, 50), (84, 50), (168, 60)).new_therapy(168)
    assert time(derive(trial, rules({"rule": "new_therapy", "same_day": same_day})), "E")[:2] == expected


@pytest.mark.parametrize(("adequate", "expected"), [("evaluable", 85), ("any_scan", 169)])
def test_what_is_an_adequate_assessment(trial: Any, time: Any, adequate: str, expected: int) -> None:
    trial.patient().scan(-7, T1=30, T2=20).scan(84, T1=30, T2=20).scan(168, T1=30, T2=None).scan(252, T1=None, T2=None)
    assert time(derive(trial, rules(), parameters={"adequate_assessment": adequate}), "E")[:2] == (expected, CENSORED)


@pytest.mark.parametrize(("days", "expected"), [(0, (1, CENSORED)), (84, (85, CENSORED)), (168, (169, EVENT))])
def test_while_on_treatment(trial: Any, time: Any, days: int, expected: Any) -> None:
    trial.patient().sums((-7, 50), (84, 50), (168, 60))  # one dose, on day 0
    assert time(derive(trial, rules({"rule": "treatment_stop", "days": days})), "E")[:2] == expected


@pytest.mark.parametrize(("plus", "expected"), [(True, 85), (False, 84)])
def test_day_one(trial: Any, time: Any, plus: bool, expected: int) -> None:
    trial.patient().sums((-7, 50), (84, 60))
    assert time(derive(trial, endpoint("pfs_fda_a", plus_one_day=plus)), "E")[0] == expected


# --- rates -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        (((84, 35),), "Y"),
        (((84, 50),), "N"),
        (((84, 50), (167, 50)), "N"),
        (((84, 50), (168, 50)), "Y"),
        (((84, 50), (168, 60)), "N"),
        (((84, 60),), "N"),
    ],
)
def test_clinical_benefit_needs_24_weeks(trial: Any, best: Any, course: Any, expected: str) -> None:
    trial.patient().sums((-7, 50), *course)
    rate = {"id": "CBR", "type": "response_rate", "label": "Clinical benefit", "preset": "clinical_benefit"}
    data = trial.derive(endpoints=[rate], analyses=[{"id": "r", "type": "response", "population": "ALL", "endpoints": ["CBR"]}])
    assert best(data, "CBR") == expected


# --- supplementary variants --------------------------------------------------------------------------------------------------------------

ESTIMAND = {
    "treatment": "Drug",
    "population": "ALL",
    "variable": "Time to progression or death",
    "intercurrent_events": [{"event": "new_therapy", "strategy": "hypothetical"}],
    "summary": "Median",
}


def test_supplementary_variants_need_only_their_names(trial: Any, time: Any) -> None:
    trial.patient().sums((-7, 50), (84, 50), (180, 60)).new_therapy(100)
    own = {"preset": "pfs_new_therapy_event", "id": "PFSX", "label": "Other"}
    named = ["pfs_treatment_policy", "pfs_fda_b", "pfs_missed_visits_ignored", own]
    pfs = endpoint("pfs_fda_a", supplementary=named, estimand=ESTIMAND) | {"id": "PFS", "label": "PFS"}
    protocol = trial.protocol(endpoints=[pfs], analyses=[{"id": "pfs", "type": "time_to_event", "population": "ALL", "endpoint": "PFS"}])
    assert [item.id for item in protocol.endpoints] == ["PFS", "PFSEMA", "PFSFDAB", "PFSMV", "PFSX"]
    assert [item.id for item in protocol.analyses] == ["pfs", "pfs_pfsema", "pfs_pfsfdab", "pfs_pfsmv", "pfs_pfsx"]
    assert protocol.endpoints[0].estimand is not None
    assert protocol.endpoints[0].estimand.supplementary == ("PFSEMA", "PFSFDAB", "PFSMV", "PFSX")
    assert protocol.endpoints[1].estimand_id == "PFS-pfs_treatment_policy"
    data = derive(trial, pfs)
    assert time(data, "PFS")[:2] == (85, CENSORED)
    assert time(data, "PFSEMA")[:2] == (181, EVENT)
    assert time(data, "PFSX") == (101, EVENT, "New anticancer therapy")
    assert data.adtte.filter(pl.col("PARAMCD") == "PFSEMA")["PARAM"].to_list() == ["PFS, treatment policy"]


def test_an_unknown_supplementary_preset_is_refused(trial: Any) -> None:
    trial.patient().sums((-7, 50))
    with pytest.raises(ValidationError, match="supplementary"):
        derive(trial, endpoint("pfs_fda_a", supplementary=["pfs_fda_z"]))
