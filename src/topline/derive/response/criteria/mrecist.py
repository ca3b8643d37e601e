"""mRECIST for hepatocellular carcinoma (Lencioni & Llovet, Semin Liver Dis 2010;30:52-60): RECIST 1.1 on the viable tumour.

A target lesion counts with the diameter of its viable part, which enhances in the arterial phase; a lesion without any enhancement is 0 mm.
Progression is a rise of the sum by 20% from the smallest so far; the paper asks for no absolute rise, which is an option here. Everything
else (nodes, non-target and new lesions, nadir, missing lesions) follows RECIST 1.1 with the protocol's parameters. A new lesion that is
not typical of the disease is recorded as equivocal; effusions count as progression only where the reader says so (non-target lesions).
"""

from __future__ import annotations

from pydantic import Field

from topline.derive.response.criterion import CLASSES, Criterion, Material, TimePoints
from topline.derive.response.from_lesions import lesion_steps
from topline.study.model import Strict
from topline.study.response_spec import RecistParameters


class Options(Strict):
    """The choices of mRECIST."""

    viable_test: str = Field(default="LDIAM", description="TRTESTCD that holds the diameter of the viable (arterially enhancing) tumour.")
    progression_mm: float = Field(default=0, ge=0, description="Absolute rise that progression needs beside the 20%; 5 as in RECIST 1.1.")


def judge(material: Material, options: Options) -> TimePoints:
    """Judge each visit as RECIST 1.1 does, by the diameters of the viable tumour."""
    return lesion_steps(material, options.viable_test).time_points(material.subjects)


def thresholds(parameters: RecistParameters, options: Options) -> RecistParameters:
    """Ask for no absolute rise, unless the protocol does."""
    return parameters.model_copy(update={"progression_mm": options.progression_mm})


CRITERION = Criterion(
    name="mRECIST",
    source="Lencioni R, Llovet JM. Modified RECIST (mRECIST) assessment for hepatocellular carcinoma. Semin Liver Dis 2010;30:52-60",
    words={word: word for word in CLASSES},
    judge=judge,
    rules=(
        "CR: no arterial enhancement left in any target lesion",
        "PD: the sum of diameters of viable target lesions at least {progression_percent:g}% and {progression_mm:g} mm above the smallest "
        "so far, non-target progression, or a new lesion",
        "PR: the sum of diameters of viable target lesions at least {partial_response_percent:g}% under baseline",
        "SD: neither",
    ),
    options=Options,
    thresholds=thresholds,
    synonyms={"COMPLETE RESPONSE": "CR", "PARTIAL RESPONSE": "PR", "STABLE DISEASE": "SD", "PROGRESSIVE DISEASE": "PD"}
    | dict.fromkeys(("NOT EVALUABLE", "INEVALUABLE", "ND", "NA", "MISSING"), "NE"),
)
