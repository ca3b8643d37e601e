from __future__ import annotations

from dataclasses import replace

from topline.analyze.results import Result, ResultSet, with_ids
from topline.audit.against import ClaimCheck
from topline.report.tables import Table, build_tables
from topline.report.words import plain_warning
from topline.study.analyses import ConcordanceAnalysis
from topline.study.problems import Finding
from topline.study.protocol import Protocol

Study = tuple[ResultSet, Protocol]


def by_id(study: Study) -> dict[str, Table]:
    tables = build_tables(*study)
    assert len({table.id for table in tables}) == len(tables)
    return {table.id: table for table in tables}


def cells(table: Table, label: str) -> tuple[str, ...]:
    """The cells of the only row with this label."""
    found = [row.cells[1:] for row in table.rows if row.cells[0] == label]
    assert len(found) == 1, f"{len(found)} rows are called {label!r} in {[row.cells[0] for row in table.rows]}"
    return found[0]


def test_the_single_arm_has_its_tables_in_the_order_of_the_protocol(single: Study) -> None:
    assert list(by_id(single)) == [
        "headline",
        "populations",
        "baseline",
        "follow_up",
        "pfs",
        "response",
        "tg",
        "safety",
        "safety-teae",
        "safety-trae",
        "exposure",
        "estimands",
        "methods",
        "warnings",
    ]


def test_flow_of_patients(single: Study) -> None:
    table = by_id(single)["populations"]
    assert cells(table, "Excluded: No iodine uptake") == ("2", "20")
    assert cells(table, "Excluded: One combined cycle *") == ("1", "19")
    assert any("defined after baseline" in note for note in table.footnotes)


def test_baseline(single: Study, two_arm: Study) -> None:
    table = by_id(single)["baseline"]
    assert [column.label for column in table.columns] == ["Characteristic", "Anlotinib + ¹³¹I\n(n = 20)"]
    assert cells(table, "Mean (SD)") == ("48.4 (11.3)",)
    assert cells(table, "Median (quartiles)") == ("47.5 (39.8–56.0)",)
    assert cells(table, "Range") == ("28–71",)
    assert cells(table, "Female") == ("16 (80.0%)",)
    table = by_id(two_arm)["baseline"]
    assert [column.label for column in table.columns][1:] == [
        "Combination\n(n = 65)",
        "Non-combination\n(n = 89)",
        "All patients\n(n = 154)",
        "Standardised\ndifference",
    ]
    assert cells(table, "Age, years") == ("", "", "", "−0.12")
    assert cells(table, "Missing") == ("3", "3", "3", "")


def test_follow_up_names_its_method_and_range(single: Study) -> None:
    table = by_id(single)["follow_up"]
    assert cells(table, "Median, reverse Kaplan–Meier, months (95% CI)") == ("13.7 (10.2–NR)",)
    assert cells(table, "Median, observed, months") == ("13.0",)
    assert cells(table, "Range of observed follow-up, months") == ("5.5–24.0",)


def test_time_to_event_counts_reasons_under_what_they_are(single: Study) -> None:
    table = by_id(single)["pfs"]
    labels = [(row.cells[0], row.indent) for row in table.rows]
    assert labels[:5] == [
        ("Patients", 0),
        ("Events", 0),
        ("Disease progression", 1),
        ("Censored", 0),
        ("No event by the last adequate assessment", 1),
    ]
    assert cells(table, "Median, months") == ("NR",)
    assert cells(table, "Event-free at 6 months (95% CI)") == ("95.0% (69.5–99.3)",)
    notes = " ".join(table.footnotes)
    assert "log-log 95% confidence interval" in notes
    assert "midpoint on a plateau" in notes
    assert "NR, not reached" in notes
    assert "Median not reached: fewer than half had the event." in notes


def test_the_comparison_stands_in_the_column_of_its_group(two_arm: Study) -> None:
    table = by_id(two_arm)["pfs"]
    assert cells(table, "p, log-rank test") == ("<0.001", "")
    assert cells(table, "Hazard ratio, unadjusted (95% CI)") == ("0.46 (0.32–0.69)", "1 (reference)")
    assert cells(table, "Hazard ratio, stratified by REGION (95% CI)") == ("0.49 (0.33–0.72)", "1 (reference)")
    assert cells(table, "p, proportional hazards") == ("0.435", "")
    assert cells(table, "Time by which 25% had the event, months (95% CI)")[0] == "8.7 (1.0–9.0)"
    assert any("Efron's handling of ties" in note for note in table.footnotes)


def test_adjusted_model_and_subgroups(two_arm: Study) -> None:
    tables = by_id(two_arm)
    assert [row.cells[0] for row in tables["pfs-adjusted"].rows] == ["Combination vs Non-combination", "Age", "ECOG: 1"]
    assert cells(tables["pfs-adjusted"], "Age") == ("1.01 (0.99–1.03)", "0.310")
    assert cells(tables["pfs-subgroups"], "Sex") == ("", "", "", "0.655")
    assert cells(tables["pfs-subgroups"], "Men") == ("22 / 40", "41 / 55", "0.44 (0.28–0.70)", "")
    assert cells(tables["pfs-subgroups"], "≥65") == ("22 / 40", "41 / 55", "NE", "")


def test_response_and_its_comparison(single: Study, two_arm: Study) -> None:
    table = by_id(single)["response"]
    assert cells(table, "Partial response (PR)") == ("11 (55.0%)",)
    assert next(row.cells[1] for row in table.rows if row.cells[0] == "Rate (95% CI)") == "55.0% (31.5–76.9)"
    table = by_id(two_arm)["response"]
    assert cells(table, "Difference from Non-combination, percentage points (95% CI)") == ("16.2 (−0.1 to 31.0)", "")
    assert cells(table, "p, chi-squared test") == ("0.041", "")


def test_adverse_events(single: Study, two_arm: Study) -> None:
    tables = by_id(single)
    assert cells(tables["safety"], "Treatment-related event of grade ≥ 3") == ("10 (50.0%)",)
    assert any("counts as related (2 events without attribution)" in note for note in tables["safety"].footnotes)
    assert next(row.cells for row in tables["safety-teae"].rows) == ("Hypertension", "14 (70.0%)", "7 (35.0%)")
    assert cells(by_id(two_arm)["safety"], "p, Fisher's exact test") == (">0.999", "")


def test_a_caution_about_a_comparison_names_its_line(two_arm: Study) -> None:
    results, protocol = two_arm
    small = "an expected count is 1.69, below 5: the chi-squared approximation may be poor"
    edge = "the observed table is the most extreme one its margins allow"
    test = next(row for row in results.rows if row.analysis == "safety" and row.statistic == "p_value")
    more = [
        replace(test, endpoint="TRAE3", warnings=(small,)),
        replace(test, endpoint="SAE", warnings=(small,)),
        replace(test, endpoint="SAE", statistic="odds_ratio", p_value=None, warnings=(edge,)),
        replace(test, analysis="response", endpoint="ORR", statistic="odds_ratio", p_value=None, warnings=(edge,)),
    ]
    tables = by_id((replace(results, rows=with_ids((*results.rows, *more))), protocol))
    assert tables["safety"].footnotes[-2:] == (
        "Treatment-related event of grade ≥ 3 (p-value), Serious event (p-value): an expected count is 1.69, below 5: the chi-squared "
        "approximation may be poor.",
        "Serious event (odds ratio): the observed table is the most extreme one its margins allow.",
    )
    assert tables["response"].footnotes[-1] == (
        "Objective response rate (odds ratio): the observed table is the most extreme one its margins allow."
    )


def test_exposure(single: Study) -> None:
    table = by_id(single)["exposure"]
    assert cells(table, "Cycles started, median (range)") == ("13 (4–30)",)
    assert cells(table, "Duration of treatment, days, median (range)") == ("290 (84–640)",)
    assert cells(table, "Patients with a dose reduction, n (%)") == ("10 (50.0%)",)
    assert cells(table, "Dose reductions, steps") == ("12",)
    assert cells(table, "Relative dose intensity, median (range)") == ("91.7% (61.0%–100.0%)",)


def test_estimands_and_methods(single: Study) -> None:
    tables = by_id(single)
    assert cells(tables["estimands"], "Intercurrent event: new anticancer therapy") == ("hypothetical",)
    assert cells(tables["estimands"], "Population") == ("Full analysis set",)
    assert any("No estimand is stated for PFSEMA, ORR, DCR, BIOR" in note for note in tables["estimands"].footnotes)
    assert cells(tables["methods"], "Rounding for display") == ("half away from zero",)


def test_findings_are_counted_without_saying_in_whom(single: Study) -> None:
    table = by_id(single)["warnings"]
    assert ("warning", "REC-0007", "the date [date] of [patient] is partial (ae.csv)", "2", "2") in [row.cells for row in table.rows]
    assert "DTC-0" not in repr(table)


def test_a_subject_named_in_a_general_finding_is_hidden_too(single: Study) -> None:
    results, protocol = single
    known = Finding("REC-0001", "warning", "no treatment", subject="P7")
    loose = Finding("REC-0002", "warning", "P7 and P70 have the same record of 05/03/2024")
    tables = build_tables(replace(results, findings=(known, loose)), protocol)
    text = repr(next(table for table in tables if table.id == "warnings"))
    assert "[patient] and P70 have the same record of [date]" in text


def test_no_result_is_left_out(single: Study) -> None:
    results, protocol = single
    extra = Result("extra", "median", 3.25, unit="months", lower=1.0, upper=5.0)
    tables = build_tables(replace(results, rows=(*results.rows, extra)), protocol)
    assert next(table for table in tables if table.id == "other").rows[0].cells == (
        "extra",
        "Anlotinib + ¹³¹I",
        "median",
        "3.3 (1.0–5.0)",
        "",
    )


def test_claims(single: Study) -> None:
    claim = ClaimCheck("dcr", "DCR", "94.7%", "95.0%", "known contradiction", "the counts win", "abstract")
    table = build_tables(*single, [claim])[-1]
    assert table.rows[0].cells == ("DCR", "94.7%", "95.0%", "known contradiction", "the counts win", "abstract")
    assert table.footnotes[0] == "1 claims: 1 known contradiction."


def test_an_id_used_by_an_analysis_is_not_used_twice(single: Study) -> None:
    results, protocol = single
    analyses = tuple(item.model_copy(update={"id": "headline"}) if item.id == "baseline" else item for item in protocol.analyses)
    renamed = protocol.model_copy(update={"analyses": analyses})
    rows = tuple(replace(row, analysis="headline") if row.analysis == "baseline" else row for row in results.rows)
    ids = [table.id for table in build_tables(replace(results, rows=rows), renamed)]
    assert {"headline", "headline-2"} < set(ids)


def test_a_test_and_an_interval_that_disagree_are_named(two_arm: Study) -> None:
    results, protocol = two_arm
    assert not any("disagree" in note for note in by_id(two_arm)["response"].footnotes)
    rows = tuple(
        replace(row, value=0.06, p_value=0.06) if row.analysis == "response" and row.statistic == "p_value" else row for row in results.rows
    )
    table = {table.id: table for table in build_tables(replace(results, rows=rows), protocol)}["response"]
    assert any(
        "chi-squared test and the interval of the odds ratio disagree about significance: the interval leaves out 1" in n
        for n in table.footnotes
    )


def test_a_covariate_is_printed_by_its_labels(two_arm: Study) -> None:
    results, protocol = two_arm
    tree = protocol.model_dump(mode="json", exclude_unset=True)
    tree["endpoints"] = [{key: value for key, value in item.items() if key not in ("events", "censoring")} for item in tree["endpoints"]]
    tree["analyses"][0]["variables"][1]["levels"] = {"0": "Fully active", "1": "Restricted"}
    rows = tuple(replace(row, level="1 vs 0") if row.level == "1" and row.statistic == "hazard_ratio" else row for row in results.rows)
    tables = {table.id: table for table in build_tables(replace(results, rows=rows), Protocol.model_validate(tree))}
    assert tables["pfs-adjusted"].rows[-1].cells[0] == "ECOG: Restricted vs Fully active"


def test_a_baseline_without_levels_takes_the_labels_of_a_subgroup(two_arm: Study) -> None:
    results, protocol = two_arm
    tree = protocol.model_dump(mode="json", exclude_unset=True)
    tree["endpoints"] = [{key: value for key, value in item.items() if key not in ("events", "censoring")} for item in tree["endpoints"]]
    tree["analyses"][2]["subgroups"].append({"variable": "ECOG", "levels": {"0": "Fully active", "1": "Restricted"}})
    tables = {table.id: table for table in build_tables(results, Protocol.model_validate(tree))}
    assert [row.cells[0] for row in tables["baseline"].rows][-3:] == ["Fully active", "Restricted", "Missing"]


def test_warnings_of_a_curve_need_no_notation() -> None:
    assert plain_warning("not reached: S(t) stays above 0.5 (lowest value 0.9444)") == "median not reached: fewer than half had the event"
    assert plain_warning("not reached: S(t) stays above 0.25 (lowest value 0.3)") == "not reached: fewer than 75% had the event"
    assert plain_warning("upper limit not reached: the curve's upper limit stays above the quantile") == "upper limit not reached"
    assert plain_warning("no events in one group") == "no events in one group"


def test_two_evaluators_stand_side_by_side(two_arm: Study) -> None:
    results, protocol = two_arm
    analysis = ConcordanceAnalysis(id="agreement", type="concordance", population="FAS", evaluators=("SITE", "REVIEW"))
    method = {"name": "concordance", "evaluators": "SITE against REVIEW"}
    rows = []
    for group in ("Combination", "Non-combination"):
        own = {"group": group, "endpoint": "CONCORD", "method": method}
        rows.append(Result("agreement", "count", 12.0, variable="best response", level="PR / SD", **own))
        rows.append(Result("agreement", "count", 3.0, variable="progression", level="progression by the first only", **own))
        for name in ("agreement on best response", "agreement on progression", "early discrepancy rate"):
            limits = {"lower": 0.5, "upper": 0.9, "conf_level": 0.95, "events": 15, "n": 20}
            rows.append(Result("agreement", "rate", 0.75, variable=name, **limits, **own))
        rows.append(Result("agreement", "kappa", 0.5, variable="agreement on best response", lower=0.1, upper=0.9, conf_level=0.95, **own))
        for statistic, value in {"median": -3.5, "q1": -28.0, "q3": 0.0, "min": -84.0, "max": 14.0}.items():
            rows.append(Result("agreement", statistic, value, variable="days between the progressions", unit="days", **own))
    changed = protocol.model_copy(update={"analyses": (*protocol.analyses, analysis)})
    tables = {table.id: table for table in build_tables(replace(results, rows=(*results.rows, *with_ids(rows))), changed)}
    table = tables["agreement"]
    assert "other" not in tables
    assert table.columns[1].label == "Combination\n(n = 20)"
    assert [row.cells[0] for row in table.rows] == [
        "Best response, SITE / REVIEW, patients",
        "PR / SD",
        "Agreement on best response, n / N; % (95% CI)",
        "beyond chance, Cohen's kappa (95% CI)",
        "Progression, SITE against REVIEW, patients",
        "progression by SITE only",
        "Agreement on progression, n / N; % (95% CI)",
        "Early discrepancy rate, n / N; % (95% CI)",
        "Days from the progression by REVIEW to that by SITE, where both saw one, median (quartiles); range",
    ]
    assert cells(table, "beyond chance, Cohen's kappa (95% CI)") == ("0.50 (0.10–0.90)",) * 2
    assert table.rows[-1].cells[1:] == ("−3.5 (−28 to 0); −84 to 14",) * 2
    assert cells(table, "Early discrepancy rate, n / N; % (95% CI)") == ("15 / 20; 75.0% (50.0–90.0)",) * 2
