"""One visit number used again long after: scans too far apart to be one time point (RECIST 1.1 judges time points) are told apart."""

from __future__ import annotations

from itertools import count

import polars as pl

from topline.derive.response.lesions import of_evaluator
from topline.records.load import Records
from topline.records.read import ROW
from topline.study.problems import Finding
from topline.study.response_spec import ResponseSpec

_STEP = 0.01
"""The second use of visit 3 becomes 3.01, the third 3.02; a number that the patient has already is passed over."""


def with_visits_apart(records: Records, spec: ResponseSpec) -> tuple[Records, list[Finding]]:
    """Return the records with the later uses of a visit number renumbered in TU and TR, and DER-0022 for each.

    A use ends where no scan of that number follows within `visit_span_days` of the last. With `visit_number_again` "one_visit" only the
    finding is made. Only patients in whom such a gap may be are looked at closely.
    """
    if "VISITNUM" not in records["TR"].columns:
        return records, []
    span = spec.parameters.visit_span_days
    scans = of_evaluator(records["TR"], "TR", spec.evaluator).select("USUBJID", "VISITNUM", pl.col("TRDT").alias("DT"), ROW).drop_nulls()
    suspects = _suspects(scans, span)
    if suspects.height == 0:
        return records, []
    keys = ["USUBJID", "VISITNUM"]
    days = scans.join(suspects, on="USUBJID", how="semi").group_by(*keys, "DT").agg(pl.col(ROW).min())
    days = days.sort(*keys, "DT").with_columns(
        ((pl.col("DT") - pl.col("DT").shift(1).over(keys)) > span).fill_null(value=False).cum_sum().over(keys).cast(pl.Int64).alias("USE")
    )
    again = days.filter(pl.col("USE") > 0).group_by(*keys, "USE", maintain_order=True).first()
    if again.height == 0:
        return records, []
    apart = spec.parameters.visit_number_again == "visit_of_its_own"
    rule = "they are a visit of their own" if apart else "they are one visit with the others, as recorded"
    findings = [
        Finding(
            "DER-0022",
            "warning",
            f"the visit number is used again, more than {span} days after its other scans; {rule}",
            "TR",
            row,
            "VISITNUM",
            f"{visit:g}",
            "scans of one time point",
            "correct the number or the date",
            subject,
        )
        for subject, visit, row in again.select(*keys, ROW).sort("USUBJID", ROW).iter_rows()
    ]
    if not apart:
        return records, findings
    since = again.select(*keys, pl.col("DT").alias("SINCE"), "USE", _free_numbers(records, again).alias("NUMBER"))
    return records.replace({**records.tables, **{name: _renumbered(records[name], name, since) for name in ("TU", "TR")}}), findings


def _suspects(scans: pl.DataFrame, span: int) -> pl.DataFrame:
    """The patients of whom two neighbouring rows of one visit lie apart, or whose rows of a visit don't stand together."""
    same = (pl.col("USUBJID") == pl.col("USUBJID").shift(1)).fill_null(value=False)
    step = pl.col("VISITNUM") - pl.col("VISITNUM").shift(1)
    apart = same & (step == 0) & ((pl.col("DT") - pl.col("DT").shift(1)).abs() > span)
    steps = scans.select("USUBJID", (apart | (same & (step < 0))).fill_null(value=False).alias("odd"), (~same).alias("first"))
    again = steps.filter("first").filter(pl.col("USUBJID").is_duplicated()).select("USUBJID")
    return pl.concat([again, steps.filter("odd").select("USUBJID")]).unique(maintain_order=True)


def _free_numbers(records: Records, again: pl.DataFrame) -> pl.Series:
    """The number of each later use: the next that none of the patient's visits has."""
    taken: dict[str, set[float]] = {}
    for table in (records[name] for name in ("TU", "TR") if "VISITNUM" in records[name].columns):
        rows = table.join(again, on="USUBJID", how="semi").select("USUBJID", "VISITNUM").drop_nulls().unique()
        for subject, visit in rows.iter_rows():
            taken.setdefault(subject, set()).add(round(visit, 6))
    numbers = []
    for subject, visit in again.select("USUBJID", "VISITNUM").iter_rows():
        free = (round(visit + step * _STEP, 6) for step in count(1))
        numbers.append(next(number for number in free if number not in taken[subject]))
        taken[subject].add(numbers[-1])
    return pl.Series(numbers, dtype=pl.Float64)


def _renumbered(table: pl.DataFrame, domain: str, since: pl.DataFrame) -> pl.DataFrame:
    """Give the rows from the first day of a later use on that use's number."""
    day = domain + "DT"
    if not {"VISITNUM", day} <= set(table.columns):
        return table
    later = table.select(ROW, "USUBJID", "VISITNUM", day).join(since, on=["USUBJID", "VISITNUM"])
    uses = later.filter(pl.col(day) >= pl.col("SINCE")).sort(ROW, "USE").group_by(ROW).agg(pl.col("NUMBER").last())
    rows = table.join(uses, on=ROW, how="left", maintain_order="left")
    return rows.with_columns(pl.coalesce("NUMBER", "VISITNUM").alias("VISITNUM")).drop("NUMBER")
