"""What the standard codes of safety results are called in print."""

from __future__ import annotations

OVERVIEW = {
    "TEAE": "Any treatment-emergent event",
    "TRAE": "Any treatment-related event",
    "TEAE3": "Treatment-emergent event of grade ≥ {grade}",
    "TRAE3": "Treatment-related event of grade ≥ {grade}",
    "SAE": "Serious event",
    "TRSAE": "Treatment-related serious event",
    "AEREDUC": "Event leading to dose reduction",
    "AEINTERR": "Event leading to interruption",
    "AEDISC": "Event leading to discontinuation",
    "AEDEATH": "Fatal event",
    "TRDEATH": "Treatment-related death",
}
"""Endpoint codes of the adverse-event overview, in the order of the table."""


def overview_label(endpoint: str, grade: int) -> str:
    """Return the printed name of one line of the overview."""
    return OVERVIEW.get(endpoint, endpoint).format(grade=grade)
