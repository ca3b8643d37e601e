"""A forest plot: the hazard ratio in all patients and within each subgroup, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from topline.analyze.results import Result
from topline.report.context import Context, pick, select
from topline.report.figures.canvas import mark_synthetic, new_figure, put, render, text_size
from topline.report.figures.model import FigureFile
from topline.report.figures.style import COLOURS, GRID, INK, MUTED, WIDTH
from topline.report.figures.words import clean, widest_word, wrap
from topline.study.analyses import TimeToEventAnalysis

ALL = "All patients"
ROW = 0.235
SIZE = 8.0
_HEAD, _WIDEST_HEAD = 13, 22
"""Width of the headings of the counts in half-width characters: as a rule, and for a long word."""
_NARROWEST = 1.2
"""Least width of the plot itself in inches."""
_INDENT = "   "
_TICKS = (0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


@dataclass(frozen=True)
class _Line:
    """One row of the plot: a heading (no ratio), a level, or all patients."""

    label: str
    counts: tuple[str, ...]
    ratio: Result | None
    patients: float
    p: str = ""
    heading: bool = False


def forest_figures(context: Context, analysis: TimeToEventAnalysis) -> tuple[FigureFile, ...]:
    """Return a forest plot for each group that is compared with the reference; none without subgroups."""
    rows = context.rows(analysis.id)
    ratios = [row for row in rows if row.statistic == "hazard_ratio" and row.subgroup is not None]
    pairs = tuple(dict.fromkeys((row.group, row.reference_group) for row in ratios))
    figures = []
    for place, (group, reference) in enumerate(pairs):
        lines = _lines(context, rows, group, reference)
        title = f"{clean(context.endpoint_label(analysis.endpoint))} in subgroups"
        drawing = _Drawing(context, title, lines, clean(group or ""), clean(reference or ""))
        svg, png = render(drawing.figure, [title, group or "", reference or "", *(line.label for line in lines)])
        alt = f"Forest plot, {title}, {group} vs {reference}. " + "; ".join(
            f"{line.label}: hazard ratio {context.show.with_interval(line.ratio)}" for line in lines if line.ratio is not None
        )
        name = f"forest-{analysis.id}" + (f"-{place + 1}" if len(pairs) > 1 else "")
        figures.append(FigureFile(name, svg, png, alt + ".", _caption(context, ratios[0]), analysis.id))
    return tuple(figures)


def _caption(context: Context, row: Result) -> str:
    level = context.show.level(row)
    return f"Squares, hazard ratios, larger with more patients; lines, {level} confidence intervals; an arrow marks a line that was cut."


def _lines(context: Context, rows: Sequence[Result], group: str | None, reference: str | None) -> list[_Line]:
    pair = (group, reference)
    overall = [row for row in rows if row.subgroup is None]
    ratio = pick(overall, statistic="hazard_ratio", variable=None, group=group, reference_group=reference)
    lines = [_line(context, ALL, overall, ratio, pair)] if ratio is not None else []
    inside = [row for row in rows if row.subgroup is not None]
    for variable in dict.fromkeys(row.variable for row in inside):
        test = pick(rows, statistic="interaction", variable=variable)
        p = context.show.p(test.p_value) if test is not None else ""
        lines.append(_Line(clean(variable or ""), ("", ""), None, 0, p, heading=True))
        own = select(inside, variable=variable)
        for level in dict.fromkeys(row.subgroup for row in own):
            same = select(own, subgroup=level)
            found = pick(same, statistic="hazard_ratio", group=group, reference_group=reference)
            lines.append(_line(context, clean(level or ""), same, found, pair))
    return lines


def _line(context: Context, label: str, rows: Sequence[Result], ratio: Result | None, pair: tuple[str | None, ...]) -> _Line:
    counts, total = [], 0.0
    for name in pair:
        events, n = (pick(rows, group=name, statistic=key, variable=None, reference_group=None) for key in ("events", "n"))
        if n is None:
            events, n = (pick(rows, group=name, statistic=key, reference_group=None) for key in ("events", "n"))
        total += (n.value or 0.0) if n is not None else 0.0
        counts.append(f"{context.show.estimate(events)}/{context.show.estimate(n)}" if n is not None else "")
    return _Line(label, tuple(counts), ratio, total)


def _label(line: _Line) -> str:
    if line.heading or line.label == ALL:
        return wrap(line.label, 30, 2)
    return _INDENT + wrap(line.label, 26, 2).replace("\n", f"\n{_INDENT}")


@dataclass(frozen=True)
class _Drawing:
    """What the drawing needs; places are in inches from the top left."""

    context: Context
    title: str
    lines: list[_Line]
    group: str
    reference: str

    def figure(self) -> Figure:
        """Draw: the columns of text, and the ratios between them."""
        probe = new_figure(1)
        labels = [_label(line) for line in self.lines]
        title = wrap(self.title, 62, 2)
        label_width = max(text_size(probe, text, SIZE, "bold")[0] for text in labels)
        level = self.context.show.level(next((line.ratio for line in self.lines if line.ratio is not None), None))
        ratio_head = f"Hazard ratio\n({level} CI)"
        ratios = [self.context.show.with_interval(line.ratio) if line.ratio is not None else "" for line in self.lines]
        ratio_width = max(text_size(probe, text, SIZE, "bold")[0] for text in [*ratios, ratio_head])
        p_width = text_size(probe, "interaction", SIZE, "bold")[0]
        room = WIDTH - 0.2 - label_width - 0.12 - 0.14 - 0.22 - _NARROWEST - 0.22 - ratio_width - 0.18 - p_width - 0.2
        heads, count_widths = self._heads(probe, room)
        head_top = 0.2 + text_size(probe, title, 11, "bold")[1] + 0.16
        head_height = max(text_size(probe, head, SIZE, "bold")[1] for head in [*heads, ratio_head])
        top = head_top + head_height + 0.12
        tall = [ROW * (1 + text.count("\n") * 0.65) for text in labels]
        arrows = [wrap(f"← {self.group} better", 34, 2), wrap(f"{self.reference} better →", 34, 2)]
        foot = 0.42 + max(text_size(probe, text, 7.5)[1] for text in arrows) + 0.18
        height = top + sum(tall) + foot
        figure = new_figure(height)
        xs = [0.2, 0.2 + label_width + 0.12 + count_widths[0], 0.0, WIDTH - 0.2 - p_width - 0.18, WIDTH - 0.2]
        xs[2] = xs[1] + 0.14 + count_widths[1]
        put(figure, 0.2, 0.2, title, fontsize=11, fontweight="bold")
        for x, text, side in zip(xs, ["Subgroup", *heads, ratio_head, "p for\ninteraction"], ["left", *["right"] * 4], strict=True):
            put(figure, x, head_top + head_height, text, ha=side, va="baseline", fontsize=SIZE, fontweight="bold")
        left, right = xs[2] + 0.22, xs[3] - ratio_width - 0.22
        axes = figure.add_axes((left / WIDTH, foot / height, (right - left) / WIDTH, sum(tall) / height))
        y = 0.0
        middles = []
        for line, text, ratio, size in zip(self.lines, labels, ratios, tall, strict=True):
            middle = top + y + size / 2
            middles.append(y + size / 2)
            weight = "bold" if line.heading or line.label == ALL else "normal"
            for x, cell, side in zip(xs, [text, *line.counts, ratio, line.p], ["left", *["right"] * 4], strict=True):
                put(
                    figure, x, middle, cell, ha=side, va="center_baseline", fontsize=SIZE, fontweight=weight if side == "left" else "normal"
                )
            y += size
        self._ratios(axes, middles, y)
        for side, text in zip(("right", "left"), arrows, strict=True):
            place = self._unity(axes, left, right) + (-0.08 if side == "right" else 0.08)
            put(figure, place, top + y + 0.42, text, ha=side, fontsize=7.5, color=MUTED)
        if self.context.protocol.study.synthetic:
            mark_synthetic(figure)
        return figure

    def _heads(self, probe: Figure, room: float) -> tuple[list[str], list[float]]:
        """The headings of the two columns of counts and their widths: no word is broken if the plot leaves room for it."""
        names = (self.group, self.reference)
        whole = max(_HEAD, *(min(widest_word(name), _WIDEST_HEAD) for name in names))
        for width in (whole, _HEAD):
            heads = [f"{wrap(name, width, 3)}\nevents / n" for name in names]
            widths = [max(text_size(probe, head, SIZE, "bold")[0], 0.55) for head in heads]
            if sum(widths) <= room:
                break
        return heads, widths

    @staticmethod
    def _unity(axes: Axes, left: float, right: float) -> float:
        low, high = (math.log(limit) for limit in axes.get_xlim())
        return left + (right - left) * (0 - low) / (high - low)

    def _ratios(self, axes: Axes, middles: Sequence[float], end: float) -> None:
        known = [line.ratio for line in self.lines if line.ratio is not None and line.ratio.status == "ok" and (line.ratio.value or 0) > 0]
        values = [v for row in known for v in (row.value, row.lower, row.upper) if v is not None and math.isfinite(v) and v > 0]
        low = max(min([0.45, *values]) / 1.12, 0.05)
        high = min(max([2.2, *values]) * 1.12, 20.0)
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        axes.set_ylim(end, 0)
        ticks = [tick for tick in _TICKS if low <= tick <= high]
        axes.set_xticks(ticks, [f"{tick:g}".replace("0.0625", "1/16").replace("0.125", "1/8") for tick in ticks])
        axes.set_xticks([], minor=True)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="x", labelsize=7.5)
        axes.axvline(1, color=INK, linewidth=0.8)
        for tick in ticks:
            axes.axvline(tick, color=GRID, linewidth=0.5, zorder=0)
        most = max((line.patients for line in self.lines), default=1) or 1
        for line, y in zip(self.lines, middles, strict=True):
            if line.ratio is not None and line.ratio in known:
                self._one(axes, line, y, (low, high), 3.0 + 4.5 * math.sqrt(line.patients / most))

    @staticmethod
    def _one(axes: Axes, line: _Line, y: float, ends: tuple[float, float], size: float) -> None:
        assert line.ratio is not None
        row, colour = line.ratio, COLOURS[0]
        lower = row.lower if row.lower is not None and row.lower > 0 else ends[0] / 2
        upper = row.upper if row.upper is not None and math.isfinite(row.upper) else ends[1] * 2
        first, last = max(lower, ends[0]), min(upper, ends[1])
        axes.plot([first, last], [y, y], color=colour, linewidth=1.2, solid_capstyle="butt", clip_on=False)
        for cut, x, marker in ((lower < ends[0], first, "<"), (upper > ends[1], last, ">")):
            if cut:
                axes.plot([x], [y], marker=marker, color=colour, markersize=4.5, clip_on=False)
        value = row.value or 0.0
        if ends[0] <= value <= ends[1]:
            marker = "D" if line.label == ALL else "s"
            axes.plot([value], [y], marker=marker, color=colour, markersize=size, linestyle="none")
