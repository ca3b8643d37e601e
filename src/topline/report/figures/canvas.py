"""Draw a figure under fixed settings and return its bytes: the same drawing gives the same bytes."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from topline.report.figures.fonts import families_for
from topline.report.figures.style import MARK, RC, WIDTH

PNG_DPI = 200
_NOT_APPEARANCE = (
    "backend",
    "interactive",
    "toolbar",
    "timezone",
    "webagg",
    "date.",
    "docstring",
    "savefig.directory",
    "tk.",
    "figure.hooks",
)


def render(draw: Callable[[], Figure], texts: Iterable[str]) -> tuple[bytes, bytes]:
    """Draw once and return SVG and PNG.

    Parameters
    ----------
    draw : callable
        Makes the figure; called under the settings of `style.RC` on top of matplotlib's own defaults, whatever the user's settings.
    texts : iterable of str
        Every text in the figure, to choose fonts by.

    Returns
    -------
    svg, png : bytes
        Without dates or names of software.
    """
    settings: Any = {**_defaults(), **RC, "font.family": families_for(texts)}
    with warnings.catch_warnings(), matplotlib.rc_context(settings):
        warnings.filterwarnings("ignore", message=r".*[Gg]lyph.*missing from")
        warnings.filterwarnings("ignore", message=r".*does not support .* natively")
        figure = draw()
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(png, format="png", dpi=PNG_DPI, metadata={"Software": None})
    return svg.getvalue(), png.getvalue()


def _defaults() -> dict[str, Any]:
    """Return matplotlib's own settings of appearance, without those that belong to the session."""
    return {key: value for key, value in matplotlib.rcParamsDefault.items() if not key.startswith(_NOT_APPEARANCE)}


def new_figure(height: float) -> Figure:
    """Return an empty figure of the common width and so many inches of height, on a canvas that can measure text."""
    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasAgg(figure)
    return figure


def text_size(figure: Figure, text: str, size: float, weight: str = "normal") -> tuple[float, float]:
    """Return width and height of a text in inches."""
    item = Text(0, 0, text, fontsize=size, fontweight=weight, figure=figure, linespacing=1.15)
    box = item.get_window_extent(figure.canvas.get_renderer(), dpi=figure.dpi)  # type: ignore[attr-defined]
    return box.width / figure.dpi, box.height / figure.dpi


def put(figure: Figure, x: float, y: float, text: str, **style: object) -> Text:
    """Place a text at inches from the left and from the top."""
    width, height = figure.get_size_inches()
    defaults: dict[str, object] = {"ha": "left", "va": "top", "fontsize": 9, "linespacing": 1.15}
    return figure.text(x / width, 1 - y / height, text, **{**defaults, **style})  # type: ignore[arg-type]


def mark_synthetic(figure: Figure) -> None:
    """Say on the figure itself that its patients are not real."""
    box = {"boxstyle": "square,pad=0.35", "facecolor": "white", "edgecolor": MARK, "linewidth": 0.9}
    put(figure, WIDTH - 0.2, 0.17, "SYNTHETIC PATIENTS", ha="right", fontsize=7, fontweight="bold", color=MARK, bbox=box)
