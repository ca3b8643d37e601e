"""docs/protocol.md: every section is there, and every example on the page is a protocol that loads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from topline.study.endpoints import PRESETS
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
    assert {type(item).__name__ for item in protocol.endpoints} == {"TimeToEvent", "ResponseRate", "BiochemicalResponse"}
    kinds = {item.type for item in protocol.analyses}
    assert kinds == {"baseline", "follow_up", "time_to_event", "response", "adverse_events", "exposure", "lab_change"}
    assert {"pfs_fda_a", "overall_survival"} <= set(PRESETS)
