"""Times one job with Topline; called by stats.py."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
from stats_timing import median_time

FRESH = """
import time, numpy as np
n = 154
rng = np.random.default_rng(1)
t, e, x = rng.integers(1, 900, n), rng.random(n) < .6, (rng.random(n) < .5).astype(float)
begin = time.perf_counter()
from topline.stats import cox_regression
imported = time.perf_counter()
cox_regression(t, e, x)
print(imported - begin, time.perf_counter() - imported)
"""


def resident() -> int:
    """Memory in use now, in KiB."""
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))


def main() -> None:
    job, folder = json.loads(sys.argv[1]), Path(sys.argv[2])
    n, p, task = job["n"], job["p"], job["task"]
    if task == "fresh":
        runs = [
            [float(v) for v in subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, check=True).stdout.split()]
            for _ in range(7)
        ]
        print(json.dumps({"seconds": float(np.median([r[1] for r in runs])), "import": float(np.median([r[0] for r in runs]))}))
        return
    from topline.stats import bootstrap_hazard_ratio, cox_regression, kaplan_meier, logrank_test

    if task in ("day-table", "bytes"):
        day = np.fromfile(folder / "day.u16", dtype=np.uint16)
        arm, event = (np.fromfile(folder / f"{k}.u8", dtype=np.uint8) for k in ("arm", "event"))
        if task == "bytes":
            seconds = median_time(lambda: [int(np.bitwise_or.reduce(v.view(np.uint64))) for v in (day, arm, event)])
        else:
            from topline.stats import count_days

            def both() -> None:
                table = count_days(day, event, arm)
                for group in table.groups:
                    table.kaplan_meier(group)
                table.logrank_test()

            seconds = median_time(both)
        print(json.dumps({"seconds": seconds}))
        return
    t, e, entry, strata, cluster = (np.fromfile(folder / f"{k}.f64") for k in ("time", "event", "entry", "strata", "cluster"))
    x = np.fromfile(folder / "x.f64").reshape(n, p)
    event = e > 0
    if job["days"]:
        t, entry = t.astype(np.int64), np.floor(entry).astype(np.int64)
    calls = {
        "cox": lambda: cox_regression(t, event, x),
        "cox-entry": lambda: cox_regression(t, event, x, entry=entry),
        "cox-strata": lambda: cox_regression(t, event, x, strata=strata.astype(np.int64)),
        "cox-cluster": lambda: cox_regression(t, event, x, cluster=cluster.astype(np.int64)),
        "km": lambda: kaplan_meier(t, event),
        "logrank": lambda: logrank_test(t, event, x[:, 0].astype(np.int64)),
        "bootstrap": lambda: bootstrap_hazard_ratio(t, event, x[:, 0]),
    }
    if task.startswith("cox") and n <= 10**6:
        calls[task]()
        # What the fit held beyond the data and the compiled code, both of which stay.
        extra = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident()) / 1024
    else:
        extra = None
    print(json.dumps({"seconds": median_time(calls[task]), "memory_mb": extra}))


if __name__ == "__main__":
    main()
