from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from topline.analyze.results import ResultSet
from topline.audit.against import ClaimCheck
from topline.report.figures import build_figures
from topline.report.html import MOST_ROWS, render_report
from topline.report.tables import Column, Row, Table, build_tables
from topline.study.protocol import Protocol

Study = tuple[ResultSet, Protocol]
PROVENANCE = {"topline": "0.1.0", "inputs": {"study.yaml": "ab" * 32}, "python": None}


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    void = frozenset({"meta", "br", "img", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page_of(study: Study, claims: tuple[ClaimCheck, ...] = ()) -> str:
    results, protocol = study
    return render_report(results, protocol, build_tables(results, protocol, claims), build_figures(results, protocol), PROVENANCE, claims)


@pytest.fixture(scope="module")
def single_page(single: Study) -> str:
    return page_of(single)


@pytest.fixture(scope="module")
def hostile_page(hostile: Study) -> str:
    return page_of(hostile)


def test_it_is_well_formed_and_has_its_sections(single_page: str) -> None:
    page = Page(single_page)
    assert page.open == []
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(set(ids)) == len(ids)
    sections = ["headline", "populations", "baseline", "follow-up", "efficacy", "response", "safety", "exposure", "estimands", "methods"]
    assert [name for name in ids if name in {*sections, "warnings", "provenance"}] == [*sections, "warnings", "provenance"]
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert all(link is not None and link.startswith("#") and link[1:] in ids for link in links)


def test_it_needs_nothing_from_outside_and_runs_nothing(hostile_page: str) -> None:
    page = Page(hostile_page)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "form", "base", "svg"}
    for tag, attrs in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in attrs), (tag, attrs)
        for name in ("src", "href", "srcset", "action"):
            assert (attrs.get(name) or "#").startswith(("#", "data:image/svg+xml;base64,"))
    assert "@import" not in hostile_page
    assert "url(" not in hostile_page


def test_the_policy_allows_only_its_own_style(single_page: str) -> None:
    policy = next(attrs["content"] for tag, attrs in Page(single_page).tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    style = re.search(r"<style>(.*?)</style>", single_page, re.DOTALL)
    assert style is not None
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()}'" in policy


def test_hostile_text_is_shown_as_text(hostile_page: str) -> None:
    assert "<script>" not in hostile_page
    assert """<script>alert("x")</script> & 'quoted' =cmd()|'/c calc'!A0 $x_1$""" in Page(hostile_page).text
    assert "非联合治疗组" in Page(hostile_page).text


def test_no_patient_can_be_found_in_it(single_page: str, single: Study) -> None:
    text = Page(single_page).text
    for subject in {item.subject for item in single[0].findings} | {name for names in single[0].subject_sets for name in names}:
        assert str(subject) not in single_page
    dates = set(re.findall(r"\d{4}-\d{2}(?:-\d{2})?", text))
    assert dates == {"2022-10-01", "2024-09-30", "2025-03-31"}  # enrolment and cut-off, as the protocol states them


def test_synthetic_patients_are_announced_first(single_page: str, two_arm: Study) -> None:
    text = Page(single_page).text
    assert text.index("SYNTHETIC PATIENTS") < text.index("Headline results")
    assert "The data cut-off is 31 March 2025." in text
    assert "SYNTHETIC" not in Page(page_of(two_arm)).text


def test_every_figure_is_embedded_once_with_words(two_arm: Study) -> None:
    page = page_of(two_arm)
    images = [attrs for tag, attrs in Page(page).tags if tag == "img"]
    figures = build_figures(*two_arm)
    assert [base64.b64decode((image["src"] or "").partition(",")[2]) for image in images] == [figure.svg for figure in figures]
    assert [(image["alt"] or "").replace("\N{NO-BREAK SPACE}", " ") for image in images] == [figure.alt for figure in figures]


def test_every_cell_and_footnote_is_in_it(two_arm: Study) -> None:
    text = Page(page_of(two_arm)).text
    for table in build_tables(*two_arm):
        for row in table.rows:
            assert all(" ".join(cell.split()) in text for cell in row.cells)
        assert all(" ".join(note.split()) in text for note in table.footnotes)


def test_provenance_and_claims(single: Study) -> None:
    claim = ClaimCheck("dcr", "DCR", "94.7%", "95.0%", "known contradiction", "the counts win", "abstract")
    text = Page(page_of(single, (claim,))).text
    assert "Comparison with published claims" in text
    assert "known contradiction" in text
    assert "inputs · study.yaml " + "ab" * 32 in text
    assert "python" not in text


def test_a_very_long_table_is_cut_in_the_page_and_says_so(single: Study) -> None:
    results, protocol = single
    table = Table(
        "long", "Long", (Column("a", "text"), Column("b")), tuple(Row((f"row {i}.", "1")) for i in range(MOST_ROWS + 5)), (), "safety"
    )
    text = Page(render_report(results, protocol, [table], (), {})).text
    assert f"row {MOST_ROWS - 1}." in text
    assert f"row {MOST_ROWS}." not in text
    assert f"The first {MOST_ROWS} of {MOST_ROWS + 5} lines; all are in tables/long.csv." in text


def test_the_same_results_give_the_same_page(single: Study, single_page: str) -> None:
    assert page_of(single) == single_page


def test_a_run_without_any_result_still_has_a_report(single: Study, two_arm: Study) -> None:
    for _, protocol in (single, two_arm):
        assert "Provenance" in Page(page_of((ResultSet(()), protocol))).text


def test_results_without_value_are_shown_as_such(two_arm: Study) -> None:
    results, protocol = two_arm
    empty = tuple(
        replace(row, value=None, lower=None, upper=None, p_value=None, status="not_estimable", warnings=("no patient in a group",))
        for row in results.rows
    )
    text = Page(page_of((replace(results, rows=empty, curves=()), protocol))).text
    assert "not estimable" in text
    assert "No patient in a group." in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)
    assert "None" not in text


def test_a_sign_and_its_number_stay_on_one_line(single: Study) -> None:
    page = render_report(*single, build_tables(*single), [], PROVENANCE)
    assert "grade ≥\N{NO-BREAK SPACE}3" in page
    assert "grade ≥ 3" not in page
