"""What every test can lean on: the data beside the project where they are, and hypothesis set so that a run can be repeated.

Thread limits (OMP_NUM_THREADS, POLARS_MAX_THREADS) are the caller's: results may not depend on them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# Time limits per example say more about a busy machine than about the code. Where CI is set, the examples are always the same;
# elsewhere they are drawn anew, and a failure is kept in .hypothesis until it passes.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("local", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local"))


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder of the project: src, examples, docs."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of public data beside the project; a test that asks for it is marked `shared`, and skipped where there is none."""
    folder = Path(os.environ.get("TOPLINE_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("no public data beside the project (TOPLINE_SHARED, or ../shared)")
    return folder.resolve()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many tests really read the shared data: skipped ones prove nothing."""
    if config.option.markexpr != "shared":
        return
    passed, failed, skipped = (len(terminalreporter.getreports(outcome)) for outcome in ("passed", "failed", "skipped"))
    terminalreporter.write_line(f"shared tests: {passed + failed} ran ({passed} passed, {failed} failed), {skipped} skipped")
