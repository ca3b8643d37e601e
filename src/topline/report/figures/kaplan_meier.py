"""Kaplan–Meier curves with censoring marks, confidence bands, and the numbers at risk under the axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from topline.analyze.results import Curve, Result
from topline.report.context import Context, pick
from topline.report.figures.canvas import mark_synthetic, new_figure, put, render, text_size
from topline.report.figures.model import FigureFile
from topline.report.figures.steps import FEW, Steps, few_from, split, steps_of
from topline.report.figures.style import COLOURS, DASHES, GRID, INK, WIDTH
from topline.report.figures.ticks import month_label, month_ticks
from topline.report.figures.words import clean, width_of, wrap
from topline.study.analyses import TimeToEventAnalysis

PLOT_HEIGHT = 3.3
RIGHT = 0.25
SMALL = 8.0
_LIGHT = 0.4
MOST_BANDS = 2
"""Bands of more groups than this would hide each other."""


@dataclass(frozen=True)
class _Line:
    """One group: its curve, its name as wrapped for the margin, and its line of the legend."""

    curve: Curve
    steps: Steps
    name: str
    legend: str
    colour: str
    dash: Any


def kaplan_meier_figure(context: Context, analysis: TimeToEventAnalysis, *, median_lines: bool = True) -> FigureFile | None:
    """Return the figure of one analysis; None when there is no curve."""
    curves = _ordered(context, analysis)
    if not curves:
        return None
    title = clean(analysis.title or context.endpoint_label(analysis.endpoint))
    extent = max((max((*curve.time, *curve.censor_time, *curve.risk_time[:1]), default=0.0) for curve in curves), default=0.0) or 1.0
    lines = [
        _Line(
            curve,
            steps_of(curve, extent),
            wrap(context.group_name(curve.group), 20),
            _legend(context, analysis, curve),
            COLOURS[i % len(COLOURS)],
            DASHES[i % len(DASHES)],
        )
        for i, curve in enumerate(curves)
    ]
    notes = comparison_notes(context, analysis)
    draw = _Drawing(context, title, y_label(context, analysis), lines, notes, extent, median_lines).figure
    texts = [title, y_label(context, analysis), *(line.name + line.legend for line in lines), *notes]
    svg, png = render(draw, texts)
    alt = f"Kaplan–Meier curves, {title}, with numbers at risk. " + ". ".join([*(line.legend for line in lines), *notes]) + "."
    light = any(few_from(line.curve) < line.steps.end for line in lines)
    return FigureFile(f"km-{analysis.id}", svg, png, alt, _caption(context, analysis, len(lines), median_lines, light), analysis.id)


def _caption(context: Context, analysis: TimeToEventAnalysis, number: int, median_lines: bool, light: bool) -> str:
    row = pick(context.rows(analysis.id), statistic="median")
    interval = str(row.method.get("interval", "")) if row is not None else ""
    parts = ["Kaplan–Meier estimate"]
    if number <= MOST_BANDS:
        parts.append(f"bands, {context.show.level(row)} confidence interval{f' ({interval})' if interval else ''}")
    parts.append("ticks, censored patients")
    if light:
        parts.append(f"lighter line, fewer than {FEW} patients at risk")
    return "; ".join([*parts, *(["dotted lines, medians that were reached"] if median_lines else [])]) + "."


def _ordered(context: Context, analysis: TimeToEventAnalysis) -> list[Curve]:
    curves = [curve for curve in context.results.curves if curve.analysis == analysis.id]
    order = context.groups(context.rows(analysis.id))
    if any(curve.group is not None for curve in curves):
        curves = [curve for curve in curves if curve.group is not None]
    return sorted(curves, key=lambda curve: order.index(curve.group) if curve.group in order else len(order))


def y_label(context: Context, analysis: TimeToEventAnalysis) -> str:
    """Return the name of the vertical axis: the endpoint itself when it is a survival, else who is counted."""
    label = clean(context.endpoint_label(analysis.endpoint))
    return f"{label}, %" if "surviv" in label.lower() and width_of(label) <= 38 else "Patients without event, %"


def _legend(context: Context, analysis: TimeToEventAnalysis, curve: Curve) -> str:
    rows = [row for row in context.rows(analysis.id) if row.group == curve.group and row.subgroup is None and row.reference_group is None]
    n, events, median = (pick(rows, statistic=key, variable=None) for key in ("n", "events", "median"))
    parts = []
    if n is not None and events is not None:
        parts.append(f"{context.show.estimate(events)} events / {context.show.estimate(n)} patients")
    if median is not None:
        parts.append(f"median {context.show.quoted(median)}")
    name = clean(context.group_name(curve.group))
    return f"{name}: {'; '.join(parts)}" if parts else name


def comparison_notes(context: Context, analysis: TimeToEventAnalysis) -> list[str]:
    """Return the comparison of the groups in one line each: hazard ratio and log-rank p."""
    rows = [row for row in context.rows(analysis.id) if row.subgroup is None and row.variable is None]
    ratios = [row for row in rows if row.statistic == "hazard_ratio" and row.method.get("model") != "adjusted"]
    tests = [row for row in rows if row.statistic == "logrank"]
    many = len({(row.group, row.reference_group) for row in ratios}) > 1
    notes = []
    for row in ratios:
        against = f", {clean(str(row.group))} vs {clean(str(row.reference_group))}" if many else ""
        model = "Stratified hazard ratio" if row.method.get("model") == "stratified" else "Hazard ratio"
        notes.append(f"{model}{against}: {context.show.quoted(row)}{_tested(context, row, tests)}")
    if not ratios:
        notes = [f"Log-rank {context.show.p_equals(row.p_value)}" for row in tests if row.p_value is not None]
    return notes


def _tested(context: Context, ratio: Result, tests: Sequence[Result]) -> str:
    stratified = ratio.method.get("model") == "stratified"
    for row in tests:
        if row.group == ratio.group and bool(row.method.get("strata")) == stratified and row.p_value is not None:
            return f"; {'stratified ' if stratified else ''}log-rank {context.show.p_equals(row.p_value)}"
    return ""


@dataclass(frozen=True)
class _Drawing:
    """Everything that the drawing needs, laid out in inches from the top left."""

    context: Context
    title: str
    label: str
    lines: list[_Line]
    notes: list[str]
    extent: float
    median_lines: bool

    def figure(self) -> Figure:
        """Draw: title, legend, curves, risk table."""
        probe = new_figure(1)
        margin = max(
            [text_size(probe, line.name, SMALL, "bold")[0] for line in self.lines] + [text_size(probe, "At risk", SMALL, "bold")[0]]
        )
        left = max(0.85, margin + 0.42)
        title = wrap(self.title, 62, 2)
        top = 0.2 + text_size(probe, title, 11, "bold")[1] + 0.14
        legends = [wrap(line.legend, 92, 3) for line in self.lines]
        notes = [wrap(note, 100, 3) for note in self.notes]
        heights = [text_size(probe, text, 8.5)[1] + 0.07 for text in [*legends, *notes]]
        plot_top = top + sum(heights) + 0.12
        has_risk = any(line.curve.risk_time for line in self.lines)
        risk_heights = [max(0.2, text_size(probe, line.name, SMALL)[1] + 0.08) for line in self.lines] if has_risk else []
        risk_top = plot_top + PLOT_HEIGHT + 0.54
        height = risk_top + (0.24 + sum(risk_heights) + 0.08 if has_risk else 0.0)
        figure = new_figure(height)
        put(figure, 0.2, 0.2, title, fontsize=11, fontweight="bold")
        y = top
        for line, text, tall in zip(self.lines, legends, heights, strict=False):
            mid = 1 - (y + 0.07) / height
            figure.add_artist(Line2D([0.22 / WIDTH, 0.62 / WIDTH], [mid, mid], color=line.colour, linestyle=line.dash, linewidth=1.8))
            put(figure, 0.72, y, text, fontsize=8.5)
            y += tall
        for text, tall in zip(notes, heights[len(legends) :], strict=True):
            put(figure, 0.72, y, text, fontsize=8.5)
            y += tall
        box = (left / WIDTH, 1 - (plot_top + PLOT_HEIGHT) / height, (WIDTH - left - RIGHT) / WIDTH, PLOT_HEIGHT / height)
        axes = figure.add_axes(box)
        ticks = self._axes(axes)
        self._curves(axes)
        if has_risk:
            self._risk_table(figure, axes, ticks, risk_top, risk_heights, left)
        if self.context.protocol.study.synthetic:
            mark_synthetic(figure)
        return figure

    def _axes(self, axes: Axes) -> tuple[float, ...]:
        known = [time for line in self.lines for time in line.curve.risk_time]
        ticks = month_ticks(self.extent * 1.02, known)
        if ticks[-1] <= 0:
            ticks = month_ticks(self.extent)
        axes.set_xlim(0, max(self.extent * 1.02, ticks[-1]))
        axes.set_ylim(0, 1.03)
        axes.set_xticks(ticks, [month_label(tick) for tick in ticks])
        axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "20", "40", "60", "80", "100"])
        axes.set_xlabel("Months")
        axes.set_ylabel(self.label)
        axes.grid(axis="y", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        return ticks

    def _curves(self, axes: Axes) -> None:
        for line in self.lines:
            steps = line.steps
            if len(self.lines) <= MOST_BANDS:
                band = {"step": "post", "color": line.colour, "alpha": 0.13, "linewidth": 0}
                axes.fill_between(steps.time, steps.lower, steps.upper, **band)  # type: ignore[arg-type]
        for line in self.lines:
            steps = line.steps
            style = {"where": "post", "color": line.colour, "linestyle": line.dash, "linewidth": 1.7, "clip_on": False}
            for part, alpha in zip(split(steps, few_from(line.curve)), (1.0, _LIGHT), strict=True):
                axes.step(*part, alpha=alpha, **style)
            marks = {"marker": "|", "markersize": 6.5, "markeredgewidth": 0.9, "linestyle": "none", "color": line.colour, "clip_on": False}
            axes.plot(steps.censor_time, steps.censor_survival, **marks)  # type: ignore[arg-type]
            self._median(axes, line)

    def _median(self, axes: Axes, line: _Line) -> None:
        row = pick(
            (item for item in self.context.rows(line.curve.analysis) if item.subgroup is None),
            group=line.curve.group,
            statistic="median",
            reference_group=None,
        )
        if self.median_lines and row is not None and row.status == "ok" and row.value is not None:
            style = {"color": "#9aa3ab", "linewidth": 0.8, "linestyle": (0, (2, 2)), "zorder": 1}
            axes.plot([0, row.value, row.value], [0.5, 0.5, 0], **style)  # type: ignore[arg-type]

    def _risk_table(self, figure: Figure, axes: Axes, ticks: Sequence[float], top: float, heights: Sequence[float], left: float) -> None:
        height = figure.get_size_inches()[1]
        place = blended_transform_factory(axes.transData, figure.transFigure)
        put(figure, left - 0.32, top, "At risk", ha="right", fontsize=SMALL, fontweight="bold")
        y = top + 0.24
        for line, tall in zip(self.lines, heights, strict=True):
            put(figure, left - 0.32, y, line.name, ha="right", fontsize=SMALL, color=line.colour, fontweight="bold")
            numbers = {round(time, 6): number for time, number in zip(line.curve.risk_time, line.curve.n_risk, strict=True)}
            for tick in ticks:
                number = numbers.get(round(tick, 6))
                if number is not None:
                    style = {"transform": place, "ha": "center", "va": "top", "fontsize": SMALL, "color": INK}
                    figure.text(tick, 1 - y / height, str(number), **style)  # type: ignore[arg-type]
            y += tall
