"""All figures of a report."""

from __future__ import annotations

from topline.analyze.results import ResultSet
from topline.report.context import Context
from topline.report.figures.forest import forest_figures
from topline.report.figures.kaplan_meier import kaplan_meier_figure
from topline.report.figures.model import FigureFile
from topline.report.figures.waterfall import waterfall_figure
from topline.study.analyses import TimeToEventAnalysis
from topline.study.protocol import Protocol


def draw_all(results: ResultSet, protocol: Protocol) -> tuple[FigureFile, ...]:
    """Draw every figure that the results hold: Kaplan–Meier curves, forest plots, waterfalls."""
    context = Context(results, protocol)
    figures: list[FigureFile | None] = []
    for analysis in protocol.analyses:
        if isinstance(analysis, TimeToEventAnalysis):
            figures.append(kaplan_meier_figure(context, analysis))
            figures.extend(forest_figures(context, analysis))
    names: dict[str, int] = {}
    for waterfall in results.waterfalls:
        names[waterfall.analysis] = number = names.get(waterfall.analysis, 0) + 1
        name = f"waterfall-{waterfall.analysis}" + (f"-{number}" if number > 1 else "")
        figures.append(waterfall_figure(context, waterfall, name))
    return tuple(figure for figure in figures if figure is not None)
