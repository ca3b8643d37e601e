"""One patient's story: it says what ADTTE says, names the rule that decided and the records behind it, and keeps to its width."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.derive.conftest import Trial

import topline
from topline.execute.local import Workings, derive_with_workings
from topline.records.load import Records, load_records
from topline.report.story import Story, tell_story
from topline.report.story.patient import number, signed
from topline.report.story.text import WIDTH, _columns, _wrap
from topline.report.words import with_unit
from topline.study.protocol import Protocol

EXAMPLES = Path(__file__).parents[2] / "examples"


class Told:
    """A study with its records, its whole derivation, and stories told from each patient's own records."""

    def __init__(self, folder: Path) -> None:
        study = topline.load_study(folder)
        self.protocol: Protocol = study.protocol
        self.records: Records = load_records(study.protocol, folder)
        self.whole: Workings = derive_with_workings(study.protocol, self.records)
        self.stories: dict[str, Story] = {}

    def subjects(self) -> list[str]:
        return self.records["DM"]["USUBJID"].to_list()

    def __getitem__(self, subject: str) -> Story:
        if subject not in self.stories:
            own = self.records.replace({name: table.filter(pl.col("USUBJID") == subject) for name, table in self.records.tables.items()})
            self.stories[subject] = tell_story(self.protocol, own, derive_with_workings(self.protocol, own), subject)
        return self.stories[subject]

    def adtte(self, subject: str) -> dict[str, tuple[float, int, str]]:
        rows = self.whole.datasets.adtte.filter(pl.col("USUBJID") == subject)
        return {row["PARAMCD"]: (row["AVAL"], row["CNSR"], row["EVNTDESC"] or row["CNSDTDSC"]) for row in rows.iter_rows(named=True)}


@pytest.fixture(scope="module")
def dtc() -> Told:
    return Told(EXAMPLES / "dtc-phase2")


@pytest.fixture(scope="module")
def npc() -> Told:
    return Told(EXAMPLES / "npc-cohort")


def one(story: Story, endpoint: str) -> Any:
    return next(item for item in story.outcomes if item.endpoint == endpoint)


def decided(story: Story, endpoint: str) -> Any:
    rules = [rule for rule in one(story, endpoint).rules if rule.status == "decided"]
    assert len(rules) == 1, "one rule decides"
    return rules[0]


def flat(story: Story) -> str:
    """The text without line breaks, as a reader reads it."""
    return " ".join(str(story).split())


def check_against_adtte(told: Told, subject: str) -> None:
    story, rows = told[subject], told.adtte(subject)
    assert {item.endpoint for item in story.outcomes if item.cnsr is not None} == set(rows)
    for endpoint, (aval, cnsr, reason) in rows.items():
        outcome = one(story, endpoint)
        assert (outcome.aval, outcome.cnsr, outcome.reason) == (aval, cnsr, reason)
        rule = decided(story, endpoint)
        assert rule.label == ("Event" if cnsr == 0 else reason)
        how = "Event (CNSR 0)" if cnsr == 0 else f"Censored (CNSR {cnsr})"
        assert outcome.line.startswith(how)
        assert f": {aval:g} day" in outcome.line
        assert outcome.line.endswith(reason)
        assert f"= {outcome.line}" in flat(story)


def test_every_story_of_the_trial_ends_as_adtte(dtc: Told) -> None:
    treated = dtc.whole.datasets.adsl.filter(pl.col("EFFFL") == "Y")["USUBJID"].to_list()
    assert len(treated) == 20
    for subject in treated:
        check_against_adtte(dtc, subject)


def test_stories_of_the_cohort_end_as_adtte(npc: Told) -> None:
    rows = npc.whole.datasets.adtte.with_columns(pl.coalesce("EVNTDESC", "CNSDTDSC").alias("reason"))
    few = rows.sort("USUBJID").group_by("PARAMCD", "reason", maintain_order=True).head(2)
    for subject in sorted(set(few["USUBJID"])):
        check_against_adtte(npc, subject)


@pytest.mark.slow
def test_every_story_of_the_cohort_ends_as_adtte(npc: Told) -> None:
    for subject in npc.whole.datasets.adsl["USUBJID"]:
        check_against_adtte(npc, subject)


def test_no_line_is_wider_than_the_page(dtc: Told, npc: Told) -> None:
    for told in (dtc, npc):
        for subject in told.subjects()[:20]:
            assert max(map(_columns, str(told[subject]).splitlines())) <= WIDTH, subject


# --- the right rule, for each way of ending --------------------------------------------------------------------------------------


def test_missed_visits_are_listed_with_their_windows(dtc: Told) -> None:
    story = dtc["DTC-005"]
    assert decided(story, "PFS").label == "Missed visits before the event"
    assert "2 scheduled visits missed" in decided(story, "PFS").why
    missed = one(story, "PFS").missed
    assert [line.split(" (")[0] for line in missed] == ["planned 2024-01-03", "planned 2024-03-27"]
    assert "window 2023-12-20 to 2024-01-17" in missed[0]
    assert one(story, "PFSEMA").reason == "Disease progression"


def test_listed_missed_visits_are_those_that_were_counted(dtc: Told, npc: Told) -> None:
    for told in (dtc, npc):
        for subject in told.subjects()[:24]:
            for outcome in told[subject].outcomes:
                for rule in outcome.rules:
                    if "missed between" in rule.why:
                        assert rule.why.startswith(f"{len(outcome.missed) or 'no'} scheduled visit")


def test_new_therapy_is_named_with_its_record(dtc: Told) -> None:
    story = dtc["DTC-010"]
    assert decided(story, "PFS").label == "New anticancer therapy"
    assert "began 2024-04-04" in decided(story, "PFS").why
    therapy = next(item for item in one(story, "PFS").candidates if item.what == "New anticancer therapy")
    assert therapy.note.startswith("Donafenib")
    assert therapy.place.file == "records/cm.csv"


def test_an_event_names_its_visit_and_every_record(dtc: Told) -> None:
    outcome = one(dtc["DTC-006"], "PFS")
    assert decided(dtc["DTC-006"], "PFS").label == "Event"
    assert outcome.source.endswith("visit 11, PD by a new lesion")
    assert [place.file for place in outcome.places] == ["records/tr.csv", "records/tu.csv"]


def test_no_event_ends_at_the_last_adequate_assessment(dtc: Told) -> None:
    rule = decided(dtc["DTC-003"], "PFS")
    assert rule.label == "No event by the last adequate assessment"
    assert dtc["DTC-003"].outcomes[0].adt.date in rule.why


def test_survival_ends_at_the_last_contact_or_with_death(npc: Told) -> None:
    dead = npc["NPC-021"]
    assert decided(dead, "OS").label == "Event"
    assert one(dead, "OS").places[0].file == "records/dm.csv"
    alive = npc.whole.datasets.adtte.filter((pl.col("PARAMCD") == "OS") & (pl.col("CNSR") == 1))["USUBJID"][0]
    assert decided(npc[alive], "OS").label == "Alive at last contact"


def test_no_baseline_ends_at_the_origin(dtc: Told) -> None:
    own = {name: table.filter(pl.col("USUBJID") == "DTC-006") for name, table in dtc.records.tables.items()}
    own["TR"] = own["TR"].filter(pl.col("VISITNUM") > 1)
    records = dtc.records.replace(own)
    workings = derive_with_workings(dtc.protocol, records)
    story = tell_story(dtc.protocol, records, workings, "DTC-006", "PFS")
    assert decided(story, "PFS").label == "No baseline assessment"
    assert one(story, "PFS").line == "Censored (CNSR 1) on 2023-03-07 (day 1): 1 day, 0.0 months. No baseline assessment"
    assert one(story, "PFS").source.endswith("the time origin")
    assert one(story, "PFS").places == (story.origin.place,)


def test_a_change_from_nadir_needs_something_measured(dtc: Told) -> None:
    rows = dtc.whole.datasets.adtr
    assert rows is not None
    own = rows.filter((pl.col("USUBJID") == "DTC-005") & (pl.col("AVISITN") == 11) & (pl.col("PARAMCD") == "SDIAM"))
    assert own["CHGNAD"].to_list() == own["PCHGNAD"].to_list() == [None]


def test_rules_after_the_one_that_decided_are_not_tried(dtc: Told) -> None:
    states = [rule.status for rule in one(dtc["DTC-010"], "PFS").rules]
    assert states == ["not met", "decided", "not tried", "not tried", "not tried"]


# --- assessments -------------------------------------------------------------------------------------------------------------------


def test_two_patients_read_as_a_colleague_would_write(dtc: Told, npc: Told) -> None:
    trial, cohort = flat(dtc["DTC-005"]), flat(npc["NPC-021"])
    assert trial.startswith("SYNTHETIC STUDY: this patient is invented")
    assert "sum 24 → 40 mm: +66.7% and +16.0 mm from the nadir of visit 7 (limits +20.0% and +5.0 mm): target PD" in trial
    assert "Visit 11: no target lesion measured: target NE" in trial
    assert "PR of visit 3: confirmed by the PR of visit 5, 80 days later (at least 28)" in trial
    assert "Anlotinib 12 mg → 10 mg" in trial
    assert "reductions 1 (1 for an adverse event)" in trial
    assert "worst grade 3 (Hypertension)" in trial
    assert "Treatment mode: IC" in cohort
    assert "替雷利珠单抗 2020-02-06 10 within 28 days" in cohort
    assert "visit 2 was SD, but before 42 days from the start: counts as NE" in cohort
    assert "= Event (CNSR 0) on 2020-04-14 (day 78): 78 days, 2.6 months. Death" in cohort


def test_sums_and_changes_are_those_of_adtr(dtc: Told) -> None:
    for subject in ("DTC-002", "DTC-005", "DTC-010"):
        rows = dtc.whole.datasets.adtr
        assert rows is not None
        own = rows.filter((pl.col("USUBJID") == subject) & (pl.col("PARAMCD") == "SDIAM"))
        visits = {visit.label: visit for visit in dtc[subject].assessments.visits}  # type: ignore[union-attr]
        assert len(visits) == own.height
        for row in own.iter_rows(named=True):
            visit = visits[number(row["AVISITN"])]
            if visit.sum_mm is not None:
                assert visit.sum_mm == number(row["AVAL"])
            if row["PCHG"] is not None:
                assert visit.percent_baseline == signed(row["PCHG"], "%")


def test_every_assessment_says_why_and_where(dtc: Told, npc: Told) -> None:
    for told in (dtc, npc):
        for subject in told.subjects()[:15]:
            assessments = told[subject].assessments
            for visit in assessments.visits if assessments is not None else ():
                assert visit.place is not None
                assert (
                    visit.baseline
                    or visit.why.rpartition(": ")[2].split(";")[0] == visit.overall
                    or f": {visit.overall};" in visit.why
                    or f"so {visit.overall}, whatever" in visit.why
                )


@pytest.mark.parametrize(
    ("found", "by", "why"),
    [
        (
            {"T1": 70, "N1": "PRESENT", "L1": "PRESENT"},
            "a new lesion and the sum of diameters",
            "target PD; new lesion L1 (liver), first seen 2024-03-25: PD",
        ),
        (
            {"T1": 70, "N1": "UNEQUIVOCAL PROGRESSION"},
            "the sum of diameters and non-target progression",
            "target PD; unequivocal progression of non-target N1 (bone): PD",
        ),
        (
            {"T1": 50, "N1": "UNEQUIVOCAL PROGRESSION", "L1": "PRESENT"},
            "a new lesion and non-target progression",
            "new lesion L1 (liver), first seen 2024-03-25; unequivocal progression of non-target N1 (bone): PD",
        ),
        ({"T1": 70, "N1": "PRESENT"}, "the sum of diameters", "target PD; so PD, whatever else was seen"),
    ],
)
def test_progression_names_every_reason(tmp_path: Path, found: Any, by: str, why: str) -> None:
    trial = Trial(tmp_path)
    trial.patient().scan(-7, T1=50, N1="PRESENT").scan(84, **found)
    trial.derive()
    protocol = trial.protocol()
    records = load_records(protocol, trial.folder)
    text = flat(tell_story(protocol, records, derive_with_workings(protocol, records), "P1"))
    assert f"disease progression (visit 2, PD by {by})" in text
    assert why in text


def test_one_is_singular(dtc: Told) -> None:
    rows = (EXAMPLES / "dtc-phase2" / "records" / "dm.csv").read_text(encoding="utf-8").splitlines()
    assert (rows[0].split(",")[9], rows[1].split(",")[9], rows[2].split(",")[9]) == ("PRIORRAI", "2", "1")
    assert "Previous courses of radioiodine 2 courses" in flat(dtc["DTC-001"])
    assert "Previous courses of radioiodine 1 course " in flat(dtc["DTC-002"])


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("1", "courses", "1 course"),
        ("2", "courses", "2 courses"),
        ("0", "courses", "0 courses"),
        ("1", "pack-years", "1 pack-year"),
        ("1", "celsius", "1 celsius"),
        ("1", "mm/s", "1 mm/s"),
        ("1", "GBq", "1 GBq"),
        ("1", None, "1"),
    ],
)
def test_a_unit_after_one(value: str, unit: str | None, text: str) -> None:
    assert with_unit(value, unit) == text


def test_a_node_and_a_new_lesion_are_told_as_such(dtc: Told) -> None:
    text = flat(dtc["DTC-006"])
    assert "T03 lymph node, short axis" in text
    assert "new lesion N01 (liver), first seen 2024-04-29: PD" in text
    assert "scans from 2024-04-29 to 2024-05-04, dated 2024-04-29" in text


# --- who ---------------------------------------------------------------------------------------------------------------------------


def test_a_patient_who_was_screened_out_is_explained(dtc: Told) -> None:
    story = dtc["DTC-004"]
    assert [item.inside for item in story.who.populations] == [False, False]
    assert "removed by 'Prior kinase inhibitor' (excluded: PRIORTKI = 'Y')" in flat(story)
    assert story.origin.day is None
    assert all(item.cnsr is None for item in story.outcomes)
    assert "no PFS: the patient has no time origin" in flat(story)


def test_a_patient_outside_the_enrolment_window_is_explained(npc: Told) -> None:
    inside = set(npc.whole.datasets.adsl["USUBJID"])
    outside = [subject for subject in npc.subjects() if subject not in inside]
    story = npc[outside[0]]
    assert story.who.outside is not None
    assert "outside the enrolment window (2018-01-01 to" in flat(story)
    assert story.outcomes == ()


def test_the_time_origin_names_its_record(dtc: Told) -> None:
    origin = dtc["DTC-005"].origin
    assert (str(origin.day), origin.source) == ("2023-02-01 (day 1)", "first EX.EXSTDTC where EXTRT = 'ANLOTINIB'")
    assert origin.place is not None
    rows = (EXAMPLES / "dtc-phase2" / origin.place.file).read_text(encoding="utf-8").splitlines()
    assert "ANLOTINIB" in rows[origin.place.rows[0] - 1]
    assert "2023-02-01" in rows[origin.place.rows[0] - 1]


def test_recorded_times_make_a_short_story() -> None:
    study = topline.load_study(EXAMPLES / "gbsg2")
    story = study.explain("GBSG2-005")
    assert story.outcomes[0].line == "Event (CNSR 0): 772 days, 25.4 months. Event as recorded"
    assert story.outcomes[0].places[0].rows == (6,)
    assert len(str(story).splitlines()) < 30
    assert "SYNTHETIC" not in str(story)


# --- biochemical, safety, one endpoint, JSON ---------------------------------------------------------------------------------------


def test_values_left_out_say_why(dtc: Told) -> None:
    values = [value for item in dtc["DTC-001"].biochemical for value in item.values]
    left_out = [value for value in values if value.used.startswith("left out")]
    assert left_out
    assert "LBTSHST = STIMULATED" in left_out[0].used


def test_biochemical_response_is_that_of_the_datasets(dtc: Told) -> None:
    best = dtc.whole.datasets.best
    assert best is not None
    for subject, response in best.drop_nulls("BOR").select("USUBJID", "TGRESP").iter_rows():
        assert dtc[subject].biochemical[0].response == response


def test_one_endpoint_alone(dtc: Told) -> None:
    pfs = tell_story(dtc.protocol, dtc.records, dtc.whole, "DTC-010", "PFS")
    assert [item.endpoint for item in pfs.outcomes] == ["PFS"]
    assert pfs.assessments is not None
    assert (pfs.treatment, pfs.adverse_events, pfs.best, pfs.biochemical) == (None, None, None, ())
    tg = tell_story(dtc.protocol, dtc.records, dtc.whole, "DTC-010", "TGRESP")
    assert (tg.outcomes, tg.assessments, len(tg.biochemical)) == ((), None, 1)
    orr = tell_story(dtc.protocol, dtc.records, dtc.whole, "DTC-010", "ORR")
    assert orr.best is not None


def test_the_whole_study_and_the_patient_alone_tell_the_same(dtc: Told) -> None:
    for subject in ("DTC-002", "DTC-005", "DTC-010"):
        whole = tell_story(dtc.protocol, dtc.records, dtc.whole, subject)
        assert str(whole) == str(dtc[subject])


def test_a_story_is_plain_values_for_json(dtc: Told) -> None:
    tree = dtc["DTC-005"].to_dict()
    again = json.loads(json.dumps(tree, ensure_ascii=False))
    assert again["synthetic"] is True
    assert again["outcomes"][0]["line"] == dtc["DTC-005"].outcomes[0].line
    assert again["outcomes"][0]["cnsr"] == 1


# --- small pieces ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [(-30.0, -30.0, "−30.0%"), (-29.96, -30.0, "−29.96%"), (20.0, 20.0, "+20.0%"), (19.99, 20.0, "+19.99%"), (0.0, None, "0.0%")],
)
def test_a_change_never_looks_as_if_it_were_at_a_limit(value: float, limit: float | None, text: str) -> None:
    assert signed(value, "%", limit) == text


@pytest.mark.parametrize("text", ["a" * 250, "乳腺癌" * 60, "word " * 60, ""])
def test_any_text_is_wrapped_to_the_page(text: str) -> None:
    lines = list(_wrap(text, "  ", "    "))
    assert max(map(_columns, lines)) <= WIDTH
    assert "".join("".join(lines).split()) == "".join(text.split())


# --- confirmation, in a study made for it ------------------------------------------------------------------------------------------


def visits(*responses: tuple[int, str]) -> Callable[[Any], None]:
    """Give the first patient these responses, by day after the start."""

    def change(study: Any) -> None:
        from datetime import date, timedelta

        own = [row for row in study.records["RS"] if row["USUBJID"] != "S-02"]
        start = date(2023, 1, 3)
        own += [
            {"USUBJID": "S-02", "RSTESTCD": "OVRLRESP", "RSORRES": word, "RSDTC": (start + timedelta(days=day)).isoformat()}
            for day, word in responses
        ]
        study.records["RS"] = own

    return change


@pytest.mark.parametrize(
    ("responses", "confirmed", "says"),
    [
        (((56, "PR"), (112, "PR")), "PR", "PR of visit 1: confirmed by the PR of visit 2, 56 days later (at least 28)"),
        (((56, "PR"), (77, "PR")), "SD", "visit 2 comes 21 days later, 28 needed"),
        (((56, "PR"), (112, "SD"), (168, "PR")), "SD", "visit 3 has 1 SD between"),
        (((56, "PR"), (84, "NE"), (112, "NE"), (168, "PR")), "SD", "visit 4 has 2 NE between, 1 allowed"),
        (((56, "PR"), (112, "SD")), "SD", "PR of visit 1: not confirmed, no later CR or PR among the visits that count"),
        (((56, "CR"), (112, "PR")), "SD", "visit 2 is a PR, which confirms no CR"),
    ],
)
def test_confirmation_says_which_visit_or_why_not(small_study: Any, responses: Any, confirmed: str, says: str) -> None:
    visits(*responses)(small_study)
    best = topline.load_study(small_study.write()).explain("S-02").best
    assert best is not None
    assert best.confirmed == confirmed
    assert any(says in line for line in best.confirmations), best.confirmations


def test_visits_after_progression_are_named_as_not_counted(small_study: Any) -> None:
    visits((56, "PR"), (112, "PD"), (168, "PR"))(small_study)
    best = topline.load_study(small_study.write()).explain("S-02").best
    assert best is not None
    assert [line.endswith("after progression") for line in best.not_counted] == [True]


def test_no_baseline_is_told(small_study: Any) -> None:
    story = topline.load_study(small_study.write()).explain("S-03", "PFS")
    assert story.outcomes[0].rules[0].label == "No baseline assessment"
    assert story.outcomes[0].rules[0].status == "not met"


@pytest.mark.parametrize(
    ("study", "subject", "lines"),
    [
        (
            "dtc",
            "DTC-006",
            [
                "Best response PR; confirmed: PR",
                "PFS: event on 2024-04-29 (day 420), 13.8 months: disease progression (visit 11, PD by a new lesion)",
            ],
        ),
        (
            "dtc",
            "DTC-005",
            ["PFS: censored on 2023-10-10 (day 252), 8.3 months: 2 scheduled visits missed between the last adequate assessment"],
        ),
        ("npc", "NPC-026", ["Best response NE; confirmed: NE", "PFS: event on 2020-07-19 (day 40), 1.3 months: death"]),
        ("npc", "NPC-154", ["Best response PR; confirmed: SD"]),
    ],
)
def test_it_begins_with_what_it_comes_to(study: str, subject: str, lines: list[str], request: pytest.FixtureRequest) -> None:
    text = flat(request.getfixturevalue(study)[subject])
    short = text[text.index("In short") : text.index("Who ---")]
    assert [line for line in lines if line not in short] == []


def test_scheduled_visits_at_which_nobody_looked_are_named(dtc: Told) -> None:
    assert "No assessment between 2023-06-05 and 2023-11-18 for the visit planned on 2023-08-22 (day 169)" in flat(dtc["DTC-006"])
    missed = one(dtc["DTC-005"], "PFS").missed
    assert missed[1].endswith("window 2024-03-13 to 2024-04-10: no adequate assessment, that of 2024-04-02 is NE")


def test_what_ended_a_complete_response_is_told_whole(npc: Told) -> None:
    text = flat(npc["NPC-053"])
    assert "new lesion N01 (lung), first seen 2022-08-18, and disease seen again after the complete response of visit 3: PD" in text
    assert "Last known alive" not in text[: text.index("Tumour assessments")]  # the day of death says it
