"""How well does the audit read and judge? Scores it on the corpus: `python benchmarks/audit_score.py [CORPUS …] [-v]`."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from topline.audit import AuditReport, Claim, audit_text

CORPUS = Path(__file__).resolve().parent / "audit_corpus"


@dataclass
class Score:
    """Tallies over one corpus."""

    gold: int = 0
    found: int = 0
    claims: int = 0
    right: int = 0
    checks: int = 0
    alarms: int = 0
    tampered: int = 0
    caught: int = 0
    caught_by_named: int = 0

    def line(self) -> dict[str, str]:
        return {
            "recall": f"{self.found}/{self.gold} = {self.found / max(self.gold, 1):.3f}",
            "precision": f"{self.right}/{self.claims} = {self.right / max(self.claims, 1):.3f}",
            "false alarms per 100 checks": f"{self.alarms}/{self.checks} = {100 * self.alarms / max(self.checks, 1):.2f}",
            "contradictions found": f"{self.caught}/{self.tampered} = {self.caught / max(self.tampered, 1):.3f}",
            "… by the named check": f"{self.caught_by_named}/{self.tampered}",
        }


def same_number(a: str | None, b: str | None) -> bool:
    if a is None or b is None:
        return a is b
    if a == b:
        return True
    if a[0] in "<>≤≥" or b[0] in "<>≤≥":
        return a[0] == b[0] and same_number(a[1:], b[1:])
    try:
        return Decimal(a) == Decimal(b)
    except ArithmeticError:
        return False


def agrees(gold: dict[str, Any], claim: Claim) -> bool:
    """Same type, endpoint, arm and every value that the gold claim prints."""
    if gold["type"] != claim.type:
        return False
    if gold["endpoint"] != "*" and gold["endpoint"] != claim.endpoint:
        return False
    arm = gold.get("arm")
    if arm is None:
        if claim.arm is not None and claim.type not in {"ratio", "p_value", "date"}:
            return False
    elif arm.startswith("-"):
        if claim.arm is None or not claim.arm.lower().startswith(arm[1:].lower()):
            return False
    elif arm != "*" and (claim.arm is None or not _has(claim.arm, arm)):
        return False
    for key in ("value", "lower", "upper", "p"):
        if key in gold and not same_number(str(gold[key]), getattr(claim, key)):
            return False
    if "time" in gold and gold["time"] != claim.time:
        return False
    if "counts" in gold and gold["counts"] != claim.counts:
        return False
    return all(gold[key] == getattr(claim, key) for key in ("x", "n") if key in gold)


def _has(arm: str, key: str) -> bool:
    words = arm.lower().replace("'s", "").split()
    return key.lower() in words or (len(key) > 2 and any(w.startswith(key.lower()) for w in words))


def relevant(claim: Claim) -> bool:
    """Claims that the gold standard lists: all but bare counts of events."""
    return not (claim.type == "count" and claim.endpoint != "N") and not (claim.type == "date" and claim.endpoint == "other")


def score(name: str, verbose: bool = False) -> Score:
    documents = yaml.safe_load((CORPUS / f"{name}.yaml").read_text(encoding="utf-8"))
    total = Score()
    for document in documents:
        report = audit_text(document["text"])
        _claims(document, report, total, verbose)
        for verdict in report.verdicts:
            if verdict.verdict != "uncheckable":
                total.checks += 1
            if verdict.is_finding:
                total.alarms += 1
                if verbose:
                    print(f"{document['id']} ALARM {verdict.check} {verdict.message}")
        before = {(v.check, v.message) for v in report.verdicts if v.is_finding}
        for change in document.get("tampered", []):
            after = audit_text(document["text"].replace(change["from"], change["to"], 1))
            new = [v for v in after.verdicts if v.is_finding and (v.check, v.message) not in before]
            total.tampered += 1
            total.caught += bool(new)
            total.caught_by_named += any(v.check == change["check"] for v in new)
            if verbose and not new:
                print(f"{document['id']} MISSED {change}")
    return total


def _claims(document: dict[str, Any], report: AuditReport, total: Score, verbose: bool) -> None:
    left = [c for c in report.claims if relevant(c)]
    total.claims += len(left)
    total.gold += len(document["claims"])
    for gold in document["claims"]:
        match = next((c for c in left if agrees(gold, c)), None)
        if match is None:
            if verbose:
                print(f"{document['id']} NOT FOUND {gold}")
            continue
        left.remove(match)
        total.found += 1
        total.right += 1
    if verbose:
        for claim in left:
            shown = {k: v for k, v in claim.to_dict().items() if v is not None and k not in {"sentence", "marks", "span", "id"}}
            print(f"{document['id']} EXTRA {shown}")


def speed(names: list[str]) -> float:
    texts = [d["text"] for name in names for d in yaml.safe_load((CORPUS / f"{name}.yaml").read_text(encoding="utf-8"))]
    for text in texts:
        audit_text(text)
    start = time.process_time()
    rounds = 5
    for number in range(rounds):
        for text in texts:
            audit_text(text + f" Round {number}.")
    return rounds * len(texts) / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "corpus", nargs="*", default=["development", "first_held_out", "second_held_out", "third_held_out", "held_out", "real_grammar"]
    )
    parser.add_argument("-v", "--verbose", action="store_true")
    args = parser.parse_args()
    for name in args.corpus:
        print(name)
        for key, value in score(name, args.verbose).line().items():
            print(f"  {key:<28} {value}")
    print(f"{speed(args.corpus):.0f} texts a second on one core")


if __name__ == "__main__":
    main()
