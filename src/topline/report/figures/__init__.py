"""The figures of a report: Kaplan–Meier curves with numbers at risk, forest plots, waterfalls; SVG and PNG, the same bytes each time."""

from __future__ import annotations

from topline.analyze.results import ResultSet
from topline.report.figures.model import FigureFile
from topline.study.protocol import Protocol

__all__ = ["FigureFile", "build_figures"]


def build_figures(results: ResultSet, protocol: Protocol) -> tuple[FigureFile, ...]:
    """Draw every figure that the results hold.

    Parameters
    ----------
    results : ResultSet
        Curves, waterfalls and the rows that name medians and ratios.
    protocol : Protocol
        Titles, order of groups, display, and whether the patients are synthetic.

    Returns
    -------
    tuple of FigureFile
        In the order of the protocol's analyses; waterfalls last.
    """
    from topline.report.figures.build import draw_all  # late: matplotlib takes 0.3 s to import

    return draw_all(results, protocol)
