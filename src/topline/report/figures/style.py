"""How figures look: colours that colour-blind readers and grey printers can tell apart, line styles, sizes."""

from __future__ import annotations

from typing import Any

INK = "#1a1a1a"
MUTED = "#5c6670"
GRID = "#e3e6e9"
MARK = "#8a1c1c"
COLOURS = ("#0b4f8a", "#d1600f", "#12805c", "#7a3e9d", "#4d4d4d", "#a8861b")
DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (1.5, 1.2)), (0, (10, 2)), (0, (3, 1.2)))
WIDTH = 7.2
"""Width of every figure in inches."""

RESPONSE_COLOURS = {
    "CR": "#0b4f8a",
    "PR": "#4f9bd4",
    "SD": "#c9ced3",
    "NON-CR/NON-PD": "#c9ced3",
    "PD": "#d1600f",
    "NE": "#ffffff",
    "Response": "#4f9bd4",
    "No response": "#c9ced3",
}
RESPONSE_HATCHES = {"PD": "////", "NE": "....", "PR": "", "CR": ""}

RC: dict[str, Any] = {
    "svg.hashsalt": "topline",
    "svg.fonttype": "path",
    "path.simplify": True,
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
}
