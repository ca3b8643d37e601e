"""How fast response and time to event are derived: synthetic patients × 8 visits × 3 lesions, in one frame.

    python benchmarks/derive.py [patients]        (100 000 unless stated)

Prints the seconds of each step and the highest memory of the process.
"""

from __future__ import annotations

import itertools
import resource
import sys
import time

import numpy as np
import polars as pl

from topline.execute.local import derive_all
from topline.records.load import Records
from topline.study.protocol import Protocol

VISITS, LESIONS, EVERY = 8, 3, 56
PROTOCOL = {
    "schema_version": 1,
    "study": {"id": "SPEED", "title": "Speed", "design": "single_arm"},
    "records": {"domains": {"DM": None, "EX": None, "TU": None, "TR": None}},
    "populations": [{"id": "ALL", "label": "All"}],
    "schedule": {"assessments": {"stages": [{"every_weeks": 8}], "window_days": 7}},
    "response": {"entry": "lesions"},
    "endpoints": [
        {"id": "PFS", "type": "time_to_event", "label": "PFS", "preset": "pfs_fda_a"},
        {"id": "OS", "type": "time_to_event", "label": "OS", "preset": "overall_survival"},
    ],
    "analyses": [{"id": "os", "type": "time_to_event", "population": "ALL", "endpoint": "OS"}],
}


def records(n: int, seed: int = 1) -> Records:
    """Typed records as the loader would give them: days since 1970, sizes as text."""
    rng = np.random.default_rng(seed)
    subject = pl.Series("USUBJID", [f"P{i:08d}" for i in range(n)])
    start = pl.Series("start", rng.integers(18_000, 19_000, n), dtype=pl.Int32)
    death = pl.Series("DTHDT", np.where(rng.random(n) < 0.4, start.to_numpy() + rng.integers(30, 900, n), 0), dtype=pl.Int32)
    dm = pl.DataFrame([subject, death]).with_columns(pl.when(pl.col("DTHDT") > 0).then("DTHDT").alias("DTHDT"))
    ex = pl.DataFrame({"USUBJID": subject, "EXTRT": "DRUG", "EXDOSE": 1.0, "EXSTDT": start, "EXENDT": start})
    ex = ex.with_columns(pl.lit(1, pl.Int64).alias("EXSEQ"))
    lesion = pl.Series("L", [f"T{i}" for i in range(LESIONS)])
    base = pl.DataFrame([subject, start])
    tu = base.join(pl.DataFrame({"TULNKID": lesion}), how="cross").with_columns(
        pl.lit("TARGET").alias("TUORRES"), pl.lit("LUNG").alias("TULOC"), (pl.col("start") - 7).alias("TUDT")
    )
    tu = tu.with_columns((pl.int_range(pl.len()) + 1).alias("TUSEQ")).drop("start")
    visits = pl.DataFrame({"VISITNUM": np.arange(VISITS + 1, dtype=float)})
    tr = base.join(visits, how="cross").join(pl.DataFrame({"TRLNKID": lesion}), how="cross")
    size = np.maximum(0, 30 + np.cumsum(rng.integers(-8, 9, (n, LESIONS, VISITS + 1)), axis=2)).transpose(0, 2, 1).ravel()
    day = pl.when(pl.col("VISITNUM") == 0).then(pl.col("start") - 7).otherwise(pl.col("start") + pl.col("VISITNUM") * EVERY)
    tr = tr.with_columns(
        pl.Series("TRORRES", size).cast(pl.String),
        pl.lit("mm").alias("TRORRESU"),
        pl.lit("LDIAM").alias("TRTESTCD"),
        day.cast(pl.Int32).alias("TRDT"),
    )
    tr = tr.with_columns((pl.int_range(pl.len()) + 1).alias("TRSEQ")).drop("start")
    tables = {"DM": dm, "EX": ex, "TU": tu, "TR": tr}
    return Records({name: frame.with_row_index("_ROW", offset=2) for name, frame in tables.items()})


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    protocol = Protocol.model_validate(PROTOCOL)
    made = records(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    steps: list[tuple[str, float]] = []
    data = derive_all(protocol, made, lambda name: steps.append((name, time.perf_counter())))
    steps.append(("end", time.perf_counter()))
    for (name, began), (_, ended) in itertools.pairwise(steps):
        print(f"{name:20s} {ended - began:7.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{n} patients, {made['TR'].height} measurements: {steps[-1][1] - steps[0][1]:.2f} s")
    print(f"memory: {before:.0f} MiB before, {peak:.0f} MiB at the most; {data.adtte.height} rows of ADTTE")


if __name__ == "__main__":
    main()
