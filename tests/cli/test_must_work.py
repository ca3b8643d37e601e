"""Input that is odd and yet fine: the run simply works, its results are sane, and no text of the input does harm in an output."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import time
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from topline.api import load_study


def run(study: Any) -> list[dict[str, Any]]:
    """Run a study and return the rows of results.json; every value is a finite number or null with a reason."""
    done = study.topline("run", "--quiet")
    assert done.status == 0, done.err
    rows = json.loads((study.folder / "results" / "results.json").read_text(encoding="utf-8"))["results"]
    for row in rows:
        assert row["value"] is not None or row["status"] != "ok" or row["statistic"] == "p_value", row
        assert row["status"] == "ok" or row["warnings"] or row["status"] == "not_reached", row
    return rows


def derived(study: Any) -> dict[str, Any]:
    """Return what would stand in results.json, without writing anything."""
    return load_study(study.write()).run().to_dict()


def one(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    found = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 1, (wanted, found)
    return found[0]


def patients(n: int = 6, *, progression: int | None = None, last: int = 200, dead: bool = False, best: str = "SD") -> list[tuple[Any, ...]]:
    return [(f"S-{number + 1:02d}", "AB"[number % 2], 50 + number, progression, last, dead, best) for number in range(n)]


def test_nobody_responds(small_study: Any) -> None:
    rows = run(type(small_study)(small_study.folder, patients(best="SD")))
    for group in ("Group A", "Group B"):
        rate = one(rows, endpoint="ORR", statistic="rate", group=group)
        assert (rate["value"], rate["lower"]) == (0.0, 0.0)
        assert rate["upper"] == pytest.approx(1 - 0.025 ** (1 / 3), rel=1e-12)  # Clopper–Pearson of 0 of 3
    assert one(rows, endpoint="ORR", statistic="p_value")["p_value"] == 1.0


def test_everybody_responds(small_study: Any) -> None:
    rows = run(type(small_study)(small_study.folder, patients(best="CR")))
    rate = one(rows, endpoint="ORR", statistic="rate", group="Group A")
    assert (rate["value"], rate["upper"]) == (1.0, 1.0)
    assert rate["lower"] == pytest.approx(0.025 ** (1 / 3), rel=1e-12)


def test_everyone_progresses_the_same_day(small_study: Any) -> None:
    rows = run(type(small_study)(small_study.folder, patients(progression=100)))
    for group in ("Group A", "Group B"):
        median = one(rows, endpoint="PFS", statistic="median", group=group)
        assert median["value"] == pytest.approx(101 / 30.4375, rel=1e-12)
        assert median["events"] == 3
    assert one(rows, endpoint="PFS", statistic="logrank")["status"] == "not_estimable"
    ratio = one(rows, endpoint="PFS", statistic="hazard_ratio")  # Efron: the score is 0 at log HR 0, the information 6 × 1/4
    assert ratio["value"] == pytest.approx(1, abs=1e-9)
    assert ratio["upper"] == pytest.approx(math.exp(1.959963984540054 / math.sqrt(1.5)), rel=1e-8)


def test_no_events(small_study: Any) -> None:
    study = type(small_study)(small_study.folder, patients())
    study.records["AE"] = []
    study.put("records/ae.csv", "USUBJID,AETERM,AESTDTC,AETOXGR,AEREL\n")
    rows = run(study)
    for endpoint in ("PFS", "OS"):
        median = one(rows, endpoint=endpoint, statistic="median", group="Group A")
        assert (median["status"], median["events"], median["value"]) == ("not_reached", 0, None)
    assert one(rows, endpoint="PFS", statistic="landmark_rate", group="Group A")["value"] == 1.0
    assert one(rows, endpoint="PFS", statistic="hazard_ratio")["status"] == "not_estimable"
    assert {row["value"] for row in rows if row["analysis"] == "safety" and row["statistic"] == "count"} <= {0.0, None}


def test_a_group_with_one_patient(small_study: Any) -> None:
    cohort = patients()
    cohort = [(s, "A" if number == 0 else "B", *rest) for number, (s, _, *rest) in enumerate(cohort)]
    rows = run(type(small_study)(small_study.folder, cohort))
    assert one(rows, endpoint="OS", statistic="n", group="Group A")["value"] == 1
    assert one(rows, endpoint="OS", statistic="n", group="Group B")["value"] == 5


def test_a_group_with_nobody(small_study: Any) -> None:
    rows = run(type(small_study)(small_study.folder, [(s, "B", *rest) for s, _, *rest in patients(progression=60)]))
    assert one(rows, endpoint="PFS", statistic="median", group="Group A")["status"] == "not_estimable"
    for statistic in ("logrank", "hazard_ratio"):
        row = one(rows, endpoint="PFS", statistic=statistic)
        assert row["status"] == "not_estimable"
        assert "no patient" in " ".join(row["warnings"])
    assert one(rows, endpoint="PFS", statistic="median", group="Group B")["value"] == pytest.approx(61 / 30.4375)


def test_one_patient(small_study: Any) -> None:
    rows = run(type(small_study)(small_study.folder, patients(1, progression=90, dead=True)))
    assert one(rows, endpoint="OS", statistic="median", group="Group A")["value"] == pytest.approx(201 / 30.4375)
    assert one(rows, analysis="populations", statistic="n")["value"] == 1


def test_a_population_with_nobody(small_study: Any) -> None:
    small_study.replace("AGE >= 18", "AGE >= 180")
    rows = run(small_study)
    assert one(rows, analysis="populations", statistic="n")["value"] == 0


HOSTILE = """<script>alert("x")</script><img src=x onerror=y> & 'one' "two" =cmd()|' /C calc'!A0 {{ 7*7 }} $x_1^2$ \\frac ]]> %s"""


class Tags(HTMLParser):
    """Collect the elements of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.events: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.events += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def fill_texts(study: Any, text: str) -> None:
    """Put a text into every free text of protocol and records."""
    quoted = json.dumps(text, ensure_ascii=False)
    study.replace("title: A small study", f"title: {quoted}, description: {quoted}, sources: [{quoted}], assumptions: [{quoted}]")
    for old in ("label: Adults", "label: Under age", "label: Response rate", "label: Thyroglobulin response", "label: Overall survival"):
        study.replace(old, f"label: {quoted}")
    study.replace("label: Progression-free survival", f"label: {quoted}")
    study.replace("label: Group A", f"label: {json.dumps('A ' + text, ensure_ascii=False)}")
    study.replace("label: Group B", f"label: {json.dumps('=B ' + text, ensure_ascii=False)}")
    study.replace("variable: AGE, label: Age", f"variable: AGE, label: {quoted}, unit: {quoted}")
    study.replace("variable: SITE, label: Site", f"variable: SITE, label: {quoted}")
    study.replace("- {id: follow_up,", f"- {{id: follow_up, title: {quoted},")
    study.replace("- {id: safety,", f"- {{id: safety, title: {quoted},")
    for row in study.records["DM"]:
        row["SITE"] = text + row["SITE"]
    for number, row in enumerate(study.records["AE"]):
        row["AETERM"] = ("=cmd()" if number % 2 else "") + text
    for row in study.records["CM"]:
        row["CMTRT"] = text


def test_html_formulas_and_quotes_in_every_text_do_no_harm(small_study: Any) -> None:
    fill_texts(small_study, HOSTILE)
    small_study.put(
        "claims.yaml",
        f"- {{id: a, endpoint: OS, group: {json.dumps('A ' + HOSTILE)}, statistic: median, printed: NR, source: {json.dumps(HOSTILE)}}}\n",
    )
    small_study.write()
    done = small_study.topline("run", "--quiet", "--against", str(small_study.folder / "claims.yaml"))
    assert done.status == 0, done.err
    results = small_study.folder / "results"
    rows = json.loads((results / "results.json").read_text(encoding="utf-8"))["results"]
    assert {row["group"] for row in rows if row["endpoint"] == "OS"} >= {"A " + HOSTILE, "=B " + HOSTILE}
    page = Tags()
    source = (results / "report.html").read_text(encoding="utf-8")
    page.feed(source)
    assert not page.names & {"script", "iframe", "object", "link"}
    assert not page.events
    assert "<script" not in source.lower()
    assert HOSTILE in "".join(page.words)
    assert "49" not in [word.strip() for word in page.words]
    for table in (results / "tables").glob("*.csv"):
        text = table.read_bytes().decode("utf-8")
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            assert not [cell for cell in cells if cell.lstrip()[:1] in "=+@" and cell.strip()], (table.name, cells)
    for figure in (results / "figures").glob("*.svg"):
        tree = ElementTree.fromstring(figure.read_text(encoding="utf-8"))
        kinds = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert not kinds & {"script", "foreignObject", "image", "a"}, figure.name


def test_control_characters_of_the_records_reach_no_file_that_is_read(small_study: Any) -> None:
    hostile = "term\x1b[31m\x07\x0b\u202e"
    for row in small_study.records["AE"]:
        row.update(AETERM=hostile, AEDECOD=hostile)
    small_study.records["DM"][0]["SITE"] = hostile
    small_study.write()
    assert small_study.topline("run", "--quiet").status == 0
    results = small_study.folder / "results"
    for file in [
        results / "report.html",
        results / "results.json",
        *(results / "tables").glob("*.csv"),
        *(results / "figures").glob("*.svg"),
    ]:
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e]", file.read_bytes().decode("utf-8")), file.name
    assert "term\\u001b[31m" in (results / "report.html").read_text(encoding="utf-8")


def test_chinese_everywhere(small_study: Any, caplog: Any) -> None:
    text = "甲状腺癌「碘难治」患者 – ąßÞ Ελ Жя"
    fill_texts(small_study, text)
    for table in small_study.records.values():
        for row in table:
            row["USUBJID"] = row["USUBJID"].replace("S-", "患者")
    for row in small_study.records["DM"]:
        row["ARM"] = {"A": "甲组", "B": "乙组"}[row["ARM"]]
    small_study.replace("value: A,", "value: 甲组,")
    small_study.replace("value: B,", "value: 乙组,")
    small_study.replace("reference: B", "reference: 乙组")
    rows = run(small_study)
    assert one(rows, endpoint="OS", statistic="median", group="=B " + text)["value"] == pytest.approx(201 / 30.4375)
    results = small_study.folder / "results"
    assert text in (results / "report.html").read_text(encoding="utf-8")
    for name in ("km-os.svg", "km-pfs.svg"):
        assert (results / "figures" / name).stat().st_size > 5_000
    assert pl.read_parquet(results / "datasets" / "adsl.parquet")["USUBJID"][0] == "患者01"


@pytest.mark.parametrize("form", ["crlf", "bom", "cr", "gb18030", "quoted", "blank lines at the end"])
def test_files_as_other_programs_write_them(small_study: Any, form: str) -> None:
    for row in small_study.records["DM"]:
        row["SITE"] = '北京, "一"院'
    want = derived(small_study)
    other = type(small_study)(small_study.folder.parent / "other")
    other.records = small_study.records
    if form == "gb18030":
        other.replace("records:\n", "records:\n  encoding: gb18030\n")
    for domain in other.records:
        text = other.text(domain)
        raw = {
            "crlf": text.replace("\n", "\r\n").encode(),
            "bom": b"\xef\xbb\xbf" + text.encode(),
            "cr": text.replace("\n", "\r").encode(),
            "gb18030": text.encode("gb18030"),
            "quoted": quoted(text).encode(),
            "blank lines at the end": (text + "\n\n,\n").encode(),
        }[form]
        other.put(f"records/{domain.lower()}.csv", raw)
    assert derived(other) == want


def quoted(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(csv.reader(io.StringIO(text, newline="")))
    return out.getvalue()


def test_a_cell_with_line_breaks(small_study: Any) -> None:
    for row in small_study.records["AE"]:
        row["AETERM"] = 'rash,\r\nwith "itch"\n'
    rows = run(small_study)
    assert one(rows, endpoint="OS", statistic="n", group="Group A")["value"] == 3


def test_a_protocol_with_windows_line_ends_and_a_mark(small_study: Any) -> None:
    want = derived(small_study)
    (small_study.folder / "study.yaml").write_bytes(b"\xef\xbb\xbf" + small_study.protocol.replace("\n", "\r\n").encode())
    assert derived(small_study) == want


def test_five_thousand_columns(small_study: Any) -> None:
    want = derived(small_study)["results"]
    for row in small_study.records["DM"]:
        row |= {f"GENE{number}": str(number) for number in range(5_000)}
    small_study.put("records/dm.csv", small_study.text("DM"))
    started = time.perf_counter()
    assert run(small_study) == want
    assert time.perf_counter() - started < 20


def test_texts_of_great_length(small_study: Any) -> None:
    long = "very long label " * 300
    fill_texts(small_study, long)
    run(small_study)


def many(folder: Path, n: int) -> None:
    """Write the records of many patients at once: the columns of the small study, made by Polars."""
    number = pl.int_range(n, eager=True)
    subject = ("P" + number.cast(pl.String).str.zfill(7)).alias("USUBJID")
    start = (
        (pl.Series([date(2020, 1, 1)] * n) + pl.duration(days=1) * 0) if n == 0 else pl.Series("s", [date(2020, 1, 1)]).new_from_index(0, n)
    )
    last = 100 + number * 7_919 % 1_200
    dead = number % 3 == 0
    base = pl.DataFrame({"USUBJID": subject, "start": start, "last": last, "dead": dead, "number": number})

    def day(expression: pl.Expr) -> pl.Expr:
        return (pl.col("start") + pl.duration(days=expression)).dt.strftime("%Y-%m-%d")

    tables = {
        "dm": base.select(
            "USUBJID",
            pl.when(pl.col("number") % 2 == 0).then(pl.lit("A")).otherwise(pl.lit("B")).alias("ARM"),
            (40 + pl.col("number") % 45).alias("AGE"),
            pl.lit("F").alias("SEX"),
            ("Site " + (pl.col("number") % 7).cast(pl.String)).alias("SITE"),
            pl.when("dead").then(pl.lit("Y")).alias("DTHFL"),
            pl.when("dead").then(day(pl.col("last"))).alias("DTHDTC"),
        ),
        "ex": base.select(subject, EXTRT=pl.lit("DRUG"), EXDOSE=pl.lit(10), EXSTDTC=day(pl.lit(0)), EXENDTC=day(pl.lit(90))),
        "rs": pl.concat(
            base.select(subject, RSTESTCD=pl.lit("OVRLRESP"), RSORRES=pl.lit(response), RSDTC=day(pl.lit(at)))
            for at, response in ((56, "PR"), (98, "PD"))
        ),
        "ae": base.select(subject, AETERM=pl.lit("Rash"), AESTDTC=day(pl.lit(20)), AETOXGR=1 + pl.col("number") % 5, AEREL=pl.lit("Y")),
        "lb": pl.concat(
            base.select(subject, LBTESTCD=pl.lit("TG"), LBORRES=pl.lit(value), LBORRESU=pl.lit("ng/mL"), LBDTC=day(pl.lit(at)))
            for at, value in ((-3, 100), (60, 50))
        ),
        "ss": base.select(subject, SSTESTCD=pl.lit("SURVSTAT"), SSORRES=pl.lit("ALIVE"), SSDTC=day(pl.col("last"))),
        "cm": pl.DataFrame(schema={"USUBJID": pl.String, "CMTRT": pl.String, "CMCAT": pl.String, "CMSTDTC": pl.String}),
    }
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.csv")


@pytest.mark.slow
def test_a_hundred_thousand_patients(small_study: Any) -> None:
    n = 100_000
    many(small_study.folder / "records", n)
    started = time.perf_counter()
    rows = run(small_study)
    seconds = time.perf_counter() - started
    assert one(rows, analysis="populations", statistic="n")["value"] == n
    assert one(rows, endpoint="PFS", statistic="median", group="Group A")["value"] == pytest.approx(99 / 30.4375)
    died = len(range(0, n, 3))  # every third patient, all before the cut-off
    assert sum(row["value"] for row in rows if row["endpoint"] == "OS" and row["statistic"] == "events") == died
    assert seconds < 120, f"{n:,} patients took {seconds:.0f} s"
