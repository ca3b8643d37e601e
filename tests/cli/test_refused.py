"""Bad input that is refused: exit 2, nothing written, and a message that names the place, the value and what to do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topline.study.problems import Finding


def set_cell(domain: str, row: int, column: str, value: str) -> Callable[[Any], None]:
    return lambda study: study.records[domain][row].__setitem__(column, value)


def in_protocol(old: str, new: str) -> Callable[[Any], None]:
    return lambda study: study.replace(old, new)


def drop_column(domain: str, column: str) -> Callable[[Any], None]:
    return lambda study: [row.pop(column) for row in study.records[domain]]


def drop_domain_file(domain: str) -> Callable[[Any], None]:
    return lambda study: study.records.pop(domain)


def map_column(variable: str, column: str) -> Callable[[Any], None]:
    return in_protocol("AE: ,", f"AE: {{columns: {{USUBJID: USUBJID, AETERM: AETERM, {variable}: {column}, AEREL: AEREL}}}},")


def file_of_dm(name: str) -> Callable[[Any], None]:
    return in_protocol("DM: ,", f"DM: {{file: {json.dumps(name)}}},")


def link_out(study: Any) -> None:
    outside = study.folder.parent / "elsewhere"
    outside.mkdir()
    (outside / "dm.csv").write_text(study.text("DM"), encoding="utf-8")
    (study.folder / "records").mkdir(parents=True)
    (study.folder / "records" / "dm.csv").symlink_to(outside / "dm.csv")


def link_folder_out(study: Any) -> None:
    outside = study.folder.parent / "elsewhere"
    outside.mkdir()
    for domain in study.records:
        (outside / f"{domain.lower()}.csv").write_text(study.text(domain), encoding="utf-8")
    study.folder.mkdir(parents=True)
    (study.folder / "records").symlink_to(outside, target_is_directory=True)


def whole(content: str | bytes) -> Callable[[Any], None]:
    return lambda study: study.put("study.yaml", content)


def records_file(name: str, content: str | bytes) -> Callable[[Any], None]:
    return lambda study: study.put(f"records/{name}", content)


def folder_in_place(domain: str) -> Callable[[Any], None]:
    def make(study: Any) -> None:
        study.records.pop(domain)
        (study.folder / f"records/{domain.lower()}.csv").mkdir(parents=True)

    return make


def pipe(name: str) -> Callable[[Any], None]:
    def make(study: Any) -> None:
        study.records.pop(Path(name).stem.upper(), None)
        (study.folder / "records").mkdir(parents=True)
        os.mkfifo(study.folder / name)
        if name == "study.yaml":
            study.write = lambda: study.folder

    return make


# what is wrong · how it is made · the code · what the message says
CASES: list[tuple[str, Callable[[Any], None], str, tuple[str, ...]]] = [
    ("YAML that doesn't parse", whole("study: {id: X\nrecords: ]["), "PRO-0002", ("study.yaml, line 2", "Check the indentation")),
    ("a tab as indentation", whole("study:\n\tid: X\n"), "PRO-0002", ("study.yaml, line 2",)),
    ("an empty protocol", whole(""), "PRO-0002", ("study.yaml", "empty")),
    ("a list for a protocol", whole("- a\n- b\n"), "PRO-0002", ("'key: value'",)),
    ("a protocol that isn't UTF-8", whole("study: {title: 甲}".encode("gb18030")), "PRO-0001", ("line 1", "UTF-8")),
    ("an unknown key", in_protocol("groups:", "grups:"), "PRO-0010", ("line 10", "unknown key 'grups'", "did you mean 'groups'?")),
    (
        "an unknown key deep inside",
        in_protocol("window_days: 7", "windows_days: 7"),
        "PRO-0010",
        ("schedule.assessments", "line 15", "did you mean 'window_days'?"),
    ),
    ("a key given twice", in_protocol("adverse_events:", "groups: {}\nadverse_events:"), "PRO-0004", ("'groups'", "line 19")),
    (
        "a schema version of the future",
        in_protocol("schema_version: 1", "schema_version: 99"),
        "PRO-0006",
        ("line 1", "'99'", "expected 1"),
    ),
    ("a required key that is missing", in_protocol("title: A small study, ", ""), "PRO-0011", ("'study.title' is required", "line 2")),
    ("a value of the wrong kind", in_protocol("window_days: 7", "window_days: soon"), "PRO-0012", ("line 15", "window_days", "'soon'")),
    (
        "a date that doesn't exist in the protocol",
        in_protocol("2024-12-31", "2024-02-30"),
        "PRO-0005",
        ("line 2", "'2024-02-30'", "YYYY-MM-DD"),
    ),
    (
        "a population that isn't there",
        in_protocol("population: FAS, endpoint: OS}", "population: FSA, endpoint: OS}"),
        "PRO-0020",
        ("'FSA'", "'FAS'"),
    ),
    ("an endpoint that isn't there", in_protocol("FAS, endpoint: OS}", "FAS, endpoint: OSS}"), "PRO-0021", ("'OSS'", "'OS'")),
    (
        "a domain that the protocol needs and doesn't name",
        in_protocol("AE: , ", ""),
        "PRO-0023",
        ("safety", "needs the domain AE", "records.domains"),
    ),
    ("a condition that can't be read", in_protocol("AGE >= 18", "AGE >= "), "PRO-0012", ("line 9", "expected a number or a quoted text")),
    (
        "a condition on a variable that isn't there",
        in_protocol("AGE >= 18", "AGEE >= 18"),
        "PRO-0027",
        ("study.yaml, line 9", "AGEE", "expected one of"),
    ),
    ("a group variable that isn't there", in_protocol("variable: ARM", "variable: ARMM"), "PRO-0028", ("study.yaml, line 11", "ARMM")),
    ("an attribution that isn't there", in_protocol("[AEREL]", "[AERELX]"), "PRO-0029", ("study.yaml, line 19", "AERELX")),
    # a test or window that the protocol must name and doesn't
    (
        "a comparison without a test",
        in_protocol("comparison: {test: log_rank}", "comparison: {}"),
        "PRO-0011",
        ("comparison.test", "line 33"),
    ),
    (
        "a comparison of rates without a test",
        in_protocol("comparison: {test: fisher}", "comparison: {difference: newcombe}"),
        "PRO-0011",
        ("comparison.test",),
    ),
    ("a test that isn't known", in_protocol("test: fisher", "test: best"), "PRO-0012", ("'best'", "'fisher'")),
    ("two groups without a reference", in_protocol("  reference: B\n", ""), "PRO-0012", ("name the reference group",)),
    (
        "missed visits without a schedule",
        in_protocol("assessments: {stages: [{every_weeks: 8}], window_days: 7}", "drugs: []"),
        "PRO-0024",
        ("schedule.assessments",),
    ),
    ("new therapy that isn't named", in_protocol("  new_therapy: \"CMCAT = 'NEW THERAPY'\"\n", ""), "PRO-0024", ("response.new_therapy",)),
    # YAML tags
    (
        "a YAML tag that would run code",
        in_protocol("title: A small study", "title: !!python/object/apply:os.system ['true']"),
        "PRO-0003",
        ("line 2", "tag", "plainly"),
    ),
    ("a harmless YAML tag", in_protocol("window_days: 7", "window_days: !!int 7"), "PRO-0003", ("line 15", "tag")),
    (
        "an anchor and its alias",
        in_protocol("id: SMALL, title: A small study", "id: &a SMALL, title: *a"),
        "PRO-0003",
        ("line 2", "anchor"),
    ),
    ("a merge of an alias", whole("a: &x {b: 1}\nc: {<<: *x}\n"), "PRO-0003", ("anchor",)),
    ("nesting without end", whole("[" * 5000), "PRO-0002", ("nested",)),
    # files
    ("a domain's file that is missing", drop_domain_file("AE"), "REC-0001", ("records/ae.csv", "domain AE", "records.domains.AE.file")),
    ("an empty file", records_file("ae.csv", ""), "REC-0003", ("records/ae.csv", "empty", "header")),
    (
        "rows longer than the header",
        records_file("ss.csv", "USUBJID,SSTESTCD,SSORRES,SSDTC\nS-01,A,B,2023-01-01,x,y\n"),
        "REC-0003",
        ("records/ss.csv", "row 2", "6 cells", "expected 4", "repair it"),
    ),
    (
        "a file in another encoding",
        records_file("ae.csv", "USUBJID,AETERM,AESTDTC,AEREL\nS-01,皮疹,2023-01-05,Y\n".encode("gb18030")),
        "REC-0004",
        ("row 2", "gb18030"),
    ),
    ("an encoding that isn't known", in_protocol("records:\n", "records:\n  encoding: utf-99\n"), "REC-0004", ("utf-99",)),
    (
        "a column that is there twice",
        records_file("ss.csv", "USUBJID,SSTESTCD,SSORRES,SSDTC,SSDTC\nS-01,A,B,2023-01-01,x\n"),
        "REC-0005",
        ("SSDTC",),
    ),
    (
        "a column that is there twice but for case",
        records_file("ss.csv", "USUBJID,SSTESTCD,SSORRES,SSDTC,ssdtc\nS-01,A,B,2023-01-01,x\n"),
        "REC-0005",
        ("SSDTC",),
    ),
    ("a column with a name of topline's own", set_cell("AE", 0, "_ROW", "1"), "REC-0005", ("records/ae.csv, column _ROW", "Rename")),
    ("a missing column", drop_column("AE", "AESTDTC"), "REC-0007", ("records/ae.csv", "column AESTDTC", "records.domains.AE.columns")),
    (
        "a mapping to a column that isn't there",
        map_column("AESTDTC", "Beginn"),
        "REC-0006",
        ("column Beginn", "AESTDTC is mapped", "AESTDTC"),
    ),
    ("values mapped for a variable that isn't there", in_protocol("DM: ,", "DM: {values: {RACE: {a: b}}},"), "REC-0006", ("column RACE",)),
    # cells
    (
        "a date that doesn't exist",
        set_cell("AE", 2, "AESTDTC", "2023-02-30"),
        "REC-0010",
        ("records/ae.csv, row 4, column AESTDTC", "'2023-02-30'", "2024-12-31", "Correct the date"),
    ),
    ("a month 13", set_cell("EX", 0, "EXSTDTC", "2023-13"), "REC-0010", ("row 2, column EXSTDTC", "'2023-13'")),
    ("a date as words", set_cell("EX", 0, "EXSTDTC", "early May"), "REC-0010", ("'early May'",)),
    ("a date the other way round", set_cell("EX", 0, "EXSTDTC", "31/12/2023"), "REC-0010", ("'31/12/2023'",)),
    ("an age that isn't a number", set_cell("DM", 1, "AGE", "sixty"), "REC-0013", ("records/dm.csv, row 3, column AGE", "'sixty'")),
    ("an infinite age", set_cell("DM", 1, "AGE", "inf"), "REC-0013", ("'inf'",)),
    ("a row without a patient", set_cell("AE", 1, "USUBJID", ""), "REC-0020", ("records/ae.csv, row 3, column USUBJID",)),
    (
        "a patient given twice",
        set_cell("DM", 1, "USUBJID", "S-01"),
        "REC-0021",
        ("records/dm.csv, row 2", "row 3", "S-01", "Keep one row a patient"),
    ),
    ("no patient at all", records_file("dm.csv", "USUBJID,ARM,AGE,SEX,SITE,DTHFL,DTHDTC\n"), "REC-0024", ("records/dm.csv",)),
    (
        "two units with no rule",
        set_cell("LB", 3, "LBORRESU", "pmol/L"),
        "REC-0034",
        ("records/lb.csv, row 5, column LBORRESU", "'pmol/L'", "ng/mL or ug/L", "records.lab_units.TG"),
    ),
    (
        "two units and no rule at all",
        lambda study: (
            study.replace("  lab_units: {TG: {unit: ng/mL, convert: {ug/L: 1}}}\n", ""),
            set_cell("LB", 3, "LBORRESU", "ug/L")(study),
        ),
        "REC-0034",
        ("'ug/L'", "records/lb.csv, row 5"),
    ),
    (
        "a lab value that isn't a number",
        set_cell("LB", 3, "LBORRES", "high"),
        "REC-0033",
        ("records/lb.csv, row 5, column LBORRES", "'high'"),
    ),
    (
        "a response that isn't one",
        set_cell("RS", 2, "RSORRES", "BETTER"),
        "REC-0032",
        ("records/rs.csv, row 4, column RSORRES", "'BETTER'", "CR, PR, SD"),
    ),
    (
        "a grade that isn't one",
        set_cell("AE", 2, "AETOXGR", "7"),
        "DER-0030",
        ("records/ae.csv, row 4, column AETOXGR", "'7", "1, 2, 3, 4 or 5"),
    ),
    # paths
    ("a path above the folder", file_of_dm("../dm.csv"), "REC-0002", ("../dm.csv", "inside the study folder")),
    ("an absolute path", file_of_dm("/etc/passwd"), "REC-0002", ("outside", "inside the study folder")),
    ("a path of a drive", file_of_dm("C:\\dm.csv"), "REC-0002", ("outside",)),
    ("a path above by backslashes", file_of_dm("..\\..\\dm.csv"), "REC-0002", ("outside",)),
    ("a records folder outside", in_protocol("records:\n", "records:\n  folder: ../elsewhere\n"), "REC-0002", ("outside",)),
    ("a link to a file outside", link_out, "REC-0002", ("records/dm.csv", "outside")),
    ("a link to a folder outside", link_folder_out, "REC-0002", ("outside",)),
    ("a path with a null character", in_protocol("DM: ,", 'DM: {file: "a\\0b.csv"},'), "PRO-0007", ("line 4", "U+0000")),
    # characters that steer a terminal or turn the order of the text
    (
        "an escape in the title",
        in_protocol("A small study", '"A \\e[2J study"'),
        "PRO-0007",
        ("study.yaml, line 2", "U+001B", "A \\x1b[2J"),
    ),
    ("a bell in a key", in_protocol("title:", '"ti\\atle":'), "PRO-0007", ("line 2", "U+0007")),
    ("a carriage return in a label", in_protocol("label: Adults", 'label: "Adults\\r9"'), "PRO-0007", ("line 8", "U+000D")),
    ("a C1 control", in_protocol("Group A", '"Group\\x9b A"'), "PRO-0007", ("line 12", "U+009B")),
    ("an override of direction", in_protocol("Group B", "Group \u202e B"), "PRO-0007", ("line 12", "U+202E")),
    ("an isolate of direction", in_protocol("Group B", '"Group \\u2066 B"'), "PRO-0007", ("line 12", "U+2066")),
    ("half a character", in_protocol("Group B", '"Group \\ud800 B"'), "PRO-0007", ("line 12", "U+D800")),
    # what is not a file
    (
        "a folder for a records file",
        folder_in_place("DM"),
        "REC-0003",
        ("not a file",),
    ),
    ("a pipe for a records file", pipe("records/dm.csv"), "REC-0003", ("records/dm.csv: is a folder, a pipe or a device", "Put a file")),
    ("a pipe for the protocol", pipe("study.yaml"), "PRO-0001", ("study.yaml: is a folder, a pipe or a device",)),
]


@pytest.mark.parametrize(("spoil", "code", "says"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_it_is_refused_with_a_message_to_act_on(small_study: Any, spoil: Callable[[Any], None], code: str, says: tuple[str, ...]) -> None:
    spoil(small_study)
    small_study.write()
    before = small_study.outputs()
    done = small_study.topline("run")
    assert done.status == 2, done.out + done.err
    assert f"{code} error" in done.err, done.err
    for words in says:
        assert words in done.err
    assert "Nothing was written." in done.err
    assert "Traceback" not in done.err
    assert small_study.outputs() == before
    checked = small_study.topline("check", "--json")
    found = json.loads(checked.out or "[]")
    if code != "PRO-0001":  # without a protocol there is nothing to check: `check` refuses it too
        mine = [item for item in found if item["code"] == code]
        assert mine, found
        assert all(item["file"] or item["value"] for item in mine), mine
        assert all(item["expected"] or item["todo"] or "did you mean" in item["message"] or "known" in item["message"] for item in mine), (
            mine
        )
        assert checked.status == 1


def test_all_that_is_wrong_is_said_at_once(small_study: Any) -> None:
    small_study.records["AE"][0]["AESTDTC"] = "2023-02-30"
    small_study.records["DM"][0]["AGE"] = "old"
    small_study.records["EX"][1]["EXSTDTC"] = "x"
    done = small_study.topline("run")
    assert [done.err.count(code) for code in ("REC-0010", "REC-0013")] == [2, 1]


@pytest.mark.parametrize("command", ["run", "check"])
def test_no_study_there(topline: Any, tmp_path: Path, command: str) -> None:
    for place in (tmp_path, tmp_path / "nowhere", tmp_path / "nowhere.yaml"):
        done = topline(command, str(place))
        assert done.status == 2
        assert "PRO-0001 error" in done.err
        assert "the folder that holds the study" in done.err.lower()
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_result_stays_when_the_input_is_refused(small_study: Any) -> None:
    assert small_study.topline("run", "--quiet").status == 0
    before = {path: path.read_bytes() for path in (small_study.folder / "results").rglob("*") if path.is_file()}
    small_study.put("records/ae.csv", small_study.text("AE").replace("2023", "2023-99", 1))
    assert small_study.topline("run").status == 2
    assert {path: path.read_bytes() for path in (small_study.folder / "results").rglob("*") if path.is_file()} == before


def test_a_pipe_for_the_claims(small_study: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "claims.yaml")
    done = small_study.topline("run", "--against", str(tmp_path / "claims.yaml"))
    assert done.status == 2
    assert "PRO-0001 error: claims.yaml: is a folder, a pipe or a device" in done.err


def test_all_control_characters_are_said_at_once(small_study: Any) -> None:
    small_study.replace("A small study", '"A \\e[2J study"')
    small_study.replace("Group B", '"Group \\a B"')
    assert small_study.topline("run").err.count("PRO-0007") == 2


@pytest.mark.parametrize("place", ["the file", "its folder"])
def test_a_records_file_that_may_not_be_read(small_study: Any, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def refuse(self: Path, *_: Any, **__: Any) -> Any:
        if self.name == "dm.csv":
            raise PermissionError(13, "Permission denied")
        return known(self)

    name = "read_bytes" if place == "the file" else "is_file"
    known = getattr(Path, name)
    small_study.write()
    monkeypatch.setattr(Path, name, refuse)
    done = small_study.topline("run")
    assert done.status == 2
    assert "REC-0003 error: records/dm.csv: can't be read: Permission denied. See that it is a file that you may read" in done.err
    assert "repair" not in done.err


def test_a_cell_of_a_million_characters_is_cut(small_study: Any) -> None:
    small_study.records["DM"][0]["AGE"] = "x" * 1_000_000
    done = small_study.topline("run")
    assert done.status == 2
    assert "x" * 79 + "…'" in done.err
    assert len(done.err) < 1000
    assert len(small_study.topline("check", "--json").out) < 2000


def test_long_names_and_control_characters_are_cut_and_escaped() -> None:
    finding = Finding("REC-0001", "error", "m" * 9999 + "\x1b", "a.csv", 1, "c" * 999, "v\x1b" * 999, subject="s\u202e" * 999)
    assert len(str(finding)) < 2800
    assert str(finding).isprintable()
