"""From records to response: the steps in their order, for lesions, recorded visits or a recorded best response."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from topline.derive.response.best import assessments_for_best, best_response, confirmed_response
from topline.derive.response.lesions import derive_lesions, derive_measurements
from topline.derive.response.new_lesions import derive_new_lesions
from topline.derive.response.non_target import derive_non_target
from topline.derive.response.overall import derive_overall
from topline.derive.response.recorded import recorded_best, recorded_visits
from topline.derive.response.target import derive_sums, target_response
from topline.derive.subjects import dates_of
from topline.records.load import Records
from topline.study.problems import Finding
from topline.study.protocol import Protocol
from topline.study.response_spec import ResponseSpec


@dataclass(frozen=True)
class Response:
    """What was derived about response.

    `overall` is one row a patient and visit, `sums` the sums of diameters (None unless from lesions), `measurements` the lesion rows,
    `best` one row a patient (BOR, CBOR; CBOR is absent when best response was recorded), `baseline` the patients with
    an assessment before treatment.
    """

    overall: pl.DataFrame
    best: pl.DataFrame
    baseline: pl.DataFrame
    new_therapy: pl.DataFrame
    sums: pl.DataFrame | None = None
    measurements: pl.DataFrame | None = None
    findings: tuple[Finding, ...] = ()


def derive_response(records: Records, subjects: pl.DataFrame, protocol: Protocol) -> Response | None:
    """Derive response as the protocol's section 'response' says; None when it has none.

    Patients without a time origin have no response.
    """
    spec = protocol.response
    if spec is None:
        return None
    treated = subjects.filter(pl.col("ORIGDT").is_not_null())
    therapy = new_therapy_dates(records, spec, treated)
    if spec.entry == "recorded_best":
        assert spec.best_variable is not None
        best = recorded_best(subjects, spec.best_variable, spec.parameters.nobody_looked)
        return Response(_NO_VISITS, best, subjects.select("USUBJID"), therapy)
    if spec.entry == "recorded_visits":
        overall = recorded_visits(records, spec, treated)
        return Response(overall, _best(overall, treated, therapy, spec), treated.select("USUBJID"), therapy)
    lesions = derive_lesions(records, spec)
    measurements, findings = derive_measurements(records, lesions, spec)
    parameters = spec.parameters
    sums = derive_sums(measurements, lesions, treated, parameters).with_columns(target_response(parameters).alias("TRGRESP"))
    disease = treated.select("USUBJID", "ORIGDT").join(_has(lesions, "TARGET"), on="USUBJID", how="left")
    disease = disease.join(_has(lesions, "NON-TARGET"), on="USUBJID", how="left").with_columns(
        pl.col("HAS_TARGET").fill_null(value=False), pl.col("HAS_NON_TARGET").fill_null(value=False)
    )
    new = derive_new_lesions(measurements, lesions, parameters)
    overall = derive_overall(sums, derive_non_target(measurements, lesions), new, disease, parameters)
    looked = measurements.join(treated.select("USUBJID", "ORIGDT"), on="USUBJID").filter(pl.col("DT") <= pl.col("ORIGDT"))
    return Response(
        overall,
        _best(overall, treated, therapy, spec),
        looked.select("USUBJID").unique(maintain_order=True),
        therapy,
        sums,
        measurements,
        tuple(findings),
    )


_NO_VISITS = pl.DataFrame(
    schema={
        "USUBJID": pl.String,
        "VISIT": pl.Float64,
        "ADT": pl.Int32,
        "DTFIRST": pl.Int32,
        "DTLAST": pl.Int32,
        "TRGRESP": pl.String,
        "NTRGRESP": pl.String,
        "NEWLES": pl.String,
        "OVR": pl.String,
        "RULE": pl.String,
        "SRCDOM": pl.String,
        "SRCSEQ": pl.Int64,
    }
)


def _best(overall: pl.DataFrame, subjects: pl.DataFrame, therapy: pl.DataFrame, spec: ResponseSpec) -> pl.DataFrame:
    rows = assessments_for_best(overall, subjects, therapy, spec.parameters)
    plain = best_response(rows, subjects, spec.parameters)
    return plain.join(confirmed_response(rows, subjects, spec.parameters), on="USUBJID", how="left", maintain_order="left")


def _has(lesions: pl.DataFrame, role: str) -> pl.DataFrame:
    name = "HAS_" + role.replace("-", "_")
    return lesions.filter(pl.col("ROLE") == role).select("USUBJID").unique().with_columns(pl.lit(value=True).alias(name))


def new_therapy_dates(records: Records, spec: ResponseSpec, subjects: pl.DataFrame) -> pl.DataFrame:
    """Return USUBJID, NEWTXDT, NEWTXSEQ: the first new anticancer therapy after the time origin, of those who had any."""
    if spec.new_therapy is None:
        return pl.DataFrame(schema={"USUBJID": pl.String, "NEWTXDT": pl.Int32, "NEWTXSEQ": pl.Int64})
    dates = dates_of(records, spec.new_therapy, "NEWTXDT").join(subjects.select("USUBJID", "ORIGDT"), on="USUBJID")
    first = dates.filter(pl.col("NEWTXDT") > pl.col("ORIGDT")).group_by("USUBJID", maintain_order=True).first()
    return first.select("USUBJID", "NEWTXDT", pl.col("NEWTXDTSEQ").alias("NEWTXSEQ"))
