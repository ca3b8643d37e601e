"""The same bits whatever the number of threads or cores."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from topline.stats import cox_regression
from topline.stats.survival import kernels

SCRIPT = """
import hashlib, sys
import numpy as np
from topline.stats import cox_regression
from topline.stats.survival import kernels, panels
if sys.argv[4:] == ["compiled"]:
    kernels.WORTH_IT = panels.WORTH_IT = 0
n, p, days = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "days"
rng = np.random.default_rng(6)
x = rng.standard_normal((n, p))
life, stop = rng.exponential(600 * np.exp(-0.2 * x[:, 0])), rng.uniform(100, 1500, n)
time, event = np.minimum(life, stop), life <= stop
fit = cox_regression(np.ceil(time).astype(int) if days else time, event, x, robust=True)
parts = (fit.coef, fit.std_error, fit.robust_std_error, np.array([fit.loglik]))
print(hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


def bits(threads: int, cores: int, *what: str) -> str:
    environment = os.environ | {f"{k}_NUM_THREADS": str(threads) for k in ("OMP", "OPENBLAS", "MKL")}
    pin = f"import os; hasattr(os, 'sched_setaffinity') and os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{cores}])\n"
    run = subprocess.run([sys.executable, "-c", pin + SCRIPT, *what], env=environment, capture_output=True, text=True, check=True)
    return run.stdout.strip()


SMALL = [("30000", "3", "days"), ("20000", "4", "continuous"), ("3000", "3", "days", "compiled"), ("3000", "3", "continuous", "compiled")]


@pytest.mark.parametrize("what", SMALL, ids=["-".join(what[2:]) for what in SMALL])
def test_threads_do_not_change_a_bit(what: tuple[str, ...]) -> None:
    assert bits(1, 1, *what) == bits(2, 2, *what)


@pytest.mark.slow
@pytest.mark.parametrize("what", [("300000", "10", "days"), ("60000", "40", "days")], ids=["panels", "wide"])
def test_threads_do_not_change_a_bit_of_large_fits(what: tuple[str, ...]) -> None:
    assert bits(1, 1, *what) == bits(2, 2, *what)


def test_a_small_fit_imports_nothing_compiled() -> None:
    code = "import sys\nfrom topline.stats import cox_regression, kaplan_meier\n"
    code += "cox_regression([1, 2, 3, 4], [1, 1, 0, 1], [0, 1, 0, 1])\nkaplan_meier([1, 2, 3], [1, 0, 1])\nprint('numba' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("reason", [ImportError("no numba"), RuntimeError("cannot cache function")])
def test_without_compiled_loops_numpy_runs(monkeypatch: pytest.MonkeyPatch, reason: Exception) -> None:
    def refuse(name: str) -> None:
        raise reason

    monkeypatch.setattr(kernels, "WORTH_IT", 0)
    monkeypatch.setattr("importlib.import_module", refuse)
    kernels._load.cache_clear()
    try:
        assert kernels.kernels(10) is None
        fit = cox_regression([1, 2, 3, 4], [1, 1, 0, 1], [0.0, 1.0, 1.0, 0.0])
    finally:
        kernels._load.cache_clear()
    assert fit.converged
