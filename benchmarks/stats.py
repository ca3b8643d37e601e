"""Statistics floor against its peers, side by side in one run: `python benchmarks/stats.py`.

Every job is timed in a process of its own, in turn for each contender, on the same seeded data; the table gives medians of
five runs (three where a run takes longer than five seconds, one beyond twenty). A contender that needs more than 60 seconds
for one run is skipped and the table says so.

Peers live outside the project's environment: put lifelines, statsmodels and scikit-survival into one of their own and name its
interpreter in TOPLINE_BENCH_PYTHON; R with survival is used where `Rscript` is found. What is absent is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
LIMIT = 60.0


@dataclass(frozen=True)
class Job:
    """One thing to time."""

    name: str
    task: str
    n: int
    p: int = 10
    days: bool = True
    contenders: tuple[str, ...] = ("topline", "R", "R kernel", "lifelines", "scikit-survival", "statsmodels")


COX = ("topline", "R", "R kernel", "lifelines", "scikit-survival", "statsmodels")
CURVES = ("topline", "R", "lifelines", "scikit-survival", "statsmodels")
JOBS = [
    Job("one fit, n = 154", "cox", 154, 1, contenders=COX),
    Job("Cox 10³ × 10, days", "cox", 1_000, contenders=COX),
    Job("Cox 10⁴ × 10, days", "cox", 10_000, contenders=COX),
    Job("Cox 10⁵ × 10, days", "cox", 100_000, contenders=COX),
    Job("Cox 10⁵ × 10, continuous", "cox", 100_000, days=False, contenders=COX),
    Job("Cox 10⁶ × 10, days", "cox", 1_000_000, contenders=COX),
    Job("Cox 10⁶ × 10, days, entry", "cox-entry", 1_000_000, contenders=("topline", "R")),
    Job("Cox 10⁶ × 10, days, 20 strata", "cox-strata", 1_000_000, contenders=("topline", "R")),
    Job("Cox 10⁶ × 10, days, robust", "cox-cluster", 1_000_000, contenders=("topline", "R")),
    Job("Cox 10⁶ × 50, days", "cox", 1_000_000, 50, contenders=("topline", "R kernel", "lifelines")),
    Job("Cox 10⁷ × 10, days", "cox", 10_000_000, contenders=("topline",)),
    Job("Kaplan–Meier 10⁶, days", "km", 1_000_000, 1, contenders=CURVES),
    Job("log-rank 10⁶, days", "logrank", 1_000_000, 1, contenders=CURVES),
    Job("Kaplan–Meier 10⁷, days", "km", 10_000_000, 1, contenders=("topline", "lifelines", "statsmodels")),
    Job("log-rank 10⁷, days", "logrank", 10_000_000, 1, contenders=("topline", "lifelines", "statsmodels")),
    Job("10⁸ rows: one pass over the bytes", "bytes", 100_000_000, 0, contenders=("topline",)),
    Job("10⁸ rows: Kaplan–Meier + log-rank", "day-table", 100_000_000, 0, contenders=("topline",)),
    Job("10,000 bootstrap hazard ratios, n = 154", "bootstrap", 154, 1, contenders=("topline",)),
    Job("first fit of a fresh process, n = 154", "fresh", 154, 1, contenders=("topline",)),
]


def write_data(job: Job, folder: Path) -> None:
    """Write seeded survival data as raw doubles that Python and R both read in no time."""
    rng = np.random.default_rng(20240501)
    n, p = job.n, max(job.p, 1)
    if job.task in ("day-table", "bytes"):
        rng.integers(1, 1500, n, dtype=np.uint16).tofile(folder / "day.u16")
        rng.integers(0, 2, n, dtype=np.uint8).tofile(folder / "arm.u8")
        rng.integers(0, 2, n, dtype=np.uint8).tofile(folder / "event.u8")
        return
    x = (rng.random((n, 1)) < 0.5).astype(float) if p == 1 else rng.standard_normal((n, p))
    risk = np.exp(x @ np.linspace(-0.3, 0.3, p)) if p > 1 else np.exp(-0.35 * x[:, 0])
    life, censor = rng.exponential(600.0 / risk), rng.uniform(100.0, 1500.0, n)
    time, event = np.minimum(life, censor), (life <= censor).astype(float)
    if job.days:
        time = np.ceil(time)
    entry = np.floor(rng.random(n) * 0.5 * time) if job.days else 0.5 * rng.random(n) * time
    x.tofile(folder / "x.f64")
    for name, values in (("time", time), ("event", event), ("entry", np.minimum(entry, time - 1e-6))):
        values.astype(float).tofile(folder / f"{name}.f64")
    rng.integers(0, 20, n).astype(float).tofile(folder / "strata.f64")
    rng.integers(0, max(n // 5, 1), n).astype(float).tofile(folder / "cluster.f64")


def command(contender: str, job: Job, folder: Path, peers: str | None) -> list[str] | None:
    """Return the command that times one contender, or None where it isn't there."""
    spec = json.dumps({"task": job.task, "n": job.n, "p": max(job.p, 1), "days": job.days, "contender": contender})
    if contender in ("R", "R kernel"):
        rscript = shutil.which("Rscript")
        return rscript and [rscript, str(HERE / "stats_peers.R"), spec, str(folder)]
    python = sys.executable if contender == "topline" else peers
    if python is None:
        return None
    script = "stats_topline.py" if contender == "topline" else "stats_peers.py"
    return [python, str(HERE / script), spec, str(folder)]


def run(contender: str, job: Job, folder: Path, peers: str | None) -> dict[str, float] | None:
    """Time one contender at one job."""
    line = command(contender, job, folder, peers)
    if line is None:
        return None
    try:
        out = subprocess.run(line, capture_output=True, text=True, timeout=3 * LIMIT + 120, check=False)
    except subprocess.TimeoutExpired:
        return {"seconds": float("inf")}
    if out.returncode:
        print(f"  {contender}: {out.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return json.loads(out.stdout.strip().splitlines()[-1])


def show(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds > LIMIT:
        return "> 60 s"
    if seconds < 0.1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="run the jobs whose name contains this")
    parser.add_argument("--without", default="", help="contenders to leave out, separated by commas")
    parser.add_argument("--largest", type=int, default=10**8, help="skip jobs with more rows than this")
    parser.add_argument("--json", type=Path, help="write the numbers here as well")
    asked = parser.parse_args()
    peers = os.environ.get("TOPLINE_BENCH_PYTHON")
    names = ("topline", "R", "R kernel", "lifelines", "scikit-survival", "statsmodels")
    print("| work | " + " | ".join(names) + " | best peer ÷ topline |")
    print("|---" * (len(names) + 2) + "|")
    rows = []
    for job in JOBS:
        if asked.only not in job.name or job.n > asked.largest:
            continue
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            write_data(job, folder)
            found = {c: run(c, job, folder, peers) for c in job.contenders if c not in asked.without.split(",")}
        times = {c: (r or {}).get("seconds") for c, r in found.items()}
        rivals = [t for c, t in times.items() if c != "topline" and t is not None and t <= LIMIT]
        ratio = f"{min(rivals) / times['topline']:.3g}×" if rivals and times["topline"] else ""
        print(f"| {job.name} | " + " | ".join(show(times.get(c)) for c in names) + f" | {ratio} |", flush=True)
        rows.append({"job": job.name, "seconds": times, "memory_mb": (found["topline"] or {}).get("memory_mb")})
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
