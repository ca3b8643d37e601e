"""What is passed by at the first look would have given nothing at the second."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from topline.audit import audit_text, items, patient_groups, phrases

CORPUS = Path(__file__).resolve().parents[2] / "benchmarks" / "audit_corpus"
TEXTS = [d["text"] for path in sorted(CORPUS.glob("*.yaml")) for d in yaml.safe_load(path.read_text(encoding="utf-8"))]


def always(word: str) -> bool:
    return bool(word)


@pytest.mark.parametrize(("module", "shortcut"), [(items, "_may_start"), (phrases, "_may_be_read"), (patient_groups, "_may_be_of_group")])
def test_the_same_claims_without_the_shortcut(monkeypatch: pytest.MonkeyPatch, module: object, shortcut: str) -> None:
    quick = [audit_text(text).claims for text in TEXTS]
    monkeypatch.setattr(module, shortcut, always)
    assert [audit_text(text).claims for text in TEXTS] == quick
