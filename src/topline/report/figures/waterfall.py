"""A waterfall: the best change of each patient, largest increase first, without any identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from topline.analyze.results import Waterfall
from topline.derive.response.criterion import with_thresholds
from topline.report.context import Context
from topline.report.figures.canvas import mark_synthetic, new_figure, put, render, text_size
from topline.report.figures.model import FigureFile
from topline.report.figures.style import COLOURS, GRID, INK, MUTED, RESPONSE_COLOURS, RESPONSE_HATCHES, WIDTH
from topline.report.figures.words import clean, wrap
from topline.study.analyses import LabChangeAnalysis, ResponseAnalysis
from topline.study.endpoints import BiochemicalResponse

CEILING = 150.0
"""Increases above this percentage are cut, and their value is written on the bar."""

MANY = 400
FLAT = 0.3
"""A change smaller than this would be an invisible bar; a square stands for it."""
STAR = "*"
"""Marks progressive disease that the change of the sum doesn't show."""
_HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "----")


def waterfall_figure(context: Context, waterfall: Waterfall, name: str) -> FigureFile | None:
    """Return one waterfall; None when nobody has a value."""
    if not waterfall.value:
        return None
    title = clean(waterfall.label)
    categories = tuple(dict.fromkeys(waterfall.category))
    drawing = _Drawing(context, title, waterfall, tuple(sorted(categories, key=_rank)), _thresholds(context, waterfall))
    svg, png = render(drawing.figure, [title, *categories])
    show = context.show
    lowest, highest = show.percent(min(waterfall.value)), show.percent(max(waterfall.value))
    missing = f" {waterfall.n_missing} without a value." if waterfall.n_missing else ""
    alt = f"Waterfall of {title} in {len(waterfall.value)} patients, from {highest} to {lowest}.{missing}"
    return FigureFile(
        name, svg, png, alt, _caption(_visits(context, waterfall), drawing.thresholds, bool(drawing.starred)), waterfall.analysis
    )


def _visits(context: Context, waterfall: Waterfall) -> str:
    """Say at which visits the best change of the sum was looked for."""
    analysis = next((item for item in context.protocol.analyses if item.id == waterfall.analysis), None)
    if not isinstance(analysis, ResponseAnalysis):
        return ""
    counted = " Best change at the visits that count for best response: up to progression, and not after new anticancer therapy."
    return counted if analysis.waterfall == "counted" else " Best change at any visit, also after progression or new anticancer therapy."


def _caption(visits: str, thresholds: tuple[float, ...], starred: bool) -> str:
    text = f"Each bar is one patient; largest rise first.{visits}"
    if thresholds:
        text += " Dashed lines, thresholds of the protocol." if len(thresholds) > 1 else " Dashed line, threshold of the protocol."
    if starred:
        text += f" {STAR} Progressive disease without a rise of the sum to the threshold: by a new lesion, by other lesions, or later."
    return text


def _rank(category: str) -> tuple[int, str]:
    known = list(RESPONSE_COLOURS)
    return (known.index(category) if category in known else len(known), category)


def _thresholds(context: Context, waterfall: Waterfall) -> tuple[float, ...]:
    protocol = context.protocol
    analysis = next((item for item in protocol.analyses if item.id == waterfall.analysis), None)
    if isinstance(analysis, LabChangeAnalysis):
        endpoint = next((item for item in protocol.endpoints if item.id == analysis.endpoint), None)
        if isinstance(endpoint, BiochemicalResponse):
            return (-endpoint.percent if endpoint.direction == "fall" else endpoint.percent,)
    if isinstance(analysis, ResponseAnalysis) and protocol.response is not None:
        rules = with_thresholds(protocol.response).parameters
        return (-rules.partial_response_percent, rules.progression_percent)
    return ()


@dataclass(frozen=True)
class _Drawing:
    """What the drawing needs."""

    context: Context
    title: str
    waterfall: Waterfall
    categories: tuple[str, ...]
    thresholds: tuple[float, ...]

    @property
    def starred(self) -> tuple[bool, ...]:
        """Of each value, whether it is progressive disease below the threshold of progression; empty where none is."""
        limit = max(self.thresholds, default=0.0) if len(self.thresholds) > 1 else None
        if limit is None or len(self.waterfall.value) > MANY:
            return ()
        marks = tuple(
            category == "PD" and value < limit for value, category in zip(self.waterfall.value, self.waterfall.category, strict=True)
        )
        return marks if any(marks) else ()

    def figure(self) -> Figure:
        """Draw: title, bars, thresholds, legend of categories, how many had no value."""
        probe = new_figure(1)
        title = wrap(self.title, 62, 3)
        plot_top = 0.2 + text_size(probe, title, 11, "bold")[1] + 0.18 + 0.24 * self._legend_lines
        foot = 0.62
        height = plot_top + 3.1 + foot
        figure = new_figure(height)
        put(figure, 0.2, 0.2, title, fontsize=11, fontweight="bold")
        left, right = 0.8, 0.55
        axes = figure.add_axes((left / WIDTH, foot / height, (WIDTH - left - right) / WIDTH, 3.1 / height))
        self._bars(axes)
        number, missing = len(self.waterfall.value), self.waterfall.n_missing
        text = f"{number} patient{'' if number == 1 else 's'}, one bar each"
        cut = sum(value > CEILING for value in self.waterfall.value)
        text += f"; {cut} cut at +{CEILING:g}%" if cut else ""
        text += f"; {missing} without a value, not shown" if missing else ""
        put(figure, WIDTH - right, height - 0.36, text, ha="right", fontsize=8, color=MUTED)
        if self.context.protocol.study.synthetic:
            mark_synthetic(figure)
        return figure

    def _bars(self, axes: Axes) -> None:
        values, number = self.waterfall.value, len(self.waterfall.value)
        order = sorted(range(number), key=lambda i: -values[i])
        shown = [min(values[i], CEILING) for i in order]
        handles = []
        for place, category in enumerate(self.categories):
            colour, hatch = self._look(category, place)
            at = [x for x, i in enumerate(order) if self.waterfall.category[i] == category]
            heights = [shown[x] for x in at]
            flat = [x for x, height in zip(at, heights, strict=True) if abs(height) < FLAT]
            axes.plot(flat, [0] * len(flat), marker="s", markersize=4, color=colour, markeredgecolor=INK, linestyle="none", zorder=4)
            if number <= MANY:
                axes.bar(at, heights, width=0.82, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5)
            else:
                axes.vlines(at, 0, heights, color=colour if colour != "#ffffff" else MUTED, linewidth=0.6, rasterized=True)
            handles.append(Patch(facecolor=colour, edgecolor=INK, hatch=hatch, linewidth=0.5, label=wrap(category, 80, 1)))
        for x, i in enumerate(order[: sum(value > CEILING for value in values)]):
            if number <= 40:
                text = f"+{self.context.show.number(values[i], 0)}%"
                axes.text(x, CEILING + 2, text, ha="center", va="bottom", fontsize=6.5, rotation=90 if number > 20 else 0)
        for x, i in enumerate(order):
            if self.starred and self.starred[i]:
                axes.annotate(
                    STAR, (x, max(shown[x], 0.0)), (0, 1.5), "data", "offset points", ha="center", va="bottom", fontsize=9, color=INK
                )
        for threshold in self.thresholds:
            axes.axhline(threshold, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=3)
            text = f"{'+' if threshold > 0 else ''}{self.context.show.number(threshold, 0)}%"
            axes.annotate(text, (1.0, threshold), (4, 0), ("axes fraction", "data"), "offset points", va="center", fontsize=8, color=MUTED)
        axes.axhline(0, color=INK, linewidth=0.8)
        self._axis(axes, shown)
        columns = 1 if self._legend_lines > 1 else max(len(self.categories), 1)
        legend: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (-0.005, 1.0), "borderaxespad": 0.2, "columnspacing": 1.6}
        axes.legend(handles=handles, ncols=columns, frameon=False, fontsize=8, handlelength=1.4, **legend)

    @property
    def _legend_lines(self) -> int:
        return len(self.categories) if sum(len(category) + 6 for category in self.categories) > 80 else 1

    def _axis(self, axes: Axes, shown: list[float]) -> None:
        low, high = min(0.0, *shown), max(0.0, *shown)
        low = min([low, *(t * 1.15 for t in self.thresholds if t < 0)])
        high = max([high, *(t * 1.15 for t in self.thresholds if t > 0)])
        room = 0.04 * (high - low) + (12 if high >= CEILING else 0)
        axes.set_ylim(max(low - room, -105) if low < 0 else 0, high + room)
        axes.set_xlim(-0.8, max(len(shown) - 0.2, 3.8))
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.set_ylabel("Change from baseline, %")
        axes.yaxis.grid(True, color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)

    def _look(self, category: str, place: int) -> tuple[str, str]:
        if category in RESPONSE_COLOURS:
            return RESPONSE_COLOURS[category], RESPONSE_HATCHES.get(category, "")
        return COLOURS[place % len(COLOURS)], _HATCHES[place % len(_HATCHES)]
