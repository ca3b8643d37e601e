"""How many patients a text speaks of: sentences of this project's own."""

from __future__ import annotations

import pytest

from topline.audit.extract import extract


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients (n = 1,013) with sarcoma were randomly assigned to velatinib or placebo.", ["1013"]),
        ("Of the 410 patients, 204 (50%) had a response.", ["410"]),
        ("Seventy-three patients consented, and 64 were randomly assigned and included.", ["73", "64"]),
        ("A number of 120 patients were included in the study.", ["120"]),
        ("Expression was assessed in 2182 lung cancer cases.", ["2182"]),
        ("A retrospective analysis of 136 breasts of 134 patients, who received surgery, was done.", ["134"]),
        ("A total of 864 patients (66% male; median age, 58) were enrolled.", ["864"]),
        ("Of 1386 enrolled patients, 690 were randomly assigned to velatinib and 696 to placebo.", ["1386", "690", "696"]),
        ("577 of 1345 screened patients were randomly assigned.", ["577"]),
        ("80 patients, of whom 56 (70%) had a frail profile, were randomly assigned.", ["80"]),
        ("Of 264 patients who were screened, 172 (65%) patients were randomly assigned.", ["172"]),
        ("Patients received velatinib (n = 31) for a year.", []),
    ],
)
def test_the_total_is_read_in_all_its_forms(text: str, expected: list[str]) -> None:
    found = [c.value for c in extract(text).claims if c.type == "count" and c.endpoint == "N"]
    assert [value for value in expected if value not in found] == []
    assert expected or not found


def test_those_who_met_the_criteria_are_the_study() -> None:
    text = (
        "The registry reported 104 patients. A chart review identified 27 patients who met our criteria. T1 tumors were seen in 21 (77.8%)."
    )
    assert [(c.x, c.n) for c in extract(text).claims if c.type == "proportion"] == [(21, 27)]
    assert "58" in [c.value for c in extract("58 out of 88 patients had samples available for analysis.").claims]
