"""Choi criteria: size and attenuation on CT (Choi et al., J Clin Oncol 2007;25:1753-1759), for tumours that answer without shrinking.

A fall of the sum of diameters by 10%, or of the mean attenuation of the target lesions by 15%, is a response; a rise of the sum by 10% is
progression unless the attenuation says response. Records are in TR: diameters as for RECIST, and the attenuation of each target lesion in
Hounsfield units. Lesions, non-target and new lesions follow RECIST 1.1 with the protocol's parameters; a new nodule inside a lesion is
recorded as a new lesion. Where a target lesion misses its diameter the visit is NE (or PD, if those measured make it); where one misses its
attenuation, the size decides alone.
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from topline.derive.response.criterion import CLASSES, Criterion, Material, TimePoints
from topline.derive.response.from_lesions import LesionSteps, lesion_steps
from topline.derive.response.lesions import of_evaluator
from topline.derive.response.overall import without_progression
from topline.records.read import ROW
from topline.study.model import Strict
from topline.study.problems import Finding, InputError
from topline.study.response_spec import RecistParameters


class Options(Strict):
    """The thresholds of the Choi criteria, and where they leave a choice."""

    attenuation_test: str = Field(default="ATTEN", description="TRTESTCD of a lesion's attenuation, in Hounsfield units.")
    size_percent: float = Field(default=10, gt=0, lt=100, description="Change of the sum of diameters that is response, or progression.")
    attenuation_percent: float = Field(default=15, gt=0, lt=100, description="Fall of the mean attenuation from baseline that is response.")
    progression_from: Literal["baseline", "nadir"] = Field(default="baseline", description="Progression is a rise of the sum from …")


def thresholds(parameters: RecistParameters, options: Options) -> RecistParameters:
    """Have 10% either way and no absolute rise."""
    changed = {"partial_response_percent": options.size_percent, "progression_percent": options.size_percent, "progression_mm": 0}
    return parameters.model_copy(update=changed)


def judge(material: Material, options: Options) -> TimePoints:
    """Judge each visit by size and attenuation of the target lesions, then as table 1 of RECIST 1.1 does."""
    steps = lesion_steps(material)
    keys = ["USUBJID", "VISIT"]
    sums = steps.sums.filter(~pl.col("BASELINE")).select(*keys, "SUM", "BASE", "NADIR", "COMPLETE", "N_MEASURED")
    visits = steps.overall.join(sums, on=keys, how="left", maintain_order="left")
    visits = visits.join(_attenuation(material, steps, options), on=keys, how="left", maintain_order="left")
    visits = visits.join(steps.disease.drop("ORIGDT"), on="USUBJID", how="left", maintain_order="left")
    visits = visits.with_columns(_target(material.spec.parameters, options).alias("TARGET"))
    target, other = pl.col("TARGET"), pl.col("NTRGRESP")
    new, grown, returned = pl.col("NEWLES") == "Y", (other == "PD").fill_null(value=False), _returned(material.spec.parameters)
    word = pl.when(new | grown | returned | (target == "PD")).then(pl.lit("PD")).otherwise(without_progression(target, other))
    visits = visits.with_columns(word.alias("WORD"))
    rule = (
        pl.when(new)
        .then(pl.lit("new lesion"))
        .when(grown)
        .then(pl.lit("non-target progression"))
        .when(returned)
        .then(pl.lit("disease after complete response"))
        .when(target == "PD")
        .then(pl.lit("sum of diameters"))
        .when((target == "PR") & ~_small(options).fill_null(value=False))
        .then(pl.lit("attenuation of the target lesions"))
        .otherwise(pl.lit("target and non-target"))
    )
    # where RECIST's own steps made no progression of it, the day is that of any other visit
    last = material.spec.parameters.response_date == "last_scan"
    dated = (
        pl.when((pl.col("WORD") == "PD") & (pl.col("OVR") == "PD")).then(pl.col("ADT")).otherwise(pl.col("DTLAST" if last else "DTFIRST"))
    )
    overall = visits.with_columns(rule.alias("RULE"), dated.alias("ADT"), target.alias("TRGRESP"), pl.col("WORD").alias("OVR"))
    return steps.time_points(material.subjects, overall.select(steps.overall.columns).sort("USUBJID", "ADT", "VISIT"))


def _returned(parameters: RecistParameters) -> pl.Expr:
    """Disease is seen again after a complete response, which RECIST's steps may have told as a rise from a nadir of 0."""
    after = (pl.col("OVR") == "CR").cum_max().shift(1, fill_value=False).over("USUBJID")
    risen = after & (pl.col("RULE") == "sum of diameters") & (parameters.disease_after_complete_response != "table")
    return (pl.col("RULE") == "disease after complete response") | risen


def _small(options: Options) -> pl.Expr:
    """The sum lies far enough under baseline; integers, micrometres times hundredths of a percent."""
    return pl.col("SUM") * 10_000 <= pl.col("BASE") * (10_000 - round(options.size_percent * 100))


def _target(parameters: RecistParameters, options: Options) -> pl.Expr:
    """The response of the target lesions; null in patients who have none."""
    reference = pl.col("BASE") if options.progression_from == "baseline" else pl.col("NADIR")
    grown = (pl.col("N_MEASURED") > 0) & (pl.col("SUM") * 10_000 >= reference * (10_000 + round(options.size_percent * 100)))
    grown = (grown if parameters.partial_sum_progression else grown & pl.col("COMPLETE")).fill_null(value=False)
    answered, by_recist = pl.col("FALLEN").fill_null(value=False), pl.col("TRGRESP")
    return pl.when(by_recist.is_not_null()).then(
        pl.when(by_recist == "CR")
        .then(pl.lit("CR"))
        .when(answered & pl.col("COMPLETE"))
        .then(pl.lit("PR"))
        .when(grown)
        .then(pl.lit("PD"))
        .when(~pl.col("COMPLETE") | pl.col("BASE").is_null())
        .then(pl.lit("NE"))
        .when(_small(options))
        .then(pl.lit("PR"))
        .otherwise(pl.lit("SD"))
    )


def _attenuation(material: Material, steps: LesionSteps, options: Options) -> pl.DataFrame:
    """USUBJID, VISIT, FALLEN: whether the mean attenuation of all target lesions fell enough from baseline."""
    table = of_evaluator(material.records["TR"], "TR", material.spec.evaluator)
    value = pl.col("TRORRES").cast(pl.Float64, strict=False)
    table = table.filter(
        (pl.col("TRTESTCD") == options.attenuation_test.upper()) & pl.col("TRORRES").is_not_null() & pl.col("TRDT").is_not_null()
    )
    bad = table.filter(value.is_null() | ~value.is_finite())
    if bad.height:
        raise InputError(
            [
                Finding("REC-0035", "error", "is not an attenuation", "TR", row, "TRORRES", text, "Hounsfield units", subject=subject)
                for row, text, subject in bad.select(ROW, "TRORRES", "USUBJID").iter_rows()
            ]
        )
    visit = pl.coalesce("VISITNUM", pl.col("TRDT").cast(pl.Float64)) if "VISITNUM" in table.columns else pl.col("TRDT").cast(pl.Float64)
    targets = steps.lesions.filter(pl.col("ROLE") == "TARGET").select("USUBJID", pl.col("LNKID").alias("TRLNKID"))
    rows = table.with_columns(visit.alias("VISIT"), value.alias("HU")).join(targets, on=["USUBJID", "TRLNKID"], how="semi")
    keys = ["USUBJID", "VISIT"]
    last = rows.sort(*keys, "TRLNKID", "TRDT", "TRSEQ").group_by(*keys, "TRLNKID", maintain_order=True).last()
    means = last.group_by(keys, maintain_order=True).agg(pl.col("HU").mean(), pl.len().alias("n"))
    means = means.join(targets.group_by("USUBJID").len("of"), on="USUBJID", maintain_order="left").filter(pl.col("n") == pl.col("of"))
    base = steps.sums.filter("BASELINE").select(keys).join(means, on=keys).select("USUBJID", pl.col("HU").alias("BASEHU"))
    after = means.join(base, on="USUBJID", maintain_order="left").filter(pl.col("BASEHU") > 0)
    limit = pl.col("BASEHU") * (100 - options.attenuation_percent) / 100
    return after.select(*keys, (pl.col("HU") <= limit * (1 + 1e-9)).alias("FALLEN"))


CRITERION = Criterion(
    name="Choi",
    source="Choi H et al. Correlation of computed tomography and positron emission tomography in patients with metastatic gastrointestinal "
    "stromal tumor treated at a single institution with imatinib mesylate: proposal of new computed tomography response criteria. "
    "J Clin Oncol 2007;25:1753-1759",
    words={word: word for word in CLASSES},
    judge=judge,
    rules=(
        "CR: every lesion gone, no new lesion",
        "PR: the sum of diameters at least {size_percent:g}% under baseline, or the mean attenuation at least {attenuation_percent:g}%, no "
        "new lesion and no non-target progression",
        "PD: the sum of diameters at least {size_percent:g}% above {progression_from} without that fall of the attenuation, a new lesion, "
        "or non-target progression",
        "SD: none of these",
    ),
    options=Options,
    thresholds=thresholds,
    synonyms={"COMPLETE RESPONSE": "CR", "PARTIAL RESPONSE": "PR", "STABLE DISEASE": "SD", "PROGRESSIVE DISEASE": "PD"}
    | dict.fromkeys(("NOT EVALUABLE", "INEVALUABLE", "ND", "NA", "MISSING"), "NE"),
)
