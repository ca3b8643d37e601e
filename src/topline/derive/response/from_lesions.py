"""The steps of RECIST 1.1 from lesion records to overall responses, which other criteria build on."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from topline.derive.response.criterion import Material, TimePoints
from topline.derive.response.lesions import derive_lesions, derive_measurements
from topline.derive.response.markers import marker_states, with_markers
from topline.derive.response.new_lesions import derive_new_lesions, scans_of_new_lesions
from topline.derive.response.non_target import derive_non_target
from topline.derive.response.overall import derive_overall
from topline.derive.response.quality import lesion_findings
from topline.derive.response.selection import selection_findings
from topline.derive.response.split_merge import as_whole_lesions, relations
from topline.derive.response.target import derive_sums, first_sufficient_day, target_response
from topline.derive.response.wording import wording_findings
from topline.study.problems import Finding


@dataclass(frozen=True)
class LesionSteps:
    """What each step gave; `disease` is USUBJID, ORIGDT, HAS_TARGET, HAS_NON_TARGET."""

    lesions: pl.DataFrame
    measurements: pl.DataFrame
    sums: pl.DataFrame
    non_target: pl.DataFrame
    new: pl.DataFrame
    disease: pl.DataFrame
    overall: pl.DataFrame
    findings: tuple[Finding, ...]
    markers: pl.DataFrame | None = None

    def time_points(self, subjects: pl.DataFrame, overall: pl.DataFrame | None = None) -> TimePoints:
        """The visits for what comes after, with the overall responses given here or those of RECIST 1.1."""
        assessed = self.measurements.filter(pl.col("SIZE").is_not_null() | pl.col("STATE").is_not_null())
        first = assessed.group_by("USUBJID", maintain_order=True).agg(pl.col("DT").min())
        looked = first.join(subjects.select("USUBJID", "ORIGDT"), on="USUBJID", maintain_order="left").filter(
            pl.col("DT") <= pl.col("ORIGDT")
        )
        return TimePoints(
            self.overall if overall is None else overall,
            looked.select("USUBJID"),
            self.sums,
            self.measurements,
            self.findings,
            self.markers,
        )


def lesion_steps(material: Material, longest: str | None = None, *, sizes_of_new: bool = False) -> LesionSteps:
    """Derive lesions, sums, target, non-target, new lesions and overall responses by RECIST 1.1.

    `longest` and `sizes_of_new` are those of `derive_measurements`.
    """
    records, spec, subjects = material.records, material.spec, material.subjects
    parameters = spec.parameters
    lesions = derive_lesions(records, spec)
    measurements, findings = derive_measurements(records, lesions, spec, longest, sizes_of_new=sizes_of_new)
    findings += lesion_findings(records, spec, subjects, lesions)
    findings += wording_findings(records, spec, subjects, lesions, measurements)
    counted, whole = as_whole_lesions(measurements, lesions, relations(records, spec, lesions))
    findings += selection_findings(records, spec, subjects, whole, measurements)
    sums = derive_sums(counted, whole, subjects, parameters).with_columns(target_response(parameters).alias("TRGRESP"))
    if parameters.progression_date == "first_sufficient_scan":
        sums = first_sufficient_day(counted, sums, parameters)
    disease = subjects.select("USUBJID", "ORIGDT").join(_has(lesions, "TARGET"), on="USUBJID", how="left")
    disease = disease.join(_has(lesions, "NON-TARGET"), on="USUBJID", how="left").with_columns(
        pl.col("HAS_TARGET").fill_null(value=False), pl.col("HAS_NON_TARGET").fill_null(value=False)
    )
    non_target, markers = derive_non_target(measurements, lesions), None
    if spec.tumour_markers:
        markers, problems = _markers(material, sums, non_target)
        findings += problems
        non_target = with_markers(non_target, markers, lesions)
        concerned = pl.col("USUBJID").is_in(markers["USUBJID"].unique().implode())
        disease = disease.with_columns(pl.col("HAS_NON_TARGET") | (pl.col("HAS_TARGET") & concerned))
    new = derive_new_lesions(measurements, lesions, parameters)
    overall = derive_overall(sums, non_target, new, scans_of_new_lesions(measurements, lesions), disease, parameters)
    return LesionSteps(lesions, measurements, sums, non_target, new, disease, overall, tuple(findings), markers)


def _markers(material: Material, sums: pl.DataFrame, non_target: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """The tumour markers at each visit after baseline."""
    scans = [
        sums.filter(~pl.col("BASELINE")).select("USUBJID", "VISIT", pl.col("DTLAST").alias("DT")),
        non_target.select("USUBJID", "VISIT", pl.col("NTDTANY").alias("DT")),
    ]
    visits = pl.concat(scans).group_by("USUBJID", "VISIT").agg(pl.col("DT").max()).sort("USUBJID", "DT", "VISIT")
    visits = visits.join(material.subjects.select("USUBJID", "ORIGDT"), on="USUBJID", maintain_order="left")
    visits = visits.filter(pl.col("DT") > pl.col("ORIGDT"))
    return marker_states(material.records, material.spec.tumour_markers, material.lab_units, visits, material.subjects)


def _has(lesions: pl.DataFrame, role: str) -> pl.DataFrame:
    name = "HAS_" + role.replace("-", "_")
    return lesions.filter(pl.col("ROLE") == role).select("USUBJID").unique().with_columns(pl.lit(value=True).alias(name))
