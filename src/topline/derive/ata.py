"""Response to therapy of differentiated thyroid cancer by the American Thyroid Association's 2015 guideline.

Haugen et al., Thyroid 2016;26:1-133, table 13; after total thyroidectomy and radioiodine. The order is structural incomplete, biochemical
incomplete, excellent, indeterminate. Sources differ on whether a thyroglobulin of exactly 1 (10 under stimulation) is biochemical
incomplete.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

STRUCTURAL, BIOCHEMICAL = "STRUCTURAL INCOMPLETE", "BIOCHEMICAL INCOMPLETE"
EXCELLENT, INDETERMINATE = "EXCELLENT", "INDETERMINATE"


def ata_2015(at_limit: Literal["incomplete", "indeterminate"] = "incomplete") -> pl.Expr:
    """The category of a row from IMAGING, TG, TGLOQFL, TSHSTATE and TGAB; null where it can't be told.

    IMAGING is NEGATIVE, NON-SPECIFIC or STRUCTURAL; TG is thyroglobulin in ng/mL; TGLOQFL is Y where it is below that limit of
    quantification; TSHSTATE is SUPPRESSED or STIMULATED; TGAB is NEGATIVE, STABLE, DECLINING or RISING.

    Parameters
    ----------
    at_limit : {"incomplete", "indeterminate"}
        What a thyroglobulin of exactly 1 ng/mL suppressed, or 10 stimulated, is: ≥ or > makes it biochemical incomplete.
    """
    stimulated = pl.when(pl.col("TSHSTATE") == "STIMULATED").then(True).when(pl.col("TSHSTATE") == "SUPPRESSED").then(False)
    high = pl.when(stimulated).then(10.0).when(~stimulated).then(1.0)
    low = pl.when(stimulated).then(1.0).when(~stimulated).then(0.2)
    raised = (pl.col("TG") >= high) if at_limit == "incomplete" else (pl.col("TG") > high)
    below = (pl.col("TGLOQFL") == "Y").fill_null(value=False)
    raised &= ~below
    small = (pl.col("TG") < low) | (below & (pl.col("TG") <= low))
    clear = pl.col("IMAGING") == "NEGATIVE"
    rising = (pl.col("TGAB") == "RISING").fill_null(value=False)
    return (
        pl.when(pl.col("IMAGING") == "STRUCTURAL")
        .then(pl.lit(STRUCTURAL))
        .when(clear & (rising | raised.fill_null(value=False)))
        .then(pl.lit(BIOCHEMICAL))
        .when(clear & (pl.col("TGAB") == "NEGATIVE") & small)
        .then(pl.lit(EXCELLENT))
        .when(
            (pl.col("IMAGING") == "NON-SPECIFIC")
            | (clear & pl.col("TGAB").is_in(["STABLE", "DECLINING"]))
            | (clear & raised.is_not_null() & pl.col("TGAB").is_not_null())
        )
        .then(pl.lit(INDETERMINATE))
    )
