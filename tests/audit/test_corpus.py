"""The corpus in our own words: the figures printed in docs/audit.md hold."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

CORPORA = ("development", "first_held_out", "second_held_out", "third_held_out", "held_out", "real_grammar")
BENCH = Path(__file__).resolve().parents[2] / "benchmarks" / "audit_score.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit_score", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit_score"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", CORPORA)
def test_claims_and_contradictions_meet_the_targets(bench: ModuleType, name: str) -> None:
    score = bench.score(name)
    assert score.right / score.claims >= 0.95
    assert score.found / score.gold >= 0.90
    assert score.caught / score.tampered >= 0.95
    assert 100 * score.alarms / score.checks <= 2


def test_the_corpus_is_as_large_as_promised(bench: ModuleType) -> None:
    import yaml

    texts = [d["text"] for name in CORPORA for d in yaml.safe_load((bench.CORPUS / f"{name}.yaml").read_text(encoding="utf-8"))]
    from topline.audit.text import clean, sentences

    assert len(texts) >= 30
    assert sum(len(list(sentences(clean(t)))) for t in texts) >= 150


@pytest.mark.slow
def test_two_hundred_texts_a_second(bench: ModuleType) -> None:
    assert bench.speed(["development"]) >= 200


def test_the_same_text_gives_the_same_claims_whatever_the_order_of_sets(bench: ModuleType) -> None:
    program = (
        "import sys, yaml; from topline.audit import audit_text\n"
        "for path in sys.argv[1:]:\n"
        "    for text in yaml.safe_load(open(path, encoding='utf-8')):\n"
        "        print(audit_text(text['text']).claims)"
    )
    paths = [str(bench.CORPUS / f"{name}.yaml") for name in CORPORA]
    printed = [
        subprocess.run([sys.executable, "-c", program, *paths], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "77")
    ]
    assert printed[0].stdout == printed[1].stdout
    assert printed[0].stdout.count(b"Claim(") > 500
