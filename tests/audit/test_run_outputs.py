"""Whatever `topline run` prints adds up: its sentences, its terminal lines and its report page audit without a finding."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from topline.audit import AuditReport, Verdict, audit_text, read_documents

EXAMPLES = sorted(p.parent for p in (Path(__file__).resolve().parents[2] / "examples").glob("*/study.yaml"))
BEST = ("CR", "PR", "SD", "PD")
TESTS = ("fisher", "chi_squared", "n_minus_1_chi_squared")  # of the response rate


def findings(folder: Path, printed: str) -> list[Verdict]:
    """What the audit finds in the report page and in what the terminal shows, a line a paragraph."""
    (page,) = read_documents(folder / "results" / "report.html")
    reports = [audit_text(page.text), audit_text("\n\n".join(printed.splitlines()))]
    assert checks(reports[0]) + checks(reports[1]) > 10  # else nothing was looked at
    return [v for report in reports for v in report.findings]


def checks(report: AuditReport) -> int:
    return report.counts()["checks"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda p: p.name)
def test_an_example_adds_up(example: Path, tmp_path: Path, topline: Callable[..., Any]) -> None:
    folder = tmp_path / example.name
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("results"))
    done = topline("run", str(folder))
    assert done.status == 0
    assert not findings(folder, done.out)


patient = st.tuples(
    st.sampled_from("AB"),
    st.integers(20, 85),
    st.one_of(st.none(), st.integers(30, 300)),
    st.integers(301, 700),
    st.booleans(),
    st.sampled_from(BEST),
)


@settings(
    max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(patients=st.lists(patient, min_size=8, max_size=40), test=st.sampled_from(TESTS))
def test_a_random_study_adds_up(patients: list[tuple[Any, ...]], test: str, tmp_path: Path, study_of: type[Any]) -> None:
    # Both groups need a patient; the rest is as drawn.
    drawn = [("A", 50, None, 400, False, "PR"), ("B", 60, 90, 500, True, "SD"), *patients]
    folder = tmp_path / "study"
    shutil.rmtree(folder, ignore_errors=True)
    study = study_of(folder, [(f"S-{number:02d}", *row) for number, row in enumerate(drawn)])
    study.replace("comparison: {test: fisher}", f"comparison: {{test: {test}}}")
    done = study.topline("run")
    assert done.status in {0, 1}, done.err
    assert not findings(folder, done.out)
