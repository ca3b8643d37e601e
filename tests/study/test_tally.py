"""Findings that count: their message is made from the numbers, and those of parts of a study add up."""

from __future__ import annotations

from dataclasses import replace

from topline.study.problems import Finding, Tally


def test_one_and_several() -> None:
    tally = Tally.rows(1, "{n} row of {x} is odd", "{n} rows of {x} are odd")
    finding = Finding("REC-0000", "warning", "", "TR", 7, tally=tally)
    assert finding.message == "1 row of {x} is odd"
    assert replace(finding, tally=tally.plus(tally)).message == "2 rows of {x} are odd"
    assert "tally" not in finding.to_dict()


def test_kinds_add_up_each_by_itself() -> None:
    first = Tally((("", 1), ("C", 2)), "{kinds}", "{n}: {kinds}")
    second = Tally((("C", 1), ("B+C", 4)), "{kinds}", "{n}: {kinds}")
    assert first.plus(second).message == "8: none in 1, B+C in 4, C in 3"
    events = Tally((("events", 0), ("others", 2)), "{n} patient ({events})", "{n} patients ({events})")
    assert events.plus(events).message == "4 patients (0)"


def test_what_was_expected_names_the_kinds() -> None:
    nobody = Tally((("B", 1),), "nobody", "nobody", expected="one of {names}", absence=True)
    assert Finding("DER-0000", "warning", "", tally=nobody.plus(replace(nobody, kinds=(("A", 1),)))).expected == "one of A, B"
    assert Finding("DER-0000", "warning", "", tally=replace(nobody, kinds=())).expected is None
