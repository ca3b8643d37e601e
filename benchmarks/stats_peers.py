"""Times one job with lifelines, scikit-survival or statsmodels, in an environment of their own; called by stats.py."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np
from stats_timing import median_time

warnings.simplefilter("ignore")


def main() -> None:
    job, folder = json.loads(sys.argv[1]), Path(sys.argv[2])
    n, p, task, who = job["n"], job["p"], job["task"], job["contender"]
    t, e = (np.fromfile(folder / f"{k}.f64") for k in ("time", "event"))
    x = np.fromfile(folder / "x.f64").reshape(n, p)
    g = x[:, 0].astype(int)
    if who == "lifelines":
        import pandas as pd
        from lifelines import CoxPHFitter, KaplanMeierFitter
        from lifelines.statistics import logrank_test

        frame = pd.DataFrame(x, columns=[f"x{j}" for j in range(p)]).assign(t=t, e=e)
        calls = {
            "cox": lambda: CoxPHFitter().fit(frame, "t", "e"),
            "km": lambda: KaplanMeierFitter().fit(t, e),
            "logrank": lambda: logrank_test(t[g == 0], t[g == 1], e[g == 0], e[g == 1]),
        }
    elif who == "scikit-survival":
        from sksurv.compare import compare_survival
        from sksurv.linear_model import CoxPHSurvivalAnalysis
        from sksurv.nonparametric import kaplan_meier_estimator

        y = np.array(list(zip(e > 0, t, strict=True)), dtype=[("e", bool), ("t", float)])
        calls = {
            "cox": lambda: CoxPHSurvivalAnalysis(ties="efron").fit(x, y),
            "km": lambda: kaplan_meier_estimator(e > 0, t, conf_type="log-log"),
            "logrank": lambda: compare_survival(y, g),
        }
    else:
        from statsmodels.duration.hazard_regression import PHReg
        from statsmodels.duration.survfunc import SurvfuncRight, survdiff

        calls = {
            "cox": lambda: PHReg(t, x, status=e, ties="efron").fit().bse,
            "km": lambda: SurvfuncRight(t, e),
            "logrank": lambda: survdiff(t, e, g),
        }
    print(json.dumps({"seconds": median_time(calls[task])}))


if __name__ == "__main__":
    main()
