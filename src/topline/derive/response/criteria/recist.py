"""RECIST 1.1: response evaluation criteria in solid tumours (Eisenhauer et al., Eur J Cancer 2009;45:228-247)."""

from __future__ import annotations

from typing import Any

from topline.derive.response.criterion import CLASSES, Criterion, Material, TimePoints
from topline.derive.response.from_lesions import lesion_steps


def judge(material: Material, options: Any) -> TimePoints:
    """Judge each visit by target, non-target and new lesions (tables 1 and 2)."""
    return lesion_steps(material).time_points(material.subjects)


CRITERION = Criterion(
    name="RECIST 1.1",
    source="Eisenhauer EA et al. New response evaluation criteria in solid tumours (version 1.1). Eur J Cancer 2009;45:228-247",
    words={word: word for word in CLASSES},
    judge=judge,
    rules=(
        "CR: every non-nodal target lesion gone, every target node under {node_normal_mm:g} mm, non-target lesions gone, no new lesion",
        "PD: the sum of diameters at least {progression_percent:g}% and {progression_mm:g} mm above the smallest so far, unequivocal "
        "non-target progression, or a new lesion",
        "PR: the sum of diameters at least {partial_response_percent:g}% under baseline",
        "SD: neither",
    ),
    synonyms={
        "COMPLETE RESPONSE": "CR",
        "PARTIAL RESPONSE": "PR",
        "STABLE DISEASE": "SD",
        "PROGRESSIVE DISEASE": "PD",
        "NOT EVALUABLE": "NE",
        "INEVALUABLE": "NE",
        "ND": "NE",
        "MISSING": "NE",
        "NA": "NE",
    },
)
