"""Methods and conventions as a table: what each analysis really used, read off its rows."""

from __future__ import annotations

from topline.report.context import Context
from topline.report.tables.footnotes import method_pairs
from topline.report.tables.model import Column, Row, Table

_NAMES = {
    "profile": "Profile",
    "cox_ties": "Ties in the Cox model",
    "ties": "Ties in the Cox model",
    "km_interval": "Interval of the Kaplan–Meier curve",
    "km_quantile": "Quantile of the Kaplan–Meier curve",
    "km_beyond_last_observation": "Kaplan–Meier curve beyond the last observation",
    "follow_up": "Follow-up",
    "conf_level": "Confidence level",
    "p_values": "p-values",
    "adverse_event_grading": "Grading of adverse events",
}
_ROUNDING = {"half_away_from_zero": "half away from zero", "half_even": "half to even"}


def methods_table(context: Context) -> Table:
    """Return the methods of each analysis and the conventions of the run."""
    lines: list[Row] = []
    for analysis in context.protocol.analyses:
        pairs = method_pairs(context.rows(analysis.id))
        if pairs:
            lines.append(
                Row((analysis.title or context.endpoint_label(getattr(analysis, "endpoint", None)) or analysis.id, ""), heading=True)
            )
        lines += [Row((what, how), indent=1) for what, how in pairs]
    display = context.protocol.display
    lines.append(Row(("Conventions", ""), heading=True))
    for name, value in _conventions(context):
        lines.append(Row((name, value), indent=1))
    lines += [
        Row(("Rounding for display", _ROUNDING[display.rounding]), indent=1),
        Row(("Days in a month", f"{display.days_per_month:g}"), indent=1),
    ]
    columns = (Column("What", "text"), Column("How", "text"))
    notes = ("Raw numbers are never rounded; only their display is. Methods are those that the result rows carry.",)
    return Table("methods", "Methods and conventions", columns, tuple(lines), notes, "methods")


def _conventions(context: Context) -> list[tuple[str, str]]:
    shown = []
    for name, value in context.results.conventions.items():
        if name in ("rounding", "days_per_month"):
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        if name == "conf_level":
            text = context.show.level()
        elif name in ("cox_ties", "ties"):
            text = text.capitalize()
        words = name.replace("_", " ")
        shown.append((_NAMES.get(name, words[:1].upper() + words[1:]), text))
    return shown
