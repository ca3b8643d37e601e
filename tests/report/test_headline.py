from __future__ import annotations

from dataclasses import replace

from topline.analyze.results import ResultSet
from topline.report.headline import HeadlineLine, headline
from topline.report.tables import build_tables
from topline.report.text import headline_paragraphs, methods_paragraphs
from topline.study.protocol import Protocol

Study = tuple[ResultSet, Protocol]


def test_headline_of_a_single_arm(single: Study) -> None:
    lines = headline(*single)
    assert lines[0] == HeadlineLine("Patients", "", "20, Full analysis set (FAS)")
    assert HeadlineLine("Objective response rate (ORR)", "", "11/20, 55.0% (95% CI 31.5–76.9)") in lines
    assert HeadlineLine("Progression-free survival (PFS)", "", "median not reached; 1 event in 20 patients") in lines
    assert HeadlineLine("Median follow-up, observed", "", "13.0 months (range 5.5–24.0)") in lines
    assert HeadlineLine("Treatment-related event of grade ≥ 3", "", "10 (50.0%)") in lines
    assert HeadlineLine("Dose reduced, Anlotinib", "", "10 (50.0%)") in lines


def test_headline_of_a_comparison(two_arm: Study) -> None:
    texts = [(line.group, line.text) for line in headline(*two_arm) if line.label == "Progression-free survival (PFS)"]
    assert texts[0] == ("Combination", "median 20.8 months (95% CI 16.6–NR); 45 events in 65 patients")
    assert ("Combination vs Non-combination", "unadjusted HR 0.46 (95% CI 0.32–0.69); p < 0.001") in texts
    assert ("Combination vs Non-combination", "log-rank p < 0.001") in texts


def test_headline_is_one_line_a_result(hostile: Study) -> None:
    assert all("\n" not in line.label + line.group + line.text for line in headline(*hostile))


def test_paragraphs_say_what_the_tables_say(two_arm: Study) -> None:
    text = " ".join(headline_paragraphs(*two_arm))
    assert (
        "Median progression-free survival – Combination: 20.8 months (95% CI 16.6–not reached; 45 events in 65 patients); "
        "Non-combination: 8.2 months (95% CI 6.6–10.7; 87 events in 89 patients)." in text
    )
    assert "The unadjusted hazard ratio of Combination against Non-combination was 0.46 (95% CI 0.32–0.69); p < 0.001." in text
    shown = " ".join(
        cell for table in build_tables(*two_arm) if table.id in ("pfs", "os", "response") for row in table.rows for cell in row.cells
    )
    for number in ("20.8", "8.2", "0.46 (0.32–0.69)", "34.7", "0.041"):
        assert number in shown
        assert number.split(" (")[0] in text


def test_methods_say_what_was_really_done(single: Study) -> None:
    methods = dict(methods_paragraphs(*single))
    assert any("censored, in this order, for no baseline assessment, new anticancer therapy" in text for text in methods["Endpoints"])
    assert (
        "Median, rates at fixed times: Kaplan–Meier; log-log 95% confidence interval; quantile: midpoint on a plateau."
        in methods["Statistical methods"]
    )
    assert "Rate: proportion; Clopper–Pearson 95% confidence interval." in methods["Statistical methods"]
    assert any("The data cut-off was 2025-03-31" in text for text in methods["Design and patients"])


def test_a_changed_choice_is_named(single: Study) -> None:
    results, protocol = single
    assert protocol.response is not None
    rules = protocol.response.parameters.model_copy(update={"stable_disease_min_days": 56})
    changed = protocol.model_copy(update={"response": protocol.response.model_copy(update={"parameters": rules})})
    assert "Choices that differ from the defaults: stable disease min days = 56." in dict(methods_paragraphs(results, changed))["Response"]
    assert not any("differ" in text for text in dict(methods_paragraphs(results, protocol))["Response"])


def test_one_paragraph_an_endpoint_in_the_order_of_the_table(two_arm: Study) -> None:
    starts = [text.split(" – ")[0].split(":")[0] for text in headline_paragraphs(*two_arm)]
    assert starts[1:] == [
        "Objective response rate (ORR)",
        "Median progression-free survival",
        "Median overall survival",
        "Any treatment-related event",
    ]
    assert " at 12 months" not in " ".join(headline_paragraphs(*two_arm))


def test_hazards_that_were_not_proportional_are_said_everywhere(two_arm: Study) -> None:
    results, protocol = two_arm
    rows = tuple(replace(row, p_value=0.012) if row.statistic == "proportional_hazards" else row for row in results.rows)
    said = "ot proportional (p = 0.012; reported when below 0.05): the hazard ratio is an average over follow-up"
    changed = replace(results, rows=rows)
    assert any(said in text for text in headline_paragraphs(changed, protocol))
    tables = {table.id: table for table in build_tables(changed, protocol)}
    assert any(said in note for note in tables["pfs"].footnotes)
    assert any(said in note for note in tables["headline"].footnotes)
    assert [row.cells[0] for row in tables["warnings"].rows if said in row.cells[2]] == ["warning", "warning"]
    assert not any("proportional (p" in text for text in headline_paragraphs(*two_arm))
