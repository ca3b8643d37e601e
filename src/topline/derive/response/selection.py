"""Selection of target lesions at baseline (RECIST 1.1, sections 3 and 4.2): how many, how large, measured how, irradiated before."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from topline.derive.origin import with_origin
from topline.derive.response.lesions import of_evaluator
from topline.derive.runs import first_rows, last_rows
from topline.records.load import Records
from topline.study.problems import Finding
from topline.study.response_spec import ResponseSpec

_CALIPER = ("CALIPER", "CALIPERS", "PHYSICAL EXAMINATION", "CLINICAL EXAMINATION")
_XRAY = ("X-RAY", "XRAY", "CHEST X-RAY", "PLAIN RADIOGRAPHY")


def selection_findings(
    records: Records, spec: ResponseSpec, subjects: pl.DataFrame, lesions: pl.DataFrame, measurements: pl.DataFrame
) -> list[Finding]:
    """Return DER-0017 (too many targets), DER-0018 (too small to be measurable), DER-0019 (irradiated, no progression since).

    The lesions are used as recorded. The limits are parameters of the protocol. How a lesion was measured is TUMETHOD; TU rows with
    TUTESTCD PREVIR and PREVIRP (CDISC) say that it was irradiated, and that it progressed since.
    """
    targets = with_origin(lesions.filter(pl.col("ROLE") == "TARGET"), subjects)
    return [*_too_many(targets, spec), *_too_small(targets, measurements, records, spec), *_irradiated(targets, records, spec)]


def _too_many(targets: pl.DataFrame, spec: ResponseSpec) -> Iterator[Finding]:
    limits = spec.parameters
    total = targets.group_by("USUBJID", maintain_order=True).len("n").filter(pl.col("n") > limits.max_targets)
    for subject, n in total.iter_rows():
        text = f"{n} target lesions, more than {limits.max_targets}; they are used as recorded"
        yield Finding("DER-0017", "warning", text, "TU", column="TUORRES", todo="check the selection", subject=subject)
    known = targets.filter(pl.col("LOC") != "").group_by("USUBJID", "LOC", maintain_order=True).len("n")
    for subject, organ, n in known.filter(pl.col("n") > limits.max_targets_per_organ).iter_rows():
        text = f"{n} target lesions in {organ}, more than {limits.max_targets_per_organ}; they are used as recorded"
        yield Finding("DER-0017", "warning", text, "TU", column="TULOC", value=organ, todo="check the selection", subject=subject)


def _too_small(targets: pl.DataFrame, measurements: pl.DataFrame, records: Records, spec: ResponseSpec) -> Iterator[Finding]:
    limits = spec.parameters
    table = of_evaluator(records["TU"], "TU", spec.evaluator)
    method = pl.col("TUMETHOD").str.to_uppercase() if "TUMETHOD" in table.columns else pl.lit(None, pl.String)
    methods = table.select("USUBJID", pl.col("TULNKID").alias("LNKID"), method.alias("METHOD"))
    methods = methods.group_by("USUBJID", "LNKID", maintain_order=True).first()
    keys, latest = ["USUBJID", "LNKID"], targets["ORIGDT"].max()
    rows = measurements.filter(pl.col("SIZE").is_not_null() & (pl.col("DT") <= pl.lit(latest, pl.Int32)))
    rows = with_origin(rows, first_rows(targets, "USUBJID")).filter(pl.col("DT") <= pl.col("ORIGDT"))
    rows = rows.join(targets.select(keys), on=keys, how="semi").sort(*keys, "DT", "TRSEQ")
    base = last_rows(rows, *keys).join(methods, on=keys, how="left", maintain_order="left")
    least = (
        pl.when("NODE")
        .then(limits.measurable_node_mm)
        .when(pl.col("METHOD").is_in(_XRAY))
        .then(limits.measurable_xray_mm)
        .when(pl.col("METHOD").is_in(_CALIPER))
        .then(limits.measurable_caliper_mm)
        .otherwise(limits.measurable_mm)
    )
    small = base.with_columns(least.cast(pl.Float64).alias("LEAST")).filter(pl.col("SIZE") < (pl.col("LEAST") * 1_000).round(0))
    for subject, lesion, size, limit in small.select("USUBJID", "LNKID", "SIZE", "LEAST").iter_rows():
        text = f"the target lesion {lesion} is under {limit:g} mm at baseline, too small to be measurable; it is used as recorded"
        yield Finding(
            "DER-0018", "warning", text, "TR", column="TRORRES", value=f"{size / 1_000:g} mm", todo="check the selection", subject=subject
        )


def _irradiated(targets: pl.DataFrame, records: Records, spec: ResponseSpec) -> Iterator[Finding]:
    table = of_evaluator(records["TU"], "TU", spec.evaluator)
    if "TUTESTCD" not in table.columns:
        return
    yes = table.filter(pl.col("TUORRES").is_in(["Y", "YES"])).select("USUBJID", pl.col("TULNKID").alias("LNKID"), "TUTESTCD")
    keys = ["USUBJID", "LNKID"]
    before = yes.filter(pl.col("TUTESTCD") == "PREVIR").join(yes.filter(pl.col("TUTESTCD") == "PREVIRP"), on=keys, how="anti")
    for subject, lesion in targets.join(before, on=keys, how="semi", maintain_order="left").select(keys).iter_rows():
        text = f"the target lesion {lesion} was irradiated and hasn't progressed since, so it isn't measurable; it is used as recorded"
        yield Finding("DER-0019", "warning", text, "TU", column="TULNKID", value=lesion, todo="check the selection", subject=subject)
