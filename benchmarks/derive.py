"""How fast response and time to event are derived from Parquet, part by part: synthetic patients × 8 visits × 3 lesions.

    python benchmarks/derive.py [patients …]        (10 000 and 100 000 unless stated)

For each number of patients: seconds (of the processor, and on the clock), the highest memory of a fresh process, and the load of the
machine (processes that wanted a core in the minute before). Topline reads DM, EX, TU and TR, checks them and writes ADRS and ADTTE, or all
datasets; where the package duckdb can be imported, SQL by hand makes target response and PFS of clean data by the same rules. Both must
agree row by row.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

VISITS, LESIONS, EVERY, AT_ONCE = 8, 3, 56, 100_000
RULES = """
    - {rule: no_baseline, label: No baseline}
    - {rule: missed_visits, visits: 2, label: Two visits missed}
    - {rule: last_assessment, label: Last assessment}"""
PROTOCOL = f"""schema_version: 1
study: {{id: SPEED, title: Speed, design: single_arm}}
records:
  folder: records
  domains: {{DM: {{file: dm.parquet}}, EX: {{file: ex.parquet}}, TU: {{file: tu.parquet}}, TR: {{file: tr.parquet}}}}
populations: [{{id: ALL, label: All}}]
schedule: {{assessments: {{stages: [{{every_weeks: 8}}], window_days: 7}}}}
response: {{entry: lesions}}
endpoints:
- id: PFS
  type: time_to_event
  label: PFS
  events: [{{rule: progression, label: Progression}}, {{rule: death, label: Death}}]
  censoring:{RULES}
- {{id: OS, type: time_to_event, label: OS, preset: overall_survival}}
analyses: [{{id: os, type: time_to_event, population: ALL, endpoint: OS}}]
"""
SQL = f"""
CREATE TEMP TABLE visits AS
SELECT tr.USUBJID, VISITNUM, min(TRDTC) AS day, sum(CAST(TRORRES AS BIGINT)) AS total, start
FROM read_parquet('records/tr.parquet') tr
JOIN (SELECT USUBJID, min(EXSTDTC) AS start FROM read_parquet('records/ex.parquet') GROUP BY ALL) USING (USUBJID)
GROUP BY tr.USUBJID, VISITNUM, start;
CREATE TEMP TABLE target AS
WITH nadirs AS (
  SELECT *, first(total) OVER w AS base, min(total) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS nadir FROM visits
  WINDOW w AS (PARTITION BY USUBJID ORDER BY VISITNUM)
), judged AS (
  SELECT *, CASE WHEN total = 0 THEN 'CR' WHEN total * 10 >= nadir * 12 AND total - nadir >= 5 THEN 'PD'
    WHEN total * 10 <= base * 7 THEN 'PR' ELSE 'SD' END AS response
  FROM nadirs WHERE day > start
)
SELECT *, CASE WHEN total > 0 AND coalesce(max(CAST(response = 'CR' AS INT)) OVER (PARTITION BY USUBJID ORDER BY VISITNUM
  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) = 1 THEN 'PD' ELSE response END AS overall FROM judged;
CREATE TEMP TABLE pfs AS
WITH events AS (
  SELECT ex.USUBJID, ex.EXSTDTC AS start, DTHDTC, pd, least(coalesce(pd, DTHDTC), coalesce(DTHDTC, pd)) AS event,
    coalesce(pd <= DTHDTC, pd IS NOT NULL) AS seen
  FROM read_parquet('records/ex.parquet') ex JOIN read_parquet('records/dm.parquet') dm USING (USUBJID)
  LEFT JOIN (SELECT USUBJID, min(day) AS pd FROM target WHERE overall = 'PD' GROUP BY USUBJID) USING (USUBJID)
), looks AS (
  SELECT e.USUBJID, max(day) AS last, max(CASE WHEN CASE WHEN seen THEN day < event ELSE day <= event END THEN day END) AS before
  FROM events e JOIN target t ON e.USUBJID = t.USUBJID GROUP BY e.USUBJID
), counted AS (
  SELECT *, date_diff('day', start, event) AS until, coalesce(date_diff('day', start, before), 0) AS since FROM events
  LEFT JOIN looks USING (USUBJID)
), missed AS (
  SELECT *, greatest(0, CAST(ceil((until - 7) / {EVERY}.0) AS INT) - 1 - CAST(floor((since + 7) / {EVERY}.0) AS INT)) AS gaps FROM counted
)
SELECT USUBJID, CASE WHEN event IS NULL OR gaps >= 2 THEN 1 ELSE 0 END AS CNSR,
  1 + date_diff('day', start, CASE WHEN event IS NULL THEN coalesce(last, start) WHEN gaps >= 2 THEN coalesce(before, start)
  ELSE event END) AS AVAL FROM missed;
COPY (SELECT USUBJID, VISITNUM, day, response FROM target ORDER BY ALL) TO 'sql_target.parquet' (FORMAT parquet);
COPY (SELECT * FROM pfs ORDER BY ALL) TO 'sql_pfs.parquet' (FORMAT parquet);
"""


def records(first: int, n: int, seed: int) -> dict[str, pl.DataFrame]:
    """Records of `n` patients as a database gives them: dates typed, sizes as text; nothing after death."""
    rng = np.random.default_rng([seed, first])
    subject = pl.Series("USUBJID", [f"P{i:08d}" for i in range(first, first + n)])
    start = pl.Series("start", rng.integers(18_000, 19_000, n), dtype=pl.Int32)
    death = pl.Series("death", np.where(rng.random(n) < 0.4, start.to_numpy() + rng.integers(30, 900, n), 0), dtype=pl.Int32)
    base = pl.DataFrame([subject, start, death.replace(0, None)])
    lesion = pl.DataFrame({"LNKID": [f"T{i}" for i in range(LESIONS)]})
    day = pl.when(pl.col("VISITNUM") == 0).then(pl.col("start") - 7).otherwise(pl.col("start") + pl.col("VISITNUM") * EVERY)
    visits = pl.DataFrame({"VISITNUM": np.arange(VISITS + 1, dtype=float)})
    size = np.maximum(0, 30 + np.cumsum(rng.integers(-8, 9, (n, LESIONS, VISITS + 1)), axis=2)).transpose(0, 2, 1).ravel()
    tr = base.join(visits, how="cross").join(lesion, how="cross").with_columns(pl.Series("TRORRES", size).cast(pl.String), day.alias("day"))
    tr = tr.filter((pl.col("day") <= pl.col("death")).fill_null(value=True))
    one = pl.lit(1, pl.Int64)

    def date(name: str, value: str = "start") -> pl.Expr:
        return pl.col(value).cast(pl.Int32).cast(pl.Date).alias(name)

    return {
        "dm": base.select("USUBJID", date("DTHDTC", "death")),
        "ex": base.select("USUBJID", pl.lit("DRUG").alias("EXTRT"), pl.lit(1.0).alias("EXDOSE"), date("EXSTDTC"), date("EXENDTC")),
        "tu": base.join(lesion, how="cross").select(
            "USUBJID",
            pl.col("LNKID").alias("TULNKID"),
            pl.lit("TARGET").alias("TUORRES"),
            ("SITE " + pl.col("LNKID")).alias("TULOC"),
            (pl.col("start") - 7).cast(pl.Date).alias("TUDTC"),
            (pl.int_range(pl.len()) + one).alias("TUSEQ"),
        ),
        "tr": tr.select(
            "USUBJID",
            "VISITNUM",
            pl.col("LNKID").alias("TRLNKID"),
            "TRORRES",
            pl.lit("mm").alias("TRORRESU"),
            pl.lit("LDIAM").alias("TRTESTCD"),
            date("TRDTC", "day"),
            (pl.int_range(pl.len()) + one).alias("TRSEQ"),
        ),
    }


def write_study(folder: Path, n: int) -> None:
    """Write a study folder, the Parquet files chunk by chunk."""
    (folder / "records").mkdir()
    (folder / "study.yaml").write_text(PROTOCOL, encoding="utf-8")
    chunks = folder / "chunks"
    chunks.mkdir()
    for first in range(0, n, AT_ONCE):
        for name, frame in records(first, min(AT_ONCE, n - first), 1).items():
            frame.write_parquet(chunks / f"{name}-{first:09d}.parquet")
    for name in ("dm", "ex", "tu", "tr"):
        pl.scan_parquet(chunks / f"{name}-*.parquet").sink_parquet(folder / "records" / f"{name}.parquet", row_group_size=250_000)


def with_topline(folder: Path) -> None:
    import topline

    topline.load_study(folder).derive(folder / "out", datasets=("adrs", "adtte"))


def all_with_topline(folder: Path) -> None:
    import topline

    topline.load_study(folder).derive(folder / "all")


def by_hand(folder: Path) -> None:
    import duckdb

    os.chdir(folder)
    duckdb.connect(config={"threads": int(os.environ["POLARS_MAX_THREADS"])}).execute(SQL)


def agree(folder: Path) -> bool:
    """Tell whether target response and PFS are the same, row by row."""
    target = pl.scan_parquet(folder / "out/adrs/*.parquet").filter(pl.col("PARAMCD") == "TRGRESP")
    ours = target.select("USUBJID", pl.col("AVISITN").alias("VISITNUM"), pl.col("ADT").alias("day"), pl.col("AVALC").alias("response"))
    pfs = pl.scan_parquet(folder / "out/adtte/*.parquet").filter(pl.col("PARAMCD") == "PFS")
    times = pfs.select("USUBJID", pl.col("CNSR").cast(pl.Int32), pl.col("AVAL").cast(pl.Int64))
    theirs = pl.read_parquet(folder / "sql_pfs.parquet").with_columns(pl.col("CNSR").cast(pl.Int32), pl.col("AVAL").cast(pl.Int64))
    same = ours.sort("USUBJID", "VISITNUM").collect().equals(pl.read_parquet(folder / "sql_target.parquet"))
    return same and times.sort("USUBJID").collect().equals(theirs.sort("USUBJID"))


def measured(way: str, folder: Path) -> dict[str, float]:
    """Run one way in a process of its own."""
    environment = {"POLARS_MAX_THREADS": "2", **os.environ}
    done = subprocess.run([sys.executable, __file__, "--", way, str(folder)], env=environment, stdout=subprocess.PIPE, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def one(way: str, folder: Path) -> None:
    began = time.perf_counter()
    {"ADRS, ADTTE": with_topline, "all": all_with_topline, "SQL": by_hand}[way](folder)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"cpu": usage.ru_utime + usage.ru_stime, "wall": time.perf_counter() - began, "mib": usage.ru_maxrss / 1024}))


def main() -> None:
    print("| patients | way | CPU s | seconds | MiB | load | equal |\n|---:|---|---:|---:|---:|---:|---|", flush=True)
    for n in [int(given) for given in sys.argv[1:]] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_study(folder, n)
            for way in ("ADRS, ADTTE", "all", *(["SQL"] if importlib.util.find_spec("duckdb") else [])):
                load, it = os.getloadavg()[0], measured(way, folder)
                same = ("yes" if agree(folder) else "NO") if way == "SQL" else ""
                print(f"| {n} | {way} | {it['cpu']:.1f} | {it['wall']:.1f} | {it['mib']:.0f} | {load:.0f} | {same} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
