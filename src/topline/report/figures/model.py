"""A finished figure: its bytes in two formats, and what it shows in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FigureFile:
    """A figure as SVG and PNG, with a text for those who can't see it.

    Parameters
    ----------
    name : str
        File name without suffix: ``km-pfs``.
    svg, png : bytes
        The same drawing in both formats; text is drawn as paths, so it looks alike everywhere.
    alt : str
        What the figure shows, in words.
    title : str
        Its caption.
    analysis : str
        The analysis it belongs to.
    """

    name: str
    svg: bytes
    png: bytes
    alt: str
    title: str = ""
    analysis: str = ""
