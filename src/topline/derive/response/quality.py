"""Lesion records that contradict themselves: each a finding with its row and the rule that is followed."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from topline.derive.origin import with_origin
from topline.derive.response.lesions import _DIAMETERS, of_evaluator
from topline.records.distinct import doubled
from topline.records.load import Records
from topline.records.read import ROW
from topline.study.problems import Finding
from topline.study.response_spec import ResponseSpec

_READ = (ROW, "USUBJID", "VISITNUM", "TRLNKID", "TRTESTCD", "TRORRES", "TRORRESU", "TRSTAT", "TRDT", "TRSEQ")


def lesion_findings(records: Records, spec: ResponseSpec, subjects: pl.DataFrame, lesions: pl.DataFrame) -> list[Finding]:
    """Return the findings DER-0011 to DER-0016 on TU and TR, of one evaluator."""
    table = of_evaluator(records["TU"], "TU", spec.evaluator).join(
        lesions.select("USUBJID", "LNKID", "ROLE", "LOC"), left_on=["USUBJID", "TULNKID"], right_on=["USUBJID", "LNKID"]
    )
    scans = of_evaluator(records["TR"], "TR", spec.evaluator).filter(pl.col("TRDT").is_not_null())
    scans = with_origin(scans.select(name for name in _READ if name in scans.columns), subjects)
    sizes = scans.filter(pl.col("TRTESTCD").is_in(_DIAMETERS))
    read = scans.filter(pl.col("TRTESTCD").is_in([*_DIAMETERS, "TUMSTATE"]))
    if "TRSTAT" in sizes.columns:
        sizes = sizes.filter((pl.col("TRSTAT") != "NOT DONE").fill_null(value=True))
    return [*_roles(table), *_organs(table), *_without_baseline(sizes, lesions), *_same_day(sizes), *_units(sizes), *_order(read)]


def _roles(table: pl.DataFrame) -> Iterator[Finding]:
    role = pl.col("TUORRES").str.replace("NONTARGET", "NON-TARGET")
    for row, lesion, value, used, subject in (
        table.filter(role.is_in(["TARGET", "NON-TARGET", "NEW"]) & (role != pl.col("ROLE")))
        .select(ROW, "TULNKID", "TUORRES", "ROLE", "USUBJID")
        .iter_rows()
    ):
        text = f"the lesion id {lesion} is used for lesions of two kinds; it counts as {used}, as it was first identified"
        yield Finding("DER-0011", "warning", text, "TU", row, "TUORRES", value, todo="give each lesion its own id", subject=subject)


def _organs(table: pl.DataFrame) -> Iterator[Finding]:
    if "TULOC" not in table.columns:
        return
    for row, lesion, value, used, subject in (
        table.filter(pl.col("TULOC").is_not_null() & (pl.col("TULOC") != pl.col("LOC")) & (pl.col("LOC") != ""))
        .select(ROW, "TULNKID", "TULOC", "LOC", "USUBJID")
        .iter_rows()
    ):
        text = f"the lesion {lesion} changes its organ; it stays in {used}, where it was first identified"
        yield Finding("DER-0012", "warning", text, "TU", row, "TULOC", value, todo="correct the organ, or the id", subject=subject)


def _without_baseline(sizes: pl.DataFrame, lesions: pl.DataFrame) -> Iterator[Finding]:
    targets = lesions.filter(pl.col("ROLE") == "TARGET").select("USUBJID", pl.col("LNKID").alias("TRLNKID"))
    keys = ["USUBJID", "TRLNKID"]
    early = sizes.filter(pl.col("TRDT") <= pl.col("ORIGDT")).select(keys)
    late = targets.join(early, on=keys, how="anti")
    own = sizes.join(late, on=keys, how="semi", maintain_order="left") if late.height else sizes.clear()
    first = own.sort("USUBJID", "TRLNKID", "TRDT", ROW).group_by("USUBJID", "TRLNKID", maintain_order=True).first()
    for row, lesion, subject in first.filter(pl.col("TRDT") > pl.col("ORIGDT")).select(ROW, "TRLNKID", "USUBJID").iter_rows():
        text = f"the target lesion {lesion} was first measured after baseline; without its baseline there is no CR, PR or SD, only PD or NE"
        yield Finding(
            "DER-0013", "warning", text, "TR", row, "TRDTC", todo="find its baseline, or record it as a new lesion", subject=subject
        )


def _same_day(sizes: pl.DataFrame) -> Iterator[Finding]:
    unit = ["TRORRESU"] if "TRORRESU" in sizes.columns else []
    keys = ["USUBJID", "TRLNKID", "TRTESTCD", "TRDT", *unit]
    again = doubled(sizes.filter(pl.col("TRORRES").is_not_null()), keys)
    disagree = again.with_columns(pl.col("TRORRES").n_unique().over(keys).alias("values"))
    last = disagree.filter(pl.col("values") > 1).sort(*keys, "TRSEQ").group_by(keys, maintain_order=True).last()
    for row, lesion, value, subject in last.select(ROW, "TRLNKID", "TRORRES", "USUBJID").iter_rows():
        text = f"the lesion {lesion} was measured twice on that day, with different results; the last record is used"
        yield Finding("DER-0014", "warning", text, "TR", row, "TRORRES", value, todo="keep the right one", subject=subject)


def _units(sizes: pl.DataFrame) -> Iterator[Finding]:
    if "TRORRESU" not in sizes.columns:
        return
    # only lesions with a unit that isn't the study's usual one can have several
    most = sizes["TRORRESU"].drop_nulls().mode().sort().head(1)
    keys = ["USUBJID", "TRLNKID"]
    other = sizes.filter(pl.col("TRORRESU").is_not_null() & ~pl.col("TRORRESU").is_in(most.implode())).select(keys)
    if other.is_empty():
        return
    sizes = sizes.join(other, on=keys, how="semi", nulls_equal=True, maintain_order="left")
    usual = pl.col("TRORRESU").drop_nulls().mode().sort(descending=True).first().over("USUBJID", "TRLNKID")
    odd = sizes.filter(pl.col("TRORRESU").is_not_null() & (pl.col("TRORRESU") != usual))
    for row, lesion, value, subject in odd.select(ROW, "TRLNKID", "TRORRESU", "USUBJID").iter_rows():
        text = f"the lesion {lesion} is measured in several units; each is converted by its own"
        yield Finding("DER-0015", "warning", text, "TR", row, "TRORRESU", value, todo="see that the unit is right", subject=subject)


def _order(scans: pl.DataFrame) -> Iterator[Finding]:
    if "VISITNUM" not in scans.columns:
        return
    visits = (
        _out_of_order(scans.drop_nulls("VISITNUM"))
        .group_by("USUBJID", "VISITNUM")
        .agg(pl.col("TRDT").min(), pl.col("TRDT").max().alias("LAST"), pl.col(ROW).min())
    )
    visits = visits.sort("USUBJID", "VISITNUM").with_columns(pl.col("LAST").cum_max().shift(1).over("USUBJID").alias("BEFORE"))
    for row, visit, subject in visits.filter(pl.col("TRDT") < pl.col("BEFORE")).select(ROW, "VISITNUM", "USUBJID").iter_rows():
        text = "the visit lies before one with a smaller number; the dates decide the order"
        yield Finding(
            "DER-0016", "warning", text, "TR", row, "VISITNUM", f"{visit:g}", todo="check the dates and the number", subject=subject
        )


def _out_of_order(scans: pl.DataFrame) -> pl.DataFrame:
    """Return the scans of the patients whose rows don't go up in visit and date together, or don't stand together: the others are sound."""
    steps = scans.select(
        "USUBJID",
        (pl.col("USUBJID") != pl.col("USUBJID").shift(1)).fill_null(value=True).alias("first"),
        ((pl.col("VISITNUM") >= pl.col("VISITNUM").shift(1)) & (pl.col("TRDT") >= pl.col("TRDT").shift(1)))
        .fill_null(value=False)
        .alias("up"),
    )
    again = steps.filter("first").filter(pl.col("USUBJID").is_duplicated()).select("USUBJID")
    down = steps.filter(~pl.col("first") & ~pl.col("up")).select("USUBJID")
    return scans.join(pl.concat([again, down]), on="USUBJID", how="semi", maintain_order="left")
