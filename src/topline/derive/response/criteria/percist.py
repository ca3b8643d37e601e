"""PERCIST 1.0: response by PET (Wahl et al., J Nucl Med 2009;50 Suppl 1:122S-150S).

What is followed is the hottest lesion's SULpeak, which need not be the same lesion at each visit. Records are in TR: SULPEAK and TLG of
each target lesion, TUMSTATE of non-target and new lesions, and for the scan as a whole (TRLNKID left free) SULLIVER and SULBLOOD, the means
of liver and blood pool. Where sources disagree (0.8 or 1.0 SUL units; baseline or smallest value as reference) the choice is an option; the
default is the original paper's.
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from topline.derive.response.criterion import Criterion, Material, TimePoints
from topline.derive.response.lesions import NOT_ASSESSED, derive_lesions, of_evaluator
from topline.derive.response.new_lesions import derive_new_lesions
from topline.derive.response.non_target import GONE, PROGRESSED
from topline.records.read import ROW
from topline.study.model import Strict
from topline.study.problems import Finding, InputError

_STEP = 1_000
"""SUL is compared in whole thousandths, so that exactly 30% and exactly 0.8 are met."""


class Options(Strict):
    """The choices of PERCIST, and its thresholds."""

    peak_test: str = Field(default="SULPEAK", description="TRTESTCD of a lesion's SULpeak.")
    glycolysis_test: str = Field(default="TLG", description="TRTESTCD of a lesion's total lesion glycolysis.")
    liver_test: str = Field(default="SULLIVER", description="TRTESTCD of the liver's mean SUL.")
    blood_test: str = Field(default="SULBLOOD", description="TRTESTCD of the blood pool's mean SUL.")
    change_percent: float = Field(default=30, gt=0, lt=100)
    change_sul: float = Field(default=0.8, ge=0, description="Absolute change that must go with it.")
    glycolysis_percent: float = Field(default=75, gt=0, description="Rise of total lesion glycolysis that is progression.")
    progression_from: Literal["baseline", "nadir"] = Field(default="baseline", description="Progression is a rise from …")
    liver_change_percent: float = Field(
        default=20, ge=0, description="Scans are comparable when the liver's SUL changed by at most so much …"
    )
    liver_change_sul: float = Field(default=0.3, ge=0, description="… and so many units.")
    not_comparable: Literal["used", "not_evaluable"] = Field(default="used", description="A visit whose scan is not comparable.")


def judge(material: Material, options: Options) -> TimePoints:
    """Judge each visit: PMD, then CMR, PMR, SMD; NE where no lesion was measured."""
    lesions = derive_lesions(material.records, material.spec)
    values = _values(material, options)
    scans = _scans(values, lesions, material, options)
    states = _states(material, lesions)
    new = derive_new_lesions(states, lesions, material.spec.parameters)
    visits = _visits(scans, states, new, material)
    findings = _incomparable(visits, options)
    visits = visits.filter(~pl.col("BASELINE")).with_columns(_response(options).alias("OVR"), _rule(options).alias("RULE"))
    last = material.spec.parameters.response_date == "last_scan"
    overall = visits.with_columns(
        pl.when(pl.col("OVR") == "PMD")
        .then(pl.coalesce(pl.when(pl.col("NEWLES") == "Y").then(pl.max_horizontal("NEWDT", "DTFIRST")), "DTLAST"))
        .otherwise(pl.col("DTLAST" if last else "DTFIRST"))
        .alias("ADT"),
        pl.lit(None, pl.String).alias("TRGRESP"),
        pl.lit(None, pl.String).alias("NTRGRESP"),
        pl.lit("TR").alias("SRCDOM"),
    )
    columns = ["USUBJID", "VISIT", "ADT", "DTFIRST", "DTLAST", "TRGRESP", "NTRGRESP", "NEWLES", "OVR", "RULE", "SRCDOM", "SRCSEQ"]
    baseline = visits_at_baseline(scans)
    return TimePoints(overall.select(columns).sort("USUBJID", "ADT", "VISIT"), baseline, findings=tuple(findings))


def visits_at_baseline(scans: pl.DataFrame) -> pl.DataFrame:
    """Return the patients with a scan before treatment."""
    return scans.filter("BASELINE").select("USUBJID").unique(maintain_order=True)


def _values(material: Material, options: Options) -> pl.DataFrame:
    """USUBJID, VISIT, DT, LNKID, TEST, VALUE (whole thousandths), TRSEQ."""
    table = of_evaluator(material.records["TR"], "TR", material.spec.evaluator)
    tests = {options.peak_test: "peak", options.glycolysis_test: "tlg", options.liver_test: "liver", options.blood_test: "blood"}
    done = (pl.col("TRSTAT") != "NOT DONE").fill_null(value=True) if "TRSTAT" in table.columns else pl.lit(value=True)
    table = table.filter(pl.col("TRTESTCD").is_in(list(tests)) & pl.col("TRDT").is_not_null() & pl.col("TRORRES").is_not_null() & done)
    value = pl.col("TRORRES").cast(pl.Float64, strict=False)
    bad = table.filter(value.is_null() | ~value.is_finite() | (value < 0))
    if bad.height:
        raise InputError(
            [
                Finding("REC-0035", "error", "is not an uptake value", "TR", row, "TRORRES", text, "a number ≥ 0", subject=subject)
                for row, text, subject in bad.select(ROW, "TRORRES", "USUBJID").iter_rows()
            ]
        )
    return table.select(
        "USUBJID",
        _visit_number(table).alias("VISIT"),
        pl.col("TRDT").alias("DT"),
        pl.col("TRLNKID").alias("LNKID"),
        pl.col("TRTESTCD").replace_strict(tests, return_dtype=pl.String).alias("TEST"),
        (value * _STEP).round(0).cast(pl.Int64).alias("VALUE"),
        "TRSEQ",
    ).sort("USUBJID", "VISIT", "DT", "TRSEQ")


def _visit_number(table: pl.DataFrame) -> pl.Expr:
    day = pl.col("TRDT").cast(pl.Float64)
    return pl.coalesce("VISITNUM", day) if "VISITNUM" in table.columns else day


def _scans(values: pl.DataFrame, lesions: pl.DataFrame, material: Material, options: Options) -> pl.DataFrame:
    """One row a patient and visit with a measured lesion: the hottest SULpeak (PEAK), TLG, LIVER, BLOOD, their values at baseline, …"""
    targets = lesions.filter(pl.col("ROLE") == "TARGET").select("USUBJID", "LNKID")
    own = values.filter(pl.col("TEST").is_in(["peak", "tlg"])).join(targets, on=["USUBJID", "LNKID"], how="semi", maintain_order="left")
    last = own.group_by("USUBJID", "VISIT", "LNKID", "TEST", maintain_order=True).last()
    keys = ["USUBJID", "VISIT"]
    peak = last.filter(pl.col("TEST") == "peak")
    scans = peak.group_by(keys).agg(
        pl.col("DT").min().alias("DTFIRST"),
        pl.col("DT").max().alias("DTLAST"),
        pl.col("VALUE").max().alias("PEAK"),
        pl.len().alias("N_MEASURED"),
        pl.col("TRSEQ").min().alias("SRCSEQ"),
    )
    scans = scans.join(last.filter(pl.col("TEST") == "tlg").group_by(keys).agg(pl.col("VALUE").sum().alias("TLG")), on=keys, how="left")
    for name in ("liver", "blood"):
        whole = values.filter(pl.col("TEST") == name).group_by(keys, maintain_order=True).agg(pl.col("VALUE").last().alias(name.upper()))
        scans = scans.join(whole, on=keys, how="left")
    scans = scans.join(targets.group_by("USUBJID").len("N_TARGET"), on="USUBJID", how="left")
    scans = scans.join(material.subjects.select("USUBJID", "ORIGDT"), on="USUBJID").sort("USUBJID", "DTLAST", "VISIT")
    pre = pl.col("DTLAST") <= pl.col("ORIGDT")
    latest = material.spec.parameters.baseline == "last"
    number = pre.cum_sum(reverse=latest).over("USUBJID")
    scans = scans.with_columns((pre & (number == 1)).alias("BASELINE")).filter(~pre | pl.col("BASELINE"))
    scans = scans.with_columns(
        *(pl.when("BASELINE").then(pl.col(name)).max().over("USUBJID").alias("BASE_" + name) for name in ("PEAK", "TLG", "LIVER")),
        pl.col("PEAK").cum_min().shift(1).over("USUBJID").alias("NADIR"),
    )
    return scans.join(_risen(peak, scans, options), on=keys, how="left").with_columns(pl.col("RISEN").fill_null(value=False))


def _risen(peak: pl.DataFrame, scans: pl.DataFrame, options: Options) -> pl.DataFrame:
    """USUBJID, VISIT, RISEN: a lesion's own SULpeak is more than 30% above its own value at baseline (then there is no PMR)."""
    base = peak.join(scans.filter("BASELINE").select("USUBJID", "VISIT"), on=["USUBJID", "VISIT"], how="semi")
    base = base.select("USUBJID", "LNKID", pl.col("VALUE").alias("OWN"))
    up = pl.col("VALUE") * 10_000 > pl.col("OWN") * (10_000 + round(options.change_percent * 100))
    return peak.join(base, on=["USUBJID", "LNKID"]).group_by("USUBJID", "VISIT").agg(up.any().alias("RISEN"))


def _states(material: Material, lesions: pl.DataFrame) -> pl.DataFrame:
    """TUMSTATE of non-target and new lesions, in the form of `derive_measurements`."""
    table = of_evaluator(material.records["TR"], "TR", material.spec.evaluator)
    table = table.filter((pl.col("TRTESTCD") == "TUMSTATE") & pl.col("TRDT").is_not_null())
    state = pl.col("TRORRES").str.to_uppercase()
    table = table.select(
        "USUBJID",
        pl.col("TRLNKID").alias("LNKID"),
        _visit_number(table).alias("VISIT"),
        pl.col("TRDT").alias("DT"),
        pl.when(~state.is_in(NOT_ASSESSED)).then(state).alias("STATE"),
        "TRSEQ",
    )
    return table.join(lesions.select("USUBJID", "LNKID", "ROLE"), on=["USUBJID", "LNKID"])


def _visits(scans: pl.DataFrame, states: pl.DataFrame, new: pl.DataFrame, material: Material) -> pl.DataFrame:
    keys = ["USUBJID", "VISIT"]
    other = states.filter((pl.col("ROLE") != "NEW") & pl.col("STATE").is_not_null())
    other = other.group_by(keys).agg(
        pl.col("DT").min().alias("ODTFIRST"),
        pl.col("DT").max().alias("ODTLAST"),
        pl.col("STATE").is_in(PROGRESSED).any().alias("EXTENT"),
        pl.col("STATE").is_in(GONE).all().alias("OTHERS_GONE"),
        pl.col("TRSEQ").min().alias("OSEQ"),
    )
    shown = new.select("USUBJID", pl.col("NEWVISIT").alias("VISIT"), pl.col("NEWDT").alias("NEWHERE"))
    visits = scans.drop("ORIGDT").join(other, on=keys, how="full", coalesce=True).join(shown, on=keys, how="full", coalesce=True)
    visits = visits.join(new.select("USUBJID", "NEWDT", "NEWSEQ"), on="USUBJID", how="left")
    visits = visits.join(material.subjects.select("USUBJID", "ORIGDT"), on="USUBJID").with_columns(
        pl.min_horizontal("DTFIRST", "ODTFIRST", "NEWHERE").alias("DTFIRST"),
        pl.max_horizontal("DTLAST", "ODTLAST", "NEWHERE").alias("DTLAST"),
    )
    visits = visits.with_columns(
        pl.when(pl.col("NEWDT") <= pl.col("DTLAST")).then(pl.lit("Y")).otherwise(pl.lit("N")).alias("NEWLES"),
        pl.coalesce("SRCSEQ", "OSEQ", "NEWSEQ").alias("SRCSEQ"),
        *(pl.col(name).fill_null(value=False) for name in ("BASELINE", "EXTENT", "RISEN")),
        pl.col("OTHERS_GONE").fill_null(value=True),
    )
    return visits.filter(pl.col("BASELINE") | (pl.col("DTLAST") > pl.col("ORIGDT"))).sort("USUBJID", "DTLAST", "VISIT")


def _progressed(options: Options) -> tuple[pl.Expr, pl.Expr]:
    """The hottest SULpeak has risen enough; total lesion glycolysis has."""
    reference = pl.col("BASE_PEAK") if options.progression_from == "baseline" else pl.col("NADIR")
    rise = pl.col("PEAK") - reference
    by_peak = (rise * 10_000 >= reference * round(options.change_percent * 100)) & (rise >= round(options.change_sul * _STEP))
    by_tlg = pl.col("TLG") * 10_000 > pl.col("BASE_TLG") * (10_000 + round(options.glycolysis_percent * 100))
    return by_peak.fill_null(value=False), by_tlg.fill_null(value=False)


def _comparable(options: Options) -> pl.Expr:
    change = (pl.col("LIVER") - pl.col("BASE_LIVER")).abs()
    within = change * 10_000 <= pl.col("BASE_LIVER") * round(options.liver_change_percent * 100)
    return (within & (change <= round(options.liver_change_sul * _STEP))).fill_null(value=True)


def _incomparable(visits: pl.DataFrame, options: Options) -> list[Finding]:
    after = "it counts as NE" if options.not_comparable == "not_evaluable" else "it is used as it stands"
    found = visits.filter(~pl.col("BASELINE") & ~_comparable(options))
    return [
        Finding(
            "DER-0060",
            "warning",
            f"the scan of visit {visit:g} isn't comparable with baseline by the liver's SUL; {after}",
            "TR",
            subject=subject,
        )
        for subject, visit in found.select("USUBJID", "VISIT").iter_rows()
    ]


def _response(options: Options) -> pl.Expr:
    by_peak, by_tlg = _progressed(options)
    complete = pl.col("N_MEASURED") == pl.col("N_TARGET")
    fall = pl.col("BASE_PEAK") - pl.col("PEAK")
    fallen = (fall * 10_000 >= pl.col("BASE_PEAK") * round(options.change_percent * 100)) & (fall >= round(options.change_sul * _STEP))
    cool = (pl.col("PEAK") <= pl.col("BLOOD")) & (pl.col("PEAK") < pl.col("LIVER"))
    cool = (cool | (pl.col("PEAK") == 0)).fill_null(value=False) & pl.col("OTHERS_GONE")
    usable = _comparable(options) if options.not_comparable == "not_evaluable" else pl.lit(value=True)
    return (
        pl.when((pl.col("NEWLES") == "Y") | pl.col("EXTENT") | ((by_peak | by_tlg) & usable))
        .then(pl.lit("PMD"))
        .when(~(complete & usable & pl.col("BASE_PEAK").is_not_null()).fill_null(value=False))
        .then(pl.lit("NE"))
        .when(cool)
        .then(pl.lit("CMR"))
        .when(fallen & ~pl.col("RISEN"))
        .then(pl.lit("PMR"))
        .otherwise(pl.lit("SMD"))
    )


def _rule(options: Options) -> pl.Expr:
    by_peak, by_tlg = _progressed(options)
    return (
        pl.when(pl.col("NEWLES") == "Y")
        .then(pl.lit("new lesion"))
        .when(pl.col("EXTENT"))
        .then(pl.lit("visible increase in extent"))
        .when(by_peak)
        .then(pl.lit("hottest lesion"))
        .when(by_tlg)
        .then(pl.lit("total lesion glycolysis"))
        .otherwise(pl.lit("hottest lesion, liver and blood pool"))
    )


CRITERION = Criterion(
    name="PERCIST 1.0",
    source="Wahl RL et al. From RECIST to PERCIST: evolving considerations for PET response criteria in solid tumors. "
    "J Nucl Med 2009;50 Suppl 1:122S-150S",
    words={"CMR": "CR", "PMR": "PR", "SMD": "SD", "PMD": "PD", "NE": "NE"},
    judge=judge,
    rules=(
        "CMR: every lesion at or below the blood pool and below the liver's mean, no new lesion",
        "PMD: the hottest SULpeak at least {change_percent:g}% and {change_sul:g} units above {progression_from}, total lesion glycolysis "
        "more than {glycolysis_percent:g}% above baseline, visible increase in extent, or a new lesion",
        "PMR: the hottest SULpeak at least {change_percent:g}% and {change_sul:g} units under baseline, no lesion more than "
        "{change_percent:g}% up",
        "SMD: none of these",
    ),
    options=Options,
    ends=frozenset({"PMD"}),
    synonyms={"CR": "CMR", "PR": "PMR", "SD": "SMD", "PD": "PMD"}
    | dict.fromkeys(("NOT EVALUABLE", "INEVALUABLE", "ND", "NA", "MISSING"), "NE"),
)
