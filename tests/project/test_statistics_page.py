"""docs/statistics.md: its example gives what R 4.2.2 (survival 3.5-3) gives for the same data, and it names every function there is."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

from topline import stats

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")


def test_the_example_gives_what_it_says() -> None:
    block = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {}
    exec(block.group(1), names)
    shown = re.findall(r"^(\S.*?)  # (\d+\.\d+)$", block.group(1), re.MULTILINE)
    assert len(shown) == 8
    for expression, number in shown:
        digits = len(number.partition(".")[2])
        assert f"{eval(expression, names):.{digits}f}" == number, expression


def test_every_function_is_named() -> None:
    functions = {name for name in stats.__all__ if inspect.isfunction(getattr(stats, name))}
    assert functions <= set(re.findall(r"`(\w+)`", PAGE))
