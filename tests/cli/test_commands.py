"""The commands: exit statuses 0, 1, 2 and 3, what they print, and that an internal error prints no patient's data."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from topline.study.problems import UNSAFE

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*/study.yaml"))


def test_run_prints_the_topline_and_where_the_report_is(small_study: Any) -> None:
    done = small_study.topline("run")
    assert done.status == 0
    assert done.out.startswith("A small study\nSYNTHETIC patients")
    assert "Response rate (ORR)" in done.out
    assert "median 9.6 months" in done.out or "Progression-free survival (PFS)" in done.out
    assert str(small_study.folder / "results" / "report.html") in done.out
    assert done.err == ""


def test_quiet_prints_nothing(small_study: Any) -> None:
    done = small_study.topline("run", "--quiet")
    assert (done.status, done.out, done.err) == (0, "", "")


def test_json_of_a_run(small_study: Any) -> None:
    small_study.records["AE"].append(dict(small_study.records["AE"][0]))
    done = small_study.topline("run", "--json")
    assert done.status == 0
    told = json.loads(done.out)
    assert (told["study"], told["synthetic"], told["claims"]) == ("SMALL", True, None)
    assert [item["code"] for item in told["findings"]] == ["REC-0023"]
    assert {line["group"] for line in told["headline"]} >= {"Group A", "Group B"}
    assert Path(told["report"]).is_file()
    assert Path(told["results"]).is_file()


CLAIM = "- {{id: os, endpoint: OS, group: Group B, statistic: median, printed: '{}'{}}}\n"


@pytest.mark.parametrize(
    ("claim", "status", "verdict"),
    [
        (CLAIM.format("6.6", ""), 0, "same after rounding"),
        (CLAIM.format("9.9", ""), 1, "differs"),
        (CLAIM.format("9.9", ", expected: mismatch, reason: a slip"), 0, "known contradiction"),
        (CLAIM.format("6.6", "").replace("Group B", "Group C"), 1, "not found"),
    ],
)
def test_against_a_publication(small_study: Any, claim: str, status: int, verdict: str) -> None:
    file = small_study.put("claims.yaml", claim)
    done = small_study.topline("run", "--json", "--against", str(file))
    assert done.status == status
    assert [check["verdict"] for check in json.loads(done.out)["claims"]] == [verdict]
    assert verdict in (small_study.folder / "results" / "tables" / "claims.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {id: a, statistic: median, printed: 20.8}", ("PRO-0040", "line 1", "write it in quotes")),
        ("- {id: a, printed: '1'}", ("PRO-0040", "statistic")),
        ("- {id: a, statistic: n, printd: '1'}", ("PRO-0040", "did you mean 'printed'?")),
        ("just text", ("PRO-0040",)),
        ("- [", ("PRO-0002",)),
        ("", ("PRO-0002", "claims.yaml")),
    ],
)
def test_claims_that_cannot_be_used(small_study: Any, text: str, says: tuple[str, ...]) -> None:
    file = small_study.put("claims.yaml", text)
    done = small_study.topline("run", "--against", str(file))
    assert done.status == 2
    for words in says:
        assert words in done.err
    assert not (small_study.folder / "results").exists()


def test_claims_that_are_not_there(small_study: Any) -> None:
    done = small_study.topline("run", "--against", str(small_study.folder / "no.yaml"))
    assert done.status == 2
    assert "PRO-0001 error: no.yaml" in done.err


def test_check_counts_and_lists(small_study: Any) -> None:
    small_study.records["AE"].append(dict(small_study.records["AE"][0]))
    done = small_study.topline("check")
    assert done.status == 0
    assert done.out.endswith("0 errors, 1 other finding\n")
    assert small_study.outputs() == []


def test_an_internal_error_names_the_place_and_no_data(small_study: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("S-01 was born on 1961-02-03")

    monkeypatch.setattr("topline.api.derive_all", fail)
    for command in ("run", "check"):
        done = small_study.topline(command)
        assert done.status == 3
        assert "internal error: KeyError in topline.api, line" in done.err
        assert "report" in done.err
        assert "S-01" not in done.err + done.out
        assert "1961" not in done.err + done.out
    assert small_study.outputs() == []


@pytest.mark.parametrize("arguments", [[], ["rum"], ["run"], ["run", "a", "b"], ["run", "a", "--colour"], ["check", "--out", "x", "y"]])
def test_words_that_are_not_understood(topline: Any, arguments: list[str]) -> None:
    done = topline(*arguments)
    assert done.status == 2
    assert "usage: topline" in done.err


@pytest.mark.parametrize("command", ["run", "check", "schema"])
def test_help_has_an_example(topline: Any, command: str) -> None:
    done = topline(command, "--help")
    assert done.status == 0
    assert f"example: topline {command}" in done.out


def test_the_program_runs_as_a_process(small_study: Any) -> None:
    arguments = [sys.executable, "-m", "topline.cli", "check", str(small_study.write())]
    done = subprocess.run(arguments, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "0 errors" in done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def schema(topline: Any) -> dict[str, Any]:
    done = topline("schema")
    assert done.status == 0
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_the_schema_is_a_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert {"study", "records", "populations", "endpoints", "analyses"} <= set(schema["properties"])


def plain(value: Any) -> Any:
    """What an editor sees: JSON has no dates."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else value.isoformat()


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_schema_accepts_the_examples(schema: dict[str, Any], file: Path) -> None:
    document = plain(yaml.safe_load(file.read_text(encoding="utf-8")))
    assert [f"{list(error.path)}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(document)] == []


def test_the_schema_accepts_a_condition_as_text_and_as_a_tree(schema: dict[str, Any], small_study: Any) -> None:
    document = plain(yaml.safe_load(small_study.protocol))
    validator = Draft202012Validator(schema)
    for condition in ("AGE >= 18 and SEX = 'M'", {"variable": "AGE", "op": ">=", "value": 18}, {"all": ["AGE > 1", {"not": "SEX = 'F'"}]}):
        document["populations"][0]["rules"][0]["include"] = condition
        assert validator.is_valid(document), condition
    for wrong in (18, {"variable": "AGE"}, ["AGE > 1"]):
        document["populations"][0]["rules"][0]["include"] = wrong
        assert not validator.is_valid(document), wrong


def test_the_schema_refuses_what_the_program_refuses(schema: dict[str, Any], small_study: Any) -> None:
    document = plain(yaml.safe_load(small_study.protocol))
    assert Draft202012Validator(schema).is_valid(document)
    for wrong in (
        {**document, "grups": {}},
        {key: value for key, value in document.items() if key != "study"},
        {**document, "schema_version": 2},
    ):
        assert not Draft202012Validator(schema).is_valid(wrong)


def test_what_the_records_hold_cannot_steer_the_terminal(small_study: Any) -> None:
    """A protocol with such characters is refused; records may have them in any cell."""
    for row in small_study.records["DM"]:
        row["SITE"] = "Site\x1b]0;owned\x07\u202e"
    small_study.records["RS"][0]["USUBJID"] = "S-99\x1b[31m"
    small_study.records["AE"][0]["AETERM"] = "Nausea\x1b[2J\x9b"
    for arguments in (("run",), ("run", "--json"), ("check",), ("check", "--json"), ("explain", "--subject", "S-01")):
        done = small_study.topline(*arguments)
        said = done.out + done.err
        assert done.status == 0, said
        assert not UNSAFE.search(said), (arguments, said)
        if "--json" in arguments:
            json.loads(done.out)
