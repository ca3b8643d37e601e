"""docs/protocol.md: every section is there, and every example on the page is a protocol that loads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from topline.analyze.response import TESTS
from topline.api import load_study
from topline.records.domains import CONTRACTS
from topline.study.analyses import ResponseComparison, TimeToEventComparison
from topline.study.endpoints import PRESETS, CensorRule, EventRule
from topline.study.load import load_protocol
from topline.study.protocol import Protocol

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
EXAMPLES = {name: re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL) for name, text in SECTIONS.items()}


def test_every_section_of_the_protocol_is_described_with_an_example() -> None:
    assert set(SECTIONS) == set(Protocol.model_fields)
    assert [name for name, found in EXAMPLES.items() if not found] == []


@pytest.mark.parametrize("section", sorted(EXAMPLES))
def test_the_examples_of_a_section_load(section: str, small_study: Any) -> None:
    for text in EXAMPLES[section]:
        given = yaml.safe_load(text)
        assert section in given
        whole = {key: item for key, item in (yaml.safe_load(small_study.protocol) | given).items() if item is not None}
        if section == "analyses":  # they use drugs and doses that another section of the page describes
            whole |= yaml.safe_load(EXAMPLES["schedule"][0])
        file = small_study.put("study.yaml", yaml.safe_dump(whole, allow_unicode=True, sort_keys=False))
        protocol, _ = load_protocol(file.parent)
        assert getattr(protocol, section) is not None


def test_the_whole_page_is_one_protocol(small_study: Any) -> None:
    whole: dict[str, Any] = {}
    for section, texts in EXAMPLES.items():
        if section != "treatment":  # one arm, where the page has two
            whole |= yaml.safe_load(texts[0])
    file = small_study.put("study.yaml", yaml.safe_dump(whole, allow_unicode=True, sort_keys=False))
    protocol, _ = load_protocol(file.parent)
    assert {type(item).__name__ for item in protocol.endpoints} == {"TimeToEvent", "ResponseRate", "BiochemicalResponse", "AtaResponse"}
    kinds = {item.type for item in protocol.analyses}
    assert kinds == {"baseline", "follow_up", "time_to_event", "response", "adverse_events", "exposure", "lab_change"}
    assert {"pfs_fda_a", "overall_survival"} <= set(PRESETS)


def rows_under(heading: str) -> list[list[str]]:
    """The cells of the tables under a heading of the third level, without their heads."""
    text = re.search(rf"^### {heading}\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert text is not None
    tables = re.findall(r"^\|[-|]+\|\n((?:\|.*\n)+)", text[1], re.MULTILINE)
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for table in tables for line in table.splitlines()]


def names(cell: str) -> list[str]:
    return [word.strip("` ") for word in cell.split(",") if word.strip()]


def test_every_preset_is_on_the_page_with_the_sources_it_needs() -> None:
    assert {names(row[0])[0]: set(names(row[2])) for row in rows_under("Presets")} == {name: item.needs() for name, item in PRESETS.items()}


def test_every_rule_is_on_the_page() -> None:
    kinds = [*get_args(get_args(EventRule)[0]), *get_args(get_args(CensorRule)[0])]
    expected = [get_args(kind.model_fields["rule"].annotation)[0] for kind in kinds]
    assert sorted(names(row[0])[0] for row in rows_under("Rules of events and censoring")) == sorted(expected)


def test_every_test_is_on_the_page() -> None:
    told = {names(row[1])[0]: row[2] for row in rows_under("Tests")}
    assert list(told) == [
        name for kind in (TimeToEventComparison, ResponseComparison) for name in get_args(kind.model_fields["test"].annotation)
    ]
    assert {name: told[name] for name in TESTS} == TESTS


def test_the_columns_of_every_domain_are_on_the_page() -> None:
    table = {row[0]: row[1:] for row in rows_under("The columns of each domain")}
    assert {name: tuple(names(cells[0])) for name, cells in table.items()} == {name: item.required for name, item in CONTRACTS.items()}
    for name, item in CONTRACTS.items():
        known = {*item.numbers, *item.codes, *([item.timing] if item.timing else [])} - set(item.required)
        assert known <= set(names(table[name][1])), name


def test_the_whole_trial_runs(tmp_path: Path) -> None:
    text = PAGE.partition("## A whole trial")[2]
    (tmp_path / "records").mkdir()
    (tmp_path / "study.yaml").write_text(re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[0], encoding="utf-8")
    for file, cells in re.findall(r"^`(records/\w+\.csv)`:\n\n```csv\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        (tmp_path / file).write_text(cells, encoding="utf-8")
    study = load_study(tmp_path)
    assert [item for item in study.check() if item.severity == "error"] == []
    found = {(row.analysis, row.statistic, row.group): row for row in study.execute().results.rows if row.subgroup is None}
    assert {group: found["pfs", "events", group].value for group in ("Drug A", "Drug B")} == {"Drug A": 1, "Drug B": 3}
    assert {group: found["os", "events", group].value for group in ("Drug A", "Drug B")} == {"Drug A": 1, "Drug B": 2}
    assert {group: found["response", "rate", group].events for group in ("Drug A", "Drug B")} == {"Drug A": 2, "Drug B": 1}
